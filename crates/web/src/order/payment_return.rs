//! People come back from paying. Whatever they bring, the gateway itself is asked; then they are
//! led to their order, or told the truth.

use axum::extract::State;
use axum::response::Response;
use domain::id::{OrderId, PaymentId};
use engine::Error;
use engine::read::Viewer;
use http::StatusCode;
use serde::Deserialize;

use crate::app::Shop;
use crate::body::Asked;
use crate::page::{self, Around};
use crate::paths;
use crate::problem::Problem;
use crate::view::Here;
use crate::view::order::{Outcome, Return};

const ID_MAX: usize = 60;

#[derive(Debug, Deserialize)]
pub(crate) struct Came {
    #[serde(default)]
    client_txn_id: String,
}

/// A gateway that posts here is another site, and browsers keep the session from it. One step
/// further the browser comes from us, with its session.
pub(crate) async fn back(Asked(came): Asked<Came>) -> Response {
    page::on_to(&paths::with_query("/payment/return", [("client_txn_id", &*came.client_txn_id)]))
}

/// `/payment/return`
pub(crate) async fn look(
    State(shop): State<Shop>,
    around: Around,
    Asked(came): Asked<Came>,
) -> Result<Response, Problem> {
    let (outcome, order) = told(&shop, &came.client_txn_id).await?;
    if let (Some(order), Some(account)) = (&order, around.looking.account()) {
        let own = Viewer::Owner(account.id.clone());
        if shop.engine().find_order(order.as_str(), &own).await.is_ok() {
            return Ok(page::on_to(&paths::order(order)));
        }
    }
    let status = match outcome {
        Outcome::Unknown => StatusCode::NOT_FOUND,
        _ => StatusCode::OK,
    };
    let page = Return {
        frame: around.frame(&shop, "Your payment", Here::Elsewhere),
        outcome,
        order: order.map(|order| paths::order(&order)),
        payment: came.client_txn_id.chars().take(ID_MAX).collect(),
    };
    page::show_as(status, &page)
}

/// What the gateway says, and which order the payment is for.
async fn told(shop: &Shop, name: &str) -> Result<(Outcome, Option<OrderId>), Problem> {
    let Ok(id) = PaymentId::parse(name) else { return Ok((Outcome::Unknown, None)) };
    match shop.engine().ask_gateway(&id).await {
        Ok(payment) => {
            let outcome = match payment.state.word() {
                "captured" => Outcome::Paid,
                "failed" => Outcome::Failed,
                _ => Outcome::Waiting,
            };
            Ok((outcome, Some(payment.order)))
        }
        Err(Error::Missing { .. }) => Ok((Outcome::Unknown, None)),
        // The gateway does not answer just now: it is asked again by itself.
        Err(Error::Outside(_)) => {
            let order = shop.engine().order_of_payment(&id).await?;
            Ok((Outcome::Waiting, Some(order)))
        }
        Err(error) => Err(error.into()),
    }
}
