//! The hand on the gateway: commands it, waits for it, reads its record.
//! Everything here can also be done over HTTP (`control.rs`).

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use serde::Serialize;
use tokio::sync::watch;

use super::Config;
use super::hook;
use super::lie::{Lie, Op};
use super::money::{Back, Capture, How, News, Payment, Refund, Try};
use super::tongue::Tongue;
use super::world::{Record, Settings, World};
use crate::ask::{Call, Courier, ask};
use crate::clock::Clock;
use crate::hold::Point;
use crate::serve::{Doorman, Doorway, detached};
use crate::stand::Simulated;
use crate::telling::{Lies, Likely, Ordered};

/// What can be waited for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    /// Requests to take a payment that were read whole.
    pub creates: u64,
    pub polls: u64,
    pub captures: u64,
    /// Requests to give money back.
    pub refunds: u64,
    /// Webhooks that are over: answered, given up, or swallowed.
    pub hooks: u64,
    /// Requests and webhooks that stand still now.
    pub held: u64,
}

#[derive(Debug)]
struct Core {
    config: Config,
    clock: Clock,
    world: Mutex<World>,
    counts: watch::Sender<Counts>,
    doorman: Doorman,
    /// Where buyers are sent to pay; known once the door is open.
    public: OnceLock<SocketAddr>,
    /// Who carries webhooks where there is no network.
    courier: Option<Courier>,
}

/// Commands a running gateway. Clones command the same one.
#[derive(Debug, Clone)]
pub struct Control(Arc<Core>);

impl Control {
    pub(super) fn of(config: Config, clock: Clock, courier: Option<Courier>) -> Control {
        Control(Arc::new(Core {
            world: Mutex::new(World::of(&config)),
            config,
            clock,
            counts: watch::Sender::new(Counts::default()),
            doorman: Doorman::new(),
            public: OnceLock::new(),
            courier,
        }))
    }

    /// A panic in one test's request must not hide what the others did.
    pub(super) fn world(&self) -> MutexGuard<'_, World> {
        self.0.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn count(&self, change: impl FnOnce(&mut Counts)) {
        self.0.counts.send_modify(change);
    }

    pub(super) fn config(&self) -> &Config {
        &self.0.config
    }

    pub fn tongue(&self) -> Tongue {
        self.0.config.tongue
    }

    /// Where this gateway's door turned out to be. Said once.
    pub(super) fn is_at(&self, address: SocketAddr) {
        self.0.public.get_or_init(|| address);
    }

    pub(super) fn public_url(&self) -> String {
        self.0.public.get().map(|address| format!("http://{address}")).unwrap_or_default()
    }

    /// Sends a webhook on its way; tells the status of the answer.
    pub(super) async fn call(&self, call: Call) -> Result<u16, String> {
        match &self.0.courier {
            Some(courier) => courier.carry(call).await,
            None => ask(call).await.map(|reply| reply.status().as_u16()),
        }
    }

    pub fn now_ms(&self) -> i64 {
        self.0.clock.now_ms()
    }

    /// Moves the gateway's clock on: sessions expire.
    pub fn advance(&self, by_ms: i64) {
        self.0.clock.advance(by_ms);
    }

    // Lies.

    /// The next one of this kind gets this lie.
    pub fn next(&self, op: Op, lie: Lie) {
        self.world().lies.tell_once(Ordered { op, only: None, lie });
    }

    /// The next one about this payment (either id) gets this lie.
    pub fn next_for(&self, op: Op, only: impl Into<String>, lie: Lie) {
        self.world().lies.tell_once(Ordered { op, only: Some(only.into()), lie });
    }

    /// Every one of this kind gets this lie, until `honest_again` or `stop`.
    pub fn always(&self, op: Op, lie: Lie) {
        self.world().lies.keep_telling(Ordered { op, only: None, lie });
    }

    pub fn stop(&self, op: Op) {
        self.world().lies.stop_telling(op, None);
    }

    /// This lie is told in so many of a thousand cases, by the seed.
    pub fn by_chance(&self, op: Op, permille: u32, lie: Lie) {
        self.world().lies.tell_by_chance(Likely { op, permille, lie });
    }

