//! A shop's settings: refused with a word for each mistake and no secret in any, or understood;
//! and what was understood and shown, given again, means the same.

use std::path::Path;

use berth::config::{self, Given, Settled, Shown};

/// Stands wherever a secret is asked for.
const SECRET: &str = "Planted-7x-Setting";

pub fn seeds() -> Vec<Vec<u8>> {
    let example = config::example();
    let open = example.replace("\n#", "\n").replace("\n ", "\n# ");
    let lines = |text: &str| {
        let mut section = "";
        let line = |line| {
            section = if str::starts_with(line, '[') { line } else { section };
            format!("{section}\n{line}\n").into_bytes()
        };
        text.lines().filter(|line| line.contains('=')).map(line).collect::<Vec<_>>()
    };
    let by_name = config::settings().map(|setting| format!("{}=1", setting.env).into_bytes());
    [example.clone().into_bytes(), open.clone().into_bytes()]
        .into_iter()
        .chain(lines(&open))
        .chain(by_name)
        .collect()
}

pub fn run(told: &[u8]) {
    let Ok(text) = std::str::from_utf8(told) else { return };
    let file = Path::new("/people/ada/berth.toml");
    judge(|| home(&[]).with_text(file, text));
    judge(|| home(&variables(text)));
    // The fuzzer learns from comparisons; who writes a secret into a file shows it himself.
    if text.to_ascii_lowercase().contains("planted") {
        return;
    }
    let secrets: Vec<_> = config::settings()
        .filter(|setting| setting.shown == Shown::Never)
        .map(|setting| (setting.env.to_owned(), SECRET.to_owned()))
        .collect();
    keeps_secrets(home(&secrets).with_text(file, text));
}

/// Lines such as `BERTH_LISTEN=127.0.0.1:8080`.
fn variables(text: &str) -> Vec<(String, String)> {
    let pairs = text.lines().filter_map(|line| line.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn home(more: &[(String, String)]) -> Given {
    let home = [("HOME".to_owned(), "/people/ada".to_owned())];
    Given::of(more.iter().cloned().chain(home).map(|(name, value)| (name, value.into())))
}

fn judge(given: impl Fn() -> Given) {
    match given().settle() {
        Ok(settled) => means_the_same_again(&settled),
        Err(refused) => {
            assert!(!refused.problems.is_empty(), "refused without a word");
            assert!(refused.problems.iter().all(|problem| !problem.text.is_empty()));
        }
    }
}

/// Secrets are masked where they are shown, so only a shop that gave none can be given again.
fn means_the_same_again(settled: &Settled) {
    let given = || settled.effective.iter().filter(|one| one.source != "default");
    if given().any(|one| one.secret) {
        return;
    }
    let shown = |one: &config::Effective| Some((one.env.to_owned(), one.value.clone()?));
    let again: Vec<_> = given().filter_map(shown).collect();
    let again = home(&again).settle().expect("what was shown can be given again");
    assert_eq!(format!("{:?}", again.settings), format!("{:?}", settled.settings));
}

fn keeps_secrets(given: Given) {
    let told = match given.settle() {
        Ok(settled) => format!("{:?}{:?}", settled.effective, settled.settings),
        Err(refused) => refused.to_string(),
    };
    assert!(!told.contains(SECRET), "{told}");
}
