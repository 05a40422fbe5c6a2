//! The life of an order: one function, one match, read from top to bottom.
//! Pure. What must follow is returned as data and saved together with the new stage.

use super::event::Event;
use super::stage::{Closed, Stage, Standing, Stop};
use crate::id::{AttemptId, ServerId};
use crate::{attempt, server};

/// What must follow. Data, not calls: saved with the new stage.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Effect {
    /// A new attempt, planned, and the job that carries it out.
    Plan(AttemptId),
    Attempt(AttemptId, attempt::Event),
    Server(ServerId, server::Event),
    /// The job that checks a server against what was sold.
    Verify(ServerId),
    /// On somebody's list until settled.
    List(Why),
    /// Off the list for this reason.
    Unlist(Why),
    /// Off every list.
    Settle,
}

/// Why an order is on somebody's list.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Why {
    WrongServer,
    Stopped(Stop),
    Unheard,
    OnHold,
    CredentialsLate,
    /// Money is owed that no gateway has returned yet.
    Owed,
    /// A refund failed: staff see to it, by hand or once more.
    RefundCameBack,
    ReplacementFailed,
    AuditMismatch,
    /// Fifteen minutes after payment and still not settled.
    Slow,
}

impl Why {
    pub fn word(self) -> &'static str {
        match self {
            Why::WrongServer => "wrong-server",
            Why::Stopped(stop) => stop.word(),
            Why::Unheard => "unheard",
            Why::OnHold => "on-hold",
            Why::CredentialsLate => "credentials-late",
            Why::Owed => "owed",
            Why::RefundCameBack => "refund-came-back",
            Why::ReplacementFailed => "replacement-failed",
            Why::AuditMismatch => "audit-mismatch",
            Why::Slow => "slow",
        }
    }
}

/// A new standing and what follows from it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Step {
    pub next: Standing,
    pub effects: Vec<Effect>,
}

/// News that this stage does not know. An error, never silence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an order that is {} cannot be moved by {}", .stage.word(), .event.word())]
pub struct Refused {
    pub stage: Stage,
    pub event: Event,
}

