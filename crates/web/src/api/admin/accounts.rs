//! Accounts, for whoever manages them.

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use domain::id::AccountId;
use engine::Engine;
use engine::account::{Account, NewAccount};
use engine::permission::Role;
use engine::secret::Secret;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::shapes::{List, maybe_time, time};
use crate::auth::Me;
use crate::body::{Asked, Part, Sent};
use crate::problem::Problem;

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Account)]
pub(crate) struct AccountAnswer {
    id: String,
    email: String,
    /// Since when mail is known to reach its person.
    email_verified_at: Option<String>,
    second_factor: bool,
    name: String,
    role: &'static str,
    created_at: String,
}

pub(super) fn answer(account: Account) -> AccountAnswer {
    let Account { id, email, name, role, created_at, verified_at, has_second_factor, .. } = account;
    AccountAnswer {
        id: id.to_string(),
        email,
        email_verified_at: maybe_time(verified_at),
        second_factor: has_second_factor,
        name,
        role: role.as_str(),
        created_at: time(created_at),
    }
}

/// Accounts, newest first
#[utoipa::path(
    get,
    path = "/api/admin/accounts",
    tag = "staff",
    params(Part),
    responses((status = 200, body = List<AccountAnswer>))
)]
pub(crate) async fn list(
    State(engine): State<Engine>,
    Asked(part): Asked<Part>,
) -> Result<Json<List<AccountAnswer>>, Problem> {
    let (limit, after) = (part.limit()?, part.after(|text| AccountId::parse(text).ok())?);
    let accounts = engine.list_accounts(after, limit + 1).await?;
    Ok(Json(List::cut(accounts, limit, |account| account.id.to_string(), answer)))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AccountWish {
    #[schema(example = "ada@example.com")]
    email: String,
    name: Option<String>,
    #[schema(example = "support")]
    role: String,
    password: String,
}

pub(super) fn role_of(text: &str) -> Result<Role, Problem> {
    Role::parse(text).ok_or_else(|| {
        let known = Role::ALL.map(Role::as_str).join(", ");
        Problem::new("unknown-role", format!("role must be one of {known}"))
    })
}

/// Make an account of any role
#[utoipa::path(
    post,
    path = "/api/admin/accounts",
    tag = "staff",
    request_body = AccountWish,
    responses((status = 201, body = AccountAnswer))
)]
pub(crate) async fn add(
    State(engine): State<Engine>,
    me: Me,
    Sent(wish): Sent<AccountWish>,
) -> Result<impl IntoResponse, Problem> {
    let role = role_of(&wish.role)?;
    let (name, password) = (wish.name.unwrap_or_default(), Secret::new(wish.password));
    let new = NewAccount { email: wish.email, name, role, password };
    let id = engine.add_account(new, me.actor()).await?;
    Ok((StatusCode::CREATED, Json(answer(engine.account(&id).await?))))
}
