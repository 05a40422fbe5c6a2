//! A world as its plan wants it: buyers and staff do their part, each at its moment. Not for what
//! is left when the play is over: `scenario::settle`.

use domain::id::{CheckoutId, OrderId};
use domain::money::{Currency, Money};
use domain::order::{Remedy, Stage};
use engine::Error;
use engine::checkout::NewOrder;
use engine::checkout::cart::{NewCheckout, Wanted};
use engine::party::PartyWish;
use futures_util::future::join_all;
use sim::gateway::How;
use sim::smartvps::Listing;
use store::order::Order;

use super::plan::{Button, Buyer, Clash, Jump, Pays, Plan, Press, Shrink};
use crate::scenario::{Ends, People, Told, UNPAID, rupees};
use crate::world::World;

/// So often a buyer looks whether they are asked what they want.
const LOOKS: u32 = 40;
const LOOKS_EVERY_S: u64 = 15;
/// So long two people wait for something to disagree about.
const CLASH_LOOKS: u32 = 300;

/// Money came, and it was not forgotten.
const PAID: &[&str] = &["delivered", "refund_pending", "refunded", "unrevived", "terminated"];

/// Plays all parts at once; tells how each buyer's order may end.
pub async fn play(world: &World, plan: &Plan) -> Told<Ends> {
    for (op, permille, lie) in &plan.lies {
        world.upstream().by_chance(*op, *permille, lie.clone());
    }
    for (op, permille, lie) in &plan.gateway_lies {
        world.gateway().by_chance(*op, *permille, lie.clone());
    }
    let people = People(world.clone());
    opens(&people, plan).await?;
    let buyers = plan.buyers.iter().map(|buyer| buys(&people, buyer));
    let staff = plan.presses.iter().enumerate().map(|(at, press)| presses(&people, at, press));
    let clashes = plan.clashes.iter().enumerate();
    let clashes = clashes.map(|(at, clash)| clashes_with(&people, at, clash));
    let (ends, pressed, clashed, _, _) = futures_util::join!(
        join_all(buyers),
        join_all(staff),
        join_all(clashes),
        join_all(plan.shrinks.iter().map(|shrink| shrinks(&people, shrink))),
        join_all(plan.jumps.iter().map(|jump| jumps(world, jump))),
    );
    pressed.into_iter().chain(clashed).collect::<Told<Vec<()>>>()?;
    let ends: Told<Vec<_>> = ends.into_iter().collect();
    Ok(ends?.into_iter().flatten().collect())
}

/// Faults and lies are over.
pub async fn calm(world: &World) {
    world.script().ends();
    world.upstream().honest_again().await;
    world.gateway().honest_again().await;
}

/// Before anybody comes, staff say where the shop is and make its coupons, and customers where they
/// are.
async fn opens(people: &People, plan: &Plan) -> Told<()> {
    for coupon in &plan.coupons {
        people.makes_coupon(coupon.code, coupon.kind, coupon.uses_max).await?;
    }
    let lives = |place: &str| PartyWish {
        name: "Ada".into(),
        street: "1 Marine Drive".into(),
        city: "Mumbai".into(),
        postcode: "400001".into(),
        place: place.to_owned(),
        gstin: None,
    };
    if let Some(party) = plan.shop_place.map(lives) {
        let set = people.ask(move |engine| {
            let party = party.clone();
            async move { engine.set_shop_party(&party, "staff").await }
        });
        set.await?.map_err(|error| format!("the shop has no address: {error}"))?;
    }
    if let Some(party) = plan.buyers_place.map(lives) {
        let ada = people.0.customer().clone();
        let set = people.ask(move |engine| {
            let (ada, party) = (ada.clone(), party.clone());
            async move { engine.set_customer_party(&ada, &party).await }
        });
        set.await?.map_err(|error| format!("Ada has no address: {error}"))?;
    }
    Ok(())
}

async fn buys(people: &People, buyer: &Buyer) -> Told<Ends> {
    people.0.sleep(buyer.arrives_s).await;
    if let Some((units, how)) = buyer.tops_up {
        tops_up(people, units, how).await;
    }
    let (checkout, orders) = match buyer.cart {
        Some(cart) => orders_a_cart(people, buyer, cart).await?,
        None => (None, orders(people, buyer).await?.into_iter().collect()),
    };
    // Of a cart the first order is cancelled, and the others live on.
    let Some(first) = orders.first() else { return Ok(Vec::new()) };
    let paid = async {
        people.0.sleep(buyer.pays_after_s).await;
        match (&checkout, buyer.pays) {
            (Some(checkout), Pays::AtTheGateway(how)) => {
                let paid = people.pays_for_all(checkout, how).await;
                people.0.script().note(&format!("{checkout} paid {paid:?}"));
            }
            _ => {
                for order in &orders {
                    pays(people, order, buyer).await;
                }
            }
        }
    };
    futures_util::join!(paid, cancels(people, first, buyer));
    let mut ends = Ends::new();
    for order in orders {
        let free = people.order(&order).await?.sold.quote.total.is_zero();
        let never = matches!(buyer.pays, Pays::Never);
        if !free && never && buyer.from_wallet.is_none() {
            ends.push((order, UNPAID));
            continue;
        }
        chooses(people, &order, buyer).await?;
        if free || matches!(buyer.pays, Pays::ByReceipt) {
            ends.push((order, PAID));
        }
    }
    Ok(ends)
}

