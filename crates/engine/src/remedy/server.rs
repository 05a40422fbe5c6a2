//! Settling an unheard purchase by a person's word: it bought this address, or it bought nothing.

use std::net::Ipv4Addr;

use domain::block::{Verdict, parse_address};
use domain::check;
use domain::id::{AttemptId, ServerId};
use domain::order::{Event, Stage, step};
use domain::server::State;
use store::attempt::Attempt;
use store::db::Tx;
use store::order::Extras;
use store::server::{NewServer, NewVerdict, Told};

use super::Bench;
use crate::check::{BY_HAND, moves_by_address};
use crate::{Error, Result};

impl Bench<'_> {
    /// A person names the address that was bought; it is checked like any other.
    pub(super) fn adopt(&mut self, tx: &mut Tx<'_>) -> Result<()> {
        let text = self.wish.address.as_deref().unwrap_or_default().trim();
        let address = parse_address(text).ok_or_else(|| {
            Error::invalid("invalid-address", format!("address {text:?} is not an IPv4 address"))
        })?;
        let attempt = self.adopted_attempt()?;
        self.nobody_else_waits_for(tx, address)?;
        let server = self.adopted_server(tx, address, attempt.as_ref())?;
        if let Some(id) = &attempt {
            let number = tx.next_number()?;
            tx.settle_attempt(id, number)?;
            let attempt = self.own_attempt(id.as_str())?.clone();
            self.engine.book_cost(tx, &attempt)?;
        }
        self.check_adopted(tx, attempt, &server, address)
    }

    fn adopted_attempt(&self) -> Result<Option<AttemptId>> {
        if let Some(named) = &self.wish.attempt {
            return self.own_attempt(named).map(|attempt| Some(attempt.id.clone()));
        }
        Ok(match &self.order.standing.stage {
            Stage::Unheard(id) => Some(id.clone()),
            _ => None,
        })
    }

    fn own_attempt(&self, named: &str) -> Result<&Attempt> {
        let found = self.attempts.iter().find(|attempt| attempt.id.as_str() == named);
        found.ok_or_else(|| Error::missing("attempt", named))
    }

    fn cost_of(&self, attempt: &AttemptId) -> Option<domain::money::Money> {
        self.attempts.iter().find(|known| known.id == *attempt).and_then(|known| known.cost)
    }

    /// Another attempt that may still name this very address comes first.
    fn nobody_else_waits_for(&self, tx: &mut Tx<'_>, address: Ipv4Addr) -> Result<()> {
        let provider = self.engine.parts.provider.id;
        for other in tx.attempts_in_tail(provider, &self.order.id)? {
            let order = tx.order(&other.order)?;
            if tx.terms_in_force(&order)?.promise().contains(address) {
                return Err(Error::refused(
                    "not-now",
                    format!(
                        "{address} may be what {} bought for {}; wait for the end of its tail",
                        other.id, order.number
                    ),
                ));
            }
        }
        Ok(())
    }

    /// A stray of nobody, or a new row; never a server that belongs to another order.
    fn adopted_server(
        &mut self,
        tx: &mut Tx<'_>,
        address: Ipv4Addr,
        attempt: Option<&AttemptId>,
    ) -> Result<ServerId> {
        let provider = self.engine.parts.provider.id;
        let terms = tx.terms_in_force(&self.order)?;
        let new = NewServer {
            id: self.new_server,
            provider,
            address,
            order: Some(&self.order.id),
            attempt,
            state: State::Verifying,
            adopted_by: Some(self.actor),
            os_wanted: terms.os,
            cost: attempt.and_then(|id| self.cost_of(id)),
            value: self.order.sold.quote.total,
            reason: None,
        };
        if let Some(live) = tx.live_server(address)? {
            let stray = live.state == State::Quarantined && live.order.is_none();
            if !stray {
                return Err(Error::refused(
                    "address-in-use",
                    format!("{address} is {} in our books already", live.state),
                ));
            }
            self.engine.claim_stray(tx, &live, &new)?;
            return Ok(live.id);
        }
        tx.insert_server(&new)?;
        Ok(self.new_server.clone())
    }

    fn check_adopted(
        &mut self,
        tx: &mut Tx<'_>,
        attempt: Option<AttemptId>,
        server: &ServerId,
        address: Ipv4Addr,
    ) -> Result<()> {
        let terms = tx.terms_in_force(&self.order)?;
        let verdict = check::address(&terms, address);
        let event = Event::Adopted { attempt, server: server.clone() };
        let came = (event.clone(), step(&self.order.standing, &event)?);
        let moves = moves_by_address(came, verdict)?;
        let why = format!("{address} was adopted; the address is a {verdict}");
        let mut extras = Extras { error: Some(None), ..Extras::default() };
        if verdict != Verdict::Match {
            extras.error = Some(Some((why.clone(), BY_HAND.to_owned())));
        }
        tx.record(&mut self.order, &moves, &self.cause, &extras)?;
        if verdict != Verdict::Match {
            let row = tx.server(server)?;
            let told = Told::default();
            tx.judge_server(
                &row,
                &NewVerdict { verdict, why: Some(&why), told: &told, doubted: false },
            )?;
        }
        if verdict == Verdict::Mismatch {
            self.stray_now(tx, server, "adopted, but not from the block that was sold")?;
        }
        self.say(why);
        Ok(())
    }

    /// A person's word that an attempt bought nothing.
    pub(super) fn nothing_bought(&mut self, tx: &mut Tx<'_>) -> Result<()> {
        let waiting = match &self.order.standing.stage {
            Stage::Unheard(id) => Some(id.clone()),
            _ => None,
        };
        let attempt = match (&self.wish.attempt, waiting.clone()) {
            (Some(named), _) => self.own_attempt(named)?.clone(),
            (None, Some(id)) => self.own_attempt(id.as_str())?.clone(),
            (None, None) => self.only_parked()?.clone(),
        };
        let over = attempt.tail_ends_at.is_some_and(|end| end <= self.tail_now);
        if !over {
            return Err(Error::refused(
                "not-now",
                "its answer may still come; wait for the end of its tail",
            ));
        }
        let next = (waiting.as_ref() == Some(&attempt.id)).then(|| self.new_attempt.clone());
        let planned = next.is_some();
        let event = Event::NothingBought { attempt: attempt.id.clone(), next };
        let error = if planned { Some(None) } else { None };
        self.record(tx, event, &Extras { error, ..Extras::default() })?;
        self.say(format!("{} is on record as having bought nothing", attempt.id));
        if planned {
            self.say("the next purchase is planned");
        }
        Ok(())
    }

    fn only_parked(&self) -> Result<&Attempt> {
        let parked: Vec<&Attempt> = self
            .attempts
            .iter()
            .filter(|attempt| attempt.state == domain::attempt::State::Parked)
            .collect();
        match parked[..] {
            [one] => Ok(one),
            _ => Err(Error::invalid("invalid-attempt", "name the attempt with attemptId")),
        }
    }
}
