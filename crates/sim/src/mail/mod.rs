//! A mail server that catches everything and delivers nothing: real SMTP on loopback or in memory,
//! a page to read what arrived, and any kind of trouble on request.
//!
//! Not a mail server for anybody: without a `Guard` it asks for no password and knows no TLS.
//!
//! # Commands over HTTP
//!
//! On `Catcher::control_url`; the page for people is `/` there.
//!
//! | request | body or query | what it does |
//! |---|---|---|
//! | `GET  /control/mails` | `?to=` | what was taken, oldest first |
//! | `POST /control/lie` | `{lie, times?}` | the next mail meets trouble (`times` of them) |
//! | `POST /control/standing` | `{lie}` | every mail does; `"lie": null` ends it |
//! | `POST /control/honest` | | no trouble any more, door open |
//! | `POST /control/door` | `{to: open\|refuse\|drop\|reset}` | how connections are received |
//! | `GET  /control/wait` | `?mails=&tries=&timeoutMs=` | waits for so many, kept or tried |
//!
//! A `lie` is `{"refuse": 550}` (at the recipient, with this code), `{"refuse-text": 554}` (after
//! the text), `"hang"` (takes the text, keeps nothing, says nothing), `"drop"` (the same, and hangs
//! up), `"keep-and-drop"` (keeps the mail and hangs up without a word) or `"keep-and-hang"`.

use std::io;

mod control;
mod guard;
mod handle;
mod page;
mod read;
mod talk;
#[cfg(test)]
mod tests;

pub use guard::Guard;
pub use handle::{Control, Lie};
pub use read::Caught;

use crate::serve::Counter;
pub use crate::serve::Doorway;
use crate::stand::{self, OnLoopback};

/// A running mail server. It ends when the last clone is dropped.
pub type Catcher = OnLoopback<Control>;

impl OnLoopback<Control> {
    pub async fn start() -> io::Result<Catcher> {
        Catcher::behind(None).await
    }

    /// One that takes mail only from whoever signs in over TLS.
    pub async fn guarded(guard: Guard) -> io::Result<Catcher> {
        Catcher::behind(Some(guard)).await
    }

    async fn behind(guard: Option<Guard>) -> io::Result<Catcher> {
        let control = Control::guarded(guard);
        let office = control::router(control.clone()).merge(page::router(control.clone()));
        let counter = Counter::Lines(std::sync::Arc::new(control.clone()));
        OnLoopback::open(control, (0, counter), (0, office)).await
    }

    /// Where mail is handed in: `smtp://127.0.0.1:40123`.
    pub fn smtp_url(&self) -> String {
        format!("smtp://{}", self.address())
    }
}

/// The same server without a network.
pub type InMemory = stand::InMemory<Control>;

impl stand::InMemory<Control> {
    /// Opens inside the runtime of the caller.
    pub fn open() -> InMemory {
        let control = Control::default();
        let counter = Counter::Lines(std::sync::Arc::new(control.clone()));
        InMemory::serving(control, counter)
    }
}
