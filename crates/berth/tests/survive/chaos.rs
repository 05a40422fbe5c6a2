//! Three processes over one PostgreSQL, hundreds of customers, and everything breaks at once, over
//! and over, as a seed wants it. Nothing is lost and nothing is bought twice: the checker says so,
//! which shares nothing with the shop. `cargo xtask chaos` runs the same for as long as is asked.

// tidy: sleep allowed because a look at the progress now and then is all that it is for.

mod customers;
mod fleet;
mod lanes;
mod plan;
mod staff;
mod town;
mod trouble;
mod verdict;

use std::time::Duration;

use futures_util::future::join_all;

use customers::Visit;
use fleet::Node;
use lanes::Lanes;
use plan::Plan;
use town::Town;

const TOLD_EVERY: Duration = Duration::from_secs(10);
/// Longer than it takes to settle what staff have before them when all is whole again.
const SETTLED_WITHIN: Duration = Duration::from_secs(180);

const OPEN: &str = "SELECT COUNT(*) FROM orders WHERE stage IN ('planned', 'permitted', 'unheard', \
     'verifying', 'verified', 'on_hold', 'stopped')";
/// Payments are asked for as long as they are open; nothing else may be under way.
const AT_WORK: &str = "SELECT COUNT(*) FROM job WHERE kind <> 'poll'";
const BOOKED: &str = "SELECT COUNT(*) FROM capture WHERE gateway = 'simulated'";
const NOW: &str = "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_nodes_lose_and_double_nothing_whatever_breaks() {
    let plan = Plan::asked();
    println!("{plan:?}");
    let (town, mut fleet) = Town::open(plan).await;
    let lanes = Lanes::measured(&town).await;
    town.begins();
    let customers = (0..town.plan.orders).map(|number| Visit::of(&town, number).comes());
    let breaking = async {
        trouble::breaks(&town, &mut fleet).await;
        let quiet_since_us = settled(&town).await;
        town.closes();
        quiet_since_us
    };
    let (quiet_since_us, _, (), ()) =
        futures_util::join!(breaking, join_all(customers), staff::work(&town), tells(&town),);
    for node in &mut fleet {
        assert!(node.is_running(), "{}", node.log());
    }
    let found = verdict::judged(&town, &fleet, &lanes, quiet_since_us).await;
    if !found.is_empty() {
        let log = std::env::temp_dir().join(format!("berth-chaos-{}.log", town.plan.seed));
        let said: Vec<String> = fleet.iter().map(Node::log).collect();
        std::fs::write(&log, said.join("\n====\n")).unwrap();
        // They have said enough.
        drop(fleet);
        let (seed, found, log) = (town.plan.seed, found.join("\n"), log.display());
        panic!("seed {seed} broke what was promised:\n{found}\nwhat the nodes said: {log}");
    }
}

/// Waits until nobody waits for anything any more; tells since when, by the database's clock.
async fn settled(town: &Town) -> i64 {
    let begun = town.since_begun();
    loop {
        let nobody_comes = town.note(|notes| notes.came) == town.plan.orders;
        let waiting = (town.count(OPEN).await, town.count(AT_WORK).await);
        // Money that nobody told the shop of is found by asking.
        let taken = i64::try_from(town.gateway.captures().len()).unwrap();
        let all_booked = town.count(BOOKED).await == Some(taken);
        if nobody_comes && waiting == (Some(0), Some(0)) && all_booked {
            return town.count(NOW).await.unwrap();
        }
        if town.since_begun() - begun > SETTLED_WITHIN {
            panic!("never settled: {waiting:?}\n{}", verdict::open(town).await.join("\n"));
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// How far the run is, now and then.
async fn tells(town: &Town) {
    let mut next = tokio::time::interval(TOLD_EVERY);
    while !town.is_closed() {
        next.tick().await;
        let open = town.count(OPEN).await.map_or("?".to_owned(), |open| open.to_string());
        let seconds = town.since_begun().as_secs();
        town.note(|notes| {
            println!(
                "{seconds:>4} s: {} orders, {} paid by bank, {open} open; {} killed, {} stopped, {} \
                 crashes of the database, {} connections cut",
                notes.created.len(), notes.paid.len(), notes.kills, notes.stops,
                notes.away.len(), notes.cut,
            );
        });
    }
}
