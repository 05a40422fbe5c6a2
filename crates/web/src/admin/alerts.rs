//! Every trouble that was told: open ones first, then those that are over.

use std::collections::HashMap;

use axum::extract::State;
use axum::response::Response;
use engine::notice::Tested;
use engine::read::{AlertPage, AlertState, AlertsSought, OpenAlerts as Open};
use engine::silence::Silence;
use serde::Deserialize;

use super::home::alert;
use super::silence::shown;
use crate::api::TargetKey;
use crate::app::Shop;
use crate::auth::Me;
use crate::body::{Asked, At};
use crate::page::{self, Around, Posted};
use crate::paths;
use crate::problem::Problem;
use crate::view::admin::words::in_words;
use crate::view::admin::{Alert, Alerts, Place, Standing};
use crate::view::{Choice, Frame, Here, Said, Tone};

#[derive(Debug, Deserialize)]
pub(crate) struct Over {
    kind: String,
    subject: String,
    reason: String,
}

/// Where an alert stands, as the address says it, as the page does, and as the books do.
const STATES: [(&str, &str, Option<AlertState>); 4] = [
    ("", "All", None),
    ("open", "Open", Some(AlertState::Open)),
    ("silenced", "Silenced", Some(AlertState::Silenced)),
    ("resolved", "Resolved", Some(AlertState::Resolved)),
];

/// Which alerts are looked at, as the address of the page says it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Which {
    state: String,
    kind: String,
    after: Option<String>,
}

impl Which {
    fn sought(&self) -> AlertsSought {
        let known = STATES.iter().find(|(word, ..)| *word == self.state);
        let kind = Some(self.kind.clone()).filter(|kind| !kind.is_empty());
        AlertsSought { state: known.and_then(|(.., state)| *state), kind }
    }

    /// The same kind in another state, or further down.
    fn url(&self, state: &str, after: Option<&str>) -> String {
        let all = [("state", state), ("kind", &*self.kind), ("after", after.unwrap_or_default())];
        let given = all.into_iter().filter(|(_, value)| !value.is_empty());
        paths::with_query(paths::STAFF_ALERTS, given)
    }
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
    Asked(which): Asked<Which>,
) -> Result<Response, Problem> {
    page::show(&shelf(&shop, &around, &which).await?)
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
    page::show(&Alerts { tested, ..shelf(&shop, &around, &Which::default()).await? })
}

async fn shelf(shop: &Shop, around: &Around, which: &Which) -> Result<Alerts, Problem> {
    let found = shop.engine().find_alerts(which.sought(), which.after.as_deref(), None).await?;
    let frame = around.frame(shop, "Alerts", Here::StaffAlerts);
    let AlertPage { page, open, kinds, silences, names } = found;
    let rows = page.items.iter().map(|told| row(told, &names, &silences, &frame)).collect();
    let next = page.next.map(|next| which.url(&which.state, Some(&next)));
    let silences = silences.into_iter().map(|kept| shown(kept, &names, &frame)).collect();
    let places = shop.engine().alert_targets().await?.into_iter().map(place).collect();
    Ok(Alerts {
        states: states(which, &open),
        state: which.state.clone(),
        kinds: choices(which, &open, &kinds),
        frame,
        rows,
        silences,
        places,
        tested: None,
        next,
    })
}

/// The tabs: of all open ones, and of those of the kind that is looked at, how many there are.
fn states(which: &Which, open: &[Open]) -> Vec<Standing> {
    let of_kind = || open.iter().filter(|of| which.kind.is_empty() || of.kind == which.kind);
    let count = |state: Option<AlertState>| match state? {
        AlertState::Open => Some(of_kind().map(|of| of.open).sum()),
        AlertState::Silenced => Some(of_kind().map(|of| of.silenced).sum()),
        AlertState::Resolved => None,
    };
    let tab = |(word, label, state): (&str, &'static str, Option<AlertState>)| Standing {
        label,
        count: count(state),
        url: which.url(word, None),
        is_here: which.state == word,
    };
    STATES.into_iter().map(tab).collect()
}

/// Every kind there ever was, each with how many are open.
fn choices(which: &Which, open: &[Open], kinds: &[String]) -> Vec<Choice> {
    let choice = |kind: &String| {
        let words = in_words(kind);
        let label = match open.iter().find(|of| of.kind == *kind) {
            Some(of) => format!("{words} ({} open)", of.open),
            None => words,
        };
        Choice { chosen: *kind == which.kind, ..Choice::of(kind, label) }
    };
    let every = Choice { chosen: which.kind.is_empty(), ..Choice::of("", "Every kind") };
    std::iter::once(every).chain(kinds.iter().map(choice)).collect()
}

fn place(told: engine::notice::Place) -> Place {
    let engine::notice::Place { key, label, channel, waiting, error } = told;
    Place { key, channel, label, waiting, error }
}

/// An alert, and whether somebody is told of it.
fn row(
    told: &engine::read::Alert,
    names: &HashMap<String, String>,
    silences: &[Silence],
    frame: &Frame,
) -> Alert {
    let row = alert(told, names, frame);
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
