//! A customer's wallet: what is in it, paying into it, and every line of its statement.

use askama::Template;
use engine::wallet::{EntryKind, WalletEntry};

use crate::language::Language;
use crate::view::frame::sample_time;
use crate::view::order::way_in;
use crate::view::when::Moment;
use crate::view::{Choice, Field, Frame, Here, Said, Sample};

/// `/account/wallet`
#[derive(Clone, Debug, Template)]
#[template(path = "account/wallet.html")]
pub struct Wallet {
    pub frame: Frame,
    /// One for each currency.
    pub balances: Vec<String>,
    /// Payments that may still come in.
    pub open: Vec<Open>,
    pub amount: Field,
    /// How one can pay; none: no gateway is on.
    pub ways: Vec<Choice>,
    /// Between which amounts, in words.
    pub limits: String,
    pub refused: Option<String>,
    pub lines: Vec<Line>,
    pub next: Option<String>,
}

/// A payment into the wallet that is not over.
#[derive(Clone, Debug)]
pub struct Open {
    pub amount: String,
    pub way: String,
    /// The gateway's page; none while nobody knows whether it took it.
    pub url: Option<String>,
    pub began: Moment,
}

/// One line of a statement.
#[derive(Clone, Debug)]
pub struct Line {
    pub at: Moment,
    pub what: String,
    /// The order's number, staff's words, or by which way it came.
    pub note: String,
    /// The order's id.
    pub order: Option<String>,
    pub amount: String,
    pub balance: String,
}

impl Line {
    pub fn of(entry: &WalletEntry, frame: &Frame) -> Line {
        let (what, note) = match entry.kind {
            EntryKind::TopUp => (frame.say("wallet-paid-in"), way_in(&entry.note, frame.language)),
            EntryKind::Draw => (frame.say("wallet-paid-for"), entry.note.clone()),
            EntryKind::Back => (frame.say("wallet-back"), entry.note.clone()),
            EntryKind::Gift => (frame.say("wallet-gift"), entry.note.clone()),
        };
        Line {
            at: frame.time(entry.at),
            what,
            note,
            order: entry.order.as_ref().map(ToString::to_string),
            amount: entry.amount.for_people(),
            balance: entry.balance.for_people(),
        }
    }

    pub(in crate::view) fn samples(frame: &Frame) -> Vec<Line> {
        let line = |at: &str, what: &str, note: &str, amount: &str, balance: &str| Line {
            at: frame.time(sample_time(at)),
            what: frame.say(what),
            note: note.into(),
            order: note.starts_with("ORD-").then(|| "ord_01J9ZQ4V7M8N2K6T3B5C7D9E1F".into()),
            amount: amount.into(),
            balance: balance.into(),
        };
        vec![
            line("14:21:00", "wallet-gift", "For the two hours on 15 January", "₹100", "₹901"),
            line("14:03:00", "wallet-back", "ORD-4CIYNGEQK6", "₹500", "₹801"),
            line("14:01:00", "wallet-paid-for", "ORD-7KQ2MX4TBN", "-₹699", "₹301"),
            line("13:40:00", "wallet-paid-in", "UPI", "₹1,000", "₹1,000"),
        ]
    }
}

impl Sample for Wallet {
    fn samples(language: Language) -> Vec<(&'static str, Wallet)> {
        let frame = Frame::spoken_sample(language, "wallet-title", Here::Account);
        let limits = [("least", "₹50".into()), ("most", "₹1,00,000".into())];
        let open = |way: &str, url: Option<&str>| Open {
            amount: "₹500".into(),
            way: way.into(),
            url: url.map(Into::into),
            began: frame.time(sample_time("14:00:00")),
        };
        let full = Wallet {
            balances: vec!["₹901".into()],
            open: vec![],
            amount: Field::default(),
            ways: ["upi", "stripe"].map(|name| Choice::of(name, way_in(name, language))).into(),
            limits: language.say_all("wallet-limits", limits),
            refused: None,
            lines: Line::samples(&frame),
            next: Some("/account/wallet?after=41".into()),
            frame: frame.clone(),
        };
        let mut opened = Wallet {
            open: vec![open("UPI", Some("https://gateway.example/pay/1")), open("Razorpay", None)],
            ..full.clone()
        };
        opened.frame.said = Some(Said::TopUpOpened);
        let empty = Wallet {
            balances: vec!["₹0".into()],
            amount: Field::wrong(
                "5",
                language.refusal("invalid-amount", "a wallet is topped up with 50.00 INR or more"),
            ),
            ways: vec![],
            lines: vec![],
            next: None,
            ..full.clone()
        };
        vec![("full", full), ("opened", opened), ("empty", empty)]
    }
}
