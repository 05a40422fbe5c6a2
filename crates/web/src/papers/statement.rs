//! Statements of account: one's own, and for staff a customer's.

use axum::extract::State;
use axum::response::Response;
use domain::id::AccountId;

use super::as_pdf;
use crate::app::Shop;
use crate::auth::Me;
use crate::body::{Asked, At};
use crate::page::{self, Around, Behind};
use crate::paths;
use crate::problem::Problem;
use crate::view::Here;
use crate::view::paper::{Sheet, StatementPage};

/// So many of the newest rows one PDF has.
const PDF_ROWS: i64 = 500;

async fn shown(
    shop: &Shop,
    frame: crate::view::Frame,
    account: &AccountId,
    (which, path): (Behind, String),
) -> Result<Response, Problem> {
    let found = shop.engine().statement(account, which.after.as_deref(), None).await?;
    let next = found.rows.next.as_deref();
    page::show(&StatementPage {
        sheet: Sheet::of_statement(&found, &frame.zone, frame.now),
        pdf: format!("{path}/pdf"),
        next: next.map(|next| paths::with_query(&path, [("after", next)])),
        frame,
    })
}

async fn drawn(shop: &Shop, account: &AccountId) -> Result<Response, Problem> {
    let found = shop.engine().statement(account, None, Some(PDF_ROWS)).await?;
    let mut sheet = Sheet::of_statement(&found, &shop.app().look.zone, shop.engine().now());
    if found.rows.next.is_some() {
        sheet.notes.push(format!("These are the newest {PDF_ROWS} rows; there are more."));
    }
    as_pdf(sheet).await
}

/// `/account/statement`
pub(crate) async fn own(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    Asked(which): Asked<Behind>,
) -> Result<Response, Problem> {
    let frame = around.frame(&shop, "Statement of account", Here::Account);
    shown(&shop, frame, &me.0.id, (which, paths::ACCOUNT_STATEMENT.to_owned())).await
}

/// `/account/statement/pdf`
pub(crate) async fn own_pdf(State(shop): State<Shop>, me: Me) -> Result<Response, Problem> {
    drawn(&shop, &me.0.id).await
}

/// `/admin/accounts/{id}/statement`
pub(crate) async fn of(
    State(shop): State<Shop>,
    around: Around,
    At(account): At<AccountId>,
    Asked(which): Asked<Behind>,
) -> Result<Response, Problem> {
    let frame = around.frame(&shop, "Statement of account", Here::StaffPapers);
    shown(&shop, frame, &account, (which, paths::staff_statement(&account))).await
}

/// `/admin/accounts/{id}/statement/pdf`
pub(crate) async fn pdf_of(
    State(shop): State<Shop>,
    At(account): At<AccountId>,
) -> Result<Response, Problem> {
    drawn(&shop, &account).await
}
