//! Remedies as staff see them: a form for each that is possible now, and what one would do before
//! it is done.

use askama::Template;
use domain::order::Remedy;

use super::evidence::Live;
use super::orders::Line;
use crate::language::Language;
use crate::paths;
use crate::view::{Choice, Frame, Here, Sample, Tone};

/// A remedy that is allowed now, as a small form.
#[derive(Clone, Debug)]
pub struct Form {
    pub kind: Remedy,
    /// Where a part may be named: the currency that it is in.
    pub currency: Option<String>,
    pub days: Option<i64>,
    /// The addresses to choose from; an empty list means that one is typed.
    pub addresses: Option<Vec<Choice>>,
    pub attempts: Option<Vec<Choice>>,
    pub packages: Option<Vec<Choice>>,
    pub memory: Option<String>,
    pub give_up: bool,
    pub consent: bool,
    /// A code for their next order may come with it.
    pub percent: bool,
    /// It is what somebody came for.
    pub is_open: bool,
    /// What follows from it, in words.
    pub consequences: Vec<String>,
}

impl Form {
    pub fn of(kind: Remedy) -> Form {
        Form {
            kind,
            currency: None,
            days: None,
            addresses: None,
            attempts: None,
            packages: None,
            memory: None,
            give_up: false,
            consent: matches!(kind, Remedy::ManualProvision | Remedy::Accept),
            percent: false,
            is_open: false,
            consequences: vec![],
        }
    }

    pub fn title(&self) -> &'static str {
        title(self.kind)
    }

    /// What the amount is of, to whoever types it.
    pub fn amount_hint(&self) -> &'static str {
        match self.kind {
            Remedy::Accept => {
                "Leave it empty: the difference to today's price goes back by itself. Only where \
                 this server's package has no price, say what goes back, tax included, or 0."
            }
            Remedy::Credit => {
                "Leave it empty for what is owed and on nobody's way. Of a part, what was paid too \
                 much goes first, and the order stays as it is."
            }
            _ => {
                "Leave it empty for all of it. Of a part, what was paid too much goes first, and \
                 the order stays as it is."
            }
        }
    }

    /// It is nothing but the code.
    pub fn is_a_code(&self) -> bool {
        self.kind == Remedy::Discount
    }

    pub fn days_label(&self) -> &'static str {
        match self.kind {
            Remedy::RefundAndKeep => "Free for so many days from now, or as long as was sold",
            Remedy::Discount => "The code is good for so many days",
            _ => "Days",
        }
    }

    pub fn sentence(&self) -> &'static str {
        sentence(self.kind)
    }
}

/// What a button for a remedy says.
pub fn title(kind: Remedy) -> &'static str {
    match kind {
        Remedy::Reprovision => "Buy again",
        Remedy::ManualProvision => "Buy something else",
        Remedy::Accept => "Accept this server",
        Remedy::Refund => "Refund",
        Remedy::RefundAndKeep => "Refund, server stays",
        Remedy::Credit => "Give credit",
        Remedy::Extend => "Give days",
        Remedy::Discount => "Give a discount",
        Remedy::Adopt => "Adopt an address",
        Remedy::NothingBought => "Nothing was bought",
        Remedy::Wait => "Wait",
        Remedy::Cancel => "Cancel",
        Remedy::WriteOff => "Write off",
        Remedy::End => "Ended at the provider",
    }
}

fn sentence(kind: Remedy) -> &'static str {
    match kind {
        Remedy::Reprovision => "Plans another purchase of exactly what was sold.",
        Remedy::ManualProvision => "Amends the order and buys that instead.",
        Remedy::Accept => {
            "Amends the order so that this server is what was sold. If it costs less, the \
             difference goes back."
        }
        Remedy::Refund => "Money goes back. Of all of it, whatever was bought becomes ours.",
        Remedy::RefundAndKeep => {
            "All money goes back and the customer keeps the server for a while. Before that ends, \
             it is on the list."
        }
        Remedy::Credit => "What is owed, or a part of what was paid, becomes credit.",
        Remedy::Extend => "The customer keeps the server longer, for nothing.",
        Remedy::Discount => "A code for their next order, theirs alone and good once.",
        Remedy::Adopt => {
            "You found the server that this order's purchase bought. Its address is compared at \
             once, and before anything is delivered the provider is asked for memory, system and \
             sign-in, as of any server."
        }
        Remedy::NothingBought => {
            "You looked into the account at the provider, and the purchase bought nothing. Where \
             the order still waits for it, the same is bought again: if the first did buy, we pay \
             for two servers, and one is nobody's."
        }
        Remedy::Wait => "Looks at it again later; the customer is not offered less.",
        Remedy::Cancel => "Calls the order off; what was paid goes back.",
        Remedy::WriteOff => "Nobody will find out any more; the cost is a loss.",
        Remedy::End => "The stray was ended by hand at the provider.",
    }
}

/// A mail that would be written.
#[derive(Clone, Debug)]
pub struct Letter {
    pub to: String,
    pub subject: String,
    pub text: String,
}

