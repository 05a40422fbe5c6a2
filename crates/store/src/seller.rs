//! Those we buy from, as staff look at them: their switch, what they last said, and how purchases
//! there went. Not for deciding: permits ask by themselves.

use std::time::Duration;

use domain::clock::Timestamp;
use domain::id::{AttemptId, ServerId};
use domain::provider::ByHand;

use crate::db::{Result, Row, Tx};

/// A provider of our books.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seller {
    pub id: String,
    /// Since when it is paused, and why.
    pub paused: Option<(Timestamp, String)>,
    pub unheard_in_row: i64,
    /// When the list was last read that its packages show; nothing before the first.
    pub read_at: Option<Timestamp>,
    /// When the last sync was done.
    pub sync_at: Option<Timestamp>,
    pub packages: i64,
    /// What staff entered, where no machine can be asked.
    pub by_hand: Option<ByHand>,
}

/// Purchases whose request was permitted, at one provider, that went alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bought {
    pub provider: String,
    pub count: i64,
    pub went_unheard: bool,
    /// Certainly nothing was bought.
    pub refused: bool,
    /// From the permit to the answer, in tenths of a second; nothing where none came.
    pub tenths: Option<i64>,
}

/// Servers of one provider, and what looking at them said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Looked {
    pub provider: String,
    /// They were what was sold.
    pub verified: i64,
    pub mismatched: i64,
}

impl Tx<'_> {
    /// All providers, those whom a machine asks first.
    pub fn sellers(&mut self) -> Result<Vec<Seller>> {
        let rows = self.rows(
            "SELECT v.id, v.paused_at, v.pause_reason, v.unheard_in_row, v.reading_stored_at, \
             v.sync_at, (SELECT COUNT(*) FROM package k WHERE k.provider = v.id), h.name, \
             h.due_within, h.note FROM provider v LEFT JOIN by_hand h ON h.provider_id = v.id \
             ORDER BY CASE WHEN h.name IS NULL THEN 0 ELSE 1 END, h.name, v.id",
            &[],
        )?;
        rows.iter().map(seller).collect()
    }

    /// How the purchases went that were planned from one attempt's moment until before another's.
    /// It reads all of them, so it is for a worker.
    pub fn bought_between(&mut self, from: &AttemptId, until: &AttemptId) -> Result<Vec<Bought>> {
        let rows = self.rows(
            "SELECT a.provider, CASE WHEN a.went_unheard_at IS NULL THEN 0 ELSE 1 END, \
             CASE WHEN a.state IN ('rejected', 'not_sent') THEN 1 ELSE 0 END, \
             (n.stored_at - a.permitted_at) / 100000, COUNT(*) \
             FROM attempt a LEFT JOIN answer n ON n.permit = a.id \
             WHERE a.id >= $1 AND a.id < $2 AND a.permitted_at IS NOT NULL \
             GROUP BY 1, 2, 3, 4 ORDER BY 1, 4, 2, 3",
            args![from.as_str(), until.as_str()],
        )?;
        let read = |row: &Row| {
            Ok(Bought {
                provider: row.text(0)?.into(),
                went_unheard: row.flag(1)?,
                refused: row.flag(2)?,
                tenths: row.opt_int(3)?,
                count: row.int(4)?,
            })
        };
        rows.iter().map(read).collect()
    }

    /// What looking at servers said that came into the books from one's moment until before
    /// another's. For a worker, too.
    pub fn looked_between(&mut self, from: &ServerId, until: &ServerId) -> Result<Vec<Looked>> {
        // After an installation a server has no verdict for a while, and was verified once.
        let rows = self.rows(
            "SELECT provider, COUNT(CASE WHEN verdict = 'match' OR verdict IS NULL \
             AND delivered_at IS NOT NULL THEN 1 END), \
             COUNT(CASE WHEN verdict = 'mismatch' THEN 1 END) \
             FROM server WHERE id >= $1 AND id < $2 GROUP BY provider ORDER BY provider",
            args![from.as_str(), until.as_str()],
        )?;
        let read = |row: &Row| {
            Ok(Looked {
                provider: row.text(0)?.into(),
                verified: row.int(1)?,
                mismatched: row.int(2)?,
            })
        };
        rows.iter().map(read).collect()
    }
}

fn seller(row: &Row) -> Result<Seller> {
    let id: String = row.text(0)?.into();
    let why = row.opt_text(2)?.unwrap_or("no reason given").to_owned();
    let by_hand = match row.opt_text(7)? {
        Some(name) => {
            let due_within = Duration::from_micros(u64::try_from(row.int(8)?).unwrap_or_default());
            let (name, note) = (name.into(), row.text(9)?.into());
            Some(ByHand { id: id.clone(), name, due_within, note })
        }
        None => None,
    };
    let read_at = row.time(4)?;
    Ok(Seller {
        paused: row.opt_time(1)?.map(|at| (at, why)),
        unheard_in_row: row.int(3)?,
        read_at: (read_at.as_micros() > 0).then_some(read_at),
        sync_at: row.opt_time(5)?,
        packages: row.int(6)?,
        by_hand,
        id,
    })
}
