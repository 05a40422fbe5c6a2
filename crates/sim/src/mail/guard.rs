//! A mail server that lets nobody in without TLS and a password.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use tokio_rustls::TlsAcceptor;

use crate::serve::Caller;

/// Who may hand mail in, and how.
#[derive(Clone)]
pub struct Guard {
    pub tls: TlsAcceptor,
    /// As on port 465; otherwise callers ask for TLS, as on port 587.
    pub from_the_start: bool,
    pub user: String,
    pub password: String,
}

impl std::fmt::Debug for Guard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Guard").field("user", &self.user).finish_non_exhaustive()
    }
}

impl Guard {
    pub(super) async fn secured(
        &self,
        caller: Box<dyn Caller>,
    ) -> std::io::Result<Box<dyn Caller>> {
        Ok(Box::new(self.tls.accept(caller).await?))
    }

    /// What `AUTH PLAIN` and, in two parts, `AUTH LOGIN` send.
    pub(super) fn knows(&self, user: &str, password: &str) -> bool {
        (user, password) == (self.user.as_str(), self.password.as_str())
    }
}

/// Base64 that holds text, or nothing.
pub(super) fn decoded(text: &str) -> Option<String> {
    String::from_utf8(BASE64_STANDARD.decode(text.trim()).ok()?).ok()
}
