//! Answers of a provider's list, numbered when asked for and when stored, and the stock that
//! package rows show by the newest of them. The pointer to the newest one moves last, and only
//! forward, so that a package row never shows older stock than the formula takes it for.
//! Not for what a sync decides: that is written by `catalogue/write.rs`.

use std::io::{Read, Write};

use domain::clock::Timestamp;
use domain::id::PackageId;
use domain::package::Pid;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

use crate::db::{Result, Row, StoreError, Tx, Value};

/// So many rows does one transaction write at most: a permit may be waiting for one of them.
pub const SET_MAX: usize = 1_000;
/// So many rows go into one statement: short texts stay prepared.
const TOGETHER_MAX: usize = 40;

/// Who asked for the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    Sync,
    Purchase,
}

impl Purpose {
    pub const fn as_str(self) -> &'static str {
        match self {
            Purpose::Sync => "sync",
            Purpose::Purchase => "purchase",
        }
    }
}

/// A reading that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Begun {
    pub number: i64,
    pub requested_at: Timestamp,
}

/// A complete answer, ready to be stored.
#[derive(Clone, Debug)]
pub struct Packed {
    pub hash: String,
    /// Compressed; absent where the same bytes are stored already.
    pub bytes: Option<Vec<u8>>,
    pub rows: usize,
}

/// What is left to do for the package rows to show a stored reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// They show it: it is equal to the one before.
    Shown,
    /// They are to be written by whoever asked.
    ToWrite,
    /// A newer reading was faster; this one is only kept.
    Superseded,
}

/// A reading's bytes as they came.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Raw {
    pub number: i64,
    pub requested_at: Timestamp,
    pub bytes: Vec<u8>,
}

/// A reading that is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stored {
    pub number: i64,
    pub at: Timestamp,
    pub standing: Standing,
}

/// A package's stock, as a reading shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageStock {
    pub id: PackageId,
    pub pid: Pid,
    pub stock: i64,
}

/// The provider's row: which readings and syncs are newest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pointers {
    /// The newest complete reading that every package row shows.
    pub reading_number: i64,
    pub reading_requested_at: Timestamp,
    pub reading_stored_at: Timestamp,
    pub reading_hash: String,
    pub writing_number: i64,
    pub syncing_number: i64,
    pub sync_number: i64,
    pub sync_at: Option<Timestamp>,
}

/// One reading's own row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadingRow {
    pub number: i64,
    pub purpose: String,
    pub requested_at: Timestamp,
    pub stored_number: Option<i64>,
    pub stored_at: Option<Timestamp>,
    pub hash: Option<String>,
    pub rows: Option<i64>,
    pub failure: Option<String>,
    pub summary: Option<String>,
}

const POINTERS: &str = "reading_number, reading_requested_at, reading_stored_at, reading_hash, \
     writing_number, syncing_number, sync_number, sync_at";

