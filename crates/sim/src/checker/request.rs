//! INV-24: the same idempotency key gets the same answer and has no second effect.

use std::collections::{BTreeMap, HashMap};

use super::look::Look;
use super::{Exchange, Report};

pub fn check(look: &Look<'_>, report: &mut Report) {
    kept_answers(look, report);
    answered_alike(look.evidence.exchanges, report);
}

fn kept_answers(look: &Look<'_>, report: &mut Report) {
    let mut effects: HashMap<(&str, &str), &str> = HashMap::new();
    for request in &look.rows().requests {
        let (route, key) = (&request.route, &request.idempotency_key);
        let failed = request.status.is_some_and(|status| status >= 500);
        report.unless(!failed, "INV-24", || {
            format!("the {:?} to {route} under {key} is kept as its answer", request.status)
        });
        report.unless(request.secret == 0 || request.body.is_none(), "INV-24", || {
            format!("the answer to {route} under {key} held a secret, and is kept")
        });
        let Some(effect) = request.effect.as_deref() else { continue };
        let lost = effect.starts_with("ord_") && !look.orders.contains_key(effect);
        report.unless(!lost, "INV-24", || {
            format!("{route} under {key} brought about {effect}, which is no order")
        });
        // Under one route two keys make two things; a route that names the thing is about it.
        if route.contains(effect) {
            continue;
        }
        if let Some(other) = effects.insert((route, effect), key) {
            let what = format!("{route} brought about {effect} under {other} and under {key}");
            report.say("INV-24", what);
        }
    }
}

/// What came back to whoever sent the same once more.
fn answered_alike(exchanges: &[Exchange], report: &mut Report) {
    let mut first: BTreeMap<(&str, &str, &str), &Exchange> = BTreeMap::new();
    for exchange in exchanges.iter().filter(|exchange| counts(exchange)) {
        let name = (exchange.account.as_str(), exchange.route.as_str(), exchange.key.as_str());
        let Some(before) = first.get(&name).copied() else {
            first.insert(name, exchange);
            continue;
        };
        let (route, key) = (&exchange.route, &exchange.key);
        if before.request != exchange.request {
            report.unless(exchange.status >= 400, "INV-24", || {
                format!("{route} under {key} took another body, with {}", exchange.status)
            });
            continue;
        }
        let secret = exchange.status == 409 && exchange.answer.contains("already-answered");
        let alike = (exchange.status, &exchange.answer) == (before.status, &before.answer);
        report.unless(alike || secret, "INV-24", || {
            let (one, other) = (before.status, exchange.status);
            format!("{route} under {key} was answered with {one}, and then otherwise, with {other}")
        });
    }
}

/// Answers of the door, and of a request that is still at work, are no answers of the deed.
fn counts(exchange: &Exchange) -> bool {
    let at_work = exchange.status == 409 && exchange.answer.contains("in-flight");
    exchange.status < 500 && !matches!(exchange.status, 401 | 403 | 429) && !at_work
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exchange(request: &str, status: u16, answer: &str) -> Exchange {
        Exchange {
            account: "acc_1".into(),
            route: "POST /api/orders".into(),
            key: "k".into(),
            request: request.into(),
            status,
            answer: answer.into(),
        }
    }

    fn said(exchanges: &[Exchange]) -> Vec<&'static str> {
        let mut report = Report::default();
        answered_alike(exchanges, &mut report);
        report.sorted().into_iter().map(|violation| violation.invariant).collect()
    }

    #[test]
    fn the_same_request_is_answered_alike() {
        let (made, again) = (exchange("a", 201, "ord_1"), exchange("a", 201, "ord_1"));
        assert_eq!(said(&[exchange("a", 500, ""), made.clone(), again]), [""; 0]);
        assert_eq!(said(&[made.clone(), exchange("b", 422, "other-body")]), [""; 0]);
        assert_eq!(said(&[made.clone(), exchange("a", 409, "already-answered")]), [""; 0]);
        assert_eq!(said(&[made.clone(), exchange("a", 201, "ord_2")]), ["INV-24"]);
        assert_eq!(said(&[made, exchange("b", 201, "ord_2")]), ["INV-24"]);
    }
}
