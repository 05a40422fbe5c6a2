//! Orders as staff look for them: by a word that names them, and by where they stand and when they
//! were made. What a word means is found out by looking, in one order: an order's own names and
//! what belongs to one order first, then packages, then whose orders they are, by how an address or
//! a name begins. What is called a PID is one, and what holds an @ is an address.

use std::net::Ipv4Addr;

use domain::clock::Timestamp;
use domain::id::{AccountId, OrderId};
use domain::money::Money;
use domain::order::Seen;
use domain::package::{Pid, Ram};
use store::db::Tx;
use store::order::Order;
use store::search::{Among, Only};

use super::beside::{Beside, Brief};
use super::order::{OrderView, delivered_address};
use super::{Page, Viewer, cursor_of, moment_and_id, page_length};
use crate::Engine;
use crate::error::Result;

/// So much of what is looked for is read.
const TEXT_MAX: usize = 120;
/// So many orders one name may stand for; who has more looks by something else.
const NAMED_MAX: i64 = 200;
/// So many packages one word may stand for.
const PACKAGES_MAX: i64 = 5;
/// So many accounts the beginning of an address or a name may stand for.
const WHOSE_MAX: i64 = 50;

/// What somebody looks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sought {
    /// A number, id, server address, PID, package or a transaction, or how a mail address or a
    /// name begins; empty: all.
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

/// An order that was found, as a list tells of it. Products, packages and memory are those of the
/// terms in force.
#[derive(Clone, Debug)]
pub struct Line {
    pub id: OrderId,
    pub number: String,
    pub account: AccountId,
    /// Whose it is.
    pub email: String,
    /// The word of its stage.
    pub stage: &'static str,
    pub seen: Seen,
    pub product_name: String,
    pub package_name: String,
    pub pid: Pid,
    pub memory: Ram,
    pub amount: Money,
    /// For staff, with everything.
    pub error: Option<String>,
    /// Nothing until the server is delivered.
    pub address: Option<Ipv4Addr>,
    pub created_at: Timestamp,
    pub paid_at: Option<Timestamp>,
    pub delivered_at: Option<Timestamp>,
    pub sold_until: Option<Timestamp>,
}

/// Orders that were found.
#[derive(Clone, Debug)]
pub struct Matches<T> {
    pub page: Page<T>,
    /// The one order that the text names. Mail addresses and packages never do: what they name
    /// today may be one order by chance.
    pub named: Option<OrderId>,
    /// More customers are called like that than were looked among: the newest of them.
    pub is_cut: bool,
}

/// Among which orders a word says to look.
#[derive(Default)]
struct Places {
    among: Vec<Among>,
    named: Option<OrderId>,
    is_cut: bool,
}

impl Places {
    fn of(among: Among) -> Places {
        Places { among: vec![among], ..Places::default() }
    }
}

impl Sought {
    fn text(&self) -> String {
        self.text.trim().chars().take(TEXT_MAX).collect()
    }
}

impl Engine {
    /// Orders for staff, newest first.
    pub async fn find_orders(
        &self,
        sought: &Sought,
        after: Option<&str>,
        limit: Option<i64>,
    ) -> Result<Matches<Found>> {
        self.matching(sought, (after, limit), shown).await
    }

    /// The same with as much as a list tells.
    pub async fn list_orders(
        &self,
        sought: &Sought,
        after: Option<&str>,
        limit: Option<i64>,
    ) -> Result<Matches<Line>> {
        self.matching(sought, (after, limit), lines).await
    }

    async fn matching<T: Send + 'static>(
        &self,
        sought: &Sought,
        (after, limit): (Option<&str>, Option<i64>),
        shown: fn(&mut Tx<'_>, &[Order]) -> Result<Vec<T>>,
    ) -> Result<Matches<T>> {
        let (after, limit) = (moment_and_id(after)?, page_length(limit));
        let (text, only) = (sought.text(), sought.only.clone());
        self.db()
            .read(move |tx| {
                let after = after.as_ref().map(|(at, id)| (*at, id.as_str()));
                let (mut orders, places) = (Vec::new(), places(tx, &text)?);
                for among in &places.among {
                    orders.extend(tx.orders_among(among, &only, after, limit + 1)?);
                }
                newest_first(&mut orders, limit + 1);
                let page = Page::of(orders, limit, |order| cursor_of(order.created_at, &order.id));
                let page = Page { items: shown(tx, &page.items)?, next: page.next };
                Ok(Matches { page, named: places.named, is_cut: places.is_cut })
            })
            .await
    }
}

