//! Those who carry our mail to other people's servers, by SMTP, and what carries a notice to staff
//! in chats and at webhooks.
//! Not for what a mail says, nor for when it is tried again: that is the engine's.

#![forbid(unsafe_code)]

use async_trait::async_trait;
use domain::clock::Timestamp;

pub mod notice;
pub mod returned;
pub mod smtp;

/// One mail, as it leaves. The same mail has the same id, however often it leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Without the angle brackets.
    pub message_id: String,
    pub email: String,
    pub name: String,
    /// Where an answer goes, if not to where it comes from.
    pub reply_to: Option<String>,
    pub subject: String,
    pub text: String,
    pub html: String,
    pub at: Timestamp,
}

/// What became of a mail that was handed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Carried {
    /// The server answers for it from here on.
    Taken,
    /// A certain no, for good.
    Refused { reason: String },
    /// Not now, or nobody knows: worth another try, under the same id.
    Later { reason: String },
}

/// Someone who carries mail. Holds nothing back and tries nothing twice.
#[async_trait]
pub trait Post: Send + Sync {
    async fn carry(&self, letter: &Letter) -> Carried;

    /// Whether somebody is there who would take mail from us; nothing is sent.
    async fn look(&self) -> Result<(), Trouble>;
}

/// Why mail cannot leave.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// It may pass.
    #[error("{0}")]
    Away(String),
    /// It stays until somebody changes a setting.
    #[error("{0}")]
    Unusable(String),
}
