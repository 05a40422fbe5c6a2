//! Stories of what has no API: a person enters the server, rightly, wrongly, too late, or twice at
//! once, while everything goes wrong around them.

use std::time::Duration;

use domain::id::OrderId;
use domain::order::{Remedy, Stage};
use engine::Error;
use engine::by_hand::Entry;
use engine::catalogue::NewPlan;
use engine::provider::NewByHand;
use store::order::Order;

use super::{DELIVERED, Ends, People, REFUNDED, Told};

pub const SELLER: &str = "hand-rack";
const PLAN: &str = "G.8GB";
const LONG_S: u64 = 150;
const AGAIN_AFTER_S: u64 = 5;

/// Paid, on the list, and delivered by what a person enters.
pub async fn good(people: People) -> Told<Ends> {
    let order = people.waits_for_hand().await?;
    people.delivers(&order, "203.0.113.7").await?;
    must_be_delivered(&people, &order).await?;
    Ok(vec![(order, DELIVERED)])
}

/// Addresses that do not fit are refused; the one that does is the customer's.
pub async fn wrong(people: People) -> Told<Ends> {
    let order = people.waits_for_hand().await?;
    for wrong in ["198.51.100.1", "127.0.0.1", "nowhere"] {
        if people.enters(&order, wrong).await? == Some(Ok(())) {
            return Err(format!("{wrong} was delivered"));
        }
    }
    people.delivers(&order, "203.0.113.7").await?;
    let other = people.waits_for_hand().await?;
    if people.enters(&other, "203.0.113.7").await? == Some(Ok(())) {
        return Err("one address was delivered twice".to_owned());
    }
    people.delivers(&other, "203.0.113.8").await?;
    Ok(vec![(order, DELIVERED), (other, DELIVERED)])
}

/// The money goes back while the order waits; whoever delivers then is too late.
pub async fn refunded(people: People) -> Told<Ends> {
    let order = people.waits_for_hand().await?;
    let wish = People::wish(Remedy::Refund, "by-hand-refund");
    people.press(&order, wish).await?.map_err(|why| format!("the refund was refused: {why}"))?;
    if people.enters(&order, "203.0.113.7").await? == Some(Ok(())) {
        return Err("a refunded order was delivered".to_owned());
    }
    Ok(vec![(order, REFUNDED)])
}

/// Two people enter a server each for the same order.
pub async fn two(people: People) -> Told<Ends> {
    let order = people.waits_for_hand().await?;
    let (one, other) = futures_util::join!(
        people.enters(&order, "203.0.113.7"),
        people.enters(&order, "203.0.113.8")
    );
    if (one?, other?) == (Some(Ok(())), Some(Ok(()))) {
        return Err("two people delivered one order".to_owned());
    }
    people.delivers(&order, "203.0.113.9").await?;
    must_be_delivered(&people, &order).await?;
    Ok(vec![(order, DELIVERED)])
}

async fn must_be_delivered(people: &People, id: &OrderId) -> Told<()> {
    let order = people.order(id).await?;
    match order.standing.stage {
        Stage::Delivered(_) if people.0.upstream().purchases() == 0 => Ok(()),
        Stage::Delivered(_) => Err("a machine bought what a person delivers".to_owned()),
        stage => Err(format!("{id} was to be delivered and is {}", stage.word())),
    }
}

fn plan() -> NewPlan {
    let price = domain::money::Money::major(2_240, domain::money::Currency::INR);
    NewPlan {
        name: PLAN.into(),
        display_name: None,
        pid: None,
        prices: vec![("8GB".into(), Some(price))],
        costs: vec![("8GB".into(), Some(price))],
        stock: Some(5),
        days: 30,
        cidrs: vec!["203.0.113.0/24".into()],
        published: true,
    }
}

impl People {
    /// Somebody orders and pays; it is on the list.
    async fn waits_for_hand(&self) -> Told<OrderId> {
        self.sells_by_hand().await?;
        let order = self.orders(PLAN, None).await?;
        self.pays(&order).await?;
        for _ in 0..LONG_S {
            let id = order.clone();
            let listed = self.look(move |tx| tx.attention_of(&id)).await?;
            if listed.iter().any(|row| row.why == "by-hand") {
                return Ok(order);
            }
            self.0.sleep(1).await;
        }
        Err(format!("{order} was paid, and no person was asked to deliver it"))
    }

    /// Staff enter who sells it, and the plan, until both are there.
    async fn sells_by_hand(&self) -> Told<()> {
        let made = self.ask(|engine| async move {
            let (name, note) = ("Rack".to_owned(), String::new());
            let due_within = Duration::from_secs(4 * 3_600);
            engine.add_by_hand(NewByHand { name, due_within, note }, "staff").await
        });
        is_there(made.await?)?;
        let made = self.ask(|engine| async move { engine.add_plan(SELLER, plan(), "staff").await });
        is_there(made.await?)
    }

    /// A person enters a server once; nothing when nobody answers.
    pub async fn enters(
        &self,
        id: &OrderId,
        address: &'static str,
    ) -> Told<Option<Result<(), String>>> {
        let id = id.clone();
        let entered = self.0.ask(move |engine| async move {
            let (username, password) = ("root".to_owned(), "of the rack".to_owned());
            let address = address.to_owned();
            let entry = Entry { address, username, password, expires_at: None, version: None };
            engine.deliver_by_hand(&id, entry, "staff", None).await
        });
        Ok(entered.await.map(|done| done.map(|_| ()).map_err(|error| error.to_string())))
    }

    /// A person enters a server until it is delivered.
    pub async fn delivers(&self, id: &OrderId, address: &'static str) -> Told<()> {
        let mut last = String::new();
        for _ in 0..LONG_S {
            if let Some(Err(why)) = self.enters(id, address).await? {
                last = why;
            }
            if matches!(self.stage(id).await?, Stage::Delivered(_)) {
                return Ok(());
            }
            self.0.sleep(AGAIN_AFTER_S).await;
        }
        Err(format!("{id} could not be delivered by hand: {last}"))
    }

    /// Whether a person is to deliver it.
    pub async fn is_by_hand(&self, order: &Order) -> Told<bool> {
        let order = order.clone();
        self.look(move |tx| Ok(tx.terms_in_force(&order)?.is_by_hand())).await
    }
}

/// Whoever did not hear that it was done finds it done.
fn is_there<T>(made: engine::Result<T>) -> Told<()> {
    match made {
        Ok(_) | Err(Error::Refused { slug: "name-taken", .. }) => Ok(()),
        Err(error) => Err(format!("it was not entered: {error}")),
    }
}
