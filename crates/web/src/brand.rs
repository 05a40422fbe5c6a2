//! The shop's own face: its colours as a style sheet, its picture, and the texts that the law
//! wants.
//! Not for setting any of it: staff do that in `admin`.

pub(crate) mod contrast;
pub(crate) mod markdown;
pub(crate) mod sheet;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use engine::brand::{Brand, Legal};
use http::{HeaderValue, Method, header};

use crate::app::Shop;
use crate::body::At;
use crate::language::Language;
use crate::page::{self, Around};
use crate::problem::Problem;
use crate::routes::Routes;
use crate::rule::Rule;
use crate::view::Here;
use crate::view::brand::LegalPage;

/// An address with a hash in it never shows anything else.
const FOR_A_YEAR: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

pub(crate) fn routes(routes: Routes) -> Routes {
    routes.page(Rule::open(), Method::GET, "/brand/{file}", get(file)).page(
        Rule::open(),
        Method::GET,
        "/legal/{page}",
        get(legal),
    )
}

/// The shop's colours, or its picture. Colours are told by their address alone, so that no node can
/// tell others than the page that asks.
async fn file(State(shop): State<Shop>, Path(name): Path<String>) -> Result<Response, Problem> {
    let missing = || Problem::missing("file", &name);
    let kept = |kind: &'static str| [(header::CONTENT_TYPE, kind)];
    let forever = [(header::CACHE_CONTROL, FOR_A_YEAR)];
    if let Some(colours) = sheet::of_name(&name) {
        return Ok((kept("text/css; charset=utf-8"), forever, colours).into_response());
    }
    let hash = name.strip_prefix("logo.").and_then(|rest| rest.strip_suffix(".png"));
    let hash = hash.filter(|hash| hash.len() == 24).ok_or_else(missing)?;
    let bytes = shop.engine().picture(hash).await?;
    Ok((kept("image/png"), forever, bytes).into_response())
}

/// A text for the law, in the language of whoever reads it, where it is written in that.
async fn legal(
    State(shop): State<Shop>,
    around: Around,
    At(page): At<Legal>,
) -> Result<Response, Problem> {
    let brand = shop.engine().brand().await?;
    let title = title_of(page);
    let frame = around.spoken(&shop, title, Here::Elsewhere);
    let missing = || Problem::missing("page", page.slug());
    let written = written_in(&brand, page, frame.language).ok_or_else(missing)?;
    let text = shop.engine().legal_text(page, written).await?.ok_or_else(missing)?;
    let language = Language::of(written).unwrap_or_default();
    page::show(&LegalPage {
        html: markdown::html(&text.text),
        since: frame.day(text.at),
        language,
        frame,
    })
}

/// The key of a text's title.
pub fn title_of(page: Legal) -> &'static str {
    match page {
        Legal::Terms => "legal-terms",
        Legal::Privacy => "legal-privacy",
        Legal::Refunds => "legal-refunds",
        Legal::Imprint => "legal-imprint",
    }
}

/// Which of the languages of a text is for somebody who reads another one: theirs, else the first.
fn written_in(brand: &Brand, page: Legal, reads: Language) -> Option<&str> {
    let mut known = brand.legal.iter().filter(|(one, _)| *one == page).map(|(_, code)| &**code);
    let first = Language::default().code();
    let has = |code: &str| brand.legal.iter().any(|(one, known)| *one == page && known == code);
    match (has(reads.code()), has(first)) {
        (true, _) => Some(reads.code()),
        (false, true) => Some(first),
        (false, false) => known.next(),
    }
}
