//! Notices to staff in chats and at webhooks: where they go, what request carries one there, and
//! what the answer to it means. Nothing is sent here: whoever sends brings the bytes back.
//! Not for when a notice is tried again, nor for which ones there are: that is the engine's.

use domain::clock::Timestamp;
use http::Request;

mod answer;
mod discord;
mod slack;
mod target;
mod telegram;
mod webhook;
mod words;

pub use answer::{Heard, Received};
pub use target::{Channel, Target};

/// One notice, as it leaves. The same notice has the same id, however often it leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Letters, digits, `-` and `_`: it is signed with a full stop after it.
    pub id: String,
    /// What the shop calls itself.
    pub shop: String,
    /// Where staff read all of it.
    pub link: String,
    /// When it came about.
    pub at: Timestamp,
    pub news: News,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    Raised(Troubles),
    Over(Troubles),
    /// Somebody wants to see whether a notice arrives.
    Test,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Troubles {
    One {
        kind: String,
        subject: String,
        text: String,
    },
    /// Too many to be told one by one: how many of each kind.
    Many(Vec<(String, u64)>),
}

/// A notice cannot be put into a request; the words show no address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the notice cannot be put into a request: {0}")]
pub struct CannotAsk(String);

/// A request with a body of JSON.
fn json(
    url: &url::Url,
    body: &serde_json::Value,
    headers: &[(&str, String)],
) -> Result<Request<Vec<u8>>, CannotAsk> {
    let mut request = Request::post(url.as_str()).header("content-type", "application/json");
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    // What http says of a header or an address it refuses does not repeat it.
    request.body(body.to_string().into_bytes()).map_err(|error| CannotAsk(error.to_string()))
}
