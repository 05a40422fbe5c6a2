//! INV-09, INV-16, INV-19: what was written is not written anew, whoever lost a claim writes
//! nothing, and frozen copies stay as they were.

use std::collections::HashMap;
use std::hash::Hash;

use super::Report;
use super::look::Look;
use super::row::{EventRow, OrderRow, Snapshot};

pub fn check(look: &Look<'_>, report: &mut Report) {
    for order in &look.rows().orders {
        unbroken(look, order, report);
        terms_follow_amendments(look, order, report);
        by_holders_of_claims(look, order, report);
    }
    if let Some(before) = look.evidence.before {
        never_rewritten(look.rows(), before, report);
        frozen(look, before, report);
        by_claims_of_their_time(look, before, report);
    }
}

/// Events are numbered from one on without a gap: their order's version.
fn unbroken(look: &Look<'_>, order: &OrderRow, report: &mut Report) {
    let events = look.events(&order.id);
    let numbered = events.iter().zip(1..).all(|(event, seq)| event.seq == seq);
    let whole = i64::try_from(events.len()) == Ok(order.version);
    report.unless(numbered && whole, "INV-09", || {
        let (number, version, count) = (&order.number, order.version, events.len());
        format!("{number} is at version {version}, and {count} events tell of it")
    });
}

/// Ledger, events, answers, amendments and papers: every row of before is there, and the same.
fn never_rewritten(now: &Snapshot, before: &Snapshot, report: &mut Report) {
    same("ledger", &before.ledger, &now.ledger, |row| row.id, report);
    same("wallet_entry", &before.wallet_entries, &now.wallet_entries, |row| row.id, report);
    same("order_event", &before.events, &now.events, |row| (&row.order_id, row.seq), report);
    same("answer", &before.answers, &now.answers, |row| &row.permit, report);
    same("amendment", &before.amendments, &now.amendments, |row| row.id, report);
    same("paper", &before.papers, &now.papers, |row| &row.id, report);
}

fn same<'a, T: PartialEq, K: Hash + Eq + std::fmt::Debug>(
    table: &str,
    before: &'a [T],
    now: &'a [T],
    key: impl Fn(&'a T) -> K,
    report: &mut Report,
) {
    // Nearly always each row has its place still.
    let moved = before.iter().zip(now).position(|(old, new)| old != new);
    let unmoved = moved.unwrap_or(before.len().min(now.len()));
    let rest: HashMap<K, &T> = now[unmoved..].iter().map(|row| (key(row), row)).collect();
    for old in &before[unmoved..] {
        let id = key(old);
        match rest.get(&id) {
            None => report.say("INV-09", format!("row {id:?} of {table} was deleted")),
            Some(new) if *new != old => {
                report.say("INV-09", format!("row {id:?} of {table} was written anew"));
            }
            Some(_) => {}
        }
    }
}

/// The kind of job whose claim an event's cause speaks of, and the job's subject.
fn job_of(event: &EventRow) -> Option<(&'static str, &str)> {
    let mut parts = event.cause.split(['+', ':']);
    let kind = match parts.next()? {
        "permit" | "stopped" => "purchase",
        "verdict" => "verify",
        "answer" => "classify",
        _ => return None,
    };
    Some((kind, parts.next()?))
}

fn claim_of(event: &EventRow) -> Option<i64> {
    let data: serde_json::Value = serde_json::from_str(&event.data).ok()?;
    data.get("claim")?.as_i64()
}

/// INV-16: every event of a worker names a claim, claims of one job only grow, and none is newer
/// than its job.
fn by_holders_of_claims(look: &Look<'_>, order: &OrderRow, report: &mut Report) {
    let mut newest: HashMap<(&str, &str), i64> = HashMap::new();
    for event in look.events(&order.id).iter().filter(|event| event.actor == "worker") {
        let Some(job) = job_of(event) else { continue };
        let (number, seq, kind) = (&order.number, event.seq, &event.kind);
        let Some(claim) = claim_of(event).filter(|claim| *claim >= 1) else {
            report.say("INV-16", format!("event {seq} ({kind}) of {number} names no claim"));
            continue;
        };
        let before = newest.insert(job, claim).unwrap_or(claim);
        report.unless(before <= claim, "INV-16", || {
            let (job, subject) = job;
            format!(
                "event {seq} ({kind}) of {number} was written under claim {claim} of {job} \
                 {subject}, after one under claim {before}"
            )
        });
        let given = look.claims.get(&job).copied().unwrap_or(i64::MAX);
        report.unless(claim <= given, "INV-16", || {
            format!("event {seq} ({kind}) of {number} names claim {claim}, and {given} are given")
        });
        for lost in look.evidence.lost_claims {
            let it = (lost.job_kind.as_str(), lost.subject.as_str()) == job;
            report.unless(
                !it || claim > lost.number || event.at <= lost.lost_at_us,
                "INV-16",
                || {
                    let at = lost.lost_at_us;
                    format!(
                        "event {seq} ({kind}) of {number} came under claim {claim}, lost at {at}"
                    )
                },
            );
        }
    }
}

