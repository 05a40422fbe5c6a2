//! What has no API: a paid order waits on the list for a person, and the server that they enter is
//! the answer to its purchase. Why so: `docs/design/0010-delivery-by-hand.md`.
//! Not for who sells so and what: that is `provider.rs` and `catalogue/plan.rs`.

use std::net::Ipv4Addr;

use domain::block::{Verdict, parse_address};
use domain::check;
use domain::clock::Timestamp;
use domain::id::{AttemptId, OrderId, ServerId};
use domain::order::terms::days;
use domain::order::{Effect, Event, Stage, Stop, Terms, step};
use domain::provider::ByHand;
use domain::server::State;
use store::attempt::{Attempt, NewAnswer, Permit};
use store::by_hand::LISTED_AS;
use store::db::{StoreError, Tx};
use store::idempotency::AnswerClaim;
use store::job::Job;
use store::order::{Cause, Extras, Order};
use store::purchase::Grounds;
use store::server::{NewServer, NewVerdict, Told};

use crate::check::Credentials;
use crate::idempotency::Ticket;
use crate::purchase::Planned;
use crate::purchase::before::stop_within;
use crate::worker::After;
use crate::{Engine, Error, Result, wording};

const USERNAME_MAX: usize = 100;
const PASSWORD_MAX: usize = 200;
const REASON: &str = "delivered by hand";

/// A server as a person enters it.
#[derive(Clone)]
pub struct Entry {
    pub address: String,
    pub username: String,
    pub password: String,
    /// When the supplier takes it back. Without it: when the customer's time ends.
    pub expires_at: Option<Timestamp>,
    /// Of the order as it was looked at; a stale one is refused.
    pub version: Option<i64>,
}

/// An entry that could be read.
struct Entered {
    address: Ipv4Addr,
    credentials: Credentials,
    expires_at: Option<Timestamp>,
    version: Option<i64>,
}

/// Made before the transaction, which may run more than once.
struct Minted {
    server: ServerId,
    nonce: String,
}

/// What became of an entry.
enum Outcome {
    Delivered(Box<Order>),
    /// What was sold is not in the books. The order is stopped and listed, and this is why.
    PlanMissing(String),
}

/// A transaction that was undone. Whoever loses the race for an address is told so.
struct Undone(Error);

impl From<StoreError> for Undone {
    fn from(error: StoreError) -> Undone {
        match error {
            StoreError::Refused { .. } => Undone(Error::refused(
                "address-in-use",
                "somebody has just entered this address; look where it is",
            )),
            other => Undone(other.into()),
        }
    }
}

impl From<Error> for Undone {
    fn from(error: Error) -> Undone {
        Undone(error)
    }
}

