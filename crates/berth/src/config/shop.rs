//! The shop's own ways: currency, time zone, tax, rounding and papers. Not prices: staff set those.

use domain::money::Currency;
use domain::quote::Round;
use domain::tax::{Mode, Rate};
use jiff::tz::TimeZone;

use super::reader::Reader;
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

section! {
    /// Invoices and credit notes.
    Papers = "papers";

    /// What numbers of invoices begin with: one to three capital letters or digits.
    "BERTH_INVOICE_PREFIX" invoice_prefix: String, default "INV", prefix;

    /// What numbers of credit notes begin with.
    "BERTH_CREDIT_NOTE_PREFIX" credit_note_prefix: String, default "CRN", prefix;

    /// The service's number in the tax tariff (SAC): four, six or eight digits.
    "BERTH_SAC" sac: String, default "998315", sac;
}

impl Papers {
    /// One series of numbers for both would count neither without gaps.
    pub(super) fn check(&self, reader: &mut Reader) {
        if self.invoice_prefix == self.credit_note_prefix {
            let names = ["BERTH_CREDIT_NOTE_PREFIX", "BERTH_INVOICE_PREFIX"];
            reader.refuse_given(&names, "invoices and credit notes need prefixes of their own");
        }
    }
}

/// The law gives a number sixteen signs; the year and the count need the others.
fn prefix(text: &str) -> Result<String, String> {
    let fits = |sign: char| sign.is_ascii_uppercase() || sign.is_ascii_digit();
    match (1..=3).contains(&text.len()) && text.chars().all(fits) {
        true => Ok(text.to_owned()),
        false => Err("use one to three capital letters or digits, such as INV".into()),
    }
}

fn sac(text: &str) -> Result<String, String> {
    match [4, 6, 8].contains(&text.len()) && text.chars().all(|sign| sign.is_ascii_digit()) {
        true => Ok(text.to_owned()),
        false => Err("use four, six or eight digits, such as 998315".into()),
    }
}

fn mode_of(text: &str) -> Result<Mode, String> {
    value::one_of(text, &Mode::ALL.map(|mode| (mode.as_str(), mode)))
}

fn round_of(text: &str) -> Result<Round, String> {
    value::one_of(text, &[("minor", Round::Minor), ("major", Round::Major)])
}
