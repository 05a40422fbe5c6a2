//! Stories of what the upstream does wrong, and of what staff decide.

use std::net::Ipv4Addr;

use domain::clock::Timestamp;
use domain::id::OrderId;
use domain::money::{Currency, Money};
use domain::order::{Remedy, Stage};
use sim::smartvps::{Deed, Doorway, Lie, Listing, Op, Package};

use super::{DELIVERED, Ends, People, REFUNDED, Told};
use crate::world::{Given, OTHER, SOLD};

const WRONG: Ipv4Addr = Ipv4Addr::new(103, 182, 44, 18);
const ONE_ADDRESS: &str = "103.195.160.2";
const NEIGHBOUR: Ipv4Addr = Ipv4Addr::new(103, 195, 160, 20);
const LONG_S: u64 = 150;
/// Packages that nobody buys.
const IDLE: usize = 12;

fn idle(at: usize) -> String {
    (100 + at).to_string()
}

/// An order that was bought wrong, or whose purchase is unheard after a fault.
pub async fn bought_wrong(people: &People) -> Told<OrderId> {
    people.0.upstream().next(Op::Buyvps, Lie::hand_out(WRONG));
    bought_as_told(people).await
}

async fn bought_as_told(people: &People) -> Told<OrderId> {
    let order = people.orders(SOLD, None).await?;
    people.pays(&order).await?;
    let decided = |stage: &Stage| matches!(stage, Stage::Stopped(_) | Stage::Unheard(_));
    people.until(&order, LONG_S, decided).await?;
    Ok(order)
}

pub async fn mismatch(people: People) -> Told<Ends> {
    let order = bought_wrong(&people).await?;
    // Settling gives the money back.
    Ok(vec![(order, REFUNDED)])
}

pub async fn mismatch_twice(people: People) -> Told<Ends> {
    people.0.upstream().always(Op::Buyvps, Lie::of(Deed::Fallback));
    let one = bought_as_told(&people).await?;
    let other = bought_as_told(&people).await?;
    // Both are given back at the same version, under the same key.
    Ok(vec![(one, REFUNDED), (other, REFUNDED)])
}

pub async fn mismatch_again(people: People) -> Told<Ends> {
    let order = bought_wrong(&people).await?;
    let wish = People::wish(Remedy::Reprovision, "again");
    let pressed = people.press(&order, wish).await?;
    // A purchase that is unheard may not be repeated before its tail is over.
    let ends = if pressed.is_ok() { DELIVERED } else { &["delivered", "refund_pending"] };
    people.until(&order, LONG_S, |stage| matches!(stage, Stage::Delivered(_))).await?;
    Ok(vec![(order, ends)])
}

pub async fn accept(people: People) -> Told<Ends> {
    let order = bought_wrong(&people).await?;
    let mut wish = People::wish(Remedy::Accept, "accept");
    wish.consent = Some("Ada agreed by mail".into());
    let accepted = people.press(&order, wish).await?;
    people.until(&order, LONG_S, |stage| matches!(stage, Stage::Delivered(_))).await?;
    Ok(vec![(order, if accepted.is_ok() { DELIVERED } else { REFUNDED })])
}

pub async fn recycled(people: People) -> Told<Ends> {
    let one = people.orders(SOLD, None).await?;
    people.pays(&one).await?;
    people.until(&one, LONG_S, |stage| matches!(stage, Stage::Delivered(_))).await?;
    if let Some(sold) = people.0.upstream().sold().first() {
        people.0.upstream().lapse(sold.address);
    }
    let other = people.orders(SOLD, None).await?;
    people.pays(&other).await?;
    let decided = |stage: &Stage| matches!(stage, Stage::Delivered(_) | Stage::Unheard(_));
    people.until(&other, LONG_S, decided).await?;
    // Where the first answer was lost to a fault, its server is gone before anybody could adopt it.
    let either: &[&str] = &["delivered", "refund_pending"];
    Ok(vec![(one, either), (other, either)])
}

pub async fn refusal(people: People) -> Told<Ends> {
    people.0.upstream().next(Op::Buyvps, Lie::of(Deed::Refuse));
    let order = people.orders(SOLD, None).await?;
    people.pays(&order).await?;
    let decided = |stage: &Stage| matches!(stage, Stage::Stopped(_) | Stage::Unheard(_));
    people.until(&order, LONG_S, decided).await?;
    // An answer that was lost to a fault proves nothing: then it was bought again.
    Ok(vec![(order, &["refund_pending", "delivered"])])
}

