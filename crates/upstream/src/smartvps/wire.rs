//! SmartVPS' own shapes, exactly, and how its answers are wrapped. Private to this adapter.
//! Not for what the shapes mean: that is `map.rs`.

use std::fmt;

use serde::de::{self, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// How often a text may be wrapped in another. Two have been seen.
const WRAPPINGS_MAX: usize = 3;

/// The body of `buyvps`. The field is called `ip` although it holds a package's name.
#[derive(Serialize)]
pub(super) struct Buy<'a> {
    pub ip: &'a str,
    pub ram: String,
}

/// The body of everything that is about one server.
#[derive(Serialize)]
pub(super) struct Server {
    pub ip: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub os: Option<&'static str>,
}

/// The innermost text of an answer: SmartVPS wraps JSON in JSON strings, once or twice, and
/// sometimes in quotes that are no JSON.
pub(super) fn peel(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let mut text = text.trim_start_matches('\u{feff}').trim().to_owned();
    for _ in 0..WRAPPINGS_MAX {
        match unwrap_once(&text) {
            Some(inner) => text = inner.trim().to_owned(),
            None => break,
        }
    }
    text
}

fn unwrap_once(text: &str) -> Option<String> {
    if text.starts_with('"')
        && let Ok(inner) = serde_json::from_str::<String>(text)
    {
        return Some(inner);
    }
    for quote in ['"', '\''] {
        let inner = text.strip_prefix(quote).and_then(|text| text.strip_suffix(quote));
        if let Some(inner) = inner {
            return Some(inner.to_owned());
        }
    }
    // Quotes that were escaped for a string which is no longer around them.
    let bare = text.starts_with(['{', '[']) && text.contains("\\\"");
    let broken = bare && serde_json::from_str::<IgnoredAny>(text).is_err();
    broken.then(|| unescape(text)).filter(|inner| inner != text)
}

/// Takes away one layer of backslashes before quotes and backslashes.
fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match (c, rest.peek()) {
            ('\\', Some('"' | '\\')) => plain.extend(rest.next()),
            _ => plain.push(c),
        }
    }
    plain
}

/// The answer of `ipstock`.
#[derive(Deserialize)]
pub(super) struct Stock {
    #[serde(default)]
    pub packages: Option<Rows>,
    #[serde(default)]
    pub error: Value,
    #[serde(default)]
    pub message: Value,
}

/// The rows of the list. An unreadable one is named by its place.
pub(super) struct Rows(pub Vec<Row>);

impl<'de> Deserialize<'de> for Rows {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Rows, D::Error> {
        deserializer.deserialize_seq(RowsVisitor)
    }
}

struct RowsVisitor;

impl<'de> Visitor<'de> for RowsVisitor {
    type Value = Rows;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of packages")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Rows, A::Error> {
        let mut rows = Vec::new();
        loop {
            let nth = rows.len() + 1;
            let next = list.next_element();
            let next = next.map_err(|error| de::Error::custom(format!("row {nth}: {error}")))?;
            match next {
                Some(row) => rows.push(row),
                None => return Ok(Rows(rows)),
            }
        }
    }
}

/// One row of the list, as it came.
#[derive(Default)]
pub(super) struct Row {
    pub id: Loose,
    pub name: Loose,
    pub ipv4: Loose,
    pub status: Loose,
}

impl<'de> Deserialize<'de> for Row {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Row, D::Error> {
        deserializer.deserialize_map(RowVisitor)
    }
}

struct RowVisitor;

