//! The permit: one short transaction with every reason not to buy, and then the right to buy once.

use std::time::Duration;

use domain::clock::Timestamp;
use domain::id::{AttemptId, OrderId, PackageId};
use domain::money::{Currency, Money};
use domain::order::{Event, Stage, Terms, step};
use domain::stock::Admission;
use store::attempt::{Attempt, Permit};
use store::db::{StoreError, Tx};
use store::job::Job;
use store::order::Extras;
use store::purchase::Grounds;
use upstream::Purchase;

use super::{PAUSED_FOR, Planned, STOCK_WAIT, by_worker};
use crate::reconcile::watch::LOSSES;
use crate::switches::LATCH;
use crate::{Engine, Error, Result};

/// So long a stray counts towards the loss budget.
const STRAYS_OF: Duration = Duration::from_secs(24 * 3_600);

/// What a permit transaction decided.
pub(super) enum Permitted {
    Yes(Box<Sending>),
    /// Not now; the attempt stays planned.
    Wait(Duration, String),
}

/// Everything the one request needs once its permit is committed.
pub(super) struct Sending {
    pub attempt: AttemptId,
    pub purchase: Purchase,
    pub deadline: Timestamp,
    pub now: Timestamp,
}

impl Engine {
    /// A commit whose outcome is unknown: only this call knows the nonce and may read it back.
    pub(super) async fn read_back(&self, planned: &Planned, nonce: &str) -> Option<Box<Sending>> {
        let (id, nonce) = (planned.attempt.id.clone(), nonce.to_owned());
        let found = self
            .db()
            .write(move |tx| {
                if !tx.permit_holds(&id, &nonce)? {
                    return Ok(None);
                }
                Ok::<_, StoreError>(Some((tx.attempt(&id)?, tx.now()?)))
            })
            .await;
        match found {
            Ok(Some((attempt, now))) => Some(Box::new(Sending {
                purchase: Purchase {
                    permit: attempt.id.to_string(),
                    package_name: attempt.package_name.clone(),
                    ram: attempt.ram,
                },
                deadline: attempt.deadline.unwrap_or(now),
                attempt: attempt.id,
                now,
            })),
            // Whoever else meets it waits for its deadline; nothing was sent by us.
            _ => None,
        }
    }

    /// Step 3, one short transaction: every reason not to buy, and then the right to buy once.
    pub(super) async fn permit(
        &self,
        job: &Job,
        planned: &Planned,
        name: &str,
        nonce: &str,
    ) -> Result<Permitted> {
        let engine = self.clone();
        let (claim, attempt, order) =
            (job.claim.clone(), planned.attempt.clone(), planned.order.id.clone());
        let (terms, name, nonce) = (planned.terms.clone(), name.to_owned(), nonce.to_owned());
        self.db()
            .write(move |tx| {
                let settings = engine.settings();
                let grounds = engine.permit_grounds(tx, &order, &attempt.package)?;
                if let Some((after, why)) = engine.not_now(tx, &terms, &attempt, &grounds)? {
                    return Ok(Permitted::Wait(after, why));
                }
                let (counted, mut order) = (grounds.counted, grounds.order);
                if order.standing.stage != Stage::Planned(attempt.id.clone()) {
                    return Err(Error::from(StoreError::Stale("the order")));
                }
                let now = counted.now;
                let deadline = now + settings.purchase_timeout;
                let next = step(&order.standing, &Event::Permitted)?;
                let data = format!(
                    r#"{{"permit":"{}","claim":{},"reading":{},"stock":{}}}"#,
                    attempt.id, claim.number, counted.reading_number, counted.stock.free
                );
                let cause = by_worker(format!("permit:{}", attempt.id), &claim, &data);
                let extras = Extras { error: Some(None), ..Extras::default() };
                tx.record(&mut order, &[(Event::Permitted, next)], &cause, &extras)?;
                tx.permit_attempt(&Permit {
                    id: &attempt.id,
                    nonce: &nonce,
                    now,
                    deadline,
                    tail_ends_at: deadline + settings.purchase_tail,
                    reading_number: counted.reading_number,
                    stock_seen: counted.stock.free,
                    package_name: &name,
                })?;
                tx.fence(&claim, settings.claim_for)?;
                let purchase = Purchase {
                    permit: attempt.id.to_string(),
                    package_name: name.clone(),
                    ram: attempt.ram,
                };
                let attempt = attempt.id.clone();
                Ok(Permitted::Yes(Box::new(Sending { attempt, purchase, deadline, now })))
            })
            .await
    }

