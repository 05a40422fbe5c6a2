//! The order's page: what its customer sees, what moves, and what nobody but them may have.

use std::net::Ipv4Addr;

use sim::smartvps::{Lie, Op};

use crate::database::for_each_database;
use crate::house::{House, get};
use crate::{browser_of, form, led_to, page, text};

const WRONG: Ipv4Addr = Ipv4Addr::new(103, 182, 44, 18);

fn path_of(order: &serde_json::Value) -> String {
    format!("/orders/{}", order["orderId"].as_str().unwrap())
}

#[tokio::test]
async fn a_delivered_server_is_shown_with_its_proof_and_its_sign_in_on_demand() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let ada = browser_of(&house, "ada@example.com").await;
        let order = house.order(&house.ada).await;
        house.pay(&order).await;
        let seen = house.until(&order, "active").await;
        let address = seen["provisionedIP"].as_str().unwrap().to_owned();
        let path = path_of(&order);
        let shown = house.ask(page(&path).with("cookie", &ada)).await;
        assert_eq!(shown.header("cache-control"), Some("no-store"));
        let shown = text(&shown);
        for expected in ["Your server is ready", "The proof", "103.181.91.x", &address] {
            assert!(shown.contains(expected), "{expected}");
        }
        assert!(!shown.contains("data-live"), "an order at its end moves no more");
        let reveal = form(&format!("{path}/credentials"), &[]).with("cookie", &ada);
        let told = house.ask(reveal).await;
        assert_eq!((told.status.as_u16(), told.header("cache-control")), (200, Some("no-store")));
        let password = house.upstream.server(address.parse().unwrap()).unwrap().password;
        let told = text(&told).replace("&#38;", "&").replace("&#34;", "\"").replace("&#39;", "'");
        assert!(told.contains(&password), "{told}");
        assert!(!shown.contains(&password));
        let audit = house.ask(get("/api/admin/audit").by(&house.sue)).await.json();
        assert!(audit.to_string().contains("reveal-credentials"));
        let server = text(
            &house.ask(page(&path.replace("orders", "my-servers")).with("cookie", &ada)).await,
        );
        // A database server's clock runs apart from the one that the test moves by hand.
        let left = if test.kind == "SQLite" { "30 days left" } else { " days left" };
        assert!(server.contains(&address) && server.contains(left), "{server}");
    })
    .await;
}

#[tokio::test]
async fn a_wrong_server_is_on_no_page_of_its_customer_and_on_the_staffs() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let ada = browser_of(&house, "ada@example.com").await;
        let order = house.order(&house.ada).await;
        house.upstream.next(Op::Buyvps, Lie::hand_out(WRONG));
        house.pay(&order).await;
        house.until(&order, "provisioning_failed").await;
        let path = path_of(&order);
        for customers in [path.as_str(), "/my-servers", "/"] {
            let shown = text(&house.ask(page(customers).with("cookie", &ada)).await);
            let own = shown.replace("103.182.44.x", "").replace("starts with 103.182.44", "");
            assert!(!own.contains("103.182.44.18"), "{customers}");
        }
        let shown = text(&house.ask(page(&path).with("cookie", &ada)).await);
        assert!(shown.contains("It was not from 103.181.91.x, so you will not get it"), "{shown}");
        let refused = form(&format!("{path}/credentials"), &[]).with("cookie", &ada);
        assert_eq!(house.ask(refused).await.status, 409);
        let sue = browser_of(&house, "sue@example.com").await;
        let staff = text(&house.ask(page(&format!("/admin{path}")).with("cookie", &sue)).await);
        assert!(staff.contains("103.182.44.18") && staff.contains("does not match"));
        let strays = text(&house.ask(page("/admin/quarantine").with("cookie", &sue)).await);
        assert!(strays.contains("103.182.44.18"));
    })
    .await;
}

