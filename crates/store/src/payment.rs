//! Payments: tries to pay, and the money that came. Apart from orders: one order may have many.

use domain::clock::Timestamp;
use domain::id::{AccountId, CheckoutId, OrderId, PaymentId};
use domain::money::Money;
use domain::share::named;

use crate::checkout::checkout_id;
use crate::db::{Part, Result, Row, StoreError, Tx};
use crate::order::{inconsistent, order_id, read_currency};
use crate::wallet::account_id;

/// Where a payment stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PaymentState {
    Open,
    Captured,
    Failed,
}

impl PaymentState {
    pub const ALL: [PaymentState; 3] =
        [PaymentState::Open, PaymentState::Captured, PaymentState::Failed];

    pub fn word(self) -> &'static str {
        match self {
            PaymentState::Open => "open",
            PaymentState::Captured => "captured",
            PaymentState::Failed => "failed",
        }
    }

    pub fn parse(word: &str) -> Option<PaymentState> {
        PaymentState::ALL.into_iter().find(|state| state.word() == word)
    }
}

/// What a payment is for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Purpose {
    Order(OrderId),
    /// Of this customer's wallet.
    TopUp(AccountId),
    /// What was unpaid of a checkout. Its shares say which order gets how much.
    Checkout(CheckoutId),
}

impl Purpose {
    pub fn order(&self) -> Option<&OrderId> {
        match self {
            Purpose::Order(order) => Some(order),
            Purpose::TopUp(_) | Purpose::Checkout(_) => None,
        }
    }

    fn account(&self) -> Option<&AccountId> {
        match self {
            Purpose::TopUp(account) => Some(account),
            Purpose::Order(_) | Purpose::Checkout(_) => None,
        }
    }

    pub fn checkout(&self) -> Option<&CheckoutId> {
        match self {
            Purpose::Checkout(checkout) => Some(checkout),
            Purpose::Order(_) | Purpose::TopUp(_) => None,
        }
    }

    /// What alerts about it are about.
    pub fn subject(&self) -> &str {
        match self {
            Purpose::Order(order) => order.as_str(),
            Purpose::TopUp(account) => account.as_str(),
            Purpose::Checkout(checkout) => checkout.as_str(),
        }
    }
}

/// One try to pay at a gateway.
#[derive(Clone, Debug)]
pub struct Payment {
    pub id: PaymentId,
    pub purpose: Purpose,
    pub gateway: String,
    pub state: PaymentState,
    pub amount: Money,
    pub gateway_order: Option<String>,
    pub pay_url: Option<String>,
    pub created_at: Timestamp,
    pub reason: Option<String>,
}

/// Money that came in.
#[derive(Clone, Debug)]
pub struct NewCapture<'a> {
    pub gateway: &'a str,
    /// The gateway's id of the movement, or staff's reference.
    pub gateway_payment: &'a str,
    pub payment: Option<&'a PaymentId>,
    /// Which share of the movement it is: the only one, or one of several, counted from zero.
    pub share: i64,
    pub order: &'a OrderId,
    pub amount: Money,
    pub booked_as: &'a str,
}

impl NewCapture<'_> {
    /// Of its entry in the ledger.
    pub fn cause(&self) -> String {
        let movement = format!("capture:{}:{}", self.gateway, self.gateway_payment);
        named(&movement, self.share, self.order)
    }
}

/// What a movement at a gateway was booked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookedFor {
    /// In the order of their shares.
    pub orders: Vec<OrderId>,
    pub payment: Option<String>,
}

/// Money that came in, as its row has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Captured {
    pub gateway: String,
    pub gateway_payment: String,
    pub amount: Money,
    pub at: Timestamp,
    /// It paid the order; otherwise it is owed.
    pub has_paid: bool,
}

pub(crate) const COLUMNS: &str = "id, order_id, gateway, state, amount_minor, currency, \
     gateway_order, pay_url, created_at, reason, account_id, checkout_id";
const WIDTH: usize = 12;
pub(crate) const CAPTURES: Part<'static> = Part {
    columns: "gateway, gateway_payment, amount_minor, currency, at, booked_as",
    from: "capture",
    which: "order_id = $1",
    order: "at, gateway, gateway_payment",
};
pub(crate) const OF_ORDER: Part<'static> = Part {
    columns: COLUMNS,
    from: "payment",
    which: "order_id = $1 OR id IN (SELECT payment_id FROM payment_share WHERE order_id = $1)",
    order: "id",
};

