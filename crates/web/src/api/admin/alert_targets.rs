//! Where alerts go, for programs: what waits there, and a test. Never an address.

use axum::Json;
use axum::extract::State;
use engine::Engine;
use engine::notice::{Place, Tested};
use engine::read::Page;
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::shapes::List;
use crate::auth::Me;
use crate::body::{At, Named};
use crate::problem::Problem;

/// What a target is known by: a digest of its entry in the settings.
pub(crate) struct TargetKey(pub String);

impl Named for TargetKey {
    const WHAT: &'static str = "target of alerts";

    fn named(text: &str) -> Option<TargetKey> {
        let is_digest = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_digest.then(|| TargetKey(text.to_owned()))
    }
}

#[derive(Serialize, ToSchema)]
#[schema(as = AlertTarget)]
pub(crate) struct TargetAnswer {
    key: String,
    label: String,
    /// mail, slack, discord, telegram or webhook
    channel: &'static str,
    /// How many notices or mails are on their way there.
    waiting: i64,
    /// Why the next of them does not arrive, or the last one was given up on.
    error: Option<String>,
}

fn answer(place: Place) -> TargetAnswer {
    let Place { key, label, channel, waiting, error } = place;
    TargetAnswer { key, label, channel, waiting, error }
}

#[derive(Serialize, ToSchema)]
#[schema(as = TestedTarget)]
pub(crate) struct TestedAnswer {
    label: String,
    /// taken; queued, of a mail; refused, for good; not-now: away, or told to come later
    outcome: &'static str,
    /// What the far side said, where it did not take it.
    said: Option<String>,
}

/// Where alerts go
#[utoipa::path(
    get,
    path = "/api/admin/alerts/targets",
    tag = "staff",
    responses((status = 200, body = List<TargetAnswer>))
)]
pub(crate) async fn list(
    State(engine): State<Engine>,
) -> Result<Json<List<TargetAnswer>>, Problem> {
    let page = Page { items: engine.alert_targets().await?, next: None };
    Ok(Json(List::of(page, answer)))
}

/// Send a test to a target
///
/// Now, past what waits there, and once. A mail leaves with the others.
#[utoipa::path(
    post,
    path = "/api/admin/alerts/targets/{key}/test",
    tag = "staff",
    params(("key" = String, Path, example = "0f3c9a1b2d4e5f60")),
    responses((status = 200, body = TestedAnswer))
)]
pub(crate) async fn test(
    State(engine): State<Engine>,
    me: Me,
    At(TargetKey(key)): At<TargetKey>,
) -> Result<Json<TestedAnswer>, Problem> {
    let (label, tested) = engine.test_alert_target(&key, me.actor()).await?;
    let (outcome, said) = match tested {
        Tested::Taken => ("taken", None),
        Tested::OnItsWay => ("queued", None),
        Tested::Refused(said) => ("refused", Some(said)),
        Tested::NotNow(said) => ("not-now", Some(said)),
    };
    Ok(Json(TestedAnswer { label, outcome, said }))
}
