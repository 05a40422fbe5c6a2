//! A server that staff deliver by hand: what they enter is the answer to its purchase.

use axum::extract::State;
use axum::{Extension, Json};
use domain::clock::Timestamp;
use engine::Engine;
use engine::by_hand::Entry;
use engine::idempotency::Ticket;
use engine::read::Viewer;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::at::Any;
use crate::api::orders::OrderAnswer;
use crate::body::Sent;
use crate::problem::Problem;

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct EntryWish {
    #[schema(example = "203.0.113.17")]
    address: String,
    #[schema(example = "root")]
    username: String,
    password: String,
    /// When the supplier takes it back. Without it: when the customer's time ends.
    expires_at: Option<String>,
    /// Of the order as it was looked at; a stale one is refused.
    version: Option<i64>,
}

impl EntryWish {
    fn entry(self) -> Result<Entry, Problem> {
        let expires_at = self.expires_at.as_deref().map(moment).transpose()?;
        let EntryWish { address, username, password, version, .. } = self;
        Ok(Entry { address, username, password, expires_at, version })
    }
}

fn moment(text: &str) -> Result<Timestamp, Problem> {
    let wrong = || {
        let detail = "expiresAt must be a moment such as 2026-12-21T00:00:00Z";
        Problem::new("invalid-expiry", detail)
    };
    Timestamp::parse(text.trim()).ok_or_else(wrong)
}

/// Deliver a server by hand
///
/// Of an order whose provider has no API. The address must be one that a server can have, nobody's
/// in our books, and inside the ranges of the product where it has any.
#[utoipa::path(
    post,
    path = "/api/admin/orders/{id}/deliver",
    tag = "staff",
    params(("id" = String, Path, description = "Its id or its number")),
    request_body = EntryWish,
    responses((status = 200, body = OrderAnswer))
)]
pub(crate) async fn deliver(
    State(engine): State<Engine>,
    Any { id, me }: Any,
    ticket: Option<Extension<Ticket>>,
    Sent(wish): Sent<EntryWish>,
) -> Result<Json<OrderAnswer>, Problem> {
    let entry = wish.entry()?;
    let ticket = ticket.map(|Extension(ticket)| ticket);
    // Otherwise whoever began this died before it answered, and the server is delivered.
    if ticket.as_ref().and_then(Ticket::effect).is_none() {
        engine.deliver_by_hand(&id, entry, me.actor(), ticket.as_ref()).await?;
    }
    Ok(Json(engine.order_view(&id, &Viewer::Staff).await?.into()))
}
