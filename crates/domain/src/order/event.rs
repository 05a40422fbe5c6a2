//! What can happen to an order. Past tense: an event is a fact that came true.

use super::stage::Stop;
use super::step::Why;
use crate::id::{AttemptId, ServerId};

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Event {
    // Money.
    /// All that was due came in, and stock allows it.
    Paid {
        attempt: AttemptId,
    },
    /// Money came after the end and the product cannot be sold any more.
    PaidTooLate,
    ReservationOver,
    /// Its unit of stock is reserved anew, for another payment.
    ReservedAgain,

    // Purchase.
    /// Something before the permit stopped it.
    Stopped(Stop),
    Permitted,
    WentUnheard,
    /// An answer of this attempt names a server that is not live in our books.
    Answered {
        attempt: AttemptId,
        server: ServerId,
    },
    /// Proven: nothing was bought; worth no further try.
    Rejected,
    /// Proven: nothing was bought; another try is planned.
    TriedAgain {
        attempt: AttemptId,
        because: Again,
    },

    // Check and delivery.
    Matched,
    Mismatched,
    /// What was sold cannot be compared with the server.
    Held,
    /// An adopted server whose attempt's own answer names another.
    Doubted,
    CredentialsLate,
    Delivered,

    // Decisions.
    Cancelled,
    /// All money goes back.
    RefundAsked,
    /// Some money goes back, and the order stays where it stands.
    RefundPlanned,
    /// Money is back with the customer; `settled` where nothing is owed any more.
    RefundDone {
        settled: bool,
    },
    /// Money that was to go back did not, or returned to us.
    RefundCameBack,
    /// The customer asks for their money back: a person decides.
    RefundWanted,
    /// A person has told them why not.
    RefundDeclined,
    Reprovisioned {
        attempt: AttemptId,
    },
    /// The server at hand becomes what was sold, by an amendment.
    Accepted {
        server: ServerId,
    },
    /// Confirmed ranges change what the terms promise; the server at hand is checked anew.
    RangesConfirmed,
    Adopted {
        attempt: Option<AttemptId>,
        server: ServerId,
    },
    /// A person's word that this attempt bought nothing. `next` where the order still waits for it.
    NothingBought {
        attempt: AttemptId,
        next: Option<AttemptId>,
    },
    Waited,
    /// The customer may choose between money back and waiting.
    Offered,
    Extended {
        days: i64,
    },
    /// The customer was given a code for their next order.
    Discounted,
    AttemptWrittenOff {
        attempt: AttemptId,
    },
    ServerEnded {
        server: ServerId,
    },
    ServerWrittenOff {
        server: ServerId,
    },
    /// Recovered: it had lost its way and is planned anew.
    Recovered {
        attempt: AttemptId,
    },
    TermOver,
    /// An audit found the delivered server outside the terms.
    AuditMismatched,
}

/// Why another try is allowed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Again {
    /// Our own refusal to send.
    NotSent,
    /// The provider's list says that this refusal passes.
    Transient,
    /// Our credentials were refused; the provider is paused.
    Unauthorized,
}

impl Event {
    /// What kept an order from its server, in the word of the staff's list; nothing of events that
    /// keep nothing from anybody.
    pub fn failure(&self) -> Option<&'static str> {
        match self {
            Event::Stopped(stop) => Some(Why::Stopped(*stop).word()),
            Event::Rejected => Some(Why::Stopped(Stop::Rejected).word()),
            Event::WentUnheard => Some(Why::Unheard.word()),
            Event::Mismatched => Some(Why::WrongServer.word()),
            Event::Held => Some(Why::OnHold.word()),
            Event::CredentialsLate => Some(Why::CredentialsLate.word()),
            _ => None,
        }
    }

    /// The word that the database keeps.
    pub fn word(&self) -> &'static str {
        match self {
            Event::Paid { .. } => "paid",
            Event::PaidTooLate => "paid_too_late",
            Event::ReservationOver => "reservation_over",
            Event::ReservedAgain => "reserved_again",
            Event::Stopped(_) => "stopped",
            Event::Permitted => "permitted",
            Event::WentUnheard => "went_unheard",
            Event::Answered { .. } => "answered",
            Event::Rejected => "rejected",
            Event::TriedAgain { .. } => "tried_again",
            Event::Matched => "matched",
            Event::Mismatched => "mismatched",
            Event::Held => "held",
            Event::Doubted => "doubted",
            Event::CredentialsLate => "credentials_late",
            Event::Delivered => "delivered",
            Event::Cancelled => "cancelled",
            Event::RefundAsked => "refund_asked",
            Event::RefundPlanned => "refund_planned",
            Event::RefundDone { .. } => "refund_done",
            Event::RefundCameBack => "refund_came_back",
            Event::RefundWanted => "refund_wanted",
            Event::RefundDeclined => "refund_declined",
            Event::Reprovisioned { .. } => "reprovisioned",
            Event::Accepted { .. } => "accepted",
            Event::RangesConfirmed => "ranges_confirmed",
            Event::Adopted { .. } => "adopted",
            Event::NothingBought { .. } => "nothing_bought",
            Event::Waited => "waited",
            Event::Offered => "offered",
            Event::Extended { .. } => "extended",
            Event::Discounted => "discounted",
            Event::AttemptWrittenOff { .. } => "attempt_written_off",
            Event::ServerEnded { .. } => "server_ended",
            Event::ServerWrittenOff { .. } => "server_written_off",
            Event::Recovered { .. } => "recovered",
            Event::TermOver => "term_over",
            Event::AuditMismatched => "audit_mismatched",
        }
    }
}
