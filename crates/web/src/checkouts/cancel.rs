//! What is not paid of it is cancelled; what is paid lives on.

use axum::extract::State;
use axum::response::Response;

use crate::api::at::OwnCheckout;
use crate::app::Shop;
use crate::page;
use crate::paths;
use crate::problem::Problem;
use crate::view::Said;

pub(crate) async fn cancel(
    State(shop): State<Shop>,
    OwnCheckout { id, me }: OwnCheckout,
) -> Result<Response, Problem> {
    shop.engine().cancel_checkout(&id, me.actor()).await?;
    Ok(page::on_to_say(&paths::checkout_page(&id), Said::CheckoutCancelled))
}
