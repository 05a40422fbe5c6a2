//! Payments and the money taken for them, as the gateway truly has it.

use serde::{Deserialize, Serialize};

use super::lie::{Deed, Lie};
use super::tongue::Tongue;
use super::world::World;

/// What a merchant asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Wish {
    /// The merchant's own id.
    pub payment: String,
    pub amount_minor: i64,
    pub currency: String,
    #[serde(default)]
    pub purpose: String,
    #[serde(default)]
    pub buyer_name: String,
    #[serde(default)]
    pub buyer_email: String,
    pub return_url: String,
    pub notify_url: String,
}

impl Wish {
    /// Why the gateway cannot take this payment, if so.
    pub fn trouble(&self) -> Option<&'static str> {
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        let is_web = |url: &str| {
            url::Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
        };
        if self.payment.is_empty() || self.payment.len() > 64 || !self.payment.chars().all(is_name)
        {
            return Some("payment must be 1 to 64 letters, digits, - or _");
        }
        if self.amount_minor <= 0 {
            return Some("amountMinor must be above nought");
        }
        if self.currency.len() != 3 || !self.currency.chars().all(|c| c.is_ascii_uppercase()) {
            return Some("currency must be three capitals");
        }
        if !is_web(&self.return_url) || !is_web(&self.notify_url) {
            return Some("returnUrl and notifyUrl must be http or https");
        }
        None
    }
}

/// One payment at the gateway.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Payment {
    /// The gateway's own id.
    pub order: String,
    #[serde(flatten)]
    pub wish: Wish,
    pub created_at_ms: i64,
    pub expires_at_ms: i64,
    /// What the buyer did last; money counts in `captures` alone.
    pub last_try: Try,
    pub captures: Vec<Capture>,
    /// Tries that took nothing, by their ids.
    pub failures: Vec<String>,
    /// Money that is authorised and not taken.
    pub held: Vec<Capture>,
    /// What the newest poll was told instead of the truth: a gateway that needs two questions for
    /// one poll lies the same way in both.
    #[serde(skip)]
    pub told: Lie,
}

/// How the buyer's last try ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Try {
    None,
    Pending,
    Failed,
}

/// Money that was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Capture {
    pub id: String,
    pub order: String,
    /// The merchant's id, as the gateway booked it.
    pub payment: String,
    pub amount_minor: i64,
    pub currency: String,
    pub at_ms: i64,
}

impl Capture {
    /// The money as a lie would have it.
    pub fn told(&self, lie: &Lie) -> Capture {
        Capture {
            amount_minor: amount_instead(lie, self.amount_minor),
            currency: currency_instead(lie, &self.currency),
            ..self.clone()
        }
    }
}

impl Payment {
    /// The tries that took nothing, in the shape of those that did.
    pub fn failed_tries(&self) -> impl Iterator<Item = Capture> {
        self.failures.iter().map(|id| Capture {
            id: id.clone(),
            order: self.order.clone(),
            payment: self.wish.payment.clone(),
            amount_minor: self.wish.amount_minor,
            currency: self.wish.currency.clone(),
            at_ms: self.created_at_ms,
        })
    }

    /// What the newest poll was told of the money that came; nothing, if it was told of none.
    pub fn told_captures(&self) -> Vec<Capture> {
        match self.told.deed {
            Deed::Pending | Deed::NoCaptures => vec![],
            _ => self.captures.iter().map(|capture| capture.told(&self.told)).collect(),
        }
    }

    /// The word that polls and webhooks use.
    pub fn status(&self, now_ms: i64) -> &'static str {
        match (self.captures.is_empty(), self.last_try) {
            (false, _) => "paid",
            (true, Try::Pending) => "pending",
            (true, Try::Failed) => "failed",
            (true, Try::None) if now_ms >= self.expires_at_ms => "expired",
            (true, Try::None) => "open",
        }
    }
}

