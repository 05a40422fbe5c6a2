//! The five checks of one order: what was sold, what is configured, what the provider lists now and
//! what was assigned, side by side. It asks the provider and changes nothing.

use axum::extract::State;
use axum::response::Response;
use domain::package::Listed as Row;
use engine::diagnose::{Diagnosis as Found, Entry as Known};

use crate::api::at::Any;
use crate::app::Shop;
use crate::page::{self, Around};
use crate::problem::Problem;
use crate::view::admin::trace::{Check, Diagnosis, Entry, Listed};
use crate::view::{Here, Tone};

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
        checks: checks(&found),
        error: found.api_error.clone(),
        duplicates: found.duplicates.iter().map(entry).collect(),
        listed: found.all_available_packages.as_deref().map(|rows| listed(rows, &found)),
        frame,
    })
}

fn checks(found: &Found) -> Vec<Check> {
    let is = &found.diagnosis;
    let nothing = || "nothing".to_owned();
    let configured = found.entry.as_ref();
    let pid = configured.map_or_else(nothing, |entry| entry.pid.to_string());
    let is_listed = match found.api_package_found {
        Some(true) => "listed by the provider",
        Some(false) => "not in the provider's list",
        None => "the provider was not asked",
    };
    let others = match found.duplicates.len() {
        0 => "no other with its name or PID".to_owned(),
        count => format!("{count} more with its name or PID"),
    };
    let check = |name, one: String, other: String, holds| Check { name, one, other, holds };
    vec![
        check("PID", format!("configured {pid}"), is_listed.to_owned(), is.pid_matches),
        check(
            "Package name",
            format!("stored {}", is.expected_package_name),
            is.actual_package_name.as_ref().map_or_else(nothing, |name| format!("listed {name}")),
            is.name_matches,
        ),
        check(
            "Name in the shop",
            found.order.product_name.clone(),
            configured.map_or_else(nothing, |entry| entry.package_name.clone()),
            is.display_name_matches,
        ),
        check(
            "Address",
            is.expected_package_name.clone(),
            found.order.provisioned_ip.map_or_else(nothing, |address| address.to_string()),
            is.ip_matches,
        ),
        check(
            "Entry of the shop",
            configured.map_or_else(nothing, |entry| entry.display_name.clone()),
            others,
            configured.map(|_| found.duplicates.is_empty()),
        ),
    ]
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