#[tokio::test]
async fn a_strangers_order_does_not_exist_on_any_page() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let eve = browser_of(&house, "eve@example.com").await;
        let order = house.order(&house.ada).await;
        let path = path_of(&order);
        for ask in [
            page(&path),
            page(&format!("{path}/events")),
            page(&path.replace("orders", "my-servers")),
            form(&format!("{path}/pay"), &[]),
            form(&format!("{path}/cancel"), &[]),
            form(&format!("{path}/choice"), &[("choice", "refund")]),
            form(&format!("{path}/credentials"), &[]),
        ] {
            let answer = house.ask(ask.clone().with("cookie", &eve)).await;
            assert_eq!(answer.status, 404, "{ask:?}");
        }
        for path in ["/admin", "/admin/orders", &format!("/admin{path}")] {
            assert_eq!(house.ask(page(path).with("cookie", &eve)).await.status, 403, "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_moving_part_is_sent_once_and_ends_with_the_order() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let ada = browser_of(&house, "ada@example.com").await;
        let order = house.order(&house.ada).await;
        let path = path_of(&order);
        let cancelled = house.ask(form(&format!("{path}/cancel"), &[]).with("cookie", &ada)).await;
        assert_eq!(led_to(&cancelled), format!("{path}?said=cancelled"));
        let events = house.ask(page(&format!("{path}/events")).with("cookie", &ada)).await;
        assert_eq!(events.header("content-type"), Some("text/event-stream"));
        assert_eq!(events.header("cache-control"), Some("no-store"));
        let sent = text(&events);
        assert_eq!(sent.matches("event: part").count(), 1, "{sent}");
        assert!(sent.contains("data: ") && sent.contains("This order was cancelled"));
        assert!(sent.trim_end().ends_with("event: end\ndata: settled"), "{sent:?}");
    })
    .await;
}

#[tokio::test]
async fn without_scripts_the_page_of_an_open_order_is_fetched_again() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let ada = browser_of(&house, "ada@example.com").await;
        let order = house.order(&house.ada).await;
        let shown = text(&house.ask(page(&path_of(&order)).with("cookie", &ada)).await);
        assert!(shown.contains("<noscript><meta http-equiv=\"refresh\" content=\"5\"></noscript>"));
        assert!(shown.contains(&format!("data-live=\"{}/events\"", path_of(&order))));
    })
    .await;
}

#[tokio::test]
async fn whoever_comes_back_from_paying_is_led_to_the_order_or_told_the_truth() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let ada = browser_of(&house, "ada@example.com").await;
        let order = house.order(&house.ada).await;
        let payment = order["clientTxnId"].as_str().unwrap();
        let back = format!("/payment/return?client_txn_id={payment}");
        let led = house.ask(page(&back).with("cookie", &ada)).await;
        assert_eq!(led_to(&led), path_of(&order));
        let waiting = house.ask(page(&back)).await;
        assert!(text(&waiting).contains("Your payment is on its way"));
        house.gateway.pay(payment, sim::gateway::How::PaySilently);
        let paid = text(&house.ask(page(&back)).await);
        assert!(paid.contains("We received your payment"), "{paid}");
        let posted = form(&back, &[("anything", "x")]);
        assert_eq!(led_to(&house.ask(posted).await), back);
        let unknown = house.ask(page("/payment/return?client_txn_id=pay_x")).await;
        assert_eq!(unknown.status, 404);
        assert!(text(&unknown).contains("We do not know this payment"));
        // Nobody learns the order's page content from the link alone.
        let eve = browser_of(&house, "eve@example.com").await;
        let stranger = house.ask(page(&back).with("cookie", &eve)).await;
        assert!(text(&stranger).contains("We received your payment"));
    })
    .await;
}

#[tokio::test]
async fn a_new_payment_can_be_opened_for_an_unpaid_order() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let ada = browser_of(&house, "ada@example.com").await;
        let order = house.order(&house.ada).await;
        let path = path_of(&order);
        let again = house.ask(form(&format!("{path}/pay"), &[]).with("cookie", &ada)).await;
        assert_eq!(led_to(&again), format!("{path}?said=payment-opened"));
        let shown = text(&house.ask(page(&led_to(&again)).with("cookie", &ada)).await);
        assert!(shown.contains("A payment is being opened."));
        let made_up = page(&format!("{path}?said=free%20servers")).with("cookie", &ada);
        assert!(!text(&house.ask(made_up).await).contains("free servers"));
    })
    .await;
}
