//! What a person delivers, of providers without an API: INV-02, INV-05 and INV-20 in the form that
//! they have where no machine buys. Whether it is what was sold is for `server.rs`, as of any.

use super::Report;
use super::look::Look;
use super::row::AttemptRow;

/// The kind of an answer that a person entered.
const ENTERED: &str = "hand";

pub fn check(look: &Look<'_>, report: &mut Report) {
    for attempt in &look.rows().attempts {
        match look.is_by_hand(&attempt.provider) {
            true => of_a_person(look, attempt, report),
            false => of_a_machine(look, attempt, report),
        }
    }
    counts(look, report);
    listed_as_such(look, report);
}

/// Nobody was asked, and whoever answered was a person, in the very moment of the permit.
fn of_a_person(look: &Look<'_>, attempt: &AttemptRow, report: &mut Report) {
    let AttemptRow { id, state, .. } = attempt;
    let asked = look.evidence.upstream.and_then(|record| record.requests_per_permit.get(id));
    report.unless(asked.is_none(), "INV-02", || {
        format!("{id} is delivered by hand, and a request reached the upstream under it")
    });
    let fits = matches!(state.as_str(), "planned" | "withdrawn" | "answered");
    report.unless(fits, "INV-02", || {
        format!("{id} is delivered by hand and is {state}: no person leaves one like that")
    });
    if state != "answered" {
        return;
    }
    let kind = look.kinds.get(id.as_str()).copied();
    report.unless(kind == Some(ENTERED), "INV-26", || {
        format!("{id} is delivered by hand, and its answer is of the kind {kind:?}")
    });
    let mut events = look.events(&attempt.order_id).iter();
    let by_person = events.any(|event| {
        event.kind == "permitted" && event.data.contains(id.as_str()) && event.actor != "worker"
    });
    report.unless(by_person, "INV-05", || {
        format!("{id} is delivered by hand, and its order tells of no person who did it")
    });
}

fn of_a_machine(look: &Look<'_>, attempt: &AttemptRow, report: &mut Report) {
    let kind = look.kinds.get(attempt.id.as_str()).copied();
    report.unless(kind != Some(ENTERED), "INV-26", || {
        let AttemptRow { id, provider, .. } = attempt;
        format!("{id} is bought from {provider}, and a person entered its answer")
    });
}

/// Staff's number never falls below nothing, and nobody delivers what it says is not there.
fn counts(look: &Look<'_>, report: &mut Report) {
    let packages = look.rows().packages.iter();
    for package in packages.filter(|package| look.is_by_hand(&package.provider)) {
        report.unless(package.stock >= 0, "INV-20", || {
            format!("staff count {} of {}", package.stock, package.name)
        });
    }
    for attempt in look.rows().attempts.iter().filter(|row| look.is_by_hand(&row.provider)) {
        report.unless(attempt.stock_seen.is_none_or(|seen| seen >= 1), "INV-20", || {
            format!(
                "{} was delivered by hand when staff counted {:?}",
                attempt.id, attempt.stock_seen
            )
        });
    }
}

/// INV-14. Whoever waits for a person is on the list for that, and not for something else alone.
fn listed_as_such(look: &Look<'_>, report: &mut Report) {
    for order in look.rows().orders.iter().filter(|order| order.stage == "planned") {
        let Some(attempt) = order.attempt_id.as_deref().and_then(|id| look.attempts.get(id)) else {
            continue;
        };
        let mut open = look.rows().attention.iter().filter(|row| row.resolved_at.is_none());
        let listed = open.any(|row| row.order_id == order.id && row.why == "by-hand");
        let led_on = look.has_job("purchase", &attempt.id);
        report.unless(!look.is_by_hand(&attempt.provider) || listed || led_on, "INV-14", || {
            format!("{} waits for a person to deliver it, and nobody was told", order.number)
        });
    }
}
