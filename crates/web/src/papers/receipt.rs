//! The receipt of one payment of an order.

use axum::extract::{FromRequestParts, Path, State};
use axum::response::Response;
use engine::read::Receipt;
use http::request::Parts;

use super::as_pdf;
use crate::api::at::{find, viewer_of};
use crate::app::Shop;
use crate::auth::Me;
use crate::page::{self, Around};
use crate::paths;
use crate::problem::Problem;
use crate::view::Here;
use crate::view::paper::{Sheet, Show};

/// The receipt that a path names, for whoever may know of it.
pub(crate) struct Wanted(Receipt);

impl FromRequestParts<Shop> for Wanted {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, shop: &Shop) -> Result<Wanted, Problem> {
        let me = Me::from_request_parts(parts, shop).await?;
        let path = Path::<(String, String)>::from_request_parts(parts, shop).await;
        let missing = || Problem::missing("receipt", parts.uri.path());
        let Path((name, number)) = path.map_err(|_| missing())?;
        let number = number.parse().map_err(|_| missing())?;
        let viewer = viewer_of(&me);
        let order = find(shop, &name, &viewer).await?;
        Ok(Wanted(shop.engine().receipt(&order, number, &viewer).await?))
    }
}

/// `/orders/{id}/receipts/{number}`
pub(crate) async fn show(
    State(shop): State<Shop>,
    around: Around,
    Wanted(receipt): Wanted,
) -> Result<Response, Problem> {
    let frame = around.frame(&shop, "Receipt", Here::Servers);
    page::show(&Show {
        sheet: Sheet::of_receipt(&receipt, &frame.zone),
        pdf: paths::receipt_pdf(&receipt.order, receipt.number),
        back: (receipt.order_number, paths::order(&receipt.order)),
        frame,
    })
}

/// `/orders/{id}/receipts/{number}/pdf`
pub(crate) async fn pdf(
    State(shop): State<Shop>,
    Wanted(receipt): Wanted,
) -> Result<Response, Problem> {
    as_pdf(Sheet::of_receipt(&receipt, &shop.app().look.zone)).await
}
