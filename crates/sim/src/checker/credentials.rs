//! INV-06: credentials are revealed only after a passing verdict on those same bytes.

use super::Report;
use super::look::Look;

pub fn check(look: &Look<'_>, report: &mut Report) {
    delivered_by_a_verdict(look, report);
    revealed_after_delivery(look, report);
    same_bytes(look, report);
    revealed_as_made(look, report);
}

/// Whoever has a delivered server may ask for its credentials at any moment.
fn delivered_by_a_verdict(look: &Look<'_>, report: &mut Report) {
    let in_doubt = super::errand::in_doubt(look);
    for server in look.rows().servers.iter().filter(|server| server.state == "delivered") {
        let verdict = server.verdict.as_deref();
        // After an installation nobody is shown any until the new ones have passed.
        let waits = verdict.is_none() && in_doubt.contains(server.id.as_str());
        report.unless(verdict == Some("match") || waits, "INV-06", || {
            format!("{} is delivered, and its verdict is {verdict:?}", server.id)
        });
        report.unless(server.credentials.is_some(), "INV-06", || {
            format!("{} is delivered, and no credentials were judged with it", server.id)
        });
        let (judged, given) = (server.verdict_at, server.delivered_at);
        report.unless(judged.is_some() && given.is_some(), "INV-06", || {
            format!("{} is delivered ({given:?}), and was judged at {judged:?}", server.id)
        });
    }
}

fn revealed_after_delivery(look: &Look<'_>, report: &mut Report) {
    for row in look.rows().audit.iter().filter(|row| row.action == "reveal-credentials") {
        let servers = look.servers(&row.subject);
        let mut named = servers.iter().filter(|server| server.address == row.detail);
        let passed = named.any(|server| server.delivered_at.is_some_and(|at| at <= row.at));
        report.unless(passed, "INV-06", || {
            let (who, what, at) = (&row.actor, &row.detail, row.at);
            format!("{who} was shown the credentials of {what} at {at}, before any delivery of it")
        });
    }
}

/// Credentials of a delivered server that are others than before were judged in between.
fn same_bytes(look: &Look<'_>, report: &mut Report) {
    let Some(before) = look.evidence.before else { return };
    for old in before.servers.iter().filter(|server| server.state == "delivered") {
        let Some(new) = look.servers.get(old.id.as_str()) else { continue };
        let changed = new.credentials != old.credentials;
        let judged = new.version > old.version;
        report.unless(!changed || judged || new.credentials.is_none(), "INV-06", || {
            format!("the credentials of {} changed without a verdict on the new ones", new.id)
        });
    }
}

/// What somebody read is a password that the upstream made for that very server.
fn revealed_as_made(look: &Look<'_>, report: &mut Report) {
    let Some(record) = look.evidence.upstream else { return };
    for revealed in look.evidence.revealed {
        let servers = look.servers(&revealed.order);
        let given = servers.iter().filter(|server| server.delivered_at.is_some());
        let mut addresses = given.map(|server| server.address.as_str());
        let made = addresses.any(|address| {
            let mut made = record.passwords.iter();
            made.any(|made| made.text == revealed.password && made.address.to_string() == address)
        });
        report.unless(made, "INV-06", || {
            format!("{} was shown a password that no server of it ever had", revealed.order)
        });
    }
}
