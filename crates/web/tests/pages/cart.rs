//! The cart: a visitor's and a customer's, what stands in its way, and ordering all of it at once.

use engine::account::NewAccount;
use engine::permission::Role;
use engine::secret::Secret;
use http::HeaderMap;
use sim::gateway::How;

use crate::database::for_each_database;
use crate::house::{Answer, House, PASSWORD, SOLD, patch};
use crate::{browser_of, form, hidden, led_to, page, text};

const OTHER: &str = "103.82.72";

/// A browser with whatever cookies it was given.
#[derive(Default)]
struct Browser(Vec<(String, String)>);

impl Browser {
    async fn of(house: &House, email: &str) -> Browser {
        let (name, value) = pair(&browser_of(house, email).await);
        Browser(vec![(name, value)])
    }

    fn cookies(&self) -> String {
        let pairs: Vec<String> =
            self.0.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("; ")
    }

    fn take(&mut self, headers: &HeaderMap) {
        for set in headers.get_all("set-cookie") {
            let (name, value) = pair(set.to_str().unwrap().split(';').next().unwrap());
            self.0.retain(|(known, _)| *known != name);
            if !value.is_empty() {
                self.0.push((name, value));
            }
        }
    }

    async fn see(&mut self, house: &House, path: &str) -> String {
        let answer = house.ask(page(path).with("cookie", &self.cookies())).await;
        assert_eq!(answer.status, 200, "{path}: {}", text(&answer));
        self.take(&answer.headers);
        text(&answer)
    }

    async fn send(&mut self, house: &House, path: &str, fields: &[(&str, &str)]) -> Answer {
        let answer = house.ask(form(path, fields).with("cookie", &self.cookies())).await;
        self.take(&answer.headers);
        answer
    }

    async fn add(&mut self, house: &House, package: &str, memory: &str) -> String {
        let product = house.product(package).await;
        let fields = [("product", &*product), ("memory", memory)];
        led_to(&self.send(house, "/cart/lines", &fields).await)
    }

    fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| known == name)
    }
}

fn pair(cookie: &str) -> (String, String) {
    let (name, value) = cookie.split_once('=').unwrap();
    (name.to_owned(), value.to_owned())
}

/// The addresses of the forms that change the lines, in their order.
fn lines(cart: &str) -> Vec<String> {
    let mut found: Vec<String> = cart
        .split("class=\"cart-form\" method=\"post\" action=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect();
    found.dedup();
    found
}

async fn ordered(house: &House, ada: &mut Browser, more: &[(&str, &str)]) -> Answer {
    let cart = ada.see(house, "/cart").await;
    let (key, seen) = (hidden(&cart, "key"), hidden(&cart, "seen"));
    let fields = [&[("key", &*key), ("seen", &*seen)], more].concat();
    ada.send(house, "/cart/checkout", &fields).await
}

#[tokio::test]
async fn an_empty_cart_leads_to_the_shop_and_makes_no_cookie() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let mut visitor = Browser::default();
        let cart = visitor.see(&house, "/cart").await;
        assert!(cart.contains("Nothing is in it yet") && cart.contains("Look at the servers"));
        assert!(visitor.0.is_empty(), "who only looks is not remembered");
    })
    .await;
}

#[tokio::test]
async fn the_same_choice_joins_one_line_and_prices_are_those_of_now() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let mut visitor = Browser::default();
        let window = visitor.see(&house, "/").await;
        assert!(window.contains("formaction=\"/cart/lines\""), "beside every order button");
        assert_eq!(visitor.add(&house, SOLD, "8GB").await, "/cart?said=in-cart");
        visitor.add(&house, SOLD, "8GB").await;
        visitor.add(&house, SOLD, "16GB").await;
        let cart = visitor.see(&house, "/cart").await;
        assert_eq!(lines(&cart).len(), 2, "{cart}");
        assert!(cart.contains("8 GB memory, any system, 30 days") && cart.contains("₹1,998"));
        assert!(cart.contains("<output class=\"price\">₹3,497"), "{cart}");
        assert!(visitor.see(&house, "/").await.contains("aria-hidden=\"true\">3</span>"));

        let product = house.product(SOLD).await;
        let prices = serde_json::json!({"8GB": {"amount": 120_000, "currency": "INR"}});
        let dearer =
            patch(&format!("/api/admin/products/{product}"), serde_json::json!({"prices": prices}));
        assert_eq!(house.ask(dearer.by(&house.sue)).await.status, 200);
        let cart = visitor.see(&house, "/cart").await;
        assert!(cart.contains("₹1,200 each") && cart.contains("₹2,400"), "{cart}");
    })
    .await;
}

