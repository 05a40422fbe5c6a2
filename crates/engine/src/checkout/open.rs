//! A payment is opened at a gateway: written down first, then asked for, at one gateway after the
//! other as long as the one before has certainly created nothing. Not for what a gateway is told:
//! that is `gateway.rs`.

use std::time::Duration;

use domain::clock::Timestamp;
use domain::id::PaymentId;
use domain::money::Money;
use domain::order::{Event, Stage};
use payment::Created;
use store::db::Tx;
use store::job::{Kind, NewJob};
use store::order::Order;
use store::payment::{PaymentState, Purpose};

use super::{Due, Paying};
use crate::{Engine, Error, Result};

/// No open page at a gateway holds a unit longer than this, counted from the reservation.
const HELD_MAX: Duration = Duration::from_secs(40 * 60);

impl Engine {
    /// Leads to a gateway for what the wallet leaves of an order.
    pub(super) async fn open_payment_of(
        &self,
        order: &mut Order,
        held_minor: i64,
        method: Option<&str>,
    ) -> Result<Option<Paying>> {
        // What costs nothing is paid already, and so is what the wallet paid.
        if order.paid_at.is_some() {
            return Ok(None);
        }
        let total = order.sold.quote.total;
        let due = Due {
            purpose: Purpose::Order(order.id.clone()),
            account: order.account.clone(),
            amount: Money::new(total.minor - held_minor, total.currency),
            words: words_of(order),
        };
        match self.open_payment(&due, method).await? {
            Opened::Nowhere => Ok(None),
            Opened::At(paying, reserved_until) => {
                order.reserved_until = reserved_until.unwrap_or(order.reserved_until);
                Ok(Some(paying))
            }
            Opened::Refused => {
                let order = order.id.to_string();
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
                    let until = self.payment_is_open(&due.purpose, opened, open_until).await?;
                    let paying = paying(payment, name, due.amount, Some(pay_url));
                    return Ok(Opened::At(paying, until));
                }
                Created::Unknown { reason } => {
                    tracing::warn!("{name} may have taken {payment}: {reason}");
                    return Ok(Opened::At(paying(payment, name, due.amount, None), None));
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

    /// Remembers where to pay, and holds an order's unit while the buyer may pay there: until when.
    async fn payment_is_open(
        &self,
        purpose: &Purpose,
        (payment, gateway_order, url): (PaymentId, String, String),
        open_until: Option<Timestamp>,
    ) -> Result<Option<Timestamp>> {
        let order = purpose.order().cloned();
        self.db()
            .write(move |tx| {
                let mut order = order.as_ref().map(|id| tx.lock_order(id)).transpose()?;
                if let (Some(order), Some(until)) = (&mut order, open_until) {
                    hold_while_open(tx, order, until)?;
                }
                tx.open_payment(&payment, &gateway_order, &url)?;
                Ok::<_, Error>(order.map(|order| order.reserved_until))
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
                let lane = format!("pay:{gateway}");
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
    /// One may take it; and until when it holds the unit of what is bought.
    At(Paying, Option<Timestamp>),
    /// None is on.
    Nowhere,
    /// All of them refused, and nothing is open.
    Refused,
}

fn paying(payment: PaymentId, method: &str, amount: Money, url: Option<String>) -> Paying {
    Paying { payment, method: method.to_owned(), amount, url }
}

/// What an order is, as its buyer reads it at a gateway.
pub(super) fn words_of(order: &Order) -> String {
    format!("{} {}", order.number, order.sold.product_name)
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
