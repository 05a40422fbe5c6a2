//! Everything that is known of one order, for whoever looks at it: in four statements, however much
//! of it there is. Not for deciding: a decision reads what it needs under a lock.

use std::collections::HashMap;

use domain::clock::Timestamp;
use domain::id::OrderId;
use domain::money::Money;
use domain::paper::Paper;

use crate::alert::{self, Alert};
use crate::attempt::{self, Attempt, EVIDENCE, Evidence, StoredAnswer};
use crate::attention::{self, Attention};
use crate::db::{Part, Result, Row, Tx};
use crate::dispute::{self, Dispute};
use crate::history::{self, Moment};
use crate::ledger::{self, Booked};
use crate::mail::brief::{self, MailLine};
use crate::order::{self, Amendment, COLUMNS, Order, WIDTH, amend};
use crate::paper;
use crate::payment::{self, Captured, Payment};
use crate::refund::{self, Refund, Returned};
use crate::server::Server;

/// One order with all its rows. Each list is oldest first.
#[derive(Clone, Debug)]
pub struct Dossier {
    pub order: Order,
    /// Its customer's.
    pub email: String,
    pub now: Timestamp,
    pub amendments: Vec<Amendment>,
    pub moments: Vec<Moment>,
    pub attempts: Vec<(Attempt, Option<StoredAnswer>)>,
    /// Of those of them that nothing was heard of.
    pub evidence: Vec<Evidence>,
    pub servers: Vec<Server>,
    pub payments: Vec<Payment>,
    pub captures: Vec<Captured>,
    pub refunds: Vec<Refund>,
    pub disputes: Vec<Dispute>,
    /// What is owed and not on its way.
    pub owed: Vec<Money>,
    /// Where anything is back.
    pub returned: Option<Returned>,
    pub ledger: Vec<Booked>,
    pub papers: Vec<Paper>,
    pub attention: Vec<Attention>,
    pub mails: Vec<MailLine>,
    /// Its customer asks for money back, and nobody has answered.
    pub refund_asked: Option<Alert>,
    /// The mail addresses of those who did something to it or look after it, by their ids.
    pub people: HashMap<String, String>,
    /// The newest list of its provider that package rows show.
    pub newest_list: Option<NewestList>,
}

/// A provider's list that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewestList {
    pub number: i64,
    pub stored_at: Timestamp,
    /// The name of its bytes.
    pub hash: String,
}

const PEOPLE: Part<'static> = Part {
    columns: "a.id, COALESCE(a.claim, a.email)",
    from: "account a",
    which: "a.id IN (SELECT actor FROM order_event WHERE order_id = $1 \
            UNION SELECT actor FROM amendment WHERE order_id = $1 \
            UNION SELECT owner FROM attention WHERE order_id = $1)",
    order: "a.id",
};
const NEWEST_LIST: Part<'static> = Part {
    columns: "p.reading_number, p.reading_stored_at, p.reading_hash",
    from: "provider p",
    which: "p.id = (SELECT provider FROM orders WHERE id = $1) AND p.reading_number > 0",
    order: "p.id",
};

/// What is asked of it at once.
const OF_ORDER: [Part<'static>; 16] = [
    amend::OF_ORDER,
    history::OF_ORDER,
    EVIDENCE,
    payment::OF_ORDER,
    payment::CAPTURES,
    refund::OF_ORDER,
    dispute::OF_ORDER,
    refund::OWED,
    refund::RETURNED_OF_ORDER,
    ledger::ROWS,
    paper::OF_ORDER,
    attention::OF_ORDER,
    brief::OF_ORDER,
    alert::ASKED_OF_ORDER,
    PEOPLE,
    NEWEST_LIST,
];

impl Tx<'_> {
    pub fn dossier(&mut self, id: &OrderId) -> Result<Option<Dossier>> {
        let id_alone = args![id.as_str()];
        let sql = format!(
            "SELECT {COLUMNS}, {{now}}, (SELECT COALESCE(a.claim, a.email) FROM account a \
             WHERE a.id = orders.account_id) FROM orders WHERE id = $1"
        );
        let Some(row) = self.lookup(&sql, id_alone)? else { return Ok(None) };
        let attempts = self.attempts_answered(id)?;
        let servers = self.servers(id)?;
        let [
            amendments,
            moments,
            evidence,
            payments,
            captures,
            refunds,
            disputes,
            owed,
            returned,
            booked,
            papers,
            listed,
            mails,
            asked,
            people,
            newest,
        ] = self.gather(OF_ORDER, id_alone)?;
        Ok(Some(Dossier {
            order: order::read(&row)?,
            now: row.time(WIDTH)?,
            email: row.text(WIDTH + 1)?.into(),
            attempts,
            servers,
            amendments: amendments.iter().map(amend::read_amendment).collect::<Result<_>>()?,
            moments: moments.iter().map(history::read_moment).collect::<Result<_>>()?,
            evidence: evidence.iter().map(attempt::read_evidence).collect::<Result<_>>()?,
            payments: payments.iter().map(payment::read).collect::<Result<_>>()?,
            captures: captures.iter().map(payment::read_capture).collect::<Result<_>>()?,
            refunds: refunds.iter().map(refund::read).collect::<Result<_>>()?,
            disputes: disputes.iter().map(dispute::read).collect::<Result<_>>()?,
            owed: owed.iter().map(refund::read_owed).collect::<Result<_>>()?,
            returned: returned.first().map(refund::read_returned).transpose()?,
            ledger: booked.iter().map(ledger::read).collect::<Result<_>>()?,
            papers: papers.iter().map(paper::read_paper).collect::<Result<_>>()?,
            mails: mails.iter().map(brief::read).collect::<Result<_>>()?,
            refund_asked: asked.first().map(alert::read).transpose()?,
            people: people.iter().map(read_person).collect::<Result<_>>()?,
            newest_list: newest.first().map(read_newest).transpose()?,
            attention: listed.iter().map(|row| attention::read(row, 0)).collect::<Result<_>>()?,
        }))
    }
}

fn read_person(row: &Row) -> Result<(String, String)> {
    Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned()))
}

fn read_newest(row: &Row) -> Result<NewestList> {
    Ok(NewestList { number: row.int(0)?, stored_at: row.time(1)?, hash: row.text(2)?.to_owned() })
}
