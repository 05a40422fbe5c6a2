//! What is laid beside an order so that nobody need ask: the mails that were written, how long each
//! step took, and the five checks of what was sold against what the provider says now.

use askama::Template;

use crate::language::Language;
use crate::view::account::Badge;
use crate::view::frame::sample_time;
use crate::view::when::Moment;
use crate::view::{Frame, Here, Sample, Tone};

/// One mail about it.
#[derive(Clone, Debug)]
pub struct Written {
    pub url: String,
    pub what: String,
    pub to: String,
    pub state: Badge,
    pub at: Moment,
    pub error: Option<String>,
}

/// A server that a purchase named, or a person.
#[derive(Clone, Debug)]
pub struct Server {
    pub address: String,
    pub state: Badge,
    /// Memory and system, as the provider says.
    pub is: String,
    pub verdict: Option<Badge>,
    pub judged: Option<Moment>,
    pub why: Option<String>,
    pub expires: Option<Moment>,
}

/// `/admin/orders/{id}/diagnosis`
#[derive(Clone, Debug, Template)]
#[template(path = "admin/orders/diagnosis.html")]
pub struct Diagnosis {
    pub frame: Frame,
    pub id: String,
    pub number: String,
    /// The first thing that does not fit, naming both sides; or that all fits.
    pub issue: String,
    pub tone: Tone,
    pub checks: Vec<Check>,
    /// Why the provider could not be asked.
    pub error: Option<String>,
    pub duplicates: Vec<Entry>,
    /// What the provider lists now.
    pub listed: Option<Vec<Listed>>,
}

/// One check: what is compared with what, and what came out.
#[derive(Clone, Debug)]
pub struct Check {
    pub name: &'static str,
    pub one: String,
    pub other: String,
    /// Nothing where it does not apply.
    pub holds: Option<bool>,
    /// What came out, in words.
    pub verdict: &'static str,
}

/// The five checks on the order's own page: by what is kept, without asking anybody.
#[derive(Clone, Debug)]
pub struct Checks {
    pub issue: String,
    pub tone: Tone,
    pub rows: Vec<Check>,
    /// Of when the provider's list is that was compared with.
    pub listed: Option<Moment>,
    /// Where the provider is asked; nothing where there is nobody to ask.
    pub again: Option<String>,
}

impl Check {
    pub fn mark(&self) -> Badge {
        match self.holds {
            Some(true) => Badge::of(Tone::Good, "fits"),
            Some(false) => Badge::of(Tone::Bad, "does not fit"),
            None => Badge::of(Tone::Plain, "not known"),
        }
    }
}

impl Check {
    fn samples() -> Vec<Check> {
        let sold = "sold PID 6, configured PID 6";
        let others = "1 more with its name or PID";
        [
            ("PID", sold, "listed by the provider", Some(true), "one PID all the way"),
            ("Package name", "stored 103.181.91", "listed 103.181.91", Some(true), "one name"),
            ("Name in the shop", "🌊 103.181.91", "103.181.91", Some(true), "one block"),
            ("Address", "sold 103.181.91.x", "103.182.44.18", Some(false), "outside"),
            ("Entry of the shop", "🌊 103.181.91", others, Some(false), "can be mistaken"),
        ]
        .map(Check::sample)
        .into()
    }

    fn sample(
        (name, one, other, holds, verdict): (&'static str, &str, &str, Option<bool>, &'static str),
    ) -> Check {
        Check { name, one: one.into(), other: other.into(), holds, verdict }
    }
}

impl Checks {
    pub(super) fn sample(frame: &Frame) -> Checks {
        Checks {
            issue: "⚠️ Customer bought '103.181.91' but was assigned '103.182.44.18', which lies \
                    outside it!"
                .into(),
            tone: Tone::Bad,
            rows: Check::samples(),
            listed: Some(frame.time(sample_time("13:58:00"))),
            again: Some("/admin/orders/ord_01J9ZQ4V7M8N2K6T3B5C7D9E1F/diagnosis".into()),
        }
    }
}

/// Another entry of the shop that could be mistaken for this one.
#[derive(Clone, Debug)]
pub struct Entry {
    pub name: String,
    pub package: String,
    pub pid: String,
}

