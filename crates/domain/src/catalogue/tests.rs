//! The sentences of the catalogue, one test each; the table of what may be bought; and the laws
//! that hold for every reading.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};

use proptest::prelude::*;

use super::*;
use crate::block::{Cidr, Promise};
use crate::clock::Timestamp;
use crate::id::Chance;
use crate::package::{Listed, Pid};
use crate::product::Held;

#[derive(Default)]
struct Counting(AtomicU64);

impl Chance for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        let next = self.0.fetch_add(1, Ordering::SeqCst);
        bytes.fill(0);
        bytes[..8].copy_from_slice(&next.to_be_bytes());
    }
}

/// The books of a shop between two runs.
struct Books {
    chance: Counting,
    rules: Rules,
    known: Vec<Known>,
    hour: i64,
}

impl Books {
    fn new() -> Books {
        let rules = Rules { warn_at: vec![10, 5], disable_at: 3 };
        Books { chance: Counting::default(), rules, known: vec![], hour: 0 }
    }

    fn with(rows: &[(&str, &str, i64, &str)]) -> Books {
        let mut books = Books::new();
        books.sync(rows);
        books
    }

    fn settle(&mut self, list: Vec<Listed>) -> Vec<Settled> {
        self.hour += 1;
        let now = Timestamp::from_millis(self.hour * 3_600_000);
        let run = Run { provider: "smartvps", rules: &self.rules, now, chance: &self.chance };
        let settled = run.decide(&List::of(list), std::mem::take(&mut self.known));
        let kept = |settled: &Settled| Known {
            package: settled.package.clone(),
            products: settled.lines.iter().map(|line| line.product.clone()).collect(),
        };
        self.known = settled.iter().map(kept).collect();
        settled
    }

    /// Runs a sync and gives each line with its PID.
    fn sync(&mut self, rows: &[(&str, &str, i64, &str)]) -> HashMap<String, Line> {
        let settled = self.settle(listed(rows));
        let line = |s: &Settled| (s.package.pid.to_string(), s.lines[0].clone());
        settled.iter().map(line).collect()
    }

    fn known(&mut self, pid: &str) -> &mut Known {
        self.known.iter_mut().find(|known| known.package.pid.as_str() == pid).unwrap()
    }

    fn display(&mut self, pid: &str, name: &str) {
        self.known(pid).products[0].name = name.into();
    }
}

fn listed(rows: &[(&str, &str, i64, &str)]) -> Vec<Listed> {
    let row = |&(pid, name, stock, status): &(&str, &str, i64, &str)| Listed {
        pid: Pid::new(pid).unwrap(),
        name: name.into(),
        stock,
        status: status.into(),
        active: status.eq_ignore_ascii_case("active"),
    };
    rows.iter().map(row).collect()
}

const SHOP: [(&str, &str, i64, &str); 3] = [
    ("1", "103.181.91", 50, "active"),
    ("2", "103.82.72", 50, "active"),
    ("3", "103.83.x", 50, "active"),
];

/// `count` packages, each of its own block.
fn many(count: usize) -> Vec<(String, String)> {
    (0..count).map(|at| (format!("{at}"), format!("103.{}.{}", at / 256, at % 256))).collect()
}

fn rows(packages: &[(String, String)]) -> Vec<(&str, &str, i64, &'static str)> {
    packages.iter().map(|(pid, name)| (pid.as_str(), name.as_str(), 50, "active")).collect()
}

#[test]
fn a_new_package_becomes_a_product_on_sale_at_default_prices() {
    let lines = Books::new().sync(&SHOP);
    let line = &lines["1"];
    assert_eq!((line.action, line.reason), (Action::Created, None));
    assert_eq!(line.product.name, "🌊 103.181.91");
    assert!(line.product.published && line.product.available);
    let prices: Vec<String> =
        line.product.prices.iter().map(|p| format!("{} {}", p.ram, p.price)).collect();
    assert_eq!(prices, ["4GB 699.00 INR", "8GB 999.00 INR", "16GB 1499.00 INR"]);
    assert_eq!(line.news, [News::Created]);
}

#[test]
fn a_name_that_promises_no_block_is_not_published() {
    let lines = Books::new().sync(&[("1", "Premium VPS", 50, "active")]);
    assert_eq!((lines["1"].action, lines["1"].reason), (Action::Created, Some(Reason::NoBlock)));
    assert!(!lines["1"].product.published);
}

