//! What the shop stands on, as its staff's first page tells it: each provider, each gateway, work
//! and mail, with how old the last news is.

use domain::clock::Timestamp;
use engine::gateway::{Counter, PaymentState, SILENT};
use engine::read::{Standing, Today};

use super::gateways;
use crate::paths;
use crate::view::Tone;
use crate::view::account::Badge;
use crate::view::admin::home::Health;
use crate::view::admin::trace::took;
use crate::view::order::gateway_name;

const SYNC_FAILING: &str = "sync-failing";

pub(super) fn health(today: &Today) -> Vec<Health> {
    let mut all: Vec<Health> = providers(today);
    all.extend(today.figures.gateways.iter().map(|counter| gateway(today, counter)));
    if today.figures.gateways.is_empty() {
        let state = Badge::of(Tone::Warn, "none is on");
        let more = "customers cannot pay by themselves".to_owned();
        all.push(Health {
            url: Some(paths::STAFF_GATEWAYS.to_owned()),
            ..row("Gateways", state, more)
        });
    }
    all.extend(unanswered(today));
    all.extend([queue(today), mail(today)]);
    all
}

fn row(what: &str, state: Badge, more: String) -> Health {
    Health { what: what.to_owned(), url: None, state, more, open: None }
}

fn ago(today: &Today, at: Option<Timestamp>) -> String {
    at.map_or_else(|| "never".to_owned(), |at| format!("{} ago", since(today, at)))
}

fn since(today: &Today, at: Timestamp) -> String {
    took(today.now.as_micros() - at.as_micros())
}

/// How many open alerts there are of some kinds.
fn open(today: &Today, kinds: &[&str]) -> i64 {
    let of = today.figures.alerts.iter().filter(|(kind, _)| kinds.contains(&kind.as_str()));
    of.map(|(_, count)| count).sum()
}

fn is_told(today: &Today, kind: &str, about: &str) -> bool {
    today.figures.about.iter().any(|(known, subject)| known == kind && subject == about)
}

fn providers(today: &Today) -> Vec<Health> {
    let mut all = today.figures.providers.clone();
    // Before its first sync our books do not know it.
    if !all.iter().any(|one| one.id == today.provider) {
        all.insert(0, Standing { id: today.provider.to_owned(), ..Standing::default() });
    }
    all.iter().map(|one| provider(today, one)).collect()
}

fn provider(today: &Today, one: &Standing) -> Health {
    let fails = is_told(today, SYNC_FAILING, &one.id);
    let (state, more) = match (&one.paused, &one.by_hand) {
        (Some(why), _) => (Badge::of(Tone::Bad, "paused"), why.clone()),
        (None, Some(_)) => (Badge::of(Tone::Good, "by hand"), "staff deliver".to_owned()),
        (None, None) => {
            let heard = ago(today, one.listed_at);
            let more = format!("list heard {heard}, last sync {}", ago(today, one.synced_at));
            let state = match fails {
                true => Badge::of(Tone::Warn, "sync fails"),
                false => Badge::of(Tone::Good, "buys"),
            };
            (state, more)
        }
    };
    let name = one.by_hand.as_deref().unwrap_or(&one.id);
    Health { url: Some(paths::staff_provider(&one.id)), ..row(name, state, more) }
}

fn gateway(today: &Today, counter: &Counter) -> Health {
    let name = &counter.gateway;
    let state = gateways::state(counter, is_told(today, SILENT, name), today.now);
    let mut more = match counter.last_webhook {
        Some(at) => format!("last webhook {} ago", since(today, at)),
        None => "no webhook yet".to_owned(),
    };
    if let Some(oldest) = counter.oldest_waiting {
        let (count, oldest) = (counter.waiting, since(today, oldest));
        more += &format!(", {count} not asked about yet, the oldest {oldest}");
    }
    let waiting = paths::staff_payments(name, PaymentState::Open.word());
    let payments = match counter.open {
        1 => "1 open payment".to_owned(),
        count => format!("{count} open payments"),
    };
    Health {
        url: Some(paths::staff_gateway(name)),
        open: Some((payments, waiting)),
        ..row(gateway_name(name), state, more)
    }
}

/// Payments that no gateway says anything of: a row only where there are some.
fn unanswered(today: &Today) -> Option<Health> {
    let count = open(today, &["payment-unanswered"]);
    let state = || Badge::of(Tone::Warn, format!("{count} unanswered"));
    let url = Some(paths::STAFF_ALERTS.to_owned());
    let more = "their gateways were asked for days".to_owned();
    (count > 0).then(|| Health { url, ..row("Payments", state(), more) })
}

fn queue(today: &Today) -> Health {
    let state = match open(today, &["queue-behind"]) {
        0 => Badge::of(Tone::Good, "works"),
        _ => Badge::of(Tone::Bad, "behind"),
    };
    let (jobs, oldest) = today.figures.jobs;
    row("Queue", state, format!("{jobs} jobs, what is due waits {} at most", took(oldest)))
}

fn mail(today: &Today) -> Health {
    let state = match open(today, &["mail-stuck", "mail-refused"]) {
        0 => Badge::of(Tone::Good, "leaves"),
        count => Badge::of(Tone::Warn, format!("{count} alerts")),
    };
    let more = format!("{} to send", today.figures.mails);
    Health { url: Some(paths::STAFF_MAILS.to_owned()), ..row("Mail", state, more) }
}
