//! A server is wiped and installed anew, with the same system or another one. Whoever asks for it
//! types its address, and has just proved who they are.

use axum::extract::State;
use axum::response::Response;
use domain::errand::Wish;
use engine::Error;
use engine::errand::NewErrand;
use engine::read::OwnServer;
use serde::Deserialize;

use super::power::said;
use super::show::looked_at;
use crate::api::at::Own;
use crate::app::Shop;
use crate::page::{self, Around, Posted};
use crate::paths;
use crate::problem::Problem;
use crate::view::server::Reinstall;
use crate::view::{Field, Here};

#[derive(Debug, Deserialize)]
pub(crate) struct Wanted {
    /// Empty: the same system.
    #[serde(default)]
    os: String,
    #[serde(default)]
    confirm: String,
    #[serde(default)]
    seen: Option<String>,
}

/// `/my-servers/{orderId}/reinstall`
pub(crate) async fn look(
    State(shop): State<Shop>,
    around: Around,
    Own { id, me }: Own,
) -> Result<Response, Problem> {
    let server = looked_at(&shop, &id, &me).await?;
    match server.filter(|server| server.operable && server.under_way().is_none()) {
        Some(server) => page::show(&blank(&shop, &around, &server, "")),
        None => Ok(page::on_to(&paths::my_server(&id))),
    }
}

fn blank(shop: &Shop, around: &Around, server: &OwnServer, os: &str) -> Reinstall {
    let system = server.os.map(|os| os.label().to_owned()).or_else(|| server.system.clone());
    let frame = around.spoken(shop, "do-install", Here::Servers);
    Reinstall {
        id: server.view.id.to_string(),
        address: server.address.to_string(),
        system: system.unwrap_or_else(|| frame.say("system-unknown")),
        systems: Reinstall::systems(server.os, os, frame.language),
        confirm: Field::default(),
        newest: server.errands.first().map(|newest| newest.id.to_string()).unwrap_or_default(),
        frame,
    }
}

pub(crate) async fn reinstall(
    State(shop): State<Shop>,
    around: Around,
    Own { id, me }: Own,
    Posted(Wanted { os, confirm, seen }): Posted<Wanted>,
) -> Result<Response, Problem> {
    let (wish, chosen) = match os.as_str() {
        "" => (Wish::Reinstall, None),
        code => (Wish::ChangeOs, Some(code.to_owned())),
    };
    let new = NewErrand { wish, os: chosen, confirmed: Some(confirm.clone()), seen };
    let asked = shop.engine().ask_errand_by(&id, new, &me.0.id, me.actor()).await.map(|_| ());
    let refused = matches!(&asked, Err(Error::Invalid { slug: "not-confirmed", .. }));
    match (asked, looked_at(&shop, &id, &me).await?) {
        (Err(error), Some(server)) if refused => {
            let confirm = Field::wrong(confirm, around.language().refused(&error));
            let page = Reinstall { confirm, ..blank(&shop, &around, &server, &os) };
            page::show_refused(error, &page)
        }
        (asked, _) => said(asked, &paths::my_server(&id)),
    }
}
