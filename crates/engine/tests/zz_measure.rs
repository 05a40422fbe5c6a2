#[path = "../../store/tests/support/mod.rs"]
mod support;
mod shop;
use std::time::Instant;
use domain::package::{Listed, Pid};
use crate::shop::Shop;
use crate::support::for_each_database;
#[tokio::test]
async fn measure_it_all_now() {
    for_each_database(async |test| {
        let shop = Shop::open(test);
        let n = 100_000;
        let row = |at: usize| Listed { pid: Pid::new(at.to_string()).unwrap(),
            name: format!("{}.{}.{}", 100 + at / 65_536, at / 256 % 256, at % 256), stock: 50, status: "active".into(), active: true };
        shop.upstream.lists_all((0..n).map(row).collect());
        for _ in 0..3 {
            let t = Instant::now();
            let r = shop.engine.sync().await.unwrap();
            println!("{} sync {:?} created {} unchanged {}", test.kind, t.elapsed(), r.summary.created, r.summary.unchanged);
        }
        let t = Instant::now();
        let k = shop.db.read(|tx| tx.load_catalogue("smartvps")).await.unwrap();
        println!("{} load {:?} {}", test.kind, t.elapsed(), k.len());
        for i in 0..n { shop.upstream.changes(i, 49); }
        let t = Instant::now();
        let r = shop.engine.sync().await.unwrap();
        println!("{} all stock changed {:?} updated {}", test.kind, t.elapsed(), r.summary.updated);
        shop.clock.step(std::time::Duration::from_secs(60));
        for i in 0..n { shop.upstream.changes(i, 48); }
        let t = Instant::now();
        shop.engine.fresh_reading().await.unwrap().unwrap();
        println!("{} look, all stock changed {:?}", test.kind, t.elapsed());
    }).await;
}
