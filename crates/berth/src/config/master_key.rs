//! The key that seals credentials at rest: read from its setting, or kept in one file of the data
//! directory that is made at the first start. Not for sealing: the store's edge does that.

use std::fmt;
use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use domain::id::Chance;
use secrecy::zeroize::Zeroize;

/// 32 bytes that must never be shown.
#[derive(Clone)]
pub struct MasterKey([u8; 32]);

const FORM: &str = "must be 64 hex digits (32 bytes), such as `openssl rand -hex 32` prints";

impl MasterKey {
    pub fn parse(text: &str) -> Result<MasterKey, String> {
        let mut bytes = [0; 32];
        match hex::decode_to_slice(text, &mut bytes) {
            Ok(()) => Ok(MasterKey(bytes)),
            Err(_) => Err(FORM.to_owned()),
        }
    }

    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl Drop for MasterKey {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(hidden)")
    }
}

/// Why there is no key.
#[derive(Debug)]
pub enum KeyFault {
    /// The file exists and holds something else.
    Unreadable(PathBuf),
    Disk(PathBuf, io::Error),
}

impl fmt::Display for KeyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KeyFault::Unreadable(path) => write!(f, "{} {FORM}", path.display()),
            KeyFault::Disk(path, error) => {
                write!(f, "cannot use the master key {}: {error}", path.display())
            }
        }
    }
}

impl std::error::Error for KeyFault {}

/// Where the embedded database's key lies.
pub fn path(data_dir: &Path) -> PathBuf {
    data_dir.join("master.key")
}

/// The key of this data directory; made at the first call, readable by its owner alone.
/// Two processes that start at once end up with the same key.
pub fn load_or_make(data_dir: &Path, chance: &dyn Chance) -> Result<MasterKey, KeyFault> {
    let path = path(data_dir);
    let disk = |error| KeyFault::Disk(path.clone(), error);
    if !path.try_exists().map_err(disk)? {
        let mut bytes = [0; 32];
        chance.fill(&mut bytes);
        make(data_dir, &path, &MasterKey(bytes)).map_err(disk)?;
        bytes.zeroize();
    }
    let mut text = String::new();
    let mut file = File::open(&path).map_err(disk)?;
    tighten(&file).map_err(disk)?;
    file.read_to_string(&mut text).map_err(disk)?;
    let key = MasterKey::parse(text.trim());
    text.zeroize();
    key.map_err(|_| KeyFault::Unreadable(path.clone()))
}

/// Puts a key there that came with a copy; one that is there already stays.
pub fn put(data_dir: &Path, key: &MasterKey) -> Result<(), KeyFault> {
    let path = path(data_dir);
    make(data_dir, &path, key).map_err(|error| KeyFault::Disk(path, error))
}

/// Writes the whole key aside and links it into place: a crash leaves no half key, and of two
/// writers the first wins.
fn make(data_dir: &Path, path: &Path, key: &MasterKey) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(data_dir)?;
    let aside = aside(data_dir);
    // What lies there is left over from a crash.
    match std::fs::remove_file(&aside) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&aside)?;
    writeln!(file, "{}", hex::encode(key.bytes()))?;
    file.sync_all()?;
    let linked = std::fs::hard_link(&aside, path);
    std::fs::remove_file(&aside)?;
    match linked {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error),
    }
    File::open(data_dir)?.sync_all()
}

/// A name that no other writer uses at the same time.
fn aside(data_dir: &Path) -> PathBuf {
    static WRITERS: AtomicU32 = AtomicU32::new(0);
    let writer = WRITERS.fetch_add(1, Ordering::Relaxed);
    data_dir.join(format!("master.key.{}.{writer}.new", std::process::id()))
}

/// A copied key file often arrives readable by all.
fn tighten(file: &File) -> io::Result<()> {
    if file.metadata()?.permissions().mode() & 0o077 == 0 {
        return Ok(());
    }
    file.set_permissions(Permissions::from_mode(0o600))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU8;

    use super::*;

    struct Count(AtomicU8);
    impl Chance for Count {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0.fetch_add(1, Ordering::Relaxed));
        }
    }

    fn chance() -> Count {
        Count(AtomicU8::new(1))
    }

    #[test]
    fn a_key_is_made_once_and_then_kept() {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().join("new/data");
        let chance = chance();
        let first = load_or_make(&data, &chance).unwrap();
        let second = load_or_make(&data, &chance).unwrap();
        assert_eq!(first.bytes(), second.bytes());
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path(&data)), mode(&data)), (0o600, 0o700));
        let names: Vec<_> =
            std::fs::read_dir(&data).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, ["master.key"]);
    }

    #[test]
    fn many_that_start_at_once_share_one_key() {
        let dir = tempfile::tempdir().unwrap();
        let chance = chance();
        let keys: Vec<[u8; 32]> = std::thread::scope(|scope| {
            let start = || scope.spawn(|| *load_or_make(dir.path(), &chance).unwrap().bytes());
            let started: Vec<_> = (0..8).map(|_| start()).collect();
            started.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(keys.windows(2).all(|pair| pair[0] == pair[1]));
    }

    #[test]
    fn a_spoilt_key_file_is_refused_and_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(path(dir.path()), "not a key").unwrap();
        let fault = load_or_make(dir.path(), &chance()).unwrap_err();
        assert!(fault.to_string().contains("64 hex digits"));
        assert_eq!(std::fs::read_to_string(path(dir.path())).unwrap(), "not a key");
    }

    #[test]
    fn a_key_that_others_could_read_is_closed_to_them() {
        let dir = tempfile::tempdir().unwrap();
        let path = path(dir.path());
        std::fs::write(&path, "ab".repeat(32)).unwrap();
        std::fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
        load_or_make(dir.path(), &chance()).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_key_is_64_hex_digits_and_never_shown() {
        let key = MasterKey::parse(&"0a".repeat(32)).unwrap();
        assert!(!format!("{key:?}").contains("10"), "{key:?}");
        for text in ["", "0a", &"0g".repeat(32), &"0a".repeat(33)] {
            assert!(MasterKey::parse(text).is_err());
        }
    }
}
