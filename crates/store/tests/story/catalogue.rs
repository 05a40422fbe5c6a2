//! The catalogue's part of the story: readings and the pointer to the newest, the sets of a sync,
//! what staff change, and how the shop and its staff read it; and alerts.

use domain::block::Cidr;
use domain::catalogue::{Known, List, Rules, Run, Settled};
use domain::clock::Timestamp;
use domain::id::ProductId;
use domain::money::{Currency, Money};
use domain::package::{Listed, Pid, Ram};
use domain::product::{Held, Price};
use store::alert::NewAlert;
use store::catalogue::{SetWritten, Shown};
use store::db::{Result, StoreError, Tx};
use store::reading::{self, Begun, PackageStock, Packed, Purpose, Standing, Stored};

use crate::support::{TestDb, for_each_database};

const SHOP: &str = "smartvps";

fn rows(names: &[(&str, &str, i64)]) -> Vec<Listed> {
    let row = |&(pid, name, stock): &(&str, &str, i64)| Listed {
        pid: Pid::new(pid).unwrap(),
        name: name.into(),
        stock,
        status: "active".into(),
        active: true,
    };
    names.iter().map(row).collect()
}

const THREE: [(&str, &str, i64); 3] =
    [("1", "103.181.91", 50), ("2", "103.82.72", 12), ("3", "Premium VPS", 9)];

async fn asked(shop: &TestDb, purpose: Purpose) -> Begun {
    shop.db.write(move |tx| tx.begin_reading(SHOP, purpose)).await.unwrap()
}

async fn stored(shop: &TestDb, number: i64, raw: &[u8]) -> Stored {
    let (hash, raw) = (reading::hash_of(raw), raw.to_vec());
    let store = move |tx: &mut Tx<'_>| {
        let known = tx.has_raw(&hash)?;
        let bytes = if known { None } else { Some(reading::packed(&raw)?) };
        tx.store_reading(SHOP, number, &Packed { hash: hash.clone(), bytes, rows: 3 })
    };
    shop.db.write(store).await.unwrap()
}

fn decide(shop: &TestDb, list: &List, known: Vec<Known>) -> Vec<Settled> {
    let rules = Rules { warn_at: vec![10, 5], disable_at: 3 };
    let now = Timestamp::from_millis(1_790_000_000_000);
    Run { provider: SHOP, rules: &rules, now, chance: &shop.chance }.decide(list, known)
}

async fn load(shop: &TestDb) -> Vec<Known> {
    shop.db.read(|tx| tx.load_catalogue(SHOP)).await.unwrap()
}

fn all(set: &[Settled]) -> Vec<&Settled> {
    set.iter().collect()
}

/// Writes one set of sync `number`; undone unless it is done.
async fn written(shop: &TestDb, number: i64, set: Vec<Settled>) -> SetWritten {
    let write = move |tx: &mut Tx<'_>| match tx.write_settled(SHOP, number, &all(&set))? {
        SetWritten::Done => Ok(SetWritten::Done),
        SetWritten::Superseded => Err(StoreError::Stale("sync")),
        SetWritten::Changed => Err(StoreError::Stale("product")),
    };
    match shop.db.write(write).await {
        Ok(done) => done,
        Err(StoreError::Stale("sync")) => SetWritten::Superseded,
        Err(StoreError::Stale("product")) => SetWritten::Changed,
        Err(other) => panic!("{other}"),
    }
}

/// One whole first sync of `names`; gives its number.
async fn first_sync(shop: &TestDb, names: &[(&str, &str, i64)]) -> i64 {
    let begun = asked(shop, Purpose::Sync).await;
    let raw = format!("{names:?}");
    let kept = stored(shop, begun.number, raw.as_bytes()).await;
    assert_eq!(kept.standing, Standing::ToWrite);
    let settled = decide(shop, &List::of(rows(names)), load(shop).await);
    let number = begun.number;
    let claimed = shop.db.write(move |tx| tx.claim_sync(SHOP, number)).await.unwrap();
    assert!(claimed);
    assert_eq!(written(shop, number, settled).await, SetWritten::Done);
    let finish = move |tx: &mut Tx<'_>| {
        tx.show_reading(SHOP, number)?;
        tx.finish_sync(SHOP, number, "{}")
    };
    shop.db.write(finish).await.unwrap();
    number
}

