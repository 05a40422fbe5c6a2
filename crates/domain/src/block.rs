//! Which addresses a package name promises, and whether an address keeps that promise.
//! Octets are compared as numbers, never as text. Not for RAM, OS or ownership of a server, and
//! not for finding addresses in an upstream's answers.

use std::fmt;
use std::net::Ipv4Addr;

use crate::provider;

mod name;
#[cfg(test)]
mod oracle;
#[cfg(test)]
mod tests;

pub use name::{Unverifiable, display_contradicts};

/// The values one part of an address may take, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Octet {
    low: u8,
    high: u8,
}

impl Octet {
    const ANY: Octet = Octet { low: 0, high: 255 };

    const fn only(value: u8) -> Octet {
        Octet { low: value, high: value }
    }

    fn holds(self, value: u8) -> bool {
        (self.low..=self.high).contains(&value)
    }
}

impl fmt::Display for Octet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            &Octet::ANY => f.write_str("x"),
            Octet { low, high } if low == high => write!(f, "{low}"),
            Octet { low, high } => write!(f, "{low}–{high}"),
        }
    }
}

/// A set of addresses, one range per octet. `103.109.18x` is written `103.109.180–189.x`.
///
/// Equality is by meaning: `NEW-103.181.91` and `103.181.91.x` are the same block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Block([Octet; 4]);

impl Block {
    /// Reads the block that a package name promises.
    ///
    /// The name must hold exactly one pattern of two to four parts. Text from the first `(` on
    /// says nothing about addresses: `103.184 (Diamond Pro AMD 3.1GHz)` promises `103.184.x.x`.
    pub fn of_name(name: &str) -> Result<Block, Unverifiable> {
        name::promised_by(name)
    }

    fn at(address: Ipv4Addr) -> Block {
        Block(address.octets().map(Octet::only))
    }

    /// Says whether the address lies inside, also where no server may live.
    pub fn contains(&self, address: Ipv4Addr) -> bool {
        self.0.iter().zip(address.octets()).all(|(octet, value)| octet.holds(value))
    }

    /// Says whether some address lies in both.
    pub fn overlaps(&self, other: &Block) -> bool {
        self.0.iter().zip(&other.0).all(|(a, b)| a.low <= b.high && b.low <= a.high)
    }

    /// Says whether every address of this block lies in the other, too.
    pub fn within(&self, wider: &Block) -> bool {
        self.0.iter().zip(&wider.0).all(|(a, b)| b.low <= a.low && a.high <= b.high)
    }

    /// Says whether the name gave all four octets.
    pub fn is_one_address(&self) -> bool {
        self.0.iter().all(|octet| octet.low == octet.high)
    }

    fn constrained(&self) -> usize {
        self.0.iter().filter(|octet| **octet != Octet::ANY).count()
    }

    /// No server lives here: this network, loopback, link-local, multicast and above.
    ///
    /// Private ranges are not among them: a provider may sell servers behind its own network.
    fn is_reserved(&self) -> bool {
        let [first, second, ..] = self.0;
        let link_local = first == Octet::only(169) && second == Octet::only(254);
        first == Octet::only(0) || first == Octet::only(127) || first.low >= 224 || link_local
    }
}

impl fmt::Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d] = self.0;
        write!(f, "{a}.{b}.{c}.{d}")
    }
}

/// A range that staff wrote down as `103.73.222.0/24`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cidr {
    base: Ipv4Addr,
    bits: u8,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotCidr {
    #[error("{0:?} is not an IPv4 range; write it like 103.73.222.0/24")]
    Shape(String),
    #[error("{found:?} starts inside its range; write {meant}")]
    HostBits { found: String, meant: Cidr },
    #[error("{0} is too wide to promise anything; use /{min} or narrower", min = Cidr::BITS_MIN)]
    TooWide(String),
    #[error("no server can live in {0}: the range is reserved")]
    Reserved(Cidr),
}

impl Cidr {
    /// A wider range would let a wrong server pass as the right one.
    const BITS_MIN: u8 = 8;

    /// Reads a range exactly as `Display` writes it: no spaces, no host bits.
    pub fn parse(text: &str) -> Result<Cidr, NotCidr> {
        let shape = || NotCidr::Shape(text.chars().take(60).collect());
        let (address, bits) = text.split_once('/').ok_or_else(shape)?;
        let address = parse_address(address).ok_or_else(shape)?;
        let bits = name::literal(bits).filter(|bits| *bits <= 32).ok_or_else(shape)?;
        if bits < Cidr::BITS_MIN {
            return Err(NotCidr::TooWide(text.to_owned()));
        }
        let base = Ipv4Addr::from(u32::from(address) & u32::MAX << (32 - bits));
        let cidr = Cidr { base, bits };
        if base != address {
            return Err(NotCidr::HostBits { found: text.to_owned(), meant: cidr });
        }
        if cidr.block().is_reserved() {
            return Err(NotCidr::Reserved(cidr));
        }
        Ok(cidr)
    }

