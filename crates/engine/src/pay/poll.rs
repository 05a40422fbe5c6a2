//! When a gateway is asked what became of a payment, and when no more. Not for what follows from
//! its answer.

use std::time::Duration;

use domain::id::PaymentId;
use store::job::Job;
use store::payment::{Payment, PaymentState};

use crate::worker::After;
use crate::{Engine, Error, Result};

/// A gateway that has said nothing of a payment for so long is not asked for ever.
const SILENT_FOR: Duration = Duration::from_secs(7 * 24 * 3_600);
/// A day of tries.
const SILENT_TRIES: i64 = 96;

impl Engine {
    /// Polls a payment: often for an hour, then more rarely; for 72 hours, or 48 once it is
    /// captured, and until its gateway has answered after them, or a person is told that it does
    /// not.
    pub(crate) async fn poll_payment(&self, job: &Job) -> Result<After> {
        let id = PaymentId::parse(&job.subject).map_err(|error| Error::Bug(error.to_string()))?;
        let found = self.db().read(move |tx| tx.lookup_payment_now(&id)).await?;
        let Some((payment, now)) = found else {
            return self.finish_job(job).await;
        };
        let asked = self.ask_about(&payment).await;
        let age = now.since(payment.created_at);
        let hours = |count: u64| Duration::from_secs(count * 3_600);
        // It may be paid a second time, and no news of that may come.
        let final_for_sure = payment.state == PaymentState::Captured && age > hours(48);
        // A gateway that did not answer has not said the last word.
        if asked.is_ok() && (final_for_sure || age > hours(72)) {
            return self.finish_job(job).await;
        }
        // News that came late gave it a job of its own, which has tries of its own.
        if let Err(error) = &asked
            && !matches!(error, Error::Unavailable(_))
            && age > SILENT_FOR
            && job.tries >= SILENT_TRIES
        {
            return self.leave_to_a_person(job, &payment, &error.to_string()).await;
        }
        let after = self.ask_again_after(age);
        let note = match asked {
            Ok(said) => format!("the gateway says {said}"),
            Err(error) => error.to_string(),
        };
        Ok(After::PutOff { after, note })
    }

    /// How long a gateway is left alone about something so old: often for an hour, then rarely.
    pub(crate) fn ask_again_after(&self, age: Duration) -> Duration {
        let (often, hour) = (self.settings().payment_poll_every, Duration::from_secs(3_600));
        if age < hour { often } else { often.max(hour / 4) }
    }

    /// Asking on would be for ever: somebody has to look at the gateway's own pages.
    async fn leave_to_a_person(&self, job: &Job, payment: &Payment, why: &str) -> Result<After> {
        let (claim, subject) = (job.claim.clone(), payment.purpose.subject().to_owned());
        let text = format!(
            "{} does not say what became of {}, and is not asked any more: {why}",
            payment.gateway, payment.id
        );
        tracing::error!("{text}");
        self.db()
            .write(move |tx| {
                tx.raise_alert("payment-unanswered", &subject, &text)?;
                tx.finish_job(&claim)
            })
            .await?;
        Ok(After::Finished)
    }
}
