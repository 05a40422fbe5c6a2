//! What people are told by mail, one row per cause, written by the transaction that it tells of.
//! A row holds facts; its words are found when it leaves, and kept as they left.
//! Not for when it is tried, nor for how it is said.

pub mod brief;
mod state;
pub mod text;

use domain::clock::Timestamp;
use domain::id::OrderId;
use domain::money::Money;
use domain::order::{Event, News, Stage, Terms};
use serde::{Deserialize, Serialize};

use crate::account::Account;
use crate::db::{Result, Row, StoreError, Tx};
use crate::job::{Kind, NewJob};
use crate::notice::NOT_SILENCED;
use crate::order::{Cause, Order, order_id};

pub use state::State;

/// All mail leaves by one lane: a server that hangs holds up nothing else.
const LANE: &str = "mail";

/// What a mail about an order tells, as it was when it was decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderFacts {
    pub number: String,
    pub product: String,
    pub pid: String,
    pub ram_gb: u16,
    pub os: Option<String>,
    pub days: i64,
    pub total_minor: i64,
    pub currency: String,
    pub reserved_until: i64,
    pub sold_until: Option<i64>,
    /// The delivered server.
    pub server: Option<String>,
    /// What went wrong, as the customer may read it.
    pub problem: Option<String>,
    /// Of money that goes back.
    pub amount_minor: Option<i64>,
    pub amount_currency: Option<String>,
    /// That money went into their wallet.
    #[serde(default)]
    pub to_wallet: bool,
    pub deed: Option<Deed>,
}

/// What staff decided, for whom it concerns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deed {
    /// The remedy's word.
    pub remedy: String,
    pub days: Option<i64>,
    /// In words meant for the customer.
    pub public: Option<String>,
    /// A code that came with it.
    pub gift: Option<GiftFacts>,
}

/// A coupon that was given to whom the mail is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GiftFacts {
    pub code: String,
    /// One of the two.
    pub percent: Option<u8>,
    pub amount_minor: Option<i64>,
    pub until: i64,
}

/// The amount that an event of a refund carries.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Amount {
    amount: i64,
    currency: String,
    #[serde(default)]
    to_wallet: bool,
}

impl OrderFacts {
    pub fn of(order: &Order) -> OrderFacts {
        let (sold, terms) = (&order.sold, &order.sold.terms);
        let server = match &order.standing.stage {
            Stage::Delivered(id) => Some(id.to_string()),
            _ => None,
        };
        OrderFacts {
            number: order.number.clone(),
            product: sold.product_name.clone(),
            pid: terms.pid.to_string(),
            ram_gb: terms.ram.as_gb(),
            os: terms.os.map(|os| os.to_string()),
            days: sold.days,
            total_minor: sold.quote.total.minor,
            currency: sold.quote.total.currency.code().to_owned(),
            reserved_until: order.reserved_until.as_micros(),
            sold_until: order.sold_until.map(Timestamp::as_micros),
            server,
            problem: order.public_error.clone(),
            amount_minor: None,
            amount_currency: None,
            to_wallet: false,
            deed: None,
        }
    }

    /// What was agreed since.
    #[must_use]
    pub fn with_terms(self, product: String, terms: &Terms) -> OrderFacts {
        let (pid, ram_gb) = (terms.pid.to_string(), terms.ram.as_gb());
        let os = terms.os.map(|os| os.to_string());
        OrderFacts { product, pid, ram_gb, os, ..self }
    }

    #[must_use]
    pub fn with_amount(self, amount: Money) -> OrderFacts {
        let currency = amount.currency.code().to_owned();
        OrderFacts { amount_minor: Some(amount.minor), amount_currency: Some(currency), ..self }
    }
}

/// What a mail about an account tells.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountFacts {
    /// The token of its link: sealed, and opened only when the mail leaves.
    pub sealed: Option<String>,
    /// How long the link holds.
    pub until: Option<i64>,
    /// Of money that came into their wallet.
    pub amount_minor: Option<i64>,
    pub amount_currency: Option<String>,
    /// In words meant for them.
    pub note: Option<String>,
    /// The code of what they read, where that was known.
    pub language: Option<String>,
}

impl AccountFacts {
    pub fn of_money(amount: Money, note: Option<&str>) -> AccountFacts {
        AccountFacts {
            amount_minor: Some(amount.minor),
            amount_currency: Some(amount.currency.code().to_owned()),
            note: note.map(str::to_owned),
            ..AccountFacts::default()
        }
    }
}

