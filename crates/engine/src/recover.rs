//! Finds paid orders that nobody works on and puts each back on its way. Buys nothing again where
//! a purchase may have happened: unheard, on hold or with a stray in quarantine is a person's.
//! A dry run finds the same and changes nothing.

use std::collections::{HashMap, HashSet};

use domain::id::{AttemptId, OrderId};
use domain::order::{Event, Stage, Stop, Terms, step};
use domain::package::Package;
use domain::server::State as ServerState;
use store::attempt::Attempt;
use store::db::Tx;
use store::job::{Kind, NewJob};
use store::lost::{Stranded, StrandedErrand, StrandedOperation};
use store::order::{Amendment, Extras, Order};
use upstream::Meaning;

use crate::Engine;
use crate::classify::by_person;
use crate::error::{Error, Result};
use crate::reconcile::paid_without_server::why_listed;

/// Whether anything is changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Run {
    Dry,
    Real,
}

/// One order that had lost its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovered {
    pub order: OrderId,
    pub number: String,
    /// What was wrong.
    pub what: String,
    /// What was done about it; what would be, in a dry run.
    pub did: String,
}

/// So many rows are looked at in one go.
const TOGETHER: i64 = 200;

/// What helps one order.
#[derive(Clone, Debug)]
enum Cure {
    /// Plan a purchase anew.
    Plan,
    /// Put back the job that leads on.
    Put { kind: Kind, subject: String, lane: String },
    /// Put it on somebody's list.
    List(&'static str),
    /// Tell staff what is missing.
    Tell,
}

struct Case {
    told: Recovered,
    cure: Cure,
}

impl Case {
    fn new(order: (&OrderId, &str), what: impl Into<String>, did: &str, cure: Cure) -> Case {
        let (order, number) = (order.0.clone(), order.1.to_owned());
        Case { told: Recovered { order, number, what: what.into(), did: did.to_owned() }, cure }
    }
}

/// An attempt whose stored answer would still change something, with its order's number.
type Unread = (Attempt, String);

impl Engine {
    /// Puts every paid order that nobody works on back on its way, and tells each.
    pub async fn recover(&self, run: Run, actor: &str) -> Result<Vec<Recovered>> {
        let mut cases = self.stopped_cases().await?;
        cases.extend(self.stranded_cases().await?);
        cases.extend(self.unread_cases().await?);
        let known: HashSet<OrderId> = cases.iter().map(|case| case.told.order.clone()).collect();
        let unlisted = self.unlisted_cases().await?.into_iter();
        cases.extend(unlisted.filter(|case| !known.contains(&case.told.order)));
        let mut recovered = Vec::new();
        for case in cases {
            let done = match run {
                Run::Dry => true,
                Run::Real => self.cure(&case, actor).await?,
            };
            if done {
                let Recovered { number, what, did, .. } = &case.told;
                tracing::info!("[AUTO-PROVISION] {number} {what}: {did}");
                recovered.push(case.told);
            }
        }
        self.hub().wake();
        Ok(recovered)
    }

    /// Orders that stopped before a permit, or whose purchase provably bought nothing.
    async fn stopped_cases(&self) -> Result<Vec<Case>> {
        let mut cases = Vec::new();
        let mut after = String::new();
        loop {
            let from = std::mem::take(&mut after);
            let found = self.db().read(move |tx| stopped(tx, &from)).await?;
            let Some(last) = found.last else { return Ok(cases) };
            after = last;
            cases.extend(found.cases);
        }
    }

    /// Orders, operations and errands whose next step has no job.
    async fn stranded_cases(&self) -> Result<Vec<Case>> {
        let mut cases = Vec::new();
        let mut after = String::new();
        loop {
            let from = std::mem::take(&mut after);
            let found = self.db().read(move |tx| tx.stranded_orders(&from, TOGETHER)).await?;
            let Some(last) = found.last() else { break };
            after = last.order.to_string();
            cases.extend(found.iter().map(stranded));
        }
        loop {
            let from = std::mem::take(&mut after);
            let found = self.db().read(move |tx| tx.stranded_operations(&from, TOGETHER)).await?;
            let Some(last) = found.last() else { break };
            after = last.id.clone();
            cases.extend(found.iter().map(stranded_operation));
        }
        loop {
            let from = std::mem::take(&mut after);
            let found = self.db().read(move |tx| tx.stranded_errands(&from, TOGETHER)).await?;
            let Some(last) = found.last() else { return Ok(cases) };
            after = last.id.clone();
            cases.extend(found.iter().map(stranded_errand));
        }
    }

    /// Answers that were stored and never understood.
    async fn unread_cases(&self) -> Result<Vec<Case>> {
        let mut cases = Vec::new();
        for (attempt, number) in self.unread_answers().await? {
            let subject = attempt.id.to_string();
            let lane = format!("check:{}", attempt.package);
            let cure = Cure::Put { kind: Kind::Classify, subject, lane };
            let what = "the answer to its purchase was never read";
            cases.push(Case::new((&attempt.order, &number), what, "it is read now", cure));
        }
        Ok(cases)
    }

