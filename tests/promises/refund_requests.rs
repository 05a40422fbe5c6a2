//! Whoever asks for their money back is heard once, by a person, and reads what that person
//! answered. Asking moves nothing.

use domain::order::refund_request::State;
use domain::order::{Remedy, Stage};
use engine::Error;
use engine::read::{OrderView, Viewer};
use engine::remedy::Wish;
use futures_util::future::join_all;
use sim::gateway::How;
use sim::smartvps::{Lie, Op};
use store::alert::Alert;
use store::order::Order;

use crate::database::for_each_database;
use crate::support::{SOLD, TestShop, is_delivered, rupees, settings, wish};

const WHY: &str = "I moved the project elsewhere.";

/// Paid at the gateway, and delivered.
async fn delivered(shop: &TestShop) -> Order {
    let (order, paying) = shop.checkout(SOLD).await;
    shop.gateway.pay(paying.payment.as_str(), How::PaySilently);
    shop.engine.ask_gateway(&paying.payment).await.unwrap();
    shop.quiet().await;
    let order = shop.order(&order.id).await;
    assert!(is_delivered(&order), "{:?} {:?}", order.standing, order.error);
    order
}

async fn asked(shop: &TestShop, order: &Order) -> engine::Result<()> {
    shop.engine.want_refund(&order.id, WHY, order.account.as_str()).await
}

async fn declined(shop: &TestShop, order: &Order, version: Option<i64>) -> engine::Result<()> {
    let why = "The server ran for 29 days.";
    shop.engine.decline_refund(&order.id, (why, version), "sue").await
}

async fn view(shop: &TestShop, order: &Order) -> OrderView {
    let owner = Viewer::Owner(shop.customer.clone());
    shop.engine.order_view(&order.id, &owner).await.unwrap()
}

async fn state(shop: &TestShop, order: &Order) -> Option<State> {
    view(shop, order).await.refund_request.map(|request| request.state)
}

async fn alerts(shop: &TestShop) -> Vec<Alert> {
    let open = shop.db.read(|tx| tx.open_alerts(50)).await.unwrap();
    open.into_iter().filter(|alert| alert.kind == "refund-asked").collect()
}

fn slug(done: engine::Result<()>) -> &'static str {
    done.expect_err("it is refused").slug()
}

#[tokio::test]
async fn asking_again_and_at_once_on_two_nodes_is_one_request_that_staff_see() {
    for_each_database(async |test| {
        let shop = TestShop::open(test).await;
        let other = shop.another_node(test).await;
        let order = delivered(&shop).await;
        let nodes = [&shop, &other, &shop, &other];
        for asked in join_all(nodes.map(|node| asked(node, &order))).await {
            asked.unwrap();
        }
        shop.engine.want_refund(&order.id, "and again", shop.customer.as_str()).await.unwrap();
        let seen = alerts(&shop).await;
        assert_eq!(seen.len(), 1);
        assert_eq!(seen[0].subject, order.id.as_str());
        assert_eq!(seen[0].text, format!("{}: {WHY}", order.number));
        // Nothing moved: it is theirs, and one event says that they asked.
        let after = shop.order(&order.id).await;
        assert_eq!(after.standing, order.standing);
        assert_eq!(after.version, order.version + 1);
        let all = shop.engine.admin_order(&order.id).await.unwrap();
        assert_eq!(all.refund_asked, Some(seen[0].clone()));
        let told = all.timeline.iter().filter(|told| told.kind == "refund_wanted");
        assert_eq!(
            told.map(|told| told.actor.as_str()).collect::<Vec<_>>(),
            [shop.customer.as_str()]
        );
        let settled = shop.engine.settle_alert(("refund-asked", order.id.as_str()), "seen", "sue");
        assert_eq!(settled.await.unwrap_err().slug(), "not-now");
        shop.quiet().await;
        shop.invariants_hold().await;
    })
    .await;
}

#[tokio::test]
async fn whatever_sends_money_back_answers_and_a_preview_does_not() {
    for_each_database(async |test| {
        let shop = TestShop::open(test).await;
        let part = |kind| Wish { amount: Some(rupees(100)), ..wish(kind) };
        let answers = [
            wish(Remedy::Refund),
            part(Remedy::Refund),
            part(Remedy::Credit),
            Wish { days: Some(30), ..wish(Remedy::RefundAndKeep) },
        ];
        for answer in answers {
            let order = delivered(&shop).await;
            asked(&shop, &order).await.unwrap();
            let preview = Wish { preview: true, ..answer.clone() };
            let would = shop.remedy(&shop.order(&order.id).await, preview).await.unwrap();
            let says = "it answers what the customer asked for";
            assert!(would.did.iter().any(|did| did == says), "{:?}", would.did);
            assert_eq!(
                (alerts(&shop).await.len(), state(&shop, &order).await),
                (1, Some(State::Open))
            );
            shop.remedy(&shop.order(&order.id).await, answer.clone()).await.unwrap();
            let word = answer.kind.word();
            assert_eq!(
                (alerts(&shop).await, state(&shop, &order).await),
                (vec![], Some(State::Given)),
                "{word}"
            );
            assert_eq!(slug(declined(&shop, &order, None).await), "request-answered", "{word}");
            shop.quiet().await;
        }
        shop.books_balance().await;
        shop.invariants_hold().await;
    })
    .await;
}

