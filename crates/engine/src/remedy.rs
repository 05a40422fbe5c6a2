//! What staff do to put an order right: each remedy a recorded decision with reason and actor,
//! previewed by doing it and undoing it. What is allowed when stands in `domain::order::remedy`.

mod amend;
mod difference;
mod gift;
mod live;
mod many;
mod money;
mod outlay;
mod ranges;
mod server;
mod stray;
mod tell;
mod time;

use domain::clock::Timestamp;
use domain::coupon::Coupon;
use domain::id::{AttemptId, OrderId, ServerId};
use domain::money::Money;
use domain::order::terms::days;
use domain::order::{Event, Remedy, Stage, step};
use store::attempt::Attempt;
use store::db::{StoreError, Tx};
use store::ledger::Booked;
use store::mail::Mail;
use store::order::{Cause, Extras, Order};
use store::server::Server;

use crate::classify::by_person;
use crate::facts::{Unsettled, remedy_facts};
use crate::permission::Act;
use crate::{Engine, Error, Result, refund_request, wording};

pub use live::{Fit, Live};
pub use many::{MANY, Many, ORDERS_MAX};
pub(crate) use money::creditable;
pub use outlay::Outlay;

/// What somebody wants done to one order.
#[derive(Clone, Debug)]
pub struct Wish {
    pub kind: Remedy,
    pub reason: String,
    /// What the customer reads of it, in words meant for them.
    pub public: Option<String>,
    /// It makes good for an incident: their mail says so.
    pub apologises: bool,
    /// Of the order as it was looked at; a stale one is refused.
    pub version: Option<i64>,
    pub preview: bool,
    /// Of a refund in part; without it all goes back. Of an acceptance, what goes back where no
    /// price says it. Of a discount, what its code takes off.
    pub amount: Option<Money>,
    /// What the code that comes with it takes off their next order.
    pub percent: Option<i64>,
    /// Of an extension, of free time, or how long a code is good.
    pub days: Option<i64>,
    pub address: Option<String>,
    pub attempt: Option<String>,
    pub give_up: bool,
    pub consent: Option<String>,
    pub package_name: Option<String>,
    pub ram: Option<String>,
    /// The request's Idempotency-Key: the same decision counts once.
    pub key: Option<String>,
    /// Whoever asks has the power to give value: of some deeds it is found only on the way whether
    /// they do.
    pub may_give_value: bool,
}

impl Wish {
    pub fn new(kind: Remedy, reason: &str) -> Wish {
        Wish {
            kind,
            reason: reason.to_owned(),
            public: None,
            apologises: false,
            version: None,
            preview: false,
            amount: None,
            percent: None,
            days: None,
            address: None,
            attempt: None,
            give_up: false,
            consent: None,
            package_name: None,
            ram: None,
            key: None,
            may_give_value: false,
        }
    }
}

/// What was done, or with a preview what would be.
#[derive(Clone, Debug)]
pub struct Done {
    pub order: Order,
    pub did: Vec<String>,
    /// The ledger rows that it wrote.
    pub ledger: Vec<Booked>,
    /// The mails that it wrote.
    pub mails: Vec<Mail>,
    /// Of the purchase that it planned.
    pub outlay: Option<Outlay>,
}

/// What a customer chooses where it was offered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Choice {
    Refund,
    Wait,
}

/// A preview is the real thing, undone: it leaves the transaction as an error.
pub(crate) enum Undone<T> {
    Preview(T),
    Failed(Error),
}

impl<T> From<StoreError> for Undone<T> {
    fn from(error: StoreError) -> Undone<T> {
        Undone::Failed(error.into())
    }
}

impl<T> From<Error> for Undone<T> {
    fn from(error: Error) -> Undone<T> {
        Undone::Failed(error)
    }
}

/// One remedy at work, inside its transaction.
pub(crate) struct Bench<'a> {
    pub engine: &'a Engine,
    pub order: Order,
    pub attempts: Vec<Attempt>,
    pub servers: Vec<Server>,
    pub wish: &'a Wish,
    pub actor: &'a str,
    pub cause: Cause,
    /// Minted before the transaction, which may run more than once.
    pub new_attempt: &'a AttemptId,
    pub new_server: &'a ServerId,
    /// By the database's clock: whether a tail is over.
    pub tail_now: Timestamp,
    pub was_unpaid: bool,
    /// What goes back because what is accepted costs less.
    pub difference: Option<Money>,
    /// The code that comes with it.
    pub gift: Option<Coupon>,
    pub did: Vec<String>,
}

impl Engine {
    /// Does one remedy, or with `preview` tells what it would do and cost.
    pub async fn remedy(&self, id: &OrderId, wish: Wish, actor: &str) -> Result<Done> {
        check_wish(&wish)?;
        let new_attempt = AttemptId::mint(self.now(), &*self.parts.chance);
        let new_server = ServerId::mint(self.now(), &*self.parts.chance);
        let (engine, id, actor) = (self.clone(), id.clone(), actor.to_owned());
        let outcome = self
            .db()
            .write(move |tx| {
                let ids = (&new_attempt, &new_server);
                let done = engine.remedy_within(tx, &id, &wish, &actor, ids)?;
                if wish.preview { Err(Undone::Preview(Box::new(done))) } else { Ok(done) }
            })
            .await;
        match outcome {
            Ok(done) => {
                self.hub().wake();
                Ok(done)
            }
            Err(Undone::Preview(done)) => Ok(*done),
            Err(Undone::Failed(error)) => Err(error),
        }
    }

