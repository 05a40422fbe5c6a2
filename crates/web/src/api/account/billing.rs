//! Whom one's invoices are for. It also says which tax there is.

use axum::Json;
use axum::extract::State;
use engine::Engine;
use engine::party::PartyWish;

use crate::api::party::PartyShape;
use crate::auth::Me;
use crate::body::Sent;
use crate::problem::Problem;

/// My address for invoices; null before it was entered
#[utoipa::path(
    get,
    path = "/api/account/billing",
    tag = "account",
    responses((status = 200, body = Option<PartyShape>))
)]
pub(crate) async fn show(
    State(engine): State<Engine>,
    Me(account): Me,
) -> Result<Json<Option<PartyShape>>, Problem> {
    Ok(Json(engine.customer_party(&account.id).await?.map(PartyShape::from)))
}

/// Set my address for invoices
///
/// Orders that exist keep the tax that they were made with.
#[utoipa::path(
    put,
    path = "/api/account/billing",
    tag = "account",
    request_body = PartyShape,
    responses((status = 200, body = PartyShape))
)]
pub(crate) async fn set(
    State(engine): State<Engine>,
    Me(account): Me,
    Sent(sent): Sent<PartyShape>,
) -> Result<Json<PartyShape>, Problem> {
    let set = engine.set_customer_party(&account.id, &PartyWish::from(sent)).await?;
    Ok(Json(set.into()))
}
