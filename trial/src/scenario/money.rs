//! Stories of how money comes: at the gateway, late, twice, or not at all; and how it goes back.

use std::time::Duration;

use domain::id::OrderId;
use domain::order::{Remedy, Stage};
use domain::refund::State;
use engine::Error;
use engine::remedy::Wish;
use sim::gateway::{Answer, Back, Deed, How, Lie, Op};
use store::alert::REFUND_ASKED;
use store::refund::Refund;

use super::{BACK, DELIVERED, Ends, People, Told, UNPAID, rupees};
use crate::world::{Given, SOLD};

const LONG_S: u64 = 150;
/// So long a session at the gateway is open in stories that wait for its end.
const SESSION_MS: i64 = 60_000;

impl People {
    /// The customer opens the newest payment of an order and does something on its page; where
    /// there is none that the gateway knows, they ask for another one.
    pub async fn at_the_gateway(&self, id: &OrderId, how: How) -> Told<()> {
        for _ in 0..30 {
            let order = id.clone();
            let payments = self.look(move |tx| tx.payments(&order)).await?;
            let known = |payment: &&store::payment::Payment| {
                self.0.gateway().payment(payment.id.as_str()).is_some()
            };
            if let Some(payment) = payments.iter().rev().find(known) {
                self.0.gateway().pay(payment.id.as_str(), how);
                return Ok(());
            }
            let order = id.clone();
            let again = self.ask(move |engine| {
                let order = order.clone();
                async move { engine.pay_again(&order, Some("simulated"), None).await.map(|_| ()) }
            });
            drop(again.await?);
            self.0.sleep(1).await;
        }
        Err("no payment was ever opened".to_owned())
    }

    pub async fn until_delivered(&self, id: &OrderId) -> Told<bool> {
        self.until(id, LONG_S, |stage| matches!(stage, Stage::Delivered(_))).await
    }
}

pub async fn gateway(people: People) -> Told<Ends> {
    let order = people.orders(SOLD, Some("simulated")).await?;
    people.at_the_gateway(&order, How::Pay).await?;
    people.until_delivered(&order).await?;
    Ok(vec![(order, DELIVERED)])
}

pub async fn gateway_lies(people: People) -> Told<Ends> {
    let gateway = people.0.gateway();
    gateway.next(Op::Create, Lie::answering(Answer::Lost));
    gateway.next(Op::Hook, Lie::of(Deed::Twice));
    gateway.next(Op::Poll, Lie::of(Deed::Pending));
    let order = people.orders(SOLD, Some("simulated")).await?;
    people.at_the_gateway(&order, How::FailThenPay).await?;
    people.until_delivered(&order).await?;
    Ok(vec![(order, DELIVERED)])
}

pub async fn twice(people: People) -> Told<Ends> {
    let order = people.orders(SOLD, Some("simulated")).await?;
    people.at_the_gateway(&order, How::PayTwice).await?;
    people.pays(&order).await?;
    people.until_delivered(&order).await?;
    people.0.sleep(60).await;
    Ok(vec![(order, DELIVERED)])
}

pub async fn fails(people: People) -> Told<Ends> {
    people.0.gateway().next(Op::Create, Lie::of(Deed::Refuse));
    let order = people.orders(SOLD, Some("simulated")).await?;
    people.at_the_gateway(&order, How::Fail).await?;
    people.0.sleep(40).await;
    people.pays(&order).await?;
    people.until_delivered(&order).await?;
    Ok(vec![(order, DELIVERED)])
}

pub fn short_reservation(given: Given) -> Given {
    let mut given = given;
    given.settings.reserve_for = Duration::from_secs(45);
    given
}

impl People {
    /// The gateway's sessions, which hold units for longer than the shop would, are short.
    pub fn short_sessions(&self) {
        self.0.gateway().set(|settings| settings.session_ms = SESSION_MS);
    }

    /// Waits until nothing is held for an order any more.
    pub async fn is_over(&self, order: &OrderId) -> Told<()> {
        let over = |stage: &Stage| matches!(stage, Stage::Closed(_));
        if !self.until(order, 2 * LONG_S, over).await? {
            return Err("a reservation was over, and nobody ended it".to_owned());
        }
        Ok(())
    }

