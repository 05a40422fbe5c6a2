//! A request that comes twice counts once: the second gets the first one's answer.
//! Not for the meaning of a request: who holds a ticket does the work and says what came of it.

use std::time::Duration;

use domain::id::AccountId;
use store::db::StoreError;
use store::idempotency::{AnswerClaim, Claimed, SavedAnswer};

use crate::error::{Error, Result};
use crate::{Engine, report};

/// After so long without an answer the one who had the ticket is taken for dead.
const CLAIM_FOR: Duration = Duration::from_secs(30);
const KEY_MAX: usize = 200;
const KEPT_FOR: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// So many rows go at once, so that no transaction is long.
const FORGOTTEN_AT_ONCE: u32 = 1_000;

/// The right to do a request and to answer it.
#[derive(Clone, Debug)]
pub struct Ticket {
    claim: AnswerClaim,
    effect: Option<String>,
}

impl Ticket {
    /// What an earlier holder had brought about before it died unanswered: answer from this, and
    /// do nothing again.
    pub fn effect(&self) -> Option<&str> {
        self.effect.as_deref()
    }

    /// For `Tx::note_effect`, in the transaction that does the work.
    pub fn claim(&self) -> &AnswerClaim {
        &self.claim
    }
}

/// What a request with a key may do.
#[derive(Clone, Debug)]
pub enum Begin {
    /// Do it, then `finish` with the ticket.
    Fresh(Ticket),
    /// It was done; this was the answer.
    Replay { status: u16, content_type: String, body: Vec<u8> },
    /// It was done; the answer held a secret, and was not kept.
    AnsweredSecret,
    /// The key belongs to a request with another body.
    OtherBody,
    /// Somebody is at it: ask again shortly.
    InFlight,
}

/// An answer on its way out.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    pub content_type: String,
    pub body: Vec<u8>,
    /// The body holds a secret and must not be kept.
    pub secret: bool,
}

impl Engine {
    /// Takes a request with an idempotency key, or tells what became of it.
    pub async fn idempotent(
        &self,
        account: &AccountId,
        route: &str,
        key: &str,
        body_hash: &str,
    ) -> Result<Begin> {
        let mut nonce = [0; 16];
        self.parts.chance.fill(&mut nonce);
        let claim = AnswerClaim {
            account: account.as_str().to_owned(),
            route: route.to_owned(),
            key: judged(key)?,
            nonce: hex::encode(nonce),
        };
        let (ours, body_hash) = (claim.clone(), body_hash.to_owned());
        let claimed = self.db().write(move |tx| tx.claim_answer(&ours, &body_hash, CLAIM_FOR));
        let claimed = match claimed.await {
            // Whoever is at it is writing just now.
            Err(StoreError::Busy(_)) => Claimed::Busy,
            other => other?,
        };
        Ok(match claimed {
            Claimed::Ours { effect } => Begin::Fresh(Ticket { claim, effect }),
            Claimed::Answered(SavedAnswer { status, content_type, body }) => {
                Begin::Replay { status, content_type, body }
            }
            Claimed::AnsweredSecret => Begin::AnsweredSecret,
            Claimed::OtherBody => Begin::OtherBody,
            Claimed::Busy => Begin::InFlight,
        })
    }

    /// Keeps an answer for whoever sends the same again. One that says "not now, not your fault"
    /// (429 and 5xx) is not kept: the next try does the work.
    pub async fn finish(&self, ticket: Ticket, reply: Reply) -> Result<()> {
        let Reply { status, content_type, body, secret } = reply;
        if status == 429 || status >= 500 {
            return self.release(ticket).await;
        }
        let (claim, answer) = (ticket.claim, SavedAnswer { status, content_type, body });
        let kept = self.db().write(move |tx| match secret {
            true => tx.save_secret_answer(&claim, status),
            false => tx.save_answer(&claim, &answer),
        });
        kept.await.map_err(|error| match error {
            StoreError::Stale(_) => Error::refused(
                "in-flight",
                "this request took too long and was sent again meanwhile; send it once more",
            ),
            other => other.into(),
        })
    }

