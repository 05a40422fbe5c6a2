//! The server's page, and the part of it that moves. Before a server is delivered there is nothing
//! to show but its order.

use axum::extract::State;
use axum::response::Response;
use domain::id::OrderId;
use engine::read::{OwnServer, Viewer};

use crate::account::servers::left;
use crate::api::at::Own;
use crate::app::Shop;
use crate::auth::Me;
use crate::order::show::RELOAD_S;
use crate::page::{self, Around};
use crate::paths;
use crate::problem::Problem;
use crate::view::server::{Facts, Live, Show};
use crate::view::{Frame, Here};

/// `/my-servers/{orderId}`
pub(crate) async fn show(
    State(shop): State<Shop>,
    around: Around,
    Own { id, me }: Own,
) -> Result<Response, Problem> {
    let Some(server) = looked_at(&shop, &id, &me).await? else {
        return Ok(page::on_to(&paths::order(&id)));
    };
    let order = &server.view;
    let frame = around.titled(&shop, server.address.to_string(), Here::Servers);
    let live = live(&server, &frame);
    page::show(&Show {
        number: order.number.clone(),
        name: order.product_name.clone(),
        memory: format!("{} GB", order.memory.as_gb()),
        delivered: frame.time(order.delivered_at.unwrap_or(order.created_at)),
        until: order.sold_until.map(|until| frame.day(until)),
        left: left(order, &frame),
        receipt: frame.receipt(&order.sold_as.0, order.sold_as.1.as_str()),
        frame: Frame { reload_s: live.is_moving().then_some(RELOAD_S), ..frame },
        live,
    })
}

/// The server as it is known now. Where that is old, a worker asks its provider: nobody waits.
pub(super) async fn looked_at(
    shop: &Shop,
    id: &OrderId,
    me: &Me,
) -> Result<Option<OwnServer>, Problem> {
    let server = shop.engine().own_server(id, &Viewer::Owner(me.0.id.clone())).await?;
    if let Some(server) = server.as_ref().filter(|server| server.power_due) {
        shop.engine().ask_power(&server.id).await?;
    }
    Ok(server)
}

pub(super) fn live(server: &OwnServer, frame: &Frame) -> Live {
    let facts = Facts {
        id: server.view.id.to_string(),
        address: server.address.to_string(),
        os: server.os,
        system: server.system.as_deref(),
        power: server.power,
        asking: server.asking || server.power_due,
        has_sign_in: server.has_sign_in,
        operable: server.operable,
        errands: &server.errands,
    };
    Live::of(&facts, frame)
}
