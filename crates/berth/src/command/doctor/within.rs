//! The shop's own database: whether it opens, whether it keeps what it promises, whether the
//! master key is its own, and whether its clock agrees with the machine's.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use domain::clock::{Clock, Timestamp};
use engine::health::Health;
use store::db::{Db, StoreError};
use store::seal::Seal;

use super::{Check, told};
use crate::config::database::DatabaseUrl;
use crate::config::{Settings, master_key};
use crate::machine::Machine;
use crate::wire::{self, Opened};

const DATABASE: &str = "database";
const MASTER_KEY: &str = "master key";
const CLOCK: &str = "clock";
/// Clocks that differ by more mislead people who compare times.
const APART_MAX: Duration = Duration::from_secs(5);

/// What was found, and how the shop stands where its tables are there.
pub struct Within {
    pub checks: Vec<Check>,
    pub health: Option<Health>,
}

impl Within {
    /// Where the tables cannot be asked: what is known without them.
    fn without_tables(settings: &Settings, key: &Key, database: Check) -> Within {
        let clock = Check::good(CLOCK, in_zone(Machine.now(), settings));
        Within { checks: vec![key.check(None), database, clock], health: None }
    }
}

pub async fn look(settings: &Settings) -> Within {
    let key = Key::of(settings);
    let without = |database| Within::without_tables(settings, &key, database);
    if let DatabaseUrl::Sqlite(path) = settings.database_url()
        && let Some(check) = unopened(&path)
    {
        return without(check);
    }
    let db = match wire::database(settings).await {
        Ok(db) => Arc::new(db),
        Err(error) => return without(cannot_open(settings, &error)),
    };
    let tables = match tables(settings, &db).await {
        Ok((check, Tables::Complete)) => check,
        Ok((check, Tables::Incomplete)) => return without(check),
        Err(error) => return without(cannot_open(settings, &error)),
    };
    match standing(settings, db, &key).await {
        Ok((health, clock)) => {
            let checks = vec![key.check(health.master_key_fits), tables, clock];
            Within { checks, health: Some(health) }
        }
        Err(error) => {
            let remedy = "read the message; the database answered before";
            without(Check::fail(DATABASE, error.to_string(), remedy))
        }
    }
}

/// Where the byte stands that says how a file of the embedded database is written, and what it is
/// in one that keeps no write-ahead log.
const WRITTEN_AT: usize = 18;
const WITHOUT_LOG: u8 = 1;

/// What is known of a file that cannot be opened without changing it: an empty one would get its
/// first page, one without a log would be turned into one that has it.
fn unopened(path: &Path) -> Option<Check> {
    let found = |what: &str| format!("{} {what}", path.display());
    if !path.exists() {
        return Some(Check::good(DATABASE, found("is not there yet; the first start makes it")));
    }
    let mut head = Vec::new();
    let opened = fs::File::open(path).ok()?;
    // One that cannot be read is told by whoever opens it.
    opened.take(WRITTEN_AT as u64 + 1).read_to_end(&mut head).ok()?;
    if head.is_empty() {
        return Some(Check::good(DATABASE, found("is empty; the first start makes its tables")));
    }
    let without_log = head.get(WRITTEN_AT) == Some(&WITHOUT_LOG);
    without_log.then(|| {
        let found = found("keeps no write-ahead log, as copies do; the first start turns it on");
        Check::warn(DATABASE, found, "start the shop, then look again: nothing else was looked at")
    })
}

fn cannot_open(settings: &Settings, error: &StoreError) -> Check {
    let remedy = match settings.database_url() {
        DatabaseUrl::Sqlite(path) => {
            format!("see that {} and its directory belong to this user", path.display())
        }
        DatabaseUrl::Postgres(_) => "start the database, or correct DATABASE_URL".to_owned(),
    };
    match error {
        StoreError::Unavailable(_) | StoreError::Busy(_) | StoreError::CommitUnknown(_) => {
            Check::away(DATABASE, error.to_string(), remedy)
        }
        other => Check::fail(DATABASE, other.to_string(), remedy),
    }
}

enum Tables {
    Complete,
    Incomplete,
}

/// Whether the tables are those of this program, and whether a commit survives a power cut.
async fn tables(settings: &Settings, db: &Db) -> store::db::Result<(Check, Tables)> {
    let (missing, undurable) =
        db.read(|tx| Ok::<_, StoreError>((tx.missing_migrations()?, tx.undurable()?))).await?;
    let newer = db.read(|tx| tx.unknown_migrations()).await?;
    let place = match settings.database_url() {
        DatabaseUrl::Sqlite(path) => {
            let size = fs::metadata(&path).map_or(0, |file| file.len());
            format!("SQLite, {}, {}", path.display(), told::size(size))
        }
        DatabaseUrl::Postgres(_) => "PostgreSQL".to_owned(),
    };
    if !newer.is_empty() {
        let found = format!("{place}: migrated by a newer berth ({})", newer.join(", "));
        let remedy = "run that newer berth, or restore a copy from before";
        return Ok((Check::fail(DATABASE, found, remedy), Tables::Incomplete));
    }
    let stand = if missing.is_empty() { Tables::Complete } else { Tables::Incomplete };
    let check = match (missing.len(), undurable) {
        (_, Some(why)) => {
            let found = format!("{place}: {why}, so a power cut may lose paid orders");
            Check::fail(DATABASE, found, "turn it on in the database's own configuration")
        }
        (0, None) => Check::good(DATABASE, format!("{place}; tables up to date, commits durable")),
        (some, None) => {
            let found = format!("{place}; {some} migrations are still to be made");
            Check::warn(DATABASE, found, "`berth serve` makes them when it starts")
        }
    };
    Ok((check, stand))
}