/// What the buyer does on the pay page, or somebody by command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    Pay,
    Fail,
    /// A slow method: nothing is known until somebody says `pay` or `fail`.
    Pending,
    /// The money is only authorised, where the gateway knows that.
    Authorize,
    /// Paid, and the webhook never comes.
    PaySilently,
    PayTwice,
    /// The session ends unpaid; the money comes a while later.
    PayLate,
    /// The news of a failure, then the money.
    FailThenPay,
    /// Paid, and the buyer never comes back to the shop.
    PayAndClose,
    /// Nothing happens, and the buyer never comes back.
    Close,
}

/// News for the merchant.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct News {
    pub event: String,
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub created_at_ms: i64,
    pub payment: String,
    pub order: String,
    pub status: &'static str,
    pub amount_minor: i64,
    pub currency: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capture: Option<String>,
}

/// Money that went back, or was to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Refund {
    pub id: String,
    /// The merchant's own id.
    pub refund: String,
    pub capture: String,
    pub amount_minor: i64,
    pub currency: String,
    pub state: Back,
    pub at_ms: i64,
}

/// How money going back stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Back {
    Pending,
    Done,
    Failed,
}

/// What a merchant wants to give back.
#[derive(Debug, Clone)]
pub struct Giving {
    pub refund: String,
    pub capture: String,
    pub amount_minor: i64,
}

/// Why money does not go back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotBack {
    NoSuchCapture,
    TooMuch,
    /// Another amount was given back under this id.
    Conflict,
}

impl World {
    /// Takes money for a payment and returns the news of it.
    pub fn capture(&mut self, order: &str, now_ms: i64) -> Option<News> {
        if !self.tongue.takes_twice() && !self.by_order(order)?.captures.is_empty() {
            return None;
        }
        let capture = self.money(order, now_ms)?;
        self.book(order, capture, now_ms)
    }

    /// Holds money for a payment without taking it.
    pub fn authorize(&mut self, order: &str, now_ms: i64) -> Option<News> {
        let held = self.money(order, now_ms)?;
        self.by_order_mut(order)?.held.push(held.clone());
        let mut news = self.news(order, "payment.authorized", now_ms)?;
        news.capture = Some(held.id);
        Some(news)
    }

    /// Takes money that was held.
    pub fn take(&mut self, id: &str, now_ms: i64) -> Option<Capture> {
        let of = |payment: &Payment| payment.held.iter().position(|held| held.id == id);
        let payment = self.payments.iter_mut().find(|payment| of(payment).is_some())?;
        let (order, held) = (payment.order.clone(), payment.held.remove(of(payment)?));
        self.book(&order, held.clone(), now_ms)?;
        Some(held)
    }

    /// What a buyer's money is, as lies would have it.
    fn money(&mut self, order: &str, now_ms: i64) -> Option<Capture> {
        let wish = self.by_order(order)?.wish.clone();
        let names = [wish.payment.as_str(), order];
        let lie = self.lies.pick(super::Op::Pay, &names, &mut self.chance).unwrap_or_default();
        let payment = self.named_instead(&lie, &wish.payment);
        Some(Capture {
            id: self.tongue.capture_id(&mut self.chance),
            order: self.by_payment(&payment).map_or_else(|| order.to_owned(), |p| p.order.clone()),
            payment,
            amount_minor: amount_instead(&lie, wish.amount_minor),
            currency: match self.tongue.knows_currencies() {
                true => currency_instead(&lie, &wish.currency),
                false => wish.currency,
            },
            at_ms: now_ms,
        })
    }

    fn book(&mut self, order: &str, capture: Capture, now_ms: i64) -> Option<News> {
        self.record.captures.push(capture.clone());
        self.by_order_mut(order)?.captures.push(capture.clone());
        let mut news = self.news(order, "payment.captured", now_ms)?;
        news.payment = capture.payment;
        news.amount_minor = capture.amount_minor;
        news.currency = capture.currency;
        news.capture = Some(capture.id);
        Some(news)
    }

    /// Writes down that the buyer's try failed and returns the news of it.
    pub fn fail(&mut self, order: &str, now_ms: i64) -> Option<News> {
        let id = self.tongue.capture_id(&mut self.chance);
        let payment = self.by_order_mut(order)?;
        payment.last_try = Try::Failed;
        payment.failures.push(id);
        self.news(order, "payment.failed", now_ms)
    }

