//! The sentences of the protocol that must hold in every state of the model, and some that must
//! come true in one, so that a model in which nothing happens is noticed.
//! Not the model: that is `steps.rs`.

use domain::attempt::State as A;
use domain::server::State as V;
use stateright::{Model, Property};

use super::shop::{Request, SERVERS, Shop, Stage};
use super::steps::{Bounds, OVERSOLD, TWO_REQUESTS, UNCLAIMED, UNPERMITTED};

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
        Property::always(OVERSOLD, |_, s: &Shop| s.broken != Some(OVERSOLD)),
        Property::always(ONE_SLOT, |_, s: &Shop| (0..2).all(|o| waits_for_its_slot(s, o))),
        Property::always(PROVEN, |_, s: &Shop| {
            let proven = [A::Planned, A::Withdrawn, A::Rejected, A::NotSent];
            s.all().all(|(_, _, at)| !proven.contains(&at.state) || bought_nothing(at.request))
        }),
        Property::always(WORD, |bounds: &Bounds, s: &Shop| {
            let stands = |state, request| state != A::Denied || bought_nothing(request);
            !bounds.honest || s.all().all(|(_, _, at)| stands(at.state, at.request))
        }),
        Property::always(ONE_DELIVERY, |_, s: &Shop| (0..2).all(|o| delivered_once(s, o))),
        Property::always(AS_SOLD, |_, s: &Shop| {
            let delivered = |v: usize| matches!(s.servers[v], Some((V::Delivered, _)));
            (0..SERVERS).all(|v| !delivered(v) || s.bought(v) == Some(true))
        }),
        Property::always(NO_PERMIT_AFTER, |_, s: &Shop| {
            let over = |o: usize| matches!(s.orders[o].stage, Stage::RefundPending);
            s.all().all(|(o, _, at)| !over(o) || at.state != A::Permitted)
        }),
        Property::always(CAN_END, can_end),
        Property::sometimes("an order is delivered", |_, s: &Shop| {
            s.orders.iter().any(|order| matches!(order.stage, Stage::Delivered(_)))
        }),
        Property::sometimes("a server is ours and nobody's", |_, s: &Shop| {
            s.servers.iter().any(|server| matches!(server, Some((V::Quarantined, _))))
        }),
    ]
}

fn bought_nothing(request: Request) -> bool {
    matches!(request, Request::None | Request::Refused)
}

/// The slot, and rows that agree with it.
fn waits_for_its_slot(s: &Shop, o: usize) -> bool {
    let open = [A::Planned, A::Permitted, A::Unheard];
    let attempts = s.all().filter(|(of, _, at)| *of == o && open.contains(&at.state));
    let mut waits: Vec<Stage> = attempts
        .map(|(_, a, at)| match at.state {
            A::Planned => Stage::Planned(a),
            A::Permitted => Stage::Permitted(a),
            _ => Stage::Unheard(a),
        })
        .collect();
    waits.extend((0..SERVERS).filter_map(|v| match s.servers[v]? {
        (V::Verifying, of) if of == o => Some(Stage::Verifying(v)),
        (V::OnHold, of) if of == o => Some(Stage::OnHold(v)),
        _ => None,
    }));
    match waits[..] {
        [] => !s.orders[o].stage.waits(),
        [one] => one == s.orders[o].stage,
        _ => false,
    }
}

fn delivered_once(s: &Shop, o: usize) -> bool {
    let of = |v: &usize| s.servers[*v] == Some((V::Delivered, o));
    let delivered: Vec<usize> = (0..SERVERS).filter(of).collect();
    match (s.orders[o].stage, &delivered[..]) {
        (Stage::Delivered(v), [one]) => v == *one,
        (Stage::Delivered(_), _) => false,
        (_, none) => none.is_empty(),
    }
}

/// Where nothing more can happen, nobody waits for the machine: by itself it brings every paid
/// order to its server or to somebody's list, and from there people bring it to its end.
fn can_end(bounds: &Bounds, s: &Shop) -> bool {
    let waits = |o: usize| match s.orders[o].stage {
        Stage::Planned(_) | Stage::Permitted(_) | Stage::Verifying(_) => true,
        Stage::Unheard(_) | Stage::OnHold(_) | Stage::Stopped => bounds.people,
        _ => false,
    };
    if !(0..2).any(waits) {
        return true;
    }
    let mut actions = Vec::new();
    bounds.actions(s, &mut actions);
    actions.into_iter().any(|step| bounds.next_state(s, step).is_some())
}
