//! What each mail says. Short, plain, and true at the moment it was decided.

use domain::coupon::Kind;
use domain::order::{News as Happened, Remedy};
use engine::brand::Brand;
use engine::mail::told::{Deed, News, OrderTold, Trouble};

use super::{Line, Sheet, Words};
use crate::language::Language;
use crate::paths;

const NO_SECRET: &str = "We never send a password by mail, and never ask for yours.";
const SAFE: &str = "Your money is safe: you get exactly the server that you ordered, or your money \
     back. There is nothing that you have to do.";
const BANKS: &str = "Banks may take some days to show it.";

impl Words {
    pub(super) fn of_order(&self, news: News, order: &OrderTold) -> Sheet {
        match news {
            News::Happened(Happened::Ordered) => self.ordered(order),
            News::Happened(Happened::Paid) => self.paid(order),
            News::Happened(Happened::PaidTooLate) => self.paid_too_late(order),
            News::Happened(Happened::Held) => self.held(order),
            News::Happened(Happened::Choice) => self.choice(order),
            News::Happened(Happened::Delivered) => self.delivered(order, "Your server is ready"),
            News::Happened(Happened::Replaced) => self.delivered(order, "Your new server is ready"),
            News::Happened(Happened::MoneyBack) => self.money_back(order),
            News::Remedy => self.remedy(order),
            News::Apology => self.apology(order),
        }
    }

    fn ordered(&self, order: &OrderTold) -> Sheet {
        let until = self.zone.anywhere(order.reserved_until, Language::default());
        let mut sheet = self.about(order, "We have your order", "Pay for it", false);
        sheet.paragraphs = vec![
            receipt(order),
            format!("We hold it for you until {until}. As soon as it is paid, we build it."),
        ];
        sheet.facts.push(("Price", order.total.for_people()));
        sheet
    }

    fn paid(&self, order: &OrderTold) -> Sheet {
        let paid = order.total.for_people();
        let heading = format!("Thank you: {paid} has arrived");
        let mut sheet = self.about(order, &heading, "Watch it being built", false);
        sheet.paragraphs = vec![
            receipt(order),
            "We buy it now and compare it with what you ordered before it becomes yours. That \
             takes a few minutes; we write again when it is ready."
                .to_owned(),
        ];
        sheet.facts.push(("Paid", paid));
        if !order.total.is_zero() {
            let invoice = format!("{}{}", self.app_url, paths::invoice(&order.id));
            sheet.facts.push(("Invoice, in a minute", invoice));
        }
        sheet
    }

    fn paid_too_late(&self, order: &OrderTold) -> Sheet {
        let mut sheet = self.about(order, "Your payment came too late", "See your order", false);
        let paid = order.total.for_people();
        sheet.paragraphs = vec![
            format!(
                "{paid} arrived after the time for which we held {}, and it is sold out by now.",
                order.product
            ),
            "The money is yours. We give it back; there is nothing that you have to do.".to_owned(),
        ];
        sheet
    }

    fn held(&self, order: &OrderTold) -> Sheet {
        let mut sheet =
            self.about(order, "A person looks after your order", "See where it stands", false);
        sheet.subject = format!("{} is held: a person looks after it", order.number);
        sheet.paragraphs = vec![
            "Something did not go as it should, so we stopped rather than guess.".to_owned(),
            SAFE.to_owned(),
        ];
        sheet.quote.clone_from(&order.problem);
        sheet
    }

    fn choice(&self, order: &OrderTold) -> Sheet {
        let heading = "Wait for your server, or take your money back";
        let mut sheet = self.about(order, heading, "Choose", false);
        sheet.paragraphs = vec![
            "The provider has not told us whether it gave us your server. We go on looking, and a \
             person with us."
                .to_owned(),
            "You can wait, or have all your money back now. It is your choice, and you can make it \
             at any time until the server is yours."
                .to_owned(),
        ];
        sheet
    }

