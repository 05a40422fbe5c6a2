//! `berth diagnose`: what was sold, what was bought, and whether they are the same.

use clap::Args;
use domain::package::Listed;
use engine::diagnose::{Diagnosis, Entry};

use super::{Report, examples, refused};
use crate::config::Settings;
use crate::exit::Exit;
use crate::log::one_line;
use crate::paint::{Paint, print, tell};
use crate::table::{Cell, Table, Tone, count};
use crate::wire;

/// Compare one order's server with what was sold
#[derive(Debug, Args)]
#[command(
    before_help = "Works from stored facts when the upstream cannot be reached, and says so."
)]
#[command(after_help = examples(&[
    ("berth diagnose ORD-4CIYNGEQK6", "for people"),
    ("berth diagnose ORD-4CIYNGEQK6 --json", "as /api/dev/check-order-ipstock answers"),
]))]
pub struct Diagnose {
    /// The order's number (`ORD-…`) or id (`ord_…`).
    #[arg(value_name = "ORDER")]
    pub order: String,

    #[command(flatten)]
    pub report: Report,
}

/// Compares one order with everything that is known of it.
pub async fn run(args: &Diagnose, settings: &Settings) -> anyhow::Result<Exit> {
    let engine = wire::engine(settings, &settings.app_url(settings.server.listen)).await?;
    tell(&format!("asking {} for its packages …", settings.smartvps.base_url));
    let found = engine.diagnose(&args.order).await;
    let found = found.map_err(|error| refused(args.report, error))?;
    let exit = if found.diagnosis.is_perfect() { Exit::Done } else { Exit::FoundWrong };
    if args.report.json {
        let answer = web::answer::DiagnosisAnswer::from(found);
        print(&serde_json::to_string_pretty(&answer)?)?;
    } else {
        print(&for_people(&found, Paint::stdout()))?;
    }
    Ok(exit)
}

fn for_people(found: &Diagnosis, paint: Paint) -> String {
    let order = &found.order;
    let tone = if found.diagnosis.is_perfect() { Tone::Good } else { Tone::Bad };
    let mut text = format!(
        "{}  {}  {}  {}\n\n{}\n{}\n{}\n",
        paint.bold(&order.number),
        one_line(&order.product_name),
        order.memory,
        paint.dim(order.seen.status.as_str()),
        facts(found).text(paint),
        checks(found).text(paint),
        tone.of(&one_line(&found.diagnosis.issue), paint),
    );
    if let Some(why) = &found.api_error {
        text.push_str(&paint.warn(&format!("SmartVPS could not be asked: {}\n", one_line(why))));
    }
    if !found.duplicates.is_empty() {
        text.push_str("\nOther entries with the same display name or PID:\n");
        text.push_str(&duplicates(&found.duplicates).text(paint));
    }
    if let Some(rows) = &found.all_available_packages {
        let available = count(rows.len(), "active package", "active packages");
        let hint = format!("SmartVPS lists {available}; --json names them.\n");
        text.push_str(&format!("\n{}", paint.dim(&hint)));
    }
    text
}

/// What stands in the books and in the list, side by side.
fn facts(found: &Diagnosis) -> Table {
    let mut table = Table::default();
    let mut fact = |what: &str, is: String| table.row([Cell::dim(what), Cell::plain(is)]);
    fact("order", found.order.id.to_string());
    match &found.entry {
        Some(entry) => {
            fact("shop entry", format!("{}, {}", entry.display_name, for_sale(entry)));
            fact("configured", format!("{} (PID {})", entry.package_name, entry.pid));
        }
        None => fact("shop entry", format!("{} is gone", found.order.product)),
    }
    fact("SmartVPS", listed(found));
    let address = found.order.provisioned_ip.map(|address| address.to_string());
    fact("server", address.unwrap_or_else(|| "none yet".to_owned()));
    table
}

fn for_sale(entry: &Entry) -> &'static str {
    if entry.available { "available" } else { "not available" }
}

fn listed(found: &Diagnosis) -> String {
    match (&found.api_package, found.api_package_found) {
        (Some(row), _) => {
            let Listed { pid, name, stock, status, .. } = row;
            format!("{name} (PID {pid}), {stock} free, {status}")
        }
        (None, Some(_)) => "does not list it".to_owned(),
        (None, None) => "could not be asked".to_owned(),
    }
}

