//! Secrets at rest: sealed before they reach a table, opened only where they are needed.
//! The envelope names the version and the key, so that keys can be changed later.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};
use domain::id::Chance;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::db::{Result, StoreError};

const VERSION: u8 = 1;
const KEY_ID_LENGTH: usize = 4;
const NONCE_LENGTH: usize = 12;
const HEAD: usize = 1 + KEY_ID_LENGTH + NONCE_LENGTH;

/// Seals and opens with the shop's master key.
#[derive(Clone)]
pub struct Seal {
    key: Zeroizing<[u8; 32]>,
    key_id: [u8; KEY_ID_LENGTH],
}

impl Seal {
    pub fn new(key: [u8; 32]) -> Seal {
        let digest = Sha256::new().chain_update(b"berth master key").chain_update(key).finalize();
        let mut key_id = [0; KEY_ID_LENGTH];
        key_id.copy_from_slice(&digest[..KEY_ID_LENGTH]);
        Seal { key: Zeroizing::new(key), key_id }
    }

    /// Recognises the key without telling it: stored with the data, compared at every start.
    pub fn check_text(&self) -> String {
        let digest =
            Sha256::new().chain_update(b"berth key check").chain_update(*self.key).finalize();
        digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }

    fn cipher(&self) -> ChaCha20Poly1305 {
        ChaCha20Poly1305::new(&Key::from(*self.key))
    }

    /// Seals bytes for one row: `bound_to` names it, so that a seal cannot be moved elsewhere.
    pub fn seal(&self, plain: &[u8], bound_to: &str, chance: &dyn Chance) -> Result<Vec<u8>> {
        let mut nonce = [0; NONCE_LENGTH];
        chance.fill(&mut nonce);
        let payload = Payload { msg: plain, aad: bound_to.as_bytes() };
        let sealed = self
            .cipher()
            .encrypt(&Nonce::from(nonce), payload)
            .map_err(|_| StoreError::Failed("a secret could not be sealed".into()))?;
        let mut out = Vec::with_capacity(HEAD + sealed.len());
        out.push(VERSION);
        out.extend_from_slice(&self.key_id);
        out.extend_from_slice(&nonce);
        out.extend_from_slice(&sealed);
        Ok(out)
    }

    /// Opens what was sealed for the same row with the same key.
    pub fn open(&self, sealed: &[u8], bound_to: &str) -> Result<Zeroizing<Vec<u8>>> {
        let wrong = |why: &str| StoreError::Inconsistent { what: "sealed value", why: why.into() };
        if sealed.len() < HEAD || sealed[0] != VERSION {
            return Err(wrong("its envelope is unknown"));
        }
        if sealed[1..=KEY_ID_LENGTH] != self.key_id {
            return Err(wrong("it was sealed with another master key"));
        }
        let mut nonce = [0; NONCE_LENGTH];
        nonce.copy_from_slice(&sealed[1 + KEY_ID_LENGTH..HEAD]);
        let payload = Payload { msg: &sealed[HEAD..], aad: bound_to.as_bytes() };
        let plain = self.cipher().decrypt(&Nonce::from(nonce), payload);
        plain.map(Zeroizing::new).map_err(|_| wrong("it was changed, or belongs to another row"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Sevens;
    impl Chance for Sevens {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }

    #[test]
    fn a_seal_opens_only_for_its_own_row_and_key() {
        let seal = Seal::new([1; 32]);
        let sealed = seal.seal(b"secret", "srv_1", &Sevens).unwrap();
        assert_eq!(&**seal.open(&sealed, "srv_1").unwrap(), b"secret");
        assert!(seal.open(&sealed, "srv_2").is_err());
        assert!(Seal::new([2; 32]).open(&sealed, "srv_1").is_err());
        assert!(!sealed.windows(6).any(|window| window == b"secret"));
    }

    #[test]
    fn a_changed_seal_is_refused() {
        let seal = Seal::new([1; 32]);
        let mut sealed = seal.seal(b"secret", "srv_1", &Sevens).unwrap();
        *sealed.last_mut().unwrap() ^= 1;
        assert!(seal.open(&sealed, "srv_1").is_err());
        assert!(seal.open(&sealed[..5], "srv_1").is_err());
    }
}
