//! What has no API: sold as everything is, put on the list with a due time once it is paid, and
//! delivered by what a person enters, through the same permit, answer, verdict and books.

use std::time::Duration;

use domain::clock::Timestamp;
use domain::id::{OrderId, PackageId, ProductId};
use domain::order::{Remedy, Stage, Stop, Terms};
use domain::server::State;
use engine::by_hand::Entry;
use engine::catalogue::{NewPlan, ProductPatch};
use engine::checkout::NewOrder;
use engine::diagnose::Diagnosis;
use engine::pay::Receipt;
use engine::provider::NewByHand;
use engine::recover::Run;
use engine::{Error, Result};
use store::order::{Amendment, Order};

use crate::database::for_each_database;
use crate::support::{Machine, SOLD, TestShop, rupees, wish};

const RACK: &str = "hand-frankfurt-rack";
const MINUTE: Duration = Duration::from_secs(60);

pub fn plan(name: &str, price: i64) -> NewPlan {
    NewPlan {
        name: name.into(),
        display_name: None,
        pid: None,
        prices: vec![("8GB".into(), Some(rupees(price)))],
        costs: vec![("8GB".into(), Some(rupees(1_000)))],
        stock: Some(2),
        days: 30,
        cidrs: vec![],
        published: true,
    }
}

/// The provider, due within four hours, and a plan of it.
pub async fn sells(shop: &TestShop, plan: NewPlan) -> ProductId {
    let note = "ask Bea".to_owned();
    let due_within = 240 * MINUTE;
    let rack = NewByHand { name: "Frankfurt rack".into(), due_within, note };
    shop.engine.add_by_hand(rack, "staff").await.unwrap();
    shop.engine.add_plan(RACK, plan, "staff").await.unwrap().product.id
}

async fn ordered(shop: &TestShop, product: &ProductId) -> Result<Order> {
    let wish = NewOrder { product: product.clone(), ..shop.new_order(SOLD).await };
    Ok(shop.engine.create_order(wish).await?.0)
}

/// Ordered, paid, and on the list.
pub async fn waiting(shop: &TestShop, product: &ProductId) -> Order {
    let order = ordered(shop, product).await.unwrap();
    shop.pay(&order).await;
    shop.quiet().await;
    shop.order(&order.id).await
}

fn entry(address: &str) -> Entry {
    let (username, password) = ("root".to_owned(), "s3cret of the rack".to_owned());
    Entry { address: address.into(), username, password, expires_at: None, version: None }
}

pub async fn delivered(shop: &TestShop, order: &Order, address: &str) -> Result<Order> {
    shop.engine.deliver_by_hand(&order.id, entry(address), "bea", None).await
}

fn refused_as(result: Result<Order>, slug: &str) -> String {
    match result {
        Err(Error::Refused { slug: found, text } | Error::Invalid { slug: found, text }) => {
            assert_eq!(found, slug, "{text}");
            text
        }
        other => panic!("expected {slug}, not {:?}", other.map(|order| order.standing)),
    }
}