    fn remedy_within(
        &self,
        tx: &mut Tx<'_>,
        id: &OrderId,
        wish: &Wish,
        actor: &str,
        (new_attempt, new_server): (&AttemptId, &ServerId),
    ) -> Result<Done> {
        let order = self.lock_for_remedy(tx, id, wish)?;
        let cause = self.cause_of(&order, wish, actor);
        if tx.has_happened(&order.id, &cause.key)? {
            let did = vec!["this was done before; nothing was done again".to_owned()];
            return Ok(Done { order, did, ledger: vec![], mails: vec![], outlay: None });
        }
        if wish.version.is_some_and(|version| version != order.version) {
            return Err(Error::refused(
                "stale-version",
                format!(
                    "the order is at version {} by now; look again before deciding",
                    order.version
                ),
            ));
        }
        let (attempts, servers) = (tx.attempts(id)?, tx.servers(id)?);
        let attention = tx.attention_of(id)?;
        let (owed, now) = (tx.owed_and_unsent(id)?, tx.now()?);
        let terms = tx.terms_in_force(&order)?;
        let refunds = tx.refunds(id)?;
        let money = Unsettled { owed: &owed, refunds: &refunds };
        let facts = remedy_facts((&order, &terms), &attempts, &servers, &attention, (money, now));
        wish.kind.allowed(&order.standing, facts).map_err(|why| {
            Error::refused("not-now", format!("{} is not possible: {why}", wish.kind.word()))
        })?;
        let booked = tx.ledger_of(id)?.len();
        let told = tx.mails_about(id, 0)?.last().map_or(0, |mail| mail.id);
        let mut bench = Bench {
            engine: self,
            was_unpaid: tell::is_unpaid(&order.standing.stage),
            order,
            attempts,
            servers,
            wish,
            actor,
            cause,
            new_attempt,
            new_server,
            tail_now: now,
            difference: None,
            gift: None,
            did: vec![],
        };
        bench.carry_out(tx)?;
        bench.give_code(tx)?;
        if refund_request::is_answered(tx, id)? {
            bench.say("it answers what the customer asked for");
        }
        bench.tell_customer(tx)?;
        tx.audit(actor, wish.kind.word(), id.as_str(), &wish.reason)?;
        let ledger = tx.ledger_of(id)?.split_off(booked);
        let mails = tx.mails_about(id, told)?;
        let outlay = if wish.preview { bench.outlay(tx)? } else { None };
        Ok(Done { order: bench.order, did: bench.did, ledger, mails, outlay })
    }

    /// Packages by id, then the order: whatever a remedy promises anew is counted under the lock.
    fn lock_for_remedy(&self, tx: &mut Tx<'_>, id: &OrderId, wish: &Wish) -> Result<Order> {
        let seen = tx.order(id)?;
        let mut packages = vec![tx.terms_in_force(&seen)?.package];
        if let Some(name) = &wish.package_name {
            packages.push(amend::package_named(tx, self.parts.provider.id, name)?.id);
        }
        tx.lock_packages(&packages)?;
        Ok(tx.lock_order(id)?)
    }

    fn cause_of(&self, order: &Order, wish: &Wish, actor: &str) -> Cause {
        let kind = wish.kind.word();
        let key = match &wish.key {
            Some(key) => format!("remedy:{kind}:key:{actor}:{key}"),
            // The same of the same order by the same person is the same decision.
            None => {
                let version = wish.version.unwrap_or(order.version);
                let amount = wish.amount.map(|amount| format!(":{amount}")).unwrap_or_default();
                format!("remedy:{kind}:{version}:{actor}{amount}")
            }
        };
        by_person(key, actor, &wish.reason)
    }

    /// What a customer chooses for an unheard purchase, where it was offered.
    pub async fn choose(&self, id: &OrderId, choice: Choice, customer: &str) -> Result<Order> {
        let wanted = id.clone();
        let order = self.db().read(move |tx| tx.order(&wanted)).await?;
        if order.offered_at.is_none() || !matches!(order.standing.stage, Stage::Unheard(_)) {
            return Err(Error::refused(
                "not-offered",
                "there is nothing to choose for this order now",
            ));
        }
        let (kind, reason) = match choice {
            Choice::Refund => (Remedy::Refund, "the customer chose money back"),
            Choice::Wait => (Remedy::Wait, "the customer chose to wait"),
        };
        let mut wish = Wish::new(kind, reason);
        wish.version = Some(order.version);
        Ok(self.remedy(id, wish, customer).await?.order)
    }

