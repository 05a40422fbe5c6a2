//! What is sealed opens again as it was, for its own row alone; nothing else opens.

use domain::id::Chance;
use store::seal::Seal;

pub fn seeds() -> Vec<Vec<u8>> {
    vec![b"a password".to_vec(), sealed(b"a password")]
}

struct Sevens;

impl Chance for Sevens {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

fn seal() -> Seal {
    Seal::new([5; 32])
}

fn sealed(plain: &[u8]) -> Vec<u8> {
    seal().seal(plain, "ans_1", &Sevens).expect("anything can be sealed")
}

pub fn run(bytes: &[u8]) {
    let envelope = sealed(bytes);
    let opened = seal().open(&envelope, "ans_1").expect("its own row opens it");
    assert_eq!(&**opened, bytes);
    assert!(seal().open(&envelope, "ans_2").is_err(), "another row opened it");
    assert!(Seal::new([6; 32]).open(&envelope, "ans_1").is_err(), "another key opened it");
    // The bytes themselves may be an envelope: then it opens to what seals to it again.
    if let Ok(plain) = seal().open(bytes, "ans_1") {
        assert_eq!(plain.len() + envelope.len() - bytes.len(), bytes.len(), "of another length");
    }
    let at = usize::from(bytes.first().copied().unwrap_or_default()) % envelope.len();
    let mut other = envelope;
    other[at] ^= 1;
    assert!(seal().open(&other, "ans_1").is_err(), "changed at {at}, and it opened");
}
