//! Errands: what customers have done to their servers. The requests of each are operations.

use domain::clock::Timestamp;
use domain::errand::{Outcome, Wish};
use domain::id::{ErrandId, OperationId, OrderId, ServerId};
use domain::os::Os;

use crate::db::{Result, Row, StoreError, Tx};
use crate::operation::{self, Operation};
use crate::order::{self, Order, inconsistent, order_id, read_os};
use crate::server::{self, Server};

/// An errand as the database keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Errand {
    pub id: ErrandId,
    pub server: ServerId,
    pub order: OrderId,
    pub wish: Wish,
    /// The system that is to be there afterwards, where one is to be checked for.
    pub os: Option<Os>,
    /// Another system may be chosen at the provider than the one that is installed.
    pub chooses_os: bool,
    /// None while it is open.
    pub outcome: Option<Outcome>,
    /// The sign-in had passed its verdict when it was asked for.
    pub sign_in_stood: bool,
    /// An account's id.
    pub asked_by: String,
    pub asked_at: Timestamp,
    pub doubted_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    /// For staff: what the provider said, or why nobody knows.
    pub detail: Option<String>,
}

pub struct NewErrand<'a> {
    pub id: &'a ErrandId,
    pub server: &'a ServerId,
    pub order: &'a OrderId,
    pub wish: Wish,
    pub os: Option<Os>,
    pub chooses_os: bool,
    pub sign_in_stood: bool,
    pub asked_by: &'a str,
}

/// An errand with all that decides what is next.
#[derive(Clone, Debug)]
pub struct UnderWay {
    pub errand: Errand,
    pub server: Server,
    pub order: Order,
    /// Oldest first.
    pub operations: Vec<Operation>,
    pub now: Timestamp,
}

const COLUMNS: &str = "id, server_id, order_id, wish, os, chooses_os, state, asked_by, asked_at, \
     doubted_at, ended_at, detail, sign_in_stood";
const OPEN: &str = "open";

impl Tx<'_> {
    /// Writes an errand down; one at a time per server, a second one is refused by the table.
    pub fn insert_errand(&mut self, new: &NewErrand<'_>) -> Result<()> {
        self.later(
            "INSERT INTO errand (id, server_id, order_id, wish, os, chooses_os, sign_in_stood, \
             state, asked_by, asked_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, 'open', $8, {now})",
            args![
                new.id.as_str(),
                new.server.as_str(),
                new.order.as_str(),
                new.wish.word(),
                new.os.map(Os::code),
                i64::from(new.chooses_os),
                i64::from(new.sign_in_stood),
                new.asked_by,
            ],
        )
    }

    /// The newest errands of a server, newest first.
    pub fn errands(&mut self, server: &ServerId, limit: i64) -> Result<Vec<Errand>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM errand WHERE server_id = $1 \
             ORDER BY asked_at DESC, id DESC LIMIT $2"
        );
        self.rows(&sql, args![server.as_str(), limit])?.iter().map(read).collect()
    }

    /// Reads an errand with its server, its order and its operations.
    pub fn errand_under_way(&mut self, id: &str) -> Result<Option<UnderWay>> {
        let sql = format!("SELECT {COLUMNS} FROM errand WHERE id = $1");
        let id_alone = args![id];
        let [errand, server, order, operations, now] = self.together([
            (&sql, id_alone),
            (&server::asking("id = (SELECT server_id FROM errand WHERE id = $1)"), id_alone),
            (&order::asking("id = (SELECT order_id FROM errand WHERE id = $1)"), id_alone),
            (&operation::of_errand(), id_alone),
            ("SELECT {now}", &[]),
        ])?;
        let (Some(errand), Some(server), Some(order), Some(now)) =
            (errand.first(), server.first(), order.first(), now.first())
        else {
            return Ok(None);
        };
        Ok(Some(UnderWay {
            errand: read(errand)?,
            server: server::read(server)?,
            order: order::read(order)?,
            operations: operations.iter().map(operation::read).collect::<Result<_>>()?,
            now: now.time(0)?,
        }))
    }

    /// Plans an errand's next request; a second one at a time is refused by the table, and so is
    /// the same one again.
    pub fn insert_step(
        &mut self,
        id: &OperationId,
        (errand, step): (&Errand, usize),
        (kind, os): (&str, Option<Os>),
    ) -> Result<()> {
        self.later(
            "INSERT INTO operation (id, server_id, errand_id, step, kind, os, state, asked_by, \
             planned_at, tries) VALUES ($1, $2, $3, $4, $5, $6, 'planned', $7, {now}, 0)",
            args![
                id.as_str(),
                errand.server.as_str(),
                errand.id.as_str(),
                i64::try_from(step).unwrap_or(i64::MAX),
                kind,
                os.map(Os::code),
                errand.asked_by.as_str(),
            ],
        )
    }

    /// Ends an open errand.
    pub fn end_errand(
        &mut self,
        id: &ErrandId,
        outcome: &Outcome,
        detail: Option<&str>,
    ) -> Result<()> {
        self.later_one(
            "UPDATE errand SET state = $2, detail = $3, ended_at = {now} \
             WHERE id = $1 AND state = 'open'",
            args![id.as_str(), outcome.word(), detail],
            "the errand",
        )
    }

    /// Notes that what came of an errand was seen wrong for the first time.
    pub fn doubt_errand(&mut self, id: &ErrandId) -> Result<()> {
        self.later_one(
            "UPDATE errand SET doubted_at = COALESCE(doubted_at, {now}) \
             WHERE id = $1 AND state = 'open'",
            args![id.as_str()],
            "the errand",
        )
    }
}

pub(crate) fn read(row: &Row) -> Result<Errand> {
    let bad = |error: domain::id::NotAnId| inconsistent("errand", error);
    let unknown = |what: &str, word: &str| StoreError::Inconsistent {
        what: "errand",
        why: format!("unknown {what} {word:?}"),
    };
    let (wish, state) = (row.text(3)?, row.text(6)?);
    let detail: Option<String> = row.opt_text(11)?.map(Into::into);
    let outcome = match state {
        OPEN => None,
        "done" => Some(Outcome::Done),
        "refused" => Some(Outcome::Refused),
        "not_sent" => Some(Outcome::NotSent),
        "unknown" => Some(Outcome::Unknown),
        "wrong" => Some(Outcome::Wrong(detail.clone().unwrap_or_default())),
        other => return Err(unknown("state", other)),
    };
    Ok(Errand {
        id: ErrandId::parse(row.text(0)?).map_err(bad)?,
        server: ServerId::parse(row.text(1)?).map_err(bad)?,
        order: order_id(row.text(2)?)?,
        wish: Wish::parse(wish).ok_or_else(|| unknown("wish", wish))?,
        os: read_os(row.opt_text(4)?)?,
        chooses_os: row.flag(5)?,
        outcome,
        sign_in_stood: row.flag(12)?,
        asked_by: row.text(7)?.into(),
        asked_at: row.time(8)?,
        doubted_at: row.opt_time(9)?,
        ended_at: row.opt_time(10)?,
        detail,
    })
}
