//! Money goes back by the gateway that it came by: asked for under one id, however often, and
//! believed only from the gateway's own word. What staff pay by hand is entered here too.
//! Not for deciding that money goes back: that is `remedy/money.rs`.

use std::sync::Arc;
use std::time::Duration;

use domain::id::{OrderId, RefundId};
use domain::ledger::{Account, Entry};
use domain::order::{Event, step};
use domain::refund::{self, State};
use payment::{Gateway, RefundStanding, Refunded};
use store::db::Tx;
use store::job::Job;
use store::order::{Cause, Extras, Order};
use store::refund::{Refund, Word};

use crate::pay::reference_of;
use crate::switches::latched;
use crate::wallet::put_in;
use crate::worker::After;
use crate::{Engine, Error, Result};

/// So often a gateway may refuse before staff are asked.
const REFUSALS_MAX: i64 = 3;
const REFUSED_PAUSE: Duration = Duration::from_secs(60);
const LATCHED_PAUSE: Duration = Duration::from_secs(30);
/// A process that stood still for longer, after it was allowed to ask, does not ask.
const ASKS_WITHIN: Duration = Duration::from_secs(5);
/// So long a request that nobody answered may still arrive.
const LANDS_WITHIN: Duration = Duration::from_secs(10 * 60);

impl Engine {
    /// Brings one refund on its way: first the gateway is asked how it stands, and only where it
    /// does not know it, to pay.
    pub(crate) async fn give_back(&self, job: &Job) -> Result<After> {
        let id = RefundId::parse(&job.subject).map_err(|error| Error::Bug(error.to_string()))?;
        let found = self.db().read(move |tx| tx.lookup_refund(&id)).await?;
        let watched = |refund: &Refund| {
            let is_asked = refund.state.is_open() && refund.state != State::ByHand;
            (is_asked || refund.state == State::Done) && !refund.to_wallet
        };
        let Some(refund) = found.filter(watched) else { return self.finish_job(job).await };
        let Ok(gateway) = self.gateway(&refund.gateway) else {
            let text = format!("{} is off, and {} was to go back by it", refund.gateway, refund.id);
            return Err(Error::Outside(text));
        };
        self.point("refund-looked-up").await;
        let standing = gateway.refund_standing(&asked(&refund)).await;
        self.point("refund-told").await;
        match standing.map_err(|fault| Error::Outside(fault.to_string()))? {
            RefundStanding::Absent if refund.state == State::Done => self.finish_job(job).await,
            RefundStanding::Absent if refund.state == State::Pending => {
                let text = format!("{} does not know {} any more", refund.gateway, refund.id);
                Err(Error::Outside(text))
            }
            RefundStanding::Absent => self.ask_for_refund(job, refund, gateway).await,
            standing => self.refund_stands(job, &refund, standing, None).await,
        }
    }

    /// The one place where a gateway is asked to pay back.
    async fn ask_for_refund(
        &self,
        job: &Job,
        refund: Refund,
        gateway: Arc<dyn Gateway>,
    ) -> Result<After> {
        let began = self.parts.boot.since_boot();
        if let Some(wait) = self.allow_refund(job, &refund).await? {
            return Ok(wait);
        }
        let refund = Refund { state: State::Requested, ..refund };
        self.point("refund-leaves").await;
        if self.parts.boot.since_boot().saturating_sub(began) > ASKS_WITHIN {
            return Ok(put_off(Duration::ZERO, "this process stood still before it could ask"));
        }
        let told = gateway.refund(&asked(&refund)).await;
        self.point("refund-answered").await;
        match told {
            Refunded::Taken { gateway_refund, standing } => {
                self.refund_stands(job, &refund, standing, Some(&gateway_refund)).await
            }
            Refunded::Refused { reason } => self.refund_refused(job, &refund, reason).await,
            Refunded::Unknown { reason } => {
                tracing::warn!("{} may have {}: {reason}", refund.gateway, refund.id);
                Ok(put_off(Duration::from_secs(2), &reason))
            }
        }
    }

