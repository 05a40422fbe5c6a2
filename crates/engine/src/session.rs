//! People prove who they are: sign in, sign out, and who a session's token belongs to.
//! Nothing here tells a stranger whether an account exists. The second step, for those who have a
//! second factor, is in `session/code.rs`; what people do with sessions that are open in `open.rs`.

mod acting;
mod code;
mod open;

pub use code::{CodeShown, TICKET_LASTS};
pub use open::OpenSession;

use std::net::IpAddr;
use std::time::Duration;

use domain::clock::Timestamp;
use domain::id::{AccountId, Chance, SessionId};
use sha2::{Digest, Sha256};
use store::account::Account as Row;
use store::db::Tx;
use store::session::{NewSession, SessionRow};

use crate::account::role_of;
use crate::error::{Error, Result};
use crate::permission::{AccountRef, Role, SecondFactor, Via, Visitor};
use crate::secret::Secret;
use crate::{Engine, email, switches, wording};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// A session ends when it was not used for so long, and in any case after `LASTS_MAX`.
const IDLE_MAX: Duration = Duration::from_secs(14 * DAY.as_secs());
pub const LASTS_MAX: Duration = Duration::from_secs(90 * DAY.as_secs());
/// Use is noted so often at most: a page with many requests need not write many times.
const NOTED_EVERY: Duration = Duration::from_secs(5 * 60);
/// Graver deeds ask again after so long: whoever sits there now may be somebody else.
const PROOF_LASTS: Duration = Duration::from_secs(10 * 60);
const AGENT_MAX: usize = 200;

/// Somebody who wants to sign in, and from where.
#[derive(Clone, Debug)]
pub struct SignIn {
    pub email: String,
    pub password: Secret,
    /// What the browser calls itself.
    pub agent: String,
    pub address: IpAddr,
}

/// What somebody signs in with, and from where.
#[derive(Clone, Copy)]
pub(crate) struct Device<'a> {
    pub agent: &'a str,
    pub address: IpAddr,
}

impl SignIn {
    fn device(&self) -> Device<'_> {
        Device { agent: &self.agent, address: self.address }
    }
}

/// A session that has begun. The token is told once, here.
#[derive(Clone, Debug)]
pub struct SignedIn {
    pub token: Secret,
    pub session: SessionId,
    pub account: AccountId,
    pub role: Role,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
}

/// 32 random bytes as a text, from which nobody gets to the next one.
pub(crate) fn random_text(chance: &dyn Chance) -> String {
    let mut bytes = [0; 32];
    chance.fill(&mut bytes);
    hex::encode(bytes)
}