#[test]
fn a_second_run_over_the_same_list_changes_nothing() {
    let mut books = Books::with(&SHOP);
    for line in books.sync(&SHOP).values() {
        assert_eq!((line.action, line.write), (Action::Unchanged, Write::Keep));
        assert!(line.news.is_empty());
    }
}

#[test]
fn rows_equal_in_id_and_name_are_one_and_the_worse_half_counts() {
    let rows = [
        ("5", "103.82.72", 71, "active"),
        ("5", "103.82.72", 70, "active"),
        ("6", "103.181.91", 9, "active"),
        ("6", "103.181.91", 9, "suspended"),
    ];
    let list = List::of(listed(&rows));
    assert_eq!((list.fetched(), list.rows().len()), (4, 2));
    assert_eq!(list.rows()[0].stock, 70);
    assert_eq!((list.rows()[1].active, list.rows()[1].status.as_str()), (false, "suspended"));
    let lines = Books::new().sync(&rows);
    assert!(lines["5"].product.available && lines["5"].product.held.is_none());
}

#[test]
fn a_pid_with_two_names_is_held_until_a_person_decides() {
    let mut books = Books::with(&SHOP);
    let mut doubtful = SHOP.to_vec();
    doubtful.push(("1", "103.181.92", 9, "active"));
    let lines = books.sync(&doubtful);
    let line = &lines["1"];
    assert_eq!((line.action, line.product.held), (Action::Held, Some(Held::TwoNames)));
    assert!(!line.product.available && line.product.note.starts_with("Held: "));
    assert_eq!(books.known("1").package.name, "103.181.91");
    assert_eq!(books.known("1").package.stock, 9);
    assert_eq!(books.sync(&doubtful)["1"].action, Action::Unchanged);
    // The doubt is gone from the list, but nobody has looked at it.
    assert_eq!(books.sync(&SHOP)["1"].product.held, Some(Held::TwoNames));
    books.known("1").products[0].held = None;
    assert_eq!(books.sync(&SHOP)["1"].action, Action::ReEnabled);
}

#[test]
fn a_name_on_two_active_rows_holds_both() {
    let mut books = Books::with(&SHOP);
    let mut doubtful = SHOP.to_vec();
    doubtful.push(("9", "103.82.72 ", 9, "Active"));
    let lines = books.sync(&doubtful);
    assert_eq!((lines["2"].action, lines["2"].product.held), (Action::Held, Some(Held::TwoRows)));
    assert_eq!(
        (lines["9"].action, lines["9"].product.held),
        (Action::Created, Some(Held::TwoRows))
    );
    assert_eq!(lines["1"].action, Action::Unchanged);
}

#[test]
fn a_namesake_that_is_not_active_holds_nobody() {
    let mut books = Books::with(&SHOP);
    let mut list = SHOP.to_vec();
    list.push(("9", "103.82.72", 9, "suspended"));
    let lines = books.sync(&list);
    assert_eq!(lines["2"].action, Action::Unchanged);
    assert_eq!((lines["9"].action, lines["9"].reason), (Action::Created, Some(Reason::Inactive)));
}

#[test]
fn a_new_name_for_the_same_block_is_followed() {
    let mut books = Books::with(&SHOP);
    let mut renamed = SHOP;
    renamed[0].1 = "NEW-103.181.91.x";
    let lines = books.sync(&renamed);
    assert_eq!((lines["1"].action, lines["1"].product.available), (Action::Fixed, true));
    let news = News::Renamed { from: "103.181.91".into(), to: "NEW-103.181.91.x".into() };
    assert_eq!(lines["1"].news, [news]);
    assert_eq!(books.known("1").package.name, "NEW-103.181.91.x");
    assert_eq!(books.sync(&renamed)["1"].action, Action::Unchanged);
}

#[test]
fn the_display_name_can_vouch_for_the_new_block() {
    // The stored name was wrong; the list and the display name agree.
    let mut books = Books::with(&[("1", "103.182.44", 50, "active")]);
    books.display("1", "🌊 103.181.91");
    let lines = books.sync(&[("1", "103.181.91", 50, "active")]);
    assert_eq!(lines["1"].action, Action::Fixed);
    // Ranges that staff gave were given for the old block.
    let mut books = Books::with(&[("1", "103.182.44", 50, "active")]);
    books.display("1", "🌊 103.181.91");
    books.known("1").products[0].cidrs = vec![Cidr::parse("103.182.44.0/24").unwrap()];
    let lines = books.sync(&[("1", "103.181.91", 50, "active")]);
    assert_eq!(lines["1"].product.held, Some(Held::OtherBlock));
}

