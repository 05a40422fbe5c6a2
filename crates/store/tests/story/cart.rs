//! Carts: one for each customer and each visitor, the same choice on one line, and no price.

use std::time::Duration;

use domain::cart::Choice;
use domain::clock::Clock;
use domain::coupon::{Coupon, Kind, Uses};
use domain::id::{CartId, CartLineId, ProductId};
use domain::os::Os;
use domain::package::{Package, Ram};
use store::cart::{CartLine, Holder};

use super::given::{customer, done, ordered, package, refused, tried};
use crate::support::{TestDb, for_each_database};

const DAYS: Duration = Duration::from_secs(30 * 24 * 60 * 60);

async fn opened(shop: &TestDb, holder: &Holder) -> CartId {
    let (new, holder) = (CartId::mint(shop.clock.now(), &shop.chance), holder.clone());
    done(shop, move |tx| tx.open_cart(&new, &holder, DAYS)).await
}

async fn product(shop: &TestDb, package: &Package) -> ProductId {
    let id = package.id.clone();
    done(shop, move |tx| tx.products_of_package(&id)).await[0].product.id.clone()
}

fn line(shop: &TestDb, product: &ProductId, os: Option<Os>, quantity: i64) -> CartLine {
    let (ram, coupon) = (Ram::gb(8), Some("TEN".to_owned()));
    let choice = Choice { product: product.clone(), ram, os, coupon };
    CartLine { id: CartLineId::mint(shop.clock.now(), &shop.chance), choice, quantity }
}

async fn put(shop: &TestDb, cart: &CartId, line: &CartLine) {
    let (cart, line) = (cart.clone(), line.clone());
    done(shop, move |tx| tx.insert_cart_line(&cart, &line)).await;
}

async fn lines(shop: &TestDb, holder: &Holder) -> Vec<CartLine> {
    let holder = holder.clone();
    done(shop, move |tx| tx.cart_lines(&holder)).await
}

async fn count(shop: &TestDb, holder: &Holder) -> i64 {
    let holder = holder.clone();
    done(shop, move |tx| tx.count_cart(&holder)).await
}

#[tokio::test]
async fn somebody_has_one_cart_with_each_choice_once() {
    for_each_database(async |shop| {
        let product = product(shop, &package(shop, "91", 9).await).await;
        let ada = Holder::Customer(customer(shop).await);
        let cart = opened(shop, &ada).await;
        assert_eq!(opened(shop, &ada).await, cart, "there is one already");
        let first = line(shop, &product, None, 2);
        let second = line(shop, &product, Some(Os::Ubuntu22), 3);
        put(shop, &cart, &first).await;
        put(shop, &cart, &second).await;
        assert_eq!(
            (lines(shop, &ada).await, count(shop, &ada).await),
            (vec![first.clone(), second.clone()], 5)
        );
        for wrong in [line(shop, &product, None, 1), line(shop, &product, Some(Os::Centos7), 11)] {
            let cart = cart.clone();
            let twice = tried(shop, move |tx| tx.insert_cart_line(&cart, &wrong)).await;
            assert!(refused(&twice), "{twice:?}");
        }
        let more = CartLine { quantity: 10, ..second.clone() };
        let changed = more.clone();
        done(shop, move |tx| tx.change_cart_line(&changed)).await;
        done(shop, move |tx| tx.delete_cart_line(&first.id)).await;
        assert_eq!(lines(shop, &ada).await, [more]);
        done(shop, move |tx| tx.delete_cart(&cart)).await;
        assert_eq!((lines(shop, &ada).await, count(shop, &ada).await), (vec![], 0));
    })
    .await;
}

