//! Problems as people see them: a browser that asked for a page gets one, with the same words and
//! the same status; whoever must sign in first is led there and back.
//! Programs get the problem document that the handlers made.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use engine::permission::Visitor;
use http::{HeaderMap, Method, StatusCode, Uri, header};

use crate::account::prove;
use crate::app::Shop;
use crate::auth;
use crate::headers::REQUEST_ID;
use crate::language::Language;
use crate::page::{self, frame};
use crate::paths;
use crate::problem::Problem;
use crate::requests::WATCHES;
use crate::view::sorry::Sorry;
use crate::view::{Frame, Here};

/// Stands around everything else, so that also what is not found is dressed.
pub(crate) async fn dressed(State(shop): State<Shop>, request: Request, next: Next) -> Response {
    if !is_for_eyes(&request) {
        return next.run(request).await;
    }
    let asked = Asked {
        method: request.method().clone(),
        uri: request.uri().clone(),
        token: auth::session_token(request.headers()),
        browser: page::read_in(request.headers()),
    };
    let mut response = next.run(request).await;
    match response.extensions_mut().remove::<Problem>() {
        Some(problem) => asked.shown(&shop, &problem, response).await,
        None => response,
    }
}

/// Whether a person in a browser waits for the answer.
fn is_for_eyes(request: &Request) -> bool {
    let path = request.uri().path();
    !path.starts_with("/api/") && !WATCHES.contains(&path) && takes_html(request.headers())
}

fn takes_html(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    accepted.into_iter().any(|accepted| accepted.contains("text/html"))
}

struct Asked {
    method: Method,
    uri: Uri,
    token: Option<engine::secret::Secret>,
    browser: Language,
}

impl Asked {
    async fn shown(&self, shop: &Shop, problem: &Problem, mut response: Response) -> Response {
        if problem.slug() == "unauthenticated" {
            let wanted = self.uri.path_and_query().map_or("", |wanted| wanted.as_str());
            let back = if self.method == Method::GET { wanted } else { "" };
            return with_headers_of(response, page::on_to(&paths::login(back)));
        }
        if problem.slug() != "overloaded" {
            // Where it cannot be asked for, what was known of it is shown.
            _ = shop.engine().brand().await;
        }
        let visitor = match &self.token {
            // Whoever is turned away is asked nothing, least of all of the database.
            _ if problem.slug() == "overloaded" => Visitor::Nobody,
            Some(token) => shop.engine().who(token).await.unwrap_or(Visitor::Nobody),
            None => Visitor::Nobody,
        };
        // What staff read is English.
        let language = match self.is_staffs() {
            true => Language::default(),
            false => page::read_by(visitor.account(), self.browser),
        };
        if let Some(sent) = response.extensions_mut().remove::<prove::Sent>() {
            return match prove::ask(shop, (&visitor, language), &self.uri, sent).await {
                Ok(page) => with_headers_of(response, page),
                Err(_) => response,
            };
        }
        let number = response.headers().get(REQUEST_ID).and_then(|number| number.to_str().ok());
        // Kinds have names in the first language alone.
        let title = match language.is_first() {
            true => problem.title().to_owned(),
            false => language.say("problem-title"),
        };
        let sorry = Sorry {
            frame: Frame { language, ..frame(shop, &visitor, &title, Here::Elsewhere) },
            status: problem.status().as_u16(),
            title,
            detail: language.refusal(problem.slug(), problem.detail()),
            more: Some(format!("/problems/{}", problem.slug())),
            next: self.next(problem.status(), language),
            request: number.unwrap_or_default().to_owned(),
        };
        match page::show_as(problem.status(), &sorry) {
            Ok(page) => with_headers_of(response, page),
            Err(_) => response,
        }
    }

    /// Where to go on from here.
    fn next(&self, status: StatusCode, language: Language) -> (String, String) {
        if status.is_server_error() && self.method == Method::GET {
            return (self.uri.path().to_owned(), language.say("return-again"));
        }
        if self.is_staffs() {
            return (paths::STAFF.to_owned(), "To the staff's page".to_owned());
        }
        (paths::SHOP.to_owned(), language.say("go-shop"))
    }

    fn is_staffs(&self) -> bool {
        self.uri.path().starts_with("/admin")
    }
}

/// The page in place of the document, with the headers that every answer has.
fn with_headers_of(plain: Response, mut page: Response) -> Response {
    for (name, value) in plain.headers() {
        if *name != header::CONTENT_LENGTH && *name != header::WWW_AUTHENTICATE {
            page.headers_mut().entry(name).or_insert_with(|| value.clone());
        }
    }
    page
}
