//! What people and programs read: customers what is theirs, staff everything, lists in pages.

use std::net::Ipv4Addr;
use std::time::Duration;

use domain::order::seen::{ProvisioningStatus, Status};
use domain::order::{PaymentStatus, Remedy, Stage};
use engine::Error;
use engine::read::{OrderView, Viewer};
use sim::smartvps::{Answer, Lie, Op};
use store::order::Order;

use crate::database::for_each_database;
use crate::support::{OTHER, SOLD, TestShop, is_delivered, wish};

const WRONG: Ipv4Addr = Ipv4Addr::new(103, 182, 44, 18);

fn ada(shop: &TestShop) -> Viewer {
    Viewer::Owner(shop.customer.clone())
}

async fn seen_by_ada(shop: &TestShop, order: &Order) -> OrderView {
    shop.engine.order_view(&order.id, &ada(shop)).await.unwrap()
}

fn told(view: &OrderView) -> Vec<&str> {
    view.timeline.iter().map(|moment| moment.what.as_str()).collect()
}

#[tokio::test]
async fn a_delivered_order_tells_its_story_with_both_sides() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let unpaid = shop.order_of(SOLD).await.unwrap();
        let view = seen_by_ada(&shop, &unpaid).await;
        assert_eq!(view.seen.payment, PaymentStatus::Unpaid);
        assert_eq!(view.provisioned_ip, None);
        assert_eq!(view.reserved_until, Some(unpaid.reserved_until));
        assert_eq!(view.receipt, format!("You ordered: 🌊 {SOLD} (Package ID: 1)"));

        shop.pay(&unpaid).await;
        shop.quiet().await;
        let order = shop.order(&unpaid.id).await;
        let address = shop.servers(&order).await[0].address;
        let view = seen_by_ada(&shop, &order).await;
        assert_eq!(
            (view.seen.status, view.seen.provisioning),
            (Status::Active, ProvisioningStatus::Active)
        );
        assert_eq!(view.provisioned_ip, Some(address));
        assert_eq!(view.reserved_until, None);
        let story = told(&view);
        assert_eq!(&story[..3], ["Ordered", "Paid", "Asking the provider for your server"]);
        let last = story.last().unwrap();
        let delivery = format!("sold {SOLD}.x, delivered {address}, checked at ");
        assert!(last.starts_with(&delivery), "{last}");
        assert!(last.ends_with(" UTC"), "{last}");
    })
    .await;
}

#[tokio::test]
async fn a_wrong_server_is_in_nothing_that_its_customer_reads_and_in_all_that_staff_read() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        shop.upstream.next(Op::Buyvps, Lie::hand_out(WRONG));
        let order = shop.buy(SOLD).await;
        let view = seen_by_ada(&shop, &order).await;
        let list = shop.engine.orders_view(&ada(&shop), None, None).await.unwrap();
        for shown in [format!("{view:?}"), format!("{list:?}")] {
            assert!(!shown.contains("103.182.44"), "{shown}");
        }
        assert_eq!(view.seen.status, Status::ProvisioningFailed);
        let error = view.provisioning_error.unwrap();
        assert!(error.contains("wrong package"), "{error}");

        let staff = shop.engine.order_view(&order.id, &Viewer::Staff).await.unwrap();
        assert!(staff.provisioning_error.unwrap().contains("103.182.44.18"));
        assert_eq!(staff.provisioned_ip, None);
        let all = shop.engine.admin_order(&order.id).await.unwrap();
        assert_eq!(all.servers[0].address, WRONG);
        assert_eq!(all.attempts[0].answer.as_ref().unwrap().meaning, "sold 103.182.44.18");
        let mismatched = all.timeline.iter().find(|moment| moment.kind == "mismatched").unwrap();
        assert!(mismatched.what.contains("103.182.44.18"), "{}", mismatched.what);
        assert_eq!(all.attention[0].why, "wrong-server");
        for expected in ["accept", "refund", "reprovision", "write-off", "end"] {
            assert!(all.next_actions.contains(&expected), "{expected}: {:?}", all.next_actions);
        }
        let password = shop.upstream.server(WRONG).unwrap().password.clone();
        assert!(!format!("{all:?}").contains(&password));
    })
    .await;
}

#[tokio::test]
async fn a_strangers_order_does_not_exist() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let order = shop.order_of(SOLD).await.unwrap();
        let eve = TestShop::another_node(&shop, db).await;
        let eves = Viewer::Owner(eve.customer.clone());
        let view = shop.engine.order_view(&order.id, &eves).await;
        assert!(matches!(view, Err(Error::Missing { what: "order", .. })));
        let found = shop.engine.find_order(&order.number, &eves).await;
        assert!(matches!(found, Err(Error::Missing { .. })));
        let list = shop.engine.orders_view(&eves, None, None).await.unwrap();
        assert!(list.items.is_empty());
        let by_number = order.number.to_lowercase();
        assert_eq!(shop.engine.find_order(&by_number, &ada(&shop)).await.unwrap(), order.id);
    })
    .await;
}

