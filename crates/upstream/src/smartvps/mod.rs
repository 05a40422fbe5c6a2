//! SmartVPS: one small function per call of theirs, and the log lines that people grep for.
//! Not for their shapes (`wire.rs`) nor for what an answer means (`map.rs`).

use domain::package::Listed;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http::header::{
    ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderValue, USER_AGENT,
};
use http::{Method, Request};
use http_body_util::Full;
use tokio::time::Instant;
use url::Url;

use crate::line::{Dialer, NoLine, Reply, Road, Silent, Terms};
use crate::{
    Abilities, Answer, Described, Fault, Guard, Line, Listing, Meaning, Operation, OperationKind,
    OperationMeaning, Outcome, Purchase, Upstream,
};
use mask::Mask;
pub use settings::{Again, AnswerMax, BadSettings, Refusals, Settings, StockMethod};

mod expiry;
mod map;
mod mask;
mod settings;
mod wire;

#[cfg(test)]
mod tests;

/// The provider's name for people.
const PROVIDER: &str = "SmartVPS";
const PERMIT_HEADER: &str = "x-berth-permit";
const AGENT: &str = concat!("berth/", env!("CARGO_PKG_VERSION"));

/// The account at SmartVPS.
pub struct SmartVps {
    account: Arc<Account>,
}

struct Account {
    dialer: Dialer,
    /// Base address and prefix, without a slash at the end.
    root: Url,
    host: HeaderValue,
    authorization: HeaderValue,
    settings: Kept,
    mask: Mask,
}

/// The settings that are needed after the start; the password is not.
struct Kept {
    ipstock_method: StockMethod,
    refusals: Refusals,
    call_timeout: Duration,
    answer_max: AnswerMax,
}

impl SmartVps {
    /// Checks the settings; calls nobody.
    pub fn new(settings: Settings) -> Result<SmartVps, BadSettings> {
        let dialer = Dialer::new(&settings.base_url, settings.connect_timeout)?;
        SmartVps::with(settings, dialer)
    }

    /// The same by another road than the network.
    pub fn by(settings: Settings, road: Arc<dyn Road>) -> Result<SmartVps, BadSettings> {
        let dialer = Dialer::new(&settings.base_url, settings.connect_timeout)?.by(road);
        SmartVps::with(settings, dialer)
    }

    fn with(settings: Settings, dialer: Dialer) -> Result<SmartVps, BadSettings> {
        let root = root(&settings)?;
        let token = token(&settings)?;
        let mut authorization =
            HeaderValue::try_from(format!("Basic {token}")).map_err(|_| BadSettings::Username)?;
        authorization.set_sensitive(true);
        let account = Account {
            dialer,
            host: host(&root)?,
            root,
            authorization,
            mask: Mask::new([settings.password, token]),
            settings: Kept {
                ipstock_method: settings.ipstock_method,
                refusals: settings.refusals,
                call_timeout: settings.call_timeout,
                answer_max: settings.answer_max,
            },
        };
        Ok(SmartVps { account: Arc::new(account) })
    }
}

fn root(settings: &Settings) -> Result<Url, BadSettings> {
    let mut root = settings.base_url.clone();
    let named = !root.username().is_empty() || root.password().is_some();
    if named || root.query().is_some() || root.fragment().is_some() {
        return Err(BadSettings::BaseUrl);
    }
    let parts: Vec<&str> = settings.prefix.trim().trim_matches('/').split('/').collect();
    let bad = |part: &&str| matches!(*part, "." | "..") || part.contains(['?', '#', '\\', ' ']);
    if parts.iter().any(bad) {
        return Err(BadSettings::Prefix);
    }
    let mut path = root.path_segments_mut().map_err(|()| BadSettings::Prefix)?;
    path.pop_if_empty().extend(parts.into_iter().filter(|part| !part.is_empty()));
    drop(path);
    Ok(root)
}

fn token(settings: &Settings) -> Result<String, BadSettings> {
    if settings.username.contains(|c: char| c == ':' || c.is_control()) {
        return Err(BadSettings::Username);
    }
    Ok(BASE64_STANDARD.encode(format!("{}:{}", settings.username, settings.password)))
}

fn host(root: &Url) -> Result<HeaderValue, BadSettings> {
    let host = root.host_str().ok_or(BadSettings::BaseUrl)?;
    let text = match root.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    };
    HeaderValue::try_from(text).map_err(|_| BadSettings::BaseUrl)
}

/// What a call is about; the log lines of a package or a server are found by it.
#[derive(Clone)]
enum About {
    All,
    Package(String),
    Server(Ipv4Addr),
}

impl About {
    fn package(&self) -> Option<&str> {
        match self {
            About::Package(name) => Some(name),
            About::All | About::Server(_) => None,
        }
    }

