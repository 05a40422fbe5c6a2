//! The evidence with its rows found by id: built once, so that no check reads a table twice.
//! Not for judging.

use std::collections::HashMap;

use super::row::{
    AmendmentRow, AttemptRow, EventRow, OrderRow, PackageRow, PaymentRow, ServerRow, Snapshot,
};
use super::{Evidence, Phase};

/// States in which an address is somebody's, or ours.
pub const LIVE: [&str; 5] = ["verifying", "on_hold", "verified", "delivered", "quarantined"];

/// Stages in which an order was paid and waits for its server.
pub const PAID_AND_OPEN: [&str; 7] =
    ["planned", "permitted", "unheard", "verifying", "verified", "on_hold", "stopped"];

/// What a server must be: the frozen copy, or an amendment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms<'a> {
    pub provider: &'a str,
    pub package_id: &'a str,
    pub package_name: &'a str,
    pub cidrs: &'a str,
    pub ram_gb: i64,
    pub os: Option<&'a str>,
}

pub struct Look<'a> {
    pub evidence: &'a Evidence<'a>,
    pub orders: HashMap<&'a str, &'a OrderRow>,
    pub attempts: HashMap<&'a str, &'a AttemptRow>,
    pub servers: HashMap<&'a str, &'a ServerRow>,
    pub payments: HashMap<&'a str, &'a PaymentRow>,
    pub packages: HashMap<&'a str, &'a PackageRow>,
    pub events_of: HashMap<&'a str, Vec<&'a EventRow>>,
    pub amendments_of: HashMap<&'a str, Vec<&'a AmendmentRow>>,
    pub servers_of: HashMap<&'a str, Vec<&'a ServerRow>>,
    /// Claims of the jobs that there are, by kind and subject.
    pub claims: HashMap<(&'a str, &'a str), i64>,
    /// Numbers of stored answers, by permit.
    pub answers: HashMap<&'a str, i64>,
    /// Kinds of stored answers, by permit.
    pub kinds: HashMap<&'a str, &'a str>,
}

impl<'a> Look<'a> {
    pub fn at(evidence: &'a Evidence<'a>) -> Look<'a> {
        let s = evidence.snapshot;
        Look {
            evidence,
            orders: s.orders.iter().map(|row| (row.id.as_str(), row)).collect(),
            attempts: s.attempts.iter().map(|row| (row.id.as_str(), row)).collect(),
            servers: s.servers.iter().map(|row| (row.id.as_str(), row)).collect(),
            payments: s.payments.iter().map(|row| (row.id.as_str(), row)).collect(),
            packages: s.packages.iter().map(|row| (row.id.as_str(), row)).collect(),
            events_of: grouped(&s.events, |row| Some(row.order_id.as_str())),
            amendments_of: grouped(&s.amendments, |row| Some(row.order_id.as_str())),
            servers_of: grouped(&s.servers, |row| row.order_id.as_deref()),
            claims: s
                .jobs
                .iter()
                .map(|job| ((job.kind.as_str(), job.subject.as_str()), job.claim))
                .collect(),
            kinds: s.answers.iter().map(|row| (row.permit.as_str(), row.kind.as_str())).collect(),
            answers: s.answers.iter().map(|row| (row.permit.as_str(), row.number)).collect(),
        }
    }

    /// The snapshot, for as long as the evidence lives.
    pub fn rows(&self) -> &'a Snapshot {
        self.evidence.snapshot
    }

    /// It has no API: what is bought of it a person delivers. Told by the ids, as the row that
    /// describes it may be lost.
    pub fn is_by_hand(&self, provider: &str) -> bool {
        provider.starts_with("hand-")
    }

    pub fn is_quiet(&self) -> bool {
        matches!(self.evidence.phase, Phase::Quiet { .. })
    }

    pub fn has_job(&self, kind: &str, subject: &str) -> bool {
        self.claims.contains_key(&(kind, subject))
    }

    pub fn events(&self, order: &str) -> &[&'a EventRow] {
        self.events_of.get(order).map_or(&[], Vec::as_slice)
    }

    pub fn servers(&self, order: &str) -> &[&'a ServerRow] {
        self.servers_of.get(order).map_or(&[], Vec::as_slice)
    }

    pub fn amendments(&self, order: &str) -> &[&'a AmendmentRow] {
        self.amendments_of.get(order).map_or(&[], Vec::as_slice)
    }

    /// The terms in force: a function of the frozen copy and the amendments, the last one first.
    pub fn terms_newest_first(&self, order: &'a OrderRow) -> Vec<Terms<'a>> {
        let amended = self.amendments(&order.id).iter().rev().map(|row| Terms {
            provider: &row.provider,
            package_id: &row.package_id,
            package_name: &row.package_name,
            cidrs: &row.cidrs,
            ram_gb: row.ram_gb,
            os: row.os.as_deref(),
        });
        let frozen = Terms {
            provider: &order.provider,
            package_id: &order.package_id,
            package_name: &order.package_name,
            cidrs: &order.cidrs,
            ram_gb: order.ram_gb,
            os: order.os.as_deref(),
        };
        amended.chain([frozen]).collect()
    }
}

fn grouped<'a, T>(
    rows: &'a [T],
    by: impl Fn(&'a T) -> Option<&'a str>,
) -> HashMap<&'a str, Vec<&'a T>> {
    let mut groups: HashMap<&str, Vec<&T>> = HashMap::new();
    for row in rows {
        if let Some(key) = by(row) {
            groups.entry(key).or_default().push(row);
        }
    }
    groups
}
