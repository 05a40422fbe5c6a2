//! What customers keep with us: moved with the ledger or not at all, and never below nothing.

use domain::clock::Clock;
use domain::dispute::State;
use domain::id::{AccountId, OrderId, PaymentId};
use domain::ledger::{Account, Entry};
use domain::money::{Currency, Money};
use store::db::StoreError;
use store::dispute::TopUpDispute;
use store::payment::Purpose;
use store::wallet::{Kind, Move, NewTopUp};

use super::given::{broken, customer, done, ordered, package, rupees, tried};
use crate::support::{TestDb, for_each_database};

fn into(account: &AccountId, cause: &str, amount: Money) -> Entry {
    Entry::moved(cause, Account::Wallet(account.clone()), Account::Bank, amount)
}

async fn moved(shop: &TestDb, account: &AccountId, kind: Kind, entry: Entry) -> bool {
    let account = account.clone();
    done(shop, move |tx| {
        let of = Move { account: &account, order: None, kind, note: "a note" };
        tx.move_wallet(&of, &entry)
    })
    .await
}

async fn balances(shop: &TestDb, account: &AccountId) -> Vec<Money> {
    let account = account.clone();
    done(shop, move |tx| tx.wallet_balances(&account)).await
}

#[tokio::test]
async fn a_wallet_moves_with_the_books_and_gives_no_more_than_it_holds() {
    for_each_database(async |shop| {
        let ada = customer(shop).await;
        assert_eq!(balances(shop, &ada).await, []);
        assert!(moved(shop, &ada, Kind::TopUp, into(&ada, "in:1", rupees(50))).await);
        assert!(moved(shop, &ada, Kind::Gift, into(&ada, "in:2", rupees(10))).await);
        let out = |cause: &str, units| {
            let wallet = Account::Wallet(ada.clone());
            Entry::moved(cause, Account::Bank, wallet, rupees(units))
        };
        assert!(!moved(shop, &ada, Kind::Draw, out("out:1", 61)).await);
        let gone = done(shop, |tx| tx.is_booked("out:1")).await;
        assert!(!gone, "a draw that was refused left nothing");
        assert!(moved(shop, &ada, Kind::Draw, out("out:2", 60)).await);
        assert_eq!(balances(shop, &ada).await, [rupees(0)]);
        let id = ada.clone();
        let lines = done(shop, move |tx| tx.wallet_entries(&id, None, 2)).await;
        let told: Vec<_> = lines.iter().map(|line| (line.kind, line.amount.minor)).collect();
        assert_eq!(told, [(Kind::Draw, -6_000), (Kind::Gift, 1_000)]);
        let (id, before) = (ada.clone(), lines[1].id);
        let older = done(shop, move |tx| tx.wallet_entries(&id, Some(before), 2)).await;
        assert_eq!((older.len(), older[0].balance), (1, rupees(50)));
        assert!(broken(shop).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn currencies_lie_apart_in_a_wallet() {
    for_each_database(async |shop| {
        let ada = customer(shop).await;
        let dollars = Money::major(5, Currency::parse("USD").unwrap());
        assert!(moved(shop, &ada, Kind::TopUp, into(&ada, "in:1", rupees(50))).await);
        assert!(moved(shop, &ada, Kind::TopUp, into(&ada, "in:2", dollars)).await);
        assert_eq!(balances(shop, &ada).await, [rupees(50), dollars]);
        let id = ada.clone();
        let rupees_in_it = done(shop, move |tx| tx.wallet_balance(&id, Currency::INR)).await;
        assert_eq!(rupees_in_it, rupees(50));
    })
    .await;
}

#[tokio::test]
async fn no_other_door_of_the_ledger_moves_a_wallet() {
    for_each_database(async |shop| {
        let ada = customer(shop).await;
        let entry = into(&ada, "in:1", rupees(50));
        let posted = tried(shop, move |tx| tx.post(None, &entry)).await;
        assert!(matches!(posted, Err(StoreError::Inconsistent { .. })), "{posted:?}");
        assert!(moved(shop, &ada, Kind::TopUp, into(&ada, "in:1", rupees(50))).await);
        shop.by_hand("UPDATE wallet SET balance_minor = balance_minor + 1").await;
        assert_eq!(broken(shop).await, [("wallet-differs", ada.to_string())]);
    })
    .await;
}

#[tokio::test]
async fn a_payment_is_for_an_order_or_for_a_wallet_and_counts_once() {
    for_each_database(async |shop| {
        let package = package(shop, "91", 9).await;
        let order: OrderId = ordered(shop, &package).await.id;
        let ada = customer(shop).await;
        let id = PaymentId::mint(shop.clock.now(), &shop.chance);
        let (new, owner) = (id.clone(), ada.clone());
        done(shop, move |tx| {
            tx.insert_payment(&new, &Purpose::TopUp(owner.clone()), "upi", rupees(50))
        })
        .await;
        let owner = ada.clone();
        let found = done(shop, move |tx| tx.payments_for_wallet(&owner, 5)).await;
        assert_eq!(found[0].purpose, Purpose::TopUp(ada.clone()));
        let of_order =
            done(shop, move |tx| Ok((tx.payments(&order)?.len(), tx.set_aside(&order)?)));
        assert_eq!(of_order.await, (0, 0));
        let taken = async || {
            let (payment, account) = (id.to_string(), ada.clone());
            done(shop, move |tx| {
                tx.insert_top_up(&NewTopUp {
                    gateway: "upi",
                    gateway_payment: "m1",
                    payment: &payment,
                    account: &account,
                    amount: rupees(50),
                })
            })
            .await
        };
        assert!(taken().await);
        assert!(!taken().await, "a movement counts once");
        let named =
            done(shop, |tx| Ok([tx.topped_up_by("upi", "m1")?, tx.topped_up_by("x", "m1")?]));
        assert_eq!(named.await, [Some(id.to_string()), None]);
        assert_eq!(broken(shop).await, [("top-up-not-booked", "m1".to_owned())]);
    })
    .await;
}

#[tokio::test]
async fn a_dispute_about_a_top_up_is_written_down_once_and_ends_once() {
    for_each_database(async |shop| {
        let account = customer(shop).await;
        let whose = account.clone();
        done(shop, move |tx| {
            let new = NewTopUp {
                gateway: "stripe",
                gateway_payment: "m1",
                payment: "pay_1",
                account: &whose,
                amount: rupees(500),
            };
            tx.insert_top_up(&new)
        })
        .await;
        let of = done(shop, |tx| tx.top_up_of("stripe", "m1")).await;
        assert_eq!(of, Some((account.clone(), rupees(500))));
        assert_eq!(done(shop, |tx| tx.top_up_of("stripe", "m2")).await, None);
        let dispute = TopUpDispute {
            gateway: "stripe".into(),
            id: "d1".into(),
            gateway_payment: "m1".into(),
            account: account.clone(),
            amount: rupees(500),
            state: State::Open,
        };
        let open = async || {
            let new = dispute.clone();
            done(shop, move |tx| tx.insert_top_up_dispute(&new)).await
        };
        assert_eq!([open().await, open().await], [true, false]);
        let end = async |state| {
            let of = dispute.clone();
            done(shop, move |tx| tx.end_top_up_dispute(&of, state)).await
        };
        assert_eq!([end(State::Lost).await, end(State::Won).await], [true, false]);
        let all = done(shop, move |tx| tx.top_up_disputes(&account)).await;
        assert_eq!(all, [TopUpDispute { state: State::Lost, ..dispute }]);
    })
    .await;
}