#[tokio::test]
async fn a_line_is_changed_coded_and_removed() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let coupon = serde_json::json!({"code": "TEN", "percent": 10});
        let made = crate::house::post("/api/admin/coupons", coupon).by(&house.sue);
        assert_eq!(house.ask(made).await.status, 201);
        let mut visitor = Browser::default();
        visitor.add(&house, SOLD, "8GB").await;
        let line = lines(&visitor.see(&house, "/cart").await)[0].clone();
        let wish = [("quantity", "4"), ("code", "ten")];
        assert_eq!(led_to(&visitor.send(&house, &line, &wish).await), "/cart?said=cart-changed");
        let cart = visitor.see(&house, "/cart").await;
        assert!(cart.contains("₹999 each, less ₹100") && cart.contains("value=\"TEN\""), "{cart}");
        assert!(cart.contains("-₹400") && cart.contains("₹3,596"), "{cart}");

        let wrong = visitor.send(&house, &line, &[("quantity", "4"), ("code", "NO-SUCH")]).await;
        assert_eq!(wrong.status, 422);
        let told = text(&wrong);
        assert!(told.contains("id=\"code-1-error\"") && told.contains("NO-SUCH"), "{told}");
        let many = visitor.send(&house, &line, &[("quantity", "11"), ("code", "")]).await;
        assert_eq!(many.status, 422);

        let gone = visitor.send(&house, &format!("{line}/remove"), &[]).await;
        assert_eq!(led_to(&gone), "/cart?said=out-of-cart");
        assert!(visitor.see(&house, "/cart").await.contains("Nothing is in it yet"));
        let again = visitor.send(&house, &format!("{line}/remove"), &[]).await;
        assert_eq!(again.status, 404);
    })
    .await;
}

#[tokio::test]
async fn a_visitors_cart_comes_along_and_loses_nothing_but_what_is_above_ten() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let mut ada = Browser::of(&house, "ada@example.com").await;
        ada.add(&house, SOLD, "8GB").await;
        let line = lines(&ada.see(&house, "/cart").await)[0].clone();
        ada.send(&house, &line, &[("quantity", "7")]).await;

        let mut visitor = Browser::default();
        for _ in 0..4 {
            visitor.add(&house, SOLD, "8GB").await;
        }
        visitor.add(&house, OTHER, "8GB").await;
        assert!(visitor.has("berth_cart"));
        let login = visitor.see(&house, "/login?next=%2Fcart").await;
        assert_eq!(hidden(&login, "next"), "/cart");
        let fields = [("email", "ada@example.com"), ("password", PASSWORD), ("next", "/cart")];
        let signed_in = visitor.send(&house, "/login", &fields).await;
        assert_eq!(led_to(&signed_in), "/cart?said=cart-capped");
        assert!(!visitor.has("berth_cart"), "the customer's own is enough");
        let cart = visitor.see(&house, "/cart?said=cart-capped").await;
        assert!(cart.contains("it holds ten now"), "{cart}");
        assert!(cart.contains("11 servers") || cart.contains("aria-hidden=\"true\">11</span>"));
        assert_eq!(lines(&cart).len(), 2);
    })
    .await;
}

#[tokio::test]
async fn whoever_signs_up_keeps_what_they_chose() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let mut visitor = Browser::default();
        visitor.add(&house, SOLD, "8GB").await;
        let cart = visitor.see(&house, "/cart").await;
        assert!(cart.contains("href=\"/signup?next=%2Fcart\""), "{cart}");
        let fields = [
            ("name", "Asha"),
            ("email", "asha@example.com"),
            ("password", PASSWORD),
            ("next", "/cart"),
        ];
        assert_eq!(led_to(&visitor.send(&house, "/signup", &fields).await), "/cart");
        let cart = visitor.see(&house, "/cart").await;
        assert!(cart.contains("Order and pay") && lines(&cart).len() == 1, "{cart}");
    })
    .await;
}

