#[path = "../../store/tests/support/mod.rs"]
mod support;
mod shop;
use std::time::Instant;
use domain::package::{Listed, Pid};
use domain::catalogue::{List, Run, Rules};
use domain::clock::Timestamp;
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
        shop.engine.sync().await.unwrap();
        for _ in 0..4 {
            let t = Instant::now();
            let r = shop.engine.sync().await.unwrap();
            println!("{} sync {:?} created {} unchanged {}", test.kind, t.elapsed(), r.summary.created, r.summary.unchanged);
            let t = Instant::now(); drop(r); println!("drop report {:?}", t.elapsed());
            let t = Instant::now();
            let rows: Vec<Listed> = (0..n).map(row).collect();
            println!("make rows {:?}", t.elapsed());
            let t = Instant::now();
            let raw = format!("{rows:?}").into_bytes();
            println!("raw {:?} {}", t.elapsed(), raw.len());
            let t = Instant::now();
            let h = store::reading::hash_of(&raw);
            println!("hash {:?} {}", t.elapsed(), h.len());
            let t = Instant::now();
            let p = store::reading::packed(&raw).unwrap();
            println!("pack {:?} {}", t.elapsed(), p.len());
            let t = Instant::now();
            let list = List::of(rows);
            println!("list {:?}", t.elapsed());
            let t = Instant::now();
            let k = shop.db.read(|tx| tx.load_catalogue("smartvps")).await.unwrap();
            println!("load {:?} {}", t.elapsed(), k.len());
            let t = Instant::now();
            let rules = Rules { warn_at: vec![10,5], disable_at: 3 };
            let d = Run { provider: "smartvps", rules: &rules, now: Timestamp::from_millis(1), chance: &test.chance }.decide(&list, k);
            println!("decide {:?} {}", t.elapsed(), d.len());
            let t = Instant::now(); drop(d); println!("drop settled {:?}", t.elapsed());
            let t = Instant::now(); drop(list); println!("drop list {:?}", t.elapsed());
        }
    }).await;
}
