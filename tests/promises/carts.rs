//! A cart becomes orders, all or none, with one payment; after that each order lives alone, and of
//! every movement at the gateway each has its share, once.

use std::time::Duration;

use domain::money::Money;
use domain::order::{Closed, Stage};
use engine::Error;
use engine::cart::{Cart, LineChange, Trouble, Whose};
use engine::checkout::Paying;
use engine::checkout::cart::{Checkout, NewCheckout, Wanted};
use engine::coupon::{CouponWish, KindWish};
use engine::pay::Receipt;
use engine::wallet::EntryKind;
use futures_util::future::join_all;
use sim::gateway::How;
use store::order::Order;

use super::prices::coupon;
use super::wallets::{balance, given, lines};
use crate::database::for_each_database;
use crate::support::{OTHER, SOLD, TestShop, is_delivered, rupees, settings};

const MINUTE: Duration = Duration::from_secs(60);

pub async fn line(shop: &TestShop, package: &str, quantity: i64) -> Wanted {
    Wanted {
        product: shop.product(package).await,
        memory: "8GB".into(),
        os: None,
        coupon: None,
        quantity,
    }
}

/// Two of one package and one of another.
pub async fn three(shop: &TestShop) -> NewCheckout {
    NewCheckout {
        account: shop.customer.clone(),
        lines: vec![line(shop, SOLD, 2).await, line(shop, OTHER, 1).await],
        payment_method: None,
        from_wallet: None,
        from_cart: vec![],
    }
}

/// The customer's cart, with these lines in it.
async fn in_cart(shop: &TestShop, lines: &[Wanted]) -> Cart {
    let own = Whose::Customer(shop.customer.clone());
    for line in lines.iter().cloned() {
        let Wanted { product, memory, os, coupon, quantity } = line;
        let wish = Wanted { product, memory, os, coupon, quantity };
        shop.engine.put_in_cart(Some(own.clone()), wish).await.unwrap();
        // Lines stand in the order in which they came.
        shop.later(Duration::from_secs(1));
    }
    shop.engine.cart(&own).await.unwrap()
}

pub async fn two_of(shop: &TestShop, package: &str) -> NewCheckout {
    NewCheckout { lines: vec![line(shop, package, 2).await], ..three(shop).await }
}

pub async fn begun(shop: &TestShop, wish: NewCheckout) -> (Checkout, Paying) {
    let (checkout, paying) = shop.engine.check_out(wish, None).await.unwrap();
    (checkout, paying.expect("something is left to pay"))
}

pub async fn paid(shop: &TestShop, checkout: &Checkout, paying: &Paying) -> Vec<Order> {
    shop.gateway.pay(paying.payment.as_str(), How::PaySilently);
    shop.engine.ask_gateway(&paying.payment).await.unwrap();
    shop.quiet().await;
    as_they_stand(shop, checkout).await
}

/// Two of a kind, paid at the gateway by one movement: the second of them.
pub async fn two_paid_together(shop: &TestShop) -> Order {
    let (checkout, paying) = begun(shop, two_of(shop, SOLD).await).await;
    let mut orders = paid(shop, &checkout, &paying).await;
    assert!(orders.iter().all(is_delivered), "{:?}", stages(&orders));
    orders.remove(1)
}

pub async fn as_they_stand(shop: &TestShop, checkout: &Checkout) -> Vec<Order> {
    shop.engine.checkout(&checkout.id).await.unwrap().orders
}

pub fn stages(orders: &[Order]) -> Vec<&'static str> {
    orders.iter().map(|order| order.standing.stage.word()).collect()
}

pub async fn all_is_well(shop: &TestShop) {
    shop.quiet().await;
    shop.books_balance().await;
    shop.invariants_hold().await;
}

