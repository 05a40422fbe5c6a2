//! Keys for one's own programs: told once, listed by their first letters, revoked at once.

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use domain::id::ApiKeyId;
use engine::Engine;
use engine::api_key::ApiKey;
use engine::permission::Scope;
use http::{StatusCode, header};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::shapes::{List, maybe_time, time};
use crate::auth::Me;
use crate::body::{Asked, At, Part, Sent};
use crate::headers::NO_STORE;
use crate::problem::Problem;

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ApiKey)]
pub(crate) struct KeyAnswer {
    id: String,
    /// Its first letters.
    hint: String,
    /// Empty: all powers of its owner.
    scopes: Vec<&'static str>,
    created_at: String,
    used_at: Option<String>,
    revoked_at: Option<String>,
}

pub(crate) fn key_answer(key: ApiKey) -> KeyAnswer {
    KeyAnswer {
        id: key.id.to_string(),
        hint: key.hint,
        scopes: key.scopes.into_iter().map(Scope::as_str).collect(),
        created_at: time(key.created_at),
        used_at: maybe_time(key.used_at),
        revoked_at: maybe_time(key.revoked_at),
    }
}

/// My keys, newest first
#[utoipa::path(
    get,
    path = "/api/account/keys",
    tag = "account",
    params(Part),
    responses((status = 200, body = List<KeyAnswer>))
)]
pub(crate) async fn list(
    State(engine): State<Engine>,
    me: Me,
    Asked(part): Asked<Part>,
) -> Result<Json<List<KeyAnswer>>, Problem> {
    let (limit, after) = (part.limit()?, part.after(|text| ApiKeyId::parse(text).ok())?);
    let keys = engine.list_api_keys(&me.0.id, after, limit + 1).await?;
    Ok(Json(List::cut(keys, limit, |key| key.id.to_string(), key_answer)))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeyWish {
    /// None: all powers of its owner.
    #[serde(default)]
    #[schema(example = json!(["orders:read"]))]
    scopes: Vec<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = NewApiKey)]
pub(crate) struct MadeAnswer {
    id: String,
    /// Told once, here.
    key: String,
}

/// Make a key
#[utoipa::path(
    post,
    path = "/api/account/keys",
    tag = "account",
    request_body = KeyWish,
    responses((status = 201, body = MadeAnswer))
)]
pub(crate) async fn create(
    State(engine): State<Engine>,
    me: Me,
    Sent(wish): Sent<KeyWish>,
) -> Result<impl IntoResponse, Problem> {
    let scopes = wish.scopes.iter().map(|scope| Scope::parse(scope));
    let scopes = scopes.collect::<engine::Result<Vec<Scope>>>()?;
    let made = engine.create_api_key(&me.0.id, &scopes, me.actor()).await?;
    let answer = MadeAnswer { id: made.id.to_string(), key: made.key.expose().to_owned() };
    Ok((StatusCode::CREATED, [(header::CACHE_CONTROL, NO_STORE)], Json(answer)))
}

/// Revoke a key
#[utoipa::path(
    delete,
    path = "/api/account/keys/{id}",
    tag = "account",
    params(("id" = String, Path)),
    responses((status = 204, description = "Revoked"))
)]
pub(crate) async fn revoke(
    State(engine): State<Engine>,
    me: Me,
    At(key): At<ApiKeyId>,
) -> Result<StatusCode, Problem> {
    engine.revoke_api_key(&me.0.id, &key, me.actor()).await?;
    Ok(StatusCode::NO_CONTENT)
}
