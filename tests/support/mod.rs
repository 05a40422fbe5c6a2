//! A whole shop for tests: engine, database, upstream and gateway, with time that moves by hand.
//! When it is dropped the checker looks at all of it: `checked.rs`.

mod checked;
mod waiting;

pub use checked::{Checked, told};

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use domain::clock::Clock;
use domain::id::{AccountId, Chance, NodeId, OrderId, ProductId};
use domain::money::{Currency, Money};
use domain::order::{Remedy, Stage};
use engine::account::NewAccount;
use engine::catalogue::ProductPatch;
use engine::checkout::{NewOrder, Paying};
use engine::mail::Mailing;
use engine::notice::Noticing;
use engine::pay::Receipt;
use engine::permission::Role;
use engine::remedy::{Done, Wish};
use engine::secret::Secret;
use engine::{Engine, Parts, Provider, Settings};
use payment::{Line, cashfree, razorpay, simulated, stripe, upi};
use sim::chat::{Channel, Chats};
use sim::gateway::{Gateway, Tongue};
use sim::mail::Catcher;
use sim::smartvps::{Config, Sim};
use store::order::Order;
use store::server::Server;
use upstream::BootClock;
use upstream::smartvps::SmartVps;

use crate::database::TestDb;

/// The package of the seed incident and the pool that it was quietly filled from.
pub const SOLD: &str = "103.181.91";
pub const OTHER: &str = "103.182.44";

pub struct TestShop {
    pub engine: Engine,
    pub upstream: Sim,
    pub gateway: Gateway,
    /// The next choices of a buyer, where there are any.
    pub other_gateways: Vec<Gateway>,
    /// Takes the shop's mail, where the shop sends any.
    pub mail: Option<Catcher>,
    /// Take what the shop tells its staff, where it tells them anything.
    pub chats: Option<Chats>,
    pub customer: AccountId,
    pub db: Arc<store::db::Db>,
    place: store::db::Place,
    /// Somebody broke the books on purpose, or made rows that no shop makes.
    is_sabotaged: std::sync::atomic::AtomicBool,
    clock: Arc<crate::database::HandClock>,
    worker: tokio::task::JoinHandle<()>,
    node: NodeId,
    nodes: Nodes,
    _journal: tempfile::TempDir,
}

/// The world around a shop.
struct Around {
    upstream: Sim,
    gateways: Vec<Gateway>,
    mail: Option<Catcher>,
    chats: Option<(Chats, Vec<Channel>)>,
    nodes: Nodes,
}

/// All nodes of one shop that are at work: a job may be run by any of them.
type Nodes = Arc<Mutex<BTreeMap<NodeId, Engine>>>;

/// Counts real time: tests do not suspend the machine.
pub struct Running(std::time::Instant);

impl BootClock for Running {
    fn since_boot(&self) -> Duration {
        self.0.elapsed()
    }
}

/// Short enough for tests, long enough for a slow machine.
pub fn settings() -> Settings {
    Settings {
        purchase_timeout: Duration::from_secs(4),
        purchase_tail: Duration::from_secs(20),
        // Seldom enough that a shop with many open payments is quiet in between on a slow machine.
        payment_poll_every: Duration::from_secs(5),
        reserve_max: 1_000,
        ..Settings::defaults()
    }
}

impl TestShop {
    pub async fn open(test: &TestDb) -> TestShop {
        TestShop::open_with(test, settings(), vec![(SOLD, 50), (OTHER, 50)]).await
    }

    /// A shop whose upstream sells these packages, with so many addresses each.
    pub async fn open_with(
        test: &TestDb,
        settings: Settings,
        packages: Vec<(&str, i64)>,
    ) -> TestShop {
        let upstream = upstream_selling(packages).await;
        let gateways = vec![Gateway::start(gateway_config()).await.unwrap()];
        let around =
            Around { upstream, gateways, mail: None, chats: None, nodes: Nodes::default() };
        TestShop::joined(test, test.db.clone(), settings, around).await
    }

    /// A shop whose mail leaves, to a server that catches it.
    pub async fn that_mails(test: &TestDb, settings: Settings) -> TestShop {
        let upstream = upstream_selling(vec![(SOLD, 50), (OTHER, 50)]).await;
        let gateways = vec![Gateway::start(gateway_config()).await.unwrap()];
        let mail = Some(Catcher::start().await.unwrap());
        let around = Around { upstream, gateways, mail, chats: None, nodes: Nodes::default() };
        TestShop::joined(test, test.db.clone(), settings, around).await
    }

