//! What search engines are told: which pages there are, and which are nobody's business.
//! Not for keeping anybody out: what is private asks who comes.

use std::fmt::Write;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header;

use super::window::Window;
use crate::app::Shop;
use crate::headers::ASK_AGAIN;
use crate::paths;
use crate::problem::Problem;

/// So many addresses may stand in one list.
const ADDRESSES_MAX: usize = 50_000;

/// What is about one person, or changes something.
const PRIVATE: [&str; 10] = [
    "/account",
    "/admin",
    "/api",
    "/cart",
    "/checkout",
    "/demo",
    "/login",
    "/my-servers",
    "/orders",
    "/signup",
];

/// `/sitemap.xml`: the shop and each of its products.
pub(crate) async fn sitemap(State(shop): State<Shop>) -> Result<Response, Problem> {
    let window = shop.shelf().window(shop.engine()).await?;
    let text = listed(&window, &shop.engine().settings().app_url);
    Ok(told("application/xml; charset=utf-8", text))
}

fn listed(window: &Window, app_url: &str) -> String {
    let mut text = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n",
    );
    let products = window.products().map(|product| paths::product(&product.id, &product.name));
    for path in std::iter::once(paths::SHOP.to_owned()).chain(products).take(ADDRESSES_MAX) {
        // Addresses of ours hold nothing that XML would read.
        let url = paths::whole(app_url, &path).replace('&', "&amp;");
        _ = writeln!(text, "<url><loc>{url}</loc></url>");
    }
    text.push_str("</urlset>\n");
    text
}

/// `/robots.txt`
pub(crate) async fn rules(State(shop): State<Shop>) -> Response {
    let mut text = String::from("User-agent: *\n");
    for path in PRIVATE {
        _ = writeln!(text, "Disallow: {path}");
    }
    let sitemap = paths::whole(&shop.engine().settings().app_url, "/sitemap.xml");
    _ = writeln!(text, "\nSitemap: {sitemap}");
    told("text/plain; charset=utf-8", text)
}

fn told(kind: &'static str, text: String) -> Response {
    ([(header::CONTENT_TYPE, kind)], [(header::CACHE_CONTROL, ASK_AGAIN)], text).into_response()
}