/// What is kept of a random text. It is long and random, so that a fast hash is enough.
pub(crate) fn hash_of(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

/// Begins a session in the transaction that decided so.
pub(crate) fn begin(tx: &mut Tx<'_>, session: &NewSession) -> store::db::Result<()> {
    tx.insert_session(session)?;
    tx.audit(session.account.as_str(), "sign-in", session.id.as_str(), &session.agent)
}

impl Engine {
    /// Signs a person in; whoever has a second factor is asked for a code, and gets no session yet.
    /// An unknown address costs as much and says the same as a wrong password.
    pub async fn sign_in(&self, wish: SignIn) -> Result<SignedIn> {
        // A text that cannot be an address is nobody's, and is counted all the same.
        let known = email::parse(&wish.email).ok();
        let counted = known.clone().unwrap_or_else(|| wording::shortened(&wish.email, 100));
        let this_try = self.door.try_sign_in(&counted, wish.address, self.now())?;
        let row = match self.prove(known, &wish.password).await {
            Ok(Some(row)) => row,
            Ok(None) => return Err(wrong()),
            Err(error) => {
                self.door.was_not_judged(&this_try);
                return Err(error);
            }
        };
        self.door.was_right(&this_try);
        if row.second_factor_at.is_some() {
            let ticket = self.ticket_for_code(&row).await?;
            return Err(Error::NeedsCode { ticket });
        }
        let (session, signed_in) = self.new_session(&row, role_of(&row)?, wish.device());
        self.db().write(move |tx| begin(tx, &session)).await?;
        Ok(signed_in)
    }

    /// The account of an address, if the password is its own: of whoever holds it, or else of the
    /// newest who claims it. Both are looked at in any case, so that time tells nothing.
    async fn prove(&self, email: Option<String>, password: &Secret) -> Result<Option<Row>> {
        let (holder, claimant) = match email {
            Some(email) => {
                let found = self.db().read(move |tx| {
                    Ok::<_, Error>((tx.account_by_email(&email)?, tx.claimant(&email)?))
                });
                found.await?
            }
            None => (None, None),
        };
        let is_theirs = async |row: &Option<Row>| {
            let hash = row.as_ref().map(|row| row.password_hash.as_str());
            self.door.hasher.verify(password, hash).await
        };
        let held = is_theirs(&holder).await?;
        let claimed = is_theirs(&claimant).await?;
        Ok(holder.filter(|_| held).or(claimant.filter(|_| claimed)))
    }

    /// A session to begin, and what is told of it.
    pub(crate) fn new_session(
        &self,
        row: &Row,
        role: Role,
        device: Device<'_>,
    ) -> (NewSession, SignedIn) {
        let (now, chance) = (self.now(), &*self.parts.chance);
        let (token, id) = (random_text(chance), SessionId::mint(now, chance));
        let session = NewSession {
            id: id.clone(),
            token_hash: hash_of(&token),
            account: row.id.clone(),
            agent: wording::shortened(device.agent, AGENT_MAX),
            address: device.address.to_canonical().to_string(),
            lasts: IDLE_MAX,
        };
        let signed_in = SignedIn {
            token: Secret::new(token),
            session: id,
            account: row.id.clone(),
            role,
            expires_at: now + LASTS_MAX,
        };
        (session, signed_in)
    }

    /// Ends a session. One that has ended already stays ended.
    pub async fn sign_out(&self, token: &Secret) -> Result<()> {
        let hash = hash_of(token.expose());
        self.db()
            .write(move |tx| {
                let found = tx.session_by_token(&hash)?;
                tx.delete_session(&hash)?;
                if let Some((session, account)) = found {
                    tx.audit(account.id.as_str(), "sign-out", session.id.as_str(), "")?;
                }
                Ok::<_, Error>(())
            })
            .await
    }

    /// Whose session a token is; nobody's when it has ended or never was.
    pub async fn who(&self, token: &Secret) -> Result<Visitor> {
        let text = token.expose();
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Ok(Visitor::Nobody);
        }
        let hash = hash_of(text);
        let found = self.db().read(move |tx| {
            let found = tx.session_and_setting(&hash, switches::STAFF_SECOND_FACTOR)?;
            let Some((session, row, is_asked)) = found else { return Ok(None) };
            let role = role_of(&row)?;
            let lacks_it = role != Role::Customer && row.second_factor_at.is_none();
            let own = account_of(&session, SecondFactor::of(&row, lacks_it && is_asked), role, row);
            let me = acting::seen_as(tx, &session, own)?;
            Ok::<_, Error>(Some((session, me)))
        });
        let Some((session, me)) = found.await? else {
            return Ok(Visitor::Nobody);
        };
        self.note_use(&session).await?;
        Ok(Visitor::Account(me))
    }

    async fn note_use(&self, session: &SessionRow) -> Result<()> {
        let now = session.read_at;
        if now.since(session.seen_at) < NOTED_EVERY {
            return Ok(());
        }
        let (id, ends) = (session.id.clone(), (now + IDLE_MAX).min(session.created_at + LASTS_MAX));
        self.db().write(move |tx| tx.touch_session(&id, ends)).await?;
        Ok(())
    }
}

/// Whoever a session belongs to.
fn account_of(session: &SessionRow, factor: SecondFactor, role: Role, row: Row) -> AccountRef {
    AccountRef {
        role,
        second_factor: factor,
        id: row.id,
        email: row.email,
        verified: row.verified_at.is_some(),
        name: row.name,
        language: row.language,
        scopes: Vec::new(),
        proved: session.read_at.since(session.proved_at) < PROOF_LASTS,
        via: Via::Session(session.id.clone()),
        acting: None,
    }
}