async fn product_of(shop: &TestDb, pid: &str) -> Shown {
    let pid = Pid::new(pid).unwrap();
    let find = move |tx: &mut Tx<'_>| {
        let package = tx.package_of_pid(SHOP, &pid)?.expect("the package");
        assert_eq!(tx.package(&package.id)?.as_ref(), Some(&package));
        Ok::<_, StoreError>(tx.products_of_package(&package.id)?.remove(0))
    };
    shop.db.read(find).await.unwrap()
}

#[tokio::test]
async fn syncs_that_fail_are_counted_from_the_first_since_a_good_one() {
    for_each_database(async |shop| {
        let first_failed = async || shop.db.read(|tx| tx.first_failed_sync(SHOP)).await.unwrap();
        let failed = async |purpose| {
            let begun = asked(shop, purpose).await;
            shop.db.write(move |tx| tx.fail_reading(begun.number, "no answer")).await.unwrap();
            shop.clock.step(std::time::Duration::from_secs(1));
            begun.requested_at
        };
        assert_eq!(first_failed().await, None, "nobody knows the provider");
        let at = failed(Purpose::Sync).await;
        failed(Purpose::Sync).await;
        assert_eq!(first_failed().await, Some(at));
        first_sync(shop, &[("1", "103.181.91", 50)]).await;
        failed(Purpose::Purchase).await;
        assert_eq!(first_failed().await, None, "a purchase that hears no list is no sync");
        let at = failed(Purpose::Sync).await;
        assert_eq!(first_failed().await, Some(at));
    })
    .await;
}

