//! What handlers of pages share: who looks, the frame, forms, and the ways out of a deed.
//! Not for what a page shows: that is in `view`, and how it looks in `templates`.

use std::sync::Arc;

use askama::Template;
use axum::body::{Body, Bytes};
use axum::extract::{Form, FromRequest, FromRequestParts, Request};
use axum::response::{Html, IntoResponse, Response};
use engine::cart::Whose;
use engine::permission::{AccountRef, Visitor};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::sync::Semaphore;

use crate::app::Shop;
use crate::auth;
use crate::cart;
use crate::demo::Demo;
use crate::headers::NO_STORE;
use crate::language::Language;
use crate::paths;
use crate::problem::Problem;
use crate::view::when::Zone;
use crate::view::{Acting, Frame, Here, Powers, Said, SignedIn};

/// So many pages move at once in one process; whoever comes later reloads.
const MOVING_MAX: usize = 2_000;

/// How the shop's pages are: in which time zone, and whether the world outside is simulated.
#[derive(Clone)]
pub struct Look {
    pub zone: Zone,
    /// Only where the world outside is simulated.
    pub demo: Option<Demo>,
    moving: Arc<Semaphore>,
}

impl Look {
    pub fn new(zone: Zone, demo: Option<Demo>) -> Look {
        Look { zone, demo, moving: Arc::new(Semaphore::new(MOVING_MAX)) }
    }

    /// The right to move a page.
    pub(crate) fn moving(&self) -> Arc<Semaphore> {
        self.moving.clone()
    }
}

impl Default for Look {
    fn default() -> Look {
        Look::new(Zone::default(), None)
    }
}

/// Which part of a list is wanted: the first, or what stands behind one of its rows.
#[derive(Debug, Deserialize)]
pub(crate) struct Behind {
    pub after: Option<String>,
}

/// Whoever looks at a page, signed in or not. A session that has ended is nobody's.
pub(crate) struct Looking(pub Visitor);

impl Looking {
    pub fn account(&self) -> Option<&AccountRef> {
        self.0.account()
    }
}

impl FromRequestParts<Shop> for Looking {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, shop: &Shop) -> Result<Looking, Problem> {
        if let Some(found @ Visitor::Account(_)) = parts.extensions.get::<Visitor>() {
            return Ok(Looking(found.clone()));
        }
        Ok(Looking(match auth::session_token(&parts.headers) {
            Some(token) => shop.engine().who(&token).await?,
            None => Visitor::Nobody,
        }))
    }
}

/// The frame of a page: who looks, where they are, and what the deed before came to.
pub(crate) struct Around {
    pub looking: Looking,
    /// Whose cart it is that goes along; nobody's yet where a visitor has put nothing into one.
    pub cart: Option<Whose>,
    in_cart: i64,
    said: Option<Said>,
    language: Language,
    at: String,
}

impl FromRequestParts<Shop> for Around {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, shop: &Shop) -> Result<Around, Problem> {
        let said = parts.uri.query().and_then(|query| {
            let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            pairs.find(|(name, _)| *name == SAID).and_then(|(_, word)| Said::parse(word))
        });
        // Frames show what is known of it from here on.
        shop.engine().brand().await?;
        let looking = Looking::from_request_parts(parts, shop).await?;
        let cart = cart::whose(&looking.0, &parts.headers);
        let in_cart = match &cart {
            Some(whose) => shop.engine().count_cart(whose).await?,
            None => 0,
        };
        let language = read_by(looking.account(), read_in(&parts.headers));
        Ok(Around { looking, cart, in_cart, said, language, at: at(parts) })
    }
}

/// What a browser is for: the language that was chosen in it, else the one that it likes best.
pub(crate) fn read_in(headers: &HeaderMap) -> Language {
    auth::language(headers).or_else(|| Language::liked(headers)).unwrap_or_default()
}

/// What somebody reads: what they chose for their account, else what their browser is for.
pub(crate) fn read_by(account: Option<&AccountRef>, browser: Language) -> Language {
    let chosen = account.and_then(|account| account.language.as_deref());
    chosen.and_then(Language::of).unwrap_or(browser)
}

/// What whoever asks reads, for what has no frame around it.
pub(crate) struct Reads(pub Language);

impl FromRequestParts<Shop> for Reads {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, shop: &Shop) -> Result<Reads, Problem> {
        let looking = Looking::from_request_parts(parts, shop).await?;
        Ok(Reads(read_by(looking.account(), read_in(&parts.headers))))
    }
}

/// Where a page is seen again: its address without what was said on it. What answers a form is not
/// seen again by its address.
fn at(parts: &Parts) -> String {
    let path = parts.uri.path();
    let pairs = parts.uri.query().unwrap_or_default().split('&');
    let kept: Vec<&str> = pairs.filter(|pair| !pair.starts_with("said=")).collect();
    match (parts.method == http::Method::GET, kept.join("&")) {
        (false, _) => paths::SHOP.to_owned(),
        (true, query) if query.is_empty() => path.to_owned(),
        (true, query) => format!("{path}?{query}"),
    }
}

