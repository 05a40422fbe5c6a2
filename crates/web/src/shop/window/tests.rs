//! What a wish finds, and in which order. Not for the page around it: `tests/pages/shop.rs`.

use std::sync::atomic::{AtomicU64, Ordering};

use domain::clock::Timestamp;
use domain::id::{Chance, PackageId};
use domain::money::{Currency, Money};
use domain::package::{Package, Pid};
use domain::product::Price;

use super::*;

struct Counting(AtomicU64);

impl Chance for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(u8::try_from(self.0.fetch_add(1, Ordering::Relaxed) % 256).unwrap());
    }
}

fn shown(name: &str, prices: &[(u16, i64)], stock: i64, tags: &[&str]) -> Shown {
    let (at, chance) = (Timestamp::from_millis(0), Counting(AtomicU64::new(0)));
    let package = Package {
        id: PackageId::mint(at, &chance),
        provider: "smartvps".into(),
        pid: Pid::new("6").unwrap(),
        name: name.into(),
        status: "active".into(),
        active: true,
        stock,
        listed_stock: stock,
        warned_at: None,
        missing_since: None,
        unlimited: false,
        days: 30,
    };
    let price = |(gb, rupees): &(u16, i64)| Price {
        ram: Ram::gb(*gb),
        price: Money::major(*rupees, Currency::INR),
        setup: Money::zero(Currency::INR),
        cost: None,
    };
    let product = Product {
        id: ProductId::mint(at, &chance),
        name: format!("🌊 {name}"),
        package: package.id.clone(),
        published: true,
        available: stock > 0,
        held: None,
        name_confirmed: false,
        prices: prices.iter().map(price).collect(),
        cidrs: vec![],
        tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
        note: String::new(),
        remark: String::new(),
        version: 1,
    };
    Shown { available: product.available, product, package }
}

const STATE: State = State { catalogue: 1, stopped: false, confirmed: true };

fn window() -> Window {
    let three = [(4, 699), (8, 999), (16, 1_499)];
    let shown = vec![
        shown("103.181.91", &three, 12, &["Mumbai", "New"]),
        shown("103.184 (Diamond)", &[(8, 1_999), (64, 8_999)], 3, &["AMD", "mumbai"]),
        shown("103.82.72", &[(4, 499)], 0, &[]),
        shown("157.254.25.xx", &three, 40, &["Noida"]),
    ];
    Window::of(shown, STATE)
}

fn found(wish: Wish) -> Vec<String> {
    let window = window();
    window.find(&wish).iter().map(|item| item.shown.package.name.clone()).collect()
}

#[test]
fn what_can_be_had_comes_first_and_then_the_wanted_order() {
    let by = |order| found(Wish { order, ..Wish::default() });
    let names = ["103.181.91", "103.184 (Diamond)", "157.254.25.xx", "103.82.72"];
    assert_eq!(by(Sorted::Name), names);
    assert_eq!(by(Sorted::Cheapest), ["103.181.91", "157.254.25.xx", names[1], "103.82.72"]);
    assert_eq!(by(Sorted::Dearest), [names[1], "103.181.91", "157.254.25.xx", "103.82.72"]);
}

#[test]
fn a_price_is_that_of_the_wanted_size() {
    let wish = |memory: u16, rupees: i64| Wish {
        memory: Some(Ram::gb(memory)),
        most: Some(rupees * 100),
        ..Wish::default()
    };
    assert_eq!(found(wish(8, 1_000)), ["103.181.91", "157.254.25.xx"]);
    assert_eq!(found(wish(64, 10_000)), ["103.184 (Diamond)"]);
    assert!(found(wish(32, 10_000)).is_empty());
    let cheap = Wish { most: Some(50_000), ..Wish::default() };
    assert_eq!(found(cheap.clone()), ["103.82.72"]);
    assert!(found(Wish { only_on_sale: true, ..cheap }).is_empty());
}

#[test]
fn every_word_of_a_search_must_fit_somewhere() {
    let search = |text: &str| found(Wish { text: text.into(), ..Wish::default() });
    assert_eq!(search("diamond 103.184"), ["103.184 (Diamond)"]);
    assert_eq!(search("mumbai").len(), 2);
    assert!(search("diamond noida").is_empty());
}

#[test]
fn tags_are_one_whatever_their_letters_and_groups_stand_together() {
    let window = window();
    let counts: Vec<(&str, usize)> =
        window.tags.iter().map(|(tag, count)| (tag.as_str(), *count)).collect();
    assert_eq!(counts, [("AMD", 1), ("Mumbai", 2), ("New", 1), ("Noida", 1)]);
    assert_eq!(found(Wish { tag: "mumbai".into(), ..Wish::default() }).len(), 2);
    let grouped = found(Wish { grouped: true, ..Wish::default() });
    assert_eq!(grouped, ["103.184 (Diamond)", "103.181.91", "157.254.25.xx", "103.82.72"]);
}

#[test]
fn of_very_many_tags_those_are_offered_that_most_bear() {
    let one = |number: usize| {
        let rare = format!("rare-{number}");
        shown("103.181.91", &[(4, 699)], 12, &["Mumbai", &rare])
    };
    let window = Window::of((0..50).map(one).collect(), STATE);
    assert_eq!((window.tags.len(), &window.tags[0]), (30, &("Mumbai".to_owned(), 50)));
}

#[test]
fn nothing_can_be_had_while_nothing_is_sold() {
    let stopped = State { stopped: true, ..STATE };
    let window = Window::of(vec![shown("103.181.91", &[(4, 699)], 12, &[])], stopped);
    let wish = Wish { only_on_sale: true, ..Wish::default() };
    assert!(window.find(&wish).is_empty() && window.find(&Wish::default()).len() == 1);
}

#[test]
fn ten_thousand_products_are_looked_through_whole() {
    let one = |number: usize| {
        let name = format!("103.{}.{}", number / 256, number % 256);
        shown(&name, &[(4, 699), (8, 999)], 12, &["Mumbai"])
    };
    let window = Window::of((0..10_000).map(one).collect(), STATE);
    let last = Wish { text: "103.39.15".into(), order: Sorted::Cheapest, ..Wish::default() };
    assert_eq!(window.find(&last).len(), 1);
    assert_eq!(window.find(&Wish::default()).len(), 10_000);
}
