//! Papers as people see them: one sheet of values that the page and the PDF both draw, so that the
//! two cannot tell different things.

use askama::Template;
use domain::clock::Timestamp;
use domain::gst::{Gstin, Place};
use domain::money::{Currency, Money};
use domain::paper::{Buyer, Kind, Paper};
use domain::party::Party;
use domain::tax::{Part, Rate};
use domain::words;
use engine::brand::FIRST_NAME;
use engine::read::{Moved, Receipt, Statement};

use super::order::way;
use super::when::{Moment, Zone};
use super::{Frame, Here};
use crate::language::Language;

mod sample;

pub use sample::{sample_papers, sample_receipt, sample_statement};

/// A paper, ready to be drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    pub title: String,
    /// What it is known by; of what has no number, something that names it.
    pub number: String,
    pub facts: Vec<(&'static str, String)>,
    /// Lines, the first of which is a name.
    pub seller: Vec<String>,
    pub buyer: Vec<String>,
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<String>>,
    /// The last one is the one that counts.
    pub sums: Vec<(String, String)>,
    pub words: Option<String>,
    pub notes: Vec<String>,
}

/// One column of a sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    pub head: String,
    /// How wide beside the others.
    pub share: u16,
    /// Amounts stand at the right edge.
    pub is_amount: bool,
    /// Names and dates are not broken over two lines.
    pub is_name: bool,
}

impl Column {
    fn text(head: &str, share: u16) -> Column {
        Column { head: head.into(), share, is_amount: false, is_name: false }
    }

    fn name(head: &str, share: u16) -> Column {
        Column { is_name: true, ..Column::text(head, share) }
    }

    fn amount(head: impl Into<String>) -> Column {
        Column { head: head.into(), share: 15, is_amount: true, is_name: false }
    }
}

/// `/papers/{id}`, `/orders/{id}/receipts/{number}`
#[derive(Clone, Debug, Template)]
#[template(path = "paper/show.html")]
pub struct Show {
    pub frame: Frame,
    pub sheet: Sheet,
    /// Where the PDF is.
    pub pdf: String,
    /// Whose page leads here: its name and address.
    pub back: (String, String),
}

/// `/account/statement`, and the same of a customer for staff.
#[derive(Clone, Debug, Template)]
#[template(path = "paper/statement.html")]
pub struct StatementPage {
    pub frame: Frame,
    pub sheet: Sheet,
    pub pdf: String,
    pub next: Option<String>,
}

/// `/account/papers`
#[derive(Clone, Debug, Template)]
#[template(path = "paper/list.html")]
pub struct List {
    pub frame: Frame,
    pub rows: Vec<Row>,
    pub next: Option<String>,
}

/// One paper in a list.
#[derive(Clone, Debug)]
pub struct Row {
    pub id: String,
    pub number: String,
    pub kind: String,
    pub order: String,
    pub order_number: String,
    pub buyer: String,
    pub at: Moment,
    pub taxes: String,
    pub total: String,
}

/// The papers of one order, for its page.
#[derive(Clone, Debug, Default)]
pub struct OrderPapers {
    pub papers: Vec<Row>,
    /// Each payment that there is a receipt of.
    pub receipts: Vec<String>,
    /// Something was booked that has no number yet.
    pub is_waiting: bool,
    /// For staff: where the customer's statement of account is.
    pub statement: Option<String>,
}

/// `/admin/papers`
#[derive(Clone, Debug, Template)]
#[template(path = "paper/staff.html")]
pub struct StaffList {
    pub frame: Frame,
    pub rows: Vec<Row>,
    pub next: Option<String>,
    /// May export; the month that is offered.
    pub export: Option<Export>,
    /// The shop has entered who sells.
    pub has_seller: bool,
}

/// A month whose tax return can be had.
#[derive(Clone, Debug)]
pub struct Export {
    pub month: String,
    /// Once somebody has asked for it: all papers of the month are read for that.
    pub counted: Option<Counted>,
}

/// What the tax return of a month comes to.
#[derive(Clone, Debug)]
pub struct Counted {
    pub sheets: Vec<ExportSheet>,
    /// Taxes of the papers and of the ledger.
    pub taxes: Vec<(&'static str, String, String)>,
    pub agrees: bool,
    pub waiting: i64,
}

#[derive(Clone, Debug)]
pub struct ExportSheet {
    pub name: &'static str,
    pub what: &'static str,
    pub count: usize,
}

impl Row {
    pub fn of(paper: &Paper, frame: &Frame) -> Row {
        let buyer = &paper.content.buyer;
        let named = buyer.address.as_ref().map_or(&buyer.name, |address| &address.name);
        Row {
            id: paper.id.to_string(),
            number: paper.number(),
            kind: kind_in(paper.kind, frame.language),
            order: paper.order.to_string(),
            order_number: paper.content.order_number.clone(),
            buyer: named.clone(),
            at: frame.day(paper.at),
            taxes: Money::new(paper.sums.taxes(), paper.currency).for_people(),
            total: paper.total().for_people(),
        }
    }
}

/// What a list calls a paper; the paper itself is in English.
fn kind_in(kind: Kind, language: Language) -> String {
    match kind {
        Kind::Invoice => language.say("paper-invoice"),
        Kind::CreditNote => language.say("paper-credit-note"),
    }
}

impl Sheet {
    /// A row's cells, each with its column.
    pub fn cells<'a>(&'a self, row: &'a [String]) -> impl Iterator<Item = (&'a str, &'a Column)> {
        row.iter().map(String::as_str).zip(&self.columns)
    }