fn places(tx: &mut Tx<'_>, text: &str) -> Result<Places> {
    if text.is_empty() {
        return Ok(Places::of(Among::All));
    }
    if let Some(pid) = pid(text) {
        return packages(tx, pid);
    }
    if text.contains('@') {
        // Whoever types a whole address means nobody whose address goes on after it.
        return match tx.accounts_at(text, WHOSE_MAX)? {
            accounts if accounts.is_empty() => whose(tx, text),
            accounts => Ok(Places::of(Among::Accounts(accounts))),
        };
    }
    let named = tx.orders_named(text, NAMED_MAX)?;
    if let [first, others @ ..] = &*named {
        let only = others.is_empty().then(|| first.clone());
        return Ok(Places { named: only, ..Places::of(Among::These(named)) });
    }
    match packages(tx, text)? {
        none if none.among.is_empty() => whose(tx, text),
        found => Ok(found),
    }
}

/// The number of a package, where that is what the text says it is: `PID 42`, `pid:42`, `pid42`.
fn pid(text: &str) -> Option<&str> {
    let rest = text.get(..3).filter(|head| head.eq_ignore_ascii_case("pid")).and(text.get(3..))?;
    let number = rest.trim_start_matches([' ', ':', '#', '=']);
    let is_apart = number.len() < rest.len() || number.starts_with(|sign: char| sign.is_numeric());
    Some(number).filter(|number| is_apart && !number.is_empty())
}

fn packages(tx: &mut Tx<'_>, text: &str) -> Result<Places> {
    let packages = tx.packages_called(text, PACKAGES_MAX)?;
    Ok(Places { among: packages.into_iter().map(Among::Package).collect(), ..Places::default() })
}

/// Those of whoever has an address or a name that begins so, the newest customers first.
fn whose(tx: &mut Tx<'_>, text: &str) -> Result<Places> {
    let accounts = tx.accounts_like(text, None, WHOSE_MAX + 1)?;
    let most = usize::try_from(WHOSE_MAX).unwrap_or(usize::MAX);
    let is_cut = accounts.len() > most;
    let ids = accounts.into_iter().take(most).map(|account| account.id).collect();
    Ok(Places { is_cut, ..Places::of(Among::Accounts(ids)) })
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

fn lines(tx: &mut Tx<'_>, orders: &[Order]) -> Result<Vec<Line>> {
    let brief = Brief::of(tx, orders)?;
    let emails = tx.named(orders.iter().map(|order| order.account.as_str()))?;
    let line = |order: &Order| {
        let terms = brief.terms(order);
        Line {
            id: order.id.clone(),
            number: order.number.clone(),
            account: order.account.clone(),
            email: emails.get(order.account.as_str()).cloned().unwrap_or_default(),
            stage: order.standing.stage.word(),
            seen: brief.seen(order),
            product_name: brief.product_name(order).to_owned(),
            package_name: terms.package_name.clone(),
            pid: terms.pid.clone(),
            memory: terms.ram,
            amount: order.sold.quote.total,
            error: order.error.clone(),
            address: delivered_address(order, brief.servers(order)),
            created_at: order.created_at,
            paid_at: order.paid_at,
            delivered_at: order.delivered_at,
            sold_until: order.sold_until,
        }
    };
    Ok(orders.iter().map(line).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_called_a_pid_is_one() {
        for text in ["PID 42", "pid:42", "pid42", "Pid #42", "pid = 42"] {
            assert_eq!(pid(text), Some("42"), "{text}");
        }
        for text in ["pid", "pid ", "pidgin@example.com", "42", "पिड 42"] {
            assert_eq!(pid(text), None, "{text}");
        }
    }
}
