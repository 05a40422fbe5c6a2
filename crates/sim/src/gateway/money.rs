//! Payments and the money taken for them, as the gateway truly has it.

use serde::{Deserialize, Serialize};

use super::lie::{Deed, Lie};
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

impl Payment {
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

impl World {
    /// Takes money for a payment and returns the news of it.
    pub fn capture(&mut self, order: &str, now_ms: i64) -> Option<News> {
        let wish = self.by_order(order)?.wish.clone();
        let names = [wish.payment.as_str(), order];
        let lie = self.lies.pick(super::Op::Pay, &names, &mut self.chance).unwrap_or_default();
        let capture = Capture {
            id: format!("gwp_{}", self.chance.word(16)),
            order: order.to_owned(),
            payment: self.named_instead(&lie, &wish.payment),
            amount_minor: amount_instead(&lie, wish.amount_minor),
            currency: currency_instead(&lie, &wish.currency),
            at_ms: now_ms,
        };
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
        self.by_order_mut(order)?.last_try = Try::Failed;
        self.news(order, "payment.failed", now_ms)
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
