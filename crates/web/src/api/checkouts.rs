//! Several servers ordered at once, with one payment: all of them or none. Each order then lives
//! alone. Nothing of what is sent sets a price.

use axum::extract::State;
use axum::response::IntoResponse;
use axum::{Extension, Json};
use domain::id::CheckoutId;
use engine::cart::Whose;
use engine::checkout::cart::NewCheckout;
use engine::idempotency::Ticket;
use engine::read::{CheckoutView, Viewer};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::at::OwnCheckout;
use super::cart::LineWish;
use super::orders::{OrderAnswer, PayWish, Payable};
use super::quote::QuoteAnswer;
use super::shapes::{Amount, time};
use crate::app::Shop;
use crate::auth::Me;
use crate::body::{Sent, id_of};
use crate::problem::Problem;
use crate::shop::cart::wish_of;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct CheckoutWish {
    /// What is ordered; without it what lies in my cart, which is empty then.
    lines: Option<Vec<LineWish>>,
    /// One of the shop's gateways; the first that answers without it.
    payment_method: Option<String>,
    /// At most so much is taken out of my wallet, at once.
    wallet: Option<Amount>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Checkout)]
pub(crate) struct CheckoutAnswer {
    #[serde(rename = "_id")]
    id: String,
    created_at: String,
    /// In the order of the lines.
    orders: Vec<OrderAnswer>,
    /// What all of it costs.
    quote: Option<QuoteAnswer>,
    /// What is still to pay, beside what the wallet has set aside; null where nothing is.
    due: Option<Amount>,
    /// Where that can be paid now; null where no page of a gateway is open for it.
    payment: Option<Payable>,
}

impl From<CheckoutView> for CheckoutAnswer {
    fn from(view: CheckoutView) -> CheckoutAnswer {
        let due = view.due.as_ref().map(|due| Amount {
            amount: due.total.minor - due.held.minor,
            ..Amount::from(due.total)
        });
        CheckoutAnswer {
            id: view.id.to_string(),
            created_at: time(view.created_at),
            quote: view.quote.as_ref().map(QuoteAnswer::from),
            due,
            payment: view.due.and_then(|due| due.link).map(Payable::from),
            orders: view.orders.into_iter().map(OrderAnswer::from).collect(),
        }
    }
}

/// The checkout as it stands now.
async fn answer(shop: &Shop, id: &CheckoutId, me: &Me) -> Result<Json<CheckoutAnswer>, Problem> {
    let view = shop.engine().checkout_view(id, &Viewer::Owner(me.0.id.clone())).await?;
    Ok(Json(CheckoutAnswer::from(view)))
}

/// Order several servers at once
///
/// All of them are kept for some minutes, or none is. One payment pays for all.
#[utoipa::path(
    post,
    path = "/api/checkouts",
    tag = "orders",
    request_body = CheckoutWish,
    responses((status = 201, body = CheckoutAnswer))
)]
pub(crate) async fn create(
    State(shop): State<Shop>,
    me: Me,
    ticket: Option<Extension<Ticket>>,
    Sent(wish): Sent<CheckoutWish>,
) -> Result<impl IntoResponse, Problem> {
    let ticket = ticket.map(|Extension(ticket)| ticket);
    let method = wish.payment_method.as_deref();
    let made = match ticket.as_ref().and_then(Ticket::effect) {
        // Whoever began this died before it answered: the orders are there.
        Some(made) => shop.engine().go_on_checking_out(&id_of(made)?, method).await?,
        None => {
            let new = wish.read(&shop, &me).await?;
            shop.engine().check_out(new, ticket.as_ref()).await?
        }
    };
    Ok((StatusCode::CREATED, answer(&shop, &made.0.id, &me).await?))
}

impl CheckoutWish {
    async fn read(self, shop: &Shop, me: &Me) -> Result<NewCheckout, Problem> {
        let from_wallet = self.wallet.map(|most| most.money()).transpose()?;
        let (lines, from_cart) = match self.lines {
            Some(lines) => {
                (lines.into_iter().map(LineWish::read).collect::<Result<_, _>>()?, vec![])
            }
            None => {
                let cart = shop.engine().cart(&Whose::Customer(me.0.id.clone())).await?;
                let lines = cart.lines.iter().map(wish_of).collect();
                (lines, cart.lines.into_iter().map(|line| line.id).collect())
            }
        };
        let (account, payment_method) = (me.0.id.clone(), self.payment_method);
        Ok(NewCheckout { account, lines, payment_method, from_wallet, from_cart })
    }
}

/// What I ordered at once
#[utoipa::path(
    get,
    path = "/api/checkouts/{id}",
    tag = "orders",
    params(("id" = String, Path, description = "Its `_id`")),
    responses((status = 200, body = CheckoutAnswer))
)]
pub(crate) async fn show(
    State(shop): State<Shop>,
    OwnCheckout { id, me }: OwnCheckout,
) -> Result<Json<CheckoutAnswer>, Problem> {
    answer(&shop, &id, &me).await
}

/// Start another payment for what is not paid of it
///
/// What is not kept any more is reserved anew, all of it or none.
#[utoipa::path(
    post,
    path = "/api/checkouts/{id}/pay",
    tag = "orders",
    params(("id" = String, Path, description = "Its `_id`")),
    request_body = PayWish,
    responses((status = 200, body = CheckoutAnswer))
)]
pub(crate) async fn pay(
    State(shop): State<Shop>,
    OwnCheckout { id, me }: OwnCheckout,
    Sent(wish): Sent<PayWish>,
) -> Result<Json<CheckoutAnswer>, Problem> {
    let from_wallet = wish.wallet.map(|most| most.money()).transpose()?;
    shop.engine().pay_checkout(&id, wish.payment_method.as_deref(), from_wallet).await?;
    answer(&shop, &id, &me).await
}
