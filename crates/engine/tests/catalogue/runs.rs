//! What a sync does and leaves alone.

use std::time::Duration;

use domain::catalogue::Action;
use domain::package::{Listed, Pid};
use engine::Error;
use engine::catalogue::{ProductPatch, Shown};
use engine::sync::OTHERWISE;
use upstream::Fault;

use crate::shop::{PROVIDER, Rows, STAFF, Scripted, Shop, result};
use crate::support::for_each_database;

const SHOP: Rows<'_> = &[
    ("1", "103.181.91", 50, "active"),
    ("2", "103.82.72", 40, "active"),
    ("3", "103.83.x", 30, "active"),
    ("4", "Premium VPS", 20, "active"),
];

fn many(upstream: &Scripted, count: usize, stock: i64) {
    let row = |at: usize| Listed {
        pid: Pid::new(at.to_string()).unwrap(),
        name: format!("{}.{}.{}", 100 + at / 65_536, at / 256 % 256, at % 256),
        stock,
        status: "active".into(),
        active: true,
    };
    upstream.lists_all((0..count).map(row).collect());
}

#[tokio::test]
async fn a_first_sync_fills_the_shop() {
    for_each_database(async |test| {
        let shop = Shop::open(test);
        let report = shop.sync(SHOP).await;
        let summary = &report.summary;
        assert_eq!((summary.created, summary.total_packages, summary.total_entries), (4, 4, 4));
        let first = result(&report, "1");
        assert_eq!((first.action, first.qty, first.available), (Action::Created, 50, true));
        assert_eq!((first.name.as_str(), first.status.as_str()), ("103.181.91", "active"));
        assert_eq!(first.id, shop.id("1").await.to_string());
        assert_eq!(result(&report, "4").reason, Some("no_block"));
        let shown = shop.engine.shop(None, 100).await.unwrap();
        let names: Vec<&str> = shown.iter().map(|s| s.product.name.as_str()).collect();
        assert_eq!(names, ["🌊 103.181.91", "🌊 103.82.72", "🌊 103.83.x"]);
        assert!(shown.iter().all(|shown| shown.available && shown.product.prices.len() == 3));
    })
    .await;
}

#[tokio::test]
async fn a_second_run_with_nothing_changed_writes_only_its_own_row() {
    for_each_database(async |test| {
        let shop = Shop::open(test);
        shop.sync(SHOP).await;
        let before = shop.books().await;
        shop.clock.step(Duration::from_secs(120));
        let report = shop.sync(SHOP).await;
        assert_eq!(report.summary.unchanged, 4);
        assert!(report.results.iter().all(|r| r.action == Action::Unchanged));
        assert_eq!(shop.books().await, before);
        let readings = shop.db.read(|tx| tx.readings(PROVIDER, 10)).await.unwrap();
        assert_eq!(readings.len(), 2);
        assert_eq!(readings[0].hash, readings[1].hash);
        assert!(readings[0].summary.as_deref().unwrap().contains("\"unchanged\":4"));
        // A list that says the same in another order is another answer and changes nothing.
        let turned: Vec<_> = SHOP.iter().rev().copied().collect();
        shop.sync(&turned).await;
        assert_eq!(shop.books().await, before);
    })
    .await;
}