pub fn refused<T: std::fmt::Debug>(result: engine::Result<T>) -> (&'static str, String) {
    match result {
        Err(Error::Refused { slug, text } | Error::Invalid { slug, text }) => (slug, text),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_cart_is_paid_once_and_each_order_is_bought_and_delivered_by_itself() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        shop.price(OTHER, 500).await;
        let (checkout, paying) = begun(&shop, three(&shop).await).await;
        assert_eq!(paying.amount, rupees(2 * 999 + 500));
        assert_eq!(checkout.total(), Some(paying.amount));
        assert_eq!(stages(&checkout.orders), ["unpaid"; 3]);
        // By webhook, by poll and by a browser that comes back: five times in all.
        shop.gateway.pay(paying.payment.as_str(), How::Pay);
        for _ in 0..4 {
            shop.engine.ask_gateway(&paying.payment).await.unwrap();
        }
        shop.quiet().await;
        let orders = as_they_stand(&shop, &checkout).await;
        assert!(orders.iter().all(is_delivered), "{:?}", stages(&orders));
        assert_eq!(shop.purchases(), 3);
        let mut revenue = Vec::new();
        for order in &orders {
            revenue.push(shop.balance(order, "revenue").await);
            let of = shop.engine.checkout_of(&order.id).await.unwrap();
            assert_eq!(of.as_ref(), Some(&checkout.id));
        }
        assert_eq!(revenue, [-99_900, -99_900, -50_000]);
        all_is_well(&shop).await;
    })
    .await;
}

#[tokio::test]
async fn a_cart_of_1498_with_500_of_the_wallet_leaves_998_for_the_gateway() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        shop.price(SOLD, 749).await;
        given(&shop, 600).await;
        let from_wallet = Some(rupees(500));
        let wish = NewCheckout { from_wallet, ..two_of(&shop, SOLD).await };
        let (checkout, paying) = begun(&shop, wish).await;
        assert_eq!(paying.amount, Money::new(99_800, paying.amount.currency));
        assert_eq!(balance(&shop).await, rupees(100), "500 are taken at once");
        let orders = paid(&shop, &checkout, &paying).await;
        assert!(orders.iter().all(is_delivered), "{:?}", stages(&orders));
        let drawn = lines(&shop).await;
        assert_eq!(drawn[..2], [(EntryKind::Draw, -25_000), (EntryKind::Draw, -25_000)]);
        all_is_well(&shop).await;
    })
    .await;
}

#[tokio::test]
async fn a_wallet_that_holds_enough_pays_a_whole_cart_at_once() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        given(&shop, 3_000).await;
        let wish = NewCheckout { from_wallet: Some(rupees(9_000)), ..three(&shop).await };
        let (checkout, paying) = shop.engine.check_out(wish, None).await.unwrap();
        assert!(paying.is_none(), "no gateway is asked");
        shop.quiet().await;
        let orders = as_they_stand(&shop, &checkout).await;
        assert!(orders.iter().all(is_delivered), "{:?}", stages(&orders));
        assert_eq!(balance(&shop).await, rupees(3));
        all_is_well(&shop).await;
    })
    .await;
}

#[tokio::test]
async fn a_cart_is_had_as_a_whole_or_not_at_all() {
    for_each_database(async |db| {
        let few = vec![(SOLD, 50), (OTHER, 2)];
        let settings = engine::Settings { stock_buffer: 1, stock_disable_at: 0, ..settings() };
        let shop = TestShop::open_with(db, settings, few).await;
        given(&shop, 500).await;
        let lines = vec![line(&shop, SOLD, 2).await, line(&shop, OTHER, 2).await];
        let from_wallet = Some(rupees(500));
        let wish = NewCheckout { lines, from_wallet, ..three(&shop).await };
        let looked = in_cart(&shop, &wish.lines).await;
        let (slug, text) = refused(shop.engine.check_out(wish, None).await);
        assert_eq!(slug, "out-of-stock");
        assert!(text.starts_with("2 of ") && text.ends_with(" wanted, 1 left"), "{text}");
        // Whoever only looks at the cart reads the same of that line, and the sum of the other.
        assert_eq!(looked.lines[0].trouble, None);
        assert_eq!(looked.lines[1].trouble, Some(Trouble::Fewer(1)));
        assert_eq!(looked.sum.as_ref().unwrap().total, rupees(2 * 999));
        assert!(!looked.is_orderable());
        let orders = shop.db.read(|tx| tx.orders(None, None, 5)).await.unwrap();
        assert!(orders.is_empty(), "nothing of it was ordered");
        assert_eq!(balance(&shop).await, rupees(500));
        all_is_well(&shop).await;
    })
    .await;
}

#[tokio::test]
async fn a_cart_counts_as_one_reservation_until_it_is_paid() {
    for_each_database(async |db| {
        let settings = engine::Settings { reserve_max: 2, ..settings() };
        let shop = TestShop::open_with(db, settings, vec![(SOLD, 50), (OTHER, 50)]).await;
        let (first, paying) = begun(&shop, three(&shop).await).await;
        begun(&shop, three(&shop).await).await;
        let (slug, _) = refused(shop.engine.check_out(three(&shop).await, None).await);
        assert_eq!(slug, "too-many-reservations");
        paid(&shop, &first, &paying).await;
        begun(&shop, three(&shop).await).await;
        all_is_well(&shop).await;
    })
    .await;
}

