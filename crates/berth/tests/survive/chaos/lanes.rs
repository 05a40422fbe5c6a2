//! How fast one package is bought while another hangs: each has a lane of its own, and waits for
//! nobody else's.

use std::ops::Range;
use std::time::Duration;

use futures_util::future::join_all;
use sim::checker::Snapshot;
use sim::smartvps::{Answer, Lie, Op};

use super::super::desk::{Desk, id_of};
use super::customers::Visit;
use super::town::{BLOCKED, PACKAGES, Town};

const MEASURED: usize = 24;
/// More than all processes together take of one lane at once: 16 each.
const IN_THE_WAY: usize = 60;
const FILLED: u64 = 48;
/// What hangs does so until its deadline, which is 16 seconds after its permit. Whoever had to wait
/// for it would wait for most of that.
const UNHINDERED: Duration = Duration::from_secs(8);

/// Orders of the same package, bought alone and beside one that hangs.
pub struct Lanes {
    alone: Vec<String>,
    beside: Vec<String>,
}

impl Lanes {
    pub async fn measured(town: &Town) -> Lanes {
        let blocked = PACKAGES.iter().position(|(name, _)| *name == BLOCKED).unwrap();
        let alone = bought(town, 0, 0..MEASURED).await;
        delivered(town, &alone).await;
        let upstream = &town.shop.upstream;
        upstream.always_for(Op::Buyvps, BLOCKED, Lie::answering(Answer::Hang));
        let asked = upstream.counts().arrived(Op::Buyvps);
        bought(town, blocked, MEASURED..MEASURED + IN_THE_WAY).await;
        upstream.wait_for(Op::Buyvps, asked + FILLED).await;
        let beside = bought(town, 0, 1_000..1_000 + MEASURED).await;
        delivered(town, &beside).await;
        upstream.stop(Op::Buyvps, Some(BLOCKED));
        Lanes { alone, beside }
    }

    /// From payment to delivery: the middle and the slowest, alone and beside.
    pub fn told(&self, snapshot: &Snapshot) -> [Speed; 2] {
        [&self.alone, &self.beside].map(|orders| {
            let rows = snapshot.orders.iter().filter(|row| orders.contains(&row.id));
            Speed::of(rows.filter_map(|row| Some((row.paid_at?, row.delivered_at?))))
        })
    }
}

/// How long customers waited for their servers.
#[derive(Clone, Copy, Debug, Default)]
pub struct Speed {
    pub orders: usize,
    pub middle: Duration,
    pub slowest: Duration,
}

impl Speed {
    pub fn of(times_us: impl Iterator<Item = (i64, i64)>) -> Speed {
        let waited = |(paid, delivered): (i64, i64)| {
            Duration::from_micros(u64::try_from(delivered - paid).unwrap_or(0))
        };
        let mut waited: Vec<Duration> = times_us.map(waited).collect();
        waited.sort();
        let at = |place: usize| waited.get(place).copied().unwrap_or_default();
        let slowest = waited.last().copied().unwrap_or_default();
        Speed { orders: waited.len(), middle: at(waited.len() / 2), slowest }
    }

    /// Nobody waited for a lane that hangs.
    pub fn is_unhindered(&self) -> bool {
        self.orders == MEASURED && self.slowest < UNHINDERED
    }
}

/// So many orders of a package at once, paid.
async fn bought(town: &Town, package: usize, numbers: Range<usize>) -> Vec<String> {
    let buying = numbers.map(|number| async move {
        let mut visit = Visit::of(town, town.plan.orders + number);
        let created = visit.orders(package, "any").await.unwrap();
        visit.pays_by_bank(&created).await;
        id_of(&created)
    });
    join_all(buying).await
}

async fn delivered(town: &Town, orders: &[String]) {
    let desk: &Desk = &town.desks[0];
    join_all(orders.iter().map(|order| desk.until_provisioning(order, &["active"]))).await;
}