#[tokio::test]
async fn every_entry_has_one_action_and_counts_once() {
    for_each_database(async |test| {
        let shop = Shop::open(test);
        let before = [SHOP, &[("5", "103.184", 2, "active"), ("6", "103.73.222.xx", 9, "active")]];
        shop.sync(&before.concat()).await;
        let report = shop
            .sync(&[
                ("1", "NEW-103.181.91", 50, "active"),
                ("2", "103.82.74", 40, "active"),
                ("3", "103.83.x", 29, "active"),
                ("5", "103.184", 12, "active"),
                ("6", "103.73.222.xx", 9, "suspended"),
                ("7", "103.15.xx", 9, "active"),
            ])
            .await;
        let action = |pid: &str| result(&report, pid).action.as_str();
        let actions = ["1", "2", "3", "4", "5", "6", "7"].map(action);
        assert_eq!(
            actions,
            ["fixed", "held", "updated", "disabled", "re-enabled", "disabled", "created"]
        );
        let s = &report.summary;
        assert_eq!(
            (s.fixed, s.held, s.updated, s.disabled, s.re_enabled, s.created),
            (1, 1, 1, 2, 1, 1)
        );
        assert_eq!((s.total_packages, s.total_entries, report.results.len()), (6, 7, 7));
        let back = result(&report, "5");
        assert_eq!((back.was_available, back.available), (false, true));
        assert_eq!(result(&report, "4").reason, Some("missing_from_api"));
        assert_eq!(result(&report, "2").reason, Some("other_block"));
        assert!(!shop.product("2").await.available);
        assert_eq!(shop.product("2").await.package.name, "103.82.74");
        let note = shop.product("4").await.product.note;
        assert!(note.starts_with("Auto-disabled: Missing"), "{note}");
    })
    .await;
}

#[tokio::test]
async fn callers_that_arrive_while_a_run_is_under_way_get_its_result() {
    for_each_database(async |test| {
        let shop = Shop::open(test);
        shop.upstream.lists(SHOP);
        shop.upstream.holds_back();
        let all = futures_util::future::join_all((0..20).map(|_| shop.engine.sync()));
        let letting_go = async { shop.upstream.lets_go() };
        let (reports, ()) = futures_util::join!(all, letting_go);
        let mut reports = reports.into_iter().map(|report| report.unwrap());
        let first = reports.next().unwrap();
        assert!(reports.all(|report| std::sync::Arc::ptr_eq(&report, &first)));
        assert_eq!(shop.upstream.asked(), 1);
        assert_eq!(shop.engine.sync().await.unwrap().summary.unchanged, 4);
    })
    .await;
}

#[tokio::test]
async fn a_caller_who_leaves_does_not_stop_the_run() {
    for_each_database(async |test| {
        let shop = Shop::open(test);
        shop.upstream.lists(SHOP);
        shop.upstream.holds_back();
        let left = tokio::time::timeout(Duration::from_millis(20), shop.engine.sync()).await;
        assert!(left.is_err());
        let joined = shop.engine.sync();
        shop.upstream.lets_go();
        assert_eq!(joined.await.unwrap().summary.created, 4);
        assert_eq!(shop.upstream.asked(), 1);
    })
    .await;
}

#[tokio::test]
async fn an_answer_that_cannot_be_used_changes_nothing_and_says_why() {
    for_each_database(async |test| {
        let shop = Shop::open(test);
        shop.sync(SHOP).await;
        let before = shop.engine.catalogue_version().await.unwrap();
        let unreadable =
            |reason: &str| Fault::Unreadable { provider: "SmartVPS", reason: reason.to_owned() };
        shop.upstream.fails(unreadable("row 3 (id 7): the name is no plain text"));
        let said = shop.engine.sync().await;
        assert!(matches!(&said, Err(Error::Outside(why)) if why.contains("row 3")), "{said:?}");
        shop.clock.step(Duration::from_secs(300));
        shop.upstream.lists(&[]);
        let said = shop.engine.sync().await;
        assert!(matches!(&said, Err(Error::Outside(why)) if why.contains("empty")), "{said:?}");
        assert_eq!(shop.engine.catalogue_version().await.unwrap(), before);
        assert!(shop.product("1").await.available);
        let failing: Vec<_> =
            shop.alerts().await.into_iter().filter(|(kind, _)| kind == "sync-failing").collect();
        assert_eq!(failing.len(), 1);
        let readings = shop.db.read(|tx| tx.readings(PROVIDER, 10)).await.unwrap();
        assert!(readings[0].failure.as_deref().unwrap().contains("empty"));
        assert!(readings[1].failure.as_deref().unwrap().contains("row 3"));
        shop.sync(SHOP).await;
        assert!(!shop.alert_kinds().await.contains(&"sync-failing".to_owned()));
    })
    .await;
}

