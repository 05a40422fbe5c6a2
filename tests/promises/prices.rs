//! What a customer pays is what the shop's own rules say, with its tax, to the last paisa; and what
//! goes back takes its tax with it.

use std::time::Duration;

use domain::coupon::Kind;
use domain::money::{Currency, Money};
use domain::order::{Remedy, Stage};
use domain::quote::Round;
use domain::tax::{Mode, Rate};
use engine::Error;
use engine::Settings;
use engine::checkout::NewOrder;
use engine::coupon::{CouponWish, KindWish};
use engine::party::PartyWish;
use engine::remedy::Wish;
use store::order::Order;

use crate::database::for_each_database;
use crate::support::{OTHER, SOLD, TestShop, is_delivered, rupees, settings, wish};

const DAY: Duration = Duration::from_secs(86_400);

fn taxed(mode: Mode, round_totals: Round) -> Settings {
    let tax_rate = Rate::basis_points(1_800).unwrap();
    Settings { tax_rate, tax_mode: mode, round_totals, ..settings() }
}

async fn shop_with(test: &crate::database::TestDb, settings: Settings) -> TestShop {
    TestShop::open_with(test, settings, vec![(SOLD, 50), (OTHER, 50)]).await
}

fn address(place: &str) -> PartyWish {
    PartyWish {
        name: "Ada Traders".into(),
        street: "1 Marine Drive".into(),
        city: "Somewhere".into(),
        postcode: "400001".into(),
        place: place.into(),
        gstin: None,
    }
}

pub fn coupon(code: &str, kind: KindWish) -> CouponWish {
    CouponWish {
        code: code.into(),
        kind,
        starts_at: None,
        ends_at: None,
        uses_max: Some(1),
        uses_each_max: None,
        products: vec![],
        stopped: false,
        note: String::new(),
    }
}

async fn with_code(shop: &TestShop, code: &str) -> engine::Result<Order> {
    let wish = NewOrder { coupon: Some(code.into()), ..shop.new_order(SOLD).await };
    Ok(shop.engine.create_order(wish).await?.0)
}

async fn all_is_well(shop: &TestShop) {
    shop.books_balance().await;
    let found = shop.engine.books().await.unwrap().rows;
    assert!(found.is_empty(), "{found:?}");
    shop.invariants_hold().await;
}

/// What stands on the accounts of an order, with the sign that pays out.
async fn held(shop: &TestShop, order: &Order) -> [i64; 5] {
    let mut held = [0; 5];
    let accounts = ["prepaid:", "revenue", "tax:cgst", "tax:sgst", "rounding"];
    for (held, account) in held.iter_mut().zip(accounts) {
        *held = -shop.balance(order, account).await;
    }
    held
}

#[tokio::test]
async fn tax_leaves_what_was_paid_at_once_and_revenue_is_without_it() {
    for_each_database(async |db| {
        let shop = shop_with(db, taxed(Mode::Exclusive, Round::Major)).await;
        let order = shop.order_of(SOLD).await.unwrap();
        // 999 and 18 % are 1178.82, and 1179 in whole rupees.
        assert_eq!(order.sold.quote.total, rupees(1_179));
        shop.engine.pause_provider("smartvps", "a look", "staff").await.unwrap();
        shop.pay(&order).await;
        // The purchase has seen the pause, and is put off.
        shop.quiet().await;
        assert_eq!(held(&shop, &order).await, [99_900, 0, 8_991, 8_991, 18]);
        shop.engine.resume_provider("smartvps", "all is well", "staff").await.unwrap();
        shop.later(Duration::from_secs(60));
        shop.quiet().await;
        assert!(is_delivered(&shop.order(&order.id).await));
        assert_eq!(held(&shop, &order).await, [0, 99_900, 8_991, 8_991, 18]);
        all_is_well(&shop).await;
    })
    .await;
}

#[tokio::test]
async fn the_buyers_state_says_which_tax_and_abroad_there_is_none() {
    for_each_database(async |db| {
        let shop = shop_with(db, taxed(Mode::Exclusive, Round::Minor)).await;
        shop.engine.set_shop_party(&address("IN-27"), "staff").await.unwrap();
        let mut taxes = Vec::new();
        for place in ["IN-27", "IN-29", "US"] {
            let set = shop.engine.set_customer_party(&shop.customer, &address(place)).await;
            set.unwrap();
            let order = shop.buy(SOLD).await;
            let of = async |part| -shop.balance(&order, part).await;
            taxes.push([of("tax:igst").await, of("tax:cgst").await, of("tax:sgst").await]);
            assert_eq!(order.sold.quote.tax.place.unwrap().to_string(), place);
        }
        assert_eq!(taxes, [[0, 8_991, 8_991], [17_982, 0, 0], [0, 0, 0]]);
        all_is_well(&shop).await;
    })
    .await;
}

