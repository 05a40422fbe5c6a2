//! INV-21 and INV-11 once more, of what staff give: a difference is as much as the prices say, and
//! given once; free time is booked once, out of our own money; a code is one customer's.
//!
//! Prices that may have changed since are not judged by.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::Report;
use super::bill::{half_up, tax_of};
use super::look::Look;
use super::row::{AmendmentRow, LedgerRow, OrderRow};

pub fn check(look: &Look<'_>, report: &mut Report) {
    let mut rows: HashMap<&str, Vec<&LedgerRow>> = HashMap::new();
    for row in &look.rows().ledger {
        if let Some(order) = row.order_id.as_deref() {
            rows.entry(order).or_default().push(row);
        }
    }
    for order in &look.rows().orders {
        let rows = rows.get(order.id.as_str()).map_or(&[][..], Vec::as_slice);
        differences(look, order, rows, report);
        goodwill(look, order, rows, report);
        anothers_code(look, order, report);
    }
}

/// What went back with an amendment was booked with it, and its price says how much.
fn differences(look: &Look<'_>, order: &OrderRow, rows: &[&LedgerRow], report: &mut Report) {
    let (mut before, number) = (0, &order.number);
    for amendment in look.amendments(&order.id) {
        let back = amendment.back_minor;
        let owed = |row: &&&LedgerRow| {
            row.at == amendment.at
                && row.account.starts_with("owed:")
                && row.cause.starts_with("refund:")
        };
        let booked: i64 = rows.iter().filter(owed).map(|row| -row.amount_minor).sum();
        report.unless(booked == back, "INV-21", || {
            format!("{number} gave {back} back with an amendment, and {booked} are booked with it")
        });
        if let Some(due) = due(look, order, amendment) {
            let due = (due - before).max(0);
            let held = held_before(rows, amendment.at);
            report.unless(back == due.min(held), "INV-21", || {
                format!("{number} gave {back} back, of {held}, and its new price says {due}")
            });
        }
        before += back;
    }
}

/// The whole difference that an acceptance comes to; nothing where no price of then is known.
fn due(look: &Look<'_>, order: &OrderRow, amendment: &AmendmentRow) -> Option<i64> {
    let mut then = look.events(&order.id).iter().filter(|event| event.at == amendment.at);
    let package = look.packages.get(amendment.package_id.as_str())?;
    if !then.any(|event| event.kind == "accepted") || amendment.package_id == order.package_id {
        return None;
    }
    let products = || look.rows().products.iter().filter(|row| row.package_id == package.id);
    if products().any(|product| product.changed_at >= amendment.at) {
        return None;
    }
    let ids: HashSet<&str> = products().map(|product| product.id.as_str()).collect();
    let mut fitting = look.rows().prices.iter().filter(|price| {
        ids.contains(price.product_id.as_str())
            && price.ram_gb == amendment.ram_gb
            && price.currency == order.currency
    });
    let (price, other) = (fitting.next()?, fitting.next());
    let paid = order.price_minor - order.discount_minor.min(order.price_minor);
    let cheaper = (order.price_minor - price.price_minor).max(0);
    let line = if cheaper == 0 { 0 } else { half_up(cheaper, paid, order.price_minor) };
    let on_top = if order.tax_mode == "exclusive" { tax_of(order, line)? } else { 0 };
    (other.is_none() && package.days == order.days).then_some(line + on_top)
}

/// What was there to give back when it was decided.
fn held_before(rows: &[&LedgerRow], at: i64) -> i64 {
    let ours = |row: &&&LedgerRow| {
        let kind = row.account.split(':').next().unwrap_or_default();
        row.at < at && matches!(kind, "prepaid" | "revenue" | "tax" | "rounding")
    };
    rows.iter().filter(ours).map(|row| -row.amount_minor).sum()
}

/// A present is caused by an event of its order, and comes out of nobody's money but ours.
fn goodwill(look: &Look<'_>, order: &OrderRow, rows: &[&LedgerRow], report: &mut Report) {
    let mut presents: BTreeMap<&str, Vec<&LedgerRow>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.cause.starts_with("goodwill:")) {
        presents.entry(&row.cause).or_default().push(row);
    }
    let (id, number) = (&order.id, &order.number);
    for (cause, rows) in presents {
        let key = cause.strip_prefix(&format!("goodwill:{id}:")).unwrap_or_default();
        let key = key.strip_suffix(":more").unwrap_or(key);
        let happened = look.events(id).iter().any(|event| event.cause == key);
        report.unless(happened, "INV-11", || {
            format!("{number} has the present {cause}, and nothing that caused it")
        });
        let fits = rows.iter().all(|row| match row.account.split(':').next() {
            Some("goodwill") => row.amount_minor > 0,
            Some("upstream" | "supplier") => row.amount_minor < 0,
            _ => false,
        });
        report.unless(fits, "INV-11", || {
            format!("{number}'s present {cause} does not come out of our own money")
        });
    }
}

/// A code that was given to one customer is used by nobody else.
fn anothers_code(look: &Look<'_>, order: &OrderRow, report: &mut Report) {
    let Some(code) = order.coupon.as_deref() else { return };
    let coupon = look.rows().coupons.iter().find(|row| row.code == code);
    let Some(owner) = coupon.and_then(|row| row.account_id.as_deref()) else { return };
    report.unless(owner == order.account_id, "INV-21", || {
        let (number, by) = (&order.number, &order.account_id);
        format!("{number} of {by} used {code}, which was given to {owner}")
    });
}
