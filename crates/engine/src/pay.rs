//! Money comes in: staff's receipts, webhooks and polls end in one step that books each once.

use std::sync::Arc;
use std::time::Duration;

use domain::id::{AttemptId, OrderId, PaymentId};
use domain::ledger::{self, Account, Entry};
use domain::money::{Currency, Money};
use domain::order::{Event, Stage, step};
use payment::{Asked, Capture, Gateway, Standing as PaymentStanding, Taken};
use store::db::Tx;
use store::job::{Job, Kind};
use store::order::{Cause, Extras, Order};
use store::payment::{NewCapture, Payment, PaymentState};

use crate::idempotency::Ticket;
use crate::worker::After;
use crate::{Engine, Error, Result};

/// Money received outside any gateway.
#[derive(Clone, Debug)]
pub struct Receipt {
    pub amount: Money,
    /// Unique for ever: the bank's number of the transfer.
    pub reference: String,
}

/// The gateway's name for money that staff received.
pub(crate) const BANK: &str = "bank";
pub const REFERENCE_MAX: usize = 120;
/// A gateway that has said nothing of a payment for so long is not asked for ever.
const SILENT_FOR: Duration = Duration::from_secs(7 * 24 * 3_600);
/// A day of tries.
const SILENT_TRIES: i64 = 96;

/// Money on its way into the books.
struct Incoming<'a> {
    gateway: &'a str,
    gateway_payment: &'a str,
    payment: Option<&'a PaymentId>,
    amount: Money,
    actor: &'a str,
}

impl Engine {
    /// Books money that staff received, and sends the order on its way.
    pub async fn mark_paid(&self, id: &OrderId, receipt: Receipt, actor: &str) -> Result<Order> {
        self.mark_paid_once(id, receipt, actor, None).await
    }

    /// The same for a request with an idempotency key: its ticket notes what it brought about.
    pub async fn mark_paid_once(
        &self,
        id: &OrderId,
        receipt: Receipt,
        actor: &str,
        ticket: Option<&Ticket>,
    ) -> Result<Order> {
        let reference = reference_of(&receipt.reference)?;
        let (engine, id, actor) = (self.clone(), id.clone(), actor.to_owned());
        let attempt = AttemptId::mint(self.now(), &*self.parts.chance);
        let planned = attempt.clone();
        let claim = self.own_claim();
        let claimed = claim.is_some();
        let request = ticket.map(|ticket| ticket.claim().clone());
        let order = self
            .db()
            .write(move |tx| {
                let order = engine.lock_with_package(tx, &id)?;
                check_receipt(&order, &receipt)?;
                let incoming = Incoming {
                    gateway: BANK,
                    gateway_payment: &reference,
                    payment: None,
                    amount: receipt.amount,
                    actor: &actor,
                };
                let extras = Extras { claim: claim.clone(), ..Extras::default() };
                let booked = engine.book(tx, order, &incoming, (&attempt, extras))?;
                let booked = booked.ok_or_else(|| {
                    Error::refused(
                        "reference-used",
                        format!("reference {reference:?} was booked before"),
                    )
                })?;
                if let Some(request) = &request {
                    tx.note_effect(request, booked.id.as_str())?;
                }
                Ok::<_, Error>(booked)
            })
            .await?;
        self.start_planned(&order, &planned, claimed);
        Ok(order)
    }

    /// Locks the package before the order, as every transaction that raises a promise does.
    pub(crate) fn lock_with_package(&self, tx: &mut Tx<'_>, id: &OrderId) -> Result<Order> {
        // Its unit is promised already: nothing is raised, so no package lock is needed.
        if let Some(order) = tx.lock_order_if_reserved(id)? {
            return Ok(order);
        }
        let seen = tx.order(id)?;
        let terms = tx.terms_in_force(&seen)?;
        tx.lock_packages(&[terms.package])?;
        Ok(tx.lock_order(id)?)
    }

