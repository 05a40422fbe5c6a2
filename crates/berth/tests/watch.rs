//! A real Prometheus over a shop that really runs: it reads the metrics, takes the rules, and
//! answers every question of the dashboard; and no rule and no panel asks for what nobody tells.
#![cfg(test)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[allow(dead_code, reason = "the tests of commands use the rest")]
mod support;

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use support::{House, Serving, client};

/// Names another Prometheus than the one in PATH.
const ENV: &str = "BERTH_TEST_PROMETHEUS";
const TOKEN: &str = "only-prometheus-knows-this";
/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

fn program() -> PathBuf {
    std::env::var_os(ENV).map_or_else(|| PathBuf::from("prometheus"), PathBuf::from)
}

/// Debian's are in one folder, and so are all others.
fn promtool() -> Command {
    let program = program();
    let beside = program.parent().filter(|folder| !folder.as_os_str().is_empty());
    Command::new(beside.map_or_else(|| "promtool".into(), |folder| folder.join("promtool")))
}

fn dashboards() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../dashboards")
}

fn dashboard() -> Value {
    let text = std::fs::read_to_string(dashboards().join("berth.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// All that the panels ask.
fn asked(dashboard: &Value) -> Vec<String> {
    let panels = dashboard["panels"].as_array().unwrap().iter();
    let targets = panels.filter_map(|panel| panel["targets"].as_array()).flatten();
    targets.map(|target| target["expr"].as_str().unwrap().to_owned()).collect()
}

/// Every word of a text that begins as our names do.
fn names(text: &str) -> BTreeSet<String> {
    let words = text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    words.filter(|word| word.starts_with("berth_")).map(ToOwned::to_owned).collect()
}

/// The names that the page tells, with those that a histogram has beside its own.
fn told(page: &str) -> BTreeSet<String> {
    let mut told = BTreeSet::new();
    for line in page.lines().filter_map(|line| line.strip_prefix("# TYPE ")) {
        let (name, kind) = line.split_once(' ').unwrap();
        let parts: &[&str] =
            if kind == "histogram" { &["_bucket", "_sum", "_count"] } else { &[""] };
        told.extend(parts.iter().map(|part| format!("{name}{part}")));
    }
    told
}

async fn page(shop: &Serving) -> String {
    let ask = client().get(format!("{}/metrics", shop.url)).bearer_auth(TOKEN);
    let answer = ask.send().await.unwrap().error_for_status().unwrap();
    answer.text().await.unwrap()
}

/// A Prometheus with nothing but our shop; ended with the test.
struct Prometheus {
    child: Child,
    url: String,
    _folder: tempfile::TempDir,
}

impl Prometheus {
    fn over(shop: &Serving) -> Prometheus {
        let folder = tempfile::tempdir().unwrap();
        let (target, rules) = (shop.url.trim_start_matches("http://"), dashboards());
        let settings = format!(
            "global: {{ scrape_interval: 1s, evaluation_interval: 1s }}\n\
             rule_files: [\"{}/alerts.yml\"]\n\
             scrape_configs:\n  - job_name: berth\n    authorization: {{ credentials: {TOKEN} }}\n    \
             static_configs: [{{ targets: [\"{target}\"] }}]\n",
            rules.display()
        );
        let file = folder.path().join("prometheus.yml");
        std::fs::write(&file, settings).unwrap();
        let mut child = Command::new(program())
            .arg(format!("--config.file={}", file.display()))
            .arg(format!("--storage.tsdb.path={}", folder.path().join("data").display()))
            .arg("--web.listen-address=127.0.0.1:0")
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}; install prometheus", program().display()));
        let mut log = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
        // In either order.
        let (mut address, mut is_ready) = (None, false);
        while address.is_none() || !is_ready {
            let line = log.next().expect("Prometheus says where it listens, and that it is ready");
            is_ready |= line.contains("Server is ready to receive web requests");
            if line.contains("Listening on") {
                address =
                    line.rsplit_once("address=").map(|(_, at)| at.trim_matches('"').to_owned());
            }
        }
        let url = format!("http://{}", address.unwrap_or_default());
        // It says more, and must not wait for a reader.
        std::thread::spawn(move || log.for_each(drop));
        Prometheus { child, url, _folder: folder }
    }

    async fn ask(&self, path: &str, query: &[(&str, &str)]) -> Value {
        let url = format!("{}{path}", self.url);
        let ask = match query {
            [] => client().get(url),
            _ => client().post(url).form(query),
        };
        let answer: Value = ask.send().await.unwrap().json().await.unwrap();
        assert_eq!(answer["status"], "success", "{query:?}: {answer}");
        answer["data"].clone()
    }

    /// Asks again and again until the answer is as wished.
    async fn until(&self, path: &str, query: &[(&str, &str)], wish: impl Fn(&Value) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let answer = self.ask(path, query).await;
            if wish(&answer) {
                return;
            }
            assert!(Instant::now() < deadline, "{path} {query:?} never was: {answer}");
            tokio::task::yield_now().await;
        }
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_prometheus_reads_the_shop_and_answers_all_that_is_asked_of_it() {
    let house = House::open().await.set("BERTH_METRICS_TOKEN", TOKEN);
    let shop = house.serve().await;
    shop.sync().await;
    let prometheus = Prometheus::over(&shop);
    let good = "berth_sync_duration_seconds_count{outcome=\"done\"} > 0";
    let is_there = |data: &Value| !data["result"].as_array().unwrap().is_empty();
    prometheus.until("/api/v1/query", &[("query", good)], is_there).await;
    let targets = prometheus.ask("/api/v1/targets", &[]).await;
    let target = &targets["activeTargets"][0];
    assert_eq!((&target["health"], &target["lastError"]), (&"up".into(), &"".into()));
    for expression in asked(&dashboard()) {
        prometheus.ask("/api/v1/query", &[("query", &expression)]).await;
    }
    // Each rule was tried once, and none stumbled.
    let tried = |data: &Value| {
        let rules = data["groups"][0]["rules"].as_array().unwrap();
        assert!(rules.iter().all(|rule| rule["health"] != "err"), "{data}");
        rules.len() > 10 && rules.iter().all(|rule| rule["health"] == "ok")
    };
    prometheus.until("/api/v1/rules", &[], tried).await;
    let fires = "ALERTS{alertname=~\"BerthDown|BerthDatabaseDown|BerthSyncStale\"}";
    let firing = prometheus.ask("/api/v1/query", &[("query", fires)]).await;
    assert!(!is_there(&firing), "a shop that is well wakes nobody: {firing}");
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_and_panels_ask_only_for_what_a_running_shop_tells() {
    let house = House::open().await.set("BERTH_METRICS_TOKEN", TOKEN);
    let shop = house.serve().await;
    let told = told(&page(&shop).await);
    let rules = std::fs::read_to_string(dashboards().join("alerts.yml")).unwrap();
    let panels = asked(&dashboard()).join("\n");
    for (file, text) in [("alerts.yml", &rules), ("berth.json", &panels)] {
        let names = names(text);
        assert!(names.len() > 10, "{file}: {names:?}");
        let unknown: Vec<_> = names.difference(&told).collect();
        assert!(unknown.is_empty(), "{file} asks for what nobody tells: {unknown:?}");
    }
    assert_eq!(rules.matches("summary:").count(), rules.matches("- alert:").count());
    assert_eq!(rules.matches("action:").count(), rules.matches("- alert:").count());
}

#[tokio::test(flavor = "multi_thread")]
async fn promtool_finds_nothing_to_say_about_page_and_rules() {
    let house = House::open().await.set("BERTH_METRICS_TOKEN", TOKEN);
    let shop = house.serve().await;
    shop.sync().await;
    let page = page(&shop).await;
    let mut linting = promtool()
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("promtool is there, beside prometheus");
    linting.stdin.take().unwrap().write_all(page.as_bytes()).unwrap();
    let linted = linting.wait_with_output().unwrap();
    let said = String::from_utf8(linted.stderr).unwrap();
    assert!(linted.status.success() && said.is_empty(), "{said}");
    let rules = dashboards().join("alerts.yml");
    let checked = promtool().args(["check", "rules"]).arg(rules).output().unwrap();
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
}

#[test]
fn each_rule_wakes_somebody_when_it_should_and_not_before() {
    let tests = dashboards().join("alerts.test.yml");
    let tried = promtool().args(["test", "rules"]).arg(&tests).output().unwrap();
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(tried.status.success(), "{}\n{}", said(&tried.stdout), said(&tried.stderr));
    let rules = std::fs::read_to_string(dashboards().join("alerts.yml")).unwrap();
    let tests = std::fs::read_to_string(tests).unwrap();
    let names = rules.lines().filter_map(|line| line.trim().strip_prefix("- alert: "));
    let untried: Vec<_> =
        names.filter(|name| !tests.contains(&format!("alertname=\"{name}\""))).collect();
    assert!(untried.is_empty(), "no test wakes anybody by {untried:?}");
}
