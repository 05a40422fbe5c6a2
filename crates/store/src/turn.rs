//! Turns: periodic work that one node at a time does, and not more often than needed.
//! Not a lock: work that lasts longer than its period may run twice, and must bear it.

use std::time::Duration;

use crate::db::{Result, Tx};

impl Tx<'_> {
    /// Whether the last turn is so long ago. Cheap; only `take_turn` decides.
    pub fn is_turn_due(&mut self, name: &str, every: Duration) -> Result<bool> {
        let taken = self.lookup(
            "SELECT at FROM turn WHERE name = $1 AND at > {now} - CAST($2 AS BIGINT)",
            args![name, every],
        )?;
        Ok(taken.is_none())
    }

    /// Takes the turn if it is due; of several nodes one gets it.
    pub fn take_turn(&mut self, name: &str, every: Duration) -> Result<bool> {
        let taken = self.run(
            "INSERT INTO turn (name, at) VALUES ($1, {now}) ON CONFLICT (name) DO UPDATE \
             SET at = excluded.at WHERE turn.at <= excluded.at - CAST($2 AS BIGINT)",
            args![name, every],
        )?;
        Ok(taken == 1)
    }
}
