//! Amounts that gateways write with decimals: read and written digit by digit, never as a float.
//! Not for amounts in minor units: those are whole numbers already.

use domain::money::{Currency, Money};
use serde_json::value::RawValue;

/// `699.00` for 69900 paise, `500` for 500 yen, `1.500` for 1500 fils.
pub fn written(amount: Money) -> String {
    let (per_major, decimals) =
        (amount.currency.minor_per_major(), amount.currency.decimals() as usize);
    let (whole, part) = (amount.minor / per_major, amount.minor % per_major);
    match decimals {
        0 => whole.to_string(),
        _ => format!("{whole}.{part:0decimals$}"),
    }
}

/// The same as a JSON number.
pub fn number(amount: Money) -> Box<RawValue> {
    // Digits and a point are always JSON.
    RawValue::from_string(written(amount)).unwrap_or_else(|_| RawValue::NULL.to_owned())
}

/// Reads a number or a text of digits. More decimals than the currency has must be noughts; signs,
/// exponents and grouping are not understood. Nought is no amount.
pub fn read(raw: &RawValue, code: &str) -> Result<Money, String> {
    read_text(raw.get().trim_matches('"'), code)
}

pub fn read_text(text: &str, code: &str) -> Result<Money, String> {
    let currency = Currency::parse(&code.to_ascii_uppercase()).map_err(|e| e.to_string())?;
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let decimals = currency.decimals() as usize;
    let strange = || "an amount that cannot be read exactly".to_owned();
    if !is_digits(whole) || !is_digits(part) {
        return Err(strange());
    }
    let (kept, beyond) = part.split_at(part.len().min(decimals));
    if beyond.bytes().any(|digit| digit != b'0') {
        return Err(strange());
    }
    let minor = format!("{whole}{kept:0<decimals$}").parse::<i64>().map_err(|_| strange())?;
    match minor {
        1.. => Ok(Money::new(minor, currency)),
        _ => Err("an amount that is not above nought".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_reads_back_as_it_was_written_in_every_currency() {
        for code in ["INR", "JPY", "KWD"] {
            let currency = Currency::parse(code).unwrap();
            for minor in [1, 5, 99, 100, 999, 1_500, 69_900, 9_007_199_254_740_993] {
                let amount = Money::new(minor, currency);
                assert_eq!(read(&number(amount), code), Ok(amount));
            }
        }
        assert_eq!(written(Money::new(500, Currency::parse("JPY").unwrap())), "500");
        assert_eq!(written(Money::new(1_500, Currency::parse("KWD").unwrap())), "1.500");
    }

    #[test]
    fn only_exact_digits_are_an_amount() {
        for (text, minor) in [("699", 69_900), ("699.0", 69_900), ("0.5", 50), ("1.5000", 150)] {
            assert_eq!(read_text(text, "INR"), Ok(Money::new(minor, Currency::INR)), "{text}");
        }
        for text in [
            "",
            ".5",
            "5.",
            "-1",
            "+1",
            "1e3",
            "1,000",
            "0",
            "0.00",
            "0.001",
            "1.005",
            "99999999999999999999",
        ] {
            assert!(read_text(text, "INR").is_err(), "{text}");
        }
        assert!(read_text("1.5", "JPY").is_err() && read_text("1.5", "XQX").is_err());
    }
}
