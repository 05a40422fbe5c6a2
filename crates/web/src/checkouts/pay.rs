//! Another payment for what is not paid of it; what is not held any more is reserved anew.

use axum::extract::State;
use axum::response::Response;
use domain::money::Money;
use engine::Error;

use crate::api::at::OwnCheckout;
use crate::app::Shop;
use crate::order::pay::Way;
use crate::page::{self, Posted};
use crate::paths;
use crate::problem::Problem;
use crate::view::Said;

pub(crate) async fn pay(
    State(shop): State<Shop>,
    OwnCheckout { id, .. }: OwnCheckout,
    Posted(Way { method, wallet }): Posted<Way>,
) -> Result<Response, Problem> {
    let currency = shop.engine().settings().currency;
    let from_wallet = wallet.map(|minor| Money::new(minor, currency));
    let page = paths::checkout_page(&id);
    match shop.engine().pay_checkout(&id, method.as_deref(), from_wallet).await {
        // What the wallet has paid needs no words: the page says so.
        Ok((_, None)) => Ok(page::on_to(&page)),
        Ok(_) => Ok(page::on_to_say(&page, Said::PaymentOpened)),
        // The orders stand, and the page says that the payment failed.
        Err(Error::NoWayToPay { .. }) => Ok(page::on_to(&page)),
        Err(error) => Err(error.into()),
    }
}
