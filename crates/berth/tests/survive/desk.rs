//! A customer and a member of staff at the shop's API.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::serve::{PATIENCE, Serve};
use super::shop::Keys;

/// Between two looks at something that others must bring about.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// One process's API.
#[derive(Clone)]
pub struct Desk {
    client: reqwest::Client,
    url: String,
    keys: Keys,
}

/// A whole answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub body: Value,
}

impl Answer {
    /// It must have gone well.
    pub fn good(self) -> Value {
        assert!(matches!(self.status, 200 | 201), "{self:?}");
        self.body
    }

    /// The last part of a problem's name.
    pub fn slug(&self) -> &str {
        self.body["type"].as_str().and_then(|name| name.rsplit('/').next()).unwrap_or_default()
    }
}

impl Desk {
    pub fn at(serve: &Serve, keys: &Keys) -> Desk {
        Desk::with_patience(serve, keys, Duration::from_secs(30))
    }

    /// The same for people who wait no longer than this.
    pub fn with_patience(serve: &Serve, keys: &Keys, patience: Duration) -> Desk {
        // One for the whole process is enough; the second call changes nothing.
        drop(rustls::crypto::ring::default_provider().install_default());
        let client = reqwest::Client::builder().no_proxy().timeout(patience);
        Desk { client: client.build().unwrap(), url: serve.url.clone(), keys: keys.clone() }
    }

    /// The same desk with another customer before it.
    pub fn for_customer(&self, customer: String) -> Desk {
        Desk { keys: Keys { customer, ..self.keys.clone() }, ..self.clone() }
    }

    /// Asks once. An error is the reason why there is no whole answer.
    pub async fn ask(
        &self,
        method: Method,
        path: &str,
        key: &str,
        body: Option<(&Value, &str)>,
    ) -> Result<Answer, reqwest::Error> {
        let mut request =
            self.client.request(method, format!("{}{path}", self.url)).bearer_auth(key);
        if let Some((body, idempotency_key)) = body {
            request = request.json(body);
            if !idempotency_key.is_empty() {
                request = request.header("idempotency-key", idempotency_key);
            }
        }
        let answer = request.send().await?;
        let (status, text) = (answer.status().as_u16(), answer.text().await?);
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Ok(Answer { status, body })
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, &self.keys.admin, None).await.unwrap()
    }

    pub async fn get_as_customer(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, &self.keys.customer, None).await.unwrap()
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.ask(Method::POST, path, &self.keys.admin, Some((body, ""))).await.unwrap()
    }

    pub async fn post_as_customer(&self, path: &str, body: &Value) -> Answer {
        self.ask(Method::POST, path, &self.keys.customer, Some((body, ""))).await.unwrap()
    }

    /// Asks again and again with one idempotency key, as a careful program does, until it is told
    /// something else than "try later".
    pub async fn insist(&self, who: Who, path: &str, body: &Value, key: &str) -> Answer {
        let token = self.key(who);
        until(&format!("an answer of {path}"), async || {
            let answer = self.ask(Method::POST, path, token, Some((body, key))).await;
            answer.ok().filter(|a| a.status < 500 && !["busy", "in-flight"].contains(&a.slug()))
        })
        .await
    }

    /// Asks once with an idempotency key; nothing where nobody answered.
    pub async fn try_once(&self, who: Who, path: &str, body: &Value, key: &str) -> Option<Answer> {
        self.ask(Method::POST, path, self.key(who), Some((body, key))).await.ok()
    }

    fn key(&self, who: Who) -> &str {
        match who {
            Who::Staff => &self.keys.admin,
            Who::Customer => &self.keys.customer,
        }
    }

    /// The product of a package, once it can be bought.
    pub async fn product(&self, package: &str) -> String {
        until(&format!("{package} on sale"), async || {
            let shown =
                self.ask(Method::GET, "/api/ipstock", &self.keys.customer, None).await.ok()?;
            let mut entries = shown.body.as_array()?.iter();
            let name = format!("🌊 {package}");
            let found = entries.find(|entry| entry["name"] == name.as_str());
            let found = found.filter(|entry| entry["available"] == true)?;
            found["quantity"].as_i64().filter(|quantity| *quantity > 0)?;
            Some(found["_id"].as_str()?.to_owned())
        })
        .await
    }

    pub async fn try_to_order(&self, product: &str) -> Answer {
        self.post_as_customer("/api/createOrder", &wish(product)).await
    }

    /// Money came in for it.
    pub async fn pay(&self, created: &Value) -> String {
        let id = id_of(created);
        let path = format!("/api/admin/orders/{id}/mark-paid");
        self.post(&path, &receipt(created)).await.good();
        id
    }

    /// Orders one and pays; gives its id.
    pub async fn buy(&self, package: &str) -> String {
        let product = self.product(package).await;
        let created = self.try_to_order(&product).await.good();
        self.pay(&created).await
    }

    /// Everything of one order.
    pub async fn detail(&self, order: &str) -> Value {
        self.get(&format!("/api/admin/orders/{order}")).await.good()
    }

    /// Waits until its provisioning is one of these.
    pub async fn until_provisioning(&self, order: &str, words: &[&str]) -> Value {
        self.until_order(order, &words.join(" or "), |seen| {
            words.iter().any(|word| seen["provisioningStatus"] == *word)
        })
        .await
    }

    /// Waits until staff may do this to it.
    pub async fn until_possible(&self, order: &str, kind: &str) -> Value {
        self.until_order(order, kind, |seen| {
            seen["nextActions"].as_array().is_some_and(|kinds| kinds.iter().any(|k| k == kind))
        })
        .await
    }

    async fn until_order(&self, order: &str, what: &str, is: impl Fn(&Value) -> bool) -> Value {
        until(&format!("{order}: {what}"), async || {
            let path = format!("/api/admin/orders/{order}");
            let seen = self.ask(Method::GET, &path, &self.keys.admin, None).await.ok()?;
            (seen.status == 200 && is(&seen.body)).then_some(seen.body)
        })
        .await
    }

    /// A person decides.
    pub async fn remedy(&self, order: &str, mut remedy: Value) {
        remedy["reason"] = json!("somebody looked at the provider's own list");
        self.post(&format!("/api/admin/orders/{order}/remedies"), &remedy).await.good();
    }
}

/// Whose key goes with a request.
#[derive(Clone, Copy)]
pub enum Who {
    Staff,
    Customer,
}

pub fn wish(product: &str) -> Value {
    json!({ "ipStockId": product, "memory": "8GB" })
}

pub fn id_of(created: &Value) -> String {
    created["orderId"].as_str().unwrap().to_owned()
}

/// What came in for an order, by bank.
pub fn receipt(created: &Value) -> Value {
    let reference = format!("utr-{}", id_of(created));
    json!({ "amount": created["amount"], "currency": created["currency"], "reference": reference })
}

/// Looks again and again until there is something.
pub async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let mut pause = tokio::time::interval(LOOK_EVERY);
    let looking = async {
        loop {
            pause.tick().await;
            if let Some(found) = look().await {
                return found;
            }
        }
    };
    let found = tokio::time::timeout(PATIENCE, looking).await;
    found.unwrap_or_else(|_| panic!("it never came: {what}"))
}