#[tokio::test]
async fn a_paid_order_waits_for_a_person_and_what_they_enter_delivers_it() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let product = sells(&shop, NewPlan { days: 365, ..plan("G.16GB", 41_880) }).await;
        let order = waiting(&shop, &product).await;
        assert!(matches!(order.standing.stage, Stage::Planned(_)));
        let listed = shop.engine.needs_attention(None, None).await.unwrap().items;
        assert_eq!(listed.len(), 1, "{listed:?}");
        assert_eq!((&listed[0].order, listed[0].why.as_str()), (&order.id, "by-hand"));
        let due = listed[0].due_at.since(order.paid_at.unwrap());
        assert!((239 * MINUTE..=241 * MINUTE).contains(&due), "{due:?}");
        shop.later(30 * MINUTE);
        shop.engine.sweep().await.unwrap();
        assert_eq!(shop.engine.needs_attention(None, None).await.unwrap().items.len(), 1);
        assert!(shop.upstream.record().sold.is_empty(), "no machine bought anything");
        let all = shop.engine.admin_order(&order.id).await.unwrap();
        assert!(all.waits_for_hand && !all.next_actions.contains(&"adopt"));

        let done = delivered(&shop, &order, "203.0.113.17").await.unwrap();
        let Stage::Delivered(_) = &done.standing.stage else { panic!("{:?}", done.standing) };
        let days = done.sold_until.unwrap().since(done.delivered_at.unwrap());
        assert_eq!(days, 365 * 24 * 60 * MINUTE);
        let (server, credentials) = shop.engine.reveal_credentials(&order.id, "ada").await.unwrap();
        assert_eq!(server.address.to_string(), "203.0.113.17");
        assert_eq!((server.provider.as_str(), server.expires_at), (RACK, done.sold_until));
        assert_eq!(credentials.password, "s3cret of the rack");
        assert!(shop.engine.needs_attention(None, None).await.unwrap().items.is_empty());
        let on = async |accounts: &'static str| shop.balance(&order, accounts).await;
        assert_eq!((on("revenue").await, on("prepaid:").await), (-4_188_000, 0));
        assert_eq!((on("upstream:hand-").await, on("supplier:hand-").await), (100_000, -100_000));
        let all = shop.engine.admin_order(&order.id).await.unwrap();
        let answer = all.attempts[0].answer.clone().unwrap();
        assert_eq!(
            (answer.kind.as_str(), answer.meaning.as_str()),
            ("hand", "a person delivered it")
        );
        assert_eq!(shop.engine.product(&product).await.unwrap().package.stock, 1);
        assert!(shop.engine.books().await.unwrap().are_in_order());
        assert!(shop.engine.audit_delivered().await.unwrap().is_empty());
        shop.invariants_hold().await;
    })
    .await;
}

#[tokio::test]
async fn an_address_that_does_not_fit_is_refused_and_the_order_waits_on() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let bought = shop.buy(SOLD).await;
        shop.quiet().await;
        let taken = shop.servers(&bought).await[0].address.to_string();
        let ranged = NewPlan { cidrs: vec!["203.0.113.0/28".into()], ..plan("G.8GB", 2_240) };
        let product = sells(&shop, ranged).await;
        let (order, other) = (waiting(&shop, &product).await, waiting(&shop, &product).await);
        for wrong in ["", "203.0.113", "203.0.113.3:22", "::1", "127.0.0.1"] {
            refused_as(delivered(&shop, &order, wrong).await, "invalid-address");
        }
        let text = refused_as(delivered(&shop, &order, "203.0.113.16").await, "invalid-address");
        assert!(text.contains("203.0.113.0/28") && text.contains("G.8GB"), "{text}");
        refused_as(delivered(&shop, &order, &taken).await, "invalid-address");
        let stale = Entry { version: Some(1), ..entry("203.0.113.3") };
        let stale = shop.engine.deliver_by_hand(&order.id, stale, "bea", None).await;
        refused_as(stale, "stale-version");
        delivered(&shop, &order, "203.0.113.3").await.unwrap();
        let text = refused_as(delivered(&shop, &other, "203.0.113.3").await, "address-in-use");
        assert!(text.contains(&order.number), "{text}");
        assert_eq!(shop.order(&other.id).await.standing, other.standing, "it waits on");
        let wrong = shop.order(&bought.id).await;
        refused_as(delivered(&shop, &wrong, "203.0.113.4").await, "not-now");
        shop.invariants_hold().await;
    })
    .await;
}

#[tokio::test]
async fn an_address_that_a_machine_bought_is_not_entered_a_second_time() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let bought = shop.buy(SOLD).await;
        shop.quiet().await;
        let taken = shop.servers(&bought).await[0].address.to_string();
        let product = sells(&shop, plan("G.8GB", 2_240)).await;
        let order = waiting(&shop, &product).await;
        let text = refused_as(delivered(&shop, &order, &taken).await, "address-in-use");
        assert!(text.contains(&bought.number), "{text}");
    })
    .await;
}

