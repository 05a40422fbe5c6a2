//! Stories of a purchase: heard, late, lost.

use domain::id::OrderId;
use domain::order::{Remedy, Stage};
use sim::smartvps::{Answer, Lie, Op};
use store::operation::OperationState;

use super::{DELIVERED, Ends, People, Told};
use crate::world::SOLD;

/// Longer than any deadline and tail.
const LONG_S: u64 = 150;
/// Deadline and tail, and a little more.
pub const AFTER_TAIL_S: u64 = 63;

pub async fn good(people: People) -> Told<Ends> {
    let order = people.orders(SOLD, None).await?;
    people.pays(&order).await?;
    people.until(&order, LONG_S, |stage| matches!(stage, Stage::Delivered(_))).await?;
    let id = order.clone();
    let revealed = people.ask(move |engine| {
        let id = id.clone();
        async move { engine.reveal_credentials(&id, "ada").await.map(|_| ()) }
    });
    // Before the delivery nothing is shown.
    drop(revealed.await?);
    Ok(vec![(order, DELIVERED)])
}

pub async fn late_system(people: People) -> Told<Ends> {
    people.0.upstream().next(Op::Changeos, Lie::slow(30_000));
    let order = people.orders_with(SOLD, None, Some("ubuntu")).await?;
    people.pays(&order).await?;
    people.until(&order, 3 * LONG_S, |stage| matches!(stage, Stage::Delivered(_))).await?;
    Ok(vec![(order, &["delivered", "refund_pending"])])
}

pub async fn two(people: People) -> Told<Ends> {
    let (one, other) = (people.orders(SOLD, None).await?, people.orders(SOLD, None).await?);
    let (a, b) = futures_util::join!(people.pays(&one), people.pays(&other));
    a.and(b)?;
    people.until(&one, LONG_S, |stage| matches!(stage, Stage::Delivered(_))).await?;
    people.until(&other, LONG_S, |stage| matches!(stage, Stage::Delivered(_))).await?;
    Ok(vec![(one, DELIVERED), (other, DELIVERED)])
}

pub async fn operating_system(people: People) -> Told<Ends> {
    let order = people.orders_with(SOLD, None, Some("ubuntu")).await?;
    people.pays(&order).await?;
    people.until(&order, 2 * LONG_S, |stage| matches!(stage, Stage::Delivered(_))).await?;
    let unheard = people.installation_is_unheard(&order).await?;
    Ok(vec![(order, if unheard { &["delivered", "refund_pending"] } else { DELIVERED })])
}

impl People {
    /// An installation whose permit went out and that was never heard of is never sent a second
    /// time by itself; where the server then shows another system, that is a mismatch.
    async fn installation_is_unheard(&self, order: &OrderId) -> Told<bool> {
        let order = order.clone();
        self.look(move |tx| {
            for server in tx.servers(&order)? {
                let operations = tx.operations(&server.id)?;
                if operations.iter().any(|o| o.state == OperationState::Unheard) {
                    return Ok(true);
                }
            }
            Ok(false)
        })
        .await
    }
}

pub async fn slow_password(people: People) -> Told<Ends> {
    people.0.upstream().set(|settings| settings.password_delay_ms = 150_000);
    let order = people.orders(SOLD, None).await?;
    people.pays(&order).await?;
    people.until(&order, 2 * LONG_S, |stage| matches!(stage, Stage::Delivered(_))).await?;
    Ok(vec![(order, DELIVERED)])
}

pub async fn late_answer(people: People) -> Told<Ends> {
    people.0.upstream().next(Op::Buyvps, Lie::slow(30_000));
    let order = people.orders(SOLD, None).await?;
    people.pays(&order).await?;
    let heard = people.until(&order, LONG_S, |stage| matches!(stage, Stage::Delivered(_))).await?;
    // Staff would name the server, too: without a fault nobody has to.
    if !heard && people.0.script().struck().is_empty() {
        return Err("nobody listened for the late answer".to_owned());
    }
    Ok(vec![(order, DELIVERED)])
}

/// Waits until the purchase is unheard and its tail over; false when it came to something else.
async fn unheard(people: &People, order: &OrderId) -> Told<bool> {
    let decided = |stage: &Stage| matches!(stage, Stage::Unheard(_) | Stage::Delivered(_));
    people.until(order, LONG_S, decided).await?;
    people.0.sleep(AFTER_TAIL_S).await;
    Ok(matches!(people.stage(order).await?, Stage::Unheard(_)))
}

pub async fn adopt(people: People) -> Told<Ends> {
    people.0.upstream().next(Op::Buyvps, Lie::answering(Answer::Lost));
    let order = people.orders(SOLD, None).await?;
    people.pays(&order).await?;
    unheard(&people, &order).await?;
    // Settling does the rest: it names what was truly bought.
    Ok(vec![(order, DELIVERED)])
}

pub async fn adopt_then_answer(people: People) -> Told<Ends> {
    people.0.upstream().next(Op::Buyvps, Lie::slow(59_500));
    let order = people.orders(SOLD, None).await?;
    people.pays(&order).await?;
    people.until(&order, LONG_S, |stage| matches!(stage, Stage::Unheard(_))).await?;
    let sold = |people: &People| people.0.upstream().sold().first().map(|sold| sold.address);
    for _ in 0..AFTER_TAIL_S {
        if matches!(people.stage(&order).await?, Stage::Delivered(_)) {
            break;
        }
        if let Some(address) = sold(&people) {
            let mut wish = People::wish(Remedy::Adopt, "adopt");
            wish.address = Some(address.to_string());
            if people.press_once(&order, wish).await.is_some_and(|pressed| pressed.is_ok()) {
                break;
            }
        }
        people.0.sleep(1).await;
    }
    Ok(vec![(order, DELIVERED)])
}

pub async fn nothing_bought(people: People) -> Told<Ends> {
    let nothing = Lie::answering(Answer::Lost).without_the_deed();
    people.0.upstream().next(Op::Buyvps, nothing);
    let order = people.orders(SOLD, None).await?;
    people.pays(&order).await?;
    unheard(&people, &order).await?;
    Ok(vec![(order, DELIVERED)])
}

pub async fn give_up(people: People) -> Told<Ends> {
    people.0.upstream().next(Op::Buyvps, Lie::answering(Answer::Lost));
    let order = people.orders(SOLD, None).await?;
    people.pays(&order).await?;
    if unheard(&people, &order).await? {
        let mut wish = People::wish(Remedy::Reprovision, "give-up");
        wish.give_up = true;
        // A fault may have made the tail end later; then settling names what was bought.
        drop(people.press(&order, wish).await?);
    }
    people.until(&order, LONG_S, |stage| matches!(stage, Stage::Delivered(_))).await?;
    Ok(vec![(order, DELIVERED)])
}
