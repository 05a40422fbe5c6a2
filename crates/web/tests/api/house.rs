//! A small house for tests: a real router and engine over a real database, a simulated
//! provider and gateway, and one of each kind of visitor.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use axum::body::Body;
use axum::extract::ConnectInfo;
use domain::clock::Clock;
use domain::id::{AccountId, NodeId};
use engine::account::NewAccount;
use engine::permission::Role;
use engine::secret::Secret;
use engine::{Engine, Parts, Provider, Settings};
use http::{HeaderMap, Method, Request, StatusCode};
use payment::Gateway;
use serde_json::Value;
use store::seal::Seal;
use tower::ServiceExt;
use upstream::BootClock;
use web::routes::Declared;
use web::{App, Part, Readiness};

use crate::database::{Counting, HandClock, TestDb};

pub const PASSWORD: &str = "correct horse battery";
pub const TOKEN: &str = "the-scheduler-knows-this";
pub const METRICS: &str = "prometheus-knows-this";
/// The package of the seeds, as the demo's catalogue has it.
pub const SOLD: &str = "103.181.91";

pub struct House {
    pub engine: Engine,
    pub upstream: sim::smartvps::Sim,
    pub gateway: sim::gateway::Gateway,
    pub clock: Arc<HandClock>,
    pub declared: Vec<Declared>,
    pub description: Value,
    pub ada: Someone,
    pub eve: Someone,
    pub sam: Someone,
    pub sue: Someone,
    working: tokio::sync::OnceCell<()>,
    ready: Arc<Readable>,
    router: axum::Router,
}

/// A visitor with an account and a key.
#[derive(Clone)]
pub struct Someone {
    pub id: AccountId,
    pub key: String,
}

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text: String = String::from_utf8_lossy(&self.body).chars().take(500).collect();
        write!(f, "{} {:?} {text}", self.status, self.headers)
    }
}

impl Answer {
    /// Pages speak to people; everything else speaks to programs.
    pub fn is_page(&self) -> bool {
        self.header("content-type").is_some_and(|kind| kind.starts_with("text/html"))
    }

