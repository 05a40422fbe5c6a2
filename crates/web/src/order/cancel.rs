//! A customer calls an unpaid order off.

use axum::extract::State;
use axum::response::Response;

use crate::api::at::Own;
use crate::app::Shop;
use crate::page;
use crate::paths;
use crate::problem::Problem;
use crate::view::Said;

pub(crate) async fn cancel(
    State(shop): State<Shop>,
    Own { id, me }: Own,
) -> Result<Response, Problem> {
    shop.engine().cancel_unpaid(&id, me.actor()).await?;
    Ok(page::on_to_say(&paths::order(&id), Said::Cancelled))
}
