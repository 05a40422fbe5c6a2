//! Customers as staff look for them, and one of them with what stands around them.

use domain::clock::Timestamp;
use domain::id::{AccountId, OrderId};
use domain::money::Money;
use store::customer::CustomerRows;
use store::mail::brief::MailLine;
use store::payment::Payment;

use super::{Page, page_length};
use crate::account::Account;
use crate::error::Result;
use crate::session::OpenSession;
use crate::{Engine, read::not_a_cursor};

pub use store::customer::Note;

/// So much of what is looked for is read.
const TEXT_MAX: usize = 120;

/// A customer's page for staff. Lists are newest first, and hold the newest alone.
#[derive(Clone, Debug)]
pub struct Customer {
    pub account: Account,
    pub orders: Vec<CustomersOrder>,
    /// How many of their orders stand in each stage.
    pub stages: Vec<(String, i64)>,
    /// Of the shop's own currency also where that is nothing.
    pub wallet: Vec<Money>,
    /// Those that a gateway may still say something about.
    pub payments: Vec<Payment>,
    pub mails: Vec<MailLine>,
    /// What staff wrote for each other.
    pub notes: Vec<Note>,
    pub sessions: Vec<OpenSession>,
}

/// One of their orders, in a line.
#[derive(Clone, Debug)]
pub struct CustomersOrder {
    pub id: OrderId,
    pub number: String,
    pub product_name: String,
    /// The word of its stage.
    pub stage: &'static str,
    pub amount: Money,
    pub created_at: Timestamp,
}

impl Engine {
    /// Customers, newest first: all, or whoever has an address or a name that begins with a text.
    pub async fn customers(
        &self,
        text: &str,
        after: Option<&str>,
        limit: Option<i64>,
    ) -> Result<Page<Account>> {
        let place = |after: &str| AccountId::parse(after).map_err(|_| not_a_cursor(after));
        let (after, limit) = (after.map(place).transpose()?, page_length(limit));
        let text: String = text.trim().chars().take(TEXT_MAX).collect();
        let rows = self.db().read(move |tx| match &*text {
            "" => tx.customers(after.as_ref(), limit + 1),
            text => tx.accounts_like(text, after.as_ref(), limit + 1),
        });
        let found: Vec<Account> =
            rows.await?.into_iter().map(Account::of).collect::<Result<_>>()?;
        Ok(Page::of(found, limit, |account| account.id.to_string()))
    }

    /// A customer, with what stands around them.
    pub async fn customer(&self, id: &AccountId) -> Result<Customer> {
        let (wanted, currency) = (id.clone(), self.settings().currency);
        let rows = self.db().read(move |tx| tx.customer(&wanted)).await?;
        let CustomerRows { account, orders, stages, balances, payments, mails, notes, sessions } =
            rows;
        let mut wallet = balances;
        if !wallet.iter().any(|balance| balance.currency == currency) {
            wallet.insert(0, Money::zero(currency));
        }
        let in_a_line = |order: store::order::Order| CustomersOrder {
            stage: order.standing.stage.word(),
            amount: order.sold.quote.total,
            product_name: order.sold.product_name,
            id: order.id,
            number: order.number,
            created_at: order.created_at,
        };
        Ok(Customer {
            account: Account::of(account)?,
            orders: orders.into_iter().map(in_a_line).collect(),
            stages,
            wallet,
            payments,
            mails,
            notes,
            sessions: sessions.into_iter().map(OpenSession::of_somebody).collect(),
        })
    }
}
