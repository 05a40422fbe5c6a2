//! What customers have done to their servers: each request leaves once, nothing is called done
//! before it was seen, and what nobody knows is called unknown.

use std::time::Duration;

use domain::errand::{Outcome, Request, Sent, Wish};
use domain::order::Remedy;
use domain::power::Power;
use engine::errand::NewErrand;
use engine::read::{OwnServer, Viewer};
use engine::{Error, Settings};
use sim::smartvps::{Answer, Deed, Lie, Op, Point};
use store::order::Order;

use crate::database::for_each_database;
use crate::support::{SOLD, TestShop, is_delivered, settings, wish};

const MINUTE: Duration = Duration::from_secs(60);

fn of(wish: Wish) -> NewErrand {
    NewErrand { wish, os: None, confirmed: None, seen: None }
}

async fn bought(shop: &TestShop) -> Order {
    let order = shop.buy(SOLD).await;
    assert!(is_delivered(&order), "{:?} {:?}", order.standing, order.error);
    order
}

async fn own(shop: &TestShop, order: &Order) -> OwnServer {
    let owner = Viewer::Owner(shop.customer.clone());
    shop.engine.own_server(&order.id, &owner).await.unwrap().expect("a server of theirs")
}

/// A wish, with its address typed where that is asked for.
async fn asks(shop: &TestShop, order: &Order, new: NewErrand) -> engine::Result<()> {
    let address = own(shop, order).await.address.to_string();
    let new = NewErrand { confirmed: Some(address), ..new };
    shop.engine.ask_errand(&order.id, new, &shop.customer).await.map(|_| ())
}

async fn changes_os(shop: &TestShop, order: &Order, os: &str) {
    let new = NewErrand { os: Some(os.into()), ..of(Wish::ChangeOs) };
    asks(shop, order, new).await.unwrap();
}

/// Lets time pass until the newest errand has ended, and tells how.
async fn ends(shop: &TestShop, order: &Order) -> Outcome {
    ends_at(shop, shop, order).await
}

/// Likewise where another node does the work.
async fn ends_at(node: &TestShop, shop: &TestShop, order: &Order) -> Outcome {
    for _ in 0..120 {
        node.quiet().await;
        let server = own(shop, order).await;
        if let Some(outcome) = server.errands[0].outcome.clone() {
            return outcome;
        }
        shop.later(MINUTE / 4);
    }
    panic!("it never ended: {:?}", shop.jobs().await);
}

/// Has something done to a server, which goes well.
pub async fn done(shop: &TestShop, order: &Order, wish: Wish) {
    asks(shop, order, of(wish)).await.unwrap();
    assert_eq!(ends(shop, order).await, Outcome::Done, "{wish}");
}

async fn requests(shop: &TestShop, order: &Order) -> Vec<(Request, Sent)> {
    own(shop, order).await.errands[0].requests.clone()
}

async fn password(shop: &TestShop, order: &Order) -> Result<String, &'static str> {
    match shop.engine.reveal_credentials(&order.id, "ada").await {
        Ok((_, credentials)) => Ok(credentials.password),
        Err(Error::Refused { slug, .. }) => Err(slug),
        Err(other) => panic!("{other}"),
    }
}

async fn is_alerted(shop: &TestShop, order: &Order) -> bool {
    let id = order.id.clone();
    let found = shop.db.read(move |tx| tx.open_alert("errand-unsettled", id.as_str()));
    found.await.unwrap().is_some()
}

fn slug(result: engine::Result<()>) -> &'static str {
    match result {
        Err(Error::Refused { slug, .. } | Error::Invalid { slug, .. }) => slug,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_restart_is_a_stop_that_was_seen_and_then_a_start() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let order = bought(&shop).await;
        let address = own(&shop, &order).await.address;
        done(&shop, &order, Wish::Restart).await;
        let sent = [(Request::Stop, Sent::Done), (Request::Start, Sent::Done)];
        assert_eq!(requests(&shop, &order).await, sent);
        let server = own(&shop, &order).await;
        assert_eq!(server.power.map(|look| look.power), Some(Power::Running));
        done(&shop, &order, Wish::Stop).await;
        assert!(!shop.upstream.server(address).unwrap().online);
        done(&shop, &order, Wish::Start).await;
        assert!(shop.upstream.server(address).unwrap().online);
        assert!(shop.upstream.requests_per_permit().values().all(|count| *count == 1));
    })
    .await;
}