/// A claim that was taken over before an earlier snapshot wrote nothing after it.
fn by_claims_of_their_time(look: &Look<'_>, before: &Snapshot, report: &mut Report) {
    let versions: HashMap<&str, i64> =
        before.orders.iter().map(|order| (order.id.as_str(), order.version)).collect();
    let claims: HashMap<(&str, &str), i64> = before
        .jobs
        .iter()
        .map(|job| ((job.kind.as_str(), job.subject.as_str()), job.claim))
        .collect();
    for event in look.rows().events.iter().filter(|event| event.actor == "worker") {
        let seen = versions.get(event.order_id.as_str()).copied().unwrap_or(0);
        let Some(job) = job_of(event).filter(|_| event.seq > seen) else { continue };
        let (Some(claim), Some(taken)) = (claim_of(event), claims.get(&job)) else { continue };
        report.unless(claim >= *taken, "INV-16", || {
            let (seq, order) = (event.seq, &event.order_id);
            format!(
                "event {seq} of {order} came under claim {claim}, when {taken} was given already"
            )
        });
    }
}

/// INV-19: the terms in force follow from the amendments.
fn terms_follow_amendments(look: &Look<'_>, order: &OrderRow, report: &mut Report) {
    let count = look.amendments(&order.id).len();
    report.unless(i64::try_from(count) == Ok(order.amendments), "INV-19", || {
        let (number, told) = (&order.number, order.amendments);
        format!("{number} counts {told} amendments and has {count}")
    });
    let terms = look.terms_newest_first(order);
    let package = terms.first().map(|terms| terms.package_id);
    report.unless(package == Some(order.package_now.as_str()), "INV-19", || {
        let (number, now) = (&order.number, &order.package_now);
        format!("{number} counts as package {now}, and its terms in force say {package:?}")
    });
}

/// INV-19: what was agreed is never another.
fn frozen(look: &Look<'_>, before: &Snapshot, report: &mut Report) {
    for old in &before.orders {
        let Some(new) = look.orders.get(old.id.as_str()) else {
            report.say("INV-09", format!("{} was deleted", old.number));
            continue;
        };
        for (what, was, is) in [
            ("product", &old.product_id, &new.product_id),
            ("product's name", &old.product_name, &new.product_name),
            ("provider", &old.provider, &new.provider),
            ("package", &old.package_id, &new.package_id),
            ("PID", &old.pid, &new.pid),
            ("package's name", &old.package_name, &new.package_name),
            ("ranges", &old.cidrs, &new.cidrs),
            ("currency", &old.currency, &new.currency),
            ("account", &old.account_id, &new.account_id),
        ] {
            report.unless(was == is, "INV-19", || changed(&old.number, what, was, is));
        }
        for (what, was, is) in [
            ("memory", Some(old.ram_gb), Some(new.ram_gb)),
            ("price", Some(old.total_minor), Some(new.total_minor)),
            ("list price", Some(old.price_minor), Some(new.price_minor)),
            ("setup fee", Some(old.setup_minor), Some(new.setup_minor)),
            ("discount", Some(old.discount_minor), Some(new.discount_minor)),
            ("tax", Some(old.tax_minor), Some(new.tax_minor)),
            ("rounding", Some(old.rounding_minor), Some(new.rounding_minor)),
            ("cost", old.cost_minor, new.cost_minor),
            ("term", Some(old.days), Some(new.days)),
        ] {
            report.unless(was == is, "INV-19", || changed(&old.number, what, was, is));
        }
        report.unless(old.os == new.os, "INV-19", || changed(&old.number, "OS", &old.os, &new.os));
    }
}

fn changed<T: std::fmt::Debug>(number: &str, what: &str, was: T, is: T) -> String {
    format!("the {what} that {number} was sold with was {was:?} and is {is:?}")
}
