//! Orders: made once, moved only by `record`, read back strictly.

use domain::attempt;
use domain::block::Cidr;
use domain::clock::Timestamp;
use domain::id::{AccountId, AttemptId, NodeId, OrderId, PackageId, ProductId, ServerId};
use domain::money::{Currency, Money};
use domain::order::step::Why;
use domain::order::{Effect, Event, Sold, Stage, Standing, Step, Terms};
use domain::os::Os;
use domain::package::{Pid, Ram};

use crate::attempt::NewAttempt;
use crate::db::{Result, Row, StoreError, Tx, Value};
use crate::job::{Kind, NewJob};

/// An order as the database keeps it.
#[derive(Clone, Debug)]
pub struct Order {
    pub id: OrderId,
    pub number: String,
    pub account: AccountId,
    pub version: i64,
    pub standing: Standing,
    /// What was agreed. Never changes.
    pub sold: Sold,
    pub amendments: i64,
    pub created_at: Timestamp,
    pub reserved_until: Timestamp,
    pub paid_at: Option<Timestamp>,
    pub delivered_at: Option<Timestamp>,
    pub sold_until: Option<Timestamp>,
    /// For staff, with everything.
    pub error: Option<String>,
    /// What the customer may read of it.
    pub public_error: Option<String>,
    /// Since when the customer may choose between money back and waiting.
    pub offered_at: Option<Timestamp>,
}

/// One agreed change of what was sold.
#[derive(Clone, Debug)]
pub struct Amendment {
    pub at: Timestamp,
    pub actor: String,
    pub reason: String,
    pub consent: Option<String>,
    pub product_name: String,
    pub terms: Terms,
}

/// What happened to an order, for its timeline.
#[derive(Clone, Debug)]
pub struct Happened {
    pub seq: i64,
    pub at: Timestamp,
    pub kind: String,
    pub stage: String,
    pub actor: String,
    /// JSON.
    pub data: String,
}

/// Why an order is moved: unique per order, so that the same cause moves it once.
#[derive(Clone, Debug)]
pub struct Cause {
    pub key: String,
    pub actor: String,
    /// JSON with claim, reading and permit numbers; never a secret.
    pub data: String,
}

/// What the effects of a move need beside the move itself.
#[derive(Clone, Debug, Default)]
pub struct Extras {
    /// Of a planned attempt: when it may run at the earliest.
    pub not_before: Option<Timestamp>,
    /// Of a planned attempt: tries used up so far.
    pub tries: i64,
    /// Of a planned attempt: what it costs, where an amendment changed that.
    pub cost: Option<Option<Money>>,
    /// The process that claims the jobs it makes.
    pub claim: Option<(NodeId, std::time::Duration)>,
    /// Errors to show; `None` keeps what is there, `Some(None)` clears it.
    pub error: Option<Option<(String, String)>>,
}

pub(crate) const COLUMNS: &str = "id, number, account_id, version, stage, attempt_id, server_id, stop, \
     replaces_id, again, late, product_id, product_name, provider, package_id, pid, package_name, \
     cidrs, ram_gb, os, total_minor, currency, cost_minor, days, amendments, created_at, \
     reserved_until, paid_at, delivered_at, sold_until, error, public_error, offered_at";

