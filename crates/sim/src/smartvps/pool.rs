//! Where a package's addresses come from: a given list, or everything inside a pattern such as
//! `103.181.91`, `103.109.18x` or `103.195.160.2`, in an order that looks like chance.
//! Not for checking anybody's answer: this is the vendor's own idea of his pools.

use std::collections::VecDeque;
use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};

/// How a pool is written down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Source {
    Addresses(Vec<Ipv4Addr>),
    Pattern(String),
}

/// What is left to hand out.
#[derive(Debug, Clone, Default)]
pub struct Pool {
    /// Handed out first, in this order.
    first: VecDeque<Ipv4Addr>,
    area: Option<Area>,
}

impl Pool {
    /// The pool of a package: as given, or else what its name says.
    pub fn of(source: Option<&Source>, name: &str) -> Pool {
        match source {
            Some(Source::Addresses(list)) => {
                Pool { first: list.iter().copied().collect(), area: None }
            }
            Some(Source::Pattern(pattern)) => Pool::inside(pattern),
            None => Pool::inside(name),
        }
    }

    fn inside(text: &str) -> Pool {
        let Some(parts) = find_parts(text) else { return Pool::default() };
        let ranges: Vec<_> = parts.iter().filter_map(|part| range_of(part)).collect();
        match ranges.as_slice() {
            // A pool named after one address: that one, then its neighbours from .20 on, so that
            // sibling packages keep the addresses that they are named after.
            [(a, _), (b, _), (c, _), (d, last)] if d == last => {
                let exact = Ipv4Addr::new(*a, *b, *c, *d);
                let near = [(*a, *a), (*b, *b), (*c, *c), (20, 254)];
                Pool { first: [exact].into(), area: Some(Area::new(near)) }
            }
            _ => {
                let at = |place: usize| ranges.get(place).copied().unwrap_or((0, 255));
                let (low, high) = at(3);
                let last = (low.max(1), high.min(254));
                Pool { first: [].into(), area: Some(Area::new([at(0), at(1), at(2), last])) }
            }
        }
    }

    /// The next address that is not `taken`.
    pub fn take(&mut self, taken: impl Fn(Ipv4Addr) -> bool) -> Option<Ipv4Addr> {
        while let Some(address) = self.first.pop_front() {
            if !taken(address) {
                return Some(address);
            }
        }
        let area = self.area.as_mut()?;
        std::iter::from_fn(|| area.next()).find(|address| !taken(*address))
    }

    /// An address that came back is the first to go out again.
    pub fn give_back(&mut self, address: Ipv4Addr) {
        self.first.push_front(address);
    }
}

/// Four ranges of octets, walked through once in strides.
#[derive(Debug, Clone)]
struct Area {
    ranges: [(u8, u8); 4],
    size: u64,
    stride: u64,
    walked: u64,
}

impl Area {
    fn new(ranges: [(u8, u8); 4]) -> Area {
        let size = ranges.iter().map(|(low, high)| u64::from(high - low) + 1).product();
        // Without a common divisor every address comes exactly once.
        let stride = (7_919..).find(|stride| divisor(*stride, size) == 1).unwrap_or(1);
        Area { ranges, size, stride, walked: 0 }
    }

    fn next(&mut self) -> Option<Ipv4Addr> {
        if self.walked == self.size {
            return None;
        }
        let mut place = (self.walked * self.stride + 40) % self.size;
        self.walked += 1;
        let mut octets = [0u8; 4];
        for (octet, (low, high)) in octets.iter_mut().zip(self.ranges).rev() {
            let width = u64::from(high - low) + 1;
            *octet = low + u8::try_from(place % width).unwrap_or(0);
            place /= width;
        }
        Some(Ipv4Addr::from(octets))
    }
}

fn divisor(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { divisor(b, a % b) }
}

/// The part of a name that looks most like an address: `103.47. 59.XX`, `NEW-103.184 (AMD)`.
fn find_parts(text: &str) -> Option<Vec<String>> {
    let tight = text.to_lowercase().replace(". ", ".");
    let words = tight.split(|c: char| !(c.is_ascii_digit() || c == '.' || c == 'x'));
    let mut best: Option<Vec<String>> = None;
    for word in words {
        let parts: Vec<String> = word.trim_matches('.').split('.').map(str::to_owned).collect();
        let looks_right = (2..=4).contains(&parts.len())
            && parts.iter().all(|part| range_of(part).is_some())
            && !parts[0].contains('x');
        if looks_right && best.as_ref().is_none_or(|best| best.len() < parts.len()) {
            best = Some(parts);
        }
    }
    best
}

/// `91` is 91, `18x` is 180 to 189, `x`, `xx` and `xxx` are everything.
fn range_of(part: &str) -> Option<(u8, u8)> {
    let digits = part.trim_end_matches('x');
    match (digits.len(), part.len() - digits.len()) {
        (0, 1..=3) => Some((0, 255)),
        (1..=3, 0) => digits.parse().ok().map(|octet| (octet, octet)),
        (1..=2, 1) => {
            let low: u8 = digits.parse::<u8>().ok()?.checked_mul(10)?;
            Some((low, low.saturating_add(9)))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn handed_out(name: &str, count: usize) -> Vec<Ipv4Addr> {
        let mut pool = Pool::of(None, name);
        std::iter::from_fn(|| pool.take(|_| false)).take(count).collect()
    }

    #[test]
    fn addresses_are_inside_what_the_name_says() {
        for (name, fits) in [
            ("103.181.91", (|o| o[..3] == [103, 181, 91]) as fn([u8; 4]) -> bool),
            ("103.184 (Diamond Pro AMD 3.1GHz)", |o| o[..2] == [103, 184]),
            ("103.109.18x", |o| o[..2] == [103, 109] && o[2] / 10 == 18),
            ("103.93.25x", |o| o[..2] == [103, 93] && o[2] >= 250),
            ("103.47. 59.XX", |o| o[..3] == [103, 47, 59]),
            ("Turbo VPS (103.109.XX.X)", |o| o[..2] == [103, 109]),
        ] {
            let list = handed_out(name, 300);
            assert!(list.len() >= 254, "{name} handed out {}", list.len());
            assert!(list.iter().all(|address| fits(address.octets())), "{name}");
        }
    }

    #[test]
    fn a_pool_named_after_one_address_starts_with_it() {
        let list = handed_out("Ocean Linux - 103.195.160.2", 3);
        assert_eq!(list[0], Ipv4Addr::new(103, 195, 160, 2));
        assert!(
            list[1..].iter().all(|a| a.octets()[..3] == [103, 195, 160] && a.octets()[3] >= 20)
        );
    }

    #[test]
    fn no_address_comes_twice_and_the_pool_ends() {
        let mut list = handed_out("103.181.91", 1_000);
        assert_eq!(list.len(), 254);
        list.sort();
        list.dedup();
        assert_eq!(list.len(), 254);
    }

    #[test]
    fn a_name_without_an_address_has_an_empty_pool() {
        assert!(handed_out("Premium VPS", 1).is_empty());
        assert!(handed_out("Max 8 Box", 1).is_empty());
    }

    #[test]
    fn what_came_back_goes_out_first() {
        let mut pool = Pool::of(None, "103.181.91");
        let first = pool.take(|_| false).unwrap();
        pool.give_back(first);
        assert_eq!(pool.take(|_| false), Some(first));
    }
}
