//! What a person must look at: the list, by reason and by how urgent it is. Not for why an order
//! came onto it: that is decided where the order is moved.

use domain::clock::Timestamp;
use domain::id::{AccountId, OrderId};
use domain::money::Money;
use store::attention::{Attention, Kind};
pub use store::attention::{Owner, Wanted};
use store::db::Tx;
use store::order::Order;

use super::{Page, cursor_of, moment_and_id, number, page_length};
use crate::Engine;
use crate::error::Result;

/// An order on the list.
#[derive(Clone, Debug)]
pub struct Listed {
    pub order: OrderId,
    pub number: String,
    pub product_name: String,
    pub amount: Money,
    pub why: String,
    /// What the order itself says of its trouble.
    pub error: Option<String>,
    pub since: Timestamp,
    pub due_at: Timestamp,
    /// Who took it over: by mail address where it is one of staff.
    pub owner: Option<String>,
}

/// A page of the list, beside all of it counted by reason.
#[derive(Clone, Debug)]
pub struct Desk {
    pub kinds: Vec<Kind>,
    pub page: Page<Listed>,
}

impl Engine {
    /// What a person must look at, most urgent first.
    pub async fn needs_attention(
        &self,
        after: Option<&str>,
        limit: Option<i64>,
    ) -> Result<Page<Listed>> {
        let (after, limit) = (place(after)?, page_length(limit));
        self.db().read(move |tx| read(tx, &Wanted::default(), after, limit)).await
    }

    /// As above, of what is wanted of it, and how much there is for each reason in all.
    pub async fn desk(
        &self,
        wanted: &Wanted,
        after: Option<&str>,
        limit: Option<i64>,
    ) -> Result<Desk> {
        let wanted = wanted.clone();
        let (after, limit) = (place(after)?, page_length(limit));
        self.db()
            .read(move |tx| {
                let page = read(tx, &wanted, after, limit)?;
                Ok(Desk { kinds: tx.attention_kinds()?, page })
            })
            .await
    }
}

/// Where the list goes on: when the last row is due, and its number.
fn place(after: Option<&str>) -> Result<Option<(Timestamp, i64)>> {
    Ok(match moment_and_id(after)? {
        None => None,
        Some((due, id)) => number(Some(&id))?.map(|id| (due, id)),
    })
}

fn read(
    tx: &mut Tx<'_>,
    wanted: &Wanted,
    after: Option<(Timestamp, i64)>,
    limit: i64,
) -> Result<Page<Listed>> {
    let rows = tx.attention(wanted, after, limit + 1)?;
    let page = Page::of(rows, limit, |(row, _)| cursor_of(row.due_at, row.id));
    let mut items: Vec<Listed> = page.items.into_iter().map(listed).collect();
    name_owners(tx, &mut items)?;
    Ok(Page { items, next: page.next })
}

fn listed((row, order): (Attention, Order)) -> Listed {
    Listed {
        number: order.number,
        product_name: order.sold.product_name,
        amount: order.sold.quote.total,
        error: order.error,
        order: row.order,
        why: row.why,
        since: row.since,
        due_at: row.due_at,
        owner: row.owner,
    }
}

/// Staff know each other by their addresses, and not by ids.
fn name_owners(tx: &mut Tx<'_>, rows: &mut [Listed]) -> Result<()> {
    let id = |row: &Listed| row.owner.as_deref().and_then(|owner| AccountId::parse(owner).ok());
    let mut accounts: Vec<AccountId> = rows.iter().filter_map(id).collect();
    accounts.sort_unstable();
    accounts.dedup();
    let emails = tx.emails_of(&accounts)?;
    for row in rows {
        let email = id(row).and_then(|id| emails.get(&id).cloned());
        row.owner = email.or_else(|| row.owner.take());
    }
    Ok(())
}
