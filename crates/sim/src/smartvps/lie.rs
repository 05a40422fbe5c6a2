//! The lies: what SmartVPS does instead of what it was asked, and how its answer goes astray.
//! Not for carrying them out: that is in `buy.rs`, `stock.rs`, `status.rs`, `change.rs` (deeds)
//! and in `spoil.rs` (answers).

use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};

use super::op::Op;
use crate::spoil::{Answer, Spoilt};

/// What is done instead of what was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Deed {
    /// What was asked.
    #[default]
    Honest,
    /// Nothing at all; an answer that says otherwise is a claim.
    Nothing,
    /// Every operation: an error in band with HTTP 200, and nothing done. `text` is the sentence.
    Refuse,

    /// buyvps: sells `address`, or one of package `pid`, or one of any other package.
    Fallback,
    /// buyvps: sells one server and names two addresses.
    TwoNamed,
    /// buyvps: sells two servers and names both.
    TwoSold,
    /// buyvps: sells a server and does not name it.
    NoAddress,
    /// buyvps: sells nothing and names `address`, or the server sold last.
    Replay,

    /// ipstock: a list without packages.
    NoPackages,
    /// ipstock: every row twice, equal in id and name.
    Duplicates,
    /// ipstock: another row with the id of `pid` and the name `name`.
    SharedPid,
    /// ipstock: another active row with the name of `pid` and an id of its own.
    SameName,
    /// ipstock: `pid` is listed as `name`.
    Renamed,
    /// ipstock: `pid` is not listed; without a pid the second half of the list is missing.
    Vanished,
    /// ipstock: `pid` is listed as suspended.
    Suspended,
    /// ipstock: every number is the one before anything was sold.
    Stale,
    /// ipstock: one more row, which cannot be read.
    GarbageRow,

    /// status: names `address`, or the next one, instead of the one asked for.
    OtherAddress,
    /// status: names `os`, or an unlikely one.
    OtherOs,
    /// status: half the memory.
    SmallerRam,
    /// status: no password, however long one waits.
    NoPassword,
}

/// One lie: a deed, an answer, and what they need to know.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Lie {
    pub deed: Deed,
    pub answer: Answer,
    /// How long the answer waits, after the deed is done.
    pub delay_ms: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<Ipv4Addr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub os: Option<String>,
}

impl Lie {
    pub fn of(deed: Deed) -> Lie {
        Lie { deed, ..Lie::default() }
    }

    pub fn answering(answer: Answer) -> Lie {
        Lie { answer, ..Lie::default() }
    }

    /// Sells this very address, whatever was asked for.
    pub fn hand_out(address: Ipv4Addr) -> Lie {
        Lie { deed: Deed::Fallback, address: Some(address), ..Lie::default() }
    }

    pub fn status(code: u16) -> Lie {
        Lie { answer: Answer::Status, code: Some(code), ..Lie::default() }
    }

    pub fn text(text: impl Into<String>) -> Lie {
        Lie { answer: Answer::Text, text: Some(text.into()), ..Lie::default() }
    }

    pub fn slow(delay_ms: u64) -> Lie {
        Lie { delay_ms, ..Lie::default() }
    }

    /// The same answer, but nothing is done.
    pub fn without_the_deed(self) -> Lie {
        Lie { deed: Deed::Nothing, ..self }
    }

    /// How the answer goes out.
    pub fn spoilt(&self) -> Spoilt<'_> {
        Spoilt { answer: self.answer, text: self.text.as_deref(), code: self.code }
    }

    /// A lie by its name in `NAMED`.
    pub fn named(name: &str) -> Option<Lie> {
        NAMED.iter().find(|known| known.name == name).map(|known| (known.make)())
    }
}

/// A lie with a name, for panels and for people.
#[derive(Debug)]
pub struct Named {
    pub name: &'static str,
    pub op: Op,
    pub sentence: &'static str,
    make: fn() -> Lie,
}

macro_rules! named {
    ($($op:ident $name:literal, $sentence:literal, $lie:expr;)*) => {
        &[$(Named { name: $name, op: Op::$op, sentence: $sentence, make: || $lie }),*]
    };
}

