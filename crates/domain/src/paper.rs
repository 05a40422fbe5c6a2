//! Tax invoices and credit notes: what they say, and how they are numbered. A paper is made of
//! one entry of the ledger, so that papers and ledger cannot tell different sums.
//! Not for how one looks, nor for when its number is given.

use std::fmt;

use jiff::tz::TimeZone;

use crate::clock::Timestamp;
use crate::id::{AccountId, OrderId, PaperId};
use crate::money::{Currency, Money};
use crate::order::Sold;
use crate::party::Party;
use crate::tax::{Part, Tax};

/// Which paper it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Kind {
    /// Money came in for what was sold.
    Invoice,
    /// Some of it, or all, is the customer's again.
    CreditNote,
}

impl Kind {
    pub const ALL: [Kind; 2] = [Kind::Invoice, Kind::CreditNote];

    pub const fn as_str(self) -> &'static str {
        match self {
            Kind::Invoice => "invoice",
            Kind::CreditNote => "credit_note",
        }
    }

    pub fn parse(word: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// By what an entry adds to what is sold.
    pub const fn of(earned: i64) -> Option<Kind> {
        match earned {
            1.. => Some(Kind::Invoice),
            0 => None,
            _ => Some(Kind::CreditNote),
        }
    }
}

/// India's financial year: it begins with April in the shop's time zone.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Year(i16);

impl Year {
    /// None where no calendar knows the moment.
    pub fn of(at: Timestamp, zone: &TimeZone) -> Option<Year> {
        let at = jiff::Timestamp::from_microsecond(at.as_micros()).ok()?;
        let at = at.to_zoned(zone.clone());
        Some(Year(if at.month() < 4 { at.year() - 1 } else { at.year() }))
    }
}

impl fmt::Display for Year {
    /// `26-27`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}-{:02}", self.0.rem_euclid(100), (self.0 + 1).rem_euclid(100))
    }
}

/// What a number begins with: `INV/26-27`. Counting starts anew with each.
pub fn series(prefix: &str, year: Year) -> String {
    format!("{prefix}/{year}")
}

/// `INV/26-27/000042`: sixteen signs, as many as the law allows, for a prefix of three.
pub fn number(series: &str, count: i64) -> String {
    format!("{series}/{count:06}")
}

/// What an entry moved, or a paper bills, in minor units. Never below zero, but for rounding.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Sums {
    pub net: i64,
    pub igst: i64,
    pub cgst: i64,
    pub sgst: i64,
    pub rounding: i64,
}

impl Sums {
    pub const fn taxes(self) -> i64 {
        self.igst + self.cgst + self.sgst
    }

    pub const fn total(self) -> i64 {
        self.net + self.taxes() + self.rounding
    }

    /// The same the other way: what a credit note takes back is told without a sign.
    #[must_use]
    pub const fn reversed(self) -> Sums {
        Sums {
            net: -self.net,
            igst: -self.igst,
            cgst: -self.cgst,
            sgst: -self.sgst,
            rounding: -self.rounding,
        }
    }

    pub const fn of_part(self, part: Part) -> i64 {
        match part {
            Part::Igst => self.igst,
            Part::Cgst => self.cgst,
            Part::Sgst => self.sgst,
        }
    }
}

/// Whom a paper is for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Buyer {
    pub name: String,
    pub email: String,
    /// None where the customer gave no address.
    pub address: Option<Party>,
}

/// One line, in minor units.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    pub what: String,
    pub discount: i64,
    pub net: i64,
    pub taxes: i64,
}

/// What a paper says besides its sums, frozen with its number: whatever is changed later changes
/// no paper.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Content {
    /// None while the shop has entered no address.
    pub seller: Option<Party>,
    /// What the shop called itself, where staff had given it a name.
    pub shop: Option<String>,
    pub buyer: Buyer,
    /// The number of the service in the tax tariff.
    pub sac: String,
    pub tax: Tax,
    pub lines: Vec<Line>,
    /// As people know it.
    pub order_number: String,
    /// What the whole order costs: by this an invoice is large or not.
    pub order_total: i64,
    /// What was ordered, with the package and its number.
    pub receipt: String,
    /// Of a credit note: the invoices that it takes back from.
    pub against: Vec<String>,
}

/// A numbered paper.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Paper {
    pub id: PaperId,
    pub kind: Kind,
    pub series: String,
    pub count: i64,
    pub order: OrderId,
    pub account: AccountId,
    /// When the money came, or when it was decided that it goes back.
    pub at: Timestamp,
    pub currency: Currency,
    pub sums: Sums,
    pub content: Content,
}

impl Paper {
    pub fn number(&self) -> String {
        number(&self.series, self.count)
    }

    pub fn total(&self) -> Money {
        Money::new(self.sums.total(), self.currency)
    }
}

/// What an invoice lists: where it bills the whole order, the server and its setup; where it bills
/// a part, that part.
pub fn billed(sold: &Sold, sums: Sums) -> Vec<Line> {
    let quote = &sold.quote;
    let what = described(sold);
    if sums.total() != quote.total.minor {
        let what = format!("Part payment for {what}");
        return vec![Line { what, discount: 0, net: sums.net, taxes: sums.taxes() }];
    }
    let [server, setup] = quote.lines();
    let off = quote.discount.minor.min(quote.price.minor);
    let line = |what: String, discount, line: crate::quote::Line| Line {
        what,
        discount,
        net: line.net.minor,
        taxes: line.tax.minor,
    };
    let mut lines = vec![line(what, off, server)];
    if !quote.setup.is_zero() {
        lines.push(line("Setup, once".into(), quote.discount.minor - off, setup));
    }
    lines
}

