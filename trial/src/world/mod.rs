//! One world: nodes over one database, an upstream and a gateway in memory, and time that stands
//! still until everybody waits. It lives on one thread. Not for what people do in it: `scenario`.

mod chance;
mod hand;
mod life;
mod node;
mod outside;
mod place;
mod time;

use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};
use domain::clock::Clock;
use domain::id::{AccountId, Chance};
use domain::money::{Currency, Money};
use engine::{Engine, Settings};
use sim::checker::Snapshot;
use sim::gateway::{Call, Courier};
use store::account::Account;
use store::db::{Db, Place};
use store::point::Points;

use crate::fault::Strike;
pub use chance::Seeded;
pub use hand::{Script, Trace};
pub use node::Node;
pub use place::{Base, POSTGRES};
pub use time::{BEGINNING_MS, Skewed, Time};

/// Whoever asks a node something gives up after this long.
const PATIENCE: Duration = Duration::from_secs(15);

/// What a world begins with.
#[derive(Clone)]
pub struct Given {
    pub base: Base,
    pub seed: u64,
    pub nodes: usize,
    pub packages: Vec<sim::smartvps::Package>,
    pub settings: Settings,
    pub strikes: Vec<Strike>,
    /// Whether mail leaves; where it does not, it waits.
    pub mails: bool,
    /// What each node's settings name of staff's chats.
    pub chats: fn(usize) -> &'static [sim::chat::Channel],
}

impl Given {
    /// A small shop with two nodes.
    pub fn new(base: Base, seed: u64) -> Given {
        let package = |pid: &str, name: &str| sim::smartvps::Package::new(pid, name, 50);
        let packages = vec![package("1", SOLD), package("2", OTHER)];
        let (settings, strikes) = (settings(), Vec::new());
        Given { base, seed, nodes: 2, packages, settings, strikes, mails: false, chats: |_| &[] }
    }
}

/// The package that is bought, and the one it is quietly taken from.
pub const SOLD: &str = "103.181.91";
pub const OTHER: &str = "103.182.44";

/// As shops have it, but shorter, so that a story takes minutes and not hours.
pub fn settings() -> Settings {
    let seconds = Duration::from_secs;
    Settings {
        purchase_timeout: seconds(20),
        purchase_tail: seconds(40),
        credentials_after: seconds(120),
        offer_after: seconds(180),
        reserve_for: seconds(600),
        reserve_max: 1_000,
        sync_every: seconds(300),
        payment_poll_every: seconds(30),
        look_every: seconds(2),
        tend_every: seconds(10),
        loss_budget: Some(Money::major(1_000_000, Currency::INR)),
        ..Settings::defaults()
    }
}

/// A running world. Clones are the same one.
#[derive(Clone)]
pub struct World(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub given: Given,
    pub time: Arc<Time>,
    pub chance: Arc<Seeded>,
    pub script: Arc<Script>,
    pub ground: place::Ground,
    pub upstream: sim::smartvps::InMemory,
    pub gateway: sim::gateway::InMemory,
    pub mail: sim::mail::InMemory,
    pub chats: sim::chat::InMemory,
    pub nodes: Mutex<Vec<Node>>,
    /// Each machine's clock, whatever becomes of its processes.
    pub clocks: Vec<Arc<Skewed>>,
    /// Who watches and never acts.
    pub onlooker: Arc<Db>,
    pub customer: AccountId,
    asked: AtomicUsize,
}

/// Runs a whole world on this thread, from its beginning to the end of what is done in it.
pub fn run<T, F, W>(given: Given, what: W) -> Result<T>
where
    W: FnOnce(World) -> F,
    F: Future<Output = Result<T>>,
{
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .context("a runtime for a world")?;
    runtime.block_on(async move {
        let world = World::open(given).await?;
        let done = what(world.clone()).await;
        world.close();
        done
    })
}

