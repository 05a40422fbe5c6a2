//! Whom one's invoices are for. It also says which tax there is.

use axum::extract::State;
use axum::response::Response;
use engine::Error;

use crate::app::Shop;
use crate::auth::Me;
use crate::page::{self, Around, Posted};
use crate::party::PartySent;
use crate::paths;
use crate::problem::Problem;
use crate::view::party::{Billing, PartyForm};
use crate::view::{Here, Said};

/// `/account/billing`
pub(crate) async fn show(
    State(shop): State<Shop>,
    around: Around,
    Me(account): Me,
) -> Result<Response, Problem> {
    let party = shop.engine().customer_party(&account.id).await?;
    let frame = around.spoken(&shop, "billing-title", Here::Account);
    page::show(&Billing {
        form: PartyForm::of(party.as_ref(), frame.language),
        is_known: party.is_some(),
        frame,
    })
}

pub(crate) async fn set(
    State(shop): State<Shop>,
    around: Around,
    Me(account): Me,
    Posted(sent): Posted<PartySent>,
) -> Result<Response, Problem> {
    match shop.engine().set_customer_party(&account.id, &sent.wish()).await {
        Ok(_) => Ok(page::on_to_say(paths::ACCOUNT_BILLING, Said::AddressSaved)),
        Err(error @ Error::Invalid { .. }) => {
            let frame = around.spoken(&shop, "billing-title", Here::Account);
            let form = sent.refused(frame.language);
            let page = Billing { form, is_known: true, frame };
            page::show_refused(error, &page)
        }
        Err(error) => Err(error.into()),
    }
}
