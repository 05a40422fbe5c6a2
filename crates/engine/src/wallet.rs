//! Wallets: what customers keep with us, and how it pays for orders. What a wallet begins to pay
//! is taken at once and set aside, owed to its owner; what is not needed goes back by itself.
//! How money comes in is `wallet/top_up.rs`, and what staff give is `wallet/gift.rs`.

pub mod gift;
pub mod top_up;

use std::time::Duration;

use domain::id::{AccountId, AttemptId, DrawId, NodeId, RefundId};
use domain::ledger::{Account, Entry};
use domain::money::Money;
use domain::order::Stage;
use domain::refund::{Event, State, split};
use domain::share::spread;
use domain::wallet;
use store::db::Tx;
use store::order::Order;
use store::payment::NewCapture;
use store::refund::{NewRefund, Refund, Returnable, Word};
use store::wallet::{Kind, Move};

pub use store::wallet::{Kind as EntryKind, WalletEntry};

use crate::pay::{Incoming, Part, WALLET};
use crate::read::Page;
use crate::{Engine, Error, Result};

impl Engine {
    /// What a customer keeps with us; of the shop's own currency also where that is nothing.
    pub async fn wallet(&self, account: &AccountId) -> Result<Vec<Money>> {
        let (account, currency) = (account.clone(), self.settings().currency);
        let mut found = self.db().read(move |tx| tx.wallet_balances(&account)).await?;
        if !found.iter().any(|balance| balance.currency == currency) {
            found.insert(0, Money::zero(currency));
        }
        Ok(found)
    }

    /// Whose wallet it is: by which address we know them.
    pub async fn wallet_owner(&self, account: &AccountId) -> Result<String> {
        let wanted = account.clone();
        Ok(self.db().read(move |tx| tx.account(&wanted)).await?.email)
    }

    /// A page of a wallet's statement, newest first.
    pub async fn wallet_entries(
        &self,
        account: &AccountId,
        after: Option<&str>,
        limit: Option<i64>,
    ) -> Result<Page<WalletEntry>> {
        let (before, limit) = (crate::read::number(after)?, crate::read::page_length(limit));
        let account = account.clone();
        let found =
            self.db().read(move |tx| tx.wallet_entries(&account, before, limit + 1)).await?;
        Ok(Page::of(found, limit, |entry| entry.id.to_string()))
    }

    /// Pays what is unpaid of some orders with at most so much of their customer's wallet: wholly,
    /// or the part that a gateway need not, each order its share of it.
    pub(crate) fn pay_from_wallet(
        &self,
        tx: &mut Tx<'_>,
        orders: &mut [(Order, AttemptId)],
        most: Money,
        claim: Option<&(NodeId, Duration)>,
    ) -> Result<()> {
        let unpaid: Vec<_> =
            orders.iter_mut().filter(|(order, _)| order.paid_at.is_none()).collect();
        let mut totals = Vec::with_capacity(unpaid.len());
        for (order, _) in &unpaid {
            let total = order.sold.quote.total;
            if most.currency != total.currency {
                let text = format!("{} costs {total}; the wallet pays in that", order.number);
                return Err(Error::invalid("wrong-currency", text));
            }
            totals.push(total.minor);
        }
        let total = Money::new(totals.iter().sum(), most.currency);
        let part = wallet::part(total, most);
        if part.minor == total.minor {
            for (order, attempt) in unpaid {
                *order = self.draw(tx, order.clone(), attempt, claim)?;
            }
            return Ok(());
        }
        let mut changes = Vec::with_capacity(unpaid.len());
        for ((order, _), minor) in unpaid.iter().zip(spread(part.minor, &totals)) {
            changes.push((minor - held(tx, order)?, order));
        }
        // What goes back comes first: it may be what the others take.
        changes.sort_by_key(|(more, _)| *more);
        for (more, order) in changes {
            if !self.change_held(tx, order, more)? {
                return Err(too_low(part));
            }
        }
        Ok(())
    }

    /// Pays what is left of an order out of its customer's wallet.
    fn draw(
        &self,
        tx: &mut Tx<'_>,
        order: Order,
        attempt: &AttemptId,
        claim: Option<&(NodeId, Duration)>,
    ) -> Result<Order> {
        let total = order.sold.quote.total;
        let amount = Money::new(total.minor - held(tx, &order)?, total.currency);
        let id = DrawId::mint(self.now(), &*self.parts.chance);
        let actor = order.account.to_string();
        let incoming = Incoming {
            gateway: WALLET,
            gateway_payment: id.as_str(),
            payment: None,
            actor: &actor,
            claim: claim.cloned(),
        };
        let part = Part { order, amount, asked: None, attempt: attempt.clone() };
        let paid = self.book(tx, &incoming, vec![part])?.and_then(|mut orders| orders.pop());
        paid.ok_or_else(|| Error::Bug(format!("{id} was drawn before")))
    }

