//! Attempts, their permits, and the answers that came back.

use domain::attempt::{self, Event, State};
use domain::clock::Timestamp;
use domain::id::{AttemptId, OrderId, PackageId};
use domain::money::{Currency, Money};
use domain::order::Terms;
use domain::package::Ram;

use crate::db::{Part, Result, Row, StoreError, Tx, Value, places};
use crate::order::{inconsistent, order_id, read_currency, read_ram};

/// An attempt as the database keeps it.
#[derive(Clone, Debug)]
pub struct Attempt {
    pub id: AttemptId,
    pub order: OrderId,
    pub state: State,
    pub provider: String,
    pub package: PackageId,
    pub pid: String,
    pub package_name: String,
    pub ram: Ram,
    pub cost: Option<Money>,
    /// What the order is worth: stands for an unknown cost in the loss budget.
    pub value: Money,
    pub planned_at: Timestamp,
    pub tries: i64,
    pub permitted_at: Option<Timestamp>,
    pub deadline: Option<Timestamp>,
    pub tail_ends_at: Option<Timestamp>,
    pub reading_number: Option<i64>,
}

pub struct NewAttempt<'a> {
    pub id: &'a AttemptId,
    pub order: &'a OrderId,
    pub terms: &'a Terms,
    pub cost: Option<Money>,
    pub value: Money,
    pub tries: i64,
    pub now: Timestamp,
}

/// What a permit writes on its attempt.
#[derive(Clone, Debug)]
pub struct Permit<'a> {
    pub id: &'a AttemptId,
    /// Known to this one call alone.
    pub nonce: &'a str,
    pub now: Timestamp,
    pub deadline: Timestamp,
    pub tail_ends_at: Timestamp,
    pub reading_number: i64,
    pub stock_seen: i64,
    /// The package's name of today: what the purchase buys by.
    pub package_name: &'a str,
}

/// What came back, or the local reason why nothing did. The body is sealed.
#[derive(Clone, Debug)]
pub struct StoredAnswer {
    pub number: i64,
    pub kind: String,
    pub status: Option<i64>,
    pub body: Option<Vec<u8>>,
    pub reason: Option<String>,
    pub stored_at: Timestamp,
}

/// What a permit was based on, since when nothing was heard, and what the newest reading says of
/// the same package.
#[derive(Clone, Debug)]
pub struct Evidence {
    pub attempt: AttemptId,
    pub reading_number: Option<i64>,
    pub stock_seen: Option<i64>,
    pub went_unheard_at: Option<Timestamp>,
    pub stock_now: Option<i64>,
    pub reading_now: Option<i64>,
}

pub struct NewAnswer<'a> {
    pub permit: &'a str,
    pub kind: &'a str,
    pub status: Option<i64>,
    pub body: Option<&'a [u8]>,
    pub reason: Option<&'a str>,
}

/// So many purchases on either side are looked through for those of one package.
const BESIDE_MAX: i64 = 500;

const COLUMNS: &str = "id, order_id, state, provider, package_id, pid, package_name, ram_gb, \
     cost_minor, value_minor, currency, planned_at, tries, permitted_at, deadline, tail_ends_at, \
     reading_number";
/// How many those are.
const WIDTH: usize = 17;
const ANSWERED: &str = "answer.number, answer.kind, answer.status, answer.body, answer.reason, \
     answer.stored_at";
/// Of the purchases of an order that nothing was heard of.
pub(crate) const EVIDENCE: Part<'static> = Part {
    columns: "a.id, a.reading_number, a.stock_seen, a.went_unheard_at, k.stock, p.reading_number",
    from: "attempt a LEFT JOIN package k ON k.id = a.package_id \
           LEFT JOIN provider p ON p.id = a.provider",
    which: "a.order_id = $1 AND a.state IN ('unheard', 'parked')",
    order: "a.id",
};