#[tokio::test]
async fn a_shop_that_never_heard_a_list_is_told_of_after_five_minutes() {
    for_each_database(async |test| {
        let shop = Shop::open(test);
        for (wait, is_told) in [(0, false), (240, false), (60, true)] {
            shop.clock.step(Duration::from_secs(wait));
            shop.upstream.fails(Fault::Unauthorized { provider: "SmartVPS", status: 401 });
            shop.engine.sync().await.unwrap_err();
            assert_eq!(shop.alert_kinds().await.contains(&"sync-failing".to_owned()), is_told);
        }
    })
    .await;
}

#[tokio::test]
async fn a_list_that_lost_most_entries_disables_a_fifth_and_holds_the_rest() {
    for_each_database(async |test| {
        let shop = Shop::open(test);
        many(&shop.upstream, 20, 50);
        shop.engine.sync().await.unwrap();
        many(&shop.upstream, 5, 50);
        let report = shop.engine.sync().await.unwrap();
        assert_eq!((report.summary.disabled, report.summary.held), (4, 11));
        let alerts = shop.alerts().await;
        let brake = alerts.iter().find(|(kind, _)| kind == "sync-brake").unwrap();
        assert!(brake.1.starts_with("15 of 20 packages are missing"), "{}", brake.1);
        for pid in 5..20 {
            let shown = shop.product(&pid.to_string()).await;
            assert_eq!((shown.available, shown.package.stock), (false, 0));
        }
        // All of them are still shown, as not available.
        assert_eq!(shop.engine.shop(None, 100).await.unwrap().len(), 20);
        many(&shop.upstream, 20, 50);
        let report = shop.engine.sync().await.unwrap();
        assert_eq!(report.summary.re_enabled, 15);
        assert_eq!(shop.alert_kinds().await, ["packages-new"]);
    })
    .await;
}

#[tokio::test]
async fn a_dry_run_tells_the_difference_and_changes_nothing() {
    for_each_database(async |test| {
        let shop = Shop::open(test);
        shop.sync(SHOP).await;
        let before = shop.books().await;
        shop.upstream.lists(&[("1", "103.181.91", 2, "active"), ("9", "103.15.xx", 9, "active")]);
        let report = shop.engine.sync_dry_run().await.unwrap();
        assert_eq!((report.summary.created, report.summary.disabled), (1, 4));
        assert_eq!(shop.books().await, before);
        assert_eq!(shop.db.read(|tx| tx.readings(PROVIDER, 10)).await.unwrap().len(), 1);
        shop.upstream.lists(&[]);
        assert!(matches!(shop.engine.sync_dry_run().await, Err(Error::Outside(_))));
    })
    .await;
}

#[tokio::test]
async fn a_sync_that_was_approved_of_does_what_was_shown_and_nothing_else() {
    for_each_database(async |test| {
        let shop = Shop::open(test);
        shop.sync(SHOP).await;
        let shown = async || shop.engine.sync_dry_run().await.unwrap().fingerprint();
        let approve = async |shown: &str| shop.engine.sync_as_shown(shown, STAFF).await;
        let refused = async |shown: &str| match approve(shown).await {
            Err(Error::Refused { slug, .. }) => assert_eq!(slug, OTHERWISE),
            other => panic!("{other:?}"),
        };
        let mut list = SHOP.to_vec();
        list.push(("9", "103.15.xx", 9, "active"));
        shop.upstream.lists(&list);
        let with_a_new_one = shown().await;
        assert_eq!(with_a_new_one, shown().await, "looking twice tells the same");
        // Renamed meanwhile, off sale meanwhile, gone meanwhile: each is something else.
        let entries = async || {
            let shown = shop.engine.list_products(None, 10).await.unwrap();
            let entry = |shown: Shown| (shown.product, shown.package.name);
            shown.into_iter().map(entry).collect::<Vec<_>>()
        };
        let before = entries().await;
        for other in [
            ("1", "103.181.91 (Gold)", 50, "active"),
            ("1", "103.181.91", 2, "active"),
            ("1", "103.181.91", 50, "inactive"),
            ("10", "103.181.91", 50, "active"),
        ] {
            list[0] = other;
            shop.upstream.lists(&list);
            refused(&with_a_new_one).await;
        }
        list[0] = SHOP[0];
        shop.upstream.lists(&list);
        refused("").await;
        assert_eq!(entries().await, before);
        // A figure that decides nothing may move on.
        list[0].2 = 44;
        shop.upstream.lists(&list);
        let report = approve(&with_a_new_one).await.unwrap();
        assert_eq!((report.summary.created, report.summary.updated), (1, 1));
        let noted = shop.db.read(|tx| tx.list_audit(None, 10)).await.unwrap();
        assert!(noted.iter().any(|row| row.action == "approve-sync" && row.actor == STAFF));
        // What was approved of once is done, and nothing is left of it.
        refused(&with_a_new_one).await;
    })
    .await;
}