#[tokio::test]
async fn of_two_who_enter_at_once_one_delivers() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let product = sells(&shop, plan("G.8GB", 2_240)).await;
        let order = waiting(&shop, &product).await;
        let (one, other) = futures_util::join!(
            delivered(&shop, &order, "203.0.113.17"),
            delivered(&shop, &order, "203.0.113.18")
        );
        let (won, lost) = if one.is_ok() { (one, other) } else { (other, one) };
        assert!(matches!(won.unwrap().standing.stage, Stage::Delivered(_)));
        let slug = match &lost {
            Err(Error::Refused { slug, .. }) => *slug,
            other => panic!("{other:?}"),
        };
        assert!(["not-now", "stale-version"].contains(&slug), "{slug}");
        assert_eq!(shop.servers(&order).await.len(), 1);
        let twin = waiting(&shop, &product).await;
        let third = sells_another(&shop).await;
        let third = waiting(&shop, &third).await;
        let (one, other) = futures_util::join!(
            delivered(&shop, &twin, "203.0.113.30"),
            delivered(&shop, &third, "203.0.113.30")
        );
        let lost = if one.is_ok() { other } else { one };
        refused_as(lost, "address-in-use");
    })
    .await;
}

async fn sells_another(shop: &TestShop) -> ProductId {
    shop.engine.add_plan(RACK, plan("G.4GB", 1_100), "staff").await.unwrap().product.id
}

#[tokio::test]
async fn what_staff_count_is_sold_and_not_one_more() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let product = sells(&shop, plan("G.8GB", 2_240)).await;
        let first = waiting(&shop, &product).await;
        let second = ordered(&shop, &product).await.unwrap();
        refused_as(ordered(&shop, &product).await, "out-of-stock");
        delivered(&shop, &first, "203.0.113.17").await.unwrap();
        refused_as(ordered(&shop, &product).await, "out-of-stock");
        shop.pay(&second).await;
        shop.quiet().await;
        delivered(&shop, &second, "203.0.113.18").await.unwrap();
        refused_as(ordered(&shop, &product).await, "unavailable");
        let endless = ProductPatch { unlimited: Some(true), ..ProductPatch::default() };
        shop.engine.change_product(&product, endless, "staff").await.unwrap();
        for _ in 0..3 {
            ordered(&shop, &product).await.unwrap();
        }
        // The list of those who have an API says nothing of it.
        let report = shop.engine.sync().await.unwrap();
        assert_eq!(report.results.len(), 2);
        assert!(shop.engine.product(&product).await.unwrap().available);
        shop.later(24 * 60 * MINUTE);
        ordered(&shop, &product).await.unwrap();
    })
    .await;
}

async fn remedied(shop: &TestShop, order: &Order, kind: Remedy) -> Order {
    shop.remedy(order, wish(kind)).await.unwrap().order
}

/// How the order's server with this last octet stands.
async fn server_at(shop: &TestShop, order: &Order, last: u8) -> State {
    let servers = shop.servers(order).await;
    let found = servers.iter().find(|server| server.address.octets()[3] == last);
    found.expect("a server there").state
}

async fn listed_for(shop: &TestShop, order: &Order) -> Vec<String> {
    let id = order.id.clone();
    let rows = shop.db.read(move |tx| tx.attention_of(&id)).await.unwrap();
    rows.into_iter().map(|row| row.why).collect()
}

