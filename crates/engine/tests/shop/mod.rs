//! A shop whose provider says what the test tells it to: ground for tests of the catalogue.

use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use domain::clock::Timestamp;
use domain::id::{Chance, NodeId, ProductId};
use domain::package::{Listed, Pid};
use engine::catalogue::{ProductPatch, Shown};
use engine::sync::{SyncReport, SyncResult};
use engine::{Engine, Parts, Provider, Settings};
use store::alert::Alert;
use store::db::{Db, StoreError, Tx};
use store::seal::Seal;
use tokio::sync::Semaphore;
use upstream::{
    Abilities, Answer, BootClock, Described, Fault, Line, Listing, Meaning, OperationMeaning,
    Purchase, Upstream,
};

use crate::support::{HandClock, TestDb};

pub const PROVIDER: &str = "smartvps";
pub const STAFF: &str = "acc_staff";

pub type Rows<'a> = &'a [(&'a str, &'a str, i64, &'a str)];

/// The provider at the network's edge. Its list is the test's.
pub struct Scripted {
    list: Mutex<Result<Vec<Listed>, Fault>>,
    asked: AtomicU32,
    /// Every answer takes one.
    leave: Semaphore,
}

impl Scripted {
    pub fn new() -> Arc<Scripted> {
        Arc::new(Scripted {
            list: Mutex::new(Ok(Vec::new())),
            asked: AtomicU32::new(0),
            leave: Semaphore::new(1_000_000),
        })
    }

    pub fn lists(&self, rows: Rows<'_>) {
        let row = |&(pid, name, stock, status): &(&str, &str, i64, &str)| Listed {
            pid: Pid::new(pid).unwrap(),
            name: name.into(),
            stock,
            status: status.into(),
            active: status.eq_ignore_ascii_case("active"),
        };
        self.lists_all(rows.iter().map(row).collect());
    }

    pub fn lists_all(&self, rows: Vec<Listed>) {
        *self.list.lock().unwrap() = Ok(rows);
    }

    /// One row of the list has another stock.
    pub fn changes(&self, row: usize, stock: i64) {
        if let Ok(rows) = &mut *self.list.lock().unwrap() {
            rows[row].stock = stock;
        }
    }

    pub fn fails(&self, fault: Fault) {
        *self.list.lock().unwrap() = Err(fault);
    }

    /// How often it was asked.
    pub fn asked(&self) -> u32 {
        self.asked.load(Ordering::SeqCst)
    }

    /// From now on answers wait until they are let go.
    pub fn holds_back(&self) {
        self.leave.forget_permits(self.leave.available_permits());
    }

    pub fn lets_go(&self) {
        self.leave.add_permits(1_000);
    }
}

#[async_trait]
impl Upstream for Scripted {
    fn abilities(&self) -> Abilities {
        Abilities { buys_with_os: false, ends_servers: false, lists_servers: false }
    }

    async fn packages(&self) -> Result<Listing, Fault> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        self.leave.acquire().await.unwrap().forget();
        let rows = self.list.lock().unwrap().clone()?;
        let raw = format!("{rows:?}").into_bytes();
        Ok(Listing { rows, raw })
    }

    fn packages_in(&self, _: &[u8]) -> Result<Vec<Listed>, Fault> {
        panic!("the catalogue looks at no list of before")
    }

    async fn describe(&self, _: Ipv4Addr) -> Result<Described, Fault> {
        panic!("the catalogue describes no server")
    }

    async fn connect(&self) -> Result<Box<dyn Line>, Fault> {
        panic!("the catalogue buys nothing")
    }

    fn purchase_meaning(&self, _: &Answer) -> Meaning {
        panic!("the catalogue buys nothing")
    }

    fn purchase_shown(&self, _: &Purchase) -> String {
        panic!("the catalogue buys nothing")
    }

    fn answer_shown(&self, _: &Answer) -> String {
        panic!("the catalogue buys nothing")
    }

    fn operation_meaning(&self, _: &Answer) -> OperationMeaning {
        panic!("the catalogue operates nothing")
    }
}

/// Runs on through everything, and with the test's clock.
struct Boot(Arc<HandClock>);

impl BootClock for Boot {
    fn since_boot(&self) -> Duration {
        domain::clock::Clock::moved_by(&*self.0)
    }
}

/// Different bytes at every call, and other ones on another node.
struct Machine(u8, AtomicU32);

impl Chance for Machine {
    fn fill(&self, bytes: &mut [u8]) {
        let count = self.1.fetch_add(1, Ordering::SeqCst).to_be_bytes();
        bytes.fill(self.0);
        let from = bytes.len() - count.len();
        bytes[from..].copy_from_slice(&count);
    }
}

pub struct Shop {
    pub engine: Engine,
    pub upstream: Arc<Scripted>,
    pub db: Arc<Db>,
    pub clock: Arc<HandClock>,
}

impl Shop {
    pub fn open(test: &TestDb) -> Shop {
        Shop::joined(test, test.db.clone(), Scripted::new(), 0)
    }

    /// Another process over the same database.
    pub async fn another_node(&self, test: &TestDb) -> Shop {
        Shop::joined(test, test.another_node().await, self.upstream.clone(), 1)
    }

    fn joined(test: &TestDb, db: Arc<Db>, upstream: Arc<Scripted>, node: u8) -> Shop {
        let chance = Arc::new(Machine(node, AtomicU32::new(0)));
        let engine = Engine::new(Parts {
            db: db.clone(),
            seal: Seal::new([7; 32]),
            clock: test.clock.clone(),
            boot: Arc::new(Boot(test.clock.clone())),
            chance: chance.clone(),
            provider: Provider { id: PROVIDER, upstream: upstream.clone() },
            gateways: vec![],
            mail: None,
            notices: None,
            host: None,
            settings: Settings::defaults(),
            node: NodeId::mint(Timestamp::from_millis(1), &*chance),
            journal: None,
        });
        Shop { engine, upstream, db, clock: test.clock.clone() }
    }

    /// Lets the provider list these rows, and syncs.
    pub async fn sync(&self, rows: Rows<'_>) -> Arc<SyncReport> {
        self.upstream.lists(rows);
        self.engine.sync().await.unwrap()
    }

    pub async fn product(&self, pid: &str) -> Shown {
        let pid = Pid::new(pid).unwrap();
        let find = move |tx: &mut Tx<'_>| {
            let package = tx.package_of_pid(PROVIDER, &pid)?.expect("the package");
            Ok::<_, StoreError>(tx.products_of_package(&package.id)?.remove(0))
        };
        self.db.read(find).await.unwrap()
    }

    pub async fn id(&self, pid: &str) -> ProductId {
        self.product(pid).await.product.id
    }

    pub async fn patch(&self, pid: &str, patch: ProductPatch) -> engine::Result<Shown> {
        let id = self.id(pid).await;
        Ok(self.engine.change_product(&id, patch, STAFF).await?.shown)
    }

    /// Kinds and texts of the open alerts, in the order in which they came.
    pub async fn alerts(&self) -> Vec<(String, String)> {
        let mut open = self.db.read(|tx| tx.open_alerts(500)).await.unwrap();
        open.reverse();
        open.into_iter().map(|Alert { kind, text, .. }| (kind, text)).collect()
    }

    pub async fn alert_kinds(&self) -> Vec<String> {
        self.alerts().await.into_iter().map(|(kind, _)| kind).collect()
    }

    /// Everything that a sync may change, beside its own row.
    pub async fn books(&self) -> String {
        let all = |tx: &mut Tx<'_>| {
            let alerts = tx.alerts(None, 1_000_000)?;
            let shown = tx.list_products(None, 1_000_000)?;
            let version = tx.catalogue_version()?;
            Ok::<_, StoreError>(format!(
                "{version} {:?} {alerts:?} {shown:?}",
                tx.load_catalogue(PROVIDER)?
            ))
        };
        self.db.read(all).await.unwrap()
    }
}

/// What a sync did with a PID.
pub fn result<'a>(report: &'a SyncReport, pid: &str) -> &'a SyncResult {
    report.results.iter().find(|result| result.pid == pid).expect("a result for the PID")
}
