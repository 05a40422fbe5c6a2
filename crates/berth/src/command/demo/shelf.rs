//! Two plans of a provider without an API, so that delivery by hand can be tried. Their names sort
//! behind everything that the simulated upstream sells.

use std::time::Duration;

use domain::money::Money;
use engine::catalogue::NewPlan;
use engine::provider::NewByHand;
use engine::{Engine, Error};

const DUE_WITHIN: Duration = Duration::from_secs(4 * 3_600);

/// Puts them on the shelf, once per shop.
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
    for (pid, name, memory, price, days, stock) in
        [("2", "G.8GB", "8GB", 2_240, 30, 12), ("3", "G.16GB", "16GB", 41_880, 365, 11)]
    {
        let price = Money::major(price, engine.settings().currency);
        let plan = NewPlan {
            name: name.into(),
            display_name: Some(format!("🖐 {name}")),
            pid: Some(pid.into()),
            prices: vec![(memory.into(), Some(price))],
            costs: vec![],
            stock: Some(stock),
            days,
            cidrs: vec![],
            published: true,
        };
        engine.add_plan(&rack.id, plan, "demo").await?;
    }
    Ok(())
}