    /// Books money once per movement at its gateway; nothing when it was booked before.
    fn book(
        &self,
        tx: &mut Tx<'_>,
        mut order: Order,
        incoming: &Incoming<'_>,
        (attempt, extras): (&AttemptId, Extras),
    ) -> Result<Option<Order>> {
        let event = self.what_money_does(tx, &order, incoming, attempt)?;
        let booked_as = match &event {
            Some(Event::Paid { .. }) => "paid",
            _ => "owed",
        };
        let new = NewCapture {
            gateway: incoming.gateway,
            gateway_payment: incoming.gateway_payment,
            payment: incoming.payment,
            order: &order.id,
            amount: incoming.amount,
            booked_as,
        };
        if !tx.insert_capture(&new)? {
            self.tell_if_used_elsewhere(tx, &order, incoming)?;
            return Ok(None);
        }
        let cause = format!("capture:{}:{}", incoming.gateway, incoming.gateway_payment);
        let paid = (booked_as == "paid").then_some(&order.sold.quote);
        let due = paid.map_or(0, |quote| quote.total.minor);
        let into = match incoming.gateway {
            BANK => Account::Bank,
            name => Account::Gateway(name.to_owned()),
        };
        let entry =
            ledger::received(&cause, into, &order.id, &order.account, (incoming.amount, paid))?;
        tx.post(Some(&order.id), &entry)?;
        if booked_as == "owed" || incoming.amount.minor > due {
            let text = format!("{} came in for {} and is owed", incoming.amount, order.number);
            tx.raise_alert("money-owed", order.id.as_str(), &text)?;
            tx.list(&order.id, "owed", Duration::from_secs(24 * 3_600))?;
        }
        if let Some(event) = event {
            let next = step(&order.standing, &event)?;
            let actor = incoming.actor.to_owned();
            let cause = Cause { key: cause, actor, data: "{}".into() };
            tx.record(&mut order, &[(event, next)], &cause, &extras)?;
        }
        Ok(Some(order))
    }

    /// A gateway's id of a movement belongs to one payment for ever.
    fn tell_if_used_elsewhere(
        &self,
        tx: &mut Tx<'_>,
        order: &Order,
        incoming: &Incoming<'_>,
    ) -> Result<()> {
        let id = incoming.gateway_payment;
        let Some((other, payment)) = tx.captured_for(incoming.gateway, id)? else { return Ok(()) };
        if payment.as_deref() != incoming.payment.map(PaymentId::as_str) {
            let text = format!(
                "{} names {id} for {}, which was booked for {other}: nothing was booked",
                incoming.gateway, order.number
            );
            tx.raise_alert_once("payment-mismatch", order.id.as_str(), &text)?;
        }
        Ok(())
    }

    /// What incoming money does to an order: pays it, comes too late, or only is owed.
    fn what_money_does(
        &self,
        tx: &mut Tx<'_>,
        order: &Order,
        incoming: &Incoming<'_>,
        attempt: &AttemptId,
    ) -> Result<Option<Event>> {
        let (came, due) = (incoming.amount, order.sold.quote.total);
        // Staff look at what they received; a gateway must have taken exactly what was asked for.
        let enough = came == due || (incoming.gateway == BANK && came.minor >= due.minor);
        let enough = enough && came.currency == due.currency;
        let paid = Event::Paid { attempt: attempt.clone() };
        Ok(match &order.standing.stage {
            _ if !enough => None,
            Stage::Unpaid if order.reserved_until > tx.now()? => Some(paid),
            Stage::Unpaid | Stage::Closed(_) => {
                if self.may_revive(tx, order)? {
                    Some(paid)
                } else {
                    Some(Event::PaidTooLate)
                }
            }
            _ => None,
        })
    }

    /// Whether late money still buys: by the rules for a new order, at the frozen price.
    fn may_revive(&self, tx: &mut Tx<'_>, order: &Order) -> Result<bool> {
        Ok(self.saleable(tx, order)?.is_ok())
    }

    /// Starts the purchase that a transaction of this process has planned. Where an earlier
    /// payment planned one, somebody else holds its claim.
    pub(crate) fn start_planned(&self, order: &Order, planned: &AttemptId, claimed: bool) {
        if let Stage::Planned(attempt) = &order.standing.stage
            && attempt == planned
        {
            let lane = format!("buy:{}", order.sold.terms.package);
            // An amended order may buy another package; its job then keeps the lane it has.
            if order.amendments == 0 {
                self.start_own(Kind::Purchase, attempt.as_str(), lane, claimed);
            } else {
                self.hub().wake();
            }
        }
    }

    /// Asks a payment's gateway what became of it, and books what it says. Safe to repeat.
    pub async fn ask_gateway(&self, id: &PaymentId) -> Result<Payment> {
        let wanted = id.to_string();
        let found = self.db().read(move |tx| tx.lookup_payment(&wanted)).await?;
        let payment = found.ok_or_else(|| Error::missing("payment", id))?;
        let gateway = self.gateway(&payment.gateway)?;
        self.point("poll-asked").await;
        let standing = gateway.poll(&asked(&payment)).await;
        self.point("poll-read").await;
        let standing = standing.map_err(|fault| Error::Outside(fault.to_string()))?;
        match standing {
            PaymentStanding::Captured { captures } => {
                for capture in captures {
                    self.book_capture(&payment, &capture).await?;
                }
            }
            PaymentStanding::Authorised { held } => self.take_authorised(&payment, held).await?,
            PaymentStanding::Failed { reason } => self.payment_failed(&payment, reason).await?,
            PaymentStanding::Pending | PaymentStanding::Absent => {}
        }
        let wanted = id.to_string();
        let found = self.db().read(move |tx| tx.lookup_payment(&wanted)).await?;
        found.ok_or_else(|| Error::missing("payment", id))
    }

