//! What comes after the deeds: pages of many orders, what is due, what was lost on the way, and
//! whether the books add up.

use std::net::Ipv4Addr;

use domain::clock::{Clock, Timestamp};
use domain::id::{OperationId, PackageId, PaymentId, ServerId};
use domain::ledger::{Account as Side, Entry};
use domain::money::Money;
use domain::order::{Event, Stage, Stop, Terms};
use domain::package::{Package, Ram};
use store::alert::REFUND_ASKED;
use store::attempt::NewAnswer;
use store::db::StoreError;
use store::job::{Kind, NewJob, job_id};
use store::order::{Amendment, Order};
use store::payment::Purpose;

use super::given::{
    HERE, MINUTE, attempt_id, broken, done, dossier, moved, ordered, package, paid, permitted,
    rupees, verifying,
};
use crate::support::{TestDb, for_each_database};

/// Delivered at the address.
async fn delivered(shop: &TestDb, order: &Order, address: Ipv4Addr) -> (Order, ServerId) {
    let (order, server) = verifying(shop, order, address).await;
    let order = moved(shop, &order, Event::Matched).await;
    (moved(shop, &order, Event::Delivered).await, server)
}

/// An order of a package of its own, and not paid.
async fn sold(shop: &TestDb, pid: &str) -> Order {
    ordered(shop, &package(shop, pid, 50).await).await
}

async fn drop_job(shop: &TestDb, kind: Kind, subject: &str) {
    let subject = subject.to_owned();
    done(shop, move |tx| tx.drop_job(kind, &subject)).await;
}

#[tokio::test]
async fn a_turn_is_taken_by_one_node_and_not_before_its_time() {
    for_each_database(async |shop| {
        let other = shop.another_node().await;
        let due =
            async || shop.db.read(|tx| tx.is_turn_due("audit", MINUTE)).await.expect(shop.kind);
        assert!(due().await);
        assert!(done(shop, |tx| tx.take_turn("audit", MINUTE)).await);
        assert!(!other.write(|tx| tx.take_turn("audit", MINUTE)).await.expect(shop.kind));
        assert!(!due().await);
        assert!(done(shop, |tx| tx.take_turn("forget", MINUTE)).await);
        shop.clock.step(MINUTE);
        assert!(due().await);
        assert!(other.write(|tx| tx.take_turn("audit", MINUTE)).await.expect(shop.kind));
    })
    .await;
}

fn amendment(at: Timestamp, terms: Terms) -> Amendment {
    Amendment {
        at,
        actor: "staff".into(),
        reason: "agreed".into(),
        consent: Some("by mail".into()),
        product_name: "🌊 103.181.91".into(),
        terms,
        back_minor: 0,
    }
}

