//! The demo's panel, where the world outside is simulated: lies on request, the truth beside them,
//! and signing in with one click. A shop that sells real servers has none of it.

mod panel;
mod sign_in;
mod tell;

use std::sync::Arc;

use async_trait::async_trait;
use axum::routing::{get, post};
use engine::secret::Secret;
use http::Method;

use crate::routes::Routes;
use crate::rule::Rule;

pub use crate::view::demo::{Sale, Truth};

/// What the demo hands to its panel.
#[derive(Clone)]
pub struct Demo {
    pub control: Arc<dyn DemoControl>,
    /// Who can be signed in as with one click; the first is the one to begin with.
    pub people: Vec<Person>,
    /// What else can be looked at: a name and an address.
    pub links: Vec<(String, String)>,
}

#[derive(Clone, Debug)]
pub struct Person {
    /// `customer`, `support`, `admin`.
    pub role: String,
    pub email: String,
    pub password: Secret,
}

/// A lie that can be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownLie {
    pub name: String,
    /// What it is said.
    pub sentence: String,
    pub about: About,
}

/// What can be lied about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    Purchase,
    Stock,
    Status,
    Power,
    Installing,
    Money,
}

/// How the provider receives connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Door {
    Open,
    /// Nobody is at home.
    Refuse,
    /// The plug is pulled: whatever is under way breaks off as well.
    Drop,
}

/// The strings that move the simulated world. Errors are sentences for people.
#[async_trait]
pub trait DemoControl: Send + Sync {
    fn lies(&self) -> Vec<KnownLie>;
    /// Tells a lie once, to the next request that it fits.
    async fn tell(&self, lie: &str) -> Result<(), String>;
    async fn honest_again(&self) -> Result<(), String>;
    async fn door(&self, door: Door) -> Result<(), String>;
    /// What the world outside really did, newest sale first.
    async fn truth(&self) -> Result<Truth, String>;
}

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .page(Rule::open(), Method::GET, "/demo", get(panel::show))
        .page(Rule::open(), Method::GET, "/demo/events", get(panel::events))
        .page(Rule::open(), Method::GET, "/demo/gallery", get(panel::gallery))
        .page(Rule::open(), Method::POST, "/demo/lie", post(tell::lie))
        .page(Rule::open(), Method::POST, "/demo/honest", post(tell::honest))
        .page(Rule::open(), Method::POST, "/demo/door", post(tell::door))
        .page(Rule::open(), Method::POST, "/demo/sign-in", post(sign_in::sign_in))
}