async fn cancels(people: &People, order: &OrderId, buyer: &Buyer) {
    let Some(after_s) = buyer.cancels_after_s else { return };
    people.0.sleep(after_s).await;
    let id = order.clone();
    let cancelled = people
        .0
        .ask(move |engine| async move { engine.cancel_unpaid(&id, "ada").await.map(|_| ()) });
    people.0.script().note(&format!("cancel {:?}", cancelled.await.map(|c| c.is_ok())));
}

/// Pays into the wallet, which all buyers of these worlds share.
async fn tops_up(people: &People, units: i64, how: How) {
    let owner = people.0.customer().clone();
    let opened = people.0.ask(move |engine| async move {
        engine.top_up(&owner, rupees(units), Some("simulated")).await
    });
    if let Some(Ok(paying)) = opened.await
        && people.0.gateway().payment(paying.payment.as_str()).is_some()
    {
        people.0.gateway().pay(paying.payment.as_str(), how);
        people.0.script().note(&format!("topped up by {units}"));
    }
}

/// A cart's orders, or none where not all of it can be had, or nobody knows what became of it.
async fn orders_a_cart(
    people: &People,
    buyer: &Buyer,
    (quantity, other): (i64, &'static str),
) -> Told<(Option<CheckoutId>, Vec<OrderId>)> {
    let first = people.line(buyer.package, quantity).await?;
    let second = people.line(other, 1).await?;
    let coupon = |line: Wanted| Wanted { coupon: buyer.coupon.map(str::to_owned), ..line };
    let cart = NewCheckout {
        account: people.0.customer().clone(),
        lines: first.map(coupon).into_iter().chain(second).collect(),
        payment_method: Some("simulated".to_owned()),
        from_wallet: buyer.from_wallet.map(|minor| Money::new(minor, Currency::INR)),
        from_cart: Vec::new(),
    };
    let made = people.0.ask(move |engine| async move { engine.check_out(cart, None).await });
    let checkout = match made.await {
        Some(Ok((checkout, _))) => Some(checkout.id),
        Some(Err(Error::NoWayToPay { order, .. })) => CheckoutId::parse(&order).ok(),
        Some(Err(_)) | None => None,
    };
    people.0.script().note(&format!("checked out {checkout:?}"));
    let orders = match &checkout {
        Some(checkout) => people.orders_in(checkout).await?,
        None => Vec::new(),
    };
    Ok((checkout, orders))
}

/// One order, or none where the shop has none to sell or nobody knows what became of the wish.
async fn orders(people: &People, buyer: &Buyer) -> Told<Option<OrderId>> {
    let Some(product) = people.product(buyer.package).await? else { return Ok(None) };
    let at_the_gateway = matches!(buyer.pays, Pays::AtTheGateway(_));
    let wish = NewOrder {
        account: people.0.customer().clone(),
        product,
        memory: "8GB".into(),
        os: buyer.os.map(str::to_owned),
        coupon: buyer.coupon.map(str::to_owned),
        payment_method: at_the_gateway.then(|| "simulated".to_owned()),
        from_wallet: buyer.from_wallet.map(|minor| Money::new(minor, Currency::INR)),
    };
    let ordered = people.0.ask(move |engine| async move { engine.create_order(wish).await });
    let order = match ordered.await {
        Some(Ok((order, _))) => Some(order.id),
        Some(Err(Error::NoWayToPay { order, .. })) => OrderId::parse(&order).ok(),
        Some(Err(_)) | None => None,
    };
    people.0.script().note(&format!("ordered {order:?}"));
    Ok(order)
}

async fn pays(people: &People, order: &OrderId, buyer: &Buyer) {
    let paid = match buyer.pays {
        Pays::Never => return,
        Pays::ByReceipt => people.pays(order).await,
        Pays::AtTheGateway(how) => people.at_the_gateway(order, how).await,
    };
    people.0.script().note(&format!("{order} paid {paid:?}"));
}

/// A buyer who is offered a choice makes it, once.
async fn chooses(people: &People, order: &OrderId, buyer: &Buyer) -> Told<()> {
    let Some(choice) = buyer.chooses else { return Ok(()) };
    for _ in 0..LOOKS {
        if matches!(people.stage(order).await?, Stage::Delivered(_)) {
            return Ok(());
        }
        let id = order.clone();
        let chosen = people
            .0
            .ask(move |engine| async move { engine.choose(&id, choice, "ada").await.map(|_| ()) });
        if matches!(chosen.await, Some(Ok(()))) {
            people.0.script().note(&format!("{order} chose"));
            return Ok(());
        }
        people.0.sleep(LOOKS_EVERY_S).await;
    }
    Ok(())
}

async fn presses(people: &People, number: usize, press: &Press) -> Told<()> {
    people.0.sleep(press.at_s).await;
    let orders = people.orders_of_all().await?;
    let Some(order) = orders.get(press.which % orders.len().max(1)) else { return Ok(()) };
    match press.button {
        Button::PauseFor(seconds) => pauses(people, seconds).await,
        Button::Sync => {
            syncs(people).await;
            Ok(())
        }
        button => {
            decides(people, order, button, &format!("press-{number}")).await;
            Ok(())
        }
    }
}

async fn syncs(people: &People) {
    let synced = people.0.ask(|engine| async move { engine.sync().await.map(|_| ()) });
    people.0.script().note(&format!("sync {:?}", synced.await.map(|s| s.is_ok())));
}

/// Presses a button about one order, as it is seen now.
async fn decides(people: &People, order: &Order, button: Button, key: &str) {
    let wish = match button {
        Button::PauseFor(_) | Button::Sync => return,
        Button::PartBack(permille) => {
            let total = order.sold.quote.total;
            let mut wish = People::wish(Remedy::Refund, key);
            wish.amount = Some(Money::new(total.minor * permille / 1_000, total.currency));
            wish
        }
        Button::GiveUp => {
            let mut wish = People::wish(Remedy::Reprovision, key);
            wish.give_up = true;
            wish
        }
        Button::Remedy(Remedy::Adopt) => {
            let Some(address) = bought_for(people, order) else { return };
            let mut wish = People::wish(Remedy::Adopt, key);
            wish.address = Some(address);
            wish
        }
        Button::Remedy(Remedy::Accept) => {
            let mut wish = People::wish(Remedy::Accept, key);
            wish.consent = Some("Ada agreed by mail".into());
            wish
        }
        Button::Remedy(remedy) => People::wish(remedy, key),
    };
    let kind = wish.kind;
    let pressed = people.press_once(&order.id, wish).await;
    people.0.script().note(&format!("{} {kind:?} {pressed:?}", order.id));
}

/// Two people wait for a purchase that is unheard, and decide at once when its tail is over.
async fn clashes_with(people: &People, number: usize, clash: &Clash) -> Told<()> {
    people.0.sleep(clash.from_s).await;
    for _ in 0..CLASH_LOOKS {
        if let Some(order) = just_decidable(people).await? {
            let keys = [format!("clash-{number}"), format!("clash-{number}-other")];
            futures_util::join!(
                decides(people, &order, clash.one, &keys[0]),
                decides(people, &order, clash.other, &keys[1]),
            );
            return Ok(());
        }
        people.0.sleep(1).await;
    }
    Ok(())
}

/// An order whose unheard purchase may be decided about from now on.
async fn just_decidable(people: &People) -> Told<Option<Order>> {
    people
        .look(|tx| {
            let now = tx.now()?;
            for order in tx.orders_in(&["unheard"], "", 100)? {
                let Some(attempt) = order.standing.stage.attempt().cloned() else { continue };
                if tx.attempt(&attempt)?.tail_ends_at.is_some_and(|ends| ends <= now) {
                    return Ok(Some(order));
                }
            }
            Ok(None)
        })
        .await
}

async fn shrinks(people: &People, shrink: &Shrink) {
    people.0.sleep(shrink.at_s).await;
    let list = |listed: Listing| {
        for pid in &shrink.pids {
            people.0.upstream().list(pid, listed);
        }
    };
    list(Listing::Hidden);
    syncs(people).await;
    people.0.sleep(shrink.for_s).await;
    list(Listing::Shown);
    syncs(people).await;
}

async fn jumps(world: &World, jump: &Jump) {
    world.sleep(jump.at_s).await;
    world.set_clock(jump.node, jump.ahead_ms);
    world.script().note(&format!("the clock of {} is {} ms ahead", jump.node, jump.ahead_ms));
}

/// Staff name what was truly bought, though they may be early or late.
fn bought_for(people: &People, order: &Order) -> Option<String> {
    let attempt = order.standing.stage.attempt()?;
    let sold = people.0.upstream().sold();
    let ours = sold.iter().find(|sold| sold.permit.as_deref() == Some(attempt.as_str()))?;
    Some(ours.address.to_string())
}

async fn pauses(people: &People, seconds: u64) -> Told<()> {
    let paused = people
        .0
        .ask(|engine| async move { engine.pause_provider("smartvps", "a look", "staff").await });
    people.0.script().note(&format!("pause {:?}", paused.await.map(|p| p.is_ok())));
    people.0.sleep(seconds).await;
    people.resumes().await
}
