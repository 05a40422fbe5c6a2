//! Strays in the hands of staff: a server at the provider that no order knows is entered, and
//! whatever stands in quarantine is given up. What that does to an order: `remedy/stray.rs`.

use std::collections::HashMap;
use std::net::Ipv4Addr;

use domain::block::parse_address;
use domain::clock::Timestamp;
use domain::id::ServerId;
use domain::ledger::{Account, Entry};
use domain::money::Money;
use domain::order::Remedy;
use domain::server::{Event, State};
use store::attempt::Attempt;
use store::db::Tx;
use store::server::{NewServer, Server};

use crate::remedy::{Undone, Wish};
use crate::{Engine, Error, Result, read, wording};

/// A server at the provider that staff found and nobody owns.
#[derive(Clone, Debug)]
pub struct Stray {
    pub provider: String,
    pub address: String,
    pub reason: String,
    /// The attempt that it came from, where that is known.
    pub attempt: Option<String>,
    /// What it costs us, where no attempt knows.
    pub cost: Option<Money>,
    /// When its time at the provider is over.
    pub expires_at: Option<Timestamp>,
}

/// What somebody wants to become of a server in quarantine.
#[derive(Clone, Debug)]
pub struct GivingUp {
    /// `end`: it was ended at the provider. `write-off`: nobody will look any more.
    pub kind: Remedy,
    pub reason: String,
    pub preview: bool,
}

impl Engine {
    /// Enters a stray that staff found at the provider: visible, owned, and never given away
    /// without a check.
    pub async fn add_stray(&self, stray: Stray, actor: &str) -> Result<read::Stray> {
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
        let entered = self
            .db()
            .write(move |tx| engine.insert_stray(tx, &stray, address, (&id, &actor)))
            .await?;
        Ok(read::stray(entered, &HashMap::new()))
    }

    fn insert_stray(
        &self,
        tx: &mut Tx<'_>,
        stray: &Stray,
        address: Ipv4Addr,
        (id, actor): (&ServerId, &str),
    ) -> Result<Server> {
        let now = tx.now()?;
        if stray.expires_at.is_some_and(|at| at <= now) {
            let text = "its time at the provider is over already; then there is nothing to enter";
            return Err(Error::invalid("invalid-expiry", text));
        }
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
        let zero = Money::zero(self.settings().currency);
        tx.insert_server(&NewServer {
            id,
            provider: self.parts.provider.id,
            address,
            order: None,
            attempt: attempt.as_ref().map(|attempt| &attempt.id),
            state: State::Quarantined,
            adopted_by: Some(actor),
            os_wanted: None,
            cost: self.cost_of_stray(stray, attempt.as_ref())?,
            value: attempt.as_ref().map_or(zero, |attempt| attempt.value),
            reason: Some(&stray.reason),
        })?;
        if let Some(at) = stray.expires_at {
            let server = tx.server(id)?;
            tx.note_expiry(&server, at, None)?;
        }
        tx.audit(actor, "quarantine", &address.to_string(), &stray.reason)?;
        tx.raise_alert("stray", id.as_str(), &format!("{address}: {}", stray.reason))?;
        let server = tx.server(id)?;
        match (&attempt, server.cost) {
            (Some(attempt), _) => self.book_cost(tx, attempt)?,
            (None, Some(cost)) => {
                let of = server.provider.clone();
                let (from, to) = (Account::Supplier(of.clone()), Account::Upstream(of));
                let cause = format!("bought:{}", server.id);
                tx.post(None, &Entry::moved(cause, from, to, cost))?;
            }
            (None, None) => {}
        }
        self.book_stray(tx, &server)?;
        Ok(server)
    }

    fn cost_of_stray(&self, stray: &Stray, attempt: Option<&Attempt>) -> Result<Option<Money>> {
        let Some(cost) = stray.cost else {
            return Ok(attempt.and_then(|attempt| attempt.cost));
        };
        if attempt.is_some() {
            let text = "its purchase knows what it cost; leave the cost out, or the purchase";
            return Err(Error::invalid("invalid-amount", text));
        }
        if cost.minor < 0 {
            let text = format!("a cost is not below zero, and {} is", cost.for_people());
            return Err(Error::invalid("invalid-amount", text));
        }
        let ours = self.settings().currency;
        if cost.currency != ours {
            let text = format!("the cost is in {}, and this shop counts in {ours}", cost.currency);
            return Err(Error::invalid("wrong-currency", text));
        }
        Ok(Some(cost))
    }

    /// Gives up a server in quarantine: from then on its cost is a loss. Tells in words what was
    /// done, or with a preview what would be.
    pub async fn give_up_stray(
        &self,
        id: &ServerId,
        way: GivingUp,
        actor: &str,
    ) -> Result<Vec<String>> {
        let event = leads_to(way.kind)?;
        let wanted = id.clone();
        let server = self.db().read(move |tx| tx.server(&wanted)).await?;
        let mut did = match &server.order {
            Some(order) => {
                let address = Some(server.address.to_string());
                let preview = way.preview;
                let wish = Wish { address, preview, ..Wish::new(way.kind, &way.reason) };
                self.remedy(order, wish, actor).await?.did
            }
            None => self.give_up_nobodys(&server, (event, way), actor).await?,
        };
        did.push(match server.cost {
            Some(cost) => format!("its cost of {} is a loss", cost.for_people()),
            None => "what it cost was never entered, so no loss is booked".to_owned(),
        });
        Ok(did)
    }

    async fn give_up_nobodys(
        &self,
        server: &Server,
        (event, way): (Event, GivingUp),
        actor: &str,
    ) -> Result<Vec<String>> {
        let reason = wording::reason(&way.reason)?;
        let (engine, id, actor) = (self.clone(), server.id.clone(), actor.to_owned());
        let outcome = self
            .db()
            .write(move |tx| {
                engine.end_nobodys(tx, &id, event)?;
                tx.audit(&actor, way.kind.word(), id.as_str(), &reason)?;
                if way.preview { Err(Undone::Preview(())) } else { Ok(()) }
            })
            .await;
        match outcome {
            Ok(()) | Err(Undone::Preview(())) => {}
            Err(Undone::Failed(error)) => return Err(error),
        }
        Ok(vec![match event {
            Event::Ended => format!("{} is ended", server.address),
            _ => format!("{} is written off", server.address),
        }])
    }

    fn end_nobodys(&self, tx: &mut Tx<'_>, id: &ServerId, event: Event) -> Result<()> {
        let server = tx.server(id)?;
        if let Some(order) = &server.order {
            let text =
                format!("{} is {order}'s by now; look again before deciding", server.address);
            return Err(Error::refused("not-now", text));
        }
        if server.state != State::Quarantined {
            let text = format!("{} is not in quarantine, it is {}", server.address, server.state);
            return Err(Error::refused("not-now", text));
        }
        tx.end_stray(id, event)?;
        self.book_loss(tx, &server)
    }
}

fn leads_to(kind: Remedy) -> Result<Event> {
    match kind {
        Remedy::End => Ok(Event::Ended),
        Remedy::WriteOff => Ok(Event::WrittenOff),
        other => {
            let text =
                format!("a stray is not helped by {}; there are end, write-off", other.word());
            Err(Error::invalid("invalid-kind", text))
        }
    }
}
