//! Whoever works for the shop, for programs: the list, invitations, and roles.

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use domain::id::AccountId;
use engine::Engine;
use engine::account::Member;
use engine::permission::Role;
use engine::read::Page;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::accounts::{AccountAnswer, answer, role_of};
use crate::api::shapes::{List, maybe_time};
use crate::auth::Me;
use crate::body::{At, Sent};
use crate::problem::Problem;

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Staff)]
pub(crate) struct MemberAnswer {
    #[serde(flatten)]
    account: AccountAnswer,
    /// They have not followed the link of their invitation yet.
    invited: bool,
    last_seen_at: Option<String>,
    /// How many API keys they have.
    keys: i64,
}

fn member(member: Member) -> MemberAnswer {
    MemberAnswer {
        invited: member.is_invited(),
        last_seen_at: maybe_time(member.seen_at),
        keys: member.keys,
        account: answer(member.account),
    }
}

/// Staff, admins first
#[utoipa::path(
    get,
    path = "/api/admin/staff",
    tag = "staff",
    responses((status = 200, body = List<MemberAnswer>))
)]
pub(crate) async fn list(
    State(engine): State<Engine>,
) -> Result<Json<List<MemberAnswer>>, Problem> {
    let page = Page { items: engine.staff().await?, next: None };
    Ok(Json(List::of(page, member)))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Invitation)]
pub(crate) struct Invitation {
    #[schema(example = "ada@example.com")]
    email: String,
    name: Option<String>,
    /// `admin` or `support`.
    #[schema(example = "support")]
    role: String,
}

/// Invite somebody to the staff
///
/// They get a mail with a link that sets their password, and are staff from then on.
#[utoipa::path(
    post,
    path = "/api/admin/staff",
    tag = "staff",
    request_body = Invitation,
    responses((status = 201, body = AccountAnswer))
)]
pub(crate) async fn invite(
    State(engine): State<Engine>,
    me: Me,
    Sent(wish): Sent<Invitation>,
) -> Result<impl IntoResponse, Problem> {
    let (role, name) = (role_of(&wish.role)?, wish.name.unwrap_or_default());
    let id = engine.invite_staff((&wish.email, &name, role), &me.0.id).await?;
    Ok((StatusCode::CREATED, Json(answer(engine.account(&id).await?))))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RoleChange)]
pub(crate) struct Change {
    /// `admin`, `support`, or `customer`: no staff any more.
    #[schema(example = "support")]
    role: String,
}

/// Give somebody another role
///
/// Their sessions end and their API keys are revoked. The last admin stays one, and nobody changes
/// their own role.
#[utoipa::path(
    post,
    path = "/api/admin/staff/{id}/role",
    tag = "staff",
    params(("id" = String, Path, example = "acc_01J9ZQ4V7M8N2K6T3B5C7D9E1F")),
    request_body = Change,
    responses((status = 200, body = AccountAnswer))
)]
pub(crate) async fn change(
    State(engine): State<Engine>,
    me: Me,
    At(id): At<AccountId>,
    Sent(Change { role }): Sent<Change>,
) -> Result<Json<AccountAnswer>, Problem> {
    let role: Role = role_of(&role)?;
    engine.change_role(&id, role, &me.0.id).await?;
    Ok(Json(answer(engine.account(&id).await?)))
}
