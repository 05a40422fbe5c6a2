//! Papers as pages and as PDF: a customer's own, and for staff everybody's. What is looked at is
//! the same; who may look differs.

mod csv;
mod list;
mod one;
mod receipt;
mod staff;
mod statement;

use axum::response::{IntoResponse, Response};
use engine::permission::Act;
use http::{HeaderValue, Method, header};

use axum::routing::get;

use crate::headers::NO_STORE;
use crate::pdf::{self, NotDrawn};
use crate::problem::Problem;
use crate::routes::Routes;
use crate::rule::Rule;
use crate::view::Frame;
use crate::view::paper::{OrderPapers, Row, Sheet};

pub(crate) use csv::written;

pub(crate) fn routes(routes: Routes) -> Routes {
    let (own, all) = (Rule::may(Act::SeeOwnOrders), Rule::may(Act::SeeAllOrders));
    let export = Rule::may(Act::ExportBooks).long();
    routes
        .page(own, Method::GET, "/account/papers", get(list::list))
        .page(own, Method::GET, "/account/statement", get(statement::own))
        .page(own, Method::GET, "/account/statement/pdf", get(statement::own_pdf))
        .page(own, Method::GET, "/papers/{id}", get(one::show))
        .page(own, Method::GET, "/papers/{id}/pdf", get(one::pdf))
        .page(own, Method::GET, "/orders/{id}/invoice", get(one::of_order))
        .page(own, Method::GET, "/orders/{id}/receipts/{number}", get(receipt::show))
        .page(own, Method::GET, "/orders/{id}/receipts/{number}/pdf", get(receipt::pdf))
        .page(all, Method::GET, "/admin/papers", get(staff::list))
        .page(export, Method::GET, "/admin/papers/return.csv", get(staff::tax_return))
        .page(all, Method::GET, "/admin/accounts/{id}/statement", get(statement::of))
        .page(all, Method::GET, "/admin/accounts/{id}/statement/pdf", get(statement::pdf_of))
}

/// The PDF of a sheet, to be opened in the browser.
pub(crate) async fn as_pdf(sheet: Sheet) -> Result<Response, Problem> {
    let name = format!("{} {}.pdf", sheet.title, sheet.number).replace(['/', '"', '\\'], "-");
    let name = name.replace(|sign: char| !(sign.is_ascii_graphic() || sign == ' '), "");
    let drawn = tokio::task::spawn_blocking(move || pdf::drawn(&sheet)).await;
    let bytes = match drawn {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(error @ NotDrawn::NoFont(_))) => {
            tracing::warn!("a PDF was refused: {error}");
            return Err(Problem::new("font-missing", error.to_string()));
        }
        Ok(Err(error)) => {
            tracing::error!("a PDF failed: {error}");
            return Err(Problem::internal());
        }
        Err(error) => {
            tracing::error!("a PDF failed: {error}");
            return Err(Problem::internal());
        }
    };
    let disposition = HeaderValue::from_str(&format!("inline; filename=\"{name}\""));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/pdf")),
        (header::CACHE_CONTROL, NO_STORE),
        (header::CONTENT_DISPOSITION, disposition.map_err(|_| Problem::internal())?),
    ];
    Ok((headers, bytes).into_response())
}

/// The papers of one order, as its page shows them.
pub(crate) fn of_order(found: &engine::read::paper::OrderPapers, frame: &Frame) -> OrderPapers {
    let paid = found.payments.iter().filter(|payment| payment.has_paid).count();
    let receipts = found
        .payments
        .iter()
        .map(|payment| format!("{} · {}", payment.amount.for_people(), frame.day(payment.at).text));
    let invoices = found.papers.iter().filter(|paper| paper.kind == domain::paper::Kind::Invoice);
    OrderPapers {
        is_waiting: invoices.count() < paid,
        papers: found.papers.iter().map(|paper| Row::of(paper, frame)).collect(),
        receipts: receipts.collect(),
        statement: None,
    }
}
