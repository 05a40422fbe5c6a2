//! What a customer chooses for a purchase that nobody has heard of: money back, or waiting.

use axum::Json;
use axum::extract::State;
use engine::Engine;
use engine::read::Viewer;
use engine::remedy;
use serde::Deserialize;
use utoipa::ToSchema;

use super::OrderAnswer;
use crate::api::at::Own;
use crate::body::Sent;
use crate::problem::Problem;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChoiceWish {
    choice: Choice,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Choice {
    Refund,
    Wait,
}

/// Choose where a choice was offered
#[utoipa::path(
    post,
    path = "/api/orders/{id}/choice",
    tag = "orders",
    params(("id" = String, Path, description = "Its id or its number")),
    request_body = ChoiceWish,
    responses((status = 200, body = OrderAnswer))
)]
pub(crate) async fn choose(
    State(engine): State<Engine>,
    Own { id, me }: Own,
    Sent(wish): Sent<ChoiceWish>,
) -> Result<Json<OrderAnswer>, Problem> {
    let choice = match wish.choice {
        Choice::Refund => remedy::Choice::Refund,
        Choice::Wait => remedy::Choice::Wait,
    };
    engine.choose(&id, choice, me.actor()).await?;
    Ok(Json(engine.order_view(&id, &Viewer::Owner(me.0.id.clone())).await?.into()))
}
