//! Customers for staff's programs: looking for them, notes, and signing them out.

use axum::Json;
use axum::extract::State;
use domain::id::AccountId;
use engine::Engine;
use engine::read::Note;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::accounts::{AccountAnswer, answer};
use crate::api::account::sessions::EndedAnswer;
use crate::api::shapes::{Amount, List, time};
use crate::auth::Me;
use crate::body::{Asked, At, Part, Sent};
use crate::problem::Problem;

/// Which customers.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// How a mail address or a name begins, or a whole id; everybody without it.
    #[serde(default)]
    q: String,
}

/// Customers, newest first
#[utoipa::path(
    get,
    path = "/api/admin/customers",
    tag = "staff",
    params(Wanted, Part),
    responses((status = 200, body = List<AccountAnswer>))
)]
pub(crate) async fn find(
    State(engine): State<Engine>,
    Asked(Wanted { q }): Asked<Wanted>,
    Asked(part): Asked<Part>,
) -> Result<Json<List<AccountAnswer>>, Problem> {
    let limit = Some(part.limit()?.into());
    let page = engine.customers(&q, part.after.as_deref(), limit).await?;
    Ok(Json(List::of(page, answer)))
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Customer)]
pub(crate) struct CustomerAnswer {
    #[serde(flatten)]
    account: AccountAnswer,
    /// One for each currency.
    wallet: Vec<Amount>,
    /// How many orders stand in each stage.
    orders: Vec<Counted>,
    /// How many browsers are signed in.
    sessions: usize,
    /// The newest first, at most 50.
    notes: Vec<NoteAnswer>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct Counted {
    #[schema(example = "delivered")]
    stage: String,
    count: i64,
}

#[derive(Serialize, ToSchema)]
#[schema(as = CustomerNote)]
pub(crate) struct NoteAnswer {
    at: String,
    /// Who wrote it.
    by: String,
    text: String,
}

fn told(note: Note) -> NoteAnswer {
    NoteAnswer { at: time(note.at), by: note.actor, text: note.text }
}

/// One customer
#[utoipa::path(
    get,
    path = "/api/admin/customers/{id}",
    tag = "staff",
    params(("id" = String, Path, example = "acc_01J9ZQ4V7M8N2K6T3B5C7D9E1F")),
    responses((status = 200, body = CustomerAnswer))
)]
pub(crate) async fn show(
    State(engine): State<Engine>,
    At(id): At<AccountId>,
) -> Result<Json<CustomerAnswer>, Problem> {
    let all = engine.customer(&id).await?;
    let counted = |(stage, count)| Counted { stage, count };
    Ok(Json(CustomerAnswer {
        account: answer(all.account),
        wallet: all.wallet.into_iter().map(Amount::from).collect(),
        orders: all.stages.into_iter().map(counted).collect(),
        sessions: all.sessions.len(),
        notes: all.notes.into_iter().map(told).collect(),
    }))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CustomerNoteWish)]
pub(crate) struct NewNote {
    /// At most 2000 characters.
    text: String,
}

/// Write a note about a customer
///
/// For staff alone; the customer never reads it.
#[utoipa::path(
    post,
    path = "/api/admin/customers/{id}/notes",
    tag = "staff",
    params(("id" = String, Path, example = "acc_01J9ZQ4V7M8N2K6T3B5C7D9E1F")),
    request_body = NewNote,
    responses((status = 204))
)]
pub(crate) async fn note(
    State(engine): State<Engine>,
    me: Me,
    At(id): At<AccountId>,
    Sent(NewNote { text }): Sent<NewNote>,
) -> Result<StatusCode, Problem> {
    engine.add_account_note(&id, &text, me.actor()).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = EndSessionsOfCustomer)]
pub(crate) struct Why {
    /// It goes on record.
    reason: String,
}

/// Sign a customer out everywhere
#[utoipa::path(
    post,
    path = "/api/admin/customers/{id}/sessions/end",
    tag = "staff",
    params(("id" = String, Path, example = "acc_01J9ZQ4V7M8N2K6T3B5C7D9E1F")),
    request_body = Why,
    responses((status = 200, body = EndedAnswer))
)]
pub(crate) async fn end_sessions(
    State(engine): State<Engine>,
    me: Me,
    At(id): At<AccountId>,
    Sent(Why { reason }): Sent<Why>,
) -> Result<Json<EndedAnswer>, Problem> {
    let ended = engine.end_sessions_of(&id, &reason, me.actor()).await?;
    Ok(Json(EndedAnswer { ended }))
}