#[tokio::test]
async fn a_reinstallation_shows_no_sign_in_until_the_new_one_has_passed() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let order = bought(&shop).await;
        let before = password(&shop, &order).await.unwrap();
        shop.upstream.set(|settings| settings.password_delay_ms = 300_000);
        asks(&shop, &order, of(Wish::Reinstall)).await.unwrap();
        shop.quiet().await;
        assert_eq!(requests(&shop, &order).await, [(Request::Format, Sent::Done)]);
        assert_eq!(password(&shop, &order).await, Err("credentials-pending"));
        assert!(!own(&shop, &order).await.has_sign_in);
        shop.upstream.advance(300_000);
        assert_eq!(ends(&shop, &order).await, Outcome::Done);
        let after = password(&shop, &order).await.unwrap();
        assert_ne!(before, after);
        assert!(!is_alerted(&shop, &order).await);
    })
    .await;
}

#[tokio::test]
async fn another_system_is_chosen_and_then_installed() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let order = bought(&shop).await;
        changes_os(&shop, &order, "centos").await;
        assert_eq!(ends(&shop, &order).await, Outcome::Done);
        let sent = [(Request::ChangeOs, Sent::Done), (Request::Format, Sent::Done)];
        assert_eq!(requests(&shop, &order).await, sent);
        let server = own(&shop, &order).await;
        assert_eq!(server.os.map(|os| os.code()), Some("centos"));
        assert_eq!(shop.upstream.server(server.address).unwrap().os, "CentOS 7");
        // The same system again needs no choice.
        done(&shop, &order, Wish::Reinstall).await;
        assert_eq!(requests(&shop, &order).await, [(Request::Format, Sent::Done)]);
    })
    .await;
}

#[tokio::test]
async fn a_refusal_in_band_ends_it_and_nothing_has_changed() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let order = bought(&shop).await;
        let before = password(&shop, &order).await.unwrap();
        for (wish, op) in [
            (Wish::Stop, Op::Stop),
            (Wish::Restart, Op::Stop),
            (Wish::Start, Op::Start),
            (Wish::Reinstall, Op::Format),
        ] {
            shop.upstream.next(op, Lie::of(Deed::Refuse));
            asks(&shop, &order, of(wish)).await.unwrap();
            assert_eq!(ends(&shop, &order).await, Outcome::Refused, "{wish}");
            assert_eq!(requests(&shop, &order).await.len(), 1, "{wish}");
            assert_eq!(password(&shop, &order).await.as_ref(), Ok(&before), "{wish}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_lost_answer_is_made_good_by_what_the_server_shows() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let order = bought(&shop).await;
        let before = password(&shop, &order).await.unwrap();
        shop.upstream.next(Op::Stop, Lie::answering(Answer::Lost));
        done(&shop, &order, Wish::Restart).await;
        shop.upstream.next(Op::Format, Lie::answering(Answer::Lost));
        done(&shop, &order, Wish::Reinstall).await;
        assert_ne!(password(&shop, &order).await.unwrap(), before);
        assert!(shop.upstream.requests_per_permit().values().all(|count| *count == 1));
    })
    .await;
}