impl Tx<'_> {
    /// Writes a payment down before its gateway is asked.
    pub fn insert_payment(
        &mut self,
        id: &PaymentId,
        purpose: &Purpose,
        gateway: &str,
        amount: Money,
    ) -> Result<()> {
        self.later(
            "INSERT INTO payment (id, order_id, account_id, checkout_id, gateway, state, \
             amount_minor, currency, created_at) VALUES ($1, $2, $3, $4, $5, 'open', $6, $7, {now})",
            args![
                id.as_str(),
                purpose.order().map(OrderId::as_str),
                purpose.account().map(AccountId::as_str),
                purpose.checkout().map(CheckoutId::as_str),
                gateway,
                amount.minor,
                amount.currency.code()
            ],
        )
    }

    /// Notes what the gateway answered to the creation.
    pub fn open_payment(&mut self, id: &PaymentId, gateway_order: &str, url: &str) -> Result<()> {
        self.later_one(
            "UPDATE payment SET gateway_order = $2, pay_url = $3 WHERE id = $1",
            args![id.as_str(), gateway_order, url],
            "the payment",
        )
    }

    pub fn lookup_payment(&mut self, id: &str) -> Result<Option<Payment>> {
        let sql = format!("SELECT {COLUMNS} FROM payment WHERE id = $1");
        self.lookup(&sql, args![id])?.map(|row| read(&row)).transpose()
    }

    /// A payment, and the time by the database's clock.
    pub fn lookup_payment_now(&mut self, id: &PaymentId) -> Result<Option<(Payment, Timestamp)>> {
        let sql = format!("SELECT {COLUMNS}, {{now}} FROM payment WHERE id = $1");
        let row = self.lookup(&sql, args![id.as_str()])?;
        row.map(|row| Ok((read(&row)?, row.time(WIDTH)?))).transpose()
    }

    /// Our id of the payment that a gateway knows by this order of its own.
    pub fn payment_of_gateway_order(
        &mut self,
        gateway: &str,
        gateway_order: &str,
    ) -> Result<Option<String>> {
        let row = self.lookup(
            "SELECT id FROM payment WHERE gateway = $1 AND gateway_order = $2",
            args![gateway, gateway_order],
        )?;
        row.map(|row| Ok(row.text(0)?.to_owned())).transpose()
    }

    /// The payments that were opened for an order, alone or with others, oldest first.
    pub fn payments(&mut self, order: &OrderId) -> Result<Vec<Payment>> {
        self.rows(&OF_ORDER.alone(), args![order.as_str()])?.iter().map(read).collect()
    }

    /// The newest payments for a customer's wallet, newest first.
    pub fn payments_for_wallet(&mut self, account: &AccountId, limit: i64) -> Result<Vec<Payment>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM payment WHERE account_id = $1 ORDER BY id DESC LIMIT $2"
        );
        self.rows(&sql, args![account.as_str(), limit])?.iter().map(read).collect()
    }

    /// Payments in one state, at one gateway or at any, that were begun then or later, each with
    /// its order's number where it is for one order. What is open comes oldest first, as it waits;
    /// everything else newest first.
    pub fn payments_at(
        &mut self,
        gateway: Option<&str>,
        (state, since): (PaymentState, Timestamp),
        after: Option<(Timestamp, &str)>,
        limit: i64,
    ) -> Result<Vec<(Payment, Option<String>)>> {
        let first = Timestamp::from_micros(if state == PaymentState::Open { 0 } else { i64::MAX });
        let (beyond, way) = match state {
            PaymentState::Open => (">", ""),
            PaymentState::Captured | PaymentState::Failed => ("<", "DESC"),
        };
        let (at, id) = after.unwrap_or((first, ""));
        let mut values = args![since, at, id, limit].to_vec();
        values.extend(gateway.map(Into::into));
        let sql = format!(
            "SELECT {COLUMNS}, (SELECT number FROM orders WHERE orders.id = payment.order_id) \
             FROM payment WHERE state = '{}' {}AND created_at >= $1 \
             AND (created_at, id) {beyond} ($2, $3) ORDER BY created_at {way}, id {way} LIMIT $4",
            state.word(),
            gateway.map_or("", |_| "AND gateway = $5 "),
        );
        let read = |row: &Row| Ok((read(row)?, row.opt_text(WIDTH)?.map(Into::into)));
        self.rows(&sql, &values)?.iter().map(read).collect()
    }

    pub fn end_payment(
        &mut self,
        id: &PaymentId,
        state: PaymentState,
        reason: Option<&str>,
    ) -> Result<()> {
        // A capture is final; a failure does not take it back.
        self.later(
            "UPDATE payment SET state = $2, reason = $3 WHERE id = $1 AND state <> 'captured'",
            args![id.as_str(), state.word(), reason],
        )
    }

    /// Books money in once per share of a movement at its gateway; false when it is there already.
    pub fn insert_capture(&mut self, new: &NewCapture<'_>) -> Result<bool> {
        // The moment of its entry in the ledger, and of its invoice.
        let now = self.now()?;
        let inserted = self.run(
            "INSERT INTO capture (gateway, gateway_payment, payment_id, order_id, amount_minor, \
             currency, at, booked_as, share, account_id) VALUES ($1, $2, $3, $4, $5, $6, $8, $7, \
             $9, (SELECT account_id FROM orders WHERE id = $4)) ON CONFLICT DO NOTHING",
            args![
                new.gateway,
                new.gateway_payment,
                new.payment.map(PaymentId::as_str),
                new.order.as_str(),
                new.amount.minor,
                new.amount.currency.code(),
                new.booked_as,
                now,
                new.share,
            ],
        )?;
        Ok(inserted == 1)
    }

    /// Which orders, and which payment, a movement at a gateway was booked for.
    pub fn captured_for(
        &mut self,
        gateway: &str,
        gateway_payment: &str,
    ) -> Result<Option<BookedFor>> {
        let rows = self.rows(
            "SELECT order_id, payment_id FROM capture WHERE gateway = $1 AND gateway_payment = $2 \
             ORDER BY share",
            args![gateway, gateway_payment],
        )?;
        let Some(first) = rows.first() else { return Ok(None) };
        Ok(Some(BookedFor {
            payment: first.opt_text(1)?.map(Into::into),
            orders: rows.iter().map(|row| order_id(row.text(0)?)).collect::<Result<_>>()?,
        }))
    }

    /// What came in for an order, oldest first.
    pub fn captures(&mut self, order: &OrderId) -> Result<Vec<Captured>> {
        let rows = self.rows(&CAPTURES.alone(), args![order.as_str()])?;
        rows.iter().map(read_capture).collect()
    }

    /// The payments of several orders, oldest first.
    pub fn payments_of(&mut self, orders: &[OrderId]) -> Result<Vec<Payment>> {
        let sql = format!("SELECT {COLUMNS} FROM payment WHERE order_id IN");
        self.rows_of(&sql, orders, "ORDER BY id")?.iter().map(read).collect()
    }
}

