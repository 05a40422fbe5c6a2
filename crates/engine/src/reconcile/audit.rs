//! Which delivered servers lie outside what was sold? They stay delivered, and somebody looks.

use domain::block::{Promise, Verdict};
use domain::order::step::Why;
use domain::order::{Event, Stage, step};
use store::books::DeliveredServer;
use store::db::Tx;
use store::order::{Cause, Extras};

use crate::Engine;
use crate::error::Result;

const PAGE: i64 = 1_000;

/// A delivered server that is not what was sold.
#[derive(Clone, Debug)]
pub struct Outside {
    pub server: DeliveredServer,
    pub why: String,
}

impl Engine {
    /// Puts every delivered order whose server lies outside its terms on the list; those that are
    /// there already are left alone. Tells all that were found.
    pub async fn audit_delivered(&self) -> Result<Vec<Outside>> {
        let mut found = Vec::new();
        let mut after = Some(String::new());
        while let Some(from) = after {
            let (outside, next) = self.db().read(move |tx| outside_after(tx, &from)).await?;
            let ids: Vec<_> = outside.iter().map(|one| one.server.order.clone()).collect();
            self.move_each(&ids, |_, tx, id| list_outside(tx, id)).await?;
            found.extend(outside);
            after = next;
        }
        Ok(found)
    }
}

/// One page of the audit, and where the next one begins.
pub(crate) fn outside_after(tx: &mut Tx<'_>, from: &str) -> Result<(Vec<Outside>, Option<String>)> {
    let page = tx.delivered_servers(from, PAGE)?;
    let next = page.last().map(|last| last.order.to_string());
    Ok((page.into_iter().filter_map(judge).collect(), next))
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
fn list_outside(tx: &mut Tx<'_>, id: &domain::id::OrderId) -> Result<bool> {
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
