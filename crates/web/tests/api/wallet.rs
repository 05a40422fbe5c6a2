//! The wallet as programs see it: paid into, paying, given to, and nobody else's business.

use serde_json::{Value, json};
use sim::gateway::How;

use crate::database::for_each_database;
use crate::house::{Answer, House, SOLD, get, post};

async fn topped_up(house: &House, amount: i64) -> Value {
    let wish = json!({"amount": amount, "currency": "INR"});
    let opened = house.ask(post("/api/wallet/top-ups", wish).by(&house.ada)).await;
    assert_eq!(opened.status, 201, "{opened:?}");
    let opened = opened.json();
    let id = opened["clientTxnId"].as_str().unwrap();
    house.gateway.pay(id, How::PaySilently);
    let confirm = format!("/api/wallet/top-ups/{id}/confirm");
    let confirmed = house.ask(post(&confirm, json!({})).by(&house.ada)).await;
    assert_eq!(confirmed.json()["state"], "captured", "{confirmed:?}");
    let eves = house.ask(post(&confirm, json!({})).by(&house.eve)).await;
    assert_eq!((eves.status.as_u16(), eves.problem().as_str()), (404, "not-found"));
    opened
}

async fn balance(house: &House) -> Value {
    house.ask(get("/api/wallet").by(&house.ada)).await.json()["balances"][0]["amount"].clone()
}

async fn ordered(house: &House, from_wallet: i64) -> Answer {
    let wish = json!({
        "ipStockId": house.product(SOLD).await, "memory": "8GB",
        "wallet": {"amount": from_wallet, "currency": "INR"},
    });
    house.ask(post("/api/createOrder", wish).by(&house.ada)).await
}

fn refusal(answer: &Answer) -> (u16, String) {
    (answer.status.as_u16(), answer.problem())
}

#[tokio::test]
async fn what_is_paid_in_pays_a_part_of_an_order_and_stands_in_the_statement() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let opened = topped_up(&house, 50_000).await;
        assert_eq!(opened["payment"]["amount"], 50_000);
        assert_eq!(balance(&house).await, 50_000);
        let refused = ordered(&house, 60_000).await;
        assert_eq!(refusal(&refused), (409, "wallet-too-low".into()));
        let order = ordered(&house, 40_000).await.json();
        assert_eq!(
            (&order["amount"], &order["payment"]["amount"]),
            (&json!(99_900), &json!(59_900))
        );
        let path = format!("/api/orders/{}", order["orderId"].as_str().unwrap());
        let pay = json!({"wallet": {"amount": 0, "currency": "INR"}});
        let again = house.ask(post(&format!("{path}/pay"), pay).by(&house.ada)).await.json();
        assert_eq!(again["payment"]["amount"], 99_900);
        assert_eq!(balance(&house).await, 50_000);
        let lines = house.ask(get("/api/wallet/entries?limit=2").by(&house.ada)).await.json();
        assert_eq!(
            (&lines["items"][0]["kind"], &lines["items"][0]["amount"]),
            (&json!("back"), &json!(40_000))
        );
        assert_eq!(
            (&lines["items"][1]["kind"], &lines["items"][1]["balance"]),
            (&json!("draw"), &json!(10_000))
        );
        let next = format!("/api/wallet/entries?after={}", lines["next"].as_str().unwrap());
        let older = house.ask(get(&next).by(&house.ada)).await.json();
        assert_eq!((&older["items"][0]["kind"], &older["next"]), (&json!("topUp"), &Value::Null));
    })
    .await;
}

#[tokio::test]
async fn an_amount_that_no_wallet_is_topped_up_with_is_refused() {
    for_each_database(async |test| {
        let house = House::open(test).await;
        for (amount, currency, slug) in [
            (4_999, "INR", "invalid-amount"),
            (10_000_001, "INR", "invalid-amount"),
            (-5, "INR", "invalid-amount"),
            (50_000, "USD", "wrong-currency"),
        ] {
            let wish = json!({"amount": amount, "currency": currency});
            let refused = house.ask(post("/api/wallet/top-ups", wish).by(&house.ada)).await;
            assert_eq!(refusal(&refused), (422, slug.into()), "{amount} {currency}");
        }
    })
    .await;
}

#[tokio::test]
async fn credit_is_given_by_those_who_may_once_for_each_key() {
    for_each_database(async |test| {
        let house = House::open(test).await;
        let path = format!("/api/admin/accounts/{}", house.ada.id);
        let wish = json!({
            "amount": 10_000, "currency": "INR", "reason": "two hours without a shop",
            "public": "For the two hours on 15 January",
        });
        let credits = format!("{path}/credits");
        let give = || post(&credits, wish.clone());
        assert_eq!(house.ask(give().by(&house.sam).key("a")).await.status, 403);
        let keyless = house.ask(give().by(&house.sue)).await;
        assert_eq!(refusal(&keyless), (428, "needs-version".into()));
        let mut shown = wish.clone();
        shown["preview"] = json!(true);
        let shown = house.ask(post(&credits, shown).by(&house.sue)).await.json();
        assert_eq!(shown["balance"]["amount"], 10_000);
        assert_eq!(balance(&house).await, 0);
        for _ in 0..2 {
            assert_eq!(house.ask(give().by(&house.sue).key("a")).await.status, 200);
        }
        assert_eq!(balance(&house).await, 10_000);
        let seen = house.ask(get(&format!("{path}/wallet/entries")).by(&house.sam)).await.json();
        assert_eq!(seen["items"][0]["note"], "For the two hours on 15 January");
        let nobody = "/api/admin/accounts/acc_01ARZ3NDEKTSV4RRFFQ69G5FAV/wallet";
        assert_eq!(house.ask(get(nobody).by(&house.sam)).await.status, 404);
    })
    .await;
}
