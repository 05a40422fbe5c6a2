//! What takes long is counted by a worker, once, and whoever asks is told when that was.

use std::sync::mpsc::{self, Sender};
use std::time::Duration;

use domain::clock::Timestamp;
use engine::profit::Month;
use engine::report::{Span, Told};
use futures_util::future::{join, join_all};
use store::db::StoreError;

use crate::database::for_each_database;
use crate::support::{SOLD, TestShop};

const DAY: Duration = Duration::from_secs(86_400);
/// After so long an answer is counted anew, if it can have changed.
const OLD: Duration = Duration::from_secs(61);
/// After so long a claim has ended by itself.
const CLAIM_OVER: Duration = Duration::from_secs(31);

async fn now(shop: &TestShop) -> Timestamp {
    shop.db.read::<_, StoreError, _>(|tx| tx.now()).await.unwrap()
}

async fn around(shop: &TestShop) -> Span {
    let now = now(shop).await;
    Span { from: now - DAY, until: now + 30 * DAY }
}

async fn asked(shop: &TestShop, span: Span) -> Told<Month> {
    shop.engine.profit_by_month(&[span]).await.unwrap().remove(0)
}

/// What was sold, once nothing is counted any more, and the moment that it is of.
async fn counted(shop: &TestShop, span: Span) -> (i64, Timestamp) {
    shop.until(async || {
        let told = asked(shop, span).await;
        !told.is_counting
    })
    .await;
    let told = asked(shop, span).await;
    assert_eq!(told.fault, None);
    let kept = told.kept.expect("it was counted");
    (kept.figures.whole.first().map_or(0, |profit| profit.revenue), kept.at)
}

/// While `meanwhile` goes on, the node counts nothing; it may let it go on before.
async fn held<T>(node: &TestShop, meanwhile: impl AsyncFnOnce(Sender<()>) -> T) -> T {
    let (go_on, wait) = mpsc::channel::<()>();
    let (begun, begins) = tokio::sync::oneshot::channel();
    let mut begun = Some(begun);
    let hold = node.db.count::<_, StoreError, _>(move |tx| {
        begun.take().into_iter().for_each(|begun| begun.send(()).unwrap());
        // Or until whoever could let it go on is gone.
        wait.recv().ok();
        tx.now()
    });
    let others = async {
        begins.await.unwrap();
        meanwhile(go_on).await
    };
    let (hold, others) = join(hold, others).await;
    hold.unwrap();
    others
}

/// How many jobs the nodes have started so far, once they are quiet.
async fn started(nodes: &[&TestShop]) -> usize {
    let mut started = 0;
    for node in nodes {
        started += node.engine.until_quiet().await.unwrap();
    }
    started
}

#[tokio::test]
async fn a_report_is_counted_once_however_many_ask() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let other = shop.another_node(db).await;
        shop.buy(SOLD).await;
        let span = around(&shop).await;
        let nodes = [&shop, &other];
        let before = started(&nodes).await;
        held(&shop, async |_go_on| {
            held(&other, async |_go_on| {
                let asking = (0..20).map(|at| asked(nodes[at % 2], span));
                for told in join_all(asking).await {
                    assert!(told.is_counting && told.kept.is_none(), "{told:?}");
                }
            })
            .await;
        })
        .await;
        let (sold, at) = counted(&shop, span).await;
        assert_eq!(sold, 99_900);
        assert_eq!(counted(&other, span).await, (sold, at));
        assert_eq!(started(&nodes).await, before + 1, "{:?}", shop.jobs().await);
    })
    .await;
}

#[tokio::test]
async fn a_report_tells_when_it_was_counted_and_follows_what_is_booked_later() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        shop.buy(SOLD).await;
        let span = around(&shop).await;
        let over = Span { until: now(&shop).await, ..span };
        shop.later(OLD);
        let before = now(&shop).await;
        let first = counted(&shop, span).await;
        assert!(first.0 == 99_900 && first.1 >= before, "{first:?}");
        let past = counted(&shop, over).await;
        shop.buy(SOLD).await;
        assert_eq!(counted(&shop, span).await, first, "it was counted just now");
        shop.later(OLD);
        let second = counted(&shop, span).await;
        assert!(second.0 == 2 * 99_900 && second.1 > first.1, "{second:?}");
        shop.later(OLD);
        assert_eq!(counted(&shop, span).await, second, "nothing was booked since");
        assert_eq!(counted(&shop, over).await, past, "nothing is booked for a time that is over");
        // Orders move to other packages, and packages change their names.
        shop.later(DAY);
        assert!(counted(&shop, over).await.1 > past.1);
        let last = counted(&shop, span).await;
        shop.later(Duration::from_secs(1));
        shop.engine.count_profit_anew(span).await.unwrap();
        let anew = counted(&shop, span).await;
        assert!(anew.0 == last.0 && anew.1 > last.1, "{anew:?}");
    })
    .await;
}

#[tokio::test]
async fn a_count_that_dies_with_its_node_is_taken_up_again() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        shop.buy(SOLD).await;
        let span = around(&shop).await;
        let answer = held(&shop, async |go_on| {
            assert!(asked(&shop, span).await.is_counting);
            shop.until(async || shop.db.read(|tx| tx.next_due()).await.unwrap().1 == 0).await;
            shop.engine.stop_working();
            let other = shop.another_node(db).await;
            assert!(asked(&other, span).await.is_counting, "a dead node's claim holds for a while");
            shop.later(CLAIM_OVER);
            let answer = counted(&other, span).await;
            assert_eq!(answer.0, 99_900);
            // The dead one lives after all, and has counted: nobody takes that from it any more.
            go_on.send(()).unwrap();
            started(&[&shop]).await;
            assert_eq!(counted(&other, span).await, answer);
            answer
        })
        .await;
        assert_eq!(asked(&shop, span).await.kept.map(|kept| kept.at), Some(answer.1));
    })
    .await;
}

#[tokio::test]
async fn a_count_that_fails_says_why_and_is_tried_again_when_asked_for() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        shop.buy(SOLD).await;
        let span = around(&shop).await;
        let first = counted(&shop, span).await;
        db.by_hand("UPDATE ledger SET currency = 'rupees'").await;
        shop.engine.count_profit_anew(span).await.unwrap();
        shop.until(async || !asked(&shop, span).await.is_counting).await;
        let told = asked(&shop, span).await;
        let (_, why) = told.fault.expect("it failed");
        assert!(why.contains("rupees"), "{why}");
        assert_eq!(told.kept.map(|kept| kept.at), Some(first.1), "what was counted before stays");
        db.by_hand("UPDATE ledger SET currency = 'INR'").await;
        assert!(asked(&shop, span).await.fault.is_some(), "it failed just now");
        shop.later(OLD);
        let again = counted(&shop, span).await;
        assert!(again.0 == first.0 && again.1 > first.1, "{again:?}");
    })
    .await;
}
