//! Every way in which an order can be another thing than what was bought, as a table.

use super::*;
use crate::clock::Timestamp;
use crate::id::{Chance, PackageId, ProductId};
use crate::package::{Pid, Ram};

struct Zeros;
impl Chance for Zeros {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(0);
    }
}

fn pid(text: &str) -> Pid {
    Pid::new(text).unwrap()
}

fn package(number: &str, name: &str) -> Package {
    Package {
        id: PackageId::mint(Timestamp::from_millis(0), &Zeros),
        provider: "smartvps".into(),
        pid: pid(number),
        name: name.into(),
        status: "active".into(),
        active: true,
        stock: 50,
        listed_stock: 50,
        warned_at: None,
        missing_since: None,
        unlimited: false,
        days: 30,
    }
}

fn product(name: &str, package: &Package) -> Product {
    Product {
        id: ProductId::mint(Timestamp::from_millis(0), &Zeros),
        name: name.into(),
        package: package.id.clone(),
        published: true,
        available: true,
        held: None,
        name_confirmed: false,
        prices: vec![],
        cidrs: vec![],
        tags: vec![],
        note: String::new(),
        remark: String::new(),
        version: 1,
    }
}

fn listed(number: &str, name: &str) -> Listed {
    Listed { pid: pid(number), name: name.into(), stock: 50, status: "active".into(), active: true }
}

