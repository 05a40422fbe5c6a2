//! The simulator's own memory: what was asked and what was sold. A checker reads it, so it tells
//! the truth even where the answers lied.

use std::collections::{BTreeMap, VecDeque};
use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};

use super::lie::Lie;
use super::op::Op;

/// One request that reached the simulator and was read whole.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Request {
    pub number: u64,
    pub at_ms: i64,
    pub op: Op,
    pub permit: Option<String>,
    pub body: String,
    /// What the request came to: an honest one, or one of the lies.
    pub lie: Option<Lie>,
    pub progress: Progress,
    /// The text that was put together as the answer, before it was encoded or spoiled.
    pub said: Option<String>,
}

/// How far a request got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Progress {
    Arrived,
    /// Refused for its credentials; nothing was done.
    Unauthorized,
    /// The deed is done, the answer has not left.
    Done,
    Answered,
}

/// One sale. There is one per server, whatever the shop was told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sold {
    pub address: Ipv4Addr,
    /// The package that the server came from.
    pub pid: String,
    pub name: String,
    /// The package name that was asked for.
    pub asked_for: String,
    pub ram: String,
    pub permit: Option<String>,
    pub at_ms: i64,
    /// The number of the request.
    pub request: u64,
}

/// Everything on record.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Record {
    /// The newest requests; `requestsForgotten` older ones are only counted.
    pub requests: VecDeque<Request>,
    pub requests_forgotten: u64,
    pub requests_per_op: BTreeMap<Op, u64>,
    /// How many requests carried this `X-Berth-Permit`. Complete.
    pub requests_per_permit: BTreeMap<String, u64>,
    /// Complete.
    pub sold: Vec<Sold>,
    /// Every password that was ever made, with the address it was made for. Complete.
    pub passwords: Vec<Password>,
    /// What there ever was to sell, by PID.
    pub supply: BTreeMap<String, Supply>,
}

/// A password and the server that it was made for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Password {
    pub address: Ipv4Addr,
    pub text: String,
}

/// How many servers of a PID there ever were to sell.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Supply {
    pub had: i64,
    /// Others bought, or somebody changed the figures by hand: `had` is not the shop's to sell.
    pub disturbed: bool,
}

impl Record {
    /// Requests that are kept with all they said.
    const REQUESTS_MAX: usize = 50_000;

    pub fn arrived(&mut self, request: Request) {
        *self.requests_per_op.entry(request.op).or_default() += 1;
        if let Some(permit) = &request.permit {
            *self.requests_per_permit.entry(permit.clone()).or_default() += 1;
        }
        self.requests.push_back(request);
        if self.requests.len() > Record::REQUESTS_MAX {
            self.requests.pop_front();
            self.requests_forgotten += 1;
        }
    }

    /// So many more servers of a PID can be sold.
    pub fn supplied(&mut self, pid: &str, count: i64) {
        self.supply.entry(pid.to_owned()).or_default().had += count;
    }

    /// What there was of a PID is not for the shop alone.
    pub fn disturbed(&mut self, pid: &str) {
        self.supply.entry(pid.to_owned()).or_default().disturbed = true;
    }

    /// A request by its number, unless it is forgotten.
    pub fn request(&mut self, number: u64) -> Option<&mut Request> {
        let place = number.checked_sub(self.requests_forgotten + 1)?;
        self.requests.get_mut(usize::try_from(place).ok()?)
    }

    /// The number that the next request gets; the first is 1.
    pub fn next_number(&self) -> u64 {
        self.requests_forgotten + self.requests.len() as u64 + 1
    }
}