    fn address(&self) -> Option<String> {
        match self {
            About::Server(address) => Some(address.to_string()),
            About::All | About::Package(_) => None,
        }
    }
}

/// One request, and how the log names it.
struct Call<'a> {
    /// Their name of the operation.
    op: &'static str,
    method: Method,
    about: About,
    body: Option<Vec<u8>>,
    permit: Option<&'a str>,
}

impl<'a> Call<'a> {
    fn post(op: &'static str, about: About, body: &impl serde::Serialize) -> Call<'a> {
        // Text, numbers and options: there is nothing that could fail to be written.
        let body = serde_json::to_vec(body).unwrap_or_default();
        Call { op, method: Method::POST, about, body: Some(body), permit: None }
    }

    fn with_permit(self, permit: &'a str) -> Call<'a> {
        Call { permit: Some(permit), ..self }
    }
}

impl Account {
    fn request(&self, call: &Call<'_>) -> Result<Request<Full<Bytes>>, http::Error> {
        let path = format!("{}/{}", self.root.path().trim_end_matches('/'), call.op);
        let mut request = Request::builder()
            .method(call.method.clone())
            .uri(path)
            .header(HOST, self.host.clone())
            .header(AUTHORIZATION, self.authorization.clone())
            .header(ACCEPT, "application/json")
            .header(USER_AGENT, AGENT);
        if call.body.is_some() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        let body = call.body.clone().unwrap_or_default();
        if call.method == Method::POST {
            request = request.header(CONTENT_LENGTH, body.len());
        }
        if let Some(permit) = call.permit {
            request = request.header(PERMIT_HEADER, permit);
        }
        request.body(Full::new(Bytes::from(body)))
    }

    /// Sends one call on a silent connection, and tells the log both sides of it.
    async fn ask(&self, silent: Silent, call: &Call<'_>, terms: Terms) -> Reply {
        let request = match self.request(call) {
            Ok(request) => request,
            Err(error) => return Reply::NotSent(format!("not sent: no request: {error}")),
        };
        self.log_request(call);
        let start = Instant::now();
        let reply = silent.ask(request, terms).await;
        self.log_reply(call, &reply, start.elapsed());
        reply
    }

    fn log_request(&self, call: &Call<'_>) {
        let Call { op, method, about, permit, .. } = call;
        let (package, address) = (about.package(), about.address());
        match &call.body {
            // The list is asked for often.
            None => tracing::debug!(op, "[SMARTVPS/HTTP] {method} {op}"),
            Some(body) => {
                let line = format!("[SMARTVPS/HTTP] {method} {op} {}", in_log(body));
                tracing::info!(op, package, address, permit, "{line}");
            }
        }
    }

    fn log_reply(&self, call: &Call<'_>, reply: &Reply, took: Duration) {
        let Call { op, about, permit, .. } = call;
        let (package, address) = (about.package(), about.address());
        let took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        let mut line = match reply {
            Reply::Whole { status, body } => {
                format!("[SMARTVPS/HTTP] {op} {status} {}", self.mask.body(body))
            }
            Reply::NotSent(reason) => format!("[SMARTVPS/HTTP] {op} was not sent: {reason}"),
            Reply::Silence(reason) | Reply::Broken(reason) => {
                format!("[SMARTVPS/HTTP] {op} without a whole answer: {reason}")
            }
        };
        match about {
            About::All => {}
            About::Package(name) => line.push_str(&format!(" (for {name:?})")),
            About::Server(address) => line.push_str(&format!(" (for {address})")),
        }
        match reply {
            Reply::Whole { status: status @ 200, .. } if call.body.is_none() => {
                tracing::debug!(op, status, took_ms, "{line}");
            }
            Reply::Whole { status, .. } => {
                tracing::info!(op, package, address, permit, status, took_ms, "{line}");
            }
            _ => tracing::warn!(op, package, address, permit, took_ms, "{line}"),
        }
    }

    /// Connects and asks one question, which changes nothing.
    async fn question(&self, call: &Call<'_>, body_max: usize) -> Result<Vec<u8>, Fault> {
        let silent = self.dial().await?;
        let terms = Terms::question(self.settings.call_timeout, body_max);
        match self.ask(silent, call, terms).await {
            Reply::Whole { status: 200, body } => Ok(body),
            Reply::Whole { status, body } => Err(map::status_fault(status, &body, &self.mask)),
            Reply::NotSent(reason) => Err(Fault::Unreachable { provider: PROVIDER, reason }),
            Reply::Silence(reason) => Err(Fault::TimedOut { provider: PROVIDER, reason }),
            Reply::Broken(reason) => Err(Fault::Unreadable { provider: PROVIDER, reason }),
        }
    }

    async fn dial(&self) -> Result<Silent, Fault> {
        self.dialer.dial().await.map_err(|NoLine(reason)| {
            tracing::warn!("[SMARTVPS/HTTP] no connection: {reason}");
            Fault::Unreachable { provider: PROVIDER, reason }
        })
    }
}

/// A request's JSON as the log has always had it: `{ ip: "103.181.91", ram: "8" }`.
fn in_log(body: &[u8]) -> String {
    let fields: serde_json::Map<String, serde_json::Value> =
        serde_json::from_slice(body).unwrap_or_default();
    let fields: Vec<String> = fields.iter().map(|(key, value)| format!("{key}: {value}")).collect();
    format!("{{ {} }}", fields.join(", "))
}

#[async_trait]
impl Upstream for SmartVps {
    fn abilities(&self) -> Abilities {
        Abilities { buys_with_os: false, ends_servers: false, lists_servers: false }
    }

    async fn packages(&self) -> Result<Listing, Fault> {
        let method = match self.account.settings.ipstock_method {
            StockMethod::Post => Method::POST,
            StockMethod::Get => Method::GET,
        };
        let call = Call { op: "ipstock", method, about: About::All, body: None, permit: None };
        let raw = self.account.question(&call, self.account.settings.answer_max.ipstock).await?;
        let rows = self.packages_in(&raw)?;
        Ok(Listing { rows, raw })
    }

    fn packages_in(&self, raw: &[u8]) -> Result<Vec<Listed>, Fault> {
        map::packages(raw, &self.account.mask)
    }

    async fn describe(&self, address: Ipv4Addr) -> Result<Described, Fault> {
        let body = wire::Server { ip: address.to_string(), os: None };
        let call = Call::post("status", About::Server(address), &body);
        let body = self.account.question(&call, self.account.settings.answer_max.other).await?;
        map::described(&body, &self.account.mask)
    }

    async fn connect(&self) -> Result<Box<dyn Line>, Fault> {
        let silent = self.account.dial().await?;
        Ok(Box::new(OpenLine { silent, account: self.account.clone() }))
    }

    fn purchase_meaning(&self, answer: &Answer) -> Meaning {
        self.account.purchase_meaning(answer)
    }

    fn purchase_shown(&self, purchase: &Purchase) -> String {
        let body = serde_json::to_string(&bought(purchase));
        let body = body.unwrap_or_else(|error| error.to_string());
        self.account.mask.text(&format!("POST buyvps {body}, {PERMIT_HEADER}: {}", purchase.permit))
    }

    fn answer_shown(&self, answer: &Answer) -> String {
        match answer {
            Answer::Http { status, body } => {
                format!("HTTP {status} {}", self.account.mask.body(body))
            }
            Answer::NotSent { reason } => self.account.mask.text(&format!("not sent: {reason}")),
            Answer::Lost { reason } => {
                self.account.mask.text(&format!("no whole answer: {reason}"))
            }
        }
    }

    fn operation_meaning(&self, answer: &Answer) -> OperationMeaning {
        map::operation_meaning(answer, &self.account.mask)
    }
}

impl Account {
    fn purchase_meaning(&self, answer: &Answer) -> Meaning {
        map::purchase_meaning(answer, &self.settings.refusals, &self.mask)
    }
}

/// What a purchase sends.
fn bought(purchase: &Purchase) -> wire::Buy<'_> {
    wire::Buy { ip: &purchase.package_name, ram: purchase.ram.as_gb().to_string() }
}

/// A silent connection to SmartVPS.
struct OpenLine {
    silent: Silent,
    account: Arc<Account>,
}

impl OpenLine {
    async fn permitted(self, call: &Call<'_>, guard: Guard) -> Answer {
        let terms = Terms::permitted(guard, self.account.settings.answer_max.other);
        self.account.ask(self.silent, call, terms).await.into()
    }
}

#[async_trait]
impl Line for OpenLine {
    async fn buy(self: Box<Self>, purchase: &Purchase, guard: Guard) -> Outcome {
        let about = About::Package(purchase.package_name.clone());
        let call = Call::post("buyvps", about, &bought(purchase)).with_permit(&purchase.permit);
        let account = self.account.clone();
        let answer = self.permitted(&call, guard).await;
        let meaning = account.purchase_meaning(&answer);
        Outcome { answer, meaning }
    }

    async fn operate(self: Box<Self>, operation: &Operation, guard: Guard) -> Answer {
        let os = match operation.kind {
            OperationKind::ChangeOs(os) => Some(map::os_code(os)),
            _ => None,
        };
        let body = wire::Server { ip: operation.address.to_string(), os };
        let call = Call::post(operation.kind.word(), About::Server(operation.address), &body);
        self.permitted(&call.with_permit(&operation.permit), guard).await
    }
}
