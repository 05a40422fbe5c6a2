//! Chance from a seed: the same seed makes the same ids, nonces and numbers.

use std::sync::{Mutex, PoisonError};

use domain::id::Chance;

pub struct Seeded(Mutex<sim::chance::Chance>);

impl Seeded {
    pub fn new(seed: u64) -> Seeded {
        Seeded(Mutex::new(sim::chance::Chance::seeded(seed)))
    }
}

impl Chance for Seeded {
    fn fill(&self, bytes: &mut [u8]) {
        let mut chance = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for chunk in bytes.chunks_mut(8) {
            let word = chance.roll().to_be_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
    }
}
