//! Asking a provider for its list, once for everybody who needs it at that moment, and keeping
//! the answer: numbered, stored, its stock shown by the package rows. Not for what a purchase or
//! a sync makes of it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::block::Promise;
use domain::catalogue::{List, Look};
use domain::clock::Timestamp;
use domain::package::Pid;
use store::db::{StoreError, Tx};
use store::dossier::NewestList;
use store::reading::{self, PackageStock, Packed, Purpose, SET_MAX, Standing};
use upstream::{Fault, Listing};

use crate::flight::Flight;
use crate::sync::SyncReport;
use crate::{Engine, Error, Result};

/// So long a stored reading serves purchases.
pub const FRESH_FOR: Duration = Duration::from_secs(10);

/// What an asked-for list came to: a reading, or the reason why there is none.
type Asked = std::result::Result<Arc<Reading>, Fault>;

/// A complete reading of the provider's list, numbered when it was asked for.
#[derive(Debug)]
pub struct Reading {
    number: i64,
    requested_at: Timestamp,
    stored_at: Timestamp,
    list: Arc<List>,
}

impl Reading {
    /// Orders readings, and tells which answers a reading must show.
    pub fn number(&self) -> i64 {
        self.number
    }

    /// By the database's clock, as `stored_at`.
    pub fn requested_at(&self) -> Timestamp {
        self.requested_at
    }

    pub fn stored_at(&self) -> Timestamp {
        self.stored_at
    }

    pub fn list(&self) -> &List {
        &self.list
    }

    /// As `list`, for whoever works on it aside.
    pub(crate) fn shared_list(&self) -> Arc<List> {
        self.list.clone()
    }

    /// What it says of a package that was sold under a name, with a promise.
    pub fn look_up(&self, pid: &Pid, sold_as: &str, promise: &Promise, buffer: i64) -> Look {
        self.list.look_up(pid, sold_as, promise, buffer)
    }
}

/// The newest reading of this process, and when it was stored by both of its clocks: one can be
/// set back, the other does not move with a test.
struct Kept {
    reading: Arc<Reading>,
    boot: Duration,
    wall: Timestamp,
}

/// What lookers of this process share.
#[derive(Default)]
pub(crate) struct Looks {
    pub sync: Flight<Arc<SyncReport>>,
    look: Flight<Asked>,
    newest: Mutex<Option<Kept>>,
    /// A kept list that pages look at, by the name of its bytes.
    again: Mutex<Option<(String, Arc<List>)>>,
    /// When old readings were removed last, by the boot clock.
    pub pruned: Mutex<Option<Duration>>,
}

/// Why a transaction of this file or of a sync was undone.
pub(crate) enum Undone {
    /// A newer reading, or a newer sync, is at it.
    Superseded,
    /// Staff changed something that was decided on.
    Changed,
    Store(StoreError),
}

impl From<StoreError> for Undone {
    fn from(error: StoreError) -> Undone {
        Undone::Store(error)
    }
}

impl Engine {
    /// The newest reading, stored no longer than ten seconds ago; purchases that need one at the
    /// same time ask once. The inner error is the provider's.
    pub async fn fresh_reading(&self) -> Result<Asked> {
        if let Some(reading) = self.newest_reading() {
            return Ok(Ok(reading));
        }
        let engine = self.clone();
        let run = || async move { engine.read_list(Purpose::Purchase).await };
        self.looks().look.join(self.db().points(), run).await
    }

    fn newest_reading(&self) -> Option<Arc<Reading>> {
        let newest = self.looks().newest.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = newest.as_ref()?;
        let (boot, wall) = (self.parts.boot.since_boot(), self.now());
        let fresh = boot.saturating_sub(kept.boot) <= FRESH_FOR
            && wall >= kept.wall
            && wall.since(kept.wall) <= FRESH_FOR;
        fresh.then(|| kept.reading.clone())
    }

    /// A list that is kept, as it was read; nothing where its bytes say nothing to this version. It
    /// is read again only where it is another than the last one.
    pub(crate) async fn kept_list(&self, newest: &NewestList) -> Result<Option<Arc<List>>> {
        let looks = self.looks();
        {
            let again = looks.again.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some((_, list)) = again.as_ref().filter(|(hash, _)| *hash == newest.hash) {
                return Ok(Some(list.clone()));
            }
        }
        let number = newest.number;
        let Some(raw) = self.db().read(move |tx| tx.raw_at(number)).await? else {
            return Ok(None);
        };
        let upstream = self.parts.provider.upstream.clone();
        let read = self.aside(move || upstream.packages_in(&raw.bytes).map(List::of)).await?;
        let list = match read {
            Ok(list) => Arc::new(list),
            Err(fault) => {
                tracing::warn!("[SMARTVPS] the kept list {number} cannot be read: {fault}");
                return Ok(None);
            }
        };
        let mut again = looks.again.lock().unwrap_or_else(PoisonError::into_inner);
        *again = Some((newest.hash.clone(), list.clone()));
        Ok(Some(list))
    }

