//! INV-11, INV-12, INV-13, INV-15: money comes in once, is believed only on evidence, and no news
//! of it is lost.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::Report;
use super::look::Look;
use super::row::{CaptureRow, LedgerRow, OrderRow, PaymentRow};
use crate::gateway::{Capture, Record};

/// So long at least a payment that is open is asked for.
const POLLED_FOR_US: i64 = 48 * 3_600 * 1_000_000;
/// Receipts of staff.
const BANK: &str = "bank";
/// Draws.
const WALLET: &str = "wallet";

pub fn check(look: &Look<'_>, report: &mut Report) {
    booked_once(look, report);
    look.rows().orders.iter().for_each(|order| paid_on_evidence(look, order, report));
    split_as_booked(look, report);
    young_payments_are_polled(look, report);
    if let Some(record) = look.evidence.gateway {
        as_the_gateway_has_it(look, record, report);
        // While things are on their way the record is newer than the rows.
        if look.is_quiet() {
            none_is_forgotten(look, record, report);
            webhooks_are_kept(look, record, report);
            news_is_asked_about(look, report);
        }
    }
}

fn cause_of(capture: &CaptureRow) -> String {
    let movement = format!("capture:{}:{}", capture.gateway, capture.gateway_payment);
    match capture.share {
        0 => movement,
        _ => format!("{movement}:{}", capture.order_id),
    }
}

/// INV-11: one capture per gateway payment id and share of it, and one booking for it.
fn booked_once(look: &Look<'_>, report: &mut Report) {
    let mut bookings: BTreeMap<&str, HashSet<&str>> = BTreeMap::new();
    for row in look.rows().ledger.iter().filter(|row| row.cause.starts_with("capture:")) {
        bookings.entry(row.cause.as_str()).or_default().insert(row.transaction_id.as_str());
    }
    let mut seen = HashSet::new();
    for capture in &look.rows().captures {
        let cause = cause_of(capture);
        let CaptureRow { gateway, gateway_payment, share, .. } = capture;
        let first = seen.insert((gateway.as_str(), gateway_payment.as_str(), *share));
        report.unless(first, "INV-11", || format!("{cause} is captured twice"));
        let times = bookings.remove(cause.as_str()).map_or(0, |booked| booked.len());
        report.unless(times == 1 || capture.amount_minor == 0, "INV-11", || {
            format!("{cause} is one capture, and the ledger books it {times} times")
        });
    }
    for top_up in &look.rows().top_ups {
        let cause = format!("capture:{}:{}", top_up.gateway, top_up.gateway_payment);
        let first = seen.insert((top_up.gateway.as_str(), top_up.gateway_payment.as_str(), 0));
        report.unless(first, "INV-11", || format!("{cause} is captured twice"));
        let times = bookings.remove(cause.as_str()).map_or(0, |booked| booked.len());
        report.unless(times == 1, "INV-11", || {
            format!("{cause} is one top-up, and the ledger books it {times} times")
        });
    }
    for cause in bookings.keys() {
        report.say("INV-11", format!("{cause} is booked, and nothing was captured under that id"));
    }
}

/// INV-12.
fn paid_on_evidence(look: &Look<'_>, order: &OrderRow, report: &mut Report) {
    let events = look.events(&order.id).iter();
    for event in events.filter(|event| event.kind == "paid") {
        if order.total_minor == 0 {
            report.unless(order.coupon.is_some() && event.cause == "free", "INV-12", || {
                format!("{} was paid by {}, and costs nothing", order.number, event.cause)
            });
            continue;
        }
        let captures = look.rows().captures.iter();
        let mut own = captures.filter(|c| c.order_id == order.id && c.booked_as == "paid");
        let found = own.find(|capture| cause_of(capture) == event.cause);
        match found {
            None => {
                let (number, cause) = (&order.number, &event.cause);
                report.say(
                    "INV-12",
                    format!("{number} was paid by {cause}, which is no receipt of it"),
                );
            }
            Some(capture) => enough(look, order, capture, report),
        }
    }
}

