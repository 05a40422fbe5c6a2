//! What went wrong within a time: orders that got another server than was sold, by package and
//! hour, what left and what came back, and delivered orders that an audit found outside their
//! terms.

use axum::extract::State;
use axum::response::Response;
use domain::clock::Timestamp;
use engine::permission::Act;
use engine::read::{Case, Cluster, INCIDENT_MAX, Incident, Listed, Page};
use engine::reconcile::audit::Audited;
use engine::report::{Span, Told};
use http::StatusCode;
use serde::Deserialize;

use super::home::attention;
use crate::app::Shop;
use crate::auth::Me;
use crate::body::Asked;
use crate::order::show::RELOAD_S;
use crate::page::{self, Around};
use crate::paths;
use crate::problem::Problem;
use crate::view::admin::investigation::{Audit, Case as Row, Group, Investigation};
use crate::view::admin::stage_badge;
use crate::view::{Field, Frame, Here};

/// Delivered orders that an audit doubts, as the list names them.
const AUDITED: &str = "audit-mismatch";
/// So many days, where nobody says which.
const DAYS: i64 = 2;
const DAY_US: i64 = 24 * 3_600 * 1_000_000;

#[derive(Debug, Deserialize)]
pub(crate) struct Which {
    /// The first and the last day.
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
}

/// The days as they were typed, and what they mean; nothing where a field says why not.
struct Days {
    from: Field,
    to: Field,
    span: Option<Span>,
}

/// `/admin/investigation`
pub(crate) async fn show(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    Asked(which): Asked<Which>,
) -> Result<Response, Problem> {
    let frame = around.frame(&shop, "Investigation", Here::StaffInvestigation);
    let days = days(&which, &frame);
    let (found, status) = match days.span {
        Some(span) => (Some(shop.engine().investigate(span).await?), StatusCode::OK),
        None => (None, StatusCode::UNPROCESSABLE_ENTITY),
    };
    let audited = shop.engine().listed_as(AUDITED).await?;
    let told = shop.engine().audit_told().await?;
    let page = Investigation {
        audit: audit(&told, &audited, me.may(Act::RemedyNoValue), &frame),
        may_give: me.may(Act::RemedyValue),
        ..shown(found, days, Frame { reload_s: told.is_counting.then_some(RELOAD_S), ..frame })
    };
    page::show_as(status, &page)
}

/// Has all delivered orders audited, at somebody's wish.
pub(crate) async fn audit_now(State(shop): State<Shop>) -> Result<Response, Problem> {
    shop.engine().audit_anew().await?;
    Ok(page::on_to(&format!("{}#{}", paths::STAFF_INVESTIGATION, Audit::PLACE)))
}

fn shown(found: Option<Incident>, days: Days, frame: Frame) -> Investigation {
    let looked = found.is_some();
    let found = found.unwrap_or_default();
    Investigation {
        from: days.from,
        to: days.to,
        looked,
        groups: found.clusters.iter().map(|cluster| group(cluster, &frame)).collect(),
        cases: found.cases.iter().map(|case| row(case, &frame)).collect(),
        has_more: found.has_more,
        audit: Audit::default(),
        may_give: false,
        frame,
    }
}

fn audit(told: &Told<Audited>, listed: &Page<Listed>, may_audit: bool, frame: &Frame) -> Audit {
    let kept = told.kept.as_ref();
    Audit {
        as_of: kept.map(|kept| frame.time(kept.at)),
        looked: kept.map_or(0, |kept| kept.figures.looked),
        outside: kept.map_or(0, |kept| kept.figures.outside),
        is_running: told.is_counting,
        fault: told.fault.as_ref().map(|(at, why)| (frame.time(*at), why.clone())),
        listed: listed.items.iter().map(|row| attention(row, frame)).collect(),
        may_audit,
    }
}

/// The days that were asked for, or the last ones.
fn days(which: &Which, frame: &Frame) -> Days {
    let read = |text: &str| match text.trim() {
        "" => Ok(None),
        text => frame.zone.whole_day(text).map(Some).ok_or("A day is written like 2026-11-21"),
    };
    let field = |text: &str, why: Option<&str>| match why {
        Some(why) => Field::wrong(text, why),
        None => Field::of(text),
    };
    let (first, last) = (read(&which.from), read(&which.to));
    let (span, late) = match (&first, &last) {
        (Ok(first), Ok(last)) => match span(*first, *last, frame.now) {
            Ok(span) => (Some(span), None),
            Err(why) => (None, Some(why)),
        },
        _ => (None, None),
    };
    Days { from: field(&which.from, first.err()), to: field(&which.to, last.err().or(late)), span }
}

type Day = (Timestamp, Timestamp);

/// What two days mean, or what is wrong with the last one.
fn span(first: Option<Day>, last: Option<Day>, now: Timestamp) -> Result<Span, &'static str> {
    let micros = |at: i64| Timestamp::from_micros(at);
    let until = match (last, first) {
        (Some((_, ends)), _) | (None, Some((_, ends))) => ends,
        // What is made in this very moment is behind it.
        (None, None) => micros(now.as_micros() + 1_000_000),
    };
    let from = first.map_or(micros(until.as_micros() - DAYS * DAY_US), |(begins, _)| begins);
    if until <= from {
        return Err("The last day is before the first");
    }
    if until.since(from) > INCIDENT_MAX {
        return Err("That is more than seven days; look at a part of them");
    }
    Ok(Span { from, until })
}

fn group(cluster: &Cluster, frame: &Frame) -> Group {
    Group {
        package: format!("{} (PID {})", cluster.package_name, cluster.pid),
        orders: cluster.orders,
        from: frame.time(cluster.from),
        until: frame.time(cluster.until),
    }
}

fn row(case: &Case, frame: &Frame) -> Row {
    let answer = case.attempt.as_ref().and_then(|attempt| attempt.answer.as_ref());
    Row {
        id: case.order.to_string(),
        number: case.number.clone(),
        customer: case.email.clone(),
        stage: stage_badge(case.stage),
        sold: format!("{}: {}", case.product_name, case.promise),
        package: format!("{} (PID {})", case.package_name, case.pid),
        address: case.address.to_string(),
        server: case.server.as_str().replace('_', " "),
        why: case.why.clone(),
        at: frame.time(case.at),
        request: case.attempt.as_ref().map(|attempt| attempt.request.clone()),
        answer: answer.and_then(|answer| answer.shown.clone()),
    }
}
