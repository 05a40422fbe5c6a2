//! Who sent a request: a program with a key, a browser with a session, or nobody.
//! Not for what they may do: each route asks that at its gate.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts, Request};
use domain::clock::Timestamp;
use engine::Engine;
use engine::Error;
use engine::cart::VISITORS_CART_LASTS;
use engine::permission::{AccountRef, Act, Visitor};
use engine::secret::Secret;
use engine::session::{LASTS_MAX, SignedIn, TICKET_LASTS};
use http::request::Parts;
use http::{Extensions, HeaderMap, HeaderValue, header};

use crate::language::Language;
use crate::problem::Problem;
use crate::proxies::Proxies;

const COOKIE: &str = "berth_session";
/// Between the two steps of signing in.
const TICKET: &str = "berth_ticket";
/// What finds the cart of somebody who is not signed in.
const CART: &str = "berth_cart";
/// What somebody chose to read.
const LANGUAGE: &str = "berth_language";
/// A year.
const LANGUAGE_LASTS_S: u64 = 365 * 24 * 3_600;
const AGENT_MAX: usize = 300;

/// Looks at what a request shows of its sender. A key that is not in force is refused; a session
/// that has ended is nobody's.
pub(crate) async fn visitor(engine: &Engine, headers: &HeaderMap) -> Result<Visitor, Problem> {
    if let Some(shown) = headers.get(header::AUTHORIZATION) {
        let key = shown.to_str().ok().and_then(bearer).ok_or_else(|| {
            Problem::new("unauthenticated", "send the header as `Authorization: Bearer <api key>`")
        })?;
        return Ok(engine.who_by_key(&Secret::new(key)).await?);
    }
    match session_token(headers) {
        Some(token) => Ok(engine.who(&token).await?),
        None => Ok(Visitor::Nobody),
    }
}

fn bearer(shown: &str) -> Option<&str> {
    let (scheme, key) = shown.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
}

/// What the browser keeps of a session.
pub(crate) fn session_token(headers: &HeaderMap) -> Option<Secret> {
    kept(headers, COOKIE)
}

/// What the browser keeps of a right password, until it shows a code.
pub(crate) fn ticket(headers: &HeaderMap) -> Option<Secret> {
    kept(headers, TICKET)
}

/// What the browser keeps of a visitor's cart.
pub(crate) fn cart_token(headers: &HeaderMap) -> Option<Secret> {
    kept(headers, CART)
}

/// The language that somebody chose for their browser.
pub(crate) fn language(headers: &HeaderMap) -> Option<Language> {
    kept(headers, LANGUAGE).and_then(|code| Language::of(code.expose()))
}

/// The cookie that keeps the language.
pub(crate) fn language_cookie(language: Language, secure: bool) -> Option<HeaderValue> {
    set_cookie(LANGUAGE, language.code(), LANGUAGE_LASTS_S, secure)
}

fn kept(headers: &HeaderMap, wanted: &str) -> Option<Secret> {
    let texts = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = texts.flat_map(|text| text.split(';')).filter_map(|pair| pair.split_once('='));
    pairs.find(|(name, _)| name.trim() == wanted).map(|(_, token)| Secret::new(token.trim()))
}

/// The cookie of a session that has begun.
pub(crate) fn cookie(session: &SignedIn, now: Timestamp, secure: bool) -> Option<HeaderValue> {
    let seconds = session.expires_at.since(now).as_secs();
    set_cookie(COOKIE, session.token.expose(), seconds, secure)
}

/// The cookie of a session whose token is another one now. The session itself knows when it ends.
pub(crate) fn renewed_cookie(token: &Secret, secure: bool) -> Option<HeaderValue> {
    set_cookie(COOKIE, token.expose(), LASTS_MAX.as_secs(), secure)
}

/// The cookie that lets a browser show a code.
pub(crate) fn ticket_cookie(ticket: &Secret, secure: bool) -> Option<HeaderValue> {
    set_cookie(TICKET, ticket.expose(), TICKET_LASTS.as_secs(), secure)
}

pub(crate) fn no_ticket_cookie(secure: bool) -> Option<HeaderValue> {
    set_cookie(TICKET, "", 0, secure)
}

/// The cookie that finds a visitor's cart.
pub(crate) fn cart_cookie(cart: &Secret, secure: bool) -> Option<HeaderValue> {
    set_cookie(CART, cart.expose(), VISITORS_CART_LASTS.as_secs(), secure)
}

pub(crate) fn no_cart_cookie(secure: bool) -> Option<HeaderValue> {
    set_cookie(CART, "", 0, secure)
}

