//! The shop's own ways: currency, time zone, tax and rounding. Not prices: staff set those.

use domain::money::Currency;
use jiff::tz::TimeZone;

use super::setting::section;
use super::value::{self, BasisPoints};

section! {
    /// Currency and time zone of the shop.
    Shop = "shop";

    /// Currency of prices, three letters as in ISO 4217.
    "BERTH_CURRENCY" currency: Currency, default "INR", value::currency;

    /// Time zone of the shop, for days and months on pages and documents.
    "BERTH_TIMEZONE" timezone: TimeZone, default "Asia/Kolkata", value::timezone;
}

section! {
    /// How tax is put on prices.
    Tax = "tax";

    /// Tax in per cent, at most two decimals.
    "BERTH_TAX_RATE" rate: BasisPoints, default "0", value::per_cent;

    /// Whether tax comes on top of prices (`exclusive`) or is part of them (`inclusive`).
    "BERTH_TAX_MODE" mode: TaxMode, default "exclusive", TaxMode::parse;

    /// Totals to the smallest unit (`minor`) or to whole rupees (`major`).
    "BERTH_ROUND_TOTALS" round_totals: RoundTotals, default "minor", RoundTotals::parse;
}

/// Whether a price already contains its tax.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaxMode {
    Exclusive,
    Inclusive,
}

impl TaxMode {
    fn parse(text: &str) -> Result<TaxMode, String> {
        let known = [("exclusive", TaxMode::Exclusive), ("inclusive", TaxMode::Inclusive)];
        value::one_of(text, &known)
    }
}

/// Which unit totals are rounded to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoundTotals {
    Minor,
    Major,
}

impl RoundTotals {
    fn parse(text: &str) -> Result<RoundTotals, String> {
        value::one_of(text, &[("minor", RoundTotals::Minor), ("major", RoundTotals::Major)])
    }
}