#[tokio::test]
async fn another_payment_is_for_what_is_still_unpaid_and_reserves_it_anew() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        given(&shop, 400).await;
        let (checkout, first) = begun(&shop, three(&shop).await).await;
        shop.engine.cancel_unpaid(&checkout.orders[1].id, "ada").await.unwrap();
        shop.later(60 * MINUTE);
        shop.tended().await;
        shop.engine.sync().await.unwrap();
        let over = as_they_stand(&shop, &checkout).await;
        assert_eq!(over[0].standing.stage, Stage::Closed(Closed::ReservationOver));
        let most = Some(rupees(300));
        let again = shop.engine.pay_checkout(&checkout.id, None, most).await.unwrap().1.unwrap();
        assert_eq!(again.amount, rupees(2 * 999 - 300));
        assert_ne!(again.payment, first.payment);
        let orders = paid(&shop, &checkout, &again).await;
        assert_eq!(stages(&orders), ["delivered", "cancelled", "delivered"]);
        let (slug, _) = refused(shop.engine.pay_checkout(&checkout.id, None, None).await);
        assert_eq!(slug, "not-payable");
        all_is_well(&shop).await;
    })
    .await;
}

#[tokio::test]
async fn what_a_cart_shows_is_what_is_charged_and_it_is_empty_then() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let wish = three(&shop).await;
        let cart = in_cart(&shop, &wish.lines).await;
        assert!(cart.is_orderable());
        let from_cart: Vec<_> = cart.lines.iter().map(|line| line.id.clone()).collect();
        let refused_wish = NewCheckout {
            payment_method: Some("nobody".into()),
            from_cart: from_cart.clone(),
            ..wish.clone()
        };
        refused(shop.engine.check_out(refused_wish, None).await);
        let own = Whose::Customer(shop.customer.clone());
        assert_eq!(shop.engine.count_cart(&own).await.unwrap(), 3, "what is refused stays");
        let (checkout, paying) = begun(&shop, NewCheckout { from_cart, ..wish }).await;
        assert_eq!(Some(paying.amount), cart.sum.as_ref().map(|sum| sum.total));
        assert_eq!(checkout.total(), cart.sum.map(|sum| sum.total));
        assert_eq!(shop.engine.count_cart(&own).await.unwrap(), 0);
        all_is_well(&shop).await;
    })
    .await;
}

#[tokio::test]
async fn a_code_that_counts_for_fewer_than_are_wanted_says_so_before_the_checkout_does() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let few = CouponWish { uses_max: Some(3), ..coupon("FEW", KindWish::Percent(10)) };
        shop.engine.make_coupon(few, "test").await.unwrap();
        let code = Some("few".to_owned());
        let of_one = Wanted { coupon: code.clone(), ..line(&shop, SOLD, 2).await };
        let cart = in_cart(&shop, std::slice::from_ref(&of_one)).await;
        assert!(cart.is_orderable());
        assert_eq!(cart.sum.unwrap().total, rupees(2 * 899));
        let of_another = Wanted { coupon: code, ..line(&shop, OTHER, 1).await };
        let cart = in_cart(&shop, std::slice::from_ref(&of_another)).await;
        assert!(cart.is_orderable(), "three are what it counts for");
        let own = Whose::Customer(shop.customer.clone());
        let change = LineChange { quantity: Some(2), coupon: None };
        shop.engine.change_in_cart(&own, &cart.lines[1].id, change).await.unwrap();
        let cart = shop.engine.cart(&own).await.unwrap();
        let told = cart.lines[1].trouble.as_ref().unwrap().to_string();
        assert_eq!(told, "the code FEW counts for 1 more, and not for 2");
        let lines = vec![of_one, Wanted { quantity: 2, ..of_another }];
        let wish = NewCheckout { lines, ..three(&shop).await };
        assert_eq!(refused(shop.engine.check_out(wish, None).await).0, "invalid-coupon");
        all_is_well(&shop).await;
    })
    .await;
}

