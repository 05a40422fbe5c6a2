//! What purchases and strays cost us, as entries of the ledger. Not for customers' money: `pay.rs`.

use domain::ledger::{Account, Entry};
use domain::money::Money;
use domain::tax::share;
use store::attempt::Attempt;
use store::db::Tx;
use store::order::Order;
use store::server::Server;

use crate::{Engine, Result};

impl Engine {
    /// What a purchase that bought costs us, where staff entered it; once per purchase.
    pub(crate) fn book_cost(&self, tx: &mut Tx<'_>, attempt: &Attempt) -> Result<()> {
        let Some(cost) = attempt.cost else { return Ok(()) };
        let cause = format!("bought:{}", attempt.id);
        if tx.is_booked(&cause)? {
            return Ok(());
        }
        let provider = &attempt.provider;
        let (from, to) = (Account::Supplier(provider.clone()), Account::Upstream(provider.clone()));
        Ok(tx.post(Some(&attempt.order), &Entry::moved(cause, from, to, cost))?)
    }

    /// A quarantined server's cost is an asset until it is salvaged or lost.
    pub(crate) fn book_stray(&self, tx: &mut Tx<'_>, server: &Server) -> Result<()> {
        self.move_stray_cost(tx, server, "stray", |provider| (provider, Account::Stray))
    }

    /// A stray is given to somebody after all: its cost is a purchase's again.
    pub(crate) fn book_salvage(&self, tx: &mut Tx<'_>, server: &Server) -> Result<()> {
        self.move_stray_cost(tx, server, "salvaged", |provider| (Account::Stray, provider))
    }

    /// A stray is ended, lapsed or written off: its cost is lost.
    pub(crate) fn book_loss(&self, tx: &mut Tx<'_>, server: &Server) -> Result<()> {
        self.move_stray_cost(tx, server, "lost", |_| (Account::Stray, Account::Loss))
    }

    /// Time that a customer does not pay for, so many days of those that were sold, costs us its
    /// share of what the server does. Nothing where that is not known.
    pub(crate) fn book_goodwill(
        &self,
        tx: &mut Tx<'_>,
        order: &Order,
        (server, days): (&Server, i64),
        (cause, from): (&str, fn(String) -> Account),
    ) -> Result<Option<Money>> {
        let Some(cost) = server.cost else { return Ok(None) };
        let part = Money::new(share(cost.minor, days, order.sold.days), cost.currency);
        let from = from(server.provider.clone());
        let cause = format!("goodwill:{}:{cause}", order.id);
        let entry = Entry::moved(cause, from, Account::Goodwill, part);
        tx.post(Some(&order.id), &entry)?;
        Ok(Some(part))
    }

    fn move_stray_cost(
        &self,
        tx: &mut Tx<'_>,
        server: &Server,
        why: &str,
        sides: impl Fn(Account) -> (Account, Account),
    ) -> Result<()> {
        let Some(cost) = server.cost else { return Ok(()) };
        let cause = format!("{why}:{}:{}", server.id, server.version);
        let (from, to) = sides(Account::Upstream(server.provider.clone()));
        Ok(tx.post(server.order.as_ref(), &Entry::moved(cause, from, to, cost))?)
    }
}
