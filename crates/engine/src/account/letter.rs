//! Letters about an account, and the links in them. A token is random, told in the letter alone,
//! and kept twice: as its hash, to know it again, and sealed, until the letter has left.

use std::time::Duration;

use store::account::Account as Row;
use store::db::Tx;
use store::mail::{AccountFacts, Addressed};
use store::ticket::{NewTicket, Purpose};

use crate::Engine;
use crate::error::{Error, Result};
use crate::mail::told::AccountNews;
use crate::secret::Secret;
use crate::session::{hash_of, random_text};

const MINUTE: Duration = Duration::from_secs(60);

/// What the link of a letter is for.
#[derive(Clone, Copy)]
pub(crate) enum Way {
    Verify,
    Reset,
    /// Sets the first password of one of staff.
    Invite,
}

impl Way {
    fn purpose(self) -> Purpose {
        match self {
            Way::Verify => Purpose::Verify,
            Way::Reset | Way::Invite => Purpose::Reset,
        }
    }

    fn news(self) -> AccountNews {
        match self {
            Way::Verify => AccountNews::Verify,
            Way::Reset => AccountNews::Reset,
            Way::Invite => AccountNews::Invited,
        }
    }

    /// How long the link holds.
    fn lasts(self) -> Duration {
        match self {
            Way::Verify => 24 * 60 * MINUTE,
            Way::Reset => 30 * MINUTE,
            Way::Invite => 3 * 24 * 60 * MINUTE,
        }
    }
}

/// A link that is about to be written into a letter.
#[derive(Clone)]
pub(crate) struct Link {
    way: Way,
    token_hash: String,
    /// Of the letter: the seal opens for it alone.
    cause: String,
    sealed: String,
}

impl Engine {
    pub(crate) fn new_link(&self, way: Way) -> Result<Link> {
        let chance = &*self.parts.chance;
        let token = random_text(chance);
        let token_hash = hash_of(&token);
        let cause = cause_of(way.news().word(), &token_hash);
        let sealed = self.parts.seal.seal(token.as_bytes(), &cause, chance)?;
        Ok(Link { way, token_hash, cause, sealed: hex::encode(sealed) })
    }

    /// The token that a letter's link carries.
    pub(crate) fn token_of(&self, cause: &str, sealed: &str) -> Result<Secret> {
        let wrong = || Error::Bug(format!("the link of {cause} cannot be read"));
        let sealed = hex::decode(sealed).map_err(|_| wrong())?;
        let token = self.parts.seal.open(&sealed, cause)?;
        Ok(Secret::new(std::str::from_utf8(&token).map_err(|_| wrong())?))
    }

    /// A letter that carries no link, about something that happens once.
    pub(crate) fn new_cause(&self, news: AccountNews) -> String {
        cause_of(news.word(), &hash_of(&random_text(&*self.parts.chance)))
    }
}

/// No two letters have the same.
fn cause_of(word: &str, hash: &str) -> String {
    format!("{word}/{}", &hash[..24])
}

impl Link {
    /// Writes the letter to an account's person, at the address that the link is about.
    pub(crate) fn write(self, tx: &mut Tx<'_>, row: &Row, email: &str) -> Result<()> {
        let Link { way, token_hash, cause, sealed } = self;
        let (purpose, lasts, account) = (way.purpose(), way.lasts(), row.id.clone());
        let (email, news) = (email.to_owned(), way.news());
        let until = (tx.now()? + lasts).as_micros();
        let to = Addressed { email: &email, ..Addressed::to(row, news.word(), &cause) };
        tx.tell_person(
            to,
            &AccountFacts { sealed: Some(sealed), until: Some(until), ..AccountFacts::default() },
        )?;
        tx.insert_ticket(&NewTicket { token_hash, purpose, account, email: email.clone(), lasts })?;
        Ok(())
    }
}

/// Writes a letter without a link.
pub(crate) fn tell(tx: &mut Tx<'_>, to: Addressed<'_>) -> Result<()> {
    Ok(tx.tell_person(to, &AccountFacts::default())?)
}

/// Asks the person of an account to prove an address. Where somebody else has proven it, the
/// letter says so instead: whoever reads it is the one who has that other account.
pub(crate) fn ask_to_verify(tx: &mut Tx<'_>, row: &Row, email: &str, link: Link) -> Result<()> {
    let holder = tx.account_by_email(email)?;
    match holder.filter(|holder| holder.id != row.id && holder.verified_at.is_some()) {
        None => link.write(tx, row, email),
        Some(holder) => {
            let news = AccountNews::KnownAddress;
            let cause = format!("{}/{}", news.word(), link.cause);
            tell(tx, Addressed { email, ..Addressed::to(&holder, news.word(), &cause) })
        }
    }
}
