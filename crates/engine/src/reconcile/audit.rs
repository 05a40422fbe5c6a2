//! Which delivered servers lie outside what was sold? They stay delivered, and somebody looks.
//! What the last audit came to is kept as a report.

use domain::block::{Promise, Verdict};
use domain::id::OrderId;
use domain::order::step::Why;
use domain::order::{Event, Stage, step};
use serde::{Deserialize, Serialize};
use store::books::DeliveredServer;
use store::db::Tx;
use store::order::{Cause, Extras};
use store::report::{NewAnswer, Part};

use crate::error::{Error, Result};
use crate::report::{Question, Told, Wish};
use crate::{Engine, report};

const PAGE: i64 = 1_000;
/// So many of those outside are kept by name; all of them are counted, and on the list.
pub const NAMED_MAX: usize = 500;

/// A delivered server that is not what was sold.
#[derive(Clone, Debug)]
pub struct Outside {
    pub server: DeliveredServer,
    pub why: String,
}

/// What an audit came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Audited {
    /// Delivered orders that were looked at.
    pub looked: u64,
    /// How many of them lie outside what was sold.
    pub outside: u64,
    /// The first of those: the order, its number, and why.
    pub named: Vec<(OrderId, String, String)>,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    looked: u64,
    outside: u64,
    named: Vec<(String, String, String)>,
}

impl Engine {
    /// Puts every delivered order whose server lies outside its terms on the list; those that are
    /// there already are left alone. Tells all that were found, and keeps what it came to.
    pub async fn audit_delivered(&self) -> Result<Vec<Outside>> {
        let (answer, found) = self.audit().await?;
        let id = Question::Audit.id();
        self.db()
            .write(move |tx| {
                tx.ask_for_reports(std::slice::from_ref(&id))?;
                tx.keep_report(&id, &answer)
            })
            .await?;
        Ok(found)
    }

    /// The audit that somebody asked for; whoever works it keeps the answer.
    pub(crate) async fn audit_for_report(&self) -> Result<NewAnswer> {
        self.audit().await.map(|(answer, _)| answer)
    }

    async fn audit(&self) -> Result<(NewAnswer, Vec<Outside>)> {
        let (began, at) = (self.parts.boot.since_boot(), self.ping().await?);
        let (mut found, mut looked) = (Vec::new(), 0);
        let mut after = Some(String::new());
        while let Some(from) = after {
            let page = self.db().read(move |tx| outside_after(tx, &from)).await?;
            let ids: Vec<_> = page.outside.iter().map(|one| one.server.order.clone()).collect();
            self.move_each(&ids, |_, tx, id| list_outside(tx, id)).await?;
            found.extend(page.outside);
            looked += page.looked;
            after = page.next;
        }
        let text = written(looked, &found)?;
        let took = self.parts.boot.since_boot().saturating_sub(began);
        Ok((NewAnswer { at, took, summary: text.clone(), whole: text }, found))
    }

    /// What the last audit came to. An old one is made anew when somebody asks.
    pub async fn audit_told(&self) -> Result<Told<Audited>> {
        self.audit_asked(Wish::Good).await
    }

    /// Has all delivered orders audited now, whatever is known of them.
    pub async fn audit_anew(&self) -> Result<Told<Audited>> {
        self.audit_asked(Wish::Anew).await
    }

    async fn audit_asked(&self, wish: Wish) -> Result<Told<Audited>> {
        let reports = self.ask(&[Question::Audit], (Part::Summary, wish)).await?;
        Told::of(reports.into_iter().next().unwrap_or_default(), read)
    }
}

fn written(looked: u64, found: &[Outside]) -> Result<String> {
    let name =
        |one: &Outside| (one.server.order.to_string(), one.server.number.clone(), one.why.clone());
    let named = found.iter().take(NAMED_MAX).map(name).collect();
    let outside = u64::try_from(found.len()).unwrap_or(u64::MAX);
    report::written(&Kept { looked, outside, named })
}

fn read(text: &str) -> Result<Audited> {
    let unreadable = |error: String| Error::Bug(format!("a kept audit cannot be read: {error}"));
    let kept: Kept = serde_json::from_str(text).map_err(|e| unreadable(e.to_string()))?;
    let named = |(id, number, why): (String, String, String)| {
        let id = OrderId::parse(&id).map_err(|e| unreadable(e.to_string()))?;
        Ok::<_, Error>((id, number, why))
    };
    let named = kept.named.into_iter().map(named).collect::<Result<_>>()?;
    Ok(Audited { looked: kept.looked, outside: kept.outside, named })
}

/// One page of the audit.
pub(crate) struct Page {
    pub outside: Vec<Outside>,
    pub looked: u64,
    /// Where the next one begins.
    pub next: Option<String>,
}

pub(crate) fn outside_after(tx: &mut Tx<'_>, from: &str) -> Result<Page> {
    let page = tx.delivered_servers(from, PAGE)?;
    let next = page.last().map(|last| last.order.to_string());
    let looked = u64::try_from(page.len()).unwrap_or(u64::MAX);
    Ok(Page { outside: page.into_iter().filter_map(judge).collect(), looked, next })
}

fn judge(server: DeliveredServer) -> Option<Outside> {
    let promise = Promise::of_package(&server.provider, &server.package_name, &server.cidrs);
    let verdict = promise.judge(server.address);
    let name = &server.package_name;
    let why = match (verdict, server.ram) {
        (Verdict::Mismatch, _) => format!("{} lies outside {name:?}", server.address),
        (Verdict::Unobservable, _) => {
            format!("{} cannot be compared with {name:?}", server.address)
        }
        (Verdict::Match, Some(ram)) if ram < server.sold_ram => {
            format!("{} has {ram} where {} was sold", server.address, server.sold_ram)
        }
        (Verdict::Match, _) => return None,
    };
    Some(Outside { why, server })
}

/// Looks once more under the order's lock: an amendment may have come meanwhile.
fn list_outside(tx: &mut Tx<'_>, id: &OrderId) -> Result<bool> {
    let mut order = tx.lock_order(id)?;
    let Stage::Delivered(server) = &order.standing.stage else { return Ok(false) };
    let server = tx.server(server)?;
    let terms = tx.terms_in_force(&order)?;
    let outside = judge(DeliveredServer {
        order: order.id.clone(),
        number: order.number.clone(),
        address: server.address,
        ram: server.ram,
        provider: terms.provider,
        package_name: terms.package_name,
        cidrs: terms.cidrs,
        sold_ram: terms.ram,
    });
    let Some(outside) = outside else { return Ok(false) };
    let listed = tx.attention_of(id)?.iter().any(|row| row.why == Why::AuditMismatch.word());
    if listed {
        return Ok(false);
    }
    let next = step(&order.standing, &Event::AuditMismatched)?;
    let data = serde_json::json!({ "reason": outside.why }).to_string();
    let key = format!("audit:{}:{}", server.id, order.version);
    let cause = Cause { key, actor: "worker".into(), data };
    tx.record(&mut order, &[(Event::AuditMismatched, next)], &cause, &Extras::default())?;
    tx.raise_alert("audit-mismatch", id.as_str(), &outside.why)?;
    tracing::error!("[SMARTVPS] {}: {}", order.number, outside.why);
    Ok(true)
}
