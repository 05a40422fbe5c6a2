//! From the window to the counter to an order.

use crate::database::for_each_database;
use crate::house::{House, PASSWORD, SOLD};
use crate::{browser_of, cookie, form, hidden, led_to, page, text};

async fn counter(house: &House) -> String {
    format!("/products/{}?memory=8GB", house.product(SOLD).await)
}

#[tokio::test]
async fn the_window_shows_what_is_for_sale_and_what_is_not() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let shown = text(&house.ask(page("/")).await);
        for expected in ["Your address starts with 103.181.91.", "₹1,499", "Back soon", "4 left"]
        {
            assert!(shown.contains(expected), "{expected}");
        }
        let found = text(&house.ask(page("/?q=diamond")).await);
        assert!(found.contains("103.184 (Diamond Pro AMD 3.1GHz)") && !found.contains("103.82.72"));
        let none = text(&house.ask(page("/?q=nothing+like+it")).await);
        assert!(none.contains("Nothing like that is here"));
        house.engine.selling_stop("test", "stocktaking").await.unwrap();
        house.clock.step(std::time::Duration::from_secs(1));
        let moved = house.ask(page("/dashboard/ipStock")).await;
        assert_eq!((moved.status.as_u16(), moved.header("location")), (308, Some("/")));
    })
    .await;
}

#[tokio::test]
async fn a_shop_that_never_heard_from_its_provider_says_so() {
    for_each_database(async |test| {
        let house = House::open(test).await;
        let shown = text(&house.ask(page("/")).await);
        assert!(shown.contains("waiting for the provider&#39;s stock list"), "{shown}");
        assert!(shown.contains("Nothing is for sale yet"));
    })
    .await;
}

#[tokio::test]
async fn a_guest_who_orders_signs_up_on_the_way_and_loses_nothing() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let wish = counter(&house).await;
        let counter = text(&house.ask(page(&wish)).await);
        assert!(counter.contains("Sign up and order"));
        let product = hidden(&counter, "product");
        let fields = [("product", &*product), ("memory", "16GB"), ("os", "ubuntu"), ("as", "new")];
        let sign_up = led_to(&house.ask(form("/checkout", &fields)).await);
        assert!(sign_up.starts_with("/signup?next=%2Fproducts"), "{sign_up}");
        let next = hidden(&text(&house.ask(page(&sign_up)).await), "next").replace("&#38;", "&");
        let fields = [
            ("name", "Asha"),
            ("email", "asha@example.com"),
            ("password", PASSWORD),
            ("next", &*next),
        ];
        let joined = house.ask(form("/signup", &fields)).await;
        let back = led_to(&joined);
        assert_eq!(back, format!("/products/{product}?memory=16GB&os=ubuntu"));
        let again = house.ask(page(&back).with("cookie", &cookie(&joined))).await;
        let counter = text(&again);
        assert!(counter.contains("Order and pay"));
        assert!(counter.contains("value=\"16GB\" required checked"));
        assert!(counter.contains("<option value=\"ubuntu\" selected>"));
    })
    .await;
}

#[tokio::test]
async fn a_button_that_is_pressed_twice_makes_one_order() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let ada = browser_of(&house, "ada@example.com").await;
        let wish = counter(&house).await;
        let counter = text(&house.ask(page(&wish).with("cookie", &ada)).await);
        let (product, key) = (hidden(&counter, "product"), hidden(&counter, "key"));
        let fields = [("product", &*product), ("key", &*key), ("memory", "8GB"), ("os", "")];
        let ask = || form("/checkout", &fields).with("cookie", &ada);
        let first = led_to(&house.ask(ask()).await);
        let second = led_to(&house.ask(ask()).await);
        assert!(first.starts_with("/orders/ord_"), "{first}");
        assert_eq!(first, second);
        let mine = text(&house.ask(page("/my-servers").with("cookie", &ada)).await);
        assert_eq!(mine.matches("class=\"row\"").count(), 1);
        let order = text(&house.ask(page(&first).with("cookie", &ada)).await);
        assert!(
            order.contains("Waiting for your payment") && order.contains("Pay ₹999"),
            "{order}"
        );
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_ordered_is_refused_beside_its_field() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let ada = browser_of(&house, "ada@example.com").await;
        let product = house.product(SOLD).await;
        let order = |memory: &'static str, os: &'static str, product: String| {
            let fields = [("product", &*product), ("memory", memory), ("os", os), ("key", "")];
            form("/checkout", &fields).with("cookie", &ada)
        };
        let wrong = house.ask(order("64GB", "", product.clone())).await;
        assert_eq!(wrong.status, 422);
        assert!(text(&wrong).contains("id=\"memory-error\""), "{}", text(&wrong));
        let wrong = house.ask(order("8GB", "beos", product)).await;
        assert_eq!(wrong.status, 422);
        assert!(text(&wrong).contains("id=\"os-error\""));
        let gone = house.product("103.15.xx").await;
        let wrong = house.ask(order("8GB", "", gone)).await;
        assert_eq!(wrong.status, 409);
        assert!(text(&wrong).contains("Nothing was ordered and nothing was charged"));
    })
    .await;
}

#[tokio::test]
async fn what_staff_took_off_does_not_exist_at_the_counter() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let product = house.product("Premium VPS").await;
        let answer = house.ask(page(&format!("/products/{product}"))).await;
        assert_eq!(answer.status, 404);
        assert!(text(&answer).contains("<h1>Not found</h1>"));
    })
    .await;
}
