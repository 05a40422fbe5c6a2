//! What the binary hands over, and what the room makes of it.
//! Not for settings: the binary has read and checked them.

use std::sync::Arc;

use async_trait::async_trait;
use axum::extract::FromRef;
use domain::id::Chance;
use engine::Engine;
use engine::mail::{Told, Words as _};
use engine::read::Worded;
use engine::secret::Secret;

use crate::limits::Limits;
use crate::page::Look;
use crate::problem::Problem;
use crate::proxies::Proxies;
use crate::requests::Requests;
use crate::serve::Unfinished;
use crate::shelf::Shelf;
use crate::view::admin::settings::InForce;
use crate::view::mail::Words;

/// Everything the web room needs, joined once by the binary or a test.
#[derive(Clone)]
pub struct App {
    pub engine: Engine,
    /// What the scheduler sends as `x-sync-token`; without one only an admin may sync.
    pub sync_token: Option<Secret>,
    /// What whoever reads metrics shows; without one they are for this machine alone.
    pub metrics_token: Option<Secret>,
    pub readiness: Arc<dyn Readiness>,
    pub chance: Arc<dyn Chance>,
    /// How pages look: the shop's time zone, and the demo's panel where there is one.
    pub look: Look,
    /// Whose word on where a visitor comes from is believed.
    pub proxies: Proxies,
    /// The settings of this process, for whoever may look at them.
    pub in_force: Arc<InForce>,
    /// Requests that change something run to their end in here; await it before the process ends.
    pub unfinished: Unfinished,
}

/// Whether this process can do its work, part by part.
#[async_trait]
pub trait Readiness: Send + Sync {
    async fn parts(&self) -> Vec<Part>;
}

/// One thing that must be in order before requests are sent here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// `database`, `migrations`, `workers`.
    pub name: &'static str,
    /// What is wrong, in words that everybody may read.
    pub fault: Option<String>,
}

/// What handlers share. Cheap to clone.
#[derive(Clone)]
pub struct Shop(Arc<Inside>);

struct Inside {
    app: App,
    limits: Limits,
    requests: Requests,
    shelf: Shelf,
    /// Cookies go over TLS alone where the shop itself is reached that way.
    secure: bool,
}

impl Shop {
    pub(crate) fn open(app: App) -> Shop {
        let secure = app.engine.settings().app_url.starts_with("https://");
        let requests = Requests::new(&*app.chance);
        let (limits, shelf) = (Limits::new(), Shelf::new());
        Shop(Arc::new(Inside { app, limits, requests, shelf, secure }))
    }

    pub fn engine(&self) -> &Engine {
        &self.0.app.engine
    }

    pub(crate) fn app(&self) -> &App {
        &self.0.app
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.0.limits
    }

    pub(crate) fn requests(&self) -> &Requests {
        &self.0.requests
    }

    pub(crate) fn shelf(&self) -> &Shelf {
        &self.0.shelf
    }

    /// How mails are put into words.
    pub(crate) fn mail_words(&self) -> Words {
        let (zone, app_url) = (self.app().look.zone.clone(), &self.engine().settings().app_url);
        Words { zone, app_url: app_url.clone() }
    }

    /// A mail as it would leave now.
    pub(crate) fn in_words(&self, told: &Told) -> Result<Worded, Problem> {
        self.mail_words().word(told).map_err(|why| {
            tracing::error!("a mail cannot be put into words: {why}");
            Problem::internal()
        })
    }

    pub(crate) fn is_secure(&self) -> bool {
        self.0.secure
    }
}

impl FromRef<Shop> for Engine {
    fn from_ref(shop: &Shop) -> Engine {
        shop.engine().clone()
    }
}
