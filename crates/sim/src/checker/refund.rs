//! INV-10 and INV-14 of money that goes back, movement by movement: never more than came in by
//! one, booked when it is back and not before, and as the gateway itself has it.

use std::collections::HashMap;

use super::Report;
use super::look::Look;
use super::row::{CaptureRow, DisputeRow, LedgerRow, OrderRow, RefundRow};
use crate::gateway::{Back, Record};

const OPEN: [&str; 4] = ["planned", "requested", "pending", "by_hand"];
/// Of these a gateway is asked.
const WATCHED: [&str; 3] = ["planned", "requested", "pending"];
const BACK: [&str; 2] = ["done", "paid_by_hand"];

pub fn check(look: &Look<'_>, report: &mut Report) {
    let refunds = &look.rows().refunds;
    never_more_than_came(look, report);
    booked_when_back(look, report);
    disputes_are_booked(look, report);
    for refund in refunds.iter().filter(|refund| WATCHED.contains(&refund.state.as_str())) {
        report.unless(look.has_job("refund", &refund.id), "INV-14", || {
            format!("{} is {}, and no job leads on", refund.id, refund.state)
        });
    }
    let ended = |order: &&OrderRow| order.stage == "refunded" && order.total_minor > 0;
    for order in look.rows().orders.iter().filter(ended) {
        let mut of_it = refunds.iter().filter(|refund| refund.order_id == order.id);
        report.unless(of_it.any(is_back), "INV-14", || {
            format!("{} is refunded, and no money of it is back", order.number)
        });
    }
    if let Some(record) = look.evidence.gateway {
        as_the_gateway_has_it(look, record, report);
    }
}

fn is_back(refund: &RefundRow) -> bool {
    BACK.contains(&refund.state.as_str())
}

/// INV-10, per movement that came in: what is back and what is to go back never exceed it.
fn never_more_than_came(look: &Look<'_>, report: &mut Report) {
    for capture in &look.rows().captures {
        let of_it = |refund: &&RefundRow| {
            (&refund.gateway, &refund.gateway_payment, &refund.order_id)
                == (&capture.gateway, &capture.gateway_payment, &capture.order_id)
        };
        let all: Vec<&RefundRow> = look.rows().refunds.iter().filter(of_it).collect();
        let live = all.iter().filter(|refund| refund.state != "failed");
        let sum = live.fold(0_i64, |sum, refund| sum.saturating_add(refund.amount_minor));
        let taken = disputed(look, capture);
        report.unless(sum.saturating_add(taken) <= capture.amount_minor, "INV-10", || {
            let (id, came) = (&capture.gateway_payment, capture.amount_minor);
            format!("{sum} of {id} go back, {taken} are disputed, and {came} came in")
        });
    }
    for refund in &look.rows().refunds {
        let came = look.rows().captures.iter().any(|capture| {
            (&refund.gateway, &refund.gateway_payment, &refund.order_id, &refund.currency)
                == (
                    &capture.gateway,
                    &capture.gateway_payment,
                    &capture.order_id,
                    &capture.currency,
                )
        });
        report.unless(came, "INV-10", || {
            let (id, order) = (&refund.id, &refund.order_id);
            format!("{id} gives {} back for {order} that never came for it", refund.currency)
        });
    }
}

/// What the payer's bank has taken of a movement, and the ledger with it.
fn disputed(look: &Look<'_>, capture: &CaptureRow) -> i64 {
    let of_it = |dispute: &&DisputeRow| {
        (&dispute.gateway, &dispute.gateway_payment, &dispute.order_id)
            == (&capture.gateway, &capture.gateway_payment, &capture.order_id)
    };
    let taken = look.rows().disputes.iter().filter(of_it).filter(|one| one.state != "won");
    taken.fold(0_i64, |sum, dispute| sum.saturating_add(dispute.amount_minor))
}

/// What a dispute has taken is our expense, until it is won: of an order's money, or of a top-up.
fn disputes_are_booked(look: &Look<'_>, report: &mut Report) {
    for dispute in &look.rows().disputes {
        let about = format!("{}:{}", dispute.gateway, dispute.id);
        let of_order = format!("{about}:{}", dispute.order_id);
        let (order, names) = (Some(&dispute.order_id), [about, of_order]);
        dispute_is_booked(look, report, (order, &names), (&dispute.state, dispute.amount_minor));
    }
    for dispute in &look.rows().top_up_disputes {
        let names = [format!("{}:{}", dispute.gateway, dispute.id)];
        dispute_is_booked(look, report, (None, &names), (&dispute.state, dispute.amount_minor));
    }
}

