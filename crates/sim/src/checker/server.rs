//! INV-05 and INV-07: every server that the upstream sold is in the books, and a verdict that
//! passes means what it says.

use std::collections::HashMap;
use std::net::Ipv4Addr;

use super::Report;
use super::block::{Place, place};
use super::look::{Look, Terms};
use super::permit::settled_by_a_person;
use super::row::{EventRow, ServerRow};
use crate::smartvps::{Answer, Record, Sold};

const STATES: [&str; 8] = [
    "verifying",
    "on_hold",
    "verified",
    "delivered",
    "quarantined",
    "ended",
    "lapsed",
    "written_off",
];

pub fn check(look: &Look<'_>, report: &mut Report) {
    for server in &look.rows().servers {
        report.unless(STATES.contains(&server.state.as_str()), "ROWS", || {
            format!("{} is {:?}, which is no state of a server", server.id, server.state)
        });
        passing(look, server, report);
    }
    answered_without_server(look, report);
    if let Some(record) = look.evidence.upstream {
        sold_and_lost(look, record, report);
    }
}

/// The upstream's own record: one server row per sale, or a purchase that is not settled, or one
/// that a named person settled otherwise.
fn sold_and_lost(look: &Look<'_>, record: &Record, report: &mut Report) {
    let mut rows: HashMap<&str, usize> = HashMap::new();
    for server in &look.rows().servers {
        *rows.entry(server.address.as_str()).or_default() += 1;
    }
    let mut sales: HashMap<Ipv4Addr, Vec<&Sold>> = HashMap::new();
    record.sold.iter().for_each(|sold| sales.entry(sold.address).or_default().push(sold));
    for (address, sales) in sales {
        let text = address.to_string();
        let booked = rows.get(text.as_str()).copied().unwrap_or(0);
        let open: Vec<&&Sold> =
            sales.iter().filter(|sold| !is_excused(look, record, sold)).collect();
        report.unless(open.len() <= booked, "INV-05", || {
            let permits: Vec<&str> =
                open.iter().map(|sold| sold.permit.as_deref().unwrap_or("no permit")).collect();
            format!(
                "{text} was sold under {}, and {booked} server rows know of it",
                permits.join(", ")
            )
        });
    }
}

/// Whether the books may know nothing of a sale yet, or for ever.
fn is_excused(look: &Look<'_>, record: &Record, sold: &Sold) -> bool {
    let Some(permit) = sold.permit.as_deref() else { return false };
    let Some(attempt) = look.attempts.get(permit) else { return false };
    let by_person = |kind| settled_by_a_person(look, &attempt.order_id, kind);
    match attempt.state.as_str() {
        "permitted" | "unheard" | "parked" => true,
        "denied" => by_person("nothing_bought") || spoke_falsely(record, sold),
        "written_off" => by_person("attempt_written_off"),
        "answered" => by_person("adopted"),
        "rejected" => spoke_falsely(record, sold),
        _ => false,
    }
}

/// The upstream sold and said for certain that it had not: no shop can know better.
fn spoke_falsely(record: &Record, sold: &Sold) -> bool {
    let place = sold.request.checked_sub(record.requests_forgotten + 1);
    let place = place.and_then(|place| usize::try_from(place).ok());
    // A request that is forgotten may have been a lie.
    let Some(request) = place.and_then(|place| record.requests.get(place)) else { return true };
    request.lie.as_ref().is_some_and(|lie| match lie.answer {
        Answer::Text => true,
        Answer::Status => matches!(lie.code, Some(401 | 403)),
        _ => false,
    })
}

