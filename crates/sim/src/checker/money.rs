//! INV-08, the balance of INV-09, and INV-10: what came in is somewhere, every entry balances, and
//! no more goes back than came in.
//!
//! Debits are positive. Accounts of later parts (tax, rounding, wallets, disputes, fees) are
//! already told apart by the beginnings of their names.

use std::collections::BTreeMap;

use super::Report;
use super::look::{Look, PAID_AND_OPEN};
use super::row::{LedgerRow, Snapshot};

/// Draws stand among the captures under this name.
const WALLET: &str = "wallet";

/// Where the customers' money of an order may be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Side {
    Prepaid,
    /// Revenue, tax, rounding.
    Recognised,
    Owed,
    /// Credits to the customer's wallet, and draws from it.
    Wallet,
    /// Money that came in, or left again.
    Till,
    /// Our own money: costs, strays, goodwill, fees, charge-backs.
    Ours,
}

fn side(account: &str) -> Side {
    let kind = account.split(':').next().unwrap_or_default();
    match kind {
        "prepaid" => Side::Prepaid,
        "revenue" | "tax" | "rounding" => Side::Recognised,
        "owed" => Side::Owed,
        "wallet" => Side::Wallet,
        "gateway" | "bank" => Side::Till,
        _ => Side::Ours,
    }
}

/// What one order's money came to, in one currency.
#[derive(Default, Debug)]
struct Sum {
    captured: i64,
    prepaid: i64,
    recognised: i64,
    owed: i64,
    wallet: i64,
    /// Left through a till.
    returned: i64,
}

impl Sum {
    /// Zero where every minor unit that came in is accounted for.
    fn gap(&self) -> i64 {
        [self.prepaid, self.recognised, self.owed, self.wallet, -self.returned]
            .into_iter()
            .fold(self.captured, i64::saturating_add)
    }
}

type Sums<'a> = BTreeMap<(&'a str, &'a str), Sum>;

/// The rows of one entry lie side by side in a map by their transaction.
fn entries(snapshot: &Snapshot) -> BTreeMap<&str, Vec<&LedgerRow>> {
    let mut entries: BTreeMap<&str, Vec<&LedgerRow>> = BTreeMap::new();
    for row in &snapshot.ledger {
        entries.entry(row.transaction_id.as_str()).or_default().push(row);
    }
    entries
}

fn sums<'a>(snapshot: &'a Snapshot, entries: &BTreeMap<&str, Vec<&'a LedgerRow>>) -> Sums<'a> {
    let mut sums = Sums::default();
    // What came out of a wallet is told by the wallet's own rows.
    for row in snapshot.captures.iter().filter(|row| row.gateway != WALLET) {
        let sum = sums.entry((row.order_id.as_str(), row.currency.as_str())).or_default();
        sum.captured = sum.captured.saturating_add(row.amount_minor);
    }
    for rows in entries.values() {
        let of_customers =
            rows.iter().any(|row| !matches!(side(&row.account), Side::Till | Side::Ours));
        for row in rows {
            let Some(order) = row.order_id.as_deref() else { continue };
            let sum = sums.entry((order, row.currency.as_str())).or_default();
            let place = match side(&row.account) {
                Side::Prepaid => &mut sum.prepaid,
                Side::Recognised => &mut sum.recognised,
                Side::Owed => &mut sum.owed,
                Side::Wallet => &mut sum.wallet,
                // What came in is counted by its capture; what leaves, or returns from there, here.
                Side::Till if of_customers && !row.cause.starts_with("capture:") => {
                    sum.returned = sum.returned.saturating_sub(row.amount_minor);
                    continue;
                }
                _ => continue,
            };
            *place = place.saturating_add(row.amount_minor);
        }
    }
    sums
}

/// The part that is cheap: INV-08 and the balance of every entry.
pub fn balance(snapshot: &Snapshot, report: &mut Report) {
    let entries = entries(snapshot);
    every_entry(&entries, report);
    for ((order, currency), sum) in sums(snapshot, &entries) {
        accounted(order, currency, &sum, report);
    }
}

