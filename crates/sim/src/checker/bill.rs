//! INV-21 once more, and the tax of INV-08: a total is made of what its order says, of nothing
//! else; tax stands where it should, and no coupon was used more often than it may.
//!
//! Written from the rules of money, by exact fractions where the shop rounds step by step.

use std::collections::{BTreeMap, HashMap};

use super::Report;
use super::look::Look;
use super::row::{CouponRow, OrderRow};

pub fn check(look: &Look<'_>, report: &mut Report) {
    let coupons: HashMap<&str, &CouponRow> =
        look.rows().coupons.iter().map(|row| (row.code.as_str(), row)).collect();
    let held = tax_held(look);
    for order in &look.rows().orders {
        adds_up(order, report);
        discounted(order, &coupons, report);
        taxed(order, &held, report);
    }
    used(look, &coupons, report);
}

/// `value × of ÷ whole`, half up.
pub(super) fn half_up(value: i64, of: i64, whole: i64) -> i64 {
    let exact = 2 * i128::from(value) * i128::from(of) + i128::from(whole);
    i64::try_from(exact.div_euclid(2 * i128::from(whole))).unwrap_or(i64::MAX)
}

pub(super) fn tax_of(order: &OrderRow, line: i64) -> Option<i64> {
    let rate = order.tax_rate;
    let whole = match order.tax_mode.as_str() {
        "exclusive" => 10_000,
        "inclusive" => 10_000 + rate,
        _ => return None,
    };
    match order.tax_kind.as_str() {
        "none" => Some(0),
        "igst" => Some(half_up(line, rate, whole)),
        "cgst_sgst" => Some(2 * half_up(line, rate, 2 * whole)),
        _ => None,
    }
}

/// Price + setup − discount, its tax where that comes on top, and less than one rupee of rounding.
fn adds_up(order: &OrderRow, report: &mut Report) {
    let off_price = order.discount_minor.min(order.price_minor);
    let lines =
        [order.price_minor - off_price, order.setup_minor - (order.discount_minor - off_price)];
    let number = &order.number;
    let Some(tax) = lines.iter().map(|line| tax_of(order, *line)).sum::<Option<i64>>() else {
        let (mode, kind) = (&order.tax_mode, &order.tax_kind);
        return report.say("INV-21", format!("{number} is taxed {mode} by {kind}"));
    };
    let on_top = if order.tax_mode == "exclusive" { tax } else { 0 };
    let total = lines[0] + lines[1] + on_top + order.rounding_minor;
    let fits = tax == order.tax_minor && total == order.total_minor;
    let fits = fits && lines.iter().all(|line| *line >= 0) && order.rounding_minor.abs() <= 50;
    report.unless(fits, "INV-21", || {
        let OrderRow { total_minor, tax_minor, rounding_minor, .. } = order;
        format!(
            "{number} costs {total_minor} with {tax_minor} tax and {rounding_minor} rounding; \
             its lines {lines:?} make {total} with {tax} tax"
        )
    });
}

/// A discount is a coupon's, and as much as that coupon says.
fn discounted(order: &OrderRow, coupons: &HashMap<&str, &CouponRow>, report: &mut Report) {
    let OrderRow { number, price_minor, setup_minor, discount_minor, .. } = order;
    let Some(code) = order.coupon.as_deref() else {
        return report.unless(*discount_minor == 0, "INV-21", || {
            format!("{number} is {discount_minor} cheaper, and nobody used a coupon")
        });
    };
    let Some(coupon) = coupons.get(code) else {
        return report.say("INV-21", format!("{number} used {code}, and there is no such coupon"));
    };
    if coupon.version != 1 {
        return;
    }
    let most = (price_minor - 100).max(0);
    let due = match coupon.kind.as_str() {
        "free" => price_minor + setup_minor,
        "percent" => (100 * half_up(*price_minor, coupon.value, 10_000)).min(most),
        _ => coupon.value.min(most),
    };
    report.unless(*discount_minor == due, "INV-21", || {
        format!("{number} is {discount_minor} cheaper by {code}, which takes {due} off")
    });
}

