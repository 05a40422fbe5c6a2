//! Customers as staff look for them, and what stands around one of them.

use std::slice;

use domain::clock::Clock;
use domain::id::{AccountId, PaymentId, SessionId};
use domain::ledger::{Account as At, Entry};
use store::account::Account;
use store::mail::{AccountFacts, Addressed};
use store::payment::{PaymentState, Purpose};
use store::session::NewSession;
use store::wallet::{Kind, Move};

use super::given::{self, MINUTE, done, rupees};
use crate::support::{TestDb, for_each_database};

async fn person(shop: &TestDb, (email, name): (&str, &str), role: &str) -> AccountId {
    let row = Account {
        id: AccountId::mint(shop.clock.now(), &shop.chance),
        email: email.into(),
        name: name.into(),
        role: role.into(),
        password_hash: "hash".into(),
        verified_at: None,
        second_factor_at: None,
        language: None,
        closed_at: None,
        created_at: shop.clock.now(),
    };
    let id = row.id.clone();
    assert!(done(shop, move |tx| tx.insert_account(&row)).await);
    id
}

#[tokio::test]
async fn customers_are_found_by_how_their_address_or_name_begins() {
    for_each_database(async |shop| {
        let asha = person(shop, ("asha@example.com", "Asha Menon"), "customer").await;
        let ash = person(shop, ("trees@example.com", "Ash"), "customer").await;
        let oe = person(shop, ("o@example.com", "Öykü"), "customer").await;
        let sue = person(shop, ("sue@example.com", "Sue"), "admin").await;
        let like = async |text: &str| {
            let text = text.to_owned();
            let found = done(shop, move |tx| tx.accounts_like(&text, None, 9)).await;
            found.into_iter().map(|account| account.id).collect::<Vec<_>>()
        };
        let both = [ash.clone(), asha.clone()];
        assert_eq!(like("ash").await, both, "{}", shop.kind);
        assert_eq!(like("ASH").await, both, "{}", shop.kind);
        assert_eq!(like("asha m").await, slice::from_ref(&asha));
        assert_eq!(like("Asha@Example.com").await, slice::from_ref(&asha));
        assert_eq!(like("Öy").await, slice::from_ref(&oe));
        assert_eq!(like("sue").await, [sue]);
        assert_eq!(like(asha.as_str()).await, slice::from_ref(&asha));
        for nobody in ["menon", "%", "ash_", "zz", "example.com"] {
            assert_eq!(like(nobody).await, [], "{nobody}");
        }
        let last = both[0].clone();
        let rest = done(shop, move |tx| tx.accounts_like("ash", Some(&last), 9)).await;
        assert_eq!(rest.len(), 1);

        // All of them are those who buy, newest first.
        let first = done(shop, |tx| tx.customers(None, 2)).await;
        let after = first[1].id.clone();
        let rest = done(shop, move |tx| tx.customers(Some(&after), 2)).await;
        let all: Vec<_> = first.iter().chain(&rest).map(|account| account.id.clone()).collect();
        assert_eq!(all, [oe, ash, asha]);
    })
    .await;
}

#[tokio::test]
async fn what_stands_around_a_customer_is_theirs_and_the_newest() {
    for_each_database(async |shop| {
        let package = given::package(shop, "91", 9).await;
        let order = given::ordered(shop, &package).await;
        let ada = order.account.clone();
        let eve = person(shop, ("eve@example.com", "Eve"), "customer").await;
        let payment = PaymentId::mint(shop.clock.now(), &shop.chance);
        let over = PaymentId::mint(shop.clock.now(), &shop.chance);
        let (id, of, open) = (ada.clone(), order.id.clone(), payment.clone());
        let session = NewSession {
            id: SessionId::mint(shop.clock.now(), &shop.chance),
            token_hash: "token".into(),
            account: ada.clone(),
            agent: "Firefox".into(),
            address: "192.0.2.1".into(),
            lasts: MINUTE,
        };
        done(shop, move |tx| {
            tx.insert_payment(&open, &Purpose::Order(of.clone()), "simulated", rupees(999))?;
            tx.insert_payment(&over, &Purpose::TopUp(id.clone()), "simulated", rupees(50))?;
            tx.end_payment(&over, PaymentState::Failed, None)?;
            tx.insert_session(&session)?;
            for text in ["first", "second"] {
                tx.insert_account_note(&id, "acc_nobody", text)?;
            }
            let row = tx.account(&id)?;
            tx.tell_person(Addressed::to(&row, "verify", "verify/1"), &AccountFacts::default())?;
            let note = "to make good";
            let gift = Move { account: &id, order: None, kind: Kind::Gift, note };
            let entry = Entry::moved("gift:1", At::Wallet(id.clone()), At::Goodwill, rupees(20));
            assert!(tx.move_wallet(&gift, &entry)?);
            Ok(())
        })
        .await;
        let id = ada.clone();
        let rows = done(shop, move |tx| tx.customer(&id)).await;
        assert_eq!(rows.account.id, ada);
        assert_eq!((rows.orders.len(), &rows.orders[0].id), (1, &order.id));
        assert_eq!(rows.stages, [("unpaid".to_owned(), 1)]);
        assert_eq!(rows.balances, [rupees(20)]);
        let open: Vec<_> = rows.payments.iter().map(|payment| &payment.id).collect();
        assert_eq!(open, [&payment]);
        assert!(rows.mails.iter().any(|mail| mail.kind == "verify"), "{:?}", rows.mails);
        let notes: Vec<_> = rows.notes.iter().map(|note| &*note.text).collect();
        assert_eq!(notes, ["second", "first"]);
        assert_eq!((&*rows.notes[0].actor, &rows.notes[0].email), ("acc_nobody", &None));
        assert_eq!(rows.sessions.len(), 1);

        let theirs = done(shop, move |tx| tx.customer(&eve)).await;
        assert!(theirs.orders.is_empty() && theirs.stages.is_empty() && theirs.notes.is_empty());
        assert!(theirs.payments.is_empty() && theirs.mails.is_empty());
        assert!(theirs.sessions.is_empty() && theirs.balances.is_empty());
    })
    .await;
}
