//! In which sheet of India's monthly return of sales (GSTR-1) a paper is told.
//! Not for how a sheet is written down.

use crate::gst::Place;
use crate::money::Currency;
use crate::paper::{Kind, Paper};

/// One sheet of the return.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Sheet {
    /// Invoices to buyers who are registered.
    B2b,
    /// Large invoices to buyers in other states who are not.
    B2cl,
    /// Everything else that was sold with tax, summed up by place and rate, less what went back.
    B2cs,
    /// Credit notes to buyers who are registered.
    Cdnr,
    /// Credit notes to buyers who are not: of large invoices, and abroad.
    Cdnur,
    /// Invoices to buyers abroad.
    Exp,
    /// What was sold at home without tax, less what went back.
    Exemp,
}

/// An invoice to another state is large above this, in rupees.
pub const LARGE_ABOVE: i64 = 100_000;

impl Sheet {
    pub const ALL: [Sheet; 7] =
        [Sheet::B2b, Sheet::B2cl, Sheet::B2cs, Sheet::Cdnr, Sheet::Cdnur, Sheet::Exp, Sheet::Exemp];

    pub const fn as_str(self) -> &'static str {
        match self {
            Sheet::B2b => "b2b",
            Sheet::B2cl => "b2cl",
            Sheet::B2cs => "b2cs",
            Sheet::Cdnr => "cdnr",
            Sheet::Cdnur => "cdnur",
            Sheet::Exp => "exp",
            Sheet::Exemp => "exemp",
        }
    }

    pub fn parse(word: &str) -> Option<Sheet> {
        Sheet::ALL.into_iter().find(|sheet| sheet.as_str() == word)
    }

    pub fn of(paper: &Paper) -> Sheet {
        let content = &paper.content;
        let address = content.buyer.address.as_ref();
        let is_registered = address.is_some_and(|party| party.gstin.is_some());
        let is_abroad = matches!(content.tax.place, Some(Place::Abroad(_)));
        let is_note = paper.kind == Kind::CreditNote;
        let is_large = paper.sums.igst > 0
            && content.order_total > LARGE_ABOVE * Currency::INR.minor_per_major();
        match (is_note, is_abroad, is_registered) {
            (false, true, _) => Sheet::Exp,
            (true, true, _) => Sheet::Cdnur,
            (_, false, _) if paper.sums.taxes() == 0 => Sheet::Exemp,
            (false, false, true) => Sheet::B2b,
            (true, false, true) => Sheet::Cdnr,
            (false, false, false) if is_large => Sheet::B2cl,
            (true, false, false) if is_large => Sheet::Cdnur,
            (_, false, false) => Sheet::B2cs,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Timestamp;
    use crate::gst::Gstin;
    use crate::id::{AccountId, Chance, OrderId, PaperId};
    use crate::paper::{Buyer, Content, Sums};
    use crate::party::Party;
    use crate::tax::{Mode, Rate, Tax};

    struct Zeros;
    impl Chance for Zeros {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(0);
        }
    }

    /// A paper for a buyer in some place, for so many rupees.
    fn paper(kind: Kind, place: &str, gstin: Option<&str>, rupees: i64) -> Paper {
        let now = Timestamp::from_millis(0);
        let (home, place) = (Place::parse("IN-27"), Place::parse(place));
        let tax = Tax::of(Rate::basis_points(1_800).unwrap(), Mode::Exclusive, home, place);
        let (net, taxes) = tax.split(rupees * 100);
        let halves = if tax.kind == crate::tax::Kind::CgstSgst { taxes / 2 } else { 0 };
        let address = Party {
            name: "Ada Traders".into(),
            street: "1 Marine Drive".into(),
            city: "Mumbai".into(),
            postcode: "400001".into(),
            place: place.unwrap(),
            gstin: gstin.map(|text| Gstin::parse(text).unwrap()),
        };
        Paper {
            id: PaperId::mint(now, &Zeros),
            kind,
            series: "INV/26-27".into(),
            count: 1,
            order: OrderId::mint(now, &Zeros),
            account: AccountId::mint(now, &Zeros),
            at: now,
            currency: Currency::INR,
            sums: Sums { net, igst: taxes - 2 * halves, cgst: halves, sgst: halves, rounding: 0 },
            content: Content {
                seller: None,
                shop: None,
                buyer: Buyer {
                    name: "Ada".into(),
                    email: "ada@example.com".into(),
                    address: Some(address),
                },
                sac: "998315".into(),
                tax,
                lines: vec![],
                order_number: "ORD-AAAAAAAAAA".into(),
                order_total: net + taxes,
                receipt: String::new(),
                against: vec![],
            },
        }
    }

    #[test]
    fn every_paper_is_told_in_exactly_one_sheet() {
        let (invoice, note) = (Kind::Invoice, Kind::CreditNote);
        let traders = Some("27AAPFU0939F1ZV");
        for (kind, place, gstin, rupees, sheet) in [
            (invoice, "IN-27", traders, 999, Sheet::B2b),
            (note, "IN-27", traders, 999, Sheet::Cdnr),
            (invoice, "IN-27", None, 200_000, Sheet::B2cs),
            (note, "IN-27", None, 200_000, Sheet::B2cs),
            (invoice, "IN-29", None, 999, Sheet::B2cs),
            (invoice, "IN-29", None, 200_000, Sheet::B2cl),
            (note, "IN-29", None, 200_000, Sheet::Cdnur),
            (invoice, "US", None, 999, Sheet::Exp),
            (note, "US", None, 999, Sheet::Cdnur),
        ] {
            assert_eq!(Sheet::of(&paper(kind, place, gstin, rupees)), sheet, "{kind:?} {place}");
        }
        let mut untaxed = paper(invoice, "IN-27", None, 999);
        untaxed.sums = Sums { net: 99_900, ..Sums::default() };
        assert_eq!(Sheet::of(&untaxed), Sheet::Exemp);
    }

    #[test]
    fn every_word_of_a_sheet_reads_back() {
        for sheet in Sheet::ALL {
            assert_eq!(Sheet::parse(sheet.as_str()), Some(sheet));
        }
    }
}
