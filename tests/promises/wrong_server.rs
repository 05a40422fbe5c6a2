//! The incident of the first design note: the upstream ran out of one block and quietly sold from
//! another. The buyer must never see such a server.

use std::net::Ipv4Addr;

use domain::order::{Remedy, Stage, Stop};
use domain::server::State;
use sim::smartvps::{Deed, Lie, Op};

use crate::database::for_each_database;
use crate::support::{SOLD, TestShop, is_delivered, wish};

const WRONG: Ipv4Addr = Ipv4Addr::new(103, 182, 44, 18);

#[tokio::test]
async fn a_server_from_another_block_is_never_delivered() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        shop.upstream.next(Op::Buyvps, Lie::hand_out(WRONG));
        let order = shop.buy(SOLD).await;
        assert_eq!(order.standing.stage, Stage::Stopped(Stop::WrongServer));
        assert_eq!(shop.purchases(), 1);
        let servers = shop.servers(&order).await;
        assert_eq!((servers[0].address, servers[0].state), (WRONG, State::Quarantined));
        let staff = order.error.unwrap();
        assert!(staff.contains("Got: \"103.182.44.18\""), "{staff}");
        let customer = order.public_error.unwrap();
        assert!(customer.contains("SmartVPS assigned IP from wrong package!"), "{customer}");
        assert!(!customer.contains("103.182.44"), "{customer}");
        assert!(shop.engine.reveal_credentials(&order.id, "ada").await.is_err());
        shop.books_balance().await;
    })
    .await;
}

#[tokio::test]
async fn the_right_server_can_be_bought_after_a_wrong_one() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        shop.upstream.next(Op::Buyvps, Lie::hand_out(WRONG));
        let order = shop.buy(SOLD).await;
        shop.remedy(&order, wish(Remedy::Reprovision)).await.unwrap();
        shop.quiet().await;
        let order = shop.order(&order.id).await;
        assert!(is_delivered(&order), "{:?}", order.standing);
        assert_eq!(shop.purchases(), 2);
        for server in shop.servers(&order).await {
            let wanted =
                if server.address == WRONG { State::Quarantined } else { State::Delivered };
            assert_eq!(server.state, wanted);
        }
    })
    .await;
}

#[tokio::test]
async fn a_wrong_server_is_accepted_only_with_the_customers_consent() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        shop.upstream.next(Op::Buyvps, Lie::hand_out(WRONG));
        let order = shop.buy(SOLD).await;
        assert!(shop.remedy(&order, wish(Remedy::Accept)).await.is_err());
        let mut with_consent = wish(Remedy::Accept);
        with_consent.consent = Some("Ada agreed by mail".into());
        shop.remedy(&order, with_consent).await.unwrap();
        shop.quiet().await;
        let order = shop.order(&order.id).await;
        assert!(is_delivered(&order), "{:?}", order.standing);
        assert_eq!(order.sold.terms.package_name, SOLD);
        let read = order.clone();
        let terms = shop.db.read(move |tx| tx.terms_in_force(&read)).await.unwrap();
        assert_eq!(terms.package_name, "103.182.44");
    })
    .await;
}

#[tokio::test]
async fn a_refund_books_the_money_as_owed_and_takes_the_server_back() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let order = shop.buy(SOLD).await;
        let mut preview = wish(Remedy::Refund);
        preview.preview = true;
        let shown = shop.remedy(&order, preview).await.unwrap();
        assert_eq!(shown.ledger.len(), 2, "{:?}", shown.ledger);
        assert!(is_delivered(&shop.order(&order.id).await));
        let done = shop.remedy(&order, wish(Remedy::Refund)).await.unwrap();
        assert_eq!(done.order.standing.stage, Stage::RefundPending);
        assert_eq!(shop.servers(&order).await[0].state, State::Quarantined);
        assert!(shop.remedy(&order, wish(Remedy::Refund)).await.is_err());
        shop.books_balance().await;
    })
    .await;
}

#[tokio::test]
async fn too_little_memory_counts_when_it_is_seen_twice() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        shop.upstream.always(Op::Status, Lie::of(Deed::SmallerRam));
        let order = shop.buy(SOLD).await;
        assert!(matches!(order.standing.stage, Stage::Verifying(_)), "{:?}", order.standing);
        shop.later(std::time::Duration::from_secs(61));
        shop.quiet().await;
        let order = shop.order(&order.id).await;
        assert_eq!(order.standing.stage, Stage::Stopped(Stop::WrongServer));
        assert_eq!(shop.purchases(), 1);
    })
    .await;
}