pub(crate) fn read_capture(row: &Row) -> Result<Captured> {
    Ok(Captured {
        gateway: row.text(0)?.into(),
        gateway_payment: row.text(1)?.into(),
        amount: Money::new(row.int(2)?, read_currency(row.text(3)?)?),
        at: row.time(4)?,
        has_paid: row.text(5)? == "paid",
    })
}

fn read_state(word: &str) -> Result<PaymentState> {
    PaymentState::parse(word).ok_or_else(|| StoreError::Inconsistent {
        what: "payment",
        why: format!("unknown state {word:?}"),
    })
}

fn read_purpose(row: &Row) -> Result<Purpose> {
    match (row.opt_text(1)?, row.opt_text(10)?, row.opt_text(11)?) {
        (Some(order), None, None) => Ok(Purpose::Order(order_id(order)?)),
        (None, Some(account), None) => Ok(Purpose::TopUp(account_id(account)?)),
        (None, None, Some(checkout)) => Ok(Purpose::Checkout(checkout_id(checkout)?)),
        purposes => Err(StoreError::Inconsistent {
            what: "payment",
            why: format!("it is for an order, a wallet and a checkout: {purposes:?}"),
        }),
    }
}

pub(crate) fn read(row: &Row) -> Result<Payment> {
    let currency = read_currency(row.text(5)?)?;
    Ok(Payment {
        id: PaymentId::parse(row.text(0)?).map_err(|error| inconsistent("payment", error))?,
        purpose: read_purpose(row)?,
        gateway: row.text(2)?.into(),
        state: read_state(row.text(3)?)?,
        amount: Money::new(row.int(4)?, currency),
        gateway_order: row.opt_text(6)?.map(Into::into),
        pay_url: row.opt_text(7)?.map(Into::into),
        created_at: row.time(8)?,
        reason: row.opt_text(9)?.map(Into::into),
    })
}
