//! Papers to look at without a shop.

use domain::clock::Timestamp;
use domain::gst::{Gstin, Place};
use domain::id::{AccountId, Chance, OrderId, PaperId};
use domain::money::{Currency, Money};
use domain::paper::{Buyer, Content, Kind, Line, Paper, Sums};
use domain::party::Party;
use domain::tax::{Mode, Rate, Tax};
use engine::read::{Captured, Moved, Page, Receipt, Statement, StatementRow};

use super::{
    Counted, Export, ExportSheet, List, OrderPapers, Row, Sheet, Show, StaffList, StatementPage,
};
use crate::language::Language;
use crate::view::frame::sample_time;
use crate::view::{Frame, Here, Sample};

struct Zeros;

impl Chance for Zeros {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(0);
    }
}

fn party(name: &str, place: &str, gstin: Option<&str>) -> Option<Party> {
    Some(Party {
        name: name.into(),
        street: "1 Marine Drive".into(),
        city: "Mumbai".into(),
        postcode: "400001".into(),
        place: Place::parse(place)?,
        gstin: gstin.and_then(|text| Gstin::parse(text).ok()),
    })
}

/// For a buyer in some place: 2,240 rupees and a setup of 500, with their tax.
fn paper(kind: Kind, count: i64, buyer: &str, place: &str, gstin: Option<&str>) -> Paper {
    let at = sample_time("14:03:00");
    let rate = Rate::basis_points(1_800).unwrap_or_default();
    let tax = Tax::of(rate, Mode::Exclusive, Place::parse("IN-27"), Place::parse(place));
    let line = |what: &str, price: i64, discount: i64| {
        let (net, taxes) = tax.split(price - discount);
        Line { what: what.into(), discount, net, taxes }
    };
    let lines = vec![
        line("🌊 103.181.91, 8GB, 30 days (Package ID: 6)", 224_000, 44_800),
        line("Setup, once", 50_000, 0),
    ];
    let (net, taxes) =
        lines.iter().fold((0, 0), |(net, taxes), line| (net + line.net, taxes + line.taxes));
    let half = if tax.kind == domain::tax::Kind::CgstSgst { taxes / 2 } else { 0 };
    let exact = net + taxes;
    let rounding = (exact + 50).div_euclid(100) * 100 - exact;
    let sums = Sums { net, igst: taxes - 2 * half, cgst: half, sgst: half, rounding };
    Paper {
        id: PaperId::mint(at, &Zeros),
        kind,
        series: if kind == Kind::Invoice { "INV/26-27" } else { "CRN/26-27" }.into(),
        count,
        order: OrderId::mint(at, &Zeros),
        account: AccountId::mint(at, &Zeros),
        at,
        currency: Currency::INR,
        sums,
        content: Content {
            seller: party("Berth Hosting LLP", "IN-27", Some("27AAPFU0939F1ZV")),
            shop: None,
            buyer: Buyer {
                name: buyer.into(),
                email: "asha@example.com".into(),
                address: party(buyer, place, gstin),
            },
            sac: "998315".into(),
            tax,
            lines,
            order_number: "ORD-7KQ2MXW4PN".into(),
            order_total: sums.total(),
            receipt: "You ordered: 🌊 103.181.91 (Package ID: 6)".into(),
            against: match kind {
                Kind::Invoice => vec![],
                Kind::CreditNote => vec!["INV/26-27/000042".into()],
            },
        },
    }
}

/// Papers of several kinds, for eyes and for tests.
pub fn sample_papers() -> Vec<Paper> {
    let traders = Some("27AAPFU0939F1ZV");
    vec![
        paper(Kind::Invoice, 42, "Asha Menon", "IN-29", None),
        paper(Kind::Invoice, 43, "आशा ट्रेडर्स, मुंबई", "IN-27", traders),
        paper(Kind::CreditNote, 7, "Asha Menon", "IN-29", None),
        paper(Kind::CreditNote, 8, "आशा ट्रेडर्स, मुंबई", "IN-27", traders),
        paper(Kind::Invoice, 44, "Zoë Novák", "CZ", None),
    ]
}

impl OrderPapers {
    /// Of an order that has come so far on its timeline.
    pub fn sample(happened: usize, frame: &Frame) -> OrderPapers {
        let invoice = sample_papers().into_iter().take(1);
        let day = frame.day(sample_time("14:03:00")).text;
        OrderPapers {
            papers: invoice.filter(|_| happened > 3).map(|one| Row::of(&one, frame)).collect(),
            receipts: (1..happened.min(2)).map(|_| format!("₹999 · {day}")).collect(),
            is_waiting: (2..=3).contains(&happened),
            statement: None,
        }
    }
}

