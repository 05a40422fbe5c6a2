//! Alerts as staff look through them: what is open first, then what is over; by where they stand
//! and of what kind, with how many are open. Not for when one begins or ends.

use std::collections::HashMap;

use domain::clock::Timestamp;
use store::alert::{Alert, Open, State};
use store::db::Tx;

use super::{Page, cursor_of, moment_and_id, number, page_length};
use crate::Engine;
use crate::error::Result;
use crate::silence::{SHOWN_MAX as SILENCES_SHOWN, Silence};

/// So much of a kind that somebody types is read.
const KIND_MAX: usize = 100;
/// Before where a list goes on among those that are over.
const OVER: &str = "over.";

/// Which alerts are looked for; what is not said narrows nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AlertsSought {
    pub state: Option<State>,
    pub kind: Option<String>,
}

/// A part of the alerts, and what there is besides.
#[derive(Clone, Debug)]
pub struct AlertPage {
    pub page: Page<Alert>,
    /// Of each kind that has open ones, how many.
    pub open: Vec<Open>,
    /// Every kind that there ever was.
    pub kinds: Vec<String>,
    /// What is quiet now, the one that ends first at the head.
    pub silences: Vec<Silence>,
    /// What people call the things that all of these are about, by id.
    pub names: HashMap<String, String>,
}

/// Where a list goes on.
#[derive(Clone, Copy)]
struct Place {
    is_over: bool,
    after: Option<(Timestamp, i64)>,
}

impl Engine {
    /// Looks through the alerts: open ones first, newest first; then those that are over, the one
    /// that ended last first.
    pub async fn find_alerts(
        &self,
        sought: AlertsSought,
        after: Option<&str>,
        limit: Option<i64>,
    ) -> Result<AlertPage> {
        let (place, limit) = (place(after)?, page_length(limit));
        let kind = sought.kind.map(|kind| kind.chars().take(KIND_MAX).collect::<String>());
        let read = self.db().read(move |tx| {
            let rows = rows(tx, (sought.state, kind.as_deref()), place, limit + 1)?;
            let page = Page::of(rows, limit, cursor);
            let silences = tx.silences(SILENCES_SHOWN)?;
            let quiet = silences.iter().filter_map(|silence| silence.subject.as_deref());
            let about = page.items.iter().map(|row| row.subject.as_str()).chain(quiet);
            let names = tx.named(about)?;
            let (open, kinds) = (tx.open_alerts_by_kind()?, tx.alert_kinds()?);
            Ok(AlertPage { page, open, kinds, silences, names })
        });
        read.await
    }

    /// What people call what an alert is about, where that has a name.
    pub async fn name_of(&self, subject: &str) -> Result<Option<String>> {
        let subject = subject.to_owned();
        let read = self.db().read(move |tx| Ok(tx.named([subject.as_str()])?.remove(&subject)));
        read.await
    }
}

fn rows(
    tx: &mut Tx<'_>,
    (state, kind): (Option<State>, Option<&str>),
    place: Place,
    most: i64,
) -> Result<Vec<Alert>> {
    if let Some(state) = state {
        return Ok(tx.find_alerts(state, kind, place.after, most)?);
    }
    let mut rows = match place.is_over {
        true => Vec::new(),
        false => tx.find_alerts(State::Open, kind, place.after, most)?,
    };
    let left = most - i64::try_from(rows.len()).unwrap_or(most);
    if left > 0 {
        let after = place.after.filter(|_| place.is_over);
        rows.extend(tx.find_alerts(State::Resolved, kind, after, left)?);
    }
    Ok(rows)
}

fn place(after: Option<&str>) -> Result<Place> {
    let rest = after.and_then(|after| after.strip_prefix(OVER));
    let after = match moment_and_id(rest.or(after))? {
        None => None,
        Some((at, id)) => number(Some(&id))?.map(|id| (at, id)),
    };
    Ok(Place { is_over: rest.is_some(), after })
}

fn cursor(row: &Alert) -> String {
    match row.resolved_at {
        Some(at) => format!("{OVER}{}", cursor_of(at, row.id)),
        None => cursor_of(row.at, row.id),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_goes_on_where_it_stopped_among_the_open_ones_or_the_others() {
        let at = Timestamp::from_micros;
        let open = Alert {
            id: 7,
            kind: "stray".into(),
            subject: "srv_1".into(),
            at: at(17),
            text: String::new(),
            resolved_at: None,
        };
        let over = Alert { resolved_at: Some(at(18)), ..open.clone() };
        for (row, is_over, moment) in [(open, false, 17), (over, true, 18)] {
            let read = place(Some(&cursor(&row))).unwrap();
            assert_eq!((read.is_over, read.after), (is_over, Some((at(moment), 7))));
        }
        assert!(place(Some("over.x")).is_err() && place(Some("7")).is_err());
    }
}
