//! What the shop sells: a product, its prices, and the one package it is bought as.

use crate::block::{self, Cidr, Promise};
use crate::id::{PackageId, ProductId};
use crate::money::{Currency, Money};
use crate::package::{Package, Ram};

/// A price for one memory size, for the term of the package.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Price {
    pub ram: Ram,
    pub price: Money,
    /// Paid once, beside the price.
    pub setup: Money,
    /// What one purchase costs us, where staff entered it.
    pub cost: Option<Money>,
}

/// Something the shop sells.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Product {
    pub id: ProductId,
    pub name: String,
    pub package: PackageId,
    /// Staff: it may be shown and sold.
    pub published: bool,
    /// The last sync: it can be bought. Never while it is held.
    pub available: bool,
    pub held: Option<Held>,
    /// A name that looks like another block was confirmed to be no address.
    pub name_confirmed: bool,
    /// Empty where many products are read for a sync, which does not look at prices.
    pub prices: Vec<Price>,
    pub cidrs: Vec<Cidr>,
    /// What staff call it beside its name, for customers who look for such: a place, a kind. The
    /// first one says in which group it stands.
    pub tags: Vec<String>,
    /// Why it is off sale, in words, with the time.
    pub note: String,
    /// What staff note about it, for themselves.
    pub remark: String,
    /// Grows with every change.
    pub version: i64,
}

/// Why a product is off sale until it is seen again, or until a person decides.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Held {
    /// It vanished together with too many others to be believed.
    Brake,
    /// The provider lists its PID under two names.
    TwoNames,
    /// Its package's name stands on two active rows; purchases go by name.
    TwoRows,
    /// Its package was renamed to another block, or to none.
    OtherBlock,
}

impl Held {
    pub const ALL: [Held; 4] = [Held::Brake, Held::TwoNames, Held::TwoRows, Held::OtherBlock];

    pub const fn as_str(self) -> &'static str {
        match self {
            Held::Brake => "brake",
            Held::TwoNames => "two_names",
            Held::TwoRows => "two_rows",
            Held::OtherBlock => "other_block",
        }
    }

    /// Reads the word that `as_str` writes, and no other.
    pub fn parse(word: &str) -> Option<Held> {
        Held::ALL.into_iter().find(|held| held.as_str() == word)
    }

    /// What staff read.
    pub const fn words(self) -> &'static str {
        match self {
            Held::Brake => "missing from the provider's list together with too many others",
            Held::TwoNames => "the provider lists its PID under two names",
            Held::TwoRows => "its package's name stands on two active rows of the provider's list",
            Held::OtherBlock => "its package was renamed and promises another block now, or none",
        }
    }

    /// Being seen again in the list is enough; otherwise a person decides.
    pub const fn ends_when_seen(self) -> bool {
        matches!(self, Held::Brake)
    }
}

impl Product {
    /// How a synced product is called until staff name it.
    pub fn default_name(package_name: &str) -> String {
        format!("🌊 {package_name}")
    }

    /// What a new product costs until staff price it.
    pub fn default_prices() -> Vec<Price> {
        let price = |(gb, rupees)| Price {
            ram: Ram::gb(gb),
            setup: Money::zero(Currency::INR),
            price: Money::major(rupees, Currency::INR),
            cost: None,
        };
        [(4, 699), (8, 999), (16, 1499)].map(price).into()
    }

    pub fn price_for(&self, ram: Ram) -> Option<&Price> {
        self.prices.iter().find(|price| price.ram == ram)
    }

    /// Which addresses a server of it must have.
    pub fn promise(&self, package: &Package) -> Promise {
        package.promise(&self.cidrs)
    }

    /// The part of the display name that names another block than the package does.
    pub fn contradiction(&self, package_name: &str) -> Option<String> {
        if self.name_confirmed {
            return None;
        }
        block::display_contradicts(&self.name, package_name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_read_back_and_each_tells_staff_something_else() {
        assert_eq!(Held::ALL.map(|held| Held::parse(held.as_str())), Held::ALL.map(Some));
        assert_eq!(Held::parse("Brake"), None);
        let told = Held::ALL.map(Held::words);
        assert!(told.iter().all(|words| words.split(' ').count() > 5), "{told:?}");
        let mut others = told.to_vec();
        others.sort_unstable();
        others.dedup();
        assert_eq!(others.len(), told.len());
    }
}
