//! Those around the shop: the upstream, the gateways, mail; and the switches that people and the
//! program itself have thrown.

use std::time::Instant;

use domain::catalogue::List;
use domain::clock::Clock;
use engine::health::Health;
use engine::provider::Waiting;
use payment::{Asked, Gateway, Silence};
use post::{Post, Trouble};
use upstream::{Fault, Upstream};

use super::{Check, told};
use crate::config::Settings;
use crate::config::gateways::Gateway as Kind;
use crate::machine::Machine;
use crate::table::count;
use crate::wire;

const PROVIDER: &str = "provider";
const GATEWAY: &str = "gateway";

/// Asks for the list, once, as a sync does.
pub async fn provider(settings: &Settings) -> Check {
    let from = &settings.smartvps;
    if !from.is_on() {
        let found = "SmartVPS: no account is given, so nothing is synced or bought";
        return Check::fail(PROVIDER, found, "set SMARTVPS_USERNAME and SMARTVPS_PASSWORD");
    }
    let adapter = match wire::smartvps(settings) {
        Ok(adapter) => adapter,
        Err(error) => return Check::fail(PROVIDER, error.to_string(), "correct SMARTVPS_*"),
    };
    let start = Instant::now();
    let list = match adapter.packages().await {
        Ok(listing) => List::of(listing.rows),
        Err(fault) => return no_list(&fault),
    };
    let took_ms = start.elapsed().as_millis();
    let active = list.rows().iter().filter(|row| row.active).count();
    let packages = count(list.rows().len(), "package", "packages");
    let found = format!("SmartVPS at {} lists {packages} in {took_ms} ms", from.base_url);
    match (active, is_open_road(&from.base_url)) {
        (0, _) => {
            let remedy = "ask SmartVPS: until one is active there is nothing to sell";
            Check::warn(PROVIDER, format!("{found}, none of them active"), remedy)
        }
        (_, true) => {
            let remedy = "set SMARTVPS_BASE_URL to an https:// address";
            Check::warn(PROVIDER, format!("{found}; our password travels unprotected"), remedy)
        }
        (_, false) => Check::good(PROVIDER, format!("{found}, {active} active")),
    }
}

/// Without TLS, and not on this machine.
fn is_open_road(address: &str) -> bool {
    let Ok(url) = url::Url::parse(address) else { return false };
    let here = match url.host() {
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    };
    url.scheme() == "http" && !here
}

fn no_list(fault: &Fault) -> Check {
    let found = fault.to_string();
    match fault {
        Fault::Unreachable { .. } | Fault::TimedOut { .. } => {
            let remedy = "check SMARTVPS_BASE_URL and this machine's network; it may pass";
            Check::away(PROVIDER, found, remedy)
        }
        Fault::Unauthorized { .. } => {
            Check::fail(PROVIDER, found, "correct SMARTVPS_USERNAME and SMARTVPS_PASSWORD")
        }
        Fault::Status { status: 500.., .. } => {
            Check::away(PROVIDER, found, "SmartVPS itself is in trouble; try again later")
        }
        Fault::Status { .. } | Fault::Unreadable { .. } => Check::fail(
            PROVIDER,
            found,
            "check SMARTVPS_BASE_URL, SMARTVPS_PREFIX and SMARTVPS_IPSTOCK_METHOD",
        ),
        Fault::Refused { .. } => Check::fail(PROVIDER, found, "ask SmartVPS what it means"),
    }
}

/// How old our picture of the provider is.
pub fn catalogue(health: &Health, settings: &Settings) -> Check {
    const NAME: &str = "catalogue";
    let Some(last) = health.last_sync else {
        let remedy = "run `berth sync`; `berth serve` does it by itself";
        return Check::warn(NAME, "never synced: there is nothing to sell", remedy);
    };
    let age = health.now.since(last);
    let found = format!("synced {} ago", told::duration(age));
    let valid_for = wire::limits(settings, "").reading_valid_for();
    match age <= valid_for {
        true => Check::good(NAME, found),
        false => Check::warn(
            NAME,
            format!("{found}: too old to sell from"),
            "start `berth serve`, which syncs by itself, or run `berth sync`",
        ),
    }
}

