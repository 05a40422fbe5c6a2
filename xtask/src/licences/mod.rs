//! Checks every dependency's licence and source against `deny.toml`, without further tools.
//! `cargo deny` reads the same file and runs as well where it is installed; this check always runs.

mod expression;

use anyhow::{Context, Result, bail};
use serde_json::Value as Json;

use crate::house::{cargo, cargo_has, root, show, succeed};

const DENY: &str = "deny.toml";

pub fn run(options: &[String]) -> Result<()> {
    if !options.is_empty() {
        bail!("usage: cargo xtask licences");
    }
    let rules = std::fs::read_to_string(root().join(DENY)).context("cannot read deny.toml")?;
    let rules = Rules::read(&rules)?;
    let packages = packages()?;
    let violations: Vec<_> = packages.iter().flat_map(|package| rules.judge(package)).collect();
    violations.iter().for_each(|violation| println!("{violation}"));
    if !violations.is_empty() {
        bail!("{} dependencies are against {DENY}", violations.len());
    }
    println!("{} packages are within {DENY}", packages.len());
    if cargo_has("deny") {
        return succeed(&mut cargo(&["deny", "check", "licenses", "bans", "sources"]));
    }
    println!("(cargo-deny is not installed; it would run here as well)");
    Ok(())
}

/// What `deny.toml` says, as far as this check reads it.
struct Rules {
    licences: Vec<String>,
    registries: Vec<String>,
    banned: Vec<String>,
}

impl Rules {
    fn read(text: &str) -> Result<Rules> {
        let table: toml::Table = text.parse().context("deny.toml is not TOML")?;
        let list = |section: &str, key: &str| {
            let value = table.get(section).and_then(|section| section.get(key));
            value.and_then(toml::Value::as_array).cloned().unwrap_or_default()
        };
        let texts = |section, key| -> Vec<String> {
            list(section, key).iter().filter_map(|value| Some(value.as_str()?.to_owned())).collect()
        };
        let banned = list("bans", "deny");
        let banned = banned.iter().filter_map(|ban| Some(ban.get("crate")?.as_str()?.to_owned()));
        let rules = Rules {
            licences: texts("licenses", "allow"),
            registries: texts("sources", "allow-registry"),
            banned: banned.collect(),
        };
        if rules.licences.is_empty() || rules.registries.is_empty() {
            bail!("{DENY} must list licenses.allow and sources.allow-registry");
        }
        Ok(rules)
    }

    fn judge(&self, package: &Package) -> Vec<String> {
        let mut wrong = Vec::new();
        match &package.licence {
            None => wrong.push("names no licence".to_owned()),
            Some(terms) => match expression::allowed(terms, &self.licences) {
                Ok(true) => {}
                Ok(false) => wrong.push(format!("is under {terms}, which is not allowed")),
                Err(error) => wrong.push(format!("has a licence nobody can read: {error}")),
            },
        }
        if let Some(source) = &package.source {
            let place = source.strip_prefix("registry+").unwrap_or(source);
            if !self.registries.iter().any(|registry| registry == place) {
                wrong.push(format!("comes from {place}"));
            }
        }
        if self.banned.contains(&package.name) {
            wrong.push("is banned".to_owned());
        }
        wrong.into_iter().map(|what| format!("{} {what}", package.shown())).collect()
    }
}

struct Package {
    name: String,
    version: String,
    licence: Option<String>,
    source: Option<String>,
}

impl Package {
    fn read(json: &Json) -> Option<Package> {
        let text = |key: &str| json.get(key).and_then(Json::as_str).map(str::to_owned);
        Some(Package {
            name: text("name")?,
            version: text("version")?,
            licence: text("license"),
            source: text("source"),
        })
    }

    fn shown(&self) -> String {
        format!("{} {}", self.name, self.version)
    }
}

/// Every package of the lock file, for every platform.
fn packages() -> Result<Vec<Package>> {
    let mut command = cargo(&["metadata", "--format-version=1", "--locked"]);
    println!("$ {}", show(&command));
    let answer = command.output().context("cannot start cargo metadata")?;
    if !answer.status.success() {
        bail!("cargo metadata failed: {}", String::from_utf8_lossy(&answer.stderr).trim());
    }
    let json: Json = serde_json::from_slice(&answer.stdout)?;
    let listed = json["packages"].as_array().context("cargo metadata lists no packages")?;
    let read: Option<Vec<_>> = listed.iter().map(Package::read).collect();
    read.context("cargo metadata lists a package without name or version")
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: &str = r#"
        [licenses]
        allow = ["MIT"]
        [bans]
        deny = [{ crate = "openssl", reason = "we use rustls" }]
        [sources]
        allow-registry = ["https://registry.example/index"]
    "#;

    fn judge(name: &str, licence: Option<&str>, source: Option<&str>) -> Vec<String> {
        let package = Package {
            name: name.to_owned(),
            version: "1.0.0".to_owned(),
            licence: licence.map(str::to_owned),
            source: source.map(str::to_owned),
        };
        Rules::read(RULES).unwrap().judge(&package)
    }

    #[test]
    fn an_allowed_package_passes_without_a_word() {
        let source = Some("registry+https://registry.example/index");
        assert_eq!(judge("fine", Some("MIT OR GPL-3.0"), source), Vec::<String>::new());
        assert_eq!(judge("our-own", Some("MIT"), None), Vec::<String>::new());
    }

    #[test]
    fn a_foreign_licence_or_source_is_named() {
        assert_eq!(
            judge("viral", Some("GPL-3.0"), None),
            ["viral 1.0.0 is under GPL-3.0, which is not allowed"]
        );
        assert_eq!(judge("silent", None, None), ["silent 1.0.0 names no licence"]);
        assert_eq!(
            judge("forked", Some("MIT"), Some("git+https://git.example/fork")),
            ["forked 1.0.0 comes from git+https://git.example/fork"]
        );
        assert_eq!(judge("openssl", Some("MIT"), None), ["openssl 1.0.0 is banned"]);
    }

    #[test]
    fn rules_without_an_allow_list_are_refused() {
        assert!(Rules::read("[licenses]").is_err());
    }
}
