//! What the steps of a purchase need to know, each asked for in one go: a round trip to a database
//! server costs more than the questions. Not for rules: the engine decides by the answers.

use std::net::Ipv4Addr;
use std::time::Duration;

use domain::clock::Timestamp;
use domain::id::{OrderId, PackageId, ServerId};
use domain::money::Currency;

use crate::attempt::{self, Attempt, StoredAnswer};
use crate::db::{Result, StoreError, Tx, only};
use crate::operation::{self, Operation};
use crate::order::{self, Order};
use crate::server::{self, Server};
use crate::stock::{self, Counted};

/// An attempt with its order, and what stops every purchase for the moment.
#[derive(Clone, Debug)]
pub struct Begun {
    pub attempt: Attempt,
    pub order: Order,
    pub latched: Option<String>,
    pub paused: Option<String>,
}

/// What a permit is given or refused for.
#[derive(Clone, Debug)]
pub struct Grounds {
    pub counted: Counted,
    pub order: Order,
    /// Why nobody gets a permit.
    pub latched: Option<String>,
    /// Why nobody gets one from this provider.
    pub paused: Option<String>,
    /// What strays of the provider may have cost lately, in minor units.
    pub strays_minor: i64,
}

/// A server under check, with all that its verdict depends on beside the provider's word.
#[derive(Clone, Debug)]
pub struct UnderCheck {
    pub server: Server,
    pub order: Option<Order>,
    pub operations: Vec<Operation>,
    /// The latest expiry of a server that had the address before.
    pub earlier_expiry: Option<Timestamp>,
    pub now: Timestamp,
}

/// Why permits are latched, why the provider is paused, and what strays cost lately.
fn grounds() -> String {
    let since = |column: &str| format!("{column} >= r.moment - $4 AND {column} >= r.lifted_at");
    let strays = attempt::stray_sum("r.provider", "$5", "r.moment", since);
    format!(
        ", (SELECT value FROM setting WHERE name = $3), \
         CASE WHEN r.paused_at IS NOT NULL THEN COALESCE(r.pause_reason, 'no reason given') END, \
         {strays}"
    )
}

const HINDRANCES: &str = "SELECT (SELECT value FROM setting WHERE name = $1), \
     (SELECT COALESCE(pause_reason, 'no reason given') FROM provider \
       WHERE id = $2 AND paused_at IS NOT NULL)";
const EARLIER: &str = "SELECT MAX(e.expires_at), {now} FROM server s JOIN server e \
     ON e.provider = s.provider AND e.address = s.address AND e.id <> s.id WHERE s.id = $1";

