//! What the shop has earned in a month, by package, as a worker counted it.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::money::Money;
use domain::profit::Profit;
use engine::profit::Earned;
use engine::report::Told;
use http::{StatusCode, header};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::admin::profit::asked;
use crate::api::shapes::{Amount, time};
use crate::app::Shop;
use crate::body::Asked;
use crate::order::show::RELOAD_S;
use crate::problem::Problem;

#[derive(Debug, Deserialize, IntoParams)]
pub(crate) struct Which {
    /// Such as `2026-11`, in the shop's time zone; without it the month that it is.
    month: Option<String>,
}

/// Revenue less cost, goodwill, loss and fees is the profit. Without tax.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Profit)]
pub(crate) struct ProfitAnswer {
    revenue: Amount,
    cost: Amount,
    goodwill: Amount,
    loss: Amount,
    fees: Amount,
    profit: Amount,
}

impl From<&Profit> for ProfitAnswer {
    fn from(profit: &Profit) -> ProfitAnswer {
        let money = |minor| Money::new(minor, profit.currency).into();
        ProfitAnswer {
            revenue: money(profit.revenue),
            cost: money(profit.cost),
            goodwill: money(profit.goodwill),
            loss: money(profit.loss),
            fees: money(profit.fees),
            profit: profit.whole().into(),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = EarnedByPackage)]
struct PackageAnswer {
    /// Empty where no order is behind it.
    provider: String,
    /// The provider's number, the PID.
    package_id: String,
    package_name: String,
    #[serde(flatten)]
    earned: ProfitAnswer,
}

/// As it was counted last. Old figures that can have changed are counted anew when somebody asks.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = EarnedInMonth)]
pub(crate) struct MonthAnswer {
    month: String,
    /// The moment that the figures are of; null where nothing is counted yet.
    counted_at: Option<String>,
    /// Newer figures are on their way.
    is_counting: bool,
    /// Why the last count came to nothing; the figures are those of the one before.
    failure: Option<String>,
    /// Those that sold most first.
    packages: Vec<PackageAnswer>,
}

/// What was earned in a month
#[utoipa::path(
    get,
    path = "/api/admin/profit",
    tag = "staff",
    params(Which),
    responses(
        (status = 200, body = MonthAnswer),
        (status = 202, body = MonthAnswer, description = "Being counted for the first time: ask \
            again after `Retry-After`")
    )
)]
pub(crate) async fn month(
    State(shop): State<Shop>,
    Asked(which): Asked<Which>,
) -> Result<Response, Problem> {
    let times = shop.engine().ledgers_times().await?;
    let named = which.month.as_deref().unwrap_or_default();
    let month = asked(named, times.now, &shop.app().look.zone)?;
    let Told { kept, is_counting, fault } = shop.engine().profit_by_package(month.span()).await?;
    let failure = fault.map(|(_, why)| why);
    let counted_at = kept.as_ref().map(|kept| time(kept.at));
    if let (None, false, Some(why)) = (&kept, is_counting, &failure) {
        return Err(Problem::count_failed(why));
    }
    let status = if kept.is_some() { StatusCode::OK } else { StatusCode::ACCEPTED };
    let of = |earned: Earned| PackageAnswer {
        earned: ProfitAnswer::from(&earned.profit),
        provider: earned.provider,
        package_id: earned.pid,
        package_name: earned.package_name,
    };
    let packages = kept.map(|kept| kept.figures).unwrap_or_default();
    let packages = packages.into_iter().map(of).collect();
    let answer = MonthAnswer { month: month.name, counted_at, is_counting, failure, packages };
    let mut response = (status, Json(answer)).into_response();
    if status == StatusCode::ACCEPTED {
        response.headers_mut().insert(header::RETRY_AFTER, RELOAD_S.into());
    }
    Ok(response)
}
