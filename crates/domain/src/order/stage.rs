//! Where an order can stand. Facts that exist only in one stage live inside it, so that
//! "bought, but no server" cannot be written down.

use crate::id::{AttemptId, ServerId};

/// Where an order stands. From `Planned` to `OnHold` it waits for exactly what it names: its slot.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Stage {
    Unpaid,
    /// Nothing was paid, and nothing is waited for.
    Closed(Closed),
    /// Money came after the end and the order could not be revived: it is owed.
    Unrevived,
    Planned(AttemptId),
    Permitted(AttemptId),
    /// We asked to buy and never heard back. Money may be spent.
    Unheard(AttemptId),
    Verifying(ServerId),
    Verified(ServerId),
    OnHold(ServerId),
    /// Paid, and waiting for nothing: a person or `berth recover` decides.
    Stopped(Stop),
    Delivered(ServerId),
    /// Money is to go back; until the gateway says done it is owed.
    RefundPending,
    Refunded,
    /// The sold time is over.
    Terminated,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Closed {
    ReservationOver,
    Cancelled,
}

/// Why a paid order stands still.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Stop {
    WrongServer,
    Rejected,
    PidGone,
    Inactive,
    NoStock,
    AtCapacity,
    ConnectFailed,
    /// The name stands on several active rows, or the PID on several names.
    Ambiguous,
    /// The package now promises another block than the one that was sold, or none.
    OtherBlock,
    /// The product or its package is not in our books: never skipped in silence.
    PlanMissing,
}

/// An order's stage and what goes beside it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Standing {
    pub stage: Stage,
    /// The delivered server that the present purchase is to replace.
    pub replaces: Option<ServerId>,
    /// Staff ordered the right server again.
    pub again: bool,
    /// Credentials did not come in time; a person looks after it.
    pub late: bool,
}

impl Standing {
    pub fn new(stage: Stage) -> Standing {
        Standing { stage, replaces: None, again: false, late: false }
    }
}

impl Stage {
    /// The word that the database keeps.
    pub fn word(&self) -> &'static str {
        match self {
            Stage::Unpaid => "unpaid",
            Stage::Closed(Closed::ReservationOver) => "reservation_over",
            Stage::Closed(Closed::Cancelled) => "cancelled",
            Stage::Unrevived => "unrevived",
            Stage::Planned(_) => "planned",
            Stage::Permitted(_) => "permitted",
            Stage::Unheard(_) => "unheard",
            Stage::Verifying(_) => "verifying",
            Stage::Verified(_) => "verified",
            Stage::OnHold(_) => "on_hold",
            Stage::Stopped(_) => "stopped",
            Stage::Delivered(_) => "delivered",
            Stage::RefundPending => "refund_pending",
            Stage::Refunded => "refunded",
            Stage::Terminated => "terminated",
        }
    }

    /// The attempt that the order waits for.
    pub fn attempt(&self) -> Option<&AttemptId> {
        match self {
            Stage::Planned(id) | Stage::Permitted(id) | Stage::Unheard(id) => Some(id),
            _ => None,
        }
    }

    /// The server that the order waits for.
    pub fn awaited_server(&self) -> Option<&ServerId> {
        match self {
            Stage::Verifying(id) | Stage::Verified(id) | Stage::OnHold(id) => Some(id),
            _ => None,
        }
    }

    /// Puts a stage together from what the database keeps. An impossible mix is refused.
    pub fn read(
        word: &str,
        attempt: Option<AttemptId>,
        server: Option<ServerId>,
        stop: Option<&str>,
    ) -> Option<Stage> {
        let stage = match (word, attempt, server, stop) {
            ("planned", Some(id), None, None) => Stage::Planned(id),
            ("permitted", Some(id), None, None) => Stage::Permitted(id),
            ("unheard", Some(id), None, None) => Stage::Unheard(id),
            ("verifying", None, Some(id), None) => Stage::Verifying(id),
            ("verified", None, Some(id), None) => Stage::Verified(id),
            ("on_hold", None, Some(id), None) => Stage::OnHold(id),
            ("delivered", None, Some(id), None) => Stage::Delivered(id),
            ("stopped", None, None, Some(stop)) => Stage::Stopped(Stop::parse(stop)?),
            ("unpaid", None, None, None) => Stage::Unpaid,
            ("reservation_over", None, None, None) => Stage::Closed(Closed::ReservationOver),
            ("cancelled", None, None, None) => Stage::Closed(Closed::Cancelled),
            ("unrevived", None, None, None) => Stage::Unrevived,
            ("refund_pending", None, None, None) => Stage::RefundPending,
            ("refunded", None, None, None) => Stage::Refunded,
            ("terminated", None, None, None) => Stage::Terminated,
            _ => return None,
        };
        Some(stage)
    }
}

impl Stop {
    pub const ALL: [Stop; 10] = [
        Stop::WrongServer,
        Stop::Rejected,
        Stop::PidGone,
        Stop::Inactive,
        Stop::NoStock,
        Stop::AtCapacity,
        Stop::ConnectFailed,
        Stop::Ambiguous,
        Stop::OtherBlock,
        Stop::PlanMissing,
    ];

    pub fn word(self) -> &'static str {
        match self {
            Stop::WrongServer => "wrong-server",
            Stop::Rejected => "rejected",
            Stop::PidGone => "pid-gone",
            Stop::Inactive => "inactive",
            Stop::NoStock => "no-stock",
            Stop::AtCapacity => "at-capacity",
            Stop::ConnectFailed => "connect-failed",
            Stop::Ambiguous => "ambiguous",
            Stop::OtherBlock => "other-block",
            Stop::PlanMissing => "plan-missing",
        }
    }

    pub fn parse(word: &str) -> Option<Stop> {
        Stop::ALL.into_iter().find(|stop| stop.word() == word)
    }

    /// `berth recover` may plan it again: nothing was bought and nobody has to decide.
    pub fn may_recover(self) -> bool {
        !matches!(self, Stop::WrongServer | Stop::Ambiguous | Stop::OtherBlock)
    }
}
