//! The story of an order in words: for customers what concerns them, and never an address that
//! is not theirs; for staff everything.

use std::collections::HashMap;
use std::net::Ipv4Addr;

use domain::clock::Timestamp;
use domain::id::{AttemptId, ServerId};
use domain::order::Terms;
use domain::server::State;
use store::history;
use store::order::Order;
use store::server::Server;

/// One line of a customer's timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    pub at: Timestamp,
    pub what: String,
}

/// One line of the staff's timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffMoment {
    pub at: Timestamp,
    pub what: String,
    pub kind: String,
    pub stage: String,
    pub actor: String,
    /// JSON: claim, reading and permit numbers, and reasons.
    pub data: String,
}

/// What customers read of an event. Events that are not listed here are not their business.
fn for_customers(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "ordered" => "Ordered",
        "paid" => "Paid",
        "paid_too_late" => "Your payment came after the end of the reservation; it is yours",
        "reservation_over" => "The reservation ended; nothing was paid",
        "reserved_again" => "Reserved again",
        "permitted" => "Asking the provider for your server",
        "went_unheard" => {
            "The provider has not told us yet whether your server was bought; nothing is bought twice"
        }
        "answered" | "adopted" => "A server was assigned; it is being checked",
        "rejected" | "stopped" => "Your server could not be made; our staff take care of it",
        "tried_again" => "Trying again",
        "matched" => "The server is what you bought",
        "mismatched" => "The server that came is not what you bought, so you do not get it",
        "held" | "doubted" => "Our staff check the server by hand",
        "credentials_late" => "The sign-in data take longer than usual",
        "cancelled" => "Cancelled",
        "refund_asked" | "refund_planned" => "Money back was decided",
        "refund_done" => "Money is back with you",
        "refund_wanted" => "You asked for your money back",
        "refund_declined" => "Our staff answered: no money goes back",
        "reprovisioned" => "Our staff ordered the server again",
        "recovered" => "Back on its way",
        "accepted" | "ranges_confirmed" => "Checked anew under what was agreed",
        "nothing_bought" => "It is certain now that nothing was bought",
        "offered" => "You may choose: your money back now, or wait",
        "waited" => "Waiting on",
        "extended" => "Your time was extended",
        "discounted" => "You have a code for your next order, by mail",
        "term_over" => "The time that you bought is over",
        _ => return None,
    })
}

/// Staff also read what does not concern customers.
fn for_staff(kind: &str) -> &str {
    match kind {
        "paid_too_late" => "The payment came after the end of the reservation",
        "permitted" => "The provider is asked for the server",
        "stopped" => "Stopped before the purchase",
        "rejected" => "The provider proved to have sold nothing",
        "went_unheard" => "No usable answer: money may be spent",
        "answered" => "The purchase's answer names a server",
        "adopted" => "A person named the server",
        "mismatched" => "The server is not what was sold",
        "held" => "What was sold cannot be compared with the server",
        "doubted" => "The adopted server is doubted",
        "offered" => "The customer may choose: money back now, or wait",
        "extended" => "The customer's time was extended",
        "term_over" => "The time that was sold is over",
        "refund_planned" => "Some money goes back",
        "discounted" => "A code for their next order was given",
        "refund_done" => "Money is back with the customer",
        "refund_wanted" => "The customer asks for their money back",
        "refund_declined" => "Money back was declined",
        "refund_came_back" => "Money did not go back: staff see to it",
        "attempt_written_off" => "A purchase was written off",
        "server_ended" => "A server was ended at the provider",
        "server_written_off" => "A server was written off",
        "audit_mismatched" => "An audit found the server outside the terms",
        kind => for_customers(kind).unwrap_or(kind),
    }
}

/// `14:03 UTC`.
fn clock_of(at: Timestamp) -> String {
    at.minute().get(11..).unwrap_or_default().to_owned()
}

/// Servers of one order, found by what caused an event.
pub(super) struct Servers<'a>(HashMap<&'a str, &'a Server>);

