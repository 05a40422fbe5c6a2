//! A database file as a thing to be copied, looked at and marked, while others may work on it.
//! Not for rows of the shop: those are read through an opened `Db`.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rusqlite::{Connection, OpenFlags, params};

use super::embedded::failure;
use super::{Result, StoreError};

/// Notes that travel inside a copy, under a name that no table of the shop has.
const NOTES: &str = "copy_note";

/// Writes a consistent copy of one moment to a new file that only its owner may read, and waits
/// for the disk. Nobody who works on the database waits for it.
pub fn copy_file(from: &Path, to: &Path) -> Result<()> {
    let cannot = |error: std::io::Error| {
        StoreError::Unavailable(format!("cannot write {}: {error}", to.display()))
    };
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(to);
    let file = file.map_err(cannot)?;
    let target = to.to_str().ok_or_else(|| {
        StoreError::Failed(format!("{} is not a name that a database can have", to.display()))
    })?;
    open_as_it_is(from)?.execute("VACUUM INTO ?1", params![target]).map_err(failure)?;
    file.sync_all().map_err(cannot)
}

/// What is wrong with the file, if anything is: its pages, its indexes, and what rows refer to.
pub fn damage(path: &Path) -> Result<Option<String>> {
    let connection = open_as_it_is(path)?;
    let found = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0));
    let found: String = match found {
        Ok(found) => found,
        Err(error) => return Ok(Some(error.to_string())),
    };
    if found != "ok" {
        return Ok(Some(found));
    }
    let mut stray = connection.prepare("PRAGMA foreign_key_check").map_err(failure)?;
    let stray: Option<String> = match stray.query([]).map_err(failure)?.next().map_err(failure)? {
        Some(row) => Some(row.get(0).map_err(failure)?),
        None => None,
    };
    Ok(stray.map(|table| format!("a row of {table} refers to one that is missing")))
}

/// Whether this is a shop at all.
pub fn is_shop(path: &Path) -> Result<bool> {
    has_table(&open_as_it_is(path)?, "migration")
}

/// Writes notes into a copy.
pub fn write_notes(path: &Path, notes: &[(&str, &str)]) -> Result<()> {
    let connection = open_as_it_is(path)?;
    let table = format!("CREATE TABLE {NOTES} (name TEXT PRIMARY KEY, value TEXT NOT NULL)");
    connection.execute_batch(&table).map_err(failure)?;
    for (name, value) in notes {
        let insert = format!("INSERT INTO {NOTES} (name, value) VALUES (?1, ?2)");
        connection.execute(&insert, params![name, value]).map_err(failure)?;
    }
    drop(connection);
    let file = File::open(path).and_then(|file| file.sync_all());
    file.map_err(|error| StoreError::Unavailable(error.to_string()))
}

/// One note of a copy.
pub fn read_note(path: &Path, name: &str) -> Result<Option<String>> {
    let connection = open_as_it_is(path)?;
    if !has_table(&connection, NOTES)? {
        return Ok(None);
    }
    let select = format!("SELECT value FROM {NOTES} WHERE name = ?1");
    let mut found = connection.prepare(&select).map_err(failure)?;
    let mut rows = found.query(params![name]).map_err(failure)?;
    match rows.next().map_err(failure)? {
        Some(row) => Ok(Some(row.get(0).map_err(failure)?)),
        None => Ok(None),
    }
}

/// Takes the notes out, and what stood in them off the pages.
pub fn forget_notes(path: &Path) -> Result<()> {
    let forget = format!("PRAGMA secure_delete = ON; DROP TABLE IF EXISTS {NOTES}; VACUUM");
    open_as_it_is(path)?.execute_batch(&forget).map_err(failure)
}

/// Nothing is created and no setting is changed.
fn open_as_it_is(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(|error| {
        StoreError::Unavailable(format!("cannot open {}: {error}", path.display()))
    })?;
    connection.busy_timeout(std::time::Duration::from_secs(10)).map_err(failure)?;
    Ok(connection)
}

fn has_table(connection: &Connection, name: &str) -> Result<bool> {
    let select = "SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND name = ?1";
    connection.query_row(select, params![name], |row| row.get(0)).map_err(failure)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn shop(folder: &Path) -> std::path::PathBuf {
        let path = folder.join("shop.db");
        let connection = Connection::open(&path).unwrap();
        let tables = "PRAGMA journal_mode = wal; CREATE TABLE migration (name TEXT); \
             INSERT INTO migration SELECT hex(randomblob(4000)) \
             FROM (VALUES (1), (2), (3), (4), (5))";
        connection.execute_batch(tables).unwrap();
        path
    }

    #[test]
    fn a_copy_is_whole_its_owners_alone_and_takes_no_files_place() {
        let folder = tempfile::tempdir().unwrap();
        let path = shop(folder.path());
        let writer = Connection::open(&path).unwrap();
        writer.execute_batch("BEGIN IMMEDIATE; DELETE FROM migration").unwrap();
        let copy = folder.path().join("copy");
        copy_file(&path, &copy).unwrap();
        assert_eq!(damage(&copy).unwrap(), None);
        assert!(is_shop(&copy).unwrap());
        assert_eq!(std::fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
        let count = "SELECT COUNT(*) FROM migration";
        let kept: i64 =
            Connection::open(&copy).unwrap().query_row(count, [], |row| row.get(0)).unwrap();
        assert_eq!(kept, 5);
        assert!(copy_file(&path, &copy).is_err());
    }

    #[test]
    fn a_note_travels_with_a_copy_and_is_gone_when_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let path = shop(folder.path());
        assert_eq!(read_note(&path, "key").unwrap(), None);
        let copy = folder.path().join("copy");
        copy_file(&path, &copy).unwrap();
        write_notes(&copy, &[("key", "0123456789abcdef"), ("made_at", "noon")]).unwrap();
        assert_eq!(read_note(&copy, "key").unwrap().as_deref(), Some("0123456789abcdef"));
        assert_eq!(read_note(&copy, "other").unwrap(), None);
        forget_notes(&copy).unwrap();
        assert_eq!(read_note(&copy, "key").unwrap(), None);
        let bytes = std::fs::read(&copy).unwrap();
        assert!(!bytes.windows(16).any(|some| some == b"0123456789abcdef"));
    }

    #[test]
    fn a_damaged_copy_is_told_from_a_whole_one() {
        let folder = tempfile::tempdir().unwrap();
        let copy = folder.path().join("copy");
        copy_file(&shop(folder.path()), &copy).unwrap();
        let mut bytes = std::fs::read(&copy).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle..].fill(0x5a);
        std::fs::write(&copy, bytes).unwrap();
        assert!(damage(&copy).unwrap().is_some());
        std::fs::write(&copy, "no database").unwrap();
        assert!(damage(&copy).unwrap().is_some());
    }
}
