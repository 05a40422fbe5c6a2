//! What everybody in a run shares: the shop and the world around it, the time, and the notes of
//! what people were told and of what was broken.

// tidy: sleep allowed because people and faults come by chance, and nothing announces them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use sim::chance::Chance;
use sim::checker::{Exchange, Revealed, Seen};
use sim::gateway::{self, Gateway};
use sim::smartvps;

use super::super::cluster::Cluster;
use super::super::crowd::{Customer, crowd};
use super::super::desk::Desk;
use super::super::postgres::Database;
use super::super::shop::{Keys, Shop, selling};
use super::fleet::Node;
use super::plan::Plan;

/// What customers choose from. The last is soon sold out.
pub const PACKAGES: [(&str, i64); 5] = [
    ("103.184", 50_000),
    ("45.67", 50_000),
    ("103.109.18x", 2_000),
    (BLOCKED, 50_000),
    ("103.182.44", 40),
];
/// The one that hangs while the others are measured.
pub const BLOCKED: &str = "172.93";

/// Nobody waits longer for one answer, so that a process that stands still is soon given up.
const PATIENCE: Duration = Duration::from_secs(5);

pub struct Town {
    pub plan: Plan,
    pub shop: Shop,
    pub gateway: Gateway,
    pub crowd: Vec<Customer>,
    pub keys: Keys,
    pub desks: Vec<Desk>,
    /// The product of each package, in their order.
    pub products: Vec<String>,
    notes: Mutex<Notes>,
    begun: Mutex<Instant>,
    closed: AtomicBool,
    // Goes last: the database is in it.
    pub cluster: Cluster,
}

/// What the run will be judged and told by.
#[derive(Default)]
pub struct Notes {
    pub exchanges: Vec<Exchange>,
    pub seen: Vec<Seen>,
    pub revealed: Vec<Revealed>,
    /// Orders that somebody was told of.
    pub created: BTreeSet<String>,
    /// Orders of which staff were told that they are paid.
    pub paid: BTreeSet<String>,
    /// Customers who have ordered and paid, or gone away.
    pub came: usize,
    pub turned_away: usize,
    pub hung_up: usize,
    pub remedies: usize,
    /// What was said against settling an order.
    pub refused: BTreeMap<String, Vec<String>>,
    pub kills: usize,
    pub stops: usize,
    pub cut: u64,
    pub doors: usize,
    /// When the database was away.
    pub away: Vec<(Instant, Instant)>,
    /// Since when nothing breaks any more.
    pub whole_since: Option<Instant>,
    /// How long the work of each dead or stopped process waited.
    pub resumed: Vec<Resumed>,
}

#[derive(Clone, Copy, Debug)]
pub struct Resumed {
    pub jobs: usize,
    pub after: Duration,
    /// How much of that when nothing broke any more.
    pub after_whole: Duration,
}

impl Town {
    pub async fn open(plan: Plan) -> (Town, Vec<Node>) {
        let cluster = Cluster::start().await;
        let database = Database::fresh_on(cluster.url.clone()).await;
        let upstream = smartvps::Config { seed: plan.seed, ..selling(&PACKAGES) };
        let config = gateway::Config { seed: plan.seed, ..gateway::Config::default() };
        let (key, secret) = (config.merchant_key.clone(), config.webhook_secret.clone());
        let gateway = Gateway::start(config).await.unwrap();
        let shop = Shop::on(database, upstream)
            .await
            .with("BERTH_PURCHASE_TIMEOUT", "16s")
            .with("BERTH_PURCHASE_TAIL", "20s")
            .with("BERTH_LOSS_BUDGET", "off")
            .with("BERTH_PAYMENT_POLL_EVERY", &plan.poll_every())
            .with("SIMULATED_GATEWAY_BASE_URL", &gateway.url())
            .with("SIMULATED_GATEWAY_KEY", &key)
            .with("SIMULATED_GATEWAY_WEBHOOK_SECRET", &secret);
        let keys = shop.keys("a").await;
        let crowd = crowd(&shop, "a", plan.customers).await;
        let nodes = join_all(["a", "b", "c"].map(|name| Node::open(&shop, name))).await;
        let at = |node: &Node| Desk::with_patience(node.serve(), &keys, PATIENCE);
        let desks: Vec<Desk> = nodes.iter().map(at).collect();
        let products = join_all(PACKAGES.map(|(name, _)| desks[0].product(name))).await;
        let (notes, begun, closed) = (Mutex::default(), Mutex::new(Instant::now()), false.into());
        let town = Town {
            plan,
            shop,
            gateway,
            crowd,
            keys,
            desks,
            products,
            notes,
            begun,
            closed,
            cluster,
        };
        (town, nodes)
    }

    pub fn database(&self) -> &Database {
        self.shop.database.as_ref().unwrap()
    }

    pub fn note<T>(&self, write: impl FnOnce(&mut Notes) -> T) -> T {
        write(&mut self.notes.lock().unwrap())
    }

    /// From now on the plan's time runs.
    pub fn begins(&self) {
        *self.begun.lock().unwrap() = Instant::now();
    }

    pub fn since_begun(&self) -> Duration {
        self.begun.lock().unwrap().elapsed()
    }

    /// Waits, and tells whether things still break.
    pub async fn still_breaks_after(&self, pause: Duration) -> bool {
        let left = self.plan.lasts.saturating_sub(self.since_begun());
        tokio::time::sleep(pause.min(left)).await;
        self.since_begun() < self.plan.lasts
    }

    /// Everything has come to its end: nobody looks any more.
    pub fn closes(&self) {
        self.closed.store(true, Ordering::Relaxed);
    }

    pub fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Relaxed)
    }

    /// Whichever door somebody comes to.
    pub fn desk(&self, chance: &mut Chance) -> &Desk {
        &self.desks[chance.below(self.desks.len())]
    }

    /// The address that was sold under a permit, by the provider's own list.
    pub fn upstream_sold(&self, permit: &str) -> Option<String> {
        let sold = self.shop.upstream.sold().into_iter();
        let mut sold = sold.filter(|sold| sold.permit.as_deref() == Some(permit));
        sold.next().map(|sold| sold.address.to_string())
    }

    /// How many rows a question about one number finds; nothing while the database is away.
    pub async fn count(&self, sql: &str) -> Option<i64> {
        let rows = self.database().ask(sql, &[]).await?;
        rows.first()?.try_get(0).ok()
    }
}

/// Some time between these, in milliseconds.
pub fn between(chance: &mut Chance, least_ms: u64, most_ms: u64) -> Duration {
    Duration::from_millis(least_ms + chance.roll() % (most_ms - least_ms + 1))
}
