//! What a run came to: the independent checker over the database and the simulators' own records,
//! the shop owner's books, what people were told, and the figures.

use std::collections::BTreeMap;
use std::time::Duration;

use sim::checker::{self, Evidence, OrderRow, Phase, Rules, Secret, Snapshot, Told};

use super::super::shop::{MASTER_KEY, PASSWORD};
use super::fleet::Node;
use super::lanes::{Lanes, Speed};
use super::town::{Notes, PACKAGES, Resumed, Town};

/// With nothing else broken, what a dead process worked on is at work elsewhere by then.
const RESUMED_WITHIN: Duration = Duration::from_secs(35);
/// Stages in which nobody waits for anything.
const ENDS: [&str; 5] = ["delivered", "refund_pending", "refunded", "unrevived", "terminated"];

/// Everything that does not hold.
pub async fn judged(
    town: &Town,
    fleet: &[Node],
    lanes: &Lanes,
    quiet_since_us: i64,
) -> Vec<String> {
    // In this order whatever one record shows the next one can know.
    let upstream = town.shop.upstream.record();
    let url = town.database().url();
    let snapshot = Snapshot::read_postgres(&url, None).await.unwrap();
    let gateway = town.gateway.record();
    let told = fleet.iter().map(|node| Told { place: "a log".to_owned(), text: node.log() });
    let told: Vec<Told> = told.collect();
    let secrets = secrets(town);
    let notes = town.note(std::mem::take);
    let evidence = Evidence {
        upstream: Some(&upstream),
        gateway: Some(&gateway),
        phase: Phase::Quiet { since_us: quiet_since_us },
        now_us: Some(quiet_since_us),
        rules: Rules {
            prices_are_fixed: true,
            clocks_agree: true,
            somebody_died: true,
            ..Rules::default()
        },
        seen: &notes.seen,
        told: &told,
        secrets: &secrets,
        exchanges: &notes.exchanges,
        revealed: &notes.revealed,
        ..Evidence::of(&snapshot)
    };
    let mut found: Vec<String> =
        checker::check(&evidence).iter().map(ToString::to_string).collect();
    found.extend(lost(&notes, &snapshot));
    found.extend(doubled(&notes, &snapshot, &upstream));
    found.extend(late(&notes));
    let [alone, beside] = lanes.told(&snapshot);
    if !beside.is_unhindered() {
        found.push(format!("a package that hangs slowed another: {beside:?}, alone {alone:?}"));
    }
    found.extend(books(town).await);
    found.extend(bugs(&snapshot));
    tell(&notes, &snapshot, &upstream, [alone, beside]);
    found
}

/// Paid orders that have not come to their end, and what stands against it.
pub async fn open(town: &Town) -> Vec<String> {
    let snapshot = Snapshot::read_postgres(&town.database().url(), None).await.unwrap();
    let open = snapshot.orders.iter().filter(|row| row.paid_at.is_some() && !is_over(row));
    open.map(|row| {
        let refused = town.note(|notes| notes.refused.get(&row.id)?.last().cloned());
        let listed = snapshot.attention.iter().filter(|listed| listed.order_id == row.id);
        let listed: Vec<&str> = listed.map(|listed| &*listed.why).collect();
        let (stage, error) = (&row.stage, row.error.as_deref().unwrap_or_default());
        format!("{} is {stage} ({error}), listed for {listed:?}; refused: {refused:?}", row.id)
    })
    .collect()
}

fn is_over(row: &OrderRow) -> bool {
    ENDS.contains(&row.stage.as_str())
}

fn secrets(town: &Town) -> Vec<Secret> {
    let secret = |name: &str, text: &str| Secret { name: name.to_owned(), text: text.to_owned() };
    let config = sim::gateway::Config::default();
    let keys = town.crowd.iter().map(|customer| secret("a customer's key", &customer.key));
    let ours = [
        secret("the master key", MASTER_KEY),
        secret("the password of staff", PASSWORD),
        secret("the key of staff", &town.keys.admin),
        secret("the gateway's key", &config.merchant_key),
        secret("the gateway's secret", &config.webhook_secret),
    ];
    keys.chain(ours).collect()
}

/// What somebody was told of is there; what was paid came to an end.
fn lost(notes: &Notes, snapshot: &Snapshot) -> Vec<String> {
    let orders: BTreeMap<&str, _> = snapshot.orders.iter().map(|row| (&*row.id, row)).collect();
    let mut found = Vec::new();
    for id in &notes.created {
        if !orders.contains_key(id.as_str()) {
            found.push(format!("lost: a customer was told of {id}, which is no order"));
        }
    }
    for id in &notes.paid {
        if orders.get(id.as_str()).is_none_or(|row| row.paid_at.is_none()) {
            found.push(format!("lost: staff were told that {id} is paid, and it is not"));
        }
    }
    for row in snapshot.orders.iter().filter(|row| row.paid_at.is_some()) {
        if !is_over(row) {
            found.push(format!("lost: {} was paid, and is {}", row.id, row.stage));
        }
    }
    found
}

