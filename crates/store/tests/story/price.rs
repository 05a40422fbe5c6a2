//! What an order costs is kept as it was made of; coupons, their uses, and whom invoices name.

use domain::coupon::{Coupon, Given, Kind, Uses};
use domain::gst::{Gstin, Place};
use domain::order::Event;
use domain::party::Party;
use domain::quote::{Quote, Round};
use domain::tax::{Mode, Rate, Tax};
use store::db::StoreError;
use store::party::Whose;

use super::given::{customer, done, moved, package, rupees, wish};
use crate::support::for_each_database;

fn coupon(code: &str, kind: Kind) -> Coupon {
    Coupon {
        code: code.into(),
        kind,
        starts_at: None,
        ends_at: None,
        uses_max: Some(5),
        uses_each_max: None,
        products: vec![],
        stopped: false,
        note: "for the festival".into(),
        given: None,
        version: 1,
    }
}

fn party(place: &str) -> Party {
    Party {
        name: "Ada Traders".into(),
        street: "1 Marine Drive".into(),
        city: "Mumbai".into(),
        postcode: "400001".into(),
        place: Place::parse(place).unwrap(),
        gstin: Gstin::parse("27AAPFU0939F1ZV").ok().filter(|_| place == "IN-27"),
    }
}

#[tokio::test]
async fn an_orders_total_is_kept_with_all_that_it_is_made_of() {
    for_each_database(async |shop| {
        let package = package(shop, "6", 50).await;
        let account = customer(shop).await;
        let place = |text| Place::parse(text);
        let rate = Rate::basis_points(1_800).unwrap();
        let tax = Tax::of(rate, Mode::Inclusive, place("IN-27"), place("IN-29"));
        let off = coupon("TEN", Kind::Percent(10));
        let quote = Quote::of((rupees(999), rupees(50)), Some(&off), tax, Round::Major).unwrap();
        let mut order = wish(shop, &package, &account).await;
        order.sold.quote = quote.clone();
        let (new, id) = (order.clone(), order.id.clone());
        done(shop, move |tx| tx.insert_order(&new, "ada")).await;
        let kept = done(shop, move |tx| tx.order(&id)).await;
        assert_eq!(kept.sold.quote, quote);
    })
    .await;
}

#[tokio::test]
async fn an_order_that_nobody_paid_gives_its_coupon_back() {
    for_each_database(async |shop| {
        let package = package(shop, "6", 50).await;
        let account = customer(shop).await;
        let off = coupon("TEN", Kind::Amount(rupees(10)));
        let new = off.clone();
        assert!(done(shop, move |tx| tx.insert_coupon(&new)).await);
        let mut order = wish(shop, &package, &account).await;
        order.sold.quote =
            Quote::of((rupees(999), rupees(0)), Some(&off), Tax::default(), Round::Minor).unwrap();
        let new = order.clone();
        done(shop, move |tx| tx.insert_order(&new, "ada")).await;
        let uses = async || {
            let account = account.clone();
            done(shop, move |tx| tx.coupon_uses("TEN", &account)).await
        };
        assert_eq!(uses().await, Uses { by_all: 1, by_this_customer: 1 });
        let stranger = customer(shop).await;
        let theirs = done(shop, move |tx| tx.coupon_uses("TEN", &stranger)).await;
        assert_eq!(theirs, Uses { by_all: 1, by_this_customer: 0 });
        let listed = done(shop, |tx| tx.list_coupons("", 10)).await;
        assert_eq!(listed, [(off, 1)]);
        moved(shop, &order, Event::Cancelled).await;
        assert_eq!(uses().await, Uses::default());
    })
    .await;
}

#[tokio::test]
async fn a_coupon_is_changed_by_whoever_saw_it_last() {
    for_each_database(async |shop| {
        let made = coupon("FREE-1", Kind::Free);
        let (one, again) = (made.clone(), made.clone());
        assert!(done(shop, move |tx| tx.insert_coupon(&one)).await);
        assert!(!done(shop, move |tx| tx.insert_coupon(&again)).await, "a code is taken once");
        let locked = done(shop, |tx| tx.lock_coupon("FREE-1")).await;
        assert_eq!(locked.as_ref(), Some(&made));
        let stopped = Coupon { stopped: true, ..made.clone() };
        let (first, late) = (stopped.clone(), stopped.clone());
        done(shop, move |tx| tx.change_coupon(&first)).await;
        let refused = shop.db.write(move |tx| tx.change_coupon(&late)).await;
        assert!(matches!(refused, Err(StoreError::Stale(_))), "{refused:?}");
        let kept = done(shop, |tx| tx.coupon("FREE-1")).await;
        assert_eq!(kept, Some(Coupon { version: 2, ..stopped }));
        assert_eq!(done(shop, |tx| tx.coupon("NO-SUCH")).await, None);
    })
    .await;
}

#[tokio::test]
async fn to_whom_a_coupon_was_given_never_changes() {
    for_each_database(async |shop| {
        let package = package(shop, "6", 50).await;
        let account = customer(shop).await;
        let order = wish(shop, &package, &account).await;
        let given = Given { to: account.clone(), order: order.id.clone() };
        let made = Coupon { given: Some(given), ..coupon("THANKS-1", Kind::Percent(10)) };
        let new = made.clone();
        done(shop, move |tx| {
            tx.insert_order(&order, "ada")?;
            tx.insert_coupon(&new)
        })
        .await;
        let changed = Coupon { given: None, note: "for nobody".into(), ..made.clone() };
        done(shop, move |tx| tx.change_coupon(&changed)).await;
        let kept = done(shop, |tx| tx.coupon("THANKS-1")).await;
        assert_eq!(kept, Some(Coupon { version: 2, note: "for nobody".into(), ..made }));
    })
    .await;
}

#[tokio::test]
async fn the_shop_and_each_customer_have_one_address() {
    for_each_database(async |shop| {
        let ada = customer(shop).await;
        let mine = ada.clone();
        assert_eq!(done(shop, move |tx| tx.places(Some(&mine))).await, (None, None));
        let mine = ada.clone();
        done(shop, move |tx| {
            tx.set_party(Whose::Shop, &party("IN-29"))?;
            tx.set_party(Whose::Shop, &party("IN-27"))?;
            tx.set_party(Whose::Customer(&mine), &party("US"))
        })
        .await;
        let (mine, theirs) = (ada.clone(), ada);
        let places = done(shop, move |tx| tx.places(Some(&mine))).await;
        assert_eq!(places, (Place::parse("IN-27"), Place::parse("US")));
        let kept =
            done(shop, move |tx| Ok((tx.party(Whose::Shop)?, tx.party(Whose::Customer(&theirs))?)))
                .await;
        assert_eq!(kept, (Some(party("IN-27")), Some(party("US"))));
    })
    .await;
}
