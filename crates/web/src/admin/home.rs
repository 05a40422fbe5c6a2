//! The staff's first page: what needs a person, what is under way, and what is switched off.

use axum::extract::State;
use axum::response::Response;
use engine::alert::is_settled_by_hand;
use engine::permission::Act;
use engine::read::{Alert as Told, Listed, Today};

use crate::app::Shop;
use crate::auth::Me;
use crate::page::{self, Around};
use crate::paths;
use crate::problem::Problem;
use crate::view::admin::{Alert, Attention, Count, Home, STAGES, Switches, why_words};
use crate::view::{Frame, Here};

/// `/admin`
pub(crate) async fn show(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
) -> Result<Response, Problem> {
    let frame = around.frame(&shop, "Staff", Here::Staff);
    let today = shop.engine().today().await?;
    let listed = shop.engine().needs_attention(None, None).await?;
    page::show(&Home {
        attention: listed.items.iter().map(|row| attention(row, &frame)).collect(),
        more_alerts: today.open_alerts - today.newest_alerts.len() as i64,
        alerts: today.newest_alerts.iter().map(|told| alert(told, &frame)).collect(),
        stages: stages(&today),
        strays: today.quarantined,
        stray_cost: if today.quarantined > 0 {
            today.quarantine_cost.for_people()
        } else {
            String::new()
        },
        switches: Switches {
            may_switch: me.may(Act::ManageProviders) && me.may(Act::StopSelling),
            provider: today.provider.to_owned(),
            selling_stopped: today.selling_stopped,
            second_factor: me.may(Act::ManageAccounts).then_some(today.staff_second_factor),
            paused: today.paused,
            over_budget: today.over_budget,
            latched: today.latched,
        },
        frame,
    })
}

/// The stages that have orders, in the order of an order's life.
fn stages(today: &Today) -> Vec<Count> {
    let count = |(word, label, tone): &(&str, &str, _)| {
        let (_, count) = today.stages.iter().find(|(known, _)| known == word)?;
        Some(Count {
            word: (*word).to_owned(),
            label: (*label).to_owned(),
            count: *count,
            tone: *tone,
        })
    };
    STAGES.iter().filter_map(count).collect()
}

pub(super) fn attention(row: &Listed, frame: &Frame) -> Attention {
    Attention {
        order: row.order.to_string(),
        number: row.number.clone(),
        why: why_words(&row.why),
        since: frame.time(row.since),
        due: frame.time(row.due_at),
        overdue: row.due_at < frame.now,
        owner: row.owner.clone(),
    }
}

pub(super) fn alert(told: &Told, frame: &Frame) -> Alert {
    let link = match told.subject.split_once('_').map(|(prefix, _)| prefix) {
        Some("ord") => Some((format!("{}/{}", paths::STAFF_ORDERS, told.subject), "the order")),
        Some("prd" | "pkg") => Some((paths::STAFF_STOCK.to_owned(), "the catalogue")),
        _ => None,
    };
    Alert {
        kind: told.kind.clone(),
        text: told.text.clone(),
        at: frame.time(told.at),
        resolved: told.resolved_at.map(|at| frame.time(at)),
        link,
        by_hand: (told.resolved_at.is_none() && is_settled_by_hand(&told.kind))
            .then(|| told.subject.clone()),
        silence: None,
        quiet_until: None,
    }
}
