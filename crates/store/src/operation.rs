//! Operations on a server: the same permit, nonce and answer row as a purchase.

use domain::clock::Timestamp;
use domain::id::{ErrandId, OperationId, ServerId};
use domain::os::Os;

use crate::db::{Result, Row, StoreError, Tx};
use crate::order::{inconsistent, read_os};

/// Where an operation stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OperationState {
    Planned,
    Permitted,
    Done,
    Refused,
    NotSent,
    Unheard,
}

impl OperationState {
    const ALL: [OperationState; 6] = [
        OperationState::Planned,
        OperationState::Permitted,
        OperationState::Done,
        OperationState::Refused,
        OperationState::NotSent,
        OperationState::Unheard,
    ];

    pub fn word(self) -> &'static str {
        match self {
            OperationState::Planned => "planned",
            OperationState::Permitted => "permitted",
            OperationState::Done => "done",
            OperationState::Refused => "refused",
            OperationState::NotSent => "not_sent",
            OperationState::Unheard => "unheard",
        }
    }
}

/// An operation as the database keeps it.
#[derive(Clone, Debug)]
pub struct Operation {
    pub id: OperationId,
    pub server: ServerId,
    /// Of what customers have done; an installation before delivery belongs to none.
    pub errand: Option<ErrandId>,
    /// Which request of its errand it is.
    pub step: Option<i64>,
    pub kind: String,
    pub os: Option<Os>,
    pub state: OperationState,
    pub tries: i64,
    pub deadline: Option<Timestamp>,
    pub tail_ends_at: Option<Timestamp>,
    pub detail: Option<String>,
    pub planned_at: Timestamp,
    pub permitted_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
}

const COLUMNS: &str = "id, server_id, kind, os, state, tries, deadline, tail_ends_at, detail, \
     errand_id, planned_at, permitted_at, ended_at, step";

impl Tx<'_> {
    /// Plans an operation; one at a time per server, a second one is refused by the table.
    pub fn insert_operation(
        &mut self,
        id: &OperationId,
        server: &ServerId,
        (kind, os): (&str, Option<Os>),
        asked_by: &str,
    ) -> Result<()> {
        self.later(
            "INSERT INTO operation (id, server_id, kind, os, state, asked_by, planned_at, tries) \
             VALUES ($1, $2, $3, $4, 'planned', $5, {now}, 0)",
            args![id.as_str(), server.as_str(), kind, os.map(Os::code), asked_by],
        )
    }

    pub fn lookup_operation(&mut self, id: &str) -> Result<Option<Operation>> {
        let sql = format!("SELECT {COLUMNS} FROM operation WHERE id = $1{{lock}}");
        self.lookup(&sql, args![id])?.map(|row| read(&row)).transpose()
    }

    /// All operations of a server, oldest first.
    pub fn operations(&mut self, server: &ServerId) -> Result<Vec<Operation>> {
        self.rows(&of_server(), args![server.as_str()])?.iter().map(read).collect()
    }

    pub fn permit_operation(
        &mut self,
        id: &OperationId,
        nonce: &str,
        deadline: Timestamp,
        tail_ends_at: Timestamp,
    ) -> Result<()> {
        self.later_one(
            "UPDATE operation SET state = 'permitted', nonce = $2, permitted_at = {now}, \
             deadline = $3, tail_ends_at = $4, tries = tries + 1 \
             WHERE id = $1 AND state = 'planned'",
            args![id.as_str(), nonce, deadline, tail_ends_at],
            "the operation",
        )
    }

    /// Whether the permit with this nonce was committed: for the one call that knows it.
    pub fn operation_permit_holds(&mut self, id: &OperationId, nonce: &str) -> Result<bool> {
        let row = self.lookup(
            "SELECT id FROM operation WHERE id = $1 AND nonce = $2 AND state = 'permitted'",
            args![id.as_str(), nonce],
        )?;
        Ok(row.is_some())
    }

    /// Ends an operation; a late answer may still change `unheard`.
    pub fn end_operation(
        &mut self,
        id: &OperationId,
        state: OperationState,
        detail: Option<&str>,
    ) -> Result<()> {
        self.later_one(
            "UPDATE operation SET state = $2, detail = $3, ended_at = {now} \
             WHERE id = $1 AND state IN ('planned', 'permitted', 'unheard')",
            args![id.as_str(), state.word(), detail],
            "the operation",
        )
    }

    pub fn count_operation_try(&mut self, id: &OperationId) -> Result<()> {
        self.later_one(
            "UPDATE operation SET tries = tries + 1 WHERE id = $1 AND state = 'planned'",
            args![id.as_str()],
            "the operation",
        )
    }
}

pub(crate) fn of_server() -> String {
    format!("SELECT {COLUMNS} FROM operation WHERE server_id = $1 ORDER BY planned_at, id")
}

pub(crate) fn of_errand() -> String {
    format!("SELECT {COLUMNS} FROM operation WHERE errand_id = $1 ORDER BY step")
}

pub(crate) fn read(row: &Row) -> Result<Operation> {
    let word = row.text(4)?;
    let state = OperationState::ALL.into_iter().find(|state| state.word() == word);
    let bad = |error: domain::id::NotAnId| inconsistent("operation", error);
    Ok(Operation {
        id: OperationId::parse(row.text(0)?).map_err(bad)?,
        server: ServerId::parse(row.text(1)?).map_err(bad)?,
        kind: row.text(2)?.into(),
        os: read_os(row.opt_text(3)?)?,
        state: state.ok_or_else(|| StoreError::Inconsistent {
            what: "operation",
            why: format!("unknown state {word:?}"),
        })?,
        tries: row.int(5)?,
        deadline: row.opt_time(6)?,
        tail_ends_at: row.opt_time(7)?,
        detail: row.opt_text(8)?.map(Into::into),
        errand: row.opt_text(9)?.map(ErrandId::parse).transpose().map_err(bad)?,
        planned_at: row.time(10)?,
        permitted_at: row.opt_time(11)?,
        ended_at: row.opt_time(12)?,
        step: row.opt_int(13)?,
    })
}