    /// Commits the right to ask before anything leaves, or tells why it must wait.
    async fn allow_refund(&self, job: &Job, refund: &Refund) -> Result<Option<After>> {
        let (engine, claim, refund) = (self.clone(), job.claim.clone(), refund.clone());
        self.db()
            .write(move |tx| {
                if engine.hub().is_stopping() {
                    return Ok(Some(put_off(LATCHED_PAUSE, "this node is stopping")));
                }
                if let Some(why) = latched(tx)? {
                    let why = format!("refunds are latched: {why}");
                    return Ok(Some(put_off(LATCHED_PAUSE, &why)));
                }
                tx.lock_order(&refund.order)?;
                if tx.is_disputed(&refund.gateway, &refund.gateway_payment)? {
                    let why = "the payer's bank has opened a dispute; it comes first";
                    return Ok(Some(put_off(LANDS_WITHIN, why)));
                }
                tx.request_refund(&refund, LANDS_WITHIN)?;
                tx.fence(&claim, engine.settings().claim_for)?;
                Ok::<_, Error>(None)
            })
            .await
    }

    /// A certain refusal. Whether it is the last word depends on the requests before it: one that
    /// nobody answered may still arrive, and then money goes back.
    async fn refund_refused(&self, job: &Job, refund: &Refund, reason: String) -> Result<After> {
        let (id, why) = (refund.id.clone(), reason.clone());
        let (refusals, requests) = self.db().write(move |tx| tx.count_refusal(&id, &why)).await?;
        if requests > refusals {
            return Ok(put_off(LANDS_WITHIN, &format!("{reason}; an earlier request is in doubt")));
        }
        if refusals < REFUSALS_MAX {
            return Ok(put_off(REFUSED_PAUSE, &reason));
        }
        self.refund_stands(job, refund, RefundStanding::Failed { reason }, None).await
    }

    /// Writes down how a refund stands at its gateway.
    async fn refund_stands(
        &self,
        job: &Job,
        refund: &Refund,
        standing: RefundStanding,
        gateway_refund: Option<&str>,
    ) -> Result<After> {
        let (engine, claim, refund) = (self.clone(), job.claim.clone(), refund.clone());
        let theirs = gateway_refund.map(str::to_owned);
        self.db()
            .write(move |tx| {
                let order = tx.lock_order(&refund.order)?;
                let word = Word { gateway_refund: theirs.as_deref(), ..Word::default() };
                match &standing {
                    RefundStanding::Done if refund.state != State::Done => {
                        let event = refund::Event::Done;
                        engine.money_is_back(tx, order, &refund, (event, &word), "gateway")?;
                    }
                    RefundStanding::Failed { reason } => {
                        engine.money_came_back(tx, order, &refund, reason)?;
                    }
                    RefundStanding::Pending | RefundStanding::Absent
                        if refund.state != State::Done =>
                    {
                        if standing == RefundStanding::Pending && refund.state != State::Pending {
                            tx.move_refund(&refund, refund::Event::Taken, &word)?;
                        }
                        let age = tx.now()?.since(refund.planned_at);
                        let note = format!("{} has it under way", refund.gateway);
                        return Ok(put_off(engine.ask_again_after(age), &note));
                    }
                    _ => {}
                }
                tx.finish_job(&claim)?;
                Ok::<_, Error>(After::Finished)
            })
            .await
    }

