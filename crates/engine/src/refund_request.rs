//! A customer asks for their money back, with a reason. Nothing moves by it: a person gives money
//! back by a remedy, which answers it, or says here in words for the customer why not.

use domain::clock::Timestamp;
use domain::id::OrderId;
use domain::order::refund_request::{Asking, State, may_ask};
use domain::order::step::Why;
use domain::order::{Event, step};
use store::alert::REFUND_ASKED;
use store::attention::Attention;
use store::db::Tx;
use store::history::Moment;
use store::mail::OrderFacts;
use store::order::{Cause, Extras, Order};

use crate::classify::by_person;
use crate::mail::told::REFUND_DECLINED;
use crate::read::OrderView;
use crate::read::order::view_for_customer;
use crate::read::timeline::reason_in;
use crate::{Engine, Error, Result, wording};

/// A mail quotes it, and a page shows it.
const PUBLIC_MAX: usize = 1_000;

/// What a customer asked for last, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundRequest {
    pub asked_at: Timestamp,
    pub state: State,
    pub answered_at: Option<Timestamp>,
    /// Why not, in words meant for them.
    pub public: Option<String>,
}

impl RefundRequest {
    /// Reads it from what happened to an order, oldest first.
    pub(crate) fn of(moments: &[Moment]) -> Option<RefundRequest> {
        let mut found: Option<RefundRequest> = None;
        for moment in moments {
            let before = found.as_ref().map(|request| request.state);
            let after = State::after(before, &moment.kind).filter(|after| before != Some(*after));
            found = match (after, found) {
                (None, found) => found,
                (Some(state), Some(asked)) if state != State::Open => Some(RefundRequest {
                    state,
                    answered_at: Some(moment.at),
                    public: reason_in(&moment.data).filter(|_| state == State::Declined),
                    ..asked
                }),
                (Some(state), _) => {
                    let (asked_at, answered_at, public) = (moment.at, None, None);
                    Some(RefundRequest { asked_at, state, answered_at, public })
                }
            };
        }
        found
    }

    pub fn is_open(&self) -> bool {
        self.state == State::Open
    }
}

/// Whether the order's customer may ask now; if not, what stands in the way.
pub(crate) fn may_be_asked(
    order: &Order,
    view: &OrderView,
    waits: &[Attention],
) -> Result<(), &'static str> {
    let owed = [Why::Owed, Why::RefundCameBack];
    let facts = Asking {
        payment: view.seen.payment,
        cost_money: !view.amount.is_zero(),
        is_asked: view.refund_request.as_ref().is_some_and(RefundRequest::is_open),
        is_listed: !waits.is_empty(),
        may_choose: view.offered,
        is_owed: waits.iter().any(|row| owed.iter().any(|why| why.word() == row.why)),
    };
    may_ask(&order.standing.stage, facts)
}

impl Engine {
    /// Asks for the money of an order, once: whoever asks again has asked already.
    pub async fn want_refund(&self, id: &OrderId, reason: &str, customer: &str) -> Result<()> {
        // It may be typed on several lines, and is told on one.
        let typed: Vec<&str> = reason.split_whitespace().collect();
        let reason = wording::reason(&typed.join(" "))?;
        let (id, customer) = (id.clone(), customer.to_owned());
        self.db()
            .write(move |tx| {
                let mut order = tx.lock_order(&id)?;
                let view = view_for_customer(tx, &order)?;
                if view.refund_request.as_ref().is_some_and(RefundRequest::is_open) {
                    return Ok(());
                }
                let waits = tx.attention_of(&id)?;
                may_be_asked(&order, &view, &waits)
                    .map_err(|why| Error::refused("not-now", why))?;
                // The reason stays where closing the account takes it away: events never change.
                let key = format!("refund-wanted:{}", order.version);
                let cause = Cause { key, actor: customer.clone(), data: "{}".into() };
                let next = step(&order.standing, &Event::RefundWanted)?;
                let moves = [(Event::RefundWanted, next)];
                tx.record(&mut order, &moves, &cause, &Extras::default())?;
                let told = format!("{}: {reason}", order.number);
                tx.raise_alert(REFUND_ASKED, id.as_str(), &told)?;
                tx.audit(&customer, "ask-for-refund", order.account.as_str(), &told)?;
                Ok(())
            })
            .await
    }

    /// Tells the customer why no money goes back. `version` is of the order as it was looked at.
    pub async fn decline_refund(
        &self,
        id: &OrderId,
        (public, version): (&str, Option<i64>),
        actor: &str,
    ) -> Result<()> {
        let public = wording::line(public, "what the customer reads", PUBLIC_MAX)?;
        let (id, actor) = (id.clone(), actor.to_owned());
        self.db()
            .write(move |tx| {
                let mut order = tx.lock_order(&id)?;
                let request = RefundRequest::of(&tx.moments_of(std::slice::from_ref(&id))?);
                match request {
                    None => return Err(Error::missing("refund request", order.number)),
                    Some(request) if !request.is_open() => {
                        let text = "somebody has answered this request already; look again";
                        return Err(Error::refused("request-answered", text));
                    }
                    Some(_) => {}
                }
                if version.is_some_and(|version| version != order.version) {
                    let text = format!("the order is at version {} by now", order.version);
                    return Err(Error::refused("stale-version", text));
                }
                let cause =
                    by_person(format!("refund-declined:{}", order.version), &actor, &public);
                let next = step(&order.standing, &Event::RefundDeclined)?;
                let moves = [(Event::RefundDeclined, next)];
                tx.record(&mut order, &moves, &cause, &Extras::default())?;
                tx.resolve_alert(REFUND_ASKED, id.as_str())?;
                tell_declined(tx, &order, &public)?;
                Ok(tx.audit(&actor, "decline-refund", id.as_str(), &public)?)
            })
            .await
    }
}

/// Whether an open request is answered by what was just decided; then nobody need see it any more.
pub(crate) fn is_answered(tx: &mut Tx<'_>, order: &OrderId) -> Result<bool> {
    if tx.open_alert(REFUND_ASKED, order.as_str())?.is_none() {
        return Ok(false);
    }
    let request = RefundRequest::of(&tx.moments_of(std::slice::from_ref(order))?);
    let answered = request.is_none_or(|request| !request.is_open());
    if answered {
        tx.resolve_alert(REFUND_ASKED, order.as_str())?;
    }
    Ok(answered)
}

fn tell_declined(tx: &mut Tx<'_>, order: &Order, public: &str) -> Result<()> {
    let mut facts = OrderFacts::of(order);
    if let Some(amendment) = tx.latest_amendment(order)? {
        facts = facts.with_terms(amendment.product_name, &amendment.terms);
    }
    facts.problem = Some(public.to_owned());
    let cause = format!("{}/{}/{REFUND_DECLINED}", order.id, order.version);
    Ok(tx.tell_customer(order, REFUND_DECLINED, &cause, &facts)?)
}
