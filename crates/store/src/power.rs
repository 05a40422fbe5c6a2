//! What its provider last said of a server's power. Not a history: only the last word is kept.

use domain::clock::Timestamp;
use domain::id::ServerId;
use domain::power::{Look, Power};

use crate::db::{Result, StoreError, Tx};

/// What is known of a server's power, for somebody who looks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Known {
    pub look: Option<Look>,
    /// A job asks, or is about to.
    pub asking: bool,
    pub now: Timestamp,
}

impl Tx<'_> {
    pub fn power(&mut self, server: &ServerId) -> Result<Known> {
        let found = self.lookup(
            "SELECT {now}, CASE WHEN EXISTS (SELECT 1 FROM job j WHERE \
             j.id = 'job_power_' || s.id) THEN 1 ELSE 0 END, p.state, p.asked_at \
             FROM server s LEFT JOIN power p ON p.server_id = s.id WHERE s.id = $1",
            args![server.as_str()],
        )?;
        let missing = || StoreError::Missing { what: "server", id: server.to_string() };
        let row = found.ok_or_else(missing)?;
        let look = match (row.opt_text(2)?, row.opt_time(3)?) {
            (Some(word), Some(asked_at)) => Some(Look { power: read(word)?, asked_at }),
            _ => None,
        };
        Ok(Known { look, asking: row.flag(1)?, now: row.time(0)? })
    }

    /// Keeps what was told, or why nothing was. Of two looks the later question counts.
    pub fn note_power(
        &mut self,
        server: &ServerId,
        (power, asked_at): (Power, Timestamp),
        fault: Option<&str>,
    ) -> Result<()> {
        self.later(
            "INSERT INTO power (server_id, state, asked_at, fault) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (server_id) DO UPDATE SET state = excluded.state, \
             asked_at = excluded.asked_at, fault = excluded.fault \
             WHERE power.asked_at <= excluded.asked_at",
            args![server.as_str(), power.word(), asked_at, fault],
        )
    }
}

fn read(word: &str) -> Result<Power> {
    Power::parse(word).ok_or_else(|| StoreError::Inconsistent {
        what: "power",
        why: format!("unknown word {word:?}"),
    })
}
