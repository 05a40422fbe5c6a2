//! Another package for an order, by hand: an amendment and a new purchase in one.

use axum::Json;
use axum::extract::State;
use domain::order::Remedy;
use engine::Engine;
use engine::read::Viewer;
use engine::remedy::Wish;
use serde::Deserialize;
use utoipa::ToSchema;

use super::at::find;
use super::orders::OrderAnswer;
use crate::app::Shop;
use crate::auth::Me;
use crate::body::{Key, Sent};
use crate::problem::Problem;

const REASON: &str = "provisioned by hand";

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ManualWish {
    order_id: String,
    #[schema(example = "103.181.91")]
    package_name: String,
    #[schema(value_type = String, example = "8")]
    ram: Gigabytes,
    /// What the customer wrote, where they get another block or less memory.
    consent: Option<String>,
    reason: Option<String>,
    /// Of the order as it was looked at.
    version: Option<i64>,
}

/// `"8"`, as the seeds send it, or `8`.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Gigabytes {
    Text(String),
    Number(u16),
}

/// Buy another package for an order
#[utoipa::path(
    post,
    path = "/api/smartvps/manual-provision",
    tag = "remedies",
    request_body = ManualWish,
    responses((status = 200, body = OrderAnswer))
)]
pub(crate) async fn manual_provision(
    State(shop): State<Shop>,
    State(engine): State<Engine>,
    me: Me,
    Key(key): Key,
    Sent(sent): Sent<ManualWish>,
) -> Result<Json<OrderAnswer>, Problem> {
    let id = find(&shop, &sent.order_id, &Viewer::Staff).await?;
    let version = match (sent.version, &key) {
        // Seeds' scripts send neither: the order as it stands now is what they mean.
        (None, None) => Some(engine.order_view(&id, &Viewer::Staff).await?.version),
        (version, _) => version,
    };
    let ram = match sent.ram {
        Gigabytes::Text(text) => text,
        Gigabytes::Number(number) => number.to_string(),
    };
    let (package_name, consent) = (Some(sent.package_name), sent.consent);
    let reason = sent.reason.as_deref().unwrap_or(REASON);
    let wish = Wish::new(Remedy::ManualProvision, reason);
    let wish = Wish { version, key, package_name, ram: Some(ram), consent, ..wish };
    engine.remedy(&id, wish, me.actor()).await?;
    Ok(Json(engine.order_view(&id, &Viewer::Staff).await?.into()))
}
