//! How each provider stands, and its switch: a pause stops permits, not purchases already
//! permitted.

use axum::Json;
use axum::extract::State;
use engine::Engine;
use engine::seller::{Seller, Sellers, Tried, Trust};
use serde::Serialize;
use utoipa::ToSchema;

use crate::admin::providers::trust;
use crate::api::shapes::{Amount, Because, time};
use crate::app::Shop;
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

/// Providers of the shop, that which a machine asks first.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Providers)]
pub(crate) struct ProvidersAnswer {
    items: Vec<StandingAnswer>,
    next: Option<String>,
    /// When `trust` was counted; null while it is counted for the first time.
    trust_counted_at: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ProviderStanding)]
struct StandingAnswer {
    id: String,
    name: String,
    /// Staff deliver: nobody can be asked.
    by_hand: bool,
    /// Why nothing new is bought, where it is paused.
    pause_reason: Option<String>,
    paused_at: Option<String>,
    unheard_in_row: i64,
    packages: i64,
    list_read_at: Option<String>,
    synced_at: Option<String>,
    /// Why its list could not be read last.
    sync_failing: Option<String>,
    /// What strays of 24 hours cost, and how much they may; null where staff deliver.
    strays: Option<Amount>,
    loss_budget: Option<Amount>,
    /// How purchases of the last 30 days went; null where nothing was bought.
    trust: Option<TrustAnswer>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Trust)]
struct TrustAnswer {
    purchases: i64,
    unheard: i64,
    refused: i64,
    verified: i64,
    mismatched: i64,
    /// From the permit to the answer: half of the answered ones within.
    half_ms: Option<i64>,
    /// Nineteen of twenty within.
    p95_ms: Option<i64>,
}

impl From<&Trust> for TrustAnswer {
    fn from(trust: &Trust) -> TrustAnswer {
        let ms = |tenths: Option<i64>| tenths.map(|tenths| tenths * 100);
        TrustAnswer {
            purchases: trust.purchases,
            unheard: trust.unheard,
            refused: trust.refused,
            verified: trust.verified,
            mismatched: trust.mismatched,
            half_ms: ms(trust.half),
            p95_ms: ms(trust.p95),
        }
    }
}

/// Providers, and how far each is to be trusted
#[utoipa::path(
    get,
    path = "/api/admin/trust",
    tag = "staff",
    responses((status = 200, body = ProvidersAnswer))
)]
pub(crate) async fn list(State(shop): State<Shop>) -> Result<Json<ProvidersAnswer>, Problem> {
    let told = shop.engine().sellers().await?;
    let trust = trust(&shop, &shop.app().look.zone).await?;
    let trust_counted_at = trust.kept.as_ref().map(|kept| time(kept.at));
    let trust = trust.kept.map(|kept| kept.figures).unwrap_or_default();
    let standing = |seller: &Seller| {
        let trust = trust.iter().find(|trust| trust.provider == seller.id);
        standing(&shop, &told, seller, trust)
    };
    let items = told.sellers.iter().map(standing).collect();
    Ok(Json(ProvidersAnswer { items, next: None, trust_counted_at }))
}

fn standing(shop: &Shop, all: &Sellers, seller: &Seller, trust: Option<&Trust>) -> StandingAnswer {
    let is_machine = seller.by_hand.is_none();
    let budget = shop.engine().settings().loss_budget;
    StandingAnswer {
        id: seller.id.clone(),
        name: seller.by_hand.as_ref().map_or(&seller.id, |known| &known.name).clone(),
        by_hand: !is_machine,
        pause_reason: seller.paused.as_ref().map(|(_, why)| why.clone()),
        paused_at: seller.paused.as_ref().map(|(at, _)| time(*at)),
        unheard_in_row: seller.unheard_in_row,
        packages: seller.packages,
        list_read_at: seller.read_at.map(time),
        synced_at: seller.sync_at.map(time),
        sync_failing: all.sync_failing.clone().filter(|_| is_machine),
        strays: is_machine.then(|| all.strays.into()),
        loss_budget: budget.filter(|_| is_machine).map(Amount::from),
        trust: trust.map(TrustAnswer::from),
    }
}

/// What the far side said when it was asked.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = TestResult)]
pub(crate) struct TestAnswer {
    answered: bool,
    took_ms: u64,
    /// What it answered, or why it did not.
    detail: String,
}

impl From<Tried> for TestAnswer {
    fn from(tried: Tried) -> TestAnswer {
        let took_ms = u64::try_from(tried.took.as_millis()).unwrap_or(u64::MAX);
        let (answered, detail) = match tried.said {
            Ok(said) => (true, said),
            Err(why) => (false, why),
        };
        TestAnswer { answered, took_ms, detail }
    }
}

/// Ask a provider for its list, once
#[utoipa::path(
    post,
    path = "/api/admin/providers/{id}/test",
    tag = "staff",
    params(("id" = String, Path, example = "smartvps")),
    responses((status = 200, body = TestAnswer))
)]
pub(crate) async fn test(
    State(engine): State<Engine>,
    me: Me,
    At(ProviderName(provider)): At<ProviderName>,
) -> Result<Json<TestAnswer>, Problem> {
    Ok(Json(engine.try_provider(&provider, me.actor()).await?.into()))
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
