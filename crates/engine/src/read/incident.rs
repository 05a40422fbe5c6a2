//! An incident: which orders got a server that was not what was sold, of which packages and when,
//! with what left and what came back. Not for making good: each order has its remedies.

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::time::Duration;

use domain::clock::Timestamp;
use domain::id::{AttemptId, First, OrderId, ServerId};
use domain::server::State;
use store::attempt::{Attempt, StoredAnswer};
use store::db::Tx;
use store::order::Order;
use store::server::Server;

use super::AttemptView;
use crate::Engine;
use crate::error::{Error, Result};
use crate::report::Span;

/// So many orders are laid out; whoever has more looks at a shorter time.
pub const CASES_MAX: usize = 50;
/// Servers are made by the time in their ids, all of which are looked through.
pub const SPAN_MAX: Duration = Duration::from_secs(7 * 24 * 3_600);
/// What happens to one package with no longer a pause between is one thing.
const PAUSE: Duration = Duration::from_secs(3_600);

/// An order that got a server which was not what was sold.
#[derive(Clone, Debug)]
pub struct Case {
    pub order: OrderId,
    pub number: String,
    pub email: String,
    /// The word of its stage now.
    pub stage: &'static str,
    pub product_name: String,
    pub package_name: String,
    pub pid: String,
    /// The addresses that were promised, in words.
    pub promise: String,
    pub address: Ipv4Addr,
    pub server: State,
    pub why: Option<String>,
    pub at: Timestamp,
    /// The purchase behind it; nothing where a person named the server.
    pub attempt: Option<AttemptView>,
}

/// What happened to one package at about one time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cluster {
    pub package_name: String,
    pub pid: String,
    pub from: Timestamp,
    pub until: Timestamp,
    pub orders: usize,
}

#[derive(Clone, Debug, Default)]
pub struct Incident {
    /// Newest first.
    pub cases: Vec<Case>,
    /// Most orders first.
    pub clusters: Vec<Cluster>,
    /// There are more than are laid out.
    pub has_more: bool,
}

/// A wrong server, its order, its customer's address, and its purchase.
type Found = (Server, Order, String, Option<(Attempt, Option<StoredAnswer>)>);

impl Engine {
    /// What went wrong within a time.
    pub async fn investigate(&self, span: Span) -> Result<Incident> {
        if span.until <= span.from || span.until.since(span.from) > SPAN_MAX {
            let text = "an investigation is of one moment to a later one, at most 7 days apart";
            return Err(Error::Malformed(text.to_owned()));
        }
        let found = self.db().read(move |tx| read(tx, span)).await?;
        let has_more = found.len() > CASES_MAX;
        let cases = found.into_iter().take(CASES_MAX).map(|found| self.case(found));
        let cases: Vec<Case> = cases.collect();
        Ok(Incident { clusters: clusters(&cases), cases, has_more })
    }

    fn case(&self, (server, order, email, bought): Found) -> Case {
        let terms = &order.sold.terms;
        Case {
            stage: order.standing.stage.word(),
            promise: terms.promise().to_string(),
            package_name: terms.package_name.clone(),
            pid: terms.pid.to_string(),
            product_name: order.sold.product_name.clone(),
            address: server.address,
            server: server.state,
            at: server.verdict_at.unwrap_or(order.created_at),
            why: server.reason.or(server.verdict_why),
            attempt: bought.map(|(attempt, answer)| self.attempt(attempt, answer)),
            number: order.number,
            order: order.id,
            email,
        }
    }
}

fn read(tx: &mut Tx<'_>, Span { from, until }: Span) -> Result<Vec<Found>> {
    let ids = [from, until].map(|at| ServerId::mint(at, &First));
    let most = i64::try_from(CASES_MAX).unwrap_or(i64::MAX);
    let servers = tx.wrong_servers((&ids[0], &ids[1]), most + 1)?;
    let orders: Vec<OrderId> = servers.iter().filter_map(|server| server.order.clone()).collect();
    let orders = tx.orders_of_ids(&orders)?;
    let emails = tx.named(orders.iter().map(|order| order.account.as_str()))?;
    let orders: HashMap<OrderId, Order> =
        orders.into_iter().map(|order| (order.id.clone(), order)).collect();
    let attempts: Vec<AttemptId> =
        servers.iter().filter_map(|server| server.attempt.clone()).collect();
    let mut attempts: HashMap<AttemptId, _> =
        tx.answered_of(&attempts)?.into_iter().map(|one| (one.0.id.clone(), one)).collect();
    let found = servers.into_iter().filter_map(|server| {
        let order = orders.get(server.order.as_ref()?)?.clone();
        let email = emails.get(order.account.as_str()).cloned().unwrap_or_default();
        let bought = server.attempt.as_ref().and_then(|id| attempts.remove(id));
        Some((server, order, email, bought))
    });
    Ok(found.collect())
}

/// Cases come newest first.
fn clusters(cases: &[Case]) -> Vec<Cluster> {
    let mut clusters: Vec<Cluster> = Vec::new();
    for case in cases {
        let near = |known: &&mut Cluster| {
            known.pid == case.pid
                && known.package_name == case.package_name
                && known.from.since(case.at) <= PAUSE
        };
        match clusters.iter_mut().find(near) {
            Some(known) => {
                known.from = known.from.min(case.at);
                known.orders += 1;
            }
            None => clusters.push(Cluster {
                package_name: case.package_name.clone(),
                pid: case.pid.clone(),
                from: case.at,
                until: case.at,
                orders: 1,
            }),
        }
    }
    clusters.sort_by_key(|cluster| std::cmp::Reverse(cluster.orders));
    clusters
}
