//! Orders: frozen when they are made, moved by one cause once, amended beside the frozen copy.

use domain::id::OrderId;
use domain::order::{Closed, Event, Stage, Stop, step};
use domain::package::Ram;
use store::db::StoreError;
use store::job::{Kind, job_id};
use store::order::{Amendment, Extras, Order};

use super::given::{self, MINUTE, done, moved, refused, rupees, stale, tried};
use crate::support::{TestDb, for_each_database};

async fn read(shop: &TestDb, id: &OrderId) -> Order {
    let id = id.clone();
    done(shop, move |tx| tx.order(&id)).await
}

#[tokio::test]
async fn an_order_is_read_back_as_it_was_made() {
    for_each_database(async |shop| {
        let package = given::package(shop, "91", 9).await;
        let order = given::ordered(shop, &package).await;
        let found = read(shop, &order.id).await;
        assert_eq!(found.sold, order.sold);
        assert_eq!(found.standing, order.standing);
        assert_eq!((found.version, found.created_at), (1, order.created_at));
        let number = order.number.clone();
        let by_number = done(shop, move |tx| tx.order_by_number(&number)).await;
        assert_eq!(by_number.map(|found| found.id), Some(order.id.clone()));
        let unknown = OrderId::parse("ord_01J0000000000000000000000A").unwrap();
        let id = unknown.clone();
        assert!(done(shop, move |tx| tx.lookup_order(&id)).await.is_none());
        let missing = tried(shop, move |tx| tx.lock_order(&unknown)).await;
        assert!(matches!(missing, Err(StoreError::Missing { what: "order", .. })));
        // Its making is the first line of its history, and it cannot be made twice.
        let id = order.id.clone();
        let past = done(shop, move |tx| tx.happenings(&id)).await;
        assert_eq!((past.len(), past[0].seq, past[0].kind.as_str()), (1, 1, "ordered"));
        assert_eq!((past[0].stage.as_str(), past[0].actor.as_str()), ("unpaid", "ada"));
        assert!(refused(&tried(shop, move |tx| tx.insert_order(&order, "eve")).await));
    })
    .await;
}

#[tokio::test]
async fn the_same_cause_moves_an_order_once() {
    for_each_database(async |shop| {
        let package = given::package(shop, "91", 9).await;
        let order = given::ordered(shop, &package).await;
        let (first, second) = (given::attempt_id(shop), given::attempt_id(shop));
        let (id, attempt) = (order.id.clone(), first.clone());
        done(shop, move |tx| {
            let mut order = tx.lock_order(&id)?;
            let event = Event::Paid { attempt: attempt.clone() };
            given::step_in(tx, &mut order, &event, "payment:1")
        })
        .await;
        let (id, attempt) = (order.id.clone(), second.clone());
        let again = tried(shop, move |tx| {
            let mut order = tx.lock_order(&id)?;
            let event = Event::Reprovisioned { attempt: attempt.clone() };
            given::step_in(tx, &mut order, &event, "payment:1")
        })
        .await;
        assert!(refused(&again), "{again:?}");
        let found = read(shop, &order.id).await;
        assert_eq!((found.version, found.standing.stage), (2, Stage::Planned(first)));
        assert!(found.paid_at.is_some());
        let id = order.id.clone();
        assert!(done(shop, move |tx| tx.has_happened(&id, "payment:1")).await);
        let id = order.id.clone();
        assert!(!done(shop, move |tx| tx.has_happened(&id, "payment:2")).await);
        let gone = second.clone();
        assert!(done(shop, move |tx| tx.lookup_attempt(gone.as_str())).await.is_none());
        let job = job_id(Kind::Purchase, second.as_str());
        assert!(!done(shop, move |tx| tx.has_job(&job)).await, "nothing of the second try stands");
    })
    .await;
}

