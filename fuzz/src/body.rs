//! Bodies of the API, through the whole web room and a real engine over a real database: any of
//! them is done or refused with a whole problem, and none is a failure of ours. A request is a line
//! such as `POST /api/createOrder` and the body; `{id}`, `{order}` and `{product}` stand for what
//! is there. An input is one request to a shop that had others before, or several, with
//! `BETWEEN` between them, to a shop as new: what a shop was asked until it failed is such a one.

use std::cell::RefCell;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use axum::body::Body;
use axum::extract::ConnectInfo;
use domain::clock::{Clock, Timestamp};
use domain::id::{Chance, NodeId};
use domain::package::{Listed, Pid};
use engine::account::NewAccount;
use engine::permission::Role;
use engine::secret::Secret;
use engine::{Engine, Parts, Provider, Settings};
use http::{Method, Request, header};
use serde_json::Value;
use store::db::{Db, Options, Place};
use store::seal::Seal;
use tower::ServiceExt;
use upstream::{
    Abilities, Answer, BootClock, Described, Fault, Line, Listing, Meaning, OperationMeaning,
    Purchase, Upstream,
};
use web::{App, Part, Readiness};

use super::gateway;

/// A shop is as new after so many inputs, so that the hundred-thousandth is as quick as the first.
const INPUTS_PER_SHOP: u32 = 2_000;

/// What no request has in it: a control character that JSON writes in other ways.
const BETWEEN: u8 = 0x1e;

const BODIES: [&str; 14] = [
    "{}",
    r#"{"ipStockId": "{product}", "memory": "8GB", "os": "any", "paymentMethod": "simulated"}"#,
    r#"{"orderId": "{order}", "clientTxnId": "pay_1"}"#,
    r#"{"orderId": "{order}", "ipStockId": "{product}", "memory": "16GB", "consent": "yes"}"#,
    r#"{"amount": 69900, "currency": "INR", "reference": "utr-1"}"#,
    r#"{"kind": "refund", "reason": "asked", "version": 1, "amount": 5, "currency": "INR"}"#,
    r#"{"kind": "extend", "reason": "sorry", "days": 3}"#,
    r#"{"kind": "adopt", "reason": "seen", "address": "103.181.91.50", "preview": true}"#,
    r#"{"kind": "reprovision", "reason": "late", "giveUp": true, "orderIds": ["{order}"]}"#,
    r#"{"choice": "refund", "reason": "asked"}"#,
    r#"{"published": true, "name": "103.181.91", "cidrs": ["103.181.91.0/24"], "version": 1}"#,
    r#"{"prices": [{"memory": "8GB", "amount": 69900}], "os": "windows", "version": 1}"#,
    r#"{"email": "ada@example.org", "password": "correct horse", "role": "support"}"#,
    r#"{"name": "till", "scopes": ["orders"], "id": "key_1", "subject": "x", "months": 1}"#,
];

pub fn seeds() -> Vec<Vec<u8>> {
    let routes = with_shop(|shop| shop.routes.clone());
    let all = routes.iter().flat_map(|(method, path)| {
        BODIES.iter().map(move |body| format!("{method} {path}\n{body}").into_bytes())
    });
    all.collect()
}

pub fn run(told: &[u8]) {
    if told.contains(&BETWEEN) {
        SHOP.set(None);
    }
    told.split(|byte| *byte == BETWEEN).for_each(request);
}

fn request(told: &[u8]) {
    let at = told.iter().position(|byte| *byte == b'\n').unwrap_or(told.len());
    let body = told.get(at + 1..).unwrap_or_default();
    let Some((method, path)) = std::str::from_utf8(&told[..at]).ok().and_then(route) else {
        return;
    };
    with_shop(|shop| {
        let known = |known: &(Method, String)| known.0 == method && known.1 == path;
        if shop.routes.iter().any(known) {
            shop.asked.borrow_mut().push(told.to_vec());
            shop.runtime.block_on(shop.ask(method, &path, body));
        }
    });
}

fn route(line: &str) -> Option<(Method, String)> {
    let (method, path) = line.split_once(' ')?;
    Some((method.parse().ok()?, path.to_owned()))
}

thread_local! {
    static SHOP: RefCell<Option<Shop>> = const { RefCell::new(None) };
}

fn with_shop<T>(act: impl FnOnce(&Shop) -> T) -> T {
    SHOP.with_borrow_mut(|slot| {
        let shop = match slot.take() {
            Some(shop) if shop.inputs < INPUTS_PER_SHOP => shop,
            _ => Shop::open(),
        };
        let shop = slot.insert(Shop { inputs: shop.inputs + 1, ..shop });
        act(shop)
    })
}

