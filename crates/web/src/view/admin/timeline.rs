//! One step of an order, as staff read what happened.

use super::stage_badge;
use crate::view::Frame;
use crate::view::account::Badge;
use crate::view::frame::sample_time;
use crate::view::when::Moment;

#[derive(Clone, Debug)]
pub struct Event {
    pub at: Moment,
    /// How long after the one before it.
    pub took: String,
    pub what: String,
    pub stage: Badge,
    /// By name.
    pub actor: String,
    /// What is kept with it, in words.
    pub detail: String,
}

impl Event {
    pub(super) fn samples(frame: &Frame) -> Vec<Event> {
        let event = |(clock, took): (&str, &str), what: &str, stage: &str, actor: &str| Event {
            at: frame.time(sample_time(clock)),
            took: took.into(),
            what: what.into(),
            stage: stage_badge(stage),
            actor: actor.into(),
            detail: if actor == "Berth" { "claim 1 of its work".into() } else { String::new() },
        };
        vec![
            event(("14:01:02", ""), "Ordered", "unpaid", "asha@example.com (customer)"),
            event(("14:01:40", "38 s"), "Paid", "planned", "Gateway"),
            event(("14:01:41", "1.2 s"), "Asking the provider", "permitted", "Berth"),
            event(("14:02:03", "22 s"), "A server was named", "verifying", "Berth"),
            event(("14:02:03", "14 ms"), "Not what was sold", "stopped", "Berth"),
        ]
    }
}