/// The lies that a panel offers. Any other is put together from a deed and an answer.
pub const NAMED: &[Named] = named! {
    Buyvps "fallback", "sell a server of another package", Lie::of(Deed::Fallback);
    Buyvps "the-incident", "sell 103.182.44.18, whatever was asked for",
        Lie::hand_out(Ipv4Addr::new(103, 182, 44, 18));
    Buyvps "lost-answer", "sell, then close the connection without a word",
        Lie::answering(Answer::Lost);
    Buyvps "html", "sell, then answer with an HTML error page", Lie::answering(Answer::Html);
    Buyvps "garbage", "sell, then answer with bytes that mean nothing",
        Lie::answering(Answer::Garbage);
    Buyvps "truncated", "sell, then break off in the middle of the answer",
        Lie::answering(Answer::Truncated);
    Buyvps "sold-500", "sell, then answer 500", Lie::status(500);
    Buyvps "sold-502", "sell, then answer 502", Lie::status(502);
    Buyvps "unsold-500", "answer 500 and sell nothing", Lie::status(500).without_the_deed();
    Buyvps "refusal", "refuse as out of stock", Lie::of(Deed::Refuse);
    Buyvps "unknown-error", "refuse in words that nobody knows",
        Lie { text: Some("error|E77 try later".to_owned()), ..Lie::of(Deed::Refuse) };
    Buyvps "two-addresses", "sell one server and name two", Lie::of(Deed::TwoNamed);
    Buyvps "two-servers", "sell two servers", Lie::of(Deed::TwoSold);
    Buyvps "no-address", "sell, and do not say which", Lie::of(Deed::NoAddress);
    Buyvps "replay", "name a server that is sold already", Lie::of(Deed::Replay);
    Buyvps "empty", "sell, then answer with nothing", Lie::answering(Answer::Empty);
    Buyvps "slow", "sell, then wait five seconds before answering", Lie::slow(5_000);
    Buyvps "hang", "sell, and never answer", Lie::answering(Answer::Hang);
    Buyvps "unauthorized", "answer 401 and sell nothing", Lie::status(401).without_the_deed();
    Buyvps "forbidden", "answer 403 and sell nothing", Lie::status(403).without_the_deed();
    Buyvps "redirect", "answer with a redirect and sell nothing",
        Lie::answering(Answer::Redirect).without_the_deed();
    Ipstock "stock-empty", "a list without packages", Lie::of(Deed::NoPackages);
    Ipstock "stock-html", "an HTML page instead of the list", Lie::answering(Answer::Html);
    Ipstock "stock-garbage-row", "one row that cannot be read", Lie::of(Deed::GarbageRow);
    Ipstock "stock-truncated", "half of the list", Lie::answering(Answer::Truncated);
    Ipstock "stock-half", "a list from which half is missing", Lie::of(Deed::Vanished);
    Ipstock "stock-duplicates", "every row twice", Lie::of(Deed::Duplicates);
    Ipstock "stock-stale", "the numbers from before anything was sold", Lie::of(Deed::Stale);
    Ipstock "stock-slow", "the list after three seconds", Lie::slow(3_000);
    Ipstock "stock-down", "500 instead of the list", Lie::status(500);
    Status "status-other-address", "another server's address", Lie::of(Deed::OtherAddress);
    Status "status-other-os", "another operating system", Lie::of(Deed::OtherOs);
    Status "status-smaller-ram", "half the memory", Lie::of(Deed::SmallerRam);
    Status "status-no-password", "no password", Lie::of(Deed::NoPassword);
    Status "status-error", "an error in band", Lie::of(Deed::Refuse);
    Status "status-html", "an HTML page", Lie::answering(Answer::Html);
    Status "status-down", "500", Lie::status(500);
    Start "start-error", "an error in band", Lie::of(Deed::Refuse);
    Start "start-lost", "start, then close the connection without a word",
        Lie::answering(Answer::Lost);
    Stop "stop-error", "an error in band", Lie::of(Deed::Refuse);
    Stop "stop-lost", "stop, then close the connection without a word",
        Lie::answering(Answer::Lost);
    Stop "stop-claimed", "say that it is stopped, and do nothing", Lie::of(Deed::Nothing);
    Stop "stop-unheard", "do nothing, and close the connection without a word",
        Lie::answering(Answer::Lost).without_the_deed();
    Changeos "changeos-error", "an error in band", Lie::of(Deed::Refuse);
    Changeos "changeos-lost", "change it, then close the connection without a word",
        Lie::answering(Answer::Lost);
    Format "format-error", "an error in band", Lie::of(Deed::Refuse);
    Format "format-lost", "format, then close the connection without a word",
        Lie::answering(Answer::Lost);
    Format "format-claimed", "say that it is being formatted, and do nothing",
        Lie::of(Deed::Nothing);
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn named_lies_have_names_of_their_own() {
        for (place, known) in NAMED.iter().enumerate() {
            assert!(Lie::named(known.name).is_some());
            assert!(NAMED[..place].iter().all(|other| other.name != known.name), "{}", known.name);
        }
    }
}
