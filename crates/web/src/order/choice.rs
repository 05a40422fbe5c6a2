//! Money back or waiting, where it was offered.

use axum::extract::State;
use axum::response::Response;
use engine::remedy;
use serde::Deserialize;

use crate::api::at::Own;
use crate::app::Shop;
use crate::page::{self, Posted};
use crate::paths;
use crate::problem::Problem;
use crate::view::Said;

#[derive(Debug, Deserialize)]
pub(crate) struct Chosen {
    choice: Choice,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Choice {
    Refund,
    Wait,
}

pub(crate) async fn choose(
    State(shop): State<Shop>,
    Own { id, me }: Own,
    Posted(Chosen { choice }): Posted<Chosen>,
) -> Result<Response, Problem> {
    let (chosen, said) = match choice {
        Choice::Refund => (remedy::Choice::Refund, Said::RefundChosen),
        Choice::Wait => (remedy::Choice::Wait, Said::WaitChosen),
    };
    shop.engine().choose(&id, chosen, me.actor()).await?;
    Ok(page::on_to_say(&paths::order(&id), said))
}
