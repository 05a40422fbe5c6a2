//! The staff's first page: what needs a person, what is under way, and what is switched off.

use std::collections::HashMap;

use axum::extract::State;
use axum::response::Response;
use domain::money::{Currency, Money as Amount};
use domain::profit::Profit;
use engine::alert::is_settled_by_hand;
use engine::permission::Act;
use engine::profit::Month;
use engine::read::{Alert as Trouble, Listed, NamedAlert as Named, Today};
use engine::report::Told;
use engine::till::Brought;

use super::health::health;
use super::page_of::page_of;
use crate::app::Shop;
use crate::auth::Me;
use crate::page::{self, Around};
use crate::problem::Problem;
use crate::view::admin::home::{Day, Home, LowStock, SoFar};
use crate::view::admin::trace::{due_in, took};
use crate::view::admin::words::in_words;
use crate::view::admin::{Alert, Attention, Count, STAGES, Switches, why_words};
use crate::view::{Frame, Here};

/// All others are on their own page.
const ATTENTION_SHOWN: i64 = 12;

/// `/admin`
pub(crate) async fn show(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
) -> Result<Response, Problem> {
    let frame = around.frame(&shop, "Staff", Here::Staff);
    let today = shop.engine().today().await?;
    let listed = shop.engine().needs_attention(None, Some(ATTENTION_SHOWN)).await?;
    let so_far = so_far(&shop, &me, &today, &frame).await?;
    let (waiting, strays) = (today.figures.listed, today.figures.strays.0);
    let all_alerts: i64 = today.figures.alerts.iter().map(|(_, count)| count).sum();
    page::show(&Home {
        more_attention: waiting - i64::try_from(listed.items.len()).unwrap_or(waiting),
        attention: listed.items.iter().map(|row| attention(row, &frame)).collect(),
        more_alerts: today.open_alerts - today.newest_alerts.len() as i64,
        listed_alerts: (all_alerts - today.open_alerts).max(0),
        alerts: alerts(&today, &frame),
        stages: stages(&today),
        strays,
        stray_cost: match strays {
            0 => String::new(),
            _ => today.quarantine_cost.for_people(),
        },
        low_stock: low_stock(&today, &shop.engine().settings().stock_warn_at),
        health: health(&today),
        so_far,
        switches: Switches {
            may_switch: me.may(Act::ManageProviders) && me.may(Act::StopSelling),
            provider: today.provider.to_owned(),
            selling_stopped: today.selling_stopped,
            second_factor: me.may(Act::ManageAccounts).then_some(today.staff_second_factor),
            paused: today.paused,
            over_budget: today.over_budget,
            latched: today.latched,
        },
        frame,
    })
}

/// What the day has brought, with its money for those who may know it.
async fn so_far(
    shop: &Shop,
    me: &Me,
    today: &Today,
    frame: &Frame,
) -> Result<Option<SoFar>, Problem> {
    let Some(day) = frame.zone.today(today.now) else { return Ok(None) };
    let (brought, earned) = match me.may(Act::SeeProfit) {
        true => shop.engine().till(day).await.map(|(brought, earned)| (brought, Some(earned)))?,
        false => (shop.engine().brought(day).await?, None),
    };
    Ok(Some(SoFar {
        counted: brought.kept.as_ref().map(|kept| frame.time(kept.at)),
        delivered: brought.kept.as_ref().map(|kept| kept.figures.delivered),
        money: earned.map(|earned| money(today, brought, earned)).unwrap_or_default(),
    }))
}