#[tokio::test]
async fn a_visitors_cart_is_found_by_its_token_until_it_is_over() {
    for_each_database(async |shop| {
        let product = product(shop, &package(shop, "91", 9).await).await;
        let visitor = Holder::Visitor("the hash of a token".into());
        let (ada, stranger) =
            (Holder::Customer(customer(shop).await), Holder::Visitor("another".into()));
        for holder in [&visitor, &ada] {
            let cart = opened(shop, holder).await;
            put(shop, &cart, &line(shop, &product, None, 1)).await;
        }
        let held = |holder: &Holder| {
            let holder = holder.clone();
            done(shop, move |tx| tx.lock_cart(&holder))
        };
        assert!(held(&visitor).await.is_some() && held(&stranger).await.is_none());
        shop.clock.step(DAYS / 2);
        opened(shop, &visitor).await;
        shop.clock.step(DAYS / 2 + Duration::from_secs(60));
        assert_eq!(count(shop, &visitor).await, 1, "what is used lasts on");
        shop.clock.step(DAYS / 2);
        assert!(held(&visitor).await.is_none());
        assert_eq!((lines(shop, &visitor).await, count(shop, &visitor).await), (vec![], 0));
        assert_eq!(done(shop, |tx| tx.prune_carts(50)).await, 1);
        assert_eq!(done(shop, |tx| tx.prune_carts(50)).await, 0);
        assert_eq!(count(shop, &ada).await, 1, "a customer's own stays");
    })
    .await;
}

#[tokio::test]
async fn what_many_lines_are_judged_by_is_asked_for_at_once() {
    for_each_database(async |shop| {
        let (one, two) = (package(shop, "91", 9).await, package(shop, "92", 4).await);
        ordered(shop, &one).await;
        let ids = vec![product(shop, &one).await, product(shop, &two).await];
        let mut found = done(shop, move |tx| tx.products(&ids)).await;
        found.sort_by(|a, b| a.package.name.cmp(&b.package.name));
        assert_eq!(found.iter().map(|it| &it.package).collect::<Vec<_>>(), [&one, &two]);
        let (packages, first) =
            (vec![two.id.clone(), one.id.clone(), one.id.clone()], one.id.clone());
        let looked = done(shop, move |tx| {
            let looked = tx.look_at_stock(&packages, 1)?;
            let counted = tx.count_stock(&first, 1)?;
            Ok((looked, counted))
        });
        let (looked, counted) = looked.await;
        assert_eq!(looked.len(), 2, "each once");
        let of = |package: &Package| {
            let found = looked.iter().find(|(id, _)| *id == package.id);
            &found.unwrap().1
        };
        assert_eq!((of(&one).stock, &of(&one).name), (counted.stock, &one.name));
        assert_eq!((of(&one).stock.saleable(), of(&two).stock.saleable()), (7, 3));
    })
    .await;
}

#[tokio::test]
async fn several_coupons_tell_how_often_each_was_used() {
    for_each_database(async |shop| {
        let package = package(shop, "91", 9).await;
        let ada = customer(shop).await;
        let coupon = |code: &str, uses_max| Coupon {
            code: code.into(),
            kind: Kind::Percent(10),
            starts_at: None,
            ends_at: None,
            uses_max,
            uses_each_max: None,
            products: vec![],
            stopped: false,
            note: String::new(),
            given: None,
            version: 1,
        };
        for made in [coupon("FEW", Some(5)), coupon("ANY", None)] {
            assert!(done(shop, move |tx| tx.insert_coupon(&made)).await);
        }
        for _ in 0..2 {
            let mut order = super::given::wish(shop, &package, &ada).await;
            order.sold.quote.coupon = Some("FEW".into());
            done(shop, move |tx| tx.insert_order(&order, "ada")).await;
        }
        let codes = ["ANY", "FEW", "NONE"].map(str::to_owned);
        let asked = codes.clone();
        let mut found = done(shop, move |tx| tx.coupons_with_uses(&asked, Some(&ada))).await;
        found.sort_by(|a, b| a.0.code.cmp(&b.0.code));
        let told: Vec<_> = found.iter().map(|(it, uses)| (&*it.code, *uses)).collect();
        let twice = Uses { by_all: 2, by_this_customer: 2 };
        assert_eq!(told, [("ANY", Uses::default()), ("FEW", twice)]);
        let visitors = done(shop, move |tx| tx.coupons_with_uses(&codes, None)).await;
        let few = visitors.into_iter().find(|(it, _)| it.code == "FEW").unwrap();
        assert_eq!(few.1, Uses { by_all: 2, by_this_customer: 0 });
    })
    .await;
}
