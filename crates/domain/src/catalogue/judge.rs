//! Whether a product can be sold now, as far as its package goes, and the note that says why not.

use crate::block::Block;
use crate::clock::Timestamp;
use crate::package::Package;
use crate::product::{Held, Product};

/// The numbers that the shop's owner has set.
#[derive(Clone, Debug)]
pub struct Rules {
    /// Low-stock levels.
    pub warn_at: Vec<i64>,
    /// With so many or fewer a package takes no new orders.
    pub disable_at: i64,
}

/// Why a product is not on sale.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Reason {
    MissingFromApi,
    Held(Held),
    Inactive,
    SoldOut,
    LowStock,
    /// Its package's name promises no block, and staff gave no ranges.
    NoBlock,
}

impl Reason {
    pub const fn as_str(self) -> &'static str {
        match self {
            Reason::MissingFromApi => "missing_from_api",
            Reason::Held(held) => held.as_str(),
            Reason::Inactive => "inactive",
            Reason::SoldOut => "sold_out",
            Reason::LowStock => "low_stock",
            Reason::NoBlock => "no_block",
        }
    }

    fn note(self, package: &Package) -> String {
        match self {
            Reason::Held(held) => format!("Held: {}", held.words()),
            Reason::MissingFromApi => "Auto-disabled: Missing from the provider's list".into(),
            Reason::Inactive => format!("Auto-disabled: The provider says {:?}", package.status),
            _ => format!("Auto-disabled: Only {} IPs left", package.listed_stock),
        }
    }
}

/// What judging a product came to.
pub(super) struct Judged {
    pub reason: Option<Reason>,
    pub changed: bool,
}

impl Rules {
    /// Sets whether a product is available, and its note; for after a person's decision. The next
    /// sync says the same of the same facts.
    pub fn settle(&self, product: &mut Product, package: &Package, now: Timestamp) {
        self.judge(product, package, now);
    }

    pub(super) fn judge(&self, product: &mut Product, package: &Package, now: Timestamp) -> Judged {
        let off_sale = self.off_sale(product, package);
        let available = off_sale.is_none();
        let flipped = product.available != available;
        product.available = available;
        let explained = explain(product, off_sale.map(|reason| reason.note(package)), now);
        let reason = off_sale.or_else(|| no_block(product, package));
        Judged { reason, changed: flipped || explained }
    }

    fn off_sale(&self, product: &Product, package: &Package) -> Option<Reason> {
        match (product.held, package.listed_stock) {
            (Some(held), _) => Some(Reason::Held(held)),
            // No list speaks of it; how many are left the shop itself knows at any moment.
            _ if package.is_by_hand() => None,
            _ if package.missing_since.is_some() => Some(Reason::MissingFromApi),
            _ if !package.active => Some(Reason::Inactive),
            (_, stock) if stock > self.disable_at => None,
            (_, stock) if stock <= 0 => Some(Reason::SoldOut),
            _ => Some(Reason::LowStock),
        }
    }
}

/// Writes the reason into the note, with the time; a reason that stays keeps its time.
fn explain(product: &mut Product, why: Option<String>, now: Timestamp) -> bool {
    let Some(why) = why else {
        let ours = is_ours(&product.note);
        if ours {
            product.note.clear();
        }
        return ours;
    };
    if product.note.strip_prefix(&why).is_some_and(|rest| rest.starts_with(" (")) {
        return false;
    }
    product.note = format!("{why} ({now})");
    true
}

/// Whether this file wrote a note, and not a person.
fn is_ours(note: &str) -> bool {
    ["Auto-disabled: ", "Held: "].iter().any(|start| note.starts_with(start))
}

fn no_block(product: &Product, package: &Package) -> Option<Reason> {
    // A published product promises something; so much is seen to when it is published.
    let unknown = !product.published && product.cidrs.is_empty();
    (unknown && Block::of_name(&package.name).is_err()).then_some(Reason::NoBlock)
}