    pub fn json(&self) -> Value {
        let text = String::from_utf8_lossy(&self.body);
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("not JSON: {text}"))
    }

    /// The last part of a problem's `type`; every refusal is a whole problem document.
    pub fn problem(&self) -> String {
        assert_eq!(self.headers["content-type"], "application/problem+json", "{self:?}");
        let said = self.json();
        assert_eq!(said["status"], self.status.as_u16());
        assert_eq!(said["success"], false);
        assert_eq!(said["error"], said["detail"]);
        assert!(!said["title"].as_str().unwrap().is_empty());
        assert!(!said["detail"].as_str().unwrap().is_empty());
        said["type"].as_str().unwrap().strip_prefix("/problems/").unwrap().to_owned()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// A request to be sent.
#[derive(Clone, Debug)]
pub struct Ask {
    pub method: Method,
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// Whoever is connected.
    pub peer: [u8; 4],
}

/// Somebody out there.
const STRANGER: [u8; 4] = [192, 0, 2, 1];

pub fn get(path: &str) -> Ask {
    let (headers, body) = (vec![], vec![]);
    Ask { method: Method::GET, path: path.into(), headers, body, peer: STRANGER }
}

pub fn post(path: &str, body: Value) -> Ask {
    let body = body.to_string().into_bytes();
    Ask { method: Method::POST, body, ..get(path) }.with("content-type", "application/json")
}

pub fn patch(path: &str, body: Value) -> Ask {
    Ask { method: Method::PATCH, ..post(path, body) }
}

impl Ask {
    pub fn with(mut self, name: &str, value: &str) -> Ask {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// With this session instead of another.
    pub fn with_cookie(mut self, cookie: &str) -> Ask {
        self.headers.retain(|(name, _)| name != "cookie");
        self.with("cookie", cookie)
    }

    pub fn by(self, someone: &Someone) -> Ask {
        self.with("authorization", &format!("Bearer {}", someone.key))
    }

    pub fn key(self, key: &str) -> Ask {
        self.with("idempotency-key", key)
    }
}

impl House {
    pub async fn open(test: &TestDb) -> House {
        let settings = Settings { reserve_max: 1_000, ..Settings::defaults() };
        House::open_with(test, settings).await
    }

    pub async fn open_with(test: &TestDb, settings: Settings) -> House {
        let clock = test.clock.clone();
        let upstream = sim::smartvps::Sim::start(Default::default()).await.unwrap();
        let gateway = sim::gateway::Gateway::start(Default::default()).await.unwrap();
        let chance = Arc::new(Counting::default());
        let engine = Engine::new(Parts {
            db: test.db.clone(),
            seal: Seal::new([7; 32]),
            clock: clock.clone(),
            boot: clock.clone(),
            chance: chance.clone(),
            provider: Provider { id: "smartvps", upstream: provider(&upstream) },
            gateways: vec![cashier(&gateway)],
            mail: None,
            notices: None,
            host: None,
            settings,
            node: NodeId::mint(clock.now(), &*chance),
            journal: None,
        });
        let ready = Arc::new(Readable::default());
        let app = App {
            engine: engine.clone(),
            sync_token: Some(Secret::new(TOKEN)),
            metrics_token: Some(Secret::new(METRICS)),
            readiness: ready.clone(),
            chance,
            look: web::Look::default(),
            proxies: web::Proxies::default(),
            in_force: Arc::new(web::view::admin::settings::InForce::sample()),
            unfinished: web::serve::Unfinished::default(),
        };
        let web = web::build(app);
        let description = serde_json::to_value(&web.description).unwrap();
        let (router, declared) = (web.router, web.declared);
        let ada = someone(&engine, "ada@example.com", Role::Customer).await;
        let eve = someone(&engine, "eve@example.com", Role::Customer).await;
        let sam = someone(&engine, "sam@example.com", Role::Support).await;
        let sue = someone(&engine, "sue@example.com", Role::Admin).await;
        House {
            engine,
            upstream,
            gateway,
            clock,
            declared,
            description,
            ada,
            eve,
            sam,
            sue,
            working: tokio::sync::OnceCell::new(),
            ready,
            router,
        }
    }

    /// With the provider's list read once.
    pub async fn stocked(test: &TestDb) -> House {
        let house = House::open(test).await;
        house.engine.sync().await.unwrap();
        house
    }

    pub async fn ask(&self, ask: Ask) -> Answer {
        let (parts, body) = self.answered(ask).await.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// The head of an answer alone, whose body may never end.
    pub async fn ask_head(&self, ask: Ask) -> Answer {
        let (parts, _) = self.answered(ask).await.into_parts();
        Answer { status: parts.status, headers: parts.headers, body: Vec::new() }
    }

    async fn answered(&self, ask: Ask) -> axum::response::Response {
        let peer = ask.peer;
        let mut request = Request::builder().method(ask.method).uri(ask.path);
        for (name, value) in ask.headers {
            request = request.header(name, value);
        }
        let mut request = request.body(Body::from(ask.body)).unwrap();
        let peer = SocketAddr::from((peer, 40_000));
        request.extensions_mut().insert(ConnectInfo(peer));
        self.router.clone().oneshot(request).await.unwrap()
    }

    /// The `_id` of the product that is bought as a package.
    pub async fn product(&self, package: &str) -> String {
        let products = self.ask(get("/api/admin/products?limit=500").by(&self.sue)).await.json();
        let items = products["items"].as_array().unwrap();
        let found = items.iter().find(|product| product["packageName"] == package).unwrap();
        found["_id"].as_str().unwrap().to_owned()
    }

    /// An order of somebody's, not paid.
    pub async fn order(&self, someone: &Someone) -> Value {
        let wish = serde_json::json!({"ipStockId": self.product(SOLD).await, "memory": "8GB"});
        let answer = self.ask(post("/api/createOrder", wish).by(someone)).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.json()
    }

    /// Books a bank transfer for an order.
    pub async fn pay(&self, order: &Value) -> Answer {
        let id = order["orderId"].as_str().unwrap();
        let (amount, currency) = (&order["amount"], &order["currency"]);
        let wish = serde_json::json!(
            {"amount": amount, "currency": currency, "reference": format!("utr-{id}")}
        );
        let path = format!("/api/admin/orders/{id}/mark-paid");
        self.ask(post(&path, wish).by(&self.sue)).await
    }

    /// Lets workers run until nothing is left to do.
    pub async fn work(&self) {
        let starting = async {
            let engine = self.engine.clone();
            #[allow(clippy::disallowed_methods, reason = "the house stops it when it is dropped")]
            tokio::spawn(async move { engine.work().await.unwrap() });
        };
        self.working.get_or_init(|| starting).await;
        let quiet = tokio::time::timeout(Duration::from_secs(30), self.engine.until_quiet()).await;
        quiet.expect("quiet").unwrap();
    }

    /// Lets workers run until an order shows a status, and tells the order.
    pub async fn until(&self, order: &Value, status: &str) -> Value {
        let path = format!("/api/orders/{}", order["orderId"].as_str().unwrap());
        let looking = async {
            loop {
                self.work().await;
                let seen = self.ask(get(&path).by(&self.ada)).await.json();
                if seen["status"] == status {
                    return seen;
                }
                tokio::task::yield_now().await;
            }
        };
        let seen = tokio::time::timeout(Duration::from_secs(30), looking).await;
        seen.unwrap_or_else(|_| panic!("{path} never was {status}"))
    }

    pub fn readiness(&self, word: Word) {
        *self.ready.0.lock().unwrap() = word;
    }
}

impl Drop for House {
    fn drop(&mut self) {
        self.engine.stop_working();
    }
}

async fn someone(engine: &Engine, email: &str, role: Role) -> Someone {
    let (name, password) = (String::new(), Secret::new(PASSWORD));
    let new = NewAccount { email: email.into(), name, role, password };
    let id = engine.add_account(new, "test").await.unwrap();
    let made = engine.create_api_key(&id, &[], "test").await.unwrap();
    Someone { id, key: made.key.expose().to_owned() }
}

fn provider(sim: &sim::smartvps::Sim) -> Arc<dyn upstream::Upstream> {
    let url = url::Url::parse(&sim.url()).unwrap();
    let settings = upstream::smartvps::Settings::new(url, "berth".into(), "simulated".into());
    Arc::new(upstream::smartvps::SmartVps::new(settings).unwrap())
}

fn cashier(sim: &sim::gateway::Gateway) -> Arc<dyn Gateway> {
    let keys = payment::simulated::Keys {
        merchant_key: "simulated-merchant".into(),
        webhook_secret: "simulated-webhook-secret".into(),
    };
    let base_url = url::Url::parse(&sim.url()).unwrap();
    let (name, timeout) = (payment::simulated::NAME, Duration::from_secs(5));
    let line = payment::Line::network(name, base_url, timeout).unwrap();
    Arc::new(payment::simulated::Adapter::new(keys, line))
}

/// What readiness says.
#[derive(Clone, Copy, Default, PartialEq)]
pub enum Word {
    #[default]
    Well,
    Broken,
    /// Breaks down while being asked.
    Panic,
}

#[derive(Default)]
struct Readable(Mutex<Word>);

#[async_trait]
impl Readiness for Readable {
    async fn parts(&self) -> Vec<Part> {
        let word = *self.0.lock().unwrap();
        assert!(word != Word::Panic, "on purpose");
        let fault = (word == Word::Broken).then(|| "cannot be reached".to_owned());
        vec![Part { name: "database", fault }, Part { name: "workers", fault: None }]
    }
}

impl BootClock for HandClock {
    fn since_boot(&self) -> Duration {
        self.moved_by()
    }
}
