//! Amounts: whole minor units of one currency. No floats, no silent mixing of currencies.
//! Not for accounts and postings: those are in `ledger.rs`.

use std::fmt;

/// An ISO 4217 currency.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Currency(iso_currency::Currency);

impl Currency {
    pub const INR: Currency = Currency(iso_currency::Currency::INR);

    /// Reads a three-letter code, in capitals as the standard writes it.
    pub fn parse(code: &str) -> Result<Currency, NotMoney> {
        iso_currency::Currency::from_code(code)
            .map(Currency)
            .ok_or_else(|| NotMoney::Currency(code.to_owned()))
    }

    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// How many decimals the currency is written with: 2 for INR, 0 for JPY.
    pub fn decimals(self) -> u32 {
        u32::from(self.0.exponent().unwrap_or(0))
    }

    /// How many minor units make one major unit: 100 for INR.
    pub fn minor_per_major(self) -> i64 {
        10_i64.pow(self.decimals())
    }

    /// The sign that amounts bear, or the code where there is none of our knowing.
    pub fn sign(self) -> &'static str {
        match self.symbol() {
            "" => self.code(),
            symbol => symbol,
        }
    }

    fn symbol(self) -> &'static str {
        match self.code() {
            "INR" => "₹",
            "USD" => "$",
            "EUR" => "€",
            "GBP" => "£",
            "JPY" => "¥",
            _ => "",
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// An amount of money. `minor` counts the smallest unit: paise for INR.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    pub minor: i64,
    pub currency: Currency,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotMoney {
    #[error("{0:?} is not a currency; use a three-letter ISO 4217 code such as INR")]
    Currency(String),
    #[error("amounts in {0} and {1} cannot be put together")]
    Mixed(Currency, Currency),
    #[error("the amount is larger than this system can count")]
    Overflow,
}

impl Money {
    pub const fn new(minor: i64, currency: Currency) -> Money {
        Money { minor, currency }
    }

    /// Whole units: `Money::major(699, INR)` is ₹699.
    pub fn major(units: i64, currency: Currency) -> Money {
        Money { minor: units * currency.minor_per_major(), currency }
    }

    pub const fn zero(currency: Currency) -> Money {
        Money { minor: 0, currency }
    }

    pub fn is_zero(self) -> bool {
        self.minor == 0
    }

    pub fn plus(self, other: Money) -> Result<Money, NotMoney> {
        self.same_currency(other)?;
        let minor = self.minor.checked_add(other.minor).ok_or(NotMoney::Overflow)?;
        Ok(Money { minor, ..self })
    }

    fn same_currency(self, other: Money) -> Result<(), NotMoney> {
        if self.currency == other.currency {
            return Ok(());
        }
        Err(NotMoney::Mixed(self.currency, other.currency))
    }

    /// Plain digits for programs and logs: `2643.20 INR`.
    pub fn digits(self) -> String {
        let per_major = self.currency.minor_per_major().unsigned_abs();
        let (whole, part) =
            (self.minor.unsigned_abs() / per_major, self.minor.unsigned_abs() % per_major);
        let sign = if self.minor < 0 { "-" } else { "" };
        match self.currency.decimals() as usize {
            0 => format!("{sign}{whole}"),
            width => format!("{sign}{whole}.{part:0width$}"),
        }
    }

    /// For people: `₹39,535`, `₹2,643.20`, grouped the Indian way for rupees.
    pub fn for_people(self) -> String {
        self.shown(false)
    }

    /// For papers, where amounts stand below each other: `₹39,535.00`.
    pub fn with_decimals(self) -> String {
        self.shown(true)
    }

    fn shown(self, always: bool) -> String {
        let digits = self.digits();
        let (sign, digits) = match digits.strip_prefix('-') {
            Some(rest) => ("-", rest),
            None => ("", digits.as_str()),
        };
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        let grouped = group(whole, self.currency == Currency::INR);
        let is_whole = part.is_empty() || !always && part.chars().all(|c| c == '0');
        let part = if is_whole { String::new() } else { format!(".{part}") };
        match self.currency.symbol() {
            "" => format!("{sign}{grouped}{part} {}", self.currency),
            symbol => format!("{sign}{symbol}{grouped}{part}"),
        }
    }
}

/// Puts commas into digits: after three, then after every two (India) or three.
fn group(whole: &str, indian: bool) -> String {
    let later = if indian { 2 } else { 3 };
    let mut out = Vec::new();
    for (place, digit) in whole.chars().rev().enumerate() {
        if place == 3 || (place > 3 && (place - 3) % later == 0) {
            out.push(',');
        }
        out.push(digit);
    }
    out.iter().rev().collect()
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.digits(), self.currency)
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rupees_are_grouped_the_indian_way() {
        let shown = |minor| Money::new(minor, Currency::INR).for_people();
        assert_eq!(shown(264_320), "₹2,643.20");
        assert_eq!(shown(3_953_500), "₹39,535");
        assert_eq!(shown(1_234_567_800), "₹1,23,45,678");
        assert_eq!(shown(-5_000), "-₹50");
        assert_eq!(Money::new(3_953_500, Currency::INR).with_decimals(), "₹39,535.00");
    }

    #[test]
    fn decimals_follow_the_currency() {
        let yen = Currency::parse("JPY").unwrap();
        let dinar = Currency::parse("KWD").unwrap();
        assert_eq!(Money::new(500, yen).to_string(), "500 JPY");
        assert_eq!(Money::new(500, yen).with_decimals(), "¥500");
        assert_eq!(Money::new(1_500, dinar).to_string(), "1.500 KWD");
        assert_eq!(Money::new(4_217_820, Currency::INR).to_string(), "42178.20 INR");
    }

    #[test]
    fn two_currencies_are_never_added() {
        let dollars = Money::new(1, Currency::parse("USD").unwrap());
        let rupees = Money::new(1, Currency::INR);
        assert!(matches!(dollars.plus(rupees), Err(NotMoney::Mixed(..))));
        assert!(Currency::parse("inr").is_err());
    }

    #[test]
    fn money_bears_its_sign_or_its_code() {
        let shown = |code| Money::new(123_400, Currency::parse(code).unwrap()).for_people();
        let all = ["INR", "USD", "EUR", "GBP", "JPY", "AED"].map(shown);
        assert_eq!(all, ["₹1,234", "$1,234", "€1,234", "£1,234", "¥123,400", "1,234 AED"]);
    }

    #[test]
    fn only_nothing_is_nothing() {
        let zero = |minor| Money::new(minor, Currency::INR).is_zero();
        assert!(zero(0) && !zero(1) && !zero(-1));
    }
}
