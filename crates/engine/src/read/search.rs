//! Orders as staff look for them: by a word that names them, and by where they stand and when they
//! were made. What a word means is found out by looking, in one order: an order's own names and
//! what belongs to one order first, then packages; a mail address is whose orders they are.

use domain::id::OrderId;
use store::db::Tx;
use store::order::Order;
use store::search::{Among, Only};

use super::order::{Beside, OrderView};
use super::{Page, Viewer, cursor_of, moment_and_id, page_length};
use crate::Engine;
use crate::error::Result;

/// So much of what is looked for is read.
const TEXT_MAX: usize = 120;
/// So many orders one name may stand for; who has more looks by something else.
const NAMED_MAX: i64 = 200;
/// So many accounts or packages one word may stand for.
const WHOSE_MAX: i64 = 5;

/// What somebody looks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sought {
    /// A number, id, mail address, server address, PID, package or a transaction; empty: all.
    pub text: String,
    pub only: Only,
}

/// An order that was found.
#[derive(Clone, Debug)]
pub struct Found {
    pub view: OrderView,
    /// The word of its stage.
    pub stage: &'static str,
    /// Whose it is.
    pub email: String,
}

impl Sought {
    fn text(&self) -> String {
        self.text.trim().chars().take(TEXT_MAX).collect()
    }
}

impl Engine {
    /// The one order that a word names, if it names one and no other. Mail addresses and packages
    /// never do: what they name today may be one order by chance.
    pub async fn only_order_named(&self, text: &str) -> Result<Option<OrderId>> {
        let text = Sought { text: text.to_owned(), ..Sought::default() }.text();
        if text.is_empty() || text.contains('@') {
            return Ok(None);
        }
        let mut named = self.db().read(move |tx| tx.orders_named(&text, 2)).await?;
        let first = named.pop();
        Ok(first.filter(|_| named.is_empty()))
    }

    /// Orders for staff, newest first.
    pub async fn find_orders(
        &self,
        sought: &Sought,
        after: Option<&str>,
        limit: Option<i64>,
    ) -> Result<Page<Found>> {
        let (after, limit) = (moment_and_id(after)?, page_length(limit));
        let (text, only) = (sought.text(), sought.only.clone());
        self.db()
            .read(move |tx| {
                let after = after.as_ref().map(|(at, id)| (*at, id.as_str()));
                let mut orders = Vec::new();
                for among in among(tx, &text)? {
                    orders.extend(tx.orders_among(&among, &only, after, limit + 1)?);
                }
                newest_first(&mut orders, limit + 1);
                let page = Page::of(orders, limit, |order| cursor_of(order.created_at, &order.id));
                Ok(Page { items: shown(tx, &page.items)?, next: page.next })
            })
            .await
    }
}

/// Among which orders a word says to look.
fn among(tx: &mut Tx<'_>, text: &str) -> Result<Vec<Among>> {
    if text.is_empty() {
        return Ok(vec![Among::All]);
    }
    if text.contains('@') {
        let accounts = tx.accounts_at(text, WHOSE_MAX)?;
        return Ok(accounts.into_iter().map(Among::Account).collect());
    }
    let named = tx.orders_named(text, NAMED_MAX)?;
    if !named.is_empty() {
        return Ok(vec![Among::These(named)]);
    }
    let packages = tx.packages_called(text, WHOSE_MAX)?;
    Ok(packages.into_iter().map(Among::Package).collect())
}

/// Each of the lists is sorted already, and no order is in two of them.
fn newest_first(orders: &mut Vec<Order>, most: i64) {
    orders.sort_by(|a, b| (b.created_at, &b.id).cmp(&(a.created_at, &a.id)));
    orders.truncate(usize::try_from(most).unwrap_or(usize::MAX));
}

fn shown(tx: &mut Tx<'_>, orders: &[Order]) -> Result<Vec<Found>> {
    let beside = Beside::of(tx, orders)?;
    let emails = tx.named(orders.iter().map(|order| order.account.as_str()))?;
    let found = |order: &Order| Found {
        view: beside.view(order, &Viewer::Staff),
        stage: order.standing.stage.word(),
        email: emails.get(order.account.as_str()).cloned().unwrap_or_default(),
    };
    Ok(orders.iter().map(found).collect())
}
