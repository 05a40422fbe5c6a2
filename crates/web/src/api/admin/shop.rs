//! Who sells, as invoices name them.

use axum::Json;
use axum::extract::State;
use engine::Engine;
use engine::party::PartyWish;

use crate::api::party::PartyShape;
use crate::auth::Me;
use crate::body::Sent;
use crate::problem::Problem;

/// The shop's own address; null before it was entered
#[utoipa::path(
    get,
    path = "/api/admin/shop/address",
    tag = "staff",
    responses((status = 200, body = Option<PartyShape>))
)]
pub(crate) async fn show(
    State(engine): State<Engine>,
) -> Result<Json<Option<PartyShape>>, Problem> {
    Ok(Json(engine.shop_party().await?.map(PartyShape::from)))
}

/// Set the shop's own address
///
/// Its place says which tax there is. Orders that exist keep theirs.
#[utoipa::path(
    put,
    path = "/api/admin/shop/address",
    tag = "staff",
    request_body = PartyShape,
    responses((status = 200, body = PartyShape))
)]
pub(crate) async fn set(
    State(engine): State<Engine>,
    me: Me,
    Sent(sent): Sent<PartyShape>,
) -> Result<Json<PartyShape>, Problem> {
    let set = engine.set_shop_party(&PartyWish::from(sent), me.actor()).await?;
    Ok(Json(set.into()))
}