/// How the shop stands, and what its clock says.
async fn standing(settings: &Settings, db: Arc<Db>, key: &Key) -> anyhow::Result<(Health, Check)> {
    let app_url = settings.app_url(settings.server.listen);
    let is_shared = db.is_shared_by_nodes();
    // Without a key there is nothing to compare; what was found says so.
    let seal = Seal::new(key.bytes().unwrap_or_default());
    let engine = wire::joined(settings, &app_url, Opened { db, seal, journal: None })?;
    let health = engine.health().await.map_err(wire::stop)?;
    let before = Machine.now();
    let theirs = engine.ping().await.map_err(wire::stop)?;
    let clocks = Clocks { before, theirs, after: Machine.now() };
    let shown = in_zone(theirs, settings);
    let mut check = if is_shared { clocks.check(&shown) } else { Check::good(CLOCK, shown) };
    if health.last_sync.is_some_and(|last| last > health.now + APART_MAX) {
        let found = "the last sync is dated in the future: the clock was set back";
        check = Check::warn(CLOCK, found, "let the machine keep time by NTP");
    }
    Ok((health, check))
}

fn in_zone(moment: Timestamp, settings: &Settings) -> String {
    let zone = settings.shop.timezone.clone();
    match jiff::Timestamp::from_microsecond(moment.as_micros()) {
        Ok(moment) => {
            let moment = moment.to_zoned(zone);
            let name = moment.time_zone().iana_name().unwrap_or("local time").to_owned();
            format!("{} {name}", moment.strftime("%Y-%m-%d %H:%M:%S"))
        }
        Err(_) => moment.rfc3339(),
    }
}

/// The database's time, asked for between two looks at the machine's.
struct Clocks {
    before: Timestamp,
    theirs: Timestamp,
    after: Timestamp,
}

impl Clocks {
    fn check(&self, shown: &str) -> Check {
        let (behind, ahead) = (self.before.since(self.theirs), self.theirs.since(self.after));
        let (apart, word) = if ahead > behind { (ahead, "ahead") } else { (behind, "behind") };
        if apart <= APART_MAX {
            return Check::good(CLOCK, format!("{shown}; the database agrees"));
        }
        let apart = told::duration(apart);
        let found = format!("the database's clock is {apart} {word}; it is the one that counts");
        Check::warn(CLOCK, found, "let both machines keep time by NTP")
    }
}

/// Where the master key is.
enum Key {
    Given([u8; 32]),
    InFile(PathBuf, [u8; 32]),
    /// The first start makes it.
    NotYet(PathBuf),
    Broken(String),
}

impl Key {
    fn of(settings: &Settings) -> Key {
        if let Some(key) = &settings.server.master_key {
            return Key::Given(*key.bytes());
        }
        let path = master_key::path(&settings.data_dir);
        if !path.exists() {
            return Key::NotYet(path);
        }
        match master_key::load_or_make(&settings.data_dir, &Machine) {
            Ok(key) => Key::InFile(path, *key.bytes()),
            Err(fault) => Key::Broken(fault.to_string()),
        }
    }

    fn bytes(&self) -> Option<[u8; 32]> {
        match self {
            Key::Given(bytes) | Key::InFile(_, bytes) => Some(*bytes),
            Key::NotYet(_) | Key::Broken(_) => None,
        }
    }

    /// `fits`: what the database says of it; nothing where it has not been started with one.
    fn check(&self, fits: Option<bool>) -> Check {
        const PUT_BACK: &str = "put back the key that belongs to the database (BERTH_MASTER_KEY, \
             or master.key in the data directory): without it its secrets cannot be read";
        let place = |path: &Path| path.display().to_string();
        let place = match self {
            Key::Given(_) => "from BERTH_MASTER_KEY".to_owned(),
            Key::InFile(path, _) => place(path),
            Key::NotYet(path) if fits.is_none() => {
                let found = format!("{} is not there yet; the first start makes it", place(path));
                return Check::good(MASTER_KEY, found);
            }
            Key::NotYet(path) => {
                let found = format!("{} is gone, and the database needs it", place(path));
                return Check::fail(MASTER_KEY, found, PUT_BACK);
            }
            Key::Broken(why) => return Check::fail(MASTER_KEY, why, PUT_BACK),
        };
        match fits {
            None => Check::good(MASTER_KEY, place),
            Some(true) => Check::good(MASTER_KEY, format!("{place}; it is the database's own")),
            Some(false) => {
                let found = format!("{place}: the database was sealed with another key");
                Check::fail(MASTER_KEY, found, PUT_BACK)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::State;
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1_000)
    }

    #[test]
    fn clocks_may_differ_by_as_much_as_a_slow_answer_takes() {
        let state =
            |theirs| Clocks { before: at(100), theirs: at(theirs), after: at(130) }.check("").state;
        assert_eq!([state(95), state(115), state(135)], [State::Good; 3]);
        assert_eq!([state(94), state(136)], [State::Warn; 2]);
        let behind = Clocks { before: at(100), theirs: at(40), after: at(100) }.check("");
        assert!(behind.found.contains("60 s behind"), "{}", behind.found);
    }

    #[test]
    fn a_key_that_is_gone_matters_only_where_something_was_sealed() {
        let gone = Key::NotYet(PathBuf::from("/srv/master.key"));
        assert_eq!(gone.check(None).state, State::Good);
        assert_eq!(gone.check(Some(false)).state, State::Fail);
        let given = Key::Given([7; 32]);
        assert_eq!(given.check(Some(true)).state, State::Good);
        let other = given.check(Some(false));
        assert_eq!(other.state, State::Fail);
        assert!(other.remedy.unwrap().contains("BERTH_MASTER_KEY"));
    }
}