    /// Takes money that a gateway only holds, where it is exactly what was asked for. Anything else
    /// goes back by itself, and what is not certain is polled again.
    async fn take_authorised(&self, payment: &Payment, held: Vec<Capture>) -> Result<()> {
        let gateway = self.gateway(&payment.gateway)?;
        let ours = |held: &&Capture| is_for(held, payment) && held.amount == payment.amount;
        if let Some(held) = held.iter().find(ours)
            && let Taken::Captured(capture) = gateway.capture(held).await
        {
            self.book_capture(payment, &capture).await?;
        }
        Ok(())
    }

    /// Books one movement that the gateway itself told of, bound to our own payment.
    async fn book_capture(&self, payment: &Payment, capture: &Capture) -> Result<()> {
        if !is_for(capture, payment) {
            let text = format!(
                "{} names payment {} where {} was asked for",
                payment.gateway, capture.payment, payment.id
            );
            tracing::error!("{text}");
            let subject = payment.order.to_string();
            self.db()
                .write(move |tx| tx.raise_alert_once("payment-mismatch", &subject, &text))
                .await?;
            return Ok(());
        }
        let (engine, payment, capture) = (self.clone(), payment.clone(), capture.clone());
        let attempt = AttemptId::mint(self.now(), &*self.parts.chance);
        let planned = attempt.clone();
        let claim = self.own_claim();
        let claimed = claim.is_some();
        let booked = self
            .db()
            .write(move |tx| {
                let order = engine.lock_with_package(tx, &payment.order)?;
                let incoming = Incoming {
                    gateway: &payment.gateway,
                    gateway_payment: &capture.gateway_payment,
                    payment: Some(&payment.id),
                    amount: capture.amount,
                    actor: "gateway",
                };
                let extras = Extras { claim: claim.clone(), ..Extras::default() };
                let booked = engine.book(tx, order, &incoming, (&attempt, extras))?;
                book_fee(tx, &payment, &capture)?;
                tx.end_payment(&payment.id, PaymentState::Captured, None)?;
                Ok::<_, Error>(booked)
            })
            .await?;
        if let Some(order) = booked {
            tracing::info!("{} paid {} by {}", order.account, order.number, payment_name(&order));
            self.start_planned(&order, &planned, claimed);
        }
        Ok(())
    }

    async fn payment_failed(&self, payment: &Payment, reason: String) -> Result<()> {
        let id = payment.id.clone();
        self.db().write(move |tx| tx.end_payment(&id, PaymentState::Failed, Some(&reason))).await?;
        Ok(())
    }

    /// Polls a payment: often for an hour, then more rarely; for 72 hours, or 48 once it is
    /// captured, and until its gateway has answered after them, or a person is told that it does
    /// not.
    pub(crate) async fn poll_payment(&self, job: &Job) -> Result<After> {
        let id = PaymentId::parse(&job.subject).map_err(|error| Error::Bug(error.to_string()))?;
        let asked = self.ask_gateway(&id).await;
        let wanted = job.subject.clone();
        let found = self
            .db()
            .read(move |tx| Ok::<_, Error>((tx.lookup_payment(&wanted)?, tx.now()?)))
            .await?;
        let (Some(payment), now) = found else {
            return self.finish_job(job).await;
        };
        let age = now.since(payment.created_at);
        let hours = |count: u64| Duration::from_secs(count * 3_600);
        // It may be paid a second time, and no news of that may come.
        let final_for_sure = payment.state == PaymentState::Captured && age > hours(48);
        // A gateway that did not answer has not said the last word.
        if asked.is_ok() && (final_for_sure || age > hours(72)) {
            return self.finish_job(job).await;
        }
        // News that came late gave it a job of its own, which has tries of its own.
        if let Err(error) = &asked
            && !matches!(error, Error::Unavailable(_))
            && age > SILENT_FOR
            && job.tries >= SILENT_TRIES
        {
            return self.leave_to_a_person(job, &payment, &error.to_string()).await;
        }
        let after = self.ask_again_after(age);
        let note = match asked {
            Ok(payment) => format!("the gateway says {}", payment.state.word()),
            Err(error) => error.to_string(),
        };
        Ok(After::PutOff { after, note })
    }

    /// How long a gateway is left alone about something so old: often for an hour, then rarely.
    pub(crate) fn ask_again_after(&self, age: Duration) -> Duration {
        let (often, hour) = (self.settings().payment_poll_every, Duration::from_secs(3_600));
        if age < hour { often } else { often.max(hour / 4) }
    }