#[tokio::test]
async fn two_nodes_that_sync_at_once_agree_in_the_end() {
    for_each_database(async |test| {
        let shop = Shop::open(test);
        let other = shop.another_node(test).await;
        for round in 0..6 {
            many(&shop.upstream, 300 + 40 * round, i64::try_from(round).unwrap() * 3);
            let (a, b) = futures_util::join!(shop.engine.sync(), other.engine.sync());
            let (a, b) = (a.unwrap(), b.unwrap());
            let entries = 300 + 40 * round;
            assert_eq!((a.summary.total_entries, b.summary.total_entries), (entries, entries));
            let last = shop.engine.sync().await.unwrap();
            assert_eq!(last.summary.unchanged, entries, "round {round}");
            let pointers = shop.db.read(|tx| tx.pointers(PROVIDER)).await.unwrap().unwrap();
            assert_eq!(pointers.reading_number, pointers.writing_number);
            assert_eq!(pointers.sync_number, pointers.syncing_number);
        }
        other.db.close();
    })
    .await;
}

#[tokio::test]
async fn staff_who_work_during_a_sync_lose_nothing_and_neither_does_the_sync() {
    for_each_database(async |test| {
        let shop = Shop::open(test);
        many(&shop.upstream, 400, 50);
        shop.engine.sync().await.unwrap();
        for round in 0..5 {
            let stock = if round % 2 == 0 { 0 } else { 50 };
            many(&shop.upstream, 400, stock);
            let renames = async {
                for pid in 0..20 {
                    let name = format!("Ours {round} {pid}");
                    let patch =
                        ProductPatch { display_name: Some(name), ..ProductPatch::default() };
                    shop.patch(&pid.to_string(), patch).await.unwrap();
                }
            };
            let (report, ()) = futures_util::join!(shop.engine.sync(), renames);
            let report = report.unwrap();
            let summary = &report.summary;
            let flipped = if stock == 0 { summary.disabled } else { summary.re_enabled };
            assert_eq!(flipped, 400, "round {round}: {summary:?}");
            for pid in 0..20 {
                let shown = shop.product(&pid.to_string()).await;
                assert_eq!(shown.product.name, format!("Ours {round} {pid}"));
                assert_eq!(shown.available, stock > 0);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn twenty_thousand_packages_are_written_in_small_sets() {
    for_each_database(async |test| {
        let shop = Shop::open(test);
        many(&shop.upstream, 20_000, 50);
        let report = shop.engine.sync().await.unwrap();
        assert_eq!(report.summary.created, 20_000);
        let before = shop.engine.catalogue_version().await.unwrap();
        // Five rows for each: a package, a product and three prices.
        assert_eq!(before, 100);
        let report = shop.engine.sync().await.unwrap();
        assert_eq!(report.summary.unchanged, 20_000);
        assert_eq!(shop.engine.catalogue_version().await.unwrap(), before);
        // One that changes is one row in one set, beside its stock in another.
        shop.upstream.changes(7, 49);
        let report = shop.engine.sync().await.unwrap();
        assert_eq!((report.summary.updated, report.summary.unchanged), (1, 19_999));
        assert_eq!(shop.engine.catalogue_version().await.unwrap(), before + 2);
    })
    .await;
}