impl Tx<'_> {
    pub(crate) fn insert_attempt(&mut self, new: &NewAttempt<'_>) -> Result<()> {
        self.later(
            "INSERT INTO attempt (id, order_id, state, provider, package_id, pid, package_name, \
             ram_gb, cost_minor, value_minor, currency, planned_at, tries) \
             VALUES ($1, $2, 'planned', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            args![
                new.id.as_str(),
                new.order.as_str(),
                &new.terms.provider,
                new.terms.package.as_str(),
                new.terms.pid.as_str(),
                &new.terms.package_name,
                i64::from(new.terms.ram.as_gb()),
                new.cost.map(|cost| cost.minor),
                new.value.minor,
                new.value.currency.code(),
                new.now,
                new.tries,
            ],
        )
    }

    pub fn attempt(&mut self, id: &AttemptId) -> Result<Attempt> {
        let row = self.lookup(&asking("id = $1"), args![id.as_str()])?;
        read(&row.ok_or_else(|| missing(id))?)
    }

    pub fn lookup_attempt(&mut self, id: &str) -> Result<Option<Attempt>> {
        self.lookup(&asking("id = $1"), args![id])?.map(|row| read(&row)).transpose()
    }

    /// All attempts of an order, oldest first.
    pub fn attempts(&mut self, order: &OrderId) -> Result<Vec<Attempt>> {
        let sql = format!("SELECT {COLUMNS} FROM attempt WHERE order_id = $1 ORDER BY id");
        self.rows(&sql, args![order.as_str()])?.iter().map(read).collect()
    }

    /// Moves one attempt from wherever the event is allowed; exactly one row, or nothing at all.
    /// An answer that settles it is ordered among the readings by its number.
    pub(crate) fn move_attempt(
        &mut self,
        id: &AttemptId,
        event: Event,
        settled: Option<i64>,
    ) -> Result<()> {
        let mut cases = String::new();
        let mut from = Vec::new();
        for state in event.from() {
            let to = attempt::after(*state, event).map_err(|error| StoreError::Inconsistent {
                what: "attempt",
                why: error.to_string(),
            })?;
            cases.push_str(&format!(" WHEN '{state}' THEN '{to}'"));
            from.push(format!("'{state}'"));
        }
        let unheard = if event == Event::WentUnheard { ", went_unheard_at = {now}" } else { "" };
        let sql = format!(
            "UPDATE attempt SET state = CASE state{cases} END{unheard}, \
             settled_number = COALESCE($2, settled_number) \
             WHERE id = $1 AND state IN ({})",
            from.join(", ")
        );
        self.later_one(&sql, args![id.as_str(), settled], "the attempt")
    }

    /// Moves an attempt that its order no longer waits for.
    pub fn move_stray_attempt(&mut self, id: &AttemptId, event: Event) -> Result<()> {
        self.move_attempt(id, event, None)
    }

    /// Gives the one permit of an attempt: exactly one row, from planned.
    pub fn permit_attempt(&mut self, permit: &Permit<'_>) -> Result<()> {
        self.later_one(
            "UPDATE attempt SET state = 'permitted', nonce = $2, permitted_at = $3, deadline = $4, \
             tail_ends_at = $5, reading_number = $6, stock_seen = $7, package_name = $8 \
             WHERE id = $1 AND state = 'planned'",
            args![
                permit.id.as_str(),
                permit.nonce,
                permit.now,
                permit.deadline,
                permit.tail_ends_at,
                permit.reading_number,
                permit.stock_seen,
                permit.package_name,
            ],
            "the attempt",
        )
    }

    /// Whether the permit with this nonce was committed: for the one call that knows it.
    pub fn permit_holds(&mut self, id: &AttemptId, nonce: &str) -> Result<bool> {
        let row = self.lookup(
            "SELECT id FROM attempt WHERE id = $1 AND nonce = $2 AND state = 'permitted'",
            args![id.as_str(), nonce],
        )?;
        Ok(row.is_some())
    }

    /// Which of some permits were never committed here.
    pub fn permits_lacking(&mut self, permits: &[String]) -> Result<Vec<String>> {
        let mut lacking = Vec::new();
        for some in permits.chunks(500) {
            let marks: Vec<String> = (1..=some.len()).map(|at| format!("${at}")).collect();
            let marks = marks.join(", ");
            let sql = format!(
                "SELECT id FROM attempt WHERE permitted_at IS NOT NULL AND id IN ({marks}) \
                 UNION ALL \
                 SELECT id FROM operation WHERE permitted_at IS NOT NULL AND id IN ({marks})"
            );
            let values: Vec<Value> = some.iter().map(Value::from).collect();
            let rows = self.rows(&sql, &values)?;
            let known: Vec<&str> = rows.iter().map(|row| row.text(0)).collect::<Result<_>>()?;
            lacking.extend(some.iter().filter(|id| !known.contains(&id.as_str())).cloned());
        }
        Ok(lacking)
    }

    /// Uses up one of three tries.
    pub fn count_try(&mut self, id: &AttemptId) -> Result<()> {
        self.later_one(
            "UPDATE attempt SET tries = tries + 1 WHERE id = $1 AND state = 'planned'",
            args![id.as_str()],
            "the attempt",
        )
    }

    /// Orders the answer or adoption of an attempt among the readings.
    pub fn settle_attempt(&mut self, id: &AttemptId, number: i64) -> Result<()> {
        self.later_one(
            "UPDATE attempt SET settled_number = $2 WHERE id = $1",
            args![id.as_str(), number],
            "the attempt",
        )
    }

    /// Stores what came back, once per permit; false when it is there already.
    pub fn insert_answer(&mut self, new: &NewAnswer<'_>) -> Result<bool> {
        let stored = self.lookup(
            "INSERT INTO answer (permit, number, kind, status, body, reason, stored_at) \
             VALUES ($1, {number}, $2, $3, $4, $5, {now}) ON CONFLICT (permit) DO NOTHING \
             RETURNING stored_at",
            args![new.permit, new.kind, new.status, new.body, new.reason],
        )?;
        if let Some(row) = &stored {
            self.now_is(row.time(0)?)?;
        }
        Ok(stored.is_some())
    }

    pub fn answer(&mut self, permit: &str) -> Result<Option<StoredAnswer>> {
        self.lookup(ANSWER, args![permit])?.map(|row| read_answer(&row)).transpose()
    }

    /// Attempts inside their tail that may still name an address, other than those of one order.
    pub fn attempts_in_tail(&mut self, provider: &str, not_of: &OrderId) -> Result<Vec<Attempt>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM attempt WHERE provider = $1 AND order_id <> $2 \
             AND state <> 'answered' AND state IN ('permitted', 'unheard', 'parked', 'denied') \
             AND tail_ends_at > {{now}}"
        );
        self.rows(&sql, args![provider, not_of.as_str()])?.iter().map(read).collect()
    }

    /// Money that strays since a moment may have cost, in minor units of one currency.
    pub fn stray_cost(
        &mut self,
        provider: &str,
        since: Timestamp,
        currency: Currency,
    ) -> Result<i64> {
        let sum = stray_sum("$1", "$3", "{now}", |column| format!("{column} >= $2"));
        let row = self.lookup(&format!("SELECT {sum}"), args![provider, since, currency.code()])?;
        row.map_or(Ok(0), |row| row.int(0))
    }

    /// Attempts that fulfil a condition, which also orders them.
    pub(crate) fn attempts_that(&mut self, which: &str, values: &[Value]) -> Result<Vec<Attempt>> {
        let sql = format!("SELECT {COLUMNS} FROM attempt WHERE {which}");
        self.rows(&sql, values)?.iter().map(read).collect()
    }

    /// All attempts of an order with what came back, oldest first.
    pub(crate) fn attempts_answered(
        &mut self,
        order: &OrderId,
    ) -> Result<Vec<(Attempt, Option<StoredAnswer>)>> {
        let sql = format!(
            "SELECT {COLUMNS}, {ANSWERED} FROM attempt LEFT JOIN answer \
             ON answer.permit = attempt.id WHERE order_id = $1 ORDER BY id"
        );
        self.rows(&sql, args![order.as_str()])?.iter().map(read_answered).collect()
    }

    /// Some attempts with what came back.
    pub fn answered_of(
        &mut self,
        attempts: &[AttemptId],
    ) -> Result<Vec<(Attempt, Option<StoredAnswer>)>> {
        if attempts.is_empty() {
            return Ok(Vec::new());
        }
        let sql = format!(
            "SELECT {COLUMNS}, {ANSWERED} FROM attempt LEFT JOIN answer \
             ON answer.permit = attempt.id WHERE id IN {} ORDER BY id",
            places(1, attempts.len())
        );
        let ids: Vec<Value> = attempts.iter().map(|id| id.as_str().into()).collect();
        self.rows(&sql, &ids)?.iter().map(read_answered).collect()
    }

    /// Other purchases at the same provider that were permitted within a time, each with its
    /// order's number: those of the same package first. Looked for only among those that were
    /// planned next before and after: ids follow time.
    pub fn attempts_beside(
        &mut self,
        attempt: &Attempt,
        (from, to): (Timestamp, Timestamp),
        limit: i64,
    ) -> Result<Vec<(Attempt, String)>> {
        let side = |which: &str| {
            format!("SELECT * FROM (SELECT * FROM attempt WHERE id {which} LIMIT {BESIDE_MAX}) s")
        };
        let (before, after) = (side("< $1 ORDER BY id DESC"), side("> $1 ORDER BY id"));
        let sql = format!(
            "SELECT {COLUMNS}, (SELECT o.number FROM orders o WHERE o.id = a.order_id) \
             FROM ({before} UNION ALL {after}) a WHERE a.provider = $2 \
             AND a.permitted_at >= $3 AND a.permitted_at <= $4 ORDER BY \
             CASE WHEN a.package_id = $5 THEN 0 ELSE 1 END, a.permitted_at, a.id LIMIT $6"
        );
        let (id, package) = (attempt.id.as_str(), attempt.package.as_str());
        let values = args![id, &attempt.provider, from, to, package, limit];
        let numbered = |row: &Row| Ok((read(row)?, row.text(WIDTH)?.to_owned()));
        self.rows(&sql, values)?.iter().map(numbered).collect()
    }
}

