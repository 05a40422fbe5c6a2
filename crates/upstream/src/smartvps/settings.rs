//! What a shop tells us about its SmartVPS account. Not for reading the environment: the binary
//! does that.

use std::fmt;
use std::time::Duration;

use url::Url;

use crate::line::BadAddress;

/// What a shop tells us about its SmartVPS account.
#[derive(Clone)]
pub struct Settings {
    /// Scheme, host and perhaps a path; the prefix comes after it.
    pub base_url: Url,
    /// The path between the base address and an operation's name.
    pub prefix: String,
    pub username: String,
    pub password: String,
    pub ipstock_method: StockMethod,
    pub refusals: Refusals,
    /// For name lookup, TCP and TLS together.
    pub connect_timeout: Duration,
    /// For the answer to a question. Purchases bring their own time.
    pub call_timeout: Duration,
    pub answer_max: AnswerMax,
}

/// How many bytes an answer may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnswerMax {
    /// The list grows with the provider: 100,000 packages are some 10 MB.
    pub ipstock: usize,
    pub other: usize,
}

impl Settings {
    pub const PREFIX: &'static str = "api/oceansmart";

    /// Settings with everything but the account as the vendor's customers have it.
    pub fn new(base_url: Url, username: String, password: String) -> Settings {
        Settings {
            base_url,
            prefix: Settings::PREFIX.to_owned(),
            username,
            password,
            ipstock_method: StockMethod::Post,
            refusals: Refusals::default(),
            connect_timeout: Duration::from_secs(10),
            call_timeout: Duration::from_secs(60),
            answer_max: AnswerMax { ipstock: 64 << 20, other: 1 << 20 },
        }
    }
}

impl fmt::Debug for Settings {
    /// Shows neither the password nor anything else that opens the account.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("host", &self.base_url.host_str())
            .field("prefix", &self.prefix)
            .field("ipstock_method", &self.ipstock_method)
            .field("refusals", &self.refusals)
            .finish_non_exhaustive()
    }
}

/// The method of `ipstock`: the vendor's own examples disagree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StockMethod {
    Post,
    Get,
}

/// The shop's list of words by which SmartVPS proves that it sold nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusals(Vec<Refusal>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Refusal {
    /// In lower case.
    words: String,
    again: Again,
}

/// Whether a refused purchase is worth another try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    Later,
    Never,
}

impl Default for Refusals {
    fn default() -> Refusals {
        Refusals(vec![Refusal { words: "out of stock".to_owned(), again: Again::Never }])
    }
}

/// Shorter words would be found inside almost any answer.
const LETTERS_MIN: usize = 4;

impl Refusals {
    /// Reads entries separated by commas; `transient:` stands before those worth another try.
    /// `off` alone means that nothing proves a refusal.
    pub fn parse(text: &str) -> Result<Refusals, String> {
        if text == "off" {
            return Ok(Refusals(Vec::new()));
        }
        text.split(',').map(Refusal::parse).collect::<Result<_, _>>().map(Refusals)
    }

    /// The verdict of the first entry that the text contains, if one does.
    pub fn lookup(&self, text: &str) -> Option<Again> {
        let text = text.to_lowercase();
        self.0.iter().find(|refusal| text.contains(&refusal.words)).map(|refusal| refusal.again)
    }
}

impl Refusal {
    fn parse(entry: &str) -> Result<Refusal, String> {
        let entry = entry.trim().to_lowercase();
        let (words, again) = match entry.strip_prefix("transient:") {
            Some(words) => (words.trim(), Again::Later),
            None => (entry.as_str(), Again::Never),
        };
        // A proven refusal allows a second purchase, so an entry that fits by chance costs money.
        if words.chars().filter(|letter| letter.is_alphanumeric()).count() < LETTERS_MIN {
            return Err(format!(
                "holds the entry {entry:?}, which is too short to prove a refusal: \
                 write whole phrases, such as out of stock, transient:try again later"
            ));
        }
        Ok(Refusal { words: words.to_owned(), again })
    }
}

/// Why settings cannot be used. Never names a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadSettings {
    #[error("SMARTVPS_BASE_URL cannot be used: {0}")]
    Address(#[from] BadAddress),
    #[error("SMARTVPS_BASE_URL must hold no user name, query or fragment")]
    BaseUrl,
    #[error("SMARTVPS_PREFIX must be a plain path such as {}", Settings::PREFIX)]
    Prefix,
    #[error("SMARTVPS_USERNAME must not hold a colon or a control character")]
    Username,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Refusals {
        Refusals::parse(text).unwrap()
    }

    #[test]
    fn refusals_are_read_with_their_prospects() {
        let refusals = parsed("Out of stock, transient: Server busy");
        assert_eq!(refusals.lookup("103.1.2 OUT OF STOCK!"), Some(Again::Never));
        assert_eq!(refusals.lookup("server busy, try again"), Some(Again::Later));
        assert_eq!(refusals.lookup("something else"), None);
    }

    #[test]
    fn the_first_entry_that_fits_decides() {
        let refusals = parsed("transient:busy,out of stock");
        assert_eq!(refusals.lookup("busy and out of stock"), Some(Again::Later));
    }

    #[test]
    fn a_list_that_is_off_proves_nothing() {
        assert_eq!(parsed("off").lookup("out of stock"), None);
    }

    #[test]
    fn a_refusal_that_would_fit_any_answer_is_refused() {
        for text in ["out of stock,", "no", "transient:", ", ,", ""] {
            assert!(Refusals::parse(text).unwrap_err().contains("too short"), "{text:?}");
        }
    }

    #[test]
    fn the_words_of_every_customer_are_a_list_that_can_be_written() {
        assert_eq!(parsed("out of stock"), Refusals::default());
    }

    #[test]
    fn settings_show_no_secret() {
        let url = Url::parse("https://smartvps.example/").unwrap();
        let shown = format!("{:?}", Settings::new(url, "oceanshop".into(), "hush-hush".into()));
        assert!(!shown.contains("hush-hush") && !shown.contains("oceanshop"), "{shown}");
    }
}
