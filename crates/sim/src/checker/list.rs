//! INV-14 and the two sentences about liveness: nobody who paid is forgotten, and with faults gone
//! all work goes on.

use std::collections::{HashMap, HashSet};

use super::Report;
use super::look::{Look, PAID_AND_OPEN};
use super::permit::quiet_for;
use super::row::{AttentionRow, EventRow, OrderRow};

const MINUTE_US: i64 = 60 * 1_000_000;
/// So long after payment every unsettled order is on somebody's list.
const LISTED_AFTER_US: i64 = 15 * MINUTE_US;
/// Told in one transaction, and a process may stand still within it.
const AT_ONCE_US: i64 = MINUTE_US;
/// Stages of paid orders that only a person leads out of for certain.
const LEFT_TO_PEOPLE: [&str; 4] = ["unheard", "on_hold", "stopped", "unrevived"];
/// The question is asked every two seconds by each node.
const ASKED_EVERY_US: i64 = 5 * 1_000_000;
/// So long after its node died a job is at work elsewhere.
const RESUMED_AFTER_US: i64 = 35 * 1_000_000;

pub fn check(look: &Look<'_>, report: &mut Report) {
    let listed: HashSet<&str> = look
        .rows()
        .attention
        .iter()
        .filter(|row| row.resolved_at.is_none())
        .map(|row| row.order_id.as_str())
        .collect();
    let operations = operations_at_work(look);
    for order in look.rows().orders.iter().filter(|order| is_unsettled(order)) {
        let on_list = listed.contains(order.id.as_str());
        report.unless(on_list || has_work(look, order, &operations), "INV-14", || {
            let (number, stage) = (&order.number, &order.stage);
            format!("{number} is paid and {stage}, no job leads on, and it is on nobody's list")
        });
        settled_in_time(look, order, on_list, report);
    }
    let told = told_of(look);
    for order in &look.rows().orders {
        paid_has_a_time(look, order, report);
        told_at_once(look, order, told.get(order.id.as_str()).map_or(&[], Vec::as_slice), report);
    }
    work_goes_on(look, report);
}

fn is_unsettled(order: &OrderRow) -> bool {
    let owed = matches!(order.stage.as_str(), "unrevived" | "refund_pending");
    owed || PAID_AND_OPEN.contains(&order.stage.as_str())
}

/// Servers on which an operation is at work.
fn operations_at_work<'a>(look: &Look<'a>) -> HashMap<&'a str, bool> {
    let mut at_work = HashMap::new();
    for operation in &look.rows().operations {
        let job = ["operate", "classify"].iter().any(|kind| look.has_job(kind, &operation.id));
        *at_work.entry(operation.server_id.as_str()).or_default() |= job;
    }
    at_work
}

fn has_work(look: &Look<'_>, order: &OrderRow, operations: &HashMap<&str, bool>) -> bool {
    let attempt = order
        .attempt_id
        .as_deref()
        .is_some_and(|id| look.has_job("purchase", id) || look.has_job("classify", id));
    let server = order.server_id.as_deref().is_some_and(|id| {
        look.has_job("verify", id) || operations.get(id).copied().unwrap_or(false)
    });
    attempt || server
}

/// Every row of the list, of whatever order, also those that are done with.
fn told_of<'a>(look: &Look<'a>) -> HashMap<&'a str, Vec<&'a AttentionRow>> {
    let mut told: HashMap<&str, Vec<&AttentionRow>> = HashMap::new();
    for row in &look.rows().attention {
        told.entry(row.order_id.as_str()).or_default().push(row);
    }
    told
}

/// Where no job leads on somebody is told in the same moment, not when a later look finds it.
fn told_at_once(look: &Look<'_>, order: &OrderRow, told: &[&AttentionRow], report: &mut Report) {
    let waits = |event: &&&EventRow| LEFT_TO_PEOPLE.contains(&event.stage.as_str());
    for event in look.events(&order.id).iter().filter(waits) {
        let holds = |row: &&AttentionRow| {
            row.since <= event.at.saturating_add(AT_ONCE_US)
                && row.resolved_at.is_none_or(|done| done >= event.at)
        };
        report.unless(told.iter().any(holds), "INV-14", || {
            let (number, stage, seq) = (&order.number, &event.stage, event.seq);
            format!("{number} was {stage} at event {seq}, and nobody was told")
        });
    }
}

/// An order that was paid by its history is paid by its row, and the other way round.
fn paid_has_a_time(look: &Look<'_>, order: &OrderRow, report: &mut Report) {
    let paid = |kind: &str| matches!(kind, "paid" | "paid_too_late");
    let told = look.events(&order.id).iter().any(|event| paid(&event.kind));
    report.unless(told == order.paid_at.is_some(), "INV-12", || {
        let (number, at) = (&order.number, order.paid_at);
        format!("{number} was paid at {at:?}, and its history tells of a payment: {told}")
    });
}

/// LIVE-1: with faults gone, settled or on a list within fifteen minutes.
fn settled_in_time(look: &Look<'_>, order: &OrderRow, on_list: bool, report: &mut Report) {
    let (Some(quiet), Some(now)) = (quiet_for(look), look.evidence.now_us) else { return };
    let Some(paid_at) = order.paid_at else { return };
    let waited = now.saturating_sub(paid_at).min(quiet);
    report.unless(on_list || waited <= LISTED_AFTER_US + ASKED_EVERY_US, "LIVE-1", || {
        let (number, stage, minutes) = (&order.number, &order.stage, waited / MINUTE_US);
        format!("{number} was paid, is {stage} for {minutes} minutes, and is on nobody's list")
    });
}

/// LIVE-2: the work of a dead node, or of none, is at work elsewhere within 35 seconds.
fn work_goes_on(look: &Look<'_>, report: &mut Report) {
    let (Some(quiet), Some(now)) = (quiet_for(look), look.evidence.now_us) else { return };
    for job in &look.rows().jobs {
        let free_since = job.claimed_until.unwrap_or(i64::MIN).max(job.run_at);
        let waited = now.saturating_sub(free_since).min(quiet);
        report.unless(waited <= RESUMED_AFTER_US, "LIVE-2", || {
            let (id, owner) = (&job.id, job.owner.as_deref().unwrap_or("nobody"));
            format!(
                "{id} of {owner} could be done for {} s, and nobody does it",
                waited / 1_000_000
            )
        });
    }
}
