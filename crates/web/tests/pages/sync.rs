//! A sync is looked at before it runs, and what was approved of is what runs.

use std::time::Duration;

use engine::provider::NewByHand;
use sim::smartvps::{Lie, Listing, Op, Package};

use crate::database::for_each_database;
use crate::house::{Answer, House};
use crate::{browser_of, form, hidden, page, text};

async fn press(house: &House, browser: &str, fields: &[(&str, &str)]) -> Answer {
    house.ask(form("/admin/ipStock/sync", fields).with("cookie", browser)).await
}

async fn catalogue(house: &House, browser: &str) -> String {
    text(&house.ask(page("/admin/ipStock").with("cookie", browser)).await)
}

#[tokio::test]
async fn a_look_at_a_sync_changes_nothing_and_a_sync_does() {
    for_each_database(async |test| {
        let house = House::open(test).await;
        let sue = browser_of(&house, "sue@example.com").await;
        let looked = text(&press(&house, &sue, &[("dry", "true")]).await);
        for expected in ["What a sync would change", "20 created", "₹699 for 4GB", "on sale"] {
            assert!(looked.contains(expected), "{expected}: {looked}");
        }
        assert!(catalogue(&house, &sue).await.contains("No products yet"));
        let synced = text(&press(&house, &sue, &[("dry", "false")]).await);
        assert!(synced.contains("What the sync changed") && synced.contains("103.181.91"));
        assert!(!catalogue(&house, &sue).await.contains("No products yet"));
        house.upstream.next(Op::Ipstock, Lie::status(500));
        for dry in ["true", "false"] {
            house.upstream.next(Op::Ipstock, Lie::status(500));
            let failed = press(&house, &sue, &[("dry", dry)]).await;
            assert_eq!(failed.status, 502);
            assert!(text(&failed).contains("The sync changed nothing:"));
        }
    })
    .await;
}

#[tokio::test]
async fn what_was_approved_of_runs_and_anything_else_is_shown_first() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sue = browser_of(&house, "sue@example.com").await;
        let pid = |name: &str| {
            let all = house.upstream.packages();
            all.into_iter().find(|package| package.name == name).expect(name).pid
        };
        let (renamed, sold_out) = (pid("103.181.91"), pid("103.82.72"));
        house.upstream.rename(&renamed, "103.181.91 (Gold)");
        let looked = text(&press(&house, &sue, &[("dry", "true")]).await);
        assert!(looked.contains("<del>103.181.91</del>") && looked.contains("Approve and sync"));
        house.upstream.set_stock(&sold_out, 0);
        let approve =
            async |shown: &str| press(&house, &sue, &[("dry", "false"), ("shown", shown)]).await;
        let refused = approve(&hidden(&looked, "shown")).await;
        assert_eq!(refused.status, 409);
        let refused = text(&refused);
        for expected in ["something else by now", "what it would do now", "off sale", "sold out"] {
            assert!(refused.contains(expected), "{expected}: {refused}");
        }
        assert!(!catalogue(&house, &sue).await.contains("103.181.91 (Gold)"));
        let done = approve(&hidden(&refused, "shown")).await;
        assert_eq!(done.status, 200);
        assert!(text(&done).contains("What the sync changed"));
        assert!(catalogue(&house, &sue).await.contains("103.181.91 (Gold)"));
    })
    .await;
}

#[tokio::test]
async fn a_list_that_shrank_says_what_is_held_and_who_has_no_list() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sue = browser_of(&house, "sue@example.com").await;
        let gone: Vec<String> =
            house.upstream.packages().into_iter().take(10).map(|package| package.pid).collect();
        gone.iter().for_each(|pid| assert!(house.upstream.list(pid, Listing::Hidden)));
        house.upstream.add_package(Package::new("900", "103.99.1", 40));
        let (name, due_within) = ("Frankfurt rack".to_owned(), Duration::from_secs(3_600));
        let rack = NewByHand { name, due_within, note: String::new() };
        house.engine.add_by_hand(rack, "acc_sue").await.unwrap();
        let looked = text(&press(&house, &sue, &[("dry", "true")]).await);
        for expected in [
            "The brake: 10 of 20 entries are missing from the list",
            "takes 4 of them off sale; 6 are held",
            "not in the list any more",
            "together with too many others",
            "Frankfurt rack",
            "Has no list to ask for",
        ] {
            assert!(looked.contains(expected), "{expected}: {looked}");
        }
        assert!(!catalogue(&house, &sue).await.contains("103.99.1"));
    })
    .await;
}