impl Around {
    pub fn frame(&self, shop: &Shop, title: impl Into<String>, here: Here) -> Frame {
        let Around { looking: Looking(visitor), said, in_cart, .. } = self;
        Frame { said: *said, in_cart: *in_cart, ..frame(shop, visitor, title, here) }
    }

    /// What whoever looks reads.
    pub fn language(&self) -> Language {
        self.language
    }

    /// The frame of a page that speaks every language; `title` is the key of its title.
    pub fn spoken(&self, shop: &Shop, title: &str, here: Here) -> Frame {
        self.titled(shop, self.language.say(title), here)
    }

    /// The same, where the title is put together, or is the same in every language.
    pub fn titled(&self, shop: &Shop, title: impl Into<String>, here: Here) -> Frame {
        let (language, at) = (self.language, Some(self.at.clone()));
        Frame { language, at, ..self.frame(shop, title, here) }
    }
}

/// A frame for somebody whom no deed led here.
pub(crate) fn frame(shop: &Shop, visitor: &Visitor, title: impl Into<String>, here: Here) -> Frame {
    let look = &shop.app().look;
    let signed_in = visitor.account().map(|account| SignedIn {
        name: if account.name.is_empty() { account.email.clone() } else { account.name.clone() },
        email: account.email.clone(),
        is_verified: account.verified,
        powers: Powers::of_visitor(visitor),
    });
    let frame = Frame {
        title: title.into(),
        here,
        brand: shop.engine().brand_known(),
        signed_in,
        acting: None,
        in_cart: 0,
        demo: look.demo.is_some(),
        said: None,
        reload_s: None,
        zone: look.zone.clone(),
        now: shop.engine().now(),
        language: Language::default(),
        at: None,
        listed: None,
    };
    let seen = visitor.account().and_then(|account| {
        let until = frame.time(account.acting.as_ref()?.until);
        Some(Acting { email: account.email.clone(), until })
    });
    Frame { acting: seen, ..frame }
}

/// The parameter that says what the deed before came to.
const SAID: &str = "said";

/// Shows a page. It is about one person, or about now: nobody keeps it.
pub(crate) fn show(page: &impl Template) -> Result<Response, Problem> {
    show_as(StatusCode::OK, page)
}

pub(crate) fn show_as(status: StatusCode, page: &impl Template) -> Result<Response, Problem> {
    let html = rendered(page)?;
    Ok((status, [(header::CACHE_CONTROL, NO_STORE)], Html(html)).into_response())
}

/// Shows a page that says why something was refused, with the refusal's own status.
pub(crate) fn show_refused(why: engine::Error, page: &impl Template) -> Result<Response, Problem> {
    let problem = Problem::from(why);
    let mut response = show_as(problem.status(), page)?;
    if let Some(seconds) = problem.retry_after_s() {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    Ok(response)
}

pub(crate) fn rendered(page: &impl Template) -> Result<String, Problem> {
    page.render().map_err(|error| {
        tracing::error!("a page cannot be put together: {error}");
        Problem::internal()
    })
}

/// After a deed: on to a page, so that a reload does nothing twice.
pub(crate) fn on_to(path: &str) -> Response {
    let Ok(location) = HeaderValue::from_str(path) else {
        return Problem::internal().into_response();
    };
    (StatusCode::SEE_OTHER, [(header::LOCATION, location), (header::CACHE_CONTROL, NO_STORE)])
        .into_response()
}

/// After a deed: on to a page that says what came of it.
pub(crate) fn on_to_say(path: &str, said: Said) -> Response {
    on_to(&paths::with_query(path, [(SAID, said.word())]))
}

/// Once more with the same form, to another address.
pub(crate) fn again_at(path: &str) -> Response {
    let mut response = on_to(path);
    if response.status() == StatusCode::SEE_OTHER {
        *response.status_mut() = StatusCode::TEMPORARY_REDIRECT;
    }
    response
}

/// A form that was sent.
pub(crate) struct Posted<T>(pub T);

impl<T, S> FromRequest<S> for Posted<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Posted<T>, Problem> {
        let (parts, body) = request.into_parts();
        let bytes = Bytes::from_request(Request::from_parts(parts.clone(), body), state)
            .await
            .map_err(|_| Problem::malformed("the form broke off; send it again"))?;
        if bytes.windows(3).any(|three| three == b"%00") || bytes.contains(&0) {
            return Err(Problem::malformed("a field holds the character NUL; leave it out"));
        }
        let request = Request::from_parts(parts, Body::from(bytes));
        let Form(read) = Form::<T>::from_request(request, state).await.map_err(|why| {
            let text = why.body_text();
            let text = text.split_once(": ").map_or(text.as_str(), |(_, rest)| rest);
            Problem::malformed(format!("the form does not fit: {text}; go back and send it again"))
        })?;
        Ok(Posted(read))
    }
}

/// A key that no other form has, so that a form that is sent twice counts once.
pub(crate) fn new_key(shop: &Shop) -> String {
    let mut random = [0; 12];
    shop.app().chance.fill(&mut random);
    hex::encode(random)
}

/// A sentence as people begin one.
pub(crate) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect::<String>().trim_end_matches('.').to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_begins_large_and_ends_once() {
        assert_eq!(sentence("the order is gone."), "The order is gone");
        assert_eq!(sentence(""), "");
    }
}
