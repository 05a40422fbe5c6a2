//! The switch of one provider: a pause stops permits, not purchases already permitted.

use axum::Json;
use axum::extract::State;
use engine::Engine;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::shapes::Because;
use crate::auth::Me;
use crate::body::{At, Named, Sent};
use crate::problem::Problem;

/// A provider's name, as the books have it.
pub(crate) struct ProviderName(pub String);

impl Named for ProviderName {
    const WHAT: &'static str = "provider";

    fn named(text: &str) -> Option<ProviderName> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        let fits = (1..=40).contains(&text.len()) && text.bytes().all(plain);
        fits.then(|| ProviderName(text.to_owned()))
    }
}

#[derive(Serialize, ToSchema)]
#[schema(as = Provider)]
pub(crate) struct ProviderAnswer {
    provider: String,
    paused: bool,
}

/// Pause purchases from a provider
#[utoipa::path(
    post,
    path = "/api/admin/providers/{id}/pause",
    tag = "switches",
    params(("id" = String, Path, example = "smartvps")),
    request_body = Because,
    responses((status = 200, body = ProviderAnswer))
)]
pub(crate) async fn pause(
    State(engine): State<Engine>,
    me: Me,
    At(ProviderName(provider)): At<ProviderName>,
    Sent(because): Sent<Because>,
) -> Result<Json<ProviderAnswer>, Problem> {
    engine.pause_provider(&provider, &because.or("paused by staff"), me.actor()).await?;
    Ok(Json(ProviderAnswer { provider, paused: true }))
}

/// Resume purchases from a provider
#[utoipa::path(
    post,
    path = "/api/admin/providers/{id}/resume",
    tag = "switches",
    params(("id" = String, Path, example = "smartvps")),
    request_body = Because,
    responses((status = 200, body = ProviderAnswer))
)]
pub(crate) async fn resume(
    State(engine): State<Engine>,
    me: Me,
    At(ProviderName(provider)): At<ProviderName>,
    Sent(because): Sent<Because>,
) -> Result<Json<ProviderAnswer>, Problem> {
    engine.resume_provider(&provider, &because.or("resumed by staff"), me.actor()).await?;
    Ok(Json(ProviderAnswer { provider, paused: false }))
}
