//! Codes that a device makes from a secret and the time (RFC 6238: SHA-1, six digits, half a
//! minute, as every device knows them). Pure; who may try how often is decided elsewhere.

use domain::clock::Timestamp;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use subtle::ConstantTimeEq;

/// As long as what SHA-1 makes.
pub(super) const SECRET_LENGTH: usize = 20;
const STEP_S: i64 = 30;
/// Clocks of devices go wrong by so many steps, either way.
const DRIFT: i64 = 1;
const DIGITS: u32 = 6;
const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The step of a moment.
pub(super) fn step_at(at: Timestamp) -> i64 {
    at.as_micros().div_euclid(1_000_000 * STEP_S)
}

/// The code of a step.
pub(super) fn code_of(secret: &[u8], step: i64) -> String {
    // HMAC takes keys of every length.
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(secret) else { return String::new() };
    mac.update(&step.to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let at = usize::from(digest[19] & 0x0f);
    let four = [digest[at] & 0x7f, digest[at + 1], digest[at + 2], digest[at + 3]];
    let code = u32::from_be_bytes(four) % 10_u32.pow(DIGITS);
    format!("{code:06}")
}

/// The step that a code belongs to, if it is one of now. All of them are compared in any case.
pub(super) fn step_of(secret: &[u8], code: &str, now: Timestamp) -> Option<i64> {
    let now = step_at(now);
    let mut found = None;
    for step in now - DRIFT..=now + DRIFT {
        let is_it: bool = code_of(secret, step).as_bytes().ct_eq(code.as_bytes()).into();
        if is_it {
            found = Some(step);
        }
    }
    found
}

/// Bytes in letters that people can type (RFC 4648, base 32), five bits each.
pub(super) fn letters(bytes: &[u8]) -> String {
    let mut text = String::new();
    for five in bytes.chunks(5) {
        let mut bits = [0; 8];
        bits[3..3 + five.len()].copy_from_slice(five);
        let bits = u64::from_be_bytes(bits);
        for place in 0..(five.len() * 8).div_ceil(5) {
            let letter = (bits >> (35 - 5 * place)) & 31;
            text.push(char::from(LETTERS[letter as usize]));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The appendix of the RFC, cut to six digits.
    #[test]
    fn the_codes_are_those_of_the_standard() {
        let secret = b"12345678901234567890";
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            let at = Timestamp::from_millis(seconds * 1_000);
            assert_eq!(code_of(secret, step_at(at)), code, "{seconds}");
        }
    }

    #[test]
    fn a_code_holds_for_one_step_either_way_and_no_longer() {
        let secret = b"12345678901234567890";
        let at = |seconds: i64| Timestamp::from_millis(seconds * 1_000);
        let code = code_of(secret, step_at(at(600)));
        for (seconds, known) in [(569, false), (570, true), (600, true), (659, true), (660, false)]
        {
            let found = step_of(secret, &code, at(seconds));
            assert_eq!(found, known.then_some(20), "{seconds}");
        }
        for wrong in ["", "28708", "2870822", "abcdef"] {
            assert_eq!(step_of(secret, wrong, at(59)), None);
        }
    }

    #[test]
    fn letters_are_those_that_devices_read() {
        assert_eq!(letters(b"12345678901234567890"), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert_eq!(letters(b"f"), "MY");
        assert_eq!(letters(b"foobar"), "MZXW6YTBOI");
        assert_eq!(letters(b""), "");
    }
}
