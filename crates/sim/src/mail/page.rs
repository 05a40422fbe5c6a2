//! Where people read what arrived: a list, and each mail as its receiver would see it.

use std::fmt::Write;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use http::{StatusCode, header};

use super::handle::Control;
use super::read::Caught;
use crate::command::escaped;

const PAGE: &str = include_str!("page.html");
/// A mail is a stranger's page: it may have style of its own, and nothing else.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-popups \
     allow-top-navigation-by-user-activation; frame-ancestors 'self'";

pub(super) fn router(control: Control) -> Router {
    Router::new()
        .route("/", get(list))
        .route("/mails/{number}", get(show))
        .route("/mails/{number}/html", get(html))
        .with_state(control)
}

/// Newest first.
async fn list(State(control): State<Control>) -> Html<String> {
    let mails = control.mails();
    let mut rows = String::new();
    for (at, mail) in mails.iter().enumerate().rev() {
        let (to, subject) = (escaped(&mail.to.join(", ")), escaped(&mail.subject));
        let number = at + 1;
        // Writing to a text never fails.
        _ = write!(
            rows,
            "<li><a href=\"/mails/{number}\"><strong>{subject}</strong><span>{to}</span></a></li>"
        );
    }
    let body = if rows.is_empty() {
        "<p class=\"none\">No mail yet. Order something in the shop, then reload.</p>".to_owned()
    } else {
        format!("<ol reversed>{rows}</ol>")
    };
    Html(page("Mail", "Everything that the shop has sent, newest first.", &body))
}

async fn show(State(control): State<Control>, Path(number): Path<usize>) -> Response {
    let Some(mail) = numbered(&control, number) else { return not_there() };
    let lead = format!("To {}", escaped(&mail.to.join(", ")));
    let body = format!(
        "<iframe title=\"The mail\" src=\"/mails/{number}/html\"></iframe>\
         <details><summary>As plain text</summary><pre>{}</pre></details>\
         <details><summary>As it arrived</summary><pre>{}</pre></details>\
         <p><a href=\"/\">All mail</a></p>",
        escaped(&mail.text),
        escaped(&mail.raw)
    );
    Html(page(&escaped(&mail.subject), &lead, &body)).into_response()
}

async fn html(State(control): State<Control>, Path(number): Path<usize>) -> Response {
    match numbered(&control, number) {
        Some(mail) => {
            ([(header::CONTENT_SECURITY_POLICY, POLICY)], Html(mail.html)).into_response()
        }
        None => not_there(),
    }
}

fn numbered(control: &Control, number: usize) -> Option<Caught> {
    control.mails().into_iter().nth(number.checked_sub(1)?)
}

fn not_there() -> Response {
    (StatusCode::NOT_FOUND, "There is no such mail.\n").into_response()
}

fn page(title: &str, lead: &str, body: &str) -> String {
    let parts = [("{{title}}", title), ("{{lead}}", lead), ("{{body}}", body)];
    parts.into_iter().fold(PAGE.to_owned(), |page, (mark, text)| page.replace(mark, text))
}
