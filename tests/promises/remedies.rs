//! What a remedy gives, and what it costs: shown to the last paisa before it is done, done once
//! whoever presses, booked, told, and remembered.

use std::net::Ipv4Addr;
use std::time::Duration;

use domain::coupon::Kind;
use domain::money::{Currency, Money};
use domain::order::{Remedy, Stage};
use domain::quote::Round;
use domain::tax::{Mode, Rate};
use engine::checkout::NewOrder;
use engine::coupon::{CouponWish, KindWish};
use engine::remedy::{Done, Wish};
use engine::{Error, Settings};
use sim::smartvps::{Lie, Op};
use store::order::{Amendment, Order};

use crate::database::{TestDb, for_each_database};
use crate::support::{OTHER, SOLD, TestShop, is_delivered, rupees, settings, wish};

const OF_OTHER: Ipv4Addr = Ipv4Addr::new(103, 182, 44, 18);
/// In no package's block.
const OF_NONE: Ipv4Addr = Ipv4Addr::new(45, 9, 9, 9);
const DAY: Duration = Duration::from_secs(86_400);

/// A shop whose other package costs 699 with 8 GB, where the sold one costs 999.
async fn open(test: &TestDb, settings: Settings) -> TestShop {
    let shop = TestShop::open_with(test, settings, vec![(SOLD, 50), (OTHER, 50)]).await;
    shop.price(OTHER, 699).await;
    shop
}

fn taxed() -> Settings {
    let tax_rate = Rate::basis_points(1_800).unwrap();
    Settings { tax_rate, tax_mode: Mode::Exclusive, round_totals: Round::Major, ..settings() }
}

/// An order that was bought as another address than it should have.
async fn bought_as(shop: &TestShop, address: Ipv4Addr) -> Order {
    shop.upstream.next(Op::Buyvps, Lie::hand_out(address));
    let order = shop.buy(SOLD).await;
    assert!(matches!(order.standing.stage, Stage::Stopped(_)), "{:?}", order.standing);
    order
}

fn accepted() -> Wish {
    Wish { consent: Some("Ada agreed by mail".into()), ..wish(Remedy::Accept) }
}

async fn delivered(shop: &TestShop, order: &Order) -> Order {
    shop.quiet().await;
    let order = shop.order(&order.id).await;
    assert!(is_delivered(&order), "{:?}", order.standing);
    order
}

async fn amendments(shop: &TestShop, order: &Order) -> Vec<Amendment> {
    let id = order.id.clone();
    shop.db.read(move |tx| tx.amendments(&id)).await.unwrap()
}

async fn listed(shop: &TestShop, order: &Order) -> Vec<(String, Duration)> {
    let id = order.id.clone();
    let (rows, now) =
        shop.db.read(move |tx| Ok::<_, Error>((tx.attention_of(&id)?, tx.now()?))).await.unwrap();
    rows.into_iter().map(|row| (row.why, row.due_at.since(now))).collect()
}

/// The rows that a remedy wrote, by account; the ids of people and orders are left out.
fn booked(done: &Done) -> Vec<(&str, i64)> {
    let kind = |row: &str| match row.split(':').next() {
        Some("prepaid") => "prepaid",
        Some("owed") => "owed",
        Some("goodwill") => "goodwill",
        Some("supplier") => "supplier",
        Some("upstream") => "upstream",
        Some("revenue") => "revenue",
        _ => "tax",
    };
    done.ledger.iter().map(|row| (kind(&row.account), row.amount.minor)).collect()
}

fn problem(error: &Error) -> &'static str {
    match error {
        Error::Invalid { slug, .. } | Error::Refused { slug, .. } => slug,
        Error::NeedsVersion(_) => "needs-version",
        Error::Forbidden(_) => "forbidden",
        _ => "another",
    }
}

#[tokio::test]
async fn what_is_accepted_and_costs_less_gives_its_difference_back_with_the_tax() {
    for_each_database(async |db| {
        let shop = open(db, taxed()).await;
        let order = bought_as(&shop, OF_OTHER).await;
        let shown = shop.remedy(&order, Wish { preview: true, ..accepted() }).await.unwrap();
        // 300 rupees and 18 %.
        let expected = [("prepaid", 30_000), ("tax", 2_700), ("tax", 2_700), ("owed", -35_400)];
        assert_eq!(booked(&shown), expected);
        assert_eq!(shown.mails.len(), 1);
        assert!(shown.mails[0].facts.contains("\"amount_minor\":35400"), "{:?}", shown.mails);
        assert_eq!(shop.order(&order.id).await.version, order.version);
        assert_eq!(shop.owed(&order).await, 0);

        let done = shop.remedy(&order, accepted()).await.unwrap();
        assert_eq!(booked(&done), expected);
        let order = delivered(&shop, &order).await;
        assert_eq!((shop.owed(&order).await, amendments(&shop, &order).await.len()), (35_400, 1));
        let agreed = &amendments(&shop, &order).await[0];
        assert_eq!(agreed.product_name, format!("🌊 {OTHER}"));
        assert_eq!((agreed.back_minor, agreed.reason.as_str()), (35_400, "a test decides"));
        let refunds = shop.db.read(move |tx| tx.refunds(&order.id)).await.unwrap();
        assert_eq!(refunds.iter().map(|refund| refund.amount.minor).collect::<Vec<_>>(), [35_400]);
        shop.books_balance().await;
        shop.invariants_hold().await;
    })
    .await;
}

