//! The upstream SmartVPS: where it is, who we are there, and how its answers are read.

use secrecy::SecretString;
use upstream::smartvps::{Refusals, StockMethod};

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
    "SMARTVPS_IPSTOCK_METHOD" ipstock_method: StockMethod, default "POST",
        ipstock_method;

    /// Texts that prove a refusal, comma-separated; `transient:` before those worth another
    /// try; `off` for none.
    "SMARTVPS_REFUSALS" refusals: Refusals, default "out of stock", Refusals::parse;
}

fn ipstock_method(text: &str) -> Result<StockMethod, String> {
    let upper = text.to_ascii_uppercase();
    value::one_of(&upper, &[("POST", StockMethod::Post), ("GET", StockMethod::Get)])
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