#[tokio::test]
async fn a_reading_is_numbered_when_asked_for_and_when_stored() {
    for_each_database(async |shop| {
        assert_eq!(shop.db.read(|tx| tx.pointers(SHOP)).await.unwrap(), None);
        for _ in 0..2 {
            shop.db.write(|tx| tx.ensure_provider(SHOP)).await.unwrap();
        }
        let first = asked(shop, Purpose::Sync).await;
        let second = asked(shop, Purpose::Purchase).await;
        assert!(second.number > first.number);
        assert!(second.requested_at >= first.requested_at);
        stored(shop, first.number, b"[1]").await;
        shop.db.write(move |tx| tx.fail_reading(second.number, "no answer")).await.unwrap();
        let kept = shop.db.read(|tx| tx.readings(SHOP, 10)).await.unwrap();
        assert_eq!(kept.len(), 2);
        assert_eq!((kept[0].number, kept[0].purpose.as_str()), (second.number, "purchase"));
        assert_eq!(kept[0].failure.as_deref(), Some("no answer"));
        assert_eq!(kept[0].stored_number, None);
        assert!(kept[1].stored_number > Some(second.number), "numbers tell the order of things");
        assert_eq!((kept[1].rows, kept[1].failure.clone()), (Some(3), None));
        let raw = shop.db.read(move |tx| tx.raw_at(first.number)).await.unwrap().unwrap();
        assert_eq!((raw.number, &*raw.bytes), (first.number, b"[1]".as_slice()));
        assert_eq!(raw.requested_at, first.requested_at);
        let after = async |number, since| {
            let read = move |tx: &mut Tx<'_>| tx.raws_around(SHOP, number, since);
            let (before, after) = shop.db.read(read).await.unwrap();
            (before.map(|raw| raw.number), after.map(|raw| raw.number))
        };
        let (at, before) = (first.requested_at, first.number - 1);
        assert_eq!(after(before, at).await, (None, Some(first.number)));
        let none = (Some(first.number), None);
        assert_eq!(after(first.number, at).await, none, "what failed has no bytes");
        let later = at + std::time::Duration::from_micros(1);
        assert_eq!(after(before, later).await, (None, None), "it was asked for before that");
        // What failed is not stored later, and nothing is stored twice.
        let late = Packed { hash: "x".into(), bytes: None, rows: 0 };
        for number in [first.number, second.number] {
            let late = late.clone();
            let again = shop.db.write(move |tx| tx.store_reading(SHOP, number, &late)).await;
            assert!(matches!(again, Err(StoreError::Stale("reading"))), "{again:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_equal_answer_is_kept_once_and_needs_no_writing() {
    for_each_database(async |shop| {
        let number = first_sync(shop, &THREE).await;
        let raw = format!("{THREE:?}");
        shop.clock.step(std::time::Duration::from_secs(3_600));
        let begun = asked(shop, Purpose::Purchase).await;
        let again = stored(shop, begun.number, raw.as_bytes()).await;
        assert_eq!(again.standing, Standing::Shown);
        let pointers = shop.db.read(|tx| tx.pointers(SHOP)).await.unwrap().unwrap();
        assert_eq!(pointers.reading_number, begun.number);
        assert_eq!(pointers.reading_requested_at, begun.requested_at);
        assert_eq!(pointers.reading_stored_at, again.at);
        assert_eq!((pointers.sync_number, pointers.syncing_number), (number, number));
        // Old readings go, those that pointers name stay.
        shop.clock.step(std::time::Duration::from_secs(3_600));
        let third = asked(shop, Purpose::Purchase).await;
        stored(shop, third.number, b"other").await;
        let now = shop.now().await;
        let gone = shop.db.write(move |tx| tx.prune_readings(now)).await.unwrap();
        assert_eq!(gone, 0, "the newest, the one being written and the last sync");
        shop.db.write(move |tx| tx.show_reading(SHOP, third.number)).await.unwrap();
        let gone = shop.db.write(move |tx| tx.prune_readings(now)).await.unwrap();
        assert_eq!(gone, 1);
        assert!(shop.db.read(move |tx| tx.raw_at(number)).await.unwrap().is_some());
        let hash = reading::hash_of(raw.as_bytes());
        assert!(shop.db.read(move |tx| tx.has_raw(&hash)).await.unwrap(), "the sync names it");
    })
    .await;
}

#[tokio::test]
async fn stock_is_written_by_the_newest_reading_and_the_pointer_only_moves_forward() {
    for_each_database(async |shop| {
        first_sync(shop, &THREE).await;
        let older = asked(shop, Purpose::Purchase).await.number;
        let newer = asked(shop, Purpose::Purchase).await.number;
        assert_eq!(stored(shop, older, b"older").await.standing, Standing::ToWrite);
        let stocks = shop.db.read(|tx| tx.package_stocks(SHOP)).await.unwrap();
        assert_eq!(stocks.iter().map(|s| s.stock).collect::<Vec<_>>(), [50, 12, 9]);
        let to = |stock: i64| -> Vec<PackageStock> {
            stocks.iter().map(|s| PackageStock { stock, ..s.clone() }).collect()
        };
        let write = |number: i64, set: Vec<PackageStock>| {
            let write = move |tx: &mut Tx<'_>| match tx.write_stocks(SHOP, number, &set)? {
                true => Ok(()),
                false => Err(StoreError::Stale("reading")),
            };
            shop.db.write(write)
        };
        write(older, to(40)[..1].to_vec()).await.unwrap();
        // Half-way through, a newer reading comes: the older one stops and moves no pointer.
        assert_eq!(stored(shop, newer, b"newer").await.standing, Standing::ToWrite);
        assert!(matches!(write(older, to(40)).await, Err(StoreError::Stale("reading"))));
        let shown = shop.db.write(move |tx| tx.show_reading(SHOP, older)).await.unwrap();
        assert!(!shown);
        write(newer, to(30)).await.unwrap();
        assert!(shop.db.write(move |tx| tx.show_reading(SHOP, newer)).await.unwrap());
        let stocks = shop.db.read(|tx| tx.package_stocks(SHOP)).await.unwrap();
        assert!(stocks.iter().all(|stock| stock.stock == 30));
        // One that was asked for earlier and comes later is only kept.
        let late = asked(shop, Purpose::Purchase).await.number;
        let last = asked(shop, Purpose::Purchase).await.number;
        stored(shop, last, b"last").await;
        assert_eq!(stored(shop, late, b"late").await.standing, Standing::Superseded);
        // A reading of step 1 leaves alone what only syncs set.
        let shown = product_of(shop, "2").await;
        assert_eq!((shown.package.stock, shown.package.listed_stock), (30, 12));
        assert!(shown.available && shown.package.name == "103.82.72");
    })
    .await;
}

#[tokio::test]
async fn what_a_sync_decided_is_read_back_as_it_was() {
    for_each_database(async |shop| {
        let number = first_sync(shop, &THREE).await;
        let known = load(shop).await;
        assert_eq!(known.len(), 3);
        // Nothing is left to do for the same list.
        let again = decide(shop, &List::of(rows(&THREE)), known.clone());
        assert!(again.iter().all(|s| s.lines.iter().all(|l| l.action.as_str() == "unchanged")));
        // A list with less brings every column into play.
        let fewer = [("2", "NEW-103.82.72", 2), ("3", "103.83.x", 9)];
        let settled = decide(shop, &List::of(rows(&fewer)), known);
        assert_eq!(written(shop, number, settled.clone()).await, SetWritten::Done);
        let mut expected: Vec<Known> = settled
            .iter()
            .map(|s| Known {
                package: s.package.clone(),
                products: s.lines.iter().map(|line| line.product.clone()).collect(),
            })
            .collect();
        // Stock is the business of readings, not of a sync's sets.
        for (known, stock) in expected.iter_mut().zip([50, 12, 9]) {
            known.package.stock = stock;
        }
        assert_eq!(load(shop).await, expected);
        assert_eq!(product_of(shop, "3").await.product.held, Some(Held::OtherBlock));
        assert!(product_of(shop, "1").await.package.missing_since.is_some());
    })
    .await;
}

#[tokio::test]
async fn a_sync_gives_way_to_staff_and_to_a_newer_sync() {
    for_each_database(async |shop| {
        let number = first_sync(shop, &THREE).await;
        let sold_out = [("1", "103.181.91", 0), ("2", "103.82.72", 12), ("3", "Premium VPS", 9)];
        let settled = decide(shop, &List::of(rows(&sold_out)), load(shop).await);
        // Staff rename the product between the decision and its writing.
        let mut shown = product_of(shop, "1").await;
        shown.product.name = "🌊 Ours".into();
        let product = shown.product.clone();
        shop.db.write(move |tx| tx.change_product(&product, SHOP)).await.unwrap();
        let (one, set) = (settled[0].package.id.clone(), settled.clone());
        let same = shop.db.write(move |tx| tx.lock_settled(&set)).await.unwrap();
        assert_eq!(same, [false, true, true], "{one} is not what was decided on");
        assert_eq!(written(shop, number, settled).await, SetWritten::Changed);
        let after = product_of(shop, "1").await;
        assert!(after.available && after.package.listed_stock == 50, "the whole set is undone");
        // Their own second click on the same page is refused.
        let product = shown.product.clone();
        let again = shop.db.write(move |tx| tx.change_product(&product, SHOP)).await;
        assert!(matches!(again, Err(StoreError::Stale("product"))));
        let settled = decide(shop, &List::of(rows(&sold_out)), load(shop).await);
        let newer = asked(shop, Purpose::Sync).await.number;
        assert!(shop.db.write(move |tx| tx.claim_sync(SHOP, newer)).await.unwrap());
        assert_eq!(written(shop, number, settled.clone()).await, SetWritten::Superseded);
        assert!(!shop.db.write(move |tx| tx.claim_sync(SHOP, number)).await.unwrap());
        assert_eq!(written(shop, newer, settled).await, SetWritten::Done);
        assert!(!product_of(shop, "1").await.available);
        assert_eq!(product_of(shop, "1").await.product.name, "🌊 Ours");
    })
    .await;
}

#[tokio::test]
async fn a_new_package_shows_no_stock_that_a_newer_reading_may_have_seen_go() {
    for_each_database(async |shop| {
        first_sync(shop, &THREE).await;
        let number = asked(shop, Purpose::Sync).await.number;
        stored(shop, number, b"sync").await;
        assert!(shop.db.write(move |tx| tx.claim_sync(SHOP, number)).await.unwrap());
        let newer = asked(shop, Purpose::Purchase).await.number;
        stored(shop, newer, b"purchase").await;
        shop.db.write(move |tx| tx.show_reading(SHOP, newer)).await.unwrap();
        let four = [THREE.as_slice(), &[("4", "103.83.x", 12)]].concat();
        let settled = decide(shop, &List::of(rows(&four)), load(shop).await);
        assert_eq!(written(shop, number, settled).await, SetWritten::Done);
        let shown = product_of(shop, "4").await;
        assert_eq!((shown.package.stock, shown.package.listed_stock), (0, 12));
        // The next reading is written even where it is equal to the one before.
        let next = asked(shop, Purpose::Purchase).await.number;
        assert_eq!(stored(shop, next, b"purchase").await.standing, Standing::ToWrite);
    })
    .await;
}

async fn names(shop: &TestDb, published: bool, after: Option<ProductId>) -> Vec<String> {
    let list = move |tx: &mut Tx<'_>| match published {
        true => tx.list_shop(after.as_ref(), 2),
        false => tx.list_products(after.as_ref(), 2),
    };
    let shown = shop.db.read(list).await.unwrap();
    shown.into_iter().map(|shown| shown.product.name).collect()
}

#[tokio::test]
async fn lists_are_paged_by_name_and_carry_prices() {
    for_each_database(async |shop| {
        first_sync(shop, &THREE).await;
        let first = product_of(shop, "1").await;
        assert_eq!(names(shop, false, None).await, ["🌊 103.181.91", "🌊 103.82.72"]);
        let after = Some(product_of(shop, "2").await.product.id);
        assert_eq!(names(shop, false, after.clone()).await, ["🌊 Premium VPS"]);
        assert_eq!(names(shop, true, after).await, Vec::<String>::new(), "it is not published");
        assert_eq!(names(shop, true, Some(first.product.id.clone())).await, ["🌊 103.82.72"]);
        let prices: Vec<String> =
            first.product.prices.iter().map(|p| format!("{} {}", p.ram, p.price)).collect();
        assert_eq!(prices, ["4GB 699.00 INR", "8GB 999.00 INR", "16GB 1499.00 INR"]);
        let named = shop.db.read(|tx| tx.packages_named(SHOP, "103.82.72")).await.unwrap();
        assert_eq!(named.len(), 1);
        let unknown = ProductId::parse("prd_01J0000000000000000000000A").unwrap();
        assert_eq!(shop.db.read(move |tx| tx.product(&unknown)).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn what_staff_change_is_kept_and_noticed() {
    for_each_database(async |shop| {
        first_sync(shop, &THREE).await;
        let before = shop.db.read(|tx| tx.catalogue_version()).await.unwrap();
        let id = product_of(shop, "1").await.product.id;
        let change = move |tx: &mut Tx<'_>| {
            let mut product = tx.lock_product(&id)?.expect("the product").product;
            product.cidrs = vec![Cidr::parse("103.181.91.0/24").unwrap()];
            product.name_confirmed = true;
            product.held = Some(Held::TwoNames);
            product.available = false;
            let money = |minor| Money::new(minor, Currency::INR);
            product.prices = vec![Price {
                ram: Ram::gb(8),
                price: money(55_500),
                setup: money(0),
                cost: Some(money(40_000)),
            }];
            tx.change_product(&product, SHOP)?;
            tx.change_prices(&product)?;
            Ok::<_, StoreError>(product)
        };
        let changed = shop.db.write(change).await.unwrap();
        let shown = product_of(shop, "1").await;
        assert_eq!(shown.product.version, changed.version + 1);
        assert_eq!(shown.product.prices, changed.prices);
        assert_eq!(shown.product.cidrs, changed.cidrs);
        assert!(!shown.available && shown.product.held == Some(Held::TwoNames));
        assert!(shop.db.read(|tx| tx.catalogue_version()).await.unwrap() > before);
        // A product put in by hand that looks like another one is found beside it.
        let mut twin = shown.clone();
        let chance = &shop.chance;
        twin.product.id = ProductId::mint(Timestamp::from_millis(1), chance);
        let (package, product) = (twin.package.clone(), twin.product.clone());
        shop.db.write(move |tx| tx.add_product(&package, &product)).await.unwrap();
        let original = shown.product.clone();
        let like = shop.db.read(move |tx| tx.products_like(&original)).await.unwrap();
        assert_eq!(like.len(), 1);
        assert_eq!(like[0].product.id, twin.product.id);
        let id = shown.product.id.clone();
        let (own, likes) = shop.db.read(move |tx| tx.product_and_likes(&id)).await.unwrap();
        assert_eq!(own.map(|own| own.product.id), Some(shown.product.id.clone()));
        assert_eq!(likes.iter().map(|one| &one.product.id).collect::<Vec<_>>(), [&twin.product.id]);
        let nobody = ProductId::mint(Timestamp::from_millis(2), chance);
        let (own, likes) = shop.db.read(move |tx| tx.product_and_likes(&nobody)).await.unwrap();
        assert!(own.is_none() && likes.is_empty(), "{likes:?}");
        let names = shop.db.read(|tx| tx.product_names(9)).await.unwrap();
        assert!(names.contains(&(twin.product.id.clone(), twin.product.name.clone())), "{names:?}");
        assert!(names.is_sorted_by_key(|(_, name)| name.clone()));
        let bought = shop.db.read(|tx| tx.packages_to_buy(SHOP, 9)).await.unwrap();
        assert!(bought.contains(&(shown.package.name.clone(), shown.package.stock)), "{bought:?}");
        assert!(shop.db.read(|tx| tx.packages_to_buy("another", 9)).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_trouble_has_one_open_row_and_a_new_one_each_time_it_comes_back() {
    for_each_database(async |shop| {
        let raise = |text: &'static str| {
            shop.db.write(move |tx| tx.raise_alert("low-stock-5", "prd_1", text))
        };
        raise("five left").await.unwrap();
        raise("four left").await.unwrap();
        let open = shop.db.read(|tx| tx.open_alerts(500)).await.unwrap();
        assert_eq!(open.len(), 1);
        assert_eq!((open[0].text.as_str(), open[0].resolved_at), ("five left", None));
        shop.db.write(|tx| tx.resolve_alert("low-stock-5", "prd_1")).await.unwrap();
        raise("five left again").await.unwrap();
        let all = shop.db.read(|tx| tx.alerts(None, 10)).await.unwrap();
        assert_eq!(all.len(), 2);
        assert!(all[0].resolved_at.is_none() && all[1].resolved_at.is_some());
        let next = shop.db.read(move |tx| tx.alerts(Some(all[0].id), 10)).await.unwrap();
        assert_eq!(next.len(), 1);
        // Many at once, more than go into one statement, some of them open already.
        let many: Vec<NewAlert> = (0..120)
            .map(|at| NewAlert {
                kind: "package-missing".into(),
                subject: format!("prd_{at}"),
                text: "gone".into(),
            })
            .collect();
        let troubles: Vec<(String, String)> =
            many.iter().map(|alert| (alert.kind.clone(), alert.subject.clone())).collect();
        for _ in 0..2 {
            let many = many.clone();
            shop.db.write(move |tx| tx.raise_alerts(&many)).await.unwrap();
        }
        assert_eq!(shop.db.read(|tx| tx.open_alerts(500)).await.unwrap().len(), 121);
        assert_eq!(shop.db.read(|tx| tx.open_alerts(8)).await.unwrap().len(), 8);
        assert_eq!(shop.db.read(|tx| tx.count_open_alerts()).await.unwrap(), 121);
        let (newest, open) = shop.db.read(|tx| tx.open_alerts_beside_the_list(8)).await.unwrap();
        assert_eq!((newest.len(), open), (8, 121));
        let resolve: Result<()> =
            shop.db.write(move |tx| tx.resolve_alerts(&troubles[..119])).await;
        resolve.unwrap();
        let open = shop.db.read(|tx| tx.open_alerts(500)).await.unwrap();
        let subjects: Vec<&str> = open.iter().map(|alert| alert.subject.as_str()).collect();
        assert_eq!(subjects, ["prd_119", "prd_1"]);
    })
    .await;
}

#[tokio::test]
async fn a_trouble_that_somebody_settled_is_not_told_again_in_the_same_words() {
    for_each_database(async |shop| {
        let raise = |text: &'static str| {
            shop.db.write(move |tx| tx.raise_alert_once("payment-mismatch", "ord_1", text))
        };
        let open = async || {
            let found = shop.db.read(|tx| tx.open_alert("payment-mismatch", "ord_1")).await;
            found.unwrap().map(|alert| alert.text)
        };
        assert_eq!(open().await, None);
        raise("it names pay_2").await.unwrap();
        raise("it names pay_2").await.unwrap();
        assert_eq!(open().await.as_deref(), Some("it names pay_2"));
        shop.db.write(|tx| tx.resolve_alert("payment-mismatch", "ord_1")).await.unwrap();
        raise("it names pay_2").await.unwrap();
        assert_eq!(open().await, None);
        raise("it names pay_3").await.unwrap();
        assert_eq!(open().await.as_deref(), Some("it names pay_3"));
        assert_eq!(shop.db.read(|tx| tx.alerts(None, 10)).await.unwrap().len(), 2);
    })
    .await;
}