#[test]
fn a_new_name_with_another_block_or_none_is_recorded_and_held() {
    for name in ["103.182.44", "103.181", "103.181.9", "Premium VPS"] {
        let mut books = Books::with(&SHOP);
        let mut renamed = SHOP;
        renamed[0].1 = name;
        let lines = books.sync(&renamed);
        let line = &lines["1"];
        assert_eq!((line.action, line.product.held), (Action::Held, Some(Held::OtherBlock)));
        assert!(!line.product.available, "{name}");
        assert_eq!(books.known("1").package.name, name);
        assert_eq!(books.sync(&renamed)["1"].action, Action::Unchanged);
        // Even when the old name is back, somebody has to look.
        assert_eq!(books.sync(&SHOP)["1"].product.held, Some(Held::OtherBlock), "{name}");
    }
}

#[test]
fn inactive_sold_out_and_low_packages_go_off_sale_at_once_however_many() {
    let packages = many(20);
    let mut books = Books::with(&rows(&packages));
    let mut list = rows(&packages);
    for (at, row) in list.iter_mut().enumerate() {
        match at % 4 {
            0 => row.3 = "suspended",
            1 => row.2 = 0,
            2 => row.2 = 3,
            _ => row.2 = 2,
        }
    }
    let lines = books.sync(&list);
    assert!(lines.values().all(|line| line.action == Action::Disabled && line.was_available));
    assert_eq!(lines["0"].product.note.split(" (").next().unwrap(), {
        "Auto-disabled: The provider says \"suspended\""
    });
    assert_eq!(lines["1"].product.note, "Auto-disabled: Only 0 IPs left (1970-01-01T02:00:00Z)");
    assert_eq!(lines["2"].product.note, "Auto-disabled: Only 3 IPs left (1970-01-01T02:00:00Z)");
    assert_eq!(lines["1"].reason, Some(Reason::SoldOut));
    assert_eq!(lines["3"].reason, Some(Reason::LowStock));
    let again = books.sync(&list);
    assert!(again.values().all(|line| line.action == Action::Unchanged), "the time stays, too");
    let back = books.sync(&rows(&packages));
    assert!(back.values().all(|line| line.action == Action::ReEnabled));
    assert!(back.values().all(|line| line.product.note.is_empty()));
}

#[test]
fn four_units_are_sold_and_three_are_not() {
    let mut books = Books::with(&SHOP);
    let mut list = SHOP;
    (list[0].2, list[1].2) = (4, 3);
    let lines = books.sync(&list);
    assert_eq!((lines["1"].action, lines["1"].product.available), (Action::Updated, true));
    assert_eq!((lines["2"].action, lines["2"].product.available), (Action::Disabled, false));
}

#[test]
fn a_missing_package_gets_quantity_zero_and_comes_back_when_seen() {
    let mut books = Books::with(&SHOP);
    let lines = books.sync(&SHOP[1..]);
    assert_eq!(
        (lines["1"].action, lines["1"].reason),
        (Action::Disabled, Some(Reason::MissingFromApi))
    );
    assert_eq!(lines["1"].news, [News::Missing]);
    assert!(!lines["1"].product.available);
    let package = &books.known("1").package;
    assert_eq!((package.stock, package.listed_stock), (0, 0));
    assert_eq!(package.missing_since, Some(Timestamp::from_millis(2 * 3_600_000)));
    assert_eq!(books.sync(&SHOP[1..])["1"].action, Action::Unchanged);
    let lines = books.sync(&SHOP);
    assert_eq!((lines["1"].action, lines["1"].was_available), (Action::ReEnabled, false));
    assert_eq!(lines["1"].news, [News::SeenAgain]);
    assert_eq!(books.known("1").package.missing_since, None);
}