pub async fn pause(people: People) -> Told<Ends> {
    people.0.upstream().next(Op::Buyvps, Lie::status(401).without_the_deed());
    let order = people.orders(SOLD, None).await?;
    people.pays(&order).await?;
    people.0.sleep(10).await;
    people.resumes().await?;
    people.until(&order, LONG_S, |stage| matches!(stage, Stage::Delivered(_))).await?;
    Ok(vec![(order, DELIVERED)])
}

pub async fn no_connection(people: People) -> Told<Ends> {
    let order = people.orders(SOLD, None).await?;
    people.0.upstream().doorway(Doorway::Refuse).await;
    people.pays(&order).await?;
    people.0.sleep(12).await;
    people.0.upstream().doorway(Doorway::Open).await;
    let decided = |stage: &Stage| matches!(stage, Stage::Delivered(_) | Stage::Stopped(_));
    people.until(&order, LONG_S, decided).await?;
    Ok(vec![(order, &["delivered", "refund_pending"])])
}

pub fn small_budget(given: Given) -> Given {
    let mut given = given;
    given.settings.loss_budget = Some(Money::major(1, Currency::INR));
    given
}

pub async fn budget(people: People) -> Told<Ends> {
    let wrong = bought_wrong(&people).await?;
    let order = people.orders(SOLD, None).await?;
    people.pays(&order).await?;
    people.0.sleep(40).await;
    let lifted = people
        .ask(|engine| async move { engine.resume_purchasing("the owner pays", "staff").await });
    lifted.await?.map_err(|error| format!("lifting the budget: {error}"))?;
    people.until(&order, LONG_S, |stage| matches!(stage, Stage::Delivered(_))).await?;
    // After a fault the wrong server may be the second order's.
    Ok(vec![(wrong, &["refund_pending", "delivered"]), (order, &["delivered", "refund_pending"])])
}

pub async fn refund_unheard(people: People) -> Told<Ends> {
    people.0.upstream().next(Op::Buyvps, Lie::slow(40_000));
    let order = people.orders(SOLD, None).await?;
    people.pays(&order).await?;
    people.until(&order, LONG_S, |stage| matches!(stage, Stage::Unheard(_))).await?;
    let pressed = people.press(&order, People::wish(Remedy::Refund, "refund")).await?;
    people.0.sleep(60).await;
    let ends = if pressed.is_ok() { REFUNDED } else { &["delivered", "refund_pending"] };
    Ok(vec![(order, ends)])
}

pub async fn refund_planned(people: People) -> Told<Ends> {
    people.pauses().await?;
    let order = people.orders(SOLD, None).await?;
    people.pays(&order).await?;
    people.0.sleep(8).await;
    let refund = people.press(&order, People::wish(Remedy::Refund, "refund")).await?;
    refund.map_err(|why| format!("refund of a planned order: {why}"))?;
    people.resumes().await?;
    people.0.sleep(20).await;
    match people.0.upstream().purchases() {
        0 => Ok(vec![(order, REFUNDED)]),
        many => Err(format!("{many} purchases for an order that was refunded before")),
    }
}

pub async fn replacement(people: People) -> Told<Ends> {
    let order = people.orders(SOLD, None).await?;
    people.pays(&order).await?;
    people.until(&order, LONG_S, |stage| matches!(stage, Stage::Delivered(_))).await?;
    people.press(&order, People::wish(Remedy::Reprovision, "replace")).await?.ok();
    people.0.sleep(10).await;
    people.until(&order, LONG_S, |stage| matches!(stage, Stage::Delivered(_))).await?;
    Ok(vec![(order, &["delivered", "refund_pending"])])
}

pub async fn gone(people: People) -> Told<Ends> {
    let order = people.orders(SOLD, None).await?;
    let upstream = people.0.upstream();
    let gone_at = people.look(|tx| tx.now()).await?;
    upstream.list("1", Listing::Hidden);
    upstream.rename("2", format!("{OTHER} new"));
    // The last list counts for ten seconds.
    people.0.sleep(12).await;
    people.pays(&order).await?;
    let synced = people.ask(|engine| async move { engine.sync().await.map(|_| ()) });
    // A sync that fails is told and comes again by itself.
    drop(synced.await?);
    people.until(&order, LONG_S, |stage| matches!(stage, Stage::Stopped(_))).await?;
    upstream.list("1", Listing::Shown);
    let on_old_list = people.bought_on_a_list_from_before(&order, gone_at).await?;
    Ok(vec![(order, if on_old_list { DELIVERED } else { REFUNDED })])
}

