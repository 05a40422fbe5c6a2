//! Hears from the house itself, by two of its log lines, when a request leaves and when an order
//! is delivered: asking the database instead would be measured with the rest.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::clock::{Clock, Timestamp};
use tokio::sync::oneshot;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Event, Metadata, Subscriber};

use berth::machine::Machine;

/// The lines that are heard: where they come from, and the field that holds the id.
const DELIVERED: (&str, &str) = ("engine::check", "order");
const LEAVING: (&str, &str) = ("engine::purchase", "permit");

#[derive(Default)]
struct Heard {
    waiting: HashMap<String, oneshot::Sender<()>>,
    left: HashMap<String, Timestamp>,
}

/// Cheap to clone; all clones hear the same.
#[derive(Clone, Default)]
pub struct Watch(Arc<Mutex<Heard>>);

impl Watch {
    /// Hears from now on.
    pub fn listening() -> anyhow::Result<Watch> {
        let watch = Watch::default();
        tracing::subscriber::set_global_default(watch.clone())?;
        Ok(watch)
    }

    fn heard(&self) -> MutexGuard<'_, Heard> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends when the order is delivered. Ask before it can be.
    pub fn delivery_of(&self, order: &str) -> oneshot::Receiver<()> {
        let (tell, told) = oneshot::channel();
        self.heard().waiting.insert(order.to_owned(), tell);
        told
    }

    /// When the request of a permit was about to leave.
    pub fn left(&self, permit: &str) -> Option<Timestamp> {
        self.heard().left.remove(permit)
    }
}

fn is(metadata: &Metadata<'_>, line: (&str, &str)) -> bool {
    metadata.is_event() && metadata.target() == line.0 && metadata.fields().field(line.1).is_some()
}

impl Subscriber for Watch {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        if self.enabled(metadata) { Interest::always() } else { Interest::never() }
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        is(metadata, DELIVERED) || is(metadata, LEAVING)
    }

    fn event(&self, event: &Event<'_>) {
        let metadata = event.metadata();
        let leaving = is(metadata, LEAVING);
        let name = if leaving { LEAVING.1 } else { DELIVERED.1 };
        let mut id = TheId { name, text: String::new() };
        event.record(&mut id);
        if leaving {
            let now = Machine.now();
            self.heard().left.insert(id.text, now);
        } else if let Some(waiting) = self.heard().waiting.remove(&id.text) {
            // Whoever waited may have given up.
            let _ = waiting.send(());
        }
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

struct TheId {
    name: &'static str,
    text: String,
}

impl Visit for TheId {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        if field.name() == self.name {
            self.text = format!("{value:?}");
        }
    }
}