    /// Attempts whose stored answer would still change something, with their orders' numbers.
    async fn unread_answers(&self) -> Result<Vec<Unread>> {
        let mut unread = Vec::new();
        let mut after = Some(String::new());
        while let Some(from) = after {
            let engine = self.clone();
            let (found, next) = self.db().read(move |tx| engine.unread_after(tx, &from)).await?;
            unread.extend(found);
            after = next;
        }
        Ok(unread)
    }

    /// One page of them, and where the next one begins.
    pub(crate) fn unread_after(
        &self,
        tx: &mut Tx<'_>,
        from: &str,
    ) -> Result<(Vec<Unread>, Option<String>)> {
        let attempts = tx.unread_answers(from, TOGETHER)?;
        let next = attempts.last().map(|attempt| attempt.id.to_string());
        let mut found = Vec::new();
        for attempt in attempts {
            if self.still_says_something(tx, &attempt)? {
                let number = tx.order(&attempt.order)?.number;
                found.push((attempt, number));
            }
        }
        Ok((found, next))
    }

    /// Whether reading the stored answer would move anything.
    fn still_says_something(&self, tx: &mut Tx<'_>, attempt: &Attempt) -> Result<bool> {
        use domain::attempt::State;
        if attempt.state == State::Permitted {
            return Ok(true);
        }
        let Some(stored) = tx.answer(attempt.id.as_str())? else { return Ok(false) };
        let answer = self.open_answer(attempt.id.as_str(), &stored)?;
        let given_up = !matches!(attempt.state, State::Unheard | State::Parked);
        Ok(match self.parts.provider.upstream.purchase_meaning(&answer) {
            // One that is live in our books says nothing by itself: a person has it already.
            Meaning::Sold(address) => tx.live_server(address)?.is_none(),
            Meaning::Unheard { .. } => false,
            _ => !given_up,
        })
    }

    /// Orders that only a person can help, and that are on nobody's list.
    async fn unlisted_cases(&self) -> Result<Vec<Case>> {
        let mut cases = Vec::new();
        let mut after = String::new();
        loop {
            let from = std::mem::take(&mut after);
            let (last, orders) = self
                .db()
                .read(move |tx| {
                    let ids = tx.unlisted_orders(&from, TOGETHER)?;
                    Ok::<_, Error>((ids.last().map(ToString::to_string), tx.orders_of_ids(&ids)?))
                })
                .await?;
            cases.extend(orders.iter().map(unlisted));
            let Some(last) = last else { return Ok(cases) };
            after = last;
        }
    }

    /// Does what helps; false where the order moved on by itself meanwhile.
    async fn cure(&self, case: &Case, actor: &str) -> Result<bool> {
        let (engine, order, cure) = (self.clone(), case.told.order.clone(), case.cure.clone());
        let (what, actor) = (case.told.what.clone(), actor.to_owned());
        let attempt = AttemptId::mint(self.now(), &*self.parts.chance);
        self.db()
            .write(move |tx| {
                let done = match &cure {
                    Cure::Plan => engine.plan_again(tx, &order, &attempt, &actor)?,
                    Cure::Put { kind, subject, lane } => {
                        let run_at = tx.now()?;
                        tx.put_job_anew(&NewJob { kind: *kind, subject, lane, run_at })?;
                        true
                    }
                    Cure::List(why) => {
                        tx.list(&order, why, std::time::Duration::from_secs(30 * 60))?;
                        true
                    }
                    Cure::Tell => {
                        tx.raise_alert("plan-missing", order.as_str(), &what)?;
                        true
                    }
                };
                if done {
                    tx.audit(&actor, "recover", order.as_str(), &what)?;
                }
                Ok::<_, Error>(done)
            })
            .await
    }

