//! Proving an address, and having another one.

use axum::extract::State;
use axum::response::Response;
use engine::Error;
use engine::account::Purpose;
use engine::secret::Secret;
use serde::Deserialize;

use super::Linked;
use super::own::whole;
use crate::app::Shop;
use crate::auth::{Caller, Me};
use crate::body::Asked;
use crate::page::{self, Around, Posted};
use crate::paths;
use crate::problem::Problem;
use crate::view::account::link::Verify;
use crate::view::account::own::Own;
use crate::view::{Field, Here, Said};

/// `/verify`: a look alone proves nothing, for programs look at links too.
pub(crate) async fn look(
    State(shop): State<Shop>,
    around: Around,
    Asked(Linked { token }): Asked<Linked>,
) -> Result<Response, Problem> {
    let is_good = shop.engine().is_link_in_force(Purpose::Verify, &Secret::new(&*token)).await?;
    let frame = around.spoken(&shop, "verify-title", Here::Login);
    page::show(&Verify { frame, token: is_good.then_some(token) })
}

pub(crate) async fn verify(
    State(shop): State<Shop>,
    Posted(Linked { token }): Posted<Linked>,
) -> Result<Response, Problem> {
    match shop.engine().verify_address(&Secret::new(&*token)).await {
        Ok(_) => Ok(page::on_to_say(paths::SHOP, Said::AddressProven)),
        Err(Error::Refused { slug: "link-over", .. }) => Ok(page::on_to(&paths::verify(&token))),
        Err(error) => Err(error.into()),
    }
}

pub(crate) async fn send_again(
    State(shop): State<Shop>,
    me: Me,
    Caller { address, .. }: Caller,
) -> Result<Response, Problem> {
    shop.engine().send_verification(&me.0, address).await?;
    Ok(page::on_to_say(paths::ACCOUNT, Said::LinkSent))
}

#[derive(Deserialize)]
pub(crate) struct Changing {
    email: String,
}

pub(crate) async fn change(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    Caller { address, .. }: Caller,
    Posted(Changing { email }): Posted<Changing>,
) -> Result<Response, Problem> {
    match shop.engine().change_address(&me.0, &email, address).await {
        Ok(()) => Ok(page::on_to_say(paths::ACCOUNT, Said::LinkSent)),
        Err(error @ (Error::Invalid { .. } | Error::TooMany { .. })) => {
            let email = Field::wrong(email, around.language().refused(&error));
            let page = Own { email, ..whole(&shop, &around, &me.0).await? };
            page::show_refused(error, &page)
        }
        Err(error) => Err(error.into()),
    }
}
