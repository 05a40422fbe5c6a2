//! What the simulators' control interfaces share: reading a command, answering it, and keeping
//! pages of the web from commanding anything.

use axum::Json;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// A command that cannot be carried out, and why.
#[derive(Debug)]
pub struct Wrong(StatusCode, String);

impl Wrong {
    pub fn command(why: impl ToString) -> Wrong {
        Wrong(StatusCode::BAD_REQUEST, why.to_string())
    }

    pub fn not_there(what: impl ToString) -> Wrong {
        Wrong(StatusCode::NOT_FOUND, what.to_string())
    }
}

impl IntoResponse for Wrong {
    fn into_response(self) -> Response {
        (self.0, Json(json!({ "error": self.1 }))).into_response()
    }
}

pub type Done = Result<Json<Value>, Wrong>;

pub fn ok() -> Done {
    Ok(Json(json!({ "ok": true })))
}

/// Success where something was found to act on.
pub fn ok_if(found: bool, what: &str) -> Done {
    if found { ok() } else { Err(Wrong::not_there(format!("there is no such {what}"))) }
}

/// Shows anything as JSON.
pub fn shown(what: &impl serde::Serialize) -> Done {
    serde_json::to_value(what).map(Json).map_err(Wrong::command)
}

/// Reads a command whatever its content type says, so that a bare `curl -d` works.
/// No body is an empty object.
pub fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Wrong> {
    let body = if body.trim_ascii().is_empty() { b"{}" } else { body };
    serde_json::from_slice(body).map_err(Wrong::command)
}

/// A browser names the page that asks: none has any business here.
pub async fn no_pages(request: Request, next: Next) -> Response {
    if request.headers().contains_key(header::ORIGIN) {
        return Wrong(StatusCode::FORBIDDEN, "not for pages of the web".into()).into_response();
    }
    next.run(request).await
}
