//! How payments stand at each gateway, and when it was last heard of.

use domain::clock::{Clock, Timestamp};
use domain::id::PaymentId;
use store::db::Tx;
use store::gateway::Counter;
use store::payment::{Payment, PaymentState, Purpose};
use store::webhook::{About, NewWebhook};

use super::given::{self, MINUTE, done, is_at, rupees};
use crate::support::{TestDb, for_each_database};

const ALL: [&str; 2] = ["upi", "stripe"];

async fn begun(shop: &TestDb, of: &Purpose, gateway: &'static str) -> PaymentId {
    let id = PaymentId::mint(shop.clock.now(), &shop.chance);
    let (new, of) = (id.clone(), of.clone());
    done(shop, move |tx| tx.insert_payment(&new, &of, gateway, rupees(999))).await;
    id
}

async fn ended(shop: &TestDb, id: &PaymentId, state: PaymentState, why: Option<&'static str>) {
    let id = id.clone();
    done(shop, move |tx| tx.end_payment(&id, state, why)).await;
}

async fn counters(shop: &TestDb, since: Timestamp) -> [Counter; 2] {
    let all = done(shop, move |tx| tx.counters(&ALL, since)).await;
    all.try_into().expect("one of each")
}

#[tokio::test]
async fn each_gateway_tells_what_is_open_what_came_and_what_failed_last() {
    for_each_database(async |shop| {
        let package = given::package(shop, "91", 9).await;
        let of = Purpose::Order(given::ordered(shop, &package).await.id);
        let before = shop.now().await;
        let quiet = counters(shop, before).await;
        assert_eq!(quiet, ALL.map(|name| Counter { gateway: name.into(), ..Counter::default() }));
        let old = begun(shop, &of, "upi").await;
        ended(shop, &old, PaymentState::Failed, Some("long ago")).await;
        shop.clock.step(MINUTE);
        let since = shop.now().await;
        begun(shop, &of, "upi").await;
        shop.clock.step(MINUTE);
        begun(shop, &of, "upi").await;
        for why in ["first", "second"] {
            shop.clock.step(MINUTE);
            let failed = begun(shop, &of, "upi").await;
            ended(shop, &failed, PaymentState::Failed, Some(why)).await;
        }
        let unsaid = begun(shop, &of, "stripe").await;
        ended(shop, &unsaid, PaymentState::Failed, None).await;
        let paid = begun(shop, &of, "stripe").await;
        ended(shop, &paid, PaymentState::Captured, None).await;
        let [upi, stripe] = counters(shop, since).await;
        assert_eq!((upi.open, upi.captured, upi.failed), (2, 0, 2));
        assert!(is_at(upi.oldest_open, since), "{upi:?}");
        assert_eq!(upi.last_failure.as_ref().unwrap().1, "second");
        assert_eq!((stripe.open, stripe.captured, stripe.failed), (0, 1, 1));
        assert_eq!(stripe.last_failure.as_ref().unwrap().1, "no reason given");
        let seen = done(shop, move |tx| tx.glance(&["unpaid"], (&ALL, since))).await;
        assert_eq!(seen.gateways, [upi, stripe]);
        assert!(done(shop, |tx| tx.counters(&[], Timestamp::from_micros(0))).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn payments_are_listed_by_gateway_and_state_what_waits_longest_first() {
    for_each_database(async |shop| {
        let package = given::package(shop, "91", 9).await;
        let order = given::ordered(shop, &package).await;
        let of = Purpose::Order(order.id.clone());
        let since = shop.now().await;
        let mut all = Vec::new();
        for gateway in ["upi", "stripe", "upi", "upi"] {
            all.push(begun(shop, &of, gateway).await);
            shop.clock.step(MINUTE);
        }
        let list = async |gateway, state, since, after: Option<(Timestamp, PaymentId)>| {
            let read = move |tx: &mut Tx<'_>| {
                let after = after.as_ref().map(|(at, id)| (*at, id.as_str()));
                tx.payments_at(gateway, (state, since), after, 2)
            };
            done(shop, read).await
        };
        let open = list(Some("upi"), PaymentState::Open, since, None).await;
        let ids = |found: &[(Payment, Option<String>)]| -> Vec<PaymentId> {
            found.iter().map(|(payment, _)| payment.id.clone()).collect()
        };
        assert_eq!(ids(&open), [all[0].clone(), all[2].clone()], "the oldest first, no more");
        assert_eq!(open[0].1.as_deref(), Some(&*order.number));
        let last = open.last().map(|(payment, _)| (payment.created_at, payment.id.clone()));
        let rest = list(Some("upi"), PaymentState::Open, since, last).await;
        assert_eq!(ids(&rest), [all[3].clone()]);
        for id in &all {
            ended(shop, id, PaymentState::Failed, None).await;
        }
        let failed = list(None, PaymentState::Failed, since, None).await;
        assert_eq!(ids(&failed), [all[3].clone(), all[2].clone()], "the newest first");
        let late = list(None, PaymentState::Failed, since + 3 * MINUTE, None).await;
        assert_eq!(ids(&late), [all[3].clone()]);
        assert!(list(None, PaymentState::Open, since, None).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_gateway_is_heard_of_by_its_own_webhooks_alone() {
    for_each_database(async |shop| {
        let package = given::package(shop, "91", 9).await;
        let of = Purpose::Order(given::ordered(shop, &package).await.id);
        let last = async |gateway| done(shop, move |tx| tx.last_webhook(gateway)).await;
        let since = shop.now().await;
        let payment = begun(shop, &of, "upi").await;
        let hook = |event: &str| NewWebhook {
            gateway: "upi".into(),
            event: event.into(),
            about: About::Payment(payment.to_string()),
            body: b"{}".into(),
        };
        for event in ["e1", "e2"] {
            shop.clock.step(MINUTE);
            let hooks = [hook(event)];
            done(shop, move |tx| tx.take_webhooks(&hooks)).await;
        }
        let heard = last("upi").await;
        assert!(is_at(heard, since + 2 * MINUTE), "{heard:?}");
        assert_eq!(last("stripe").await, None);
        let [upi, stripe] = counters(shop, since).await;
        assert_eq!((upi.last_webhook, upi.waiting), (heard, 2));
        assert!(is_at(upi.oldest_waiting, since + MINUTE), "{upi:?}");
        assert_eq!((stripe.last_webhook, stripe.waiting, stripe.oldest_waiting), (None, 0, None));
        while done(shop, |tx: &mut Tx<'_>| tx.ask_about_webhooks("upi", "pay:upi", 10)).await {}
        let [upi, _] = counters(shop, since).await;
        assert_eq!((upi.last_webhook, upi.waiting), (heard, 0), "asked about, and heard still");
    })
    .await;
}

#[tokio::test]
async fn captured_payments_are_counted_by_when_they_were_begun_and_no_further_than_wanted() {
    for_each_database(async |shop| {
        let package = given::package(shop, "91", 9).await;
        let of = Purpose::Order(given::ordered(shop, &package).await.id);
        let from = shop.now().await;
        for gateway in ["upi", "upi", "upi", "stripe"] {
            let paid = begun(shop, &of, gateway).await;
            ended(shop, &paid, PaymentState::Captured, None).await;
            shop.clock.step(MINUTE);
        }
        begun(shop, &of, "upi").await;
        let count =
            async |times, most| done(shop, move |tx| tx.captured_between("upi", times, most)).await;
        let until = shop.now().await + MINUTE;
        assert_eq!(count((from, until), 10).await, 3, "what is open is not taken");
        assert_eq!(count((from, until), 2).await, 2);
        let half = MINUTE / 2;
        assert_eq!(count((from + half, from + half + MINUTE), 10).await, 1);
    })
    .await;
}