/// In each currency that money moved in.
fn money(today: &Today, brought: Told<Brought>, earned: Told<Month>) -> Vec<Day> {
    let till = brought.kept.map(|kept| kept.figures.till).unwrap_or_default();
    let earned = earned.kept.map(|kept| kept.figures).unwrap_or_default().whole;
    let owed = &today.figures.owed;
    let mut currencies: Vec<Currency> = till.iter().map(|till| till.taken.currency).collect();
    currencies.extend(earned.iter().map(|profit| profit.currency));
    currencies.extend(owed.iter().map(|owed| owed.currency));
    currencies.sort_unstable_by_key(|currency| currency.code());
    currencies.dedup();
    if currencies.is_empty() {
        currencies.push(today.quarantine_cost.currency);
    }
    let day = |currency: Currency| {
        let till = till.iter().find(|till| till.taken.currency == currency);
        let owed = owed.iter().find(|owed| owed.currency == currency);
        let earned = earned.iter().find(|profit| profit.currency == currency);
        let amount =
            |money: Option<Amount>| money.unwrap_or_else(|| Amount::new(0, currency)).for_people();
        Day {
            taken: amount(till.map(|till| till.taken)),
            returned: amount(till.map(|till| till.returned)),
            owes: owed.is_some_and(|owed| !owed.is_zero()),
            owed: amount(owed.copied()),
            earned: amount(earned.map(Profit::whole)),
        }
    };
    currencies.into_iter().map(day).collect()
}

/// How many packages run low, by level. Of each only the lowest level that it fell to is told, so
/// that those of the lower ones count to the higher.
fn low_stock(today: &Today, levels: &[i64]) -> Vec<LowStock> {
    let open = |wanted: i64| {
        let kind = format!("low-stock-{wanted}");
        let found = today.figures.alerts.iter().find(|(known, _)| *known == kind);
        found.map_or(0, |(_, count)| *count)
    };
    let mut levels = levels.to_vec();
    levels.sort_unstable();
    let mut low: Vec<LowStock> = Vec::new();
    for level in levels {
        let below = low.last().map(|below| (below.count, below.level));
        let count = open(level) + below.map_or(0, |(count, _)| count);
        if count > 0 {
            low.push(LowStock { level, count, of_them: below });
        }
    }
    low
}

/// The stages that have orders, in the order of an order's life.
fn stages(today: &Today) -> Vec<Count> {
    let count = |(word, label, tone): &(&str, &str, _)| {
        let (_, count) = today.figures.stages.iter().find(|(known, _)| known == word)?;
        Some(Count {
            word: (*word).to_owned(),
            label: (*label).to_owned(),
            count: *count,
            tone: *tone,
        })
    };
    STAGES.iter().filter_map(count).collect()
}

pub(super) fn attention(row: &Listed, frame: &Frame) -> Attention {
    Attention {
        order: row.order.to_string(),
        number: row.number.clone(),
        why: why_words(&row.why),
        since: frame.time(row.since),
        age: took(frame.now.as_micros() - row.since.as_micros()),
        due: frame.time(row.due_at),
        due_in: due_in(row.due_at.as_micros() - frame.now.as_micros()),
        overdue: row.due_at < frame.now,
        owner: row.owner.clone(),
    }
}

/// How long something has lasted; nobody counts the seconds of it.
fn age(micros: i64) -> String {
    if micros < 60_000_000 { "less than a minute".to_owned() } else { took(micros) }
}

fn alerts(today: &Today, frame: &Frame) -> Vec<Alert> {
    let name = |(told, name): &Named| Some((told.subject.clone(), name.clone()?));
    let names = today.newest_alerts.iter().filter_map(name).collect();
    today.newest_alerts.iter().map(|(told, _)| alert(told, &names, frame)).collect()
}

/// `names` are what people call the things that the alerts of the page are about.
pub(super) fn alert(told: &Trouble, names: &HashMap<String, String>, frame: &Frame) -> Alert {
    let until = told.resolved_at.unwrap_or(frame.now);
    Alert {
        kind: in_words(&told.kind),
        word: told.kind.clone(),
        text: told.text.clone(),
        at: frame.time(told.at),
        age: age(until.as_micros() - told.at.as_micros()),
        resolved: told.resolved_at.map(|at| frame.time(at)),
        about: page_of(&told.kind, &told.subject, names, frame),
        by_hand: (told.resolved_at.is_none() && is_settled_by_hand(&told.kind))
            .then(|| told.subject.clone()),
        silence: None,
        quiet_until: None,
    }
}
