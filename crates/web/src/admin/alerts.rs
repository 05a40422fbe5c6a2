//! Every trouble that was told, newest first; those that are over too.

use axum::extract::State;
use axum::response::Response;
use engine::silence::Silence;
use serde::Deserialize;

use super::home::alert;
use super::silence::shown;
use crate::app::Shop;
use crate::auth::Me;
use crate::body::Asked;
use crate::page::{self, Around, Behind, Posted};
use crate::paths;
use crate::problem::Problem;
use crate::view::admin::{Alert, Alerts};
use crate::view::{Frame, Here, Said};

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
    let silences = shop.engine().silences().await?;
    let frame = around.frame(&shop, "Alerts", Here::StaffAlerts);
    let rows = part.items.iter().map(|told| row(told, &silences, &frame)).collect();
    let next = part.next.map(|next| paths::with_query(paths::STAFF_ALERTS, [("after", &*next)]));
    let silences = silences.into_iter().map(|silence| shown(silence, &frame)).collect();
    page::show(&Alerts { frame, rows, silences, next })
}

/// An alert, and whether somebody is told of it.
fn row(told: &engine::read::Alert, silences: &[Silence], frame: &Frame) -> Alert {
    let row = alert(told, frame);
    if told.resolved_at.is_some() {
        return row;
    }
    let until = silences.iter().filter(|silence| silence.covers(told)).map(|quiet| quiet.until);
    match until.max() {
        Some(until) => Alert { quiet_until: Some(frame.time(until)), ..row },
        None => {
            let about = [("kind", &*told.kind), ("subject", &*told.subject)];
            Alert { silence: Some(paths::with_query(paths::STAFF_SILENCE, about)), ..row }
        }
    }
}
