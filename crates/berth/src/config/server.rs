//! Where the shop listens, how it is reached, and where its own files lie.

use std::path::PathBuf;

use secrecy::SecretString;

use super::database::DatabaseUrl;
use super::master_key::MasterKey;
use super::reader::Reader;
use super::setting::section;
use super::value::{self, Networks};

section! {
    /// Where the shop listens and keeps its files.
    Server = "server";

    /// Address and port to listen on.
    "BERTH_LISTEN" listen: std::net::SocketAddr, default "127.0.0.1:8080", value::listen;

    /// Public base URL of the shop, used in links and in the addresses that gateways call.
    "APP_URL" url: String, unset "http:// and the address listened on", value::http_url;

    /// Proxies before the shop, as addresses or networks (`10.0.0.5,10.1.0.0/16`). What they say in
    /// `X-Forwarded-For` of where a visitor comes from is believed; `off` believes nobody.
    "BERTH_TRUSTED_PROXIES" trusted_proxies: Networks, default "127.0.0.0/8,::1",
        value::networks;

    /// Where the embedded database, the master key and the journal live.
    "BERTH_DATA_DIR" data_dir: PathBuf,
        unset "$XDG_DATA_HOME/berth, else ~/.local/share/berth", value::path;

    /// 64 hex digits: seals server credentials and provider secrets at rest.
    "BERTH_MASTER_KEY" master_key: MasterKey,
        secret "SQLite: made once in the data directory; PostgreSQL: must be given",
        MasterKey::parse;

    /// What whoever reads `/metrics` shows, as `Authorization: Bearer …`.
    "BERTH_METRICS_TOKEN" metrics_token: SecretString,
        secret "only this machine itself may read them", value::secret;
}

section! {
    /// Which database the shop remembers in.
    Database = "database";

    /// Where the database is: `sqlite:<path>` or `postgres://user:password@host/name`.
    "DATABASE_URL" url: DatabaseUrl, address "SQLite, berth.db in the data directory",
        DatabaseUrl::parse;
}

impl Server {
    pub(super) fn check(&self, database: &Database, given: &mut Reader) {
        let shared = database.url.as_ref().is_some_and(DatabaseUrl::is_postgres);
        // Every node over one database must seal with the same key, so none may make its own.
        if shared && self.master_key.is_none() {
            given.missing("BERTH_MASTER_KEY", "DATABASE_URL names PostgreSQL");
        }
    }
}