#[derive(Clone, Debug)]
pub struct Listed {
    pub pid: String,
    pub name: String,
    pub stock: i64,
    /// It is the one that was sold.
    pub is_this: bool,
}

/// How long until something is due, or since.
pub fn due_in(micros: i64) -> String {
    match micros {
        0.. => format!("in {}", took(micros)),
        _ => format!("overdue by {}", took(micros.saturating_neg())),
    }
}

/// A span between two steps, as exact as it matters: `420 ms`, `1.2 s`, `22 s`, `3 min`,
/// `2 h 5 min`.
pub fn took(micros: i64) -> String {
    let millis = micros.max(0) / 1_000;
    let seconds = millis / 1_000;
    match seconds {
        0 => format!("{millis} ms"),
        1..10 => format!("{seconds}.{} s", millis / 100 % 10),
        10..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h {} min", seconds / 3_600, seconds / 60 % 60),
        _ => format!("{} days", seconds / 86_400),
    }
}

impl Server {
    pub(super) fn sample(frame: &Frame) -> Server {
        Server {
            address: "103.182.44.18".into(),
            state: Badge::of(Tone::Warn, "quarantined"),
            is: "8GB, Ubuntu 22".into(),
            verdict: Some(Badge::of(Tone::Bad, "mismatch")),
            judged: Some(frame.time(sample_time("14:02:03"))),
            why: Some("not from 103.181.91".into()),
            expires: Some(frame.day(sample_time("14:01:41"))),
        }
    }
}

impl Written {
    pub(super) fn samples(frame: &Frame) -> Vec<Written> {
        vec![Written {
            url: "/admin/mails/17".into(),
            what: "Held".into(),
            to: "asha@example.com".into(),
            state: Badge::of(Tone::Good, "Sent"),
            at: frame.time(sample_time("14:02:04")),
            error: None,
        }]
    }
}

impl Sample for Diagnosis {
    fn samples(_: Language) -> Vec<(&'static str, Diagnosis)> {
        let wrong = Diagnosis {
            frame: Frame::staff_sample("Five checks", Here::StaffOrders),
            id: "ord_01J9ZQ4V7M8N2K6T3B5C7D9E1F".into(),
            number: "ORD-7KQ2MX4TBN".into(),
            issue: "❌ SmartVPS assigned 103.182.44.18, sold was 103.181.91.x".into(),
            tone: Tone::Bad,
            checks: Check::samples(),
            error: None,
            duplicates: vec![Entry {
                name: "🌊 103.181.91".into(),
                package: "103.181.91 (Silver)".into(),
                pid: "44".into(),
            }],
            listed: Some(vec![
                Listed { pid: "6".into(), name: "103.181.91".into(), stock: 12, is_this: true },
                Listed { pid: "7".into(), name: "103.82.72".into(), stock: 71, is_this: false },
            ]),
        };
        let away = Diagnosis {
            issue: "⚠️ SmartVPS could not be asked; what is stored fits together".into(),
            tone: Tone::Warn,
            checks: vec![Check::sample((
                "PID",
                "sold PID 6, configured PID 6",
                "the provider was not asked",
                None,
                "cannot be told",
            ))],
            error: Some("SmartVPS did not answer within 30 s".into()),
            duplicates: vec![],
            listed: None,
            ..wrong.clone()
        };
        vec![("wrong", wrong), ("away", away)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_due_says_how_long_there_is() {
        assert_eq!(due_in(22 * 60_000_000), "in 22 min");
        assert_eq!(due_in(-8 * 60_000_000), "overdue by 8 min");
    }

    #[test]
    fn a_step_is_timed_as_exactly_as_it_matters() {
        let told = |seconds: f64| took((seconds * 1e6) as i64);
        assert_eq!(told(0.42), "420 ms");
        assert_eq!(told(1.27), "1.2 s");
        assert_eq!(told(22.9), "22 s");
        assert_eq!(told(185.0), "3 min");
        assert_eq!(told(7_500.0), "2 h 5 min");
        assert_eq!(told(180_000.0), "2 days");
        assert_eq!(took(-5), "0 ms", "clocks of several nodes differ");
    }
}