impl Engine {
    /// The end of a machine's part: the order goes on the list, due as its provider promises.
    pub(crate) async fn hand_to_staff(&self, job: &Job, planned: &Planned) -> Result<After> {
        let (claim, id) = (job.claim.clone(), planned.order.id.clone());
        let attempt = planned.attempt.clone();
        let listed = move |tx: &mut Tx<'_>| {
            let order = tx.lock_order(&id)?;
            if order.standing.stage == Stage::Planned(attempt.id.clone()) {
                let terms = tx.terms_in_force(&order)?;
                match seller_of(tx, &order, &terms)? {
                    Err(missing) => return Ok(Some(missing)),
                    Ok(seller) => list(tx, &order, &terms, (&attempt, &seller))?,
                }
            }
            tx.finish_job(&claim)?;
            Ok::<_, Error>(None)
        };
        match self.db().write(listed).await? {
            Some(missing) => {
                self.stop(job, planned, Stop::PlanMissing, missing).await?;
            }
            None => {
                let number = &planned.order.number;
                tracing::info!("[AUTO-PROVISION] {number} waits for a person to deliver it");
            }
        }
        Ok(After::Finished)
    }

    /// Delivers an order with the server that a person enters: permit, answer, verdict and
    /// delivery in one transaction. Of two who enter at once one delivers.
    pub async fn deliver_by_hand(
        &self,
        id: &OrderId,
        entry: Entry,
        actor: &str,
        ticket: Option<&Ticket>,
    ) -> Result<Order> {
        let entered = read(entry, self.now())?;
        let server = ServerId::mint(self.now(), &*self.parts.chance);
        let minted = Minted { server, nonce: self.nonce() };
        let (engine, id, actor) = (self.clone(), id.clone(), actor.to_owned());
        let request = ticket.map(|ticket| ticket.claim().clone());
        let address = entered.address;
        let outcome = self
            .db()
            .write(move |tx| {
                let by = (actor.as_str(), request.as_ref());
                engine.enter(tx, &id, &entered, &minted, by)
            })
            .await;
        match outcome {
            Ok(Outcome::Delivered(order)) => {
                let number = &order.number;
                tracing::info!(
                    order = %order.id,
                    "[AUTO-PROVISION] {number} delivered {address} by hand"
                );
                Ok(*order)
            }
            Ok(Outcome::PlanMissing(text)) => Err(Error::refused("not-now", text)),
            Err(Undone(error)) => Err(error),
        }
    }

    fn enter(
        &self,
        tx: &mut Tx<'_>,
        id: &OrderId,
        entered: &Entered,
        minted: &Minted,
        (actor, request): (&str, Option<&AnswerClaim>),
    ) -> Result<Outcome, Undone> {
        let seen = tx.order(id)?;
        let terms = tx.terms_in_force(&seen)?;
        let attempt = self.entered_for(tx, &seen, &terms, entered.version)?;
        if let Err(missing) = seller_of(tx, &seen, &terms)? {
            let mut order = self.same_order(tx, &seen)?;
            let cause = caused(format!("stopped:{}", attempt.id), actor, "{}".into());
            stop_within(tx, &mut order, Stop::PlanMissing, &missing, &cause)?;
            return Ok(Outcome::PlanMissing(missing));
        }
        // The loss budget is for what machines buy; here a person has decided to spend.
        let grounds = self.permit_grounds(tx, id, &attempt.package)?;
        let grounds = Grounds { strays_minor: 0, ..grounds };
        self.same(&seen, grounds.order.clone())?;
        if let Some((_, why)) = self.not_now(tx, &terms, &attempt, &grounds)? {
            let text = format!("{} cannot be delivered now: {why}", seen.number);
            return Err(Error::refused("not-now", text).into());
        }
        self.fits(tx, &terms, entered.address)?;
        let order = self.give(tx, &terms, &attempt, (entered, minted), (grounds, actor))?;
        if let Some(request) = request {
            tx.note_effect(request, order.id.as_str())?;
        }
        Ok(Outcome::Delivered(Box::new(order)))
    }

    /// The attempt that an entry answers: planned, of an order as it was looked at, by hand.
    fn entered_for(
        &self,
        tx: &mut Tx<'_>,
        order: &Order,
        terms: &Terms,
        version: Option<i64>,
    ) -> Result<Attempt> {
        let refused = |text: String| Err(Error::refused("not-now", text));
        let (number, stage) = (&order.number, &order.standing.stage);
        let attempt = match stage {
            Stage::Planned(attempt) if terms.is_by_hand() => attempt,
            Stage::Planned(_) => {
                return refused(format!(
                    "{number} is bought from {} by the shop itself",
                    terms.provider
                ));
            }
            _ => {
                let word = stage.word();
                return refused(format!(
                    "{number} is {word}: it does not wait for a person to deliver it"
                ));
            }
        };
        if version.is_some_and(|version| version != order.version) {
            let text = format!("the order is at version {} by now; look again", order.version);
            return Err(Error::refused("stale-version", text));
        }
        Ok(tx.attempt(attempt)?)
    }

    /// The verdict: an address where a server can live, in nobody's hands, inside the ranges.
    fn fits(&self, tx: &mut Tx<'_>, terms: &Terms, address: Ipv4Addr) -> Result<()> {
        if check::address(terms, address) != Verdict::Match {
            let sold = &terms.package_name;
            let why = match terms.cidrs[..] {
                [] => format!("{address} is reserved: no server can have it"),
                _ => format!("{address} lies outside {}, which {sold} promises", terms.promise()),
            };
            return Err(Error::invalid("invalid-address", why));
        }
        let Some(live) = tx.live_server(address)? else { return Ok(()) };
        if self.end_lapsed(tx, &live)? {
            return Ok(());
        }
        let whose = match &live.order {
            Some(order) => format!(" for {}", tx.order(order)?.number),
            None => String::new(),
        };
        let text = format!("{address} is {} in our books already{whose}", live.state);
        Err(Error::refused("address-in-use", text))
    }

    /// Writes all of it down. The package and the order are locked, and everything was asked.
    fn give(
        &self,
        tx: &mut Tx<'_>,
        terms: &Terms,
        attempt: &Attempt,
        (entered, minted): (&Entered, &Minted),
        (grounds, actor): (Grounds, &str),
    ) -> Result<Order> {
        let Grounds { counted, mut order, .. } = grounds;
        let prepaid = tx.lock_order_with_prepaid(&order.id)?.1;
        let now = tx.now()?;
        tx.permit_attempt(&Permit {
            id: &attempt.id,
            nonce: &minted.nonce,
            now,
            // The answer is at hand: nothing is waited for.
            deadline: now,
            tail_ends_at: now,
            reading_number: counted.reading_number,
            stock_seen: counted.stock.free,
            package_name: &attempt.package_name,
        })?;
        let number = self.keep_entry(tx, &attempt.id, entered)?;
        self.insert_entered(tx, (&order, terms), attempt, (entered, minted))?;
        let data = serde_json::json!({
            "permit": attempt.id.as_str(), "reading": counted.reading_number,
            "stock": counted.stock.free, "reason": REASON,
        });
        let cause = caused(format!("verdict:{}:1", minted.server), actor, data.to_string());
        let replaced = order.standing.replaces.clone();
        let moves = moves(&order, &attempt.id, &minted.server)?;
        let settled = Some((attempt.id.clone(), number));
        let extras = Extras { settled, error: Some(None), ..Extras::default() };
        tx.record(&mut order, &moves, &cause, &extras)?;
        self.book_cost(tx, attempt)?;
        self.book_delivery(tx, &order, replaced.as_ref(), prepaid)?;
        tx.take_from_count(&attempt.package, &terms.provider)?;
        tx.audit(actor, "deliver-by-hand", order.id.as_str(), &entered.address.to_string())?;
        if entered.expires_at.zip(order.sold_until).is_some_and(|(end, until)| end < until) {
            tx.list(&order.id, "renew-upstream", days(1))?;
        }
        Ok(order)
    }

    /// Stores the entry as any answer: sealed for its permit. Tells its number.
    fn keep_entry(&self, tx: &mut Tx<'_>, permit: &AttemptId, entered: &Entered) -> Result<i64> {
        let text = serde_json::json!({
            "address": entered.address.to_string(), "credentials": entered.credentials,
            "expiresAt": entered.expires_at.map(|at| at.rfc3339()),
        });
        let (permit, chance) = (permit.as_str(), &*self.parts.chance);
        let sealed = self.parts.seal.seal(text.to_string().as_bytes(), permit, chance)?;
        let body = Some(sealed.as_slice());
        tx.insert_answer(&NewAnswer { permit, kind: "hand", status: None, body, reason: None })?;
        let stored = tx.answer(permit)?;
        stored.map(|answer| answer.number).ok_or_else(|| Error::missing("answer", permit))
    }

    /// The server with its passing verdict. What was sold of it is what the person vouches for.
    fn insert_entered(
        &self,
        tx: &mut Tx<'_>,
        (order, terms): (&Order, &Terms),
        attempt: &Attempt,
        (entered, minted): (&Entered, &Minted),
    ) -> Result<()> {
        let now = tx.now()?;
        let sold_until = order.sold_until.unwrap_or_else(|| order.sold.until(now));
        tx.insert_server(&NewServer {
            id: &minted.server,
            provider: &terms.provider,
            address: entered.address,
            order: Some(&order.id),
            attempt: Some(&attempt.id),
            state: State::Verifying,
            adopted_by: None,
            os_wanted: terms.os,
            cost: attempt.cost,
            value: attempt.value,
            reason: None,
        })?;
        let told = Told {
            ram: Some(terms.ram),
            os: terms.os,
            os_text: terms.os.map(|os| os.label().to_owned()),
            expires_at: Some(entered.expires_at.unwrap_or(sold_until)),
            expires_text: None,
            credentials: Some(self.sealed_credentials(&minted.server, &entered.credentials)?),
        };
        let server = tx.server(&minted.server)?;
        let verdict =
            NewVerdict { verdict: Verdict::Match, why: None, told: &told, doubted: false };
        Ok(tx.judge_server(&server, &verdict)?)
    }
}

