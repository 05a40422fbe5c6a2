//! The wallet's pages: paying in, paying with it, and giving credit, which is shown first.

use sim::gateway::How;

use crate::database::for_each_database;
use crate::house::{House, SOLD};
use crate::{browser_of, form, hidden, led_to, page, text};

#[tokio::test]
async fn a_customer_pays_in_and_then_pays_with_it() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let ada = browser_of(&house, "ada@example.com").await;
        let shown = async |path: &str| text(&house.ask(page(path).with("cookie", &ada)).await);
        assert!(shown("/account/wallet").await.contains("Nothing has come in or gone out yet"));
        let pay_in = [("amount", "5"), ("method", "simulated")];
        let few = house.ask(form("/account/wallet/top-ups", &pay_in).with("cookie", &ada)).await;
        assert_eq!(few.status, 422);
        assert!(text(&few).contains("A wallet is topped up with 50.00 INR"));
        let pay_in = [("amount", "1,200"), ("method", "simulated")];
        let begun = house.ask(form("/account/wallet/top-ups", &pay_in).with("cookie", &ada)).await;
        assert_eq!(led_to(&begun), "/account/wallet?said=top-up-opened");
        assert!(shown("/account/wallet").await.contains("On its way"));
        let payments = house.engine.unsettled_top_ups(&house.ada.id).await.unwrap();
        let id = payments[0].payment.to_string();
        house.gateway.pay(&id, How::PaySilently);
        let back = format!("/payment/return?client_txn_id={id}");
        // Whoever comes back without a session is told what was paid for, and where it is.
        let stranger = text(&house.ask(page(&back)).await);
        for expected in ["It is in your wallet.", "href=\"/account/wallet\"", "sign in first"] {
            assert!(stranger.contains(expected), "{expected}: {stranger}");
        }
        assert!(!stranger.contains("server is being built") && !stranger.contains("1,200"));
        let back = house.ask(page(&back).with("cookie", &ada)).await;
        assert_eq!(led_to(&back), "/account/wallet?said=topped-up");
        let wallet = shown("/account/wallet").await;
        assert!(wallet.contains("₹1,200") && !wallet.contains("On its way"), "{wallet}");
        let counter = format!("/products/{}?memory=8GB", house.product(SOLD).await);
        let counter = shown(&counter).await;
        assert!(counter.contains("Use my wallet: up to ₹1,200 of it"));
        let (product, key) = (hidden(&counter, "product"), hidden(&counter, "key"));
        let fields =
            [("product", &*product), ("key", &*key), ("memory", "8GB"), ("wallet", "120000")];
        let order = led_to(&house.ask(form("/checkout", &fields).with("cookie", &ada)).await);
        assert!(!shown(&order).await.contains("Pay ₹"), "the wallet has paid all of it");
        assert!(shown("/account/wallet").await.contains("₹201"));
    })
    .await;
}

#[tokio::test]
async fn an_order_that_waits_for_payment_takes_what_the_wallet_holds() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let ada = browser_of(&house, "ada@example.com").await;
        let sue = browser_of(&house, "sue@example.com").await;
        let staff = format!("/admin/wallets/{}", house.ada.id);
        let seen = text(&house.ask(page(&staff).with("cookie", &sue)).await);
        let key = hidden(&seen, "key");
        let give = [("amount", "500"), ("reason", "a test"), ("public", "Thanks"), ("key", &*key)];
        let credits = format!("{staff}/credits");
        for (wrong, field) in
            [("amount", "much"), ("reason", ""), ("public", "")].map(|(field, typed)| {
                (give.map(|(n, kept)| (n, if n == field { typed } else { kept })), field)
            })
        {
            let refused = house.ask(form(&credits, &wrong).with("cookie", &sue)).await;
            assert_eq!(refused.status, 422, "{field}");
            let refused = text(&refused);
            assert!(refused.contains(&format!("id=\"{field}-error\"")), "{field}: {refused}");
        }
        let preview = [&give[..], &[("preview", "true")]].concat();
        let shown = text(&house.ask(form(&credits, &preview).with("cookie", &sue)).await);
        assert!(shown.contains("What would happen") && hidden(&shown, "key") == key, "{shown}");
        for _ in 0..2 {
            let given = house.ask(form(&credits, &give).with("cookie", &sue)).await;
            assert_eq!(led_to(&given), format!("{staff}?said=done"));
        }
        let order = house.order(&house.ada).await;
        let path = format!("/orders/{}", order["orderId"].as_str().unwrap());
        let shown = text(&house.ask(page(&path).with("cookie", &ada)).await);
        assert!(shown.contains("Use ₹500 of your wallet") && shown.contains("Pay ₹999"));
        let part = hidden(&shown, "wallet");
        let use_it = form(&format!("{path}/pay"), &[("wallet", &*part)]).with("cookie", &ada);
        led_to(&house.ask(use_it).await);
        let shown = text(&house.ask(page(&path).with("cookie", &ada)).await);
        assert!(shown.contains("Pay ₹499") && shown.contains("₹500 of your wallet is set aside"));
        let cancel = form(&format!("{path}/cancel"), &[]).with("cookie", &ada);
        led_to(&house.ask(cancel).await);
        let wallet = text(&house.ask(page("/account/wallet").with("cookie", &ada)).await);
        assert!(wallet.contains("From us: Thanks") && wallet.contains("Back from"), "{wallet}");
    })
    .await;
}
