//! What a complete reading of a provider's list means: for every product (`Run::decide`)
//! and for one purchase (`List::look_up`). Not for fetching, storing or telling: facts come in,
//! decisions go out.

mod decide;
mod judge;
mod list;
mod look;
#[cfg(test)]
mod tests;
mod warn;

pub use decide::{Action, Known, Line, News, Run, Settled, Write, brake_limit};
pub use judge::{Reason, Rules};
pub use list::List;
pub use look::Look;

use crate::block::Block;
use crate::product::Product;

/// Whether both names promise the same addresses. Two names that promise none do so, too: the
/// ranges that staff gave are what is promised then, and they stay.
pub fn same_promise(old_name: &str, new_name: &str) -> bool {
    match (Block::of_name(old_name), Block::of_name(new_name)) {
        (Ok(old), Ok(new)) => old == new,
        (Err(_), Err(_)) => true,
        _ => false,
    }
}

/// Whether a product may follow its package to a new name.
///
/// The display name can vouch for the new block: then the stored name was what was wrong. It
/// cannot where staff gave ranges, which were given for the block under the old name.
pub fn follows(product: &Product, old_name: &str, new_name: &str) -> bool {
    let vouched = || {
        let shown = Block::of_name(&product.name);
        product.cidrs.is_empty() && shown.is_ok() && shown == Block::of_name(new_name)
    };
    same_promise(old_name, new_name) || vouched()
}