impl Tx<'_> {
    /// Writes a new order with its frozen copy; `seq` 1 of its history is its making.
    pub fn insert_order(&mut self, order: &Order, actor: &str) -> Result<()> {
        let sold = &order.sold;
        self.run(
            "INSERT INTO orders (id, number, account_id, version, stage, again, late, product_id, \
             product_name, provider, package_id, pid, package_name, cidrs, ram_gb, os, total_minor, \
             currency, cost_minor, days, package_now, amendments, created_at, reserved_until) \
             VALUES ($1, $2, $3, 1, $4, 0, 0, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, \
             $17, $8, 0, $18, $19)",
            args![
                order.id.as_str(),
                &order.number,
                order.account.as_str(),
                order.standing.stage.word(),
                sold.product.as_str(),
                &sold.product_name,
                &sold.terms.provider,
                sold.terms.package.as_str(),
                sold.terms.pid.as_str(),
                &sold.terms.package_name,
                cidrs_text(&sold.terms.cidrs),
                i64::from(sold.terms.ram.as_gb()),
                sold.terms.os.map(Os::code),
                sold.total.minor,
                sold.total.currency.code(),
                sold.cost.map(|cost| cost.minor),
                sold.days,
                order.created_at,
                order.reserved_until,
            ],
        )?;
        self.later(
            "INSERT INTO order_event (order_id, seq, at, kind, stage, cause, actor, data) \
             VALUES ($1, 1, $2, 'ordered', $3, 'ordered', $4, '{}')",
            args![order.id.as_str(), order.created_at, order.standing.stage.word(), actor],
        )
    }

    pub fn order(&mut self, id: &OrderId) -> Result<Order> {
        self.lookup_order(id)?.ok_or_else(|| missing(id.as_str()))
    }

    pub fn lookup_order(&mut self, id: &OrderId) -> Result<Option<Order>> {
        let sql = format!("SELECT {COLUMNS} FROM orders WHERE id = $1");
        self.lookup(&sql, args![id.as_str()])?.map(|row| read(&row)).transpose()
    }

    /// Reads an order and holds it until the transaction ends.
    pub fn lock_order(&mut self, id: &OrderId) -> Result<Order> {
        let sql = format!("SELECT {COLUMNS}, {{now}} FROM orders WHERE id = $1{{lock}}");
        let row = self.lookup(&sql, args![id.as_str()])?.ok_or_else(|| missing(id.as_str()))?;
        self.now_is(row.time(33)?)?;
        read(&row)
    }

    pub fn order_by_number(&mut self, number: &str) -> Result<Option<Order>> {
        let sql = format!("SELECT {COLUMNS} FROM orders WHERE number = $1");
        self.lookup(&sql, args![number])?.map(|row| read(&row)).transpose()
    }

    /// Orders of one account, or of all, newest first.
    pub fn orders(
        &mut self,
        account: Option<&AccountId>,
        after: Option<(Timestamp, &str)>,
        limit: i64,
    ) -> Result<Vec<Order>> {
        let (at, id) = after.unwrap_or((Timestamp::from_micros(i64::MAX), ""));
        let rows = match account {
            Some(account) => self.rows(
                &format!(
                    "SELECT {COLUMNS} FROM orders WHERE account_id = $1 \
                     AND (created_at < $2 OR (created_at = $2 AND id < $3)) \
                     ORDER BY created_at DESC, id DESC LIMIT $4"
                ),
                args![account.as_str(), at, id, limit],
            )?,
            None => self.rows(
                &format!(
                    "SELECT {COLUMNS} FROM orders \
                     WHERE created_at < $1 OR (created_at = $1 AND id < $2) \
                     ORDER BY created_at DESC, id DESC LIMIT $3"
                ),
                args![at, id, limit],
            )?,
        };
        rows.iter().map(read).collect()
    }

    /// Orders that stand in one of `stages`, oldest payment first.
    pub fn orders_in(&mut self, stages: &[&str], after: &str, limit: i64) -> Result<Vec<Order>> {
        let marks: Vec<String> = (1..=stages.len()).map(|at| format!("${at}")).collect();
        let sql = format!(
            "SELECT {COLUMNS} FROM orders WHERE stage IN ({}) AND id > ${} ORDER BY id LIMIT ${}",
            marks.join(", "),
            stages.len() + 1,
            stages.len() + 2
        );
        let mut values: Vec<Value> = stages.iter().map(|stage| Value::from(*stage)).collect();
        values.push(after.into());
        values.push(limit.into());
        self.rows(&sql, &values)?.iter().map(read).collect()
    }

    /// Unpaid orders whose reservation is over and which have not been told yet.
    pub fn reservations_over(&mut self, limit: i64) -> Result<Vec<OrderId>> {
        let rows = self.rows(
            "SELECT id FROM orders WHERE stage = 'unpaid' AND reserved_until <= {now} \
             ORDER BY reserved_until LIMIT $1",
            args![limit],
        )?;
        rows.iter().map(|row| order_id(row.text(0)?)).collect()
    }

    /// How many unpaid reservations a customer holds.
    pub fn reservations_of(&mut self, account: &AccountId) -> Result<i64> {
        let row = self.lookup(
            "SELECT COUNT(*) FROM orders WHERE account_id = $1 AND stage = 'unpaid' \
             AND reserved_until > {now}",
            args![account.as_str()],
        )?;
        row.map_or(Ok(0), |row| row.int(0))
    }

    /// What answers, pages and checks use: the frozen copy, or the latest amendment.
    pub fn terms_in_force(&mut self, order: &Order) -> Result<Terms> {
        Ok(self.latest_amendment(order)?.map_or_else(|| order.sold.terms.clone(), |a| a.terms))
    }

    pub fn latest_amendment(&mut self, order: &Order) -> Result<Option<Amendment>> {
        if order.amendments == 0 {
            return Ok(None);
        }
        match self.amendments(&order.id)?.pop() {
            Some(amendment) => Ok(Some(amendment)),
            None => Err(StoreError::Inconsistent {
                what: "order",
                why: format!("{} counts amendments and has none", order.id),
            }),
        }
    }

    /// All amendments of an order, oldest first.
    pub fn amendments(&mut self, order: &OrderId) -> Result<Vec<Amendment>> {
        let rows = self.rows(
            "SELECT at, actor, reason, consent, product_name, provider, package_id, pid, \
             package_name, cidrs, ram_gb, os FROM amendment WHERE order_id = $1 ORDER BY id",
            args![order.as_str()],
        )?;
        let read = |row: &Row| {
            Ok(Amendment {
                at: row.time(0)?,
                actor: row.text(1)?.into(),
                reason: row.text(2)?.into(),
                consent: row.opt_text(3)?.map(Into::into),
                product_name: row.text(4)?.into(),
                terms: read_terms(row, 5)?,
            })
        };
        rows.iter().map(read).collect()
    }

    /// Adds an amendment. The frozen copy stays as it was.
    pub fn amend(&mut self, order: &mut Order, amendment: &Amendment) -> Result<()> {
        let terms = &amendment.terms;
        self.later(
            "INSERT INTO amendment (order_id, at, actor, reason, consent, product_name, provider, \
             package_id, pid, package_name, cidrs, ram_gb, os) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
            args![
                order.id.as_str(),
                amendment.at,
                &amendment.actor,
                &amendment.reason,
                amendment.consent.as_deref(),
                &amendment.product_name,
                &terms.provider,
                terms.package.as_str(),
                terms.pid.as_str(),
                &terms.package_name,
                cidrs_text(&terms.cidrs),
                i64::from(terms.ram.as_gb()),
                terms.os.map(Os::code),
            ],
        )?;
        order.amendments += 1;
        self.later_one(
            "UPDATE orders SET amendments = amendments + 1, package_now = $2 WHERE id = $1",
            args![order.id.as_str(), terms.package.as_str()],
            "the order",
        )
    }

    /// The one way to move an order: its new stage, its events and all that follows, or nothing.
    pub fn record(
        &mut self,
        order: &mut Order,
        moves: &[(Event, Step)],
        cause: &Cause,
        extras: &Extras,
    ) -> Result<()> {
        let Some((_, last)) = moves.last() else {
            return Ok(());
        };
        let now = self.now()?;
        let before = order.version;
        for (at, (event, step)) in moves.iter().enumerate() {
            order.version += 1;
            // Several moves of one cause are told apart by their place.
            let key = if at == 0 { cause.key.clone() } else { format!("{}+{at}", cause.key) };
            self.later(
                "INSERT INTO order_event (order_id, seq, at, kind, stage, cause, actor, data) \
                 VALUES ($1, $2, {now}, $3, $4, $5, $6, $7)",
                args![
                    order.id.as_str(),
                    order.version,
                    event.word(),
                    step.next.stage.word(),
                    key,
                    &cause.actor,
                    &cause.data,
                ],
            )?;
            self.note_milestone(order, event)?;
        }
        order.standing = last.next.clone();
        if let Some(error) = &extras.error {
            order.error = error.as_ref().map(|(staff, _)| staff.clone());
            order.public_error = error.as_ref().map(|(_, public)| public.clone());
        }
        self.write_standing(order, before)?;
        for (event, step) in moves {
            for effect in &step.effects {
                self.carry_out(order, event, effect, extras, now)?;
            }
        }
        Ok(())
    }

    fn write_standing(&mut self, order: &Order, before: i64) -> Result<()> {
        let standing = &order.standing;
        let server = match &standing.stage {
            Stage::Delivered(id) => Some(id),
            other => other.awaited_server(),
        };
        let stop = match &standing.stage {
            Stage::Stopped(stop) => Some(stop.word()),
            _ => None,
        };
        self.later_one(
            "UPDATE orders SET version = $3, stage = $4, attempt_id = $5, server_id = $6, stop = $7, \
             replaces_id = $8, again = $9, late = $10, paid_at = $11, delivered_at = $12, \
             sold_until = $13, error = $14, public_error = $15, offered_at = $16 \
             WHERE id = $1 AND version = $2",
            args![
                order.id.as_str(),
                before,
                order.version,
                standing.stage.word(),
                standing.stage.attempt().map(AttemptId::as_str),
                server.map(ServerId::as_str),
                stop,
                standing.replaces.as_ref().map(ServerId::as_str),
                standing.again,
                standing.late,
                order.paid_at,
                order.delivered_at,
                order.sold_until,
                order.error.as_deref(),
                order.public_error.as_deref(),
                order.offered_at,
            ],
            "the order",
        )
    }

    /// Moments that lists sort by.
    fn note_milestone(&mut self, order: &mut Order, event: &Event) -> Result<()> {
        match event {
            Event::Paid { .. } | Event::PaidTooLate if order.paid_at.is_none() => {
                order.paid_at = Some(self.now()?);
            }
            Event::Delivered => {
                let now = self.now()?;
                order.delivered_at = Some(now);
                // A replacement does not lengthen what was sold.
                order.sold_until = order.sold_until.or(Some(order.sold.until(now)));
            }
            // What was offered for an earlier purchase says nothing of this one.
            Event::WentUnheard => order.offered_at = None,
            _ => {}
        }
        Ok(())
    }

    fn carry_out(
        &mut self,
        order: &Order,
        event: &Event,
        effect: &Effect,
        extras: &Extras,
        now: Timestamp,
    ) -> Result<()> {
        match effect {
            Effect::Plan(id) => self.plan(order, id, extras, extras.not_before.unwrap_or(now)),
            Effect::Attempt(id, attempt::Event::Permitted) => {
                // The permit itself writes this row: it alone knows the nonce and the deadline.
                debug_assert_eq!(event, &Event::Permitted, "{id}");
                Ok(())
            }
            Effect::Attempt(id, attempt_event) => self.move_attempt(id, *attempt_event),
            Effect::Server(id, server_event) => self.move_server(id, *server_event),
            Effect::Verify(id) => {
                let lane = format!("check:{}", order.sold.terms.package);
                let job =
                    NewJob { kind: Kind::Verify, subject: id.as_str(), lane: &lane, run_at: now };
                self.put_job(&job, extras.claim.as_ref())
            }
            Effect::List(why) => self.list(&order.id, why.word(), due_within(*why)),
            Effect::Settle => self.settle(&order.id),
        }
    }

    fn plan(
        &mut self,
        order: &Order,
        id: &AttemptId,
        extras: &Extras,
        now: Timestamp,
    ) -> Result<()> {
        let terms = self.terms_in_force(order)?;
        self.insert_attempt(&NewAttempt {
            id,
            order: &order.id,
            terms: &terms,
            cost: extras.cost.unwrap_or(order.sold.cost),
            value: order.sold.total,
            tries: extras.tries,
            now,
        })?;
        let lane = format!("buy:{}", terms.package);
        let job = NewJob { kind: Kind::Purchase, subject: id.as_str(), lane: &lane, run_at: now };
        self.put_job(&job, extras.claim.as_ref())
    }

    /// Puts another end on a reservation.
    pub fn reserve_until(&mut self, order: &mut Order, until: Timestamp) -> Result<()> {
        order.reserved_until = until;
        self.later_one(
            "UPDATE orders SET reserved_until = $2 WHERE id = $1",
            args![order.id.as_str(), until],
            "the order",
        )
    }

    pub fn happenings(&mut self, order: &OrderId) -> Result<Vec<Happened>> {
        let rows = self.rows(
            "SELECT seq, at, kind, stage, actor, data FROM order_event WHERE order_id = $1 \
             ORDER BY seq",
            args![order.as_str()],
        )?;
        let read = |row: &Row| {
            Ok(Happened {
                seq: row.int(0)?,
                at: row.time(1)?,
                kind: row.text(2)?.into(),
                stage: row.text(3)?.into(),
                actor: row.text(4)?.into(),
                data: row.text(5)?.into(),
            })
        };
        rows.iter().map(read).collect()
    }

    /// Whether this cause has moved the order already.
    pub fn has_happened(&mut self, order: &OrderId, cause: &str) -> Result<bool> {
        let row = self.lookup(
            "SELECT seq FROM order_event WHERE order_id = $1 AND cause = $2",
            args![order.as_str(), cause],
        )?;
        Ok(row.is_some())
    }

    /// Orders that still wait for a server of a package, or may.
    pub fn open_orders_of(&mut self, package: &PackageId) -> Result<Vec<OrderId>> {
        let rows = self.rows(
            "SELECT id FROM orders WHERE package_now = $1 AND stage IN ('unpaid', 'planned', \
             'permitted', 'unheard', 'verifying', 'verified', 'on_hold', 'stopped') ORDER BY id",
            args![package.as_str()],
        )?;
        rows.iter().map(|row| order_id(row.text(0)?)).collect()
    }

    /// How many orders stand where.
    pub fn count_orders(&mut self) -> Result<Vec<(String, i64)>> {
        let rows =
            self.rows("SELECT stage, COUNT(*) FROM orders GROUP BY stage ORDER BY stage", &[])?;
        rows.iter().map(|row| Ok((row.text(0)?.to_owned(), row.int(1)?))).collect()
    }
}

