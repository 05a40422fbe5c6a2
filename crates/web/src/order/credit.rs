//! What is owed for an order, into its customer's wallet.

use axum::extract::State;
use axum::response::Response;

use crate::api::at::Own;
use crate::app::Shop;
use crate::page;
use crate::paths;
use crate::problem::Problem;
use crate::view::Said;

pub(crate) async fn take(
    State(shop): State<Shop>,
    Own { id, me }: Own,
) -> Result<Response, Problem> {
    shop.engine().take_as_credit(&id, me.actor()).await?;
    Ok(page::on_to_say(&paths::order(&id), Said::Credited))
}
