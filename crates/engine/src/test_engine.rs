//! An engine for tests inside this room: over a database of the test's, time moved by hand, and an
//! upstream that nobody may call. Whole shops are tested from outside.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use domain::clock::Clock;
use domain::id::{AccountId, NodeId};
use domain::package::Listed;
use store::seal::Seal;
use upstream::{
    Abilities, Answer, BootClock, Described, Fault, Line, Listing, Meaning, OperationMeaning,
    Purchase, Upstream,
};

use crate::account::NewAccount;
use crate::database::{Counting, HandClock, TestDb};
use crate::mail::told::About;
use crate::permission::Role;
use crate::secret::Secret;
use crate::{Engine, Parts, Provider, Settings};

pub const PASSWORD: &str = "correct horse battery";

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
    fn packages_in(&self, _: &[u8]) -> Result<Vec<Listed>, Fault> {
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
    fn purchase_shown(&self, _: &Purchase) -> String {
        panic!("nobody calls the upstream here")
    }
    fn answer_shown(&self, _: &Answer) -> String {
        panic!("nobody calls the upstream here")
    }
    fn operation_meaning(&self, _: &Answer) -> OperationMeaning {
        panic!("nobody calls the upstream here")
    }
}

/// An engine and its clock.
pub struct TestEngine {
    pub engine: Engine,
    pub clock: Arc<HandClock>,
}

impl TestEngine {
    pub fn open(test: &TestDb) -> TestEngine {
        let (clock, chance) = (test.clock.clone(), Arc::new(Counting::default()));
        let node = NodeId::mint(clock.now(), &*chance);
        let provider = Provider { id: "smartvps", upstream: Arc::new(NoUpstream) };
        let parts = Parts {
            db: test.db.clone(),
            seal: Seal::new([7; 32]),
            clock: clock.clone(),
            boot: clock.clone(),
            chance,
            provider,
            gateways: Vec::new(),
            mail: None,
            notices: None,
            host: None,
            settings: Settings::defaults(),
            node,
            journal: None,
        };
        TestEngine { engine: Engine::new(parts), clock }
    }

    /// Somebody with `PASSWORD`.
    pub async fn account(&self, email: &str, role: Role) -> AccountId {
        let (name, password) = (String::new(), Secret::new(PASSWORD));
        let new = NewAccount { email: email.into(), name, role, password };
        self.engine.add_account(new, "test").await.unwrap()
    }
}

impl TestEngine {
    /// The letters that were written about accounts, oldest first: kind, receiver, and the token
    /// that its link carries.
    pub async fn letters(&self) -> Vec<(String, String, Option<Secret>)> {
        let mut mails = self.engine.db().read(|tx| tx.mails(None, None, 100)).await.unwrap();
        mails.reverse();
        let mut letters = Vec::new();
        for mail in mails {
            let told = self.engine.what_it_tells(&mail).await.unwrap();
            let told = self.engine.with_its_token(&mail, told).unwrap();
            let About::Account(_, account) = told.about else { continue };
            letters.push((mail.kind, mail.email, account.token));
        }
        letters
    }
}

/// The address of visitor number so-and-so.
pub fn address(number: u8) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(192, 0, 2, number))
}