#[tokio::test]
async fn what_was_never_heard_nor_seen_ends_as_unknown() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let order = bought(&shop).await;
        let before = password(&shop, &order).await.unwrap();
        let lost = || Lie::answering(Answer::Lost).without_the_deed();
        shop.upstream.next(Op::Stop, lost());
        asks(&shop, &order, of(Wish::Restart)).await.unwrap();
        shop.quiet().await;
        // Until the end of its tail it may still come to pass.
        assert_eq!(slug(asks(&shop, &order, of(Wish::Start)).await), "server-busy");
        assert_eq!(ends(&shop, &order).await, Outcome::Unknown);
        let gone = [(Request::Stop, Sent::Unheard { tail_is_over: true })];
        assert_eq!(requests(&shop, &order).await, gone, "nothing is started by itself");
        assert!(is_alerted(&shop, &order).await);

        shop.upstream.next(Op::Format, lost());
        asks(&shop, &order, of(Wish::Reinstall)).await.unwrap();
        shop.quiet().await;
        assert_eq!(password(&shop, &order).await, Err("credentials-pending"));
        assert_eq!(ends(&shop, &order).await, Outcome::Unknown);
        // Its tail is over and the password is the one before: it can be shown again.
        assert_eq!(password(&shop, &order).await.unwrap(), before);

        done(&shop, &order, Wish::Restart).await;
        assert!(!is_alerted(&shop, &order).await);
    })
    .await;
}

#[tokio::test]
async fn a_provider_that_answers_no_look_leaves_an_errand_unknown_and_the_server_free() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let order = bought(&shop).await;
        shop.upstream.always(Op::Status, Lie::status(500));
        asks(&shop, &order, of(Wish::Stop)).await.unwrap();
        assert_eq!(ends(&shop, &order).await, Outcome::Unknown);
        assert_eq!(requests(&shop, &order).await, [(Request::Stop, Sent::Done)]);
        assert!(is_alerted(&shop, &order).await);
        shop.upstream.stop(Op::Status, None);
        done(&shop, &order, Wish::Restart).await;
        assert!(!is_alerted(&shop, &order).await);
    })
    .await;
}

#[tokio::test]
async fn an_installation_that_is_only_claimed_shows_no_old_sign_in() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let order = bought(&shop).await;
        shop.upstream.next(Op::Format, Lie::of(Deed::Nothing));
        asks(&shop, &order, of(Wish::Reinstall)).await.unwrap();
        shop.quiet().await;
        assert_eq!(password(&shop, &order).await, Err("credentials-pending"));
        shop.later(61 * MINUTE);
        assert_eq!(ends(&shop, &order).await, Outcome::Unknown);
        assert!(is_alerted(&shop, &order).await);
        assert_eq!(password(&shop, &order).await, Err("credentials-pending"));
        // It can be asked for again, and then it is done.
        done(&shop, &order, Wish::Reinstall).await;
        password(&shop, &order).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_sign_in_that_comes_too_late_passes_its_verdict_when_somebody_looks() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let order = bought(&shop).await;
        shop.upstream.set(|settings| settings.password_delay_ms = 7_200_000);
        asks(&shop, &order, of(Wish::Reinstall)).await.unwrap();
        shop.quiet().await;
        shop.later(61 * MINUTE);
        assert_eq!(ends(&shop, &order).await, Outcome::Unknown);
        let server = own(&shop, &order).await.id;
        shop.engine.ask_power(&server).await.unwrap();
        shop.quiet().await;
        assert_eq!(password(&shop, &order).await, Err("credentials-pending"));
        shop.upstream.advance(7_200_000);
        shop.engine.ask_power(&server).await.unwrap();
        shop.quiet().await;
        password(&shop, &order).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn another_system_than_the_one_asked_for_is_called_wrong() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let order = bought(&shop).await;
        shop.upstream.always(Op::Status, Lie::of(Deed::OtherOs));
        changes_os(&shop, &order, "ubuntu").await;
        let outcome = ends(&shop, &order).await;
        assert!(matches!(outcome, Outcome::Wrong(_)), "{outcome:?}");
        assert!(is_alerted(&shop, &order).await);
        assert_eq!(password(&shop, &order).await, Err("credentials-pending"));
        shop.upstream.stop(Op::Status, None);
    })
    .await;
}

