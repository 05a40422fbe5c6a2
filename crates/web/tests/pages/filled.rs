//! A house in which there is one of everything, and the address of each route in it: Ada's own.

use engine::brand::Legal;
use serde_json::{Value, json};

use crate::brand::picture;
use crate::database::TestDb;
use crate::house::{Answer, House, SOLD, Someone, get, post};
use crate::{browser_of, led_to, page};

const RACK: &str = "hand-frankfurt-rack";
/// Long enough for an invoice to be written.
const SETTLED: std::time::Duration = std::time::Duration::from_secs(16);

pub struct Filled {
    pub house: House,
    /// Browsers that are signed in.
    pub ada: String,
    pub eve: String,
    pub sam: String,
    pub sue: String,
    product: String,
    by_hand: String,
    stray: String,
    delivered: String,
    unpaid: String,
    checkout: String,
    paper: String,
    payment: String,
    top_up: String,
    session: String,
    key: String,
    line: String,
    mail: String,
    template: &'static str,
    logo: String,
}

/// A text of an answer.
fn said(value: &Value, at: &str) -> String {
    value[at].as_str().unwrap_or_else(|| panic!("no {at} in {value}")).to_owned()
}

/// A browser of Ada's, and another of her sessions, which can be ended.
async fn signed_in_twice(house: &House) -> (String, String) {
    browser_of(house, "ada@example.com").await;
    let ada = browser_of(house, "ada@example.com").await;
    let sessions = house.ask(get("/api/account/sessions").with("cookie", &ada)).await.json();
    let other = sessions["items"].as_array().unwrap().iter();
    let other = other.max_by_key(|one| one["current"] == false).unwrap();
    let other = said(other, "id");
    (ada, other)
}

impl Filled {
    pub async fn open(test: &TestDb) -> Filled {
        let house = House::stocked(test).await;
        house.engine.set_logo(picture(), "test").await.unwrap();
        house.engine.set_legal_text(Legal::Terms, "en", "Be kind.", "test").await.unwrap();
        let logo = house.engine.brand_now().await.unwrap().logo.unwrap();
        let product = house.product(SOLD).await;
        let by_hand = shelf_by_hand(&house).await;
        let found = json!({"provider": "smartvps", "address": "103.182.44.99", "reason": "found"});
        let stray = made(&house, &house.sue, "/api/admin/quarantine", found).await;
        let order = house.order(&house.ada).await;
        house.pay(&order).await;
        house.until(&order, "active").await;
        test.clock.step(SETTLED);
        house.engine.sweep().await.unwrap();
        // Counted by a worker, so that whoever asks is answered.
        house.ask(get("/api/admin/profit").by(&house.sue)).await;
        house.ask(get("/api/admin/books").by(&house.sue)).await;
        house.work().await;
        let delivered = said(&order, "orderId");
        let put = async || {
            let line = json!({"ipStockId": product, "memory": "8GB", "quantity": 2});
            made(&house, &house.ada, "/api/cart/lines", line).await
        };
        put().await;
        let checkout = made(&house, &house.ada, "/api/checkouts", json!({})).await;
        let unpaid = house.order(&house.ada).await;
        put().await;
        let cart = house.ask(get("/api/cart").by(&house.ada)).await.json();
        let top_up = json!({"amount": 50_000, "currency": "INR"});
        let top_up = made(&house, &house.ada, "/api/wallet/top-ups", top_up).await;
        let key = made(&house, &house.ada, "/api/account/keys", json!({})).await;
        let coupon = json!({"code": "TEN", "percent": 10});
        made(&house, &house.sue, "/api/admin/coupons", coupon).await;
        let (ada, other) = signed_in_twice(&house).await;
        let invoice = page(&format!("/orders/{delivered}/invoice")).with("cookie", &ada);
        let paper = led_to(&house.ask(invoice).await).replace("/papers/", "");
        Filled {
            eve: browser_of(&house, "eve@example.com").await,
            sam: browser_of(&house, "sam@example.com").await,
            sue: browser_of(&house, "sue@example.com").await,
            payment: said(&unpaid, "clientTxnId"),
            unpaid: said(&unpaid, "orderId"),
            checkout: said(&checkout, "_id"),
            top_up: said(&top_up, "clientTxnId"),
            stray: said(&stray, "id"),
            session: other,
            key: said(&key, "id"),
            line: said(&cart["lines"][0], "_id"),
            mail: "1".to_owned(),
            template: web::view::mail::samples()[0].name,
            logo,
            house,
            ada,
            product,
            by_hand,
            delivered,
            paper,
        }
    }