#[tokio::test]
async fn nobody_sees_or_changes_the_cart_of_another() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let mut ada = Browser::of(&house, "ada@example.com").await;
        ada.add(&house, SOLD, "8GB").await;
        let line = lines(&ada.see(&house, "/cart").await)[0].clone();
        let mut eve = Browser::of(&house, "eve@example.com").await;
        eve.add(&house, OTHER, "8GB").await;
        let mut guest = Browser::default();
        for other in [&mut eve, &mut guest] {
            for (path, fields) in
                [(line.clone(), &[("quantity", "2")][..]), (format!("{line}/remove"), &[][..])]
            {
                assert_eq!(other.send(&house, &path, fields).await.status, 404, "{path}");
            }
        }
        // A token that we did not give out is not taken on.
        let mut forged = Browser(vec![("berth_cart".into(), "0".repeat(64))]);
        forged.add(&house, SOLD, "8GB").await;
        assert_ne!(forged.0[0].1, "0".repeat(64));
        assert_eq!(lines(&ada.see(&house, "/cart").await).len(), 1);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_had_says_so_beside_its_line_and_blocks_the_checkout() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let mut ada = Browser::of(&house, "ada@example.com").await;
        ada.add(&house, SOLD, "8GB").await;
        ada.add(&house, OTHER, "8GB").await;
        let product = house.product(SOLD).await;
        let off = patch(
            &format!("/api/admin/products/{product}"),
            serde_json::json!({"published": false}),
        );
        assert_eq!(house.ask(off.by(&house.sue)).await.status, 200);
        let cart = ada.see(&house, "/cart").await;
        assert!(cart.contains("It is not sold any more."), "{cart}");
        assert!(cart.contains("Remove it, and look for another in the shop."));
        assert!(cart.contains("One line stands in the way") && cart.contains("disabled"));
        let refused = ordered(&house, &mut ada, &[]).await;
        assert_eq!(refused.status, 409, "{}", text(&refused));
        assert!(text(&refused).contains("Nothing was ordered and nothing was charged"));
        let remove = format!("{}/remove", lines(&cart)[0]);
        ada.send(&house, &remove, &[]).await;
        led_to(&ordered(&house, &mut ada, &[]).await);
    })
    .await;
}

#[tokio::test]
async fn all_of_it_is_ordered_once_paid_at_once_and_leaves_the_cart() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let mut ada = Browser::of(&house, "ada@example.com").await;
        for package in [SOLD, SOLD, OTHER] {
            ada.add(&house, package, "8GB").await;
        }
        let cart = ada.see(&house, "/cart").await;
        let (key, seen) = (hidden(&cart, "key"), hidden(&cart, "seen"));
        let fields = [("key", &*key), ("seen", &*seen), ("method", "simulated")];
        let first = led_to(&ada.send(&house, "/cart/checkout", &fields).await);
        let second = led_to(&ada.send(&house, "/cart/checkout", &fields).await);
        assert!(first.starts_with("/checkouts/chk_"), "{first}");
        assert_eq!(first, second, "a button that is pressed twice");
        assert!(ada.see(&house, "/cart").await.contains("Nothing is in it yet"));

        let waiting = ada.see(&house, &first).await;
        assert!(waiting.contains("Waiting for your payment") && waiting.contains("3 servers"));
        assert!(waiting.contains("Pay ₹2,997"), "{waiting}");
        assert_eq!(waiting.matches("class=\"row\"").count(), 3);

        let id = domain::id::CheckoutId::parse(first.rsplit('/').next().unwrap()).unwrap();
        let payment = house.engine.checkout(&id).await.unwrap().paying.unwrap().payment.to_string();
        house.gateway.pay(&payment, How::PaySilently);
        let back = format!("/payment/return?client_txn_id={payment}");
        let back = house.ask(page(&back).with("cookie", &ada.cookies())).await;
        assert_eq!(led_to(&back), first, "the gateway's page leads back to all of it");
        let paid = ada.see(&house, &first).await;
        assert!(paid.contains("Your servers are being built"), "{paid}");
        assert!(!paid.contains("Pay ₹"));
        house.work().await;
        let ready = ada.see(&house, &first).await;
        assert!(ready.contains("Everything is ready") && ready.contains("All 3 are ready"));

        let mut eve = Browser::of(&house, "eve@example.com").await;
        for answer in [
            house.ask(page(&first).with("cookie", &eve.cookies())).await,
            eve.send(&house, &format!("{first}/pay"), &[]).await,
            eve.send(&house, &format!("{first}/cancel"), &[]).await,
        ] {
            assert_eq!(answer.status, 404);
        }
    })
    .await;
}

