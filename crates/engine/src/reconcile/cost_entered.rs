//! Which servers were bought when nobody knew what they cost, and staff have entered it since? The
//! purchase is booked then, and with it what became of the server meanwhile.

use domain::server::State;
use store::cost::CostEntered;
use store::db::Tx;

use crate::Engine;
use crate::error::{Error, Result};

const ASKED_AT_ONCE: i64 = 200;

impl Engine {
    /// Books them; tells how many.
    pub(crate) async fn book_costs_entered(&self) -> Result<u64> {
        let mut booked = 0;
        loop {
            let due = self.db().read(|tx| tx.costs_entered(ASKED_AT_ONCE)).await?;
            let moved = self.move_each(&due, Engine::book_cost_entered).await?;
            booked += moved;
            // Where none of them was moved they are broken, and stay for the next turn.
            if due.len() < usize::try_from(ASKED_AT_ONCE).unwrap_or(0) || moved == 0 {
                return Ok(booked);
            }
        }
    }

    /// The order first, then its server, as every transaction locks them.
    fn book_cost_entered(&self, tx: &mut Tx<'_>, due: &CostEntered) -> Result<bool> {
        tx.lock_order(&due.order)?;
        if !tx.enter_cost(due)? {
            return Ok(false);
        }
        let attempt = tx.lookup_attempt(due.attempt.as_str())?;
        let attempt = attempt.ok_or_else(|| Error::missing("attempt", &due.attempt))?;
        self.book_cost(tx, &attempt)?;
        let server = tx.server(&due.server)?;
        if server.quarantined_at.is_some() {
            self.book_stray(tx, &server)?;
            if matches!(server.state, State::Ended | State::Lapsed | State::WrittenOff) {
                self.book_loss(tx, &server)?;
            }
        }
        Ok(true)
    }
}
