//! A payment is opened at a gateway: written down first, then asked for, at one gateway after the
//! other as long as the one before has certainly created nothing. Not for what a gateway is told:
//! that is `gateway.rs`.

use std::time::Duration;

use domain::clock::Timestamp;
use domain::id::{CheckoutId, OrderId, PaymentId};
use domain::money::Money;
use domain::order::{Event, Stage};
use payment::Created;
use store::checkout::Share;
use store::db::Tx;
use store::job::{Kind, NewJob};
use store::order::Order;
use store::payment::{PaymentState, Purpose};

use super::reserve::ToPay;
use super::{Due, Paying};
use crate::pay::{lock_orders, pay_lane};
use crate::{Engine, Error, Result};

/// No open page at a gateway holds a unit longer than this, counted from the reservation.
const HELD_MAX: Duration = Duration::from_secs(40 * 60);

impl Engine {
    /// Leads to a gateway for what the wallet leaves of an order, or of all that is unpaid of a
    /// checkout.
    pub(super) async fn open_payment_of(
        &self,
        checkout: Option<&CheckoutId>,
        parts: &mut [ToPay],
        method: Option<&str>,
    ) -> Result<Option<Paying>> {
        // What costs nothing is paid already, and so is what the wallet paid.
        let unpaid: Vec<&ToPay> =
            parts.iter().filter(|part| part.order.paid_at.is_none()).collect();
        let [first, others @ ..] = &*unpaid else { return Ok(None) };
        let order = &first.order;
        let share = |part: &&ToPay| Share {
            order: part.order.id.clone(),
            minor: part.order.sold.quote.total.minor - part.held_minor,
        };
        let shares: Vec<Share> = unpaid.iter().map(share).collect();
        let minor = shares.iter().map(|share| share.minor).sum();
        let mut due = Due {
            purpose: Purpose::Order(order.id.clone()),
            account: order.account.clone(),
            amount: Money::new(minor, order.sold.quote.total.currency),
            shares: Vec::new(),
            words: words_of(order, others.len()),
        };
        if let Some(checkout) = checkout {
            due.purpose = Purpose::Checkout(checkout.clone());
            due.shares = shares;
        }
        match self.open_payment(&due, method).await? {
            Opened::Nowhere => Ok(None),
            Opened::At(paying, held_until) => {
                for ToPay { order, .. } in parts {
                    let until = held_until.iter().find(|(id, _)| *id == order.id);
                    order.reserved_until = until.map_or(order.reserved_until, |(_, until)| *until);
                }
                Ok(Some(paying))
            }
            Opened::Refused => {
                let order = due.purpose.subject().to_owned();
                let text = format!("no way to pay answers at the moment; order {order} stays open");
                Err(Error::NoWayToPay { order, text: format!("{text}, try again") })
            }
        }
    }

    /// Asks the gateways in their order to take a payment. A next one is asked only when the one
    /// before certainly created nothing.
    pub(crate) async fn open_payment(&self, due: &Due, method: Option<&str>) -> Result<Opened> {
        let mut gateways = self.offered();
        if let Some(method) = method {
            gateways.sort_by_key(|gateway| gateway.name() != method);
        }
        if gateways.is_empty() {
            return Ok(Opened::Nowhere);
        }
        for gateway in gateways {
            let name = gateway.name();
            let payment = self.plan_payment(due, name).await?;
            let wish = self.wish(due, &payment, name).await?;
            self.point("payment-asked").await;
            let created = gateway.create(&wish).await;
            self.point("payment-answered").await;
            match created {
                Created::Open { gateway_order, pay_url, open_until } => {
                    // Where an address is not enough, a page of ours posts the browser on.
                    let app_url = &self.settings().app_url;
                    let pay_url = pay_url.unwrap_or(format!("{app_url}/payment/go/{payment}"));
                    let opened = (payment.clone(), gateway_order, pay_url.clone());
                    let until = self.payment_is_open(due, opened, open_until).await?;
                    let paying = paying(payment, name, due.amount, Some(pay_url));
                    return Ok(Opened::At(paying, until));
                }
                Created::Unknown { reason } => {
                    tracing::warn!("{name} may have taken {payment}: {reason}");
                    return Ok(Opened::At(paying(payment, name, due.amount, None), Vec::new()));
                }
                Created::Refused { reason } => {
                    tracing::warn!("{name} refused {payment}: {reason}");
                    self.db()
                        .write(move |tx| {
                            tx.end_payment(&payment, PaymentState::Failed, Some(&reason))
                        })
                        .await?;
                }
            }
        }
        Ok(Opened::Refused)
    }

