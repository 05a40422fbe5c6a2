//! Those we buy from: how each stands, and how purchases there went.

use domain::block::Verdict;
use domain::clock::Timestamp;
use domain::id::{AttemptId, First, ServerId};
use domain::order::Event;
use domain::provider::ByHand;
use domain::server::State;
use store::attempt::NewAnswer;
use store::seller::{Bought, Looked};
use store::server::{NewVerdict, Told};

use super::given::{self, HERE, MINUTE, SHOP, done, is_at, moved, stray};
use crate::support::{TestDb, for_each_database};

/// As late as an id can be of.
const EVER: (i64, i64) = (0, 100_000_000_000_000_000);

async fn bought(shop: &TestDb, (from, until): (i64, i64)) -> Vec<Bought> {
    let at = |micros| AttemptId::mint(Timestamp::from_micros(micros), &First);
    let (from, until) = (at(from), at(until));
    done(shop, move |tx| tx.bought_between(&from, &until)).await
}

async fn looked(shop: &TestDb) -> Vec<Looked> {
    let at = |micros| ServerId::mint(Timestamp::from_micros(micros), &First);
    let (from, until) = (at(EVER.0), at(EVER.1));
    done(shop, move |tx| tx.looked_between(&from, &until)).await
}

#[tokio::test]
async fn machines_stand_first_and_each_provider_tells_its_switch() {
    for_each_database(async |shop| {
        given::package(shop, "91", 9).await;
        given::package(shop, "92", 9).await;
        let due_within = 60 * MINUTE;
        let note = "call Bea".to_owned();
        let rack = ByHand { id: "hand-a".into(), name: "A rack".into(), due_within, note };
        let new = rack.clone();
        assert!(done(shop, move |tx| tx.add_by_hand(&new)).await);
        done(shop, |tx| tx.pause_provider(SHOP, "too many strays")).await;
        done(shop, |tx| tx.count_unheard(SHOP)).await;
        let [machine, hand]: [_; 2] = done(shop, |tx| tx.sellers()).await.try_into().unwrap();
        assert_eq!((&*machine.id, machine.packages, machine.by_hand), (SHOP, 2, None));
        let (at, why) = machine.paused.unwrap();
        assert!(is_at(Some(at), shop.now().await) && why == "too many strays", "{at} {why}");
        assert_eq!((machine.unheard_in_row, machine.read_at, machine.sync_at), (1, None, None));
        assert_eq!((hand.by_hand, hand.packages, hand.paused), (Some(rack), 0, None));
        let since = shop.now().await;
        let seen = done(shop, move |tx| tx.glance(&["unpaid"], (&[], since))).await.providers;
        let told: Vec<_> = seen
            .iter()
            .map(|one| (&*one.id, one.by_hand.as_deref(), one.paused.as_deref()))
            .collect();
        assert_eq!(told, [(SHOP, None, Some("too many strays")), ("hand-a", Some("A rack"), None)]);
    })
    .await;
}

#[tokio::test]
async fn purchases_that_went_alike_are_counted_together() {
    for_each_database(async |shop| {
        let package = given::package(shop, "91", 9).await;
        given::paid(shop, &given::ordered(shop, &package).await).await;
        assert_eq!(bought(shop, EVER).await, [], "nothing left yet");
        for _ in 0..2 {
            let order = given::ordered(shop, &package).await;
            let (_, attempt) = given::permitted(shop, &order).await;
            shop.clock.step(MINUTE / 48);
            let answer = move |tx: &mut store::db::Tx<'_>| {
                let (permit, kind) = (attempt.as_str(), "http");
                let (status, body, reason) = (Some(200), Some(b"{}".as_slice()), None);
                tx.insert_answer(&NewAnswer { permit, kind, status, body, reason })
            };
            assert!(done(shop, answer).await);
        }
        let (order, _) = given::permitted(shop, &given::ordered(shop, &package).await).await;
        moved(shop, &order, Event::WentUnheard).await;
        let one = Bought {
            provider: SHOP.into(),
            count: 2,
            went_unheard: false,
            refused: false,
            tenths: Some(12),
        };
        let unheard = Bought { count: 1, went_unheard: true, tenths: None, ..one.clone() };
        let mut told = bought(shop, EVER).await;
        told.sort_by_key(|bought| bought.tenths.is_none());
        assert_eq!(told, [one, unheard]);
        assert_eq!(bought(shop, (EVER.1 - 1, EVER.1)).await, []);
    })
    .await;
}

#[tokio::test]
async fn servers_are_counted_by_what_looking_at_them_said() {
    for_each_database(async |shop| {
        for (last, verdict) in
            [(1, Some(Verdict::Match)), (2, Some(Verdict::Mismatch)), (3, None), (4, None)]
        {
            let (id, address) = (given::server_id(shop), HERE.octets());
            let address = [address[0], address[1], address[2], last].into();
            done(shop, move |tx| {
                tx.insert_server(&stray(&id, address, State::Quarantined))?;
                if let Some(verdict) = verdict {
                    let told = Told::default();
                    let new = NewVerdict { verdict, why: None, told: &told, doubted: false };
                    let server = tx.server(&id)?;
                    tx.judge_server(&server, &new)?;
                }
                Ok(())
            })
            .await;
        }
        let told = Looked { provider: SHOP.into(), verified: 1, mismatched: 1 };
        assert_eq!(looked(shop).await, [told]);
    })
    .await;
}