    fn delivered(&self, order: &OrderTold, heading: &str) -> Sheet {
        let mut sheet = self.about(order, heading, "Open your server", true);
        let mut facts: Vec<(&'static str, String)> = Vec::new();
        if let Some(address) = order.address {
            sheet.subject = format!("{heading}: {address}");
            facts.push(("Address", address.to_string()));
        }
        sheet.paragraphs = vec![format!(
            "We compared it with what you ordered, {}, before it became yours. User name and \
             password are on its page, behind your sign-in.",
            order.product
        )];
        facts.append(&mut sheet.facts);
        sheet.facts = facts;
        if let Some(until) = order.sold_until {
            sheet.facts.push(("Yours until", self.zone.anywhere(until, Language::default())));
        }
        sheet.after = vec![NO_SECRET];
        sheet
    }

    fn money_back(&self, order: &OrderTold) -> Sheet {
        let amount = order.amount.unwrap_or(order.total).for_people();
        if order.to_wallet {
            let heading = format!("{amount} is in your wallet");
            let mut sheet = self.about(order, &heading, "See your order", false);
            let sentence = "It pays for servers at once, wholly or in part.".to_owned();
            sheet.paragraphs = vec![sentence];
            sheet.facts.push(("In your wallet", amount));
            return sheet;
        }
        let heading = format!("{amount} is on its way back to you");
        let mut sheet = self.about(order, &heading, "See your order", false);
        sheet.paragraphs =
            vec![format!("We have sent {amount} back, the way it was paid."), BANKS.to_owned()];
        sheet.facts.push(("Sent back", amount));
        sheet
    }

    fn remedy(&self, order: &OrderTold) -> Sheet {
        let deed = order.deed.as_ref();
        let (heading, paragraphs) = deed.map_or_else(
            || ("News of your order".to_owned(), vec![]),
            |deed| self.decided(order, deed),
        );
        let button = if is_theirs(order) { "Open your server" } else { "See your order" };
        let mut sheet = self.about(order, &heading, button, is_theirs(order));
        sheet.paragraphs = paragraphs;
        self.with_gift(&mut sheet, deed);
        sheet.quote = deed.and_then(|deed| deed.public.clone());
        sheet
    }

    /// The code that comes with it.
    fn with_gift(&self, sheet: &mut Sheet, deed: Option<&Deed>) {
        let Some(gift) = deed.and_then(|deed| deed.gift.as_ref()) else { return };
        let worth = match gift.worth {
            Kind::Percent(of) => format!("{of} %"),
            Kind::Amount(money) => money.for_people(),
            Kind::Free => "everything".to_owned(),
        };
        sheet.paragraphs.push(format!(
            "The code {} takes {worth} off the price of your next order. It is yours alone, good \
             once, until {}.",
            gift.code,
            self.zone.anywhere(gift.until, Language::default())
        ));
        sheet.facts.push(("Your code", gift.code.clone()));
    }

    /// What staff decided, in a heading and in sentences.
    fn decided(&self, order: &OrderTold, deed: &Deed) -> (String, Vec<String>) {
        let amount = order.amount.map(|amount| amount.for_people());
        let (heading, sentence) = match deed.remedy {
            Remedy::Refund | Remedy::Cancel => match amount {
                Some(amount) => (
                    format!("You get {amount} back"),
                    format!("{amount} goes back the way it was paid. We write when it has left."),
                ),
                None => (
                    "You get your money back".to_owned(),
                    "All that you paid goes back the way it came. We write when it has left."
                        .to_owned(),
                ),
            },
            Remedy::RefundAndKeep => (
                "You get your money back, and keep the server".to_owned(),
                format!(
                    "All that you paid goes back the way it came, and the server stays. {} Before \
                     that we ask you whether you would like to keep it, or have another.",
                    self.until(order)
                ),
            ),
            Remedy::Discount => (
                "A code for your next order".to_owned(),
                "Thank you for your patience with us.".to_owned(),
            ),
            Remedy::Reprovision | Remedy::ManualProvision => (
                "We buy your server again".to_owned(),
                "It is bought and checked once more; we write when it is ready.".to_owned(),
            ),
            Remedy::Accept => {
                let now = format!("It is now {} with {} GB.", order.product, order.ram_gb);
                let back = amount.map(|amount| {
                    format!(
                        "{now} That costs less than what you paid: {amount} goes back the way it \
                         came. We write when it has left."
                    )
                });
                ("Your order is changed, as you agreed".to_owned(), back.unwrap_or(now))
            }
            Remedy::Extend => (self.more_days(deed), self.until(order)),
            Remedy::Wait => ("We keep looking".to_owned(), SAFE.to_owned()),
            _ => ("News of your order".to_owned(), "Its page has all of it.".to_owned()),
        };
        (heading, vec![sentence])
    }

    /// What was decided, said as what it is: making good.
    fn apology(&self, order: &OrderTold) -> Sheet {
        let decided = self.remedy(order);
        let to_good = format!("To make good for it: {}.", decided.heading.to_lowercase());
        Sheet {
            subject: format!("We are sorry. {}", decided.heading),
            heading: "We are sorry".to_owned(),
            paragraphs: std::iter::once(to_good).chain(decided.paragraphs).collect(),
            ..decided
        }
    }

    fn more_days(&self, deed: &Deed) -> String {
        match deed.days {
            Some(1) => "One more day for your server".to_owned(),
            Some(days) => format!("{days} more days for your server"),
            None => "More time for your server".to_owned(),
        }
    }

    fn until(&self, order: &OrderTold) -> String {
        order.sold_until.map_or_else(
            || "You pay nothing for it.".to_owned(),
            |until| {
                format!(
                    "It is yours until {}; you pay nothing for it.",
                    self.zone.anywhere(until, Language::default())
                )
            },
        )
    }

    pub(super) fn low_stock(&self, low: &[Trouble]) -> Sheet {
        let count = counted(low.len(), "package", "packages");
        let mut sheet = self.for_staff(low, ("Open the catalogue", paths::STAFF_STOCK));
        sheet.heading = format!("Low stock: {count}");
        sheet.subject.clone_from(&sheet.heading);
        sheet.after = vec!["This mail comes once a day, and only while something is low."];
        sheet
    }

    pub(super) fn alerts(&self, troubles: &[Trouble]) -> Sheet {
        let mut sheet = self.for_staff(troubles, ("See all alerts", paths::STAFF_ALERTS));
        sheet.heading = match troubles {
            [one] => {
                if let Some(order) = &one.order {
                    let url = format!("{}{}", self.app_url, paths::staff_order(order));
                    sheet.button = ("Open the order", url);
                }
                format!("Alert: {}", one.kind)
            }
            several => counted(several.len(), "alert", "alerts"),
        };
        sheet.subject.clone_from(&sheet.heading);
        sheet
    }

    /// What all mails about an order have.
    fn about(
        &self,
        order: &OrderTold,
        heading: &str,
        button: &'static str,
        to_server: bool,
    ) -> Sheet {
        let path = match to_server {
            true => paths::my_server(&order.id),
            false => paths::order(&order.id),
        };
        let mut facts = vec![
            ("Order", order.number.clone()),
            ("Product", order.product.clone()),
            ("Memory", format!("{} GB", order.ram_gb)),
        ];
        facts.extend(order.os.clone().map(|os| ("System", os)));
        Sheet {
            subject: format!("{heading} ({})", order.number),
            heading: heading.to_owned(),
            greeting: String::new(),
            quote: None,
            paragraphs: vec![],
            facts,
            troubles: vec![],
            button: (button, format!("{}{path}", self.app_url)),
            after: vec![],
            foot: format!("About your order {} at {}", order.number, self.host()),
            shop: Brand::default(),
        }
    }

    fn for_staff(&self, troubles: &[Trouble], (button, path): (&'static str, &str)) -> Sheet {
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
            button: (button, format!("{}{path}", self.app_url)),
            after: vec![],
            foot: format!("For the staff of {}", self.host()),
            shop: Brand::default(),
        }
    }

    pub(super) fn host(&self) -> &str {
        self.app_url.split("//").nth(1).unwrap_or(&self.app_url)
    }
}

/// The exact package in words.
fn receipt(order: &OrderTold) -> String {
    format!("You ordered: {} (Package ID: {})", order.product, order.pid)
}

fn is_theirs(order: &OrderTold) -> bool {
    order.address.is_some()
}

fn counted(count: usize, one: &str, several: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {several}") }
}