    fn keep(&self, reading: &Arc<Reading>, boot: Duration, wall: Timestamp) {
        let mut newest = self.looks().newest.lock().unwrap_or_else(PoisonError::into_inner);
        if newest.as_ref().is_none_or(|kept| kept.reading.number < reading.number) {
            *newest = Some(Kept { reading: reading.clone(), boot, wall });
        }
    }

    /// Asks the provider for its list, stores the answer and shows its stock. An empty list is
    /// no answer: no provider sells nothing at all, but a broken one may say so.
    pub(crate) async fn read_list(&self, purpose: Purpose) -> Result<Asked> {
        let provider = self.parts.provider.id;
        let begun = self.db().write(move |tx| tx.begin_reading(provider, purpose)).await?;
        let number = begun.number;
        let listing = match self.ask_for_list().await {
            Ok(listing) => listing,
            Err(fault) => {
                let why = fault.to_string();
                self.db().write(move |tx| tx.fail_reading(number, &why)).await?;
                return Ok(Err(fault));
            }
        };
        let (list, packed) = self.packed(listing).await?;
        let (boot, wall) = (self.parts.boot.since_boot(), self.now());
        let stored = self.db().write(move |tx| tx.store_reading(provider, number, &packed)).await?;
        let (requested_at, stored_at) = (begun.requested_at, stored.at);
        let list = Arc::new(list);
        let reading = Arc::new(Reading { number, requested_at, stored_at, list });
        if stored.standing == Standing::ToWrite {
            self.show_stock(&reading).await?;
        }
        self.keep(&reading, boot, wall);
        Ok(Ok(reading))
    }

    pub(crate) async fn ask_for_list(&self) -> std::result::Result<Listing, Fault> {
        self.point("list-asked").await;
        let listing = self.parts.provider.upstream.packages().await?;
        self.point("list-read").await;
        if listing.rows.is_empty() {
            let provider = self.parts.provider.id;
            return Err(Fault::Unreadable { provider, reason: "the list is empty".into() });
        }
        Ok(listing)
    }

    /// Hashes, compresses and indexes; a long list takes a while, so not between other tasks.
    async fn packed(&self, listing: Listing) -> Result<(List, Packed)> {
        let count = listing.rows.len();
        let index = move || (reading::hash_of(&listing.raw), List::of(listing.rows), listing.raw);
        let (hash, list, raw) = self.aside(index).await?;
        let wanted = hash.clone();
        let known = self.db().read(move |tx| tx.has_raw(&wanted)).await?;
        let bytes = match known {
            true => None,
            false => Some(self.aside(move || reading::packed(&raw)).await??),
        };
        Ok((list, Packed { hash, bytes, rows: count }))
    }

    /// Writes the stock of every package whose row shows another, then moves the pointer.
    async fn show_stock(&self, reading: &Arc<Reading>) -> Result<()> {
        let (provider, number) = (self.parts.provider.id, reading.number);
        let ours = self.db().read(move |tx| tx.package_stocks(provider)).await?;
        let changed: Vec<PackageStock> = ours
            .into_iter()
            .filter_map(|ours| {
                let stock = reading.list.stock_of(&ours.pid);
                (ours.stock != stock).then_some(PackageStock { stock, ..ours })
            })
            .collect();
        for set in changed.chunks(SET_MAX) {
            let set = set.to_vec();
            let write = move |tx: &mut Tx<'_>| match tx.write_stocks(provider, number, &set)? {
                true => Ok(()),
                false => Err(Undone::Superseded),
            };
            match self.db().write(write).await {
                Ok(()) => {}
                // The newer one compares with what is there and writes the rest itself.
                Err(Undone::Superseded | Undone::Changed) => return Ok(()),
                Err(Undone::Store(error)) => return Err(error.into()),
            }
        }
        self.db().write(move |tx| tx.show_reading(provider, number)).await?;
        Ok(())
    }

    /// Runs work that would keep a thread busy where that holds up nobody.
    pub(crate) async fn aside<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T> {
        let done = self.db().points().aside(work).await;
        done.map_err(|error| Error::Bug(format!("work set aside did not end: {error}")))
    }
}
