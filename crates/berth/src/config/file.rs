//! Reads the text of `berth.toml` into raw settings, with line numbers, and refuses unknown keys.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::nearest::nearest;
use super::problem::Problem;
use super::reader::{Raw, Reader, Source};
use super::setting::Setting;
use super::settings;

/// A key or value and the line it stands on.
struct At<'a> {
    line: usize,
    value: &'a DeValue<'a>,
}

pub(super) fn read(text: &str, reader: &mut Reader) {
    let table = match DeTable::parse(text) {
        Ok(table) => table,
        // The library's own rendering quotes the line, which may hold a password.
        Err(error) => {
            let line = line_of(text, error.span().map_or(0, |span| span.start));
            refuse(reader, "the file", line, format!("is not TOML: {}", error.message()));
            return;
        }
    };
    for (key, value) in table.get_ref() {
        let at = At { line: line_of(text, key.span().start), value: value.get_ref() };
        read_top(key.get_ref(), &at, text, reader);
    }
}

/// At the top stand sections, and the environment's names just as they are.
fn read_top(key: &str, at: &At<'_>, text: &str, reader: &mut Reader) {
    if let Some(setting) = settings().find(|setting| setting.env == key) {
        return keep(setting, at, reader);
    }
    let known = settings().any(|setting| setting.section == key);
    match at.value {
        DeValue::Table(table) if known => read_section(key, table, text, reader),
        DeValue::Table(_) => {
            let close = nearest(key, settings().map(|setting| setting.section));
            let what = format!("is not a section; the nearest is [{}]", close.unwrap_or_default());
            refuse(reader, &format!("[{key}]"), at.line, what);
        }
        _ if known => refuse(reader, key, at.line, format!("is a section: write [{key}]")),
        _ => unknown(key, None, at.line, reader),
    }
}

fn read_section(section: &str, table: &DeTable<'_>, text: &str, reader: &mut Reader) {
    for (key, value) in table {
        let at = At { line: line_of(text, key.span().start), value: value.get_ref() };
        let is_this = |setting: &&Setting| {
            setting.section == section && setting.key == key.get_ref().as_ref()
        };
        match settings().find(is_this) {
            Some(setting) => keep(setting, &at, reader),
            None => unknown(key.get_ref(), Some(section), at.line, reader),
        }
    }
}

fn keep(setting: &'static Setting, at: &At<'_>, reader: &mut Reader) {
    let name = setting.path();
    if reader.has(setting.env) {
        return refuse(reader, &name, at.line, "is given twice".to_owned());
    }
    match plain_text(at.value) {
        // As in the environment, empty text counts as unset.
        Ok(text) if text.trim().is_empty() => {}
        Ok(text) => {
            let source = Source::File { line: at.line };
            reader.raw.insert(setting.env, Raw { text: text.trim().to_owned(), source });
        }
        Err(what) => refuse(reader, &name, at.line, what),
    }
}

/// The value as one would write it in the environment; a list becomes text with commas.
fn plain_text(value: &DeValue<'_>) -> Result<String, String> {
    match value {
        DeValue::String(text) => Ok(text.to_string()),
        DeValue::Integer(number) if number.radix() == 10 => Ok(number.as_str().to_owned()),
        DeValue::Float(number) => Ok(number.as_str().to_owned()),
        DeValue::Boolean(flag) => Ok(flag.to_string()),
        DeValue::Array(entries) if entries.is_empty() => {
            Err("must not be an empty list: leave it out, or write \"off\" where that is allowed"
                .to_owned())
        }
        DeValue::Array(entries) => {
            let texts: Result<Vec<_>, _> = entries.iter().map(list_entry).collect();
            Ok(texts?.join(","))
        }
        DeValue::Integer(_) => Err("must be written in decimal digits".to_owned()),
        DeValue::Datetime(_) | DeValue::Table(_) => {
            Err("must be text, a number or a list of these".to_owned())
        }
    }
}

fn list_entry(entry: &Spanned<DeValue<'_>>) -> Result<String, String> {
    match entry.get_ref() {
        DeValue::Array(_) => Err("must not hold a list inside its list".to_owned()),
        value => match plain_text(value)? {
            text if text.contains(',') => Err("must not hold a comma inside an entry".to_owned()),
            text => Ok(text),
        },
    }
}

/// A key of the same section is nearer than the same key elsewhere by one letter.
fn unknown(key: &str, section: Option<&str>, line: usize, reader: &mut Reader) {
    let lower = key.to_lowercase();
    let distance = |setting: &&Setting| {
        let names = [setting.key.to_owned(), setting.env.to_lowercase(), setting.path()];
        let letters = names.iter().map(|name| strsim::damerau_levenshtein(&lower, name)).min();
        let stranger = section.is_some_and(|section| section != setting.section);
        letters.unwrap_or(usize::MAX).saturating_add(usize::from(stranger))
    };
    let close = settings().min_by_key(distance).map(Setting::path).unwrap_or_default();
    let subject = match section {
        Some(section) => format!("{section}.{key}"),
        None => key.to_owned(),
    };
    refuse(reader, &subject, line, format!("is not a setting; the nearest is {close}"));
}

fn refuse(reader: &mut Reader, subject: &str, line: usize, text: String) {
    let place = Some(reader.place(&Source::File { line }));
    reader.problems.push(Problem { subject: subject.to_owned(), place, text });
}

fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}
