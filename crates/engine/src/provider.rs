//! The provider's switch: paused by itself or by staff, resumed by staff.

use store::db::Tx;
use store::job::Kind;

use crate::{Engine, Error, Result, wording};

impl Engine {
    /// Pauses because of what the provider answered; permits stop, what was permitted goes on.
    pub(crate) async fn pause_provider_by_itself(&self, why: &str) -> Result<()> {
        self.pause(self.parts.provider.id, why, "worker").await
    }

    pub async fn pause_provider(&self, provider: &str, why: &str, actor: &str) -> Result<()> {
        self.known_provider(provider)?;
        self.pause(provider, &wording::reason(why)?, actor).await
    }

    async fn pause(&self, provider: &str, why: &str, actor: &str) -> Result<()> {
        let (provider, why, actor) = (provider.to_owned(), why.to_owned(), actor.to_owned());
        self.db()
            .write(move |tx| {
                if tx.pause_provider(&provider, &why)? {
                    tx.raise_alert("provider-paused", &provider, &why)?;
                    tx.audit(&actor, "pause-provider", &provider, &why)?;
                }
                Ok::<_, Error>(())
            })
            .await
    }

    /// Lets purchases go on; those that wait start at once.
    pub async fn resume_provider(&self, provider: &str, why: &str, actor: &str) -> Result<()> {
        self.known_provider(provider)?;
        let (provider, why, actor) = (provider.to_owned(), wording::reason(why)?, actor.to_owned());
        self.db()
            .write(move |tx| {
                tx.resume_provider(&provider)?;
                tx.resolve_alert("provider-paused", &provider)?;
                tx.audit(&actor, "resume-provider", &provider, &why)?;
                tx.hurry_jobs(Kind::Purchase)?;
                Ok::<_, Error>(())
            })
            .await?;
        self.hub().wake();
        Ok(())
    }

    /// Counts an unheard purchase; too many in a row pause the provider.
    pub(crate) fn count_unheard(&self, tx: &mut Tx<'_>) -> Result<()> {
        let provider = self.parts.provider.id;
        let in_row = tx.count_unheard(provider)?;
        let limit = self.settings().pause_after_unheard;
        if limit.is_some_and(|limit| in_row >= limit) {
            let why = format!("{in_row} purchases in a row had no usable answer");
            if tx.pause_provider(provider, &why)? {
                tx.raise_alert("provider-paused", provider, &why)?;
            }
        }
        if let Some(why) = self.over_budget_now(tx)? {
            tx.raise_alert("loss-budget", provider, &why)?;
        }
        Ok(())
    }

    /// Lifts the loss budget: what was lost until now no longer counts.
    pub async fn resume_purchasing(&self, reason: &str, actor: &str) -> Result<()> {
        let (provider, reason, actor) =
            (self.parts.provider.id, wording::reason(reason)?, actor.to_owned());
        self.db()
            .write(move |tx| {
                let now = tx.now()?;
                tx.lift_budget(now, &actor)?;
                tx.resolve_alert("loss-budget", provider)?;
                tx.audit(&actor, "resume-purchasing", provider, &reason)?;
                tx.hurry_jobs(Kind::Purchase)?;
                Ok::<_, Error>(())
            })
            .await?;
        self.hub().wake();
        Ok(())
    }

    fn known_provider(&self, provider: &str) -> Result<()> {
        if provider == self.parts.provider.id {
            return Ok(());
        }
        Err(Error::missing("provider", provider))
    }
}