/// Who sells what the terms say; otherwise what is missing, naming both sides.
fn seller_of(
    tx: &mut Tx<'_>,
    order: &Order,
    terms: &Terms,
) -> Result<std::result::Result<ByHand, String>> {
    let Terms { provider, package, package_name, pid, .. } = terms;
    let sold =
        format!("{} was sold as \"{package_name}\" (PID: {pid}) of {provider}", order.number);
    let Some(seller) = tx.by_hand(provider)? else {
        return Ok(Err(format!("{sold}, and our books know no provider {provider}")));
    };
    Ok(match tx.package(package)? {
        Some(_) => Ok(seller),
        None => Err(format!("{sold}, and our books have no such plan of {}", seller.name)),
    })
}

/// Puts the order on the list from the time on when it was planned, and tells staff.
fn list(
    tx: &mut Tx<'_>,
    order: &Order,
    terms: &Terms,
    (attempt, seller): (&Attempt, &ByHand),
) -> Result<()> {
    let waited = tx.now()?.since(attempt.planned_at);
    let left = seller.due_within.saturating_sub(waited);
    tx.list(&order.id, LISTED_AS, left)?;
    let (number, name, ram) = (&order.number, &terms.package_name, terms.ram);
    let (from, due) = (&seller.name, tx.now()? + left);
    let text = format!("{number} is paid: deliver {name} with {ram} of {from} by hand until {due}");
    Ok(tx.raise_alert("by-hand", order.id.as_str(), &text)?)
}

