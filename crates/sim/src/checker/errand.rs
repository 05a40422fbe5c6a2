//! INV-28: what customers have done to their servers: one thing at a time, to servers that are
//! theirs, each request once, and no sign-in shown while an installation may be changing it.

use std::collections::{HashMap, HashSet};

use super::Report;
use super::look::Look;
use super::row::{ErrandRow, OperationRow};

pub fn check(look: &Look<'_>, report: &mut Report) {
    let mut steps: HashMap<&str, Vec<&OperationRow>> = HashMap::new();
    for operation in &look.rows().operations {
        if let Some(errand) = operation.errand_id.as_deref() {
            steps.entry(errand).or_default().push(operation);
        }
    }
    let mut open: HashSet<&str> = HashSet::new();
    for errand in &look.rows().errands {
        let steps = steps.remove(errand.id.as_str()).unwrap_or_default();
        let first = errand.state != "open" || open.insert(errand.server_id.as_str());
        report.unless(first, "INV-28", || {
            format!("{} is open beside another one of {}", errand.id, errand.server_id)
        });
        goes_on(look, errand, report);
        of_their_own(look, errand, &steps, report);
        each_once(errand, &steps, report);
        kept_from_sight(look, errand, &steps, report);
    }
    for (errand, steps) in steps {
        report.say("INV-28", format!("{} belongs to {errand}, which is no row", steps[0].id));
    }
}

fn goes_on(look: &Look<'_>, errand: &ErrandRow, report: &mut Report) {
    let is_open = errand.state == "open";
    report.unless(!is_open || look.has_job("errand", &errand.id), "INV-28", || {
        format!("{} is open, and no job leads it on", errand.id)
    });
    report.unless(is_open == errand.ended_at.is_none(), "INV-28", || {
        format!("{} is {}, and ended at {:?}", errand.id, errand.state, errand.ended_at)
    });
}

/// Asked for by whoever ordered the server, and sent only after it was delivered.
fn of_their_own(look: &Look<'_>, errand: &ErrandRow, steps: &[&OperationRow], report: &mut Report) {
    let owner = look.orders.get(errand.order_id.as_str()).map(|order| order.account_id.as_str());
    report.unless(owner == Some(errand.asked_by.as_str()), "INV-28", || {
        format!("{} was asked for by {}, and its order is {owner:?}'s", errand.id, errand.asked_by)
    });
    let server = look.servers.get(errand.server_id.as_str());
    let is_theirs = server.is_some_and(|s| s.order_id.as_deref() == Some(&errand.order_id));
    report.unless(is_theirs, "INV-28", || {
        format!("{} is about {}, which is not its order's", errand.id, errand.server_id)
    });
    let given = server.and_then(|server| server.delivered_at).unwrap_or(i64::MAX);
    let taken = server.and_then(|server| server.quarantined_at).unwrap_or(i64::MAX);
    for step in steps {
        let Some(at) = step.permitted_at else { continue };
        report.unless(step.server_id == errand.server_id && given <= at, "INV-28", || {
            format!("{} was permitted before {} was delivered", step.id, errand.server_id)
        });
        report.unless(at <= taken, "INV-28", || {
            format!("{} was permitted after {} was taken back", step.id, errand.server_id)
        });
    }
}

fn each_once(errand: &ErrandRow, steps: &[&OperationRow], report: &mut Report) {
    let mut kinds = HashSet::new();
    for step in steps {
        report.unless(kinds.insert(step.kind.as_str()), "INV-28", || {
            format!("{} asked twice for {}", errand.id, step.kind)
        });
        let is_over = !matches!(step.state.as_str(), "planned" | "permitted");
        report.unless(errand.state == "open" || is_over, "INV-28", || {
            format!("{} is {}, and {} is {}", errand.id, errand.state, step.id, step.state)
        });
    }
    let seen = errand.state != "done"
        || steps.iter().all(|step| matches!(step.state.as_str(), "done" | "unheard"));
    report.unless(seen && (errand.state != "done" || !steps.is_empty()), "INV-28", || {
        format!("{} is done, and one of its requests was not", errand.id)
    });
}

/// From the permit of an installation to the end of its errand nobody is shown a sign-in.
fn kept_from_sight(
    look: &Look<'_>,
    errand: &ErrandRow,
    steps: &[&OperationRow],
    report: &mut Report,
) {
    let format = steps.iter().find(|step| step.kind == "format");
    let Some(from) = format.and_then(|step| step.permitted_at) else { return };
    let until = errand.ended_at.unwrap_or(i64::MAX);
    let shown = |row: &&super::row::AuditRow| {
        row.action == "reveal-credentials" && row.subject == errand.order_id
    };
    for row in look.rows().audit.iter().filter(shown) {
        report.unless(row.at <= from || row.at >= until, "INV-28", || {
            format!("{} was shown a sign-in at {} during {}", row.actor, row.at, errand.id)
        });
    }
}

/// Servers whose last sign-in is in doubt, since an installation of it was permitted.
pub fn in_doubt<'a>(look: &Look<'a>) -> HashSet<&'a str> {
    let formats = look.rows().operations.iter().filter(|operation| {
        operation.errand_id.is_some()
            && operation.kind == "format"
            && matches!(operation.state.as_str(), "permitted" | "done" | "unheard" | "refused")
    });
    formats.map(|operation| operation.server_id.as_str()).collect()
}
