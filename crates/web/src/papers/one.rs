//! One invoice or credit note, as it was frozen.

use axum::extract::State;
use axum::response::Response;
use domain::id::PaperId;
use domain::paper::Kind;

use super::as_pdf;
use crate::api::at::{Visible, viewer_of};
use crate::app::Shop;
use crate::auth::Me;
use crate::body::At;
use crate::page::{self, Around};
use crate::paths;
use crate::problem::Problem;
use crate::view::Here;
use crate::view::paper::{Sheet, Show};

/// `/papers/{id}`
pub(crate) async fn show(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    At(id): At<PaperId>,
) -> Result<Response, Problem> {
    let paper = shop.engine().paper(&id, &viewer_of(&me)).await?;
    let is_own = paper.account == me.0.id;
    let here = if is_own { Here::Account } else { Here::StaffPapers };
    let frame = around.frame(&shop, paper.number(), here);
    let order = if is_own { paths::order(&paper.order) } else { paths::staff_order(&paper.order) };
    page::show(&Show {
        sheet: Sheet::of(&paper, &frame.zone),
        pdf: paths::paper_pdf(&paper.id),
        back: (paper.content.order_number, order),
        frame,
    })
}

/// `/papers/{id}/pdf`
pub(crate) async fn pdf(
    State(shop): State<Shop>,
    me: Me,
    At(id): At<PaperId>,
) -> Result<Response, Problem> {
    let paper = shop.engine().paper(&id, &viewer_of(&me)).await?;
    as_pdf(Sheet::of(&paper, &shop.app().look.zone)).await
}

/// `/orders/{id}/invoice`: where mails lead. Until it has a number, the order's page says so.
pub(crate) async fn of_order(
    State(shop): State<Shop>,
    Visible { id, viewer, .. }: Visible,
) -> Result<Response, Problem> {
    let found = shop.engine().papers_of_order(&id, &viewer).await?;
    let invoice = found.papers.iter().find(|paper| paper.kind == Kind::Invoice);
    Ok(page::on_to(&invoice.map_or_else(|| paths::order(&id), |paper| paths::paper(&paper.id))))
}