    /// Asking on would be for ever: somebody has to look at the gateway's own pages.
    async fn leave_to_a_person(&self, job: &Job, payment: &Payment, why: &str) -> Result<After> {
        let (claim, subject) = (job.claim.clone(), payment.order.to_string());
        let text = format!(
            "{} does not say what became of {}, and is not asked any more: {why}",
            payment.gateway, payment.id
        );
        tracing::error!("{text}");
        self.db()
            .write(move |tx| {
                tx.raise_alert("payment-unanswered", &subject, &text)?;
                tx.finish_job(&claim)
            })
            .await?;
        Ok(After::Finished)
    }

    /// Ends a job that has nothing left to do.
    pub(crate) async fn finish_job(&self, job: &Job) -> Result<After> {
        let claim = job.claim.clone();
        self.db().write(move |tx| tx.finish_job(&claim)).await?;
        Ok(After::Finished)
    }

    /// A gateway that is on, whether buyers are offered it or not.
    pub(crate) fn gateway(&self, name: &str) -> Result<Arc<dyn Gateway>> {
        named(&self.parts.gateways, name)
    }

    /// A gateway that a buyer may choose.
    pub(crate) fn offered_gateway(&self, name: &str) -> Result<Arc<dyn Gateway>> {
        named(&self.offered(), name)
    }

    /// The gateways that a buyer may choose from, first choice first.
    pub(crate) fn offered(&self) -> Vec<Arc<dyn Gateway>> {
        let on = &self.parts.gateways;
        let Some(names) = &self.settings().gateways_offered else { return on.clone() };
        names.iter().filter_map(|name| named(on, name).ok()).collect()
    }
}

fn named(gateways: &[Arc<dyn Gateway>], name: &str) -> Result<Arc<dyn Gateway>> {
    let found = gateways.iter().find(|gateway| gateway.name() == name);
    found.cloned().ok_or_else(|| {
        Error::invalid("unknown-gateway", format!("{name:?} is not a way to pay here"))
    })
}

/// What a gateway keeps of what it took, as soon as it tells: some do so long after the payment.
fn book_fee(tx: &mut Tx<'_>, payment: &Payment, capture: &Capture) -> Result<()> {
    let Some(fee) = capture.fee.filter(|fee| fee.minor > 0) else { return Ok(()) };
    let cause = format!("fee:{}:{}", payment.gateway, capture.gateway_payment);
    if tx.is_booked(&cause)? {
        return Ok(());
    }
    let gateway = Account::Gateway(payment.gateway.clone());
    Ok(tx.post(Some(&payment.order), &Entry::moved(cause, gateway, Account::Fees, fee))?)
}

/// How a gateway is asked for a payment.
pub(crate) fn asked(payment: &Payment) -> Asked {
    Asked {
        payment: payment.id.to_string(),
        gateway_order: payment.gateway_order.clone(),
        created_at: payment.created_at,
    }
}

/// Whether a movement is bound to a payment of ours by all the ids that we know.
fn is_for(capture: &Capture, payment: &Payment) -> bool {
    capture.payment == payment.id.as_str()
        && payment.gateway_order.as_ref().is_none_or(|known| *known == capture.gateway_order)
}

fn payment_name(order: &Order) -> String {
    format!("{} for {}", order.sold.quote.total, order.sold.product_name)
}

/// What a bank calls a transfer, as a person typed it.
pub(crate) fn reference_of(text: &str) -> Result<String> {
    let reference = text.trim().to_owned();
    if reference.is_empty() || reference.len() > REFERENCE_MAX {
        return Err(Error::invalid(
            "invalid-reference",
            format!("reference must be 1 to {REFERENCE_MAX} characters: the bank's number"),
        ));
    }
    Ok(reference)
}

fn check_receipt(order: &Order, receipt: &Receipt) -> Result<()> {
    let due = order.sold.quote.total;
    if receipt.amount.currency != due.currency {
        return Err(Error::invalid(
            "wrong-currency",
            format!(
                "{} is due in {}, not in {}",
                order.number, due.currency, receipt.amount.currency
            ),
        ));
    }
    if receipt.amount.minor < due.minor {
        return Err(Error::invalid(
            "too-little",
            format!("{} is due for {}; {} is less", due, order.number, receipt.amount),
        ));
    }
    Ok(())
}

/// Reads an amount that a program sent.
pub fn read_amount(minor: i64, currency: &str) -> Result<Money> {
    let currency = Currency::parse(currency)
        .map_err(|error| Error::invalid("wrong-currency", error.to_string()))?;
    if minor <= 0 {
        return Err(Error::invalid("invalid-amount", "amount must be a whole number above zero"));
    }
    Ok(Money::new(minor, currency))
}
