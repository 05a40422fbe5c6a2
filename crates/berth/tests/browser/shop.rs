//! A `berth demo` with a data directory of its own, and the commands of its simulators.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::chromium::PATIENCE;
use super::tab::Tab;

/// What the demo's catalogue sells in these tests.
pub const SOLD: &str = "103.181.91";
pub const PASSWORD: &str = "correct horse battery";
pub const READY: &str = "Your server is ready";

/// So that nobody waits for minutes until a purchase can be decided.
pub const QUICK_TAIL: [(&str, &str); 2] =
    [("BERTH_PURCHASE_TIMEOUT", "1s"), ("BERTH_PURCHASE_TAIL", "1s")];
/// And customers are offered their money at once.
pub const IMPATIENT: [(&str, &str); 3] =
    [QUICK_TAIL[0], QUICK_TAIL[1], ("BERTH_OFFER_AFTER", "1s")];

pub struct Shop {
    demo: Child,
    told: Value,
    runtime: tokio::runtime::Runtime,
    _folder: TempDir,
}

impl Shop {
    pub fn open() -> Shop {
        Shop::open_with(&[])
    }

    /// With these settings beside the demo's own.
    pub fn open_with(settings: &[(&str, &str)]) -> Shop {
        let folder = tempfile::tempdir().unwrap();
        let mut demo = Command::new(env!("CARGO_BIN_EXE_berth"))
            .args(["demo", "--json", "--no-wait", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(folder.path().join("data"))
            .env_clear()
            .env("HOME", folder.path())
            .env("BERTH_PAYMENT_POLL_EVERY", "1s")
            .envs(settings.iter().copied())
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(demo.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let told = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Shop { demo, told, runtime, _folder: folder }
    }

    /// A browser before its door.
    pub fn visitor(&self) -> Tab {
        Tab::open(self.told["url"].as_str().unwrap())
    }

    /// Whoever may do everything, signed in.
    pub fn staff(&self) -> Tab {
        self.signed_in("admin")
    }

    /// The one of this role, signed in.
    pub fn signed_in(&self, role: &str) -> Tab {
        let sign_ins = self.told["signIns"].as_array().unwrap();
        let one = sign_ins.iter().find(|one| one["role"] == role).unwrap();
        let mut tab = self.visitor();
        tab.go("/login");
        tab.fill("Email address", one["email"].as_str().unwrap());
        tab.fill("Password", one["password"].as_str().unwrap());
        tab.press("Sign in");
        tab
    }

    /// Waits until somebody has got a mail that says this.
    pub fn has_mail(&self, to: &str, words: &str) {
        let (at, deadline) = (self.told["mail"].as_str().unwrap(), Instant::now() + PATIENCE);
        loop {
            let caught = self.answered(client().get(format!("{at}/control/mails?to={to}")));
            let texts = caught.as_array().unwrap().iter().filter_map(|one| one["text"].as_str());
            let texts: Vec<&str> = texts.collect();
            if texts.iter().any(|text| text.contains(words)) {
                return;
            }
            assert!(Instant::now() < deadline, "{to} never read {words:?}: {texts:#?}");
            let all = self.answered(client().get(format!("{at}/control/mails")));
            let more = all.as_array().unwrap().len() + 1;
            let wait = format!("{at}/control/wait?mails={more}&timeoutMs=1000");
            self.answered(client().get(wait));
        }
    }

    /// The provider does this from now on.
    pub fn provider(&self, command: &str, wish: &Value) {
        self.command(&self.told["simulator"], command, wish);
    }

    /// Waits until the provider holds so many requests.
    pub fn held_at_provider(&self, count: u64) {
        let url = format!("{}/control/wait?held={count}", self.told["simulator"].as_str().unwrap());
        let told = self.answered(client().get(url));
        assert_eq!(told["reached"], true, "{told}");
    }

    /// The addresses that the provider has sold, the newest last.
    pub fn sold(&self) -> Vec<String> {
        let url = format!("{}/control/sold", self.told["simulator"].as_str().unwrap());
        let told = self.answered(client().get(url));
        let address = |one: &Value| one["address"].as_str().unwrap().to_owned();
        told.as_array().unwrap().iter().map(address).collect()
    }

    /// Every gateway tells this lie next.
    pub fn gateways_lie(&self, lie: &str) {
        for gateway in self.told["gateways"].as_object().unwrap().values() {
            self.command(gateway, "lie", &json!({ "lie": lie }));
        }
    }

    fn command(&self, at: &Value, command: &str, wish: &Value) {
        let url = format!("{}/control/{command}", at.as_str().unwrap());
        self.answered(client().post(url).json(wish));
    }

    fn answered(&self, request: reqwest::RequestBuilder) -> Value {
        self.runtime.block_on(async {
            let answer = request.send().await.unwrap();
            let (status, text) = (answer.status(), answer.text().await.unwrap());
            assert!(status.is_success(), "{status}: {text}");
            serde_json::from_str(&text).unwrap()
        })
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.demo.kill());
        drop(self.demo.wait());
    }
}

fn client() -> reqwest::Client {
    // One for the whole process is enough; the second call changes nothing.
    drop(rustls::crypto::ring::default_provider().install_default());
    reqwest::Client::builder().no_proxy().build().unwrap()
}

/// A visitor makes an account.
pub fn sign_up(tab: &mut Tab) {
    sign_up_as(tab, "Asha", "asha@example.com");
}

pub fn sign_up_as(tab: &mut Tab, name: &str, email: &str) {
    tab.go("/signup");
    tab.fill("Your name", name);
    tab.fill("Email address", email);
    tab.fill("Password", PASSWORD);
    tab.press("Sign up");
    tab.reads("Welcome aboard.");
}

/// Whoever is signed in orders a server; the browser shows its page, not paid.
pub fn order(tab: &mut Tab) {
    tab.go(&format!("/?q={SOLD}"));
    tab.press("Choose");
    tab.pick("8 GB");
    tab.press("Order and pay");
    tab.is_headed("Waiting for your payment");
}

/// A newcomer's first order, not paid.
pub fn a_newcomer_orders(shop: &Shop) -> Tab {
    let mut tab = shop.visitor();
    sign_up(&mut tab);
    order(&mut tab);
    tab
}

/// Pays at the gateway's page, which leads back to the order's.
pub fn pay(tab: &mut Tab) {
    tab.press("Pay ₹");
    // Some want a form of their own: the shop's page before it says where it leads.
    if tab.text().contains("Go on to pay") {
        tab.press("Go on to pay");
    }
    tab.reads("This is a simulator. No money moves here.");
    tab.press("Pay ");
    tab.until("location.pathname.startsWith('/orders/')");
}
