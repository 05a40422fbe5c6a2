//! The shop's own ways: currency, time zone, tax and rounding. Not prices: staff set those.

use domain::money::Currency;
use domain::quote::Round;
use domain::tax::{Mode, Rate};
use jiff::tz::TimeZone;

use super::setting::section;
use super::value;

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
    "BERTH_TAX_RATE" rate: Rate, default "0", value::per_cent;

    /// Whether tax comes on top of prices (`exclusive`) or is part of them (`inclusive`).
    "BERTH_TAX_MODE" mode: Mode, default "exclusive", mode_of;

    /// Totals to the smallest unit (`minor`) or to whole rupees (`major`).
    "BERTH_ROUND_TOTALS" round_totals: Round, default "minor", round_of;
}

fn mode_of(text: &str) -> Result<Mode, String> {
    value::one_of(text, &Mode::ALL.map(|mode| (mode.as_str(), mode)))
}

fn round_of(text: &str) -> Result<Round, String> {
    value::one_of(text, &[("minor", Round::Minor), ("major", Round::Major)])
}