pub(crate) const ANSWER: &str =
    "SELECT number, kind, status, body, reason, stored_at FROM answer WHERE permit = $1";

pub(crate) fn read_answer(row: &Row) -> Result<StoredAnswer> {
    read_answer_at(row, 0)
}

fn read_answer_at(row: &Row, at: usize) -> Result<StoredAnswer> {
    Ok(StoredAnswer {
        number: row.int(at)?,
        kind: row.text(at + 1)?.into(),
        status: row.opt_int(at + 2)?,
        body: row.opt_bytes(at + 3)?.map(<[u8]>::to_vec),
        reason: row.opt_text(at + 4)?.map(Into::into),
        stored_at: row.time(at + 5)?,
    })
}

fn read_answered(row: &Row) -> Result<(Attempt, Option<StoredAnswer>)> {
    let answer = row.opt_int(WIDTH)?.map(|_| read_answer_at(row, WIDTH)).transpose()?;
    Ok((read(row)?, answer))
}

pub(crate) fn read_evidence(row: &Row) -> Result<Evidence> {
    let bad = |error: domain::id::NotAnId| inconsistent("attempt", error);
    Ok(Evidence {
        attempt: AttemptId::parse(row.text(0)?).map_err(bad)?,
        reading_number: row.opt_int(1)?,
        stock_seen: row.opt_int(2)?,
        went_unheard_at: row.opt_time(3)?,
        stock_now: row.opt_int(4)?,
        reading_now: row.opt_int(5)?,
    })
}

