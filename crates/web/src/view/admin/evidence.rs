//! What speaks for and against a purchase without a certain outcome, as staff see it: the lists
//! before and after it, other purchases about that time, and what follows from saying that nothing
//! was bought.

use crate::view::frame::sample_time;
use crate::view::when::Moment;
use crate::view::{Frame, Tone};

/// What is known about a purchase whose outcome is not: hints for a person, never proof.
#[derive(Clone, Debug)]
pub struct Evidence {
    pub attempt: String,
    /// What left under its permit.
    pub request: String,
    pub permitted: Option<Moment>,
    pub since: Option<Moment>,
    /// Until then its answer is waited for.
    pub tail_ends: Option<Moment>,
    /// That moment is to come.
    pub is_listened: bool,
    /// The package's stock when the permit was given, and by the newest list.
    pub before: String,
    pub now: String,
    pub lists: Lists,
    /// Our own other purchases about that time, those of the same package first.
    pub others: Vec<Beside>,
}

/// The lists before and after.
#[derive(Clone, Debug)]
pub struct Lists {
    pub before: Option<Moment>,
    pub after: Option<Moment>,
    /// Why they cannot be laid side by side.
    pub missing: Option<String>,
    /// What changed, and what was asked for.
    pub rows: Vec<Stock>,
    /// What did not.
    pub same: Vec<Stock>,
    /// How many packages are not shown.
    pub more: usize,
}

/// A package in both lists.
#[derive(Clone, Debug)]
pub struct Stock {
    pub package: String,
    pub before: String,
    pub after: String,
    /// Such as `−1`.
    pub change: String,
    pub is_asked: bool,
    pub fell_by_one: bool,
}

/// A purchase beside one without a certain outcome.
#[derive(Clone, Debug)]
pub struct Beside {
    pub order: String,
    pub number: String,
    /// Package and memory.
    pub bought: String,
    pub is_of_same: bool,
    pub permit: String,
    pub state: String,
    pub permitted: Option<Moment>,
}

/// What a provider says of an address at this moment.
#[derive(Clone, Debug)]
pub struct Live {
    pub address: String,
    pub tone: Tone,
    pub why: String,
    pub told: Vec<(&'static str, String)>,
    /// Whoever goes on all the same must say so.
    pub is_doubtful: bool,
}

impl Live {
    pub(super) fn sample_unknown() -> Live {
        Live {
            tone: Tone::Bad,
            why: "The provider says that no such machine exists".into(),
            told: vec![("Machine", "does not exist".to_owned())],
            is_doubtful: true,
            ..Live::sample()
        }
    }

    pub(super) fn sample() -> Live {
        let told = [
            ("Address", "103.181.91.50"),
            ("Machine", "exists"),
            ("Memory", "8 GB"),
            ("System", "Ubuntu 22"),
            ("Sign-in", "not told yet"),
            ("Paid until", "2026-12-20"),
        ];
        Live {
            address: "103.181.91.50".into(),
            tone: Tone::Warn,
            why: "Not all can be told yet: no credentials yet".into(),
            told: told.map(|(name, value)| (name, value.to_owned())).to_vec(),
            is_doubtful: false,
        }
    }
}

impl Evidence {
    pub(super) fn sample(frame: &Frame) -> Evidence {
        let at = |clock: &str| Some(frame.time(sample_time(clock)));
        let stock = |package: &str, before: &str, after: &str, change: &str| Stock {
            package: package.into(),
            before: before.into(),
            after: after.into(),
            change: change.into(),
            is_asked: package.starts_with("103.181.91 "),
            fell_by_one: change == "−1",
        };
        Evidence {
            attempt: "att_01J9ZQ4V7M8N2K6T3B5C7D9E1F".into(),
            request: "POST buyvps {\"ip\":\"103.181.91\",\"ram\":\"8\"}".into(),
            permitted: at("14:01:41"),
            since: at("14:04:41"),
            tail_ends: at("14:14:41"),
            is_listened: true,
            before: "12".into(),
            now: "11".into(),
            lists: Lists {
                before: at("14:01:40"),
                after: at("14:05:02"),
                missing: None,
                rows: vec![
                    stock("103.181.91 (PID 6)", "12", "11", "−1"),
                    stock("103.182.44 (PID 7)", "40", "39", "−1"),
                    stock("103.190.12 (PID 11)", "3", "20", "+17"),
                ],
                same: vec![
                    stock("103.82.72 (PID 8)", "71", "71", "none"),
                    stock("103.227.xx (PID 9)", "4", "4", "none"),
                ],
                more: 35,
            },
            others: vec![Beside {
                order: "ord_01J9ZQ4V7M8N2K6T3B5C7D9E2G".into(),
                number: "ORD-4CIYNGEQK6".into(),
                bought: "103.181.91 with 8GB".into(),
                is_of_same: true,
                permit: "att_01J9ZQ4V7M8N2K6T3B5C7D9E2G".into(),
                state: "answered".into(),
                permitted: at("14:02:10"),
            }],
        }
    }
}
