//! The books are in order after whatever happens, and every broken rule is found by its row.

use std::net::Ipv4Addr;

use domain::clock::Timestamp;
use domain::id::{PaymentId, ServerId};
use domain::ledger::{Account, Entry};
use domain::order::{Remedy, Stage};
use domain::server::{Event, State};
use engine::books::Books;
use sim::smartvps::{Answer, Lie, Op};
use store::db::Tx;
use store::order::{Amendment, Order};
use store::payment::{NewCapture, PaymentState, Purpose};
use store::server::NewServer;

use crate::database::for_each_database;
use crate::support::{Machine, OTHER, SOLD, TestShop, rupees, wish};

const WRONG: Ipv4Addr = Ipv4Addr::new(103, 182, 44, 18);

async fn books(shop: &TestShop) -> Books {
    shop.engine.books().await.unwrap()
}

/// Which rules are broken, and by what.
async fn broken(shop: &TestShop) -> Vec<(&'static str, String)> {
    books(shop).await.rows.into_iter().map(|row| (row.kind, row.subject)).collect()
}

async fn sabotage<F>(shop: &TestShop, work: F)
where
    F: FnMut(&mut Tx<'_>) -> store::db::Result<()> + Send + 'static,
{
    shop.sabotaged();
    shop.db.write(work).await.unwrap();
}

fn minted() -> Timestamp {
    Timestamp::from_millis(1_790_000_000_000)
}

#[tokio::test]
async fn the_books_are_in_order_whatever_became_of_the_orders() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let good = shop.buy(SOLD).await;
        shop.upstream.next(Op::Buyvps, Lie::hand_out(WRONG));
        let wrong = shop.buy(SOLD).await;
        shop.upstream.next(Op::Buyvps, Lie::answering(Answer::Lost));
        let unheard = shop.buy(SOLD).await;
        let refunded = shop.buy(OTHER).await;
        shop.remedy(&refunded, wish(Remedy::Refund)).await.unwrap();
        let replaced = shop.buy(OTHER).await;
        shop.remedy(&replaced, wish(Remedy::Reprovision)).await.unwrap();
        shop.quiet().await;
        let unpaid = shop.order_of(SOLD).await.unwrap();
        let books = books(&shop).await;
        assert!(books.are_in_order(), "{:?}", books.rows);
        for (stage, count) in [("delivered", 2), ("refund_pending", 1), ("unpaid", 1)] {
            assert!(books.orders.contains(&(stage.to_owned(), count)), "{:?}", books.orders);
        }
        assert!(books.servers.contains(&("quarantined".to_owned(), 3)), "{:?}", books.servers);
        let on = |account: &str| {
            books.accounts.iter().find(|t| t.account == account).map(|t| t.amount.minor)
        };
        let price = good.sold.quote.total.minor;
        assert_eq!(on("bank"), Some(5 * price));
        assert_eq!(on("prepaid"), Some(-2 * price), "{wrong:?} {unheard:?}");
        assert_eq!((on("owed"), on("revenue")), (Some(-price), Some(-2 * price)));
        assert_eq!(unpaid.standing.stage, Stage::Unpaid);
    })
    .await;
}

#[tokio::test]
async fn money_that_nobody_can_explain_is_found() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let order = shop.buy(SOLD).await;
        let id = order.id.clone();
        sabotage(&shop, move |tx| {
            let capture = NewCapture {
                gateway: "bank",
                gateway_payment: "utr-stolen",
                payment: None,
                share: 0,
                order: &id,
                amount: rupees(1),
                booked_as: "paid",
            };
            assert!(tx.insert_capture(&capture)?);
            let payment = PaymentId::mint(minted(), &Machine);
            tx.insert_payment(&payment, &Purpose::Order(id.clone()), "cashfree", rupees(1))?;
            tx.end_payment(&payment, PaymentState::Captured, None)
        })
        .await;
        let rows = books(&shop).await.rows;
        assert_eq!(rows.len(), 2, "{rows:?}");
        assert_eq!(
            (rows[0].kind, rows[0].subject.as_str()),
            ("money-unexplained", order.id.as_str())
        );
        assert!(rows[0].text.starts_with("100 INR that came in"), "{}", rows[0].text);
        assert_eq!(rows[1].kind, "payment-without-capture");
    })
    .await;
}

#[tokio::test]
async fn a_delivered_order_that_is_still_prepaid_is_found() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let order = shop.buy(SOLD).await;
        let id = order.id.clone();
        sabotage(&shop, move |tx| {
            let prepaid = Account::Prepaid(id.clone());
            let back = Entry::moved("a mistake", prepaid, Account::Revenue, rupees(699));
            tx.post(Some(&id), &back)
        })
        .await;
        assert_eq!(broken(&shop).await, [("still-prepaid", order.id.to_string())]);
    })
    .await;
}

#[tokio::test]
async fn a_paid_order_that_nobody_works_on_is_found() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        shop.upstream.next(Op::Buyvps, Lie::answering(Answer::Lost));
        let order = shop.buy(SOLD).await;
        let id = order.id.clone();
        sabotage(&shop, move |tx| tx.settle(&id)).await;
        assert_eq!(broken(&shop).await, [("paid-and-forgotten", order.id.to_string())]);
    })
    .await;
}

