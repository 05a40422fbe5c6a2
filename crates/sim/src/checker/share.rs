//! INV-12 and INV-13 of what is paid together: the shares of a payment are its whole amount, and a
//! movement is booked by its shares, or as a whole for the first order where it is not what was
//! asked for.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::Report;
use super::look::Look;
use super::row::{CaptureRow, PaymentRow, ShareRow};

pub fn check(look: &Look<'_>, report: &mut Report) {
    let mut shares: HashMap<&str, Vec<&ShareRow>> = HashMap::new();
    for share in &look.rows().shares {
        shares.entry(&share.payment_id).or_default().push(share);
    }
    for payment in &look.rows().payments {
        let of_it = shares.remove(payment.id.as_str()).unwrap_or_default();
        if whole(look, payment, &of_it, report) {
            as_shared(look, payment, &of_it, report);
        }
    }
    for id in shares.into_keys() {
        report.say("INV-12", format!("{id} is shared, and is no payment"));
    }
}

/// What is asked for is what the orders still cost, each its own share; whether the sum is.
fn whole(look: &Look<'_>, payment: &PaymentRow, shares: &[&ShareRow], report: &mut Report) -> bool {
    let Some(checkout) = &payment.checkout_id else {
        report.unless(shares.is_empty(), "INV-12", || {
            format!("{} is for one order or a wallet, and is shared", payment.id)
        });
        return false;
    };
    let sum = shares.iter().fold(0_i64, |sum, share| sum.saturating_add(share.amount_minor));
    report.unless(sum == payment.amount_minor && !shares.is_empty(), "INV-12", || {
        format!("{} asks for {}, and its shares are {sum}", payment.id, payment.amount_minor)
    });
    let rows = look.rows().checkout_orders.iter().filter(|row| row.checkout_id == *checkout);
    let theirs: HashSet<&str> = rows.map(|row| row.order_id.as_str()).collect();
    for share in shares {
        let order = look.orders.get(share.order_id.as_str());
        let fits = order.is_some_and(|order| {
            order.currency == payment.currency && share.amount_minor <= order.total_minor
        });
        report.unless(fits && theirs.contains(share.order_id.as_str()), "INV-12", || {
            let (of, minor) = (&share.order_id, share.amount_minor);
            format!("{} asks for {minor} of {of}, which {checkout} does not owe", payment.id)
        });
    }
    sum == payment.amount_minor
}

/// Each movement for a checkout is booked for all its orders, or for none of them.
fn as_shared(look: &Look<'_>, payment: &PaymentRow, shares: &[&ShareRow], report: &mut Report) {
    let mut movements: BTreeMap<&str, Vec<&CaptureRow>> = BTreeMap::new();
    for row in
        look.rows().captures.iter().filter(|row| row.payment_id.as_ref() == Some(&payment.id))
    {
        movements.entry(&row.gateway_payment).or_default().push(row);
    }
    let asked: BTreeMap<i64, (&str, i64)> = shares
        .iter()
        .map(|share| (share.share, (share.order_id.as_str(), share.amount_minor)))
        .collect();
    for (movement, rows) in movements {
        let booked: BTreeMap<i64, (&str, i64)> =
            rows.iter().map(|row| (row.share, (row.order_id.as_str(), row.amount_minor))).collect();
        let other = |row: &&CaptureRow| {
            let came = (row.amount_minor, &row.currency);
            row.share == 0
                && row.booked_as == "owed"
                && came != (payment.amount_minor, &payment.currency)
                && asked.get(&0).is_some_and(|(order, _)| *order == row.order_id)
        };
        let is_whole = matches!(&*rows, [row] if other(row));
        let same = booked == asked && rows.iter().all(|row| row.currency == payment.currency);
        report.unless(is_whole || same, "INV-13", || {
            format!("{movement} is booked as {booked:?}, and {} is shared {asked:?}", payment.id)
        });
    }
}
