//! Rule `walls`: who may know whom, read from the crates' manifests.
//! Cargo keeps a crate from naming what its manifest leaves out; this keeps the manifest.

use super::Violation;
use super::files::House;

/// Each room and the rooms it may know. The binary joins all of them.
const MAY_KNOW: [(&str, &[&str]); 9] = [
    ("domain", &[]),
    ("store", &["domain"]),
    ("upstream", &["domain"]),
    ("payment", &["domain"]),
    ("post", &["domain"]),
    ("engine", &["domain", "store", "upstream", "payment", "post"]),
    ("web", &["domain", "engine"]),
    ("sim", &[]),
    ("berth", &["domain", "store", "upstream", "payment", "post", "engine", "web", "sim"]),
];

/// The domain does no I/O and cannot wait.
const NOT_IN_DOMAIN: [&str; 9] = [
    "tokio",
    "sqlx",
    "rusqlite",
    "tokio-postgres",
    "sea-orm",
    "axum",
    "reqwest",
    "hyper",
    "async-trait",
];

/// Only the store speaks to a database, and the simulators' checker, which must not see the shop
/// through the store's eyes.
const MAY_DRIVE: [&str; 2] = ["store", "sim"];
const DRIVERS: [&str; 4] = ["sqlx", "rusqlite", "tokio-postgres", "sea-orm"];

/// The simulated world checks the engine, so it must not share the engine's mistakes.
const NOT_EVEN_IN_TESTS_OF_SIM: [&str; 2] = ["engine", "domain"];

/// What gives an optimised build failure points, and who alone may ask for it.
const POINTS: &str = "points";
const MAY_ASK_FOR_POINTS: &str = "trial/Cargo.toml";

pub fn check(house: &House) -> Vec<Violation> {
    let mut found = asked_for_points(house);
    for manifest in house.below("crates/").filter(|file| file.name() == "Cargo.toml") {
        let Ok(table) = manifest.text.parse::<toml::Table>() else {
            found.push(Violation::new(&manifest.path, 1, "is not TOML"));
            continue;
        };
        let package = table.get("package").and_then(|package| package.get("name"));
        let name = package.and_then(toml::Value::as_str).unwrap_or_default();
        let Some((_, rooms)) = MAY_KNOW.iter().find(|(room, _)| *room == name) else {
            let what = format!("{name:?} is a new room: say in xtask's walls.rs whom it may know");
            found.push(Violation::new(&manifest.path, 1, what));
            continue;
        };
        for (dependency, what) in crossings(name, rooms, &table) {
            found.push(Violation::new(&manifest.path, line_of(&manifest.text, &dependency), what));
        }
    }
    found
}

/// A release must have nothing of the failure points: no manifest but that of the trial names them.
fn asked_for_points(house: &House) -> Vec<Violation> {
    let manifests = house.below("").filter(|file| file.name() == "Cargo.toml");
    let asks = |line: &str| {
        let quoted = [format!("\"{POINTS}\""), format!("/{POINTS}\"")];
        quoted.iter().any(|quoted| line.contains(quoted))
    };
    let what = "asks for failure points: only trial may, and nothing of it is shipped";
    manifests
        .filter(|file| file.path != MAY_ASK_FOR_POINTS)
        .flat_map(|file| {
            let lines = file.text.lines().enumerate().filter(move |(_, line)| asks(line));
            lines.map(|(at, _)| Violation::new(&file.path, at + 1, what)).collect::<Vec<_>>()
        })
        .collect()
}

/// Each dependency that crosses a wall, with the words for it.
fn crossings(room: &str, rooms: &[&str], table: &toml::Table) -> Vec<(String, String)> {
    let is_room = |name: &str| MAY_KNOW.iter().any(|(room, _)| *room == name);
    let mut found = Vec::new();
    for name in dependencies(table, &["dependencies", "build-dependencies"]) {
        let why = if is_room(&name) && !rooms.contains(&name.as_str()) {
            "move what is needed to a room both may know"
        } else if room == "domain" && NOT_IN_DOMAIN.contains(&name.as_str()) {
            "the domain does no I/O and cannot wait: make the fact an argument"
        } else if !MAY_DRIVE.contains(&room) && DRIVERS.contains(&name.as_str()) {
            "only the store speaks to a database: give Store a method"
        } else {
            continue;
        };
        found.push((name.clone(), format!("{room} must not know {name}: {why}")));
    }
    for name in dependencies(table, &["dev-dependencies"]) {
        if room == "sim" && NOT_EVEN_IN_TESTS_OF_SIM.contains(&name.as_str()) {
            let what = format!("sim must not know {name}, not even in tests: it checks {name}");
            found.push((name, what));
        }
    }
    found
}