    /// Orders, and waits until nothing is held for it any more.
    async fn orders_and_waits(&self) -> Told<OrderId> {
        self.short_sessions();
        let order = self.orders(SOLD, None).await?;
        self.is_over(&order).await?;
        Ok(order)
    }
}

pub async fn late(people: People) -> Told<Ends> {
    let order = people.orders_and_waits().await?;
    people.pays(&order).await?;
    people.until_delivered(&order).await?;
    Ok(vec![(order, DELIVERED)])
}

/// The gateway takes less than was asked for; nobody has it yet, so it is owed.
pub async fn half(people: People) -> Told<Ends> {
    people.0.gateway().next(Op::Pay, Lie::of(Deed::WrongAmount));
    let order = people.orders(SOLD, Some("simulated")).await?;
    people.at_the_gateway(&order, How::Pay).await?;
    people.0.sleep(LONG_S).await;
    Ok(vec![(order, UNPAID)])
}

/// Somebody pays, and the gateway books it for another shop.
pub async fn anothers(people: People) -> Told<Ends> {
    let elsewhere = Some("pay_of_somebody_else".to_owned());
    people.0.gateway().next(Op::Pay, Lie { payment: elsewhere, ..Lie::of(Deed::OtherPayment) });
    let order = people.orders(SOLD, Some("simulated")).await?;
    people.at_the_gateway(&order, How::Pay).await?;
    people.0.sleep(LONG_S).await;
    Ok(vec![(order, UNPAID)])
}

pub async fn cancelled(people: People) -> Told<Ends> {
    let order = people.orders(SOLD, Some("simulated")).await?;
    let id = order.clone();
    let cancelled = people.ask(move |engine| {
        let id = id.clone();
        async move { engine.cancel_unpaid(&id, "ada").await.map(|_| ()) }
    });
    drop(cancelled.await?);
    people.at_the_gateway(&order, How::PaySilently).await?;
    people.until_delivered(&order).await?;
    Ok(vec![(order, DELIVERED)])
}

pub async fn again(people: People) -> Told<Ends> {
    let order = people.orders_and_waits().await?;
    let id = order.clone();
    let again = people.ask(move |engine| {
        let id = id.clone();
        async move { engine.pay_again(&id, Some("simulated"), None).await.map(|_| ()) }
    });
    drop(again.await?);
    people.at_the_gateway(&order, How::Pay).await?;
    people.until_delivered(&order).await?;
    Ok(vec![(order, DELIVERED)])
}

/// A refusal is the last word only ten minutes after the requests that nobody answered.
const BACK_S: u64 = 15 * 60;

impl People {
    async fn refunds(&self, id: &OrderId) -> Told<Vec<Refund>> {
        let id = id.clone();
        self.look(move |tx| tx.refunds(&id)).await
    }

    /// Staff give all of it back, and wait for what comes of that.
    async fn gives_back(&self, id: &OrderId, key: &str) -> Told<Ends> {
        let pressed = self.press(id, People::wish(Remedy::Refund, key)).await?;
        self.comes_back(id, pressed.is_ok()).await
    }

    /// The customer asks for their money back; whether the shop took note.
    async fn wants_back(&self, id: &OrderId) -> Told<bool> {
        let (order, customer) = (id.clone(), self.0.customer().to_string());
        let asked = self.ask(move |engine| {
            let (order, customer) = (order.clone(), customer.clone());
            async move { engine.want_refund(&order, "it is too slow", &customer).await }
        });
        Ok(asked.await?.is_ok())
    }

    /// Staff say no; what was decided and not answered is refused when it is said again.
    async fn decline(&self, id: &OrderId) -> Told<()> {
        let order = id.clone();
        let declined =
            self.ask(move |engine| {
                let order = order.clone();
                async move {
                    engine.decline_refund(&order, ("it is as fast as sold", None), "staff").await
                }
            });
        match declined.await? {
            Ok(()) | Err(Error::Refused { slug: "request-answered", .. }) => Ok(()),
            Err(error) => Err(format!("{id} was not declined: {error}")),
        }
    }

    async fn is_asked_for(&self, id: &OrderId) -> Told<bool> {
        let id = id.to_string();
        self.look(move |tx| Ok(tx.open_alert(REFUND_ASKED, &id)?.is_some())).await
    }

