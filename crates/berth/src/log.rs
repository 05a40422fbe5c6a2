//! What the program says about its work, on standard error: lines for people or JSON for
//! machines. The message stands first and reads alone; fields that look like secrets are masked.
//! Not for results: commands print those on standard output.

use std::fmt::{self, Write as _};
use std::io::Write as _;

use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::span;
use tracing::{Event, Subscriber};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::{nearest, value};
use crate::paint::Paint;
use crate::traces::Traces;

/// How a line is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Time, level, message, then fields as name=value.
    Human,
    /// One JSON object a line.
    Json,
}

impl Format {
    pub(crate) fn parse(text: &str) -> Result<Format, String> {
        value::one_of(text, &[("human", Format::Human), ("json", Format::Json)])
    }
}

/// Which lines are written: a level, also per part of the program.
#[derive(Debug, Clone)]
pub struct Level(Targets);

const LEVELS: [&str; 6] = ["error", "warn", "info", "debug", "trace", "off"];

impl Level {
    /// For commands that run on: what happens is the news.
    pub fn info() -> Level {
        Level(Targets::new().with_default(tracing::Level::INFO))
    }

    /// For commands that answer a question: only what is wrong.
    pub fn warn() -> Level {
        Level(Targets::new().with_default(tracing::Level::WARN))
    }

    /// For commands whose own answer tells what is wrong.
    pub fn error() -> Level {
        Level(Targets::new().with_default(tracing::Level::ERROR))
    }

    /// `info`, or `warn,engine=debug`. A bare word must be a level: a mistyped one would
    /// otherwise be taken for a part's name.
    pub(crate) fn parse(text: &str) -> Result<Level, String> {
        for entry in text.split(',') {
            let level = entry.split_once('=').map_or(entry, |(_, level)| level).trim();
            if !LEVELS.iter().any(|known| level.eq_ignore_ascii_case(known)) {
                let close = nearest(level, LEVELS.into_iter()).unwrap_or_default();
                let known = LEVELS.join(", ");
                return Err(format!(
                    "names the level {level:?}; the nearest of {known} is {close}"
                ));
            }
        }
        let wrong = |_| "is not a list of levels, such as info or warn,engine=debug".to_owned();
        text.parse().map(Level).map_err(wrong)
    }
}

/// Starts writing, and sending traces where somebody collects them: until what is given back ends.
/// A second call changes nothing.
pub fn start(
    format: Format,
    level: Level,
    collector: Option<&str>,
) -> anyhow::Result<Option<Traces>> {
    let traces = collector.map(Traces::to).transpose()?;
    let lines = Lines { format, paint: Paint::stderr(), out: to_stderr };
    let registry = tracing_subscriber::registry().with(traces.as_ref().map(Traces::layer));
    if registry.with(lines.with_filter(level.0)).try_init().is_err() {
        tracing::debug!("logging had been started before");
    }
    Ok(traces)
}

/// A log that cannot be written must not stop the shop.
fn to_stderr(line: &str) {
    let _ = std::io::stderr().lock().write_all(line.as_bytes());
}

/// Turns events into lines and hands them on.
struct Lines<Out> {
    format: Format,
    paint: Paint,
    out: Out,
}

impl<S, Out> Layer<S> for Lines<Out>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    Out: Fn(&str) + 'static,
{
    fn on_new_span(&self, attributes: &span::Attributes<'_>, id: &span::Id, ctx: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        if let Some(span) = ctx.span(id) {
            span.extensions_mut().insert(fields);
        }
    }

    fn on_record(&self, id: &span::Id, values: &span::Record<'_>, ctx: Context<'_, S>) {
        let Some(span) = ctx.span(id) else { return };
        if let Some(fields) = span.extensions_mut().get_mut::<Fields>() {
            values.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, ctx: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        // From the innermost span outwards: the nearest value of a name is the one that holds.
        for span in ctx.event_scope(event).into_iter().flatten() {
            if let Some(outer) = span.extensions().get::<Fields>() {
                fields.add_missing(outer);
            }
        }
        let line = match self.format {
            Format::Human => human(&now(), event.metadata(), fields, &self.paint),
            Format::Json => json(&now(), event.metadata(), fields),
        };
        (self.out)(&line);
    }
}

/// The library's clock: this room has no other use for the time.
fn now() -> String {
    let mut text = String::new();
    match SystemTime.format_time(&mut Writer::new(&mut text)) {
        Ok(()) => shorten(&text),
        Err(fmt::Error) => "no time".to_owned(),
    }
}

/// `2026-11-21T08:49:59.123456Z` to milliseconds.
fn shorten(time: &str) -> String {
    match time.strip_suffix('Z').and_then(|time| time.split_once('.')) {
        Some((seconds, part)) => format!("{seconds}.{}Z", part.get(..3).unwrap_or(part)),
        None => time.to_owned(),
    }
}

fn human(time: &str, meta: &tracing::Metadata<'_>, fields: Fields, paint: &Paint) -> String {
    let level = match *meta.level() {
        tracing::Level::ERROR => paint.bad("ERROR"),
        tracing::Level::WARN => paint.warn(" WARN"),
        tracing::Level::INFO => paint.good(" INFO"),
        tracing::Level::DEBUG => paint.dim("DEBUG"),
        tracing::Level::TRACE => paint.dim("TRACE"),
    };
    let mut line = format!("{} {level} {}", paint.dim(time), one_line(&fields.message));
    for (name, value) in fields.named {
        let value = match value {
            Value::String(text) => quoted_if_needed(&text),
            other => other.to_string(),
        };
        let _ = write!(line, " {}{value}", paint.dim(&format!("{name}=")));
    }
    line.push('\n');
    line
}