#[tokio::test]
async fn only_what_was_seen_is_ordered() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let mut ada = Browser::of(&house, "ada@example.com").await;
        ada.add(&house, SOLD, "8GB").await;
        let seen = hidden(&ada.see(&house, "/cart").await, "seen");
        ada.add(&house, OTHER, "8GB").await;
        let old = ada.send(&house, "/cart/checkout", &[("key", "k1"), ("seen", &seen)]).await;
        assert_eq!(old.status, 409);
        assert!(text(&old).contains("have changed since you looked"), "{}", text(&old));
        led_to(&ordered(&house, &mut ada, &[]).await);
        let empty = ada.send(&house, "/cart/checkout", &[("key", "k2"), ("seen", &seen)]).await;
        assert_eq!(empty.status, 422);
        assert!(text(&empty).contains("Nothing is in it yet"));
    })
    .await;
}

#[tokio::test]
async fn what_was_not_paid_in_time_is_told_and_can_be_had_anew() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let new = NewAccount {
            email: "asha@example.com".into(),
            name: String::new(),
            role: Role::Customer,
            password: Secret::new(PASSWORD),
        };
        house.engine.add_account(new, "test").await.unwrap();
        let mut asha = Browser::of(&house, "asha@example.com").await;
        asha.add(&house, SOLD, "8GB").await;
        asha.add(&house, OTHER, "8GB").await;
        let checkout = led_to(&ordered(&house, &mut asha, &[]).await);
        house.clock.step(std::time::Duration::from_secs(60 * 60));
        house.engine.sweep().await.unwrap();
        house.engine.sync().await.unwrap();
        let over = asha.see(&house, &checkout).await;
        assert!(over.contains("The time to pay is over"), "{over}");
        assert!(over.contains("Reserve again and pay ₹1,998"), "{over}");
        let again = asha.send(&house, &format!("{checkout}/pay"), &[]).await;
        assert_eq!(led_to(&again), format!("{checkout}?said=payment-opened"));
        assert!(asha.see(&house, &checkout).await.contains("Waiting for your payment"));
        let cancelled = asha.send(&house, &format!("{checkout}/cancel"), &[]).await;
        assert_eq!(led_to(&cancelled), format!("{checkout}?said=checkout-cancelled"));
        assert!(asha.see(&house, &checkout).await.contains("This was never paid"));
    })
    .await;
}

#[tokio::test]
async fn the_wallet_pays_its_part_of_a_cart() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let gift = serde_json::json!({
            "amount": 50_000, "currency": "INR", "reason": "test", "public": "Thanks"
        });
        let path = format!("/api/admin/accounts/{}/credits", house.ada.id);
        let given = house.ask(crate::house::post(&path, gift).by(&house.sue).key("g")).await;
        assert!(given.status.is_success(), "{given:?}");
        let mut ada = Browser::of(&house, "ada@example.com").await;
        ada.add(&house, SOLD, "8GB").await;
        ada.add(&house, OTHER, "8GB").await;
        assert!(ada.see(&house, "/cart").await.contains("Use my wallet: up to ₹500 of it"));
        let part = ordered(&house, &mut ada, &[("wallet", "50000")]).await;
        let page = ada.see(&house, &led_to(&part)).await;
        assert!(page.contains("Pay ₹1,498") && page.contains("₹500 of your wallet is set aside"));
    })
    .await;
}

#[tokio::test]
async fn a_cart_asks_as_little_of_the_database_with_ten_lines_as_with_two() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let mut ada = Browser::of(&house, "ada@example.com").await;
        let mut asked = Vec::new();
        let systems = ["", "ubuntu", "centos", "2012", "2016"];
        let kinds = systems.iter().flat_map(|os| [(SOLD, os), (OTHER, os)]);
        for (at, (package, os)) in kinds.enumerate() {
            let product = house.product(package).await;
            let fields = [("product", &*product), ("memory", "8GB"), ("os", os)];
            led_to(&ada.send(&house, "/cart/lines", &fields).await);
            if at == 1 || at == 9 {
                let before = test.db.counts().statements;
                ada.see(&house, "/cart").await;
                asked.push(test.db.counts().statements - before);
            }
        }
        assert_eq!(asked[0], asked[1], "{asked:?}");
        assert!(asked[1] <= 12, "{asked:?}");
    })
    .await;
}
