//! What people and programs read: views put together from rows, as plain structs that the web
//! turns into its answers. Not for deciding: a decision reads under a lock, where it is made.

pub mod alerts;
mod beside;
pub mod build;
pub mod checkout;
pub mod customer;
pub mod desk;
pub mod incident;
mod lists;
pub mod mail;
pub mod order;
pub mod paper;
pub mod search;
pub mod server;
pub mod staff;
pub(crate) mod timeline;
pub mod today;

use domain::clock::Timestamp;
use domain::id::AccountId;

use crate::error::{Error, Result};

pub use alerts::{AlertPage, AlertsSought};
pub use build::{BuildView, Happened};
pub use checkout::{CheckoutDue, CheckoutView};
pub use customer::{Customer, CustomersOrder, Note};
pub use desk::{Desk, Listed, Owner, Wanted};
pub use incident::{Case, Cluster, Incident, SPAN_MAX as INCIDENT_MAX};
pub use lists::{Beside, ListAt, Lists};
pub use mail::MailView;
pub use order::{OrderView, PayLink, Which};
pub use search::{Found, Line, Matches, Sought};
pub use server::{ErrandView, OwnServer};
pub(crate) use staff::stray;
pub use staff::{
    AdminOrder, AmendmentView, AnswerSummary, AttemptView, Evidence, Frozen, Other, ServerView,
    Stray, Witnessed,
};
pub use timeline::{Moment, StaffMoment};
pub use today::Today;

pub use paper::{Receipt, Statement};
pub use store::alert::{Alert, Named as NamedAlert, Open as OpenAlerts, State as AlertState};
pub use store::attention::{Attention as Waits, Kind};
pub use store::dispute::Dispute;
pub use store::glance::{Glance, Standing};
pub use store::ledger::Booked;
pub use store::mail::brief::MailLine;
pub use store::mail::{Mail, State as MailState, Worded};
pub use store::paper::{Moved, StatementRow};
pub use store::payment::{Captured, Payment, PaymentState};
pub use store::refund::Refund;
pub use store::search::Only;

/// Who looks. A stranger's order does not exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Viewer {
    Owner(AccountId),
    Staff,
}

/// Part of a list, and where the next part begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// Makes a page of one row more than was asked for: that row only tells that there is more.
    pub fn of(mut items: Vec<T>, limit: i64, cursor: impl Fn(&T) -> String) -> Page<T> {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| more).map(cursor);
        Page { items, next }
    }
}

/// A page when nobody says how long it should be, and the longest.
pub const PAGE: i64 = 50;
pub const PAGE_MAX: i64 = 500;

/// How many rows a page has.
pub(crate) fn page_length(asked: Option<i64>) -> i64 {
    asked.unwrap_or(PAGE).clamp(1, PAGE_MAX)
}

/// Where a list that is sorted by time goes on.
pub(crate) fn moment_and_id(after: Option<&str>) -> Result<Option<(Timestamp, String)>> {
    let Some(after) = after else { return Ok(None) };
    let read = after
        .split_once('.')
        .and_then(|(at, id)| Some((Timestamp::from_micros(at.parse().ok()?), id.to_owned())));
    read.map(Some).ok_or_else(|| not_a_cursor(after))
}

pub(crate) fn cursor_of(at: Timestamp, id: impl std::fmt::Display) -> String {
    format!("{}.{id}", at.as_micros())
}

pub(crate) fn number(after: Option<&str>) -> Result<Option<i64>> {
    after.map(|after| after.parse().map_err(|_| not_a_cursor(after))).transpose()
}

fn not_a_cursor(after: &str) -> Error {
    let shown: String = after.chars().take(60).collect();
    Error::Malformed(format!("after={shown:?} is no place in this list; use `next` of a page"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_tells_where_the_next_one_begins() {
        let page = Page::of(vec![1, 2, 3], 2, ToString::to_string);
        assert_eq!(page, Page { items: vec![1, 2], next: Some("2".into()) });
        let last = Page::of(vec![3], 2, ToString::to_string);
        assert_eq!(last, Page { items: vec![3], next: None });
    }

    #[test]
    fn a_place_in_a_list_reads_back_and_nonsense_is_malformed() {
        let at = Timestamp::from_micros(17);
        let read = moment_and_id(Some(&cursor_of(at, "ord_x"))).unwrap();
        assert_eq!(read, Some((at, "ord_x".to_owned())));
        assert_eq!(moment_and_id(None).unwrap(), None);
        for wrong in ["", "17", "x.ord_x", "ord_x"] {
            assert!(matches!(moment_and_id(Some(wrong)), Err(Error::Malformed(_))), "{wrong:?}");
        }
        assert!(number(Some("1x")).is_err());
    }

    #[test]
    fn a_page_is_never_longer_than_the_house_allows() {
        assert_eq!(page_length(None), 50);
        assert_eq!(page_length(Some(0)), 1);
        assert_eq!(page_length(Some(1_000_000)), 500);
    }
}
