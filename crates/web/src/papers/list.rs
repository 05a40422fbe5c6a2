//! One's own invoices and credit notes, newest first.

use axum::extract::State;
use axum::response::Response;
use engine::read::Viewer;

use crate::app::Shop;
use crate::auth::Me;
use crate::body::Asked;
use crate::page::{self, Around, Behind};
use crate::paths;
use crate::problem::Problem;
use crate::view::paper::{List, Row};

/// `/account/papers`
pub(crate) async fn list(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    Asked(which): Asked<Behind>,
) -> Result<Response, Problem> {
    let mine = Viewer::Owner(me.0.id.clone());
    let part = shop.engine().papers(&mine, which.after.as_deref(), None).await?;
    let frame = around.spoken(&shop, "papers-title", List::HERE);
    let rows = part.items.iter().map(|paper| Row::of(paper, &frame)).collect();
    let next = part.next.map(|next| paths::with_query(paths::ACCOUNT_PAPERS, [("after", &*next)]));
    page::show(&List { frame, rows, next })
}
