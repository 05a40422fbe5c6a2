//! What the gateway does instead of what it should, and how its answers go astray.
//! Not for carrying it out: `merchant.rs`, `money.rs` and `hook.rs` do.

use serde::{Deserialize, Serialize};

use crate::spoil::{Answer, Spoilt};

/// What can be lied about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Op {
    /// A merchant asks to have a payment taken.
    Create,
    /// A merchant asks what became of it.
    Poll,
    /// The buyer's money moves.
    Pay,
    /// The gateway tells the merchant.
    Hook,
    /// A merchant takes money that is only authorised.
    Take,
    /// A merchant gives money back.
    Refund,
    /// A merchant asks what became of a refund.
    Look,
}

/// What is done instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Deed {
    #[default]
    Honest,
    /// create, take, refund, hook: nothing at all.
    Nothing,
    /// create, take, refund: a definite refusal with `text`. poll: a definite "not now".
    Refuse,
    /// poll: pending, whatever the truth. refund: under way, until somebody settles it.
    Pending,
    /// poll: never heard of it.
    Absent,
    /// poll: paid, by no capture.
    NoCaptures,
    /// refund: taken, and then it fails.
    Fails,
    /// pay, poll, hook: `amountMinor`, or half of it.
    WrongAmount,
    /// pay, poll, hook: `currency`, or another one.
    OtherCurrency,
    /// pay, poll, hook: under the id `payment`, or that of the newest other payment.
    OtherPayment,
    /// hook: the same event two times.
    Twice,
    /// hook: signed with a key that is not the merchant's.
    Forged,
    /// hook: without a signature.
    Unsigned,
    /// hook: signed an hour ago.
    Old,
    /// hook: followed by the news that it failed, of an earlier moment.
    OutOfOrder,
    /// hook: signed, but not JSON.
    Unreadable,
}

/// One lie: a deed, an answer, and what they need to know.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Lie {
    pub deed: Deed,
    /// create, poll: how the answer goes out.
    pub answer: Answer,
    /// How long the answer or the webhook waits, after the deed is done.
    pub delay_ms: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount_minor: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment: Option<String>,
}

impl Lie {
    pub fn of(deed: Deed) -> Lie {
        Lie { deed, ..Lie::default() }
    }

    pub fn answering(answer: Answer) -> Lie {
        Lie { answer, ..Lie::default() }
    }

    pub fn status(code: u16) -> Lie {
        Lie { answer: Answer::Status, code: Some(code), ..Lie::default() }
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

/// The lies that a panel offers.
pub const NAMED: &[Named] = named! {
    Create "create-refused", "refuse to take the payment", Lie::of(Deed::Refuse);
    Create "create-lost", "open the payment, then close the connection without a word",
        Lie::answering(Answer::Lost);
    Create "create-500", "open the payment, then answer 500", Lie::status(500);
    Create "create-failed", "answer 500 and open nothing", Lie::status(500).without_the_deed();
    Create "create-html", "open the payment, then answer with an HTML page",
        Lie::answering(Answer::Html);
    Poll "poll-pending", "say pending, whatever the truth", Lie::of(Deed::Pending);
    Poll "poll-absent", "say that the payment is not known", Lie::of(Deed::Absent);
    Poll "poll-html", "answer with an HTML page", Lie::answering(Answer::Html);
    Poll "poll-down", "answer 500", Lie::status(500);
    Pay "half-the-money", "take half of the amount", Lie::of(Deed::WrongAmount);
    Pay "other-currency", "take another currency", Lie::of(Deed::OtherCurrency);
    Pay "other-payment", "book the money under another payment's id", Lie::of(Deed::OtherPayment);
    Hook "hook-never", "send no webhook", Lie::of(Deed::Nothing);
    Hook "hook-late", "send the webhook ten seconds late", Lie::slow(10_000);
    Hook "hook-twice", "send the webhook twice", Lie::of(Deed::Twice);
    Hook "hook-forged", "sign the webhook with a wrong key", Lie::of(Deed::Forged);
    Hook "hook-out-of-order", "let the news of a failure follow the success",
        Lie::of(Deed::OutOfOrder);
    Refund "refund-refused", "refuse to give money back", Lie::of(Deed::Refuse);
    Refund "refund-lost", "give the money back, then close the connection without a word",
        Lie::answering(Answer::Lost);
    Refund "refund-pending", "take the refund and leave it under way", Lie::of(Deed::Pending);
    Refund "refund-fails", "take the refund and let it fail", Lie::of(Deed::Fails);
    Hook "hook-other-payment", "name another payment in the webhook", Lie::of(Deed::OtherPayment);
};