    /// Brings what the wallet holds for an unpaid order to exactly so much; false, and nothing is
    /// written, where the wallet has not got it.
    pub(crate) fn hold(&self, tx: &mut Tx<'_>, order: &Order, minor: i64) -> Result<bool> {
        let more = minor - held(tx, order)?;
        self.change_held(tx, order, more)
    }

    fn change_held(&self, tx: &mut Tx<'_>, order: &Order, more: i64) -> Result<bool> {
        match more {
            0 => Ok(true),
            1.. => self.hold_more(tx, order, more),
            _ => self.let_go(tx, order, -more).map(|()| true),
        }
    }

    fn hold_more(&self, tx: &mut Tx<'_>, order: &Order, minor: i64) -> Result<bool> {
        let amount = Money::new(minor, order.sold.quote.total.currency);
        let id = DrawId::mint(self.now(), &*self.parts.chance);
        let new = NewCapture {
            gateway: WALLET,
            gateway_payment: id.as_str(),
            payment: None,
            share: 0,
            order: &order.id,
            amount,
            booked_as: "part",
        };
        let (owed, wallet) =
            (Account::Owed(order.account.clone()), Account::Wallet(order.account.clone()));
        let entry = Entry::moved(new.cause(), owed, wallet, amount);
        if !tx.move_wallet(&of(order, Kind::Draw), &entry)? {
            return Ok(false);
        }
        tx.insert_capture(&new)?;
        Ok(true)
    }

    /// Gives some of what the wallet holds for an unpaid order back to it.
    fn let_go(&self, tx: &mut Tx<'_>, order: &Order, minor: i64) -> Result<()> {
        let currency = order.sold.quote.total.currency;
        let mut draws = tx.returnable(&order.id, currency)?;
        draws.retain(|draw| draw.gateway == WALLET);
        let left: Vec<i64> = draws.iter().map(|draw| draw.left.minor).collect();
        let parts = split(minor, &left).ok_or_else(|| {
            Error::Bug(format!("{} holds {minor} of a wallet without a draw", order.number))
        })?;
        for (draw, minor) in draws.iter().zip(parts).filter(|(_, minor)| *minor > 0) {
            let amount = Money::new(minor, currency);
            let refund = self.plan_credit(tx, order, (draw, amount))?;
            tx.move_refund(&refund, Event::Credited, &Word::default())?;
            put_in(tx, order, &refund)?;
        }
        Ok(())
    }

    /// Writes down that a part of what came in goes into the customer's wallet.
    pub(crate) fn plan_credit(
        &self,
        tx: &mut Tx<'_>,
        order: &Order,
        (capture, amount): (&Returnable, Money),
    ) -> Result<Refund> {
        let id = RefundId::mint(self.now(), &*self.parts.chance);
        let note = format!("Credit of {}", order.number);
        let (order, state) = (&order.id, State::Planned);
        tx.insert_refund(&NewRefund { id: &id, order, capture, amount, state, note: &note })?;
        tx.lookup_refund(&id)?.ok_or_else(|| Error::Bug(format!("{id} is not there")))
    }
}

/// What a wallet has begun to pay of an unpaid order.
pub(crate) fn held(tx: &mut Tx<'_>, order: &Order) -> Result<i64> {
    match order.standing.stage {
        Stage::Unpaid => Ok(tx.set_aside(&order.id)?),
        _ => Ok(0),
    }
}

/// Books what a wallet pays; refused where it has not got it.
pub(crate) fn draw_out(tx: &mut Tx<'_>, order: &Order, entry: &Entry) -> Result<()> {
    match tx.move_wallet(&of(order, Kind::Draw), entry)? {
        true => Ok(()),
        false => Err(too_low(order.sold.quote.total)),
    }
}

/// Books what is owed as money in the customer's wallet.
pub(crate) fn put_in(tx: &mut Tx<'_>, order: &Order, refund: &Refund) -> Result<()> {
    let cause = format!("returned:{}", refund.id);
    let (wallet, owed) =
        (Account::Wallet(order.account.clone()), Account::Owed(order.account.clone()));
    let entry = Entry::moved(cause, wallet, owed, refund.amount);
    tx.move_wallet(&of(order, Kind::Back), &entry)?;
    Ok(())
}

fn of(order: &Order, kind: Kind) -> Move<'_> {
    Move { account: &order.account, order: Some(&order.id), kind, note: &order.number }
}

fn too_low(wanted: Money) -> Error {
    let text = format!("your wallet holds less than {wanted}; top it up, or use less of it");
    Error::refused("wallet-too-low", text)
}