/// A receipt, and a statement of so many rows.
pub fn sample_receipt() -> Receipt {
    let at = sample_time("14:03:00");
    Receipt {
        order: OrderId::mint(at, &Zeros),
        order_number: "ORD-7KQ2MXW4PN".into(),
        number: 1,
        payment: Captured {
            gateway: "upi".into(),
            gateway_payment: "412345678901".into(),
            amount: Money::new(280_100, Currency::INR),
            at,
            has_paid: true,
        },
        seller: party("Berth Hosting LLP", "IN-27", Some("27AAPFU0939F1ZV")),
        shop: None,
        buyer: Buyer {
            name: "Asha Menon".into(),
            email: "asha@example.com".into(),
            address: party("Asha Menon", "IN-29", None),
        },
        words: "You ordered: 🌊 103.181.91 (Package ID: 6)".into(),
    }
}

pub fn sample_statement(rows: i64) -> Statement {
    let receipt = sample_receipt();
    let row = |at: i64| {
        let paper = PaperId::mint(Timestamp::from_millis(at), &Zeros);
        let (moved, name) = match at % 5 {
            0 => (Moved::CreditNote(paper), format!("CRN/26-27/{:06}", rows - at)),
            1 => (Moved::Invoice(paper), format!("INV/26-27/{:06}", rows - at)),
            2 => (Moved::TopUp("razorpay".into()), format!("pay_{at}")),
            3 => (Moved::Gift, "For the two hours on 15 January".into()),
            _ => (Moved::In("upi".into()), format!("4123456{at}")),
        };
        let about = !matches!(moved, Moved::TopUp(_) | Moved::Gift);
        StatementRow {
            at: receipt.payment.at,
            moved,
            name,
            order: about.then(|| (receipt.order.clone(), receipt.order_number.clone())),
            amount: Money::new(280_100 + at * 100, Currency::INR),
            cursor: at.to_string(),
        }
    };
    Statement {
        seller: receipt.seller.clone(),
        shop: None,
        customer: receipt.buyer.clone(),
        owed: vec![Money::new(10_000, Currency::INR)],
        wallet: vec![Money::new(90_100, Currency::INR)],
        rows: Page { items: (0..rows).map(row).collect(), next: None },
    }
}

impl Sample for Show {
    fn samples(_: Language) -> Vec<(&'static str, Show)> {
        let frame = Frame::sample("Invoice", Here::Account);
        let show = |sheet: Sheet| Show {
            frame: frame.clone(),
            sheet,
            pdf: "/papers/ppr_1/pdf".into(),
            back: ("ORD-7KQ2MXW4PN".into(), "/orders/ord_1".into()),
        };
        let papers = sample_papers();
        let sheet = |at: usize| Sheet::of(&papers[at], &frame.zone);
        vec![
            ("between-states", show(sheet(0))),
            ("in-one-state", show(sheet(1))),
            ("credit-note", show(sheet(2))),
            ("abroad", show(sheet(4))),
            ("receipt", show(Sheet::of_receipt(&sample_receipt(), &frame.zone))),
        ]
    }
}

impl Sample for StatementPage {
    fn samples(_: Language) -> Vec<(&'static str, StatementPage)> {
        let frame = Frame::sample("Statement of account", Here::Account);
        let page = |rows| StatementPage {
            sheet: Sheet::of_statement(&sample_statement(rows), &frame.zone, frame.now),
            pdf: "/account/statement/pdf".into(),
            next: (rows > 5).then(|| "/account/statement?after=1.x".into()),
            frame: frame.clone(),
        };
        vec![("some", page(8)), ("none", page(0))]
    }
}

impl Sample for List {
    fn samples(language: Language) -> Vec<(&'static str, List)> {
        let frame = Frame::spoken_sample(language, "papers-title", List::HERE);
        let rows = sample_papers().iter().map(|paper| Row::of(paper, &frame)).collect();
        let some = List { rows, next: Some("/account/papers?after=x".into()), frame };
        let none = List { rows: vec![], next: None, frame: some.frame.clone() };
        vec![("some", some), ("none", none)]
    }
}

impl Sample for StaffList {
    fn samples(_: Language) -> Vec<(&'static str, StaffList)> {
        let frame = Frame::staff_sample("Invoices", Here::StaffPapers);
        let papers = sample_papers();
        let rows: Vec<Row> = papers.iter().map(|paper| Row::of(paper, &frame)).collect();
        let sums = papers[0].sums;
        let counted = |agrees, waiting| Counted {
            sheets: domain::gst_return::Sheet::ALL
                .map(|sheet| ExportSheet {
                    name: sheet.as_str(),
                    what: "Invoices to registered buyers",
                    count: 2,
                })
                .into(),
            taxes: Counted::taxes_of((sums, sums), Currency::INR),
            agrees,
            waiting,
        };
        let export = |counted| Some(Export { month: "2026-11".into(), counted });
        let some = StaffList {
            rows,
            next: None,
            export: export(Some(counted(true, 0))),
            has_seller: true,
            frame: frame.clone(),
        };
        let waits = StaffList {
            export: export(Some(counted(false, 3))),
            has_seller: false,
            rows: vec![],
            ..some.clone()
        };
        let unasked = StaffList { export: export(None), ..some.clone() };
        vec![("some", some), ("waits", waits), ("unasked", unasked)]
    }
}
