//! Is an order what its customer bought, all the way down? Sold, configured, listed, delivered:
//! each compared with the one before. Not for fetching any of it.

use std::net::Ipv4Addr;

use crate::block::{self, Verdict};
use crate::catalogue::{List, same_promise};
use crate::order::Terms;
use crate::package::{Listed, Package};
use crate::product::Product;

/// What is compared.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The terms in force, and the display name that goes with them.
    pub terms: &'a Terms,
    pub product_name: &'a str,
    /// What the order's product is today; nothing when it is gone.
    pub product: Option<(&'a Product, &'a Package)>,
    /// The provider's list of now; nothing when it could not be asked for.
    pub list: Option<&'a List>,
    /// The newest server's address.
    pub address: Option<Ipv4Addr>,
}

/// What came out. A check that does not apply is nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnosis {
    /// One PID for what was sold, what is configured and what the provider lists.
    pub pid_matches: Option<bool>,
    /// The stored package name is the provider's.
    pub name_matches: Option<bool>,
    /// What customers read names no other block than the package.
    pub display_name_matches: Option<bool>,
    /// The server's address keeps the promise.
    pub ip_matches: Option<bool>,
    /// As stored.
    pub expected_package_name: String,
    /// As the provider says.
    pub actual_package_name: Option<String>,
    /// `✅ Perfect match` only when all hold; otherwise the first trouble, naming both sides.
    pub issue: String,
}

pub const PERFECT: &str = "✅ Perfect match";

impl Diagnosis {
    pub fn is_perfect(&self) -> bool {
        self.issue == PERFECT
    }
}

/// Compares everything, and names the first thing that does not fit.
pub fn diagnose(facts: &Facts<'_>) -> Diagnosis {
    let stored = facts.product.map_or(facts.terms.package_name.as_str(), |(_, k)| k.name.as_str());
    let rows = rows_of(facts);
    let row = match rows.as_deref() {
        Some([row]) => Some(*row),
        _ => None,
    };
    let same_pid = facts.product.map(|(_, package)| package.pid == facts.terms.pid);
    let listed_once = rows.as_ref().map(|rows| rows.len() == 1);
    let verdict = facts.address.map(|address| facts.terms.promise().judge(address));
    let issue = sold_and_configured(facts)
        .or_else(|| configured_and_listed(facts, stored, rows.as_deref()))
        .or_else(|| sold_and_given(facts, verdict))
        .or_else(|| not_asked(facts).then(|| NOT_ASKED.to_owned()));
    Diagnosis {
        pid_matches: both(same_pid, listed_once),
        name_matches: rows.as_ref().map(|_| row.is_some_and(|row| row.name == stored)),
        display_name_matches: facts.product.map(|product| displayed_right(facts, product)),
        ip_matches: verdict.map(|verdict| verdict == Verdict::Match),
        expected_package_name: stored.to_owned(),
        actual_package_name: row.map(|row| row.name.clone()),
        issue: issue.unwrap_or_else(|| PERFECT.to_owned()),
    }
}

const NOT_ASKED: &str = "⚠️ SmartVPS could not be asked; what is stored fits together";

/// What staff deliver by hand is on nobody's list.
fn not_asked(facts: &Facts<'_>) -> bool {
    facts.list.is_none() && !facts.terms.is_by_hand()
}

/// The rows of the configured PID; of the sold one where nothing is configured.
fn rows_of<'a>(facts: &Facts<'a>) -> Option<Vec<&'a Listed>> {
    let pid = facts.product.map_or(&facts.terms.pid, |(_, package)| &package.pid);
    facts.list.map(|list| list.of_pid(pid))
}

/// What does not hold is false, whatever is not known beside it.
fn both(one: Option<bool>, other: Option<bool>) -> Option<bool> {
    match (one, other) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), other) => other.or(Some(true)),
        (None, other) => other,
    }
}

fn displayed_right(facts: &Facts<'_>, (product, package): (&Product, &Package)) -> bool {
    product.contradiction(&package.name).is_none() && misled(facts, product, package).is_none()
}

/// The part of the name that the customer read which is not what is configured.
fn misled(facts: &Facts<'_>, product: &Product, package: &Package) -> Option<String> {
    // A name that was confirmed to be no address was that already when it was sold.
    if product.name_confirmed && product.name == facts.product_name {
        return None;
    }
    block::display_contradicts(facts.product_name, &package.name)
}

/// Causes one to three of a wrong product: the entry is wrong, or it is another entry.
fn sold_and_configured(facts: &Facts<'_>) -> Option<String> {
    let (terms, name) = (facts.terms, facts.product_name);
    let Some((product, package)) = facts.product else {
        return Some(format!(
            "⚠️ Customer bought '{name}' but the order's ipStockId names no IPStock entry!"
        ));
    };
    let configured = &package.name;
    let bought = match misled(facts, product, package) {
        Some(token) => token,
        None if !same_promise(&terms.package_name, configured) => terms.package_name.clone(),
        None if terms.pid != package.pid => {
            return Some(format!(
                "⚠️ Customer bought PID {} but IPStock has PID {} configured!",
                terms.pid, package.pid
            ));
        }
        None => {
            let token = product.contradiction(configured)?;
            return Some(format!(
                "⚠️ IPStock is called '{}' ({token}) but has '{configured}' configured!",
                product.name
            ));
        }
    };
    let mut issue =
        format!("⚠️ Customer bought '{bought}' but IPStock has '{configured}' configured!");
    let another = product.contradiction(configured).is_none() && product.name != name;
    if another {
        issue.push_str(&format!(
            " The order is for '{name}', but its ipStockId names '{}'.",
            product.name
        ));
    }
    Some(issue)
}

fn configured_and_listed(
    facts: &Facts<'_>,
    stored: &str,
    rows: Option<&[&Listed]>,
) -> Option<String> {
    let pid = facts.product.map_or(&facts.terms.pid, |(_, package)| &package.pid);
    match rows? {
        [] => Some(format!("⚠️ Package '{stored}' (PID: {pid}) is gone from the SmartVPS API!")),
        [row] if row.name == stored => None,
        [row] => Some(format!(
            "⚠️ IPStock has '{stored}' stored but SmartVPS calls PID {pid} '{}'!",
            row.name
        )),
        rows => {
            let names: Vec<String> = rows.iter().map(|row| format!("'{}'", row.name)).collect();
            Some(format!("⚠️ SmartVPS lists PID {pid} under several names: {}", names.join(", ")))
        }
    }
}

fn sold_and_given(facts: &Facts<'_>, verdict: Option<Verdict>) -> Option<String> {
    let (address, sold) = (facts.address?, &facts.terms.package_name);
    match verdict? {
        Verdict::Match => None,
        Verdict::Mismatch => Some(format!(
            "⚠️ Customer bought '{sold}' but was assigned '{address}', which lies outside it!"
        )),
        Verdict::Unobservable => {
            Some(format!("⚠️ Customer bought '{sold}', which cannot be compared with '{address}'!"))
        }
    }
}

#[cfg(test)]
mod tests;