    /// The customer has the money: it is not owed any more, and the order ends when nothing is.
    pub(crate) fn money_is_back(
        &self,
        tx: &mut Tx<'_>,
        mut order: Order,
        refund: &Refund,
        (event, word): (refund::Event, &Word<'_>),
        actor: &str,
    ) -> Result<Order> {
        tx.move_refund(refund, event, word)?;
        let cause = format!("returned:{}", refund.id);
        let owed = Account::Owed(order.account.clone());
        let from = match event {
            refund::Event::PaidByHand => Account::Bank,
            _ => Account::Gateway(refund.gateway.clone()),
        };
        match event {
            refund::Event::Credited => put_in(tx, &order, refund)?,
            _ => tx.post(Some(&order.id), &Entry::moved(&cause, from, owed, refund.amount))?,
        }
        let settled = tx.balance_of_order(&order.id, "owed:")? == 0;
        let refund = &Refund { to_wallet: event == refund::Event::Credited, ..refund.clone() };
        move_order(tx, &mut order, Event::RefundDone { settled }, refund, (cause, actor))?;
        if settled {
            tx.resolve_alert("money-owed", order.id.as_str())?;
            tx.resolve_alert("refund-came-back", order.id.as_str())?;
        }
        tracing::info!(order = %order.id, "{} of {} is back", refund.amount, order.number);
        Ok(order)
    }

    /// Nothing went back, or what did has returned: it is owed, and staff see to it.
    fn money_came_back(
        &self,
        tx: &mut Tx<'_>,
        mut order: Order,
        refund: &Refund,
        reason: &str,
    ) -> Result<()> {
        let word = Word { reason: Some(reason), ..Word::default() };
        tx.move_refund(refund, refund::Event::Failed, &word)?;
        let cause = format!("came-back:{}", refund.id);
        if refund.state == State::Done {
            let into = Account::Gateway(refund.gateway.clone());
            let owed = Account::Owed(order.account.clone());
            tx.post(Some(&order.id), &Entry::moved(&cause, owed, into, refund.amount))?;
        }
        move_order(tx, &mut order, Event::RefundCameBack, refund, (cause, "gateway"))?;
        let text = format!(
            "{} of {} did not go back by {}: {reason}. Refund it again, or pay it by hand and \
             enter the reference at {}",
            refund.amount, order.number, refund.gateway, refund.id
        );
        tracing::warn!(order = %order.id, "{text}");
        Ok(tx.raise_alert("refund-came-back", order.id.as_str(), &text)?)
    }

    /// Staff have paid a refund themselves: where no gateway can, or where it has failed.
    pub async fn refund_paid_by_hand(
        &self,
        id: &RefundId,
        reference: &str,
        actor: &str,
    ) -> Result<OrderId> {
        let reference = reference_of(reference)?;
        let (engine, id, actor) = (self.clone(), id.clone(), actor.to_owned());
        self.db()
            .write(move |tx| {
                let seen = tx.lookup_refund(&id)?.ok_or_else(|| Error::missing("refund", &id))?;
                let order = tx.lock_order(&seen.order)?;
                let refund = tx.lookup_refund(&id)?.ok_or_else(|| Error::missing("refund", &id))?;
                if refund.reference.as_ref() == Some(&reference) {
                    return Ok(order.id);
                }
                may_be_paid_by_hand(tx, &refund)?;
                if tx.is_reference_used(&reference)? {
                    let text = format!("reference {reference:?} was entered before");
                    return Err(Error::refused("reference-used", text));
                }
                let word = Word { reference: Some(&reference), ..Word::default() };
                let event = refund::Event::PaidByHand;
                let order = engine.money_is_back(tx, order, &refund, (event, &word), &actor)?;
                tx.audit(&actor, "refund-paid-by-hand", order.id.as_str(), &reference)?;
                Ok::<_, Error>(order.id)
            })
            .await
    }
}

fn may_be_paid_by_hand(tx: &mut Tx<'_>, refund: &Refund) -> Result<()> {
    let refused = |text: String| Err(Error::refused("not-now", text));
    if refund::after(refund.state, refund::Event::PaidByHand).is_err() {
        return refused(format!("this refund is {}: it is not to be paid by hand", refund.state));
    }
    if tx.is_disputed(&refund.gateway, &refund.gateway_payment)? {
        return refused("the payer's bank has opened a dispute; it comes first".to_owned());
    }
    // What has failed may have been planned anew meanwhile.
    let unsent = tx.owed_and_unsent(&refund.order)?;
    let covers = |owed: &domain::money::Money| {
        owed.currency == refund.amount.currency && owed.minor >= refund.amount.minor
    };
    if refund.state == State::Failed && !unsent.iter().any(covers) {
        return refused("another refund of this money is on its way".to_owned());
    }
    Ok(())
}

fn move_order(
    tx: &mut Tx<'_>,
    order: &mut Order,
    event: Event,
    refund: &Refund,
    (key, actor): (String, &str),
) -> Result<()> {
    let next = step(&order.standing, &event)?;
    let data = serde_json::json!({
        "refund": refund.id.as_str(),
        "amount": refund.amount.minor,
        "currency": refund.amount.currency.code(),
        "toWallet": refund.to_wallet,
    });
    let cause = Cause { key, actor: actor.to_owned(), data: data.to_string() };
    Ok(tx.record(order, &[(event, next)], &cause, &Extras::default())?)
}

/// How a gateway is asked for a refund.
fn asked(refund: &Refund) -> payment::Refund {
    payment::Refund {
        refund: refund.id.to_string(),
        payment: refund.payment.clone().unwrap_or_default(),
        gateway_payment: refund.gateway_payment.clone(),
        amount: refund.amount,
        note: refund.note.clone(),
    }
}

fn put_off(after: Duration, note: &str) -> After {
    After::PutOff { after, note: note.to_owned() }
}
