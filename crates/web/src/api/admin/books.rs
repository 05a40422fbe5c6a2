//! Whether money and servers add up, as a worker counted it.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use engine::books::{Checked, Missing};
use engine::report::Told;
use http::{StatusCode, header};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::shapes::{Amount, time};
use crate::app::Shop;
use crate::order::show::RELOAD_S;
use crate::problem::Problem;

/// What stands on an account: debits are positive, credits negative.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AccountSum)]
struct AccountAnswer {
    account: String,
    amount: Amount,
}

/// What is not accounted for.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = BooksRow)]
struct RowAnswer {
    kind: String,
    subject: String,
    text: String,
    order_id: Option<String>,
    order_number: Option<String>,
}

/// As they were counted last, in the shape of `berth books --json`. Old ones are counted anew when
/// somebody asks.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Books)]
pub(crate) struct BooksAnswer {
    /// Null where nothing is counted yet.
    in_order: Option<bool>,
    /// The moment that the figures are of.
    counted_at: Option<String>,
    /// Newer figures are on their way.
    is_counting: bool,
    /// Why the last count came to nothing; the figures are those of the one before.
    failure: Option<String>,
    orders: BTreeMap<String, i64>,
    servers: BTreeMap<String, i64>,
    accounts: Vec<AccountAnswer>,
    rows: Vec<RowAnswer>,
    /// Kinds of which there are more rows than are told.
    more_of: Vec<String>,
}

/// Whether the books add up
#[utoipa::path(
    get,
    path = "/api/admin/books",
    tag = "staff",
    responses(
        (status = 200, body = BooksAnswer),
        (status = 202, body = BooksAnswer, description = "Being counted for the first time: ask \
            again after `Retry-After`")
    )
)]
pub(crate) async fn show(State(shop): State<Shop>) -> Result<Response, Problem> {
    let Told { kept, is_counting, fault } = shop.engine().all_books_counted().await?;
    let failure = fault.map(|(_, why)| why);
    if let (None, false, Some(why)) = (&kept, is_counting, &failure) {
        return Err(Problem::count_failed(why));
    }
    let counted_at = kept.as_ref().map(|kept| time(kept.at));
    let in_order = kept.as_ref().map(|kept| kept.figures.broken.is_empty());
    let Checked { orders, servers, accounts, broken, rows } =
        kept.map(|kept| kept.figures).unwrap_or_default();
    let row = |Missing { kind, subject, text, order }: Missing| {
        let (order_id, order_number) = order.map(|(id, number)| (id.to_string(), number)).unzip();
        RowAnswer { kind, subject, text, order_id, order_number }
    };
    let answer = BooksAnswer {
        in_order,
        counted_at,
        is_counting,
        failure,
        orders: orders.into_iter().collect(),
        servers: servers.into_iter().collect(),
        accounts: accounts
            .into_iter()
            .map(|total| AccountAnswer { account: total.account, amount: total.amount.into() })
            .collect(),
        rows: rows.into_iter().map(row).collect(),
        more_of: broken.into_iter().filter(|one| one.is_more).map(|one| one.kind).collect(),
    };
    if answer.in_order.is_some() {
        return Ok(Json(answer).into_response());
    }
    let wait = [(header::RETRY_AFTER, RELOAD_S.to_string())];
    Ok((StatusCode::ACCEPTED, wait, Json(answer)).into_response())
}