/// The order's tax, its parts, and all that is still held of what it was paid with.
#[derive(Default)]
struct Held {
    tax: BTreeMap<String, i64>,
    /// With the money that came in.
    rounded: i64,
    whole: i64,
    is_paid: bool,
}

fn tax_held<'a>(look: &'a Look<'_>) -> HashMap<&'a str, Held> {
    let mut held: HashMap<&str, Held> = HashMap::new();
    for row in look.rows().captures.iter().filter(|row| row.booked_as == "paid") {
        held.entry(row.order_id.as_str()).or_default().is_paid = true;
    }
    for row in &look.rows().ledger {
        let Some(order) = row.order_id.as_deref() else { continue };
        let kind = row.account.split(':').next().unwrap_or_default();
        if !matches!(kind, "prepaid" | "revenue" | "tax" | "rounding") {
            continue;
        }
        let held = held.entry(order).or_default();
        held.whole -= row.amount_minor;
        if kind == "rounding" && row.cause.starts_with("capture:") {
            held.rounded -= row.amount_minor;
        }
        if kind == "tax" {
            *held.tax.entry(row.account.clone()).or_default() -= row.amount_minor;
        }
    }
    held
}

/// Of what is back, as much tax is back as its share, in equal halves where there are two.
fn taxed(order: &OrderRow, held: &HashMap<&str, Held>, report: &mut Report) {
    let Some(held) = held.get(order.id.as_str()).filter(|held| held.is_paid) else { return };
    let parts: &[&str] = match order.tax_kind.as_str() {
        "igst" => &["tax:igst"],
        "cgst_sgst" => &["tax:cgst", "tax:sgst"],
        _ => &[],
    };
    let back = (order.total_minor - held.whole).clamp(0, order.total_minor);
    report.unless(held.rounded == order.rounding_minor, "INV-08", || {
        let OrderRow { number, rounding_minor, .. } = order;
        format!("{number} was rounded by {rounding_minor}, and {} are booked so", held.rounded)
    });
    let count = i64::try_from(parts.len()).unwrap_or(1).max(1);
    let each = order.tax_minor / count;
    let left = match back == order.total_minor {
        true => 0,
        false => each - half_up(each, back, order.total_minor).min(back / count),
    };
    let expected: BTreeMap<&str, i64> = parts.iter().map(|part| (*part, left)).collect();
    let found: BTreeMap<&str, i64> =
        held.tax.iter().map(|(part, minor)| (part.as_str(), *minor)).collect();
    let same = expected.iter().all(|(part, minor)| found.get(part).copied().unwrap_or(0) == *minor);
    let same = same && found.iter().all(|(part, minor)| *minor == 0 || expected.contains_key(part));
    report.unless(same, "INV-08", || {
        let number = &order.number;
        format!("{number} has tax {found:?} where {expected:?} is due, with {back} given back")
    });
}

/// Orders that never let go of their use: one that ended unpaid may have come back by late money.
fn used(look: &Look<'_>, coupons: &HashMap<&str, &CouponRow>, report: &mut Report) {
    let mut by_all: BTreeMap<&str, i64> = BTreeMap::new();
    let mut by_each: BTreeMap<(&str, &str), i64> = BTreeMap::new();
    for order in &look.rows().orders {
        let Some(code) = order.coupon.as_deref() else { continue };
        let mut events = look.events(&order.id).iter();
        if events.any(|event| matches!(&*event.stage, "reservation_over" | "cancelled")) {
            continue;
        }
        *by_all.entry(code).or_default() += 1;
        *by_each.entry((code, order.account_id.as_str())).or_default() += 1;
    }
    let over = |used: i64, most: Option<i64>| most.is_some_and(|most| used > most);
    for (code, used) in by_all {
        let most = coupons.get(code).and_then(|coupon| coupon.uses_max);
        report.unless(!over(used, most), "INV-21", || {
            format!("{code} was used {used} times, of {most:?} allowed")
        });
    }
    for ((code, account), used) in by_each {
        let most = coupons.get(code).and_then(|coupon| coupon.uses_each_max);
        report.unless(!over(used, most), "INV-21", || {
            format!("{code} was used {used} times by {account}, of {most:?} allowed")
        });
    }
}
