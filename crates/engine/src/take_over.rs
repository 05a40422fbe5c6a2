//! Somebody of staff takes an order over: it is theirs on the list, until when they say. It changes
//! nothing of the order itself.

use std::time::Duration;

use domain::id::OrderId;

use crate::{Engine, Error, Result};

/// Nobody keeps an order longer without saying so again.
const HOURS_MAX: u32 = 14 * 24;

impl Engine {
    /// Gives an order on the list to `owner`, to be done within so many hours.
    pub async fn take_over_listed(&self, order: &OrderId, hours: u32, owner: &str) -> Result<()> {
        if !(1..=HOURS_MAX).contains(&hours) {
            let text = format!("hours must be a whole number from 1 to {HOURS_MAX}");
            return Err(Error::invalid("invalid-hours", text));
        }
        let (order, owner) = (order.clone(), owner.to_owned());
        self.db()
            .write(move |tx| {
                tx.lock_order(&order)?;
                let due = tx.now()? + Duration::from_secs(u64::from(hours) * 3_600);
                if tx.take_over_order(&order, &owner, due)? == 0 {
                    let text =
                        "the order is on nobody's list: somebody was faster, or it is settled";
                    return Err(Error::refused("not-now", text));
                }
                tx.audit(&owner, "take-over", order.as_str(), &format!("due {}", due.minute()))?;
                Ok(())
            })
            .await
    }
}
