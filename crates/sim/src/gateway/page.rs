//! The page where a buyer pays, with a button for everything that can go wrong.

use axum::Router;
use axum::extract::{Form, Path, State};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use http::StatusCode;
use serde::Deserialize;

use super::handle::Control;
use super::money::{How, Payment};
use crate::command::escaped;

const PAGE: &str = include_str!("page.html");

pub(super) fn router(control: Control) -> Router {
    Router::new().route("/pay/{order}", get(show).post(act)).with_state(control)
}

async fn show(State(control): State<Control>, Path(order): Path<String>) -> Response {
    match control.payment(&order) {
        Some(payment) => Html(page(&payment, control.now_ms(), None)).into_response(),
        None => not_there(),
    }
}

#[derive(Deserialize)]
struct Pressed {
    #[serde(rename = "do")]
    how: How,
}

/// Does what the button says and sends the buyer back to the shop, unless the tab was closed.
async fn act(
    State(control): State<Control>,
    Path(order): Path<String>,
    Form(Pressed { how }): Form<Pressed>,
) -> Response {
    if !control.pay(&order, how) {
        return not_there();
    }
    let Some(payment) = control.payment(&order) else { return not_there() };
    match how {
        How::Close | How::PayAndClose => {
            let word = "The tab is closed: the shop does not see this buyer come back.";
            Html(page(&payment, control.now_ms(), Some(word))).into_response()
        }
        _ => control.tongue().back(&control, &payment, how),
    }
}

fn not_there() -> Response {
    (StatusCode::NOT_FOUND, "There is no such payment at the simulated gateway.\n").into_response()
}

fn page(payment: &Payment, now_ms: i64, word: Option<&str>) -> String {
    let wish = &payment.wish;
    let note = word.map(|word| format!("<p class=\"note\" role=\"status\">{}</p>", escaped(word)));
    [
        ("{{amount}}", escaped(&for_people(wish.amount_minor, &wish.currency))),
        ("{{purpose}}", escaped(&wish.purpose)),
        ("{{buyer}}", escaped(&wish.buyer_name)),
        ("{{payment}}", escaped(&wish.payment)),
        ("{{order}}", escaped(&payment.order)),
        ("{{return}}", escaped(&wish.return_url)),
        ("{{status}}", payment.status(now_ms).to_owned()),
        ("{{note}}", note.unwrap_or_default()),
    ]
    .into_iter()
    .fold(PAGE.to_owned(), |page, (mark, text)| page.replace(mark, &text))
}

/// `699.00 INR`, `500 JPY`, `1.500 KWD`.
fn for_people(minor: i64, currency: &str) -> String {
    let decimals: u32 = match currency {
        "JPY" | "KRW" | "VND" | "CLP" | "XAF" | "XOF" | "ISK" => 0,
        "BHD" | "KWD" | "OMR" | "JOD" | "TND" => 3,
        _ => 2,
    };
    let per_major = 10_i64.pow(decimals);
    let (whole, part) = (minor / per_major, (minor % per_major).abs());
    match decimals as usize {
        0 => format!("{whole} {currency}"),
        width => format!("{whole}.{part:0width$} {currency}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_have_the_decimals_of_their_currency() {
        assert_eq!(for_people(69_900, "INR"), "699.00 INR");
        assert_eq!(for_people(5, "INR"), "0.05 INR");
        assert_eq!(for_people(500, "JPY"), "500 JPY");
        assert_eq!(for_people(1_500, "KWD"), "1.500 KWD");
    }

    #[test]
    fn a_buyer_cannot_write_into_the_page() {
        let hostile = "<script>\"{{order}}\"'&";
        assert_eq!(escaped(hostile), "&lt;script&gt;&quot;&#123;&#123;order}}&quot;&#39;&amp;");
    }
}
