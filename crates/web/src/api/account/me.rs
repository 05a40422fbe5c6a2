//! Who one is, as the shop sees it.

use axum::Json;
use engine::permission::{Scope, SecondFactor, Via};
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::Me;

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Me)]
pub(crate) struct MeAnswer {
    id: String,
    email: String,
    /// Mail to it is known to reach me.
    email_verified: bool,
    name: String,
    /// It is asked for at every sign-in.
    second_factor: bool,
    role: &'static str,
    /// Of the key in use; empty: all powers of the role.
    scopes: Vec<&'static str>,
    #[schema(example = "key")]
    signed_in_by: &'static str,
}

/// Who am I?
#[utoipa::path(
    get,
    path = "/api/account",
    tag = "account",
    responses((status = 200, body = MeAnswer))
)]
pub(crate) async fn me(Me(account): Me) -> Json<MeAnswer> {
    Json(MeAnswer {
        id: account.id.to_string(),
        email: account.email,
        email_verified: account.verified,
        name: account.name,
        second_factor: account.second_factor == SecondFactor::On,
        role: account.role.as_str(),
        scopes: account.scopes.into_iter().map(Scope::as_str).collect(),
        signed_in_by: match account.via {
            Via::Session(_) => "session",
            Via::Key(_) => "key",
        },
    })
}