#[tokio::test]
async fn a_discount_that_was_given_is_taken_off_the_difference_too() {
    for_each_database(async |db| {
        let shop = open(db, settings()).await;
        let made = CouponWish {
            code: "FIFTH".into(),
            kind: KindWish::Percent(20),
            starts_at: None,
            ends_at: None,
            uses_max: None,
            uses_each_max: None,
            products: vec![],
            stopped: false,
            note: String::new(),
        };
        shop.engine.make_coupon(made, "staff").await.unwrap();
        shop.upstream.next(Op::Buyvps, Lie::hand_out(OF_OTHER));
        let sent = NewOrder { coupon: Some("FIFTH".into()), ..shop.new_order(SOLD).await };
        let (order, _) = shop.engine.create_order(sent).await.unwrap();
        shop.pay(&order).await;
        shop.quiet().await;
        shop.remedy(&order, accepted()).await.unwrap();
        // A fifth of 999 is 200: of each rupee 799/999 were paid, and 300 rupees are 239.94.
        let order = delivered(&shop, &order).await;
        assert_eq!(shop.owed(&order).await, 23_994);
        shop.invariants_hold().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_accepted_and_costs_more_gives_nothing_back() {
    for_each_database(async |db| {
        let shop = open(db, settings()).await;
        shop.price(OTHER, 1_499).await;
        let order = bought_as(&shop, OF_OTHER).await;
        let done = shop.remedy(&order, accepted()).await.unwrap();
        assert!(done.ledger.is_empty(), "{:?}", done.ledger);
        let order = delivered(&shop, &order).await;
        assert_eq!(shop.owed(&order).await, 0);
    })
    .await;
}

#[tokio::test]
async fn where_no_price_says_what_goes_back_staff_say_it() {
    for_each_database(async |db| {
        let shop = open(db, settings()).await;
        let order = bought_as(&shop, OF_NONE).await;
        let with = |minor: Option<i64>| {
            let amount = minor.map(|minor| Money::new(minor, Currency::INR));
            Wish { amount, ..accepted() }
        };
        for refused in [None, Some(99_901)] {
            let error = shop.remedy(&order, with(refused)).await.unwrap_err();
            assert_eq!(problem(&error), "invalid-amount", "{error}");
        }
        shop.remedy(&order, with(Some(12_345))).await.unwrap();
        let order = delivered(&shop, &order).await;
        assert_eq!(shop.owed(&order).await, 12_345);
        // Where a price says it, nobody else does.
        let other = bought_as(&shop, OF_OTHER).await;
        let error = shop.remedy(&other, with(Some(1))).await.unwrap_err();
        assert_eq!(problem(&error), "invalid-amount", "{error}");
    })
    .await;
}

#[tokio::test]
async fn of_two_people_who_accept_at_once_one_gives_the_difference() {
    for_each_database(async |db| {
        let shop = open(db, settings()).await;
        let order = bought_as(&shop, OF_OTHER).await;
        let press = async |actor| {
            let wish = Wish { version: Some(order.version), ..accepted() };
            shop.engine.remedy(&order.id, wish, actor).await
        };
        let (one, other) = tokio::join!(press("sue"), press("sam"));
        assert_eq!([one.is_ok(), other.is_ok()].into_iter().filter(|won| *won).count(), 1);
        let lost = one.err().or(other.err()).unwrap();
        assert!(["stale-version", "not-now"].contains(&problem(&lost)), "{lost}");
        let order = delivered(&shop, &order).await;
        assert_eq!(shop.owed(&order).await, 30_000);
        shop.invariants_hold().await;
    })
    .await;
}

#[tokio::test]
async fn money_that_goes_back_by_the_way_asks_for_the_power_and_for_a_version() {
    for_each_database(async |db| {
        let shop = open(db, settings()).await;
        let order = bought_as(&shop, OF_OTHER).await;
        let press = async |wish| shop.engine.remedy(&order.id, wish, "sam").await;
        let version = Some(order.version);
        let powerless = Wish { may_give_value: false, version, ..accepted() };
        let code = Wish { percent: Some(10), version, ..Wish::new(Remedy::Wait, "a test") };
        let hasty = accepted();
        for (wish, expected) in
            [(powerless, "forbidden"), (code, "forbidden"), (hasty, "needs-version")]
        {
            let error = press(wish).await.unwrap_err();
            assert_eq!(problem(&error), expected, "{error}");
        }
        assert_eq!(shop.owed(&order).await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_server_that_is_kept_for_nothing_is_free_for_a_month_and_on_the_list_before_it_ends() {
    for_each_database(async |db| {
        let shop = open(db, settings()).await;
        shop.cost(SOLD, 600).await;
        let order = shop.buy(SOLD).await;
        shop.later(10 * DAY);
        let until = order.sold_until.unwrap();
        let done = shop.remedy(&order, wish(Remedy::RefundAndKeep)).await.unwrap();
        let goodwill: i64 =
            booked(&done).iter().filter(|(a, _)| *a == "goodwill").map(|(_, minor)| minor).sum();
        // The month that it has cost, and the ten days beyond it.
        assert_eq!(goodwill, 60_000 + 20_000);
        assert_eq!(shop.owed(&order).await, 99_900);
        let order = shop.order(&order.id).await;
        assert!(is_delivered(&order));
        assert_eq!(order.sold_until.unwrap().since(until).as_secs().div_ceil(86_400), 10);
        let why = listed(&shop, &order).await;
        let (_, due) = why.iter().find(|(why, _)| why == "free-time-ends").unwrap();
        assert_eq!(due.as_secs().div_ceil(86_400), 27, "three days before the end: {why:?}");
        // Whoever gives more time has seen to it.
        let more = Wish { days: Some(30), ..wish(Remedy::Extend) };
        shop.remedy(&order, more).await.unwrap();
        assert!(listed(&shop, &order).await.iter().all(|(why, _)| why != "free-time-ends"));
        shop.books_balance().await;
        shop.invariants_hold().await;
    })
    .await;
}

#[tokio::test]
async fn days_that_are_given_away_are_booked_at_what_they_cost() {
    for_each_database(async |db| {
        let shop = open(db, settings()).await;
        let free_of_cost = shop.buy(OTHER).await;
        shop.cost(SOLD, 600).await;
        let order = shop.buy(SOLD).await;
        let week = || Wish { days: Some(7), ..wish(Remedy::Extend) };
        let done = shop.remedy(&order, week()).await.unwrap();
        assert_eq!(booked(&done), [("goodwill", 14_000), ("supplier", -14_000)]);
        let unknown = shop.remedy(&free_of_cost, week()).await.unwrap();
        assert!(unknown.ledger.is_empty());
        assert!(unknown.did.iter().any(|line| line.contains("not known")), "{:?}", unknown.did);
        shop.invariants_hold().await;
    })
    .await;
}

#[tokio::test]
async fn a_code_that_was_given_is_one_customers_and_good_once() {
    for_each_database(async |db| {
        let shop = open(db, settings()).await;
        let order = shop.buy(SOLD).await;
        let give = Wish { percent: Some(25), ..wish(Remedy::Discount) };
        let shown = shop.remedy(&order, Wish { preview: true, ..give.clone() }).await.unwrap();
        assert!(shown.did[0].starts_with("a code takes 25 % off"), "{:?}", shown.did);
        shop.remedy(&order, give).await.unwrap();
        let (coupon, _) = shop.engine.coupons("", 10).await.unwrap().items.remove(0);
        assert_eq!((coupon.kind, coupon.uses_max), (Kind::Percent(25), Some(1)));
        assert_eq!(coupon.given.as_ref().map(|given| &given.order), Some(&order.id));
        let told = shop.engine.order_view(&order.id, &engine::read::Viewer::Staff).await.unwrap();
        assert!(told.timeline.iter().any(|moment| moment.what.contains("code")));

        let with = async |account| {
            let new = shop.new_order(OTHER).await;
            let wish = NewOrder { account, coupon: Some(coupon.code.clone()), ..new };
            shop.engine.create_order(wish).await
        };
        let stranger = shop.another_customer().await;
        assert_eq!(problem(&with(stranger).await.unwrap_err()), "invalid-coupon");
        let (theirs, _) = with(shop.customer.clone()).await.unwrap();
        assert_eq!(theirs.sold.quote.discount, rupees(175));
        assert_eq!(problem(&with(shop.customer.clone()).await.unwrap_err()), "invalid-coupon");
        shop.invariants_hold().await;
    })
    .await;
}

#[tokio::test]
async fn a_code_comes_with_what_it_makes_good() {
    for_each_database(async |db| {
        let shop = open(db, settings()).await;
        let order = bought_as(&shop, OF_OTHER).await;
        let sorry = Wish {
            percent: Some(10),
            apologises: true,
            public: Some("The provider sold us another block.".into()),
            ..accepted()
        };
        let done = shop.remedy(&order, sorry).await.unwrap();
        let (coupon, _) = shop.engine.coupons("", 10).await.unwrap().items.remove(0);
        assert_eq!(done.mails.len(), 1, "one mail tells all of it");
        let facts = &done.mails[0].facts;
        assert!(facts.contains(&coupon.code) && facts.contains("30000"), "{facts}");
        assert_eq!(done.mails[0].kind, "apology");
        // What is accepted is checked and delivered meanwhile.
        shop.quiet().await;
        for wrong in [0, 100] {
            let wish = Wish { percent: Some(wrong), ..wish(Remedy::Discount) };
            assert_eq!(problem(&shop.remedy(&order, wish).await.unwrap_err()), "invalid-discount");
        }
    })
    .await;
}
