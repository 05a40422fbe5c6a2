//! What happens next: use cases and workers. No SQL, no HTML.
//! Request → order → payment → purchase → check → delivery, one file each.

#![forbid(unsafe_code)]

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use domain::clock::{Clock, Timestamp};
use domain::id::{Chance, NodeId};
use payment::Gateway;
use store::db::Db;
use store::job::{Claim, Job, Kind, job_id};
use store::seal::Seal;
use upstream::{BootClock, Upstream};

pub mod books;
pub mod brand;
pub mod by_hand;
pub mod cart;
pub mod catalogue;
pub mod check;
pub mod checkout;
pub mod classify;
pub mod cost;
pub mod coupon;
pub mod deliver;
pub mod diagnose;
pub mod dispute;
pub mod errand;
pub mod gateway;
pub mod gst_return;
pub mod journal;
pub mod look;
pub mod mail;
pub mod metrics;
pub mod notice;
pub mod operate;
pub mod pay;
pub mod power;
pub mod price;
pub mod profit;
pub mod provider;
pub mod purchase;
pub mod read;
pub mod reconcile;
pub mod recover;
pub mod refund;
pub mod refund_request;
pub mod remedy;
pub mod report;
pub mod stray;
pub mod sync;
pub mod tend;
pub mod wallet;
pub mod webhook;
pub mod worker;

pub mod account;
pub mod alert;
pub mod api_key;
pub mod audit;
pub mod health;
pub mod host;
pub mod idempotency;
pub mod party;
pub mod permission;
pub mod second_factor;
pub mod secret;
pub mod seller;
pub mod session;
pub mod silence;
pub mod switches;
mod take_over;
pub mod till;

mod door;
mod email;
mod error;
mod facts;
mod flight;
mod lines;
mod master_key;
mod password;
pub mod throttle;
mod wording;

#[cfg(test)]
#[path = "../../store/tests/support/mod.rs"]
#[allow(dead_code, reason = "the store's own tests use all of it")]
mod database;
mod settings;
#[cfg(test)]
mod test_engine;

pub use error::{Error, Result};
pub use settings::{Papers, Settings};

/// Everything the use cases need, joined once by the binary or a test.
#[derive(Clone)]
pub struct Parts {
    pub db: Arc<Db>,
    pub seal: Seal,
    pub clock: Arc<dyn Clock>,
    pub boot: Arc<dyn BootClock>,
    pub chance: Arc<dyn Chance>,
    pub provider: Provider,
    pub gateways: Vec<Arc<dyn Gateway>>,
    /// Nothing where no mail server is set: mail is written, and waits.
    pub mail: Option<mail::Mailing>,
    /// Nothing where no chat and no webhook is set: alerts keep until one is.
    pub notices: Option<notice::Noticing>,
    pub settings: Settings,
    pub node: NodeId,
    /// The machine under this process; nothing where nobody is to be told of it.
    pub host: Option<Arc<dyn host::Host>>,
    /// Where answers and permits lie fsynced while the database is away.
    pub journal: Option<PathBuf>,
}

/// Someone we buy from, and the name it has in our books.
#[derive(Clone)]
pub struct Provider {
    pub id: &'static str,
    pub upstream: Arc<dyn Upstream>,
}

/// The shop's engine. Cheap to clone; every use case hangs on it, one file per noun.
#[derive(Clone)]
pub struct Engine {
    pub(crate) parts: Arc<Parts>,
    pub(crate) door: Arc<door::Door>,
    hub: Arc<worker::Hub>,
    looks: Arc<look::Looks>,
    /// The journal's page of permits.
    permits: Arc<lines::Lines>,
    webhooks: Arc<webhook::Together>,
    shown: Arc<brand::Shown>,
    reports: Arc<report::Answered>,
    meters: Arc<metrics::Meters>,
    last_figures: Arc<metrics::LastRead>,
    late: Arc<reconcile::watch::Late>,
    last_look: Arc<host::LastLook>,
}

impl Engine {
    pub fn new(parts: Parts) -> Engine {
        let (door, hub) = (Arc::new(door::Door::new()), Arc::default());
        let (looks, permits, webhooks) = (Arc::default(), Arc::default(), Arc::default());
        let (shown, reports, last_figures) = (Arc::default(), Arc::default(), Arc::default());
        let gateways: Vec<&str> = parts.gateways.iter().map(|gateway| gateway.name()).collect();
        let meters = Arc::new(metrics::Meters::new(&gateways));
        let parts = Arc::new(metrics::counted(parts, &meters));
        let (late, last_look) = (Arc::default(), Arc::default());
        Engine {
            parts,
            door,
            hub,
            looks,
            permits,
            webhooks,
            shown,
            reports,
            meters,
            last_figures,
            late,
            last_look,
        }
    }

    /// Whose claims and permits are this process's.
    pub fn node(&self) -> &NodeId {
        &self.parts.node
    }

    pub(crate) fn looks(&self) -> &look::Looks {
        &self.looks
    }

    pub(crate) fn late(&self) -> &reconcile::watch::Late {
        &self.late
    }

    pub(crate) fn last_look(&self) -> &host::LastLook {
        &self.last_look
    }

    pub(crate) fn hub(&self) -> &Arc<worker::Hub> {
        &self.hub
    }

    /// The claim that a transaction of this process may put on the jobs it makes.
    pub(crate) fn own_claim(&self) -> Option<(NodeId, Duration)> {
        let claim_for = self.parts.settings.claim_for;
        self.hub.is_running().then(|| (self.parts.node.clone(), claim_for))
    }

    /// Hands over a job that a transaction of this process has just made, claimed or not.
    pub(crate) fn start_own(&self, kind: Kind, subject: &str, lane: String, claimed: bool) {
        if !claimed {
            return self.hub.wake();
        }
        let claim = Claim { job: job_id(kind, subject), number: 1 };
        let subject = subject.to_owned();
        self.hub.hand_over(Job { kind, subject, lane, claim, tries: 0, note: None });
    }

    /// Waits here while a test wants it; in a release build this is nothing.
    pub(crate) async fn point(&self, name: &'static str) {
        self.db().points().reach(name).await;
    }

    pub(crate) fn db(&self) -> &Db {
        &self.parts.db
    }

    /// Finishes what waits for the database and closes it: of an embedded one, everything is then
    /// in its one file.
    pub fn close(&self) {
        self.db().close();
    }

    pub fn now(&self) -> Timestamp {
        self.parts.clock.now()
    }

    pub fn settings(&self) -> &Settings {
        &self.parts.settings
    }
}