/// How soon a person should look at it.
fn due_within(why: Why) -> std::time::Duration {
    let minutes = match why {
        Why::Unheard => 30,
        Why::WrongServer | Why::OnHold | Why::Stopped(_) | Why::ReplacementFailed => 60,
        Why::CredentialsLate | Why::Slow => 30,
        Why::Owed => 24 * 60,
        Why::AuditMismatch => 4 * 60,
    };
    std::time::Duration::from_secs(minutes * 60)
}

fn missing(id: &str) -> StoreError {
    StoreError::Missing { what: "order", id: id.to_owned() }
}

pub(crate) fn order_id(text: &str) -> Result<OrderId> {
    OrderId::parse(text).map_err(|error| inconsistent(error.to_string()))
}

pub(crate) fn inconsistent(why: String) -> StoreError {
    StoreError::Inconsistent { what: "order", why }
}

pub(crate) fn cidrs_text(cidrs: &[Cidr]) -> String {
    cidrs.iter().map(Cidr::to_string).collect::<Vec<_>>().join(" ")
}

pub(crate) fn read_cidrs(text: &str) -> Result<Vec<Cidr>> {
    text.split_whitespace()
        .map(|cidr| Cidr::parse(cidr).map_err(|error| inconsistent(error.to_string())))
        .collect()
}