    /// A shop that tells staff in these chats of what is wrong.
    pub async fn that_tells(test: &TestDb, channels: &[Channel]) -> TestShop {
        let upstream = upstream_selling(vec![(SOLD, 50), (OTHER, 50)]).await;
        let gateways = vec![Gateway::start(gateway_config()).await.unwrap()];
        let chats = Some((Chats::start(CHAT_SECRET).await.unwrap(), channels.to_vec()));
        let around = Around { upstream, gateways, mail: None, chats, nodes: Nodes::default() };
        TestShop::joined(test, test.db.clone(), settings(), around).await
    }

    /// A shop that takes money by these gateways, first choice first.
    pub async fn paid_by(test: &TestDb, tongues: &[Tongue]) -> TestShop {
        let upstream = upstream_selling(vec![(SOLD, 50), (OTHER, 50)]).await;
        let mut gateways = Vec::new();
        for tongue in tongues {
            let now = match tongue {
                // It finds a payment by its day, and that is written by the database's clock.
                Tongue::Ekqr => test.db.read(|tx| tx.now()).await.unwrap(),
                _ => test.clock.now(),
            };
            let standing_at_ms = Some(now.as_millis());
            let config =
                sim::gateway::Config { tongue: *tongue, standing_at_ms, ..gateway_config() };
            gateways.push(Gateway::start(config).await.unwrap());
        }
        let around =
            Around { upstream, gateways, mail: None, chats: None, nodes: Nodes::default() };
        TestShop::joined(test, test.db.clone(), settings(), around).await
    }

    /// Another node of the same shop.
    pub async fn another_node(&self, test: &TestDb) -> TestShop {
        self.another_node_that_tells(test, &Channel::ALL).await
    }

    /// Another node, whose settings name these chats.
    pub async fn another_node_that_tells(&self, test: &TestDb, channels: &[Channel]) -> TestShop {
        let db = test.another_node().await;
        let gateways = std::iter::once(&self.gateway).chain(&self.other_gateways);
        let around = Around {
            upstream: self.upstream.clone(),
            gateways: gateways.cloned().collect(),
            mail: self.mail.clone(),
            chats: self.chats.clone().map(|chats| (chats, channels.to_vec())),
            nodes: self.nodes.clone(),
        };
        TestShop::joined(test, db, self.engine.settings().clone(), around).await
    }

    async fn joined(
        test: &TestDb,
        db: Arc<store::db::Db>,
        settings: Settings,
        Around { upstream, mut gateways, mail, chats, nodes }: Around,
    ) -> TestShop {
        let journal = tempfile::tempdir().unwrap();
        let node = NodeId::mint(domain::clock::Timestamp::from_millis(0), &Machine);
        let engine = Engine::new(Parts {
            db: db.clone(),
            seal: store::seal::Seal::new([7; 32]),
            clock: test.clock.clone(),
            boot: Arc::new(Running(std::time::Instant::now())),
            chance: Arc::new(Machine),
            provider: Provider { id: "smartvps", upstream: Arc::new(adapter(&upstream)) },
            gateways: gateways.iter().map(gateway_adapter).collect(),
            mail: mail.as_ref().map(mailing),
            notices: chats.as_ref().map(noticing),
            host: None,
            settings,
            node: node.clone(),
            journal: Some(journal.path().to_owned()),
        });
        engine.sync().await.unwrap();
        nodes.lock().unwrap().insert(node.clone(), engine.clone());
        #[allow(clippy::disallowed_methods, reason = "a test shop's worker ends with the shop")]
        let worker = tokio::spawn({
            let engine = engine.clone();
            async move { engine.work().await.unwrap() }
        });
        let customer = customer(&engine).await;
        TestShop {
            engine,
            upstream,
            gateway: gateways.remove(0),
            other_gateways: gateways,
            mail,
            chats: chats.map(|(chats, _)| chats),
            customer,
            db,
            place: test.place(),
            is_sabotaged: std::sync::atomic::AtomicBool::new(false),
            clock: test.clock.clone(),
            worker,
            node,
            nodes,
            _journal: journal,
        }
    }

    /// Time moves on, in the program and in the database.
    pub fn later(&self, by: Duration) {
        self.clock.step(by);
    }

    pub async fn product(&self, package: &str) -> ProductId {
        let name = package.to_owned();
        self.db
            .read(move |tx| {
                let packages = tx.packages_named("smartvps", &name)?;
                let shown = tx.products_of_package(&packages[0].id)?;
                Ok::<_, store::db::StoreError>(shown[0].product.id.clone())
            })
            .await
            .unwrap()
    }

    /// From now on the package is sold for so many rupees with 8 GB.
    pub async fn price(&self, package: &str, units: i64) {
        let prices = Some(vec![("8GB".into(), Some(rupees(units)))]);
        self.patch(package, ProductPatch { prices, ..ProductPatch::default() }).await;
    }

