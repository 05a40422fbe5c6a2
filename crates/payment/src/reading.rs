//! What reading any gateway's answers takes: statuses that are no answer, words cut short, amounts
//! written with decimals. Not for any one gateway's shapes: those are in its own `map.rs`.

use domain::money::{Currency, Money};
use url::Url;

use crate::{Capture, Fault, Return};

/// Foreign words go into our pages and logs, so there is an end to them.
pub fn clip(text: &str, length: usize) -> String {
    text.chars().filter(|c| !c.is_control()).take(length).collect()
}

pub fn is_web_address(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}

/// An id that we may keep: not empty, not endless.
pub fn is_id(text: &str) -> bool {
    !text.is_empty() && text.len() <= 100
}

pub fn unusable(gateway: &'static str, reason: impl Into<String>) -> Fault {
    Fault::Unusable { gateway, reason: reason.into() }
}

/// Anything but 200 says nothing about a payment.
pub fn answered(gateway: &'static str, status: u16) -> Result<(), Fault> {
    match status {
        200 => Ok(()),
        429 | 500..=599 => {
            let reason = format!("it answered HTTP {status}");
            Err(Fault::Unreachable { gateway, reason })
        }
        401 | 403 => Err(unusable(gateway, format!("it refuses our key (HTTP {status})"))),
        _ => Err(unusable(gateway, format!("HTTP {status}"))),
    }
}

/// Rows that are equal in everything are one; rows that share an id only cannot be used.
pub fn distinct(gateway: &'static str, rows: Vec<Capture>) -> Result<Vec<Capture>, Fault> {
    let mut distinct: Vec<Capture> = Vec::new();
    for row in rows {
        match distinct.iter().find(|known| known.gateway_payment == row.gateway_payment) {
            Some(known) if *known == row => {}
            Some(_) => return Err(unusable(gateway, "two captures have one id")),
            None => distinct.push(row),
        }
    }
    Ok(distinct)
}

/// A whole number of minor units above nought, in a currency that exists.
pub fn minor(minor: i64, code: &str) -> Result<Money, String> {
    if minor <= 0 {
        return Err("an amount that is not above nought".to_owned());
    }
    let currency = Currency::parse(&code.to_ascii_uppercase()).map_err(|e| e.to_string())?;
    Ok(Money::new(minor, currency))
}

/// Text that older systems can print: gateways refuse some of what customers write.
pub fn ascii(text: &str, length: usize) -> String {
    let kept = text.chars().filter(|c| matches!(c, ' '..='~')).take(length).collect::<String>();
    kept.trim().to_owned()
}

/// For gateways whose way back is not signed: what is named there must be ours.
pub fn returned_with(name: &str, ours: &str, fields: &[(String, String)]) -> Return {
    match fields.iter().any(|(known, value)| known == name && value != ours) {
        true => Return::Foreign,
        false => Return::Fits,
    }
}