impl Tx<'_> {
    /// Makes the provider's row, once.
    pub fn ensure_provider(&mut self, provider: &str) -> Result<()> {
        self.later(
            "INSERT INTO provider (id, unheard_in_row, reading_number, reading_requested_at, \
             reading_stored_at, reading_hash, writing_number, syncing_number, sync_number, \
             catalogue_version) VALUES ($1, 0, 0, 0, 0, '', 0, 0, 0, 0) ON CONFLICT (id) DO NOTHING",
            args![provider],
        )
    }

    /// Numbers a reading before the provider is asked.
    pub fn begin_reading(&mut self, provider: &str, purpose: Purpose) -> Result<Begun> {
        self.ensure_provider(provider)?;
        let (number, requested_at) = (self.next_number()?, self.now()?);
        self.later(
            "INSERT INTO reading (request_number, provider, purpose, requested_at) \
             VALUES ($1, $2, $3, $4)",
            args![number, provider, purpose.as_str(), requested_at],
        )?;
        Ok(Begun { number, requested_at })
    }

    /// Whether these bytes are stored already.
    pub fn has_raw(&mut self, hash: &str) -> Result<bool> {
        let found = self.lookup("SELECT 1 FROM reading_raw WHERE hash = $1", args![hash])?;
        Ok(found.is_some())
    }

    /// Stores a complete answer, and claims the writing of package rows unless a newer reading
    /// did so.
    pub fn store_reading(
        &mut self,
        provider: &str,
        number: i64,
        packed: &Packed,
    ) -> Result<Stored> {
        let hash = packed.hash.as_str();
        if let Some(bytes) = &packed.bytes {
            self.later(
                "INSERT INTO reading_raw (hash, raw) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING",
                args![hash, bytes.as_slice()],
            )?;
        }
        let stored_number = self.next_number()?;
        let at = self.now()?;
        let rows = i64::try_from(packed.rows).unwrap_or(i64::MAX);
        self.later_one(
            "UPDATE reading SET stored_number = $2, stored_at = $3, hash = $4, rows = $5 \
             WHERE request_number = $1 AND stored_number IS NULL AND failure IS NULL",
            args![number, stored_number, at, hash, rows],
            "reading",
        )?;
        let before = self.lock_pointers(provider)?;
        let standing = if number <= before.writing_number || number <= before.reading_number {
            Standing::Superseded
        } else {
            self.later(
                "UPDATE provider SET writing_number = $2 WHERE id = $1",
                args![provider, number],
            )?;
            let whole = before.writing_number == before.reading_number;
            if whole && before.reading_hash == hash { Standing::Shown } else { Standing::ToWrite }
        };
        if standing == Standing::Shown {
            self.show_reading(provider, number)?;
        }
        Ok(Stored { number, at, standing })
    }

    /// Writes down why a reading brought nothing.
    pub fn fail_reading(&mut self, number: i64, failure: &str) -> Result<()> {
        self.later(
            "UPDATE reading SET failure = $2 WHERE request_number = $1 AND stored_number IS NULL",
            args![number, failure],
        )
    }

    /// What every package row of a provider shows, in the order of ids.
    pub fn package_stocks(&mut self, provider: &str) -> Result<Vec<PackageStock>> {
        let rows =
            self.rows("SELECT id, pid, stock FROM package WHERE provider = $1", args![provider])?;
        let mut stocks: Vec<PackageStock> = rows.iter().map(stock).collect::<Result<_>>()?;
        stocks.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(stocks)
    }

    /// Writes one set of stock figures; false, and to be undone, when a newer reading is at it.
    pub fn write_stocks(
        &mut self,
        provider: &str,
        number: i64,
        stocks: &[PackageStock],
    ) -> Result<bool> {
        for some in stocks.chunks(TOGETHER_MAX) {
            let row = |at: usize| {
                let (id, pid, stock) = (at * 3 + 2, at * 3 + 3, at * 3 + 4);
                // Every row is there already; what is not stock only satisfies the columns.
                format!("(${id}, $1, ${pid}, '', '', 0, ${stock}, 0, {{now}}, {{now}})")
            };
            let rows: Vec<String> = (0..some.len()).map(row).collect();
            let sql = format!(
                "INSERT INTO package (id, provider, pid, name, status, active, stock, \
                 listed_stock, created_at, changed_at) VALUES {} ON CONFLICT (id) DO UPDATE \
                 SET stock = excluded.stock, changed_at = excluded.changed_at",
                rows.join(", ")
            );
            let mut values = vec![Value::from(provider)];
            for stock in some {
                values.extend([stock.id.as_str().into(), stock.pid.as_str().into()]);
                values.push(stock.stock.into());
            }
            let ids: Vec<Value> = some.iter().map(|stock| stock.id.as_str().into()).collect();
            self.note_stocks(&ids)?;
            self.later(&sql, &values)?;
            self.note_stocks(&ids)?;
        }
        Ok(self.change_catalogue(provider)?.writing_number == number)
    }

    /// Makes a reading the newest that every package row shows. Comes after its last set; false
    /// when a newer one is at it.
    pub fn show_reading(&mut self, provider: &str, number: i64) -> Result<bool> {
        let shown = self.run(
            "UPDATE provider SET reading_number = $2, \
             reading_requested_at = (SELECT requested_at FROM reading WHERE request_number = $2), \
             reading_stored_at = (SELECT stored_at FROM reading WHERE request_number = $2), \
             reading_hash = (SELECT hash FROM reading WHERE request_number = $2) \
             WHERE id = $1 AND reading_number < $2 AND writing_number = $2",
            args![provider, number],
        )?;
        Ok(shown == 1)
    }

    /// The provider's pointers, for looking.
    pub fn pointers(&mut self, provider: &str) -> Result<Option<Pointers>> {
        let sql = format!("SELECT {POINTERS} FROM provider WHERE id = $1");
        self.lookup(&sql, args![provider])?.map(|row| pointers(&row)).transpose()
    }

    /// The provider's pointers, which nobody else changes until the transaction ends. An update
    /// locks less than a lock would: new rows may refer to the provider meanwhile.
    pub(crate) fn lock_pointers(&mut self, provider: &str) -> Result<Pointers> {
        self.touch_provider(provider, "catalogue_version = catalogue_version")
    }

    /// As `lock_pointers`, and tells everybody that the catalogue is another now. The last
    /// statement of a change: the provider's row is locked after every package row.
    pub(crate) fn change_catalogue(&mut self, provider: &str) -> Result<Pointers> {
        self.touch_provider(provider, "catalogue_version = catalogue_version + 1")
    }

    fn touch_provider(&mut self, provider: &str, set: &str) -> Result<Pointers> {
        let sql = format!("UPDATE provider SET {set} WHERE id = $1 RETURNING {POINTERS}");
        let missing = || StoreError::Missing { what: "provider", id: provider.into() };
        pointers(&self.lookup(&sql, args![provider])?.ok_or_else(missing)?)
    }

    /// The newest readings of a provider, newest first.
    pub fn readings(&mut self, provider: &str, limit: i64) -> Result<Vec<ReadingRow>> {
        let rows = self.rows(
            "SELECT request_number, purpose, requested_at, stored_number, stored_at, hash, rows, \
             failure, summary FROM reading WHERE provider = $1 ORDER BY request_number DESC \
             LIMIT $2",
            args![provider, limit],
        )?;
        rows.iter().map(reading).collect()
    }

    /// One answer of a provider's list, and the first that was asked for after it and not before a
    /// moment, each with its bytes; nothing once they were pruned, or where there is none yet.
    pub fn raws_around(
        &mut self,
        provider: &str,
        number: i64,
        since: Timestamp,
    ) -> Result<(Option<Raw>, Option<Raw>)> {
        let asked = "SELECT r.request_number, r.requested_at, w.raw FROM reading r \
             JOIN reading_raw w ON w.hash = r.hash WHERE r.provider = $1 AND r.request_number";
        let sql = format!(
            "{asked} = $2 UNION ALL SELECT * FROM ({asked} > $2 AND r.requested_at >= $3 \
             ORDER BY r.request_number LIMIT 1) s"
        );
        let rows = self.rows(&sql, args![provider, number, since])?;
        let found: Vec<Raw> = rows.iter().map(raw).collect::<Result<_>>()?;
        let (mut before, mut after) = (None, None);
        for one in found {
            if one.number == number { before = Some(one) } else { after = Some(one) }
        }
        Ok((before, after))
    }

    /// One answer of a provider's list, with its bytes; nothing once they were pruned.
    pub fn raw_at(&mut self, number: i64) -> Result<Option<Raw>> {
        let row = self.lookup(
            "SELECT r.request_number, r.requested_at, w.raw FROM reading r \
             JOIN reading_raw w ON w.hash = r.hash WHERE r.request_number = $1",
            args![number],
        )?;
        row.map(|row| raw(&row)).transpose()
    }

    /// Removes readings of before a moment, except those that pointers name; tells how many.
    pub fn prune_readings(&mut self, before: Timestamp) -> Result<u64> {
        let gone = self.run(
            "DELETE FROM reading WHERE requested_at < $1 AND request_number NOT IN \
             (SELECT reading_number FROM provider UNION SELECT writing_number FROM provider \
              UNION SELECT syncing_number FROM provider UNION SELECT sync_number FROM provider)",
            args![before],
        )?;
        self.later(
            "DELETE FROM reading_raw WHERE NOT EXISTS \
             (SELECT 1 FROM reading WHERE reading.hash = reading_raw.hash)",
            &[],
        )?;
        Ok(gone)
    }
}

