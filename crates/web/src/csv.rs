//! Lines of tables that spreadsheets read. Not for what stands in them.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use domain::money::Money;
use futures_util::stream::Stream;
use http::header;

use crate::headers::NO_STORE;

/// Sends a table as a file of this name.
pub(crate) fn file(name: &str, text: String) -> Response {
    named(name, text)
}

/// As above, part after part: a table that is too long to be held as a whole.
pub(crate) fn streamed<S, E>(name: &str, parts: S) -> Response
where
    S: Stream<Item = Result<String, E>> + Send + 'static,
    E: std::error::Error + Send + Sync + 'static,
{
    named(name, Body::from_stream(parts))
}

fn named(name: &str, body: impl IntoResponse) -> Response {
    let named = format!("attachment; filename=\"{name}\"");
    let kind = "text/csv; charset=utf-8".to_owned();
    let keep = NO_STORE.to_str().unwrap_or_default().to_owned();
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_DISPOSITION, named),
        (header::CACHE_CONTROL, keep),
    ];
    (headers, body).into_response()
}

/// An amount of which the currency has a column of its own.
pub(crate) fn digits(money: Money) -> String {
    let text = money.to_string();
    text.split_once(' ').map_or(text.clone(), |(digits, _)| digits.to_owned())
}

/// Adds a line to a table.
pub(crate) fn line(text: &mut String, cells: &[String]) {
    let cells: Vec<String> = cells.iter().map(|cell| written_cell(cell)).collect();
    text.push_str(&cells.join(","));
    text.push_str("\r\n");
}

/// A name that a spreadsheet would take for a formula is told not to be one. Amounts are ours.
fn written_cell(cell: &str) -> String {
    let is_number = cell.trim_start_matches('-').bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && !is_number;
    let cell = if is_formula { format!("'{cell}") } else { cell.to_owned() };
    match cell.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", cell.replace('"', "\"\"")),
        false => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_is_a_formula_in_a_spreadsheet() {
        assert_eq!(written_cell("=1+1"), "'=1+1");
        assert_eq!(written_cell("@SUM(A1), Ltd"), "\"'@SUM(A1), Ltd\"");
        assert_eq!(written_cell("-12.50"), "-12.50");
        assert_eq!(written_cell("Ada \"A\" Traders"), "\"Ada \"\"A\"\" Traders\"");
    }
}
