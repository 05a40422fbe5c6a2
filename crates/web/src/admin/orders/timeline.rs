//! What happened to an order, as staff read it: each step with the time since the one before, and
//! by whom.

use engine::read::{AdminOrder, StaffMoment};

use crate::view::Frame;
use crate::view::admin::stage_badge;
use crate::view::admin::timeline::Event;
use crate::view::admin::trace::took;
use crate::view::admin::words::{by_whom, particulars};

pub(super) fn timeline(all: &AdminOrder, frame: &Frame) -> Vec<Event> {
    let before = std::iter::once(None).chain(all.timeline.iter().map(Some));
    let moments = all.timeline.iter().zip(before);
    moments.map(|(moment, before)| event((moment, before), all, frame)).collect()
}

fn event(
    (moment, before): (&StaffMoment, Option<&StaffMoment>),
    all: &AdminOrder,
    frame: &Frame,
) -> Event {
    let since = |before: &StaffMoment| took(moment.at.as_micros() - before.at.as_micros());
    Event {
        at: frame.time(moment.at),
        took: before.map(since).unwrap_or_default(),
        what: moment.what.clone(),
        stage: stage_badge(&moment.stage),
        actor: by_whom(&moment.actor, &all.people, all.view.account.as_str()),
        detail: particulars(&moment.data),
    }
}
