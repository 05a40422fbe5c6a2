//! Every trouble that was told, newest first; those that are over too.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

use super::home::alert;
use crate::app::Shop;
use crate::auth::Me;
use crate::body::Asked;
use crate::page::{self, Around, Behind, Posted};
use crate::paths;
use crate::problem::Problem;
use crate::view::admin::Alerts;
use crate::view::{Here, Said};

#[derive(Debug, Deserialize)]
pub(crate) struct Over {
    kind: String,
    subject: String,
    reason: String,
}

/// Somebody's word that a trouble is over.
pub(crate) async fn settle(
    State(shop): State<Shop>,
    me: Me,
    Posted(over): Posted<Over>,
) -> Result<Response, Problem> {
    let about = (&*over.kind, &*over.subject);
    shop.engine().settle_alert(about, &over.reason, me.actor()).await?;
    Ok(page::on_to_say(paths::STAFF_ALERTS, Said::Done))
}

/// `/admin/alerts`
pub(crate) async fn list(
    State(shop): State<Shop>,
    around: Around,
    Asked(which): Asked<Behind>,
) -> Result<Response, Problem> {
    let part = shop.engine().alerts(which.after.as_deref(), None).await?;
    let frame = around.frame(&shop, "Alerts", Here::StaffAlerts);
    let rows = part.items.iter().map(|told| alert(told, &frame)).collect();
    let next = part.next.map(|next| paths::with_query(paths::STAFF_ALERTS, [("after", &*next)]));
    page::show(&Alerts { frame, rows, next })
}