    /// Gives a ticket back unanswered.
    pub async fn release(&self, ticket: Ticket) -> Result<()> {
        self.db().write(move |tx| tx.release_answer(&ticket.claim)).await?;
        Ok(())
    }

    /// Forgets requests a week old, sessions, tickets and visitors' carts that are over, and
    /// reports that nobody asks for; tells how many rows went.
    pub async fn forget_old(&self) -> Result<u64> {
        let mut gone = 0;
        loop {
            let pruned = self
                .db()
                .write(|tx| {
                    let requests = tx.prune_answers(KEPT_FOR, FORGOTTEN_AT_ONCE)?;
                    let sessions = tx.prune_sessions(FORGOTTEN_AT_ONCE)?;
                    let tickets = tx.prune_tickets(FORGOTTEN_AT_ONCE)?;
                    let carts = tx.prune_carts(FORGOTTEN_AT_ONCE)?;
                    let reports = tx.prune_reports(report::KEPT_FOR, FORGOTTEN_AT_ONCE)?;
                    Ok::<_, StoreError>([requests, sessions, tickets, carts, reports])
                })
                .await?;
            gone += pruned.iter().sum::<u64>();
            if pruned.iter().all(|rows| *rows < u64::from(FORGOTTEN_AT_ONCE)) {
                return Ok(gone);
            }
        }
    }
}

