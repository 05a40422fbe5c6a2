//! A file that opens Remote Desktop at a server. It holds the address and no secret: whoever opens
//! it is asked for user and password.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header;

use super::show::looked_at;
use crate::api::at::Own;
use crate::app::Shop;
use crate::headers::NO_STORE;
use crate::problem::Problem;

/// `/my-servers/{orderId}/rdp`
pub(crate) async fn file(
    State(shop): State<Shop>,
    Own { id, me }: Own,
) -> Result<Response, Problem> {
    let server = looked_at(&shop, &id, &me).await?;
    let server = server.filter(|server| server.os.is_some_and(|os| os.is_windows()));
    let server = server.ok_or_else(|| Problem::missing("Windows server", id.as_str()))?;
    let address = server.address;
    // Lines end as Windows ends them. 2: whoever connects is warned of a server that is not known.
    let text = format!(
        "full address:s:{address}:3389\r\nprompt for credentials:i:1\r\n\
         authentication level:i:2\r\n"
    );
    let name = format!("attachment; filename=\"{address}.rdp\"");
    let headers = [
        (header::CONTENT_TYPE, "application/x-rdp".to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, [(header::CACHE_CONTROL, NO_STORE)], text).into_response())
}
