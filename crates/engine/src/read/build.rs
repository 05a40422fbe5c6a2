//! An order with what its build timeline is drawn from: where it stands and what happened when.
//! Words and drawing are the web's; no address is in it but the one that was delivered.

use domain::clock::Timestamp;
use domain::id::{OrderId, PaymentId};
use domain::money::Money;
use domain::order::Standing;
use domain::order::step::Why;
use store::by_hand::LISTED_AS;
use store::history;
use store::payment::Payment;

use super::Viewer;
use super::beside::Beside;
use super::order::{OrderView, may_see};
use crate::Engine;
use crate::error::{Error, Result};
use crate::refund_request::may_be_asked;
use crate::remedy::creditable;
use crate::wallet::held;

/// One order, as its page moves with it.
#[derive(Clone, Debug)]
pub struct BuildView {
    pub view: OrderView,
    pub standing: Standing,
    /// Oldest first.
    pub happened: Vec<Happened>,
    /// Of an unpaid order: what the wallet leaves to pay.
    pub due: Money,
    /// What its owner may have in their wallet, and need not wait for.
    pub creditable: Vec<Money>,
    /// Its customer may ask for their money back.
    pub may_ask_refund: bool,
    /// A person delivers it, until then.
    pub due_by_hand: Option<Timestamp>,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happened {
    /// The word of its event.
    pub word: String,
    pub at: Timestamp,
    /// In the same transaction as the one before it: one cause moved the order twice.
    pub at_once: bool,
}

impl Engine {
    /// One order with what its timeline is drawn from. Another customer's does not exist.
    pub async fn build_view(&self, id: &OrderId, viewer: &Viewer) -> Result<BuildView> {
        let (wanted, viewer) = (id.clone(), viewer.clone());
        self.db()
            .read(move |tx| {
                let order = tx.lookup_order(&wanted)?.filter(|order| may_see(order, &viewer));
                let order = order.ok_or_else(|| Error::missing("order", &wanted))?;
                let waits = tx.attention_of(&order.id)?;
                let by_hand = waits.iter().find(|row| row.why == LISTED_AS);
                let beside = Beside::of(tx, std::slice::from_ref(&order))?;
                let total = order.sold.quote.total;
                let is_owed = waits.iter().any(|row| {
                    [Why::Owed, Why::RefundCameBack].iter().any(|why| why.word() == row.why)
                });
                let view = beside.view(&order, &viewer);
                Ok(BuildView {
                    may_ask_refund: may_be_asked(&order, &view, &waits).is_ok(),
                    due: Money::new(total.minor - held(tx, &order)?, total.currency),
                    creditable: match is_owed {
                        true => creditable(tx, &order.id)?,
                        false => Vec::new(),
                    },
                    happened: beside.moments(&order).iter().map(happened).collect(),
                    view,
                    due_by_hand: by_hand.map(|row| row.due_at),
                    standing: order.standing,
                })
            })
            .await
    }

    /// What a payment is for.
    pub async fn payment(&self, id: &PaymentId) -> Result<Payment> {
        let wanted = id.to_string();
        let found = self.db().read(move |tx| tx.lookup_payment(&wanted)).await?;
        found.ok_or_else(|| Error::missing("payment", id))
    }

    /// The ways to pay that are on, in the order in which they are offered.
    pub fn gateways(&self) -> Vec<&'static str> {
        self.offered().iter().map(|gateway| gateway.name()).collect()
    }
}

/// Several moves of one cause are told apart by their place behind a plus.
fn happened(moment: &history::Moment) -> Happened {
    let at_once = moment.cause.contains('+');
    Happened { word: moment.kind.clone(), at: moment.at, at_once }
}
