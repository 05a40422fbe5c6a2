//! What the demo's shop knows besides what its first sync told: what servers cost, so that profits
//! can be looked at, and two plans of a provider without an API, so that delivery by hand can be
//! tried. Their names sort behind everything that the simulated upstream sells.

use std::time::Duration;

use domain::money::Money;
use domain::product::Price;
use engine::catalogue::{NewPlan, ProductPatch};
use engine::provider::NewByHand;
use engine::{Engine, Error};

const DUE_WITHIN: Duration = Duration::from_secs(4 * 3_600);

/// So many products are looked at: more than the simulated upstream has.
const PRODUCTS: i64 = 200;

/// A server of the simulated upstream costs six tenths of what it is sold for.
pub async fn enter_costs(engine: &Engine) -> engine::Result<()> {
    for shown in engine.list_products(None, PRODUCTS).await? {
        let unknown = shown.product.prices.iter().filter(|price| price.cost.is_none());
        let cost = |price: &Price| {
            let cost = Money::new(price.price.minor * 6 / 10, price.price.currency);
            (price.ram.to_string(), Some(cost))
        };
        let costs: Vec<_> = unknown.map(cost).collect();
        if !costs.is_empty() {
            let patch = ProductPatch { costs: Some(costs), ..ProductPatch::default() };
            engine.change_product(&shown.product.id, patch, "demo").await?;
        }
    }
    Ok(())
}

/// What the simulated upstream's servers are called beside their names, so that there is something
/// to choose by. Tags that somebody has set stay.
pub async fn tag(engine: &Engine) -> engine::Result<()> {
    for shown in engine.list_products(None, PRODUCTS).await? {
        if !shown.product.tags.is_empty() {
            continue;
        }
        let is_amd = shown.package.name.contains("AMD");
        let place = match shown.package.name.bytes().map(usize::from).sum::<usize>() % 3 {
            _ if shown.package.is_by_hand() => "Frankfurt",
            0 => "Mumbai",
            1 => "Noida",
            _ => "Bengaluru",
        };
        let tags = [place, "AMD"].into_iter().take(1 + usize::from(is_amd));
        let tags = Some(tags.map(ToOwned::to_owned).collect());
        let patch = ProductPatch { tags, ..ProductPatch::default() };
        engine.change_product(&shown.product.id, patch, "demo").await?;
    }
    Ok(())
}

/// Puts the plans on the shelf, once per shop.
pub async fn fill(engine: &Engine) -> engine::Result<()> {
    let rack = NewByHand {
        name: "Frankfurt rack".into(),
        due_within: DUE_WITHIN,
        note: "Nobody can ask it over the network. In this demo, make an address up.".into(),
    };
    let rack = match engine.add_by_hand(rack, "demo").await {
        Ok(rack) => rack,
        // The data of an earlier run.
        Err(Error::Refused { slug: "name-taken", .. }) => return Ok(()),
        Err(error) => return Err(error),
    };
    let money = |units| Money::major(units, engine.settings().currency);
    for (pid, name, memory, price, cost, days, stock) in [
        ("2", "G.8GB", "8GB", 2_240, 1_400, 30, 12),
        ("3", "G.16GB", "16GB", 41_880, 26_000, 365, 11),
    ] {
        let (price, cost) = (money(price), money(cost));
        let plan = NewPlan {
            name: name.into(),
            display_name: Some(format!("🖐 {name}")),
            pid: Some(pid.into()),
            prices: vec![(memory.into(), Some(price))],
            costs: vec![(memory.into(), Some(cost))],
            stock: Some(stock),
            days,
            cidrs: vec![],
            published: true,
        };
        engine.add_plan(&rack.id, plan, "demo").await?;
    }
    Ok(())
}
