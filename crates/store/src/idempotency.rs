//! Requests that may come twice and must count once: who is at one, what it has brought about,
//! and what was answered. Answers that hold a secret leave a mark here and no body.

use std::time::Duration;

use crate::db::{Result, Row, StoreError, Tx};

/// The right to answer one request, until it ends or is taken over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerClaim {
    /// Whose request it is: a key means one thing per account and route.
    pub account: String,
    pub route: String,
    pub key: String,
    /// Random; tells this holder from one that took over.
    pub nonce: String,
}

/// An answer that was given, as it was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedAnswer {
    pub status: u16,
    pub content_type: String,
    pub body: Vec<u8>,
}

/// What a request with a key may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claimed {
    /// It is ours. `effect` is what an earlier holder, who never answered, had brought about.
    Ours {
        effect: Option<String>,
    },
    Answered(SavedAnswer),
    AnsweredSecret,
    OtherBody,
    /// Somebody else is at it.
    Busy,
}

impl Tx<'_> {
    /// Claims a request, or tells what became of the same one before.
    pub fn claim_answer(
        &mut self,
        claim: &AnswerClaim,
        body_hash: &str,
        claim_for: Duration,
    ) -> Result<Claimed> {
        let begun = self.run(
            "INSERT INTO idempotency (account_id, route, idempotency_key, body_hash, claim, \
             claimed_until, secret, started_at) \
             VALUES ($1, $2, $3, $4, $5, {now} + $6, 0, {now}) \
             ON CONFLICT (account_id, route, idempotency_key) DO NOTHING",
            args![&claim.account, &claim.route, &claim.key, body_hash, &claim.nonce, claim_for],
        )?;
        if begun == 1 {
            return Ok(Claimed::Ours { effect: None });
        }
        let row = self.lookup(
            "SELECT body_hash, secret, status, content_type, body, effect, \
             CASE WHEN claimed_until > {now} THEN 1 ELSE 0 END FROM idempotency \
             WHERE account_id = $1 AND route = $2 AND idempotency_key = $3{lock}",
            args![&claim.account, &claim.route, &claim.key],
        )?;
        // A row that vanished meanwhile was released: the next look begins afresh.
        let Some(row) = row else { return Ok(Claimed::Busy) };
        if row.text(0)? != body_hash {
            return Ok(Claimed::OtherBody);
        }
        if let Some(found) = answered(&row)? {
            return Ok(found);
        }
        if row.flag(6)? {
            return Ok(Claimed::Busy);
        }
        let effect = row.opt_text(5)?.map(str::to_owned);
        self.take_answer_over(claim, claim_for)?;
        Ok(Claimed::Ours { effect })
    }

    fn take_answer_over(&mut self, claim: &AnswerClaim, claim_for: Duration) -> Result<()> {
        self.later_one(
            "UPDATE idempotency SET claim = $4, claimed_until = {now} + $5 \
             WHERE account_id = $1 AND route = $2 AND idempotency_key = $3",
            args![&claim.account, &claim.route, &claim.key, &claim.nonce, claim_for],
            "the request",
        )
    }

    /// Notes what the request brings about, in the transaction that does it. Fails when the claim
    /// was taken over: then nothing of that transaction happens.
    pub fn note_effect(&mut self, claim: &AnswerClaim, effect: &str) -> Result<()> {
        self.later_one(
            "UPDATE idempotency SET effect = $5 WHERE account_id = $1 AND route = $2 \
             AND idempotency_key = $3 AND claim = $4 AND status IS NULL AND effect IS NULL",
            args![&claim.account, &claim.route, &claim.key, &claim.nonce, effect],
            "the request",
        )
    }

    /// Keeps an answer for whoever asks the same again.
    pub fn save_answer(&mut self, claim: &AnswerClaim, answer: &SavedAnswer) -> Result<()> {
        self.later_one(
            "UPDATE idempotency SET status = $5, content_type = $6, body = $7 \
             WHERE account_id = $1 AND route = $2 AND idempotency_key = $3 AND claim = $4 \
             AND status IS NULL",
            args![
                &claim.account,
                &claim.route,
                &claim.key,
                &claim.nonce,
                u32::from(answer.status),
                &answer.content_type,
                answer.body.as_slice(),
            ],
            "the request",
        )
    }

    /// Keeps only that an answer was given, because it held a secret.
    pub fn save_secret_answer(&mut self, claim: &AnswerClaim, status: u16) -> Result<()> {
        self.later_one(
            "UPDATE idempotency SET status = $5, secret = 1 \
             WHERE account_id = $1 AND route = $2 AND idempotency_key = $3 AND claim = $4 \
             AND status IS NULL",
            args![&claim.account, &claim.route, &claim.key, &claim.nonce, u32::from(status),],
            "the request",
        )
    }

    /// Gives a claim back unanswered: the next one with this key does it. Nothing happens when
    /// the claim was lost. What was brought about stays noted.
    pub fn release_answer(&mut self, claim: &AnswerClaim) -> Result<()> {
        let mine = args![&claim.account, &claim.route, &claim.key, &claim.nonce];
        self.later(
            "DELETE FROM idempotency WHERE account_id = $1 AND route = $2 \
             AND idempotency_key = $3 AND claim = $4 AND status IS NULL AND effect IS NULL",
            mine,
        )?;
        self.later(
            "UPDATE idempotency SET claimed_until = 0 WHERE account_id = $1 AND route = $2 \
             AND idempotency_key = $3 AND claim = $4 AND status IS NULL",
            mine,
        )
    }

    /// Forgets requests older than `age`, at most `limit`, and tells how many.
    pub fn prune_answers(&mut self, age: Duration, limit: u32) -> Result<u64> {
        self.run(
            "DELETE FROM idempotency WHERE (account_id, route, idempotency_key) IN \
             (SELECT account_id, route, idempotency_key FROM idempotency \
             WHERE started_at < {now} - $1 ORDER BY started_at LIMIT $2)",
            args![age, limit],
        )
    }
}

/// The answer in a row, where there is one.
fn answered(row: &Row) -> Result<Option<Claimed>> {
    let Some(status) = row.opt_int(2)? else { return Ok(None) };
    if row.flag(1)? {
        return Ok(Some(Claimed::AnsweredSecret));
    }
    let status = u16::try_from(status)
        .map_err(|_| StoreError::Inconsistent { what: "answer", why: format!("{status}") })?;
    let answer =
        SavedAnswer { status, content_type: row.text(3)?.to_owned(), body: row.bytes(4)?.to_vec() };
    Ok(Some(Claimed::Answered(answer)))
}
