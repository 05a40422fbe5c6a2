//! Stories of what customers have done to their servers: restarted, installed anew, kept back.

use domain::errand::Wish;
use domain::id::OrderId;
use domain::order::{Remedy, Stage};
use engine::errand::NewErrand;
use sim::smartvps::{Answer, Deed, Doorway, Lie, Op};

use super::{DELIVERED, Ends, People, REFUNDED, Told};
use crate::world::SOLD;

const LONG_S: u64 = 150;
/// Longer than any tail, and than anything that is planned is still sent.
const ENDED_S: u64 = 1_500;
const AGAIN_S: u64 = 5;

/// Restarted and wiped, with answers that are lost and one that was never true.
pub async fn operated(people: People) -> Told<Ends> {
    let order = has_server(&people).await?;
    let upstream = people.0.upstream();
    upstream.next(Op::Stop, Lie::answering(Answer::Lost));
    people.has_done(&order, Wish::Restart).await?;
    upstream.next(Op::Format, Lie::answering(Answer::Lost));
    people.has_done(&order, Wish::Reinstall).await?;
    upstream.next(Op::Changeos, Lie::slow(30_000));
    people.has_done(&order, Wish::ChangeOs).await?;
    upstream.next(Op::Stop, Lie::of(Deed::Refuse));
    people.has_done(&order, Wish::Stop).await?;
    people.looks_at(&order).await?;
    Ok(vec![(order, DELIVERED)])
}

/// Another system shows than the one that was asked for, and then the right one.
pub async fn wrong_system(people: People) -> Told<Ends> {
    let order = has_server(&people).await?;
    people.0.upstream().always(Op::Status, Lie::of(Deed::OtherOs));
    people.has_done(&order, Wish::ChangeOs).await?;
    people.0.upstream().stop(Op::Status, None);
    people.looks_at(&order).await?;
    people.has_done(&order, Wish::ChangeOs).await?;
    Ok(vec![(order, DELIVERED)])
}

/// The provider's door is shut, and then staff pause it: what was planned is not sent any more.
pub async fn kept_back(people: People) -> Told<Ends> {
    let order = has_server(&people).await?;
    people.0.upstream().doorway(Doorway::Refuse).await;
    people.has_done(&order, Wish::Stop).await?;
    people.asks(&order, Wish::Restart).await?;
    people.0.sleep(2).await;
    people.pauses().await?;
    people.until_ended(&order).await?;
    people.0.upstream().doorway(Doorway::Open).await;
    people.resumes().await?;
    people.has_done(&order, Wish::Restart).await?;
    Ok(vec![(order, DELIVERED)])
}

/// Money goes back while the server is being installed anew.
pub async fn taken_back(people: People) -> Told<Ends> {
    let order = has_server(&people).await?;
    people.asks(&order, Wish::Reinstall).await?;
    drop(people.press(&order, People::wish(Remedy::Refund, "back")).await?);
    people.until_ended(&order).await?;
    Ok(vec![(order, REFUNDED)])
}

async fn has_server(people: &People) -> Told<OrderId> {
    let order = people.orders(SOLD, None).await?;
    people.pays(&order).await?;
    people.until(&order, LONG_S, |stage| matches!(stage, Stage::Delivered(_))).await?;
    Ok(order)
}

impl People {
    /// A customer has something done, and waits until it has ended.
    async fn has_done(&self, order: &OrderId, wish: Wish) -> Told<()> {
        self.asks(order, wish).await?;
        self.until_ended(order).await
    }

    /// A customer asks for something. That it is refused is an answer, too.
    async fn asks(&self, order: &OrderId, wish: Wish) -> Told<()> {
        let Some(address) = self.address(order).await? else { return Ok(()) };
        let (order, account) = (order.clone(), self.0.customer().clone());
        let asked = self.ask(move |engine| {
            let (order, account) = (order.clone(), account.clone());
            let os = (wish == Wish::ChangeOs).then(|| "centos".to_owned());
            let new = NewErrand { wish, os, confirmed: Some(address.clone()), seen: None };
            async move { engine.ask_errand(&order, new, &account).await }
        });
        drop(asked.await?);
        Ok(())
    }

    async fn until_ended(&self, order: &OrderId) -> Told<()> {
        for _ in 0..ENDED_S / AGAIN_S {
            let id = order.clone();
            let open = self.look(move |tx| {
                let mut open = false;
                for server in tx.servers(&id)? {
                    open |= tx.errands(&server.id, 1)?.iter().any(|one| one.outcome.is_none());
                }
                Ok(open)
            });
            if !open.await? {
                return Ok(());
            }
            self.0.sleep(AGAIN_S).await;
        }
        let jobs = self.look(|tx| tx.waiting_jobs(10)).await?;
        Err(format!("what was asked for never ended; jobs: {}", jobs.join(", ")))
    }

    /// A customer looks at their server: whether it runs, and how they sign in to it.
    async fn looks_at(&self, order: &OrderId) -> Told<()> {
        let id = order.clone();
        let Stage::Delivered(server) = self.stage(order).await? else { return Ok(()) };
        let asked = self.ask(move |engine| {
            let server = server.clone();
            async move { engine.ask_power(&server).await }
        });
        drop(asked.await?);
        self.0.sleep(AGAIN_S).await;
        let revealed = self.ask(move |engine| {
            let id = id.clone();
            async move { engine.reveal_credentials(&id, "ada").await.map(|_| ()) }
        });
        drop(revealed.await?);
        Ok(())
    }

    async fn address(&self, order: &OrderId) -> Told<Option<String>> {
        let Stage::Delivered(server) = self.stage(order).await? else { return Ok(None) };
        let server = self.look(move |tx| tx.server(&server)).await?;
        Ok(Some(server.address.to_string()))
    }
}