#[tokio::test]
async fn what_sends_no_money_back_leaves_the_request_open() {
    for_each_database(async |test| {
        let shop = TestShop::open(test).await;
        let order = delivered(&shop).await;
        asked(&shop, &order).await.unwrap();
        let days = Wish { days: Some(7), ..wish(Remedy::Extend) };
        shop.remedy(&shop.order(&order.id).await, days).await.unwrap();
        assert_eq!((alerts(&shop).await.len(), state(&shop, &order).await), (1, Some(State::Open)));
    })
    .await;
}

#[tokio::test]
async fn a_no_is_said_once_in_words_that_the_customer_reads() {
    for_each_database(async |test| {
        let shop = TestShop::that_mails(test, settings()).await;
        let order = delivered(&shop).await;
        assert!(matches!(declined(&shop, &order, None).await, Err(Error::Missing { .. })));
        asked(&shop, &order).await.unwrap();
        // Whoever looked before it was asked for decides anew.
        assert_eq!(slug(declined(&shop, &order, Some(order.version)).await), "stale-version");
        let seen = shop.order(&order.id).await;
        let both = join_all([1, 2].map(|_| declined(&shop, &seen, Some(seen.version)))).await;
        let refused: Vec<_> = both.into_iter().filter_map(Result::err).collect();
        assert_eq!(refused.iter().map(Error::slug).collect::<Vec<_>>(), ["request-answered"]);
        let request = view(&shop, &order).await.refund_request.unwrap();
        assert_eq!(request.state, State::Declined);
        assert_eq!(request.public.as_deref(), Some("The server ran for 29 days."));
        assert!(request.answered_at.is_some_and(|at| at >= request.asked_at));
        assert_eq!(alerts(&shop).await, []);

        shop.tended().await;
        let email = shop.engine.account(&shop.customer).await.unwrap().email;
        let mails = shop.catcher().mails_to(&email);
        let about: Vec<_> =
            mails.iter().filter(|mail| mail.subject.contains("the money that you asked")).collect();
        assert_eq!(about.len(), 1, "{:?}", mails.iter().map(|m| &m.subject).collect::<Vec<_>>());
        assert!(about[0].text.contains("The server ran for 29 days."), "{}", about[0].text);
        // Whoever previewed a refund before the no is told that somebody answered.
        let late = Wish { version: Some(seen.version), ..wish(Remedy::Refund) };
        let refused = shop.engine.remedy(&order.id, late, "sam").await.unwrap_err();
        assert_eq!(refused.slug(), "stale-version");
        // It may be asked anew, and given.
        asked(&shop, &order).await.unwrap();
        assert_eq!((alerts(&shop).await.len(), state(&shop, &order).await), (1, Some(State::Open)));
        shop.remedy(&shop.order(&order.id).await, wish(Remedy::Refund)).await.unwrap();
        assert_eq!(state(&shop, &order).await, Some(State::Given));
        shop.quiet().await;
        assert_eq!(shop.order(&order.id).await.standing.stage, Stage::Refunded);
        assert_eq!(slug(asked(&shop, &order).await), "not-now");
        shop.invariants_hold().await;
    })
    .await;
}

#[tokio::test]
async fn money_is_asked_back_only_where_some_was_taken_and_a_person_can_decide() {
    for_each_database(async |test| {
        let shop = TestShop::open(test).await;
        let unpaid = shop.order_of(SOLD).await.unwrap();
        assert_eq!(slug(asked(&shop, &unpaid).await), "not-now");
        shop.upstream.next(Op::Buyvps, Lie::hand_out("103.182.44.18".parse().unwrap()));
        shop.pay(&unpaid).await;
        shop.quiet().await;
        let stopped = shop.order(&unpaid.id).await;
        assert!(matches!(stopped.standing.stage, Stage::Stopped(_)), "{:?}", stopped.standing);
        for nothing in ["", " \n ", &"x".repeat(501), "bell \u{7}"] {
            let done = shop.engine.want_refund(&stopped.id, nothing, "ada").await;
            assert_eq!(slug(done), "invalid-reason", "{nothing:?}");
        }
        // What is typed on several lines is told on one.
        shop.engine.want_refund(&stopped.id, "too\r\nlate", "ada").await.unwrap();
        assert!(alerts(&shop).await[0].text.ends_with(": too late"));
        assert_eq!(state(&shop, &stopped).await, Some(State::Open));
        shop.invariants_hold().await;
    })
    .await;
}
