//! INV-08, INV-11 and INV-12 of wallets: what is in one is what came in less what went out, line by
//! line and in the ledger; it is never less than nothing; and what came in is what a gateway took.

use std::collections::{BTreeMap, HashMap};

use super::Report;
use super::look::Look;
use super::row::{TopUpRow, WalletEntryRow};
use crate::gateway::{Capture, Record};

/// One customer's money in one currency.
type Key<'a> = (&'a str, &'a str);

pub fn check(look: &Look<'_>, report: &mut Report) {
    every_line_follows(look, report);
    as_the_ledger_has_it(look, report);
    for top_up in &look.rows().top_ups {
        asked_for(look, top_up, report);
    }
    if let Some(record) = look.evidence.gateway {
        as_the_gateway_has_it(look, record, report);
    }
}

/// Each line leads from the balance before it to its own, and the last one to the wallet's.
fn every_line_follows(look: &Look<'_>, report: &mut Report) {
    let mut stands: BTreeMap<Key<'_>, i64> = BTreeMap::new();
    let mut lines: Vec<&WalletEntryRow> = look.rows().wallet_entries.iter().collect();
    lines.sort_by_key(|line| line.id);
    for line in lines {
        let stood = stands.entry((&line.account_id, &line.currency)).or_default();
        let WalletEntryRow { cause, amount_minor, balance_minor, .. } = line;
        let follows = stood.saturating_add(*amount_minor) == *balance_minor;
        report.unless(follows && *balance_minor >= 0, "INV-08", || {
            format!("{cause} moves a wallet of {stood} by {amount_minor}, to {balance_minor}")
        });
        *stood = *balance_minor;
    }
    for wallet in &look.rows().wallets {
        let key: Key<'_> = (&wallet.account_id, &wallet.currency);
        let last = stands.remove(&key).unwrap_or_default();
        report.unless(wallet.balance_minor == last && last >= 0, "INV-08", || {
            let (owner, holds) = (&wallet.account_id, wallet.balance_minor);
            format!("the wallet of {owner} holds {holds}, and its last line says {last}")
        });
    }
    for (owner, currency) in stands.keys() {
        report.say("INV-08", format!("{owner} has lines in {currency}, and no wallet"));
    }
}

/// What stands on a wallet's account is what its lines say, cause by cause.
fn as_the_ledger_has_it(look: &Look<'_>, report: &mut Report) {
    let mut booked: HashMap<(&str, &str), i64> = HashMap::new();
    for row in &look.rows().ledger {
        let Some(owner) = row.account.strip_prefix("wallet:") else { continue };
        let sum = booked.entry((owner, &row.cause)).or_default();
        *sum = sum.saturating_sub(row.amount_minor);
    }
    for line in &look.rows().wallet_entries {
        let (owner, cause) = (line.account_id.as_str(), line.cause.as_str());
        let sum = booked.remove(&(owner, cause)).unwrap_or_default();
        report.unless(sum == line.amount_minor, "INV-08", || {
            let said = line.amount_minor;
            format!(
                "{cause} moves the wallet of {owner} by {sum} in the books, and by {said} there"
            )
        });
    }
    for ((owner, cause), sum) in booked {
        let what = format!("{cause} moves the wallet of {owner} by {sum}, and no line says so");
        report.say("INV-08", what);
    }
}

/// What came in for a wallet was asked for by a payment for that wallet, and is in it.
fn asked_for(look: &Look<'_>, top_up: &TopUpRow, report: &mut Report) {
    let TopUpRow { gateway, gateway_payment, payment_id, account_id, .. } = top_up;
    let bound = look.payments.get(payment_id.as_str()).is_some_and(|payment| {
        payment.account_id.as_ref() == Some(account_id) && payment.gateway == *gateway
    });
    report.unless(bound, "INV-12", || {
        format!(
            "{gateway_payment} is in the wallet of {account_id}, and {payment_id} is not for it"
        )
    });
    let cause = format!("capture:{gateway}:{gateway_payment}");
    let in_it = look.rows().wallet_entries.iter().any(|line| {
        line.cause == cause
            && (&line.account_id, &line.currency) == (account_id, &top_up.currency)
            && line.amount_minor == top_up.amount_minor
    });
    report.unless(in_it, "INV-13", || {
        format!("{cause} came in for the wallet of {account_id}, and is not in it")
    });
}

fn as_the_gateway_has_it(look: &Look<'_>, record: &Record, report: &mut Report) {
    let taken: HashMap<&str, &Capture> =
        record.captures.iter().map(|capture| (capture.id.as_str(), capture)).collect();
    let name = look.evidence.rules.gateway;
    for row in look.rows().top_ups.iter().filter(|row| row.gateway == name) {
        if record.misstated.contains(&row.payment_id) {
            continue;
        }
        let truth = taken.get(row.gateway_payment.as_str());
        let (id, minor) = (&row.gateway_payment, row.amount_minor);
        let bound = truth.is_some_and(|truth| truth.payment == row.payment_id);
        report.unless(bound, "INV-12", || {
            format!("{id} is in a wallet for {}, and the gateway says {truth:?}", row.payment_id)
        });
        let same = truth
            .is_none_or(|truth| (truth.amount_minor, &truth.currency) == (minor, &row.currency));
        report.unless(same, "INV-13", || {
            format!("{id} is in a wallet with {minor}, and the gateway says {truth:?}")
        });
    }
}