impl Tx<'_> {
    /// Reads an attempt before it is carried out; nothing when there is none.
    pub fn begin_purchase(
        &mut self,
        id: &str,
        (provider, latch): (&str, &str),
    ) -> Result<Option<Begun>> {
        let of_attempt = order::asking("id = (SELECT order_id FROM attempt WHERE id = $1)");
        let [attempt, order, hindrances] = self.together([
            (&attempt::asking("id = $1"), args![id]),
            (&of_attempt, args![id]),
            (HINDRANCES, args![latch, provider]),
        ])?;
        let (Some(attempt), Some(order)) = (only(attempt)?, only(order)?) else { return Ok(None) };
        let hindrances = only(hindrances)?;
        let text = |at: usize| match &hindrances {
            Some(row) => Ok(row.opt_text(at)?.map(str::to_owned)),
            None => Ok::<_, StoreError>(None),
        };
        Ok(Some(Begun {
            attempt: attempt::read(&attempt)?,
            order: order::read(&order)?,
            latched: text(0)?,
            paused: text(1)?,
        }))
    }

    /// All that speaks for or against a permit, under the locks of the package and then the order.
    pub fn count_for_permit(
        &mut self,
        (order, package): (&OrderId, &PackageId),
        buffer: i64,
        latch: &str,
        (currency, strays_of): (Currency, Duration),
    ) -> Result<Grounds> {
        let question = order::locking("");
        let values = args![package.as_str(), "", latch, strays_of, currency.code()];
        let [locked, counts, order_row] = self.together([
            (stock::LOCK, args![package.as_str()]),
            (&stock::counting(&grounds()), values),
            (&question, args![order.as_str()]),
        ])?;
        let counts = only(counts)?;
        let counted = self.counted(package, buffer, only(locked)?, &counts)?;
        let counts = counts.ok_or_else(|| stock::missing(package))?;
        Ok(Grounds {
            counted,
            order: self.locked_order(order, only(order_row)?)?,
            latched: counts.opt_text(5)?.map(Into::into),
            paused: counts.opt_text(6)?.map(Into::into),
            strays_minor: counts.int(7)?,
        })
    }

    /// Reads the answer to a permit with its attempt; nothing when one of them is missing.
    pub fn answered_attempt(&mut self, permit: &str) -> Result<Option<(StoredAnswer, Attempt)>> {
        let [answer, attempt] = self.together([
            (attempt::ANSWER, args![permit]),
            (&attempt::asking("id = $1"), args![permit]),
        ])?;
        let (Some(answer), Some(attempt)) = (only(answer)?, only(attempt)?) else {
            return Ok(None);
        };
        Ok(Some((attempt::read_answer(&answer)?, attempt::read(&attempt)?)))
    }

    /// Locks the order that an answer is about, then reads its attempt and, where the answer names
    /// an address, the server that is live there.
    pub fn lock_answered(
        &mut self,
        attempt: &Attempt,
        named: Option<Ipv4Addr>,
    ) -> Result<(Order, Attempt, Option<Server>)> {
        let address = named.map(|address| address.to_string());
        let [order, again, live] = self.together([
            (&order::locking(""), args![attempt.order.as_str()]),
            (&attempt::asking("id = $1"), args![attempt.id.as_str()]),
            (&server::live(), args![address]),
        ])?;
        let order = self.locked_order(&attempt.order, only(order)?)?;
        let live = only(live)?.map(|row| server::read(&row)).transpose()?;
        match only(again)? {
            Some(row) => Ok((order, attempt::read(&row)?, live)),
            None => Err(attempt::missing(&attempt.id)),
        }
    }

    /// Reads a server that is being checked.
    pub fn server_under_check(&mut self, id: &ServerId) -> Result<UnderCheck> {
        let of_server = order::asking("id = (SELECT order_id FROM server WHERE id = $1)");
        let id_alone = args![id.as_str()];
        let [server, order, operations, earlier] = self.together([
            (&server::asking("id = $1"), id_alone),
            (&of_server, id_alone),
            (&operation::of_server(), id_alone),
            (EARLIER, id_alone),
        ])?;
        let nothing = || StoreError::Missing { what: "server", id: id.to_string() };
        let (server, earlier) =
            (only(server)?.ok_or_else(nothing)?, only(earlier)?.ok_or_else(nothing)?);
        Ok(UnderCheck {
            server: server::read(&server)?,
            order: only(order)?.map(|row| order::read(&row)).transpose()?,
            operations: operations.iter().map(operation::read).collect::<Result<_>>()?,
            earlier_expiry: earlier.opt_time(0)?,
            now: earlier.time(1)?,
        })
    }

    /// Locks an order, and reads what its customer has prepaid, in its minor units.
    pub fn lock_order_with_prepaid(&mut self, id: &OrderId) -> Result<(Order, i64)> {
        let [order, prepaid] = self.together([
            (&order::locking(""), args![id.as_str()]),
            (crate::ledger::OF_ORDER, args![id.as_str(), "prepaid:%"]),
        ])?;
        let prepaid = only(prepaid)?.map_or(Ok(0), |row| row.int(0))?;
        Ok((self.locked_order(id, only(order)?)?, -prepaid))
    }
}
