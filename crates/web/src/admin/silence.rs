//! Silencing an alert, or all of its kind, for a time; and ending that.

use std::collections::HashMap;

use axum::extract::State;
use axum::response::Response;
use engine::Error;
use engine::silence::{Silence as Kept, SilenceId, SilenceWish};
use serde::Deserialize;

use super::page_of::page_of;
use crate::app::Shop;
use crate::auth::Me;
use crate::body::{Asked, At};
use crate::page::{self, Around, Posted, sentence};
use crate::paths;
use crate::problem::Problem;
use crate::view::admin::silence::{Ask, Silence};
use crate::view::admin::words::in_words;
use crate::view::{Choice, Field, Frame, Here, Said};

/// All of the kind, where a form says which.
const ALL: &str = "all";
/// How long, as the form offers it.
const OFFERED: [(&str, &str); 6] = [
    ("1", "1 hour"),
    ("4", "4 hours"),
    ("12", "12 hours"),
    ("24", "1 day"),
    ("72", "3 days"),
    ("168", "7 days"),
];

#[derive(Debug, Deserialize)]
pub(crate) struct About {
    kind: String,
    subject: String,
}

/// `/admin/alerts/silence`
pub(crate) async fn show(
    State(shop): State<Shop>,
    around: Around,
    Asked(About { kind, subject }): Asked<About>,
) -> Result<Response, Problem> {
    let wish = Wish { kind, subject, which: String::new(), hours: "4".into(), reason: "".into() };
    page::show(&ask(&shop, &around, wish).await?)
}

async fn ask(shop: &Shop, around: &Around, wish: Wish) -> Result<Ask, Problem> {
    let chosen = |chosen: &str| {
        let chosen = chosen.to_owned();
        move |(value, label)| Choice { chosen: value == chosen, ..Choice::of(value, label) }
    };
    let name = shop.engine().name_of(&wish.subject).await?;
    let this = format!("only that of {}", name.as_deref().unwrap_or(&wish.subject));
    let which = [("this", &*this), (ALL, "all of this kind")];
    Ok(Ask {
        title: in_words(&wish.kind),
        frame: around.frame(shop, "Silence an alert", Here::StaffAlerts),
        which: which.into_iter().map(chosen(&wish.which)).collect(),
        hours: OFFERED.into_iter().map(chosen(&wish.hours)).collect(),
        reason: Field::of(wish.reason),
        kind: wish.kind,
        subject: wish.subject,
        refused: None,
    })
}

#[derive(Debug, Deserialize)]
pub(crate) struct Wish {
    kind: String,
    subject: String,
    which: String,
    hours: String,
    reason: String,
}

pub(crate) async fn set(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    Posted(wish): Posted<Wish>,
) -> Result<Response, Problem> {
    let wished = SilenceWish {
        kind: wish.kind.clone(),
        subject: (wish.which != ALL).then(|| wish.subject.clone()),
        // What is no number is no length that there is.
        hours: wish.hours.parse().unwrap_or(0),
        reason: wish.reason.clone(),
    };
    match shop.engine().silence_alerts(wished, me.actor()).await {
        Ok(_) => Ok(page::on_to_say(paths::STAFF_ALERTS, Said::Done)),
        Err(error @ Error::Invalid { .. }) => {
            let refused = Some(sentence(&error.to_string()));
            page::show_refused(error, &Ask { refused, ..ask(&shop, &around, wish).await? })
        }
        Err(error) => Err(error.into()),
    }
}

pub(crate) async fn end(
    State(shop): State<Shop>,
    me: Me,
    At(id): At<SilenceId>,
) -> Result<Response, Problem> {
    shop.engine().end_silence(id, me.actor()).await?;
    Ok(page::on_to_say(paths::STAFF_ALERTS, Said::Done))
}

pub(super) fn shown(kept: Kept, names: &HashMap<String, String>, frame: &Frame) -> Silence {
    let about = |subject: &String| page_of(&kept.kind, subject, names, frame);
    Silence {
        id: kept.id,
        about: kept.subject.as_ref().map(about),
        kind: in_words(&kept.kind),
        until: frame.time(kept.until),
        reason: kept.reason,
        set_by: kept.email.unwrap_or(kept.set_by),
        set_at: frame.time(kept.set_at),
        open: kept.open,
    }
}
