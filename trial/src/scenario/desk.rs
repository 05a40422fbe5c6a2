//! Stories in which the shop must say no: to a purchase while staff have paused it or while it is
//! braked, to staff who decide too early or name another's server, to who wants a unit that is
//! promised.

use domain::id::OrderId;
use domain::order::{Remedy, Stage};
use engine::remedy::Wish;
use sim::smartvps::{Answer, Lie, Op};
use store::db::Tx;

use super::purchase::AFTER_TAIL_S;
use super::{DELIVERED, Ends, People, Told};
use crate::world::{Given, SOLD};

const LONG_S: u64 = 150;
/// Whoever presses so long before the end of a tail is certainly too early.
const EARLY: std::time::Duration = std::time::Duration::from_secs(10);

/// Staff pause the provider before anybody pays.
pub async fn paused(people: People) -> Told<Ends> {
    let order = people.orders(SOLD, None).await?;
    people.pauses().await?;
    people.pays(&order).await?;
    people.0.sleep(30).await;
    if people.0.upstream().purchases() > 0 {
        return Err("a purchase left while the provider was paused".to_owned());
    }
    people.resumes().await?;
    people.until(&order, LONG_S, |stage| matches!(stage, Stage::Delivered(_))).await?;
    Ok(vec![(order, DELIVERED)])
}

/// One order has its server; the purchase for the other is not heard of.
pub async fn too_early(people: People) -> Told<Ends> {
    let delivered = |stage: &Stage| matches!(stage, Stage::Delivered(_));
    let one = people.orders(SOLD, None).await?;
    people.pays(&one).await?;
    people.until(&one, LONG_S, delivered).await?;
    people.0.upstream().next(Op::Buyvps, Lie::answering(Answer::Hang));
    let other = people.orders(SOLD, None).await?;
    people.pays(&other).await?;
    let decided = |stage: &Stage| matches!(stage, Stage::Unheard(_) | Stage::Delivered(_));
    people.until(&other, LONG_S, decided).await?;
    if is_early(&people, &other).await? {
        let wish = People::wish(Remedy::NothingBought, "too-early");
        must_be_refused(&people, &other, wish, "while its answer could still come").await?;
    }
    people.0.sleep(AFTER_TAIL_S).await;
    let mut wish = People::wish(Remedy::Adopt, "of-another");
    wish.address = address_of(&people, &one).await?;
    if wish.address.is_some() {
        must_be_refused(&people, &other, wish, "with the server of another order").await?;
    }
    // A fault may have lost the first answer, too; settling names what was bought for whom.
    Ok(vec![(one, DELIVERED), (other, DELIVERED)])
}

/// So many purchases in a row may be unheard.
const UNHEARD_MAX: i64 = 2;

pub fn quick_brake(given: Given) -> Given {
    let mut given = given;
    given.settings.pause_after_unheard = Some(UNHEARD_MAX);
    given
}

/// The provider sells and says nothing, one time after another.
pub async fn brake(people: People) -> Told<Ends> {
    people.0.upstream().always(Op::Buyvps, Lie::answering(Answer::Lost));
    let mut ends = Ends::new();
    for _ in 0..=UNHEARD_MAX {
        let order = people.orders(SOLD, None).await?;
        people.pays(&order).await?;
        people.until(&order, 60, |stage| matches!(stage, Stage::Unheard(_))).await?;
        ends.push((order, DELIVERED));
    }
    let left = people.0.upstream().purchases();
    people.0.upstream().stop(Op::Buyvps, None);
    match i64::try_from(left) {
        Ok(left) if left <= UNHEARD_MAX => Ok(ends),
        _ => Err(format!("{left} purchases left, though none was answered")),
    }
}

pub fn one_unit(given: Given) -> Given {
    let mut given = given;
    given.settings.stock_disable_at = 0;
    given.packages[0].stock = 1;
    given
}

/// The only unit there is goes its way, and at each stop of it somebody else wants it.
pub async fn last_unit(people: People) -> Told<Ends> {
    let order = the_one_order(&people).await?;
    must_find_nothing(&people, "reserved").await?;
    people.pauses().await?;
    people.pays(&order).await?;
    must_find_nothing(&people, "paid").await?;
    people.0.upstream().next(Op::Buyvps, Lie::slow(30_000));
    people.resumes().await?;
    people.until(&order, LONG_S, |stage| matches!(stage, Stage::Unheard(_))).await?;
    must_find_nothing(&people, "bought, perhaps").await?;
    people.until(&order, LONG_S, |stage| matches!(stage, Stage::Delivered(_))).await?;
    must_find_nothing(&people, "bought").await?;
    Ok(vec![(order, DELIVERED)])
}

/// Whoever did not hear what became of their wish finds the order later, and cannot order anew.
async fn the_one_order(people: &People) -> Told<OrderId> {
    let mut last = String::new();
    for _ in 0..LONG_S {
        match people.orders_at_once(SOLD, None, None).await? {
            Ok(order) => return Ok(order),
            Err(why) => last = why,
        }
        if let Some(order) = people.orders_of_all().await?.pop() {
            return Ok(order.id);
        }
        people.0.sleep(1).await;
    }
    Err(format!("no order was taken: {last}"))
}

async fn must_find_nothing(people: &People, how: &str) -> Told<()> {
    match people.orders_at_once(SOLD, None, None).await? {
        Ok(order) => Err(format!("{order} was taken, and the only unit is {how}")),
        Err(_) => Ok(()),
    }
}

async fn must_be_refused(people: &People, id: &OrderId, wish: Wish, how: &str) -> Told<()> {
    let kind = wish.kind;
    match people.press_once(id, wish).await {
        Some(Ok(())) => Err(format!("{kind:?} was believed {how}")),
        Some(Err(_)) | None => Ok(()),
    }
}

/// Whether the order waits for a purchase whose tail is far from over, by the shop's settings and
/// not by what it noted.
async fn is_early(people: &People, id: &OrderId) -> Told<bool> {
    let Stage::Unheard(attempt) = people.stage(id).await? else { return Ok(false) };
    let settings = &people.0.0.given.settings;
    let lasts = settings.purchase_timeout + settings.purchase_tail;
    let question = move |tx: &mut Tx<'_>| {
        let (permitted_at, now) = (tx.attempt(&attempt)?.permitted_at, tx.now()?);
        Ok(permitted_at.is_some_and(|at| now + EARLY < at + lasts))
    };
    people.look(question).await
}

/// The address of what was delivered; nothing where nothing is.
async fn address_of(people: &People, id: &OrderId) -> Told<Option<String>> {
    let Stage::Delivered(server) = people.stage(id).await? else { return Ok(None) };
    people.look(move |tx| Ok(Some(tx.server(&server)?.address.to_string()))).await
}