fn enough(look: &Look<'_>, order: &OrderRow, capture: &CaptureRow, report: &mut Report) {
    let (came, due) = (capture.amount_minor, order.total_minor - set_aside(look, capture));
    let exact = came == due || (capture.gateway == BANK && came >= due);
    report.unless(exact && capture.currency == order.currency, "INV-12", || {
        let (number, id) = (&order.number, &capture.gateway_payment);
        let (one, other) = (&capture.currency, &order.currency);
        format!("{number} was due for {due} {other} and is paid by {id} with {came} {one}")
    });
    if capture.gateway == BANK {
        return;
    }
    if capture.gateway == WALLET {
        let cause = cause_of(capture);
        let drawn = look.rows().wallet_entries.iter().any(|entry| {
            (&entry.account_id, &entry.cause) == (&order.account_id, &cause)
                && entry.amount_minor == -came
        });
        return report.unless(drawn, "INV-12", || {
            format!(
                "{} is paid by {cause}, which its customer's wallet does not know",
                order.number
            )
        });
    }
    let payment = capture.payment_id.as_deref().and_then(|id| look.payments.get(id));
    let is_for = |payment: &PaymentRow| {
        payment.order_id.as_ref() == Some(&order.id)
            || look.rows().shares.iter().any(|share| {
                (&share.payment_id, &share.order_id) == (&payment.id, &order.id)
                    && share.amount_minor == came
            })
    };
    let bound = payment.is_some_and(|p| is_for(p) && p.gateway == capture.gateway);
    report.unless(bound, "INV-12", || {
        let (number, id) = (&order.number, &capture.gateway_payment);
        format!("{number} is paid by {id}, which is bound to {:?}", capture.payment_id)
    });
}

/// What a wallet had put aside for the order that this pays: owed until then.
fn set_aside(look: &Look<'_>, capture: &CaptureRow) -> i64 {
    let cause = cause_of(capture);
    let rows = look.rows().ledger.iter().filter(|row| row.cause == cause);
    let freed = rows.filter(|row| row.account.starts_with("owed:") && row.amount_minor > 0);
    freed.fold(0_i64, |sum, row| sum.saturating_add(row.amount_minor))
}

/// INV-13: what each capture did is the same, whatever came first. One pays, the rest is owed.
fn split_as_booked(look: &Look<'_>, report: &mut Report) {
    let mut booked: HashMap<&str, Vec<&LedgerRow>> = HashMap::new();
    for row in look.rows().ledger.iter().filter(|row| row.cause.starts_with("capture:")) {
        booked.entry(row.cause.as_str()).or_default().push(row);
    }
    let mut paying: HashMap<&str, &str> = HashMap::new();
    for capture in &look.rows().captures {
        let Some(order) = look.orders.get(capture.order_id.as_str()) else { continue };
        let pays = capture.booked_as == "paid";
        if pays && let Some(other) = paying.insert(&capture.order_id, &capture.gateway_payment) {
            let (number, id) = (&order.number, &capture.gateway_payment);
            report.say("INV-13", format!("{number} is paid by {other} and once more by {id}"));
        }
        let cause = cause_of(capture);
        let rows = booked.get(cause.as_str()).map_or(&[][..], Vec::as_slice);
        let on = |kind: &str| {
            let on = rows.iter().filter(|row| row.account.starts_with(kind));
            on.fold(0_i64, |sum, row| sum.saturating_sub(row.amount_minor))
        };
        let due = if pays { order.total_minor } else { 0 };
        let rest = capture.amount_minor.saturating_sub(due);
        let (prepaid, owed) = (on("prepaid:"), on("owed:"));
        // Tax is taken out of what was paid, with the capture.
        let prepaid = prepaid.saturating_add(on("tax:")).saturating_add(on("rounding"));
        report.unless(prepaid == due && owed == rest, "INV-13", || {
            let how = &capture.booked_as;
            format!("{cause} counts as {how}: prepaid {prepaid} of {due}, owed {owed} of {rest}")
        });
    }
}

/// The rows of the gateway that is on record say what it took, for whom, to the minor unit.
fn as_the_gateway_has_it(look: &Look<'_>, record: &Record, report: &mut Report) {
    let taken: HashMap<&str, &Capture> =
        record.captures.iter().map(|capture| (capture.id.as_str(), capture)).collect();
    let name = look.evidence.rules.gateway;
    let misstated =
        |row: &&CaptureRow| row.payment_id.as_ref().is_some_and(|id| record.misstated.contains(id));
    let rows = look.rows().captures.iter().filter(|row| row.gateway == name);
    // Of several orders that were paid by one movement, each has a row for its share.
    let mut sums: BTreeMap<&str, (i64, &CaptureRow)> = BTreeMap::new();
    for row in rows.filter(|row| !misstated(row)) {
        let (sum, _) = sums.entry(&row.gateway_payment).or_insert((0, row));
        *sum = sum.saturating_add(row.amount_minor);
    }
    for (booked, row) in sums.into_values() {
        let invariant = if row.booked_as == "paid" { "INV-12" } else { "INV-13" };
        let Some(truth) = taken.get(row.gateway_payment.as_str()) else {
            let what = format!("{} is booked, and the gateway never took it", row.gateway_payment);
            report.say(invariant, what);
            continue;
        };
        let same = (truth.amount_minor, &truth.currency) == (booked, &row.currency);
        let bound = row.payment_id.as_ref() == Some(&truth.payment);
        let payment = row.payment_id.as_deref().and_then(|id| look.payments.get(id));
        let known = payment.and_then(|payment| payment.gateway_order.as_ref());
        let bound = bound && known.is_none_or(|order| *order == truth.order);
        report.unless(same && bound, invariant, || {
            format!(
                "{} is booked as {} {} for {:?}, and the gateway took {} {} for {}",
                row.gateway_payment,
                booked,
                row.currency,
                row.payment_id,
                truth.amount_minor,
                truth.currency,
                truth.payment
            )
        });
    }
}