impl People {
    /// The newest complete reading, stored just now, may be bought on; a process that stood still
    /// with the list in its hands stores it late. What is bought is checked all the same.
    async fn bought_on_a_list_from_before(
        &self,
        order: &OrderId,
        gone_at: Timestamp,
    ) -> Told<bool> {
        let order = order.clone();
        self.look(move |tx| {
            let readings = tx.readings("smartvps", 100)?;
            let old = readings.iter().filter(|reading| reading.requested_at < gone_at);
            let old: Vec<i64> = old.map(|reading| reading.number).collect();
            let mut attempts = tx.attempts(&order)?.into_iter();
            Ok(attempts.any(|a| a.reading_number.is_some_and(|number| old.contains(&number))))
        })
        .await
    }
}

pub fn one_address(given: Given) -> Given {
    let mut given = given;
    given.packages.push(Package::new("3", ONE_ADDRESS, 5));
    given
}

/// A package that is called by one address; the provider sells another one of that block, whose
/// text begins alike.
pub async fn neighbour(people: People) -> Told<Ends> {
    people.0.upstream().next(Op::Buyvps, Lie::hand_out(NEIGHBOUR));
    let order = people.orders(ONE_ADDRESS, None).await?;
    people.pays(&order).await?;
    let decided = |stage: &Stage| matches!(stage, Stage::OnHold(_) | Stage::Unheard(_));
    people.until(&order, LONG_S, decided).await?;
    // Settling gives the money back.
    Ok(vec![(order, REFUNDED)])
}

/// The provider calls the package something else while its answer is on the way.
pub async fn renamed(people: People) -> Told<Ends> {
    let upstream = people.0.upstream();
    upstream.next(Op::Buyvps, Lie::slow(30_000));
    let order = people.orders(SOLD, None).await?;
    people.pays(&order).await?;
    people.until(&order, LONG_S, |stage| matches!(stage, Stage::Unheard(_))).await?;
    upstream.rename("1", "45.67.12");
    let synced = people.ask(|engine| async move { engine.sync().await.map(|_| ()) });
    drop(synced.await?);
    people.until(&order, LONG_S, |stage| matches!(stage, Stage::Delivered(_))).await?;
    // Where a fault held the purchase back, nothing of that block is left to be bought.
    let ends = if upstream.sold().is_empty() { REFUNDED } else { DELIVERED };
    Ok(vec![(order, ends)])
}

pub fn many_packages(given: Given) -> Given {
    let mut given = given;
    given.packages.extend((0..IDLE).map(|at| Package::new(idle(at), format!("198.51.{at}"), 5)));
    given
}

/// The list loses most of what there was.
pub async fn shrunk(people: People) -> Told<Ends> {
    let order = people.orders(SOLD, None).await?;
    for at in 0..IDLE {
        people.0.upstream().list(&idle(at), Listing::Hidden);
    }
    let synced = people.ask(|engine| async move { engine.sync().await.map(|_| ()) });
    drop(synced.await?);
    people.pays(&order).await?;
    people.until(&order, LONG_S, |stage| matches!(stage, Stage::Delivered(_))).await?;
    Ok(vec![(order, DELIVERED)])
}

pub async fn smaller(people: People) -> Told<Ends> {
    people.0.upstream().always(Op::Status, Lie::of(Deed::SmallerRam));
    let order = people.orders(SOLD, None).await?;
    people.pays(&order).await?;
    people.until(&order, 2 * LONG_S, |stage| matches!(stage, Stage::Stopped(_))).await?;
    Ok(vec![(order, REFUNDED)])
}

pub async fn list_down(people: People) -> Told<Ends> {
    let order = people.orders(SOLD, None).await?;
    people.0.sleep(12).await;
    people.0.upstream().always(Op::Ipstock, Lie::status(500));
    let synced = people.0.ask(|engine| async move { engine.sync().await.map(|_| ()) }).await;
    // Nobody promised that a broken list can be used.
    drop(synced);
    people.pays(&order).await?;
    people.0.sleep(30).await;
    people.0.upstream().stop(Op::Ipstock, None);
    people.until(&order, LONG_S, |stage| matches!(stage, Stage::Delivered(_))).await?;
    Ok(vec![(order, DELIVERED)])
}