#[test]
fn one_run_disables_three_or_a_fifth_of_what_is_missing_and_holds_the_rest() {
    for (count, missing, disabled) in [(5, 4, 3), (10, 5, 3), (20, 10, 4), (29, 29, 5), (2, 2, 2)] {
        let packages = many(count);
        let mut books = Books::with(&rows(&packages));
        let rest = &packages[missing.min(count - 1)..];
        let lines = books.sync(&rows(rest));
        let counted = |action| lines.values().filter(|line| line.action == action).count();
        let missing = count - rest.len();
        assert_eq!(counted(Action::Disabled), disabled.min(missing), "{count}");
        assert_eq!(counted(Action::Held), missing.saturating_sub(disabled), "{count}");
        assert!(
            lines
                .values()
                .filter(|line| line.action == Action::Held)
                .all(|line| { line.product.held == Some(Held::Brake) && !line.product.available })
        );
        let again = books.sync(&rows(rest));
        assert!(again.values().all(|line| line.action == Action::Unchanged), "{count}");
        let back = books.sync(&rows(&packages));
        let back: Vec<&Line> =
            back.values().filter(|line| line.was_available != line.product.available).collect();
        assert!(back.iter().all(|line| line.action == Action::ReEnabled), "{count}");
        assert_eq!(back.len(), missing, "{count}");
    }
}

#[test]
fn what_goes_missing_is_written_down_and_told_by_its_reason() {
    let packages = many(5);
    let mut books = Books::with(&rows(&packages));
    let settled = books.settle(listed(&rows(&packages[4..])));
    let missing = settled.iter().filter(|settled| settled.package.missing_since.is_some());
    let lines: Vec<&Line> = missing.map(|settled| &settled.lines[0]).collect();
    let told = |line: &&&Line| match line.product.held {
        Some(held) => line.news == [News::Held(Held::Brake, held.words().into())],
        None => line.news == [News::Missing],
    };
    assert_eq!((lines.len(), lines.iter().filter(told).count()), (4, 4));
    assert!(lines.iter().all(|line| line.write == Write::Update));
}

#[test]
fn a_package_without_stock_is_noted_as_missing_once() {
    let empty = [("1", "103.181.91", 0, "active"), SHOP[1]];
    let mut books = Books::with(&empty);
    let write = |books: &mut Books| {
        let settled = books.settle(listed(&empty[1..]));
        let gone = settled.iter().find(|settled| settled.package.pid.as_str() == "1").unwrap();
        (gone.write, gone.is_kept())
    };
    assert_eq!(write(&mut books), (Write::Update, false));
    assert_eq!(write(&mut books), (Write::Keep, true));
}

#[test]
fn only_what_nothing_changed_in_is_kept() {
    let mut books = Books::with(&SHOP);
    assert!(books.settle(listed(&SHOP)).iter().all(Settled::is_kept));
    let mut fewer = SHOP;
    fewer[0].2 -= 1;
    let settled = books.settle(listed(&fewer));
    let kept: Vec<bool> = settled.iter().map(Settled::is_kept).collect();
    assert_eq!(kept.iter().filter(|kept| !**kept).count(), 1, "{kept:?}");
}

#[test]
fn what_goes_off_sale_for_its_own_reasons_does_not_use_up_the_brake() {
    let packages = many(20);
    let mut books = Books::with(&rows(&packages));
    let mut list = rows(&packages[4..]);
    list.iter_mut().take(10).for_each(|row| row.2 = 0);
    let lines = books.sync(&list);
    assert!((0..14).all(|at| lines[&at.to_string()].action == Action::Disabled));
}

#[test]
fn a_held_product_that_goes_missing_stays_held_for_its_own_reason() {
    let mut books = Books::with(&SHOP);
    let mut renamed = SHOP;
    renamed[0].1 = "103.182.44";
    books.sync(&renamed);
    let lines = books.sync(&SHOP[1..]);
    assert_eq!(
        (lines["1"].action, lines["1"].product.held),
        (Action::Held, Some(Held::OtherBlock))
    );
    assert_eq!(lines["1"].news, [News::Missing]);
    assert_eq!(books.sync(&SHOP[1..])["1"].action, Action::Unchanged);
}

#[test]
fn what_a_person_confirmed_as_gone_stays_gone_and_quiet() {
    let packages = many(20);
    let mut books = Books::with(&rows(&packages));
    books.sync(&rows(&packages[10..]));
    let held = books.known.iter_mut().find(|k| k.products[0].held.is_some()).unwrap();
    held.products[0].held = None;
    let pid = held.package.pid.to_string();
    let line = &books.sync(&rows(&packages[10..]))[&pid];
    assert_eq!((line.action, line.reason), (Action::Unchanged, Some(Reason::MissingFromApi)));
}

