//! The settings of a shop: from the environment and `berth.toml` into one checked value.
//! One file per section; each section's rows are the only list of settings there is.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

pub mod setting;

pub mod database;
pub mod gateways;
pub mod log;
pub mod mail;
pub mod purchase;
pub mod server;
pub mod shop;
pub mod smartvps;
pub mod stock;

pub mod master_key;
pub mod value;

mod file;
mod given;
mod nearest;
mod problem;
mod reader;
mod show;
#[cfg(test)]
mod tests;

pub use database::DatabaseUrl;
pub use given::Given;
pub use nearest::nearest;
pub use problem::{Problem, Refused};
pub use reader::Source;
pub use setting::{Otherwise, Setting, Shown};
pub use show::{Effective, example, in_force};

use reader::Reader;

/// Everything that can be set, checked and ready for use.
#[derive(Debug, Clone)]
pub struct Settings {
    pub server: server::Server,
    pub database: server::Database,
    pub shop: shop::Shop,
    pub tax: shop::Tax,
    pub papers: shop::Papers,
    pub smartvps: smartvps::SmartVps,
    pub sync: stock::Sync,
    pub stock: stock::Stock,
    pub purchase: purchase::Purchase,
    pub payment: gateways::Payment,
    pub gateways: gateways::Gateways,
    pub mail: mail::Mail,
    pub alert: mail::Alert,
    pub log: log::Log,
    /// Given, or the platform's directory for this user.
    pub data_dir: PathBuf,
}

/// Settings, and what they came from.
#[derive(Debug)]
pub struct Settled {
    pub settings: Settings,
    /// Every setting with its value and source, secrets masked.
    pub effective: Vec<Effective>,
    /// The configuration file, where one was read.
    pub file: Option<PathBuf>,
}

/// The list of settings, in the order of the sections.
const SECTIONS: &[&[Setting]] = &[
    server::Server::SETTINGS,
    server::Database::SETTINGS,
    shop::Shop::SETTINGS,
    shop::Tax::SETTINGS,
    shop::Papers::SETTINGS,
    smartvps::SmartVps::SETTINGS,
    stock::Sync::SETTINGS,
    stock::Stock::SETTINGS,
    purchase::Purchase::SETTINGS,
    gateways::Payment::SETTINGS,
    gateways::Cashfree::SETTINGS,
    gateways::Razorpay::SETTINGS,
    gateways::UpiGateway::SETTINGS,
    gateways::Stripe::SETTINGS,
    gateways::SimulatedGateway::SETTINGS,
    mail::Mail::SETTINGS,
    mail::Alert::SETTINGS,
    log::Log::SETTINGS,
];

/// Every setting there is.
pub fn settings() -> impl Iterator<Item = &'static Setting> {
    SECTIONS.iter().copied().flatten()
}

fn setting_of(env: &str) -> Option<&'static Setting> {
    settings().find(|setting| setting.env == env)
}

/// The settings of this process: its environment, and the file that is named or found.
pub fn load(named: Option<&Path>) -> Result<Settled, Refused> {
    Given::environment().with_file(named)?.settle()
}

impl Settings {
    /// The database: the one given, or the embedded one in the data directory.
    pub fn database_url(&self) -> DatabaseUrl {
        match &self.database.url {
            Some(url) => url.clone(),
            None => DatabaseUrl::Sqlite(self.data_dir.join("berth.db")),
        }
    }

    /// The shop's public base URL; `bound` is the address that it really listens on.
    pub fn app_url(&self, bound: SocketAddr) -> String {
        self.server.url.clone().unwrap_or_else(|| format!("http://{bound}"))
    }
}

fn settle(given: &Given, mut reader: Reader) -> Result<Settled, Refused> {
    let settings = read_sections(given, &mut reader);
    match settings {
        Some(settings) if reader.problems.is_empty() => {
            let effective = show::effective(&settings, &reader);
            Ok(Settled { settings, effective, file: given.file_path().map(Path::to_owned) })
        }
        Some(_) | None => Err(Refused { problems: reader.problems }),
    }
}

/// Reads every section before the first `?`, so that no mistake hides another.
fn read_sections(given: &Given, reader: &mut Reader) -> Option<Settings> {
    let (server, database) = (server::Server::read(reader), server::Database::read(reader));
    let (shop, tax) = (shop::Shop::read(reader), shop::Tax::read(reader));
    let papers = shop::Papers::read(reader);
    let smartvps = smartvps::SmartVps::read(reader);
    let (sync, stock) = (stock::Sync::read(reader), stock::Stock::read(reader));
    let purchase = purchase::Purchase::read(reader);
    let payment = gateways::Payment::read(reader);
    let accounts = gateways::Sections::read(reader);
    let (mail, alert) = (mail::Mail::read(reader), mail::Alert::read(reader));
    let log = log::Log::read(reader);

    if let Some(smartvps) = &smartvps {
        smartvps.check(reader);
    }
    if let Some(papers) = &papers {
        papers.check(reader);
    }
    if let Some(mail) = &mail {
        mail.check(reader);
    }
    let gateways = match (&accounts, &payment) {
        (Some(accounts), Some(payment)) => Some(gateways::join(accounts, payment, reader)),
        (None, _) | (_, None) => None,
    };
    if let (Some(server), Some(database)) = (&server, &database) {
        server.check(database, reader);
    }
    let server = server?;
    let data_dir = data_dir(&server, given, reader)?;
    Some(Settings {
        server,
        database: database?,
        shop: shop?,
        tax: tax?,
        papers: papers?,
        smartvps: smartvps?,
        sync: sync?,
        stock: stock?,
        purchase: purchase?,
        payment: payment?,
        gateways: gateways?,
        mail: mail?,
        alert: alert?,
        log: log?,
        data_dir,
    })
}

fn data_dir(server: &server::Server, given: &Given, reader: &mut Reader) -> Option<PathBuf> {
    let own = || given.home("XDG_DATA_HOME", ".local/share").map(|dir| dir.join("berth"));
    let found = server.data_dir.clone().or_else(own);
    if found.is_none() {
        reader.missing("BERTH_DATA_DIR", "there is no home directory to fall back on");
    }
    found
}
