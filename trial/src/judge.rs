//! What must hold when a story is over, whatever went wrong in it: how its orders ended, what the
//! shop's own books say, and every invariant by the checker, which shares no code with the shop.

use anyhow::Result;
use domain::id::RefundId;
use domain::refund::State as Refunding;
use sim::checker::{self, Evidence, Phase, Rules, Snapshot};
use sim::gateway::Back;
use store::db::{StoreError, Tx};

use crate::fault::Fault;
use crate::scenario::Ends;
use crate::world::World;

/// An earlier moment of a world, with which its end is compared.
pub struct Before {
    snapshot: Snapshot,
    /// Since when nothing goes wrong any more, by the database's clock.
    quiet_since_us: i64,
}

impl Before {
    /// Now, when the faults are over.
    pub fn now(world: &World) -> Result<Before> {
        Ok(Before { snapshot: world.rows()?, quiet_since_us: world.now_us() })
    }
}

/// Every sentence that does not hold.
pub async fn judge(world: &World, ends: &Ends, before: &Before) -> Vec<String> {
    let mut found = match invariants(world, before) {
        Ok(found) => found,
        Err(error) => vec![format!("the checker cannot read: {error:#}")],
    };
    let (wanted, gateway) = (ends.clone(), world.gateway());
    let (captures, returned) = (gateway.captures(), gateway.refunds());
    let looked = world.db().read(move |tx| {
        let mut found = how_orders_ended(tx, &wanted)?;
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

/// INV-01 to INV-28 and the two sentences about liveness.
fn invariants(world: &World, before: &Before) -> Result<Vec<String>> {
    let upstream = world.upstream().record();
    let snapshot = world.rows()?;
    let gateway = world.gateway().record();
    let lost_claims = world.script().lost_claims();
    let evidence = Evidence {
        before: Some(&before.snapshot),
        upstream: Some(&upstream),
        gateway: Some(&gateway),
        phase: Phase::Quiet { since_us: before.quiet_since_us },
        now_us: Some(world.now_us()),
        rules: rules(world),
        lost_claims: &lost_claims,
        ..Evidence::of(&snapshot)
    };
    Ok(checker::check(&evidence).iter().map(ToString::to_string).collect())
}

fn rules(world: &World) -> Rules {
    let settings = &world.0.given.settings;
    let budget = settings.loss_budget.as_ref();
    let died = |fault| matches!(fault, Fault::Crash | Fault::CrashAfter);
    Rules {
        stock_buffer: settings.stock_buffer,
        loss_budget: budget.map(|money| (money.minor, money.currency.code().to_owned())),
        prices_are_fixed: true,
        clocks_agree: true,
        somebody_died: world.script().struck().iter().any(|strike| died(strike.fault)),
        ..Rules::default()
    }
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

fn captures_unbooked(
    tx: &mut Tx<'_>,
    captures: &[sim::gateway::Capture],
) -> store::db::Result<Vec<String>> {
    let mut found = Vec::new();
    for capture in captures {
        let known = tx.lookup_payment(&capture.payment)?.is_some();
        let booked = tx.captured_for("simulated", &capture.id)?.is_some()
            || tx.topped_up_by("simulated", &capture.id)?.is_some();
        if known && !booked {
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
