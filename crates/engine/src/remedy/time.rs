//! Time that is given away: an extension, and the free month of a customer whose money went back.
//! What it costs us is booked as goodwill. Not for ending terms: `reconcile/term_over.rs`.

use domain::clock::Timestamp;
use domain::ledger::Account;
use domain::order::terms::days;
use domain::order::{Event, Sold, Stage};
use store::db::Tx;
use store::order::Extras;
use store::server::Server;

use super::Bench;
use crate::{Error, Result};

/// On the list until somebody has asked the customer how it goes on.
const FREE_TIME_ENDS: &str = "free-time-ends";
/// So long before the end.
const ASKED_BEFORE_DAYS: i64 = 3;
const DAY_S: u64 = 86_400;

impl Bench<'_> {
    pub(super) fn extend(&mut self, tx: &mut Tx<'_>) -> Result<()> {
        let count = self.days_or(None)?;
        let until = self.ends()? + days(count);
        self.order.sold_until = Some(until);
        self.record(tx, Event::Extended { days: count }, &Extras::default())?;
        self.say(format!("extended by {count} days, until {}", until.minute()));
        self.renewed_by(tx, until)?;
        tx.unlist(&self.order.id, FREE_TIME_ENDS)?;
        let key = self.cause.key.clone();
        self.book_free_days(tx, count, (&key, Account::Supplier))
    }

    /// What is kept without being paid for is free for a month from now, or as long as was sold;
    /// before that ends, somebody asks how it goes on. What the server has cost is a present, and
    /// so is what the days beyond its time will cost.
    pub(super) fn free_time(&mut self, tx: &mut Tx<'_>) -> Result<()> {
        let count = self.days_or(Some(Sold::DAYS))?;
        let (now, ends, key) = (tx.now()?, self.ends()?, self.cause.key.clone());
        let until = ends.max(now + days(count));
        self.order.sold_until = Some(until);
        self.book_free_days(tx, self.order.sold.days, (&key, Account::Upstream))?;
        let more = i64::try_from(until.since(ends).as_secs().div_ceil(DAY_S)).unwrap_or(0);
        if more > 0 {
            self.book_free_days(tx, more, (&format!("{key}:more"), Account::Supplier))?;
        }
        let ask = (until - days(ASKED_BEFORE_DAYS)).max(now);
        tx.list(&self.order.id, FREE_TIME_ENDS, ask.since(now))?;
        self.say(format!("the server stays with the customer, free until {}", until.minute()));
        self.say(format!("on the list for {}: renew it, or another server", ask.minute()));
        self.renewed_by(tx, until)
    }

    /// So many free days cost us their share of what the server does.
    fn book_free_days(
        &mut self,
        tx: &mut Tx<'_>,
        count: i64,
        cause: (&str, fn(String) -> Account),
    ) -> Result<()> {
        let number = &self.order.number;
        let server = self.delivered().cloned();
        let server = server.ok_or_else(|| Error::Bug(format!("{number} has no server")))?;
        match self.engine.book_goodwill(tx, &self.order, (&server, count), cause)? {
            Some(cost) => self.say(format!("{count} days cost us {cost}, booked as goodwill")),
            None => self.say("what it costs us is not known, so no goodwill is booked"),
        }
        Ok(())
    }

    fn delivered(&self) -> Option<&Server> {
        let Stage::Delivered(id) = &self.order.standing.stage else { return None };
        self.servers.iter().find(|server| server.id == *id)
    }

    fn days_or(&self, usual: Option<i64>) -> Result<i64> {
        let wrong = || Error::invalid("invalid-days", "days must be a whole number from 1 to 365");
        let count = self.wish.days.or(usual).ok_or_else(wrong)?;
        if (1..=365).contains(&count) { Ok(count) } else { Err(wrong()) }
    }

    fn ends(&self) -> Result<Timestamp> {
        let number = &self.order.number;
        let bug = || Error::Bug(format!("{number} is delivered and has no end"));
        self.order.sold_until.ok_or_else(bug)
    }

    fn renewed_by(&mut self, tx: &mut Tx<'_>, until: Timestamp) -> Result<()> {
        let ends = self.delivered().and_then(|server| server.expires_at);
        if ends.is_none_or(|ends| ends < until) {
            tx.list(&self.order.id, "renew-upstream", days(1))?;
            self.say("the server must be renewed at the provider before that; it is on the list");
        }
        Ok(())
    }
}
