//! Servers: each address during one live interval, whoever's it is.

use std::net::Ipv4Addr;

use domain::block::Verdict;
use domain::clock::Timestamp;
use domain::id::{AttemptId, OrderId, ServerId};
use domain::money::Money;
use domain::os::Os;
use domain::package::Ram;
use domain::server::{Event, State};

use crate::db::{Result, Row, StoreError, Tx};
use crate::order::{inconsistent, order_id, read_currency, read_os, read_ram};

/// A server as the database keeps it.
#[derive(Clone, Debug)]
pub struct Server {
    pub id: ServerId,
    pub provider: String,
    pub address: Ipv4Addr,
    pub order: Option<OrderId>,
    pub attempt: Option<AttemptId>,
    pub state: State,
    pub version: i64,
    pub adopted_by: Option<String>,
    pub created_at: Timestamp,
    pub verdict: Option<Verdict>,
    pub verdict_why: Option<String>,
    pub verdict_at: Option<Timestamp>,
    pub doubted_at: Option<Timestamp>,
    pub delivered_at: Option<Timestamp>,
    pub expires_at: Option<Timestamp>,
    pub ram: Option<Ram>,
    pub os_text: Option<String>,
    pub os_wanted: Option<Os>,
    /// Sealed.
    pub credentials: Option<Vec<u8>>,
    pub password_before: Option<String>,
    pub cost: Option<Money>,
    pub value: Money,
    pub quarantined_at: Option<Timestamp>,
    pub reason: Option<String>,
}

/// A server that an answer or a person names.
pub struct NewServer<'a> {
    pub id: &'a ServerId,
    pub provider: &'a str,
    pub address: Ipv4Addr,
    pub order: Option<&'a OrderId>,
    pub attempt: Option<&'a AttemptId>,
    /// Verifying, or quarantined.
    pub state: State,
    pub adopted_by: Option<&'a str>,
    pub os_wanted: Option<Os>,
    pub cost: Option<Money>,
    pub value: Money,
    pub reason: Option<&'a str>,
}

/// What `status` told, to be kept with the server.
#[derive(Clone, Debug, Default)]
pub struct Told {
    pub ram: Option<Ram>,
    pub os: Option<Os>,
    pub os_text: Option<String>,
    pub expires_at: Option<Timestamp>,
    pub expires_text: Option<String>,
    /// Sealed.
    pub credentials: Option<Vec<u8>>,
}

/// A verdict and what it was read under; its write must find both unchanged.
pub struct NewVerdict<'a> {
    pub verdict: Verdict,
    pub why: Option<&'a str>,
    pub told: &'a Told,
    pub doubted: bool,
}

const COLUMNS: &str = "id, provider, address, order_id, attempt_id, state, version, adopted_by, \
     created_at, verdict, verdict_why, verdict_at, doubted_at, delivered_at, expires_at, ram_gb, \
     os_text, os_wanted, credentials, password_before, cost_minor, value_minor, currency, \
     quarantined_at, reason";
/// A server that is ours and nobody's. The second half is the index's, which alone is short.
pub(crate) const QUARANTINED: &str = "state = 'quarantined' AND quarantined_at IS NOT NULL";