/// The name of an answer's bytes.
pub fn hash_of(raw: &[u8]) -> String {
    Sha256::digest(raw).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Makes an answer's bytes small.
pub fn packed(raw: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let done = encoder.write_all(raw).and_then(|()| encoder.finish());
    done.map_err(|error| StoreError::Failed(format!("cannot compress a reading: {error}")))
}

fn unpacked(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut raw = Vec::new();
    match GzDecoder::new(bytes).read_to_end(&mut raw) {
        Ok(_) => Ok(raw),
        Err(error) => Err(StoreError::Inconsistent { what: "reading", why: error.to_string() }),
    }
}

fn raw(row: &Row) -> Result<Raw> {
    let (number, requested_at) = (row.int(0)?, row.time(1)?);
    Ok(Raw { number, requested_at, bytes: unpacked(row.bytes(2)?)? })
}

fn stock(row: &Row) -> Result<PackageStock> {
    let wrong = |why: String| StoreError::Inconsistent { what: "package", why };
    let id = PackageId::parse(row.text(0)?).map_err(|error| wrong(error.to_string()))?;
    let pid = Pid::new(row.text(1)?).ok_or_else(|| wrong("no PID".into()))?;
    Ok(PackageStock { id, pid, stock: row.int(2)? })
}

fn pointers(row: &Row) -> Result<Pointers> {
    Ok(Pointers {
        reading_number: row.int(0)?,
        reading_requested_at: row.time(1)?,
        reading_stored_at: row.time(2)?,
        reading_hash: row.text(3)?.into(),
        writing_number: row.int(4)?,
        syncing_number: row.int(5)?,
        sync_number: row.int(6)?,
        sync_at: row.opt_time(7)?,
    })
}

fn reading(row: &Row) -> Result<ReadingRow> {
    Ok(ReadingRow {
        number: row.int(0)?,
        purpose: row.text(1)?.into(),
        requested_at: row.time(2)?,
        stored_number: row.opt_int(3)?,
        stored_at: row.opt_time(4)?,
        hash: row.opt_text(5)?.map(Into::into),
        rows: row.opt_int(6)?,
        failure: row.opt_text(7)?.map(Into::into),
        summary: row.opt_text(8)?.map(Into::into),
    })
}