/// What a credit note lists.
pub fn taken_back(sold: &Sold, sums: Sums) -> Vec<Line> {
    let what = format!("Given back of {}", described(sold));
    vec![Line { what, discount: 0, net: sums.net, taxes: sums.taxes() }]
}

fn described(sold: &Sold) -> String {
    let (ram, pid, days) = (sold.terms.ram, &sold.terms.pid, sold.days);
    format!("{}, {ram}, {days} days (Package ID: {pid})", sold.product_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn year(text: &str) -> String {
        let zone = TimeZone::get("Asia/Kolkata").unwrap();
        Year::of(Timestamp::parse(text).unwrap(), &zone).unwrap().to_string()
    }

    #[test]
    fn a_financial_year_begins_with_april_where_the_shop_is() {
        // 31 March 23:59:59 and 1 April 00:00:00 in India.
        assert_eq!(year("2027-03-31T18:29:59Z"), "26-27");
        assert_eq!(year("2027-03-31T18:30:00Z"), "27-28");
        assert_eq!(year("2026-01-01T00:00:00Z"), "25-26");
        assert_eq!(year("2099-12-01T00:00:00Z"), "99-00");
    }

    #[test]
    fn a_number_has_sixteen_signs_as_the_law_allows() {
        let zone = TimeZone::UTC;
        let year = Year::of(Timestamp::parse("2026-11-21T00:00:00Z").unwrap(), &zone).unwrap();
        let number = number(&series("INV", year), 42);
        assert_eq!(number, "INV/26-27/000042");
        assert_eq!(number.len(), 16);
    }

    #[test]
    fn an_entry_that_moves_nothing_of_a_sale_has_no_paper() {
        assert_eq!(
            [Kind::of(5), Kind::of(0), Kind::of(-5)],
            [Some(Kind::Invoice), None, Some(Kind::CreditNote)]
        );
    }

    struct Zeros;
    impl crate::id::Chance for Zeros {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(0);
        }
    }

    /// A server for 2240.00 with a setup of 100.00, 10 % off the server, taxed at home.
    fn sold() -> Sold {
        use crate::gst::{Place, State};
        use crate::id::{PackageId, ProductId};
        use crate::order::Terms;
        use crate::package::{Pid, Ram};
        use crate::quote::{Quote, Round};
        use crate::tax::{Mode, Rate};
        let (at, here) = (Timestamp::from_millis(0), State::parse("27").map(Place::State));
        let tax = Tax::of(Rate::basis_points(1_800).unwrap(), Mode::Exclusive, here, here);
        let coupon = crate::coupon::Coupon {
            code: "TEN".into(),
            kind: crate::coupon::Kind::Percent(10),
            starts_at: None,
            ends_at: None,
            uses_max: None,
            uses_each_max: None,
            products: vec![],
            given: None,
            stopped: false,
            note: String::new(),
            version: 1,
        };
        let inr = |minor| Money::new(minor, Currency::INR);
        let price = (inr(224_000), inr(10_000));
        Sold {
            terms: Terms {
                provider: "smartvps".into(),
                package: PackageId::mint(at, &Zeros),
                pid: Pid::new("123").unwrap(),
                package_name: "103.181.91".into(),
                cidrs: vec![],
                ram: Ram::gb(8),
                os: None,
            },
            product: ProductId::mint(at, &Zeros),
            product_name: "103.181.91".into(),
            quote: Quote::of(price, Some(&coupon), tax, Round::Minor).unwrap(),
            cost: None,
            days: 30,
        }
    }

    const WHAT: &str = "103.181.91, 8GB, 30 days (Package ID: 123)";

    #[test]
    fn an_invoice_of_a_whole_order_lists_the_server_and_its_setup() {
        let sold = sold();
        // 2240.00 less 224.00, and 100.00: each with twice 9 %.
        let sums = Sums { net: 211_600, cgst: 19_044, sgst: 19_044, ..Sums::default() };
        assert_eq!((sums.taxes(), sums.total()), (38_088, sold.quote.total.minor));
        let line =
            |what: &str, discount, net, taxes| Line { what: what.into(), discount, net, taxes };
        let expected = [line(WHAT, 22_400, 201_600, 36_288), line("Setup, once", 0, 10_000, 1_800)];
        assert_eq!(billed(&sold, sums), expected);
    }

    #[test]
    fn an_invoice_of_a_part_and_a_credit_note_have_one_line() {
        let part = Sums { net: 100, igst: 18, rounding: -1, ..Sums::default() };
        let [line] = &billed(&sold(), part)[..] else { panic!("one line") };
        assert_eq!((line.what.as_str(), line.net), (&*format!("Part payment for {WHAT}"), 100));
        let [line] = &taken_back(&sold(), part)[..] else { panic!("one line") };
        assert_eq!((line.what.as_str(), line.taxes), (&*format!("Given back of {WHAT}"), 18));
    }

    #[test]
    fn what_is_taken_back_is_the_same_without_its_sign() {
        let sums = Sums { net: 1, igst: 20, cgst: 300, sgst: 4_000, rounding: 50_000 };
        assert_eq!((sums.taxes(), sums.total()), (4_320, 54_321));
        assert_eq!(sums.reversed().total(), -54_321);
        assert_eq!(sums.reversed().reversed(), sums);
        let parts = [Part::Igst, Part::Cgst, Part::Sgst].map(|part| sums.of_part(part));
        assert_eq!(parts, [20, 300, 4_000]);
    }

    #[test]
    fn kinds_are_read_back_as_they_are_written() {
        assert_eq!(Kind::ALL.map(Kind::as_str), ["invoice", "credit_note"]);
        assert_eq!(Kind::ALL.map(|kind| Kind::parse(kind.as_str())), Kind::ALL.map(Some));
        assert_eq!(Kind::parse("Invoice"), None);
    }
}