    /// Gives money back once per id of the merchant.
    pub fn give_back(
        &mut self,
        giving: &Giving,
        lie: &Lie,
        now_ms: i64,
    ) -> Result<Refund, NotBack> {
        let known = self.record.refunds.iter().find(|known| known.refund == giving.refund);
        if let Some(known) = known {
            let same = known.amount_minor == giving.amount_minor && known.capture == giving.capture;
            return if same { Ok(known.clone()) } else { Err(NotBack::Conflict) };
        }
        let mut captures = self.record.captures.iter();
        let capture = captures.find(|known| known.id == giving.capture);
        let capture = capture.ok_or(NotBack::NoSuchCapture)?.clone();
        let of_it = |refund: &&Refund| refund.capture == capture.id && refund.state != Back::Failed;
        let gone: i64 =
            self.record.refunds.iter().filter(of_it).map(|refund| refund.amount_minor).sum();
        if giving.amount_minor <= 0 || gone + giving.amount_minor > capture.amount_minor {
            return Err(NotBack::TooMuch);
        }
        let refund = Refund {
            id: self.tongue.refund_id(&mut self.chance),
            refund: giving.refund.clone(),
            capture: capture.id,
            amount_minor: giving.amount_minor,
            currency: capture.currency,
            state: match lie.deed {
                Deed::Pending => Back::Pending,
                Deed::Fails => Back::Failed,
                _ => Back::Done,
            },
            at_ms: now_ms,
        };
        self.record.refunds.push(refund.clone());
        Ok(refund)
    }

    /// News of how a payment stands now, with an event id of its own.
    pub fn news(&mut self, order: &str, kind: &'static str, now_ms: i64) -> Option<News> {
        let event = format!("evt_{}", self.chance.word(16));
        let payment = self.by_order(order)?;
        Some(News {
            event,
            kind,
            created_at_ms: now_ms,
            payment: payment.wish.payment.clone(),
            order: order.to_owned(),
            status: if kind == "payment.failed" { "failed" } else { payment.status(now_ms) },
            amount_minor: payment.wish.amount_minor,
            currency: payment.wish.currency.clone(),
            capture: payment.captures.last().map(|capture| capture.id.clone()),
        })
    }

    /// News of a refund that has ended, out of a capture.
    pub fn news_of_refund(&mut self, capture: &str, ended: Back, now_ms: i64) -> Option<News> {
        let kind = match (self.tongue, ended) {
            (Tongue::Own, Back::Done) => "refund.done",
            (Tongue::Own, Back::Failed) => "refund.failed",
            _ => return None,
        };
        let order = self.captured_under(capture)?;
        self.news(&order, kind, now_ms)
    }

    /// The payment id to name: its own, the lie's, or that of the newest other payment.
    pub fn named_instead(&self, lie: &Lie, own: &str) -> String {
        if lie.deed != Deed::OtherPayment {
            return own.to_owned();
        }
        let mut others = self.payments.iter().rev().map(|payment| &payment.wish.payment);
        let newest = others.find(|other| *other != own).cloned();
        lie.payment.clone().or(newest).unwrap_or_else(|| "pay_of_somebody_else".to_owned())
    }
}

/// The amount to name: the true one, or what the lie makes of it.
pub fn amount_instead(lie: &Lie, true_minor: i64) -> i64 {
    match lie.deed {
        Deed::WrongAmount => lie.amount_minor.unwrap_or(true_minor / 2),
        _ => true_minor,
    }
}

/// The currency to name: the true one, or what the lie makes of it.
pub fn currency_instead(lie: &Lie, true_code: &str) -> String {
    let another = if true_code == "USD" { "EUR" } else { "USD" };
    match lie.deed {
        Deed::OtherCurrency => lie.currency.clone().unwrap_or_else(|| another.to_owned()),
        _ => true_code.to_owned(),
    }
}
