//! Changes bytes by chance that a number decides, for the short run that every test run makes.
//! It knows nothing of coverage: the long run is guided, `cargo xtask fuzz`.

/// A chain of numbers that look like chance and are the same in every run.
pub struct Chance(u64);

impl Chance {
    pub fn seeded(seed: u64) -> Chance {
        Chance(seed)
    }

    fn next(&mut self) -> u64 {
        // SplitMix64: any seed will do, and no two of them run alike.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end.max(1)).unwrap_or(u64::MAX);
        usize::try_from(self.next() % end).unwrap_or_default()
    }
}

/// One of the seeds with one to four changes.
pub fn changed(seeds: &[Vec<u8>], chance: &mut Chance) -> Vec<u8> {
    let mut bytes = seeds[chance.below(seeds.len())].clone();
    for _ in 0..=chance.below(4) {
        change(&mut bytes, seeds, chance);
    }
    bytes
}

fn change(bytes: &mut Vec<u8>, seeds: &[Vec<u8>], chance: &mut Chance) {
    let at = chance.below(bytes.len() + 1);
    let byte = chance.next().to_le_bytes()[0];
    match chance.below(7) {
        0 => bytes.truncate(at),
        1 => bytes.insert(at, byte),
        2 => bytes.splice(at..at, *b"999999999999999999").for_each(drop),
        3 => {
            let other = &seeds[chance.below(seeds.len())];
            let from = chance.below(other.len() + 1);
            bytes.truncate(at);
            bytes.extend_from_slice(&other[from..]);
        }
        4 => {
            let end = (at + 1 + chance.below(8)).min(bytes.len());
            bytes.drain(at..end);
        }
        5 => {
            let end = (at + chance.below(40)).min(bytes.len());
            let again = bytes[at..end].to_vec();
            bytes.splice(at..at, again).for_each(drop);
        }
        _ => {
            if let Some(there) = bytes.get_mut(at) {
                *there ^= 1 << chance.below(8);
            }
        }
    }
}