/// The packages in these sections, and in the same sections for some platform only.
fn dependencies(table: &toml::Table, sections: &[&str]) -> Vec<String> {
    let targets = table.get("target").and_then(toml::Value::as_table);
    let platforms = targets.into_iter().flat_map(|targets| targets.values());
    let tables = platforms.filter_map(toml::Value::as_table).chain([table]);
    let mut names = Vec::new();
    for table in tables {
        for section in sections {
            let section = table.get(*section).and_then(toml::Value::as_table);
            for (key, value) in section.into_iter().flatten() {
                let renamed = value.get("package").and_then(toml::Value::as_str);
                names.push(renamed.unwrap_or(key).to_owned());
            }
        }
    }
    names
}

fn line_of(text: &str, dependency: &str) -> usize {
    let names = |line: &str| {
        let rest = line.trim_start().strip_prefix(dependency);
        rest.is_some_and(|rest| rest.starts_with(['.', ' ', '=']))
    };
    text.lines().position(names).map_or(1, |index| index + 1)
}

#[cfg(test)]
mod tests {
    use super::super::tests::found;
    use super::*;

    fn in_manifest(room: &str, rest: &str) -> Vec<String> {
        let text = format!("[package]\nname = \"{room}\"\n{rest}");
        let path = format!("crates/{room}/Cargo.toml");
        let said = found(check, &[(&path, &text)]);
        said.iter().map(|line| line.replacen(&format!("{path}:"), "", 1)).collect()
    }

    #[test]
    fn a_room_may_not_know_a_room_above_it() {
        let said = in_manifest("store", "[dependencies]\ndomain.workspace = true\nengine = \"1\"");
        let what = "5: store must not know engine: move what is needed to a room both may know";
        assert_eq!(said, [what]);
        assert_eq!(in_manifest("web", "[dependencies]\nstore.workspace = true").len(), 1);
    }

    #[test]
    fn what_is_allowed_passes_in_silence() {
        let engine = "[dependencies]\nstore.workspace = true\ntokio.workspace = true";
        assert_eq!(in_manifest("engine", engine), Vec::<String>::new());
        let dev = "[dev-dependencies]\nsim.workspace = true";
        assert_eq!(in_manifest("upstream", dev), Vec::<String>::new());
    }

    #[test]
    fn the_domain_cannot_wait_on_any_platform() {
        assert_eq!(in_manifest("domain", "[dependencies]\ntokio = \"1\"").len(), 1);
        let unix = "[target.'cfg(unix)'.dependencies]\nhyper = \"1\"";
        assert_eq!(in_manifest("domain", unix).len(), 1);
    }

    #[test]
    fn another_name_does_not_hide_a_room() {
        let renamed = "[dependencies]\nrules = { package = \"domain\", path = \"../domain\" }";
        assert_eq!(in_manifest("sim", renamed).len(), 1);
        assert_eq!(in_manifest("sim", "[dev-dependencies]\nengine.workspace = true").len(), 1);
    }

    #[test]
    fn a_new_room_must_say_whom_it_knows() {
        assert_eq!(in_manifest("cellar", "").len(), 1);
        assert_eq!(in_manifest("engine", "[dependencies]\nrusqlite = \"1\"").len(), 1);
    }

    #[test]
    fn only_the_trial_asks_for_failure_points() {
        let text = "[dependencies]\nstore = { path = \"x\", features = [\"points\"] }\n";
        let found = asked_for_points(&House::of(&[
            ("bench/Cargo.toml", text),
            ("trial/Cargo.toml", text),
            ("tests/Cargo.toml", "[features]\ndefault = [\"store/points\"]\n"),
        ]));
        let places: Vec<String> = found
            .iter()
            .map(|violation| format!("{}:{}", violation.path, violation.line))
            .collect();
        assert_eq!(places, ["bench/Cargo.toml:2", "tests/Cargo.toml:2"]);
    }
}