    /// From now on a purchase of the package costs us so many rupees with 8 GB.
    pub async fn cost(&self, package: &str, units: i64) {
        let costs = Some(vec![("8GB".into(), Some(rupees(units)))]);
        self.patch(package, ProductPatch { costs, ..ProductPatch::default() }).await;
    }

    async fn patch(&self, package: &str, patch: ProductPatch) {
        let product = self.product(package).await;
        self.engine.change_product(&product, patch, "staff").await.unwrap();
    }

    pub async fn another_customer(&self) -> AccountId {
        customer(&self.engine).await
    }

    /// What the customer would like of a package, paid as the shop offers.
    pub async fn new_order(&self, package: &str) -> NewOrder {
        NewOrder {
            account: self.customer.clone(),
            product: self.product(package).await,
            memory: "8GB".into(),
            os: None,
            coupon: None,
            payment_method: None,
            from_wallet: None,
        }
    }

    /// Orders the package, and is led to a gateway.
    pub async fn checkout(&self, package: &str) -> (Order, Paying) {
        let wish = self.new_order(package).await;
        let (order, paying) = self.engine.create_order(wish).await.unwrap();
        (order, paying.unwrap())
    }

    pub async fn order_of(&self, package: &str) -> engine::Result<Order> {
        self.order_for(package, None).await
    }

    pub async fn order_with_os(&self, package: &str, os: &str) -> Order {
        self.order_for(package, Some(os.to_owned())).await.unwrap()
    }

    async fn order_for(&self, package: &str, os: Option<String>) -> engine::Result<Order> {
        let wish = NewOrder { os, ..self.new_order(package).await };
        Ok(self.engine.create_order(wish).await?.0)
    }

    pub async fn pay(&self, order: &Order) -> Order {
        let receipt =
            Receipt { amount: order.sold.quote.total, reference: format!("utr-{}", order.id) };
        self.engine.mark_paid(&order.id, receipt, "staff").await.unwrap()
    }

    /// Orders the package, pays, and lets the house do its work.
    pub async fn buy(&self, package: &str) -> Order {
        let order = self.order_of(package).await.unwrap();
        self.pay(&order).await;
        self.quiet().await;
        self.order(&order.id).await
    }

    pub async fn order(&self, id: &OrderId) -> Order {
        let id = id.clone();
        self.db.read(move |tx| tx.order(&id)).await.unwrap()
    }

    pub fn chats(&self) -> &Chats {
        self.chats.as_ref().expect("a shop that tells")
    }

    pub fn catcher(&self) -> &Catcher {
        self.mail.as_ref().expect("a shop that mails")
    }

    /// What is still to be done, and why it was put off: for messages of tests.
    pub async fn jobs(&self) -> Vec<String> {
        self.db.read(|tx| tx.waiting_jobs(20)).await.unwrap()
    }

    /// What an order moved on accounts of that name, in minor units.
    pub async fn balance(&self, order: &Order, accounts: &'static str) -> i64 {
        let id = order.id.clone();
        self.db.read(move |tx| tx.balance_of_order(&id, accounts)).await.unwrap()
    }

    /// What the shop owes its customer for an order.
    pub async fn owed(&self, order: &Order) -> i64 {
        -self.balance(order, "owed:").await
    }

    pub async fn servers(&self, order: &Order) -> Vec<Server> {
        let id = order.id.clone();
        self.db.read(move |tx| tx.servers(&id)).await.unwrap()
    }

    /// How many purchase requests ever reached the upstream.
    pub fn purchases(&self) -> u64 {
        self.upstream.purchases()
    }

    pub async fn remedy(&self, order: &Order, wish: Wish) -> engine::Result<Done> {
        let current = self.order(&order.id).await;
        self.engine
            .remedy(&order.id, Wish { version: Some(current.version), ..wish }, "staff")
            .await
    }

    pub async fn books_balance(&self) {
        let books = self.engine.books().await.unwrap();
        assert!(books.rows.is_empty(), "{:?}", books.rows);
    }
}

impl Drop for TestShop {
    fn drop(&mut self) {
        self.nodes.lock().unwrap().remove(&self.node);
        self.check_at_the_end();
        self.engine.stop_working();
        self.worker.abort();
    }
}

/// Real randomness: whole-house tests may run beside each other on one simulator.
pub struct Machine;

