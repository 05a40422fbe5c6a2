//! Statements of account: one's own, and for staff a customer's.

use axum::Json;
use axum::extract::State;
use domain::id::AccountId;
use engine::Engine;
use engine::read::{Moved, Statement, StatementRow};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::shapes::{Amount, List, time};
use crate::auth::Me;
use crate::body::{Asked, At, Part};
use crate::problem::Problem;

/// What went between the shop and a customer, newest first.
#[derive(Serialize, ToSchema)]
#[schema(as = Statement)]
pub(crate) struct StatementAnswer {
    /// What the customer is owed now, by currency.
    owed: Vec<Amount>,
    /// What is in their wallet now, by currency.
    wallet: Vec<Amount>,
    #[serde(flatten)]
    rows: List<MovementAnswer>,
}

/// Money in, money out, or a paper. What a wallet pays or takes back is not among them: it is the
/// customer's own money.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MovementAnswer {
    at: String,
    /// `in`, `out`, `top_up`, `gift`, `invoice` or `credit_note`.
    kind: &'static str,
    /// The gateway that money came or went by.
    gateway: Option<String>,
    paper_id: Option<String>,
    /// The gateway's id of the movement, the paper's number, or the words of a gift.
    reference: String,
    /// Of a top-up and a gift: null.
    order_id: Option<String>,
    order_number: Option<String>,
    amount: i64,
    currency: &'static str,
}

pub(crate) fn movement(row: StatementRow) -> MovementAnswer {
    let (kind, gateway, paper_id) = match row.moved {
        Moved::In(gateway) => ("in", Some(gateway), None),
        Moved::Out(gateway) => ("out", Some(gateway), None),
        Moved::TopUp(gateway) => ("top_up", Some(gateway), None),
        Moved::Gift => ("gift", None, None),
        Moved::Invoice(id) => ("invoice", None, Some(id.to_string())),
        Moved::CreditNote(id) => ("credit_note", None, Some(id.to_string())),
    };
    let (order_id, order_number) = row.order.map(|(id, number)| (id.to_string(), number)).unzip();
    MovementAnswer {
        at: time(row.at),
        kind,
        gateway,
        paper_id,
        reference: row.name,
        order_id,
        order_number,
        amount: row.amount.minor,
        currency: row.amount.currency.code(),
    }
}

fn answer(found: Statement) -> Json<StatementAnswer> {
    let owed = found.owed.into_iter().map(Amount::from).collect();
    let wallet = found.wallet.into_iter().map(Amount::from).collect();
    Json(StatementAnswer { owed, wallet, rows: List::of(found.rows, movement) })
}

/// Your statement of account
#[utoipa::path(
    get,
    path = "/api/statement",
    tag = "papers",
    params(Part),
    responses((status = 200, body = StatementAnswer))
)]
pub(crate) async fn own(
    State(engine): State<Engine>,
    me: Me,
    Asked(part): Asked<Part>,
) -> Result<Json<StatementAnswer>, Problem> {
    let (limit, after) = (part.limit()?, part.after.as_deref());
    Ok(answer(engine.statement(&me.0.id, after, Some(limit.into())).await?))
}

/// A customer's statement of account
#[utoipa::path(
    get,
    path = "/api/admin/accounts/{id}/statement",
    tag = "staff",
    params(("id" = String, Path, description = "The account's id"), Part),
    responses((status = 200, body = StatementAnswer))
)]
pub(crate) async fn of(
    State(engine): State<Engine>,
    At(account): At<AccountId>,
    Asked(part): Asked<Part>,
) -> Result<Json<StatementAnswer>, Problem> {
    let (limit, after) = (part.limit()?, part.after.as_deref());
    Ok(answer(engine.statement(&account, after, Some(limit.into())).await?))
}