/// One order for one wish, and one server for one purchase that somebody decided on.
fn doubled(notes: &Notes, snapshot: &Snapshot, upstream: &sim::smartvps::Record) -> Vec<String> {
    let mut found = Vec::new();
    for row in snapshot.orders.iter().filter(|row| !notes.created.contains(&row.id)) {
        found.push(format!("doubled: {} was made, and nobody was told of it", row.id));
    }
    for (permit, count) in &upstream.requests_per_permit {
        if *count != 1 {
            found.push(format!("doubled: {count} requests left under {permit}"));
        }
    }
    let orders: BTreeMap<&str, &str> =
        snapshot.attempts.iter().map(|row| (&*row.id, &*row.order_id)).collect();
    let mut sold: BTreeMap<&str, usize> = BTreeMap::new();
    for permit in upstream.sold.iter().filter_map(|sold| sold.permit.as_deref()) {
        *sold.entry(orders.get(permit).copied().unwrap_or(permit)).or_default() += 1;
    }
    let again = |order: &str| {
        let events = snapshot.events.iter();
        let events = events.filter(|event| event.order_id == order);
        events.filter(|event| event.kind == "reprovisioned").count()
    };
    for (order, count) in sold.into_iter().filter(|(_, count)| *count > 1) {
        let decided = 1 + again(order);
        if count > decided {
            found.push(format!("doubled: {count} servers for {order}, of {decided} wanted"));
        }
    }
    found
}

fn late(notes: &Notes) -> Vec<String> {
    let late = notes.resumed.iter().filter(|resumed| resumed.after_whole > RESUMED_WITHIN);
    let late = late.map(|resumed| format!("the work of a dead process waited: {resumed:?}"));
    let nobody = notes.resumed.iter().all(|resumed| resumed.after_whole.is_zero());
    let unseen = nobody.then(|| "nobody died at work when nothing else broke".to_owned());
    late.chain(unseen).collect()
}

async fn books(town: &Town) -> Option<String> {
    let output = town.shop.run("a", &["books"], "").await;
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    (!output.status.success()).then(|| format!("the books do not add up:\n{told}"))
}

/// A job that failed by a bug, and permits that the database lost, are told by an alert.
fn bugs(snapshot: &Snapshot) -> Vec<String> {
    let is_bug = |kind: &str| kind.ends_with("-failed") || kind == "latched";
    let bugs = snapshot.alerts.iter().filter(|alert| is_bug(&alert.kind));
    bugs.map(|alert| format!("an alert tells of a bug: {alert:?}")).collect()
}

fn tell(
    notes: &Notes,
    snapshot: &Snapshot,
    upstream: &sim::smartvps::Record,
    [alone, beside]: [Speed; 2],
) {
    let ended = |stage: &str| snapshot.orders.iter().filter(|row| row.stage == stage).count();
    let paid = snapshot.orders.iter().filter(|row| row.paid_at.is_some()).count();
    let lies = upstream.requests.iter().filter(|request| request.lie.is_some()).count();
    let jobs: usize = notes.resumed.iter().map(|resumed| resumed.jobs).sum();
    let away: Duration = notes.away.iter().map(|(from, to)| *to - *from).sum();
    let owed = ended("refund_pending") + ended("refunded") + ended("unrevived");
    let mut rows = vec![
        ("orders", format!("{}, {paid} of them paid", snapshot.orders.len())),
        ("came to", format!("{} delivered, {owed} money back", ended("delivered"))),
        ("turned away", notes.turned_away.to_string()),
        (
            "purchases",
            format!("{}, {lies} answers of all were lies", upstream.requests_per_permit.len()),
        ),
        ("servers sold", upstream.sold.len().to_string()),
        ("remedies of staff", notes.remedies.to_string()),
        ("processes killed", notes.kills.to_string()),
        ("processes stopped beyond their claims", notes.stops.to_string()),
        ("database crashes", format!("{}, {:.1?} away in all", notes.away.len(), away)),
        ("database connections cut", notes.cut.to_string()),
        ("ways to the outside shut", notes.doors.to_string()),
        ("customers who hung up", notes.hung_up.to_string()),
        ("work of the dead", format!("{jobs} jobs of {} processes", notes.resumed.len())),
    ];
    let slowest = |of: fn(&Resumed) -> Duration| {
        format!("{:.1?}", notes.resumed.iter().map(of).max().unwrap_or_default())
    };
    rows.push(("resumed at the latest after", slowest(|resumed| resumed.after)));
    rows.push(("the same when nothing else broke", slowest(|resumed| resumed.after_whole)));
    let speed = |speed: &Speed| {
        format!("{:.0?} in the middle, {:.0?} at most", speed.middle, speed.slowest)
    };
    rows.push(("paid to delivered, undisturbed", speed(&alone)));
    rows.push(("the same while another package hangs", speed(&beside)));
    for (package, _) in PACKAGES {
        let of = snapshot.orders.iter().filter(|row| row.package_name == package);
        let told = Speed::of(of.filter_map(|row| Some((row.paid_at?, row.delivered_at?))));
        rows.push((
            "the same of the whole run",
            format!("{package}: {}, {}", told.orders, speed(&told)),
        ));
    }
    for (what, figure) in rows {
        println!("  {what:<40} {figure}");
    }
}