    async fn comes_back(&self, id: &OrderId, was_pressed: bool) -> Told<Ends> {
        self.until(id, BACK_S, |stage| *stage == Stage::Refunded).await?;
        let ends: &[&str] = if was_pressed { BACK } else { &["delivered", "refunded"] };
        Ok(vec![(id.clone(), ends)])
    }

    async fn delivered_from_the_gateway(&self) -> Told<OrderId> {
        let order = self.orders(SOLD, Some("simulated")).await?;
        self.at_the_gateway(&order, How::Pay).await?;
        self.until_delivered(&order).await?;
        Ok(order)
    }
}

pub async fn back(people: People) -> Told<Ends> {
    let order = people.delivered_from_the_gateway().await?;
    people.0.gateway().next(Op::Refund, Lie::answering(Answer::Lost));
    people.gives_back(&order, "refund").await
}

/// Asked for twice: staff say no, and then give it, which answers.
pub async fn asked_back(people: People) -> Told<Ends> {
    let order = people.delivered_from_the_gateway().await?;
    if people.wants_back(&order).await? {
        people.decline(&order).await?;
    }
    if people.is_asked_for(&order).await? {
        return Err("a request that was declined is open".to_owned());
    }
    people.wants_back(&order).await?;
    let ends = people.gives_back(&order, "refund").await?;
    match people.stage(&order).await? {
        Stage::Refunded if people.is_asked_for(&order).await? => {
            Err("the money is back, and the request for it is open".to_owned())
        }
        _ => Ok(ends),
    }
}

/// A gateway would pay a part twice: there is enough left for it.
pub async fn part_back(people: People) -> Told<Ends> {
    let order = people.delivered_from_the_gateway().await?;
    people.0.gateway().next(Op::Refund, Lie::answering(Answer::Lost));
    let part = Wish { amount: Some(rupees(100)), ..People::wish(Remedy::Refund, "part") };
    drop(people.press(&order, part).await?);
    for _ in 0..BACK_S {
        let refunds = people.refunds(&order).await?;
        if refunds.iter().any(|refund| refund.state == State::Done) {
            return Ok(vec![(order, DELIVERED)]);
        }
        people.0.sleep(1).await;
    }
    Err("the part never came back".to_owned())
}

/// A refund that is under way for long, until its gateway tells.
pub async fn back_told(people: People) -> Told<Ends> {
    let order = people.delivered_from_the_gateway().await?;
    let gateway = people.0.gateway();
    gateway.next(Op::Refund, Lie::of(Deed::Pending));
    let pressed = people.press(&order, People::wish(Remedy::Refund, "refund")).await?;
    for _ in 0..BACK_S {
        let refunds = people.refunds(&order).await?;
        if refunds.iter().any(|refund| gateway.settle(refund.id.as_str(), Back::Done)) {
            break;
        }
        people.0.sleep(1).await;
    }
    people.comes_back(&order, pressed.is_ok()).await
}

pub async fn back_at_last(people: People) -> Told<Ends> {
    let order = people.delivered_from_the_gateway().await?;
    let gateway = people.0.gateway();
    gateway.next(Op::Refund, Lie::of(Deed::Refuse));
    gateway.next(Op::Refund, Lie::of(Deed::Fails));
    drop(people.press(&order, People::wish(Remedy::Refund, "refund")).await?);
    for _ in 0..BACK_S {
        let refunds = people.refunds(&order).await?;
        if refunds.iter().any(|refund| refund.state == State::Failed) {
            break;
        }
        people.0.sleep(1).await;
    }
    people.gives_back(&order, "refund-again").await
}

pub async fn back_by_hand(people: People) -> Told<Ends> {
    let order = people.orders(SOLD, None).await?;
    people.pays(&order).await?;
    people.until_delivered(&order).await?;
    drop(people.press(&order, People::wish(Remedy::Refund, "refund")).await?);
    for refund in people.refunds(&order).await? {
        let paid = people.ask(move |engine| {
            let id = refund.id.clone();
            async move { engine.refund_paid_by_hand(&id, "utr-back", "staff").await }
        });
        paid.await?.map_err(|error| format!("the payment was not entered: {error}"))?;
    }
    people.gives_back(&order, "refund").await
}