#[tokio::test]
async fn nothing_is_wiped_where_the_choice_of_the_system_was_not_heard() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let order = bought(&shop).await;
        let before = password(&shop, &order).await.unwrap();
        shop.upstream.next(Op::Changeos, Lie::answering(Answer::Lost));
        changes_os(&shop, &order, "centos").await;
        assert_eq!(ends(&shop, &order).await, Outcome::Unknown);
        assert_eq!(requests(&shop, &order).await.len(), 1);
        assert_eq!(password(&shop, &order).await.unwrap(), before);
        // The provider has chosen CentOS: a plain reinstallation says again which system it is.
        let was = own(&shop, &order).await.os;
        done(&shop, &order, Wish::Reinstall).await;
        let kinds: Vec<Request> = requests(&shop, &order).await.iter().map(|one| one.0).collect();
        assert_eq!(kinds, [Request::ChangeOs, Request::Format]);
        assert_eq!(own(&shop, &order).await.os, was);
    })
    .await;
}

#[tokio::test]
async fn a_late_answer_leads_an_errand_on() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let order = bought(&shop).await;
        shop.upstream.hold(Op::Changeos, Point::After, Some(1));
        changes_os(&shop, &order, "centos").await;
        shop.upstream.wait_for_held(1).await;
        let unheard = (Request::ChangeOs, Sent::Unheard { tail_is_over: false });
        shop.until(async || requests(&shop, &order).await == [unheard]).await;
        shop.upstream.release();
        let heard = (Request::ChangeOs, Sent::Done);
        shop.until(async || requests(&shop, &order).await[0] == heard).await;
        assert_eq!(ends(&shop, &order).await, Outcome::Done);
        assert_eq!(own(&shop, &order).await.os.map(|os| os.code()), Some("centos"));
    })
    .await;
}

#[tokio::test]
async fn of_two_presses_at_once_one_counts() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let order = bought(&shop).await;
        let presses = (0..4).map(|_| asks(&shop, &order, of(Wish::Restart)));
        let results = futures_util::future::join_all(presses).await;
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
        assert_eq!(ends(&shop, &order).await, Outcome::Done);
        assert_eq!(own(&shop, &order).await.errands.len(), 1);
        // Whoever saw the page before it ended is told so.
        let stale = NewErrand { seen: Some(String::new()), ..of(Wish::Stop) };
        assert_eq!(slug(asks(&shop, &order, stale).await), "stale-version");
        let newest = own(&shop, &order).await.errands[0].id.to_string();
        let fresh = NewErrand { seen: Some(newest), ..of(Wish::Stop) };
        asks(&shop, &order, fresh).await.unwrap();
        assert_eq!(ends(&shop, &order).await, Outcome::Done);
    })
    .await;
}

#[tokio::test]
async fn a_server_is_operated_by_its_customer_alone_and_while_it_is_theirs() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let order = bought(&shop).await;
        let stranger = shop.another_customer().await;
        let by = async |account| shop.engine.ask_errand(&order.id, of(Wish::Stop), account).await;
        assert!(matches!(by(&stranger).await, Err(Error::Missing { .. })));
        let unconfirmed = shop.engine.ask_errand(&order.id, of(Wish::Reinstall), &shop.customer);
        assert_eq!(slug(unconfirmed.await.map(|_| ())), "not-confirmed");
        let unnamed = shop.engine.ask_errand(&order.id, of(Wish::ChangeOs), &shop.customer);
        assert_eq!(slug(unnamed.await.map(|_| ())), "invalid-os");
        let waits = shop.order_of(SOLD).await.unwrap();
        let early = shop.engine.ask_errand(&waits.id, of(Wish::Stop), &shop.customer).await;
        assert_eq!(slug(early.map(|_| ())), "not-delivered");
        shop.remedy(&order, wish(Remedy::Refund)).await.unwrap();
        assert_eq!(slug(by(&shop.customer).await.map(|_| ())), "server-over");
        assert_eq!(shop.upstream.counts().arrived(Op::Stop), 0);
    })
    .await;
}

