//! What each mail says. Short, plain, and true at the moment it was decided.

use domain::coupon::Kind;
use domain::order::{News as Happened, Remedy};
use engine::brand::Brand;
use engine::mail::told::{Deed, Gift, News, OrderTold, Trouble};

use super::{Line, Sheet, Spoken, Words};
use crate::language::Language;
use crate::paths;

impl Spoken<'_> {
    pub(super) fn of_order(&self, news: News, order: &OrderTold) -> Sheet {
        match news {
            News::Happened(Happened::Ordered) => self.ordered(order),
            News::Happened(Happened::Paid) => self.paid(order),
            News::Happened(Happened::PaidTooLate) => self.paid_too_late(order),
            News::Happened(Happened::Held) => self.held(order),
            News::Happened(Happened::Choice) => self.choice(order),
            News::Happened(Happened::Delivered) => self.delivered(order, self.say("head-ready")),
            News::Happened(Happened::Replaced) => self.delivered(order, self.say("mail-new-ready")),
            News::Happened(Happened::MoneyBack) => self.money_back(order),
            News::Remedy => self.remedy(order),
            News::Apology => self.apology(order),
            News::RefundDeclined => self.refund_declined(order),
        }
    }

    fn ordered(&self, order: &OrderTold) -> Sheet {
        let until = self.time(order.reserved_until);
        let mut sheet = self.about(order, self.say("mail-ordered"), self.say("mail-pay"));
        sheet.paragraphs =
            vec![self.receipt(order), self.say_with("mail-ordered-more", "until", until)];
        sheet.facts.push((self.say("word-price"), order.total.for_people()));
        sheet
    }

    fn paid(&self, order: &OrderTold) -> Sheet {
        let paid = order.total.for_people();
        let heading = self.say_with("mail-paid", "amount", paid.as_str());
        let mut sheet = self.about(order, heading, self.say("mail-watch"));
        sheet.paragraphs = vec![self.receipt(order), self.say("mail-paid-more")];
        sheet.facts.push((self.say("step-paid"), paid));
        if !order.total.is_zero() {
            let invoice = self.link(&paths::invoice(&order.id));
            sheet.facts.push((self.say("mail-invoice"), invoice));
        }
        sheet
    }

    fn paid_too_late(&self, order: &OrderTold) -> Sheet {
        let mut sheet = self.about(order, self.say("mail-late"), self.say("mail-see-order"));
        let filled = [
            ("amount", order.total.for_people().into()),
            ("product", order.product.as_str().into()),
        ];
        sheet.paragraphs =
            vec![self.language.say_all("mail-late-more", filled), self.say("mail-late-back")];
        sheet
    }

    fn held(&self, order: &OrderTold) -> Sheet {
        let mut sheet = self.about(order, self.say("head-held"), self.say("mail-see-standing"));
        sheet.subject = self.say_with("mail-held-subject", "number", order.number.as_str());
        sheet.paragraphs = vec![self.say("mail-held-more"), self.say("mail-safe")];
        // What the shop wrote itself, it wrote in the first language.
        sheet.quote = order.problem.clone().filter(|_| self.language.is_first());
        sheet
    }

    fn choice(&self, order: &OrderTold) -> Sheet {
        let mut sheet = self.about(order, self.say("mail-choice"), self.say("mail-choose"));
        sheet.paragraphs = vec![self.say("mail-choice-why"), self.say("mail-choice-more")];
        sheet
    }

    fn delivered(&self, order: &OrderTold, heading: String) -> Sheet {
        let mut sheet = self.about(order, heading, self.say("mail-open-server"));
        self.lead_to_server(&mut sheet, order);
        let mut facts: Vec<(String, String)> = Vec::new();
        if let Some(address) = order.address {
            sheet.subject = format!("{}: {address}", sheet.heading);
            facts.push((self.say("word-address"), address.to_string()));
        }
        let product = order.product.as_str();
        sheet.paragraphs = vec![self.say_with("mail-delivered-more", "product", product)];
        facts.append(&mut sheet.facts);
        sheet.facts = facts;
        if let Some(until) = order.sold_until {
            sheet.facts.push((self.say("yours-until"), self.time(until)));
        }
        sheet.after = vec![self.say("mail-no-secret")];
        sheet
    }

    fn money_back(&self, order: &OrderTold) -> Sheet {
        let amount = order.amount.unwrap_or(order.total).for_people();
        if order.to_wallet {
            let heading = self.say_with("mail-to-wallet", "amount", amount.as_str());
            let mut sheet = self.about(order, heading, self.say("mail-see-order"));
            sheet.paragraphs = vec![self.say("mail-to-wallet-more")];
            sheet.facts.push((self.say("mail-in-wallet"), amount));
            return sheet;
        }
        let heading = self.say_with("mail-back", "amount", amount.as_str());
        let mut sheet = self.about(order, heading, self.say("mail-see-order"));
        sheet.paragraphs = vec![
            self.say_with("mail-back-more", "amount", amount.as_str()),
            self.say("mail-banks"),
        ];
        sheet.facts.push((self.say("mail-sent-back"), amount));
        sheet
    }

    fn remedy(&self, order: &OrderTold) -> Sheet {
        let deed = order.deed.as_ref();
        let (heading, paragraphs) =
            deed.map_or_else(|| (self.say("mail-news"), vec![]), |deed| self.decided(order, deed));
        let button = match is_theirs(order) {
            true => self.say("mail-open-server"),
            false => self.say("mail-see-order"),
        };
        let mut sheet = self.about(order, heading, button);
        if is_theirs(order) {
            self.lead_to_server(&mut sheet, order);
        }
        sheet.paragraphs = paragraphs;
        self.with_gift(&mut sheet, deed);
        sheet.quote = deed.and_then(|deed| deed.public.clone());
        sheet
    }

    /// The code that comes with it.
    fn with_gift(&self, sheet: &mut Sheet, deed: Option<&Deed>) {
        let Some(gift) = deed.and_then(|deed| deed.gift.as_ref()) else { return };
        sheet.paragraphs.push(self.gift(gift));
        sheet.facts.push((self.say("mail-your-code"), gift.code.clone()));
    }

    /// What a code is worth, and for how long.
    pub(super) fn gift(&self, gift: &Gift) -> String {
        let worth = match gift.worth {
            Kind::Percent(of) => format!("{of} %"),
            Kind::Amount(money) => money.for_people(),
            Kind::Free => self.say("mail-everything"),
        };
        let filled = [
            ("code", gift.code.as_str().into()),
            ("worth", worth.into()),
            ("until", self.time(gift.until).into()),
        ];
        self.language.say_all("mail-gift", filled)
    }

    /// What staff decided, in a heading and in sentences.
    fn decided(&self, order: &OrderTold, deed: &Deed) -> (String, Vec<String>) {
        let amount = order.amount.map(|amount| amount.for_people());
        let say = |key: &str| self.say(key);
        let (heading, sentence) = match (deed.remedy, amount) {
            (Remedy::Refund | Remedy::Cancel, Some(amount)) => (
                self.say_with("mail-refund", "amount", amount.as_str()),
                self.say_with("mail-refund-more", "amount", amount.as_str()),
            ),
            (Remedy::Refund | Remedy::Cancel, None) => {
                (say("mail-refund-all"), say("mail-refund-all-more"))
            }
            (Remedy::RefundAndKeep, _) => {
                (say("mail-keep"), self.say_with("mail-keep-more", "until", self.until(order)))
            }
            (Remedy::Discount, _) => (say("mail-discount"), say("mail-discount-more")),
            (Remedy::Reprovision | Remedy::ManualProvision, _) => {
                (say("mail-again"), say("mail-again-more"))
            }
            (Remedy::Accept, back) => {
                let filled =
                    [("product", order.product.as_str().into()), ("gb", order.ram_gb.into())];
                let now = self.language.say_all("mail-changed-now", filled);
                let back = back.map(|amount| {
                    format!("{now} {}", self.say_with("mail-changed-back", "amount", amount))
                });
                (say("mail-changed"), back.unwrap_or(now))
            }
            (Remedy::Extend, _) => (self.more_days(deed), self.until(order)),
            (Remedy::Wait, _) => (say("mail-wait"), say("mail-safe")),
            _ => (say("mail-news"), say("mail-news-more")),
        };
        (heading, vec![sentence])
    }

    /// What was decided, said as what it is: making good.
    fn apology(&self, order: &OrderTold) -> Sheet {
        let decided = self.remedy(order);
        let deed = decided.heading.to_lowercase();
        let to_good = self.say_with("mail-to-good", "deed", deed);
        Sheet {
            subject: self.say_with("mail-sorry-subject", "deed", decided.heading.as_str()),
            heading: self.say("mail-sorry"),
            paragraphs: std::iter::once(to_good).chain(decided.paragraphs).collect(),
            ..decided
        }
    }

    fn refund_declined(&self, order: &OrderTold) -> Sheet {
        let mut sheet = self.about(order, self.say("mail-declined"), self.say("mail-see-order"));
        sheet.paragraphs = vec![self.say("mail-declined-more")];
        sheet.quote.clone_from(&order.problem);
        sheet.after = vec![self.say("mail-declined-ask")];
        sheet
    }

    fn more_days(&self, deed: &Deed) -> String {
        match deed.days {
            Some(days) => self.say_with("mail-more-days", "count", days),
            None => self.say("mail-more-time"),
        }
    }

    fn until(&self, order: &OrderTold) -> String {
        order.sold_until.map_or_else(
            || self.say("mail-pay-nothing"),
            |until| self.say_with("mail-yours-until", "until", self.time(until)),
        )
    }

    /// What all mails about an order have. The button leads to the order.
    fn about(&self, order: &OrderTold, heading: String, button: String) -> Sheet {
        let mut facts = vec![
            (self.say("word-order"), order.number.clone()),
            (self.say("mail-product"), order.product.clone()),
            (self.say("word-memory"), format!("{} GB", order.ram_gb)),
        ];
        facts.extend(order.os.clone().map(|os| (self.say("word-system"), os)));
        let about = [("number", order.number.as_str().into()), ("host", self.words.host().into())];
        Sheet {
            subject: format!("{heading} ({})", order.number),
            heading,
            greeting: String::new(),
            quote: None,
            paragraphs: vec![],
            facts,
            troubles: vec![],
            button: (button, self.link(&paths::order(&order.id))),
            after: vec![],
            foot: self.language.say_all("mail-foot-order", about),
            shop: Brand::default(),
            language: self.language,
        }
    }

    fn lead_to_server(&self, sheet: &mut Sheet, order: &OrderTold) {
        sheet.button.1 = self.link(&paths::my_server(&order.id));
    }

    /// The exact package in words.
    fn receipt(&self, order: &OrderTold) -> String {
        let filled =
            [("product", order.product.as_str().into()), ("pid", order.pid.as_str().into())];
        self.language.say_all("receipt", filled)
    }
}

