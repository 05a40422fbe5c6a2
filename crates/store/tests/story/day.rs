//! What a day brought, asked of the ledger.

use std::time::Duration;

use domain::id::OrderId;
use domain::ledger::{Account, Entry};
use store::day::{Day, DayFacts};

use super::given::{self, done, rupees};
use crate::support::{TestDb, for_each_database};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn gateway() -> Account {
    Account::Gateway("cashfree".to_owned())
}

async fn post(shop: &TestDb, entry: Entry) {
    done(shop, move |tx| tx.post(None, &entry)).await;
}

#[tokio::test]
async fn a_day_is_what_came_in_and_what_went_back_in_it() {
    for_each_database(async |shop| {
        let order = OrderId::mint(shop.now().await, &shop.chance);
        let before = shop.now().await;
        let prepaid = Account::Prepaid(order.clone());
        post(shop, Entry::moved("capture:1", prepaid.clone(), gateway(), rupees(900))).await;
        post(shop, Entry::moved("returned:1", gateway(), prepaid, rupees(300))).await;
        // Neither came from anybody nor went to anybody.
        post(shop, Entry::moved("settled:1", gateway(), Account::Bank, rupees(580))).await;
        post(shop, Entry::moved("fee:1", gateway(), Account::Fees, rupees(20))).await;
        let day = async |from, until| done(shop, move |tx| tx.day(from, until)).await;
        let found = day(before, before + DAY).await;
        let moved = (vec![rupees(900)], vec![rupees(300)]);
        assert_eq!((found.taken, found.returned), moved);
        assert_eq!(day(before + DAY, before + DAY + DAY).await, Day::default());
    })
    .await;
}

#[tokio::test]
async fn an_order_is_delivered_on_the_day_that_its_price_was_earned() {
    for_each_database(async |shop| {
        let package = given::package(shop, "91", 9).await;
        let before = shop.now().await;
        for cause in ["sold:1", "sold:2"] {
            let id = given::ordered(shop, &package).await.id;
            let prepaid = Account::Prepaid(id.clone());
            let entry = Entry::moved(cause, Account::Revenue, prepaid, rupees(600));
            done(shop, move |tx| tx.post(Some(&id), &entry)).await;
        }
        let delivered =
            async |from, until| done(shop, move |tx| tx.delivered_between(from, until)).await;
        assert_eq!(delivered(before, before + DAY).await, 2);
        assert_eq!(delivered(before + DAY, before + DAY + DAY).await, 0);
    })
    .await;
}

#[tokio::test]
async fn each_of_staff_is_told_of_a_day_once() {
    for_each_database(async |shop| {
        let cause = "daily-summary/2026-01-14/ops@example.com";
        let is_told = async || done(shop, move |tx| tx.is_mail_written(cause)).await;
        assert!(!is_told().await);
        for paid in [27, 28] {
            let facts = DayFacts { date: "2026-01-14".into(), paid, ..DayFacts::default() };
            done(shop, move |tx| tx.tell_day("ops@example.com", ("daily-summary", cause), &facts))
                .await;
        }
        assert!(is_told().await);
        let mails = done(shop, |tx| tx.mails(None, None, 9)).await;
        assert_eq!(mails.len(), 1);
        assert!(mails[0].facts.contains("\"paid\":27"), "{}", mails[0].facts);
    })
    .await;
}
