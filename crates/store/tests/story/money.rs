//! Money: the ledger books a cause once and balances, and a gateway's movement counts once.

use domain::clock::Clock;
use domain::id::PaymentId;
use domain::ledger::{Account, Entry, Pays, received};
use store::db::Tx;
use store::order::Order;
use store::payment::{BookedFor, NewCapture, PaymentState, Purpose};
use store::webhook::{About, NewWebhook};

use super::given::{self, broken, done, refused, rupees, tried};
use super::job::{claimed, node};
use crate::support::{TestDb, for_each_database};

async fn order(shop: &TestDb) -> Order {
    let package = given::package(shop, "91", 9).await;
    given::ordered(shop, &package).await
}

async fn posted(shop: &TestDb, order: &Order, entry: &Entry) -> store::db::Result<()> {
    let (id, entry) = (order.id.clone(), entry.clone());
    tried(shop, move |tx| tx.post(Some(&id), &entry)).await
}

#[tokio::test]
async fn the_ledger_books_a_cause_once() {
    for_each_database(async |shop| {
        let order = order(shop).await;
        let prepaid = Account::Prepaid(order.id.clone());
        let paid = Entry::moved("payment:1", prepaid, Account::Bank, rupees(999));
        let booked = async || done(shop, |tx| tx.is_booked("payment:1")).await;
        assert!(!booked().await);
        posted(shop, &order, &paid).await.unwrap();
        assert!(booked().await);
        let again = posted(shop, &order, &paid).await;
        assert!(refused(&again), "{again:?}");
        let nothing = Entry::moved("nothing", Account::Bank, Account::Revenue, rupees(0));
        posted(shop, &order, &nothing).await.unwrap();
        let id = order.id.clone();
        let rows = done(shop, move |tx| tx.ledger_of(&id)).await;
        let amounts: Vec<_> =
            rows.iter().map(|row| (row.account.as_str(), row.amount.minor)).collect();
        let prepaid = format!("prepaid:{}", order.id);
        assert_eq!(amounts, [("bank", 99_900), (prepaid.as_str(), -99_900)]);
        assert!(rows.iter().all(|row| row.cause == "payment:1"));
        assert!(rows.iter().all(|row| row.transaction == rows[0].transaction));
        let id = order.id.clone();
        let sums = done(shop, move |tx| {
            Ok([tx.balance_of_order(&id, "prepaid:")?, tx.balance_of_order(&id, "owed:")?])
        })
        .await;
        assert_eq!(sums, [-99_900, 0]);
    })
    .await;
}

#[tokio::test]
async fn what_was_earned_in_a_time_is_told_by_package() {
    for_each_database(async |shop| {
        let order = order(shop).await;
        let moved = |cause: &str, from, to, units| Entry::moved(cause, from, to, rupees(units));
        let upstream = || Account::Upstream("smartvps".into());
        let supplier = Account::Supplier("smartvps".into());
        let prepaid = Account::Prepaid(order.id.clone());
        let now = shop.now().await;
        posted(shop, &order, &moved("delivered:1", Account::Revenue, prepaid, 999)).await.unwrap();
        let day = std::time::Duration::from_secs(86_400);
        shop.clock.step(day);
        posted(shop, &order, &moved("bought:1", supplier, upstream(), 600)).await.unwrap();
        let stray = moved("lost:1", Account::Stray, Account::Loss, 50);
        done(shop, move |tx| tx.post(None, &stray)).await;
        let earned = async |from, until| {
            let sums = done(shop, move |tx| tx.profit_by_package(from, until)).await;
            let told = sums.into_iter().map(|s| (s.package_name, s.account, s.amount.minor / 100));
            told.collect::<Vec<_>>()
        };
        let (first, second) = ((now, now + day), (now + day, now + 2 * day));
        let sold = |account: &str, units| ("103.181.91".to_owned(), account.to_owned(), units);
        assert_eq!(earned(first.0, first.1).await, [sold("revenue", -999)]);
        let lost = (String::new(), "loss".to_owned(), 50);
        assert_eq!(earned(second.0, second.1).await, [lost, sold("upstream:smartvps", 600)]);
    })
    .await;
}

