//! Staff work off their list, by what truly happened at the provider. Nobody looks anywhere else:
//! an order that waits for a person and is not on the list is never settled.

// tidy: sleep allowed because staff look at their list now and then.

use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream;
use reqwest::Method;
use serde_json::{Value, json};
use sim::chance::Chance;

use super::super::desk::Who;
use super::town::Town;

const LOOKS_EVERY: Duration = Duration::from_secs(1);
/// So many orders are looked at, at once.
const HANDS: usize = 24;
/// So often something is bought for one order before its money goes back.
const PURCHASES_MAX: usize = 3;
/// So often an address is named that is in the books already, or may be somebody else's.
const REFUSED_MAX: usize = 30;

pub async fn work(town: &Town) {
    let mut chance = town.plan.chance(u64::from(u32::MAX));
    // Nothing is left to do for these.
    let mut done = BTreeSet::new();
    while !town.is_closed() {
        tokio::time::sleep(LOOKS_EVERY).await;
        let listed = listed(town, &mut chance).await;
        let open: Vec<(String, u64)> = listed
            .into_iter()
            .filter(|order| !done.contains(order))
            .map(|order| (order, chance.roll()))
            .collect();
        let looks = stream::iter(open).map(|(order, seed)| async move {
            let is_done = settles(town, &order, &mut Chance::seeded(seed)).await;
            is_done.unwrap_or(false).then_some(order)
        });
        let settled: Vec<Option<String>> = looks.buffer_unordered(HANDS).collect().await;
        done.extend(settled.into_iter().flatten());
    }
}

async fn listed(town: &Town, chance: &mut Chance) -> Vec<String> {
    let path = "/api/admin/needs-attention?limit=500";
    let asked = town.desk(chance).ask(Method::GET, path, &town.keys.admin, None).await;
    let Ok(answer) = asked else { return Vec::new() };
    let rows = answer.body["items"].as_array().map_or(&[][..], Vec::as_slice);
    rows.iter().filter_map(|row| row["orderId"].as_str().map(str::to_owned)).collect()
}

/// Does what is to be done for one order now, if anything; tells whether it is at its end.
async fn settles(town: &Town, order: &str, chance: &mut Chance) -> Option<bool> {
    let path = format!("/api/admin/orders/{order}");
    let desk = town.desk(chance);
    let seen = desk.ask(Method::GET, &path, &town.keys.admin, None).await.ok()?;
    let seen = Some(seen).filter(|seen| seen.status == 200)?.body;
    let refused = town.note(|notes| notes.refused.get(order).map_or(0, Vec::len));
    let Some(mut remedy) = remedy(town, &seen, refused, chance) else {
        return Some(["active", "none"].iter().any(|word| seen["provisioningStatus"] == *word));
    };
    let version = seen["version"].as_i64()?;
    remedy["version"] = json!(version);
    remedy["reason"] = json!("somebody looked at the provider's own list");
    // The same decision about the same state is one decision, however often it is sent; after a
    // refusal it is another.
    let key = format!("{order}-{version}-{}-{refused}", remedy["kind"].as_str()?);
    let path = format!("{path}/remedies");
    let answer = town.desk(chance).try_once(Who::Staff, &path, &remedy, &key).await?;
    town.note(|notes| match answer.status {
        200 => notes.remedies += 1,
        400..500 => {
            let told = format!("{remedy}: {}", answer.body["detail"]);
            notes.refused.entry(order.to_owned()).or_default().push(told);
        }
        _ => {}
    });
    Some(false)
}

/// What a person would choose, if anything can be chosen yet.
fn remedy(town: &Town, seen: &Value, refused: usize, chance: &mut Chance) -> Option<Value> {
    let may =
        |kind: &str| seen["nextActions"].as_array().is_some_and(|all| all.contains(&kind.into()));
    let attempts = seen["attempts"].as_array()?;
    match seen["provisioningStatus"].as_str()? {
        // The provider named the same server to two, and the other has it.
        "unknown_outcome" if refused > REFUSED_MAX && may("refund") => {
            Some(json!({ "kind": "refund" }))
        }
        "unknown_outcome" if may("adopt") => {
            let permit = attempts.last()?["id"].as_str()?;
            let sold = town.upstream_sold(permit);
            Some(match sold {
                Some(address) => {
                    json!({ "kind": "adopt", "attemptId": permit, "address": address })
                }
                None => json!({ "kind": "nothing-bought", "attemptId": permit }),
            })
        }
        "failed" if attempts.len() < PURCHASES_MAX && chance.happens(700) && may("reprovision") => {
            Some(json!({ "kind": "reprovision" }))
        }
        "failed" if may("refund") => Some(json!({ "kind": "refund" })),
        _ => None,
    }
}