#[tokio::test]
async fn what_pages_show_of_many_orders_is_asked_once() {
    for_each_database(async |shop| {
        let first = package(shop, "91", 50).await;
        let one = ordered(shop, &first).await;
        let two = ordered(shop, &first).await;
        let (two, server) = delivered(shop, &two, HERE).await;
        let (amended, total) = (two.id.clone(), one.sold.quote.total);
        let payment = PaymentId::mint(shop.clock.now(), &shop.chance);
        let (new, of) = (payment.clone(), Purpose::Order(one.id.clone()));
        done(shop, move |tx| {
            tx.insert_payment(&new, &of, "cashfree", total)?;
            let mut order = tx.lock_order(&amended)?;
            for ram in [4, 16] {
                let terms = Terms { ram: Ram::gb(ram), ..order.sold.terms.clone() };
                let amendment = amendment(tx.now()?, terms);
                tx.amend(&mut order, &amendment)?;
            }
            Ok(())
        })
        .await;

        let (ids, packages) = (vec![one.id.clone(), two.id.clone()], vec![first.id.clone()]);
        done(shop, move |tx| {
            assert_eq!(tx.orders_of_ids(&ids)?.len(), 2);
            assert!(tx.orders_of_ids(&[])?.is_empty());
            let moments = tx.moments_of(&ids)?;
            let kinds: Vec<&str> =
                moments.iter().filter(|m| m.order == ids[1]).map(|m| m.kind.as_str()).collect();
            let story = ["ordered", "paid", "permitted", "answered", "matched", "delivered"];
            assert_eq!(kinds, story);
            let latest = tx.latest_amendments_of(&ids)?;
            assert_eq!(latest.len(), 1);
            assert_eq!(latest[&ids[1]].terms.ram, Ram::gb(16));
            assert_eq!(tx.payments_of(&ids)?[0].id, payment);
            assert_eq!(tx.servers_of(&ids)?[0].id, server);
            let products = tx.first_products_of(&packages)?;
            let sold = tx.products_of_package(&packages[0])?;
            assert_eq!(products[&packages[0]], sold[0].product.id);
            assert!(tx.first_products_of(&[])?.is_empty());
            Ok(())
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn a_choice_is_offered_once_per_unheard_purchase() {
    for_each_database(async |shop| {
        let sold = package(shop, "91", 50).await;
        let order = ordered(shop, &sold).await;
        let (order, attempt) = permitted(shop, &order).await;
        let order = moved(shop, &order, Event::WentUnheard).await;
        let due = async || done(shop, |tx| tx.offers_due(30 * MINUTE, 10)).await;
        assert!(due().await.is_empty());
        shop.clock.step(31 * MINUTE);
        assert_eq!(due().await, std::slice::from_ref(&order.id));
        let order = moved(shop, &order, Event::Offered).await;
        assert!(order.offered_at.is_some());
        assert!(due().await.is_empty());

        let first = attempt.clone();
        let told = dossier(shop, &order.id).await;
        let known = &told.evidence[0];
        assert_eq!(known.attempt, first);
        assert_eq!((known.reading_number, known.stock_seen), (Some(7), Some(50)));
        assert!(known.went_unheard_at.is_some() && known.stock_now.is_some());
        // The neighbour's package is another one with the same number.
        let id = PackageId::mint(shop.clock.now(), &shop.chance);
        let neighbour = ordered(shop, &Package { id, ..sold.clone() }).await;
        let (_, theirs) = permitted(shop, &neighbour).await;
        let third = ordered(shop, &sold).await;
        let (_, same) = permitted(shop, &third).await;
        done(shop, move |tx| {
            let (mine, now) = (tx.attempt(&attempt)?, tx.now()?);
            let around = (now - 60 * MINUTE, now);
            let beside = tx.attempts_beside(&mine, around, 9)?;
            let told: Vec<_> = beside.iter().map(|(one, number)| (&one.id, number)).collect();
            let (theirs, same) = ((&theirs, &neighbour.number), (&same, &third.number));
            assert_eq!(told, [same, theirs], "what is of the same package comes first");
            let first = tx.attempts_beside(&mine, around, 1)?;
            assert_eq!(&first[0].0.id, same.0);
            let elsewhere = store::attempt::Attempt { provider: "another".into(), ..mine };
            assert!(tx.attempts_beside(&elsewhere, around, 9)?.is_empty());
            Ok(())
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn terms_and_addresses_end_by_the_databases_clock() {
    for_each_database(async |shop| {
        let order = sold(shop, "91").await;
        let (order, server) = delivered(shop, &order, HERE).await;
        assert!(done(shop, |tx| tx.terms_over(10)).await.is_empty());
        shop.clock.step(31 * 24 * 60 * MINUTE);
        assert_eq!(done(shop, |tx| tx.terms_over(10)).await, std::slice::from_ref(&order.id));
        let order = moved(shop, &order, Event::TermOver).await;
        assert_eq!(order.standing.stage, Stage::Terminated);
        assert!(done(shop, |tx| tx.terms_over(10)).await.is_empty());

        done(shop, move |tx| {
            let now = tx.now()?;
            let read = tx.server(&server)?;
            assert!(tx.servers_past_end(now, "", 10)?.is_empty());
            tx.note_expiry(&read, now - MINUTE, Some("a minute ago"))?;
            let past = tx.servers_past_end(now, "", 10)?;
            assert_eq!((past.len(), &past[0].id), (1, &server));
            assert!(tx.servers_past_end(now, server.as_str(), 10)?.is_empty());
            assert_eq!(tx.count_servers()?, [("delivered".to_owned(), 1)]);
            Ok(())
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn alerts_end_with_their_trouble_and_owed_money_is_not_forgotten() {
    for_each_database(async |shop| {
        let order = sold(shop, "91").await;
        let (order, _) = paid(shop, &order).await;
        let order = moved(shop, &order, Event::Stopped(Stop::NoStock)).await;
        let (id, customer) = (order.id.clone(), order.account.clone());
        done(shop, move |tx| {
            for kind in ["order-stopped", "money-owed", "stray", "purchase-failed"] {
                tx.raise_alert(kind, id.as_str(), "a trouble")?;
            }
            let owed = Side::Owed(customer.clone());
            tx.post(Some(&id), &Entry::moved("too much", owed, Side::Bank, rupees(1)))
        })
        .await;
        let over = async || done(shop, |tx| tx.alerts_over(10)).await;
        let subject = order.id.to_string();
        let found = over().await;
        let expected = ["stray", "purchase-failed"].map(|kind| (kind.to_owned(), subject.clone()));
        assert_eq!(found, expected);
        let about = subject.clone();
        assert!(done(shop, move |tx| tx.resolve_alert_that_is_over("stray", &about)).await);
        let about = subject.clone();
        assert!(
            !done(shop, move |tx| tx.resolve_alert_that_is_over("order-stopped", &about)).await
        );
        assert_eq!(
            done(shop, |tx| tx.owed_and_unlisted(10)).await,
            std::slice::from_ref(&order.id)
        );

        let attempt = attempt_id(shop);
        let order = moved(shop, &order, Event::Recovered { attempt }).await;
        let (id, customer) = (order.id.clone(), order.account.clone());
        done(shop, move |tx| {
            let owed = Side::Owed(customer.clone());
            tx.post(Some(&id), &Entry::moved("paid back", Side::Bank, owed, rupees(1)))
        })
        .await;
        let kinds: Vec<String> = over().await.into_iter().map(|(kind, _)| kind).collect();
        assert_eq!(kinds, ["order-stopped", "money-owed", "purchase-failed"]);
    })
    .await;
}

#[tokio::test]
async fn what_lost_its_job_is_found_and_given_one_that_old_workers_do_not_hold() {
    for_each_database(async |shop| {
        let order = sold(shop, "91").await;
        let (order, attempt) = paid(shop, &order).await;
        let stranded = async || done(shop, |tx| tx.stranded_orders("", 10)).await;
        assert!(stranded().await.is_empty());
        let node = domain::id::NodeId::mint(shop.clock.now(), &shop.chance);
        let held = done(shop, move |tx| tx.claim_jobs(&node, MINUTE, &[], 10)).await;
        drop_job(shop, Kind::Purchase, attempt.as_str()).await;
        let found = stranded().await;
        assert_eq!((&found[0].order, found[0].stage.as_str()), (&order.id, "planned"));
        assert_eq!(found[0].subject, attempt.as_str());

        let (subject, lane) = (attempt.to_string(), format!("buy:{}", found[0].package));
        done(shop, move |tx| {
            let run_at = tx.now()?;
            let job = NewJob { kind: Kind::Purchase, subject: &subject, lane: &lane, run_at };
            tx.put_job_anew(&job)?;
            tx.put_job_anew(&job)
        })
        .await;
        assert!(stranded().await.is_empty());
        let old = held[0].claim.clone();
        let finished = shop.db.write(move |tx| tx.finish_job(&old)).await;
        assert!(matches!(finished, Err(StoreError::Stale(_))), "{finished:?}");
        let subject = attempt.to_string();
        assert!(done(shop, move |tx| tx.has_job(&job_id(Kind::Purchase, &subject))).await);
    })
    .await;
}

#[tokio::test]
async fn answers_operations_and_orders_that_nobody_looks_after_are_found() {
    for_each_database(async |shop| {
        let order = sold(shop, "91").await;
        let (order, attempt) = permitted(shop, &order).await;
        let permit = attempt.to_string();
        done(shop, move |tx| {
            let lost =
                NewAnswer { permit: &permit, kind: "lost", status: None, body: None, reason: None };
            assert!(tx.insert_answer(&lost)?);
            let unread = tx.unread_answers("", 10)?;
            assert_eq!(unread[0].id.as_str(), permit);
            assert!(tx.unread_answers(&permit, 10)?.is_empty());
            Ok(())
        })
        .await;
        let order = moved(shop, &order, Event::WentUnheard).await;
        let (id, unlisted) =
            (order.id.clone(), async || done(shop, |tx| tx.unlisted_orders("", 10)).await);
        assert!(unlisted().await.is_empty());
        done(shop, move |tx| tx.settle(&id)).await;
        assert_eq!(unlisted().await, std::slice::from_ref(&order.id));

        let other = sold(shop, "92").await;
        let (other, server) = delivered(shop, &other, HERE).await;
        let operation = OperationId::mint(shop.clock.now(), &shop.chance);
        done(shop, move |tx| {
            tx.insert_operation(&operation, &server, ("format", None), "staff")?;
            let stranded = tx.stranded_operations("", 10)?;
            assert_eq!((&stranded[0].order, stranded[0].kind.as_str()), (&other.id, "format"));
            assert!(!stranded[0].is_answered);
            assert!(tx.stranded_operations(operation.as_str(), 10)?.is_empty());
            Ok(())
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn the_books_find_what_is_wrong_and_an_audit_reads_the_terms_in_force() {
    for_each_database(async |shop| {
        let order = sold(shop, "91").await;
        let (order, server) = delivered(shop, &order, HERE).await;
        let (id, number) = (order.id.clone(), order.number.clone());
        done(shop, move |tx| {
            let names = [id.to_string(), server.to_string(), "nobody's".to_owned()];
            let behind = tx.orders_behind(&names)?;
            let named = Some(&(id.clone(), number.clone()));
            assert_eq!(names.each_ref().map(|name| behind.get(name)), [named, named, None]);
            assert!(tx.orders_behind(&[])?.is_empty());
            let page = tx.delivered_servers("", 10)?;
            assert_eq!((&page[0].order, page[0].address), (&id, HERE));
            assert_eq!(
                (page[0].package_name.as_str(), page[0].sold_ram),
                ("103.181.91", Ram::gb(8))
            );
            assert!(tx.delivered_servers(id.as_str(), 10)?.is_empty());
            let mut order = tx.lock_order(&id)?;
            let terms = Terms { package_name: "103.182.44".into(), ..order.sold.terms.clone() };
            let amendment = amendment(tx.now()?, terms);
            tx.amend(&mut order, &amendment)?;
            assert_eq!(tx.delivered_servers("", 10)?[0].package_name, "103.182.44");
            Ok(())
        })
        .await;
        // A job for a server that is delivered is only superfluous.
        assert!(broken(shop).await.is_empty());
        let (id, account) = (order.id.clone(), order.account.clone());
        done(shop, move |tx| {
            let entry = Entry::moved("stolen", Side::Owed(account.clone()), Side::Bank, rupees(3));
            tx.post(Some(&id), &entry)?;
            let totals = tx.totals()?;
            let told: Vec<(&str, Money)> =
                totals.iter().map(|total| (total.account.as_str(), total.amount)).collect();
            assert_eq!(told, [("bank", rupees(3)), ("owed", rupees(-3))]);
            Ok(())
        })
        .await;
        assert_eq!(broken(shop).await, [("money-unexplained", order.id.to_string())]);
    })
    .await;
}

#[tokio::test]
async fn a_customers_wish_for_money_is_known_until_it_is_answered_and_its_words_leave_with_them() {
    for_each_database(async |shop| {
        let order = sold(shop, "91").await;
        let (order, _) = delivered(shop, &order, HERE).await;
        let (asks, id) = (order.id.clone(), order.id.to_string());
        assert_eq!(dossier(shop, &order.id).await.refund_asked, None);
        done(shop, move |tx| tx.raise_alert(REFUND_ASKED, asks.as_str(), "ORD-1: I moved")).await;
        let asked = dossier(shop, &order.id).await.refund_asked.expect("it is open");
        assert_eq!((asked.subject.as_str(), asked.text.as_str()), (id.as_str(), "ORD-1: I moved"));

        let account = order.account.clone();
        done(shop, move |tx| tx.close_account(&account, "ada@example.com", "Closed")).await;
        let asked = dossier(shop, &order.id).await.refund_asked.expect("nobody has answered");
        assert_eq!(asked.text, "money back was asked for");
        done(shop, move |tx| tx.resolve_alert(REFUND_ASKED, &id)).await;
        assert_eq!(dossier(shop, &order.id).await.refund_asked, None);
    })
    .await;
}
