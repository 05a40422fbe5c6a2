//! The hand on the simulator: commands it, waits for it, reads its record.
//! Everything here can also be done over HTTP (`control.rs`).

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use tokio::sync::watch;

use super::catalogue::{Change, Package};
use super::lie::Lie;
use super::op::Op;
use super::record::{Password, Record, Sold};
use super::server::{Edit, Server};
use super::world::{Settings, World};
use super::{Config, Credentials};
use crate::clock::Clock;
use crate::hold::Point;
use crate::serve::{Doorman, Doorway};
use crate::stand::Simulated;
use crate::telling::{Lies, Likely, Ordered};

/// What can be waited for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    /// Requests that were read whole.
    pub arrived: BTreeMap<Op, u64>,
    /// Requests whose answer was put on its way, honest or not.
    pub answered: BTreeMap<Op, u64>,
    pub sold: u64,
    /// Requests that stand still now.
    pub held: u64,
}

impl Counts {
    pub fn arrived(&self, op: Op) -> u64 {
        self.arrived.get(&op).copied().unwrap_or(0)
    }

    pub fn answered(&self, op: Op) -> u64 {
        self.answered.get(&op).copied().unwrap_or(0)
    }
}

#[derive(Debug)]
struct Core {
    config: Config,
    clock: Clock,
    world: Mutex<World>,
    counts: watch::Sender<Counts>,
    doorman: Doorman,
}

/// Commands a running simulator. Clones command the same one.
#[derive(Debug, Clone)]
pub struct Control(Arc<Core>);

impl Control {
    pub(super) fn of(config: Config, clock: Clock) -> Control {
        Control(Arc::new(Core {
            world: Mutex::new(World::of(&config)),
            config,
            clock,
            counts: watch::Sender::new(Counts::default()),
            doorman: Doorman::new(),
        }))
    }

    /// A panic in one test's request must not hide what the others did.
    pub(super) fn world(&self) -> MutexGuard<'_, World> {
        self.0.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn count(&self, change: impl FnOnce(&mut Counts)) {
        self.0.counts.send_modify(change);
    }

    pub fn now_ms(&self) -> i64 {
        self.0.clock.now_ms()
    }

    /// Moves the simulator's clock on: passwords appear, servers expire.
    pub fn advance(&self, by_ms: i64) {
        self.0.clock.advance(by_ms);
    }

    // Lies.

    /// The next request of this kind gets this lie.
    pub fn next(&self, op: Op, lie: Lie) {
        self.world().lies.tell_once(Ordered { op, only: None, lie });
    }

    /// The next request about one package (PID or name) or one server (address) gets this lie.
    pub fn next_for(&self, op: Op, only: impl Into<String>, lie: Lie) {
        self.world().lies.tell_once(Ordered { op, only: Some(only.into()), lie });
    }

    /// Every request of this kind gets this lie, until `honest_again`.
    pub fn always(&self, op: Op, lie: Lie) {
        self.world().lies.keep_telling(Ordered { op, only: None, lie });
    }

    pub fn always_for(&self, op: Op, only: impl Into<String>, lie: Lie) {
        self.world().lies.keep_telling(Ordered { op, only: Some(only.into()), lie });
    }

    /// Takes a standing lie back.
    pub fn stop(&self, op: Op, only: Option<&str>) {
        self.world().lies.stop_telling(op, only);
    }

    /// This lie is told in so many of a thousand cases, by the seed.
    pub fn by_chance(&self, op: Op, permille: u32, lie: Lie) {
        self.world().lies.tell_by_chance(Likely { op, permille, lie });
    }

    /// The lies that wait, those that stand and those by chance, as JSON: for panels.
    pub fn lies(&self) -> serde_json::Value {
        serde_json::to_value(&self.world().lies).unwrap_or_default()
    }

    /// How callers are received.
    pub fn door(&self) -> Doorway {
        self.doorman().word()
    }

    /// No lie waits any more, and the door is open. What stands held stays held.
    pub async fn honest_again(&self) {
        self.world().lies = Lies::default();
        self.doorway(Doorway::Open).await;
    }

    /// How callers are received from now on. Returns when it is so.
    pub async fn doorway(&self, word: Doorway) {
        self.0.doorman.tell(word).await;
    }

    // Holding and waiting.

    /// Stops the next `times` requests of this kind; every one when there is no number.
    pub fn hold(&self, op: Op, point: Point, times: Option<u64>) {
        self.world().holds.wish(op, point, times);
    }

    /// Lets all stopped requests go; none is stopped any more.
    pub fn release(&self) -> usize {
        self.world().holds.release_all()
    }

    /// Lets the request go that has stood longest.
    pub fn release_one(&self) -> bool {
        self.world().holds.release_one().is_some()
    }

    pub fn counts(&self) -> Counts {
        self.0.counts.borrow().clone()
    }

    /// Waits until the counts are as wished.
    pub async fn wait_until(&self, mut enough: impl FnMut(&Counts) -> bool) -> Counts {
        let mut told = self.0.counts.subscribe();
        match told.wait_for(|counts| enough(counts)).await {
            Ok(counts) => counts.clone(),
            Err(_) => self.counts(),
        }
    }

    /// Waits until this many purchases have arrived, since the start.
    pub async fn wait_for_purchases(&self, count: u64) {
        self.wait_until(|counts| counts.arrived(Op::Buyvps) >= count).await;
    }

    /// Waits until this many requests of a kind have arrived, since the start.
    pub async fn wait_for(&self, op: Op, count: u64) {
        self.wait_until(|counts| counts.arrived(op) >= count).await;
    }

