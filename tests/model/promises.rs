//! The sentences of the protocol that must hold in every state of the model, and some that must
//! come true in one, so that a model in which nothing happens is noticed.
//! Not the model: that is `shop.rs`.

use domain::attempt::State as A;
use domain::order::Stage;
use domain::server::State as V;
use stateright::{Model, Property};

use super::code::{attempt, server};
use super::shop::{Request, Shop};
use super::walk::Bounds;

pub const TWO_REQUESTS: &str = "at most one request leaves per permit";
pub const UNPERMITTED: &str = "a request leaves only while its attempt is permitted";
pub const UNCLAIMED: &str = "a worker that lost its claim changes nothing";
pub const OVERSOLD: &str = "stock is never oversold";
pub const ONE_SLOT: &str = "an order waits for at most one attempt or server";
pub const PROVEN: &str = "it buys again only after the first was proven not to have bought";
pub const WORD: &str = "a true word that nothing was bought stays true";
pub const ONE_DELIVERY: &str = "nobody gets two servers, and no server goes to two";
pub const AS_SOLD: &str = "a customer never gets a server that is not what was sold";
pub const NO_PERMIT_AFTER: &str = "no permit after a refund";
pub const CAN_END: &str = "every paid order can end";

pub fn all() -> Vec<Property<Bounds>> {
    vec![
        Property::always(TWO_REQUESTS, |_, s: &Shop| s.broken != Some(TWO_REQUESTS)),
        Property::always(UNPERMITTED, |_, s: &Shop| s.broken != Some(UNPERMITTED)),
        Property::always(UNCLAIMED, |_, s: &Shop| s.broken != Some(UNCLAIMED)),
        Property::always(OVERSOLD, |bounds: &Bounds, s: &Shop| s.bought() <= bounds.stock),
        Property::always(ONE_SLOT, |_, s: &Shop| rows_agree(s, false)),
        Property::always(PROVEN, |_, s: &Shop| {
            let proven = [A::Planned, A::Withdrawn, A::Rejected, A::NotSent];
            (0..4).all(|n| s.attempts[n].is_none_or(|at| !proven.contains(&at)) || nothing(s, n))
        }),
        Property::always(WORD, |bounds: &Bounds, s: &Shop| {
            let stands = |n: usize| s.attempts[n] != Some(A::Denied) || nothing(s, n);
            !bounds.honest || (0..4).all(stands)
        }),
        Property::always(ONE_DELIVERY, |_, s: &Shop| rows_agree(s, true)),
        Property::always(AS_SOLD, |_, s: &Shop| {
            let delivered = |v: usize| s.servers[v].is_some_and(|(at, _)| at == V::Delivered);
            (0..4).all(|v| !delivered(v) || s.requests[v] == Request::SoldRight)
        }),
        Property::always(NO_PERMIT_AFTER, |_, s: &Shop| {
            let over = |n: usize| s.orders[n % 2].0 == Stage::RefundPending;
            (0..4).all(|n| !over(n) || s.attempts[n] != Some(A::Permitted))
        }),
        Property::always(CAN_END, can_end),
        Property::sometimes("an order is delivered", |_, s: &Shop| {
            s.orders.iter().any(|order| matches!(order.0, Stage::Delivered(_)))
        }),
        Property::sometimes("a server is ours and nobody's", |_, s: &Shop| {
            s.servers.iter().flatten().any(|(at, _)| *at == V::Quarantined)
        }),
    ]
}

fn nothing(s: &Shop, n: usize) -> bool {
    s.requests[n] <= Request::Refused
}

/// Each order stands where its rows say: that of its slot, or that of what was delivered.
fn rows_agree(s: &Shop, delivered: bool) -> bool {
    let asked = |stage: &Stage| matches!(stage, Stage::Delivered(_)) == delivered;
    let attempts = |n: usize| {
        Some((n % 2, Stage::read(s.attempts[n]?.as_str(), Some(attempt(n)), None, None)?))
    };
    let servers = |v: usize| {
        let (at, n) = s.servers[v]?;
        Some((n % 2, Stage::read(at.as_str(), None, Some(server(v)), None)?))
    };
    let rows: Vec<_> = (0..4).filter_map(attempts).chain((0..4).filter_map(servers)).collect();
    (0..2).all(|o| {
        let waits = !matches!(s.orders[o].0, Stage::Stopped(_) | Stage::RefundPending);
        let own = Some(&s.orders[o].0).filter(|stage| waits && asked(stage));
        rows.iter().filter(|(of, row)| *of == o && asked(row)).map(|(_, row)| row).eq(own)
    })
}

/// Where nothing more can happen, nobody waits for the machine: by itself it brings every paid
/// order to its server or to somebody's list, and from there people bring it to its end.
fn can_end(bounds: &Bounds, s: &Shop) -> bool {
    s.orders.iter().all(|order| match order.0 {
        Stage::Delivered(_) | Stage::RefundPending => true,
        Stage::Unheard(_) | Stage::OnHold(_) | Stage::Stopped(_) => !bounds.people,
        _ => false,
    }) || {
        let mut actions = Vec::new();
        bounds.actions(s, &mut actions);
        actions.into_iter().any(|step| bounds.next_state(s, step).is_some())
    }
}
