//! Orders as staff look for them.

use axum::Json;
use axum::extract::State;
use engine::Engine;
use engine::read::{Found, Only, Sought};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::orders::OrderAnswer;
use crate::api::shapes::{List, moment};
use crate::body::{Asked, Part};
use crate::problem::Problem;
use crate::view::admin::stage_word;

/// Which orders.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// A number, id, server address, PID, package or transaction, or how a mail address or a name
    /// begins; of that the newest 50 customers.
    #[serde(default)]
    q: String,
    /// The word of a stage, as `stage` of an answer.
    stage: Option<String>,
    /// Ordered then or later: a moment such as `2026-11-21T00:00:00Z`.
    from: Option<String>,
    /// Ordered before that moment.
    until: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = FoundOrder)]
pub(crate) struct FoundAnswer {
    #[serde(flatten)]
    order: OrderAnswer,
    #[schema(example = "delivered")]
    stage: &'static str,
    /// Whose it is.
    email: String,
}

fn found(found: Found) -> FoundAnswer {
    let Found { view, stage, email } = found;
    FoundAnswer { order: OrderAnswer::from(view), stage, email }
}

/// Orders that staff look for, newest first
#[utoipa::path(
    get,
    path = "/api/admin/orders",
    tag = "staff",
    params(Wanted, Part),
    responses((status = 200, body = List<FoundAnswer>))
)]
pub(crate) async fn find(
    State(engine): State<Engine>,
    Asked(wanted): Asked<Wanted>,
    Asked(part): Asked<Part>,
) -> Result<Json<List<FoundAnswer>>, Problem> {
    let no_stage = || Problem::malformed("there is no such stage; orders say theirs as `stage`");
    let stage = wanted.stage.map(|word| stage_word(&word).ok_or_else(no_stage)).transpose()?;
    let only = Only {
        stage,
        from: moment(wanted.from.as_deref(), "from")?,
        until: moment(wanted.until.as_deref(), "until")?,
    };
    let limit = Some(part.limit()?.into());
    let sought = Sought { text: wanted.q, only };
    let matches = engine.find_orders(&sought, part.after.as_deref(), limit).await?;
    Ok(Json(List::of(matches.page, found)))
}
