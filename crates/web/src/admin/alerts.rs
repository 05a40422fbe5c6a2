//! Every trouble that was told, newest first; those that are over too.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;

use super::home::alert;
use crate::app::Shop;
use crate::body::Asked;
use crate::page::{self, Around};
use crate::paths;
use crate::problem::Problem;
use crate::view::Here;
use crate::view::admin::Alerts;

#[derive(Debug, Deserialize)]
pub(crate) struct Which {
    pub(super) after: Option<String>,
}

/// `/admin/alerts`
pub(crate) async fn list(
    State(shop): State<Shop>,
    around: Around,
    Asked(which): Asked<Which>,
) -> Result<Response, Problem> {
    let part = shop.engine().alerts(which.after.as_deref(), None).await?;
    let frame = around.frame(&shop, "Alerts", Here::StaffAlerts);
    let rows = part.items.iter().map(|told| alert(told, &frame)).collect();
    let next = part.next.map(|next| paths::with_query(paths::STAFF_ALERTS, [("after", &*next)]));
    page::show(&Alerts { frame, rows, next })
}