#[tokio::test]
async fn money_that_goes_back_in_parts_takes_exactly_its_tax_along() {
    for_each_database(async |db| {
        let shop = shop_with(db, taxed(Mode::Inclusive, Round::Minor)).await;
        let order = shop.buy(SOLD).await;
        assert_eq!(held(&shop, &order).await, [0, 84_662, 7_619, 7_619, 0]);
        for minor in [33_333, 1, 12_345] {
            let part =
                Wish { amount: Some(Money::new(minor, Currency::INR)), ..wish(Remedy::Refund) };
            shop.remedy(&order, part).await.unwrap();
            shop.quiet().await;
            shop.invariants_hold().await;
        }
        let left: i64 = held(&shop, &order).await.iter().sum();
        assert_eq!(left, 99_900 - 45_679);
        shop.remedy(&order, wish(Remedy::Refund)).await.unwrap();
        assert_eq!(held(&shop, &order).await, [0; 5]);
        shop.invariants_hold().await;
    })
    .await;
}

#[tokio::test]
async fn the_last_use_of_a_coupon_is_used_once() {
    for_each_database(async |db| {
        let shop = shop_with(db, settings()).await;
        let made = coupon("ten-off", KindWish::Percent(10));
        let made = shop.engine.make_coupon(made, "staff").await.unwrap();
        assert_eq!((made.code.as_str(), made.kind), ("TEN-OFF", Kind::Percent(10)));
        let both = tokio::join!(with_code(&shop, "TEN-OFF"), with_code(&shop, "Ten-Off"));
        let (first, second) = match both {
            (Ok(first), Err(second)) | (Err(second), Ok(first)) => (first, second),
            other => panic!("one of the two has it: {other:?}"),
        };
        // 10 % of 999 is 100 in whole rupees.
        assert_eq!(first.sold.quote.total, rupees(899));
        let text = "the code TEN-OFF has been used as often as it may be";
        assert!(
            matches!(&second, Error::Invalid { slug: "invalid-coupon", text: said } if said == text)
        );
        shop.engine.cancel_unpaid(&first.id, "ada").await.unwrap();
        let again = with_code(&shop, "TEN-OFF").await.unwrap();
        shop.pay(&again).await;
        shop.quiet().await;
        assert!(is_delivered(&shop.order(&again.id).await));
        all_is_well(&shop).await;
    })
    .await;
}

#[tokio::test]
async fn a_code_that_is_worth_nothing_orders_nothing() {
    for_each_database(async |db| {
        let shop = shop_with(db, settings()).await;
        let now = shop.db.read(|tx| tx.now()).await.unwrap();
        let mut early = coupon("EARLY", KindWish::Percent(10));
        early.starts_at = Some(now + DAY);
        let mut other = coupon("OTHER", KindWish::Percent(10));
        other.products = vec![shop.product(OTHER).await];
        let mut stopped = coupon("STOPPED", KindWish::Percent(10));
        stopped.stopped = true;
        for wish in [early, other, stopped] {
            shop.engine.make_coupon(wish, "staff").await.unwrap();
        }
        for code in ["EARLY", "OTHER", "STOPPED", "NO-SUCH", "not a code"] {
            let refused = with_code(&shop, code).await;
            assert!(
                matches!(refused, Err(Error::Invalid { slug: "invalid-coupon", .. })),
                "{code}: {refused:?}"
            );
        }
        let orders = shop.db.read(|tx| tx.orders_in(&["unpaid"], "", 10)).await.unwrap();
        assert!(orders.is_empty());
    })
    .await;
}

#[tokio::test]
async fn what_is_free_is_bought_at_once_and_given_back_as_nothing() {
    for_each_database(async |db| {
        let shop = shop_with(db, taxed(Mode::Exclusive, Round::Major)).await;
        let mut free = coupon("FOR-FRIENDS", KindWish::Free);
        free.uses_max = Some(2);
        shop.engine.make_coupon(free, "staff").await.unwrap();
        let wish_of = NewOrder {
            coupon: Some("FOR-FRIENDS".into()),
            payment_method: Some("simulated".into()),
            ..shop.new_order(SOLD).await
        };
        let (order, paying) = shop.engine.create_order(wish_of).await.unwrap();
        assert!(paying.is_none(), "nothing is to pay");
        shop.quiet().await;
        assert!(is_delivered(&shop.order(&order.id).await));
        assert_eq!(held(&shop, &order).await, [0; 5]);
        all_is_well(&shop).await;
        shop.remedy(&order, wish(Remedy::Refund)).await.unwrap();
        shop.quiet().await;
        assert_eq!(shop.order(&order.id).await.standing.stage, Stage::Refunded);
        all_is_well(&shop).await;
    })
    .await;
}

#[tokio::test]
async fn a_frozen_price_does_not_follow_the_list() {
    for_each_database(async |db| {
        let shop = shop_with(db, taxed(Mode::Exclusive, Round::Minor)).await;
        shop.engine.set_shop_party(&address("IN-27"), "staff").await.unwrap();
        let order = shop.order_of(SOLD).await.unwrap();
        let quote = order.sold.quote.clone();
        shop.engine.set_customer_party(&shop.customer, &address("US")).await.unwrap();
        shop.pay(&order).await;
        shop.quiet().await;
        assert_eq!(shop.order(&order.id).await.sold.quote, quote);
        assert_eq!(held(&shop, &order).await, [0, 99_900, 8_991, 8_991, 0]);
        all_is_well(&shop).await;
    })
    .await;
}
