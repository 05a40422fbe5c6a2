//! A customer's own wallet: what is in it, its statement, and paying into it.

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use domain::id::PaymentId;
use domain::money::Money;
use engine::Engine;
use engine::wallet::{EntryKind, WalletEntry};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::orders::Payable;
use super::shapes::{Amount, List, countable, time};
use crate::auth::Me;
use crate::body::{Asked, At, Part, Sent};
use crate::problem::Problem;

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Wallet)]
pub(crate) struct WalletAnswer {
    /// One for each currency; that of the shop is always there.
    balances: Vec<Amount>,
    /// At least so much can be paid in at once, and at most.
    top_up_least: Amount,
    top_up_most: Amount,
}

impl WalletAnswer {
    pub fn of(balances: Vec<Money>, (least, most): (Money, Money)) -> WalletAnswer {
        WalletAnswer {
            balances: balances.into_iter().map(Amount::from).collect(),
            top_up_least: least.into(),
            top_up_most: most.into(),
        }
    }
}

/// One line of a statement.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = WalletEntry)]
pub(crate) struct EntryAnswer {
    at: String,
    /// `topUp`, `draw`, `back` or `gift`.
    kind: &'static str,
    /// Less than zero where it left the wallet. In whole minor units.
    amount: i64,
    currency: &'static str,
    /// After it.
    balance: i64,
    order_id: Option<String>,
    /// The gateway, the order's number, or what staff wrote.
    note: String,
}

impl From<WalletEntry> for EntryAnswer {
    fn from(entry: WalletEntry) -> EntryAnswer {
        EntryAnswer {
            at: time(entry.at),
            kind: match entry.kind {
                EntryKind::TopUp => "topUp",
                EntryKind::Draw => "draw",
                EntryKind::Back => "back",
                EntryKind::Gift => "gift",
            },
            amount: entry.amount.minor,
            currency: entry.amount.currency.code(),
            balance: entry.balance.minor,
            order_id: entry.order.map(|order| order.to_string()),
            note: entry.note,
        }
    }
}

/// My wallet
#[utoipa::path(
    get,
    path = "/api/wallet",
    tag = "wallet",
    responses((status = 200, body = WalletAnswer))
)]
pub(crate) async fn show(
    State(engine): State<Engine>,
    Me(account): Me,
) -> Result<Json<WalletAnswer>, Problem> {
    let balances = engine.wallet(&account.id).await?;
    Ok(Json(WalletAnswer::of(balances, engine.top_up_limits())))
}

/// The statement of my wallet, newest first
#[utoipa::path(
    get,
    path = "/api/wallet/entries",
    tag = "wallet",
    params(Part),
    responses((status = 200, body = List<EntryAnswer>))
)]
pub(crate) async fn entries(
    State(engine): State<Engine>,
    Me(account): Me,
    Asked(part): Asked<Part>,
) -> Result<Json<List<EntryAnswer>>, Problem> {
    let (limit, after) = (part.limit()?, part.after.as_deref());
    let page = engine.wallet_entries(&account.id, after, Some(limit.into())).await?;
    Ok(Json(List::of(page, EntryAnswer::from)))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct TopUpWish {
    /// Whole minor units.
    #[schema(example = 50000)]
    amount: i64,
    #[schema(example = "INR")]
    currency: String,
    /// One of the shop's gateways; the first that answers without it.
    payment_method: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = TopUp)]
pub(crate) struct TopUpAnswer {
    /// The payment's id, as the gateway knows it.
    client_txn_id: String,
    amount: i64,
    currency: &'static str,
    /// `open`, `captured` or `failed`.
    state: &'static str,
    payment: Payable,
}

/// Pay into my wallet
///
/// What comes in is in the wallet as soon as the gateway says so.
#[utoipa::path(
    post,
    path = "/api/wallet/top-ups",
    tag = "wallet",
    request_body = TopUpWish,
    responses((status = 201, body = TopUpAnswer))
)]
pub(crate) async fn top_up(
    State(engine): State<Engine>,
    Me(account): Me,
    Sent(wish): Sent<TopUpWish>,
) -> Result<impl IntoResponse, Problem> {
    let amount = Amount { amount: countable(wish.amount)?, currency: wish.currency }.money()?;
    let paying = engine.top_up(&account.id, amount, wish.payment_method.as_deref()).await?;
    let answer = TopUpAnswer {
        client_txn_id: paying.payment.to_string(),
        amount: amount.minor,
        currency: amount.currency.code(),
        state: "open",
        payment: paying.into(),
    };
    Ok((StatusCode::CREATED, Json(answer)))
}

/// Ask the gateway what became of a payment into my wallet
///
/// Safe any number of times, before and after the gateway's own message.
#[utoipa::path(
    post,
    path = "/api/wallet/top-ups/{id}/confirm",
    tag = "wallet",
    params(("id" = String, Path, description = "Its `clientTxnId`")),
    responses((status = 200, body = TopUpAnswer))
)]
pub(crate) async fn confirm(
    State(engine): State<Engine>,
    Me(account): Me,
    At(id): At<PaymentId>,
) -> Result<Json<TopUpAnswer>, Problem> {
    let payment = engine.confirm_top_up(&account.id, &id).await?;
    Ok(Json(TopUpAnswer {
        client_txn_id: payment.id.to_string(),
        amount: payment.amount.minor,
        currency: payment.amount.currency.code(),
        state: payment.state.word(),
        payment: Payable {
            client_txn_id: payment.id.to_string(),
            method: payment.gateway,
            amount: payment.amount.minor,
            url: payment.pay_url,
        },
    }))
}
