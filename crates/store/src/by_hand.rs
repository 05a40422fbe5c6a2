//! Those who sell to us without an API, and what staff count of their servers. Their packages are
//! in `catalogue.rs`, as everybody's.

use std::time::Duration;

use domain::clock::Timestamp;
use domain::id::{OrderId, PackageId};
use domain::package::Package;
use domain::provider::ByHand;
use domain::stock::Stock;

use crate::db::{Result, Row, Tx};
use crate::order::order_id;

/// Why an order is on the list whose server a person enters.
pub const LISTED_AS: &str = "by-hand";

/// How many orders wait for a person to deliver, and how many of them for too long.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    pub orders: i64,
    pub overdue: i64,
    /// When the most urgent one is due.
    pub next_due: Option<Timestamp>,
}

/// What is delivered by hand: who sells it, and who waits for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shelf {
    pub seller: ByHand,
    /// The most urgent of them.
    pub waiting: Vec<Due>,
    pub waiting_in_all: i64,
}

/// An order that waits for a person to deliver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    pub order: OrderId,
    pub number: String,
    pub due_at: Timestamp,
    pub owner: Option<String>,
}

const COLUMNS: &str = "SELECT provider_id, name, due_within, note FROM by_hand";

impl Tx<'_> {
    /// Puts a provider without an API into the books; false when the id is taken.
    pub fn add_by_hand(&mut self, new: &ByHand) -> Result<bool> {
        // No list of theirs is ever read. What staff count is newer than every answer: each
        // delivery takes its unit off the count itself, so that none is taken off a second time.
        let made = self.run(
            "INSERT INTO provider (id, unheard_in_row, reading_number, reading_requested_at, \
             reading_stored_at, reading_hash, writing_number, syncing_number, sync_number, \
             catalogue_version) VALUES ($1, 0, $2, 0, 0, '', 0, 0, 0, 0) ON CONFLICT (id) DO NOTHING",
            args![&new.id, i64::MAX],
        )?;
        if made == 0 {
            return Ok(false);
        }
        self.later(
            "INSERT INTO by_hand (provider_id, name, due_within, note, created_at) \
             VALUES ($1, $2, $3, $4, {now})",
            args![&new.id, &new.name, new.due_within, &new.note],
        )?;
        Ok(true)
    }

    /// Changes what staff may change of one: its name, its due time and its note.
    pub fn change_by_hand(&mut self, provider: &ByHand) -> Result<()> {
        self.later_one(
            "UPDATE by_hand SET name = $2, due_within = $3, note = $4 WHERE provider_id = $1",
            args![&provider.id, &provider.name, provider.due_within, &provider.note],
            "the provider",
        )
    }

    pub fn by_hand(&mut self, id: &str) -> Result<Option<ByHand>> {
        let row = self.lookup(&format!("{COLUMNS} WHERE provider_id = $1"), args![id])?;
        row.map(|row| read(&row)).transpose()
    }

    /// All of them by name, each with why it is paused, if it is.
    pub fn all_by_hand(&mut self) -> Result<Vec<(ByHand, Option<String>)>> {
        let rows = self.rows(
            "SELECT h.provider_id, h.name, h.due_within, h.note, v.paused_at, v.pause_reason \
             FROM by_hand h JOIN provider v ON v.id = h.provider_id ORDER BY h.name, v.id",
            &[],
        )?;
        let with_pause = |row: &Row| {
            let why = row.opt_text(5)?.unwrap_or("no reason given").to_owned();
            Ok((read(row)?, row.opt_time(4)?.map(|_| why)))
        };
        rows.iter().map(with_pause).collect()
    }

    /// As `by_hand`, and nobody else changes it until the transaction ends.
    pub fn lock_by_hand(&mut self, id: &str) -> Result<Option<ByHand>> {
        let row = self.lookup(&format!("{COLUMNS} WHERE provider_id = $1{{lock}}"), args![id])?;
        row.map(|row| read(&row)).transpose()
    }

    /// What staff count of a package from now on; `Stock::NO_END` where they do not.
    pub fn set_count(&mut self, package: &PackageId, count: i64) -> Result<()> {
        let unlimited = count == Stock::NO_END;
        let count = if unlimited { 0 } else { count };
        self.note_stocks(args![package.as_str()])?;
        self.later_one(
            "UPDATE package SET stock = $2, listed_stock = $2, unlimited = $3, changed_at = {now} \
             WHERE id = $1",
            args![package.as_str(), count, unlimited],
            "the package",
        )?;
        self.note_stocks(args![package.as_str()])
    }

    /// One more is delivered. The package is locked, and was found to have one.
    pub fn take_from_count(&mut self, package: &PackageId, provider: &str) -> Result<()> {
        self.note_stocks(args![package.as_str()])?;
        self.later(
            "UPDATE package SET stock = stock - 1, listed_stock = listed_stock - 1, \
             changed_at = {now} WHERE id = $1 AND unlimited = 0",
            args![package.as_str()],
        )?;
        self.note_stocks(args![package.as_str()])?;
        self.change_catalogue(provider).map(drop)
    }

    /// How the orders stand that wait for a person to deliver.
    pub fn waiting_by_hand(&mut self) -> Result<Waiting> {
        let row = self.lookup(
            "SELECT COUNT(*), COALESCE(SUM(CASE WHEN due_at < {now} THEN 1 ELSE 0 END), 0), \
             MIN(due_at) FROM attention WHERE why = $1 AND resolved_at IS NULL",
            args![LISTED_AS],
        )?;
        let Some(row) = row else { return Ok(Waiting::default()) };
        Ok(Waiting { orders: row.int(0)?, overdue: row.int(1)?, next_due: row.opt_time(2)? })
    }

    /// Who sells a package, and the orders of it that wait for a person to deliver, most urgent
    /// first; at most so many, and how many there are in all.
    pub fn shelf(&mut self, package: &Package, limit: i64) -> Result<Option<Shelf>> {
        let rows = self.rows(
            "SELECT h.provider_id, h.name, h.due_within, h.note, \
             w.id, w.number, w.due_at, w.owner, w.in_all FROM by_hand h LEFT JOIN ( \
             SELECT o.id, o.number, a.due_at, a.owner, COUNT(*) OVER () AS in_all, \
             a.id AS listed FROM orders o \
             JOIN attention a ON a.order_id = o.id AND a.why = $3 AND a.resolved_at IS NULL \
             WHERE o.package_now = $2 AND o.stage = 'planned' ORDER BY a.due_at, a.id LIMIT $4 \
             ) w ON TRUE WHERE h.provider_id = $1 ORDER BY w.due_at, w.listed",
            args![&package.provider, package.id.as_str(), LISTED_AS, limit],
        )?;
        let Some(first) = rows.first() else { return Ok(None) };
        let waiting_in_all = first.opt_int(8)?.unwrap_or(0);
        let waiting = rows.iter().filter_map(|row| due(row).transpose());
        let waiting = waiting.collect::<Result<_>>()?;
        Ok(Some(Shelf { seller: read(first)?, waiting, waiting_in_all }))
    }
}

/// What stands behind the seller in a row of `shelf`; nothing where nobody waits.
fn due(row: &Row) -> Result<Option<Due>> {
    let Some(order) = row.opt_text(4)? else { return Ok(None) };
    Ok(Some(Due {
        order: order_id(order)?,
        number: row.text(5)?.into(),
        due_at: row.time(6)?,
        owner: row.opt_text(7)?.map(Into::into),
    }))
}

fn read(row: &Row) -> Result<ByHand> {
    let micros = u64::try_from(row.int(2)?).unwrap_or(0);
    Ok(ByHand {
        id: row.text(0)?.into(),
        name: row.text(1)?.into(),
        due_within: Duration::from_micros(micros),
        note: row.text(3)?.into(),
    })
}
