//! What the shop sells: a product, its prices, and the one package it is bought as.

use crate::block::{self, Cidr};
use crate::id::{PackageId, ProductId};
use crate::money::{Currency, Money};
use crate::package::Ram;

/// A price for one memory size.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Price {
    pub ram: Ram,
    pub price: Money,
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
    /// A name that looks like another block was confirmed to be no address.
    pub name_confirmed: bool,
    pub prices: Vec<Price>,
    pub cidrs: Vec<Cidr>,
    pub note: String,
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
            price: Money::major(rupees, Currency::INR),
            cost: None,
        };
        [(4, 699), (8, 999), (16, 1499)].map(price).into()
    }

    pub fn price_for(&self, ram: Ram) -> Option<&Price> {
        self.prices.iter().find(|price| price.ram == ram)
    }

    /// The part of the display name that names another block than the package does.
    pub fn contradiction(&self, package_name: &str) -> Option<String> {
        if self.name_confirmed {
            return None;
        }
        block::display_contradicts(&self.name, package_name)
    }
}
