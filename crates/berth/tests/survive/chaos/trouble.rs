//! Everything that breaks, all at once: processes die and stand still, the database crashes, its
//! connections are cut, the ways to upstream and gateway are shut.

// tidy: sleep allowed because a stopped process must outlive its claims, and chance says when.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use sim::chance::Chance;
use sim::smartvps::Doorway;
use tokio::sync::Semaphore;

use super::super::desk::until;
use super::fleet::Node;
use super::plan;
use super::town::{Resumed, Town, between};

/// A claim lasts 30 seconds.
const BEYOND_CLAIMS_MS: (u64, u64) = (32_000, 45_000);
const LOOKS_EVERY: Duration = Duration::from_millis(500);
/// So many processes at a time; the last one is left alone, for somebody must go on.
const IN_TROUBLE_MAX: usize = 2;
/// The process that dies last.
const LAST: usize = 2;

/// Breaks things until the plan's time is over; then all is whole again but one process, which dies
/// last and stays dead until its work, and that of all who died before, is at work elsewhere.
pub async fn breaks(town: &Town, fleet: &mut [Node]) {
    for (op, permille, lie) in plan::lies() {
        town.shop.upstream.by_chance(op, permille, lie);
    }
    for (op, permille, lie) in plan::gateway_lies() {
        town.gateway.by_chance(op, permille, lie);
    }
    let deaths = Deaths::default();
    let breaking = async {
        everything(town, fleet, &deaths).await;
        town.shop.upstream.honest_again().await;
        town.gateway.honest_again().await;
        town.note(|notes| notes.whole_since = Some(Instant::now()));
        dies_at_work(town, &mut fleet[LAST]).await;
        deaths.add(&fleet[LAST]);
        deaths.are_all();
    };
    futures_util::join!(breaking, deaths.watched(town));
    fleet[LAST].open_again(&town.shop).await;
}

async fn everything(town: &Town, fleet: &mut [Node], deaths: &Deaths) {
    let spared = Semaphore::new(IN_TROUBLE_MAX);
    let fates = fleet.iter_mut().enumerate().map(|(number, node)| {
        let chance = town.plan.chance(1_000_000 + number as u64);
        fate(town, node, deaths, &spared, chance)
    });
    futures_util::join!(join_all(fates), crashes(town), cuts(town), doors(town));
}

/// One process dies or stands still, again and again.
async fn fate(
    town: &Town,
    node: &mut Node,
    deaths: &Deaths,
    spared: &Semaphore,
    mut chance: Chance,
) {
    // The first begins by standing still: a claim must end within the shortest run.
    let mut stands_still = node.is("a");
    let mut pause = if stands_still { Duration::ZERO } else { between(&mut chance, 1_000, 4_000) };
    while town.still_breaks_after(pause).await {
        let turn = spared.acquire().await.unwrap();
        if stands_still {
            let (least, most) = BEYOND_CLAIMS_MS;
            node.freeze();
            deaths.add(node);
            town.note(|notes| notes.stops += 1);
            tokio::time::sleep(between(&mut chance, least, most)).await;
            node.thaw();
        } else {
            node.kill();
            deaths.add(node);
            town.note(|notes| notes.kills += 1);
            tokio::time::sleep(between(&mut chance, 0, 2_000)).await;
            node.open_again(&town.shop).await;
        }
        drop(turn);
        stands_still = chance.happens(60);
        pause = between(&mut chance, 1_000, 4_000);
    }
}

/// One process dies with work in its hands, so that there is something to wait for.
async fn dies_at_work(town: &Town, node: &mut Node) {
    let holds_work = async |node: &Node| {
        let (node, claims) = (node.id()?, claims(town).await?);
        claims.iter().any(|(owner, _)| *owner == node).then_some(())
    };
    until("a process that dies at work", async || {
        holds_work(node).await?;
        // It must not end its work while somebody looks.
        node.freeze();
        let held = holds_work(node).await;
        if held.is_none() {
            node.thaw();
        }
        held
    })
    .await;
    node.kill();
}

