//! How a customer signs in to their server. Shown in the answer itself, kept nowhere, and every
//! look is on record.

use axum::extract::State;
use axum::response::Response;

use crate::api::at::Openable;
use crate::app::Shop;
use crate::page::{self, Around};
use crate::problem::Problem;
use crate::view::Here;
use crate::view::order::Credentials;

pub(crate) async fn reveal(
    State(shop): State<Shop>,
    around: Around,
    Openable { id, viewer, me }: Openable,
) -> Result<Response, Problem> {
    let (server, credentials) = shop.engine().reveal_credentials(&id, me.actor()).await?;
    // The system that it has now, whatever was ordered.
    let own = shop.engine().own_server(&id, &viewer).await?;
    let own = own.ok_or_else(|| Problem::missing("server", id.as_str()))?;
    let is_windows = match own.os {
        Some(os) => os.is_windows(),
        None => credentials.username.eq_ignore_ascii_case("administrator"),
    };
    let frame = around.spoken(&shop, "sign-in-title", Here::Servers);
    page::show(&Credentials {
        id: id.to_string(),
        number: own.view.number,
        address: server.address.to_string(),
        user: credentials.username,
        password: credentials.password,
        system: match own.os {
            Some(os) => os.label().to_owned(),
            None => frame.say("your-server"),
        },
        is_windows,
        is_theirs: own.view.account == me.0.id,
        frame,
    })
}
