//! A customer asked for their money back, and staff say why not: in words that go to them by mail.

use axum::extract::State;
use axum::response::Response;
use engine::Error;
use serde::Deserialize;

use super::show::put_together;
use crate::admin::fault::words;
use crate::api::at::Any;
use crate::app::Shop;
use crate::page::{self, Around, Posted};
use crate::paths;
use crate::problem::Problem;
use crate::view::{Field, Said};

#[derive(Debug, Deserialize)]
pub(crate) struct Words {
    public: String,
    version: i64,
}

pub(crate) async fn decline(
    State(shop): State<Shop>,
    around: Around,
    Any { id, me }: Any,
    Posted(Words { public, version }): Posted<Words>,
) -> Result<Response, Problem> {
    let declined = shop.engine().decline_refund(&id, (&public, Some(version)), me.actor());
    let error = match declined.await {
        Ok(()) => return Ok(page::on_to_say(&paths::staff_order(&id), Said::RefundDeclined)),
        Err(error @ (Error::Invalid { .. } | Error::Refused { .. })) => error,
        Err(error) => return Err(error.into()),
    };
    let all = shop.engine().admin_order(&id).await?;
    let mut page = put_together(&shop, &around, &me, &all).await?;
    let text = words(&error);
    // Somebody else may have answered it meanwhile: then there is no form to go back to.
    match &mut page.refund_asked {
        Some(form) => form.public = Field::wrong(public, text),
        None => page.error = Some(text),
    }
    page::show_refused(error, &page)
}
