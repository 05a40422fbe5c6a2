//! Chance from a seed: the same seed tells the same lies and hands out the same passwords.
//! Not for secrets: whoever knows the seed knows everything that follows.

/// A small generator (splitmix64): one word of state, every seed is a good seed.
#[derive(Debug, Clone)]
pub struct Chance(u64);

impl Chance {
    pub fn seeded(seed: u64) -> Chance {
        Chance(seed)
    }

    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut word = self.0;
        word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        word ^ (word >> 31)
    }

    /// A number below `limit`; nought when there is nothing to choose from.
    pub fn below(&mut self, limit: usize) -> usize {
        if limit == 0 {
            return 0;
        }
        // The remainder favours small numbers by less than one in 2^40 for every list we keep.
        usize::try_from(self.roll() % limit as u64).unwrap_or(0)
    }

    /// Whether something that happens in `permille` of a thousand cases happens now.
    pub fn happens(&mut self, permille: u32) -> bool {
        self.roll() % 1_000 < u64::from(permille)
    }

    /// A word of `length` letters and digits that nobody confuses when reading them out.
    pub fn word(&mut self, length: usize) -> String {
        const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
        (0..length).map(|_| char::from(LETTERS[self.below(LETTERS.len())])).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_world() {
        let (mut one, mut other) = (Chance::seeded(7), Chance::seeded(7));
        assert!((0..100).all(|_| one.roll() == other.roll()));
        assert_ne!(Chance::seeded(7).word(12), Chance::seeded(8).word(12));
    }

    #[test]
    fn always_and_never_are_certain() {
        let mut chance = Chance::seeded(1);
        assert!((0..1_000).all(|_| chance.happens(1_000)));
        assert!((0..1_000).all(|_| !chance.happens(0)));
    }
}
