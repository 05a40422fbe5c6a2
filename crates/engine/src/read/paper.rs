//! What people read of their money: invoices and credit notes as they were numbered, receipts, and
//! statements of account. A stranger's paper does not exist.

use domain::clock::Timestamp;
use domain::id::{AccountId, OrderId, PaperId};
use domain::money::Money;
use domain::paper::{Buyer, Paper};
use domain::party::Party;
use store::db::Tx;
use store::order::Order;
use store::paper::StatementRow;
use store::party::Whose;
use store::payment::Captured;

use super::order::may_see;
use super::{Page, Viewer, moment_and_id, not_a_cursor, page_length};
use crate::{Engine, Error, Result, brand};

/// One payment that arrived, in words.
#[derive(Clone, Debug)]
pub struct Receipt {
    pub order: OrderId,
    pub order_number: String,
    /// Which of the order's payments it is, from 1.
    pub number: usize,
    pub payment: Captured,
    pub seller: Option<Party>,
    /// What the shop is called, where staff have given it a name.
    pub shop: Option<String>,
    pub buyer: Buyer,
    /// What was ordered, with the package and its number.
    pub words: String,
}

/// What went between the shop and one customer, newest first.
#[derive(Clone, Debug)]
pub struct Statement {
    pub seller: Option<Party>,
    /// What the shop is called, where staff have given it a name.
    pub shop: Option<String>,
    pub customer: Buyer,
    /// What the customer is owed now, by currency.
    pub owed: Vec<Money>,
    /// What is in their wallet now, by currency.
    pub wallet: Vec<Money>,
    pub rows: Page<StatementRow>,
}

/// All papers of one order.
#[derive(Clone, Debug)]
pub struct OrderPapers {
    pub papers: Vec<Paper>,
    pub payments: Vec<Captured>,
}

impl Engine {
    /// One paper, for its customer and for staff.
    pub async fn paper(&self, id: &PaperId, viewer: &Viewer) -> Result<Paper> {
        let wanted = id.clone();
        let found = self.db().read(move |tx| tx.lookup_paper(&wanted)).await?;
        let seen = found.filter(|paper| match viewer {
            Viewer::Owner(account) => paper.account == *account,
            Viewer::Staff => true,
        });
        seen.ok_or_else(|| Error::missing("paper", id))
    }

    /// Papers, newest first: a customer's own, or for staff all.
    pub async fn papers(
        &self,
        viewer: &Viewer,
        after: Option<&str>,
        limit: Option<i64>,
    ) -> Result<Page<Paper>> {
        let read = |after: &str| PaperId::parse(after).map_err(|_| not_a_cursor(after));
        let (after, limit) = (after.map(read).transpose()?, page_length(limit));
        let account = match viewer {
            Viewer::Owner(account) => Some(account.clone()),
            Viewer::Staff => None,
        };
        let found = self
            .db()
            .read(move |tx| tx.papers(account.as_ref(), after.as_ref(), limit + 1))
            .await?;
        Ok(Page::of(found, limit, |paper| paper.id.to_string()))
    }

    /// The papers of an order and the payments that there are receipts of.
    pub async fn papers_of_order(&self, id: &OrderId, viewer: &Viewer) -> Result<OrderPapers> {
        let (id, viewer) = (id.clone(), viewer.clone());
        self.db()
            .read(move |tx| {
                visible(tx, &id, &viewer)?;
                let papers = tx.papers_of(std::slice::from_ref(&id))?;
                Ok::<_, Error>(OrderPapers { papers, payments: tx.captures(&id)? })
            })
            .await
    }

    /// The receipt of one payment of an order, counted from 1.
    pub async fn receipt(&self, id: &OrderId, number: usize, viewer: &Viewer) -> Result<Receipt> {
        let (id, viewer) = (id.clone(), viewer.clone());
        self.db()
            .read(move |tx| {
                let order = visible(tx, &id, &viewer)?;
                let missing = || Error::missing("receipt", number);
                let at = number.checked_sub(1).ok_or_else(missing)?;
                let payment = tx.captures(&id)?.into_iter().nth(at).ok_or_else(missing)?;
                let buyer = tx.buyers_of(std::slice::from_ref(&id))?.remove(&id);
                Ok::<_, Error>(Receipt {
                    order_number: order.number,
                    number,
                    payment,
                    seller: tx.party(Whose::Shop)?,
                    shop: brand::read(tx.brand()?)?.given_name,
                    buyer: buyer.ok_or_else(|| Error::missing("order", &id))?,
                    words: order.sold.receipt(),
                    order: order.id,
                })
            })
            .await
    }

    /// A customer's statement of account, newest first.
    pub async fn statement(
        &self,
        account: &AccountId,
        after: Option<&str>,
        limit: Option<i64>,
    ) -> Result<Statement> {
        let (after, limit) = (moment_and_id(after)?, page_length(limit));
        let account = account.clone();
        self.db()
            .read(move |tx| {
                let whose = tx.account(&account)?;
                let after: Option<(Timestamp, &str)> =
                    after.as_ref().map(|(at, tie)| (*at, tie.as_str()));
                let rows = tx.statement(&account, after, limit + 1)?;
                Ok::<_, Error>(Statement {
                    seller: tx.party(Whose::Shop)?,
                    shop: brand::read(tx.brand()?)?.given_name,
                    customer: Buyer {
                        name: whose.name,
                        email: whose.email,
                        address: tx.party(Whose::Customer(&account))?,
                    },
                    owed: tx.owed_to(&account)?,
                    wallet: tx.wallet_balances(&account)?,
                    rows: Page::of(rows, limit, |row| row.cursor.clone()),
                })
            })
            .await
    }
}

fn visible(tx: &mut Tx<'_>, id: &OrderId, viewer: &Viewer) -> Result<Order> {
    let order = tx.lookup_order(id)?.filter(|order| may_see(order, viewer));
    order.ok_or_else(|| Error::missing("order", id))
}
