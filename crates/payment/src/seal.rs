//! Signatures of gateways: made the way they make them, compared without telling how close a wrong
//! one came. Not for what is signed: each gateway's `map.rs` puts that together.

use hmac::{Hmac, KeyInit, Mac};
use http::HeaderMap;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::BadWebhook;

/// Whether `claimed` is the HMAC-SHA256 of the parts, one after the other.
pub fn fits(secret: &str, parts: &[&[u8]], claimed: &[u8]) -> bool {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return false };
    parts.iter().for_each(|part| mac.update(part));
    let right = mac.finalize().into_bytes();
    // An empty secret would let everybody in.
    bool::from(right.as_slice().ct_eq(claimed)) && !secret.is_empty()
}

/// A header that must be there exactly once: two leave it open which one counts.
pub fn only_header<'a>(headers: &'a HeaderMap, name: &str) -> Result<&'a [u8], BadWebhook> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(only), None) => Ok(only.as_bytes()),
        _ => Err(BadWebhook::Forged),
    }
}

/// A signature in hex as gateways write it: one way of writing each, so that a changed letter is a
/// changed signature.
pub fn hex_claim(text: &[u8]) -> Result<Vec<u8>, BadWebhook> {
    if text.iter().any(u8::is_ascii_uppercase) {
        return Err(BadWebhook::Forged);
    }
    hex::decode(text).map_err(|_| BadWebhook::Forged)
}

/// A name for an event whose body brings none: repeats have the same bytes.
pub fn event_of(body: &[u8]) -> String {
    hex::encode(Sha256::digest(body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_fits_its_secret_and_its_bytes_alone() {
        let mut mac = Hmac::<Sha256>::new_from_slice(b"secret").unwrap();
        mac.update(b"one.two");
        let right = mac.finalize().into_bytes();
        assert!(fits("secret", &[b"one", b".", b"two"], &right));
        assert!(!fits("secret", &[b"one", b"two"], &right));
        assert!(!fits("Secret", &[b"one.two"], &right));
        assert!(!fits("secret", &[b"one.two"], &right[..31]));
        assert!(!fits("secret", &[b"one.two"], b""));
    }

    #[test]
    fn an_empty_secret_lets_nobody_in() {
        let mac = Hmac::<Sha256>::new_from_slice(b"").unwrap();
        assert!(!fits("", &[], &mac.finalize().into_bytes()));
    }
}