pub(crate) fn read_ram(gb: i64) -> Result<Ram> {
    u16::try_from(gb).map(Ram::gb).map_err(|_| inconsistent(format!("memory of {gb} GB")))
}

pub(crate) fn read_os(code: Option<&str>) -> Result<Option<Os>> {
    code.map(|code| Os::parse(code).map_err(|error| inconsistent(error.to_string()))).transpose()
}

pub(crate) fn read_currency(code: &str) -> Result<Currency> {
    Currency::parse(code).map_err(|error| inconsistent(error.to_string()))
}

/// Terms stand in seven columns, always in this order.
pub(crate) fn read_terms(row: &Row, at: usize) -> Result<Terms> {
    let package = PackageId::parse(row.text(at + 1)?).map_err(|e| inconsistent(e.to_string()))?;
    let pid = Pid::new(row.text(at + 2)?).ok_or_else(|| inconsistent("no PID".into()))?;
    Ok(Terms {
        provider: row.text(at)?.into(),
        package,
        pid,
        package_name: row.text(at + 3)?.into(),
        cidrs: read_cidrs(row.text(at + 4)?)?,
        ram: read_ram(row.int(at + 5)?)?,
        os: read_os(row.opt_text(at + 6)?)?,
    })
}

fn read_standing(row: &Row) -> Result<Standing> {
    let attempt = row.opt_text(5)?.map(AttemptId::parse).transpose();
    let server = row.opt_text(6)?.map(ServerId::parse).transpose();
    let (attempt, server) = (
        attempt.map_err(|error| inconsistent(error.to_string()))?,
        server.map_err(|error| inconsistent(error.to_string()))?,
    );
    let word = row.text(4)?;
    let stop = row.opt_text(7)?;
    let stage = Stage::read(word, attempt, server, stop).ok_or_else(|| {
        inconsistent(format!("{}: stage {word:?} with stop {stop:?} and its slot", row.0.len()))
    })?;
    let replaces = row.opt_text(8)?.map(ServerId::parse).transpose();
    Ok(Standing {
        stage,
        replaces: replaces.map_err(|error| inconsistent(error.to_string()))?,
        again: row.flag(9)?,
        late: row.flag(10)?,
    })
}

pub(crate) fn read(row: &Row) -> Result<Order> {
    let currency = read_currency(row.text(21)?)?;
    let bad = |error: domain::id::NotAnId| inconsistent(error.to_string());
    Ok(Order {
        id: order_id(row.text(0)?)?,
        number: row.text(1)?.into(),
        account: AccountId::parse(row.text(2)?).map_err(bad)?,
        version: row.int(3)?,
        standing: read_standing(row)?,
        sold: Sold {
            terms: read_terms(row, 13)?,
            product: ProductId::parse(row.text(11)?).map_err(bad)?,
            product_name: row.text(12)?.into(),
            total: Money::new(row.int(20)?, currency),
            cost: row.opt_int(22)?.map(|minor| Money::new(minor, currency)),
            days: row.int(23)?,
        },
        amendments: row.int(24)?,
        created_at: row.time(25)?,
        reserved_until: row.time(26)?,
        paid_at: row.opt_time(27)?,
        delivered_at: row.opt_time(28)?,
        sold_until: row.opt_time(29)?,
        error: row.opt_text(30)?.map(Into::into),
        public_error: row.opt_text(31)?.map(Into::into),
        offered_at: row.opt_time(32)?,
    })
}
