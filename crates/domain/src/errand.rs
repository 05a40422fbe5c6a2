//! What a customer has done to their server, as a chain of single requests: which request is next,
//! when what came of it is looked at, and how it ends. Not for the requests themselves: each is an
//! operation with a permit, an answer and a tail of its own.

use std::fmt;
use std::time::Duration;

use crate::power::Power;

/// A server that was started or stopped shows it within this time.
const POWER_WITHIN: Duration = Duration::from_secs(5 * 60);
/// An installation shows its new password within this time.
const INSTALLED_WITHIN: Duration = Duration::from_secs(60 * 60);

/// What somebody wants done with a server.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Wish {
    Start,
    Stop,
    /// Providers know no restart: stopped, seen stopped, started.
    Restart,
    /// Wiped, with the system that it has.
    Reinstall,
    /// Wiped, with another system.
    ChangeOs,
}

/// One request that changes a server.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Request {
    Start,
    Stop,
    /// Chooses a system; nothing is wiped before the next `Format`.
    ChangeOs,
    Format,
}

/// How a request stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Sent {
    /// Planned or permitted.
    UnderWay,
    /// The provider says that it did it.
    Done,
    Refused,
    /// Provably nothing left.
    NotSent,
    /// Nobody heard; until the end of its tail it may still be acted on.
    Unheard {
        tail_is_over: bool,
    },
}

/// What a look at the server found, after its last request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Seen {
    pub power: Power,
    pub sign_in: SignIn,
}

/// What a look says of an installation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SignIn {
    NotTold,
    /// Whole, with the password from before.
    AsBefore,
    /// With another password, and everything as it was asked for.
    New,
    /// With another password, and something is not as it was asked for.
    Wrong(String),
}

/// How an errand ends.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// Seen on the server itself.
    Done,
    /// The provider said no.
    Refused,
    /// Nothing of its last request ever left.
    NotSent,
    /// Nobody knows whether it was done.
    Unknown,
    /// It was done, and something else came of it.
    Wrong(String),
}

/// What is to be done for an errand now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Next {
    Ask(Request),
    /// The last request is under way.
    Wait,
    /// Ask the provider how the server is; asked for again after a look: once more, later.
    Look,
    End(Outcome),
}

/// Where an errand stands, as a worker finds it.
#[derive(Clone, Debug)]
pub struct Stands<'a> {
    pub wish: Wish,
    /// The provider must be told the system before the next `Format`.
    pub chooses_os: bool,
    /// Oldest first.
    pub requests: &'a [(Request, Sent)],
    /// How long ago the last one ended.
    pub waited: Duration,
    pub seen: Option<Seen>,
}

impl Wish {
    pub const ALL: [Wish; 5] =
        [Wish::Start, Wish::Stop, Wish::Restart, Wish::Reinstall, Wish::ChangeOs];

    /// The word that the database and the API use.
    pub fn word(self) -> &'static str {
        match self {
            Wish::Start => "start",
            Wish::Stop => "stop",
            Wish::Restart => "restart",
            Wish::Reinstall => "reinstall",
            Wish::ChangeOs => "change-os",
        }
    }

    pub fn parse(word: &str) -> Option<Wish> {
        Wish::ALL.into_iter().find(|wish| wish.word() == word)
    }

    /// Everything on the server is lost.
    pub fn wipes(self) -> bool {
        matches!(self, Wish::Reinstall | Wish::ChangeOs)
    }
}

impl fmt::Display for Wish {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl Request {
    pub const ALL: [Request; 4] =
        [Request::Start, Request::Stop, Request::ChangeOs, Request::Format];

    /// The provider's word, which the rows of operations use too.
    pub fn word(self) -> &'static str {
        match self {
            Request::Start => "start",
            Request::Stop => "stop",
            Request::ChangeOs => "changeos",
            Request::Format => "format",
        }
    }

    pub fn parse(word: &str) -> Option<Request> {
        Request::ALL.into_iter().find(|request| request.word() == word)
    }
}

impl Outcome {
    /// The word that the database and the API use.
    pub fn word(&self) -> &'static str {
        match self {
            Outcome::Done => "done",
            Outcome::Refused => "refused",
            Outcome::NotSent => "not_sent",
            Outcome::Unknown => "unknown",
            Outcome::Wrong(_) => "wrong",
        }
    }
}

impl Stands<'_> {
    /// What is to be done now. A request is never sent a second time.
    pub fn next(&self) -> Next {
        let Some((request, sent)) = self.requests.last().copied() else {
            return Next::Ask(self.first());
        };
        let unheard_for_good = match sent {
            Sent::UnderWay => return Next::Wait,
            Sent::Refused => return Next::End(Outcome::Refused),
            Sent::NotSent => return Next::End(Outcome::NotSent),
            Sent::Done => false,
            Sent::Unheard { tail_is_over } => tail_is_over,
        };
        match request {
            Request::Start => self.power(Power::Running, Next::End(Outcome::Done), sent),
            Request::Stop if self.wish == Wish::Restart => {
                self.power(Power::Stopped, Next::Ask(Request::Start), sent)
            }
            Request::Stop => self.power(Power::Stopped, Next::End(Outcome::Done), sent),
            // What was chosen cannot be seen before it is installed.
            Request::ChangeOs => match sent {
                Sent::Done => Next::Ask(Request::Format),
                _ if unheard_for_good => Next::End(Outcome::Unknown),
                _ => Next::Wait,
            },
            Request::Format => self.installed(sent),
        }
    }

    fn first(&self) -> Request {
        match self.wish {
            Wish::Start => Request::Start,
            Wish::Stop | Wish::Restart => Request::Stop,
            Wish::ChangeOs => Request::ChangeOs,
            Wish::Reinstall if self.chooses_os => Request::ChangeOs,
            Wish::Reinstall => Request::Format,
        }
    }

    /// An answer that says "done" is not believed before it is seen.
    fn power(&self, wanted: Power, then: Next, sent: Sent) -> Next {
        let over = sent == Sent::Unheard { tail_is_over: true }
            || (sent == Sent::Done && self.waited >= POWER_WITHIN);
        match &self.seen {
            Some(seen) if seen.power == wanted => then,
            Some(_) if over => Next::End(Outcome::Unknown),
            _ => Next::Look,
        }
    }

    fn installed(&self, sent: Sent) -> Next {
        let late = self.waited >= INSTALLED_WITHIN;
        let never_done = sent == Sent::Unheard { tail_is_over: true };
        match self.seen.as_ref().map(|seen| &seen.sign_in) {
            Some(SignIn::New) => Next::End(Outcome::Done),
            Some(SignIn::Wrong(why)) => Next::End(Outcome::Wrong(why.clone())),
            Some(SignIn::AsBefore) if never_done => Next::End(Outcome::Unknown),
            Some(_) if late => Next::End(Outcome::Unknown),
            _ => Next::Look,
        }
    }
}

#[cfg(test)]
mod tests;
