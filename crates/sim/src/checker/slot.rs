//! INV-01, INV-03, INV-04: what an order waits for, what it was given, and that no address is two
//! people's.

use std::collections::HashMap;

use super::Report;
use super::look::{LIVE, Look};
use super::row::{OrderRow, ServerRow};

/// Stages, and what their slot must hold.
const STAGES: [(&str, Slot); 15] = [
    ("unpaid", Slot::Free),
    ("reservation_over", Slot::Free),
    ("cancelled", Slot::Free),
    ("unrevived", Slot::Free),
    ("planned", Slot::Attempt),
    ("permitted", Slot::Attempt),
    ("unheard", Slot::Attempt),
    ("verifying", Slot::Server),
    ("verified", Slot::Server),
    ("on_hold", Slot::Server),
    ("stopped", Slot::Free),
    ("delivered", Slot::Server),
    ("refund_pending", Slot::Free),
    ("refunded", Slot::Free),
    ("terminated", Slot::Free),
];

const STATES_OF_ATTEMPTS: [&str; 10] = [
    "planned",
    "withdrawn",
    "permitted",
    "answered",
    "rejected",
    "not_sent",
    "unheard",
    "parked",
    "denied",
    "written_off",
];

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Slot {
    Free,
    Attempt,
    Server,
}

pub fn check(look: &Look<'_>, report: &mut Report) {
    look.rows().orders.iter().for_each(|order| slot(look, order, report));
    waiting_for_nobody(look, report);
    delivered_once(look, report);
    one_address_one_owner(look, report);
}

fn slot(look: &Look<'_>, order: &OrderRow, report: &mut Report) {
    let OrderRow { number, stage, attempt_id, server_id, .. } = order;
    let Some((_, wanted)) = STAGES.iter().find(|(word, _)| word == stage) else {
        return report.say("ROWS", format!("{number} stands in {stage:?}, which is no stage"));
    };
    let held = match (attempt_id, server_id) {
        (None, None) => Slot::Free,
        (Some(_), None) => Slot::Attempt,
        (None, Some(_)) => Slot::Server,
        (Some(attempt), Some(server)) => {
            let what = format!("{number} waits for {attempt} and for {server} at once");
            return report.say("INV-01", what);
        }
    };
    report.unless(held == *wanted, "INV-01", || {
        format!("{number} is {stage}, and its slot holds {held:?} instead of {wanted:?}")
    });
    if let Some(id) = attempt_id {
        let found = look.attempts.get(id.as_str());
        let state = found.filter(|a| a.order_id == order.id).map(|a| a.state.as_str());
        report.unless(state == Some(stage), "INV-01", || {
            format!("{number} is {stage} and waits for {id}, which is {}", told(state))
        });
    }
    if let Some(id) = server_id {
        awaited_server(look, order, id, report);
    }
    let last = look.events(&order.id).last();
    report.unless(last.is_some_and(|event| event.stage == *stage), "INV-01", || {
        let last = last.map(|event| event.stage.as_str());
        format!("{number} is {stage}, and its last event left it {}", told(last))
    });
}

fn awaited_server(look: &Look<'_>, order: &OrderRow, id: &str, report: &mut Report) {
    let OrderRow { number, stage, .. } = order;
    let Some(server) = look.servers.get(id) else {
        return report.say("INV-01", format!("{number} is {stage}, and {id} is no server"));
    };
    let Some(owner) = server.order_id.as_deref() else {
        return report.say("INV-04", format!("{number} has {id}, which is nobody's"));
    };
    report.unless(owner == order.id, "INV-04", || {
        format!("{number} ({}) has {id}, which belongs to {owner}", order.id)
    });
    if server.state == *stage || owner != order.id {
        return;
    }
    // Upstream's term may end before ours: then the customer has nothing, and somebody knows.
    let gone = matches!(server.state.as_str(), "lapsed" | "ended") && stage == "delivered";
    if gone && is_listed(look, &order.id) {
        return;
    }
    // Two owners at once: the order's, and the quarantine.
    let invariant = if server.state == "quarantined" { "INV-04" } else { "INV-01" };
    report.say(invariant, format!("{number} is {stage}, and its server {id} is {}", server.state));
}

fn is_listed(look: &Look<'_>, order: &str) -> bool {
    let mut open = look.rows().attention.iter().filter(|row| row.resolved_at.is_none());
    open.any(|row| row.order_id == order)
}

fn told(word: Option<&str>) -> &str {
    word.unwrap_or("nothing of this order")
}

