//! The five checks of one order: what was sold, what is configured, what the provider lists and
//! what was assigned, side by side. On a page of its own the provider is asked; on the order's
//! page what is kept must do.

use axum::extract::State;
use axum::response::Response;
use domain::package::Listed as Row;
use engine::diagnose::{Diagnosis as Found, Entry as Known};
use engine::permission::Act;
use engine::read::AdminOrder;

use crate::api::at::Any;
use crate::app::Shop;
use crate::auth::Me;
use crate::page::{self, Around};
use crate::paths;
use crate::problem::Problem;
use crate::view::admin::trace::{Check, Checks, Diagnosis, Entry, Listed};
use crate::view::{Frame, Here, Tone};

/// So many packages of the provider are listed; the one that was sold is always among them.
const LISTED_MAX: usize = 200;

/// `/admin/orders/{id}/diagnosis`
pub(crate) async fn show(
    State(shop): State<Shop>,
    around: Around,
    Any { id, .. }: Any,
) -> Result<Response, Problem> {
    let found = shop.engine().diagnose(id.as_str()).await?;
    let tone = match (found.diagnosis.is_perfect(), &found.api_error) {
        (true, _) => Tone::Good,
        (false, Some(_)) => Tone::Warn,
        (false, None) => Tone::Bad,
    };
    let frame = around.frame(&shop, format!("Checks of {}", found.order.number), Here::StaffOrders);
    page::show(&Diagnosis {
        id: found.order.id.to_string(),
        number: found.order.number.clone(),
        issue: found.diagnosis.issue.clone(),
        tone,
        checks: checks(&found, "the provider was not asked"),
        error: found.api_error.clone(),
        duplicates: found.duplicates.iter().map(entry).collect(),
        listed: found.all_available_packages.as_deref().map(|rows| listed(rows, &found)),
        frame,
    })
}

/// The same on the order's own page, by what is kept. Nobody is asked.
pub(super) async fn kept(
    shop: &Shop,
    me: &Me,
    all: &AdminOrder,
    frame: &Frame,
) -> Result<Option<Checks>, Problem> {
    if !me.may(Act::Diagnose) {
        return Ok(None);
    }
    let kept = shop.engine().diagnose_kept(all).await?;
    let found = &kept.diagnosis;
    let is_known = kept.listed_at.is_some() || all.is_by_hand;
    let (tone, issue) = match (found.diagnosis.is_perfect(), is_known) {
        (true, _) => (Tone::Good, found.diagnosis.issue.clone()),
        (false, true) => (Tone::Bad, found.diagnosis.issue.clone()),
        (false, false) => (Tone::Warn, "No list of the provider is kept: ask it.".to_owned()),
    };
    let unlisted =
        if all.is_by_hand { "delivered by hand: nobody lists it" } else { "no list kept" };
    Ok(Some(Checks {
        issue,
        tone,
        rows: checks(found, unlisted),
        listed: kept.listed_at.map(|at| frame.time(at)),
        again: (!all.is_by_hand).then(|| paths::staff_diagnosis(&all.view.id)),
    }))
}

/// What each check compares, and what came out. `unlisted` says why there is no list.
fn checks(found: &Found, unlisted: &str) -> Vec<Check> {
    let is = &found.diagnosis;
    let nothing = || "nothing".to_owned();
    let configured = found.entry.as_ref();
    let pid = configured.map_or_else(nothing, |entry| format!("PID {}", entry.pid));
    let is_listed = match found.api_package_found {
        Some(true) => "listed by the provider",
        Some(false) => "not in the provider's list",
        None => unlisted,
    };
    let others = match found.duplicates.len() {
        0 => "no other with its name or PID".to_owned(),
        count => format!("{count} more with its name or PID"),
    };
    let name_listed = is.actual_package_name.as_ref().map(|name| format!("listed {name}"));
    let assigned = found.order.provisioned_ip.map(|address| format!("assigned {address}"));
    vec![
        check(
            ("PID", is.pid_matches),
            (format!("sold PID {}, configured {pid}", found.order.pid), is_listed.to_owned()),
            ["one PID all the way", "not one PID all the way"],
        ),
        check(
            ("Package name", is.name_matches),
            (
                format!("stored {}", is.expected_package_name),
                name_listed.unwrap_or_else(|| is_listed.to_owned()),
            ),
            ["the provider calls it the same", "the provider calls it something else"],
        ),
        check(
            ("Name in the shop", is.display_name_matches),
            (
                found.order.product_name.clone(),
                configured.map_or_else(nothing, |entry| entry.package_name.clone()),
            ),
            ["what the customer read names the same block", "what the customer read misleads"],
        ),
        check(
            ("Address", is.ip_matches),
            (
                format!("sold {}", found.order.promise),
                assigned.unwrap_or_else(|| "no server named yet".to_owned()),
            ),
            ["inside what was sold", "outside what was sold, or not to be compared"],
        ),
        check(
            ("Entry of the shop", configured.map(|_| found.duplicates.is_empty())),
            (configured.map_or_else(nothing, |entry| entry.display_name.clone()), others),
            ["the only one of its kind", "another could be mistaken for it"],
        ),
    ]
}

fn check(
    (name, holds): (&'static str, Option<bool>),
    (one, other): (String, String),
    [fits, differs]: [&'static str; 2],
) -> Check {
    let verdict = match holds {
        Some(true) => fits,
        Some(false) => differs,
        None => "nothing to compare with yet",
    };
    Check { name, one, other, holds, verdict }
}

fn entry(known: &Known) -> Entry {
    Entry {
        name: known.display_name.clone(),
        package: known.package_name.clone(),
        pid: known.pid.to_string(),
    }
}

fn listed(rows: &[Row], found: &Found) -> Vec<Listed> {
    let is_this = |row: &Row| found.api_package.as_ref().is_some_and(|this| this.pid == row.pid);
    let others = rows.iter().filter(|row| !is_this(row)).take(LISTED_MAX);
    let all = rows.iter().filter(|row| is_this(row)).chain(others);
    let shown = all.map(|row| Listed {
        pid: row.pid.to_string(),
        name: row.name.clone(),
        stock: row.stock,
        is_this: is_this(row),
    });
    shown.collect()
}
