//! The one table of all routes: each with its rule, its handler, and for programs its description.
//! Nothing is reachable that is not declared here with what it asks.

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::MethodRouter;
use http::Method;
use utoipa::openapi::OpenApi;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

use crate::app::Shop;
use crate::gate::{self, Gate};
use crate::openapi;
use crate::rule::{Asks, Rule};

/// A route, as the snapshot of all routes tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declared {
    pub method: Method,
    pub path: String,
    pub asks: Asks,
    /// Whether programs are told of it in the description.
    pub described: bool,
}

/// Routes on their way into one router.
pub struct Routes {
    shop: Shop,
    router: OpenApiRouter<Shop>,
    declared: Vec<Declared>,
}

impl Routes {
    pub fn new(shop: &Shop) -> Routes {
        let router = OpenApiRouter::with_openapi(openapi::head());
        Routes { shop: shop.clone(), router, declared: Vec::new() }
    }

    /// Adds handlers for programs, with the description that their attribute gives.
    pub fn api(mut self, rule: Rule, handlers: UtoipaMethodRouter<Shop>) -> Routes {
        let (schemas, mut paths, methods) = handlers;
        let mut looks_alone = true;
        for (path, item) in &mut paths.paths {
            for (method, operation) in operations(item) {
                looks_alone &= method == Method::GET;
                openapi::complete(operation, &method, rule);
                let (path, asks) = (path.clone(), rule.asks);
                self.declared.push(Declared { method, path, asks, described: true });
            }
        }
        let methods = self.gated(rule, looks_alone, methods);
        self.router = self.router.routes((schemas, paths, methods));
        self
    }

    /// Adds a handler for people.
    pub fn page(
        mut self,
        rule: Rule,
        method: Method,
        path: &str,
        handler: MethodRouter<Shop>,
    ) -> Routes {
        let looks_alone = method == Method::GET;
        let handler = self.gated(rule, looks_alone, handler);
        let (asks, path) = (rule.asks, path.to_owned());
        self.router = self.router.route(&path, handler);
        self.declared.push(Declared { method, path, asks, described: false });
        self
    }

    /// What everybody may look at needs no gate: it is the busiest part of the shop.
    fn gated(
        &self,
        rule: Rule,
        looks_alone: bool,
        methods: MethodRouter<Shop>,
    ) -> MethodRouter<Shop> {
        if looks_alone && rule.asks == Asks::Nothing {
            return methods;
        }
        let gate = Gate(std::sync::Arc::new((self.shop.clone(), rule)));
        methods.route_layer(from_fn_with_state(gate, gate::pass))
    }

    pub(crate) fn finished(self) -> (Router<Shop>, OpenApi, Vec<Declared>) {
        let (router, mut api) = self.router.split_for_parts();
        openapi::tell_moments(&mut api);
        (router, api, self.declared)
    }
}

/// The operations of a path, each with its method.
fn operations(item: &mut PathItem) -> Vec<(Method, &mut Operation)> {
    let PathItem { get, put, post, delete, patch, .. } = item;
    let all = [
        (Method::GET, get),
        (Method::PUT, put),
        (Method::POST, post),
        (Method::DELETE, delete),
        (Method::PATCH, patch),
    ];
    let found = all.into_iter().filter_map(|(method, slot)| Some((method, slot.as_mut()?)));
    found.collect()
}