#[tokio::test]
async fn a_server_that_was_taken_back_gets_no_request_that_was_planned() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let order = bought(&shop).await;
        // Planned, and kept from being sent.
        shop.engine.pause_provider("smartvps", "a test", "staff").await.unwrap();
        let refused = asks(&shop, &order, of(Wish::Stop)).await;
        assert_eq!(slug(refused), "provider-paused");
        shop.engine.resume_provider("smartvps", "a test", "staff").await.unwrap();
        shop.upstream.hold(Op::Stop, Point::Before, Some(1));
        asks(&shop, &order, of(Wish::Restart)).await.unwrap();
        shop.upstream.wait_for_held(1).await;
        shop.remedy(&order, wish(Remedy::Refund)).await.unwrap();
        shop.upstream.release();
        shop.quiet().await;
        shop.later(MINUTE);
        shop.quiet().await;
        assert_eq!(shop.upstream.counts().arrived(Op::Start), 0, "a stray is not started");
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_sent_for_minutes_is_not_sent_any_more() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let order = bought(&shop).await;
        let before = password(&shop, &order).await.unwrap();
        shop.engine.stop_working();
        asks(&shop, &order, of(Wish::Stop)).await.unwrap();
        // Nobody does it for an hour: whoever pressed does not wait for it any more.
        shop.later(60 * MINUTE);
        let node = shop.another_node(db).await;
        assert_eq!(ends_at(&node, &shop, &order).await, Outcome::NotSent);
        // Planned, and then kept back: likewise.
        asks(&shop, &order, of(Wish::Reinstall)).await.unwrap();
        shop.engine.pause_provider("smartvps", "a test", "staff").await.unwrap();
        assert_eq!(ends_at(&node, &shop, &order).await, Outcome::NotSent);
        assert_eq!(requests(&shop, &order).await, [(Request::Format, Sent::NotSent)]);
        assert_eq!(password(&shop, &order).await.unwrap(), before);
        assert_eq!(
            shop.upstream.counts().arrived(Op::Stop) + shop.upstream.counts().arrived(Op::Format),
            0
        );
    })
    .await;
}

#[tokio::test]
async fn power_is_told_with_its_moment_and_never_guessed() {
    for_each_database(async |db| {
        let shop = TestShop::open(db).await;
        let order = bought(&shop).await;
        let server = own(&shop, &order).await;
        assert_eq!(server.power, None);
        assert!(server.power_due);
        shop.engine.ask_power(&server.id).await.unwrap();
        shop.quiet().await;
        let seen = own(&shop, &order).await;
        assert_eq!(seen.power.map(|look| look.power), Some(Power::Running));
        assert!(!seen.power_due && !seen.asking);
        shop.later(MINUTE);
        assert!(own(&shop, &order).await.power_due);
        for lie in [Lie::of(Deed::OtherAddress), Lie::of(Deed::Refuse), Lie::status(500)] {
            shop.upstream.next(Op::Status, lie);
            shop.engine.ask_power(&server.id).await.unwrap();
            shop.quiet().await;
            let unsure = own(&shop, &order).await;
            assert_eq!(unsure.power.map(|look| look.power), Some(Power::Unknown));
        }
        // What was told before a request left is no news of what came of it.
        shop.engine.ask_power(&server.id).await.unwrap();
        shop.quiet().await;
        shop.upstream.hold(Op::Stop, Point::Before, Some(1));
        asks(&shop, &order, of(Wish::Stop)).await.unwrap();
        shop.upstream.wait_for_held(1).await;
        assert_eq!(own(&shop, &order).await.power, None);
        shop.upstream.release();
        assert_eq!(ends(&shop, &order).await, Outcome::Done);
        let stopped = own(&shop, &order).await;
        assert_eq!(stopped.power.map(|look| look.power), Some(Power::Stopped));
    })
    .await;
}

#[tokio::test]
async fn an_errand_whose_node_died_is_led_on_by_another() {
    for_each_database(async |db| {
        let quick = Settings { claim_for: Duration::from_secs(3), ..settings() };
        let shop = TestShop::open_with(db, quick, vec![(SOLD, 50)]).await;
        let order = bought(&shop).await;
        shop.upstream.hold(Op::Stop, Point::After, Some(1));
        asks(&shop, &order, of(Wish::Restart)).await.unwrap();
        shop.upstream.wait_for_held(1).await;
        let node = shop.another_node(db).await;
        shop.engine.stop_working();
        shop.upstream.release();
        assert_eq!(ends_at(&node, &shop, &order).await, Outcome::Done);
    })
    .await;
}
