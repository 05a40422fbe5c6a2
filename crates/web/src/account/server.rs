//! One server of a customer. Before it is delivered there is nothing to show but its order.

use axum::extract::State;
use axum::response::Response;
use engine::read::Viewer;

use super::servers::{badge, left};
use crate::api::at::Own;
use crate::app::Shop;
use crate::page::{self, Around};
use crate::paths;
use crate::problem::Problem;
use crate::view::Here;
use crate::view::account::Server;

/// `/my-servers/{orderId}`
pub(crate) async fn show(
    State(shop): State<Shop>,
    around: Around,
    Own { id, me }: Own,
) -> Result<Response, Problem> {
    let order = shop.engine().order_view(&id, &Viewer::Owner(me.0.id)).await?;
    let (Some(address), Some(delivered)) = (order.provisioned_ip, order.delivered_at) else {
        return Ok(page::on_to(&paths::order(&order.id)));
    };
    let frame = around.frame(&shop, address.to_string(), Here::Servers);
    page::show(&Server {
        id: order.id.to_string(),
        number: order.number.clone(),
        name: order.product_name.clone(),
        address: address.to_string(),
        memory: format!("{} GB", order.memory.as_gb()),
        system: order.os.map_or("Any", |os| os.label()).to_owned(),
        status: badge(order.seen),
        delivered: frame.time(delivered),
        until: order.sold_until.map(|until| frame.zone.day(until)),
        left: left(&order, &frame),
        receipt: order.receipt,
        frame,
    })
}
