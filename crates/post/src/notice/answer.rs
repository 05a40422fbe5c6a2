//! What an answer to a notice means. A pure function of its bytes: the same bytes always mean the
//! same, and what is not understood is no receipt.

use std::time::Duration;

use serde::Deserialize;

/// A whole answer.
#[derive(Clone, Copy, Debug)]
pub struct Heard<'a> {
    pub status: u16,
    /// The header `Retry-After`.
    pub retry_after: Option<&'a str>,
    pub body: &'a [u8],
}

/// What became of a notice that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Received {
    /// It is there.
    Taken,
    /// A certain no, for good: the far side's words.
    Refused { reason: String },
    /// Not now; after so long, where the far side said.
    Later { reason: String, after: Option<Duration> },
}

/// So much of what the far side said is worth reading.
const WORDS_MAX: usize = 200;
/// Whoever says more than that has misread a clock.
const AFTER_MAX: Duration = Duration::from_secs(60 * 60);

impl Heard<'_> {
    /// By its status alone, as Slack, Discord and webhooks mean it.
    pub(super) fn by_status(self) -> Received {
        match self.status {
            200..=299 => Received::Taken,
            // Too early, too many, not in time; and whatever is the far side's own trouble.
            408 | 425 | 429 | 500..=599 => self.later(None),
            // A redirect too: nobody follows it, and the address has to be set right.
            _ => Received::Refused { reason: self.reason(None) },
        }
    }

    /// The wait that the far side asks for in its body comes first: it is the finer one.
    pub(super) fn later(self, said: Option<&str>) -> Received {
        let asked: Asked = serde_json::from_slice(self.body).unwrap_or_default();
        let in_body = asked.retry_after.or(asked.parameters.retry_after);
        let in_head = self.retry_after.and_then(|text| text.trim().parse().ok());
        let after = in_body.or(in_head).and_then(wait);
        Received::Later { reason: self.reason(said), after }
    }

    /// Its status, and its words in one line.
    pub(super) fn reason(self, said: Option<&str>) -> String {
        let body = String::from_utf8_lossy(self.body);
        let plain = said.unwrap_or(&body);
        let words: Vec<&str> =
            plain.split(|letter: char| letter.is_whitespace() || letter.is_control()).collect();
        let mut words = words.join(" ").trim().to_owned();
        if words.chars().count() > WORDS_MAX {
            words = words.chars().take(WORDS_MAX).chain(['…']).collect();
        }
        match words.is_empty() {
            true => format!("it answered {}", self.status),
            false => format!("it answered {}: {words}", self.status),
        }
    }
}

/// Discord says it at the top, with decimals; Telegram one floor below.
#[derive(Default, Deserialize)]
struct Asked {
    #[serde(default)]
    retry_after: Option<f64>,
    #[serde(default)]
    parameters: Parameters,
}

#[derive(Default, Deserialize)]
struct Parameters {
    #[serde(default)]
    retry_after: Option<f64>,
}

fn wait(seconds: f64) -> Option<Duration> {
    let asked = Duration::try_from_secs_f64(seconds).ok()?;
    Some(asked.min(AFTER_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard<'a>(status: u16, retry_after: Option<&'a str>, body: &'a str) -> Received {
        Heard { status, retry_after, body: body.as_bytes() }.by_status()
    }

    fn after(received: &Received) -> Option<u64> {
        match received {
            Received::Later { after, .. } => after.map(|after| after.as_secs()),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn only_a_status_of_success_is_a_receipt() {
        assert_eq!(heard(200, None, "ok"), Received::Taken);
        assert_eq!(heard(204, None, ""), Received::Taken);
        for status in [301, 400, 401, 403, 404, 410] {
            assert!(matches!(heard(status, None, ""), Received::Refused { .. }), "{status}");
        }
        for status in [408, 429, 500, 503] {
            assert!(matches!(heard(status, None, ""), Received::Later { .. }), "{status}");
        }
    }

    #[test]
    fn a_wait_is_read_from_head_and_body_and_has_an_end() {
        assert_eq!(after(&heard(429, Some("30"), "")), Some(30));
        assert_eq!(after(&heard(429, Some("30"), "{\"retry_after\": 2.5}")), Some(2));
        assert_eq!(after(&heard(429, None, "{\"parameters\": {\"retry_after\": 7}}")), Some(7));
        assert_eq!(after(&heard(429, Some("1e99"), "")), None);
        assert_eq!(after(&heard(429, Some("-3"), "")), None);
        assert_eq!(after(&heard(429, Some("999999"), "")), Some(3_600));
        assert_eq!(after(&heard(503, Some("Sun, 06 Nov 1994 08:49:37 GMT"), "")), None);
    }

    #[test]
    fn the_far_sides_words_are_one_short_line() {
        let long = "x".repeat(500);
        let Received::Refused { reason } = heard(404, None, &format!("no\r\n\u{1b}team {long}"))
        else {
            panic!("it was taken")
        };
        assert!(reason.starts_with("it answered 404: no   team xxx"), "{reason}");
        assert!(reason.chars().count() < 230 && !reason.contains('\n'), "{reason}");
    }
}
