//! Another payment for an unpaid order; after its reservation it is reserved anew.

use axum::extract::State;
use axum::response::Response;
use domain::money::Money;
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
    pub method: Option<String>,
    /// So much of the wallet at most, in minor units.
    pub wallet: Option<i64>,
}

pub(crate) async fn pay(
    State(shop): State<Shop>,
    Own { id, .. }: Own,
    Posted(way): Posted<Way>,
) -> Result<Response, Problem> {
    let currency = shop.engine().order(&id).await?.sold.quote.total.currency;
    let from_wallet = way.wallet.map(|minor| Money::new(minor, currency));
    match shop.engine().pay_again(&id, way.method.as_deref(), from_wallet).await {
        // What the wallet has paid needs no words: the page says so.
        Ok((_, None)) => Ok(page::on_to(&paths::order(&id))),
        Ok(_) => Ok(page::on_to_say(&paths::order(&id), Said::PaymentOpened)),
        // The order stands, and its page says that the payment failed.
        Err(Error::NoWayToPay { .. }) => Ok(page::on_to(&paths::order(&id))),
        Err(error) => Err(error.into()),
    }
}
