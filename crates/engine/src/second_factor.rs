//! A second factor: codes of a device beside the password, and recovery codes for when the device
//! is lost. Setting it up, switching it off, and whether a code is right. What a code is stands in
//! `totp.rs`.

mod totp;

use domain::id::{AccountId, Chance};
use store::account::Account as Row;
use store::db::Tx;
use store::mail::Addressed;

use crate::Engine;
use crate::account::letter;
use crate::error::{Error, Result};
use crate::mail::told::AccountNews;
use crate::permission::{AccountRef, SecondFactor};
use crate::secret::Secret;
use crate::session::hash_of;

const RECOVERY_CODES: usize = 10;
/// Sixteen letters: too many to guess, so that a fast hash is enough.
const RECOVERY_BYTES: usize = 10;
const RECOVERY_LETTERS: usize = 16;

/// A secret on its way to a device.
#[derive(Clone, Debug)]
pub struct Setup {
    /// In letters, for typing.
    pub secret: Secret,
    /// The same as devices scan it.
    pub uri: Secret,
}

/// How a person's second factor stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Factor {
    pub is_on: bool,
    pub recovery_codes: i64,
}

impl Engine {
    /// How a person's second factor stands.
    pub async fn second_factor(&self, me: &AccountRef) -> Result<Factor> {
        let id = me.id.clone();
        let read = self.db().read(move |tx| {
            let is_on = tx.account(&id)?.second_factor_at.is_some();
            Ok::<_, Error>(Factor { is_on, recovery_codes: tx.count_recovery_codes(&id)? })
        });
        read.await
    }

    /// Makes a secret for a new device. It is asked for once a code of it was seen.
    pub async fn begin_second_factor(&self, me: &AccountRef) -> Result<Setup> {
        let mut secret = [0; totp::SECRET_LENGTH];
        self.parts.chance.fill(&mut secret);
        let sealed = self.parts.seal.seal(&secret, &bound_to(&me.id), &*self.parts.chance)?;
        let id = me.id.clone();
        self.db()
            .write(move |tx| {
                if tx.account(&id)?.second_factor_at.is_some() {
                    let why = "a second factor is on; switch it off before you set up another one";
                    return Err(Error::refused("not-now", why));
                }
                Ok(tx.set_second_factor(&id, &sealed)?)
            })
            .await?;
        Ok(self.setup(me, &secret))
    }

    /// The secret that is being set up, for whoever typed a wrong code.
    pub async fn pending_second_factor(&self, me: &AccountRef) -> Result<Setup> {
        let (engine, id) = (self.clone(), me.id.clone());
        let secret = self.db().read(move |tx| engine.secret_of(tx, &id)).await?;
        Ok(self.setup(me, &secret))
    }

    fn setup(&self, me: &AccountRef, secret: &[u8]) -> Setup {
        let letters = totp::letters(secret);
        let url = &self.settings().app_url;
        let host = url.split("//").nth(1).unwrap_or(url);
        let plain = |text: &str| {
            text.replace(|c: char| !c.is_ascii_alphanumeric() && !"-._@".contains(c), "_")
        };
        let (host, email) = (plain(host), plain(&me.email));
        let uri = format!("otpauth://totp/{host}:{email}?secret={letters}&issuer={host}");
        Setup { secret: Secret::new(letters), uri: Secret::new(uri) }
    }

    /// Switches the second factor on, for whoever shows a code of it. The recovery codes are told
    /// once, here.
    pub async fn confirm_second_factor(
        &self,
        me: &AccountRef,
        code: &Secret,
    ) -> Result<Vec<Secret>> {
        let codes = recovery_codes(&*self.parts.chance);
        let (engine, id, code, hashes) =
            (self.clone(), me.id.clone(), code.clone(), hashes(&codes));
        self.judged(&me.id, move |tx| {
            if tx.account(&id)?.second_factor_at.is_some() {
                return Err(Error::refused("not-now", "the second factor is on already"));
            }
            if !engine.is_code_of_device(tx, &id, &plain(&code))? {
                return Ok(false);
            }
            tx.switch_second_factor_on(&id)?;
            tx.set_recovery_codes(&id, &hashes)?;
            tx.audit(id.as_str(), "second-factor-on", id.as_str(), "")?;
            Ok(true)
        })
        .await?;
        Ok(codes)
    }

    /// Makes new recovery codes, for whoever shows a code.
    pub async fn renew_recovery_codes(
        &self,
        me: &AccountRef,
        code: &Secret,
    ) -> Result<Vec<Secret>> {
        let codes = recovery_codes(&*self.parts.chance);
        let (engine, id, code, hashes) =
            (self.clone(), me.id.clone(), code.clone(), hashes(&codes));
        self.judged(&me.id, move |tx| {
            let right = engine.is_code(tx, &id, &code)?;
            if right {
                tx.set_recovery_codes(&id, &hashes)?;
                tx.audit(id.as_str(), "renew-recovery-codes", id.as_str(), "")?;
            }
            Ok(right)
        })
        .await?;
        Ok(codes)
    }