/// Rows that say they are waited for, and nobody does.
fn waiting_for_nobody(look: &Look<'_>, report: &mut Report) {
    for attempt in &look.rows().attempts {
        let order = look.orders.get(attempt.order_id.as_str());
        let awaited = order.is_some_and(|o| o.attempt_id.as_ref() == Some(&attempt.id));
        let waits = matches!(attempt.state.as_str(), "planned" | "permitted" | "unheard");
        report.unless(!waits || awaited, "INV-01", || {
            let OrderTold(order) = OrderTold::of(order.copied());
            format!("{} is {}, and {order} does not wait for it", attempt.id, attempt.state)
        });
        let known = STATES_OF_ATTEMPTS.contains(&attempt.state.as_str());
        report.unless(known, "ROWS", || {
            format!("{} is {:?}, which is no state of an attempt", attempt.id, attempt.state)
        });
    }
    for server in &look.rows().servers {
        let order = server.order_id.as_deref().and_then(|id| look.orders.get(id));
        let awaited = order.is_some_and(|o| o.server_id.as_ref() == Some(&server.id));
        let waits = matches!(server.state.as_str(), "verifying" | "verified" | "on_hold");
        report.unless(!waits || awaited, "INV-01", || {
            let OrderTold(order) = OrderTold::of(order.copied());
            format!("{} is {}, and {order} does not wait for it", server.id, server.state)
        });
    }
}

/// How an order is named in a sentence.
struct OrderTold(String);

impl OrderTold {
    fn of(order: Option<&OrderRow>) -> OrderTold {
        OrderTold(order.map_or_else(|| "no order".to_owned(), |order| order.number.clone()))
    }
}

fn delivered_once(look: &Look<'_>, report: &mut Report) {
    for order in &look.rows().orders {
        let servers = look.servers(&order.id);
        let delivered: Vec<&ServerRow> =
            servers.iter().filter(|server| server.state == "delivered").copied().collect();
        let being_replaced =
            |server: &&&ServerRow| order.replaces_id.as_deref() == Some(server.id.as_str());
        let replaced = delivered.iter().filter(being_replaced).count();
        if delivered.len() - replaced > 1 {
            let ids: Vec<&str> = delivered.iter().map(|server| server.address.as_str()).collect();
            let what =
                format!("{} has {} delivered servers: {}", order.number, ids.len(), ids.join(", "));
            report.say("INV-03", what);
            continue;
        }
        for server in delivered {
            let holds = [&order.server_id, &order.replaces_id]
                .into_iter()
                .any(|id| id.as_deref() == Some(server.id.as_str()));
            report.unless(holds || order.stage == "terminated", "INV-01", || {
                let (id, number, stage) = (&server.id, &order.number, &order.stage);
                format!("{id} is delivered to {number}, which is {stage} and does not have it")
            });
        }
        replacing(look, order, report);
    }
}

fn replacing(look: &Look<'_>, order: &OrderRow, report: &mut Report) {
    let Some(id) = &order.replaces_id else { return };
    let found = look.servers.get(id.as_str());
    let own = found.filter(|server| server.order_id.as_deref() == Some(order.id.as_str()));
    let had =
        |server: &&&ServerRow| matches!(server.state.as_str(), "delivered" | "lapsed" | "ended");
    report.unless(own.filter(had).is_some(), "INV-03", || {
        let state = own.map(|server| server.state.as_str());
        format!("{} replaces {id}, which is {}", order.number, told(state))
    });
}

fn one_address_one_owner(look: &Look<'_>, report: &mut Report) {
    let mut live: HashMap<&str, &ServerRow> = HashMap::new();
    for server in look.rows().servers.iter().filter(|s| LIVE.contains(&s.state.as_str())) {
        if let Some(other) = live.insert(server.address.as_str(), server) {
            let tell = |server: &ServerRow| {
                let owner = server.order_id.as_deref().unwrap_or("nobody");
                format!("{} ({} for {owner})", server.id, server.state)
            };
            let what =
                format!("{} is live twice: {}, {}", server.address, tell(other), tell(server));
            report.say("INV-04", what);
        }
    }
    let mut held: HashMap<&str, &str> = HashMap::new();
    for order in &look.rows().orders {
        for id in [&order.server_id, &order.replaces_id].into_iter().flatten() {
            if let Some(other) = held.insert(id, &order.number) {
                report.say("INV-04", format!("{id} belongs to {other} and to {}", order.number));
            }
        }
    }
}