/// What an event makes of an order. Time, stock and money are facts that the caller has checked.
#[allow(clippy::too_many_lines, reason = "one match is the whole life of an order")]
pub fn step(at: &Standing, event: &Event) -> Result<Step, Refused> {
    use {Event as E, Stage as S};
    let refused = || Refused { stage: at.stage.clone(), event: event.clone() };
    let to = |stage: S, effects: Vec<Effect>| Step {
        next: Standing { stage, late: false, ..at.clone() },
        effects,
    };
    Ok(match (&at.stage, event) {
        (S::Unpaid | S::Closed(_), E::Paid { attempt }) => {
            to(S::Planned(attempt.clone()), vec![Effect::Plan(attempt.clone())])
        }
        (S::Unpaid | S::Closed(_), E::PaidTooLate) => {
            to(S::Unrevived, vec![Effect::List(Why::Owed)])
        }
        (S::Unpaid, E::ReservationOver) => to(S::Closed(Closed::ReservationOver), vec![]),
        (S::Unpaid, E::Cancelled) => to(S::Closed(Closed::Cancelled), vec![]),
        (S::Closed(Closed::ReservationOver) | S::Unpaid, E::ReservedAgain) => to(S::Unpaid, vec![]),

        (S::Planned(id), E::Stopped(why)) => {
            stopped(at, *why, Effect::Attempt(id.clone(), attempt::Event::Withdrawn))
        }
        (S::Planned(id), E::Permitted) => to(
            S::Permitted(id.clone()),
            vec![Effect::Attempt(id.clone(), attempt::Event::Permitted)],
        ),
        (S::Permitted(id), E::WentUnheard) => {
            let effects = vec![
                Effect::Attempt(id.clone(), attempt::Event::WentUnheard),
                Effect::List(Why::Unheard),
            ];
            to(S::Unheard(id.clone()), effects)
        }
        (S::Permitted(id) | S::Unheard(id), E::Answered { attempt, server }) if id == attempt => {
            verifying(at, server, vec![Effect::Attempt(id.clone(), attempt::Event::Answered)])
        }
        // A late answer of an attempt that was given up: the next one has not asked yet.
        (S::Planned(id), E::Answered { attempt, server }) if id != attempt => {
            let effects = vec![
                Effect::Attempt(id.clone(), attempt::Event::Withdrawn),
                Effect::Attempt(attempt.clone(), attempt::Event::Answered),
            ];
            verifying(at, server, effects)
        }
        (S::Permitted(id) | S::Unheard(id), E::Rejected) => {
            stopped(at, Stop::Rejected, Effect::Attempt(id.clone(), attempt::Event::Rejected))
        }
        (S::Permitted(id) | S::Unheard(id), E::TriedAgain { attempt, because }) => {
            let ended = match because {
                super::event::Again::NotSent => attempt::Event::NotSent,
                _ => attempt::Event::Rejected,
            };
            planned(at, attempt, vec![Effect::Attempt(id.clone(), ended), Effect::Settle])
        }

        (S::Verifying(id), E::Matched) => {
            to(S::Verified(id.clone()), vec![Effect::Server(id.clone(), server::Event::Matched)])
        }
        (S::Verifying(id), E::Mismatched) => {
            stopped(at, Stop::WrongServer, Effect::Server(id.clone(), server::Event::Quarantined))
        }
        (S::Verifying(id), E::Held) | (S::Verifying(id) | S::Verified(id), E::Doubted) => {
            let effects =
                vec![Effect::Server(id.clone(), server::Event::Held), Effect::List(Why::OnHold)];
            to(S::OnHold(id.clone()), effects)
        }
        (S::Verifying(_), E::CredentialsLate) => {
            let mut step = to(at.stage.clone(), vec![Effect::List(Why::CredentialsLate)]);
            step.next.late = true;
            step
        }
        (S::Verified(id), E::Delivered) => delivered(at, id),

        (
            S::Planned(_)
            | S::Unheard(_)
            | S::Verifying(_)
            | S::Verified(_)
            | S::OnHold(_)
            | S::Stopped(_)
            | S::Delivered(_)
            | S::Unrevived,
            E::RefundAsked,
        ) => refund(at),
        (
            S::Planned(_)
            | S::Unheard(_)
            | S::Verifying(_)
            | S::Verified(_)
            | S::OnHold(_)
            | S::Stopped(_),
            E::Cancelled,
        ) => refund(at),

        // A purchase under way comes first: its answer decides what there is to give back.
        (S::Permitted(_), E::RefundPlanned) => return Err(refused()),
        (_, E::RefundPlanned) => Step {
            next: at.clone(),
            effects: vec![Effect::Unlist(Why::RefundCameBack), Effect::List(Why::Owed)],
        },
        (S::RefundPending, E::RefundDone { settled: true }) => {
            to(S::Refunded, vec![Effect::Settle])
        }
        (_, E::RefundDone { settled: true }) => Step {
            next: at.clone(),
            effects: vec![Effect::Unlist(Why::RefundCameBack), Effect::Unlist(Why::Owed)],
        },
        (_, E::RefundDone { settled: false }) => keep(at),
        (S::Refunded, E::RefundCameBack) => {
            to(S::RefundPending, vec![Effect::List(Why::RefundCameBack)])
        }
        (_, E::RefundCameBack) => effect_only(at, Effect::List(Why::RefundCameBack)),
        // Asking moves nothing, and neither does a no; who gives money back moves it by the above.
        (
            S::Planned(_)
            | S::Unheard(_)
            | S::Verifying(_)
            | S::Verified(_)
            | S::OnHold(_)
            | S::Stopped(_)
            | S::Delivered(_),
            E::RefundWanted,
        ) => keep(at),
        (S::Unpaid | S::Closed(_), E::RefundDeclined) => return Err(refused()),
        (_, E::RefundDeclined) => keep(at),

        (S::Planned(id), E::Reprovisioned { attempt }) => {
            again(at, attempt, vec![Effect::Attempt(id.clone(), attempt::Event::Withdrawn)])
        }
        (S::Unheard(id), E::Reprovisioned { attempt }) => {
            again(at, attempt, vec![Effect::Attempt(id.clone(), attempt::Event::Parked)])
        }
        (S::OnHold(id), E::Reprovisioned { attempt }) => {
            again(at, attempt, vec![Effect::Server(id.clone(), server::Event::Quarantined)])
        }
        (S::Verifying(id), E::Reprovisioned { attempt }) if at.late => {
            again(at, attempt, vec![Effect::Server(id.clone(), server::Event::Quarantined)])
        }
        (S::Stopped(_), E::Reprovisioned { attempt }) => again(at, attempt, vec![]),
        (S::Delivered(id), E::Reprovisioned { attempt }) => {
            let mut step = again(at, attempt, vec![]);
            step.next.replaces = Some(id.clone());
            step
        }
        (S::Stopped(_), E::Recovered { attempt }) => planned(at, attempt, vec![Effect::Settle]),

        (S::OnHold(id), E::Accepted { server }) if id == server => {
            verifying(at, id, vec![Effect::Server(id.clone(), server::Event::Rechecked)])
        }
        (S::Stopped(_), E::Accepted { server }) => {
            verifying(at, server, vec![Effect::Server(server.clone(), server::Event::Claimed)])
        }
        // Its terms now say what it is; the customer keeps it.
        (S::Delivered(id), E::Accepted { server }) if id == server => {
            to(at.stage.clone(), vec![Effect::Settle])
        }
        (S::OnHold(id), E::RangesConfirmed) => {
            verifying(at, id, vec![Effect::Server(id.clone(), server::Event::Rechecked)])
        }
        (_, E::RangesConfirmed) => keep(at),

        (S::Unheard(id), E::Adopted { attempt: Some(attempt), server }) if id == attempt => {
            verifying(at, server, vec![Effect::Attempt(id.clone(), attempt::Event::Adopted)])
        }
        (S::Stopped(_), E::Adopted { attempt, server }) => {
            let adopted =
                attempt.iter().map(|id| Effect::Attempt(id.clone(), attempt::Event::Adopted));
            verifying(at, server, adopted.collect())
        }
        (S::Unheard(id), E::NothingBought { attempt, next: Some(next) }) if id == attempt => {
            planned(
                at,
                next,
                vec![Effect::Attempt(id.clone(), attempt::Event::Denied), Effect::Settle],
            )
        }
        (
            S::Stopped(_) | S::Delivered(_) | S::RefundPending | S::Refunded | S::Terminated,
            E::NothingBought { attempt, next: None },
        ) => to(at.stage.clone(), vec![Effect::Attempt(attempt.clone(), attempt::Event::Denied)]),

        (S::Delivered(_) | S::RefundPending | S::Refunded | S::Terminated, E::Waited) => {
            return Err(refused());
        }
        (S::Unpaid | S::Closed(_), E::Waited) => return Err(refused()),
        (_, E::Waited) | (S::Unheard(_), E::Offered) => keep(at),
        (S::Delivered(_), E::Extended { .. }) => keep(at),
        // It is for another order; this one only remembers why.
        (S::Unpaid | S::Closed(_) | S::Permitted(_), E::Discounted) => return Err(refused()),
        (_, E::Discounted) => keep(at),
        (S::Delivered(_), E::AuditMismatched) => {
            to(at.stage.clone(), vec![Effect::List(Why::AuditMismatch)])
        }
        // The address stays in our books until the provider no longer names it.
        (S::Delivered(_), E::TermOver) => to(S::Terminated, vec![]),
        // Strays are decided whatever the order's stage.
        (_, E::AttemptWrittenOff { attempt }) => {
            effect_only(at, Effect::Attempt(attempt.clone(), attempt::Event::WrittenOff))
        }
        (_, E::ServerEnded { server }) => {
            effect_only(at, Effect::Server(server.clone(), server::Event::Ended))
        }
        (_, E::ServerWrittenOff { server }) => {
            effect_only(at, Effect::Server(server.clone(), server::Event::WrittenOff))
        }
        _ => return Err(refused()),
    })
}