fn json(time: &str, meta: &tracing::Metadata<'_>, fields: Fields) -> String {
    let named: Map<String, Value> =
        fields.named.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let line = serde_json::json!({
        "time": time,
        "level": meta.level().as_str().to_lowercase(),
        "message": fields.message,
        "target": meta.target(),
        "fields": named,
    });
    format!("{line}\n")
}

/// Control characters are written out, so that no text from outside can forge a second line.
pub(crate) fn one_line(text: &str) -> String {
    let escaped = |c: char| if c.is_control() { c.escape_default().to_string() } else { c.into() };
    text.chars().map(escaped).collect()
}

fn quoted_if_needed(text: &str) -> String {
    let bare = |c: char| !c.is_whitespace() && !c.is_control() && !matches!(c, '"' | '=');
    if !text.is_empty() && text.chars().all(bare) {
        return text.to_owned();
    }
    format!("{text:?}")
}

/// The fields of one event or span, in the order they were written.
#[derive(Debug, Default)]
struct Fields {
    message: String,
    named: Vec<(&'static str, Value)>,
}

impl Fields {
    fn put(&mut self, field: &Field, value: Value) {
        let value = if names_a_secret(field.name()) { Value::from("***") } else { value };
        match (field.name(), value) {
            ("message", Value::String(text)) => self.message = text,
            (name, value) => {
                self.named.retain(|(known, _)| *known != name);
                self.named.push((name, value));
            }
        }
    }

    fn add_missing(&mut self, outer: &Fields) {
        for (name, value) in &outer.named {
            if !self.named.iter().any(|(known, _)| known == name) {
                self.named.push((*name, value.clone()));
            }
        }
    }
}

/// A second line of defence: no code should log such a field.
fn names_a_secret(name: &str) -> bool {
    const WORDS: [&str; 6] =
        ["password", "secret", "token", "authorization", "credential", "api_key"];
    WORDS.iter().any(|word| name.contains(word))
}

impl Visit for Fields {
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, Value::from(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, Value::from(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, Value::from(value));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, Value::from(value));
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        self.put(field, Value::from(value.to_string()));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field, Value::from(format!("{value:?}")));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    /// The lines that some work writes, without their times.
    fn written(format: Format, work: impl FnOnce()) -> Vec<String> {
        let kept = Arc::new(Mutex::new(Vec::new()));
        let keep = kept.clone();
        let out = move |line: &str| keep.lock().unwrap().push(line.to_owned());
        let lines = Lines { format, paint: Paint::of(false), out };
        tracing::subscriber::with_default(tracing_subscriber::registry().with(lines), work);
        let lines = kept.lock().unwrap();
        lines.clone()
    }

    #[test]
    fn the_message_stands_first_and_its_fields_after_it() {
        let lines = written(Format::Human, || {
            let _order = tracing::info_span!("order", order = "ord_1", pid = 0).entered();
            tracing::warn!(pid = 123, name = "103.181.91 (Gold)", "[SMARTVPS] attempt 1/3");
        });
        let (_, line) = lines[0].split_once(' ').unwrap();
        let right = " WARN [SMARTVPS] attempt 1/3 pid=123 name=\"103.181.91 (Gold)\" order=ord_1\n";
        assert_eq!(line, right);
    }

    #[test]
    fn machines_get_one_object_a_line_with_typed_fields() {
        let lines = written(Format::Json, || {
            tracing::info!(fetched = 20, exact = true, name = %"103.83.x", "[SVPS-SYNC] done");
        });
        let line: Value = serde_json::from_str(&lines[0]).unwrap();
        assert_eq!(line["message"], "[SVPS-SYNC] done");
        assert_eq!(line["level"], "info");
        let fields = serde_json::json!({"fetched": 20, "exact": true, "name": "103.83.x"});
        assert_eq!(line["fields"], fields);
    }

    #[test]
    fn text_from_outside_cannot_forge_a_second_line() {
        let lines = written(Format::Human, || {
            let answer = "no\n2026-01-01 INFO all is well";
            tracing::info!(answer, "[SMARTVPS/HTTP] {answer}\u{1b}[31m");
        });
        assert_eq!(lines[0].matches('\n').count(), 1);
        assert!(!lines[0].contains('\u{1b}'));
    }

    #[test]
    fn fields_that_look_like_secrets_are_masked() {
        for format in [Format::Human, Format::Json] {
            let lines = written(format, || {
                tracing::info!(password = "hunter2", sync_token = %"hunter2", "signed in");
            });
            assert!(!lines[0].contains("hunter2"), "{}", lines[0]);
        }
    }

    #[test]
    fn a_mistyped_level_is_refused_with_the_nearest() {
        assert!(Level::parse("info").is_ok() && Level::parse("WARN,engine=debug").is_ok());
        assert!(Level::parse("debg").unwrap_err().ends_with("is debug"));
        assert!(Level::parse("engine=inf").unwrap_err().ends_with("is info"));
    }

    #[test]
    fn times_are_shown_to_the_millisecond() {
        assert_eq!(shorten("2026-11-21T08:49:59.123456Z"), "2026-11-21T08:49:59.123Z");
        assert!(shorten(&now()).ends_with('Z'));
    }
}
