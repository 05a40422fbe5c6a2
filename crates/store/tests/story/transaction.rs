//! The seam's own promises: all of a write or nothing, alone or among others.

use std::sync::{Arc, Barrier};

use domain::id::ServerId;
use domain::server::State;
use store::db::{Result, StoreError, Tx};

use super::given::{self, HERE, done, refused, stray, tried};
use crate::support::{TestDb, for_each_database};

/// Raises an alert, then fails in one of the ways that work can fail.
fn fallible(tx: &mut Tx<'_>, at: usize) -> Result<()> {
    tx.raise_alert("trial", &format!("s{at:02}"), "stands")?;
    match at % 4 {
        0 => Ok(()),
        1 => Err(StoreError::Stale("the trial")),
        2 => tx
            .fail_reading(0, "x")
            .and_then(|()| tx.show_reading("nobody", 1))
            .and_then(|_| Err(StoreError::Missing { what: "trial", id: at.to_string() })),
        // Refused by the table: a role that is none.
        _ => tx.insert_account(&unfit(at)).map(|_| ()),
    }
}

fn unfit(at: usize) -> store::account::Account {
    store::account::Account {
        id: domain::id::AccountId::parse("acc_01J0000000000000000000000A").unwrap(),
        email: format!("{at}@example.com"),
        name: "Eve".into(),
        role: "owner".into(),
        password_hash: String::new(),
        verified_at: None,
        second_factor_at: None,
        language: None,
        closed_at: None,
        created_at: domain::clock::Timestamp::from_millis(0),
    }
}

async fn standing(shop: &TestDb) -> Vec<String> {
    let mut all: Vec<String> =
        done(shop, |tx| tx.open_alerts(500)).await.into_iter().map(|alert| alert.subject).collect();
    all.sort();
    all
}

#[tokio::test]
async fn an_undone_write_leaves_no_trace_and_its_neighbours_stand() {
    for_each_database(async |shop| {
        // More than share one commit, all waiting at once.
        let all = futures_util::future::join_all(
            (0..200).map(|at| tried(shop, move |tx| fallible(tx, at))),
        )
        .await;
        for (at, result) in all.iter().enumerate() {
            match at % 4 {
                0 => assert!(result.is_ok(), "{result:?}"),
                1 => assert!(matches!(result, Err(StoreError::Stale("the trial"))), "{result:?}"),
                2 => assert!(matches!(result, Err(StoreError::Missing { .. })), "{result:?}"),
                _ => assert!(refused(result), "{result:?}"),
            }
        }
        let mut expected: Vec<String> =
            (0..200).filter(|at| at % 4 == 0).map(|at| format!("s{at:02}")).collect();
        expected.sort();
        assert_eq!(standing(shop).await, expected);
        // What was answered is there for whoever opens the database anew.
        let again = shop.another_node().await;
        let found = again.read(|tx| tx.open_alerts(500)).await.expect(shop.kind);
        assert_eq!(found.len(), expected.len());
        again.close();
    })
    .await;
}

#[tokio::test]
async fn work_that_passes_over_a_failure_is_undone_and_told() {
    for_each_database(async |shop| {
        let told = tried(shop, |tx| {
            tx.raise_alert("trial", "s", "must not stay")?;
            drop(tx.insert_account(&unfit(1)));
            Ok(())
        })
        .await;
        assert!(matches!(told, Err(StoreError::Failed(_))), "{told:?}");
        assert_eq!(standing(shop).await, Vec::<String>::new());
    })
    .await;
}

/// One of two who write the same address down: both look before either has written, where the
/// database lets them.
fn written_down(
    shop: &TestDb,
    together: &Arc<Barrier>,
) -> impl Future<Output = Result<Option<ServerId>>> {
    let (new, together, mut looks) = (given::server_id(shop), together.clone(), 0);
    let waits = shop.db.is_shared_by_nodes();
    tried(shop, move |tx| {
        let live = tx.live_server(HERE)?;
        looks += 1;
        if waits && looks == 1 {
            together.wait();
        }
        match live {
            Some(live) => Ok(Some(live.id)),
            None => tx.insert_server(&stray(&new, HERE, State::Quarantined)).map(|()| None),
        }
    })
}

#[tokio::test]
async fn who_is_the_second_to_write_something_down_finds_the_first() {
    for_each_database(async |shop| {
        let together = Arc::new(Barrier::new(2));
        let (one, other) =
            tokio::join!(written_down(shop, &together), written_down(shop, &together));
        let live = done(shop, |tx| tx.live_server(HERE)).await.map(|server| server.id);
        let (one, other) = (one.expect(shop.kind), other.expect(shop.kind));
        assert!(one.is_none() != other.is_none(), "{one:?} {other:?}");
        assert_eq!(one.or(other), live);
    })
    .await;
}

#[tokio::test]
async fn numbers_are_drawn_once_and_only_grow() {
    for_each_database(async |shop| {
        let draw = |_| tried(shop, |tx| tx.next_number());
        let drawn = futures_util::future::join_all((0..50).map(draw)).await;
        let mut drawn: Vec<i64> = drawn.into_iter().map(|one| one.expect(shop.kind)).collect();
        drawn.sort_unstable();
        drawn.dedup();
        assert_eq!(drawn.len(), 50);
        assert!(done(shop, |tx| tx.next_number()).await > drawn[49]);
    })
    .await;
}

#[tokio::test]
async fn a_closed_database_says_so_and_was_never_lost_before() {
    for_each_database(async |shop| {
        assert_eq!(shop.db.reconnects(), 0);
        shop.db.close();
        let late = tried(shop, |tx| tx.next_number()).await;
        assert!(matches!(late, Err(StoreError::Unavailable(_))), "{late:?}");
    })
    .await;
}
