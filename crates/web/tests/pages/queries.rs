//! What a page costs at the database. Many small questions are what makes pages slow once there
//! are many rows, or a network between.

use http::Method;
use sim::smartvps::{Answer::Html, Lie, Op};

use crate::database::{TestDb, for_each_database};
use crate::filled::Filled;
use crate::house::{Answer, House, METRICS};
use crate::{browser_of, page, text};

const MOST: u64 = 10;

/// How often a page asks, and what it answers. The cheapest of three looks counts: how a server
/// is, is asked for anew by whoever looks first.
async fn cheapest(
    test: &TestDb,
    house: &House,
    path: &str,
    (name, value): (&str, &str),
) -> (u64, Answer) {
    let mut looks = Vec::new();
    for _ in 0..3 {
        let before = test.db.counts().statements;
        let answer = house.ask(page(path).with(name, value)).await;
        looks.push((test.db.counts().statements - before, answer));
    }
    looks.into_iter().min_by_key(|(cost, _)| *cost).unwrap()
}

#[tokio::test]
async fn an_unheard_purchase_costs_no_more_with_all_its_evidence() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sue = browser_of(&house, "sue@example.com").await;
        let order = house.order(&house.ada).await;
        house.upstream.next(Op::Buyvps, Lie::answering(Html));
        house.pay(&order).await;
        house.until(&order, "needs_review").await;
        test.clock.step(std::time::Duration::from_secs(3_600));
        house.engine.sync().await.unwrap();
        house.work().await;
        house.engine.stop_working();
        let path = format!("/admin/orders/{}", order["orderId"].as_str().unwrap());
        let (cost, answer) = cheapest(test, &house, &path, ("cookie", &sue)).await;
        let shown = text(&answer);
        for told in ["Five checks", "Buy something else", "show the same in both"] {
            assert!(shown.contains(told), "{told}: {shown}");
        }
        assert!(cost <= MOST, "{}: {cost}", test.kind);
    })
    .await;
}

#[tokio::test]
async fn no_page_asks_the_database_more_than_ten_times() {
    for_each_database(async |test| {
        let filled = Filled::open(test).await;
        let watcher = format!("Bearer {METRICS}");
        // Nobody else asks meanwhile.
        filled.house.work().await;
        filled.house.engine.stop_working();
        let mut dear = Vec::new();
        let mut refused = Vec::new();
        let mut asked = 0;
        let looks = |route: &&web::routes::Declared| {
            let is_page = !route.path.starts_with("/api/") && !route.path.ends_with("/events");
            route.method == Method::GET && is_page
        };
        for route in filled.house.declared.iter().filter(looks) {
            let path = filled.path(&route.path);
            let who = match &*path {
                "/metrics" => ("authorization", &*watcher),
                path if path.starts_with("/admin") => ("cookie", &*filled.sue),
                _ => ("cookie", &*filled.ada),
            };
            let (cost, answer) = cheapest(test, &filled.house, &path, who).await;
            if answer.status.as_u16() >= 400 {
                refused.push(format!("{} {}", route.path, answer.status.as_u16()));
            }
            asked += cost;
            if cost > MOST {
                dear.push(format!("{} asks {cost} times", route.path));
            }
        }
        assert!(asked > 100, "questions are counted: {asked}");
        assert!(dear.is_empty(), "{}:\n{}", test.kind, dear.join("\n"));
        // Only some gateways are paid by a form of ours.
        assert_eq!(refused, ["/payment/go/{payment} 409"]);
    })
    .await;
}