/// A shop with one order, seen by somebody who may do everything.
struct Shop {
    runtime: tokio::runtime::Runtime,
    router: axum::Router,
    /// Everything that takes a body.
    routes: Vec<(Method, String)>,
    key: String,
    order: String,
    product: String,
    hand: Arc<Hand>,
    inputs: u32,
    /// Every request since it opened: one that fails may need those before it.
    asked: RefCell<Vec<Vec<u8>>>,
    _folder: tempfile::TempDir,
}

impl Shop {
    fn open() -> Shop {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.expect("a runtime");
        let folder = folder();
        let hand = Arc::new(Hand::default());
        let (engine, key) = runtime.block_on(filled(folder.path(), &hand));
        let web = web::build(App {
            engine,
            sync_token: None,
            metrics_token: None,
            readiness: Arc::new(Well),
            chance: hand.clone(),
            look: web::Look::default(),
            proxies: web::Proxies::default(),
            unfinished: web::serve::Unfinished::default(),
            in_force: Arc::new(web::view::admin::settings::InForce::sample()),
        });
        let takes_a_body = |route: &&web::routes::Declared| route.method != Method::GET;
        let routes = web.declared.iter().filter(takes_a_body);
        let routes = routes.map(|route| (route.method.clone(), route.path.clone())).collect();
        let (order, product) = (String::new(), String::new());
        let (router, inputs, _folder) = (web.router, 0, folder);
        let asked = RefCell::default();
        let shop =
            Shop { runtime, router, routes, key, order, product, hand, inputs, asked, _folder };
        shop.stocked()
    }

    /// With one product on sale and one order of it.
    fn stocked(mut self) -> Shop {
        let products = self.told(Method::GET, "/api/admin/products", b"");
        let product = products["items"][0]["_id"].as_str().expect("a product").to_owned();
        let wish = format!(r#"{{"ipStockId": "{product}", "memory": "8GB"}}"#);
        let order = self.told(Method::POST, "/api/createOrder", wish.as_bytes());
        let order = order["orderId"].as_str().expect("an order").to_owned();
        (self.order, self.product) = (order, product);
        self
    }

    fn told(&self, method: Method, path: &str, body: &[u8]) -> Value {
        let body = self.runtime.block_on(self.ask(method, path, body));
        serde_json::from_slice(&body).expect("JSON")
    }

    async fn ask(&self, method: Method, path: &str, body: &[u8]) -> Vec<u8> {
        self.hand.step();
        let id = if path.contains("products") { &self.product } else { &self.order };
        let is_api = path.starts_with("/api/");
        let kind = if is_api { "application/json" } else { "application/x-www-form-urlencoded" };
        let request = Request::builder()
            .method(&method)
            .uri(path.replace("{id}", id))
            .header(header::AUTHORIZATION, format!("Bearer {}", self.key))
            .header(header::CONTENT_TYPE, kind)
            .extension(ConnectInfo(SocketAddr::from(([192, 0, 2, 1], 40_000))))
            .body(Body::from(self.filled_in(body)))
            .expect("a request");
        let answered = self.router.clone().oneshot(request).await;
        let (parts, body) = answered.expect("an answer in any case").into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.expect("a whole answer").to_vec();
        let (status, shown) = (parts.status.as_u16(), String::from_utf8_lossy(&body));
        // A shop that staff closed a moment ago says so, and that is no failure.
        let says = || format!("{method} {path}: {status} {shown}");
        self.holds(status < 500 || status == 503, says);
        let kind = parts.headers.get(header::CONTENT_TYPE);
        if status >= 400 && kind.is_some_and(|kind| kind == "application/problem+json") {
            let said: Value = serde_json::from_slice(&body).expect("a problem is JSON");
            let text = |name: &str| said[name].as_str().is_some_and(|text| !text.is_empty());
            self.holds(text("type") && text("title") && text("detail"), says);
        } else {
            self.holds(status < 400 || !is_api, says);
        }
        body
    }

    /// Keeps all that the shop was asked where something does not hold.
    fn holds(&self, holds: bool, says: impl Fn() -> String) {
        if holds {
            return;
        }
        let path = std::env::temp_dir().join(format!("berth-body-{}", std::process::id()));
        let kept = std::fs::write(&path, self.asked.borrow().join(&BETWEEN));
        panic!("{} (all it was asked: {}, {kept:?})", says(), path.display());
    }

    fn filled_in(&self, body: &[u8]) -> Vec<u8> {
        let Ok(text) = std::str::from_utf8(body) else { return body.to_vec() };
        text.replace("{order}", &self.order).replace("{product}", &self.product).into_bytes()
    }
}

/// Memory, where the machine has a file system for it.
fn folder() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    let builder = tempfile::Builder::new();
    let made = if memory.is_dir() { builder.tempdir_in(memory) } else { builder.tempdir() };
    made.expect("a folder")
}

