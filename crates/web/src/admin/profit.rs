//! What the shop earns: a month by provider and package, and the months before it.

use axum::extract::State;
use axum::response::Response;
use domain::profit::Profit;
use engine::profit::Earned;
use serde::Deserialize;

use crate::app::Shop;
use crate::body::Asked;
use crate::page::{self, Around};
use crate::paths;
use crate::problem::Problem;
use crate::view::Here;
use crate::view::admin::profit::{Earnings, Line};
use crate::view::when::Month;

/// So many months are listed.
const MONTHS: usize = 12;
/// Nobody counts further what has no cost yet.
const UNKNOWN_MAX: i64 = 1_000;

#[derive(Debug, Default, Deserialize)]
pub(crate) struct Which {
    /// `2026-11`; without it the one that it is.
    #[serde(default)]
    month: String,
}

/// `/admin/profit`
pub(crate) async fn show(
    State(shop): State<Shop>,
    around: Around,
    Asked(which): Asked<Which>,
) -> Result<Response, Problem> {
    let frame = around.frame(&shop, "Profit", Here::StaffProfit);
    let months = frame.zone.months(shop.engine().ledgers_now().await?, MONTHS);
    let month = asked(&which.month, &months, |name| frame.zone.month(name))?;
    let earned = shop.engine().profit_by_package(month.from, month.until).await?;
    let times = months.iter().map(|month| (month.from, month.until)).collect();
    let by_month = shop.engine().profit_by_time(times).await?;
    let line = |(month, profits): (&Month, Vec<Profit>)| {
        let link = paths::with_query(paths::STAFF_PROFIT, [("month", &*month.name)]);
        let of = |profit| Line { link: Some(link.clone()), ..Line::of(&month.text, profit) };
        profits.iter().map(of).collect::<Vec<_>>()
    };
    page::show(&Earnings {
        month: month.text.clone(),
        unknown: unknown(shop.engine().bought_at_unknown_cost(UNKNOWN_MAX).await?),
        whole: summed(&earned, |_| month.text.clone()),
        providers: summed(&earned, |earned| provider(&earned.provider)),
        packages: earned.iter().map(|earned| Line::of(package(earned), &earned.profit)).collect(),
        months: months.iter().zip(by_month).flat_map(line).collect(),
        frame,
    })
}

/// How many servers seem to cost nothing, in words; nothing where there are none.
fn unknown(count: i64) -> Option<String> {
    match count {
        0 => None,
        1 => Some("1 server".into()),
        UNKNOWN_MAX.. => Some(format!("{UNKNOWN_MAX} servers or more")),
        count => Some(format!("{count} servers")),
    }
}

/// The month that was asked for, or the newest.
pub(crate) fn asked(
    name: &str,
    months: &[Month],
    named: impl Fn(&str) -> Option<Month>,
) -> Result<Month, Problem> {
    let newest = || months.first().cloned();
    let found = if name.is_empty() { newest() } else { named(name) };
    found.ok_or_else(|| Problem::malformed("month is written like 2026-11"))
}

/// One line for each thing that they have in common, and each currency.
fn summed(earned: &[Earned], what: impl Fn(&Earned) -> String) -> Vec<Line> {
    let mut sums: Vec<(String, Profit)> = Vec::new();
    for one in earned {
        let (what, profit) = (what(one), &one.profit);
        let same = |(known, sum): &&mut (String, Profit)| {
            *known == what && sum.currency == profit.currency
        };
        match sums.iter_mut().find(same) {
            Some((_, sum)) => sum.plus(profit),
            None => sums.push((what, profit.clone())),
        }
    }
    sums.iter().map(|(what, profit)| Line::of(what, profit)).collect()
}

fn provider(id: &str) -> String {
    if id.is_empty() { "of no order".to_owned() } else { id.to_owned() }
}

fn package(earned: &Earned) -> String {
    match earned.pid.as_str() {
        "" => provider(""),
        pid => format!("{} (PID {pid})", earned.package_name),
    }
}
