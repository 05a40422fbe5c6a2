//! Strays of an order: servers and purchases that belong to nobody but us. Not those that no order
//! knows: `crate::stray`.

use domain::attempt;
use domain::order::Event as OrderEvent;
use domain::server::{Event, State};
use store::db::Tx;
use store::order::Extras;
use store::server::{NewServer, Server};

use super::Bench;
use crate::{Engine, Error, Result};

impl Bench<'_> {
    /// Gives up a parked purchase, or a server in quarantine: from then on it is a loss.
    pub(super) fn write_off(&mut self, tx: &mut Tx<'_>) -> Result<()> {
        if self.wish.address.is_none()
            && let Some(id) = self.parked_attempt()?
        {
            let event = OrderEvent::AttemptWrittenOff { attempt: id.clone() };
            self.record(tx, event, &Extras::default())?;
            self.say(format!("{id} is written off; should its answer come, the server is ours"));
            return Ok(());
        }
        let server = self.quarantined_server()?;
        self.record(
            tx,
            OrderEvent::ServerWrittenOff { server: server.id.clone() },
            &Extras::default(),
        )?;
        self.engine.book_loss(tx, &server)?;
        self.say(format!("{} is written off", server.address));
        Ok(())
    }

    /// A person has ended the server at the provider.
    pub(super) fn end(&mut self, tx: &mut Tx<'_>) -> Result<()> {
        let server = self.quarantined_server()?;
        self.record(tx, OrderEvent::ServerEnded { server: server.id.clone() }, &Extras::default())?;
        self.engine.book_loss(tx, &server)?;
        self.say(format!("{} is ended", server.address));
        Ok(())
    }

    fn parked_attempt(&self) -> Result<Option<domain::id::AttemptId>> {
        let mut parked = self.attempts.iter().filter(|a| a.state == attempt::State::Parked);
        match &self.wish.attempt {
            Some(named) => {
                let found = parked.find(|attempt| attempt.id.as_str() == named);
                let found = found.ok_or_else(|| Error::missing("parked attempt", named))?;
                Ok(Some(found.id.clone()))
            }
            None => Ok(parked.next().map(|attempt| attempt.id.clone())),
        }
    }

    fn quarantined_server(&self) -> Result<Server> {
        let strays: Vec<&Server> =
            self.servers.iter().filter(|server| server.state == State::Quarantined).collect();
        let named = self.wish.address.as_deref().map(str::trim);
        let fitting: Vec<&&Server> = strays
            .iter()
            .filter(|server| named.is_none_or(|named| named == server.address.to_string()))
            .collect();
        match fitting[..] {
            [one] => Ok((*one).clone()),
            [] => Err(Error::refused("not-now", "the order has no such server in quarantine")),
            _ => Err(Error::invalid(
                "invalid-address",
                "name the address: there are several servers",
            )),
        }
    }
}

impl Engine {
    /// A stray of nobody becomes an order's, to be checked like any other server.
    pub(crate) fn claim_stray(
        &self,
        tx: &mut Tx<'_>,
        stray: &Server,
        to: &NewServer<'_>,
    ) -> Result<()> {
        self.book_salvage(tx, stray)?;
        tx.give_stray(stray, to)?;
        Ok(tx.end_stray(&stray.id, Event::Claimed)?)
    }
}