    /// Packages first, then the order: what is decided here is decided under the locks.
    fn plan_again(
        &self,
        tx: &mut Tx<'_>,
        id: &OrderId,
        attempt: &AttemptId,
        actor: &str,
    ) -> Result<bool> {
        let seen = tx.order(id)?;
        let terms = tx.terms_in_force(&seen)?;
        let Some(package) = package_of(tx, &terms)? else { return Ok(false) };
        tx.lock_packages(std::slice::from_ref(&package.id))?;
        let mut order = tx.lock_order(id)?;
        let strays = tx.servers(id)?.iter().any(|s| s.state == ServerState::Quarantined);
        let unchanged = order.version == seen.version && order.amendments == seen.amendments;
        let may = matches!(order.standing.stage, Stage::Stopped(stop) if stop.may_recover());
        if !may || strays || !unchanged {
            return Ok(false);
        }
        if package.id != terms.package {
            relink(tx, &mut order, &terms, &package, actor)?;
        }
        let event = Event::Recovered { attempt: attempt.clone() };
        let next = step(&order.standing, &event)?;
        let key = format!("recovered:{}", order.version);
        let cause = by_person(key, actor, "recovered: nobody worked on it");
        let extras = Extras { error: Some(None), ..Extras::default() };
        tx.record(&mut order, &[(event, next)], &cause, &extras)?;
        tx.resolve_alert("order-stopped", id.as_str())?;
        tx.resolve_alert("plan-missing", id.as_str())?;
        Ok(true)
    }
}

/// The package in our books that the terms speak of. The provider's number is what it is known
/// by: its row may have been made anew.
fn package_of(tx: &mut Tx<'_>, terms: &Terms) -> Result<Option<Package>> {
    if let Some(package) = tx.package(&terms.package)? {
        return Ok(Some(package));
    }
    Ok(tx.package_of_pid(&terms.provider, &terms.pid)?)
}

/// The same package under the id that our books give it now.
fn relink(
    tx: &mut Tx<'_>,
    order: &mut Order,
    terms: &Terms,
    package: &Package,
    actor: &str,
) -> Result<()> {
    let before = tx.latest_amendment(order)?;
    let known = before.map_or_else(|| order.sold.product_name.clone(), |a| a.product_name);
    let amendment = Amendment {
        at: tx.now()?,
        actor: actor.to_owned(),
        reason: format!("PID {} is in the catalogue again, under another row", terms.pid),
        consent: None,
        product_name: known,
        terms: Terms { package: package.id.clone(), ..terms.clone() },
        back_minor: 0,
    };
    Ok(tx.amend(order, &amendment)?)
}

/// Stopped orders of one page.
struct StoppedPage {
    cases: Vec<Case>,
    last: Option<String>,
}

fn stopped(tx: &mut Tx<'_>, after: &str) -> Result<StoppedPage> {
    let orders = tx.orders_in(&["stopped"], after, TOGETHER)?;
    let ids: Vec<OrderId> = orders.iter().map(|order| order.id.clone()).collect();
    let servers = tx.servers_of(&ids)?;
    let strays: HashSet<&OrderId> = servers
        .iter()
        .filter(|server| server.state == ServerState::Quarantined)
        .filter_map(|server| server.order.as_ref())
        .collect();
    let amended = tx.latest_amendments_of(&ids)?;
    let mut known = HashMap::new();
    let mut cases = Vec::new();
    for order in &orders {
        let Stage::Stopped(stop) = order.standing.stage else { continue };
        if !stop.may_recover() || strays.contains(&order.id) {
            continue;
        }
        let terms = amended.get(&order.id).map_or(&order.sold.terms, |a| &a.terms);
        let package = match known.get(&terms.package) {
            Some(package) => Clone::clone(package),
            None => package_of(tx, terms)?,
        };
        known.insert(terms.package.clone(), package.clone());
        cases.push(stopped_case(order, stop, terms, package.as_ref()));
    }
    Ok(StoppedPage { cases, last: ids.last().map(ToString::to_string) })
}

fn stopped_case(order: &Order, stop: Stop, terms: &Terms, package: Option<&Package>) -> Case {
    let named = (&order.id, order.number.as_str());
    let what = format!("stopped: {}", stop.word());
    match package {
        None => {
            let what = format!(
                "{what}: package {:?} (PID {}) is not in the catalogue",
                terms.package_name, terms.pid
            );
            Case::new(named, what, "nothing yet: sync the catalogue first", Cure::Tell)
        }
        Some(_) => Case::new(named, what, "planned again", Cure::Plan),
    }
}

fn stranded(order: &Stranded) -> Case {
    let (what, did, kind, lane) = match order.stage.as_str() {
        "verifying" => ("its check had no job", "the check goes on", Kind::Verify, "check"),
        "permitted" => {
            ("nobody watched its purchase", "its deadline is watched", Kind::Purchase, "buy")
        }
        _ => ("its purchase had no job", "the purchase goes on", Kind::Purchase, "buy"),
    };
    let lane = format!("{lane}:{}", order.package);
    let cure = Cure::Put { kind, subject: order.subject.clone(), lane };
    Case::new((&order.order, &order.number), what, did, cure)
}

fn stranded_operation(operation: &StrandedOperation) -> Case {
    let kind = if operation.is_answered { Kind::Classify } else { Kind::Operate };
    let lane = format!("check:{}", operation.package);
    let cure = Cure::Put { kind, subject: operation.id.clone(), lane };
    let what = format!("its {} had no job", operation.kind);
    Case::new((&operation.order, &operation.number), what, "the operation goes on", cure)
}

fn unlisted(order: &Order) -> Case {
    let stage = &order.standing.stage;
    let what = format!("{} and on nobody's list", stage.word());
    let cure = Cure::List(why_listed(stage));
    Case::new((&order.id, &order.number), what, "put on the list for a person", cure)
}

fn stranded_errand(errand: &StrandedErrand) -> Case {
    let lane = format!("check:{}", errand.package);
    let cure = Cure::Put { kind: Kind::Errand, subject: errand.id.clone(), lane };
    let what = format!("its {} had no job", errand.wish);
    Case::new((&errand.order, &errand.number), what, "it goes on", cure)
}
