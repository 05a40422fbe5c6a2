//! Which mail has nobody to bring it on its way, and what have staff not been told?

use std::time::Duration;

use super::ASKED_AT_ONCE;
use super::day_over::DayOver;
use crate::Engine;
use crate::error::{Error, Result};
use crate::mail::told::{ALERTS, DAILY, LOW_STOCK};

/// So many troubles one mail tells of.
const TOLD_MAX: i64 = 50;
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

impl Engine {
    /// Gives every mail that waits a job. Nothing while nobody carries mail: then it keeps.
    pub(crate) async fn queue_mail(&self) -> Result<u64> {
        if self.parts.mail.is_none() {
            return Ok(0);
        }
        let staff = self.settings().alert_mails.clone();
        if !staff.is_empty() {
            self.mail_alerts(staff.clone()).await?;
            self.mail_daily(staff).await?;
        }
        if !self.db().read(|tx| tx.mail_waits()).await? {
            return Ok(0);
        }
        let queued = self.db().write(|tx| tx.queue_mails(ASKED_AT_ONCE)).await?;
        self.hub().wake();
        Ok(queued)
    }

    /// One mail tells staff of all troubles that are new.
    async fn mail_alerts(&self, staff: Vec<String>) -> Result<()> {
        if !self.db().read(|tx| tx.has_unmailed_alerts()).await? {
            return Ok(());
        }
        self.db()
            .write(move |tx| {
                let troubles = tx.take_unmailed_alerts(TOLD_MAX)?;
                let Some((newest, _)) = troubles.last() else { return Ok(()) };
                let cause = format!("{ALERTS}/{newest}");
                let facts: Vec<_> = troubles.iter().map(|(_, fact)| fact.clone()).collect();
                for email in &staff {
                    tx.tell_staff(email, ALERTS, &format!("{cause}/{email}"), &facts)?;
                }
                Ok::<_, Error>(())
            })
            .await
    }

    /// Once a day: what is low, where anything is, and what the day before brought.
    async fn mail_daily(&self, staff: Vec<String>) -> Result<()> {
        let low = self.db().read(|tx| {
            let due = tx.is_turn_due(LOW_STOCK, DAY)?;
            Ok::<_, Error>(due && !tx.low_stock_alerts(1)?.is_empty())
        });
        let low = low.await?;
        let day = match staff.first() {
            Some(first) => self.day_over(first).await?,
            None => None,
        };
        if !low && day.is_none() {
            return Ok(());
        }
        self.db()
            .write(move |tx| {
                if let Some(DayOver { cause, facts }) = &day {
                    for email in &staff {
                        tx.tell_day(email, (DAILY, &format!("{cause}/{email}")), facts)?;
                    }
                }
                if low && tx.take_turn(LOW_STOCK, DAY)? {
                    let low = tx.low_stock_alerts(TOLD_MAX)?;
                    let cause = format!("{LOW_STOCK}/{}", tx.now()?.as_micros());
                    for email in &staff {
                        tx.tell_staff(email, LOW_STOCK, &format!("{cause}/{email}"), &low)?;
                    }
                }
                Ok::<_, Error>(())
            })
            .await
    }
}