    pub fn contains(&self, address: Ipv4Addr) -> bool {
        self.block().contains(address)
    }

    /// The same addresses, octet by octet. Exact: a mask cuts at most one octet.
    fn block(&self) -> Block {
        let last = Ipv4Addr::from(u32::from(self.base) | !(u32::MAX << (32 - self.bits)));
        let ends = [self.base.octets(), last.octets()];
        Block(std::array::from_fn(|i| Octet { low: ends[0][i], high: ends[1][i] }))
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.base, self.bits)
    }
}

/// What looking at a server said about the terms it was sold under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// It is what was sold.
    Match,
    /// It is something else. It is never delivered.
    Mismatch,
    /// Nobody can tell. A person decides.
    Unobservable,
}

impl Verdict {
    pub const ALL: [Verdict; 3] = [Verdict::Match, Verdict::Mismatch, Verdict::Unobservable];

    pub const fn as_str(self) -> &'static str {
        match self {
            Verdict::Match => "match",
            Verdict::Mismatch => "mismatch",
            Verdict::Unobservable => "unobservable",
        }
    }

    /// Reads the word that `as_str` writes, and no other.
    pub fn parse(word: &str) -> Option<Verdict> {
        Verdict::ALL.into_iter().find(|verdict| verdict.as_str() == word)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Which addresses the terms of an order promise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Promise {
    /// The package name says it.
    Name(Block),
    /// Staff said it. The name then counts for nothing.
    Cidrs(Vec<Cidr>),
    /// Nobody said it, so no server can be delivered without a person.
    Nothing(Unverifiable),
    /// A person delivers it, and no ranges were given: every address where a server may live.
    Any,
}

impl Promise {
    /// Reads the promise of a package: ranges decide alone where staff gave any.
    pub fn of(package_name: &str, cidrs: &[Cidr]) -> Promise {
        if !cidrs.is_empty() {
            let mut cidrs = cidrs.to_vec();
            cidrs.sort();
            cidrs.dedup();
            return Promise::Cidrs(cidrs);
        }
        match Block::of_name(package_name) {
            Ok(block) => Promise::Name(block),
            Err(why) => Promise::Nothing(why),
        }
    }

    /// As `of`, of a package of this provider. Where a person delivers the name is for eyes alone.
    pub fn of_package(provider: &str, package_name: &str, cidrs: &[Cidr]) -> Promise {
        match provider::is_by_hand(provider) && cidrs.is_empty() {
            true => Promise::Any,
            false => Promise::of(package_name, cidrs),
        }
    }

    /// Says whether a server at this address is what was promised.
    ///
    /// A name of four octets may be the label of a pool, so another address of the same /24 is
    /// not called wrong: a person looks.
    pub fn judge(&self, address: Ipv4Addr) -> Verdict {
        let blocks = self.blocks();
        if blocks.is_empty() && *self != Promise::Any {
            return Verdict::Unobservable;
        }
        if Block::at(address).is_reserved() {
            return Verdict::Mismatch;
        }
        if *self == Promise::Any || self.contains(address) {
            return Verdict::Match;
        }
        let neighbour = |block: &Block| Block([block.0[0], block.0[1], block.0[2], Octet::ANY]);
        if self.pins_one_address() && blocks.iter().any(|b| neighbour(b).contains(address)) {
            return Verdict::Unobservable;
        }
        Verdict::Mismatch
    }

    /// Says whether the promise names this address. Without a block it names none.
    pub fn contains(&self, address: Ipv4Addr) -> bool {
        self.blocks().iter().any(|block| block.contains(address))
    }

    /// Says whether one address could keep both promises.
    pub fn overlaps(&self, other: &Promise) -> bool {
        let others = other.blocks();
        self.blocks().iter().any(|block| others.iter().any(|other| block.overlaps(other)))
    }

    /// Says whether the name demands one address: four octets, and no ranges from staff.
    pub fn pins_one_address(&self) -> bool {
        matches!(self, Promise::Name(block) if block.is_one_address())
    }

    fn blocks(&self) -> Vec<Block> {
        match self {
            Promise::Name(block) => vec![*block],
            Promise::Cidrs(cidrs) => cidrs.iter().map(Cidr::block).collect(),
            Promise::Nothing(_) | Promise::Any => vec![],
        }
    }
}

/// Words for a customer.
impl fmt::Display for Promise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Promise::Name(block) => write!(f, "{block}"),
            Promise::Cidrs(cidrs) => {
                let cidrs: Vec<String> = cidrs.iter().map(Cidr::to_string).collect();
                f.write_str(&cidrs.join(", "))
            }
            Promise::Nothing(_) | Promise::Any => f.write_str("no particular block"),
        }
    }
}

/// Reads text that is exactly one IPv4 address: no port, no spaces, no leading zeros.
pub fn parse_address(text: &str) -> Option<Ipv4Addr> {
    text.parse().ok()
}
