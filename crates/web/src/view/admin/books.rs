//! Whether the books add up, as staff see it: what does not, by name, and the sums.

use askama::Template;
use domain::money::{Currency, Money};

use super::STAGES;
use crate::language::Language;
use crate::view::admin::words::in_words;
use crate::view::when::Moment;
use crate::view::{Frame, Here, Sample};

/// `/admin/books`
#[derive(Clone, Debug, Template)]
#[template(path = "admin/books.html")]
pub struct Books {
    pub frame: Frame,
    pub as_of: Option<Moment>,
    /// As they were counted last.
    pub sums: Option<Sums>,
    /// A worker counts them.
    pub is_counting: bool,
    /// When a later count came to nothing, and why.
    pub fault: Option<(Moment, String)>,
}

/// What the books came to.
#[derive(Clone, Debug)]
pub struct Sums {
    /// How many rows are not accounted for, in words.
    pub count: String,
    /// What is not so, and how often.
    pub broken: Vec<(String, String)>,
    pub rows: Vec<Row>,
    /// Where further rows are.
    pub next: Option<String>,
    pub accounts: Vec<AccountLine>,
    pub orders: Vec<(String, i64)>,
    pub servers: Vec<(String, i64)>,
}

/// What is not accounted for.
#[derive(Clone, Debug)]
pub struct Row {
    pub what: String,
    /// The order or the wallet that it is about, and what that is called.
    pub link: Option<(String, String)>,
    pub subject: String,
    pub text: String,
}

/// What stands on one account.
#[derive(Clone, Debug)]
pub struct AccountLine {
    pub account: String,
    pub meaning: &'static str,
    pub debit: String,
    pub credit: String,
}

impl AccountLine {
    pub fn of(account: &str, amount: Money) -> AccountLine {
        let side = |is_here: bool| match is_here {
            true => Money::new(amount.minor.saturating_abs(), amount.currency).for_people(),
            false => String::new(),
        };
        AccountLine {
            account: account.to_owned(),
            meaning: meaning(account),
            debit: side(amount.minor >= 0),
            credit: side(amount.minor < 0),
        }
    }
}

/// What stands on an account, in words.
fn meaning(account: &str) -> &'static str {
    match account.split(':').next().unwrap_or_default() {
        "gateway" => "what a gateway took, less what it gave back",
        "bank" => "what came in outside any gateway, less what was sent from there",
        "prepaid" => "paid for and not delivered yet",
        "owed" => "to be given back",
        "wallet" => "what customers keep with us",
        "revenue" => "what was delivered, without its tax",
        "tax" => "tax on what was delivered",
        "rounding" => "what whole totals are more, or less",
        "supplier" => "what we owe a provider for servers",
        "upstream" => "what delivered servers have cost",
        "stray" => "what servers of nobody have cost, while they live",
        "loss" => "what is lost: servers of nobody that ended",
        "goodwill" => "what presents have cost us",
        "fees" => "what gateways kept",
        "disputes" => "what payers' banks took back",
        _ => "",
    }
}

/// A stage of orders as all pages call it.
pub fn stage(word: &str) -> String {
    let known = STAGES.iter().find(|(stage, _, _)| *stage == word);
    known.map_or_else(|| in_words(word), |(_, label, _)| (*label).to_owned())
}

impl Row {
    fn sample(what: &str, subject: &str, text: &str, link: Option<(&str, &str)>) -> Row {
        Row {
            what: what.into(),
            subject: subject.into(),
            text: text.into(),
            link: link.map(|(to, label)| (to.into(), label.into())),
        }
    }

    fn samples() -> Vec<Row> {
        let order = "/admin/orders/ord_01J7ZK3QX8M2V5T9B4C6D8E0F1";
        let wallet = "/admin/wallets/acc_01J7ZK3QX8M2V5T9B4C6D8E0F1";
        vec![
            Row::sample(
                "Still prepaid",
                "ord_01J7ZK3QX8M2V5T9B4C6D8E0F1",
                "the order is delivered and 99900 minor units of it are still prepaid",
                Some((order, "ORD-4CIYNGEQK6")),
            ),
            Row::sample(
                "Wallet differs",
                "acc_01J7ZK3QX8M2V5T9B4C6D8E0F1",
                "the wallet holds 500 INR, and the ledger has 400 of it",
                Some((wallet, "Wallet")),
            ),
            Row::sample(
                "Answer of nothing",
                "att_01J7ZK3QX8M2V5T9B4C6D8E0F1",
                "this answer belongs to no purchase and no operation",
                None,
            ),
        ]
    }
}

impl Sums {
    fn sample() -> Sums {
        let account = |name: &str, rupees: i64| {
            AccountLine::of(name, Money::new(rupees * 100, Currency::INR))
        };
        Sums {
            count: String::new(),
            broken: vec![],
            rows: vec![],
            next: None,
            accounts: vec![
                account("bank", 42_178),
                account("owed", -1_398),
                account("prepaid", -2_097),
                account("revenue", -38_683),
            ],
            orders: vec![("Delivered".into(), 12), ("To pay".into(), 3)],
            servers: vec![("Delivered".into(), 12), ("Quarantined".into(), 1)],
        }
    }

    fn sample_broken() -> Sums {
        let broken = [
            ("Still prepaid", "1000 or more"),
            ("Wallet differs", "1"),
            ("Answer of nothing", "2"),
        ];
        Sums {
            count: "1003 or more".into(),
            broken: broken.map(|(what, count)| (what.to_owned(), count.to_owned())).to_vec(),
            rows: Row::samples(),
            next: Some("/admin/books?from=50".into()),
            ..Sums::sample()
        }
    }
}

impl Sample for Books {
    fn samples(_: Language) -> Vec<(&'static str, Books)> {
        let frame = Frame::staff_sample("Books", Here::StaffBooks);
        let as_of = frame.time(frame.now);
        let page = Books {
            frame,
            as_of: Some(as_of.clone()),
            sums: Some(Sums::sample()),
            is_counting: false,
            fault: None,
        };
        let broken = Books { sums: Some(Sums::sample_broken()), ..page.clone() };
        let frame = Frame { reload_s: Some(5), ..page.frame.clone() };
        let first = Books { as_of: None, sums: None, is_counting: true, frame, ..page.clone() };
        let why = "unexpected: the database failed: no space for temporary files";
        let failed = Books { fault: Some((as_of, why.into())), ..page.clone() };
        vec![("in-order", page), ("broken", broken), ("first", first), ("failed", failed)]
    }
}