    /// The lies that wait, those that stand and those by chance, as JSON: for panels.
    pub fn lies(&self) -> serde_json::Value {
        serde_json::to_value(&self.world().lies).unwrap_or_default()
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

    /// Stops the next `times` requests or webhooks; every one when there is no number.
    pub fn hold(&self, op: Op, point: Point, times: Option<u64>) {
        self.world().holds.wish(op, point, times);
    }

    /// Lets all go; nothing is stopped any more.
    pub fn release(&self) -> usize {
        self.world().holds.release_all()
    }

    /// Lets the one go that has stood longest.
    pub fn release_one(&self) -> bool {
        self.world().holds.release_one().is_some()
    }

    /// Stands still at a point, if somebody wished for it.
    pub(super) async fn stand(&self, op: Op, point: Point) {
        let Some(held) = self.world().holds.stop(op, point) else { return };
        self.count(|counts| counts.held += 1);
        // An error means that the one who held us is gone: go on.
        _ = held.await;
        self.count(|counts| counts.held = counts.held.saturating_sub(1));
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

    pub async fn wait_for_creates(&self, count: u64) {
        self.wait_until(|counts| counts.creates >= count).await;
    }

    pub async fn wait_for_polls(&self, count: u64) {
        self.wait_until(|counts| counts.polls >= count).await;
    }

    /// Waits until this many webhooks are over, since the start.
    pub async fn wait_for_hooks(&self, count: u64) {
        self.wait_until(|counts| counts.hooks >= count).await;
    }

    pub async fn wait_for_held(&self, count: u64) {
        self.wait_until(|counts| counts.held >= count).await;
    }

    // The record.

    pub fn record(&self) -> Record {
        self.world().record.clone()
    }

    pub fn captures(&self) -> Vec<Capture> {
        self.world().record.captures.clone()
    }

    pub fn refunds(&self) -> Vec<Refund> {
        self.world().record.refunds.clone()
    }

    /// Ends a refund that is under way, by either id. False when there is none. A gateway of our
    /// own invention tells of it.
    pub fn settle(&self, either: &str, as_it_is: Back) -> bool {
        let mut world = self.world();
        let mut refunds = world.record.refunds.iter_mut();
        let Some(found) = refunds.find(|refund| refund.id == either || refund.refund == either)
        else {
            return false;
        };
        found.state = as_it_is;
        let capture = found.capture.clone();
        let news = world.news_of_refund(&capture, as_it_is, self.now_ms());
        drop(world);
        self.tell(news.into_iter().collect());
        true
    }

    pub fn payments(&self) -> Vec<Payment> {
        self.world().payments.clone()
    }

    /// A payment by either id.
    pub fn payment(&self, either: &str) -> Option<Payment> {
        let world = self.world();
        let order = world.order_of(either)?;
        world.by_order(&order).cloned()
    }

    pub fn settings(&self) -> Settings {
        self.world().settings.clone()
    }

    pub fn set(&self, change: impl FnOnce(&mut Settings)) {
        change(&mut self.world().settings);
    }

    // Money and news.

    /// Does what a buyer does on the pay page; either id will do. False when there is no such
    /// payment. The webhooks are on their way when this returns, not there.
    pub fn pay(&self, either: &str, how: How) -> bool {
        let Some(order) = self.world().order_of(either) else { return false };
        let captured = || self.capture(&order);
        let news = match how {
            How::Pay | How::PayAndClose => vec![captured()],
            How::PaySilently => {
                captured();
                vec![]
            }
            How::Authorize => vec![self.authorized(&order)],
            How::PayTwice => vec![captured(), captured()],
            How::Fail => vec![self.failed(&order)],
            How::FailThenPay => vec![self.failed(&order), captured()],
            How::Pending => {
                self.attempt(&order, Try::Pending);
                vec![]
            }
            How::PayLate => {
                self.expire(&order);
                let control = self.clone();
                detached(async move { control.pay_later(order).await });
                vec![]
            }
            How::Close => vec![],
        };
        self.tell(news.into_iter().flatten().collect());
        true
    }

    /// Ends a session at once, unpaid as it may be.
    pub fn expire(&self, either: &str) -> bool {
        let now_ms = self.now_ms();
        let mut world = self.world();
        let Some(order) = world.order_of(either) else { return false };
        if let Some(payment) = world.by_order_mut(&order) {
            payment.expires_at_ms = now_ms;
        }
        true
    }

    /// Sends news of how a payment stands now, with this lie if there is one.
    pub fn hook(&self, either: &str, lie: Option<Lie>) -> bool {
        let now_ms = self.now_ms();
        let mut world = self.world();
        let Some(order) = world.order_of(either) else { return false };
        let paid = world.by_order(&order).is_some_and(|payment| !payment.captures.is_empty());
        let kind = if paid { "payment.captured" } else { "payment.updated" };
        let news = world.news(&order, kind, now_ms);
        drop(world);
        let Some(news) = news else { return false };
        if let Some(lie) = lie {
            self.next_for(Op::Hook, order, lie);
        }
        self.tell(vec![news]);
        true
    }

    /// Sends the last webhook about a payment again, byte by byte.
    pub fn replay(&self, either: &str) -> bool {
        let world = self.world();
        let payment = world.order_of(either).and_then(|order| world.by_order(&order).cloned());
        let Some(payment) = payment else { return false };
        let last = world.record.hooks.iter().rev().find(|sent| sent.about == payment.wish.payment);
        let Some(last) = last.cloned() else { return false };
        drop(world);
        detached(hook::send_again(self.clone(), payment.wish.notify_url, last));
        true
    }

    fn capture(&self, order: &str) -> Option<News> {
        let now_ms = self.now_ms();
        let news = self.world().capture(order, now_ms)?;
        self.count(|counts| counts.captures += 1);
        Some(news)
    }

    fn authorized(&self, order: &str) -> Option<News> {
        let now_ms = self.now_ms();
        self.world().authorize(order, now_ms)
    }

    fn failed(&self, order: &str) -> Option<News> {
        let now_ms = self.now_ms();
        self.world().fail(order, now_ms)
    }

    fn attempt(&self, order: &str, attempt: Try) {
        if let Some(payment) = self.world().by_order_mut(order) {
            payment.last_try = attempt;
        }
    }

    async fn pay_later(self, order: String) {
        let late_ms = self.settings().late_ms;
        tokio::time::sleep(Duration::from_millis(late_ms)).await;
        let news = self.capture(&order);
        self.tell(news.into_iter().collect());
    }

    /// Sends news one after the other, without waiting for it.
    fn tell(&self, news: Vec<News>) {
        if !news.is_empty() {
            detached(hook::deliver(self.clone(), news));
        }
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
