//! Deciding that money goes back: it moves to owed, each movement of it is planned, and where all
//! goes back whatever was bought becomes ours. Sending it is `refund.rs`.

use domain::id::{OrderId, RefundId};
use domain::ledger::{Account, Entry, Posting, apart};
use domain::money::Money;
use domain::order::{Event, Remedy, Stage, step};
use domain::refund::{self, State, split};
use store::db::Tx;
use store::job::{Kind, NewJob};
use store::order::{Cause, Extras};
use store::refund::{NewRefund, Refund, Returnable, Word};

use super::Bench;
use crate::pay::WALLET;
use crate::{Engine, Error, Result};

/// What an order was paid with, by where it stands, in minor units.
pub(super) struct Held {
    prepaid: i64,
    revenue: i64,
    pub(super) tax: i64,
    rounding: i64,
}

impl Held {
    pub(super) fn whole(&self) -> i64 {
        self.prepaid + self.revenue + self.tax + self.rounding
    }
}

impl Bench<'_> {
    /// The remedy `refund`: of all that was paid; or of an amount, or of what is owed, and then
    /// the order stays where it stands.
    pub(super) fn refund(&mut self, tx: &mut Tx<'_>) -> Result<()> {
        if let Some(amount) = self.wish.amount {
            return self.refund_part(tx, amount);
        }
        match &self.order.standing.stage {
            Stage::Unpaid
            | Stage::Closed(_)
            | Stage::RefundPending
            | Stage::Refunded
            | Stage::Terminated => {
                self.record(tx, Event::RefundPlanned, &Extras::default())?;
                self.send_what_is_owed(tx)
            }
            _ => self.refund_all(tx, Event::RefundAsked),
        }
    }

    /// The remedy `credit`: of an amount; or of all that is owed and that nobody is sending.
    pub(super) fn credit(&mut self, tx: &mut Tx<'_>) -> Result<()> {
        if let Some(amount) = self.wish.amount {
            return self.refund_part(tx, amount);
        }
        if self.order.standing.stage == Stage::Unrevived {
            return self.refund_all(tx, Event::RefundAsked);
        }
        let mut by_hand = tx.refunds(&self.order.id)?;
        by_hand.retain(|refund| refund.state == State::ByHand);
        let unsent = tx.owed_and_unsent(&self.order.id)?;
        if by_hand.is_empty() && unsent.is_empty() {
            let text = "say how much of what was paid becomes credit";
            return Err(Error::invalid("invalid-amount", text));
        }
        self.record(tx, Event::RefundPlanned, &Extras::default())?;
        for refund in by_hand {
            if tx.is_disputed(&refund.gateway, &refund.gateway_payment)? {
                let text = "the payer's bank has opened a dispute; it comes first";
                return Err(Error::refused("not-now", text));
            }
            self.put_in_wallet(tx, &refund)?;
        }
        unsent.into_iter().try_for_each(|owed| self.send(tx, owed))
    }

    /// All money back, by the staff's decision or as a cancellation.
    pub(super) fn refund_all(&mut self, tx: &mut Tx<'_>, event: Event) -> Result<()> {
        let unpaid = matches!(self.order.standing.stage, Stage::Unpaid);
        let taken: Vec<_> = [
            self.order.standing.stage.awaited_server().cloned(),
            self.order.standing.replaces.clone(),
            match &self.order.standing.stage {
                Stage::Delivered(id) => Some(id.clone()),
                _ => None,
            },
        ]
        .into_iter()
        .flatten()
        .collect();
        let parked = matches!(self.order.standing.stage, Stage::Unheard(_));
        if unpaid {
            self.engine.hold(tx, &self.order, 0)?;
        }
        self.record(tx, event, &Extras { error: Some(None), ..Extras::default() })?;
        if unpaid {
            self.say("cancelled; nothing was paid");
            return Ok(());
        }
        for id in taken {
            self.stray_now(tx, &id, "the order was refunded")?;
        }
        if parked {
            self.say("the unheard purchase is parked: if it bought, the server is ours");
        }
        if self.order.sold.quote.total.is_zero() {
            self.say("nothing was paid, so nothing goes back");
            return self.nothing_goes_back(tx);
        }
        let held = self.held(tx)?;
        self.owe(tx, held.whole())?;
        self.send_what_is_owed(tx)
    }

    /// What cost nothing is given back as soon as that is decided.
    fn nothing_goes_back(&mut self, tx: &mut Tx<'_>) -> Result<()> {
        let done = Event::RefundDone { settled: true };
        let next = step(&self.order.standing, &done)?;
        let key = format!("{}:nothing", self.cause.key);
        let currency = self.order.sold.quote.total.currency.code();
        let data = serde_json::json!({ "amount": 0, "currency": currency }).to_string();
        let cause = Cause { key, data, ..self.cause.clone() };
        Ok(tx.record(&mut self.order, &[(done, next)], &cause, &Extras::default())?)
    }

    /// All money back, and the customer keeps the server for a while. What it costs us is ours.
    pub(super) fn refund_and_keep(&mut self, tx: &mut Tx<'_>) -> Result<()> {
        self.free_time(tx)?;
        self.record(tx, Event::RefundPlanned, &Extras::default())?;
        let held = self.held(tx)?;
        self.owe(tx, held.whole())?;
        self.send_what_is_owed(tx)
    }

    /// What is owed already goes first; the rest comes out of what the order was paid with.
    fn refund_part(&mut self, tx: &mut Tx<'_>, amount: Money) -> Result<()> {
        let unsent = tx.owed_and_unsent(&self.order.id)?;
        let unsent = unsent.iter().find(|owed| owed.currency == amount.currency);
        let owed = unsent.map_or(0, |owed| owed.minor);
        let rest = (amount.minor - owed).max(0);
        let held = self.held(tx)?.whole();
        let in_its_currency = amount.currency == self.order.sold.quote.total.currency;
        if rest > 0 && (!in_its_currency || rest >= held) {
            let most = match in_its_currency {
                true => owed + (held - 1).max(0),
                false => owed,
            };
            let most = Money::new(most, amount.currency);
            return Err(Error::invalid(
                "invalid-amount",
                format!("at most {most} can go back as a part; leave the amount out for all of it"),
            ));
        }
        self.record(tx, Event::RefundPlanned, &Extras::default())?;
        self.owe(tx, rest)?;
        self.send(tx, amount)
    }

    /// What the order's money is held as.
    pub(super) fn held(&self, tx: &mut Tx<'_>) -> Result<Held> {
        let id = &self.order.id;
        let mut on = |accounts: &str| Ok::<_, Error>(-tx.balance_of_order(id, accounts)?);
        Ok(Held {
            prepaid: on("prepaid:")?,
            revenue: on("revenue")?,
            tax: on("tax:")?,
            rounding: on("rounding")?,
        })
    }

    /// Moves so much to what is owed: its share of the tax, and the rest from prepaid or revenue,
    /// whichever holds it.
    pub(super) fn owe(&mut self, tx: &mut Tx<'_>, minor: i64) -> Result<()> {
        let (order, quote) = (&self.order, &self.order.sold.quote);
        let held = self.held(tx)?;
        // As much as was owed before has taken its own share.
        let (tax, rounding) = quote.returned(quote.total.minor - held.whole() + minor);
        let tax = tax - (quote.taxes.minor - held.tax);
        let rounding = rounding - (quote.rounding.minor - held.rounding);
        let net = minor - tax - rounding;
        let from_prepaid = net.min(held.prepaid);
        let mut postings = vec![
            Posting { account: Account::Prepaid(order.id.clone()), minor: from_prepaid },
            Posting { account: Account::Revenue, minor: net - from_prepaid },
        ];
        postings.extend(apart(quote, (tax, rounding)));
        let owed = Account::Owed(order.account.clone());
        postings.push(Posting { account: owed, minor: -minor });
        // Keys and versions are alike among orders; money is booked once for each of them.
        let cause = format!("refund:{}:{}", order.id, self.cause.key);
        let entry = Entry::new(cause, quote.total.currency, postings)?;
        Ok(tx.post(Some(&order.id), &entry)?)
    }

    fn send_what_is_owed(&mut self, tx: &mut Tx<'_>) -> Result<()> {
        let unsent = tx.owed_and_unsent(&self.order.id)?;
        if unsent.is_empty() {
            return Err(Error::refused(
                "nothing-to-refund",
                "nothing that was paid is left to give back",
            ));
        }
        unsent.into_iter().try_for_each(|owed| self.send(tx, owed))
    }

    /// Plans the way back of an amount that is owed: what came in last goes back first.
    pub(super) fn send(&mut self, tx: &mut Tx<'_>, amount: Money) -> Result<()> {
        let captures = tx.returnable(&self.order.id, amount.currency)?;
        let left: Vec<i64> = captures.iter().map(|capture| capture.left.minor).collect();
        let parts = split(amount.minor, &left).ok_or_else(|| {
            Error::refused(
                "not-now",
                format!("{amount} is more than is left of what came in for this order"),
            )
        })?;
        for (capture, minor) in captures.iter().zip(parts).filter(|(_, minor)| *minor > 0) {
            self.plan(tx, capture, Money::new(minor, amount.currency))?;
        }
        // What is in their wallet is theirs already.
        if tx.balance_of_order(&self.order.id, "owed:")? == 0 {
            return Ok(());
        }
        let text = format!("{amount} of {} is owed to the customer", self.order.number);
        Ok(tx.raise_alert("money-owed", self.order.id.as_str(), &text)?)
    }

    fn plan(&mut self, tx: &mut Tx<'_>, capture: &Returnable, amount: Money) -> Result<()> {
        if capture.gateway == WALLET || self.wish.kind == Remedy::Credit {
            let refund = self.engine.plan_credit(tx, &self.order, (capture, amount))?;
            return self.put_in_wallet(tx, &refund);
        }
        // An id of a transaction that was undone is used nowhere.
        let id = RefundId::mint(self.engine.now(), &*self.engine.parts.chance);
        let by_gateway = self.engine.gives_back(&capture.gateway);
        let state = if by_gateway { State::Planned } else { State::ByHand };
        let note = format!("Refund of {}", self.order.number);
        let order = &self.order.id;
        tx.insert_refund(&NewRefund { id: &id, order, capture, amount, state, note: &note })?;
        let gateway = &capture.gateway;
        if by_gateway {
            let (lane, run_at) = (format!("refund:{gateway}"), tx.now()?);
            let job = NewJob { kind: Kind::Refund, subject: id.as_str(), lane: &lane, run_at };
            tx.put_job(&job, None)?;
            self.say(format!("{amount} goes back by {gateway}"));
        } else {
            self.say(format!(
                "{amount} came by {gateway}, which cannot give it back: pay it by hand and enter \
                 the reference"
            ));
        }
        Ok(())
    }

    /// What is owed is the customer's at once, where they can pay with it.
    fn put_in_wallet(&mut self, tx: &mut Tx<'_>, refund: &Refund) -> Result<()> {
        let credited = (refund::Event::Credited, &Word::default());
        let order = self.order.clone();
        self.order = self.engine.money_is_back(tx, order, refund, credited, self.actor)?;
        self.say(format!("{} is in the customer's wallet", refund.amount));
        Ok(())
    }
}

/// What is owed for an order and on no gateway's way.
pub(crate) fn creditable(tx: &mut Tx<'_>, order: &OrderId) -> Result<Vec<Money>> {
    let mut all = tx.owed_and_unsent(order)?;
    let refunds = tx.refunds(order)?;
    all.extend(refunds.iter().filter(|one| one.state == State::ByHand).map(|one| one.amount));
    Ok(all)
}

impl Engine {
    /// Whether money that came by it goes back without a person.
    fn gives_back(&self, gateway: &str) -> bool {
        self.gateway(gateway).is_ok_and(|gateway| gateway.abilities().refunds)
    }
}