/// Whom a mail that is about no order goes to, and why it is written.
#[derive(Clone, Copy, Debug)]
pub struct Addressed<'a> {
    pub email: &'a str,
    /// Empty where nobody knows.
    pub name: &'a str,
    /// The code of what they read, where that is known.
    pub language: Option<&'a str>,
    pub kind: &'a str,
    pub cause: &'a str,
}

impl<'a> Addressed<'a> {
    /// To an account's person, at its own address.
    pub fn to(account: &'a Account, kind: &'a str, cause: &'a str) -> Addressed<'a> {
        let language = account.language.as_deref();
        Addressed { email: &account.email, name: &account.name, language, kind, cause }
    }
}

/// One thing that staff are told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffFact {
    pub kind: String,
    pub subject: String,
    pub text: String,
    pub at: i64,
}

/// A mail as the database keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    pub id: i64,
    pub cause: String,
    pub kind: String,
    pub email: String,
    pub name: String,
    pub order: Option<OrderId>,
    pub facts: String,
    pub state: State,
    pub again: i64,
    pub tries: i64,
    pub error: Option<String>,
    pub created_at: Timestamp,
    pub sent_at: Option<Timestamp>,
    /// As it left.
    pub words: Option<Worded>,
}

/// A mail in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Worded {
    pub subject: String,
    pub text: String,
    pub html: String,
}

const COLUMNS: &str = "id, cause, kind, email, name, order_id, facts, state, again, tries, error, \
     created_at, sent_at, subject, body, html";

/// What is wrong with mail itself no mail tells, and of low stock a daily one does.
const UNMAILED: &str = "resolved_at IS NULL AND mailed_at IS NULL AND kind NOT LIKE 'mail-%' \
     AND kind NOT LIKE 'low-stock-%'";

