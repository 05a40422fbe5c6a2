//! Providers without an API and the plans that staff sell of them. Changing a plan is changing a
//! product: `products.rs`. Their switch is everybody's: `providers.rs`.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use domain::provider::ByHand;
use engine::Engine;
use engine::catalogue::NewPlan;
use engine::provider::{ByHandPatch, NewByHand};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::products::{self, ProductAnswer};
use super::providers::ProviderName;
use crate::api::shapes::{Amount, List};
use crate::app::Shop;
use crate::auth::Me;
use crate::body::{At, Sent};
use crate::problem::Problem;

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ProviderByHand)]
pub(crate) struct ByHandAnswer {
    #[schema(example = "hand-frankfurt-rack")]
    id: String,
    name: String,
    /// So soon after payment a person is to have delivered.
    due_minutes: u64,
    note: String,
    /// Why nothing of it is delivered at the moment, if that is so.
    paused: Option<String>,
}

fn answer(provider: ByHand, paused: Option<String>) -> ByHandAnswer {
    let ByHand { id, name, due_within, note } = provider;
    ByHandAnswer { id, name, due_minutes: due_within.as_secs() / 60, note, paused }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ByHandWish {
    /// The provider's id comes of it and stays.
    #[schema(example = "Frankfurt rack")]
    name: String,
    /// So soon after payment a person is to have delivered.
    #[schema(example = 240)]
    due_minutes: u32,
    /// Where its servers are ordered, and how. For staff.
    #[serde(default)]
    note: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ByHandChange {
    name: Option<String>,
    due_minutes: Option<u32>,
    note: Option<String>,
}

fn minutes(count: u32) -> Duration {
    Duration::from_secs(u64::from(count) * 60)
}

/// Providers without an API
#[utoipa::path(
    get,
    path = "/api/admin/providers",
    tag = "by hand",
    responses((status = 200, body = List<ByHandAnswer>))
)]
pub(crate) async fn list(
    State(engine): State<Engine>,
) -> Result<Json<List<ByHandAnswer>>, Problem> {
    let all = engine.all_by_hand().await?;
    let items = all.into_iter().map(|(provider, paused)| answer(provider, paused)).collect();
    Ok(Json(List { items, next: None }))
}

/// Enter a provider without an API
#[utoipa::path(
    post,
    path = "/api/admin/providers",
    tag = "by hand",
    request_body = ByHandWish,
    responses((status = 201, body = ByHandAnswer))
)]
pub(crate) async fn add(
    State(engine): State<Engine>,
    me: Me,
    Sent(wish): Sent<ByHandWish>,
) -> Result<(StatusCode, Json<ByHandAnswer>), Problem> {
    let ByHandWish { name, due_minutes, note } = wish;
    let new = NewByHand { name, due_within: minutes(due_minutes), note };
    let provider = engine.add_by_hand(new, me.actor()).await?;
    Ok((StatusCode::CREATED, Json(answer(provider, None))))
}

/// Change a provider without an API
#[utoipa::path(
    patch,
    path = "/api/admin/providers/{id}",
    tag = "by hand",
    params(("id" = String, Path, example = "hand-frankfurt-rack")),
    request_body = ByHandChange,
    responses((status = 200, body = ByHandAnswer))
)]
pub(crate) async fn change(
    State(engine): State<Engine>,
    me: Me,
    At(ProviderName(id)): At<ProviderName>,
    Sent(wish): Sent<ByHandChange>,
) -> Result<Json<ByHandAnswer>, Problem> {
    let ByHandChange { name, due_minutes, note } = wish;
    let patch = ByHandPatch { name, due_within: due_minutes.map(minutes), note };
    let provider = engine.change_by_hand(&id, patch, me.actor()).await?;
    let all = engine.all_by_hand().await?.into_iter();
    let paused = all.filter(|(known, _)| known.id == id).find_map(|(_, paused)| paused);
    Ok(Json(answer(provider, paused)))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct PlanWish {
    #[schema(example = "G.8GB")]
    name: String,
    /// What customers read; without it they read the name.
    display_name: Option<String>,
    /// The provider's own number of it; without one the name stands for it.
    pid: Option<String>,
    /// By memory.
    prices: BTreeMap<String, Amount>,
    /// What one costs us, by memory.
    #[serde(default)]
    costs: BTreeMap<String, Amount>,
    /// How many there are. Without it there is no end of them.
    stock: Option<i64>,
    /// So many days one is sold for.
    #[schema(example = 30)]
    days: i64,
    /// Where its servers are; without any, every address will do.
    #[serde(default)]
    cidrs: Vec<String>,
    /// Sold at once, unless it says no.
    published: Option<bool>,
}

impl PlanWish {
    fn plan(self) -> Result<NewPlan, Problem> {
        let moneys = |sent: BTreeMap<String, Amount>| {
            let money = |(memory, amount): (String, Amount)| Ok((memory, Some(amount.money()?)));
            sent.into_iter().map(money).collect::<Result<Vec<_>, Problem>>()
        };
        Ok(NewPlan {
            prices: moneys(self.prices)?,
            costs: moneys(self.costs)?,
            name: self.name,
            display_name: self.display_name,
            pid: self.pid,
            stock: self.stock,
            days: self.days,
            cidrs: self.cidrs,
            published: self.published.unwrap_or(true),
        })
    }
}

/// Put a plan of a provider without an API on the shelf
#[utoipa::path(
    post,
    path = "/api/admin/providers/{id}/plans",
    tag = "by hand",
    params(("id" = String, Path, example = "hand-frankfurt-rack")),
    request_body = PlanWish,
    responses((status = 201, body = ProductAnswer))
)]
pub(crate) async fn add_plan(
    State(shop): State<Shop>,
    me: Me,
    At(ProviderName(id)): At<ProviderName>,
    Sent(wish): Sent<PlanWish>,
) -> Result<(StatusCode, Json<ProductAnswer>), Problem> {
    let shown = shop.engine().add_plan(&id, wish.plan()?, me.actor()).await?;
    shop.shelf().clear();
    Ok((StatusCode::CREATED, Json(products::answer(shop.engine(), &shown))))
}
