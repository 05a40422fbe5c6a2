//! Sessions that a person ends: one, or all but the one they sit at.

use axum::extract::State;
use axum::response::Response;
use domain::id::SessionId;

use crate::app::Shop;
use crate::auth::Me;
use crate::body::At;
use crate::page;
use crate::paths;
use crate::problem::Problem;
use crate::view::Said;

pub(crate) async fn end(
    State(shop): State<Shop>,
    me: Me,
    At(session): At<SessionId>,
) -> Result<Response, Problem> {
    shop.engine().end_session(&me.0, &session).await?;
    Ok(page::on_to_say(paths::ACCOUNT, Said::SessionEnded))
}

pub(crate) async fn end_others(State(shop): State<Shop>, me: Me) -> Result<Response, Problem> {
    shop.engine().end_other_sessions(&me.0).await?;
    Ok(page::on_to_say(paths::ACCOUNT, Said::OthersEnded))
}
