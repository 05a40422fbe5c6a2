//! The story of a payer's bank: it takes back what paid an order, and what came into a wallet.
//! Staff enter both, as no gateway tells of them.

use domain::dispute::State;
use domain::id::OrderId;
use engine::dispute::Charge;
use sim::gateway::How;

use super::wallet::topped_up_by;
use super::{DELIVERED, Ends, People, Told, rupees};
use crate::world::SOLD;

/// In rupees; a part of each movement.
const TAKEN: i64 = 100;

/// What the order's money was is lost for good, and the top-up's comes home.
pub async fn taken_back(people: People) -> Told<Ends> {
    let order = people.orders(SOLD, Some("simulated")).await?;
    people.at_the_gateway(&order, How::Pay).await?;
    people.until_delivered(&order).await?;
    topped_up_by(&people, TAKEN).await?;
    let of = order.clone();
    let paid = people.look(move |tx| tx.captures(&of)).await?;
    let paid = paid.first().ok_or("nothing was captured")?.gateway_payment.clone();
    let mut came = people.0.gateway().captures().into_iter().rev().map(|capture| capture.id);
    let came = came.find(|id| *id != paid).ok_or("nothing came into the wallet")?;
    for state in [State::Open, State::Lost] {
        people.disputes(Some(&order), &paid, state).await?;
    }
    for state in [State::Open, State::Won] {
        people.disputes(None, &came, state).await?;
    }
    people.wallet_holds(TAKEN, 1).await?;
    Ok(vec![(order, DELIVERED)])
}

impl People {
    /// Staff enter what they read of a movement, until they are told that it is entered.
    async fn disputes(&self, order: Option<&OrderId>, movement: &str, state: State) -> Told<()> {
        let charge = Charge {
            gateway: "simulated".into(),
            gateway_payment: movement.into(),
            id: format!("about-{movement}"),
            amount: rupees(TAKEN),
            state,
        };
        let (order, owner) = (order.cloned(), self.0.customer().clone());
        let entered = self.ask(move |engine| {
            let (order, owner, charge) = (order.clone(), owner.clone(), charge.clone());
            async move {
                match order {
                    Some(order) => engine.enter_dispute(&order, charge, "staff").await,
                    None => engine.enter_top_up_dispute(&owner, charge, "staff").await,
                }
            }
        });
        entered.await?.map_err(|error| format!("the dispute was not entered: {error}"))
    }
}
