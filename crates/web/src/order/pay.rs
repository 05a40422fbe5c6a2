//! Another payment for an unpaid order; after its reservation it is reserved anew.

use axum::extract::State;
use axum::response::Response;
use engine::Error;

use crate::api::at::Own;
use crate::app::Shop;
use crate::page;
use crate::paths;
use crate::problem::Problem;
use crate::view::Said;

pub(crate) async fn pay(
    State(shop): State<Shop>,
    Own { id, .. }: Own,
) -> Result<Response, Problem> {
    match shop.engine().pay_again(&id, None).await {
        Ok(_) => Ok(page::on_to_say(&paths::order(&id), Said::PaymentOpened)),
        // The order stands, and its page says that the payment failed.
        Err(Error::NoWayToPay { .. }) => Ok(page::on_to(&paths::order(&id))),
        Err(error) => Err(error.into()),
    }
}
