//! What providers sell: packages, as one answer of their list names them and as our books keep
//! them. Not what the shop sells: that is `product.rs`.

use std::fmt;

use crate::block::{Cidr, Promise};
use crate::clock::Timestamp;
use crate::id::PackageId;
use crate::provider;
use crate::stock::Stock;

/// The provider's own number of a package. The identity; names are for eyes.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Pid(String);

impl Pid {
    pub const LENGTH_MAX: usize = 64;

    /// Reads a number as the provider wrote it, as text.
    pub fn new(text: impl Into<String>) -> Option<Pid> {
        let text = text.into().trim().to_owned();
        let fits = !text.is_empty() && text.len() <= Pid::LENGTH_MAX;
        fits.then_some(Pid(text))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Pid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Memory of a server, in whole gigabytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Ram(u16);

impl Ram {
    pub const fn gb(gb: u16) -> Ram {
        Ram(gb)
    }

    pub const fn as_gb(self) -> u16 {
        self.0
    }

    /// Reads `8`, `8GB`, `8 GB`, `8192 MB`; megabytes round up to whole gigabytes.
    pub fn parse(text: &str) -> Option<Ram> {
        let text = text.trim().to_lowercase();
        let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
        let number: u32 = digits.parse().ok()?;
        let gb = match text[digits.len()..].trim() {
            "" | "g" | "gb" | "gib" => number,
            "m" | "mb" | "mib" => number.div_ceil(1024),
            _ => return None,
        };
        u16::try_from(gb).ok().filter(|gb| *gb > 0).map(Ram)
    }
}

impl fmt::Display for Ram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}GB", self.0)
    }
}

/// One row of a provider's list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Listed {
    pub pid: Pid,
    pub name: String,
    /// Free addresses, as the provider tells; a hint, never a reservation.
    pub stock: i64,
    /// The provider's own word, for messages.
    pub status: String,
    pub active: bool,
}

/// A package as our books keep it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Package {
    pub id: PackageId,
    pub provider: String,
    pub pid: Pid,
    pub name: String,
    /// The provider's own word, for messages.
    pub status: String,
    pub active: bool,
    /// Free addresses by the newest reading, whoever asked for it.
    pub stock: i64,
    /// The last sync's number, compared with the limit for new orders.
    pub listed_stock: i64,
    /// The lowest low-stock level that was told and not yet left again.
    pub warned_at: Option<i64>,
    /// Since when the provider's list does not name it.
    pub missing_since: Option<Timestamp>,
    /// Staff say that there is no end of it. Only of what they deliver by hand.
    pub unlimited: bool,
    /// So many days one server of it is sold for.
    pub days: i64,
}

impl Package {
    /// Nobody can be asked for a list: what our books say of it is what staff entered.
    pub fn is_by_hand(&self) -> bool {
        provider::is_by_hand(&self.provider)
    }

    /// How many servers of it there are to be had.
    pub fn left(&self) -> i64 {
        if self.unlimited { Stock::NO_END } else { self.stock }
    }

    /// Staff count none any more. Of what a list tells the syncs take care.
    pub fn is_sold_out(&self) -> bool {
        self.is_by_hand() && self.left() < 1
    }

    /// The addresses that a server of it must have, with the ranges that staff confirmed.
    pub fn promise(&self, cidrs: &[Cidr]) -> Promise {
        Promise::of_package(&self.provider, &self.name, cidrs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read_in_every_spelling_and_never_guessed() {
        for (text, gb) in [("8", 8), ("8GB", 8), (" 16 gb ", 16), ("8192 MB", 8), ("1500MB", 2)] {
            assert_eq!(Ram::parse(text).map(Ram::as_gb), Some(gb), "{text}");
        }
        for text in ["", "GB", "0", "eight", "8 TB", "99999999"] {
            assert_eq!(Ram::parse(text), None, "{text}");
        }
    }

    fn counted(provider: &str, stock: i64, unlimited: bool) -> Package {
        struct Zeros;
        impl crate::id::Chance for Zeros {
            fn fill(&self, bytes: &mut [u8]) {
                bytes.fill(0);
            }
        }
        Package {
            id: PackageId::mint(Timestamp::from_millis(0), &Zeros),
            provider: provider.into(),
            pid: Pid::new("123").unwrap(),
            name: "103.181.91".into(),
            status: "active".into(),
            active: true,
            stock,
            listed_stock: stock,
            warned_at: None,
            missing_since: None,
            unlimited,
            days: 30,
        }
    }

    #[test]
    fn what_staff_deliver_is_sold_out_when_they_count_none() {
        let sold_out = |provider, stock, unlimited| {
            let package = counted(provider, stock, unlimited);
            (package.left(), package.is_sold_out())
        };
        assert_eq!(sold_out("hand-rack", 1, false), (1, false));
        assert_eq!(sold_out("hand-rack", 0, false), (0, true));
        assert_eq!(sold_out("hand-rack", 0, true), (Stock::NO_END, false));
        // Of what a list tells the syncs take care.
        assert_eq!(sold_out("smartvps", 0, false), (0, false));
    }
}
