//! Troubles whose end only a person can know. All others end with the trouble itself; which one
//! ends how is a table of `docs/OPERATIONS.md`.

use store::alert::Alert;

use crate::{Engine, Error, Result, wording};

/// Two orders and one address, a customer's server in doubt, money that a gateway books elsewhere
/// or does not speak of, or that came into a wallet as nobody meant it, a mail that came back, a
/// chat that takes nothing, a machine that is gone, and products that staff find right as they are:
/// nothing in our own
/// books tells that somebody has looked.
const SETTLED_BY_HAND: [&str; 11] = [
    "address-sold-twice",
    crate::errand::ALERT,
    "payment-mismatch",
    "payment-unanswered",
    "packages-new",
    crate::wallet::top_up::DIFFERS,
    crate::wallet::top_up::OF_NOBODY,
    crate::mail::REFUSED,
    crate::notice::UNSENT,
    crate::host::DISK,
    crate::host::CLOCK,
];

/// Whether staff say when it is over.
pub fn is_settled_by_hand(kind: &str) -> bool {
    SETTLED_BY_HAND.contains(&kind)
}

impl Engine {
    /// Ends a trouble by somebody's word, which goes on record. The same trouble another time is
    /// a new one.
    pub async fn settle_alert(
        &self,
        (kind, subject): (&str, &str),
        reason: &str,
        actor: &str,
    ) -> Result<Alert> {
        let (kind, subject) = (kind.to_owned(), subject.to_owned());
        let (reason, actor) = (wording::reason(reason)?, actor.to_owned());
        self.db()
            .write(move |tx| {
                let found = tx.open_alert(&kind, &subject)?;
                let alert = found
                    .ok_or_else(|| Error::missing("open alert", format!("{kind} of {subject}")))?;
                if !is_settled_by_hand(&kind) {
                    let text = format!(
                        "{kind} ends by itself when its trouble is over; deal with that instead"
                    );
                    return Err(Error::refused("not-now", text));
                }
                tx.resolve_alert(&kind, &subject)?;
                let told = wording::shortened(&format!("{kind}: {reason}"), 2_000);
                tx.audit(&actor, "settle-alert", &subject, &told)?;
                Ok(Alert { resolved_at: Some(tx.now()?), ..alert })
            })
            .await
    }
}