/// An engine over an empty database, with the catalogue read once and one admin's key.
async fn filled(folder: &Path, hand: &Arc<Hand>) -> (Engine, String) {
    let options = Options { clock: hand.clone(), connections: 2 };
    let db = Db::open(&Place::File(folder.join("berth.db")), &options).await.expect("a database");
    store::schema::migrate(&db).await.expect("the tables");
    let engine = Engine::new(Parts {
        db: Arc::new(db),
        seal: Seal::new([7; 32]),
        clock: hand.clone(),
        boot: hand.clone(),
        chance: hand.clone(),
        provider: Provider { id: "smartvps", upstream: Arc::new(Seller) },
        gateways: vec![gateway::make_simulated(Arc::new(gateway::Nobody))],
        mail: None,
        notices: None,
        host: None,
        settings: Settings { reserve_max: 1_000_000, ..Settings::defaults() },
        node: NodeId::mint(hand.now(), &**hand),
        journal: None,
    });
    engine.sync().await.expect("a catalogue");
    let (name, password) = (String::new(), Secret::new("correct horse battery"));
    let new = NewAccount { email: "sue@example.com".into(), name, role: Role::Admin, password };
    let sue = engine.add_account(new, "test").await.expect("an account");
    let key = engine.create_api_key(&sue, &[], "test").await.expect("a key").key;
    (engine, key.expose().to_owned())
}

/// Time that goes on by a second with each question, and chance that counts.
#[derive(Default)]
struct Hand {
    seconds: AtomicU64,
    count: AtomicU64,
}

impl Hand {
    fn step(&self) {
        self.seconds.fetch_add(1, Ordering::Relaxed);
    }
}

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        gateway::now() + self.moved_by()
    }

    fn moved_by(&self) -> Duration {
        Duration::from_secs(self.seconds.load(Ordering::Relaxed))
    }

    fn is_movable(&self) -> bool {
        true
    }
}

impl BootClock for Hand {
    fn since_boot(&self) -> Duration {
        self.moved_by()
    }
}

impl Chance for Hand {
    fn fill(&self, bytes: &mut [u8]) {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        // Spread over all bytes: a plain number would make one order's number another's again.
        let mut chance = sim::chance::Chance::seeded(count << 32);
        for chunk in bytes.chunks_mut(8) {
            let word = chance.roll().to_be_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
    }
}

struct Well;

#[async_trait]
impl Readiness for Well {
    async fn parts(&self) -> Vec<Part> {
        Vec::new()
    }
}

/// A provider with a list and nothing else: no worker runs here, so nobody buys.
struct Seller;

#[async_trait]
impl Upstream for Seller {
    fn abilities(&self) -> Abilities {
        Abilities { buys_with_os: false, ends_servers: false, lists_servers: false }
    }

    async fn packages(&self) -> Result<Listing, Fault> {
        let row = |(pid, name): (&str, &str)| {
            let pid = Pid::new(pid)?;
            let (name, status) = (name.to_owned(), "active".to_owned());
            Some(Listed { pid, name, stock: 1_000_000, status, active: true })
        };
        let rows = [("123", "103.181.91"), ("124", "103.184 (AMD)")].into_iter().filter_map(row);
        Ok(Listing { rows: rows.collect(), raw: b"two rows".to_vec() })
    }

    fn packages_in(&self, _: &[u8]) -> Result<Vec<Listed>, Fault> {
        Err(away())
    }

    async fn describe(&self, _: Ipv4Addr) -> Result<Described, Fault> {
        Err(away())
    }

    async fn connect(&self) -> Result<Box<dyn Line>, Fault> {
        Err(away())
    }

    fn purchase_meaning(&self, _: &Answer) -> Meaning {
        Meaning::Unheard { reason: "nobody asked".to_owned() }
    }

    fn purchase_shown(&self, _: &Purchase) -> String {
        "nothing".to_owned()
    }

    fn answer_shown(&self, _: &Answer) -> String {
        "nobody asked".to_owned()
    }

    fn operation_meaning(&self, _: &Answer) -> OperationMeaning {
        OperationMeaning::Unheard { reason: "nobody asked".to_owned() }
    }
}

fn away() -> Fault {
    Fault::Unreachable { provider: "SmartVPS", reason: "nobody is there".to_owned() }
}