#[tokio::test]
async fn an_order_whose_slot_disagrees_with_its_attempt_is_found() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        shop.upstream.next(Op::Buyvps, Lie::answering(Answer::Lost));
        let order = shop.buy(SOLD).await;
        let Stage::Unheard(attempt) = order.standing.stage.clone() else { panic!("{order:?}") };
        sabotage(&shop, move |tx| tx.move_stray_attempt(&attempt, domain::attempt::Event::Denied))
            .await;
        assert_eq!(broken(&shop).await, [("slot-of-attempt", order.id.to_string())]);
    })
    .await;
}

/// A server that no purchase of ours explains.
fn planted(
    tx: &mut Tx<'_>,
    order: Option<&Order>,
    state: State,
    last: u8,
) -> store::db::Result<ServerId> {
    let id = ServerId::mint(minted(), &Machine);
    tx.insert_server(&NewServer {
        id: &id,
        provider: "smartvps",
        address: Ipv4Addr::new(103, 181, 91, last),
        order: order.map(|order| &order.id),
        attempt: None,
        state,
        adopted_by: None,
        os_wanted: None,
        cost: None,
        value: rupees(0),
        reason: None,
    })?;
    Ok(id)
}

#[tokio::test]
async fn servers_without_one_owner_are_found() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let order = shop.buy(SOLD).await;
        let owner = order.clone();
        sabotage(&shop, move |tx| {
            planted(tx, Some(&owner), State::Delivered, 201)?;
            planted(tx, None, State::Delivered, 202)?;
            planted(tx, Some(&owner), State::Verifying, 203)?;
            planted(tx, None, State::Quarantined, 204)?;
            Ok(())
        })
        .await;
        let found = broken(&shop).await;
        let kinds: Vec<&str> = found.iter().map(|(kind, _)| *kind).collect();
        let expected = [
            "server-without-slot",
            "server-of-nobody",
            "server-of-nobody",
            "two-servers-delivered",
        ];
        assert_eq!(kinds, expected);
        assert_eq!(found[3].1, order.id.to_string());
    })
    .await;
}

#[tokio::test]
async fn a_delivered_order_whose_server_was_taken_away_is_found() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let order = shop.buy(SOLD).await;
        let Stage::Delivered(server) = order.standing.stage.clone() else { panic!("{order:?}") };
        sabotage(&shop, move |tx| tx.end_stray(&server, Event::Quarantined)).await;
        assert_eq!(broken(&shop).await, [("delivered-without-server", order.id.to_string())]);
    })
    .await;
}

#[tokio::test]
async fn an_answer_that_belongs_to_nothing_is_found() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        sabotage(&shop, move |tx| {
            let answer = store::attempt::NewAnswer {
                permit: "att_nobody",
                kind: "lost",
                status: None,
                body: None,
                reason: None,
            };
            tx.insert_answer(&answer).map(drop)
        })
        .await;
        assert_eq!(broken(&shop).await, [("answer-of-nothing", "att_nobody".to_owned())]);
    })
    .await;
}

/// From now on the order says that its customer bought the other package.
async fn amend_to_other(shop: &TestShop, order: &Order) {
    let id = order.id.clone();
    sabotage(shop, move |tx| {
        let mut order = tx.lock_order(&id)?;
        let terms =
            domain::order::Terms { package_name: OTHER.into(), ..tx.terms_in_force(&order)? };
        let amendment = Amendment {
            at: tx.now()?,
            actor: "staff".into(),
            reason: "a mistake".into(),
            consent: None,
            product_name: order.sold.product_name.clone(),
            terms,
            back_minor: 0,
        };
        tx.amend(&mut order, &amendment)
    })
    .await;
}

#[tokio::test]
async fn a_delivered_server_outside_its_terms_is_found_and_listed_once() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let order = shop.buy(SOLD).await;
        shop.buy(SOLD).await;
        assert!(shop.engine.audit_delivered().await.unwrap().is_empty());
        amend_to_other(&shop, &order).await;
        assert_eq!(broken(&shop).await, [("outside-its-terms", order.id.to_string())]);

        for _ in 0..2 {
            let found = shop.engine.audit_delivered().await.unwrap();
            assert_eq!(found.len(), 1);
            assert_eq!(found[0].server.order, order.id);
        }
        let read = shop.order(&order.id).await;
        assert_eq!(read.version, order.version + 1);
        assert!(matches!(read.standing.stage, Stage::Delivered(_)));
        let listed = shop.engine.needs_attention(None, None).await.unwrap().items;
        assert_eq!((listed.len(), listed[0].why.as_str()), (1, "audit-mismatch"));
        let alerts = shop.engine.alerts(None, None).await.unwrap().items;
        assert_eq!(alerts.iter().filter(|alert| alert.kind == "audit-mismatch").count(), 1);
        let next = shop.engine.admin_order(&order.id).await.unwrap().next_actions;
        assert!(next.contains(&"accept"), "{next:?}");

        let mut accept = wish(Remedy::Accept);
        accept.consent = Some("Ada keeps it".into());
        // No package names this address, so that no price says what goes back.
        accept.amount = Some(rupees(0));
        shop.remedy(&order, accept).await.unwrap();
        assert!(shop.engine.audit_delivered().await.unwrap().is_empty());
        let books = books(&shop).await;
        assert!(books.are_in_order(), "{:?}", books.rows);
    })
    .await;
}
