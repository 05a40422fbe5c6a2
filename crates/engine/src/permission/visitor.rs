//! Whoever sent a request: how they proved who they are, for whom they sit there, and whether they
//! may do an act. Not the table of who may do what: that is `permission.rs`.

use domain::clock::Timestamp;
use domain::id::{AccountId, ApiKeyId, SessionId};

use super::scope::{Scope, scopes_that_open};
use super::{Act, ForAnother, Role, roles_that_may};
use crate::error::{Error, Result};

/// How somebody proved who they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Via {
    Session(SessionId),
    Key(ApiKeyId),
}

/// How somebody's second factor stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecondFactor {
    Off,
    On,
    /// The shop asks it of staff, and this one has none: until then they may do what customers may.
    Missing,
}

/// Somebody we know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountRef {
    pub id: AccountId,
    pub role: Role,
    pub email: String,
    /// Mail to it is known to reach them.
    pub verified: bool,
    pub name: String,
    /// Of the key in use; empty: all powers of the role.
    pub scopes: Vec<Scope>,
    pub via: Via,
    /// They proved who they are a short time ago. A program does so with every request.
    pub proved: bool,
    pub second_factor: SecondFactor,
    /// The code of the language that they chose.
    pub language: Option<String>,
    /// One of staff, who sees the shop as this person does.
    pub acting: Option<Box<Acting>>,
}

/// Whoever of staff sees the shop as a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acting {
    pub id: AccountId,
    pub email: String,
    pub until: Timestamp,
}

impl AccountRef {
    /// How this person is named in the audit: whoever sits there.
    pub fn actor(&self) -> &str {
        self.acting.as_ref().map_or(&self.id, |acting| &acting.id).as_str()
    }

    /// Insists that whoever does something does it for themselves, but for what staff may do for a
    /// customer whom they see the shop as.
    pub fn must_do_for_themselves(&self, act: Option<Act>) -> Result<()> {
        let is_allowed = act.is_some_and(|act| act.for_another() == ForAnother::Do);
        match &self.acting {
            Some(_) if !is_allowed => Err(self.theirs_alone(act.map_or("do this", Act::words))),
            _ => Ok(()),
        }
    }

    fn theirs_alone(&self, words: &str) -> Error {
        let why = format!(
            "you see the shop as {}, and only they may {words}; end it to be yourself again",
            self.email
        );
        Error::refused("acting-for-customer", why)
    }

    pub(super) fn may(&self, act: Act) -> Result<()> {
        if self.acting.is_some() && act.for_another() == ForAnother::Never {
            return Err(self.theirs_alone(act.words()));
        }
        if !self.role.may(act) {
            let (role, words) = (self.role.as_str(), act.words());
            return Err(Error::Forbidden(format!("the role {role} may not {words}")));
        }
        let is_for_all = roles_that_may(act).contains(&Role::Customer);
        if self.second_factor == SecondFactor::Missing && !is_for_all {
            return Err(Error::refused(
                "second-factor-needed",
                "this shop asks its staff for a second factor; set one up in your account first",
            ));
        }
        let open = scopes_that_open(act);
        if self.scopes.is_empty() || open.iter().any(|scope| self.scopes.contains(scope)) {
            return Ok(());
        }
        let words = act.words();
        let open: Vec<&str> = open.iter().map(|scope| scope.as_str()).collect();
        Err(Error::Forbidden(match open.as_slice() {
            [] => format!("an API key with scopes may not {words}"),
            _ => format!("this API key may not {words}: that needs {}", open.join(" or ")),
        }))
    }
}

/// Whoever sent a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Visitor {
    Nobody,
    Account(AccountRef),
}

impl Visitor {
    /// The account behind the visitor, if it may do this.
    pub fn may(&self, act: Act) -> Result<&AccountRef> {
        match self {
            Visitor::Nobody => Err(Error::Unauthenticated),
            Visitor::Account(account) => account.may(act).map(|()| account),
        }
    }

    /// The account behind the visitor, if it may do this now: what is grave asks for a fresh proof.
    pub fn must(&self, act: Act) -> Result<&AccountRef> {
        let account = self.may(act)?;
        if act.is_grave() && !account.proved {
            return Err(prove_again());
        }
        Ok(account)
    }

    /// The account behind the visitor, whatever it may do.
    pub fn account(&self) -> Option<&AccountRef> {
        match self {
            Visitor::Nobody => None,
            Visitor::Account(account) => Some(account),
        }
    }
}

fn prove_again() -> Error {
    Error::refused("prove-again", "prove again who you are: the last time is ten minutes ago")
}