#[tokio::test]
async fn remedies_keep_their_meaning_where_a_person_delivers() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let product = sells(&shop, NewPlan { stock: None, ..plan("G.8GB", 2_240) }).await;
        // Money back while it waits: nothing is delivered any more.
        let order = waiting(&shop, &product).await;
        let back = remedied(&shop, &order, Remedy::Refund).await;
        assert_eq!(back.standing.stage, Stage::RefundPending);
        refused_as(delivered(&shop, &order, "203.0.113.17").await, "not-now");
        // A replacement waits for a person as the first did, and takes the old server back.
        let order = waiting(&shop, &product).await;
        let order = delivered(&shop, &order, "203.0.113.17").await.unwrap();
        let again = remedied(&shop, &order, Remedy::Reprovision).await;
        assert!(again.standing.replaces.is_some());
        shop.quiet().await;
        assert!(listed_for(&shop, &order).await.contains(&"by-hand".to_owned()));
        let replaced = delivered(&shop, &order, "203.0.113.18").await.unwrap();
        assert!(matches!(replaced.standing.stage, Stage::Delivered(_)));
        assert_eq!(server_at(&shop, &order, 17).await, State::Quarantined);
        assert_eq!(server_at(&shop, &order, 18).await, State::Delivered);
        // What was taken back can be ended by hand, and its address is free again.
        remedied(&shop, &order, Remedy::End).await;
        assert_eq!(server_at(&shop, &order, 17).await, State::Ended);
        let next = waiting(&shop, &product).await;
        delivered(&shop, &next, "203.0.113.17").await.unwrap();
        let refunded = remedied(&shop, &next, Remedy::Refund).await;
        assert_eq!(refunded.standing.stage, Stage::RefundPending);
        assert_eq!(server_at(&shop, &next, 17).await, State::Quarantined);
        assert!(shop.engine.books().await.unwrap().are_in_order());
        shop.invariants_hold().await;
    })
    .await;
}

/// An order like another one, of other terms; unpaid.
async fn order_of_terms(shop: &TestShop, product: &ProductId, terms: Terms) -> Order {
    let like = ordered(shop, product).await.unwrap();
    let start = Timestamp::from_millis(1_790_000_000_000);
    // No number that the shop gives has a nought.
    let number = format!("{}0", &like.number[..13]);
    let mut order = Order { id: OrderId::mint(start, &Machine), number, ..like };
    order.sold.terms = terms;
    let new = order.clone();
    shop.db.write(move |tx| tx.insert_order(&new, "import")).await.unwrap();
    order
}

async fn is_told_of_a_missing_plan(shop: &TestShop, order: &Order, named: &[&str]) {
    let stopped = shop.order(&order.id).await;
    assert_eq!(stopped.standing.stage, Stage::Stopped(Stop::PlanMissing));
    let error = stopped.error.unwrap();
    assert!(named.iter().all(|name| error.contains(name)), "{error}");
    assert_eq!(listed_for(shop, order).await, ["plan-missing"]);
    let alerts = shop.db.read(|tx| tx.open_alerts(50)).await.unwrap();
    let told = alerts.iter().any(|a| a.kind == "order-stopped" && a.subject == order.id.as_str());
    assert!(told, "{alerts:?}");
    assert!(shop.servers(order).await.is_empty() && shop.purchases() == 0);
}

#[tokio::test]
async fn a_plan_that_is_gone_is_told_and_never_skipped_in_silence() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        shop.sabotaged();
        let product = sells(&shop, NewPlan { stock: None, ..plan("G.8GB", 2_240) }).await;
        let sold = ordered(&shop, &product).await.unwrap().sold.terms;
        let package = PackageId::mint(Timestamp::from_millis(1_790_000_000_000), &Machine);
        let no_plan = Terms { package, ..sold.clone() };
        // Gone when the money comes: the plan, those who sell it, and one who was never ours.
        for (terms, named) in [
            (no_plan.clone(), ["G.8GB", "Frankfurt rack"]),
            (Terms { provider: "hand-gone".into(), ..sold.clone() }, ["G.8GB", "hand-gone"]),
            (Terms { provider: "otherwhere".into(), ..sold }, ["otherwhere", "smartvps"]),
        ] {
            let order = order_of_terms(&shop, &product, terms).await;
            shop.pay(&order).await;
            shop.quiet().await;
            is_told_of_a_missing_plan(&shop, &order, &named).await;
        }
        // Gone when the person comes: nothing is delivered, and the entry is told why.
        let order = waiting(&shop, &product).await;
        let id = order.id.clone();
        let moved = no_plan.clone();
        shop.db
            .write(move |tx| {
                let mut order = tx.lock_order(&id)?;
                let amendment = Amendment {
                    at: tx.now()?,
                    actor: "somebody".into(),
                    reason: "relinked".into(),
                    consent: None,
                    product_name: "G.8GB".into(),
                    terms: moved.clone(),
                    back_minor: 0,
                };
                tx.amend(&mut order, &amendment)
            })
            .await
            .unwrap();
        let text = refused_as(delivered(&shop, &order, "203.0.113.17").await, "not-now");
        assert!(text.contains("G.8GB") && text.contains("Frankfurt rack"), "{text}");
        is_told_of_a_missing_plan(&shop, &order, &["G.8GB", "Frankfurt rack"]).await;
    })
    .await;
}