impl Chance for Machine {
    fn fill(&self, bytes: &mut [u8]) {
        use std::hash::{BuildHasher, RandomState};
        for chunk in bytes.chunks_mut(8) {
            let word = RandomState::new().hash_one(chunk.len()).to_be_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
    }
}

pub fn rupees(units: i64) -> Money {
    Money::major(units, Currency::INR)
}

pub fn wish(kind: Remedy) -> Wish {
    Wish { may_give_value: true, ..Wish::new(kind, "a test decides") }
}

pub fn is_delivered(order: &Order) -> bool {
    matches!(order.standing.stage, Stage::Delivered(_))
}

fn random_number() -> u64 {
    let mut bytes = [0; 8];
    Machine.fill(&mut bytes);
    u64::from_be_bytes(bytes)
}

async fn customer(engine: &Engine) -> AccountId {
    let new = NewAccount {
        email: format!("ada{}@example.org", random_number()),
        name: "Ada".into(),
        role: Role::Customer,
        password: Secret::new("correct horse battery".to_owned()),
    };
    engine.add_account(new, "test").await.unwrap()
}

async fn upstream_selling(packages: Vec<(&str, i64)>) -> Sim {
    let packages = packages
        .into_iter()
        .enumerate()
        .map(|(at, (name, stock))| sim::smartvps::Package::new((at + 1).to_string(), name, stock))
        .collect();
    Sim::start(Config::with(packages)).await.unwrap()
}

fn adapter(sim: &Sim) -> SmartVps {
    let url = url::Url::parse(&sim.url()).unwrap();
    let settings = upstream::smartvps::Settings::new(url, "berth".into(), "simulated".into());
    SmartVps::new(settings).unwrap()
}

/// The real words over real SMTP.
fn mailing(catcher: &Catcher) -> Mailing {
    let (url, from) = (catcher.smtp_url().into(), "Berth <shop@example.com>".to_owned());
    let smtp =
        post::smtp::Smtp::new(&post::smtp::Settings { url, from, return_path: None }).unwrap();
    let (zone, app_url) = (web::view::when::Zone::default(), settings().app_url);
    let words = web::view::mail::Words { zone, app_url };
    Mailing { words: Arc::new(words), post: Arc::new(smtp) }
}

/// What the receiver of webhooks checks signatures with.
const CHAT_SECRET: &str = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3";

/// The real requests over real HTTP.
fn noticing((chats, channels): &(Chats, Vec<Channel>)) -> Noticing {
    let target = |channel: &Channel| {
        let address = chats.target(*channel);
        let (word, address) = address.split_once(':').unwrap();
        let channel = post::notice::Channel::parse(word).unwrap();
        post::notice::Target::parse(channel, address).unwrap()
    };
    let targets = channels.iter().map(target).collect();
    let carrier = payment::Network::outward(Duration::from_secs(5)).unwrap();
    Noticing { targets, carrier: Arc::new(carrier) }
}

pub const WEBHOOK_SECRET: &str = "whsec";

fn gateway_config() -> sim::gateway::Config {
    sim::gateway::Config {
        merchant_id: "merchant-id".into(),
        merchant_key: "merchant".into(),
        webhook_secret: WEBHOOK_SECRET.into(),
        // Two gateways never number their payments alike.
        seed: random_number(),
        // Its pages are long over by the shop's clock: a reservation ends as the shop has it.
        standing_at_ms: Some(0),
        ..sim::gateway::Config::default()
    }
}

fn gateway_adapter(gateway: &Gateway) -> Arc<dyn payment::Gateway> {
    let line = |name, path: &str| {
        let base = format!("{}{path}", gateway.url()).parse().unwrap();
        Line::network(name, base, Duration::from_secs(10)).unwrap()
    };
    let (id, key, webhook_secret) = ("merchant-id".to_owned(), "merchant", WEBHOOK_SECRET.into());
    match gateway.tongue() {
        Tongue::Own => {
            let keys = simulated::Keys { merchant_key: key.into(), webhook_secret };
            Arc::new(simulated::Adapter::new(keys, line(simulated::NAME, "")))
        }
        Tongue::Razorpay => {
            let keys = razorpay::Keys { key_id: id, key_secret: key.into(), webhook_secret };
            Arc::new(razorpay::Adapter::new(keys, line(razorpay::NAME, "/v1")))
        }
        Tongue::Cashfree => {
            let keys = cashfree::Keys { app_id: id, secret_key: key.into() };
            Arc::new(cashfree::Adapter::new(keys, line(cashfree::NAME, "/pg")))
        }
        Tongue::Stripe => {
            let keys = stripe::Keys { secret_key: key.into(), webhook_secret };
            Arc::new(stripe::Adapter::new(keys, line(stripe::NAME, "/v1")))
        }
        Tongue::Ekqr => {
            let keys = upi::Keys { api_key: key.into() };
            Arc::new(upi::Adapter::new(keys, line(upi::NAME, "")))
        }
    }
}

/// The name of a gateway in the shop's books.
pub fn booked_as(tongue: Tongue) -> &'static str {
    match tongue {
        Tongue::Own => "simulated",
        Tongue::Razorpay => "razorpay",
        Tongue::Cashfree => "cashfree",
        Tongue::Stripe => "stripe",
        Tongue::Ekqr => "upi",
    }
}