fn judged(key: &str) -> Result<String> {
    let good = (1..=KEY_MAX).contains(&key.chars().count()) && !key.chars().any(char::is_control);
    let why = || format!("an Idempotency-Key has 1 to {KEY_MAX} printable characters");
    good.then(|| key.to_owned()).ok_or_else(|| Error::Malformed(why()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::for_each_database;
    use crate::permission::Role;
    use crate::test_engine::TestEngine;

    const ROUTE: &str = "POST /api/createOrder";

    async fn begin(shop: &TestEngine, who: &AccountId, body: &str) -> Begin {
        shop.engine.idempotent(who, ROUTE, "key", body).await.unwrap()
    }

    async fn ticket(shop: &TestEngine, who: &AccountId, body: &str) -> Ticket {
        match begin(shop, who, body).await {
            Begin::Fresh(ticket) => ticket,
            other => panic!("{other:?}"),
        }
    }

    fn reply(status: u16) -> Reply {
        let (content_type, body) = ("application/json".to_owned(), b"{}".to_vec());
        Reply { status, content_type, body, secret: false }
    }

    #[tokio::test]
    async fn the_same_request_gets_the_same_answer() {
        for_each_database(async |test| {
            let shop = TestEngine::open(test);
            let ada = shop.account("ada@example.com", Role::Customer).await;
            let eve = shop.account("eve@example.com", Role::Customer).await;
            let first = ticket(&shop, &ada, "a").await;
            assert!(matches!(begin(&shop, &ada, "a").await, Begin::InFlight));
            shop.engine.finish(first, reply(201)).await.unwrap();
            let again = begin(&shop, &ada, "a").await;
            let Begin::Replay { status, content_type, body } = again else { panic!("{again:?}") };
            assert_eq!(
                (status, content_type.as_str(), &*body),
                (201, "application/json", &b"{}"[..])
            );
            assert!(matches!(begin(&shop, &ada, "b").await, Begin::OtherBody));
            assert!(matches!(begin(&shop, &eve, "b").await, Begin::Fresh(_)));
        })
        .await;
    }

    #[tokio::test]
    async fn an_answer_with_a_secret_is_not_kept() {
        for_each_database(async |test| {
            let shop = TestEngine::open(test);
            let ada = shop.account("ada@example.com", Role::Customer).await;
            let first = ticket(&shop, &ada, "a").await;
            shop.engine.finish(first, Reply { secret: true, ..reply(200) }).await.unwrap();
            assert!(matches!(begin(&shop, &ada, "a").await, Begin::AnsweredSecret));
        })
        .await;
    }

    #[tokio::test]
    async fn a_failure_of_ours_is_not_kept() {
        for_each_database(async |test| {
            let shop = TestEngine::open(test);
            let ada = shop.account("ada@example.com", Role::Customer).await;
            for status in [500, 503, 429] {
                let first = ticket(&shop, &ada, "a").await;
                shop.engine.finish(first, reply(status)).await.unwrap();
            }
            let last = ticket(&shop, &ada, "a").await;
            shop.engine.finish(last, reply(409)).await.unwrap();
            assert!(matches!(begin(&shop, &ada, "a").await, Begin::Replay { status: 409, .. }));
        })
        .await;
    }

    #[tokio::test]
    async fn a_dead_holder_is_taken_over_and_can_do_nothing_more() {
        for_each_database(async |test| {
            let shop = TestEngine::open(test);
            let ada = shop.account("ada@example.com", Role::Customer).await;
            let dead = ticket(&shop, &ada, "a").await;
            shop.clock.step(Duration::from_secs(29));
            assert!(matches!(begin(&shop, &ada, "a").await, Begin::InFlight));
            shop.clock.step(Duration::from_secs(2));
            let next = ticket(&shop, &ada, "a").await;
            assert_eq!(next.effect(), None);
            let late = dead.clone();
            let noted =
                shop.engine.db().write(move |tx| tx.note_effect(late.claim(), "ord_1")).await;
            assert!(matches!(noted, Err(StoreError::Stale(_))));
            shop.engine.release(dead.clone()).await.unwrap();
            let refused = shop.engine.finish(dead, reply(201)).await;
            assert!(matches!(refused, Err(Error::Refused { slug: "in-flight", .. })));
            shop.engine.finish(next, reply(200)).await.unwrap();
            assert!(matches!(begin(&shop, &ada, "a").await, Begin::Replay { status: 200, .. }));
        })
        .await;
    }

    #[tokio::test]
    async fn what_a_dead_holder_had_done_is_not_done_again() {
        for_each_database(async |test| {
            let shop = TestEngine::open(test);
            let ada = shop.account("ada@example.com", Role::Customer).await;
            let first = ticket(&shop, &ada, "a").await;
            let claim = first.claim().clone();
            shop.engine.db().write(move |tx| tx.note_effect(&claim, "ord_1")).await.unwrap();
            shop.engine.finish(first, reply(503)).await.unwrap();
            assert!(matches!(begin(&shop, &ada, "b").await, Begin::OtherBody));
            let next = ticket(&shop, &ada, "a").await;
            assert_eq!(next.effect(), Some("ord_1"));
            let claim = next.claim().clone();
            let twice = shop.engine.db().write(move |tx| tx.note_effect(&claim, "ord_2")).await;
            assert!(matches!(twice, Err(StoreError::Stale(_))));
        })
        .await;
    }

    #[tokio::test]
    async fn a_key_is_short_and_printable() {
        for_each_database(async |test| {
            let shop = TestEngine::open(test);
            let ada = shop.account("ada@example.com", Role::Customer).await;
            let (long, longest) = ("k".repeat(201), "k".repeat(200));
            for key in ["", "a\0b", "a\nb", long.as_str()] {
                let refused = shop.engine.idempotent(&ada, ROUTE, key, "a").await;
                assert!(matches!(refused, Err(Error::Malformed(_))), "{key:?}");
            }
            assert!(shop.engine.idempotent(&ada, ROUTE, &longest, "a").await.is_ok());
        })
        .await;
    }

    #[tokio::test]
    async fn old_requests_are_forgotten_after_a_week() {
        for_each_database(async |test| {
            let shop = TestEngine::open(test);
            let ada = shop.account("ada@example.com", Role::Customer).await;
            let first = ticket(&shop, &ada, "a").await;
            shop.engine.finish(first, reply(201)).await.unwrap();
            shop.clock.step(Duration::from_secs(6 * 24 * 60 * 60));
            assert_eq!(shop.engine.forget_old().await.unwrap(), 0);
            shop.clock.step(Duration::from_secs(25 * 60 * 60));
            assert_eq!(shop.engine.forget_old().await.unwrap(), 1);
            assert!(matches!(begin(&shop, &ada, "b").await, Begin::Fresh(_)));
        })
        .await;
    }
}
