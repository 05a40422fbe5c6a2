//! What a route asks of whoever comes: who they must be, how much they may send, how long it may
//! take. Every route has one; a route without one cannot be made.

use std::fmt;
use std::time::Duration;

use engine::permission::Act;

/// JSON that people and programs send.
const BODY_MAX: usize = 64 * 1024;
/// What gateways and schedulers send.
const LARGE_BODY_MAX: usize = 1024 * 1024;
const WITHIN: Duration = Duration::from_secs(30);
/// A list of a hundred thousand packages, from a provider that takes its time.
const LONG_WITHIN: Duration = Duration::from_secs(10 * 60);

/// Who may come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asks {
    /// Everybody; nobody is asked who they are.
    Nothing,
    /// Everybody, and who they are is known to the handler.
    Anybody,
    /// Whoever has an account, whatever it may do.
    Account,
    /// Whoever may do this.
    Act(Act),
    /// The scheduler with its token, or whoever may do this.
    TokenOr(Act),
    /// Whoever watches over the shop, with the token for it; without one, this machine.
    Watcher,
}

/// What a route asks, and how its requests are treated.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    pub(crate) asks: Asks,
    pub(crate) body_max: usize,
    pub(crate) within: Duration,
    /// Answers hold a secret: they are not kept for whoever asks the same again.
    pub(crate) secret: bool,
    /// Pages of other sites may send people here with a form.
    pub(crate) from_anywhere: bool,
    /// Also for staff who see the shop as a customer.
    pub(crate) while_acting: bool,
}

impl Rule {
    const fn asking(asks: Asks) -> Rule {
        let (body_max, within) = (BODY_MAX, WITHIN);
        let (secret, from_anywhere, while_acting) = (false, false, false);
        Rule { asks, body_max, within, secret, from_anywhere, while_acting }
    }

    /// For everybody.
    pub const fn open() -> Rule {
        Rule::asking(Asks::Nothing)
    }

    /// For everybody, with an account or without.
    pub const fn anybody() -> Rule {
        Rule::asking(Asks::Anybody)
    }

    /// For everybody with an account.
    pub const fn signed_in() -> Rule {
        Rule::asking(Asks::Account)
    }

    /// For those who may do this.
    pub const fn may(act: Act) -> Rule {
        Rule::asking(Asks::Act(act))
    }

    /// For the scheduler, and for those who may do this.
    pub const fn token_or(act: Act) -> Rule {
        Rule::asking(Asks::TokenOr(act))
    }

    /// For whoever watches over the shop.
    pub const fn watcher() -> Rule {
        Rule::asking(Asks::Watcher)
    }

    /// Its answers hold a secret.
    pub const fn secret(self) -> Rule {
        Rule { secret: true, ..self }
    }

    /// Takes a megabyte.
    pub const fn large(self) -> Rule {
        Rule { body_max: LARGE_BODY_MAX, ..self }
    }

    /// May take minutes.
    pub const fn long(self) -> Rule {
        Rule { within: LONG_WITHIN, ..self }
    }

    /// Other sites may send people here.
    pub const fn from_anywhere(self) -> Rule {
        Rule { from_anywhere: true, ..self }
    }

    /// Staff who see the shop as a customer do this, too: it is about their own session.
    pub const fn while_acting(self) -> Rule {
        Rule { while_acting: true, ..self }
    }
}

impl fmt::Display for Asks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Asks::Nothing => f.write_str("everybody"),
            Asks::Anybody => f.write_str("everybody, known or not"),
            Asks::Account => f.write_str("everybody with an account"),
            Asks::Act(act) => write!(f, "whoever may {}", act.words()),
            Asks::TokenOr(act) => write!(f, "the scheduler, or whoever may {}", act.words()),
            Asks::Watcher => f.write_str("whoever watches, with the token for metrics"),
        }
    }
}
