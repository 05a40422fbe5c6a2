//! The vendor's world in one place: packages, servers, lies, record, settings, chance.
//! It changes only through the files beside it, each for one kind of request.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use axum::body::Bytes;
use serde::{Deserialize, Serialize};

use super::catalogue::{Catalogue, Ids};
use super::encoding::Encoding;
use super::lie::Lie;
use super::op::Op;
use super::record::{Password, Record, Sold};
use super::server::Server;
use super::{Config, Credentials};
use crate::chance::Chance;
use crate::hold::Holds;
use crate::telling::Lies;

/// How the vendor behaves, apart from lies. Everything can be changed while he runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Settings {
    /// How `ipstock` and `status` are wrapped.
    pub encoding: Encoding,
    /// How the other answers are wrapped.
    pub text_encoding: Encoding,
    /// One encoding after the other, by chance, for both kinds.
    pub mixed_encodings: bool,
    pub ids: Ids,
    /// The key of the login in `status`.
    pub user_key: String,
    /// The label of the system that a new server comes with.
    pub default_os: String,
    /// How long after a sale or a `format` the password is seen.
    pub password_delay_ms: i64,
    /// And how many questions are answered without it.
    pub password_after_polls: u32,
    pub when_empty: WhenEmpty,
    pub expiry_format: ExpiryFormat,
    pub term_days: i64,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            encoding: Encoding::InString,
            text_encoding: Encoding::Plain,
            mixed_encodings: false,
            ids: Ids::Number,
            user_key: "Usernane".to_owned(),
            default_os: "Windows Server 2022".to_owned(),
            password_delay_ms: 0,
            password_after_polls: 0,
            when_empty: WhenEmpty::Fallback,
            expiry_format: ExpiryFormat::Iso,
            term_days: 30,
        }
    }
}

/// What happens to a purchase from a package that has nothing left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WhenEmpty {
    /// The real vendor's vice: another package's server, and success.
    Fallback,
    Refuse,
}

/// How `ExpiryDate` is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExpiryFormat {
    /// `2026-11-21T14:03:00`
    Iso,
    /// `11/21/2026 2:03:00 PM`
    American,
    /// `Nov 21, 2026 14:03`
    Words,
    /// A text that is no date.
    Unreadable,
}

/// Everything the vendor knows.
#[derive(Debug)]
pub struct World {
    pub settings: Settings,
    pub credentials: Option<Credentials>,
    pub catalogue: Catalogue,
    pub servers: BTreeMap<Ipv4Addr, Server>,
    /// Addresses that went to other customers of the vendor.
    pub strangers: BTreeSet<Ipv4Addr>,
    pub lies: Lies<Op, Lie>,
    pub holds: Holds<Op>,
    pub record: Record,
    pub chance: Chance,
    /// The true list as last wrapped: a hundred thousand packages are not written twice.
    pub written: Option<Written>,
}

impl World {
    pub fn of(config: &Config) -> World {
        let mut record = Record::default();
        config.packages.iter().for_each(|package| record.supplied(&package.pid, package.stock));
        World {
            settings: config.settings.clone(),
            credentials: config.credentials.clone(),
            catalogue: Catalogue::of(config.packages.clone()),
            servers: BTreeMap::new(),
            strangers: BTreeSet::new(),
            lies: Lies::default(),
            holds: Holds::default(),
            record,
            chance: Chance::seeded(config.seed),
            written: None,
        }
    }

    /// Whether an address is in somebody's hands.
    pub fn is_taken(&self, address: Ipv4Addr) -> bool {
        self.servers.contains_key(&address) || self.strangers.contains(&address)
    }

    /// Takes a server of a package off the shelf and hands it over.
    pub fn sell(&mut self, place: usize, sale: &Sale<'_>) -> Option<Ipv4Addr> {
        let World { catalogue, servers, strangers, .. } = self;
        let taken = |address| servers.contains_key(&address) || strangers.contains(&address);
        let address = catalogue.take(place, taken)?;
        self.hand_over(address, place, sale);
        Some(address)
    }

    /// Makes an address a sold server of a package and writes the sale down.
    pub fn hand_over(&mut self, address: Ipv4Addr, place: usize, sale: &Sale<'_>) {
        let package = self.catalogue.at(place);
        let (pid, name) = (package.pid.clone(), package.name.clone());
        self.record.sold.push(Sold {
            address,
            pid: pid.clone(),
            name,
            asked_for: sale.asked_for.to_owned(),
            ram: sale.ram.to_owned(),
            permit: sale.permit.map(str::to_owned),
            at_ms: sale.now_ms,
            request: sale.request,
        });
        let server = self.new_server(address, &pid, sale.ram, sale.now_ms);
        self.servers.insert(address, server);
    }

    pub fn new_server(&mut self, address: Ipv4Addr, pid: &str, ram: &str, now_ms: i64) -> Server {
        let os = self.settings.default_os.clone();
        let mut server = Server {
            address,
            pid: pid.to_owned(),
            ram: ram.to_owned(),
            os: os.clone(),
            os_chosen: os,
            user: String::new(),
            password: String::new(),
            ready_at_ms: 0,
            ready_after_polls: 0,
            expiry_ms: now_ms + self.settings.term_days * 86_400_000,
            online: true,
        };
        self.install(&mut server, now_ms);
        server
    }

    /// Installs a server's chosen system, with a password that shows after the set delay.
    pub fn install(&mut self, server: &mut Server, now_ms: i64) {
        let ready_at_ms = now_ms + self.settings.password_delay_ms;
        let password = format!("Sim-{}", self.chance.word(10));
        let text = password.clone();
        self.record.passwords.push(Password { address: server.address, text });
        server.install(password, ready_at_ms, self.settings.password_after_polls);
    }

    /// Any package but this one that still has something to sell.
    pub fn another(&mut self, except: usize) -> Option<usize> {
        let count = self.catalogue.count();
        let start = self.chance.below(count);
        (0..count).map(|step| (start + step) % count).find(|place| {
            let package = self.catalogue.at(*place);
            *place != except
                && package.stock > 0
                && package.is_active()
                && package.name != self.catalogue.at(except).name
        })
    }
}

/// The list as it went out, and what it was made from.
#[derive(Debug)]
pub struct Written {
    pub version: u64,
    pub ids: Ids,
    pub encoding: Encoding,
    pub body: Bytes,
}

/// Who asked for what, when a server is handed over.
#[derive(Debug, Clone, Copy)]
pub struct Sale<'a> {
    pub request: u64,
    pub asked_for: &'a str,
    pub ram: &'a str,
    pub permit: Option<&'a str>,
    pub now_ms: i64,
}
