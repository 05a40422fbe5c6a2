//! What the shop has earned in a month, by package.

use axum::Json;
use axum::extract::State;
use domain::money::Money;
use domain::profit::Profit;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::admin::profit::asked;
use crate::api::shapes::Amount;
use crate::app::Shop;
use crate::body::Asked;
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

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EarnedInMonth)]
pub(crate) struct MonthAnswer {
    month: String,
    packages: Vec<PackageAnswer>,
}

/// What was earned in a month
#[utoipa::path(
    get,
    path = "/api/admin/profit",
    tag = "staff",
    params(Which),
    responses((status = 200, body = MonthAnswer))
)]
pub(crate) async fn month(
    State(shop): State<Shop>,
    Asked(which): Asked<Which>,
) -> Result<Json<MonthAnswer>, Problem> {
    let zone = &shop.app().look.zone;
    let newest = zone.months(shop.engine().ledgers_now().await?, 1);
    let month = asked(which.month.as_deref().unwrap_or_default(), &newest, |n| zone.month(n))?;
    let earned = shop.engine().profit_by_package(month.from, month.until).await?;
    let packages = earned.into_iter().map(|earned| PackageAnswer {
        earned: ProfitAnswer::from(&earned.profit),
        provider: earned.provider,
        package_id: earned.pid,
        package_name: earned.package_name,
    });
    Ok(Json(MonthAnswer { month: month.name, packages: packages.collect() }))
}
