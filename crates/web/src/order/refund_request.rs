//! A customer asks for their money back, on a page of its own: the order's moves, and would take
//! what is being typed with it.

use axum::extract::State;
use axum::response::Response;
use engine::Error;
use engine::read::Viewer;
use serde::Deserialize;

use crate::api::at::Own;
use crate::app::Shop;
use crate::page::{self, Around, Posted};
use crate::paths;
use crate::problem::Problem;
use crate::view::order::AskRefund;
use crate::view::{Field, Here, Said};

/// `/orders/{id}/refund-request`
pub(crate) async fn show(
    State(shop): State<Shop>,
    around: Around,
    Own { id, me }: Own,
) -> Result<Response, Problem> {
    let build = shop.engine().build_view(&id, &Viewer::Owner(me.0.id.clone())).await?;
    // The order's page says what was asked already, or how it stands.
    if !build.may_ask_refund {
        return Ok(page::on_to(&paths::order(&id)));
    }
    page::show(&AskRefund {
        frame: around.spoken(&shop, "refund-title", Here::Servers),
        id: id.to_string(),
        number: build.view.number,
        reason: Field::default(),
    })
}

#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    reason: String,
}

pub(crate) async fn ask(
    State(shop): State<Shop>,
    around: Around,
    Own { id, me }: Own,
    Posted(Asked { reason }): Posted<Asked>,
) -> Result<Response, Problem> {
    match shop.engine().want_refund(&id, &reason, me.actor()).await {
        Ok(()) => Ok(page::on_to_say(&paths::order(&id), Said::RefundAsked)),
        Err(why @ Error::Invalid { .. }) => {
            let error = around.language().refused(&why);
            let page = AskRefund {
                frame: around.spoken(&shop, "refund-title", Here::Servers),
                id: id.to_string(),
                number: shop.engine().order(&id).await?.number,
                reason: Field::wrong(reason, error),
            };
            page::show_refused(why, &page)
        }
        Err(why) => Err(why.into()),
    }
}
