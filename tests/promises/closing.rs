//! Whoever leaves takes their name along, and the books stay whole.

use domain::order::Stage;
use engine::Error;
use engine::account::closing::Confirmed;
use sim::gateway::How;
use std::time::Duration;

use super::wallets;
use crate::database::for_each_database;
use crate::support::{SOLD, TestShop, rupees};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

async fn closed(shop: &TestShop, given_up: &str) -> engine::Result<()> {
    let email = shop.engine.account(&shop.customer).await.unwrap().email;
    let confirmed = Confirmed { email, given_up: given_up.into() };
    shop.engine.close_account(&shop.customer, &confirmed, "staff").await
}

fn why(refused: engine::Result<()>) -> String {
    match refused {
        Err(Error::Refused { slug: "account-tied", text }) => text,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn books_and_papers_stay_whole_when_a_customer_leaves() {
    for_each_database(async |test| {
        let shop = TestShop::open(test).await;
        wallets::given(&shop, 25).await;
        let order = shop.buy(SOLD).await;
        shop.quiet().await;
        assert!(why(closed(&shop, "").await).contains("servers run: 1"));

        shop.later(60 * DAY);
        shop.tended().await;
        shop.quiet().await;
        let over = shop.order(&order.id).await;
        assert_eq!(over.standing.stage, Stage::Terminated);
        // What is in the wallet is given up in words, or not at all.
        let refused = closed(&shop, "").await;
        let asked = matches!(refused, Err(Error::Invalid { slug: "not-confirmed", .. }));
        assert!(asked, "{refused:?}");
        closed(&shop, &rupees(25).for_people()).await.unwrap();

        shop.quiet().await;
        shop.books_balance().await;
        shop.invariants_hold().await;
        assert!(shop.engine.wallet(&shop.customer).await.unwrap()[0].is_zero());
        let papers = shop.engine.papers(&engine::read::Viewer::Staff, None, None).await.unwrap();
        assert!(!papers.items.is_empty());
        assert!(papers.items.iter().all(|paper| paper.account == shop.customer));
        assert!(papers.items.iter().all(|paper| paper.content.buyer.email.contains('@')));
    })
    .await;
}

#[tokio::test]
async fn money_that_comes_for_somebody_who_has_left_is_not_overlooked() {
    for_each_database(async |test| {
        let shop = TestShop::open(test).await;
        let paying = shop.engine.top_up(&shop.customer, rupees(500), None).await.unwrap();
        assert!(why(closed(&shop, "").await).contains("payments are being looked up: 1"));
        shop.later(8 * DAY);
        shop.tended().await;
        shop.until(async || closed(&shop, "").await.is_ok()).await;

        shop.gateway.pay(paying.payment.as_str(), How::PaySilently);
        shop.engine.ask_gateway(&paying.payment).await.unwrap();
        assert_eq!(wallets::balance(&shop).await, rupees(500));
        let alerts = shop.db.read(|tx| tx.open_alerts(50)).await.unwrap();
        let told = alerts.iter().find(|alert| alert.kind == "top-up-of-nobody").unwrap();
        assert!(told.text.contains(shop.customer.as_str()), "{}", told.text);
        let about = ("top-up-of-nobody", shop.customer.as_str());
        shop.engine.settle_alert(about, "sent back at the gateway", "sue").await.unwrap();
        shop.books_balance().await;
        shop.invariants_hold().await;
    })
    .await;
}

#[tokio::test]
async fn nobody_leaves_while_money_is_on_its_way() {
    for_each_database(async |test| {
        let shop = TestShop::open(test).await;
        let (_, _) = shop.checkout(SOLD).await;
        let reasons = why(closed(&shop, "").await);
        assert!(reasons.contains("orders are not at their end: 1"), "{reasons}");
        assert!(reasons.contains("payments are being looked up: 1"), "{reasons}");
        shop.invariants_hold().await;
    })
    .await;
}