    /// The customer takes what is owed to them, and what only a person could send, into their
    /// wallet.
    pub async fn take_as_credit(&self, id: &OrderId, customer: &str) -> Result<Order> {
        let wanted = id.clone();
        let seen = self
            .db()
            .read(move |tx| Ok::<_, Error>((tx.order(&wanted)?, creditable(tx, &wanted)?)))
            .await?;
        let (order, owed) = seen;
        if owed.is_empty() {
            let text = "nothing is owed to you for this order that waits for a person";
            return Err(Error::refused("nothing-to-refund", text));
        }
        let mut wish = Wish::new(Remedy::Credit, "the customer chose credit");
        wish.version = Some(order.version);
        Ok(self.remedy(id, wish, customer).await?.order)
    }
}

impl Bench<'_> {
    fn carry_out(&mut self, tx: &mut Tx<'_>) -> Result<()> {
        match self.wish.kind {
            Remedy::Reprovision => self.reprovision(tx, Extras::default()),
            Remedy::ManualProvision => self.manual_provision(tx),
            Remedy::Accept => self.accept(tx),
            Remedy::Adopt => self.adopt(tx),
            Remedy::NothingBought => self.nothing_bought(tx),
            Remedy::Refund => self.refund(tx),
            Remedy::RefundAndKeep => self.refund_and_keep(tx),
            Remedy::Cancel => self.refund_all(tx, Event::Cancelled),
            Remedy::Wait => self.wait(tx),
            Remedy::Extend => self.extend(tx),
            Remedy::WriteOff => self.write_off(tx),
            Remedy::End => self.end(tx),
            // What it gives comes with every remedy that names it.
            Remedy::Discount => Ok(()),
            Remedy::Credit => self.credit(tx),
        }
    }

    /// Moves the order by one event of this remedy.
    fn record(&mut self, tx: &mut Tx<'_>, event: Event, extras: &Extras) -> Result<()> {
        let next = step(&self.order.standing, &event)?;
        Ok(tx.record(&mut self.order, &[(event, next)], &self.cause, extras)?)
    }

    /// What gives value, though its kind alone does not, asks for what all of that asks.
    fn insist_on_power(&self, what: &str) -> Result<()> {
        if !self.wish.may_give_value {
            let act = Act::RemedyValue.words();
            return Err(Error::Forbidden(format!("{what}: ask somebody who may {act}")));
        }
        counts_once(self.wish, what)
    }

    fn say(&mut self, what: impl Into<String>) {
        self.did.push(what.into());
    }

    fn reprovision(&mut self, tx: &mut Tx<'_>, extras: Extras) -> Result<()> {
        if matches!(self.order.standing.stage, Stage::Unheard(_)) && !self.wish.give_up {
            return Err(Error::refused(
                "give-up-needed",
                "the first purchase may still have bought; send giveUp: true to park it and buy again",
            ));
        }
        let gone = self.order.standing.stage.awaited_server().cloned();
        let parked = matches!(self.order.standing.stage, Stage::Unheard(_));
        let replaces = matches!(self.order.standing.stage, Stage::Delivered(_));
        let extras = Extras { error: Some(None), ..extras };
        let event = Event::Reprovisioned { attempt: self.new_attempt.clone() };
        self.record(tx, event, &extras)?;
        if let Some(id) = gone {
            self.stray_now(tx, &id, "bought again: this one is not delivered")?;
        }
        if parked {
            self.say("the unheard purchase is parked: if it bought, the server is ours");
        }
        let terms = tx.terms_in_force(&self.order)?;
        self.say(format!("planned a purchase of {} with {}", terms.package_name, terms.ram));
        if replaces {
            self.say("the delivered server stays until the new one is delivered");
        }
        Ok(())
    }

    /// Says why a server of this order went into quarantine and books its cost.
    fn stray_now(&mut self, tx: &mut Tx<'_>, id: &ServerId, why: &str) -> Result<()> {
        let server = tx.server(id)?;
        if server.state.is_gone() {
            self.say(format!("{} is gone at the provider already", server.address));
            return Ok(());
        }
        tx.explain_server(id, why)?;
        self.engine.book_stray(tx, &server)?;
        self.say(format!("{} is in quarantine: {why}", server.address));
        Ok(())
    }

    fn wait(&mut self, tx: &mut Tx<'_>) -> Result<()> {
        let count = self.wish.days.unwrap_or(1).clamp(1, 30);
        let due = tx.now()? + days(count);
        self.record(tx, Event::Waited, &Extras::default())?;
        if tx.take_over_order(&self.order.id, self.actor, due)? == 0 {
            tx.list(&self.order.id, "waiting", days(count))?;
        }
        self.say(format!("due again at {due}"));
        Ok(())
    }
}

fn check_wish(wish: &Wish) -> Result<()> {
    wording::reason(&wish.reason)?;
    tell::public_of(wish)?;
    if wish.kind.gives_value() {
        counts_once(wish, wish.kind.word())?;
    }
    Ok(())
}

/// What gives value says on what it was decided, so that it cannot be given twice.
fn counts_once(wish: &Wish, what: &str) -> Result<()> {
    if wish.preview || wish.version.is_some() || wish.key.is_some() {
        return Ok(());
    }
    Err(Error::NeedsVersion(format!(
        "{what} gives value: send the order's version or an Idempotency-Key, so that it counts once"
    )))
}
