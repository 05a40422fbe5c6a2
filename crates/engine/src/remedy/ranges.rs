//! Confirmed ranges of a product: from then on they are what its open orders promise, all at once.

use domain::order::{Event, Terms, step};
use store::catalogue::Shown;
use store::db::Tx;
use store::order::{Amendment, Extras};

use crate::classify::by_person;
use crate::{Engine, Result};

impl Engine {
    /// Amends every open order of a product's package in the transaction that confirms the ranges.
    /// Servers on hold are checked again. The package is locked by the caller.
    pub(crate) fn amend_open_orders(
        &self,
        tx: &mut Tx<'_>,
        shown: &Shown,
        actor: &str,
    ) -> Result<usize> {
        let ids = tx.open_orders_of(&shown.package.id)?;
        for id in &ids {
            let mut order = tx.lock_order(id)?;
            let before = tx.latest_amendment(&order)?;
            let known =
                before.as_ref().map_or(&order.sold.product_name, |a| &a.product_name).clone();
            let now = tx.terms_in_force(&order)?;
            let reason = "the ranges of the product were confirmed";
            let amendment = Amendment {
                at: tx.now()?,
                actor: actor.to_owned(),
                reason: reason.to_owned(),
                consent: None,
                product_name: known,
                terms: Terms { cidrs: shown.product.cidrs.clone(), ..now },
                back_minor: 0,
            };
            tx.amend(&mut order, &amendment)?;
            let next = step(&order.standing, &Event::RangesConfirmed)?;
            let key = format!("ranges:{}:{}", shown.product.id, shown.product.version);
            let extras = Extras { error: Some(None), ..Extras::default() };
            let cause = by_person(key, actor, reason);
            tx.record(&mut order, &[(Event::RangesConfirmed, next)], &cause, &extras)?;
        }
        Ok(ids.len())
    }
}