/// Before a remedy is done: what it would do and cost.
#[derive(Clone, Debug, Template)]
#[template(path = "admin/orders/preview.html")]
pub struct Preview {
    pub frame: Frame,
    /// Where it is sent when it is confirmed.
    pub action: String,
    pub back: Back,
    pub title: String,
    pub did: Vec<String>,
    pub ledger: Vec<Line>,
    pub mails: Vec<Letter>,
    /// Of the purchase that it plans.
    pub outlay: Option<OutlaySheet>,
    /// What the provider says of the address at this moment.
    pub live: Option<Live>,
    /// The tick that is asked for was not set.
    pub tick_missing: bool,
    /// What follows from it, in words.
    pub consequences: Vec<String>,
    /// Why it cannot be done, and what to do.
    pub refused: Option<String>,
    /// What is sent when it is confirmed.
    pub hidden: Vec<(String, String)>,
    pub reason: String,
}

/// What another purchase costs, beside what the order brings.
#[derive(Clone, Debug)]
pub struct OutlaySheet {
    /// What is bought, and of whom.
    pub what: String,
    pub rows: Vec<(&'static str, String)>,
    pub tone: Tone,
    /// What is left, or why nobody knows.
    pub sum: String,
    /// Where staff enter what purchases cost, where that is missing.
    pub enter: Option<&'static str>,
}

impl OutlaySheet {
    fn sample() -> OutlaySheet {
        let rows = [
            ("The provider charges", "₹600"),
            ("The customer paid", "₹999, of it ₹152.39 tax"),
            ("Earlier purchases of the order", "₹600"),
            ("Balance at smartvps", "not known: its API does not tell it"),
        ];
        OutlaySheet {
            what: "103.181.91 with 8GB from smartvps".into(),
            rows: rows.map(|(name, value)| (name, value.to_owned())).into(),
            tone: Tone::Warn,
            sum: "Margin of this purchase: ₹246.61. With the earlier ones: −₹353.39, a loss".into(),
            enter: None,
        }
    }

    fn sample_unknown() -> OutlaySheet {
        OutlaySheet {
            rows: vec![("The provider charges", "not known".to_owned())],
            sum: "No margin is told, because nobody has entered what this purchase costs".into(),
            enter: Some(paths::STAFF_COSTS),
            ..OutlaySheet::sample()
        }
    }
}

/// The page that a preview came from.
#[derive(Clone, Debug)]
pub struct Back {
    pub path: String,
    pub label: String,
    /// What it is called in a sentence.
    pub name: &'static str,
    pub is_order: bool,
}

impl Back {
    pub fn to_order(path: String, number: String) -> Back {
        Back { path, label: number, name: "the order", is_order: true }
    }

    pub fn to_quarantine() -> Back {
        let (path, label) = (paths::STAFF_QUARANTINE.to_owned(), "Quarantine".to_owned());
        Back { path, label, name: "the quarantine", is_order: false }
    }
}

impl Preview {
    /// Of which nothing is told yet.
    pub fn new(title: &str, (action, back): (String, Back), frame: Frame) -> Preview {
        Preview {
            action,
            back,
            title: title.to_owned(),
            did: vec![],
            ledger: vec![],
            mails: vec![],
            outlay: None,
            live: None,
            tick_missing: false,
            consequences: vec![],
            refused: None,
            hidden: vec![],
            reason: String::new(),
            frame,
        }
    }
}

impl Sample for Preview {
    fn samples(_: Language) -> Vec<(&'static str, Preview)> {
        let frame = Frame::staff_sample("Refund", Here::StaffOrders);
        let order = "/admin/orders/ord_01J9ZQ4V7M8N2K6T3B5C7D9E1F";
        let at =
            (format!("{order}/remedies"), Back::to_order(order.into(), "ORD-7KQ2MX4TBN".into()));
        let preview = Preview {
            did: vec!["₹999 is owed to the customer".into()],
            ledger: Line::samples(&frame),
            mails: vec![Letter {
                to: "asha@example.com".into(),
                subject: "You get your money back (ORD-7KQ2MX4TBN)".into(),
                text: "Hello Asha Menon,\n\nAll that you paid goes back the way it came. We write \
                       when it has left."
                    .into(),
            }],
            hidden: vec![("kind".into(), "refund".into()), ("version".into(), "5".into())],
            reason: "the provider sold from another block".into(),
            ..Preview::new(title(Remedy::Refund), at, frame)
        };
        let refused = Preview {
            did: vec![],
            ledger: vec![],
            mails: vec![],
            refused: Some("the order is at version 6 by now; look again before deciding".into()),
            ..preview.clone()
        };
        let adopt = Preview {
            title: title(Remedy::Adopt).into(),
            did: vec!["103.181.91.50 was adopted; the address is a Match".into()],
            live: Some(Live::sample()),
            ledger: vec![],
            mails: vec![],
            hidden: vec![("kind".into(), "adopt".into()), ("version".into(), "5".into())],
            ..preview.clone()
        };
        let doubted =
            Preview { live: Some(Live::sample_unknown()), tick_missing: true, ..adopt.clone() };
        let again = Preview {
            title: title(Remedy::Reprovision).into(),
            did: vec!["planned a purchase of 103.181.91 with 8GB".into()],
            outlay: Some(OutlaySheet::sample()),
            ledger: vec![],
            ..preview.clone()
        };
        let unknown = Preview { outlay: Some(OutlaySheet::sample_unknown()), ..again.clone() };
        vec![
            ("fine", preview),
            ("adopt", adopt),
            ("adopt-doubted", doubted),
            ("buys", again),
            ("buys-unknown", unknown),
            ("refused", refused),
        ]
    }
}