/// From planned to delivered. The check is done: no job has to do it again.
fn moves(
    order: &Order,
    attempt: &AttemptId,
    server: &ServerId,
) -> Result<Vec<(Event, domain::order::Step)>> {
    let answered = Event::Answered { attempt: attempt.clone(), server: server.clone() };
    let mut standing = order.standing.clone();
    let mut moves = Vec::new();
    for event in [Event::Permitted, answered, Event::Matched, Event::Delivered] {
        let mut next = step(&standing, &event)?;
        next.effects.retain(|effect| !matches!(effect, Effect::Verify(_)));
        standing = next.next.clone();
        moves.push((event, next));
    }
    Ok(moves)
}

fn caused(key: String, actor: &str, data: String) -> Cause {
    Cause { key, actor: actor.to_owned(), data }
}

fn read(entry: Entry, now: Timestamp) -> Result<Entered> {
    let text = entry.address.trim();
    let address = parse_address(text).ok_or_else(|| {
        let shown: String = text.chars().take(60).collect();
        Error::invalid("invalid-address", format!("address {shown:?} is not an IPv4 address"))
    })?;
    let username = wording::line(&entry.username, "username", USERNAME_MAX)?;
    let password = wording::line(&entry.password, "password", PASSWORD_MAX)?;
    if entry.expires_at.is_some_and(|at| at <= now) {
        let text =
            "expiresAt: this is over already: the supplier would take the server back at once";
        return Err(Error::invalid("invalid-expiry", text));
    }
    let (expires_at, version) = (entry.expires_at, entry.version);
    Ok(Entered { address, credentials: Credentials { username, password }, expires_at, version })
}
