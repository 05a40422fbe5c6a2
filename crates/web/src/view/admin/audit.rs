//! The audit, as staff look through it.

use askama::Template;
use serde_json::Value;

use crate::language::Language;
use crate::view::admin::About;
use crate::view::admin::words::in_words;
use crate::view::frame::sample_time;
use crate::view::when::Moment;
use crate::view::{Choice, Field, Frame, Here, Sample};

/// `/admin/audit`
#[derive(Clone, Debug, Template)]
#[template(path = "admin/audit.html")]
pub struct Trail {
    pub frame: Frame,
    pub who: Field,
    /// Every deed there is a row of; the one that is looked for is marked.
    pub what: Vec<Choice>,
    pub about: Field,
    /// The first and the last day.
    pub from: String,
    pub to: String,
    pub is_narrowed: bool,
    pub rows: Vec<Row>,
    pub next: Option<String>,
}

#[derive(Clone, Debug)]
pub struct Row {
    pub at: Moment,
    pub who: About,
    /// The deed in words.
    pub what: String,
    pub about: About,
    pub detail: Detail,
}

/// A detail of the audit: a sentence, or facts each with its name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Detail {
    Text(String),
    Facts(Vec<(String, String)>),
}

impl Detail {
    pub fn of(written: &str) -> Detail {
        match serde_json::from_str(written) {
            Ok(Value::Object(facts)) => {
                let fact = |(name, value): (&String, &Value)| (in_words(name), plain(value));
                Detail::Facts(facts.iter().map(fact).collect())
            }
            _ => Detail::Text(written.to_owned()),
        }
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => "none".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        Value::Array(all) if all.is_empty() => "none".to_owned(),
        Value::Array(all) => all.iter().map(plain).collect::<Vec<_>>().join(", "),
        Value::Object(facts) => {
            let fact = |(name, value): (&String, &Value)| format!("{name} {}", plain(value));
            facts.iter().map(fact).collect::<Vec<_>>().join(", ")
        }
    }
}

impl Sample for Trail {
    fn samples(_: Language) -> Vec<(&'static str, Trail)> {
        let frame = Frame::staff_sample("Audit", Here::StaffAudit);
        let row = |(who, what): (About, &str), (name, url): (&str, &str), detail: &str| Row {
            at: frame.time(sample_time("14:01:02")),
            who,
            what: in_words(what),
            about: About::sample(name, url),
            detail: Detail::of(detail),
        };
        let ravi = || About::sample("ravi@example.com", "/admin/customers/acc_2");
        let order = ("ORD-7KQ2MX4TBN", "/admin/orders/ord_1");
        let customer = ("asha@example.com", "/admin/customers/acc_1");
        let synced = r#"{"created": 2, "held": 1, "packages": 41, "tookMs": 812}"#;
        let ended = "2 sessions: the phone was stolen";
        let list = Trail {
            who: Field::default(),
            what: vec![Choice::of("", "Anything"), Choice::of("accept", "Accept")],
            about: Field::default(),
            from: String::new(),
            to: String::new(),
            is_narrowed: false,
            rows: vec![
                row((ravi(), "accept"), order, "the customer agreed by mail"),
                row((ravi(), "end-sessions-of-customer"), customer, ended),
                row((ravi(), "approve-sync"), ("smartvps", "/admin/ipStock"), synced),
                row((About::sample("command line", ""), "unlatch"), ("shop", "/admin"), ""),
            ],
            next: Some("/admin/audit?after=x".into()),
            frame,
        };
        let empty = Trail {
            who: Field::of("nobody@example.com"),
            is_narrowed: true,
            rows: vec![],
            next: None,
            ..list.clone()
        };
        vec![("list", list), ("empty", empty)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_program_wrote_down_is_told_as_facts_and_a_sentence_stays_one() {
        let told = Detail::of(r#"{"fetched": 9, "held": [], "gone": ["a", "b"], "dry": false}"#);
        let facts = [("Dry", "no"), ("Fetched", "9"), ("Gone", "a, b"), ("Held", "none")];
        let facts = facts.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(told, Detail::Facts(facts.to_vec()));
        for text in ["the customer agreed", "", "12", "\"quoted\"", "{half"] {
            assert_eq!(Detail::of(text), Detail::Text(text.to_owned()));
        }
    }
}
