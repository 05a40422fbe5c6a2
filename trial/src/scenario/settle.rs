//! After the story: staff do what is left to them, by what truly happened at the provider, until
//! every order has come to an end.

use std::collections::BTreeMap;

use domain::id::{AttemptId, OrderId};
use domain::order::{Remedy, Stage};
use store::order::Order;

use super::{People, Told, is_final};
use crate::world::World;

/// So long people go on settling, in rounds.
const ROUNDS: u32 = 150;
const ROUND_S: u64 = 10;
/// So many rounds they wait for credentials that are late.
const PATIENCE: u32 = 90;

/// What went against settling one order.
#[derive(Default)]
struct Refused {
    times: u32,
    why: String,
}

/// Settles everything; the error names what never came to an end.
pub async fn settle(world: &World) -> Told<()> {
    let people = People(world.clone());
    let mut refused = BTreeMap::<OrderId, Refused>::new();
    for round in 0..ROUNDS {
        let orders = people.orders_of_all().await?;
        let open: Vec<&Order> =
            orders.iter().filter(|order| !is_final(order.standing.stage.word())).collect();
        if open.is_empty() {
            return Ok(());
        }
        people.resumes().await?;
        let lifted = people
            .ask(|engine| async move { engine.resume_purchasing("the owner pays", "staff").await });
        drop(lifted.await?);
        for order in open {
            let tries = refused.entry(order.id.clone()).or_default();
            people.settles(order, tries, round).await?;
        }
        world.sleep(ROUND_S).await;
    }
    let jobs = people.look(|tx| tx.waiting_jobs(10)).await?;
    let open: Vec<String> = people
        .orders_of_all()
        .await?
        .iter()
        .filter(|order| !is_final(order.standing.stage.word()))
        .map(|order| {
            let why = refused.get(&order.id).map_or("", |refused| refused.why.as_str());
            format!("{} is {} ({why})", order.id, order.standing.stage.word())
        })
        .collect();
    Err(format!("never settled: {}; jobs: {}", open.join(", "), jobs.join(", ")))
}

impl People {
    pub async fn orders_of_all(&self) -> Told<Vec<Order>> {
        let stages = [
            "unpaid",
            "reservation_over",
            "cancelled",
            "unrevived",
            "planned",
            "permitted",
            "unheard",
            "verifying",
            "verified",
            "on_hold",
            "stopped",
            "delivered",
            "refund_pending",
            "refunded",
            "terminated",
        ];
        self.look(move |tx| tx.orders_in(&stages, "", 1_000)).await
    }

    /// Staff stop purchases.
    pub async fn pauses(&self) -> Told<()> {
        let paused = self.ask(|engine| async move {
            engine.pause_provider("smartvps", "a look first", "staff").await
        });
        paused.await?.map_err(|error| format!("pausing: {error}"))
    }

    /// Staff let the provider be asked again, and purchases leave.
    pub async fn resumes(&self) -> Told<()> {
        let paused = self.look(|tx| tx.provider_pause("smartvps")).await?;
        if paused.is_some() {
            let resumed = self.ask(|engine| async move {
                engine.resume_provider("smartvps", "all is well", "staff").await
            });
            drop(resumed.await?);
        }
        let latched = self.ask(|engine| async move { engine.latched().await });
        if let Ok(Some(why)) = latched.await? {
            return Err(format!("permits are latched: {why}"));
        }
        Ok(())
    }

    /// Staff learn of it from their list, and from nothing else.
    async fn settles(&self, order: &Order, refused: &mut Refused, round: u32) -> Told<()> {
        let id = order.id.clone();
        if self.look(move |tx| tx.attention_of(&id)).await?.is_empty() {
            return Ok(());
        }
        let wish = match &order.standing.stage {
            Stage::Unheard(attempt) if refused.times < 3 => self.truth_of(attempt),
            Stage::Unheard(_) | Stage::Stopped(_) | Stage::OnHold(_) => {
                People::wish(Remedy::Refund, "settle-refund")
            }
            // An installation that never was: nobody can sign in to such a server.
            Stage::Verifying(_) if order.standing.late && round >= PATIENCE => {
                People::wish(Remedy::Refund, "settle-late")
            }
            _ => return Ok(()),
        };
        let early = wish.kind != Remedy::Refund && !self.tail_is_over(order).await?;
        if early {
            return Ok(());
        }
        if let Err(why) = self.press(&order.id, wish).await? {
            *refused = Refused { times: refused.times + 1, why };
        }
        Ok(())
    }

    /// What staff find out at the provider about an attempt that was never heard of.
    fn truth_of(&self, attempt: &AttemptId) -> engine::remedy::Wish {
        let sold = self.0.upstream().sold();
        let ours = sold.iter().find(|sold| sold.permit.as_deref() == Some(attempt.as_str()));
        match ours {
            Some(sold) => {
                let mut wish = People::wish(Remedy::Adopt, &format!("settle-adopt-{attempt}"));
                wish.address = Some(sold.address.to_string());
                wish
            }
            None => People::wish(Remedy::NothingBought, &format!("settle-nothing-{attempt}")),
        }
    }

    async fn tail_is_over(&self, order: &Order) -> Told<bool> {
        let Some(attempt) = order.standing.stage.attempt().cloned() else { return Ok(true) };
        let (attempt, now) = self.look(move |tx| Ok((tx.attempt(&attempt)?, tx.now()?))).await?;
        Ok(attempt.tail_ends_at.is_some_and(|ends| ends <= now))
    }
}
