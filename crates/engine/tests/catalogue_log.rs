//! The catalogue's words in the log. A program of its own: what is logged is settled once for a
//! whole process, and other tests would be in the way.
#![cfg(test)]

#[path = "../../store/tests/support/mod.rs"]
#[allow(dead_code, reason = "shared with other test programs, which use the rest")]
mod support;

#[allow(dead_code, reason = "shared with other test programs, which use the rest")]
mod shop;

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

use crate::shop::Shop;
use crate::support::for_each_database;

/// Keeps the messages of this thread.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<String>>>);

impl<S: tracing::Subscriber> Layer<S> for Lines {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        struct Message(String);
        impl Visit for Message {
            fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
                if field.name() == "message" {
                    write!(self.0, "{value:?}").unwrap();
                }
            }
        }
        let mut message = Message(String::new());
        event.record(&mut message);
        self.0.lock().unwrap().push(message.0);
    }
}

impl Lines {
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

#[tokio::test]
async fn the_log_has_the_words_that_people_search_for() {
    let lines = Lines::default();
    let subscriber = tracing_subscriber::registry().with(lines.clone());
    let _guard = tracing::subscriber::set_default(subscriber);
    for_each_database(async |test| {
        let shop = Shop::open(test);
        let names: Vec<(String, String)> =
            (0..18).map(|at| (at.to_string(), format!("103.195.{at}"))).collect();
        let mut rows: Vec<_> =
            names.iter().map(|(p, n)| (p.as_str(), n.as_str(), 50, "active")).collect();
        rows.extend([rows[0], rows[1]]);
        shop.sync(&rows).await;
        let said = lines.take();
        let has = |said: &[String], line: &str| {
            assert!(said.iter().any(|l| l.contains(line)), "{line} is not in {said:#?}");
        };
        has(&said, "[SVPS-SYNC] packages fetched: 20, deduped: 18");
        has(&said, "[SVPS-SYNC] existing SmartVPS IPStock entries: 0");
        rows.truncate(18);
        rows[0].2 = 0;
        rows[1].2 = 5;
        rows.pop();
        shop.sync(&rows).await;
        let said = lines.take();
        has(&said, "[SVPS-SYNC] existing SmartVPS IPStock entries: 18");
        has(&said, "[SVPS-SYNC] Package missing from API, marking unavailable: 17::103.195.17");
        has(&said, "[SVPS-SYNC] Auto-disabled: Only 0 IPs left");
        has(&said, "Package running low on IPs! 1::103.195.1, Available IPv4: 5");
        has(
            &said,
            "[SVPS-SYNC] ✅ done { created: 0, updated: 1, disabled: 2, reEnabled: 0, tookMs: ",
        );
        rows[0].2 = 50;
        rows[2].1 = "NEW-103.195.2";
        shop.sync(&rows).await;
        let said = lines.take();
        has(&said, "Package re-enabled (was disabled, now available): 0::103.195.0");
        has(&said, "SmartVPS renamed package 2: 103.195.2 → NEW-103.195.2");
    })
    .await;
}
