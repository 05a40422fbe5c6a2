//! An engine for tests inside this room: a database file of its own, time moved by hand, and an
//! upstream that nobody may call. Whole shops are tested from outside.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use domain::clock::{Clock, Timestamp};
use domain::id::{AccountId, Chance, NodeId};
use store::db::{Db, Options, Place};
use store::seal::Seal;
use upstream::{
    Abilities, Answer, BootClock, Described, Fault, Line, Listing, Meaning, OperationMeaning,
    Upstream,
};

use crate::account::NewAccount;
use crate::permission::Role;
use crate::secret::Secret;
use crate::{Engine, Parts, Provider, Settings};

pub const PASSWORD: &str = "correct horse battery";

/// Different bytes at every call, and the same in every run.
#[derive(Default)]
pub struct Counting(AtomicU64);

impl Chance for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        let count = self.0.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        bytes.fill(0);
        for (byte, digit) in bytes.iter_mut().rev().zip(count.iter().rev()) {
            *byte = *digit;
        }
    }
}

/// Time that moves when a test says so.
#[derive(Default)]
pub struct HandClock(AtomicU64);

impl HandClock {
    pub fn step(&self, by: Duration) {
        let micros = u64::try_from(by.as_micros()).unwrap();
        self.0.fetch_add(micros, Ordering::SeqCst);
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(1_790_000_000_000) + self.moved_by()
    }

    fn moved_by(&self) -> Duration {
        Duration::from_micros(self.0.load(Ordering::SeqCst))
    }

    fn is_movable(&self) -> bool {
        true
    }
}

impl BootClock for HandClock {
    fn since_boot(&self) -> Duration {
        self.moved_by()
    }
}

struct NoUpstream;

#[async_trait]
impl Upstream for NoUpstream {
    fn abilities(&self) -> Abilities {
        panic!("nobody calls the upstream here")
    }
    async fn packages(&self) -> Result<Listing, Fault> {
        panic!("nobody calls the upstream here")
    }
    async fn describe(&self, _: Ipv4Addr) -> Result<Described, Fault> {
        panic!("nobody calls the upstream here")
    }
    async fn connect(&self) -> Result<Box<dyn Line>, Fault> {
        panic!("nobody calls the upstream here")
    }
    fn purchase_meaning(&self, _: &Answer) -> Meaning {
        panic!("nobody calls the upstream here")
    }
    fn operation_meaning(&self, _: &Answer) -> OperationMeaning {
        panic!("nobody calls the upstream here")
    }
}

/// An engine, its clock, and the folder that goes with it.
pub struct TestEngine {
    pub engine: Engine,
    pub clock: Arc<HandClock>,
    _folder: tempfile::TempDir,
}

impl TestEngine {
    pub async fn open() -> TestEngine {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(HandClock::default());
        let options = Options { clock: clock.clone(), connections: 2 };
        let db = Db::open(&Place::File(folder.path().join("berth.db")), &options).await.unwrap();
        store::schema::migrate(&db).await.unwrap();
        let chance = Arc::new(Counting::default());
        let node = NodeId::mint(clock.now(), &*chance);
        let provider = Provider { id: "smartvps", upstream: Arc::new(NoUpstream) };
        let parts = Parts {
            db: Arc::new(db),
            seal: Seal::new([7; 32]),
            clock: clock.clone(),
            boot: clock.clone(),
            chance,
            provider,
            gateways: Vec::new(),
            settings: Settings::defaults(),
            node,
            journal: None,
        };
        TestEngine { engine: Engine::new(parts), clock, _folder: folder }
    }

    /// Somebody with `PASSWORD`.
    pub async fn account(&self, email: &str, role: Role) -> AccountId {
        let (name, password) = (String::new(), Secret::new(PASSWORD));
        let new = NewAccount { email: email.into(), name, role, password };
        self.engine.add_account(new, "test").await.unwrap()
    }
}

/// The address of visitor number so-and-so.
pub fn address(number: u8) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(192, 0, 2, number))
}
