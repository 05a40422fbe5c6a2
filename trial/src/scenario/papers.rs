//! A story of papers: what was sold and what went back is numbered, whatever happens to those who
//! number.

use domain::id::OrderId;
use domain::money::{Currency, Money};
use domain::order::{Remedy, Stage};
use domain::paper::Kind;
use sim::gateway::How;

use super::{DELIVERED, Ends, People, Told};
use crate::world::SOLD;

const LONG_S: u64 = 150;
/// Papers are promised within a minute; nodes that die and wait need longer.
const NUMBERED_S: u64 = 600;
const LOOK_S: u64 = 5;

/// One order stays, the other goes back in two parts: by then each has its papers, and no more.
pub async fn numbered(people: People) -> Told<Ends> {
    let kept = people.orders(SOLD, Some("simulated")).await?;
    people.at_the_gateway(&kept, How::Pay).await?;
    people.until(&kept, LONG_S, |stage| matches!(stage, Stage::Delivered(_))).await?;
    people.has_papers(&kept, (1, 0)).await?;
    let returned = people.orders(SOLD, None).await?;
    people.pays(&returned).await?;
    people.until(&returned, LONG_S, |stage| matches!(stage, Stage::Delivered(_))).await?;
    let mut part = People::wish(Remedy::Refund, "part");
    part.amount = Some(Money::new(33_333, Currency::INR));
    let first = people.press(&returned, part).await?;
    let rest = people.press(&returned, People::wish(Remedy::Refund, "rest")).await?;
    let notes = usize::from(first.is_ok()) + usize::from(rest.is_ok());
    people.has_papers(&returned, (1, notes)).await?;
    let ends: &[&str] = if rest.is_ok() { &["refund_pending", "refunded"] } else { DELIVERED };
    Ok(vec![(kept, DELIVERED), (returned, ends)])
}

impl People {
    /// Waits until an order has so many invoices and credit notes, and nothing of it waits.
    async fn has_papers(&self, order: &OrderId, wanted: (usize, usize)) -> Told<()> {
        let mut found = (0, 0);
        for _ in 0..NUMBERED_S / LOOK_S {
            let id = order.clone();
            let papers = self.look(move |tx| tx.papers_of(std::slice::from_ref(&id))).await?;
            let count = |kind| papers.iter().filter(|paper| paper.kind == kind).count();
            found = (count(Kind::Invoice), count(Kind::CreditNote));
            if found == wanted {
                return Ok(());
            }
            self.0.sleep(LOOK_S).await;
        }
        Err(format!("{order} has {found:?} invoices and credit notes, not {wanted:?}"))
    }
}