    /// Switches the second factor off, for whoever shows a code.
    pub async fn end_second_factor(&self, me: &AccountRef, code: &Secret) -> Result<()> {
        let (engine, id, code) = (self.clone(), me.id.clone(), code.clone());
        let cause = self.new_cause(AccountNews::SecondFactorOff);
        self.judged(&me.id, move |tx| {
            let right = engine.is_code(tx, &id, &code)?;
            if right {
                forget(tx, (&id, id.as_str()), &cause)?;
            }
            Ok(right)
        })
        .await
    }

    /// Takes the second factor off somebody who has lost device and recovery codes.
    pub async fn take_second_factor_off(&self, account: &AccountId, actor: &str) -> Result<()> {
        let (id, actor) = (account.clone(), actor.to_owned());
        let cause = self.new_cause(AccountNews::SecondFactorOff);
        self.db()
            .write(move |tx| {
                if tx.account(&id)?.second_factor_at.is_none() {
                    return Err(Error::refused("not-now", "this account has no second factor"));
                }
                forget(tx, (&id, &actor), &cause)
            })
            .await
    }

    /// Whether this is a code of a person who uses a session, in place of their password.
    pub(crate) async fn prove_code(&self, me: &AccountRef, code: &Secret) -> Result<()> {
        let (engine, id, code) = (self.clone(), me.id.clone(), code.clone());
        self.judged(&me.id, move |tx| engine.is_code(tx, &id, &code)).await
    }

    /// Looks at a code in a transaction, which does what the right one is for. Guesses are counted
    /// per account, wherever they come from: a code is short.
    pub(crate) async fn judged<F>(&self, account: &AccountId, mut work: F) -> Result<()>
    where
        F: FnMut(&mut Tx<'_>) -> Result<bool> + Send + 'static,
    {
        let this_try = self.door.try_code(account.as_str(), self.now())?;
        let judged = self.db().write(move |tx| match work(tx)? {
            true => Ok(()),
            false => Err(wrong_code()),
        });
        match judged.await {
            Ok(()) => {
                self.door.was_right_code(account.as_str());
                Ok(())
            }
            Err(error @ Error::Invalid { .. }) => Err(error),
            Err(error) => {
                self.door.code_was_not_judged(account.as_str(), this_try);
                Err(error)
            }
        }
    }

    /// Uses up a code of the device, or a recovery code.
    pub(crate) fn is_code(&self, tx: &mut Tx<'_>, id: &AccountId, code: &Secret) -> Result<bool> {
        let code = plain(code);
        match code.len() {
            RECOVERY_LETTERS => {
                let taken = tx.take_recovery_code(id, &hash_of(&code))?;
                if taken {
                    tx.audit(id.as_str(), "use-recovery-code", id.as_str(), "")?;
                }
                Ok(taken)
            }
            _ => self.is_code_of_device(tx, id, &code),
        }
    }

    fn is_code_of_device(&self, tx: &mut Tx<'_>, id: &AccountId, code: &str) -> Result<bool> {
        let secret = self.secret_of(tx, id)?;
        match totp::step_of(&secret, code, tx.now()?) {
            Some(step) => Ok(tx.use_second_factor(id, step)?),
            None => Ok(false),
        }
    }

    fn secret_of(&self, tx: &mut Tx<'_>, id: &AccountId) -> Result<Vec<u8>> {
        let sealed = tx.second_factor_secret(id)?;
        let sealed =
            sealed.ok_or_else(|| Error::refused("not-now", "set up a second factor first"))?;
        Ok(self.parts.seal.open(&sealed, &bound_to(id))?.to_vec())
    }
}

impl SecondFactor {
    /// Of an account; `asked` says whether the shop asks it of staff.
    pub(crate) fn of(row: &Row, asked: bool) -> SecondFactor {
        match (row.second_factor_at, asked) {
            (Some(_), _) => SecondFactor::On,
            (None, true) => SecondFactor::Missing,
            (None, false) => SecondFactor::Off,
        }
    }
}

fn forget(tx: &mut Tx<'_>, (id, actor): (&AccountId, &str), cause: &str) -> Result<()> {
    let row = tx.account(id)?;
    tx.delete_second_factor(id)?;
    tx.audit(actor, "second-factor-off", id.as_str(), "")?;
    letter::tell(tx, Addressed::to(&row, AccountNews::SecondFactorOff.word(), cause))
}

fn bound_to(id: &AccountId) -> String {
    format!("{id}/second-factor")
}

/// A code as it is compared, however it was typed.
fn plain(code: &Secret) -> String {
    let letters = code.expose().chars().filter(|letter| letter.is_ascii_alphanumeric());
    letters.take(2 * RECOVERY_LETTERS).collect::<String>().to_uppercase()
}

fn wrong_code() -> Error {
    Error::invalid("wrong-code", "this code is wrong, too old, or was used before")
}

fn recovery_codes(chance: &dyn Chance) -> Vec<Secret> {
    let code = |_| {
        let mut bytes = [0; RECOVERY_BYTES];
        chance.fill(&mut bytes);
        let letters = totp::letters(&bytes);
        let groups: Vec<&str> = (0..4).map(|group| &letters[group * 4..group * 4 + 4]).collect();
        Secret::new(groups.join("-"))
    };
    (0..RECOVERY_CODES).map(code).collect()
}

fn hashes(codes: &[Secret]) -> Vec<String> {
    codes.iter().map(|code| hash_of(&plain(code))).collect()
}

#[cfg(test)]
mod tests;
