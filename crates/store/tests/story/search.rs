//! Orders as staff look for them: whatever names one finds it, and lists are whole and in order.

use domain::clock::Clock;
use domain::id::{OrderId, PaymentId};
use domain::order::{Event, Stop};
use store::account::Account;
use store::order::Order;
use store::payment::{NewCapture, Purpose};
use store::search::{Among, Only};

use super::given::{self, MINUTE, done, moved, rupees};
use crate::support::{TestDb, for_each_database};

/// All pages of a list, two orders at a time.
async fn listed(shop: &TestDb, among: &Among, only: &Only) -> Vec<OrderId> {
    let mut after: Option<Order> = None;
    let mut found = Vec::new();
    loop {
        let (last, among, only) = (after.take(), among.clone(), only.clone());
        let page = done(shop, move |tx| {
            let after = last.as_ref().map(|order| (order.created_at, order.id.as_str()));
            tx.orders_among(&among, &only, after, 2)
        })
        .await;
        found.extend(page.iter().map(|order| order.id.clone()));
        let Some(last) = page.last().cloned() else { return found };
        after = Some(last);
    }
}

#[tokio::test]
async fn lists_of_orders_are_whole_whatever_narrows_them() {
    for_each_database(async |shop| {
        let packages = [given::package(shop, "91", 9).await, given::package(shop, "92", 9).await];
        let mut all = Vec::new();
        for nth in 0..6 {
            shop.clock.step(MINUTE);
            let order = given::ordered(shop, &packages[nth % 2]).await;
            let stops = nth < 3;
            if stops {
                let (order, _) = given::paid(shop, &order).await;
                moved(shop, &order, Event::Stopped(Stop::NoStock)).await;
            }
            all.insert(0, order);
        }
        let ids = |which: &[usize]| -> Vec<OrderId> {
            which.iter().map(|nth| all[*nth].id.clone()).collect()
        };
        let any = Only::default();
        let stopped = Only { stage: Some("stopped"), ..Only::default() };
        let (from, until) = (Some(all[3].created_at), Some(all[1].created_at));
        let between = Only { from, until, ..Only::default() };
        let of = |package: &domain::package::Package| Among::Package(package.id.clone());
        let these = Among::These(ids(&[0, 4]));
        for (among, only, expected) in [
            (Among::All, &any, &[0, 1, 2, 3, 4, 5][..]),
            (Among::All, &stopped, &[3, 4, 5]),
            (Among::All, &between, &[2, 3]),
            (of(&packages[0]), &any, &[1, 3, 5]),
            (of(&packages[0]), &stopped, &[3, 5]),
            (of(&packages[1]), &between, &[2]),
            (Among::Accounts(vec![all[4].account.clone()]), &any, &[4]),
            (
                Among::Accounts(all[1..4].iter().map(|one| one.account.clone()).collect()),
                &any,
                &[1, 2, 3],
            ),
            (Among::Accounts(vec![all[0].account.clone()]), &stopped, &[]),
            (Among::Accounts(vec![]), &any, &[]),
            (these.clone(), &any, &[0, 4]),
            (these, &stopped, &[4]),
            (Among::These(vec![]), &any, &[]),
        ] {
            assert_eq!(listed(shop, &among, only).await, ids(expected), "{among:?} {only:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn whatever_names_an_order_finds_that_order_alone() {
    for_each_database(async |shop| {
        let package = given::package(shop, "91", 9).await;
        let other = given::ordered(shop, &package).await;
        let order = given::ordered(shop, &package).await;
        let payment = PaymentId::mint(shop.clock.now(), &shop.chance);
        let (id, new) = (order.id.clone(), payment.clone());
        done(shop, move |tx| {
            tx.insert_payment(&new, &Purpose::Order(id.clone()), "upi", rupees(999))?;
            tx.open_payment(&new, "gateways-order", "https://pay.example")?;
            tx.insert_capture(&NewCapture {
                gateway: "upi",
                gateway_payment: "gateways-payment",
                payment: Some(&new),
                share: 0,
                order: &id,
                amount: rupees(999),
                booked_as: "paid",
            })
        })
        .await;
        let address = std::net::Ipv4Addr::new(103, 181, 91, 50);
        let (order, server) = given::verifying(shop, &order, address).await;
        let id = order.id.clone();
        let attempt = done(shop, move |tx| tx.attempts(&id)).await.remove(0).id;
        let named = async |name: &str| {
            let name = name.to_owned();
            done(shop, move |tx| tx.orders_named(&name, 10)).await
        };
        for name in [
            order.id.as_str(),
            &order.number,
            &order.number.to_lowercase(),
            &order.number[4..],
            &format!("#{}", &order.number[4..]),
            &order.number.replace('-', " "),
            "103.181.91.50",
            server.as_str(),
            attempt.as_str(),
            payment.as_str(),
            "gateways-order",
            "gateways-payment",
        ] {
            assert_eq!(named(name).await, std::slice::from_ref(&order.id), "{name}");
        }
        assert_eq!(named(&other.number).await, [other.id]);
        for nobody in ["", "103.181.91.5", "gateways", "%", "91"] {
            assert!(named(nobody).await.is_empty(), "{nobody:?}");
        }
        let packages = async |name: &'static str| {
            done(shop, move |tx| tx.packages_called(name, 10)).await
                == std::slice::from_ref(&package.id)
        };
        assert!(packages("91").await && packages("103.181.91").await);
        assert!(!packages("103.181").await);
    })
    .await;
}

#[tokio::test]
async fn orders_are_found_by_the_mail_address_of_whoever_ordered() {
    for_each_database(async |shop| {
        let ada = given::customer(shop).await;
        let (email, id) = (format!("{ada}@example.com"), ada.clone());
        let own = done(shop, move |tx| tx.account(&id)).await;
        // Somebody else typed the same address, and has not proved that it is theirs.
        let claimant = Account {
            id: domain::id::AccountId::mint(shop.clock.now(), &shop.chance),
            email: email.clone(),
            ..own
        };
        let new = claimant.clone();
        done(shop, move |tx| tx.insert_claimant(&new)).await;
        let upper = email.to_uppercase();
        let mut found = done(shop, move |tx| tx.accounts_at(&upper, 10)).await;
        found.sort_unstable();
        let mut both = [ada, claimant.id];
        both.sort_unstable();
        assert_eq!(found, both);
        let asked = found.clone();
        let emails =
            done(shop, move |tx| tx.named(asked.iter().map(domain::id::AccountId::as_str))).await;
        let folded = email.to_lowercase();
        assert!(found.iter().all(|id| emails[id.as_str()] == folded), "{emails:?}");
    })
    .await;
}