/// The cookie that makes a browser forget its session.
pub(crate) fn no_cookie(secure: bool) -> Option<HeaderValue> {
    set_cookie(COOKIE, "", 0, secure)
}

fn set_cookie(name: &str, token: &str, seconds: u64, secure: bool) -> Option<HeaderValue> {
    let secure = if secure { "; Secure" } else { "" };
    let text = format!("{name}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    let mut value = HeaderValue::from_str(&text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// The account behind a request, as its gate has found it.
pub(crate) struct Me(pub AccountRef);

impl<S: Sync> FromRequestParts<S> for Me {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Me, Problem> {
        let account = match parts.extensions.get::<Visitor>() {
            Some(Visitor::Account(account)) => Some(account.clone()),
            Some(Visitor::Nobody) | None => None,
        };
        account.map(Me).ok_or_else(|| engine::Error::Unauthenticated.into())
    }
}

/// Whoever comes, as their gate has found them: with an account or without.
pub(crate) struct Anybody(pub Visitor);

impl<S: Sync> FromRequestParts<S> for Anybody {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Anybody, Problem> {
        Ok(Anybody(parts.extensions.get::<Visitor>().cloned().unwrap_or(Visitor::Nobody)))
    }
}

impl Me {
    /// How this person is named in the audit.
    pub fn actor(&self) -> &str {
        self.0.actor()
    }

    /// Insists on a further act, beside the one that the route asks.
    pub fn must(&self, act: Act) -> Result<(), Problem> {
        Visitor::Account(self.0.clone()).must(act).map_err(Problem::from)?;
        Ok(())
    }

    pub fn may(&self, act: Act) -> bool {
        Visitor::Account(self.0.clone()).may(act).is_ok()
    }

    /// Of a deed of which it is found only on the way whether it gives value: as `must`, once the
    /// engine has said that it does.
    pub fn must_to_give(&self, error: Error) -> Problem {
        match (&error, self.must(Act::RemedyValue)) {
            (Error::Forbidden(_), Err(problem)) if self.may(Act::RemedyValue) => problem,
            _ => error.into(),
        }
    }
}

/// From where a request came, as far as throttles and the audit care.
pub(crate) struct Caller {
    pub address: IpAddr,
    pub agent: String,
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Caller, Problem> {
        let agent = parts.headers.get(header::USER_AGENT);
        let agent = agent.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        let agent = agent.unwrap_or_default().chars().take(AGENT_MAX).collect();
        Ok(Caller { address: address(&parts.extensions), agent })
    }
}

/// Where a request came from, as far as we believe it.
#[derive(Clone, Copy, Debug)]
struct CameFrom(IpAddr);

/// Finds out where a request comes from, once, before anybody asks.
pub(crate) fn note_address(request: &mut Request, proxies: &Proxies) {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let Some(ConnectInfo(peer)) = peer else { return };
    let address = proxies.visitor(peer.ip(), request.headers());
    request.extensions_mut().insert(CameFrom(address));
}

/// The address of whoever asks. All who come without one share a place.
pub(crate) fn address(extensions: &Extensions) -> IpAddr {
    let noted = extensions.get::<CameFrom>();
    noted.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |CameFrom(address)| *address)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: http::HeaderName, values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(&name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn a_session_is_found_among_other_cookies() {
        let token = |values: &[&str]| {
            session_token(&with(header::COOKIE, values)).map(|token| token.expose().to_owned())
        };
        assert_eq!(token(&["a=b; berth_session=abc; c=d"]).as_deref(), Some("abc"));
        assert_eq!(token(&["a=b", "berth_session=abc"]).as_deref(), Some("abc"));
        assert_eq!(token(&["not_berth_session=abc", "berth_session2=x"]), None);
        assert_eq!(token(&[]), None);
    }

    #[test]
    fn a_key_is_read_from_its_header_alone() {
        assert_eq!(bearer("Bearer bk_1"), Some("bk_1"));
        assert_eq!(bearer("bearer  bk_1 "), Some("bk_1"));
        assert_eq!(bearer("Basic YTpi"), None);
        assert_eq!(bearer("bk_1"), None);
    }

    #[test]
    fn a_cookie_cannot_be_read_by_scripts_or_sent_by_other_sites() {
        let value = no_cookie(true).unwrap();
        let text = value.to_str().unwrap();
        for part in ["Path=/", "HttpOnly", "SameSite=Lax", "Max-Age=0", "Secure"] {
            assert!(text.split("; ").any(|found| found == part), "{text}");
        }
        assert!(value.is_sensitive());
    }
}
