//! Strays: servers and purchases that belong to nobody but us.

use domain::attempt;
use domain::block::parse_address;
use domain::id::ServerId;
use domain::order::Event as OrderEvent;
use domain::server::{Event, State};
use store::db::Tx;
use store::order::Extras;
use store::server::{NewServer, Server};

use super::Bench;
use crate::{Engine, Error, Result, wording};

/// A server at the provider that staff found and nobody owns.
#[derive(Clone, Debug)]
pub struct Stray {
    pub provider: String,
    pub address: String,
    pub reason: String,
    /// The attempt that it came from, where that is known.
    pub attempt: Option<String>,
}

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

    /// Enters a stray that staff found at the provider: visible, owned, and never given away
    /// without a check.
    pub async fn add_stray(&self, stray: Stray, actor: &str) -> Result<Server> {
        let text = stray.address.trim().to_owned();
        let address = parse_address(&text).ok_or_else(|| {
            Error::invalid("invalid-address", format!("address {text:?} is not an IPv4 address"))
        })?;
        if stray.provider != self.parts.provider.id {
            return Err(Error::missing("provider", &stray.provider));
        }
        let stray = Stray { reason: wording::reason(&stray.reason)?, ..stray };
        let id = ServerId::mint(self.now(), &*self.parts.chance);
        let (engine, actor) = (self.clone(), actor.to_owned());
        self.db().write(move |tx| engine.insert_stray(tx, &stray, address, (&id, &actor))).await
    }

    fn insert_stray(
        &self,
        tx: &mut Tx<'_>,
        stray: &Stray,
        address: std::net::Ipv4Addr,
        (id, actor): (&ServerId, &str),
    ) -> Result<Server> {
        if let Some(live) = tx.live_server(address)? {
            return Err(Error::refused(
                "address-in-use",
                format!("{address} is {} in our books already", live.state),
            ));
        }
        let attempt = match &stray.attempt {
            None => None,
            Some(named) => {
                let found = tx.lookup_attempt(named)?;
                Some(found.ok_or_else(|| Error::missing("attempt", named))?)
            }
        };
        let zero = domain::money::Money::zero(self.settings().currency);
        tx.insert_server(&NewServer {
            id,
            provider: self.parts.provider.id,
            address,
            order: None,
            attempt: attempt.as_ref().map(|attempt| &attempt.id),
            state: State::Quarantined,
            adopted_by: Some(actor),
            os_wanted: None,
            cost: attempt.as_ref().and_then(|attempt| attempt.cost),
            value: attempt.as_ref().map_or(zero, |attempt| attempt.value),
            reason: Some(&stray.reason),
        })?;
        tx.audit(actor, "quarantine", &address.to_string(), &stray.reason)?;
        tx.raise_alert("stray", id.as_str(), &format!("{address}: {}", stray.reason))?;
        let server = tx.server(id)?;
        if let Some(attempt) = &attempt {
            self.book_cost(tx, attempt)?;
        }
        self.book_stray(tx, &server)?;
        Ok(server)
    }
}