#[tokio::test]
async fn recovery_finds_who_lost_the_way_to_the_list_and_leaves_the_others() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let product = sells(&shop, plan("G.8GB", 2_240)).await;
        let (lost, waits) = (waiting(&shop, &product).await, waiting(&shop, &product).await);
        assert!(shop.engine.recover(Run::Real, "staff").await.unwrap().is_empty());
        let id = lost.id.clone();
        shop.db.write(move |tx| tx.settle(&id)).await.unwrap();
        let found = shop.engine.recover(Run::Real, "staff").await.unwrap();
        assert_eq!(found.iter().map(|one| &one.order).collect::<Vec<_>>(), [&lost.id]);
        shop.quiet().await;
        for order in [&lost, &waits] {
            assert_eq!(listed_for(&shop, order).await, ["by-hand"]);
        }
    })
    .await;
}

#[tokio::test]
async fn a_diagnosis_needs_no_list_where_there_is_none() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let product = sells(&shop, plan("G.8GB", 2_240)).await;
        let order = waiting(&shop, &product).await;
        let diagnosed = async || shop.engine.diagnose(order.id.as_str()).await.unwrap();
        let Diagnosis { diagnosis, api_error, api_package_found, .. } = diagnosed().await;
        assert!(diagnosis.is_perfect(), "{}", diagnosis.issue);
        assert_eq!((api_error, api_package_found), (None, None));
        assert_eq!((diagnosis.pid_matches, diagnosis.name_matches), (Some(true), None));
        assert_eq!(diagnosis.ip_matches, None);
        delivered(&shop, &order, "203.0.113.17").await.unwrap();
        assert_eq!(diagnosed().await.diagnosis.ip_matches, Some(true));
    })
    .await;
}

#[tokio::test]
async fn a_pause_and_the_latch_stop_people_as_they_stop_machines() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let product = sells(&shop, plan("G.8GB", 2_240)).await;
        let order = waiting(&shop, &product).await;
        shop.engine.pause_provider(RACK, "the rack is on fire", "staff").await.unwrap();
        let text = refused_as(delivered(&shop, &order, "203.0.113.17").await, "not-now");
        assert!(text.contains("on fire"), "{text}");
        shop.engine.resume_provider(RACK, "it is out", "staff").await.unwrap();
        shop.engine.latch("restored from a copy").await.unwrap();
        let text = refused_as(delivered(&shop, &order, "203.0.113.17").await, "not-now");
        assert!(text.contains("restored"), "{text}");
        assert!(shop.engine.pause_provider("hand-other", "x", "staff").await.is_err());
    })
    .await;
}

#[tokio::test]
async fn late_money_revives_what_a_person_delivers_only_while_some_are_left() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let product = sells(&shop, NewPlan { stock: Some(1), ..plan("G.8GB", 2_240) }).await;
        let late = ordered(&shop, &product).await.unwrap();
        shop.later(20 * MINUTE);
        shop.engine.sweep().await.unwrap();
        let other = waiting(&shop, &product).await;
        let reference = "utr-late".to_owned();
        let receipt = Receipt { amount: late.sold.quote.total, reference };
        let owed = shop.engine.mark_paid(&late.id, receipt, "staff").await.unwrap();
        assert_eq!(owed.standing.stage, Stage::Unrevived);
        assert!(matches!(other.standing.stage, Stage::Planned(_)));
    })
    .await;
}