#[tokio::test]
async fn carts_at_once_on_several_nodes_sell_no_more_than_there_is() {
    for_each_database(async |db| {
        let few = vec![(SOLD, 5), (OTHER, 5)];
        let settings = engine::Settings { stock_buffer: 1, stock_disable_at: 0, ..settings() };
        let shop = TestShop::open_with(db, settings, few).await;
        let other = shop.another_node(db).await;
        // They name the packages the other way round, so that neither waits for the other for ever.
        let there = vec![line(&shop, SOLD, 2).await, line(&shop, OTHER, 1).await];
        let back = vec![line(&shop, OTHER, 2).await, line(&shop, SOLD, 1).await];
        let empty = NewCheckout { lines: vec![], ..three(&shop).await };
        let tries = (0..6).map(|at| {
            let engine = if at % 2 == 0 { &shop.engine } else { &other.engine };
            let lines = if at % 2 == 0 { there.clone() } else { back.clone() };
            let account = shop.customer.clone();
            let wish = NewCheckout { account, lines, ..empty.clone() };
            engine.check_out(wish, None)
        });
        let done = join_all(tries).await;
        let made = done.iter().filter(|one| one.is_ok()).count();
        assert_eq!(made, 2, "six units of eight, and none has two of either left: {done:?}");
        let orders = shop.db.read(|tx| tx.orders(None, None, 50)).await.unwrap();
        assert_eq!(orders.len(), 3 * made);
        all_is_well(&shop).await;
    })
    .await;
}

#[tokio::test]
async fn what_costs_nothing_is_bought_at_once_and_the_rest_of_the_cart_is_paid() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let made = coupon("free", KindWish::Free);
        shop.engine.make_coupon(made, "staff").await.unwrap();
        let free = Wanted { coupon: Some("free".into()), ..line(&shop, SOLD, 1).await };
        let lines = vec![line(&shop, OTHER, 1).await, free];
        let (checkout, paying) = begun(&shop, NewCheckout { lines, ..three(&shop).await }).await;
        assert_eq!(paying.amount, rupees(999));
        shop.quiet().await;
        let orders = as_they_stand(&shop, &checkout).await;
        assert_eq!(stages(&orders), ["unpaid", "delivered"]);
        let orders = paid(&shop, &checkout, &paying).await;
        assert_eq!(stages(&orders), ["delivered", "delivered"]);
        all_is_well(&shop).await;
    })
    .await;
}

#[tokio::test]
async fn a_cart_asks_for_one_to_ten_of_each_and_for_something() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        for (quantities, slug) in [
            (vec![0], "invalid-quantity"),
            (vec![11], "invalid-quantity"),
            (vec![10, 10, 10, 10, 10, 1], "invalid-quantity"),
            (vec![], "empty-cart"),
        ] {
            let mut lines = Vec::new();
            for quantity in quantities {
                lines.push(line(&shop, SOLD, quantity).await);
            }
            let wish = NewCheckout { lines, ..three(&shop).await };
            assert_eq!(refused(shop.engine.check_out(wish, None).await).0, slug);
        }
        let orders = shop.db.read(|tx| tx.orders(None, None, 5)).await.unwrap();
        assert!(orders.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_cart_of_two_currencies_is_refused_because_one_payment_has_one() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let product = shop.product(OTHER).await;
        let dollars = format!("UPDATE price SET currency = 'USD' WHERE product_id = '{product}'");
        db.by_hand(&dollars).await;
        let (slug, text) = refused(shop.engine.check_out(three(&shop).await, None).await);
        assert_eq!(slug, "wrong-currency", "{text}");
        let orders = shop.db.read(|tx| tx.orders(None, None, 5)).await.unwrap();
        assert!(orders.is_empty());
    })
    .await;
}

#[tokio::test]
async fn cancelling_a_checkout_cancels_what_is_unpaid_of_it() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        given(&shop, 500).await;
        let wish = NewCheckout { from_wallet: Some(rupees(500)), ..three(&shop).await };
        let (checkout, _) = begun(&shop, wish).await;
        // Of 500 each of the three has its third, and what is left over the first one.
        let amount = Money::new(99_900 - 16_666, rupees(1).currency);
        let receipt = Receipt { amount, reference: "utr-1".into() };
        shop.engine.mark_paid(&checkout.orders[2].id, receipt, "staff").await.unwrap();
        shop.quiet().await;
        let cancelled = shop.engine.cancel_checkout(&checkout.id, "ada").await.unwrap();
        assert_eq!(stages(&cancelled.orders), ["cancelled", "cancelled", "delivered"]);
        assert_eq!(balance(&shop).await.minor, 33_334, "what was held for the two is back");
        all_is_well(&shop).await;
    })
    .await;
}
