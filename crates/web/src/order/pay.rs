//! Another payment for an unpaid order; after its reservation it is reserved anew.

use axum::extract::State;
use axum::response::Response;
use engine::Error;
use serde::Deserialize;

use crate::api::at::Own;
use crate::app::Shop;
use crate::page::{self, Posted};
use crate::paths;
use crate::problem::Problem;
use crate::view::Said;

#[derive(Debug, Deserialize)]
pub(crate) struct Way {
    /// The buyer's choice; the first gateway that answers without one.
    method: Option<String>,
}

pub(crate) async fn pay(
    State(shop): State<Shop>,
    Own { id, .. }: Own,
    Posted(way): Posted<Way>,
) -> Result<Response, Problem> {
    match shop.engine().pay_again(&id, way.method.as_deref()).await {
        Ok(_) => Ok(page::on_to_say(&paths::order(&id), Said::PaymentOpened)),
        // The order stands, and its page says that the payment failed.
        Err(Error::NoWayToPay { .. }) => Ok(page::on_to(&paths::order(&id))),
        Err(error) => Err(error.into()),
    }
}
