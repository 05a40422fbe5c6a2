//! Planting: raw statements inside a transaction that is undone, or an edit of what was seen, and
//! what the checker says of it.

use sim::checker::{
    self, Evidence, Exchange, LostClaim, Phase, Revealed, Rules, Secret, Seen, Snapshot, Told,
    Violation,
};
use sim::{gateway, smartvps};
use store::db::Place;

use super::day::Day;
use crate::support::{Checked, TestShop};

/// One violation: statements with the names of `Ground`, and an edit of the other evidence.
pub struct Plant {
    pub name: &'static str,
    pub sql: &'static str,
    pub edit: fn(&mut Edited),
}

/// What the checker is shown besides the database, to be edited.
pub struct Edited {
    pub upstream: smartvps::Record,
    pub gateway: gateway::Record,
    /// Compare with the shop as it was before the plant.
    pub compare: bool,
    pub since_us: i64,
    pub now_us: i64,
    pub rules: Rules,
    pub seen: Vec<Seen>,
    pub told: Vec<Told>,
    pub secrets: Vec<Secret>,
    pub exchanges: Vec<Exchange>,
    pub revealed: Vec<Revealed>,
    pub lost_claims: Vec<LostClaim>,
    /// As in the statements: `good`, `good.attempt`, `good.server`, …
    pub names: Vec<(String, String)>,
}

impl Edited {
    pub fn named(&self, name: &str) -> String {
        let found = self.names.iter().find(|(known, _)| known == name);
        found.unwrap_or_else(|| panic!("nothing is called {name}")).1.clone()
    }
}

/// A shop's database to plant in.
pub struct Ground {
    place: Place,
    names: Vec<(String, String)>,
}

impl Ground {
    pub async fn of(shop: &TestShop, day: &Day) -> Ground {
        let mut names = vec![("account".to_owned(), shop.customer.to_string())];
        for (name, order) in [
            ("good", &day.good),
            ("twice", &day.twice),
            ("wrong", &day.wrong),
            ("unheard", &day.unheard),
            ("given_up", &day.given_up),
            ("late", &day.late),
            ("replaced", &day.replaced),
            ("refunded", &day.refunded),
            ("returned", &day.returned),
            ("mixed", &day.mixed),
            ("cart", &day.cart),
            ("installed", &day.installed),
            ("by_hand", &day.by_hand),
            ("waits", &day.waits),
            ("accepted", &day.accepted),
        ] {
            let id = order.id.clone();
            let read = shop.db.read(move |tx| {
                Ok::<_, store::db::StoreError>((
                    tx.attempts(&id)?,
                    tx.servers(&id)?,
                    tx.payments(&id)?,
                ))
            });
            let (attempts, servers, payments) = read.await.unwrap();
            names.push((name.to_owned(), order.id.to_string()));
            names.push((format!("{name}.attempt"), attempts[0].id.to_string()));
            names.push((format!("{name}.payment"), payments[0].id.to_string()));
            if let Some(server) = servers.first() {
                names.push((format!("{name}.server"), server.id.to_string()));
            }
        }
        Ground { place: shop.place().clone(), names }
    }

    /// What the checker says with this planted. Afterwards it is gone again.
    pub async fn with(&self, looked: &Checked, sql: &str, edit: fn(&mut Edited)) -> Vec<Violation> {
        let mut sql = sql.to_owned();
        for (name, id) in &self.names {
            sql = sql.replace(&format!("{{{name}}}"), &format!("'{id}'"));
        }
        // The one word that the two databases write differently: bytes.
        let readable = match &self.place {
            Place::File(_) => "x'73656372657421'",
            Place::Url(_) => "'\\x73656372657421'::bytea",
        };
        let sql = sql.replace("{readable}", readable);
        let (before, after) = match &self.place {
            Place::File(path) => planted_in_a_file(path, &sql),
            Place::Url(url) => planted_on_a_server(&url.0, &sql).await,
        };
        let mut edited = Edited {
            upstream: looked.upstream.clone(),
            gateway: looked.gateway.clone(),
            compare: false,
            since_us: looked.now_us,
            now_us: looked.now_us,
            rules: looked.rules.clone(),
            seen: vec![],
            told: vec![],
            secrets: vec![],
            exchanges: vec![],
            revealed: vec![],
            lost_claims: vec![],
            names: self.names.clone(),
        };
        edit(&mut edited);
        checker::check(&Evidence {
            before: edited.compare.then_some(&before),
            upstream: Some(&edited.upstream),
            gateway: Some(&edited.gateway),
            phase: Phase::Quiet { since_us: edited.since_us },
            now_us: Some(edited.now_us),
            rules: edited.rules.clone(),
            seen: &edited.seen,
            told: &edited.told,
            secrets: &edited.secrets,
            exchanges: &edited.exchanges,
            revealed: &edited.revealed,
            lost_claims: &edited.lost_claims,
            ..Evidence::of(&after)
        })
    }
}

fn planted_in_a_file(path: &std::path::Path, sql: &str) -> (Snapshot, Snapshot) {
    let file = rusqlite::Connection::open(path).unwrap();
    file.busy_timeout(std::time::Duration::from_secs(10)).unwrap();
    file.execute_batch("BEGIN IMMEDIATE").unwrap();
    let before = Snapshot::read_within_sqlite(&file).unwrap();
    file.execute_batch(sql).expect(sql);
    let after = Snapshot::read_within_sqlite(&file).unwrap();
    file.execute_batch("ROLLBACK").unwrap();
    (before, after)
}

async fn planted_on_a_server(url: &str, sql: &str) -> (Snapshot, Snapshot) {
    let connected = tokio_postgres::connect(url, tokio_postgres::NoTls).await;
    let (client, connection) = connected.unwrap();
    let work = async move {
        // The shop goes on working: a job that it moves meanwhile could not be planted in.
        let alone = "BEGIN ISOLATION LEVEL REPEATABLE READ; LOCK TABLE job IN EXCLUSIVE MODE";
        client.batch_execute(alone).await.unwrap();
        let before = Snapshot::read_within_postgres(&client).await.unwrap();
        client.batch_execute(sql).await.expect(sql);
        let after = Snapshot::read_within_postgres(&client).await.unwrap();
        client.batch_execute("ROLLBACK").await.unwrap();
        (before, after)
    };
    let (ended, snapshots) = futures_util::join!(connection, work);
    ended.unwrap();
    snapshots
}
