//! What can go wrong in a use case, named by what the caller can do about it.

use store::db::StoreError;

use crate::secret::Secret;

/// Why a use case did not do what was asked. Texts are for the person who asked.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    #[error("{what} {id} does not exist")]
    Missing { what: &'static str, id: String },
    /// Not now, or not in this state. The slug is the problem's public name.
    #[error("{text}")]
    Refused { slug: &'static str, text: String },
    /// The wish itself is wrong; the same wish will never work.
    #[error("{text}")]
    Invalid { slug: &'static str, text: String },
    /// No way to pay answered. The order, or the checkout, exists all the same and stays unpaid.
    #[error("{text}")]
    NoWayToPay { order: String, text: String },
    /// What was sent cannot be read.
    #[error("{0}")]
    Malformed(String),
    #[error("sign in, or send an API key")]
    Unauthenticated,
    /// The password was right. With the ticket and a code of the second factor one gets in.
    #[error("type a code of your second factor")]
    NeedsCode { ticket: Secret },
    #[error("{0}")]
    Forbidden(String),
    /// Send the order's version, or an Idempotency-Key.
    #[error("{0}")]
    NeedsVersion(String),
    #[error("{text}")]
    TooMany { text: String, retry_after_s: u64 },
    /// The upstream or a gateway could not be used.
    #[error("{0}")]
    Outside(String),
    /// Our own database is away; try again.
    #[error("the shop's database is not available: {0}")]
    Unavailable(String),
    /// A rule of the house was broken. Told in full to the log, not to the caller.
    #[error("unexpected: {0}")]
    Bug(String),
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    pub fn refused(slug: &'static str, text: impl Into<String>) -> Error {
        Error::Refused { slug, text: text.into() }
    }

    pub fn invalid(slug: &'static str, text: impl Into<String>) -> Error {
        Error::Invalid { slug, text: text.into() }
    }

    /// The public name of a refusal; empty for what has its name by its kind alone.
    pub fn slug(&self) -> &'static str {
        match self {
            Error::Refused { slug, .. } | Error::Invalid { slug, .. } => slug,
            Error::TooMany { .. } => "too-many-requests",
            _ => "",
        }
    }

    pub fn missing(what: &'static str, id: impl ToString) -> Error {
        Error::Missing { what, id: id.to_string().chars().take(80).collect() }
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Error {
        match error {
            StoreError::Missing { what, id } => Error::Missing { what, id },
            StoreError::Stale(what) => Error::Refused {
                slug: "stale-version",
                text: format!("{what} was changed by somebody else meanwhile; look again"),
            },
            StoreError::Unavailable(_) | StoreError::Busy(_) | StoreError::CommitUnknown(_) => {
                Error::Unavailable(error.to_string())
            }
            StoreError::Refused { .. }
            | StoreError::Inconsistent { .. }
            | StoreError::Failed(_) => Error::Bug(error.to_string()),
        }
    }
}

impl From<domain::order::Refused> for Error {
    fn from(refused: domain::order::Refused) -> Error {
        Error::Refused { slug: "not-now", text: refused.to_string() }
    }
}

impl From<domain::ledger::Unbalanced> for Error {
    fn from(error: domain::ledger::Unbalanced) -> Error {
        Error::Bug(error.to_string())
    }
}

impl From<domain::money::NotMoney> for Error {
    fn from(error: domain::money::NotMoney) -> Error {
        Error::Bug(error.to_string())
    }
}
