//! What went wrong within a time: orders that got another server than was sold, by package and
//! hour, what left and what came back, and delivered orders that an audit found outside their
//! terms.

use axum::extract::State;
use axum::response::Response;
use engine::permission::Act;
use engine::read::{Case, Cluster, Desk, Incident, Wanted};
use engine::report::Span;
use serde::Deserialize;

use super::home::attention;
use crate::app::Shop;
use crate::auth::Me;
use crate::body::Asked;
use crate::page::{self, Around};
use crate::problem::Problem;
use crate::view::admin::investigation::{Case as Row, Group, Investigation};
use crate::view::admin::stage_badge;
use crate::view::when::Zone;
use crate::view::{Frame, Here};

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

/// `/admin/investigation`
pub(crate) async fn show(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    Asked(which): Asked<Which>,
) -> Result<Response, Problem> {
    let frame = around.frame(&shop, "Investigation", Here::StaffOrders);
    let span = span(&which, &frame)?;
    let found = shop.engine().investigate(span).await?;
    let audited = Wanted { why: Some(AUDITED.to_owned()), ..Wanted::default() };
    let audited = shop.engine().desk(&audited, None, None).await?;
    page::show(&shown(found, &audited, (&which, me.may(Act::RemedyValue)), frame))
}

fn shown(
    found: Incident,
    audited: &Desk,
    (which, may_give): (&Which, bool),
    frame: Frame,
) -> Investigation {
    Investigation {
        from: which.from.clone(),
        to: which.to.clone(),
        groups: found.clusters.iter().map(|cluster| group(cluster, &frame)).collect(),
        cases: found.cases.iter().map(|case| row(case, &frame)).collect(),
        has_more: found.has_more,
        audited: audited.page.items.iter().map(|row| attention(row, &frame)).collect(),
        may_give,
        frame,
    }
}

/// The days that were asked for, or the last ones.
fn span(which: &Which, frame: &Frame) -> Result<Span, Problem> {
    let day = |text: &str, zone: &Zone| match text.trim() {
        "" => Ok(None),
        text => {
            let day = zone.whole_day(text);
            day.map(Some).ok_or_else(|| Problem::malformed("a day is written like 2026-11-21"))
        }
    };
    let (first, last) = (day(&which.from, &frame.zone)?, day(&which.to, &frame.zone)?);
    let micros = |at: i64| domain::clock::Timestamp::from_micros(at);
    let until = match (last, first) {
        (Some((_, ends)), _) => ends,
        (None, Some((_, ends))) => ends,
        // What is made in this very moment is behind it.
        (None, None) => micros(frame.now.as_micros() + 1_000_000),
    };
    let from = first.map_or(micros(until.as_micros() - DAYS * DAY_US), |(begins, _)| begins);
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
