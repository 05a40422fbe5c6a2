//! INV-02, INV-17, INV-25, INV-26: what a permit allowed, when one may be given, and that what
//! came back was kept.

use std::collections::{HashMap, HashSet};

use super::look::Look;
use super::row::{AttemptRow, EventRow};
use super::{Phase, Report};
use crate::smartvps::{Answer, Op, Progress, Record, Request};

/// The database's clock does not run backwards by more than seconds.
pub const CLOCK_SLACK_US: i64 = 5 * 1_000_000;
const DAY_US: i64 = 24 * 3_600 * 1_000_000;

pub fn check(look: &Look<'_>, report: &mut Report) {
    if let Some(record) = look.evidence.upstream {
        once_per_permit(look, record, report);
        if look.evidence.rules.clocks_agree {
            while_permitted(look, record, report);
        }
        answers_read(look, record, report);
    }
    look.rows().attempts.iter().for_each(|attempt| evidence_of_a_permit(look, attempt, report));
    answers_of_permits(look, report);
    look.rows().orders.iter().for_each(|o| after_the_end(&o.number, look.events(&o.id), report));
    loss_budget(look, report);
}

/// The rows of an attempt or operation that may send: by id, when it was permitted, its state.
fn permits<'a>(look: &Look<'a>) -> HashMap<&'a str, (Option<i64>, &'a str)> {
    let attempts = look.rows().attempts.iter();
    let attempts = attempts.map(|row| (row.id.as_str(), (row.permitted_at, row.state.as_str())));
    let operations = look.rows().operations.iter();
    let operations =
        operations.map(|row| (row.id.as_str(), (row.permitted_at, row.state.as_str())));
    attempts.chain(operations).collect()
}

fn once_per_permit(look: &Look<'_>, record: &Record, report: &mut Report) {
    let known = permits(look);
    for (permit, count) in &record.requests_per_permit {
        report.unless(*count == 1, "INV-02", || {
            format!("{count} requests reached the upstream under the one permit {permit}")
        });
        match known.get(permit.as_str()) {
            None => report.say("INV-02", format!("a request came under {permit}, which is no row")),
            Some((None, state)) => {
                let what =
                    format!("a request came under {permit}, which is {state}, not permitted");
                report.say("INV-02", what);
            }
            Some((_, "not_sent")) => {
                let what =
                    format!("a request came under {permit}, of which the books say not sent");
                report.say("INV-02", what);
            }
            Some(_) => {}
        }
    }
    for request in &record.requests {
        let changes = !matches!(request.op, Op::Ipstock | Op::Status);
        report.unless(!changes || request.permit.is_some(), "INV-02", || {
            format!("request {} ({}) came without a permit", request.number, request.op.word())
        });
    }
}

/// Only while its attempt is permitted. Both clocks count in steps of their own: the provider's in
/// milliseconds, and a world's own by a microsecond for each look at it, of which a crowd takes
/// thousands in one moment.
fn while_permitted(look: &Look<'_>, record: &Record, report: &mut Report) {
    const APART_US: i64 = 10_000;
    for request in &record.requests {
        let attempt = request.permit.as_deref().and_then(|permit| look.attempts.get(permit));
        let Some(attempt) = attempt else { continue };
        let at = request.at_ms.saturating_mul(1_000);
        let from = attempt.permitted_at.unwrap_or(i64::MAX).saturating_sub(APART_US);
        let until = attempt.went_unheard_at.unwrap_or(i64::MAX).saturating_add(APART_US);
        report.unless((from..=until).contains(&at), "INV-02", || {
            let id = &attempt.id;
            format!("{id} was permitted from {from} to {until}, and its request came at {at}")
        });
    }
}

/// A permit's row says since when it holds and on which reading it was given.
fn evidence_of_a_permit(look: &Look<'_>, attempt: &AttemptRow, report: &mut Report) {
    let AttemptRow { id, state, .. } = attempt;
    let never = matches!(state.as_str(), "planned" | "withdrawn");
    let noted = [attempt.permitted_at, attempt.deadline, attempt.tail_ends_at];
    let whole = noted.iter().all(|moment| moment.is_some() != never);
    report.unless(whole, "INV-02", || {
        format!("{id} is {state}, and its permit, deadline and end of tail are {noted:?}")
    });
    let told = look.events(&attempt.order_id).iter();
    let told = told.filter(|event| event.kind == "permitted" && names(event, id)).count();
    report.unless(told == usize::from(!never), "INV-02", || {
        format!("{id} is {state}, and its order tells of {told} permits for it")
    });
    own_answer(look, attempt, report);
}

fn names(event: &EventRow, permit: &str) -> bool {
    let data: Option<serde_json::Value> = serde_json::from_str(&event.data).ok();
    data.is_some_and(|data| data.get("permit").and_then(|v| v.as_str()) == Some(permit))
}

/// Nothing comes back under a permit that was never given.
fn answers_of_permits(look: &Look<'_>, report: &mut Report) {
    let known = permits(look);
    for answer in &look.rows().answers {
        let found = known.get(answer.permit.as_str());
        report.unless(matches!(found, Some((Some(_), _))), "INV-02", || {
            format!("an answer is stored under {}, which was never permitted", answer.permit)
        });
    }
}