fn every_entry(entries: &BTreeMap<&str, Vec<&LedgerRow>>, report: &mut Report) {
    for (id, rows) in entries {
        let mut left: BTreeMap<&str, i64> = BTreeMap::new();
        for row in rows {
            let sum = left.entry(row.currency.as_str()).or_default();
            *sum = sum.saturating_add(row.amount_minor);
        }
        for (currency, sum) in left.into_iter().filter(|(_, sum)| *sum != 0) {
            report.say("INV-09", format!("the rows of {id} sum to {sum} {currency}, not to zero"));
        }
    }
}

fn accounted(order: &str, currency: &str, sum: &Sum, report: &mut Report) {
    report.unless(sum.gap() == 0, "INV-08", || {
        let Sum { captured, prepaid, recognised, owed, wallet, returned } = sum;
        format!(
            "{order}: captured {captured} {currency}; prepaid {}, recognised {}, owed {}, wallet \
             {}, returned {returned}: {} are not accounted for",
            prepaid.saturating_neg(),
            recognised.saturating_neg(),
            owed.saturating_neg(),
            wallet.saturating_neg(),
            sum.gap()
        )
    });
}

pub fn check(look: &Look<'_>, report: &mut Report) {
    let entries = entries(look.rows());
    every_entry(&entries, report);
    for ((order, currency), sum) in sums(look.rows(), &entries) {
        accounted(order, currency, &sum, report);
        never_more_back(order, currency, &sum, report);
        where_it_stands(look, order, currency, &sum, report);
    }
    per_till(look, report);
}

/// INV-10, for an order as a whole.
fn never_more_back(order: &str, currency: &str, sum: &Sum, report: &mut Report) {
    report.unless(sum.returned <= sum.captured.max(0), "INV-10", || {
        let (back, came) = (sum.returned, sum.captured);
        format!("{order}: {back} {currency} went back, and {came} came in")
    });
    report.unless(sum.owed <= 0, "INV-10", || {
        format!("{order}: {} {currency} more went back than were owed", sum.owed)
    });
}

/// INV-10, for each gateway: what it gave back of an order never exceeds what it took for it.
fn per_till(look: &Look<'_>, report: &mut Report) {
    let mut tills: BTreeMap<(&str, &str, &str), i64> = BTreeMap::new();
    // What it keeps for itself comes out of our money, not the payer's.
    let of_payers =
        |row: &&LedgerRow| row.account.starts_with("gateway:") && !row.cause.starts_with("fee:");
    for row in look.rows().ledger.iter().filter(of_payers) {
        let Some(order) = row.order_id.as_deref() else { continue };
        let sum = tills.entry((order, &row.account, &row.currency)).or_default();
        *sum = sum.saturating_add(row.amount_minor);
    }
    for ((order, till, currency), sum) in tills.into_iter().filter(|(_, sum)| *sum < 0) {
        let what = format!("{order}: {till} gave back {} {currency} more than it took", -sum);
        report.say("INV-10", what);
    }
}

/// Prepaid is what was paid for an order that is not delivered yet, and nothing else.
fn where_it_stands(look: &Look<'_>, id: &str, currency: &str, sum: &Sum, report: &mut Report) {
    let Some(order) = look.orders.get(id) else {
        return report.say("INV-08", format!("{id} has money, and is no order"));
    };
    let open = PAID_AND_OPEN.contains(&order.stage.as_str()) && order.replaces_id.is_none();
    report.unless(sum.prepaid <= 0 && (open || sum.prepaid == 0), "INV-08", || {
        let (number, stage) = (&order.number, &order.stage);
        format!("{number} is {stage}, and {} {currency} of it are prepaid", -sum.prepaid)
    });
    let due = open && order.total_minor > 0 && currency == order.currency;
    report.unless(!due || sum.prepaid < 0 || sum.recognised < 0, "INV-08", || {
        format!("{} is {}, and nothing of it is prepaid", order.number, order.stage)
    });
    let given = order.stage == "delivered" && currency == order.currency && order.total_minor > 0;
    // The customer may keep a server whose money goes back.
    let all_back = sum.recognised == 0 && sum.returned.saturating_sub(sum.owed) > 0;
    report.unless(!given || sum.recognised < 0 || all_back, "INV-08", || {
        format!("{} is delivered, and no revenue of it is recognised", order.number)
    });
}