#[test]
fn low_stock_is_told_once_per_crossing() {
    let mut books = Books::with(&SHOP);
    let mut told = |stock: i64| {
        let mut list = SHOP;
        list[0].2 = stock;
        books.sync(&list)["1"].news.clone()
    };
    assert_eq!(told(11), []);
    assert_eq!(told(9), [News::Low { level: 10, stock: 9 }]);
    assert_eq!(told(8), []);
    assert_eq!(told(5), [News::Low { level: 5, stock: 5 }, News::NoLongerLow { level: 10 }]);
    assert_eq!(told(0), []);
    assert_eq!(told(40), [News::NoLongerLow { level: 10 }, News::NoLongerLow { level: 5 }]);
    assert_eq!(told(1), [News::Low { level: 5, stock: 1 }]);
}

#[test]
fn a_package_without_a_product_gets_one() {
    let mut books = Books::with(&SHOP);
    let moved = books.known("1").products.remove(0);
    books.known("2").products.push(moved);
    let settled = books.settle(listed(&SHOP));
    let actions: Vec<Vec<Action>> =
        settled.iter().map(|s| s.lines.iter().map(|l| l.action).collect()).collect();
    let same = Action::Unchanged;
    assert_eq!(actions, [vec![Action::Created], vec![same, same], vec![same]]);
    assert_eq!(settled[0].write, Write::Keep);
}

/// Looks for what was sold by its name alone.
fn look_up(list: &List, pid: &str, name: &str, buffer: i64) -> Look {
    list.look_up(&Pid::new(pid).unwrap(), name, &Promise::of(name, &[]), buffer)
}

const LIST: [(&str, &str, i64, &str); 9] = [
    ("5", "103.82.72", 71, "active"),
    ("6", "103.181.91", 12, "active"),
    ("7", "103.181.9", 3, "active"),
    ("8", "103.184", 0, "active"),
    ("9", "103.109.18x", 8, "suspended"),
    ("10", "103.195.160.2", 50, "active"),
    ("10", "103.195.160.3", 30, "active"),
    ("11", "103.82.72", 4, "active"),
    ("12", "103.83.x", 9, "Active"),
];

fn buy(name: &str, stock: i64) -> Look {
    Look::Buy { name: name.into(), stock, renamed_from: None }
}

#[test]
fn the_right_package_is_bought_or_none() {
    let list = List::of(listed(&LIST));
    let look = |pid, name| look_up(&list, pid, name, 0);
    assert_eq!(look("6", "103.181.91"), buy("103.181.91", 12));
    assert_eq!(look("7", "103.181.9"), buy("103.181.9", 3));
    assert_eq!(look("8", "103.184"), Look::Empty { stock: 0 });
    assert_eq!(look("9", "103.109.18x"), Look::Inactive { status: "suspended".into() });
    assert!(matches!(look("10", "103.195.160.2"), Look::Ambiguous(_)));
    assert!(matches!(look("5", "103.82.72"), Look::Ambiguous(_)));
    assert_eq!(look("99", "103.82.72"), Look::Gone);
    assert_eq!(look("12", "103.83.x"), buy("103.83.x", 9));
}

#[test]
fn a_purchase_follows_a_name_with_the_same_block_and_no_other() {
    let now = |name: &str| List::of(listed(&[("6", name, 12, "active")]));
    let look = |name: &str| look_up(&now(name), "6", "103.181.91", 0);
    let renamed_from = Some("103.181.91".to_owned());
    let name = "NEW-103.181.91".to_owned();
    assert_eq!(look("NEW-103.181.91"), Look::Buy { name, stock: 12, renamed_from });
    for name in ["103.182.44", "103.181.9", "103.181", "Premium VPS"] {
        assert_eq!(look(name), Look::OtherBlock { name: name.into() });
    }
}

#[test]
fn a_name_without_block_is_followed_only_where_ranges_were_sold() {
    let list = List::of(listed(&[("6", "Super VPS", 12, "active")]));
    let look = |cidrs: &[Cidr]| {
        let promise = Promise::of("Premium VPS", cidrs);
        list.look_up(&Pid::new("6").unwrap(), "Premium VPS", &promise, 0)
    };
    assert!(matches!(look(&[]), Look::OtherBlock { .. }));
    assert!(matches!(look(&[Cidr::parse("103.181.91.0/24").unwrap()]), Look::Buy { .. }));
}