    /// The address of a route, with what is Ada's own in its places.
    pub fn path(&self, route: &str) -> String {
        let parts = [
            ("{number}", "1"),
            ("{payment}", &*self.payment),
            ("{slug}", "not-found"),
            ("{name}", "any-name"),
            ("{page}", "terms"),
            ("{key}", "0f3c9a1b2d4e5f60"),
            ("{file}", web::files::style().trim_start_matches("/static/")),
        ];
        // What these are about stands behind a question mark.
        match route {
            "/brand/{file}" => return format!("/brand/logo.{}.png", self.logo),
            "/checkout" => return format!("{route}?product={}", self.product),
            "/payment/return" => return format!("{route}?client_txn_id={}", self.payment),
            "/admin/alerts/silence" => {
                return format!("{route}?kind=sync-failing&subject=smartvps");
            }
            "/admin/papers/return.csv" => return format!("{route}?sheet=b2cs&from=2026-09"),
            _ => {}
        }
        let path = parts.iter().fold(route.to_owned(), |path, (part, id)| path.replace(part, id));
        if path.contains("{id}") { path.replace("{id}", self.id(route)) } else { path }
    }

    /// What an `{id}` is in a route. A route that nobody thought of here has no address.
    fn id(&self, route: &str) -> &str {
        let known = [
            ("/admin/accounts/", self.house.ada.id.as_str()),
            ("/admin/staff/", self.house.ada.id.as_str()),
            ("/admin/customers/", self.house.ada.id.as_str()),
            ("/admin/wallets/", self.house.ada.id.as_str()),
            ("/account/keys/", &self.key),
            ("/account/sessions/", &self.session),
            ("/byHand/stock/", &self.by_hand),
            ("/byHand/", RACK),
            ("/admin/providers/", RACK),
            ("/admin/gateways/", "simulated"),
            ("/admin/alerts/silences/", "1"),
            ("/admin/costs/", &self.product),
            ("/admin/ipStock/", &self.product),
            ("/admin/products/", &self.product),
            ("/admin/quarantine/", &self.stray),
            ("/admin/coupons/", "TEN"),
            ("/admin/mails/templates/", self.template),
            ("/admin/mails/texts/", self.template),
            ("/admin/mail-texts/", self.template),
            ("/admin/mails/", &self.mail),
            ("/admin/refunds/", "ref_01ARZ3NDEKTSV4RRFFQ69G5FAV"),
            ("/orders/{id}/pay", &self.unpaid),
            ("/orders/{id}/cancel", &self.unpaid),
            ("/orders/", &self.delivered),
            ("/my-servers/", &self.delivered),
            ("/products/", &self.product),
            ("/cart/lines/", &self.line),
            ("/checkouts/", &self.checkout),
            ("/papers/", &self.paper),
            ("/wallet/top-ups/", &self.top_up),
        ];
        let found = known.iter().find(|(part, _)| route.contains(part));
        found.unwrap_or_else(|| panic!("no example of what {route} is about")).1
    }
}

async fn made(house: &House, by: &Someone, path: &str, wish: Value) -> Value {
    let answer: Answer = house.ask(post(path, wish).by(by)).await;
    assert!(answer.status.is_success(), "{path}: {answer:?}");
    answer.json()
}

/// A product that staff deliver themselves.
async fn shelf_by_hand(house: &House) -> String {
    let rack = json!({"name": "Frankfurt rack", "dueMinutes": 240, "note": "ask Bea"});
    made(house, &house.sue, "/api/admin/providers", rack).await;
    let plan = json!({
        "name": "G.8GB", "prices": {"8GB": {"amount": 224_000, "currency": "INR"}},
        "stock": 3, "days": 30, "cidrs": ["203.0.113.0/28"]
    });
    let plan = made(house, &house.sue, &format!("/api/admin/providers/{RACK}/plans"), plan).await;
    said(&plan, "_id")
}
