//! A wish becomes an order. Nothing of what is sent sets a price.

use axum::extract::State;
use axum::response::IntoResponse;
use axum::{Extension, Json};
use domain::id::ProductId;
use domain::order::Stage;
use domain::order::seen::PaymentStatus;
use engine::Engine;
use engine::checkout::{NewOrder, Paying};
use engine::idempotency::Ticket;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::orders::Payable;
use super::quote::QuoteAnswer;
use super::shapes::Amount;
use crate::auth::Me;
use crate::body::{Sent, id_of};
use crate::problem::Problem;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OrderWish {
    /// `_id` of `/api/ipstock`.
    ip_stock_id: String,
    #[schema(example = "8GB")]
    memory: String,
    /// Nothing, or `any`: whatever comes.
    os: Option<String>,
    /// A coupon's code.
    promo_code: Option<String>,
    /// One of the shop's gateways; the first that answers without it.
    payment_method: Option<String>,
    /// At most so much is taken out of my wallet, at once.
    wallet: Option<Amount>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CreatedOrder)]
pub(crate) struct CreatedAnswer {
    order_id: String,
    #[schema(example = "ORD-4CIYNGEQK6")]
    order_number: String,
    /// The payment's id, as the gateway knows it. Null where no gateway is on.
    client_txn_id: Option<String>,
    /// Whole minor units.
    amount: i64,
    currency: &'static str,
    /// Of what the amount is made.
    quote: QuoteAnswer,
    payment_status: &'static str,
    /// Null where no gateway is on, and where nothing is to pay.
    payment: Option<Payable>,
    #[schema(example = "You ordered: 🌊 103.181.91 (Package ID: 123)")]
    receipt: String,
}

impl CreatedAnswer {
    pub fn of(order: &engine::checkout::Order, paying: Option<Paying>) -> CreatedAnswer {
        let unsure = paying.as_ref().is_some_and(|paying| paying.url.is_none());
        let payment_status = match order.standing.stage {
            Stage::Unpaid if unsure => PaymentStatus::Processing,
            Stage::Unpaid => PaymentStatus::Unpaid,
            _ => PaymentStatus::Paid,
        };
        let (client_txn_id, payment) =
            paying.map(|paying| (paying.payment.to_string(), Payable::from(paying))).unzip();
        CreatedAnswer {
            order_id: order.id.to_string(),
            order_number: order.number.clone(),
            client_txn_id,
            amount: order.sold.quote.total.minor,
            currency: order.sold.quote.total.currency.code(),
            quote: QuoteAnswer::from(&order.sold.quote),
            payment_status: payment_status.as_str(),
            payment,
            receipt: order.sold.receipt(),
        }
    }
}

/// Order a server
///
/// Its unit of stock is kept for some minutes, in which it is to be paid.
#[utoipa::path(
    post,
    path = "/api/createOrder",
    tag = "orders",
    request_body = OrderWish,
    responses((status = 201, body = CreatedAnswer))
)]
pub(crate) async fn create_order(
    State(engine): State<Engine>,
    me: Me,
    ticket: Option<Extension<Ticket>>,
    Sent(wish): Sent<OrderWish>,
) -> Result<impl IntoResponse, Problem> {
    let ticket = ticket.map(|Extension(ticket)| ticket);
    let from_wallet = wish.wallet.map(|most| most.money()).transpose()?;
    let made = match ticket.as_ref().and_then(Ticket::effect) {
        // Whoever began this died before it answered: the order is there.
        Some(order) => engine.go_on_paying(&id_of(order)?, wish.payment_method.as_deref()).await?,
        None => {
            let new = NewOrder {
                account: me.0.id,
                product: id_of::<ProductId>(&wish.ip_stock_id)?,
                memory: wish.memory,
                os: wish.os,
                coupon: wish.promo_code,
                payment_method: wish.payment_method,
                from_wallet,
            };
            engine.create_order_once(new, ticket.as_ref()).await?
        }
    };
    Ok((StatusCode::CREATED, Json(CreatedAnswer::of(&made.0, made.1))))
}