impl Tx<'_> {
    /// Writes a server down. A live address exists once, whoever sold it; a second one is refused.
    pub fn insert_server(&mut self, new: &NewServer<'_>) -> Result<()> {
        let quarantined = if new.state == State::Quarantined { "{now}" } else { "NULL" };
        let sql = format!(
            "INSERT INTO server (id, provider, address, order_id, attempt_id, state, version, \
             adopted_by, created_at, os_wanted, cost_minor, value_minor, currency, quarantined_at, \
             reason) VALUES ($1, $2, $3, $4, $5, $6, 1, $7, {{now}}, $8, $9, $10, $11, \
             {quarantined}, $12)"
        );
        self.later(
            &sql,
            args![
                new.id.as_str(),
                new.provider,
                new.address.to_string(),
                new.order.map(OrderId::as_str),
                new.attempt.map(AttemptId::as_str),
                new.state.as_str(),
                new.adopted_by,
                new.os_wanted.map(Os::code),
                new.cost.map(|cost| cost.minor),
                new.value.minor,
                new.value.currency.code(),
                new.reason,
            ],
        )
    }

    pub fn server(&mut self, id: &ServerId) -> Result<Server> {
        let sql = format!("SELECT {COLUMNS} FROM server WHERE id = $1");
        let row = self.lookup(&sql, args![id.as_str()])?;
        let missing = || StoreError::Missing { what: "server", id: id.to_string() };
        read(&row.ok_or_else(missing)?)
    }

    /// All servers that an order ever had, oldest first.
    pub fn servers(&mut self, order: &OrderId) -> Result<Vec<Server>> {
        let sql = format!("SELECT {COLUMNS} FROM server WHERE order_id = $1 ORDER BY id");
        self.rows(&sql, args![order.as_str()])?.iter().map(read).collect()
    }

    /// The server that is live at an address, if any.
    pub fn live_server(&mut self, address: Ipv4Addr) -> Result<Option<Server>> {
        self.lookup(&live(), args![address.to_string()])?.map(|row| read(&row)).transpose()
    }

    /// Servers in one state, oldest first.
    pub fn servers_in(&mut self, state: State, after: &str, limit: i64) -> Result<Vec<Server>> {
        // Written out, so that the database knows how few are in most states: among a million that
        // are delivered it would look for them one by one.
        let sql = format!(
            "SELECT {COLUMNS} FROM server WHERE state = '{}' AND id > $1 ORDER BY id LIMIT $2",
            state.as_str()
        );
        self.rows(&sql, args![after, limit])?.iter().map(read).collect()
    }

    /// Servers that were made within a time, which their ids follow, and that were not what was
    /// sold; newest first.
    pub fn wrong_servers(
        &mut self,
        (from, until): (&ServerId, &ServerId),
        limit: i64,
    ) -> Result<Vec<Server>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM server WHERE id >= $1 AND id < $2 AND verdict = 'mismatch' \
             ORDER BY id DESC LIMIT $3"
        );
        self.rows(&sql, args![from.as_str(), until.as_str(), limit])?.iter().map(read).collect()
    }

    /// Moves one server from wherever the first event is allowed, through all of them; exactly one
    /// row, or nothing at all.
    pub(crate) fn move_server(&mut self, id: &ServerId, events: &[Event]) -> Result<()> {
        let (Some(first), Some(last)) = (events.first(), events.last()) else { return Ok(()) };
        let leads_on = |pair: &[Event]| pair[1].table().0.contains(&pair[0].table().1);
        let moments: Vec<&str> =
            events.iter().map(|event| moment(*event)).filter(|set| !set.is_empty()).collect();
        if events.len() > 1 && (moments.len() > 1 || !events.windows(2).all(leads_on)) {
            return events.iter().try_for_each(|event| self.move_server(id, &[*event]));
        }
        let from: Vec<String> = first.table().0.iter().map(|state| format!("'{state}'")).collect();
        let sql = format!(
            "UPDATE server SET state = '{}', version = version + {}{} \
             WHERE id = $1 AND state IN ({})",
            last.table().1,
            events.len(),
            moments.concat(),
            from.join(", ")
        );
        self.later_one(&sql, args![id.as_str()], "the server")
    }

    /// Moves a server that no order waits for.
    pub fn end_stray(&mut self, id: &ServerId, event: Event) -> Result<()> {
        self.move_server(id, &[event])
    }

    /// Writes a verdict and what `status` told; the server must be as it was when it was read.
    pub fn judge_server(&mut self, server: &Server, new: &NewVerdict<'_>) -> Result<()> {
        let told = new.told;
        let doubted = if new.doubted { "COALESCE(doubted_at, {now})" } else { "NULL" };
        let sql = format!(
            "UPDATE server SET verdict = $3, verdict_why = $4, verdict_at = {{now}}, \
             doubted_at = {doubted}, ram_gb = COALESCE($5, ram_gb), os = COALESCE($6, os), \
             os_text = COALESCE($7, os_text), expires_at = COALESCE($8, expires_at), \
             expires_text = COALESCE($9, expires_text), credentials = COALESCE($10, credentials), \
             version = version + 1 WHERE id = $1 AND version = $2"
        );
        self.later_one(
            &sql,
            args![
                server.id.as_str(),
                server.version,
                new.verdict.as_str(),
                new.why,
                told.ram.map(|ram| i64::from(ram.as_gb())),
                told.os.map(Os::code),
                told.os_text.as_deref(),
                told.expires_at,
                told.expires_text.as_deref(),
                told.credentials.clone(),
            ],
            "the server",
        )
    }

    /// Remembers the password's fingerprint before a reinstall, and what system was asked for.
    pub fn expect_new_password(
        &mut self,
        server: &ServerId,
        fingerprint: Option<&str>,
        os: Option<Os>,
    ) -> Result<()> {
        self.later_one(
            "UPDATE server SET password_before = $2, os_wanted = COALESCE($3, os_wanted), \
             verdict = NULL, credentials = NULL, version = version + 1 WHERE id = $1",
            args![server.as_str(), fingerprint, os.map(Os::code)],
            "the server",
        )
    }

    /// What is signed in with may change from now on: until a verdict on new credentials, nobody
    /// is shown any. The old ones are kept, should nothing come of it.
    pub fn doubt_sign_in(&mut self, id: &ServerId, fingerprint: Option<&str>) -> Result<()> {
        self.later_one(
            "UPDATE server SET password_before = $2, verdict = NULL, doubted_at = NULL, \
             version = version + 1 WHERE id = $1 AND state = 'delivered'",
            args![id.as_str(), fingerprint],
            "the server",
        )
    }

    /// Nothing came of it, provably: the verdict on the credentials that are there stands again.
    pub fn trust_sign_in(&mut self, server: &Server) -> Result<()> {
        self.later_one(
            "UPDATE server SET password_before = NULL, verdict = 'match', version = version + 1 \
             WHERE id = $1 AND version = $2 AND state = 'delivered' AND verdict IS NULL \
             AND credentials IS NOT NULL",
            args![server.id.as_str(), server.version],
            "the server",
        )
    }

    /// Changes which system a server is checked for.
    pub fn want_os(&mut self, id: &ServerId, os: Option<Os>) -> Result<()> {
        self.later_one(
            "UPDATE server SET os_wanted = $2 WHERE id = $1",
            args![id.as_str(), os.map(Os::code)],
            "the server",
        )
    }

    /// Gives a stray to an order, which then has it checked. What is known of it stays: the
    /// attempt that it came from, and what it cost.
    pub fn give_stray(&mut self, stray: &Server, to: &NewServer<'_>) -> Result<()> {
        let attempt = to.attempt.or(stray.attempt.as_ref());
        let cost = stray.cost.or(to.cost);
        self.later_one(
            "UPDATE server SET order_id = $2, attempt_id = $3, os_wanted = $4, cost_minor = $5, \
             value_minor = $6, currency = $7 WHERE id = $1 AND state = 'quarantined'",
            args![
                stray.id.as_str(),
                to.order.map(OrderId::as_str),
                attempt.map(AttemptId::as_str),
                to.os_wanted.map(Os::code),
                cost.map(|cost| cost.minor),
                to.value.minor,
                to.value.currency.code(),
            ],
            "the server",
        )
    }

    /// Says why a server is in quarantine.
    pub fn explain_server(&mut self, id: &ServerId, reason: &str) -> Result<()> {
        self.later_one(
            "UPDATE server SET reason = $2 WHERE id = $1",
            args![id.as_str(), reason],
            "the server",
        )
    }

    /// Whether a server of a package is being checked or held right now.
    pub fn package_is_being_checked(&mut self, package: &str) -> Result<bool> {
        let row = self.lookup(
            "SELECT s.id FROM server s JOIN attempt a ON a.id = s.attempt_id \
             WHERE a.package_id = $1 AND s.state IN ('verifying', 'on_hold') LIMIT 1",
            args![package],
        )?;
        Ok(row.is_some())
    }

    /// All servers that several orders ever had, oldest first.
    pub fn servers_of(&mut self, orders: &[OrderId]) -> Result<Vec<Server>> {
        let sql = format!("SELECT {COLUMNS} FROM server WHERE order_id IN");
        self.rows_of(&sql, orders, "ORDER BY id")?.iter().map(read).collect()
    }

    /// Servers whose time at the provider was over before a moment, in the order of their ids.
    pub fn servers_past_end(
        &mut self,
        before: Timestamp,
        after: &str,
        limit: i64,
    ) -> Result<Vec<Server>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM server WHERE state IN ('delivered', 'quarantined') \
             AND expires_at < $1 AND id > $2 ORDER BY id LIMIT $3"
        );
        self.rows(&sql, args![before, after, limit])?.iter().map(read).collect()
    }

    /// Notes that the provider has lengthened a server's time.
    pub fn note_expiry(
        &mut self,
        server: &Server,
        at: Timestamp,
        text: Option<&str>,
    ) -> Result<()> {
        self.later_one(
            "UPDATE server SET expires_at = $3, expires_text = COALESCE($4, expires_text), \
             version = version + 1 WHERE id = $1 AND version = $2",
            args![server.id.as_str(), server.version, at, text],
            "the server",
        )
    }
}

