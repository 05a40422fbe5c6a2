//! The upstream SmartVPS: where it is, who we are there, and how its answers are read.

use secrecy::SecretString;

use super::reader::Reader;
use super::setting::section;
use super::value;

section! {
    /// The upstream SmartVPS.
    SmartVps = "smartvps";

    /// Base URL of SmartVPS.
    "SMARTVPS_BASE_URL" base_url: String, default "https://smartvps.online", value::http_url;

    /// User name there (HTTP Basic).
    "SMARTVPS_USERNAME" username: String, unset "no upstream: nothing is synced or bought",
        value::text;

    /// Password there.
    "SMARTVPS_PASSWORD" password: SecretString,
        secret "no upstream: nothing is synced or bought", value::secret;

    /// Path between the base URL and an operation's name.
    "SMARTVPS_PREFIX" prefix: String, default "api/oceansmart", value::url_path;

    /// Method that asks for the package list.
    "SMARTVPS_IPSTOCK_METHOD" ipstock_method: IpstockMethod, default "POST",
        IpstockMethod::parse;

    /// Texts that prove a refusal, comma-separated; `transient:` before those worth another
    /// try; `off` for none.
    "SMARTVPS_REFUSALS" refusals: Vec<RefusalText>, default "out of stock", refusals;
}

/// How the package list is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IpstockMethod {
    Post,
    Get,
}

impl IpstockMethod {
    fn parse(text: &str) -> Result<IpstockMethod, String> {
        let upper = text.to_ascii_uppercase();
        value::one_of(&upper, &[("POST", IpstockMethod::Post), ("GET", IpstockMethod::Get)])
    }
}

/// Words that make an in-band error of a purchase a proven refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusalText {
    pub text: String,
    /// Worth another try.
    pub transient: bool,
}

/// A refusal text shorter than this would be found inside almost any answer.
const LETTERS_MIN: usize = 4;

fn refusals(text: &str) -> Result<Vec<RefusalText>, String> {
    if text == "off" {
        return Ok(Vec::new());
    }
    text.split(',').map(refusal).collect()
}

fn refusal(entry: &str) -> Result<RefusalText, String> {
    let entry = entry.trim();
    let (text, transient) = match entry.strip_prefix("transient:") {
        Some(rest) => (rest.trim(), true),
        None => (entry, false),
    };
    // A proven refusal allows a second purchase, so an entry that fits by chance costs money.
    if text.chars().filter(|letter| letter.is_alphanumeric()).count() < LETTERS_MIN {
        return Err(format!(
            "holds the entry {entry:?}, which is too short to prove a refusal: \
             write whole phrases, such as out of stock, transient:try again later"
        ));
    }
    Ok(RefusalText { text: text.to_owned(), transient })
}

impl SmartVps {
    /// Whether we have an account there.
    pub fn is_on(&self) -> bool {
        self.username.is_some() && self.password.is_some()
    }

    pub(super) fn check(&self, given: &mut Reader) {
        match (&self.username, &self.password) {
            (Some(_), None) => given.missing("SMARTVPS_PASSWORD", "SMARTVPS_USERNAME is given"),
            (None, Some(_)) => given.missing("SMARTVPS_USERNAME", "SMARTVPS_PASSWORD is given"),
            (Some(_), Some(_)) | (None, None) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_phrases_and_some_are_worth_another_try() {
        let read = refusals("out of stock, transient: try again later").unwrap();
        assert_eq!(read[0], RefusalText { text: "out of stock".to_owned(), transient: false });
        assert_eq!(read[1], RefusalText { text: "try again later".to_owned(), transient: true });
        assert_eq!(refusals("off").unwrap(), []);
    }

    #[test]
    fn a_refusal_that_would_fit_any_answer_is_refused() {
        for text in ["out of stock,", "no", "transient:", ", ,"] {
            assert!(refusals(text).unwrap_err().contains("too short"), "{text:?}");
        }
    }
}
