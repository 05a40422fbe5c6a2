//! The staff's first page: what needs a person, what is under way, and what is switched off.

use axum::extract::State;
use axum::response::Response;
use domain::clock::Timestamp;
use domain::money::{Currency, Money as Amount};
use domain::profit::Profit;
use engine::alert::is_settled_by_hand;
use engine::permission::Act;
use engine::profit::Month;
use engine::read::{Alert as Trouble, Listed, Today};
use engine::report::Told;
use engine::till::Till;

use crate::app::Shop;
use crate::auth::Me;
use crate::page::{self, Around};
use crate::paths;
use crate::problem::Problem;
use crate::view::account::Badge;
use crate::view::admin::home::{Day, Health, Home, Money};
use crate::view::admin::trace::{due_in, took};
use crate::view::admin::{Alert, Attention, Count, STAGES, Switches, why_words};
use crate::view::{Frame, Here, Tone};

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
    let money = match frame.zone.today(today.now).filter(|_| me.may(Act::SeeProfit)) {
        Some(day) => Some(money(&today, shop.engine().till(day).await?, &frame)),
        None => None,
    };
    let waiting = today.figures.listed;
    let strays = today.figures.strays.0;
    page::show(&Home {
        more_attention: waiting - i64::try_from(listed.items.len()).unwrap_or(waiting),
        attention: listed.items.iter().map(|row| attention(row, &frame)).collect(),
        more_alerts: today.open_alerts - today.newest_alerts.len() as i64,
        alerts: today.newest_alerts.iter().map(|told| alert(told, &frame)).collect(),
        stages: stages(&today),
        strays,
        stray_cost: match strays {
            0 => String::new(),
            _ => today.quarantine_cost.for_people(),
        },
        low_stock: low_stock(&today),
        health: health(&today),
        money,
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

/// What the day brought, in each currency that money moved in.
fn money(today: &Today, (till, earned): (Told<Vec<Till>>, Told<Month>), frame: &Frame) -> Money {
    let counted = till.kept.as_ref().map(|kept| frame.time(kept.at));
    let till = till.kept.map(|kept| kept.figures).unwrap_or_default();
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
    Money { counted, days: currencies.into_iter().map(day).collect() }
}

/// How many packages run low, by the level that they fell to.
fn low_stock(today: &Today) -> Vec<(String, i64)> {
    let level = |(kind, count): &(String, i64)| {
        let level: i64 = kind.strip_prefix("low-stock-")?.parse().ok()?;
        Some((level, *count))
    };
    let mut levels: Vec<(i64, i64)> = today.figures.alerts.iter().filter_map(level).collect();
    levels.sort_unstable();
    levels.into_iter().map(|(level, count)| (level.to_string(), count)).collect()
}

/// What the shop stands on, each with how old its last news is.
fn health(today: &Today) -> Vec<Health> {
    let figures = &today.figures;
    let open = |kinds: &[&str]| -> i64 {
        let of = figures.alerts.iter().filter(|(kind, _)| kinds.contains(&kind.as_str()));
        of.map(|(_, count)| count).sum()
    };
    let ago = |at: Option<Timestamp>| match at {
        Some(at) => format!("{} ago", took(today.now.as_micros() - at.as_micros())),
        None => "never".to_owned(),
    };
    let health = |what: String, (tone, state): (Tone, String), more: String| Health {
        what,
        state: Badge::of(tone, state),
        more,
    };
    let provider = match (&today.paused, open(&["sync-failing"])) {
        (Some(_), _) => (Tone::Bad, "paused".to_owned()),
        (None, 0) => (Tone::Good, "buys".to_owned()),
        (None, _) => (Tone::Warn, "sync fails".to_owned()),
    };
    let listed =
        format!("list heard {}, last sync {}", ago(figures.listed_at), ago(figures.synced_at));
    let gateways = match open(&["payment-unanswered"]) {
        0 => (Tone::Good, "answer".to_owned()),
        count => (Tone::Warn, format!("{count} payments unanswered")),
    };
    let webhooks = match figures.webhooks {
        (0, _) => "no webhook waits".to_owned(),
        (count, oldest) => format!("{count} webhooks wait, the oldest {}", took(oldest)),
    };
    let queue = match open(&["queue-behind"]) {
        0 => (Tone::Good, "works".to_owned()),
        _ => (Tone::Bad, "behind".to_owned()),
    };
    let (jobs, oldest) = figures.jobs;
    let waits = format!("{jobs} jobs, what is due waits {} at most", took(oldest));
    let mail = match open(&["mail-stuck", "mail-refused"]) {
        0 => (Tone::Good, "leaves".to_owned()),
        count => (Tone::Warn, format!("{count} alerts")),
    };
    vec![
        health(today.provider.to_owned(), provider, listed),
        health(today.gateways.join(", "), gateways, webhooks),
        health("Queue".to_owned(), queue, waits),
        health("Mail".to_owned(), mail, format!("{} to send", figures.mails)),
    ]
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

pub(super) fn alert(told: &Trouble, frame: &Frame) -> Alert {
    let link = match told.subject.split_once('_').map(|(prefix, _)| prefix) {
        Some("ord") => Some((format!("{}/{}", paths::STAFF_ORDERS, told.subject), "the order")),
        Some("prd" | "pkg") => Some((paths::STAFF_STOCK.to_owned(), "the catalogue")),
        _ => None,
    };
    Alert {
        kind: told.kind.clone(),
        text: told.text.clone(),
        at: frame.time(told.at),
        resolved: told.resolved_at.map(|at| frame.time(at)),
        link,
        by_hand: (told.resolved_at.is_none() && is_settled_by_hand(&told.kind))
            .then(|| told.subject.clone()),
        silence: None,
        quiet_until: None,
    }
}
