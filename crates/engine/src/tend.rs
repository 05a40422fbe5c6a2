//! What is done again and again without anybody asking: syncs when they are due, sweeps, and a
//! look at the journal after the database was away.

use std::time::Duration;

use domain::clock::Timestamp;

use crate::{Engine, Error, Result};

impl Engine {
    /// Makes the provider known to the database.
    pub async fn prepare_provider(&self) -> Result<()> {
        let provider = self.parts.provider.id;
        self.db().write(move |tx| tx.ensure_provider(provider)).await?;
        Ok(())
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<Timestamp> {
        Ok(self.db().read(|tx| tx.now()).await?)
    }

    /// Whether workers run in this process.
    pub fn is_working(&self) -> bool {
        self.hub().is_running()
    }

    /// Tends the shop until it is told to stop. A failing round is told, and the next one comes.
    pub async fn tend(&self) {
        let mut round = tokio::time::interval(self.settings().tend_every);
        round.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut reconnects = self.db().reconnects();
        while !self.hub().is_stopping() {
            round.tick().await;
            if let Err(error) = self.tend_once(&mut reconnects).await {
                tracing::warn!("a round of tending failed: {error}");
            }
        }
    }

    async fn tend_once(&self, reconnects: &mut u64) -> Result<()> {
        let now = self.db().reconnects();
        if now != *reconnects {
            if let Some(directory) = self.parts.journal.clone() {
                self.compare_permits(&directory).await?;
            }
            *reconnects = now;
        }
        self.sweep().await?;
        self.sync_when_due().await
    }

    /// One node's sync serves all: it is due when the last one anywhere is old enough.
    async fn sync_when_due(&self) -> Result<()> {
        let provider = self.parts.provider.id;
        let (last, now) = self
            .db()
            .read(move |tx| {
                let pointers = tx.pointers(provider)?;
                Ok::<_, Error>((pointers.and_then(|pointers| pointers.sync_at), tx.now()?))
            })
            .await?;
        let every = self.settings().sync_every;
        let wanted = every != Duration::MAX;
        let due = wanted && last.is_none_or(|last| now.since(last) >= every);
        if !due || !self.hub().may_sync(self.parts.boot.since_boot()) {
            return Ok(());
        }
        let engine = self.clone();
        self.start(async move {
            // Why it failed is told by the sync itself, with an alert.
            drop(engine.sync().await);
            engine.hub().sync_has_ended();
        });
        Ok(())
    }
}
