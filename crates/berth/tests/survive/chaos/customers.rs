//! Customers as careful programs: a key for each wish, and the same again at another door where
//! nobody answers. Some hang up in the middle, some never pay, some pay twice.

// tidy: sleep allowed because customers come by chance, and nothing announces them.

use std::time::Duration;

use reqwest::Method;
use reqwest::redirect::Policy;
use serde_json::{Value, json};
use sim::chance::Chance;
use sim::checker::{Exchange, Revealed, Seen};
use sim::gateway::How;

use super::super::crowd::Customer;
use super::super::desk::{Answer, Desk, Who, id_of, receipt};
use super::town::{PACKAGES, Town, between};

/// Long after everything that broke is whole again.
const GIVES_UP_AFTER: Duration = Duration::from_secs(120);

/// One customer and one wish.
pub struct Visit<'a> {
    town: &'a Town,
    chance: Chance,
    customer: &'a Customer,
    number: usize,
}

impl<'a> Visit<'a> {
    pub fn of(town: &'a Town, number: usize) -> Visit<'a> {
        let chance = town.plan.chance(number as u64);
        Visit { town, chance, customer: &town.crowd[number % town.crowd.len()], number }
    }

    /// From the wish to the server, or as far as it goes.
    pub async fn comes(mut self) {
        tokio::time::sleep(self.town.plan.arrives(self.number)).await;
        let order = self.orders_and_pays().await;
        self.town.note(|notes| notes.came += 1);
        if let Some(order) = order {
            self.follows(&order).await;
        }
    }

    async fn orders_and_pays(&mut self) -> Option<String> {
        // The last one is small.
        let wide = PACKAGES.len() - 1;
        let package = if self.chance.happens(20) { wide } else { self.chance.below(wide) };
        let os = if self.chance.happens(100) { "ubuntu" } else { "any" };
        let created = self.orders(package, os).await?;
        match self.chance.below(20) {
            0..=8 => self.pays_by_bank(&created).await,
            9..=17 => self.pays_at_the_gateway(&created).await,
            18 => self.cancels(&created).await,
            _ => {}
        }
        Some(id_of(&created))
    }

    /// Orders one of this package; nothing where the shop says no.
    pub async fn orders(&mut self, package: usize, os: &str) -> Option<Value> {
        let product = &self.town.products[package];
        let wish = json!({ "ipStockId": product, "memory": "8GB", "os": os });
        let key = format!("wish-{}", self.number);
        let answer = self.insists(Who::Customer, "/api/createOrder", &wish, &key).await;
        if answer.body["orderId"].is_string() {
            self.town.note(|notes| notes.created.insert(id_of(&answer.body)));
        } else {
            assert_eq!(answer.status, 409, "{answer:?}");
            self.town.note(|notes| notes.turned_away += 1);
        }
        (answer.status == 201).then_some(answer.body)
    }

    /// Money came in; staff enter it.
    pub async fn pays_by_bank(&mut self, created: &Value) {
        let id = id_of(created);
        let path = format!("/api/admin/orders/{id}/mark-paid");
        let key = format!("receipt-{}", self.number);
        let answer = self.insists(Who::Staff, &path, &receipt(created), &key).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        self.town.note(|notes| notes.paid.insert(id));
    }

    async fn pays_at_the_gateway(&mut self, created: &Value) {
        let mut payment = created["payment"].clone();
        if payment["url"].is_null() {
            let path = format!("/api/orders/{}/pay", id_of(created));
            let key = format!("pay-{}", self.number);
            let again = self.insists(Who::Customer, &path, &json!({}), &key).await;
            payment = again.body["payment"].clone();
        }
        // Where no gateway answers a customer goes away.
        let Some(url) = payment["url"].as_str() else { return };
        let how = [
            How::Pay,
            How::Pay,
            How::Pay,
            How::PaySilently,
            How::PayTwice,
            How::PayLate,
            How::PayAndClose,
            How::FailThenPay,
        ];
        let how = how[self.chance.below(how.len())];
        self.presses(url, how).await;
    }

    /// A button of the gateway's page, until there is a page; then on to where it leads.
    async fn presses(&mut self, url: &str, how: How) {
        let browser = reqwest::Client::builder().no_proxy().redirect(Policy::none());
        let browser = browser.timeout(Duration::from_secs(5)).build().unwrap();
        let form = [("do", serde_json::to_value(how).unwrap())];
        let pressed = loop {
            match browser.post(url).form(&form).send().await {
                Ok(pressed) => break pressed,
                Err(_) => tokio::time::sleep(between(&mut self.chance, 200, 1_000)).await,
            }
            self.does_not_wait_for_ever(url);
        };
        let back = pressed.headers().get("location").and_then(|to| to.to_str().ok());
        if let Some(back) = back {
            // The page that follows may be of a process that is gone.
            drop(browser.get(back).send().await);
        }
    }

    async fn cancels(&mut self, created: &Value) {
        let path = format!("/api/orders/{}/cancel", id_of(created));
        let key = format!("cancel-{}", self.number);
        self.insists(Who::Customer, &path, &json!({}), &key).await;
    }

    /// Looks at the order until the server is there, and then perhaps at its password.
    async fn follows(&mut self, order: &str) {
        let (by, place) = (Some(self.customer.account.clone()), "GET /api/orders/{id}".to_owned());
        let mut last = None;
        while !self.town.is_closed() {
            tokio::time::sleep(between(&mut self.chance, 1_500, 4_000)).await;
            let (path, key) = (format!("/api/orders/{order}"), &self.customer.key);
            let desk = self.town.desk(&mut self.chance);
            let answer = desk.ask(Method::GET, &path, key, None).await.ok();
            let Some(answer) = answer.filter(|answer| answer.status == 200) else { continue };
            let is_delivered = answer.body["provisioningStatus"] == "active";
            last = Some(answer.body.to_string());
            if is_delivered {
                self.reveals(order).await;
                break;
            }
        }
        if let Some(text) = last {
            self.town.note(|notes| notes.seen.push(Seen { by, place, text }));
        }
    }

    async fn reveals(&mut self, order: &str) {
        if !self.chance.happens(200) {
            return;
        }
        let path = format!("/api/orders/{order}/credentials");
        let desk = self.desk();
        let Some(answer) = desk.try_once(Who::Customer, &path, &json!({}), "").await else {
            return;
        };
        if let Some(password) = answer.body["password"].as_str() {
            let revealed = Revealed { order: order.to_owned(), password: password.to_owned() };
            self.town.note(|notes| notes.revealed.push(revealed));
        }
    }

    fn desk(&mut self) -> Desk {
        self.town.desk(&mut self.chance).for_customer(self.customer.key.clone())
    }

    /// Asks at one door after the other, with the same key, until somebody says yes or no.
    async fn insists(&mut self, who: Who, path: &str, body: &Value, key: &str) -> Answer {
        loop {
            let desk = self.desk();
            let asking = desk.try_once(who, path, body, key);
            let answer = if self.chance.happens(30) {
                self.town.note(|notes| notes.hung_up += 1);
                let patience = between(&mut self.chance, 1, 60);
                tokio::time::timeout(patience, asking).await.unwrap_or_default()
            } else {
                asking.await
            };
            if let Some(answer) = answer.filter(is_meant) {
                self.remembers(who, path, body, key, &answer);
                return answer;
            }
            tokio::time::sleep(between(&mut self.chance, 200, 1_000)).await;
            self.does_not_wait_for_ever(path);
        }
    }

    fn remembers(&self, who: Who, path: &str, body: &Value, key: &str, answer: &Answer) {
        let account = match who {
            Who::Customer => self.customer.account.clone(),
            Who::Staff => "staff".to_owned(),
        };
        let exchange = Exchange {
            account,
            route: format!("POST {path}"),
            key: key.to_owned(),
            request: body.to_string(),
            status: answer.status,
            answer: answer.body.to_string(),
        };
        self.town.note(|notes| notes.exchanges.push(exchange));
    }

    fn does_not_wait_for_ever(&self, what: &str) {
        let waited = self.town.since_begun();
        assert!(waited < self.town.plan.lasts + GIVES_UP_AFTER, "{what} never answers");
    }
}

/// Not one of the answers that mean "later".
fn is_meant(answer: &Answer) -> bool {
    let later = ["busy", "in-flight"].contains(&answer.slug());
    answer.status < 500 && answer.status != 429 && !later
}