    /// An invoice or a credit note, as it was frozen.
    pub fn of(paper: &Paper, zone: &Zone) -> Sheet {
        let content = &paper.content;
        let money = |minor| Money::new(minor, paper.currency).with_decimals();
        let parts = content.tax.kind.parts();
        let rate = each_rate(content.tax.rate, parts.len());
        let mut columns = vec![Column::text("What", 40), Column::text("SAC", 10)];
        columns.push(Column::amount(if parts.is_empty() { "Amount" } else { "Taxable value" }));
        let named = |part: &Part| format!("{} {rate}", part.as_str().to_ascii_uppercase());
        columns.extend(parts.iter().map(|part| Column::amount(named(part))));
        if !parts.is_empty() {
            columns.push(Column::amount("Amount"));
        }
        let count = i64::try_from(parts.len()).unwrap_or(1).max(1);
        let rows = content.lines.iter().map(|line| {
            let what = match line.discount {
                0 => line.what.clone(),
                off => format!("{}, less a discount of {}", line.what, money(off)),
            };
            let mut row = vec![what, content.sac.clone(), money(line.net)];
            row.extend(parts.iter().map(|_| money(line.taxes / count)));
            if !parts.is_empty() {
                row.push(money(line.net + line.taxes));
            }
            row
        });
        let sums = paper.sums;
        let mut totals = Vec::new();
        if !parts.is_empty() {
            totals.push(("Taxable value".to_owned(), money(sums.net)));
        }
        totals.extend(parts.iter().map(|part| (named(part), money(sums.of_part(*part)))));
        if sums.rounding != 0 {
            totals.push(("Rounded".to_owned(), money(sums.rounding)));
        }
        totals.push(("Total".to_owned(), money(sums.total())));
        Sheet {
            title: title(paper).to_owned(),
            number: paper.number(),
            facts: facts(paper, zone),
            seller: seller(content.seller.as_ref(), content.shop.as_deref()),
            buyer: buyer(&content.buyer),
            columns,
            rows: rows.collect(),
            sums: totals,
            words: Some(words::amount(paper.total())),
            notes: notes(paper),
        }
    }

    /// The receipt of one payment.
    pub fn of_receipt(receipt: &Receipt, zone: &Zone) -> Sheet {
        let payment = &receipt.payment;
        let mut notes = vec![format!("{}.", receipt.words)];
        if !payment.has_paid {
            notes.push("This money did not pay the order. It is yours, and owed to you.".into());
        }
        let by = by_words(&payment.gateway);
        Sheet {
            title: "Receipt".into(),
            number: format!("{}/{}", receipt.order_number, receipt.number),
            facts: vec![
                ("Received", zone.day(payment.at, Language::default()).text),
                ("Order", receipt.order_number.clone()),
                ("By", by.to_owned()),
                ("Reference", payment.gateway_payment.clone()),
            ],
            seller: seller(receipt.seller.as_ref(), receipt.shop.as_deref()),
            buyer: buyer(&receipt.buyer),
            columns: vec![Column::text("What", 60), Column::amount("Amount")],
            rows: vec![vec![
                format!("Payment by {by} for {}", receipt.order_number),
                payment.amount.with_decimals(),
            ]],
            sums: vec![("Received with thanks".into(), payment.amount.with_decimals())],
            words: Some(words::amount(payment.amount)),
            notes,
        }
    }

    /// A statement of account, or as much of it as was read.
    pub fn of_statement(statement: &Statement, zone: &Zone, now: Timestamp) -> Sheet {
        let rows = statement.rows.items.iter().map(|row| {
            let amount = row.amount.with_decimals();
            let (what, is_debit) = match &row.moved {
                Moved::In(gateway) => (format!("Payment by {}", by_words(gateway)), false),
                Moved::Out(gateway) => (format!("Paid back by {}", by_words(gateway)), true),
                Moved::TopUp(gateway) => {
                    (format!("Into your wallet by {}", by_words(gateway)), false)
                }
                Moved::Gift => (format!("Credit: {}", row.name), false),
                Moved::Invoice(_) => (format!("Invoice {}", row.name), true),
                Moved::CreditNote(_) => (format!("Credit note {}", row.name), false),
            };
            let (debit, credit) =
                if is_debit { (amount, String::new()) } else { (String::new(), amount) };
            let order = row.order.as_ref().map(|(_, number)| number.clone()).unwrap_or_default();
            vec![zone.day(row.at, Language::default()).text, what, order, debit, credit]
        });
        let mut sums: Vec<(String, String)> = statement
            .owed
            .iter()
            .map(|owed| ("Owed to you now".to_owned(), owed.with_decimals()))
            .collect();
        if sums.is_empty() {
            sums.push(("Owed to you now".into(), "nothing".into()));
        }
        let wallet = statement.wallet.iter().filter(|money| !money.is_zero());
        sums.extend(wallet.map(|money| ("In your wallet now".to_owned(), money.with_decimals())));
        Sheet {
            title: "Statement of account".into(),
            number: statement.customer.email.clone(),
            facts: vec![("As of", zone.anywhere(now, Language::default()))],
            seller: seller(statement.seller.as_ref(), statement.shop.as_deref()),
            buyer: buyer(&statement.customer),
            columns: vec![
                Column::name("Date", 16),
                Column::text("What", 34),
                Column::name("Order", 22),
                Column::amount("Debit"),
                Column::amount("Credit"),
            ],
            rows: rows.collect(),
            sums,
            words: None,
            notes: vec![
                "Newest first. Debit: what you were charged, and what was paid back to you. \
                 Credit: what you paid, also into your wallet, and what was taken off."
                    .into(),
            ],
        }
    }
}

