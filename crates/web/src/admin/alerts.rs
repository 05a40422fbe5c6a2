//! Every trouble that was told, newest first; those that are over too.

use axum::extract::State;
use axum::response::Response;
use engine::notice::Tested;
use engine::silence::Silence;
use serde::Deserialize;

use super::home::alert;
use super::silence::shown;
use crate::api::TargetKey;
use crate::app::Shop;
use crate::auth::Me;
use crate::body::{Asked, At};
use crate::page::{self, Around, Behind, Posted};
use crate::paths;
use crate::problem::Problem;
use crate::view::admin::{Alert, Alerts, Place};
use crate::view::{Frame, Here, Said, Tone};

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
    page::show(&shelf(&shop, &around, which.after.as_deref()).await?)
}

/// Sends a test to one of the places that staff are told at, and says what came of it.
pub(crate) async fn test(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    At(TargetKey(key)): At<TargetKey>,
) -> Result<Response, Problem> {
    let (label, tested) = shop.engine().test_alert_target(&key, me.actor()).await?;
    let tested = Some(match tested {
        Tested::Taken => (Tone::Good, format!("{label} took the test: look whether it is there.")),
        Tested::OnItsWay => {
            (Tone::Good, format!("A test to {label} is on its way with the other mail."))
        }
        Tested::Refused(said) => (Tone::Bad, format!("{label} refused the test: {said}")),
        Tested::NotNow(said) => (Tone::Warn, format!("{label} did not take the test: {said}")),
    });
    page::show(&Alerts { tested, ..shelf(&shop, &around, None).await? })
}

async fn shelf(shop: &Shop, around: &Around, after: Option<&str>) -> Result<Alerts, Problem> {
    let part = shop.engine().alerts(after, None).await?;
    let silences = shop.engine().silences().await?;
    let frame = around.frame(shop, "Alerts", Here::StaffAlerts);
    let rows = part.items.iter().map(|told| row(told, &silences, &frame)).collect();
    let next = part.next.map(|next| paths::with_query(paths::STAFF_ALERTS, [("after", &*next)]));
    let silences = silences.into_iter().map(|silence| shown(silence, &frame)).collect();
    let places = shop.engine().alert_targets().await?.into_iter().map(place).collect();
    Ok(Alerts { frame, rows, silences, places, tested: None, next })
}

fn place(told: engine::notice::Place) -> Place {
    let engine::notice::Place { key, label, channel, waiting, error } = told;
    Place { key, channel, label, waiting, error }
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
