//! What can be examined without asking anybody: settings, addresses and the data directory.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use engine::host::ROOM_MIN;
use rustix::fs::{Access, access};
use url::Host;

use super::{Check, told};
use crate::config::{Settings, Settled};
use crate::machine;
use crate::table::count;

/// Below that the disk is full for a database that must not stop.
const SPACE_FAIL: u64 = 100_000_000;

/// The settings as they were found; that they can be used is known by now.
pub fn configuration(settled: &Settled) -> Check {
    const NAME: &str = "configuration";
    let given = settled.effective.iter().filter(|setting| setting.source != "default").count();
    let settings = count(given, "setting", "settings");
    let Some(file) = &settled.file else {
        return Check::good(NAME, format!("{settings} from the environment, no settings file"));
    };
    let found = format!("{settings} from the environment and {}", file.display());
    let secret = settled.effective.iter().find(|one| one.secret && one.source == "file");
    match secret.filter(|_| others_may_read(file)) {
        None => Check::good(NAME, found),
        Some(setting) => Check::warn(
            NAME,
            format!(
                "{} holds {} and others on this machine may read it",
                file.display(),
                setting.toml
            ),
            format!("chmod 600 {}", file.display()),
        ),
    }
}

fn others_may_read(file: &Path) -> bool {
    fs::metadata(file).is_ok_and(|found| found.permissions().mode() & 0o044 != 0)
}

/// Where customers and gateways come in.
pub fn public_address(settings: &Settings) -> Check {
    const NAME: &str = "public address";
    const BEHIND_TLS: &str =
        "put a web server with TLS before the shop and set APP_URL to its https:// address";
    let address = settings.app_url(settings.server.listen);
    let Ok(url) = url::Url::parse(&address) else {
        return Check::fail(NAME, format!("{address} is not an address"), "set APP_URL");
    };
    let (nowhere, here) = match url.host() {
        Some(Host::Ipv4(ip)) => (ip.is_unspecified(), ip.is_loopback()),
        Some(Host::Ipv6(ip)) => (ip.is_unspecified(), ip.is_loopback()),
        Some(Host::Domain(name)) => (false, name == "localhost" || name.ends_with(".localhost")),
        None => (true, false),
    };
    if nowhere {
        let found = format!("links, and the addresses that gateways return to, lead to {address}");
        return Check::fail(NAME, found, "set APP_URL to the address that customers use");
    }
    match (here, url.scheme()) {
        (true, _) => {
            Check::warn(NAME, format!("{address}: only this machine reaches it"), BEHIND_TLS)
        }
        (false, "https") => Check::good(NAME, address),
        (false, _) => {
            let found = format!("{address}: passwords and sessions travel unprotected");
            Check::warn(NAME, found, BEHIND_TLS)
        }
    }
}

/// Whether papers can name India's customers; those of Europe are in the program's own fonts.
pub fn fonts() -> Check {
    const NAME: &str = "fonts";
    if web::pdf::has_letter('\u{915}') {
        return Check::good(NAME, "PDFs of papers can show Latin, Greek, Cyrillic and Devanagari");
    }
    Check::warn(
        NAME,
        "no font on this machine has Devanagari: PDFs for names in it are refused",
        "install one on every node (Debian: fonts-noto-core, or fonts-lohit-deva)",
    )
}

/// Whether our files can be written, and for how long.
pub fn data_directory(settings: &Settings) -> Check {
    const NAME: &str = "data directory";
    let directory = &settings.data_dir;
    let shown = directory.display();
    let remedy = || format!("give {shown} to this user, or set BERTH_DATA_DIR to another");
    let there = nearest_there(directory);
    if there != *directory {
        let may_make = there.is_dir() && access(&there, Access::WRITE_OK | Access::EXEC_OK).is_ok();
        return match may_make {
            true => {
                Check::good(NAME, format!("{shown} is not there yet; the first start makes it"))
            }
            false => Check::fail(
                NAME,
                format!("{shown} cannot be made in {}", there.display()),
                remedy(),
            ),
        };
    }
    if let Err(fault) = write_a_file(directory) {
        return Check::fail(NAME, format!("{shown} cannot be written: {fault}"), remedy());
    }
    let Some(free) = machine::free(directory) else {
        return Check::good(NAME, format!("{shown} can be written"));
    };
    let found = format!("{shown} can be written, {} free", told::size(free));
    let remedy = "make room: without it no order can be taken or worked on";
    match free {
        0..SPACE_FAIL => Check::fail(NAME, found, remedy),
        SPACE_FAIL..ROOM_MIN => Check::warn(NAME, found, remedy),
        _ => Check::good(NAME, found),
    }
}

/// The path itself, or what of it exists.
fn nearest_there(path: &Path) -> PathBuf {
    let there = path.ancestors().find(|path| path.exists());
    there.filter(|path| !path.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned()
}

fn write_a_file(directory: &Path) -> std::io::Result<()> {
    let path = directory.join(format!(".doctor-{}", std::process::id()));
    let mut file = fs::File::create_new(&path)?;
    let written = file.write_all(b"may be removed\n").and_then(|()| file.sync_all());
    fs::remove_file(&path)?;
    written
}

#[cfg(test)]
mod tests {
    use super::super::State;
    use super::*;
    use crate::config::Given;

    fn settings(given: &[(&str, &str)]) -> Settings {
        let env = given.iter().map(|(name, value)| ((*name).to_owned(), (*value).into()));
        let home = [("HOME".to_owned(), "/srv/ada".into())];
        Given::of(env.chain(home)).settle().unwrap().settings
    }

    #[test]
    fn customers_need_an_address_that_they_can_reach() {
        let state = |given: &[(&str, &str)]| public_address(&settings(given)).state;
        assert_eq!(state(&[]), State::Warn);
        assert_eq!(state(&[("BERTH_LISTEN", "0.0.0.0:80")]), State::Fail);
        assert_eq!(state(&[("APP_URL", "http://shop.example")]), State::Warn);
        assert_eq!(state(&[("APP_URL", "https://shop.example")]), State::Good);
    }

    #[test]
    fn a_directory_that_is_not_there_yet_is_left_so() {
        let there = tempfile::tempdir().unwrap();
        let new = there.path().join("new/data");
        let examined =
            |path: &Path| data_directory(&settings(&[("BERTH_DATA_DIR", path.to_str().unwrap())]));
        assert_eq!(examined(&new).state, State::Good);
        assert!(!there.path().join("new").exists());
        assert!(examined(there.path()).found.contains(" free"));
        assert_eq!(fs::read_dir(there.path()).unwrap().count(), 0);
        let file = there.path().join("file");
        fs::write(&file, "").unwrap();
        assert_eq!(examined(&file.join("data")).state, State::Fail);
        assert_eq!(examined(&file).state, State::Fail);
    }

    #[test]
    fn a_settings_file_with_secrets_is_for_its_owner_alone() {
        let there = tempfile::tempdir().unwrap();
        let path = there.path().join("berth.toml");
        fs::write(&path, "[sync]\ntoken = \"0123456789abcdef0123456789abcdef\"\n").unwrap();
        let examined = |mode| {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let home = [("HOME".to_owned(), "/srv/ada".into())];
            let given = Given::of(home).with_file(Some(&path)).unwrap();
            configuration(&given.settle().unwrap())
        };
        assert_eq!(examined(0o600).state, State::Good);
        let open = examined(0o644);
        assert_eq!(open.state, State::Warn);
        assert!(open.remedy.unwrap().starts_with("chmod 600 "));
    }
}
