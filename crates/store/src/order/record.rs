//! The one way to move an order: its stage, its events and all that follows, or nothing.

use domain::attempt;
use domain::clock::Timestamp;
use domain::id::{AttemptId, ServerId};
use domain::order::step::Why;
use domain::order::{Effect, Event, News, Stage, Standing, Step};
use domain::server::Event as ServerEvent;

use super::{Cause, Extras, Order};
use crate::attempt::NewAttempt;
use crate::db::{Result, Tx, Value, places};
use crate::job::{Kind, NewJob};

impl Tx<'_> {
    /// The one way to move an order: its new stage, its events and all that follows, or nothing.
    pub fn record(
        &mut self,
        order: &mut Order,
        moves: &[(Event, Step)],
        cause: &Cause,
        extras: &Extras,
    ) -> Result<()> {
        let Some((_, last)) = moves.last() else {
            return Ok(());
        };
        let now = self.now()?;
        let (before, stood) = (order.version, order.standing.clone());
        for (event, _) in moves {
            order.version += 1;
            self.note_milestone(order, event)?;
            self.note_move(event.word(), event.failure());
        }
        order.standing = last.next.clone();
        if let Some(error) = &extras.error {
            order.error = error.as_ref().map(|(staff, _)| staff.clone());
            order.public_error = error.as_ref().map(|(_, public)| public.clone());
        }
        // First of all: who read an older version is told so, not that the row is there already.
        self.write_standing(order, before)?;
        self.write_events(order, moves, cause, before)?;
        let effects = || moves.iter().flat_map(|(_, step)| &step.effects);
        for effect in effects() {
            self.carry_out(order, effect, extras, now)?;
        }
        // Several moves of one server are one change of its row.
        let mut servers: Vec<(&ServerId, Vec<ServerEvent>)> = Vec::new();
        for effect in effects() {
            if let Effect::Server(id, event) = effect {
                match servers.iter_mut().find(|(known, _)| *known == id) {
                    Some((_, events)) => events.push(*event),
                    None => servers.push((id, vec![*event])),
                }
            }
        }
        servers.into_iter().try_for_each(|(id, events)| self.move_ours(id, &events))?;
        self.tell_of(order, moves, cause, (before, stood))
    }

    /// Tells the customer, in this very transaction, of what is news to them.
    fn tell_of(
        &mut self,
        order: &Order,
        moves: &[(Event, Step)],
        cause: &Cause,
        (mut seq, mut stood): (i64, Standing),
    ) -> Result<()> {
        for (event, step) in moves {
            seq += 1;
            if let Some(news) = News::of(&stood, event, &step.next) {
                self.tell_of_move(order, (news, event, seq), cause)?;
            }
            stood = step.next.clone();
        }
        Ok(())
    }

    /// Moves a server, unless it is to be taken back and its time at the provider is over: then
    /// there is nothing left to take.
    fn move_ours(&mut self, id: &ServerId, events: &[ServerEvent]) -> Result<()> {
        if events == [ServerEvent::Quarantined] && self.server(id)?.state.is_gone() {
            return Ok(());
        }
        self.move_server(id, events)
    }

    fn write_events(
        &mut self,
        order: &Order,
        moves: &[(Event, Step)],
        cause: &Cause,
        before: i64,
    ) -> Result<()> {
        let (mut seq, now) = (before, self.now()?);
        let mut events: Vec<Value> = Vec::with_capacity(moves.len() * 8);
        for (at, (event, step)) in moves.iter().enumerate() {
            seq += 1;
            // Several moves of one cause are told apart by their place.
            let key = if at == 0 { cause.key.clone() } else { format!("{}+{at}", cause.key) };
            events.extend([
                order.id.as_str().into(),
                seq.into(),
                now.into(),
                event.word().into(),
                step.next.stage.word().into(),
                key.into(),
                (&cause.actor).into(),
                (&cause.data).into(),
            ]);
        }
        let sql = format!(
            "INSERT INTO order_event (order_id, seq, at, kind, stage, cause, actor, data) VALUES {}",
            places(moves.len(), 8)
        );
        self.later(&sql, &events)
    }

    fn write_standing(&mut self, order: &Order, before: i64) -> Result<()> {
        let standing = &order.standing;
        let server = match &standing.stage {
            Stage::Delivered(id) => Some(id),
            other => other.awaited_server(),
        };
        let stop = match &standing.stage {
            Stage::Stopped(stop) => Some(stop.word()),
            _ => None,
        };
        self.later_one(
            "UPDATE orders SET version = $3, stage = $4, attempt_id = $5, server_id = $6, stop = $7, \
             replaces_id = $8, again = $9, late = $10, paid_at = $11, delivered_at = $12, \
             sold_until = $13, error = $14, public_error = $15, offered_at = $16 \
             WHERE id = $1 AND version = $2",
            args![
                order.id.as_str(),
                before,
                order.version,
                standing.stage.word(),
                standing.stage.attempt().map(AttemptId::as_str),
                server.map(ServerId::as_str),
                stop,
                standing.replaces.as_ref().map(ServerId::as_str),
                standing.again,
                standing.late,
                order.paid_at,
                order.delivered_at,
                order.sold_until,
                order.error.as_deref(),
                order.public_error.as_deref(),
                order.offered_at,
            ],
            "the order",
        )
    }

    /// Moments that lists sort by.
    fn note_milestone(&mut self, order: &mut Order, event: &Event) -> Result<()> {
        match event {
            Event::Paid { .. } | Event::PaidTooLate if order.paid_at.is_none() => {
                order.paid_at = Some(self.now()?);
            }
            Event::Offered => order.offered_at = Some(self.now()?),
            Event::Delivered => {
                let now = self.now()?;
                order.delivered_at = Some(now);
                // A replacement does not lengthen what was sold.
                order.sold_until = order.sold_until.or(Some(order.sold.until(now)));
            }
            // What was offered for an earlier purchase says nothing of this one.
            Event::WentUnheard => order.offered_at = None,
            _ => {}
        }
        Ok(())
    }

    fn carry_out(
        &mut self,
        order: &Order,
        effect: &Effect,
        extras: &Extras,
        now: Timestamp,
    ) -> Result<()> {
        match effect {
            Effect::Plan(id) => self.plan(order, id, extras, extras.not_before.unwrap_or(now)),
            // The permit itself writes this row: it alone knows the nonce and the deadline.
            Effect::Attempt(_, attempt::Event::Permitted) => Ok(()),
            Effect::Attempt(id, event) => {
                let settled = extras.settled.as_ref().filter(|(settled, _)| settled == id);
                self.move_attempt(id, *event, settled.map(|(_, number)| *number))
            }
            // Below: several of one server go together.
            Effect::Server(..) => Ok(()),
            Effect::Verify(id) => {
                let lane = format!("check:{}", order.sold.terms.package);
                let job =
                    NewJob { kind: Kind::Verify, subject: id.as_str(), lane: &lane, run_at: now };
                match extras.claim.as_ref() {
                    claim @ Some(_) => self.put_job(&job, claim),
                    // A person's decision: this server may have been checked before.
                    None => self.put_job_anew(&job),
                }
            }
            Effect::List(why) => self.list(&order.id, why.word(), due_within(*why)),
            Effect::Unlist(why) => self.unlist(&order.id, why.word()),
            Effect::Settle => self.settle(&order.id),
        }
    }

    fn plan(
        &mut self,
        order: &Order,
        id: &AttemptId,
        extras: &Extras,
        now: Timestamp,
    ) -> Result<()> {
        let terms = self.terms_in_force(order)?;
        let cost = match extras.cost {
            Some(cost) => cost,
            None => self.cost_in_force(order, &terms)?,
        };
        self.insert_attempt(&NewAttempt {
            id,
            order: &order.id,
            terms: &terms,
            cost,
            value: order.sold.quote.total,
            tries: extras.tries,
            now,
        })?;
        let lane = format!("buy:{}", terms.package);
        let job = NewJob { kind: Kind::Purchase, subject: id.as_str(), lane: &lane, run_at: now };
        self.put_job(&job, extras.claim.as_ref())
    }
}

/// How soon a person should look at it.
fn due_within(why: Why) -> std::time::Duration {
    let minutes = match why {
        Why::Unheard => 30,
        Why::WrongServer | Why::OnHold | Why::Stopped(_) | Why::ReplacementFailed => 60,
        Why::CredentialsLate | Why::Slow => 30,
        Why::Owed => 24 * 60,
        Why::AuditMismatch | Why::RefundCameBack => 4 * 60,
    };
    std::time::Duration::from_secs(minutes * 60)
}
