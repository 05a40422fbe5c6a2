//! What something costs, line by line: price, setup, discount, tax, rounding, and the total.

use domain::money::Money;
use domain::quote::Quote;
use domain::tax::{Mode, Rate};

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
    pub fn of(quote: &Quote) -> Bill {
        let code = quote.coupon.as_ref().map(|code| format!("Code {code}"));
        Bill::named(quote, "Server".into(), code)
    }

    /// Of several servers together.
    pub fn of_many(sum: &Quote, count: i64) -> Bill {
        let servers = if count == 1 { "1 server".into() } else { format!("{count} servers") };
        let codes = (!sum.discount.is_zero()).then(|| "Codes".to_owned());
        Bill::named(sum, servers, codes)
    }

    fn named(quote: &Quote, servers: String, codes: Option<String>) -> Bill {
        let mut rows = Vec::new();
        let mut row = |label: String, money: Money| {
            rows.push(BillRow { label, amount: money.for_people() });
        };
        row(servers, quote.price);
        if !quote.setup.is_zero() {
            row("Setup, once".into(), quote.setup);
        }
        if let Some(codes) = codes {
            row(codes, Money::new(-quote.discount.minor, quote.discount.currency));
        }
        for (label, money) in taxes(quote) {
            row(label, money);
        }
        if !quote.rounding.is_zero() {
            row("Rounded".into(), quote.rounding);
        }
        let is_plain = rows.len() == 1;
        Bill { rows: if is_plain { Vec::new() } else { rows }, total: quote.total.for_people() }
    }
}

/// Each tax with its own rate: two halves have half of it each.
fn taxes(quote: &Quote) -> Vec<(String, Money)> {
    let parts = quote.tax.kind.parts();
    let count = u32::try_from(parts.len()).unwrap_or(1).max(1);
    let rate = quote.tax.rate.as_basis_points() / count;
    let rate = Rate::basis_points(rate).unwrap_or(Rate::ZERO);
    let each = Money::new(quote.taxes.minor / i64::from(count), quote.taxes.currency);
    let said = match quote.tax.mode {
        Mode::Exclusive => "",
        Mode::Inclusive => ", included",
    };
    let line = |name: String| (format!("{name} {rate}{said}"), each);
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
        let bill = Bill::of(&Quote::of((price, setup), None, tax, Round::Minor).unwrap());
        let rows: Vec<_> = bill.rows.iter().map(|row| (&*row.label, &*row.amount)).collect();
        assert_eq!(rows, [("Server", "₹2,240"), ("CGST 9 %", "₹201.60"), ("SGST 9 %", "₹201.60")]);
        assert_eq!(bill.total, "₹2,643.20");
        assert!(Bill::of(&Quote::plain(price)).rows.is_empty());
    }
}