/// Each gateway that has an account.
pub async fn gateways(settings: &Settings) -> Vec<Check> {
    let built = match wire::gateways(settings) {
        Ok(built) => built,
        Err(error) => {
            return vec![Check::fail(GATEWAY, error.to_string(), "correct its settings")];
        }
    };
    let mut checks = Vec::new();
    for account in &settings.gateways.accounts {
        let kind = account.gateway();
        let adapter = built.iter().find(|adapter| adapter.name() == kind.name());
        checks.push(match adapter {
            Some(adapter) => reach(&**adapter, kind).await,
            None => Check::warn(
                GATEWAY,
                format!("{}: this version cannot take money through it", kind.name()),
                "it is not offered; until then staff mark orders as paid",
            ),
        });
    }
    if checks.is_empty() {
        let found = "none: customers cannot pay by themselves";
        let remedy = "staff mark orders as paid, or give a gateway's settings (`berth config`)";
        checks.push(Check::warn(GATEWAY, found, remedy));
    }
    checks
}

/// Asks for a payment that does not exist: nothing is created by that.
async fn reach(adapter: &dyn Gateway, kind: Kind) -> Check {
    let name = kind.name();
    let asked = Asked {
        payment: "berth-doctor".to_owned(),
        gateway_order: None,
        created_at: Machine.now(),
    };
    let start = Instant::now();
    match adapter.poll(&asked).await {
        Ok(_) if kind == Kind::Simulated => Check::warn(
            GATEWAY,
            format!(
                "{name}: answers in {} ms, and takes no real money",
                start.elapsed().as_millis()
            ),
            "good for a demo; a real shop needs another",
        ),
        Ok(_) => {
            Check::good(GATEWAY, format!("{name}: answers in {} ms", start.elapsed().as_millis()))
        }
        Err(fault @ payment::Fault::Unreachable { .. }) => {
            let remedy = "check its base URL and this machine's network; it may pass";
            Check::away(GATEWAY, fault.to_string(), remedy)
        }
        Err(fault @ payment::Fault::Unusable { .. }) => {
            Check::fail(GATEWAY, fault.to_string(), "check its base URL and its keys")
        }
    }
}

/// Speaks to the mail server as far as a mail's first word. Nothing is sent.
pub async fn mail(settings: &Settings, health: Option<&Health>) -> Check {
    const NAME: &str = "mail";
    let unsent = health.map_or(0, |health| usize::try_from(health.unsent_mails).unwrap_or(0));
    let waiting = format!("{} waiting", count(unsent, "mail", "mails"));
    let post = match wire::post(settings) {
        Ok(Some(post)) => post,
        Ok(None) => {
            let remedy = "set BERTH_SMTP_URL and BERTH_MAIL_FROM: what waits is sent then";
            return Check::warn(NAME, format!("no mail server is set; {waiting}"), remedy);
        }
        Err(error) => return Check::fail(NAME, error.to_string(), "correct BERTH_SMTP_URL"),
    };
    let start = Instant::now();
    match post.look().await {
        Ok(()) => {
            let took_ms = start.elapsed().as_millis();
            Check::good(NAME, format!("the mail server answers in {took_ms} ms; {waiting}"))
        }
        Err(trouble @ Trouble::Away(_)) => {
            let remedy = "check BERTH_SMTP_URL and this machine's network; mail waits meanwhile";
            Check::away(NAME, format!("{trouble}; {waiting}"), remedy)
        }
        Err(trouble @ Trouble::Unusable(_)) => {
            let remedy = "check user, password and scheme of BERTH_SMTP_URL";
            Check::fail(NAME, format!("{trouble}; {waiting}"), remedy)
        }
    }
}

/// Each chat and webhook of staff: whether anybody is there. Nothing is sent.
pub async fn chats(settings: &Settings) -> Vec<Check> {
    const NAME: &str = "alert targets";
    let noticing = match wire::noticing(settings) {
        Ok(Some(noticing)) => noticing,
        Ok(None) => return Vec::new(),
        Err(error) => {
            return vec![Check::fail(NAME, error.to_string(), "correct BERTH_ALERT_URLS")];
        }
    };
    let mut checks = Vec::new();
    for target in &noticing.targets {
        let label = target.label();
        let answer = match target.look() {
            Ok(look) => noticing.carrier.exchange(look).await.map_err(Silence::reason),
            Err(error) => Err(error.to_string()),
        };
        checks.push(match answer {
            // A door that answers is open; what it says to whoever sends nothing means nothing.
            Ok(_) => Check::good(NAME, format!("{label} answers")),
            Err(reason) => {
                let remedy = "check BERTH_ALERT_URLS and this machine's network; alerts wait a day";
                Check::away(NAME, format!("{label}: {reason}"), remedy)
            }
        });
    }
    checks
}