impl<'a> Servers<'a> {
    pub(super) fn of(servers: &'a [Server]) -> Servers<'a> {
        let mut found = HashMap::new();
        for server in servers {
            found.insert(server.id.as_str(), server);
            // The first server of an attempt is the one that its answer led to.
            if let Some(attempt) = &server.attempt {
                found.entry(attempt.as_str()).or_insert(server);
            }
        }
        Servers(found)
    }

    /// Verdicts and answers are caused by `verdict:<server>:…` and `answer:<attempt>`.
    fn behind(&self, cause: &str) -> Option<&'a Server> {
        let id = cause.split([':', '+']).nth(1)?;
        let known = ServerId::parse(id).is_ok() || AttemptId::parse(id).is_ok();
        if known { self.0.get(id).copied() } else { None }
    }
}

/// `sold 103.181.91.x, delivered 103.181.91.50, checked at 14:03 UTC`.
fn delivery(terms: &Terms, address: Option<Ipv4Addr>, at: Timestamp) -> String {
    let address = address.map(|address| format!(" {address}")).unwrap_or_default();
    format!("sold {}, delivered{address}, checked at {}", terms.promise(), clock_of(at))
}

/// The customer's timeline. Only a server that is theirs now is named.
pub(super) fn customers(
    order: &Order,
    terms: &Terms,
    moments: &[history::Moment],
    servers: &Servers<'_>,
) -> Vec<Moment> {
    moments
        .iter()
        .filter_map(|moment| {
            let what = match moment.kind.as_str() {
                "delivered" => {
                    let theirs = servers.behind(&moment.cause).filter(|s| is_theirs(order, s));
                    delivery(terms, theirs.map(|server| server.address), moment.at)
                }
                kind => for_customers(kind)?.to_owned(),
            };
            Some(Moment { at: moment.at, what })
        })
        .collect()
}

/// Delivered to this customer and not taken back.
pub(super) fn is_theirs(order: &Order, server: &Server) -> bool {
    server.state == State::Delivered && server.order.as_ref() == Some(&order.id)
}

/// The staff's timeline: every event, with the server behind it and the reason that was given.
pub(super) fn staff(
    terms: &Terms,
    moments: &[history::Moment],
    servers: &Servers<'_>,
) -> Vec<StaffMoment> {
    let tell = |moment: &history::Moment| {
        let server = servers.behind(&moment.cause).filter(|_| names_a_server(&moment.kind));
        let mut what = match moment.kind.as_str() {
            "delivered" => delivery(terms, server.map(|server| server.address), moment.at),
            kind => {
                let address = server.map(|server| format!(": {}", server.address));
                format!("{}{}", for_staff(kind), address.unwrap_or_default())
            }
        };
        if let Some(reason) = reason_in(&moment.data) {
            what.push_str(&format!(" ({reason})"));
        }
        StaffMoment {
            at: moment.at,
            what,
            kind: moment.kind.clone(),
            stage: moment.stage.clone(),
            actor: moment.actor.clone(),
            data: moment.data.clone(),
        }
    };
    moments.iter().map(tell).collect()
}

/// Events that are about a server; a permit is not, though its purchase came to one.
fn names_a_server(kind: &str) -> bool {
    matches!(kind, "answered" | "matched" | "mismatched" | "held" | "doubted" | "delivered")
}

pub(crate) fn reason_in(data: &str) -> Option<String> {
    let data: serde_json::Value = serde_json::from_str(data).ok()?;
    data.get("reason")?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_the_customers_business_is_not_told() {
        for kind in ["server_written_off", "attempt_written_off", "audit_mismatched", "new_kind"] {
            assert_eq!(for_customers(kind), None, "{kind}");
            assert!(!for_staff(kind).is_empty(), "{kind}");
        }
    }

    #[test]
    fn the_time_of_day_is_told_in_hours_and_minutes() {
        let at = Timestamp::parse("2026-11-21T14:03:27Z").unwrap();
        assert_eq!(clock_of(at), "14:03 UTC");
    }
}