/// A state that only the attempt's own answer leads to needs that answer's row.
fn own_answer(look: &Look<'_>, attempt: &AttemptRow, report: &mut Report) {
    let AttemptRow { id, state, .. } = attempt;
    // A person named the server instead.
    let adopted = || look.events(&attempt.order_id).iter().any(|event| event.kind == "adopted");
    let needs = match state.as_str() {
        "rejected" | "not_sent" => true,
        "answered" => !adopted(),
        _ => false,
    };
    report.unless(!needs || look.answers.contains_key(id.as_str()), "INV-26", || {
        format!("{id} is {state} by an answer of its own, and no answer is stored for it")
    });
}

/// What left the upstream whole was read, and what was read is stored.
fn answers_read(look: &Look<'_>, record: &Record, report: &mut Report) {
    if look.evidence.rules.somebody_died || !look.is_quiet() {
        return;
    }
    for request in record.requests.iter().filter(|request| left_whole(request)) {
        let Some(permit) = request.permit.as_deref() else { continue };
        report.unless(look.answers.contains_key(permit), "INV-26", || {
            format!(
                "request {} under {permit} was answered, and no answer is stored",
                request.number
            )
        });
    }
}

fn left_whole(request: &Request) -> bool {
    let honest = |lie: &crate::smartvps::Lie| lie.answer == Answer::Honest && lie.delay_ms == 0;
    request.progress == Progress::Answered && request.lie.as_ref().is_none_or(honest)
}

/// INV-17: a full refund ends it; a cancellation does, until money revives the order.
fn after_the_end(number: &str, events: &[&EventRow], report: &mut Report) {
    let mut ended: Option<&EventRow> = None;
    for event in events {
        match event.kind.as_str() {
            "refund_asked" => ended = Some(event),
            // Of a paid order it is a refund by another name.
            "cancelled" if ended.is_none_or(|end| end.kind == "cancelled") => ended = Some(event),
            "paid" if ended.is_some_and(|end| end.stage == "cancelled") => ended = None,
            "permitted" => {
                let Some(end) = ended else { continue };
                let (kind, seq) = (&end.kind, end.seq);
                let what = format!("{number}: permit at event {} after {kind} at {seq}", event.seq);
                report.say("INV-17", what);
            }
            _ => {}
        }
    }
}

/// Money that may be lost, at the moment since when it counts.
struct Loss {
    /// When the shop's own window of 24 hours begins to hold it.
    counts_from: i64,
    /// When it was on record for certain.
    known_at: i64,
    minor: i64,
}

/// INV-25. Only what is still lost is counted: at the time of a permit it cannot have been less
/// certain, so whoever is found was found rightly.
fn loss_budget(look: &Look<'_>, report: &mut Report) {
    let Some((budget, currency)) = &look.evidence.rules.loss_budget else { return };
    let losses = losses(look, currency);
    let lifted: Vec<i64> = look
        .rows()
        .audit
        .iter()
        .filter(|row| row.action == "resume-purchasing")
        .map(|row| row.at)
        .collect();
    // What a person delivers a person has decided to spend.
    let bought = |attempt: &&AttemptRow| !look.is_by_hand(&attempt.provider);
    for attempt in look.rows().attempts.iter().filter(bought) {
        let Some(at) = attempt.permitted_at else { continue };
        let day = at.saturating_sub(DAY_US);
        let since = lifted.iter().copied().filter(|lift| *lift <= at).fold(day, i64::max);
        // Clocks may run backwards by seconds.
        let long_before = at.saturating_sub(CLOCK_SLACK_US);
        let known = losses.iter().filter(|loss| loss.known_at < long_before);
        let counts = known.filter(|loss| loss.counts_from >= since);
        let lost = counts.fold(0_i64, |sum, loss| sum.saturating_add(loss.minor));
        report.unless(lost <= *budget, "INV-25", || {
            let id = &attempt.id;
            format!("{id} was permitted while {lost} {currency} were lost, of {budget} allowed")
        });
    }
}

fn losses(look: &Look<'_>, currency: &str) -> Vec<Loss> {
    let unheard = look.rows().attempts.iter().filter_map(|row| {
        let lost = matches!(row.state.as_str(), "unheard" | "parked" | "written_off");
        let known_at = row.went_unheard_at.zip(row.deadline).map(|(told, end)| told.max(end))?;
        let minor = row.cost_minor.unwrap_or(row.value_minor);
        let loss = Loss { counts_from: row.permitted_at?, known_at, minor };
        (lost && row.currency == currency).then_some(loss)
    });
    let strays = look.rows().servers.iter().filter_map(|row| {
        let lost = matches!(row.state.as_str(), "quarantined" | "written_off")
            && !look.is_by_hand(&row.provider);
        let known_at = row.quarantined_at?;
        let minor = row.cost_minor.unwrap_or(row.value_minor);
        let loss = Loss { counts_from: known_at, known_at, minor };
        (lost && row.currency == currency).then_some(loss)
    });
    unheard.chain(strays).collect()
}

/// Whether faults have been gone for so long.
pub fn quiet_for(look: &Look<'_>) -> Option<i64> {
    match (look.evidence.phase, look.evidence.now_us) {
        (Phase::Quiet { since_us }, Some(now)) => Some(now.saturating_sub(since_us)),
        _ => None,
    }
}

/// Attempts of an order that a named person settled, by the events that name the person.
pub fn settled_by_a_person(look: &Look<'_>, order: &str, kind: &str) -> bool {
    let nobodies: HashSet<&str> = ["worker", "gateway", ""].into();
    let mut events = look.events(order).iter();
    events.any(|event| event.kind == kind && !nobodies.contains(event.actor.as_str()))
}