fn by_words(gateway: &str) -> &str {
    if gateway == "bank" { "bank transfer" } else { way(gateway) }
}

/// Of two equal halves each has half the rate.
fn each_rate(rate: Rate, parts: usize) -> Rate {
    let parts = u32::try_from(parts).unwrap_or(1).max(1);
    Rate::basis_points(rate.as_basis_points() / parts).unwrap_or(rate)
}

/// Only who is registered for the tax writes tax invoices.
fn title(paper: &Paper) -> &'static str {
    let seller = paper.content.seller.as_ref();
    match paper.kind {
        Kind::CreditNote => "Credit note",
        Kind::Invoice if seller.is_some_and(|seller| seller.gstin.is_some()) => "Tax invoice",
        Kind::Invoice => "Invoice",
    }
}

fn facts(paper: &Paper, zone: &Zone) -> Vec<(&'static str, String)> {
    let content = &paper.content;
    let mut facts = vec![
        ("Date", zone.day(paper.at, Language::default()).text),
        ("Order", content.order_number.clone()),
    ];
    if let Some(place) = content.tax.place {
        facts.push(("Place of supply", place_words(place)));
    }
    if !content.against.is_empty() {
        facts.push(("For invoice", content.against.join(", ")));
    }
    facts.push(("Currency", paper.currency.code().to_owned()));
    facts
}

/// As the law wants it: the state with its code.
fn place_words(place: Place) -> String {
    match place {
        Place::State(state) => format!("{} ({})", state.name(), state.code()),
        Place::Abroad(_) => format!("{place}, outside India"),
    }
}

fn notes(paper: &Paper) -> Vec<String> {
    let content = &paper.content;
    let mut notes = vec![format!("{}.", content.receipt)];
    let is_registered = content.seller.as_ref().is_some_and(|seller| seller.gstin.is_some());
    if is_registered && matches!(content.tax.place, Some(Place::Abroad(_))) {
        notes.push("Supply meant for export, without payment of integrated tax.".into());
    }
    if is_registered {
        notes.push("Tax is not payable on reverse charge.".into());
    }
    notes.push("Made by a computer; it needs no signature.".into());
    notes
}

/// By the law's name, and by the one that customers know where that is another.
fn seller(known: Option<&Party>, shop: Option<&str>) -> Vec<String> {
    let Some(known) = known else { return vec![shop.unwrap_or(FIRST_NAME).to_owned()] };
    let mut lines = party(known);
    if let Some(shop) = shop.filter(|shop| *shop != known.name) {
        lines.insert(1, format!("trading as {shop}"));
    }
    lines
}

fn party(party: &Party) -> Vec<String> {
    let mut lines = vec![
        party.name.clone(),
        party.street.clone(),
        format!("{} {}", party.city, party.postcode),
    ];
    lines.push(place_words(party.place));
    lines.extend(party.gstin.as_ref().map(gstin_words));
    lines
}

fn gstin_words(gstin: &Gstin) -> String {
    format!("GSTIN {}", gstin.as_str())
}

fn buyer(buyer: &Buyer) -> Vec<String> {
    let mut lines = match &buyer.address {
        Some(address) => party(address),
        None => vec![buyer.name.clone()],
    };
    lines.push(buyer.email.clone());
    lines
}

impl Counted {
    pub fn taxes_of(
        (papers, booked): (domain::paper::Sums, domain::paper::Sums),
        currency: Currency,
    ) -> Vec<(&'static str, String, String)> {
        let money = |minor| Money::new(minor, currency).with_decimals();
        [
            ("IGST", papers.igst, booked.igst),
            ("CGST", papers.cgst, booked.cgst),
            ("SGST", papers.sgst, booked.sgst),
        ]
        .map(|(name, paper, ledger)| (name, money(paper), money(ledger)))
        .into()
    }
}

impl List {
    /// Where lists of one's own lie.
    pub const HERE: Here = Here::Account;
}
