//! What something costs, line by line: price, setup, discount, tax, rounding, and the total.

use domain::money::Money;
use domain::quote::Quote;
use domain::tax::{Mode, Rate};

use crate::language::Language;

#[derive(Clone, Debug)]
pub struct Bill {
    /// None where the price is all there is.
    pub rows: Vec<BillRow>,
    pub total: String,
}

#[derive(Clone, Debug)]
pub struct BillRow {
    pub label: String,
    pub amount: String,
}

impl Bill {
    pub fn of(quote: &Quote, language: Language) -> Bill {
        let code = quote.coupon.as_deref();
        let code = code.map(|code| language.say_with("bill-code", "code", code));
        Bill::named(quote, language.say("bill-server"), code, language)
    }

    /// Of several servers together.
    pub fn of_many(sum: &Quote, count: i64, language: Language) -> Bill {
        let servers = language.say_with("bill-servers", "count", count);
        let codes = (!sum.discount.is_zero()).then(|| language.say("bill-codes"));
        Bill::named(sum, servers, codes, language)
    }

    fn named(quote: &Quote, servers: String, codes: Option<String>, language: Language) -> Bill {
        let mut rows = Vec::new();
        let mut row = |label: String, money: Money| {
            rows.push(BillRow { label, amount: money.for_people() });
        };
        row(servers, quote.price);
        if !quote.setup.is_zero() {
            row(language.say("bill-setup"), quote.setup);
        }
        if let Some(codes) = codes {
            row(codes, Money::new(-quote.discount.minor, quote.discount.currency));
        }
        for (label, money) in taxes(quote, language) {
            row(label, money);
        }
        if !quote.rounding.is_zero() {
            row(language.say("bill-rounded"), quote.rounding);
        }
        let is_plain = rows.len() == 1;
        Bill { rows: if is_plain { Vec::new() } else { rows }, total: quote.total.for_people() }
    }
}

/// Each tax with its own rate: two halves have half of it each.
fn taxes(quote: &Quote, language: Language) -> Vec<(String, Money)> {
    let parts = quote.tax.kind.parts();
    let count = u32::try_from(parts.len()).unwrap_or(1).max(1);
    let rate = quote.tax.rate.as_basis_points() / count;
    let rate = Rate::basis_points(rate).unwrap_or(Rate::ZERO);
    let each = Money::new(quote.taxes.minor / i64::from(count), quote.taxes.currency);
    let line = |name: String| {
        let label = format!("{name} {rate}");
        match quote.tax.mode {
            Mode::Exclusive => (label, each),
            Mode::Inclusive => (language.say_with("bill-included", "tax", label), each),
        }
    };
    parts.iter().map(|part| line(part.as_str().to_ascii_uppercase())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::gst::Place;
    use domain::money::Currency;
    use domain::quote::Round;
    use domain::tax::Tax;

    #[test]
    fn a_bill_names_each_tax_with_its_own_rate() {
        let home = Place::parse("IN-27");
        let tax = Tax::of(Rate::basis_points(1_800).unwrap(), Mode::Exclusive, home, home);
        let price = Money::major(2_240, Currency::INR);
        let setup = Money::zero(Currency::INR);
        let bill = Bill::of(
            &Quote::of((price, setup), None, tax, Round::Minor).unwrap(),
            Language::default(),
        );
        let rows: Vec<_> = bill.rows.iter().map(|row| (&*row.label, &*row.amount)).collect();
        assert_eq!(rows, [("Server", "₹2,240"), ("CGST 9 %", "₹201.60"), ("SGST 9 %", "₹201.60")]);
        assert_eq!(bill.total, "₹2,643.20");
        assert!(Bill::of(&Quote::plain(price), Language::default()).rows.is_empty());
    }
}