fn answered_without_server(look: &Look<'_>, report: &mut Report) {
    let mut named: HashMap<&str, usize> = HashMap::new();
    for server in &look.rows().servers {
        if let Some(attempt) = server.attempt_id.as_deref() {
            *named.entry(attempt).or_default() += 1;
        }
    }
    for attempt in look.rows().attempts.iter().filter(|attempt| attempt.state == "answered") {
        let known = named.contains_key(attempt.id.as_str());
        // A stray that staff had entered before was given to the order, and keeps its own attempt.
        let entered = |server: &&ServerRow| server.adopted_by.is_some();
        let known = known || look.servers(&attempt.order_id).iter().copied().any(|s| entered(&s));
        report.unless(known || is_stray_elsewhere(look, &attempt.id), "INV-05", || {
            format!(
                "{} ({}) was answered, and no server row came of it",
                attempt.id, attempt.order_id
            )
        });
    }
}

/// A late answer that names a stray of nobody explains that row and leaves it as it is.
fn is_stray_elsewhere(look: &Look<'_>, attempt: &str) -> bool {
    let mut sold = look.evidence.upstream.iter().flat_map(|record| &record.sold);
    let address = sold.find(|sold| sold.permit.as_deref() == Some(attempt));
    address.is_some_and(|sold| {
        let text = sold.address.to_string();
        look.rows().servers.iter().any(|server| server.address == text)
    })
}

/// INV-07. The terms are those in force when the verdict was written, by the order's own history.
fn passing(look: &Look<'_>, server: &ServerRow, report: &mut Report) {
    if server.verdict.as_deref() != Some("match") {
        return;
    }
    let order = server.order_id.as_deref().and_then(|id| look.orders.get(id).copied());
    let Some(order) = order else {
        return report.say("INV-07", format!("{} passed a verdict for no order", server.id));
    };
    let events = look.events(&order.id);
    let own = |event: &&EventRow| {
        let mut cause = event.cause.split(['+', ':']);
        event.kind == "matched"
            && (cause.next(), cause.next()) == (Some("verdict"), Some(server.id.as_str()))
    };
    let Some(place) = events.iter().rposition(own) else {
        let what = format!("{} passed, and {} tells of no verdict", server.id, order.number);
        return report.say("INV-07", what);
    };
    let (least, most) = amendments_in(&events[..place]);
    // Newest first; the frozen copy is the last of them.
    let terms = look.terms_newest_first(order);
    let of = |count: usize| terms.len().checked_sub(count + 1).and_then(|at| terms.get(at));
    let mut wrong = Vec::new();
    for terms in (least..=most).filter_map(of) {
        match unfit(look, server, terms) {
            None => return,
            Some(why) => wrong.push(why),
        }
    }
    for why in wrong {
        report.say("INV-07", format!("{} of {} passed, and {why}", server.address, order.number));
    }
}

/// How many amendments some events brought, at least and at most: a recovery may bring one.
fn amendments_in(events: &[&EventRow]) -> (usize, usize) {
    let brings = |event: &&&EventRow| {
        let replaced = event.cause.starts_with("remedy:manual-provision:");
        matches!(event.kind.as_str(), "accepted" | "ranges_confirmed") || replaced
    };
    let least = events.iter().filter(brings).count();
    let recovered = events.iter().filter(|event| event.kind == "recovered").count();
    (least, least + recovered)
}

fn unfit(look: &Look<'_>, server: &ServerRow, terms: &Terms<'_>) -> Option<String> {
    let name = terms.package_name;
    // Of what a person delivers only ranges promise an address.
    let anywhere = look.is_by_hand(terms.provider) && terms.cidrs.trim().is_empty();
    match place(name, terms.cidrs, &server.address) {
        Place::Inside => {}
        _ if anywhere && server.provider == terms.provider => {}
        Place::Outside => return Some(format!("lies outside {name:?} {:?}", terms.cidrs)),
        Place::Unknown => return Some(format!("nothing tells whether it lies inside {name:?}")),
    }
    if server.ram_gb.is_none_or(|ram| ram < terms.ram_gb) {
        return Some(format!("has {:?} GB where {} were sold", server.ram_gb, terms.ram_gb));
    }
    let wanted = server.os_wanted.as_deref().or(terms.os);
    if wanted.is_some() && server.os.as_deref() != wanted {
        return Some(format!("has {:?} where {wanted:?} was asked for", server.os));
    }
    None
}
