//! What the shop earns: a month by provider and package, and the months before it. A worker counts
//! it; the page shows what was counted last, and moves while it is counted.

use axum::extract::State;
use axum::response::Response;
use domain::clock::Timestamp;
use domain::money::Money;
use domain::profit::Profit;
use engine::profit::{Earned, Month as Sold, Times};
use engine::report::{Span, Told};
use serde::Deserialize;

use crate::app::Shop;
use crate::body::Asked;
use crate::csv;
use crate::order::show::RELOAD_S;
use crate::page::{self, Around, Posted};
use crate::paths;
use crate::problem::Problem;
use crate::view::admin::profit::{Earnings, Figures, Line};
use crate::view::when::{Month, Zone};
use crate::view::{Frame, Here};

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
    let times = shop.engine().ledgers_times().await?;
    let month = asked(&which.month, times.now, &frame.zone)?;
    let months = listed(&frame.zone, times);
    // First the one that is looked at: it is counted first.
    let mut spans = vec![month.span()];
    spans.extend(months.iter().map(Month::span).filter(|span| *span != month.span()));
    let told = shop.engine().profit_by_month(&spans).await?;
    let unknown = unknown(shop.engine().bought_at_unknown_cost(UNKNOWN_MAX).await?);
    page::show(&earnings(frame, (&month, &months), (&spans, told), unknown))
}

fn earnings(
    frame: Frame,
    (month, months): (&Month, &[Month]),
    (spans, told): (&[Span], Vec<Told<Sold>>),
    unknown: Option<String>,
) -> Earnings {
    let is_moving = told.iter().any(|told| told.is_counting);
    let (mut lines, mut uncounted) = (Vec::new(), Vec::new());
    for listed in months {
        let link = paths::staff_profit(&listed.name);
        let at = spans.iter().position(|span| *span == listed.span());
        match at.and_then(|at| told.get(at)?.kept.as_ref()) {
            Some(kept) => {
                let of =
                    |profit| Line { link: Some(link.clone()), ..Line::of(&listed.text, profit) };
                lines.extend(kept.figures.whole.iter().map(of));
            }
            // The one that is looked at says so itself.
            None if listed.name == month.name => {}
            None => uncounted.push((listed.text.clone(), link)),
        }
    }
    let shown = told.into_iter().next();
    let (kept, is_counting, fault) = match shown {
        Some(Told { kept, is_counting, fault }) => (kept, is_counting, fault),
        None => (None, false, None),
    };
    Earnings {
        month: month.text.clone(),
        name: month.name.clone(),
        unknown,
        as_of: kept.as_ref().map(|kept| frame.time(kept.at)),
        figures: kept.map(|kept| figures(&kept.figures, month)),
        is_counting,
        fault: fault.map(|(at, why)| (frame.time(at), why)),
        months: lines,
        uncounted,
        frame: Frame { reload_s: is_moving.then_some(RELOAD_S), ..frame },
    }
}

fn figures(sold: &Sold, month: &Month) -> Figures {
    let whole = sold.whole.iter().map(|profit| Line::of(&month.text, profit));
    let provider = |(id, profit): &(String, Profit)| Line::of(provider(id), profit);
    let package = |earned: &Earned| Line::of(package(earned), &earned.profit);
    let others = |(count, profit): &(usize, Profit)| {
        let what = if *count == 1 { "1 other".to_owned() } else { format!("{count} others") };
        Line::of(format!("{what}, together"), profit)
    };
    let packages = sold.packages.iter().map(package).chain(sold.others.iter().map(others));
    Figures {
        whole: whole.collect(),
        providers: sold.providers.iter().map(provider).collect(),
        packages: packages.collect(),
    }
}

/// Counts a month anew, at somebody's wish.
pub(crate) async fn count(
    State(shop): State<Shop>,
    Posted(which): Posted<Which>,
) -> Result<Response, Problem> {
    let times = shop.engine().ledgers_times().await?;
    let month = asked(&which.month, times.now, &shop.app().look.zone)?;
    shop.engine().count_profit_anew(month.span()).await?;
    Ok(page::on_to(&paths::staff_profit(&month.name)))
}

/// `/admin/profit/packages.csv`: all packages of a month. Where nothing is counted yet, the page
/// tells more.
pub(crate) async fn table(
    State(shop): State<Shop>,
    Asked(which): Asked<Which>,
) -> Result<Response, Problem> {
    let times = shop.engine().ledgers_times().await?;
    let month = asked(&which.month, times.now, &shop.app().look.zone)?;
    let told = shop.engine().profit_by_package(month.span()).await?;
    Ok(match told.kept {
        Some(kept) => csv::file(&format!("profit-{}.csv", month.name), written(&kept.figures)),
        None => page::on_to(&paths::staff_profit(&month.name)),
    })
}

fn written(earned: &[Earned]) -> String {
    let mut text = String::new();
    let heads = [
        "Provider", "PID", "Package", "Currency", "Sold", "Servers", "Goodwill", "Lost", "Fees",
        "Profit",
    ];
    csv::line(&mut text, &heads.map(str::to_owned));
    for Earned { provider, pid, package_name, profit } in earned {
        let money = |minor| csv::digits(Money::new(minor, profit.currency));
        let cells = [
            provider.clone(),
            pid.clone(),
            package_name.clone(),
            profit.currency.code().to_owned(),
            money(profit.revenue),
            money(profit.cost),
            money(profit.goodwill),
            money(profit.loss),
            money(profit.fees),
            csv::digits(profit.whole()),
        ];
        csv::line(&mut text, &cells);
    }
    text
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

/// The month that was asked for, or the one that it is.
pub(crate) fn asked(name: &str, now: Timestamp, zone: &Zone) -> Result<Month, Problem> {
    let newest = || zone.months(now, 1).into_iter().next();
    let found = if name.is_empty() { newest() } else { zone.month(name) };
    found.ok_or_else(|| Problem::malformed("month is written like 2026-11"))
}

/// The last months in which the shop was open, newest first.
fn listed(zone: &Zone, times: Times) -> Vec<Month> {
    let Some(first) = times.first else { return Vec::new() };
    zone.months(times.now, MONTHS).into_iter().filter(|month| month.until > first).collect()
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
