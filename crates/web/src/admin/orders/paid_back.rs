//! Money that staff have paid back themselves: entered once per reference.

use axum::extract::State;
use axum::response::Response;
use domain::id::RefundId;
use domain::refund::State as RefundState;
use engine::Error;
use engine::permission::Act;
use engine::read::Refund;
use serde::Deserialize;

use super::show::put_together;
use crate::admin::fault::words;
use crate::api::at::Any;
use crate::app::Shop;
use crate::auth::Me;
use crate::body::id_of;
use crate::page::{self, Around, Posted};
use crate::paths;
use crate::problem::Problem;
use crate::view::account::Badge;
use crate::view::admin::refund::{Back, PaidBack};
use crate::view::order::gateway_name;
use crate::view::{Field, Frame, Said, Tone};

#[derive(Debug, Deserialize)]
pub(crate) struct Entered {
    refund: String,
    reference: String,
}

/// One movement, and where staff may have paid it, the form for that.
pub(super) fn back(refund: &Refund, me: &Me, frame: &Frame) -> Back {
    let (tone, word) = match refund.state {
        RefundState::Done if refund.to_wallet => (Tone::Good, "in the customer's wallet"),
        RefundState::Done | RefundState::PaidByHand => (Tone::Good, "back with the customer"),
        RefundState::Planned => (Tone::Sea, "to be asked for"),
        RefundState::Requested | RefundState::Pending => (Tone::Sea, "under way"),
        RefundState::ByHand => (Tone::Warn, "to be paid by hand"),
        RefundState::Failed => (Tone::Bad, "failed"),
    };
    let enter = matches!(refund.state, RefundState::ByHand | RefundState::Failed);
    Back {
        id: refund.id.to_string(),
        state: Badge::of(tone, word),
        amount: refund.amount.for_people(),
        came_by: format!("{}: {}", gateway_name(&refund.gateway), refund.gateway_payment),
        proof: refund.reference.clone().or_else(|| refund.gateway_refund.clone()),
        reason: refund.reason.clone(),
        planned: frame.time(refund.planned_at),
        enter: (enter && me.may(Act::RemedyValue)).then(PaidBack::default),
    }
}

pub(crate) async fn paid_back(
    State(shop): State<Shop>,
    around: Around,
    Any { id, me }: Any,
    Posted(entered): Posted<Entered>,
) -> Result<Response, Problem> {
    let refund = id_of::<RefundId>(&entered.refund)?;
    let paid = shop.engine().refund_paid_by_hand(&refund, &entered.reference, me.actor());
    let error = match paid.await {
        Ok(_) => return Ok(page::on_to_say(&paths::staff_order(&id), Said::Done)),
        Err(error @ (Error::Invalid { .. } | Error::Refused { .. })) => error,
        Err(error) => return Err(error.into()),
    };
    let all = shop.engine().admin_order(&id).await?;
    let mut page = put_together(&shop, &around, &me, &all).await?;
    if let Some(row) = page.refunds.iter_mut().find(|row| row.id == refund.as_str()) {
        let said = words(&error);
        row.enter = Some(PaidBack {
            reference: Field { error: Some(said), ..Field::of(&entered.reference) },
        });
    }
    page::show_refused(error, &page)
}
