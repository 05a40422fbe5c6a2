//! Passwords: what makes one acceptable, and the slow hash that is kept of it.
//! The work is bounded: so many at once, so many waiting, so much memory each.

use std::sync::Arc;

use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use domain::id::Chance;
use tokio::sync::Semaphore;

use crate::error::{Error, Result};
use crate::secret::Secret;

const LETTERS_MIN: usize = 10;
const LETTERS_MAX: usize = 200;

/// 19 MiB, two passes, one lane: the least that OWASP recommends, and little enough that
/// `AT_ONCE_MAX` of them fit beside the shop on a small machine.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

const AT_ONCE_MAX: usize = 2;
/// A queue longer than this is an attack, or takes longer than anybody waits.
const WAITING_MAX: usize = 100;

/// No password has this hash. Comparing with it costs as much as with a real one, so that the
/// time of an answer does not tell whether an account exists.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$\
     AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Kept instead of a hash until whoever was invited has set a password.
pub(crate) const NO_PASSWORD: &str = "invited";

/// Refuses passwords that are too short to be safe or too long to be meant.
pub(crate) fn acceptable(password: &Secret) -> Result<()> {
    let wrong = |why: String| Err(Error::invalid("unacceptable-password", why));
    match password.expose().chars().count() {
        0 => wrong("a password is missing".into()),
        short if short < LETTERS_MIN => {
            wrong(format!("the password is too short: at least {LETTERS_MIN} characters"))
        }
        long if long > LETTERS_MAX => {
            wrong(format!("the password is too long: at most {LETTERS_MAX} characters"))
        }
        _ => Ok(()),
    }
}

/// Does the slow work, off the threads that answer requests.
pub(crate) struct Hasher {
    working: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
}

impl Hasher {
    pub fn new() -> Hasher {
        Hasher {
            working: Arc::new(Semaphore::new(AT_ONCE_MAX)),
            waiting: Arc::new(Semaphore::new(WAITING_MAX)),
        }
    }

    /// Makes the text to keep for a password.
    pub async fn hash(&self, password: &Secret, chance: &dyn Chance) -> Result<String> {
        let mut salt = [0; 16];
        chance.fill(&mut salt);
        let password = password.clone();
        self.slowly(move || {
            let hash = argon2()?.hash_password_with_salt(password.expose().as_bytes(), &salt);
            hash.map(|hash| hash.to_string()).map_err(|error| Error::Bug(error.to_string()))
        })
        .await
    }

    /// Whether this is the password of the hash; without a hash, false after the same work.
    pub async fn verify(&self, password: &Secret, hash: Option<&str>) -> Result<bool> {
        let hash = hash.filter(|hash| *hash != NO_PASSWORD);
        let known = hash.is_some();
        let hash = hash.unwrap_or(NOBODY).to_owned();
        // Longer ones are not passwords of ours; hashing a megabyte would be somebody's lever.
        let text: String = password.expose().chars().take(LETTERS_MAX + 1).collect();
        let password = Secret::new(text);
        self.slowly(move || {
            let verified = argon2()?.verify_password(password.expose().as_bytes(), hash.as_str());
            match verified {
                Ok(()) => Ok(known),
                Err(argon2::password_hash::Error::PasswordInvalid) => Ok(false),
                Err(error) => Err(Error::Bug(format!("a stored password hash: {error}"))),
            }
        })
        .await
    }

    async fn slowly<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce() -> Result<T> + Send + 'static,
    {
        let busy = || Error::TooMany {
            text: "too many people sign in at this moment; try again shortly".into(),
            retry_after_s: 5,
        };
        let place = self.waiting.clone().try_acquire_owned().map_err(|_| busy())?;
        let turn = self.working.clone().acquire_owned().await.map_err(|_| busy())?;
        // The permits go along: work whose caller has gone still counts until it is done.
        let done = tokio::task::spawn_blocking(move || {
            let result = work();
            drop((turn, place));
            result
        });
        done.await.map_err(|panic| Error::Bug(panic.to_string()))?
    }
}

fn argon2() -> Result<Argon2<'static>> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None)
        .map_err(|error| Error::Bug(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::Counting;

    #[test]
    fn a_password_has_ten_to_two_hundred_characters() {
        let judge = |letters: usize| acceptable(&Secret::new("ä".repeat(letters)));
        for good in [10, 200] {
            assert!(judge(good).is_ok(), "{good}");
        }
        for bad in [0, 9, 201] {
            assert!(matches!(judge(bad), Err(Error::Invalid { .. })), "{bad}");
        }
    }

    #[tokio::test]
    async fn a_hash_knows_its_password_alone() {
        let (hasher, chance) = (Hasher::new(), Counting::default());
        let password = Secret::new("correct horse");
        let hash = hasher.hash(&password, &chance).await.unwrap();
        assert_ne!(hash, hasher.hash(&password, &chance).await.unwrap());
        assert!(hasher.verify(&password, Some(&hash)).await.unwrap());
        assert!(!hasher.verify(&Secret::new("correct house"), Some(&hash)).await.unwrap());
        assert!(!hasher.verify(&password, None).await.unwrap());
        assert!(!hasher.verify(&password, Some(NO_PASSWORD)).await.unwrap());
        assert!(!hasher.verify(&Secret::new(NO_PASSWORD), Some(NO_PASSWORD)).await.unwrap());
        assert!(matches!(hasher.verify(&password, Some("x")).await, Err(Error::Bug(_))));
    }

    #[tokio::test]
    async fn nobody_costs_as_much_as_somebody() {
        let (hasher, chance) = (Hasher::new(), Counting::default());
        let hash = hasher.hash(&Secret::new("correct horse"), &chance).await.unwrap();
        let cost = |text: &str| text.split('$').take(4).collect::<Vec<_>>().join("$");
        assert_eq!(cost(&hash), cost(NOBODY));
        assert_eq!(hash.len(), NOBODY.len());
    }

    #[tokio::test]
    async fn a_long_queue_is_sent_away() {
        let hasher = Hasher::new();
        let all = hasher.waiting.clone().acquire_many_owned(WAITING_MAX as u32).await.unwrap();
        let password = Secret::new("correct horse");
        let refused = hasher.verify(&password, None).await;
        assert!(matches!(refused, Err(Error::TooMany { .. })));
        drop(all);
        assert!(hasher.verify(&password, None).await.is_ok());
    }
}