#[tokio::test]
async fn a_list_is_read_in_pages_that_miss_and_repeat_nothing() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let mut made = Vec::new();
        for _ in 0..5 {
            made.push(shop.order_of(SOLD).await.unwrap().id);
            shop.later(Duration::from_secs(1));
        }
        made.reverse();
        let mut read = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let viewer = ada(&shop);
            let page = shop.engine.orders_view(&viewer, after.as_deref(), Some(2)).await.unwrap();
            assert!(page.items.len() <= 2);
            read.extend(page.items.into_iter().map(|view| view.id));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(read, made);
        let wrong = shop.engine.orders_view(&ada(&shop), Some("x"), None).await;
        assert!(matches!(wrong, Err(Error::Malformed(_))));
    })
    .await;
}

#[tokio::test]
async fn an_amended_order_shows_what_is_agreed_now() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        shop.upstream.next(Op::Buyvps, Lie::hand_out(WRONG));
        let order = shop.buy(SOLD).await;
        let mut accept = wish(Remedy::Accept);
        accept.consent = Some("Ada agreed by mail".into());
        shop.remedy(&order, accept).await.unwrap();
        shop.quiet().await;
        let order = shop.order(&order.id).await;
        assert!(is_delivered(&order), "{:?}", order.standing);
        let view = seen_by_ada(&shop, &order).await;
        assert_eq!(view.product_name, format!("🌊 {OTHER}"));
        assert_eq!(view.product, shop.product(OTHER).await);
        assert_eq!(view.provisioned_ip, Some(WRONG));
        let all = shop.engine.admin_order(&order.id).await.unwrap();
        assert_eq!(all.frozen.terms.package_name, SOLD);
        assert_eq!(all.amendments[0].terms.package_name, OTHER);
        assert_eq!(all.ledger.iter().map(|row| row.amount.minor).sum::<i64>(), 0);
    })
    .await;
}

#[tokio::test]
async fn staff_read_the_evidence_of_an_unheard_purchase() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let neighbour = shop.buy(SOLD).await;
        shop.upstream.next(Op::Buyvps, Lie::answering(Answer::Html));
        let order = shop.buy(SOLD).await;
        assert!(matches!(order.standing.stage, Stage::Unheard(_)));
        let all = shop.engine.admin_order(&order.id).await.unwrap();
        let answer = all.attempts[0].answer.as_ref().unwrap();
        assert_eq!(answer.kind, "http");
        assert!(answer.meaning.starts_with("outcome unknown"), "{}", answer.meaning);
        let evidence = &all.evidence[0];
        assert_eq!(evidence.attempt, all.attempts[0].id);
        assert!(evidence.went_unheard_at.is_some());
        assert!(evidence.before.as_ref().unwrap().stock > 0);
        assert!(evidence.now.is_some());
        assert_eq!(evidence.others[0].order, neighbour.id);
        assert_eq!(all.next_actions, ["refund", "credit", "discount", "wait", "cancel"]);
        shop.later(Duration::from_secs(60));
        let later = shop.engine.admin_order(&order.id).await.unwrap();
        for expected in ["adopt", "nothing-bought", "reprovision"] {
            assert!(later.next_actions.contains(&expected), "{:?}", later.next_actions);
        }
    })
    .await;
}

#[tokio::test]
async fn what_went_wrong_is_listed_for_staff_in_pages() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let mut orders = Vec::new();
        for last in [18, 19, 20] {
            let wrong = Ipv4Addr::new(103, 182, 44, last);
            shop.upstream.next(Op::Buyvps, Lie::hand_out(wrong));
            orders.push(shop.buy(SOLD).await);
            shop.later(Duration::from_secs(1));
        }
        let first = shop.engine.quarantine(None, Some(2)).await.unwrap();
        let second = shop.engine.quarantine(first.next.as_deref(), Some(2)).await.unwrap();
        assert_eq!((first.items.len(), second.items.len(), second.next), (2, 1, None));
        assert_eq!(second.items[0].order.as_ref().map(|(id, _)| id), Some(&orders[2].id));
        assert!(second.items[0].reason.is_some() && second.items[0].since.is_some());

        let listed = shop.engine.needs_attention(None, Some(2)).await.unwrap();
        let rest = shop.engine.needs_attention(listed.next.as_deref(), Some(2)).await.unwrap();
        let numbers: Vec<&str> =
            listed.items.iter().chain(&rest.items).map(|row| row.number.as_str()).collect();
        let expected: Vec<&str> = orders.iter().map(|order| order.number.as_str()).collect();
        assert_eq!(numbers, expected);
        assert!(rest.items[0].error.as_ref().unwrap().contains("103.182.44.20"));

        let alerts = shop.engine.alerts(None, None).await.unwrap();
        let wrong: Vec<&str> = alerts
            .items
            .iter()
            .filter(|alert| alert.kind == "wrong-server")
            .map(|alert| alert.subject.as_str())
            .collect();
        let newest_first: Vec<&str> = orders.iter().rev().map(|order| order.id.as_str()).collect();
        assert_eq!(wrong, newest_first);
    })
    .await;
}