    /// Waits until this many requests stand still at once.
    pub async fn wait_for_held(&self, count: u64) {
        self.wait_until(|counts| counts.held >= count).await;
    }

    /// Waits until this many servers were sold, since the start.
    pub async fn wait_for_sold(&self, count: u64) {
        self.wait_until(|counts| counts.sold >= count).await;
    }

    // The record.

    pub fn record(&self) -> Record {
        self.world().record.clone()
    }

    pub fn sold(&self) -> Vec<Sold> {
        self.world().record.sold.clone()
    }

    pub fn requests_per_permit(&self) -> BTreeMap<String, u64> {
        self.world().record.requests_per_permit.clone()
    }

    /// Purchases that arrived, since the start.
    pub fn purchases(&self) -> u64 {
        self.counts().arrived(Op::Buyvps)
    }

    // The vendor's own business.

    pub fn settings(&self) -> Settings {
        self.world().settings.clone()
    }

    pub fn set(&self, change: impl FnOnce(&mut Settings)) {
        change(&mut self.world().settings);
    }

    /// Whom the vendor lets in from now on; everybody when there is nothing to check.
    pub fn set_credentials(&self, credentials: Option<Credentials>) {
        self.world().credentials = credentials;
    }

    /// The first package with this PID.
    pub fn package(&self, pid: &str) -> Option<Package> {
        let world = self.world();
        world.catalogue.by_pid(pid).map(|place| world.catalogue.at(place).clone())
    }

    pub fn packages(&self) -> Vec<Package> {
        self.world().catalogue.packages().cloned().collect()
    }

    /// Adds a package, also beside one of the same PID or name.
    pub fn add_package(&self, package: Package) {
        let mut world = self.world();
        world.record.supplied(&package.pid, package.stock);
        world.catalogue.add(package);
    }

    /// Changes every package of this PID; false when there is none.
    pub fn change_package(&self, pid: &str, change: &Change) -> bool {
        let mut world = self.world();
        let before: i64 = world.catalogue.stock_of(pid);
        let changed = world.catalogue.change(pid, change);
        let more = world.catalogue.stock_of(pid) - before;
        world.record.supplied(pid, more.max(0));
        if more < 0 || change.reports.is_some() {
            world.record.disturbed(pid);
        }
        changed
    }

    pub fn set_stock(&self, pid: &str, stock: i64) -> bool {
        self.change_package(pid, &Change { stock: Some(stock), ..Change::default() })
    }

    pub fn rename(&self, pid: &str, name: impl Into<String>) -> bool {
        self.change_package(pid, &Change { name: Some(name.into()), ..Change::default() })
    }

    pub fn set_status(&self, pid: &str, status: impl Into<String>) -> bool {
        self.change_package(pid, &Change { status: Some(status.into()), ..Change::default() })
    }

    /// Shows a package in the list, or no longer.
    pub fn list(&self, pid: &str, listed: Listing) -> bool {
        let listed = Some(listed == Listing::Shown);
        self.change_package(pid, &Change { listed, ..Change::default() })
    }

    /// Others buy: so many servers of a package are gone. Returns how many there were to take.
    pub fn stray(&self, pid: &str, count: u64) -> u64 {
        let mut world = self.world();
        let Some(place) = world.catalogue.by_pid(pid) else { return 0 };
        let World { catalogue, servers, strangers, .. } = &mut *world;
        let mut bought = 0;
        while bought < count {
            let taken = |a| servers.contains_key(&a) || strangers.contains(&a);
            let Some(address) = catalogue.take(place, taken) else { break };
            strangers.insert(address);
            bought += 1;
        }
        world.record.disturbed(pid);
        bought
    }

    pub fn server(&self, address: Ipv4Addr) -> Option<Server> {
        self.world().servers.get(&address).cloned()
    }

    /// Changes a sold server by hand; false when there is none.
    pub fn edit_server(&self, address: Ipv4Addr, edit: Edit) -> bool {
        let mut world = self.world();
        if let Some(text) = edit.password.clone() {
            world.record.passwords.push(Password { address, text });
        }
        world.servers.get_mut(&address).map(|server| edit.apply(server)).is_some()
    }

    /// Makes a server that was never bought through the API, as if bought by hand at the vendor's.
    pub fn plant_server(&self, address: Ipv4Addr, pid: &str, ram: &str) -> bool {
        let now_ms = self.now_ms();
        let mut world = self.world();
        if world.is_taken(address) {
            return false;
        }
        let server = world.new_server(address, pid, ram, now_ms);
        world.servers.insert(address, server);
        true
    }

    /// Ends a server: `status` no longer knows it, and its address is the next that its package
    /// sells.
    pub fn lapse(&self, address: Ipv4Addr) -> bool {
        let mut world = self.world();
        let Some(server) = world.servers.remove(&address) else { return false };
        if let Some(place) = world.catalogue.by_pid(&server.pid) {
            world.record.supplied(&server.pid, 1);
            world.catalogue.give_back(place, address);
        }
        true
    }

    /// Forgets everything and begins again as configured. What stands held is let go.
    pub async fn reset(&self) {
        self.forget();
        self.doorway(Doorway::Open).await;
    }

    fn forget(&self) {
        let mut world = self.world();
        world.holds.release_all();
        *world = World::of(&self.0.config);
        self.count(|counts| *counts = Counts { held: counts.held, ..Counts::default() });
    }
}

impl Simulated for Control {
    fn doorman(&self) -> &Doorman {
        &self.0.doorman
    }

    fn shut(&self) {
        self.0.doorman.shut();
        self.world().holds.release_all();
    }
}

/// Whether a package is in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listing {
    Shown,
    Hidden,
}
