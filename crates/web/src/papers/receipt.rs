//! The receipt of one payment of an order.

use axum::extract::{Path, State};
use axum::response::Response;
use engine::read::Receipt;

use super::as_pdf;
use crate::api::at::{find, viewer_of};
use crate::app::Shop;
use crate::auth::Me;
use crate::page::{self, Around};
use crate::paths;
use crate::problem::Problem;
use crate::view::Here;
use crate::view::paper::{Sheet, Show};

async fn wanted(shop: &Shop, me: &Me, name: &str, number: &str) -> Result<Receipt, Problem> {
    let viewer = viewer_of(me);
    let number = number.parse().map_err(|_| Problem::missing("receipt", number))?;
    let order = find(shop, name, &viewer).await?;
    Ok(shop.engine().receipt(&order, number, &viewer).await?)
}

/// `/orders/{id}/receipts/{number}`
pub(crate) async fn show(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    Path((name, number)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let receipt = wanted(&shop, &me, &name, &number).await?;
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
    me: Me,
    Path((name, number)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let receipt = wanted(&shop, &me, &name, &number).await?;
    as_pdf(Sheet::of_receipt(&receipt, &shop.app().look.zone)).await
}