#[tokio::test]
async fn what_came_in_and_went_back_is_told_without_what_gateways_keep() {
    for_each_database(async |shop| {
        let order = order(shop).await;
        let (till, owed) = (Account::Gateway("upi".into()), Account::Owed(order.account.clone()));
        let prepaid = || Account::Prepaid(order.id.clone());
        let moved = |cause: &str, from: &Account, to: &Account, units| {
            Entry::moved(cause, from.clone(), to.clone(), rupees(units))
        };
        let now = shop.now().await;
        for entry in [
            moved("capture:upi:1", &prepaid(), &till, 999),
            moved("fee:upi:1", &till, &Account::Fees, 20),
            moved("capture:bank:2", &owed, &Account::Bank, 100),
            moved("returned:1", &till, &owed, 400),
            moved("came-back:1", &owed, &till, 150),
            moved("dispute:1", &till, &Account::Disputes, 70),
        ] {
            posted(shop, &order, &entry).await.unwrap();
        }
        let hour = std::time::Duration::from_secs(3_600);
        let told = async |from, until| done(shop, move |tx| tx.turnover(from, until)).await;
        let day = told(now, now + hour).await;
        assert_eq!((day[0].taken_minor, day[0].returned_minor), (109_900, 25_000));
        assert_eq!((day.len(), day[0].currency), (1, rupees(1).currency));
        assert!(told(now + hour, now + 2 * hour).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn money_that_came_in_is_explained_to_the_last_minor_unit() {
    for_each_database(async |shop| {
        let order = order(shop).await;
        let of = order.id.clone();
        let capture = |movement: &'static str| {
            let of = of.clone();
            done(shop, move |tx| {
                tx.insert_capture(&NewCapture {
                    gateway: "upi",
                    gateway_payment: movement,
                    payment: None,
                    share: 0,
                    order: &of,
                    amount: rupees(1_000),
                    booked_as: "paid",
                })
            })
        };
        assert!(capture("m1").await);
        assert!(!capture("m1").await, "a movement counts once");
        let unexplained = ("money-unexplained", order.id.to_string());
        assert!(broken(shop).await.contains(&unexplained));
        let sums = (rupees(1_000), Some(Pays::whole(&order.sold.quote)));
        let gateway = Account::Gateway("upi".into());
        let entry = received("m1", gateway, &order.id, &order.account, sums).unwrap();
        posted(shop, &order, &entry).await.unwrap();
        assert!(!broken(shop).await.contains(&unexplained));
        let id = order.id.clone();
        let owed = done(shop, move |tx| tx.balance_of_order(&id, "owed:")).await;
        assert_eq!(owed, -100, "what is above the price is the customer's");
        let found = done(shop, |tx| tx.captured_for("upi", "m1")).await;
        let orders = vec![order.id.clone()];
        assert_eq!(found, Some(BookedFor { orders, payment: None }));
        assert_eq!(done(shop, |tx| tx.captured_for("card", "m1")).await, None);
    })
    .await;
}

#[tokio::test]
async fn an_unbalanced_ledger_is_found() {
    for_each_database(async |shop| {
        let order = order(shop).await;
        let entry = Entry::moved("payment:1", Account::Revenue, Account::Bank, rupees(5));
        posted(shop, &order, &entry).await.unwrap();
        let unbalanced = ("unbalanced-transaction", "txn:payment:1".to_owned());
        assert!(!broken(shop).await.contains(&unbalanced));
        // No entry can be made that does not balance: somebody was at the tables.
        shop.by_hand(
            "UPDATE ledger SET amount_minor = amount_minor + 1 \
             WHERE cause = 'payment:1' AND account = 'bank'",
        )
        .await;
        assert!(broken(shop).await.contains(&unbalanced));
    })
    .await;
}

#[tokio::test]
async fn a_payment_is_written_down_first_and_a_capture_is_final() {
    for_each_database(async |shop| {
        let order = order(shop).await;
        let mut ids = Vec::new();
        for _ in 0..2 {
            shop.clock.step(given::MINUTE);
            let id = PaymentId::mint(shop.clock.now(), &shop.chance);
            let (new, of) = (id.clone(), Purpose::Order(order.id.clone()));
            done(shop, move |tx| tx.insert_payment(&new, &of, "upi", rupees(999))).await;
            ids.push(id);
        }
        let read = async |at: usize| {
            let id = ids[at].clone();
            done(shop, move |tx| tx.lookup_payment(id.as_str())).await.expect("it is there")
        };
        assert_eq!((read(0).await.state, read(0).await.pay_url), (PaymentState::Open, None));
        let id = ids[0].clone();
        let (same, now) = done(shop, move |tx| tx.lookup_payment_now(&id)).await.expect("it is");
        assert_eq!((same.id, same.created_at <= now), (ids[0].clone(), true));
        let id = ids[0].clone();
        done(shop, move |tx| tx.open_payment(&id, "g1", "https://pay.example")).await;
        let found = read(0).await;
        assert_eq!(found.gateway_order.as_deref(), Some("g1"));
        assert_eq!(found.pay_url.as_deref(), Some("https://pay.example"));
        let named = done(shop, |tx| {
            Ok([tx.payment_of_gateway_order("upi", "g1")?, tx.payment_of_gateway_order("x", "g1")?])
        });
        assert_eq!(named.await, [Some(ids[0].to_string()), None]);
        let of = Purpose::Order(order.id.clone());
        assert_eq!((found.amount, found.purpose), (rupees(999), of));
        let end = async |at: usize, state: PaymentState| {
            let id = ids[at].clone();
            done(shop, move |tx| tx.end_payment(&id, state, Some("told"))).await;
        };
        end(0, PaymentState::Failed).await;
        end(0, PaymentState::Captured).await;
        assert_eq!(read(0).await.state, PaymentState::Captured, "money may come after a failure");
        end(0, PaymentState::Failed).await;
        assert_eq!(read(0).await.state, PaymentState::Captured, "and stays");
        let of = order.id.clone();
        let all = done(shop, move |tx| tx.payments(&of)).await;
        assert_eq!(all.iter().map(|one| &one.id).collect::<Vec<_>>(), [&ids[0], &ids[1]]);
        assert_eq!(all[1].state, PaymentState::Open);
        assert!(done(shop, |tx| tx.lookup_payment("pay_unknown")).await.is_none());
    })
    .await;
}

#[tokio::test]
async fn a_webhook_is_news_once_and_only_of_a_payment_of_its_gateway() {
    for_each_database(async |shop| {
        let of = Purpose::Order(order(shop).await.id);
        let id = PaymentId::mint(shop.clock.now(), &shop.chance);
        let new = id.clone();
        done(shop, move |tx| {
            tx.insert_payment(&new, &of, "upi", rupees(999))?;
            tx.open_payment(&new, "g1", "https://pay.example")
        })
        .await;
        let hook = |gateway: &str, event: &str, about: About| NewWebhook {
            gateway: gateway.into(),
            event: event.into(),
            about,
            body: b"{}".into(),
        };
        let ours = || About::Payment(id.to_string());
        let theirs = || About::GatewayOrder("g1".into());
        let us = node(shop);
        // Whom they have asked, who then has asked.
        let asked = async |hooks: Vec<NewWebhook>| -> Vec<(String, String)> {
            done(shop, move |tx| tx.take_webhooks(&hooks)).await;
            let news = done(shop, |tx| tx.next_due()).await.1;
            for gateway in ["upi", "stripe"] {
                let lane = format!("pay:{gateway}");
                let ask = move |tx: &mut Tx<'_>| tx.ask_about_webhooks(gateway, &lane, 2);
                while done(shop, ask.clone()).await {}
            }
            let jobs = claimed(shop, &us, &[], 10).await;
            for job in jobs.clone() {
                done(shop, move |tx| tx.finish_job(&job.claim)).await;
            }
            assert_eq!(news > 0, !jobs.is_empty(), "news is due");
            jobs.into_iter().map(|job| (job.subject, job.lane)).collect()
        };
        let about_it = [(id.to_string(), "pay:upi".to_owned())];
        let one = hook("upi", "e1", ours());
        assert_eq!(asked(vec![one.clone(), one.clone()]).await, about_it, "twice at once");
        assert_eq!(asked(vec![one.clone()]).await, [], "and once more");
        let unknown = About::Payment("pay_unknown".into());
        let foreign = [ours(), theirs()].map(|about| hook("stripe", "e2", about));
        assert_eq!(asked(foreign.into()).await, [], "of another gateway");
        let two = vec![hook("upi", "e3", unknown), hook("upi", "e4", theirs())];
        assert_eq!(asked(two).await, about_it, "by the gateway's order");
        let both = vec![hook("upi", "e5", theirs()), hook("upi", "e6", ours()), one];
        assert_eq!(asked(both).await, about_it, "once for all of them");
        let alone = hook("upi", "e7", ours());
        let kept = async |hook: NewWebhook| done(shop, move |tx| tx.insert_webhook(&hook)).await;
        assert!(kept(alone.clone()).await && !kept(alone).await, "alone");
        assert!(!kept(hook("stripe", "e8", theirs())).await, "of another gateway, alone");
    })
    .await;
}