impl Tx<'_> {
    /// Tells the customer of what has just moved their order, where it is something to them.
    pub(crate) fn tell_of_move(
        &mut self,
        order: &Order,
        (news, event, seq): (News, &Event, i64),
        cause: &Cause,
    ) -> Result<()> {
        let mut facts = OrderFacts::of(order);
        if order.amendments > 0
            && let Some(amended) = self.latest_amendment(order)?
        {
            facts = facts.with_terms(amended.product_name, &amended.terms);
        }
        if matches!(event, Event::RefundDone { .. }) {
            let amount: Amount = serde_json::from_str(&cause.data).map_err(|error| {
                StoreError::Inconsistent { what: "refund's event", why: error.to_string() }
            })?;
            // What cost nothing gives nothing back, and there is nothing to tell.
            if amount.amount == 0 {
                return Ok(());
            }
            facts.amount_minor = Some(amount.amount);
            facts.amount_currency = Some(amount.currency);
            facts.to_wallet = amount.to_wallet;
        }
        self.tell_customer(order, news.word(), &format!("{}/{seq}", order.id), &facts)
    }

    /// Tells a customer something about their order, once per cause. Whoever has left is told
    /// nothing: there is nobody to read it.
    pub fn tell_customer(
        &mut self,
        order: &Order,
        kind: &str,
        cause: &str,
        facts: &OrderFacts,
    ) -> Result<()> {
        self.later(
            "INSERT INTO mail (cause, kind, email, name, order_id, facts, state, again, tries, \
             created_at) SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), COALESCE(a.claim, a.email), a.name, \
             CAST($4 AS TEXT), CAST($5 AS TEXT), 'waiting', 0, 0, {now} FROM account a \
             WHERE a.id = $3 AND a.closed_at IS NULL ON CONFLICT (cause) DO NOTHING",
            args![cause, kind, order.account.as_str(), order.id.as_str(), json(facts)?],
        )
    }

    /// Tells somebody of the staff, once per cause.
    pub fn tell_staff(
        &mut self,
        email: &str,
        kind: &str,
        cause: &str,
        facts: &[StaffFact],
    ) -> Result<()> {
        self.tell(Addressed { email, name: "", language: None, kind, cause }, json(facts)?)
    }

    /// Tells somebody of their account, or that they have none, once per cause.
    pub fn tell_person(&mut self, to: Addressed<'_>, facts: &AccountFacts) -> Result<()> {
        let language = to.language.map(ToOwned::to_owned);
        self.tell(to, json(&AccountFacts { language, ..facts.clone() })?)
    }

    pub(crate) fn tell(&mut self, to: Addressed<'_>, facts: String) -> Result<()> {
        self.later(
            "INSERT INTO mail (cause, kind, email, name, facts, state, again, tries, created_at) \
             VALUES ($1, $2, $3, $4, $5, 'waiting', 0, 0, {now}) ON CONFLICT (cause) DO NOTHING",
            args![to.cause, to.kind, to.email, to.name, facts],
        )
    }

    /// Whether a mail waits for its job.
    pub fn mail_waits(&mut self) -> Result<bool> {
        Ok(self.lookup("SELECT id FROM mail WHERE state = 'waiting' LIMIT 1", &[])?.is_some())
    }

    /// Puts the jobs of mails that have none; how many.
    pub fn queue_mails(&mut self, limit: i64) -> Result<u64> {
        let now = self.now()?;
        let rows = self.rows(
            "WITH next AS MATERIALIZED (SELECT id FROM mail WHERE state = 'waiting' \
             ORDER BY id LIMIT $1{skip_locked}) UPDATE mail SET state = 'queued' \
             WHERE id IN (SELECT id FROM next) AND state = 'waiting' RETURNING id",
            args![limit],
        )?;
        for row in &rows {
            let subject = row.int(0)?.to_string();
            // It may have had a job before, when it was sent the first time.
            let job = NewJob { kind: Kind::Mail, subject: &subject, lane: LANE, run_at: now };
            self.put_job_anew(&job)?;
        }
        Ok(rows.len() as u64)
    }

    pub fn lookup_mail(&mut self, id: i64) -> Result<Option<Mail>> {
        let sql = format!("SELECT {COLUMNS} FROM mail WHERE id = $1");
        self.lookup(&sql, args![id])?.map(|row| read(&row)).transpose()
    }

    /// A page of mails, newest first: those in one state, or all, before `after`.
    pub fn mails(
        &mut self,
        state: Option<State>,
        after: Option<i64>,
        limit: i64,
    ) -> Result<Vec<Mail>> {
        let after = after.unwrap_or(i64::MAX);
        let rows = match state {
            // Written out, as the state of a server is: few mails are not sent.
            Some(state) => self.rows(
                &format!(
                    "SELECT {COLUMNS} FROM mail WHERE state = '{}' AND id < $1 \
                     ORDER BY id DESC LIMIT $2",
                    state.word()
                ),
                args![after, limit],
            )?,
            None => self.rows(
                &format!("SELECT {COLUMNS} FROM mail WHERE id < $1 ORDER BY id DESC LIMIT $2"),
                args![after, limit],
            )?,
        };
        rows.iter().map(read).collect()
    }

    /// A page of mails to one address, newest first: those in one state, or all, before `after`.
    pub fn mails_to_address(
        &mut self,
        email: &str,
        state: Option<State>,
        after: Option<i64>,
        limit: i64,
    ) -> Result<Vec<Mail>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM mail WHERE email = $1 AND ($2 = '' OR state = $2) \
             AND id < $3 ORDER BY id DESC LIMIT $4"
        );
        let (state, after) = (state.map_or("", State::word), after.unwrap_or(i64::MAX));
        self.rows(&sql, args![email, state, after, limit])?.iter().map(read).collect()
    }

    /// Mails about one order that were written after another one, oldest first.
    pub fn mails_about(&mut self, order: &OrderId, after: i64) -> Result<Vec<Mail>> {
        let sql = format!("SELECT {COLUMNS} FROM mail WHERE order_id = $1 AND id > $2 ORDER BY id");
        self.rows(&sql, args![order.as_str(), after])?.iter().map(read).collect()
    }

    /// How many mails have not left.
    pub fn count_unsent_mails(&mut self) -> Result<i64> {
        let sql = "SELECT COUNT(*) FROM mail WHERE state IN ('waiting', 'queued')";
        self.lookup(sql, &[])?.map_or(Ok(0), |row| row.int(0))
    }

    /// It was taken, in these words.
    pub fn mail_sent(&mut self, id: i64, words: &Worded) -> Result<()> {
        self.later_one(
            "UPDATE mail SET state = 'sent', tries = tries + 1, error = NULL, sent_at = {now}, \
             subject = $2, body = $3, html = $4 WHERE id = $1 AND state = 'queued'",
            args![id, &words.subject, &words.text, &words.html],
            "the mail",
        )
    }

    /// It was not taken; `state` says whether that is the last word.
    pub fn mail_failed(&mut self, id: i64, state: State, why: &str) -> Result<()> {
        self.later_one(
            "UPDATE mail SET state = $2, tries = tries + 1, error = $3 \
             WHERE id = $1 AND state = 'queued'",
            args![id, state.word(), why],
            "the mail",
        )
    }

    /// It was taken and could not be delivered after all; false where it is not known as sent.
    pub fn mail_returned(&mut self, id: i64, again: i64, why: &str) -> Result<bool> {
        let changed = self.run(
            "UPDATE mail SET state = 'refused', error = $3 \
             WHERE id = $1 AND again = $2 AND state = 'sent'",
            args![id, again, why],
        )?;
        Ok(changed == 1)
    }

    /// Lets a mail that has ended leave once more; false when it has not ended.
    pub fn send_mail_again(&mut self, id: i64) -> Result<bool> {
        let changed = self.run(
            "UPDATE mail SET state = 'waiting', again = again + 1, tries = 0, error = NULL \
             WHERE id = $1 AND state IN ('sent', 'refused')",
            args![id],
        )?;
        Ok(changed == 1)
    }

    /// Whether there is an open trouble of which mail has not told.
    pub fn has_unmailed_alerts(&mut self) -> Result<bool> {
        let sql = format!("SELECT id FROM alert WHERE {UNMAILED} AND {NOT_SILENCED} LIMIT 1");
        Ok(self.lookup(&sql, &[])?.is_some())
    }

    /// Takes the open troubles of which no mail has told yet, each with its number, oldest first.
    pub fn take_unmailed_alerts(&mut self, limit: i64) -> Result<Vec<(i64, StaffFact)>> {
        let sql = format!(
            "WITH next AS MATERIALIZED (SELECT id FROM alert WHERE {UNMAILED} \
             AND {NOT_SILENCED} ORDER BY id LIMIT $1{{skip_locked}}) UPDATE alert SET mailed_at = {{now}} \
             WHERE id IN (SELECT id FROM next) AND mailed_at IS NULL \
             RETURNING kind, subject, text, at, id"
        );
        let rows = self.rows(&sql, args![limit])?;
        let read = |row: &Row| Ok((row.int(4)?, staff_fact(row)?));
        let mut taken: Vec<(i64, StaffFact)> = rows.iter().map(read).collect::<Result<_>>()?;
        taken.sort_by_key(|(id, _)| *id);
        Ok(taken)
    }

    /// Open warnings of low stock, one per product, the lowest level first.
    pub fn low_stock_alerts(&mut self, limit: i64) -> Result<Vec<StaffFact>> {
        let sql = format!(
            "SELECT kind, subject, text, at FROM alert WHERE resolved_at IS NULL \
             AND kind LIKE 'low-stock-%' AND {NOT_SILENCED} \
             ORDER BY LENGTH(kind), kind, id LIMIT $1"
        );
        let rows = self.rows(&sql, args![limit])?;
        let mut low: Vec<StaffFact> = Vec::new();
        for fact in rows.iter().map(staff_fact) {
            let fact = fact?;
            // Whoever is below a level is below those above it.
            if low.iter().all(|known| known.subject != fact.subject) {
                low.push(fact);
            }
        }
        Ok(low)
    }
}