impl World {
    async fn open(given: Given) -> Result<World> {
        let time = Time::begin();
        let clock: Arc<dyn Clock> = time.clone();
        let ground = place::Ground::new(given.base).await?;
        let watching = Points::planned(Arc::new(hand::Onlooker(time.clone())));
        let onlooker = Arc::new(place::open(&ground.place, &clock, watching).await?);
        let chance = Arc::new(Seeded::new(given.seed));
        let config = sim::smartvps::Config {
            seed: given.seed,
            ..sim::smartvps::Config::with(given.packages.clone())
        };
        let theirs = sim::clock::Clock::running_from(BEGINNING_MS);
        let upstream = sim::smartvps::InMemory::open(config, theirs);
        let hooks = Arc::new(Mutex::new(None::<std::sync::Weak<Inner>>));
        let gateway = sim::gateway::InMemory::open(
            outside::gateway_config(given.seed),
            sim::clock::Clock::running_from(BEGINNING_MS),
            courier(hooks.clone()),
        );
        let customer = AccountId::mint(time.now(), &*chance);
        let script = Arc::new(Script::of(given.strikes.clone()));
        let clock_of = |_| Arc::new(Skewed::of(time.clone()));
        let clocks = (0..given.nodes).map(clock_of).collect();
        let world = World(Arc::new(Inner {
            given,
            clocks,
            time,
            chance,
            script,
            ground,
            upstream,
            gateway,
            mail: sim::mail::InMemory::open(),
            chats: sim::chat::InMemory::open(outside::CHAT_SECRET)?,
            nodes: Mutex::default(),
            onlooker,
            customer: customer.clone(),
            asked: AtomicUsize::new(0),
        }));
        *hooks.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::downgrade(&world.0));
        world.add_customer(customer).await?;
        for number in 0..world.0.given.nodes {
            world.start(number).await?;
        }
        Ok(world)
    }

    async fn add_customer(&self, id: AccountId) -> Result<()> {
        let account = Account {
            id,
            email: "ada@example.org".into(),
            name: "Ada".into(),
            role: "customer".into(),
            password_hash: "nobody signs in here".into(),
            verified_at: None,
            second_factor_at: None,
            language: None,
            closed_at: None,
            created_at: self.0.time.now(),
        };
        self.db().write(move |tx| tx.insert_account(&account)).await?;
        Ok(())
    }

    pub fn upstream(&self) -> &sim::smartvps::InMemory {
        &self.0.upstream
    }

    pub fn gateway(&self) -> &sim::gateway::InMemory {
        &self.0.gateway
    }

    pub fn mail(&self) -> &sim::mail::InMemory {
        &self.0.mail
    }

    pub fn chats(&self) -> &sim::chat::InMemory {
        &self.0.chats
    }

    pub fn script(&self) -> &Script {
        &self.0.script
    }

    pub fn customer(&self) -> &AccountId {
        &self.0.customer
    }

    /// The database as somebody sees it who only watches.
    pub fn db(&self) -> &Db {
        &self.0.onlooker
    }

    /// All rows at one moment, read beside the store.
    pub fn rows(&self) -> Result<Snapshot> {
        Ok(match &self.0.ground.place {
            Place::File(path) => Snapshot::read_sqlite(path)?,
            Place::Url(url) => place::elsewhere(Snapshot::read_postgres(&url.0, None))??,
        })
    }

    pub fn elapsed(&self) -> Duration {
        self.0.time.elapsed()
    }

    /// By the database's clock.
    pub fn now_us(&self) -> i64 {
        self.0.time.now().as_micros()
    }

    /// Sets a machine's clock wrong by so much; the database's stays right.
    pub fn set_clock(&self, node: usize, ahead_ms: i64) {
        if let Some(clock) = self.0.clocks.get(node) {
            clock.ahead_ms.store(ahead_ms, Ordering::SeqCst);
        }
    }

    pub async fn sleep(&self, seconds: u64) {
        tokio::time::sleep(Duration::from_secs(seconds)).await;
    }

    /// A number below `limit`, by the seed.
    pub fn roll(&self, limit: u64) -> u64 {
        let mut bytes = [0; 8];
        self.0.chance.fill(&mut bytes);
        u64::from_be_bytes(bytes) % limit.max(1)
    }

    /// Somebody asks a node, each time the next one that lives. Nothing when it died or stood
    /// still meanwhile: then nobody knows what became of the request.
    pub async fn ask<T, F>(&self, what: impl FnOnce(Engine) -> F) -> Option<T>
    where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        let (engine, points) = self.next_node()?;
        let (tell, told) = tokio::sync::oneshot::channel();
        let asked = what(engine);
        detached(points.tied(async move { drop(tell.send(asked.await)) }));
        tokio::time::timeout(PATIENCE, told).await.ok()?.ok()
    }

    fn next_node(&self) -> Option<(Engine, Points)> {
        let nodes = self.0.nodes.lock().unwrap_or_else(PoisonError::into_inner);
        let living: Vec<&Node> = nodes.iter().filter(|node| node.lives()).collect();
        let turn = self.0.asked.fetch_add(1, Ordering::Relaxed);
        living
            .get(turn % living.len().max(1))
            .map(|node| (node.engine.clone(), node.points.clone()))
    }

    fn close(&self) {
        let nodes =
            std::mem::take(&mut *self.0.nodes.lock().unwrap_or_else(PoisonError::into_inner));
        for node in nodes {
            node.life.turn(life::State::Over);
        }
    }
}

/// Brings the gateway's webhooks to a node.
fn courier(world: Arc<Mutex<Option<std::sync::Weak<Inner>>>>) -> Courier {
    Courier::new(move |call: Call| {
        let world = world.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Box::pin(async move {
            let world = world.and_then(|world| world.upgrade()).map(World);
            let world = world.ok_or_else(|| "connection refused".to_owned())?;
            let mut headers = http::HeaderMap::new();
            for (name, value) in &call.headers {
                let value = http::HeaderValue::from_str(value).map_err(|e| e.to_string())?;
                headers.insert(*name, value);
            }
            let told = world.ask(move |engine| async move {
                engine.record_webhook("simulated", &headers, &call.body).await
            });
            match told.await {
                None => Err("the connection broke".to_owned()),
                Some(Ok(())) => Ok(200),
                Some(Err(engine::Error::Unauthenticated)) => Ok(401),
                Some(Err(_)) => Ok(503),
            }
        })
    })
}

/// Work of the world itself: of people, of fate, of those who start nodes anew.
#[allow(clippy::disallowed_methods, reason = "a world's tasks end with its runtime")]
pub(crate) fn detached(work: impl Future<Output = ()> + Send + 'static) {
    tokio::spawn(work);
}