fn keep(at: &Standing) -> Step {
    Step { next: at.clone(), effects: vec![] }
}

fn effect_only(at: &Standing, effect: Effect) -> Step {
    Step { next: at.clone(), effects: vec![effect] }
}

fn planned(at: &Standing, attempt: &AttemptId, mut effects: Vec<Effect>) -> Step {
    effects.push(Effect::Plan(attempt.clone()));
    let stage = Stage::Planned(attempt.clone());
    Step { next: Standing { stage, late: false, ..at.clone() }, effects }
}

/// Staff ordered the right server again.
fn again(at: &Standing, attempt: &AttemptId, mut effects: Vec<Effect>) -> Step {
    effects.push(Effect::Settle);
    let mut step = planned(at, attempt, effects);
    step.next.again = true;
    step
}

fn verifying(at: &Standing, server: &ServerId, mut effects: Vec<Effect>) -> Step {
    effects.push(Effect::Verify(server.clone()));
    effects.push(Effect::Settle);
    let stage = Stage::Verifying(server.clone());
    Step { next: Standing { stage, late: false, ..at.clone() }, effects }
}

/// A purchase came to nothing. A failed replacement leaves the customer what was delivered.
fn stopped(at: &Standing, why: Stop, first: Effect) -> Step {
    let (stage, listed) = match &at.replaces {
        Some(server) => (Stage::Delivered(server.clone()), Why::ReplacementFailed),
        None if why == Stop::WrongServer => (Stage::Stopped(why), Why::WrongServer),
        None => (Stage::Stopped(why), Why::Stopped(why)),
    };
    Step { next: Standing::new(stage), effects: vec![first, Effect::Settle, Effect::List(listed)] }
}

fn delivered(at: &Standing, server: &ServerId) -> Step {
    let mut effects = vec![Effect::Server(server.clone(), server::Event::Delivered)];
    // The address that is replaced stays paid for until it lapses: it is ours, not the customer's.
    let replaced = at.replaces.iter();
    effects.extend(replaced.map(|old| Effect::Server(old.clone(), server::Event::Quarantined)));
    effects.push(Effect::Settle);
    Step { next: Standing::new(Stage::Delivered(server.clone())), effects }
}

/// All money goes back; whatever was bought or may have been bought becomes ours.
fn refund(at: &Standing) -> Step {
    let mut effects = Vec::new();
    match &at.stage {
        Stage::Planned(id) => effects.push(Effect::Attempt(id.clone(), attempt::Event::Withdrawn)),
        Stage::Unheard(id) => effects.push(Effect::Attempt(id.clone(), attempt::Event::Parked)),
        Stage::Verifying(id) | Stage::Verified(id) | Stage::OnHold(id) | Stage::Delivered(id) => {
            effects.push(Effect::Server(id.clone(), server::Event::Quarantined));
        }
        _ => {}
    }
    let replaced = at.replaces.iter();
    effects.extend(replaced.map(|old| Effect::Server(old.clone(), server::Event::Quarantined)));
    effects.push(Effect::Settle);
    effects.push(Effect::List(Why::Owed));
    Step { next: Standing::new(Stage::RefundPending), effects }
}