fn staff_fact(row: &Row) -> Result<StaffFact> {
    Ok(StaffFact {
        kind: row.text(0)?.into(),
        subject: row.text(1)?.into(),
        text: row.text(2)?.into(),
        at: row.int(3)?,
    })
}

pub(crate) fn json(facts: &(impl Serialize + ?Sized)) -> Result<String> {
    serde_json::to_string(facts)
        .map_err(|error| StoreError::Inconsistent { what: "mail", why: error.to_string() })
}

fn read(row: &Row) -> Result<Mail> {
    let inconsistent = |why: String| StoreError::Inconsistent { what: "mail", why };
    let words = match (row.opt_text(13)?, row.opt_text(14)?, row.opt_text(15)?) {
        (Some(subject), Some(text), Some(html)) => {
            Some(Worded { subject: subject.into(), text: text.into(), html: html.into() })
        }
        (None, None, None) => None,
        _ => return Err(inconsistent("half of its words are kept".into())),
    };
    Ok(Mail {
        id: row.int(0)?,
        cause: row.text(1)?.into(),
        kind: row.text(2)?.into(),
        email: row.text(3)?.into(),
        name: row.text(4)?.into(),
        order: row.opt_text(5)?.map(order_id).transpose()?,
        facts: row.text(6)?.into(),
        state: State::read(row.text(7)?)?,
        again: row.int(8)?,
        tries: row.int(9)?,
        error: row.opt_text(10)?.map(Into::into),
        created_at: row.time(11)?,
        sent_at: row.opt_time(12)?,
        words,
    })
}