pub(crate) fn asking(which: &str) -> String {
    format!("SELECT {COLUMNS} FROM server WHERE {which}")
}

pub(crate) fn live() -> String {
    asking(
        "address = $1 AND state IN \
         ('verifying', 'on_hold', 'verified', 'delivered', 'quarantined')",
    )
}

/// What a move writes beside the state.
fn moment(event: Event) -> &'static str {
    match event {
        Event::Delivered => ", delivered_at = {now}",
        Event::Quarantined => ", quarantined_at = {now}",
        Event::Claimed => ", quarantined_at = NULL, verdict = NULL, doubted_at = NULL",
        Event::Rechecked => ", verdict = NULL, doubted_at = NULL",
        _ => "",
    }
}

pub(crate) fn read(row: &Row) -> Result<Server> {
    let currency = read_currency(row.text(22)?)?;
    let bad = |error: domain::id::NotAnId| inconsistent("server", error);
    let broken = |why: String| StoreError::Inconsistent { what: "server", why };
    let (word, address) = (row.text(5)?, row.text(2)?);
    let verdict = match row.opt_text(9)? {
        None => None,
        Some(word) => {
            Some(Verdict::parse(word).ok_or_else(|| broken(format!("unknown verdict {word:?}")))?)
        }
    };
    Ok(Server {
        id: ServerId::parse(row.text(0)?).map_err(bad)?,
        provider: row.text(1)?.into(),
        address: address.parse().map_err(|_| broken(format!("{address:?} is no address")))?,
        order: row.opt_text(3)?.map(order_id).transpose()?,
        attempt: row.opt_text(4)?.map(AttemptId::parse).transpose().map_err(bad)?,
        state: State::parse(word).ok_or_else(|| broken(format!("unknown state {word:?}")))?,
        version: row.int(6)?,
        adopted_by: row.opt_text(7)?.map(Into::into),
        created_at: row.time(8)?,
        verdict,
        verdict_why: row.opt_text(10)?.map(Into::into),
        verdict_at: row.opt_time(11)?,
        doubted_at: row.opt_time(12)?,
        delivered_at: row.opt_time(13)?,
        expires_at: row.opt_time(14)?,
        ram: row.opt_int(15)?.map(read_ram).transpose()?,
        os_text: row.opt_text(16)?.map(Into::into),
        os_wanted: read_os(row.opt_text(17)?)?,
        credentials: row.opt_bytes(18)?.map(<[u8]>::to_vec),
        password_before: row.opt_text(19)?.map(Into::into),
        cost: row.opt_int(20)?.map(|minor| Money::new(minor, currency)),
        value: Money::new(row.int(21)?, currency),
        quarantined_at: row.opt_time(23)?,
        reason: row.opt_text(24)?.map(Into::into),
    })
}
