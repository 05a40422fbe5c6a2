//! A delivered server as its customer sees it: how it is, what is being done to it, and what was.
//! What its provider said in words is for staff; it may name the servers of others.

use std::net::Ipv4Addr;

use domain::block::Verdict;
use domain::clock::Timestamp;
use domain::errand::{Outcome, Request, Sent, Wish};
use domain::id::{ErrandId, OrderId, ServerId};
use domain::os::Os;
use domain::power::{self, Look};
use store::errand::Errand;
use store::operation::{Operation, OperationState};
use store::power::Known;

use super::Viewer;
use super::beside::Beside;
use super::order::{OrderView, may_see};
use crate::Engine;
use crate::errand::{installed, sent};
use crate::error::{Error, Result};

/// So many of the newest errands are told.
const ERRANDS_MAX: i64 = 20;

/// A delivered server.
#[derive(Clone, Debug)]
pub struct OwnServer {
    pub view: OrderView,
    pub id: ServerId,
    pub address: Ipv4Addr,
    pub os: Option<Os>,
    /// The system as its provider writes it, where we do not know it.
    pub system: Option<String>,
    /// What may be said of its power now.
    pub power: Option<Look>,
    /// A worker asks, or is about to.
    pub asking: bool,
    /// The provider is to be asked for whoever looks now.
    pub power_due: bool,
    /// There is a sign-in to be shown.
    pub has_sign_in: bool,
    /// It can be started, stopped and installed from here.
    pub operable: bool,
    /// Newest first.
    pub errands: Vec<ErrandView>,
    pub now: Timestamp,
}

/// What was, or is being, done to a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrandView {
    pub id: ErrandId,
    pub wish: Wish,
    /// The system that is to be there afterwards, where it is known.
    pub os: Option<Os>,
    /// None while it is under way.
    pub outcome: Option<Outcome>,
    pub asked_at: Timestamp,
    pub ended_at: Option<Timestamp>,
    /// Oldest first.
    pub requests: Vec<(Request, Sent)>,
}

impl OwnServer {
    /// What is being done to it now.
    pub fn under_way(&self) -> Option<&ErrandView> {
        self.errands.first().filter(|errand| errand.outcome.is_none())
    }
}

impl Engine {
    /// The server of an order, once it is delivered and for as long as it is its customer's.
    /// Another customer's order does not exist.
    pub async fn own_server(&self, id: &OrderId, viewer: &Viewer) -> Result<Option<OwnServer>> {
        let (wanted, viewer) = (id.clone(), viewer.clone());
        self.db()
            .read(move |tx| {
                let order = tx.lookup_order(&wanted)?.filter(|order| may_see(order, &viewer));
                let order = order.ok_or_else(|| Error::missing("order", &wanted))?;
                let beside = Beside::of(tx, std::slice::from_ref(&order))?;
                let view = beside.view(&order, &viewer);
                let Some(address) = view.provisioned_ip else { return Ok(None) };
                let servers = beside.brief.servers(&order);
                let Some(server) = servers.iter().rfind(|server| server.address == address) else {
                    return Ok(None);
                };
                let Known { look, asking, now } = tx.power(&server.id)?;
                let errands = tx.errands(&server.id, ERRANDS_MAX)?;
                let operations = tx.operations(&server.id)?;
                let under_way = errands.first().is_some_and(|errand| errand.outcome.is_none());
                let by_hand = domain::provider::is_by_hand(&server.provider);
                let is_over = view.sold_until.is_some_and(|until| until <= now);
                let is_delivered = order.standing.replaces.is_none();
                let due = crate::power::is_due(look.as_ref(), now);
                Ok(Some(OwnServer {
                    id: server.id.clone(),
                    address,
                    os: installed(server, beside.brief.terms(&order)),
                    system: server.os_text.clone(),
                    power: power::known(look, changed_at(&operations)),
                    asking,
                    power_due: due && !asking && !under_way && !by_hand,
                    has_sign_in: server.credentials.is_some()
                        && server.verdict == Some(Verdict::Match),
                    operable: !by_hand && !is_over && is_delivered,
                    errands: errands.iter().map(|one| told(one, &operations, now)).collect(),
                    view,
                    now,
                }))
            })
            .await
    }
}

fn told(errand: &Errand, operations: &[Operation], now: Timestamp) -> ErrandView {
    let own = operations.iter().filter(|one| one.errand.as_ref() == Some(&errand.id));
    let mut own: Vec<&Operation> = own.collect();
    own.sort_by_key(|one| one.step);
    let requests =
        own.into_iter().filter_map(|one| Some((Request::parse(&one.kind)?, sent(one, now))));
    ErrandView {
        id: errand.id.clone(),
        wish: errand.wish,
        os: errand.os,
        outcome: errand.outcome.clone(),
        asked_at: errand.asked_at,
        ended_at: errand.ended_at,
        requests: requests.collect(),
    }
}

/// When the last request left that may have changed the server's power.
fn changed_at(operations: &[Operation]) -> Option<Timestamp> {
    let may_have = operations.iter().filter(|one| {
        let left = !matches!(one.state, OperationState::NotSent | OperationState::Refused);
        left && matches!(one.kind.as_str(), "start" | "stop" | "format")
    });
    may_have.filter_map(|one| one.permitted_at).max()
}