fn dispute_is_booked(
    look: &Look<'_>,
    report: &mut Report,
    (order, names): (Option<&String>, &[String]),
    (state, minor): (&str, i64),
) {
    let is_of_it = |row: &&LedgerRow| {
        let name =
            ["dispute:", "dispute-won:"].iter().find_map(|kind| row.cause.strip_prefix(kind));
        row.account == "disputes"
            && row.order_id.as_ref() == order
            && name.is_some_and(|name| names.iter().any(|known| known == name))
    };
    let booked = look.rows().ledger.iter().filter(is_of_it);
    let sum = booked.fold(0_i64, |sum, row| sum.saturating_add(row.amount_minor));
    let expected = if state == "won" { 0 } else { minor };
    report.unless(sum == expected, "INV-10", || {
        format!("{} is {state}, and {sum} of it are booked", names[0])
    });
}

/// What is back is booked once, and nothing else is.
fn booked_when_back(look: &Look<'_>, report: &mut Report) {
    let mut booked: HashMap<&str, Vec<&LedgerRow>> = HashMap::new();
    for row in look.rows().ledger.iter().filter(|row| row.account.starts_with("owed:")) {
        booked.entry(row.cause.as_str()).or_default().push(row);
    }
    let sum = |cause: &str| {
        let rows = booked.get(cause).map_or(&[][..], Vec::as_slice);
        rows.iter().fold(0_i64, |sum, row| sum.saturating_add(row.amount_minor))
    };
    for refund in &look.rows().refunds {
        let went = sum(&format!("returned:{}", refund.id));
        let came_back = sum(&format!("came-back:{}", refund.id));
        let expected = if is_back(refund) { refund.amount_minor } else { 0 };
        report.unless(went.saturating_add(came_back) == expected, "INV-10", || {
            let (id, state) = (&refund.id, &refund.state);
            format!("{id} is {state}: {went} booked as gone and {came_back} as come back")
        });
    }
    let known = |cause: &str, beginning: &str| {
        let id = cause.strip_prefix(beginning);
        id.is_none_or(|id| look.rows().refunds.iter().any(|refund| refund.id == id))
    };
    for cause in booked.keys() {
        let known = known(cause, "returned:") && known(cause, "came-back:");
        report.unless(known, "INV-10", || format!("{cause} is booked, and is no refund"));
    }
}

/// What the gateway paid back is ours under that id, in that amount, and never a second time
/// under another one while we count the money as not sent.
fn as_the_gateway_has_it(look: &Look<'_>, record: &Record, report: &mut Report) {
    let plain = |id: &str| id.chars().filter(char::is_ascii_alphanumeric).collect::<String>();
    let rows = look.rows().refunds.iter();
    let ours: HashMap<String, &RefundRow> = rows
        .filter(|row| row.gateway == look.evidence.rules.gateway)
        .map(|row| (plain(&row.id), row))
        .collect();
    let mut known = Vec::new();
    for theirs in &record.refunds {
        let (id, minor) = (&theirs.refund, theirs.amount_minor);
        let Some(row) = ours.get(&plain(id)) else {
            report
                .say("INV-10", format!("the gateway gave {minor} back as {id}, which is not ours"));
            continue;
        };
        known.push(row.id.as_str());
        let same = (minor, &theirs.capture) == (row.amount_minor, &row.gateway_payment);
        report.unless(same, "INV-10", || {
            let (ours, of) = (row.amount_minor, &row.gateway_payment);
            format!("{id} gives {ours} of {of} back, and the gateway {minor} of {}", theirs.capture)
        });
        // While the news is on its way the gateway knows more than we.
        let agree = match theirs.state {
            Back::Done => row.state == "done" || OPEN.contains(&row.state.as_str()),
            Back::Pending | Back::Failed => true,
        };
        report.unless(agree, "INV-10", || {
            format!("{id} is {} with us, and the gateway has paid it back", row.state)
        });
    }
    let sent = |row: &&&RefundRow| row.state == "done" && row.to_wallet == 0;
    for row in ours.values().filter(sent) {
        report.unless(known.contains(&row.id.as_str()), "INV-10", || {
            format!("{} is done, and the gateway never gave it back", row.id)
        });
    }
}
