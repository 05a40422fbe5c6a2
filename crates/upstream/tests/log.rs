//! What the log tells of SmartVPS: the story of every package and server, and no secret.
//! In a process of its own, because a log is one for a whole process.

// A panic in a helper is the verdict of its test.
#![allow(clippy::unwrap_used)]

use std::io::Write;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use domain::package::Ram;
use sim::smartvps::{Config, Lie, Op, Package, Sim};
use upstream::smartvps::{Settings, SmartVps};
use upstream::{BootClock, Guard, Meaning, Operation, OperationKind, Purchase, Upstream};

static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Page;

impl Write for Page {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        LOG.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn start_log() {
    static STARTED: OnceLock<()> = OnceLock::new();
    STARTED.get_or_init(|| {
        tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_ansi(false)
            .with_writer(|| Page)
            .init();
    });
}

/// The lines that hold both the tag and these words, as `grep "SMARTVPS.*words"` finds them.
fn grep(words: &str) -> Vec<String> {
    let log = String::from_utf8(LOG.lock().unwrap().clone()).unwrap();
    let found = |line: &&str| line.find("SMARTVPS").is_some_and(|tag| line[tag..].contains(words));
    log.lines().filter(found).map(str::to_owned).collect()
}

struct Still;

impl BootClock for Still {
    fn since_boot(&self) -> Duration {
        Duration::ZERO
    }
}

fn guard() -> Guard {
    let second = Duration::from_secs(1);
    let (boot, asked_at) = (Arc::new(Still), Duration::ZERO);
    Guard { boot, asked_at, patience: second, listen_for: 20 * second }
}

const PASSWORD: &str = "hush-hush-1";

async fn open(package: &str) -> (Sim, SmartVps) {
    start_log();
    let config = Config::with(vec![Package::new("6", package, 50)]);
    let sim = Sim::start(config).await.unwrap();
    let account = sim::smartvps::Credentials::new("oceanshop", PASSWORD);
    sim.set_credentials(Some(account));
    let url = sim.url().parse().unwrap();
    let settings = Settings::new(url, "oceanshop".to_owned(), PASSWORD.to_owned());
    (sim, SmartVps::new(settings).unwrap())
}

async fn buy(smartvps: &SmartVps, package: &str, permit: &str) -> Meaning {
    let (permit, package_name) = (permit.to_owned(), package.to_owned());
    let purchase = Purchase { permit, package_name, ram: Ram::gb(8) };
    smartvps.connect().await.unwrap().buy(&purchase, guard()).await.meaning
}

#[tokio::test]
async fn the_story_of_a_purchase_can_be_grepped() {
    let package = "103.181.91";
    let (_sim, smartvps) = open(package).await;
    let Meaning::Sold(address) = buy(&smartvps, package, "att_01").await else { panic!() };
    let story = grep(package);
    let [sent, answered] = story.as_slice() else { panic!("{story:?}") };
    assert!(sent.contains(r#"[SMARTVPS/HTTP] POST buyvps { ip: "103.181.91", ram: "8" }"#));
    assert!(answered.contains("[SMARTVPS/HTTP] buyvps 200 success|"), "{answered}");
    assert!(answered.contains(&address.to_string()), "{answered}");
    assert!(answered.contains(r#"(for "103.181.91")"#), "{answered}");
    assert!(answered.contains("status=200 took_ms="), "{answered}");
    for line in story {
        for field in [r#"op="buyvps""#, r#"package="103.181.91""#, r#"permit="att_01""#] {
            assert!(line.contains(field), "{field} in {line}");
        }
    }
}

#[tokio::test]
async fn an_answer_that_never_came_is_told_under_the_packages_name() {
    let package = "103.47.59";
    let (sim, smartvps) = open(package).await;
    sim.next(Op::Buyvps, Lie::named("lost-answer").unwrap());
    buy(&smartvps, package, "att_02").await;
    let story = grep(package);
    assert!(story[1].contains("WARN"), "{story:?}");
    assert!(story[1].contains("buyvps without a whole answer: "), "{story:?}");
}

#[tokio::test]
async fn no_secret_is_ever_logged() {
    let package = "103.109.18x";
    let (sim, smartvps) = open(package).await;
    let Meaning::Sold(address) = buy(&smartvps, package, "att_03").await else { panic!() };
    let server = smartvps.describe(address).await.unwrap();
    let operation = Operation { permit: "op_04".to_owned(), address, kind: OperationKind::Stop };
    smartvps.connect().await.unwrap().operate(&operation, guard()).await;
    sim.next(Op::Buyvps, Lie::text(format!("error|no account oceanshop:{PASSWORD}")));
    buy(&smartvps, package, "att_04").await;
    let story = grep(&address.to_string());
    let told = |words: &str| story.iter().any(|line| line.contains(words));
    assert!(told(&format!(r#"[SMARTVPS/HTTP] POST status {{ ip: "{address}" }}"#)), "{story:?}");
    assert!(told(r#""Password":"***""#), "{story:?}");
    assert!(told(&format!(r#"[SMARTVPS/HTTP] POST stop {{ ip: "{address}" }}"#)), "{story:?}");
    let log = String::from_utf8(LOG.lock().unwrap().clone()).unwrap();
    // The beginning of "oceanshop:hush" in base64.
    for secret in [server.password.unwrap().as_str(), PASSWORD, "b2NlYW5zaG9wOmh1c2"] {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
}
