//! Who sits there now? Before what is grave whoever signed in long ago proves again who they are.
//! The page that asks keeps what they were about to send, and sends it on once they have.

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request, State};
use axum::response::Response;
use engine::Error;
use engine::permission::{SecondFactor, Visitor};
use engine::secret::Secret;
use http::{StatusCode, Uri, header};

use crate::app::Shop;
use crate::auth::{self, Caller, Me};
use crate::language::Language;
use crate::page::{self, Posted, Reads, frame};
use crate::paths;
use crate::problem::Problem;
use crate::view::account::prove::Prove;
use crate::view::{Field, Frame, Here};

/// What the refused form held, on its way to the page that asks.
#[derive(Clone)]
pub(crate) struct Sent(Bytes);

/// Fields of the page itself, beside those that it keeps.
const TO: &str = "to";
const PROOF: &str = "proof";

/// Whether an answer asks for a fresh proof.
pub(crate) fn is_asked(response: &Response) -> bool {
    let problem = response.extensions().get::<Problem>();
    problem.is_some_and(|problem| problem.slug() == "prove-again")
}

/// An answer that asks for a fresh proof takes along what was sent.
pub(crate) fn with_what_was_sent(mut response: Response, sent: Bytes) -> Response {
    if is_asked(&response) {
        response.extensions_mut().insert(Sent(sent));
    }
    response
}

/// The page that asks.
pub(crate) async fn ask(
    shop: &Shop,
    (visitor, language): (&Visitor, Language),
    to: &Uri,
    Sent(sent): Sent,
) -> Result<Response, Problem> {
    let form = Request::post("/")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(sent))
        .map_err(|_| Problem::internal())?;
    let Posted(mut kept) = Posted::<Vec<(String, String)>>::from_request(form, shop).await?;
    let to = to.path_and_query().map_or(paths::SHOP, |to| to.as_str()).to_owned();
    kept.retain(|(name, _)| name != TO && name != PROOF);
    page::show_as(StatusCode::FORBIDDEN, &blank(shop, (visitor, language), to, kept))
}

fn blank(
    shop: &Shop,
    (visitor, language): (&Visitor, Language),
    to: String,
    kept: Vec<(String, String)>,
) -> Prove {
    let title = language.say("prove-title");
    let frame = Frame { language, ..frame(shop, visitor, title, Here::Elsewhere) };
    let by_code = visitor.account().is_some_and(|me| me.second_factor == SecondFactor::On);
    Prove { frame, proof: Field::default(), by_code, to, kept }
}

/// Takes the proof, and sends on what was kept.
pub(crate) async fn prove(
    State(shop): State<Shop>,
    me: Me,
    Reads(language): Reads,
    Caller { address, .. }: Caller,
    Posted(mut sent): Posted<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let to = taken(&mut sent, TO);
    let to = paths::within(&to).unwrap_or(paths::SHOP).to_owned();
    let proof = Secret::new(taken(&mut sent, PROOF));
    match shop.engine().prove_again(&me.0, &proof, address).await {
        Ok(token) => {
            let token = token.and_then(|token| auth::renewed_cookie(&token, shop.is_secure()));
            let mut response = page::again_at(&to);
            response.headers_mut().extend(token.map(|cookie| (header::SET_COOKIE, cookie)));
            Ok(response)
        }
        Err(error @ (Error::Invalid { .. } | Error::TooMany { .. })) => {
            let text = language.refused(&error);
            let visitor = Visitor::Account(me.0);
            let page = Prove {
                proof: Field::wrong("", text),
                ..blank(&shop, (&visitor, language), to, sent)
            };
            page::show_refused(error, &page)
        }
        Err(error) => Err(error.into()),
    }
}

/// Takes a field out of a form; one that is missing is empty.
fn taken(fields: &mut Vec<(String, String)>, name: &str) -> String {
    let at = fields.iter().position(|(found, _)| found == name);
    at.map_or_else(String::new, |at| fields.remove(at).1)
}
