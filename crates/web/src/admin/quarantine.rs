//! Servers that are ours and nobody's.

use axum::extract::State;
use axum::response::Response;
use engine::read::Stray as Found;

use crate::app::Shop;
use crate::body::Asked;
use crate::page::{self, Around, Behind};
use crate::paths;
use crate::problem::Problem;
use crate::view::admin::{Quarantine, Stray};
use crate::view::{Frame, Here};

/// `/admin/quarantine`
pub(crate) async fn list(
    State(shop): State<Shop>,
    around: Around,
    Asked(which): Asked<Behind>,
) -> Result<Response, Problem> {
    let part = shop.engine().quarantine(which.after.as_deref(), None).await?;
    let frame = around.frame(&shop, "Quarantine", Here::StaffQuarantine);
    let rows = part.items.into_iter().map(|found| stray(found, &frame)).collect();
    let next = part.next.map(|next| {
        let next: &str = &next;
        paths::with_query(paths::STAFF_QUARANTINE, [("after", next)])
    });
    page::show(&Quarantine { frame, rows, next })
}

fn stray(found: Found, frame: &Frame) -> Stray {
    Stray {
        address: found.address.to_string(),
        provider: found.provider,
        order: found.order.map(|id| (id.to_string(), id.to_string())),
        attempt: found.attempt.map(|id| id.to_string()),
        cost: found.cost.map_or_else(|| "not entered".to_owned(), |cost| cost.for_people()),
        since: found.since.map(|at| frame.time(at)),
        expires: found.expires_at.map(|at| frame.day(at)),
        reason: found.reason.unwrap_or_default(),
    }
}
