//! A provider's switches and counts. Its packages are in `catalogue.rs`, what it last listed in
//! `reading.rs`.

use domain::clock::Timestamp;

use crate::db::{Result, StoreError, Tx};
use crate::setting::Setting;

/// The setting that says since when losses count anew.
pub const BUDGET_LIFTED: &str = "budget_lifted_at";

impl Tx<'_> {
    /// Why the provider is paused, if it is.
    pub fn provider_pause(&mut self, provider: &str) -> Result<Option<String>> {
        let row = self.lookup(
            "SELECT paused_at, pause_reason, {now} FROM provider WHERE id = $1",
            args![provider],
        )?;
        let Some(row) = row else { return Ok(None) };
        self.now_is(row.time(2)?)?;
        let why = row.opt_text(1)?.unwrap_or("no reason given").to_owned();
        Ok(row.opt_time(0)?.map(|_| why))
    }

    /// Pauses; false when it is paused already.
    pub fn pause_provider(&mut self, provider: &str, why: &str) -> Result<bool> {
        let changed = self.run(
            "UPDATE provider SET paused_at = {now}, pause_reason = $2 \
             WHERE id = $1 AND paused_at IS NULL",
            args![provider, why],
        )?;
        Ok(changed == 1)
    }

    pub fn resume_provider(&mut self, provider: &str) -> Result<()> {
        self.later(
            "UPDATE provider SET paused_at = NULL, pause_reason = NULL, unheard_in_row = 0 \
             WHERE id = $1",
            args![provider],
        )
    }

    /// Counts one more unheard purchase in a row.
    pub fn count_unheard(&mut self, provider: &str) -> Result<i64> {
        let row = self.lookup(
            "UPDATE provider SET unheard_in_row = unheard_in_row + 1 WHERE id = $1 \
             RETURNING unheard_in_row",
            args![provider],
        )?;
        row.map_or(Ok(0), |row| row.int(0))
    }

    /// An answer was understood: the row is broken.
    pub fn reset_unheard(&mut self, provider: &str) -> Result<()> {
        self.later(
            "UPDATE provider SET unheard_in_row = 0 WHERE id = $1 AND unheard_in_row <> 0",
            args![provider],
        )
    }

    /// Since when losses count anew.
    pub fn budget_lifted_at(&mut self) -> Result<Option<Timestamp>> {
        self.setting(BUDGET_LIFTED)?.map(|setting| read_lifted(&setting)).transpose()
    }

    pub fn lift_budget(&mut self, now: Timestamp, actor: &str) -> Result<()> {
        self.set_setting(BUDGET_LIFTED, &now.as_micros().to_string(), actor)
    }
}

/// Since when losses count anew, by the setting that says so.
pub fn read_lifted(setting: &Setting) -> Result<Timestamp> {
    let micros = setting.value.parse().map_err(|_| StoreError::Inconsistent {
        what: "setting",
        why: format!("{BUDGET_LIFTED} is {:?}, which is no moment", setting.value),
    })?;
    Ok(Timestamp::from_micros(micros))
}
