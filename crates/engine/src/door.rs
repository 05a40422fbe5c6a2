//! What one process remembers of people at its door: their tries, and the slow work for them.

use std::net::IpAddr;
use std::time::Duration;

use domain::clock::Timestamp;

use crate::error::{Error, Result};
use crate::password::Hasher;
use crate::throttle::{Throttle, household};

const QUARTER: Duration = Duration::from_secs(15 * 60);
const HOUR: Duration = Duration::from_secs(60 * 60);

/// So many keys are remembered at once: some megabytes at most.
const KEYS_MAX: usize = 20_000;

/// Wrong passwords for one account, and from one address, in a quarter of an hour.
const WRONG_PER_ACCOUNT_MAX: usize = 10;
const WRONG_PER_ADDRESS_MAX: usize = 30;
/// New accounts, and refusals of them, from one address in an hour. Many share an address.
const SIGN_UPS_PER_ADDRESS_MAX: usize = 20;
const SIGN_UPS_PER_ACCOUNT_MAX: usize = 5;

/// Wrong codes of a second factor for one account in a quarter of an hour.
const WRONG_CODES_MAX: usize = 5;
/// Letters that somebody asks for: to one address, and from one, in an hour.
const LETTERS_PER_EMAIL_MAX: usize = 5;
const LETTERS_PER_ADDRESS_MAX: usize = 20;

pub(crate) struct Door {
    pub hasher: Hasher,
    wrong_by_account: Throttle,
    wrong_by_address: Throttle,
    sign_ups_by_address: Throttle,
    sign_ups_by_account: Throttle,
    wrong_codes: Throttle,
    letters_by_address: Throttle,
    letters_by_email: Throttle,
}

/// A try to sign in, counted as wrong until it is known to be right.
pub(crate) struct Try {
    account: String,
    address: String,
    at: Timestamp,
}

impl Door {
    pub fn new() -> Door {
        Door {
            hasher: Hasher::new(),
            wrong_by_account: Throttle::new(WRONG_PER_ACCOUNT_MAX, QUARTER, KEYS_MAX),
            wrong_by_address: Throttle::new(WRONG_PER_ADDRESS_MAX, QUARTER, KEYS_MAX),
            sign_ups_by_address: Throttle::new(SIGN_UPS_PER_ADDRESS_MAX, HOUR, KEYS_MAX),
            sign_ups_by_account: Throttle::new(SIGN_UPS_PER_ACCOUNT_MAX, HOUR, KEYS_MAX),
            wrong_codes: Throttle::new(WRONG_CODES_MAX, QUARTER, KEYS_MAX),
            letters_by_address: Throttle::new(LETTERS_PER_ADDRESS_MAX, HOUR, KEYS_MAX),
            letters_by_email: Throttle::new(LETTERS_PER_EMAIL_MAX, HOUR, KEYS_MAX),
        }
    }

    /// Counts a try to sign in, before the password is looked at: many at once count too.
    pub fn try_sign_in(&self, email: &str, address: IpAddr, at: Timestamp) -> Result<Try> {
        let found = Try { account: email.to_owned(), address: household(address).to_string(), at };
        self.wrong_by_address.take(&found.address, at).map_err(too_many)?;
        self.wrong_by_account.take(&found.account, at).map_err(too_many)?;
        Ok(found)
    }

    /// The password was right: this try was no guess, nor were those before it.
    pub fn was_right(&self, right: &Try) {
        self.wrong_by_account.forget(&right.account);
        self.wrong_by_address.give_back(&right.address, right.at);
    }

    /// Nobody looked at the password, through no fault of who tried.
    pub fn was_not_judged(&self, unjudged: &Try) {
        self.wrong_by_account.give_back(&unjudged.account, unjudged.at);
        self.wrong_by_address.give_back(&unjudged.address, unjudged.at);
    }

    /// Counts a code before it is looked at, and tells when that was.
    pub fn try_code(&self, account: &str, at: Timestamp) -> Result<Timestamp> {
        self.wrong_codes.take(account, at).map_err(too_many)?;
        Ok(at)
    }

    /// The code was right: it was no guess, nor were those before it.
    pub fn was_right_code(&self, account: &str) {
        self.wrong_codes.forget(account);
    }

    /// Nobody looked at the code, through no fault of who typed it.
    pub fn code_was_not_judged(&self, account: &str, at: Timestamp) {
        self.wrong_codes.give_back(account, at);
    }

    /// Somebody proved by mail who they are: guesses of others do not keep them out.
    pub fn knows_again(&self, email: &str) {
        self.wrong_by_account.forget(email);
    }

    /// Counts a letter that somebody asks for, whoever reads it.
    pub fn try_letter(&self, email: &str, address: IpAddr, at: Timestamp) -> Result<()> {
        self.letters_by_address.take(&household(address).to_string(), at).map_err(too_many)?;
        self.letters_by_email.take(email, at).map_err(too_many)
    }

    /// Counts a sign-up, whatever becomes of it.
    pub fn try_sign_up(&self, email: &str, address: IpAddr, at: Timestamp) -> Result<()> {
        self.sign_ups_by_address.take(&household(address).to_string(), at).map_err(too_many)?;
        self.sign_ups_by_account.take(email, at).map_err(too_many)
    }
}

fn too_many(wait: Duration) -> Error {
    // Never "at once": a part of a second counts as a whole one.
    let seconds = u64::try_from(wait.as_micros().div_ceil(1_000_000)).unwrap_or(u64::MAX).max(1);
    let when = match seconds.div_ceil(60) {
        1 => "in a minute".to_owned(),
        minutes => format!("in {minutes} minutes"),
    };
    Error::TooMany { text: format!("too many tries; try again {when}"), retry_after_s: seconds }
}
