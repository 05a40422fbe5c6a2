//! Everything about one product, as staff look at it: what it is bought as, how many there are and
//! were, what shares its name, and what was done to it. Not for changing anything.

use std::time::Duration;

use domain::clock::Timestamp;
use domain::id::ProductId;
use domain::package::Package;
use domain::stock::Stock;
use store::audit::AuditRow;
pub use store::by_hand::{Due, Shelf};
use store::catalogue::{Namesake, Shown, StockHour};
use store::db::Tx;

use crate::{Engine, Error, Result};

/// So far back it is shown how many there were.
pub const HISTORY_DAYS: u64 = 30;
/// So many of the newest changes are shown.
const CHANGES: u32 = 12;
/// So many of the orders that wait are shown.
const WAITING: i64 = 20;

/// One product with everything about it, at one moment.
#[derive(Clone, Debug)]
pub struct Dossier {
    pub shown: Shown,
    /// What the one formula says of its package now.
    pub stock: Stock,
    /// When the list was read that says so.
    pub read_at: Timestamp,
    /// Hours in which the count changed, oldest first.
    pub hours: Vec<StockHour>,
    /// Others with the same name, or of the same package.
    pub namesakes: Vec<Namesake>,
    /// The newest first.
    pub changes: Vec<AuditRow>,
    /// Where staff deliver it.
    pub by_hand: Option<Shelf>,
}

impl Engine {
    pub async fn product_dossier(&self, id: &ProductId) -> Result<Dossier> {
        let (id, buffer) = (id.clone(), self.settings().stock_buffer);
        self.db()
            .read(move |tx| {
                let missing = || Error::missing("product", &id);
                let shown = tx.product(&id)?.ok_or_else(missing)?;
                let package = shown.package.id.clone();
                let counted = tx.look_at_stock(std::slice::from_ref(&package), buffer)?;
                let (_, counted) = counted.into_iter().next().ok_or_else(missing)?;
                let since = counted.now - Duration::from_secs(HISTORY_DAYS * 24 * 3_600);
                Ok(Dossier {
                    stock: counted.stock,
                    read_at: counted.reading_stored_at,
                    hours: tx.stock_hours(&package, since)?,
                    namesakes: tx.namesakes(&shown.product)?,
                    changes: tx.list_audit_of(id.as_str(), None, CHANGES)?,
                    by_hand: shelf(tx, &shown.package)?,
                    shown,
                })
            })
            .await
    }
}

fn shelf(tx: &mut Tx<'_>, package: &Package) -> Result<Option<Shelf>> {
    if !package.is_by_hand() {
        return Ok(None);
    }
    let found = tx.shelf(package, WAITING)?;
    Ok(Some(found.ok_or_else(|| Error::missing("provider", &package.provider))?))
}