impl<'de> Visitor<'de> for RowVisitor {
    type Value = Row;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a row with id, name, ipv4 and status")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Row, A::Error> {
        let mut row = Row::default();
        while let Some(key) = fields.next_key::<String>()? {
            let field = match key.as_str() {
                "id" => &mut row.id,
                "name" => &mut row.name,
                "ipv4" => &mut row.ipv4,
                "status" => &mut row.status,
                _ => {
                    fields.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            // Two values for one field: nobody can tell which one counts.
            if !matches!(field, Loose::Missing) {
                return Err(de::Error::custom(format!("field {key:?} is there twice")));
            }
            *field = fields.next_value()?;
        }
        Ok(row)
    }
}

/// A field whose type SmartVPS does not settle.
#[derive(Default, Deserialize)]
#[serde(from = "Value")]
pub(super) enum Loose {
    #[default]
    Missing,
    Text(String),
    Number(u64),
    Other(String),
}

impl From<Value> for Loose {
    fn from(value: Value) -> Loose {
        match value {
            Value::String(text) => Loose::Text(text),
            Value::Number(number) => match number.as_u64() {
                Some(number) => Loose::Number(number),
                None => Loose::Other(number.to_string()),
            },
            other => Loose::Other(other.to_string()),
        }
    }
}

/// The answer of `status`. Keys are compared without regard to case; empty texts count as absent.
#[derive(Default)]
pub(super) struct Status {
    pub ip: Option<String>,
    pub os: Option<String>,
    pub username: Option<String>,
    pub password: Option<String>,
    pub ram: Option<String>,
    pub expiry_date: Option<String>,
    pub power_status: Option<String>,
    pub machine_status: Option<String>,
    pub action_status: Option<String>,
    pub error: Option<String>,
    pub message: Option<String>,
}

impl Status {
    /// Reads the known keys; what is there besides them is left alone.
    pub(super) fn read(fields: Map<String, Value>) -> Status {
        let mut status = Status::default();
        let mut misspelt = None;
        for (key, value) in fields {
            let field = match key.to_ascii_lowercase().as_str() {
                "ip" => &mut status.ip,
                "os" => &mut status.os,
                // The usual key, spelt so by SmartVPS.
                "usernane" => &mut misspelt,
                "username" => &mut status.username,
                "password" => &mut status.password,
                "ram" => &mut status.ram,
                "expirydate" => &mut status.expiry_date,
                "powerstatus" => &mut status.power_status,
                "machinestatus" => &mut status.machine_status,
                "actionstatus" => &mut status.action_status,
                "error" => {
                    status.error = complaint(&value);
                    continue;
                }
                "message" => {
                    status.message = complaint(&value);
                    continue;
                }
                _ => continue,
            };
            *field = said(&value).or(field.take());
        }
        status.username = misspelt.or(status.username);
        status
    }

    /// Says whether the answer is about a server at all.
    pub(super) fn is_about_a_server(&self) -> bool {
        [&self.ip, &self.power_status, &self.machine_status, &self.password]
            .iter()
            .any(|field| field.is_some())
    }
}

/// What an `error` or `message` complains of, if it does: `"error": false` is no complaint.
pub(super) fn complaint(value: &Value) -> Option<String> {
    match value {
        Value::Bool(false) | Value::Null => None,
        Value::Number(number) if number.as_u64() == Some(0) => None,
        Value::Array(values) if values.is_empty() => None,
        Value::Object(fields) if fields.is_empty() => None,
        Value::Array(_) | Value::Object(_) => Some(value.to_string()),
        _ => said(value),
    }
}

/// The text of a field, if it has any. Kept as it is: a password may begin with a space.
fn said(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(flag) => flag.to_string(),
        Value::Object(_) | Value::Array(_) | Value::Null => return None,
    };
    (!text.trim().is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: &str = r#"{"packages":[{"id":5,"name":"a \"b\" \\ c"}]}"#;

    #[test]
    fn every_wrapping_that_was_seen_is_taken_off() {
        let once = serde_json::to_string(PLAIN).unwrap();
        let twice = serde_json::to_string(&once).unwrap();
        let thrice = serde_json::to_string(&twice).unwrap();
        let double_quotes = format!("\"{once}\"");
        let raw_quotes = format!("\"{PLAIN}\"").replace("\\", "");
        for body in [PLAIN, &once, &twice, &thrice, &double_quotes] {
            assert_eq!(peel(body.as_bytes()), PLAIN, "{body}");
        }
        assert_eq!(peel(raw_quotes.as_bytes()), raw_quotes.trim_matches('"'));
        assert_eq!(peel(format!("\u{feff} \r\n{once}\n").as_bytes()), PLAIN);
    }

    #[test]
    fn backslashes_without_quotes_around_them_are_taken_off() {
        assert_eq!(peel(br#"{\"packages\":[]}"#), r#"{"packages":[]}"#);
    }

    #[test]
    fn plain_text_stays_as_it_is() {
        for text in ["", "success|ok", "\"half a quote", "C:\\\"x", "[", "\""] {
            assert_eq!(peel(text.as_bytes()), text);
        }
    }

    #[test]
    fn unwrapping_a_text_ends_at_some_time() {
        let mut text = "x".to_owned();
        for _ in 0..6 {
            text = serde_json::to_string(&text).unwrap();
        }
        assert!(peel(text.as_bytes()).starts_with('"'));
    }
}