/// Orders that wait for a person to deliver them; nothing where nobody waits.
pub fn by_hand(health: &Health) -> Option<Check> {
    const NAME: &str = "by hand";
    let Waiting { orders, overdue, .. } = health.by_hand;
    let orders = usize::try_from(orders).ok().filter(|orders| *orders > 0)?;
    let found = format!("{} for a person to deliver", count(orders, "order waits", "orders wait"));
    Some(match overdue {
        0 => Check::good(NAME, found),
        overdue => {
            let remedy = "deliver what is overdue: /admin lists it by its due time";
            Check::warn(NAME, format!("{found}, {overdue} overdue"), remedy)
        }
    })
}

/// What can be set and is not built yet: said rather than passed over.
pub fn not_yet(settings: &Settings) -> Vec<Check> {
    let mut checks = Vec::new();
    if !settings.alert.mails().is_empty() && settings.mail.smtp_url.is_none() {
        let found = "alerts are to go by mail, and no mail server is set";
        checks.push(Check::warn("alert targets", found, "set BERTH_SMTP_URL"));
    }
    if !settings.tax.rate.is_zero() {
        let found = "tax is put on prices, and this version writes no invoices";
        checks.push(Check::warn("tax", found, "write them elsewhere for now"));
    }
    checks
}

/// What people, and the program itself, have stopped.
pub fn switches(health: &Health, settings: &Settings) -> Vec<Check> {
    let mut checks = Vec::new();
    if let Some(why) = &health.latched {
        let found = format!("forbidden, and refunds too: {why}");
        let remedy = "compare with SmartVPS and the gateways, then `berth unlatch --reason …`";
        checks.push(Check::warn("purchases", found, remedy));
    }
    if let Some(why) = &health.provider_paused {
        let found = format!("SmartVPS is paused: {why}");
        checks.push(Check::warn("purchases", found, "resume it in the admin area"));
    }
    if let Some(why) = &health.selling_stopped {
        let found = format!("stopped: {why}");
        checks.push(Check::warn("selling", found, "start it in the admin area"));
    }
    if checks.is_empty() {
        checks.push(Check::good("switches", "orders are taken and servers are bought"));
    }
    if health.open_alerts > 0 {
        let found = count(
            usize::try_from(health.open_alerts).unwrap_or(usize::MAX),
            "open alert",
            "open alerts",
        );
        let admin = format!("read in {}/admin", settings.app_url(settings.server.listen));
        checks.push(Check::warn("alerts", found, admin));
    }
    checks
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use domain::clock::Timestamp;

    use super::super::State;
    use super::*;
    use crate::config::Given;

    fn settings(given: &[(&str, &str)]) -> Settings {
        let env = given.iter().map(|(name, value)| ((*name).to_owned(), (*value).into()));
        let home = [("HOME".to_owned(), "/srv/ada".into())];
        Given::of(env.chain(home)).settle().unwrap().settings
    }

    fn health() -> Health {
        Health {
            now: Timestamp::from_millis(1_790_000_000_000),
            master_key_fits: Some(true),
            last_sync: None,
            provider_paused: None,
            selling_stopped: None,
            latched: None,
            open_alerts: 0,
            unsent_mails: 0,
            by_hand: Waiting::default(),
        }
    }

    #[test]
    fn a_password_should_not_travel_an_open_road() {
        assert!(is_open_road("http://smartvps.example"));
        for address in ["https://smartvps.example", "http://127.0.0.1:9", "http://localhost"] {
            assert!(!is_open_road(address), "{address}");
        }
    }

    #[test]
    fn a_fault_that_may_pass_is_told_from_one_that_stays() {
        let provider = "SmartVPS";
        let state = |fault: Fault| no_list(&fault).state;
        let reason = || "refused".to_owned();
        assert_eq!(state(Fault::Unreachable { provider, reason: reason() }), State::Away);
        assert_eq!(state(Fault::Status { provider, status: 502, text: reason() }), State::Away);
        assert_eq!(state(Fault::Status { provider, status: 404, text: reason() }), State::Fail);
        assert_eq!(state(Fault::Unauthorized { provider, status: 401 }), State::Fail);
    }

    #[test]
    fn an_old_catalogue_is_told_with_its_age() {
        let account = [("SMARTVPS_USERNAME", "ada"), ("SMARTVPS_PASSWORD", "hunter2")];
        let settings = settings(&account);
        assert_eq!(catalogue(&health(), &settings).state, State::Warn);
        let synced = |minutes: u64| {
            let now = health().now;
            let last_sync = Some(now - Duration::from_secs(60 * minutes));
            catalogue(&Health { last_sync, ..health() }, &settings)
        };
        assert_eq!((synced(3).state, synced(3).found.as_str()), (State::Good, "synced 3 min ago"));
        assert_eq!(synced(16).state, State::Warn);
    }

    #[test]
    fn what_is_set_and_has_no_effect_is_said() {
        let names = |given: &[(&str, &str)]| {
            let checks = not_yet(&settings(given)).into_iter();
            checks.filter(|check| check.state == State::Warn).map(|c| c.name).collect::<Vec<_>>()
        };
        assert_eq!(names(&[]), Vec::<&str>::new());
        let given = [
            ("BERTH_SMTP_URL", "smtp://mail.example.com"),
            ("BERTH_MAIL_FROM", "shop@example.com"),
            ("BERTH_ALERT_URLS", "mailto:ops@example.com,slack:T0/B0/x"),
            ("BERTH_TAX_RATE", "18"),
        ];
        assert_eq!(names(&given), ["tax"]);
        assert_eq!(names(&[("BERTH_ALERT_URLS", "mailto:ops@example.com")]), ["alert targets"]);
    }

    #[test]
    fn who_waits_for_a_person_is_told_and_who_waits_too_long_warns() {
        assert!(by_hand(&health()).is_none());
        let waiting = |orders, overdue| {
            let by_hand = Waiting { orders, overdue, next_due: None };
            Health { by_hand, ..health() }
        };
        let told = |orders, overdue| by_hand(&waiting(orders, overdue)).unwrap();
        assert_eq!((told(1, 0).state, told(3, 2).state), (State::Good, State::Warn));
        assert!(
            told(3, 2).found.contains("3 orders wait") && told(3, 2).found.contains("2 overdue")
        );
    }

    #[tokio::test]
    async fn mail_is_looked_at_as_it_would_leave() {
        let waiting = Health { unsent_mails: 3, ..health() };
        let none = mail(&settings(&[]), Some(&waiting)).await;
        assert_eq!(none.state, State::Warn);
        assert!(none.found.contains("3 mails waiting"), "{}", none.found);
        let catcher = sim::mail::Catcher::start().await.unwrap();
        let smtp = catcher.smtp_url();
        let given = [("BERTH_SMTP_URL", smtp.as_str()), ("BERTH_MAIL_FROM", "shop@example.com")];
        let settings = settings(&given);
        assert_eq!(mail(&settings, None).await.state, State::Good);
        catcher.doorway(sim::mail::Doorway::Refuse).await;
        assert_eq!(mail(&settings, None).await.state, State::Away);
        assert_eq!(catcher.counts().tries, 0, "nothing is sent");
    }

    #[tokio::test]
    async fn a_chat_is_looked_at_and_told_nothing() {
        let secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3";
        let chats = sim::chat::Chats::start(secret).await.unwrap();
        let target = chats.target(sim::chat::Channel::Webhook);
        let settings = settings(&[("BERTH_ALERT_URLS", target.as_str())]);
        let found = super::chats(&settings).await;
        assert_eq!((found.len(), found[0].state), (1, State::Good), "{}", found[0].found);
        chats.doorway(sim::mail::Doorway::Refuse).await;
        let found = super::chats(&settings).await;
        assert_eq!(found[0].state, State::Away);
        assert!(found[0].found.starts_with("webhook 127.0.0.1: "), "{}", found[0].found);
        assert_eq!(chats.counts().tries, 0, "nothing is sent");
    }

    #[test]
    fn what_was_stopped_is_told_with_its_reason() {
        let settings = settings(&[]);
        assert_eq!(switches(&health(), &settings)[0].state, State::Good);
        let latched =
            Health { latched: Some("restored from a copy".to_owned()), open_alerts: 2, ..health() };
        let checks = switches(&latched, &settings);
        assert!(checks[0].found.contains("restored from a copy"));
        assert_eq!(checks[1].found, "2 open alerts");
        assert!(checks.iter().all(|check| check.state == State::Warn));
    }
}
