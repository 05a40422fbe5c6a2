//! Who paid a quarter of an hour ago, has neither server nor money back, and is on nobody's list?

use std::time::Duration;

use domain::order::Stage;
use domain::order::step::Why;

use crate::Engine;
use crate::error::Result;

/// So long after payment every unsettled order is on somebody's list.
const LISTED_AFTER: Duration = Duration::from_secs(15 * 60);
const DUE_WITHIN: Duration = Duration::from_secs(30 * 60);

impl Engine {
    /// Puts such orders on the list, whatever their stage.
    pub(crate) async fn list_paid_without_server(&self) -> Result<u64> {
        let orders = self
            .db()
            .read(|tx| {
                let before = tx.now()? - LISTED_AFTER;
                tx.unsettled_and_unlisted(before)
            })
            .await?;
        self.move_each(&orders, |_, tx, id| {
            // Under the order's lock: it may have been settled since it was asked for.
            let order = tx.lock_order(id)?;
            if !is_unsettled(&order.standing.stage) {
                return Ok(false);
            }
            let why = why_listed(&order.standing.stage);
            tx.list(id, why, DUE_WITHIN)?;
            if why != Why::Owed.word() {
                let paid = order.paid_at.unwrap_or(order.created_at);
                let minutes = tx.now()?.since(paid).as_secs() / 60;
                let text = format!(
                    "{} was paid {minutes} minutes ago and is still {}",
                    order.number,
                    order.standing.stage.word()
                );
                tx.raise_alert("paid-without-server", id.as_str(), &text)?;
            }
            Ok(true)
        })
        .await
    }
}

fn is_unsettled(stage: &Stage) -> bool {
    !matches!(
        stage,
        Stage::Unpaid
            | Stage::Closed(_)
            | Stage::Delivered(_)
            | Stage::Refunded
            | Stage::Terminated
    )
}

/// The reason that belongs to a stage on the list.
pub(crate) fn why_listed(stage: &Stage) -> &'static str {
    let why = match stage {
        Stage::Unheard(_) => Why::Unheard,
        Stage::OnHold(_) => Why::OnHold,
        Stage::Stopped(domain::order::Stop::WrongServer) => Why::WrongServer,
        Stage::Stopped(stop) => Why::Stopped(*stop),
        Stage::Unrevived | Stage::RefundPending => Why::Owed,
        _ => Why::Slow,
    };
    why.word()
}