fn wrong() -> Error {
    Error::invalid("wrong-sign-in", "the email address or the password is wrong")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::for_each_database;
    use crate::test_engine::{PASSWORD, TestEngine, address};

    fn wish(email: &str, password: &str) -> SignIn {
        SignIn {
            email: email.into(),
            password: Secret::new(password),
            agent: "Firefox\n".into(),
            address: address(1),
        }
    }

    #[tokio::test]
    async fn the_right_password_opens_a_session_until_sign_out() {
        for_each_database(async |test| {
            let shop = TestEngine::open(test);
            let ada = shop.account("ada@example.com", Role::Customer).await;
            let signed_in = shop.engine.sign_in(wish("Ada@Example.com", PASSWORD)).await.unwrap();
            assert_eq!(signed_in.account, ada);
            let visitor = shop.engine.who(&signed_in.token).await.unwrap();
            assert_eq!(visitor.account().unwrap().via, Via::Session(signed_in.session.clone()));
            shop.engine.sign_out(&signed_in.token).await.unwrap();
            shop.engine.sign_out(&signed_in.token).await.unwrap();
            assert_eq!(shop.engine.who(&signed_in.token).await.unwrap(), Visitor::Nobody);
        })
        .await;
    }

    #[tokio::test]
    async fn a_wrong_password_and_an_unknown_address_read_the_same() {
        for_each_database(async |test| {
            let shop = TestEngine::open(test);
            shop.account("ada@example.com", Role::Customer).await;
            let long = "x".repeat(100_000);
            let mut answers = Vec::new();
            for (email, password) in [
                ("ada@example.com", "wrong password"),
                ("eve@example.com", PASSWORD),
                ("no address at all", PASSWORD),
                ("ada@example.com\0", PASSWORD),
                ("", ""),
                ("ada@example.com", long.as_str()),
            ] {
                answers.push(
                    shop.engine.sign_in(wish(email, password)).await.unwrap_err().to_string(),
                );
            }
            answers.dedup();
            assert_eq!(answers, ["the email address or the password is wrong"]);
        })
        .await;
    }

    #[tokio::test]
    async fn guesses_at_one_account_are_stopped_from_every_address() {
        for_each_database(async |test| {
            let shop = TestEngine::open(test);
            shop.account("ada@example.com", Role::Customer).await;
            let from =
                |number: u8| SignIn { address: address(number), ..wish("ada@example.com", "?") };
            for number in 0..10 {
                let refused = shop.engine.sign_in(from(number)).await.unwrap_err();
                assert!(matches!(refused, Error::Invalid { slug: "wrong-sign-in", .. }));
            }
            let right = wish("ada@example.com", PASSWORD);
            let refused = shop.engine.sign_in(right.clone()).await.unwrap_err();
            assert!(matches!(refused, Error::TooMany { retry_after_s: 900, .. }), "{refused:?}");
            shop.clock.step(Duration::from_secs(15 * 60));
            assert!(shop.engine.sign_in(right).await.is_ok());
        })
        .await;
    }

    #[tokio::test]
    async fn guesses_from_one_address_are_stopped_at_every_account() {
        for_each_database(async |test| {
            let shop = TestEngine::open(test);
            for number in 0..30 {
                let guess = wish(&format!("user{number}@example.com"), "?");
                let refused = shop.engine.sign_in(guess).await.unwrap_err();
                assert!(matches!(refused, Error::Invalid { .. }));
            }
            let refused = shop.engine.sign_in(wish("one@example.com", "?")).await.unwrap_err();
            assert!(matches!(refused, Error::TooMany { .. }));
            let elsewhere = SignIn { address: address(2), ..wish("one@example.com", "?") };
            let judged = shop.engine.sign_in(elsewhere).await.unwrap_err();
            assert!(matches!(judged, Error::Invalid { .. }));
        })
        .await;
    }

    #[tokio::test]
    async fn right_passwords_are_never_too_many() {
        for_each_database(async |test| {
            let shop = TestEngine::open(test);
            shop.account("ada@example.com", Role::Customer).await;
            for _ in 0..40 {
                shop.engine.sign_in(wish("ada@example.com", PASSWORD)).await.unwrap();
            }
        })
        .await;
    }

    #[tokio::test]
    async fn a_session_lives_while_it_is_used_and_not_for_ever() {
        for_each_database(async |test| {
            let shop = TestEngine::open(test);
            shop.account("ada@example.com", Role::Customer).await;
            let idle = shop.engine.sign_in(wish("ada@example.com", PASSWORD)).await.unwrap();
            let used = shop.engine.sign_in(wish("ada@example.com", PASSWORD)).await.unwrap();
            let is_known =
                async |token: &Secret| shop.engine.who(token).await.unwrap().account().is_some();
            for _ in 0..8 {
                shop.clock.step(10 * DAY);
                assert!(is_known(&used.token).await);
            }
            assert!(!is_known(&idle.token).await);
            shop.clock.step(10 * DAY);
            assert!(!is_known(&used.token).await);
            assert_eq!(shop.engine.forget_old().await.unwrap(), 2);
        })
        .await;
    }

    #[tokio::test]
    async fn a_token_that_was_never_given_belongs_to_nobody() {
        for_each_database(async |test| {
            let shop = TestEngine::open(test);
            let guess = "0".repeat(64);
            for text in ["", "x", "\0", guess.as_str()] {
                let found = shop.engine.who(&Secret::new(text)).await.unwrap();
                assert_eq!(found, Visitor::Nobody);
            }
        })
        .await;
    }
}
