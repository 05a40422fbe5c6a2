//! What happens next: use cases and workers. No SQL, no HTML.
//! Request → order → payment → purchase → check → delivery, one file each.

#![forbid(unsafe_code)]

use std::sync::Arc;

use domain::clock::{Clock, Timestamp};
use domain::id::{Chance, NodeId};
use payment::Gateway;
use store::db::Db;
use store::seal::Seal;
use upstream::{BootClock, Upstream};

mod error;
mod settings;

pub use error::{Error, Result};
pub use settings::Settings;

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
    pub settings: Settings,
    pub node: NodeId,
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
}

impl Engine {
    pub fn new(parts: Parts) -> Engine {
        Engine { parts: Arc::new(parts) }
    }

    pub(crate) fn db(&self) -> &Db {
        &self.parts.db
    }

    pub fn now(&self) -> Timestamp {
        self.parts.clock.now()
    }

    pub fn settings(&self) -> &Settings {
        &self.parts.settings
    }
}
