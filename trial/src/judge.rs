//! What must hold when a story is over, whatever went wrong in it: the provider's and the
//! gateway's own records beside the shop's rows.

use domain::attempt::State as Attempted;
use domain::id::RefundId;
use domain::refund::State as Refunding;
use domain::server::State;
use sim::gateway::Back;
use store::db::{StoreError, Tx};

use crate::scenario::Ends;
use crate::world::World;

/// Every sentence that does not hold.
pub async fn judge(world: &World, ends: &Ends) -> Vec<String> {
    let mut found = Vec::new();
    for (permit, count) in world.upstream().requests_per_permit() {
        if count > 1 {
            found.push(format!("{count} requests left under the permit {permit}"));
        }
    }
    let (wanted, sold) = (ends.clone(), world.upstream().sold());
    let (captures, returned) = (world.gateway().captures(), world.gateway().refunds());
    let looked = world.db().read(move |tx| {
        let mut found = Vec::new();
        found.extend(how_orders_ended(tx, &wanted)?);
        found.extend(servers_unaccounted(tx, &sold)?);
        found.extend(deliveries(tx)?);
        found.extend(captures_unbooked(tx, &captures)?);
        found.extend(refunds_unbooked(tx, &captures, &returned)?);
        found.extend(bugs(tx)?);
        Ok::<_, StoreError>(found)
    });
    match looked.await {
        Ok(more) => found.extend(more),
        Err(error) => found.push(format!("the judge cannot read: {error}")),
    }
    match world.ask(|engine| async move { engine.books().await }).await {
        Some(Ok(books)) => {
            let told = books
                .rows
                .iter()
                .map(|row| format!("the books: {} {}: {}", row.kind, row.subject, row.text));
            found.extend(told);
        }
        Some(Err(error)) => found.push(format!("the books cannot be read: {error}")),
        None => found.push("nobody reads the books".to_owned()),
    }
    found
}

fn how_orders_ended(tx: &mut Tx<'_>, wanted: &Ends) -> store::db::Result<Vec<String>> {
    let mut found = Vec::new();
    for (id, ends) in wanted {
        let word = tx.order(id)?.standing.stage.word();
        if !ends.contains(&word) {
            found.push(format!("{id} ended {word}, not {}", ends.join(" or ")));
        }
    }
    Ok(found)
}

/// What was sold to us is a server of ours, or its attempt says that we do not know.
fn servers_unaccounted(
    tx: &mut Tx<'_>,
    sold: &[sim::smartvps::Sold],
) -> store::db::Result<Vec<String>> {
    let mut found = Vec::new();
    for one in sold {
        let Some(permit) = &one.permit else {
            found.push(format!("{} was bought without a permit", one.address));
            continue;
        };
        let Some(attempt) = tx.lookup_attempt(permit)? else {
            found.push(format!("{} was bought under {permit}, which is unknown", one.address));
            continue;
        };
        let known = tx.servers(&attempt.order)?.iter().any(|s| s.address == one.address);
        let in_doubt = matches!(
            attempt.state,
            Attempted::Unheard | Attempted::Parked | Attempted::Denied | Attempted::WrittenOff
        );
        if !known && !in_doubt {
            let state = attempt.state;
            found.push(format!("{} was bought, and {permit} is {state:?}", one.address));
        }
    }
    Ok(found)
}

fn deliveries(tx: &mut Tx<'_>) -> store::db::Result<Vec<String>> {
    let mut found = Vec::new();
    for order in tx.orders_in(&["delivered"], "", 1_000)? {
        let servers = tx.servers(&order.id)?;
        let delivered: Vec<_> =
            servers.iter().filter(|server| server.state == State::Delivered).collect();
        if delivered.len() != 1 {
            found.push(format!("{} is delivered and has {} servers", order.id, delivered.len()));
        }
        let terms = tx.terms_in_force(&order)?;
        for server in delivered {
            if !terms.promise().contains(server.address) {
                let (id, address) = (&order.id, server.address);
                found.push(format!("{id} got {address}, sold as {}", terms.package_name));
            }
        }
    }
    Ok(found)
}

fn captures_unbooked(
    tx: &mut Tx<'_>,
    captures: &[sim::gateway::Capture],
) -> store::db::Result<Vec<String>> {
    let mut found = Vec::new();
    for capture in captures {
        let known = tx.lookup_payment(&capture.payment)?.is_some();
        if known && tx.captured_for("simulated", &capture.id)?.is_none() {
            found.push(format!("{} of {} was never booked", capture.id, capture.payment));
        }
    }
    Ok(found)
}

/// What the gateway paid back is booked as it was, and no more of anything than came in.
fn refunds_unbooked(
    tx: &mut Tx<'_>,
    captures: &[sim::gateway::Capture],
    returned: &[sim::gateway::Refund],
) -> store::db::Result<Vec<String>> {
    let mut found = Vec::new();
    let done = |refund: &&sim::gateway::Refund| refund.state == Back::Done;
    for refund in returned.iter().filter(done) {
        let id = RefundId::parse(&refund.refund).ok();
        let ours = id.map(|id| tx.lookup_refund(&id)).transpose()?.flatten();
        let booked = ours.is_some_and(|ours| {
            ours.state == Refunding::Done && ours.amount.minor == refund.amount_minor
        });
        if !booked {
            let minor = refund.amount_minor;
            found.push(format!("{minor} went back as {} and are not booked so", refund.refund));
        }
    }
    for capture in captures {
        let of_it = returned.iter().filter(done).filter(|refund| refund.capture == capture.id);
        let back: i64 = of_it.map(|refund| refund.amount_minor).sum();
        if back > capture.amount_minor {
            found.push(format!("{back} of {} went back, {}", capture.amount_minor, capture.id));
        }
    }
    Ok(found)
}

/// A job that failed by a bug says so.
fn bugs(tx: &mut Tx<'_>) -> store::db::Result<Vec<String>> {
    let alerts = tx.alerts(None, 500)?;
    let failed = alerts.into_iter().filter(|alert| alert.kind.ends_with("-failed"));
    Ok(failed.map(|alert| format!("{} {}: {}", alert.kind, alert.subject, alert.text)).collect())
}
