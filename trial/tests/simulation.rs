//! Worlds as seeds want them, as many as a few seconds allow; more with `cargo xtask sim`.

use anyhow::{Context, Error};
use domain::order::Stage;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use trial::judge::{self, Before};
use trial::scenario;
use trial::simulation::{self, SHRUNK_MAX, plan::Plan};
use trial::world::{self, Base, Given, World};

fn holds(told: &simulation::Told) {
    let failed: Vec<String> = told
        .failed
        .values()
        .map(|(command, violations)| format!("{command}\n    {}", violations.join("\n    ")))
        .collect();
    assert!(failed.is_empty(), "{told}:\n{}", failed.join("\n"));
}

#[test]
fn seeds_find_nothing_that_does_not_hold() {
    let told = simulation::many(1_000, 16, Base::Sqlite, 2, SHRUNK_MAX);
    holds(&told);
    assert!(told.orders > 100 && told.strikes > 20, "{told}");
    holds(&simulation::many(2_000, 2, Base::Postgres, 1, SHRUNK_MAX));
}

#[test]
fn the_same_seed_leaves_the_same_trace() {
    let mut plan = Plan::of(3);
    plan.buyers.truncate(8);
    let traces: Vec<_> = (0..2).map(|_| simulation::run_plan(&plan, Base::Sqlite).trace).collect();
    assert!(traces[0].moments > 100, "{traces:?}");
    assert_eq!(traces[0], traces[1]);
}

#[test]
fn another_seed_is_another_world() {
    let (one, other) = (Plan::of(1), Plan::of(2));
    assert_ne!(format!("{one:?}"), format!("{other:?}"));
    assert_eq!(format!("{one:?}"), format!("{:?}", Plan::of(1)));
}

/// Somebody sends a second request under a permit: the judge has to say so, or it says nothing.
#[test]
fn a_second_request_under_a_permit_is_found() {
    let found = world::run(Given::new(Base::Sqlite, 1), async |world| {
        let people = scenario::People(world.clone());
        let order = people.orders(world::SOLD, None).await.map_err(Error::msg)?;
        people.pays(&order).await.map_err(Error::msg)?;
        let delivered = |stage: &Stage| matches!(stage, Stage::Delivered(_));
        people.until(&order, 150, delivered).await.map_err(Error::msg)?;
        let before = Before::now(&world)?;
        let clean = judge::judge(&world, &vec![(order.clone(), &["delivered"])], &before).await;
        let permit = world.upstream().requests_per_permit().into_keys().next();
        buys_again(&world, &permit.context("a permit")?).await?;
        Ok((clean, judge::judge(&world, &vec![(order, &["unpaid"])], &before).await))
    });
    let (clean, planted) = found.unwrap();
    assert!(clean.is_empty(), "{clean:?}");
    let names = |part: &str| planted.iter().any(|text| text.contains(part));
    assert!(names("INV-02: 2 requests reached the upstream under the one permit"), "{planted:?}");
    assert!(names("ended delivered, not unpaid"), "{planted:?}");
}

async fn buys_again(world: &World, permit: &str) -> anyhow::Result<()> {
    let body = format!(r#"{{"ip":"{}","ram":"8"}}"#, world::SOLD);
    let request = format!(
        "POST /api/oceansmart/buyvps HTTP/1.1\r\nhost: smartvps.example\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {}\r\nx-berth-permit: {permit}\r\n\
         \r\n{body}",
        body.len()
    );
    let mut stream = world.upstream().call()?;
    stream.write_all(request.as_bytes()).await?;
    let mut reply = Vec::new();
    stream.read_to_end(&mut reply).await?;
    Ok(())
}