    /// Remembers where to pay, and holds the orders' units while the buyer may pay there: each
    /// until when.
    async fn payment_is_open(
        &self,
        due: &Due,
        (payment, gateway_order, url): (PaymentId, String, String),
        open_until: Option<Timestamp>,
    ) -> Result<Vec<(OrderId, Timestamp)>> {
        let of_shares = due.shares.iter().map(|share| &share.order);
        let ids: Vec<OrderId> = due.purpose.order().into_iter().chain(of_shares).cloned().collect();
        self.db()
            .write(move |tx| {
                let mut orders = lock_orders(tx, &ids)?;
                if let Some(until) = open_until {
                    for order in orders.values_mut() {
                        hold_while_open(tx, order, until)?;
                    }
                }
                tx.open_payment(&payment, &gateway_order, &url)?;
                let until = |(id, order): (OrderId, Order)| (id, order.reserved_until);
                Ok::<_, Error>(orders.into_iter().map(until).collect())
            })
            .await
    }

    /// Writes the payment and the job that polls it before any gateway is asked.
    async fn plan_payment(&self, due: &Due, gateway: &'static str) -> Result<PaymentId> {
        let id = PaymentId::mint(self.now(), &*self.parts.chance);
        let (new, due) = (id.clone(), due.clone());
        let first = self.settings().payment_poll_every;
        self.db()
            .write(move |tx| {
                let run_at = tx.now()? + first;
                tx.insert_payment(&new, &due.purpose, gateway, due.amount)?;
                tx.insert_shares(&new, &due.shares)?;
                let lane = pay_lane(gateway);
                let job = NewJob { kind: Kind::Poll, subject: new.as_str(), lane: &lane, run_at };
                tx.put_job(&job, None)
            })
            .await?;
        Ok(id)
    }
}

/// What came of asking the gateways.
#[derive(Debug)]
pub(crate) enum Opened {
    /// One may take it; and until when it holds the units of what is bought.
    At(Paying, Vec<(OrderId, Timestamp)>),
    /// None is on.
    Nowhere,
    /// All of them refused, and nothing is open.
    Refused,
}

fn paying(payment: PaymentId, method: &str, amount: Money, url: Option<String>) -> Paying {
    Paying { payment, method: method.to_owned(), amount, url }
}

/// What an order is, and so many others with it, as their buyer reads it at a gateway.
pub(super) fn words_of(order: &Order, others: usize) -> String {
    let first = format!("{} {}", order.number, order.sold.product_name);
    match others {
        0 => first,
        _ => format!("{first} and {others} more"),
    }
}

/// A reservation lasts as long as the page where it can be paid, within limits. One that is over
/// stays over: to hold its unit again takes the rules for a new order, under the package's lock.
fn hold_while_open(tx: &mut Tx<'_>, order: &mut Order, until: Timestamp) -> Result<()> {
    let now = tx.now()?;
    if order.standing.stage != Stage::Unpaid || order.reserved_until <= now {
        return Ok(());
    }
    let again = Event::ReservedAgain.word();
    let begun = tx.happenings(&order.id)?.into_iter().rfind(|happened| happened.kind == again);
    let begun = begun.map_or(order.created_at, |happened| happened.at);
    let until = until.min(begun + HELD_MAX);
    if until > order.reserved_until {
        tx.reserve_until(order, until)?;
    }
    Ok(())
}
