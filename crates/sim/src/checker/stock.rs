//! INV-20: no permit against the stock formula, and seen from the world never more accepted than
//! the upstream had.

use std::collections::{BTreeMap, HashMap};

use super::Report;
use super::look::{Look, PAID_AND_OPEN};
use super::row::{AttemptRow, OrderRow, ReadingRow};
use crate::smartvps::{Deed, Op, Record};

pub fn check(look: &Look<'_>, report: &mut Report) {
    permits_by_reading(look, report);
    if let Some(record) = look.evidence.upstream {
        the_worlds_view(look, record, report);
    }
}

/// Permits of one package, given on one reading: together with those before that the reading does
/// not show yet they never used more than it had.
///
/// Counted from what the rows still tell for certain: whoever is counted here was counted then.
fn permits_by_reading(look: &Look<'_>, report: &mut Report) {
    let readings: HashMap<i64, &ReadingRow> =
        look.rows().readings.iter().map(|row| (row.request_number, row)).collect();
    let mut packages: BTreeMap<&str, BTreeMap<i64, Vec<&AttemptRow>>> = BTreeMap::new();
    for attempt in &look.rows().attempts {
        if let Some(number) = attempt.reading_number {
            let by_reading = packages.entry(attempt.package_id.as_str()).or_default();
            by_reading.entry(number).or_default().push(attempt);
        }
    }
    for by_reading in packages.values() {
        for (number, given) in by_reading {
            let reading = readings.get(number).copied();
            on_complete_readings(*number, reading, given, report);
            // Pruned readings say nothing any more.
            let Some(reading) = reading else { continue };
            let earlier = by_reading.range(..number).flat_map(|(_, given)| given);
            let earlier = earlier.filter(|attempt| is_taken(attempt, reading)).count();
            let here = given.iter().filter(|attempt| is_taken(attempt, reading)).count();
            let shown = given.iter().filter_map(|attempt| attempt.stock_seen).max().unwrap_or(0);
            let used = i64::try_from(earlier + here.max(1)).unwrap_or(i64::MAX);
            let buffer = look.evidence.rules.stock_buffer;
            report.unless(shown.saturating_sub(buffer) >= used, "INV-20", || {
                let (name, ids) = (&given[0].package_name, ids(given));
                format!(
                    "{name}: reading {number} showed {shown}, {buffer} are kept back, and {used} \
                     permits use it: {ids}"
                )
            });
        }
    }
}

fn ids(attempts: &[&AttemptRow]) -> String {
    attempts.iter().map(|attempt| attempt.id.as_str()).collect::<Vec<_>>().join(", ")
}

/// Whether a reading does not show for certain what an attempt took.
fn is_taken(attempt: &AttemptRow, reading: &ReadingRow) -> bool {
    let in_tail = attempt.tail_ends_at.is_some_and(|end| end >= reading.requested_at);
    match attempt.state.as_str() {
        "permitted" => true,
        "answered" => {
            in_tail && attempt.settled_number.is_some_and(|number| number > reading.request_number)
        }
        "unheard" | "parked" | "denied" | "written_off" => in_tail,
        _ => false,
    }
}

fn on_complete_readings(
    number: i64,
    reading: Option<&ReadingRow>,
    given: &[&AttemptRow],
    report: &mut Report,
) {
    let Some(reading) = reading else { return };
    let complete = reading.stored_number.is_some() && reading.failure.is_none();
    report.unless(complete, "INV-20", || {
        format!("reading {number} is not complete, and permits stand on it: {}", ids(given))
    });
    for attempt in given {
        // Both numbers are drawn from one sequence, whatever the clocks say.
        let settled = reading.stored_number.zip(attempt.settled_number);
        report.unless(settled.is_none_or(|(read, settled)| read < settled), "INV-20", || {
            let id = &attempt.id;
            format!(
                "{id} was settled before reading {number}, that it was permitted on, was stored"
            )
        });
    }
}

/// Without outside buyers and false words. An order holds a unit while it is reserved or paid and
/// not given back; whatever was bought besides is sold for good.
fn the_worlds_view(look: &Look<'_>, record: &Record, report: &mut Report) {
    let lists = record.requests.iter().filter(|request| request.op == Op::Ipstock);
    let mut lies = lists.filter_map(|request| request.lie.as_ref());
    if lies.any(|lie| lie.deed != Deed::Honest) || record.requests_forgotten > 0 {
        return;
    }
    let mut sold: BTreeMap<&str, i64> = BTreeMap::new();
    for sale in &record.sold {
        *sold.entry(sale.pid.as_str()).or_default() += 1;
    }
    let open = open_by_pid(look);
    for (pid, supply) in &record.supply {
        if supply.disturbed {
            continue;
        }
        let gone = sold.get(pid.as_str()).copied().unwrap_or(0);
        report.unless(gone <= supply.had, "INV-20", || {
            format!("the upstream had {} of PID {pid} and sold {gone}", supply.had)
        });
        let orders = open.get(pid.as_str()).map_or(&[][..], Vec::as_slice);
        let accepted = i64::try_from(orders.len()).unwrap_or(i64::MAX);
        report.unless(accepted <= supply.had, "INV-20", || {
            let numbers: Vec<&str> = orders.iter().map(|order| order.number.as_str()).collect();
            let (had, numbers) = (supply.had, numbers.join(", "));
            format!(
                "the upstream had {had} of PID {pid}, and {accepted} orders hold one: {numbers}"
            )
        });
    }
}

fn open_by_pid<'a>(look: &Look<'a>) -> BTreeMap<&'a str, Vec<&'a OrderRow>> {
    let now = look.evidence.now_us;
    let mut open: BTreeMap<&str, Vec<&OrderRow>> = BTreeMap::new();
    for order in &look.rows().orders {
        let reserved = order.stage == "unpaid" && now.is_some_and(|now| order.reserved_until > now);
        // What stopped may have had no stock to begin with; what was amended is another package's.
        let held = order.stage != "stopped" && PAID_AND_OPEN.contains(&order.stage.as_str());
        let holds = reserved || held || order.stage == "delivered";
        if let Some(package) = look.packages.get(order.package_now.as_str())
            && holds
            && order.amendments == 0
        {
            open.entry(package.pid.as_str()).or_default().push(order);
        }
    }
    open
}
