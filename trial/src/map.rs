//! The list of all failure points, read from the engine's source: every `db().write(…)` by the
//! function it stands in, and every `point("…")` by its name. Nobody has to register anything, so
//! nothing can be forgotten.

use std::collections::BTreeMap;
use std::panic::Location;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// What kind of moment a point is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Before, at, and after the commit of one transaction.
    Write,
    /// At the edge of the network, or where the source names it.
    Named,
}

/// All points of the engine.
#[derive(Debug, Default)]
pub struct Map {
    /// By file below `crates/engine/src` and line.
    writes: BTreeMap<(String, u32), &'static str>,
    pub points: BTreeMap<&'static str, Kind>,
}

const SOURCE: &str = "crates/engine/src/";
/// Ground for unit tests.
const NOT_SHIPPED: &str = "test_engine.rs";

impl Map {
    /// The map of the engine that this program was built from.
    pub fn of_the_engine() -> &'static Map {
        static MAP: OnceLock<Map> = OnceLock::new();
        MAP.get_or_init(|| {
            let here = Path::new(env!("CARGO_MANIFEST_DIR"));
            let root = here.parent().unwrap_or(here).join(SOURCE);
            let mut map = Map::default();
            for path in rust_below(&root) {
                let text = std::fs::read_to_string(&path).unwrap_or_default();
                let name = path.strip_prefix(&root).unwrap_or(&path);
                map.read(&name.to_string_lossy(), &text);
            }
            map
        })
    }

    /// The name of the write at a place; nothing outside the engine.
    pub fn write_at(&self, place: &Location<'_>) -> Option<&'static str> {
        let (_, file) = place.file().split_once(SOURCE)?;
        self.writes.get(&(file.to_owned(), place.line())).copied()
    }

    fn read(&mut self, file: &str, text: &str) {
        let stem = file.strip_suffix(".rs").unwrap_or(file);
        let shipped = text.split("#[cfg(test)]\nmod tests").next().unwrap_or(text);
        let mut function = "";
        for (number, line) in (1..).zip(shipped.lines()) {
            let code = line.split("//").next().unwrap_or(line);
            function = function_of(code).unwrap_or(function);
            if code.contains(".write(") {
                let name = self.fresh(&format!("{stem}::{function}"));
                self.points.insert(name, Kind::Write);
                self.writes.insert((file.to_owned(), number), name);
            }
            let named = code.split_once(".point(\"").and_then(|(_, rest)| rest.split_once('"'));
            if let Some((name, _)) = named {
                self.points.insert(for_ever(name), Kind::Named);
            }
        }
    }

    /// The second write of a function is `#2`.
    fn fresh(&self, name: &str) -> &'static str {
        let mut tried = name.to_owned();
        for count in 2.. {
            if !self.points.contains_key(tried.as_str()) {
                break;
            }
            tried = format!("{name}#{count}");
        }
        for_ever(&tried)
    }
}

/// There is one map per process, and it lives as long.
fn for_ever(text: &str) -> &'static str {
    Box::leak(text.to_owned().into_boxed_str())
}

fn function_of(code: &str) -> Option<&str> {
    let words: Vec<&str> = code.split_whitespace().collect();
    let at = words.iter().position(|word| *word == "fn")?;
    let before = |word: &&str| matches!(*word, "async" | "const") || word.starts_with("pub");
    if !words[..at].iter().all(before) {
        return None;
    }
    words.get(at + 1)?.split(['(', '<']).next()
}

fn rust_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(rust_below(&path));
        } else if path.extension().is_some_and(|kind| kind == "rs")
            && path.file_name().is_some_and(|name| name != NOT_SHIPPED)
        {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_are_named_by_their_function_and_points_by_themselves() {
        let mut map = Map::default();
        map.read(
            "buy/once.rs",
            "impl A {\n  pub(crate) async fn buy(&self) {\n    self.point(\"leaves\").await;\n    \
             self.db().write(a).await;\n    self.db()\n      .write(b)\n  }\n}\n",
        );
        assert_eq!(map.points.get("buy/once::buy"), Some(&Kind::Write));
        assert_eq!(map.points.get("buy/once::buy#2"), Some(&Kind::Write));
        assert_eq!(map.points.get("leaves"), Some(&Kind::Named));
        assert_eq!(map.writes.get(&("buy/once.rs".to_owned(), 6)), Some(&"buy/once::buy#2"));
    }

    #[test]
    fn the_engine_has_the_points_that_everything_hangs_on() {
        let map = Map::of_the_engine();
        for name in ["purchase/permit::permit", "journal::put_answer", "purchase-leaves"] {
            assert!(map.points.contains_key(name), "{name} is no point");
        }
    }
}