#[test]
fn the_buffer_is_at_capacity_and_nothing_is_empty() {
    let list = List::of(listed(&LIST));
    let look = |pid, name, buffer| look_up(&list, pid, name, buffer);
    assert_eq!(look("7", "103.181.9", 3), Look::AtCapacity { stock: 3 });
    assert_eq!(look("7", "103.181.9", 2), buy("103.181.9", 3));
    assert_eq!(look("8", "103.184", 5), Look::Empty { stock: 0 });
}

fn any_row() -> impl Strategy<Value = Listed> {
    let names = prop::sample::select(vec![
        "103.181.91",
        "NEW-103.181.91",
        "103.182.44",
        "103.82.72",
        "103.83.x",
        "Premium VPS",
    ]);
    (0..12u8, names, 0..14i64, any::<bool>()).prop_map(|(pid, name, stock, active)| Listed {
        pid: Pid::new(pid.to_string()).unwrap(),
        name: name.into(),
        stock,
        status: if active { "active" } else { "suspended" }.into(),
        active,
    })
}

fn any_list() -> impl Strategy<Value = Vec<Listed>> {
    prop::collection::vec(any_row(), 1..24)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn every_run_keeps_the_laws_of_the_catalogue(lists in prop::collection::vec(any_list(), 1..6)) {
        let mut books = Books::new();
        for list in lists {
            let before: HashMap<String, bool> = books.known.iter().flat_map(|k| &k.products)
                .map(|p| (p.id.to_string(), p.available)).collect();
            let settled = books.settle(list.clone());
            let lines: Vec<&Line> = settled.iter().flat_map(|s| &s.lines).collect();

            // One action per entry, none lost, none twice.
            let mut ids: Vec<String> = lines.iter().map(|l| l.product.id.to_string()).collect();
            ids.sort();
            ids.dedup();
            prop_assert_eq!(ids.len(), lines.len());
            let created = lines.iter().filter(|l| l.action == Action::Created).count();
            prop_assert_eq!(lines.len(), before.len() + created);

            // The brake: what is disabled because it is missing, no more than that.
            let gone = lines.iter().filter(|l| l.action == Action::Disabled)
                .filter(|l| l.reason == Some(Reason::MissingFromApi)).count();
            prop_assert!(gone <= brake_limit(before.len()));

            for settled in &settled {
                for line in &settled.lines {
                    // On sale means: there, active, not low, not held.
                    let fit = settled.package.missing_since.is_none() && settled.package.active
                        && settled.package.listed_stock > 3 && line.product.held.is_none();
                    prop_assert_eq!(line.product.available, fit);
                    prop_assert_eq!(line.product.note.is_empty(), fit);
                    let was = before.get(line.product.id.as_str()).copied().unwrap_or(false);
                    prop_assert_eq!(line.was_available, was);
                    match line.action {
                        Action::Disabled => prop_assert!(!fit),
                        Action::ReEnabled => prop_assert!(fit && !was),
                        Action::Held => prop_assert!(line.product.held.is_some()),
                        Action::Unchanged => prop_assert!(line.news.is_empty()),
                        _ => {}
                    }
                }
            }

            // The same list again: nothing to do, nothing to write.
            for settled in books.settle(list) {
                prop_assert_eq!(settled.write, Write::Keep);
                for line in settled.lines {
                    prop_assert_eq!((line.action, line.write), (Action::Unchanged, Write::Keep));
                    prop_assert!(line.news.is_empty());
                }
            }
        }
    }

    #[test]
    fn a_purchase_is_never_made_by_another_packages_name(list in any_list(), pid in 0..12u8) {
        let list = List::of(list);
        let pid = pid.to_string();
        if let Look::Buy { name, .. } = look_up(&list, &pid, "103.181.91", 0) {
            let rows: Vec<&Listed> =
                list.rows().iter().filter(|row| row.name == name && row.active).collect();
            prop_assert_eq!(rows.len(), 1);
            prop_assert_eq!(rows[0].pid.as_str(), pid);
            prop_assert!(rows[0].stock > 0 && name.contains("103.181.91"));
        }
    }
}