pub(crate) fn asking(which: &str) -> String {
    format!("SELECT {COLUMNS} FROM attempt WHERE {which}")
}

/// What strays of a provider may have cost, as SQL over what a question calls these values. `since`
/// says of the column it is given from when on a stray counts.
pub(crate) fn stray_sum(
    provider: &str,
    currency: &str,
    now: &str,
    since: impl Fn(&str) -> String,
) -> String {
    let (permitted, quarantined) = (since("permitted_at"), since("quarantined_at"));
    // The first word on an attempt's state is its index's; of servers few are in these states, so
    // the provider's index is not to be used.
    format!(
        "CAST(COALESCE((SELECT SUM(COALESCE(cost_minor, value_minor)) FROM attempt \
           WHERE provider = {provider} AND currency = {currency} AND state <> 'answered' \
           AND state IN ('unheard', 'parked', 'written_off') \
           AND (state <> 'unheard' OR deadline <= {now}) AND {permitted}), 0) \
         + COALESCE((SELECT SUM(COALESCE(cost_minor, value_minor)) FROM server \
           WHERE provider || '' = {provider} AND currency = {currency} \
           AND state IN ('quarantined', 'written_off') AND {quarantined}), 0) AS BIGINT)"
    )
}

pub(crate) fn missing(id: &AttemptId) -> StoreError {
    StoreError::Missing { what: "attempt", id: id.to_string() }
}

pub(crate) fn read(row: &Row) -> Result<Attempt> {
    let currency = read_currency(row.text(10)?)?;
    let bad = |error: domain::id::NotAnId| inconsistent("attempt", error);
    let word = row.text(2)?;
    Ok(Attempt {
        id: AttemptId::parse(row.text(0)?).map_err(bad)?,
        order: order_id(row.text(1)?)?,
        state: State::parse(word).ok_or_else(|| StoreError::Inconsistent {
            what: "attempt",
            why: format!("unknown state {word:?}"),
        })?,
        provider: row.text(3)?.into(),
        package: PackageId::parse(row.text(4)?).map_err(bad)?,
        pid: row.text(5)?.into(),
        package_name: row.text(6)?.into(),
        ram: read_ram(row.int(7)?)?,
        cost: row.opt_int(8)?.map(|minor| Money::new(minor, currency)),
        value: Money::new(row.int(9)?, currency),
        planned_at: row.time(11)?,
        tries: row.int(12)?,
        permitted_at: row.opt_time(13)?,
        deadline: row.opt_time(14)?,
        tail_ends_at: row.opt_time(15)?,
        reading_number: row.opt_int(16)?,
    })
}