/// One row of the table; what it does not say is a good order of 103.181.91.
struct Case {
    sold_as: &'static str,
    sold: (&'static str, &'static str),
    entry: Option<(&'static str, &'static str, &'static str)>,
    confirmed: bool,
    list: Option<Vec<(&'static str, &'static str)>>,
    address: Option<&'static str>,
}

fn good() -> Case {
    Case {
        sold_as: "🌊 103.181.91",
        sold: ("123", "103.181.91"),
        entry: Some(("🌊 103.181.91", "123", "103.181.91")),
        confirmed: false,
        list: Some(vec![("123", "103.181.91"), ("456", "103.182.44")]),
        address: Some("103.181.91.50"),
    }
}

fn diagnosed(case: Case) -> Diagnosis {
    let sold = package(case.sold.0, case.sold.1);
    let terms = Terms {
        provider: "smartvps".into(),
        package: sold.id.clone(),
        pid: sold.pid,
        package_name: sold.name,
        cidrs: vec![],
        ram: Ram::gb(8),
        os: None,
    };
    let entry = case.entry.map(|(shown, number, name)| {
        let package = package(number, name);
        let product = product(shown, &package);
        (Product { name_confirmed: case.confirmed, ..product }, package)
    });
    let rows = case.list.map(|rows| rows.into_iter().map(|(number, name)| listed(number, name)));
    let list = rows.map(|rows| List::of(rows.collect()));
    diagnose(&Facts {
        terms: &terms,
        product_name: case.sold_as,
        product: entry.as_ref().map(|(product, package)| (product, package)),
        list: list.as_ref(),
        address: case.address.map(|address| address.parse().unwrap()),
    })
}

/// PID, name, display name, address.
fn checks(found: &Diagnosis) -> [Option<bool>; 4] {
    [found.pid_matches, found.name_matches, found.display_name_matches, found.ip_matches]
}

const YES: Option<bool> = Some(true);
const NO: Option<bool> = Some(false);

#[test]
fn a_good_order_is_a_perfect_match_before_and_after_its_address() {
    let found = diagnosed(good());
    assert_eq!(checks(&found), [YES; 4]);
    assert_eq!(found.issue, "✅ Perfect match");
    let waiting = diagnosed(Case { address: None, ..good() });
    assert_eq!(checks(&waiting), [YES, YES, YES, None]);
    assert!(waiting.is_perfect());
}

#[test]
fn the_entry_that_has_another_package_configured_is_named_with_both_sides() {
    let found = diagnosed(Case {
        entry: Some(("🌊 103.181.91", "123", "103.182.44")),
        list: Some(vec![("123", "103.182.44")]),
        address: Some("103.182.44.18"),
        ..good()
    });
    assert_eq!(
        found.issue,
        "⚠️ Customer bought '103.181.91' but IPStock has '103.182.44' configured!"
    );
    assert_eq!(checks(&found), [YES, YES, NO, NO]);
    assert_eq!(found.expected_package_name, "103.182.44");
    assert_eq!(found.actual_package_name.as_deref(), Some("103.182.44"));
}

#[test]
fn an_order_that_points_to_another_entry_is_named_with_both_entries() {
    let found = diagnosed(Case { entry: Some(("🌊 103.182.44", "456", "103.182.44")), ..good() });
    assert_eq!(
        found.issue,
        "⚠️ Customer bought '103.181.91' but IPStock has '103.182.44' configured! The order is \
         for '🌊 103.181.91', but its ipStockId names '🌊 103.182.44'."
    );
    assert_eq!(checks(&found), [NO, YES, NO, YES]);
}

#[test]
fn two_pids_of_one_block_are_not_the_same_package() {
    let found = diagnosed(Case {
        entry: Some(("🌊 103.181.91", "124", "103.181.91")),
        list: Some(vec![("124", "103.181.91")]),
        ..good()
    });
    assert_eq!(found.issue, "⚠️ Customer bought PID 123 but IPStock has PID 124 configured!");
    assert_eq!(checks(&found), [NO, YES, YES, YES]);
}

#[test]
fn an_entry_that_was_renamed_to_another_block_is_named() {
    let found = diagnosed(Case { entry: Some(("🌊 103.182.44", "123", "103.181.91")), ..good() });
    assert_eq!(
        found.issue,
        "⚠️ IPStock is called '🌊 103.182.44' (103.182.44) but has '103.181.91' configured!"
    );
    assert_eq!(checks(&found), [YES, YES, NO, YES]);
}

#[test]
fn an_entry_that_is_gone_is_named() {
    let found = diagnosed(Case { entry: None, ..good() });
    assert_eq!(
        found.issue,
        "⚠️ Customer bought '🌊 103.181.91' but the order's ipStockId names no IPStock entry!"
    );
    assert_eq!(checks(&found), [YES, YES, None, YES]);
}

#[test]
fn a_package_that_is_gone_is_named() {
    let found = diagnosed(Case { list: Some(vec![("456", "103.181.91")]), ..good() });
    assert_eq!(found.issue, "⚠️ Package '103.181.91' (PID: 123) is gone from the SmartVPS API!");
    assert_eq!(checks(&found), [NO, NO, YES, YES]);
    assert_eq!(found.actual_package_name, None);
}

#[test]
fn a_stored_name_that_drifted_is_named_also_when_the_block_stayed() {
    let found = diagnosed(Case { list: Some(vec![("123", "NEW-103.181.91")]), ..good() });
    assert_eq!(
        found.issue,
        "⚠️ IPStock has '103.181.91' stored but SmartVPS calls PID 123 'NEW-103.181.91'!"
    );
    assert_eq!(checks(&found), [YES, NO, YES, YES]);
}

#[test]
fn a_pid_with_two_names_is_no_match() {
    let list = Some(vec![("123", "103.181.91"), ("123", "103.182.44")]);
    let found = diagnosed(Case { list, ..good() });
    assert_eq!(
        found.issue,
        "⚠️ SmartVPS lists PID 123 under several names: '103.181.91', '103.182.44'"
    );
    assert_eq!(checks(&found), [NO, NO, YES, YES]);
}

#[test]
fn an_address_outside_the_block_is_named_with_both_sides() {
    let found = diagnosed(Case { address: Some("103.182.44.18"), ..good() });
    assert_eq!(
        found.issue,
        "⚠️ Customer bought '103.181.91' but was assigned '103.182.44.18', which lies outside it!"
    );
    assert_eq!(checks(&found), [YES, YES, YES, NO]);
}

#[test]
fn an_address_that_cannot_be_compared_is_not_called_a_match() {
    let found = diagnosed(Case {
        sold_as: "Fast servers",
        sold: ("123", "Fast servers"),
        entry: Some(("Fast servers", "123", "Fast servers")),
        list: Some(vec![("123", "Fast servers")]),
        ..good()
    });
    assert_eq!(
        found.issue,
        "⚠️ Customer bought 'Fast servers', which cannot be compared with '103.181.91.50'!"
    );
    assert_eq!(found.ip_matches, NO);
}

#[test]
fn without_the_provider_nothing_is_called_perfect() {
    let found = diagnosed(Case { list: None, ..good() });
    assert!(!found.is_perfect());
    assert_eq!(checks(&found), [YES, None, YES, YES]);
    assert_eq!(found.actual_package_name, None);
    let wrong = diagnosed(Case { list: None, address: Some("103.182.44.18"), ..good() });
    assert!(wrong.issue.starts_with("⚠️ Customer bought '103.181.91'"), "{}", wrong.issue);
}

#[test]
fn a_name_that_was_confirmed_counts_for_orders_under_that_name_alone() {
    let kernel = || Case {
        sold_as: "Kernel 103.182.44",
        entry: Some(("Kernel 103.182.44", "123", "103.181.91")),
        confirmed: true,
        ..good()
    };
    assert!(diagnosed(kernel()).is_perfect());
    assert_eq!(diagnosed(Case { confirmed: false, ..kernel() }).display_name_matches, NO);
    let before = diagnosed(Case { sold_as: "103.182.44", ..kernel() });
    assert_eq!(
        before.issue,
        "⚠️ Customer bought '103.182.44' but IPStock has '103.181.91' configured! The order is \
         for '103.182.44', but its ipStockId names 'Kernel 103.182.44'."
    );
}

#[test]
fn a_name_without_a_block_misleads_nobody_and_the_package_is_compared() {
    let found = diagnosed(Case {
        sold_as: "Fast servers",
        entry: Some(("Fast servers", "123", "103.182.44")),
        list: Some(vec![("123", "103.182.44")]),
        ..good()
    });
    assert_eq!(
        found.issue,
        "⚠️ Customer bought '103.181.91' but IPStock has '103.182.44' configured!"
    );
}
