//! The shop: its window, the page of each product where a wish becomes an order, the cart, and
//! what search engines are told.

pub(crate) mod cart;
mod language;
mod list;
mod product;
mod robots;
pub(crate) mod window;

use axum::response::Redirect;
use axum::routing::{get, post};
use http::Method;

use crate::files;
use crate::paths;
use crate::problem::Problem;
use crate::routes::Routes;
use crate::rule::Rule;

pub(crate) fn routes(routes: Routes) -> Routes {
    let moved = get(async || Redirect::permanent(paths::SHOP));
    routes
        .page(Rule::open(), Method::GET, "/", get(list::list))
        // Where the shop was before; bookmarks and old mails lead there.
        .page(Rule::open(), Method::GET, "/dashboard/ipStock", moved)
        .page(Rule::open(), Method::GET, "/products/{id}", get(product::look))
        .page(Rule::open(), Method::GET, "/products/{id}/{name}", get(product::look))
        .page(Rule::open(), Method::GET, "/checkout", get(product::moved))
        .page(Rule::open(), Method::POST, "/checkout", post(product::order))
        .page(Rule::open(), Method::GET, "/cart", get(cart::look))
        .page(Rule::open(), Method::POST, "/cart/lines", post(cart::add))
        .page(Rule::open(), Method::POST, "/cart/lines/{id}", post(cart::change))
        .page(Rule::open(), Method::POST, "/cart/lines/{id}/remove", post(cart::remove))
        .page(Rule::open(), Method::POST, "/cart/checkout", post(cart::order))
        .page(Rule::open(), Method::POST, "/language", post(language::choose))
        .page(Rule::open(), Method::GET, "/sitemap.xml", get(robots::sitemap))
        .page(Rule::open(), Method::GET, "/robots.txt", get(robots::rules))
        .page(Rule::open(), Method::GET, "/static/{file}", get(file))
}

/// One of our own files. Its name changes with what is in it, so that it can be kept for a year.
async fn file(
    axum::extract::Path(name): axum::extract::Path<String>,
) -> Result<impl axum::response::IntoResponse, Problem> {
    let file = files::named(&name).ok_or_else(|| Problem::missing("file", &name))?;
    let headers = [
        (http::header::CONTENT_TYPE, file.kind),
        (http::header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    Ok((headers, file.bytes))
}
