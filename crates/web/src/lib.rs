//! What people and programs see: one router over one engine. Who may, one call, one answer.
//! Not for deciding: the engine does, and the domain knows the rules.

#![forbid(unsafe_code)]

use axum::Router;
use axum::middleware::from_fn_with_state;

mod api;
mod hooks;
mod operations;
mod pages;

mod account;
mod admin;
mod checkouts;
pub mod demo;
mod order;
mod papers;
pub mod pdf;
mod server;
mod shop;
pub mod view;

pub mod app;
pub mod door;
pub mod problem;
pub mod routes;
pub mod rule;
pub mod serve;

mod auth;
mod body;
mod brand;
mod cart;
mod csv;
mod dress;
pub mod files;
mod gate;
mod headers;
pub mod language;
mod leftover;
mod limits;
mod once;
mod openapi;
mod origin;
pub mod page;
mod party;
mod paths;
mod pressed;
mod proxies;
mod requests;
mod shelf;
mod watcher;

pub use app::{App, Part, Readiness, Shop};
pub use page::Look;
pub use proxies::Proxies;

/// Answers that the command line gives in the same shape.
pub mod answer {
    pub use crate::api::diagnose::DiagnosisAnswer;
    pub use crate::api::sync::SyncAnswer;
}

use routes::{Declared, Routes};

/// The router, and what it is made of.
pub struct Web {
    pub router: Router,
    pub declared: Vec<Declared>,
    /// The description of the API, as it is served.
    pub description: utoipa::openapi::OpenApi,
}

/// Everything that is reachable over HTTP. Serve it behind a `door::Door`: throttles look at
/// addresses.
pub fn router(app: App) -> Router {
    build(app).router
}

pub fn build(app: App) -> Web {
    let shop = Shop::open(app);
    let routes = Routes::new(&shop);
    let routes = operations::routes(hooks::routes(api::routes(routes)));
    let routes = pages::routes(routes, &shop);
    let (router, mut description, mut declared) = routes.finished();
    let (described, told) = operations::description(&mut description);
    declared.push(told);
    let router = router
        .merge(described)
        .fallback(requests::nowhere)
        .method_not_allowed_fallback(requests::not_this_way)
        .layer(from_fn_with_state(shop.clone(), requests::through))
        .layer(from_fn_with_state(shop.clone(), dress::dressed))
        .with_state(shop);
    Web { router, declared, description }
}