impl Words {
    pub(super) fn low_stock(&self, low: &[Trouble]) -> Sheet {
        let count = counted(low.len(), "package", "packages");
        let mut sheet = self.for_staff(low, ("Open the catalogue", paths::STAFF_STOCK));
        sheet.heading = format!("Low stock: {count}");
        sheet.subject.clone_from(&sheet.heading);
        sheet.after =
            vec!["This mail comes once a day, and only while something is low.".to_owned()];
        sheet
    }

    pub(super) fn alerts(&self, troubles: &[Trouble]) -> Sheet {
        let mut sheet = self.for_staff(troubles, ("See all alerts", paths::STAFF_ALERTS));
        sheet.heading = match troubles {
            [one] => {
                if let Some(order) = &one.order {
                    let url = format!("{}{}", self.app_url, paths::staff_order(order));
                    sheet.button = ("Open the order".to_owned(), url);
                }
                format!("Alert: {}", one.kind)
            }
            several => counted(several.len(), "alert", "alerts"),
        };
        sheet.subject.clone_from(&sheet.heading);
        sheet
    }

    pub(super) fn test(&self) -> Sheet {
        let mut sheet = self.for_staff(&[], ("See all alerts", paths::STAFF_ALERTS));
        sheet.heading = "A test: mail of alerts arrives".to_owned();
        sheet.subject.clone_from(&sheet.heading);
        sheet.paragraphs =
            vec!["Somebody of the staff pressed a button to see whether it does.".to_owned()];
        sheet
    }

    pub(super) fn for_staff(
        &self,
        troubles: &[Trouble],
        (button, path): (&'static str, &str),
    ) -> Sheet {
        let line = |trouble: &Trouble| Line {
            kind: trouble.kind.clone(),
            text: trouble.text.clone(),
            at: self.zone.anywhere(trouble.at, Language::default()),
        };
        Sheet {
            subject: String::new(),
            heading: String::new(),
            greeting: String::new(),
            quote: None,
            paragraphs: vec![],
            facts: vec![],
            troubles: troubles.iter().map(line).collect(),
            button: (button.to_owned(), format!("{}{path}", self.app_url)),
            after: vec![],
            foot: format!("For the staff of {}", self.host()),
            shop: Brand::default(),
            language: Language::default(),
        }
    }

    pub(super) fn host(&self) -> &str {
        self.app_url.split("//").nth(1).unwrap_or(&self.app_url)
    }
}

fn is_theirs(order: &OrderTold) -> bool {
    order.address.is_some()
}

fn counted(count: usize, one: &str, several: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {several}") }
}