/// Money that the gateway took for a payment of ours is booked, or is going to be asked for.
fn none_is_forgotten(look: &Look<'_>, record: &Record, report: &mut Report) {
    let name = look.evidence.rules.gateway;
    let rows = look.rows().captures.iter().filter(|row| row.gateway == name);
    let rows = rows.map(|row| row.gateway_payment.as_str());
    let top_ups = look.rows().top_ups.iter().filter(|row| row.gateway == name);
    let top_ups = top_ups.map(|row| row.gateway_payment.as_str());
    let booked: HashSet<&str> = rows.chain(top_ups).collect();
    let told = look.rows().webhooks.iter().filter(|row| row.gateway == name);
    let told: HashSet<&str> = told.map(|row| row.payment_id.as_str()).collect();
    for capture in record.captures.iter().filter(|capture| !booked.contains(capture.id.as_str())) {
        let Some(payment) = look.payments.get(capture.payment.as_str()) else { continue };
        let theirs = payment.gateway_order.as_ref().is_none_or(|order| *order == capture.order);
        let heard = told.contains(payment.id.as_str());
        // Nobody is asked for ever: money that comes without news days later is nobody's fault.
        let old = look.evidence.now_us.is_some_and(|now| !is_young(payment, now));
        let is_final = payment.state == "captured" && old && !heard;
        let asked = look.has_job("poll", &payment.id) || record.misstated.contains(&payment.id);
        if !theirs || payment.gateway != name || asked || is_final {
            continue;
        }
        // News of it came and was answered, or it was to be found by asking.
        let invariant = if heard { "INV-15" } else { "INV-13" };
        let (id, minor, currency) = (&capture.id, capture.amount_minor, &capture.currency);
        let what = format!(
            "the gateway took {minor} {currency} as {id} for {}, which is not booked, and nobody \
             is going to ask",
            payment.id
        );
        report.say(invariant, what);
    }
}

/// INV-15: what was answered with 2xx is stored.
fn webhooks_are_kept(look: &Look<'_>, record: &Record, report: &mut Report) {
    let name = look.evidence.rules.gateway;
    let rows = look.rows().webhooks.iter().filter(|row| row.gateway == name);
    let kept: HashSet<&str> = rows.map(|row| row.event.as_str()).collect();
    for sent in &record.hooks {
        let heard = sent.status.is_some_and(|status| (200..300).contains(&status));
        let body: Option<serde_json::Value> = serde_json::from_str(&sent.body).ok();
        let named = body.as_ref().and_then(|body| body.get("payment")).and_then(|id| id.as_str());
        // News of a payment that the shop does not know is answered and not kept.
        let ours = named.is_some_and(|id| look.payments.contains_key(id));
        report.unless(!heard || !ours || kept.contains(sent.event.as_str()), "INV-15", || {
            let (event, status) = (&sent.event, sent.status.unwrap_or_default());
            format!(
                "webhook {event} of {} was answered with {status} and is not stored",
                sent.about
            )
        });
    }
}

/// INV-15: what was stored is a reason to ask, and somebody asked.
fn news_is_asked_about(look: &Look<'_>, report: &mut Report) {
    let name = look.evidence.rules.gateway;
    for row in look.rows().webhooks.iter().filter(|row| row.gateway == name) {
        report.unless(row.asked_at.is_some(), "INV-15", || {
            format!("webhook {} is news of {}, and nobody asked {name}", row.event, row.payment_id)
        });
    }
}

/// INV-15: a webhook that never comes is found by polling, also of money that comes once more.
fn young_payments_are_polled(look: &Look<'_>, report: &mut Report) {
    let Some(now) = look.evidence.now_us else { return };
    for payment in &look.rows().payments {
        let young = is_young(payment, now);
        report.unless(!young || look.has_job("poll", &payment.id), "INV-15", || {
            let PaymentRow { id, state, gateway, .. } = payment;
            format!("{id} is {state} and young, and nothing asks {gateway} for it")
        });
    }
}

fn is_young(payment: &PaymentRow, now: i64) -> bool {
    now.saturating_sub(payment.created_at) < POLLED_FOR_US
}