#[tokio::test]
async fn who_read_an_older_version_moves_nothing() {
    for_each_database(async |shop| {
        let package = given::package(shop, "91", 9).await;
        let old = given::ordered(shop, &package).await;
        let (now, attempt) = given::paid(shop, &old).await;
        let late = tried(shop, move |tx| {
            let mut order = old.clone();
            given::step_in(tx, &mut order, &Event::Cancelled, "cancel")
        })
        .await;
        assert!(stale(&late), "{late:?}");
        let found = read(shop, &now.id).await;
        assert_eq!(found.standing.stage, Stage::Planned(attempt));
        let id = now.id.clone();
        assert_eq!(done(shop, move |tx| tx.happenings(&id)).await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn several_moves_of_one_cause_are_one_change() {
    for_each_database(async |shop| {
        let package = given::package(shop, "91", 9).await;
        let (order, server) =
            given::verifying(shop, &given::ordered(shop, &package).await, given::HERE).await;
        let id = order.id.clone();
        let after = done(shop, move |tx| {
            let mut order = tx.lock_order(&id)?;
            let matched = step(&order.standing, &Event::Matched).unwrap();
            let delivered = step(&matched.next, &Event::Delivered).unwrap();
            let moves = [(Event::Matched, matched), (Event::Delivered, delivered)];
            let extras =
                Extras { error: Some(Some(("all".into(), "little".into()))), ..Extras::default() };
            tx.record(&mut order, &moves, &given::cause("verdict:1"), &extras)?;
            tx.record(&mut order, &[], &given::cause("nothing"), &extras)?;
            Ok(order)
        })
        .await;
        let found = read(shop, &order.id).await;
        assert_eq!(found.version, order.version + 2);
        assert_eq!(found.standing.stage, Stage::Delivered(server));
        assert_eq!((found.delivered_at, found.sold_until), (after.delivered_at, after.sold_until));
        assert_eq!(found.sold_until, found.delivered_at.map(|at| found.sold.until(at)));
        assert_eq!(
            (found.error.as_deref(), found.public_error.as_deref()),
            (Some("all"), Some("little"))
        );
        let id = order.id.clone();
        let both = done(shop, move |tx| {
            Ok([tx.has_happened(&id, "verdict:1")?, tx.has_happened(&id, "verdict:1+1")?])
        })
        .await;
        assert_eq!(both, [true, true]);
    })
    .await;
}

#[tokio::test]
async fn a_reservation_ends_by_the_databases_clock() {
    for_each_database(async |shop| {
        let package = given::package(shop, "91", 9).await;
        let order = given::ordered(shop, &package).await;
        let account = order.account.clone();
        let held = async |shop: &TestDb| {
            let (account, package) = (account.clone(), package.id.clone());
            done(shop, move |tx| {
                let demand = tx.count_for_order((&account, &package), 0, "selling_stopped")?;
                Ok((demand.reserved, tx.reservations_over(10)?.len()))
            })
            .await
        };
        assert_eq!(held(shop).await, (1, 0));
        let (mut longer, until) = (order.clone(), order.created_at + 20 * MINUTE);
        done(shop, move |tx| tx.reserve_until(&mut longer, until)).await;
        shop.clock.step(16 * MINUTE);
        assert_eq!(held(shop).await, (1, 0), "it was made longer");
        shop.clock.step(5 * MINUTE);
        assert_eq!(held(shop).await, (0, 1));
        let closed = moved(shop, &order, Event::ReservationOver).await;
        assert_eq!(closed.standing.stage, Stage::Closed(Closed::ReservationOver));
        assert_eq!(held(shop).await, (0, 0), "it was told");
    })
    .await;
}

#[tokio::test]
async fn amendments_leave_the_frozen_copy() {
    for_each_database(async |shop| {
        let package = given::package(shop, "91", 9).await;
        let other = given::package(shop, "72", 9).await;
        let (order, _) = given::paid(shop, &given::ordered(shop, &package).await).await;
        let same = order.clone();
        let before = done(shop, move |tx| {
            Ok((tx.terms_in_force(&same)?, tx.latest_amendment(&same)?.is_some()))
        })
        .await;
        assert_eq!(before, (order.sold.terms.clone(), false));
        for (terms, why) in [(given::terms(&package), "first"), (given::terms(&other), "second")] {
            let mut terms = terms;
            terms.ram = Ram::gb(16);
            let (id, now) = (order.id.clone(), shop.now().await);
            done(shop, move |tx| {
                let mut order = tx.lock_order(&id)?;
                let amendment = Amendment {
                    at: now,
                    actor: "bob".into(),
                    reason: why.into(),
                    consent: Some("by mail".into()),
                    product_name: "🌊 other".into(),
                    terms: terms.clone(),
                    back_minor: 30_000,
                };
                tx.amend(&mut order, &amendment)
            })
            .await;
        }
        let found = read(shop, &order.id).await;
        assert_eq!((found.sold.clone(), found.amendments), (order.sold.clone(), 2));
        let all = done(shop, {
            let id = order.id.clone();
            move |tx| tx.amendments(&id)
        })
        .await;
        assert_eq!([all[0].reason.as_str(), all[1].reason.as_str()], ["first", "second"]);
        assert_eq!([all[0].back_minor, all[1].back_minor], [30_000; 2]);
        let now = found.clone();
        let (terms, latest, cost) = done(shop, move |tx| {
            let terms = tx.terms_in_force(&now)?;
            let cost = tx.cost_in_force(&now, &terms)?;
            Ok((terms, tx.latest_amendment(&now)?.expect("the second"), cost))
        })
        .await;
        assert_eq!((terms.package.clone(), terms.ram), (other.id.clone(), Ram::gb(16)));
        assert_eq!((latest.reason.as_str(), latest.terms), ("second", terms));
        assert_eq!(cost, None);
        // What the formula counts follows the terms in force.
        for (package, holds) in [(package.id, false), (other.id, true)] {
            let open = done(shop, move |tx| tx.open_orders_of(&package)).await;
            assert_eq!(open.contains(&order.id), holds);
        }
        assert_eq!(found.sold.quote.total, rupees(999));
    })
    .await;
}

#[tokio::test]
async fn orders_are_listed_newest_first_and_by_stage() {
    for_each_database(async |shop| {
        let package = given::package(shop, "91", 9).await;
        let mut made = Vec::new();
        for _ in 0..5 {
            shop.clock.step(MINUTE);
            made.push(given::ordered(shop, &package).await);
        }
        let mut pages = Vec::new();
        let mut after: Option<Order> = None;
        loop {
            let last = after.clone();
            let page = done(shop, move |tx| {
                let after = last.as_ref().map(|order| (order.created_at, order.id.as_str()));
                tx.orders(None, after, 2)
            })
            .await;
            let Some(last) = page.last().cloned() else { break };
            pages.extend(page.into_iter().map(|order| order.id));
            after = Some(last);
        }
        let newest: Vec<OrderId> = made.iter().rev().map(|order| order.id.clone()).collect();
        assert_eq!(pages, newest);
        let account = made[2].account.clone();
        let own = done(shop, move |tx| tx.orders(Some(&account), None, 10)).await;
        assert_eq!(own.iter().map(|order| &order.id).collect::<Vec<_>>(), [&made[2].id]);

        let (first, _) = given::paid(shop, &made[0]).await;
        shop.clock.step(MINUTE);
        let (second, _) = given::paid(shop, &made[1]).await;
        moved(shop, &made[2], Event::Cancelled).await;
        moved(shop, &second, Event::Stopped(Stop::NoStock)).await;
        let counts =
            done(shop, |tx| Ok((tx.count_orders()?, tx.count_orders_in(&["planned", "unpaid"])?)))
                .await;
        let pair = |word: &str, count: i64| (word.to_owned(), count);
        let some = vec![pair("planned", 1), pair("unpaid", 2)];
        assert_eq!(counts.1, some);
        assert_eq!(counts.0.len(), 4);
        assert!(counts.0.contains(&pair("stopped", 1)) && counts.0.contains(&pair("cancelled", 1)));
        let id = first.id.clone();
        let rest =
            done(shop, move |tx| tx.orders_in(&["planned", "stopped"], id.as_str(), 10)).await;
        assert_eq!(rest.len(), 1, "one of the two comes after the first");
        assert_eq!(rest[0].standing.stage, Stage::Stopped(Stop::NoStock));
    })
    .await;
}

#[tokio::test]
async fn whoever_has_a_server_of_a_package_is_found() {
    for_each_database(async |shop| {
        let (package, other) =
            (given::package(shop, "91", 9).await, given::package(shop, "92", 9).await);
        given::paid(shop, &given::ordered(shop, &package).await).await;
        let mut sold = Vec::new();
        for (package, last) in [(&package, 1), (&package, 2), (&other, 3)] {
            let address = std::net::Ipv4Addr::new(103, 181, 91, last);
            let order = given::ordered(shop, package).await;
            let (order, _) = given::verifying(shop, &order, address).await;
            let order = moved(shop, &order, Event::Matched).await;
            sold.push(moved(shop, &order, Event::Delivered).await.id);
        }
        let found = async |limit| {
            let id = package.id.clone();
            done(shop, move |tx| tx.delivered_of_package(&id, limit)).await
        };
        assert_eq!(found(10).await, sold[..2]);
        assert_eq!(found(1).await, sold[..1]);
    })
    .await;
}

#[tokio::test]
async fn orders_are_found_by_number_name_and_delivered_address_alone() {
    for_each_database(async |shop| {
        let package = given::package(shop, "91", 9).await;
        let first = given::ordered(shop, &package).await;
        let (first, _) = given::verifying(shop, &first, given::HERE).await;
        let account = first.account.clone();
        let found = async |stages: &'static [&'static str], text: &str| {
            let (account, text) = (account.clone(), text.to_owned());
            let found = move |tx: &mut store::db::Tx<'_>| {
                tx.orders_that_hold(&account, (stages, &text), None, 10)
            };
            given::done(shop, found).await.len()
        };
        assert_eq!(found(&[], "").await, 1);
        assert_eq!(found(&[], &first.number.to_lowercase()).await, 1);
        assert_eq!(found(&["verifying"], "").await, 1);
        assert_eq!(found(&["delivered", "unpaid"], "").await, 0);
        assert_eq!(found(&[], "103.181.91.50").await, 0, "it is not delivered yet");
        let first = given::moved(shop, &first, Event::Matched).await;
        given::moved(shop, &first, Event::Delivered).await;
        assert_eq!(found(&["delivered"], "91.50").await, 1);
        for odd in ["%", "_", "!", "\\"] {
            assert_eq!(found(&[], odd).await, 0, "{odd:?} is a letter like others");
        }
    })
    .await;
}
