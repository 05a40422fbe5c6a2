//! What the simulators' control interfaces share: reading a command, answering it, and keeping
//! pages of the web from commanding anything.

use axum::Json;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::hold::Point;
use crate::serve::Doorway;
use crate::telling::Ordered;

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

/// Lays what a command names over what is in force.
pub fn laid_over<T: Serialize + DeserializeOwned>(now: &T, body: &[u8]) -> Result<T, Wrong> {
    let named: Map<String, Value> = read(body)?;
    let mut all = shown(now)?.0;
    named.into_iter().for_each(|(key, value)| all[key] = value);
    serde_json::from_value(all).map_err(Wrong::command)
}

/// A lie to be told.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Telling<O> {
    pub op: Option<O>,
    pub only: Option<String>,
    pub times: Option<u32>,
    pub permille: Option<u32>,
    pub lie: Value,
}

impl<O: Copy> Telling<O> {
    /// Reads a lie by name or by its parts; a name brings its operation along.
    pub fn understand<L: DeserializeOwned>(
        self,
        usual: O,
        known: fn(&str) -> Option<(O, L)>,
    ) -> Result<Ordered<O, L>, Wrong> {
        let (op, lie) = match self.lie {
            Value::String(name) => known(&name).ok_or_else(|| {
                Wrong::command(format!("there is no lie {name:?}; GET /control/lies"))
            })?,
            parts => (usual, serde_json::from_value(parts).map_err(Wrong::command)?),
        };
        Ok(Ordered { op: self.op.unwrap_or(op), only: self.only, lie })
    }
}

/// Requests to be stopped.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holding<O> {
    pub op: Option<O>,
    #[serde(default)]
    pub point: Point,
    /// `null`: every one until the next release.
    #[serde(default = "once")]
    pub times: Option<u64>,
}

#[allow(clippy::unnecessary_wraps)] // The default of a field that may be null.
fn once() -> Option<u64> {
    Some(1)
}

/// Requests to be let go.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Releasing {
    #[serde(default)]
    pub one: bool,
}

/// How connections are received from now on.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Going {
    to: Doorway,
}

impl Going {
    pub fn doorway(self) -> Result<Doorway, Wrong> {
        match self.to {
            Doorway::Shut => Err(Wrong::command("use refuse: it can be opened again")),
            word => Ok(word),
        }
    }
}

/// The clock to be moved.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Advancing {
    pub ms: i64,
}

/// A text as a page shows it. Braces too, so that no text can pass for a mark of the page.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '{' => out.push_str("&#123;"),
            c => out.push(c),
        }
    }
    out
}