/// Who holds which claims; nothing while the database is away.
async fn claims(town: &Town) -> Option<Vec<(String, (String, i64))>> {
    const CLAIMS: &str = "SELECT owner, id, claim FROM job WHERE owner IS NOT NULL";
    let rows = town.database().ask(CLAIMS, &[]).await?;
    Some(rows.iter().map(|row| (row.get(0), (row.get(1), row.get(2)))).collect())
}

/// The database stops as by a crash, and comes back.
async fn crashes(town: &Town) {
    let mut chance = town.plan.chance(2_000_000);
    while town.still_breaks_after(between(&mut chance, 3_000, 9_000)).await {
        let since = Instant::now();
        town.cluster.stop().await;
        tokio::time::sleep(between(&mut chance, 0, 1_500)).await;
        town.cluster.start_again().await;
        town.note(|notes| notes.away.push((since, Instant::now())));
    }
}

/// All connections to the database are cut.
async fn cuts(town: &Town) {
    let mut chance = town.plan.chance(3_000_000);
    while town.still_breaks_after(between(&mut chance, 500, 3_000)).await {
        let ended = town.database().try_to_cut_all().await;
        town.note(|notes| notes.cut += ended);
    }
}

/// Nobody gets to the upstream, or to the gateway, for a while; whoever is there is cut off.
async fn doors(town: &Town) {
    let mut chance = town.plan.chance(4_000_000);
    while town.still_breaks_after(between(&mut chance, 3_000, 10_000)).await {
        let words = [Doorway::Refuse, Doorway::Drop, Doorway::Reset];
        let word = words[chance.below(words.len())];
        let shut = between(&mut chance, 100, 1_500);
        town.note(|notes| notes.doors += 1);
        if chance.happens(500) {
            town.shop.upstream.doorway(word).await;
            tokio::time::sleep(shut).await;
            town.shop.upstream.doorway(Doorway::Open).await;
        } else {
            town.gateway.doorway(word).await;
            tokio::time::sleep(shut).await;
            town.gateway.doorway(Doorway::Open).await;
        }
    }
}

/// Processes that died or stand still, until their work is at work elsewhere.
#[derive(Default)]
struct Deaths(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    deaths: Vec<Death>,
    no_more: bool,
}

struct Death {
    node: String,
    at: Instant,
    /// The claims that it held; nothing before the first look.
    held: Option<BTreeSet<(String, i64)>>,
}

impl Deaths {
    fn add(&self, node: &Node) {
        let at = Instant::now();
        let Some(node) = node.id() else { return };
        self.0.lock().unwrap().deaths.push(Death { node, at, held: None });
    }

    fn are_all(&self) {
        self.0.lock().unwrap().no_more = true;
    }

    /// Looks at the claims until nobody waits for a dead one.
    async fn watched(&self, town: &Town) {
        let mut next_look = tokio::time::interval(LOOKS_EVERY);
        loop {
            next_look.tick().await;
            if let Some(claims) = claims(town).await {
                self.look(town, &claims);
            }
            let waiting = self.0.lock().unwrap();
            if waiting.no_more && waiting.deaths.is_empty() {
                return;
            }
        }
    }

    fn look(&self, town: &Town, claims: &[(String, (String, i64))]) {
        self.0.lock().unwrap().deaths.retain_mut(|death| {
            let still: BTreeSet<(String, i64)> = claims
                .iter()
                .filter(|(owner, claim)| {
                    let known = death.held.as_ref().is_none_or(|held| held.contains(claim));
                    *owner == death.node && known
                })
                .map(|(_, claim)| claim.clone())
                .collect();
            let held = death.held.get_or_insert_with(|| still.clone());
            if still.is_empty() && !held.is_empty() {
                let jobs = held.len();
                let after = death.at.elapsed();
                town.note(|notes| {
                    let whole = notes.whole_since.map(|since| since.max(death.at).elapsed());
                    let after_whole = whole.unwrap_or_default();
                    notes.resumed.push(Resumed { jobs, after, after_whole });
                });
            }
            !still.is_empty()
        });
    }
}