/// The five checks. One that does not apply has neither hook nor cross.
fn checks(found: &Diagnosis) -> Table {
    let result = &found.diagnosis;
    let stored = &result.expected_package_name;
    let sold = result.display_name_matches;
    let mut table = Table::default();
    let mut check = |name: &str, holds: Option<bool>, good: String, bad: String| {
        let (mark, tone, says) = match holds {
            Some(true) => ("✅", Tone::Plain, good),
            Some(false) => ("❌", Tone::Bad, bad),
            None => ("–", Tone::Dim, "does not apply yet".to_owned()),
        };
        table.row([Cell::plain(mark), Cell::new(tone, name), Cell::new(tone, says)]);
    };
    let text = str::to_owned;
    let compared = match found.api_package_found {
        Some(_) => "what was sold, configured and listed",
        None => "what was sold and configured",
    };
    check(
        "PID",
        result.pid_matches,
        format!("one PID for {compared}"),
        format!("{compared} is not one PID"),
    );
    check(
        "in the list",
        found.api_package_found,
        text("SmartVPS lists the package"),
        text("the package is gone from the SmartVPS API"),
    );
    let theirs = result.actual_package_name.as_deref().unwrap_or("nothing, or several names");
    check(
        "package name",
        result.name_matches,
        format!("{stored} here and there"),
        format!("{stored} is stored, SmartVPS says {theirs}"),
    );
    check(
        "display name",
        sold,
        text("the customer read no other block than the package's"),
        format!("the customer read another block than {stored}"),
    );
    let address = found.order.provisioned_ip.map(|address| address.to_string());
    let address = address.unwrap_or_default();
    check(
        "address",
        result.ip_matches,
        format!("{address} is what was promised"),
        format!("{address} is not what was promised"),
    );
    table
}

fn duplicates(entries: &[Entry]) -> Table {
    let mut table = Table::default();
    for entry in entries {
        table.row([
            Cell::plain(&entry.display_name),
            Cell::plain(&entry.package_name),
            Cell::dim(format!("PID {}", entry.pid)),
            Cell::dim(for_sale(entry)),
            Cell::dim(entry.id.to_string()),
        ]);
    }
    table
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use domain::clock::Timestamp;
    use domain::diagnosis::PERFECT;
    use domain::id::{Chance, OrderId, ProductId};
    use domain::order::Seen;
    use domain::order::seen::{PaymentStatus, ProvisioningStatus, Status};
    use domain::package::{Pid, Ram};
    use engine::diagnose::Diagnosed;

    use super::*;

    struct Zeros;
    impl Chance for Zeros {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(0);
        }
    }

    /// The order of the fallback incident: 103.181.91 sold, an address of 103.182.44 given.
    fn incident() -> Diagnosis {
        let start = Timestamp::from_millis(0);
        let pid = Pid::new("123").unwrap();
        let row = Listed {
            pid: pid.clone(),
            name: "103.181.91".to_owned(),
            stock: 12,
            status: "active".to_owned(),
            active: true,
        };
        let entry = Entry {
            id: ProductId::mint(start, &Zeros),
            display_name: "🌊 103.181.91".to_owned(),
            provider: "smartvps".to_owned(),
            available: true,
            pid: pid.clone(),
            package_name: "103.181.91".to_owned(),
        };
        Diagnosis {
            order: Diagnosed {
                id: OrderId::mint(start, &Zeros),
                number: "ORD-4CIYNGEQK6".to_owned(),
                product_name: "🌊 103.181.91".to_owned(),
                product: entry.id.clone(),
                memory: Ram::gb(8),
                pid,
                promise: "103.181.91.0/24".to_owned(),
                provisioned_ip: Some(Ipv4Addr::new(103, 182, 44, 18)),
                seen: Seen {
                    payment: PaymentStatus::Paid,
                    status: Status::NeedsReview,
                    provisioning: ProvisioningStatus::Failed,
                },
            },
            duplicates: vec![Entry { available: false, ..entry.clone() }],
            entry: Some(entry),
            api_package: Some(row.clone()),
            api_package_found: Some(true),
            diagnosis: domain::diagnosis::Diagnosis {
                pid_matches: Some(true),
                name_matches: Some(true),
                display_name_matches: Some(true),
                ip_matches: Some(false),
                expected_package_name: "103.181.91".to_owned(),
                actual_package_name: Some("103.181.91".to_owned()),
                issue: "⚠️ Customer bought '103.181.91' but was assigned '103.182.44.18', \
                        which lies outside it!"
                    .to_owned(),
            },
            all_available_packages: Some(vec![row]),
            api_error: None,
        }
    }

    #[test]
    fn the_incident_is_told_side_by_side() {
        insta::assert_snapshot!("diagnose_incident", for_people(&incident(), Paint::of(false)));
    }

    #[test]
    fn without_the_upstream_its_side_has_no_mark() {
        let mut found = incident();
        found.order.provisioned_ip = None;
        found.diagnosis.ip_matches = None;
        found.diagnosis.name_matches = None;
        found.diagnosis.issue = PERFECT.to_owned();
        (found.api_package, found.api_package_found) = (None, None);
        found.all_available_packages = None;
        found.api_error = Some("could not reach SmartVPS: connection refused".to_owned());
        let text = for_people(&found, Paint::of(false));
        assert_eq!(text.matches("does not apply yet").count(), 3, "{text}");
        assert!(text.contains("could not be asked: could not reach SmartVPS"));
    }
}