    /// What a permit is given or refused for, under the locks of the package and the order.
    pub(crate) fn permit_grounds(
        &self,
        tx: &mut Tx<'_>,
        order: &OrderId,
        package: &PackageId,
    ) -> Result<Grounds> {
        let budget = (self.budget_currency(), STRAYS_OF);
        let buffer = self.settings().stock_buffer;
        Ok(tx.count_for_permit((order, package), buffer, LATCH, budget)?)
    }

    /// Every reason why no permit is given now. The package is locked.
    pub(crate) fn not_now(
        &self,
        tx: &mut Tx<'_>,
        terms: &Terms,
        attempt: &Attempt,
        grounds: &Grounds,
    ) -> Result<Option<(Duration, String)>> {
        let counted = &grounds.counted;
        if self.hub().is_stopping() {
            return Ok(Some((PAUSED_FOR, "this node is stopping".into())));
        }
        if let Some(why) = &grounds.latched {
            return Ok(Some((PAUSED_FOR, format!("permits are latched: {why}"))));
        }
        if let Some(why) = &grounds.paused {
            return Ok(Some((PAUSED_FOR, format!("provider paused: {why}"))));
        }
        if let Some(why) = self.over_budget(grounds.strays_minor) {
            // Wrong servers use it up as well as unheard purchases; whoever waits for it tells.
            tx.raise_alert(LOSSES, self.parts.provider.id, &why)?;
            return Ok(Some((Duration::from_secs(30), why)));
        }
        if terms.promise().pins_one_address()
            && tx.package_is_being_checked(attempt.package.as_str())?
        {
            return Ok(Some((
                STOCK_WAIT,
                "its one address is being checked for another order".into(),
            )));
        }
        match counted.stock.admission() {
            Admission::Admitted => Ok(None),
            // What the newest reading says of an empty package is step 1's to judge, twice.
            Admission::Wait | Admission::Empty | Admission::AtCapacity => {
                let text = format!(
                    "waiting for stock: {} free, {} under way, {} kept back",
                    counted.stock.free, counted.stock.taken, counted.stock.buffer
                );
                Ok(Some((STOCK_WAIT, text)))
            }
        }
    }

    pub(crate) fn over_budget_now(&self, tx: &mut Tx<'_>) -> Result<Option<String>> {
        let lifted = tx.budget_lifted_at()?;
        self.over_budget_since(tx, lifted)
    }

    /// As above, where it is known since when losses count anew.
    pub(crate) fn over_budget_since(
        &self,
        tx: &mut Tx<'_>,
        lifted: Option<Timestamp>,
    ) -> Result<Option<String>> {
        let cost = self.strays_since(tx, lifted)?;
        Ok(self.over_budget(cost.minor))
    }

    /// What strays of 24 hours cost, of which those before that moment no longer count.
    pub(crate) fn strays_since(&self, tx: &mut Tx<'_>, lifted: Option<Timestamp>) -> Result<Money> {
        let day = tx.now()? - STRAYS_OF;
        let (since, currency) =
            (lifted.map_or(day, |lifted| lifted.max(day)), self.budget_currency());
        Ok(Money::new(tx.stray_cost(self.parts.provider.id, since, currency)?, currency))
    }

    fn budget_currency(&self) -> Currency {
        let settings = self.settings();
        settings.loss_budget.map_or(settings.currency, |budget| budget.currency)
    }

    /// Strays of 24 hours cost more than the owner allows.
    pub(crate) fn over_budget(&self, strays_minor: i64) -> Option<String> {
        let budget = self.settings().loss_budget.filter(|budget| strays_minor > budget.minor)?;
        Some(format!("the loss budget of {budget} for 24 hours is used up"))
    }
}
