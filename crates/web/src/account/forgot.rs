//! A forgotten password: a mail is asked for, and its link sets a new one. What is shown is the
//! same for every address.

use axum::extract::State;
use axum::response::Response;
use engine::Error;
use engine::account::Purpose;
use engine::secret::Secret;
use serde::Deserialize;

use super::Linked;
use crate::app::Shop;
use crate::auth::Caller;
use crate::body::Asked;
use crate::page::{self, Around, Posted};
use crate::paths;
use crate::problem::Problem;
use crate::view::account::link::{Forgot, Reset};
use crate::view::{Field, Here, Said};

/// `/forgot`
pub(crate) async fn look(State(shop): State<Shop>, around: Around) -> Result<Response, Problem> {
    page::show(&blank(&shop, &around))
}

fn blank(shop: &Shop, around: &Around) -> Forgot {
    let frame = around.spoken(shop, "password-new-title", Here::Login);
    Forgot { frame, email: Field::default(), carries_mail: shop.engine().carries_mail() }
}

#[derive(Deserialize)]
pub(crate) struct Asking {
    email: String,
}

pub(crate) async fn ask(
    State(shop): State<Shop>,
    around: Around,
    Caller { address, .. }: Caller,
    Posted(Asking { email }): Posted<Asking>,
) -> Result<Response, Problem> {
    match shop.engine().ask_reset(&email, address).await {
        Ok(()) => Ok(page::on_to_say(paths::LOGIN, Said::ResetSent)),
        Err(error @ (Error::Invalid { .. } | Error::TooMany { .. })) => {
            let email = Field::wrong(email, around.language().refused(&error));
            page::show_refused(error, &Forgot { email, ..blank(&shop, &around) })
        }
        Err(error) => Err(error.into()),
    }
}

/// `/reset`
pub(crate) async fn open(
    State(shop): State<Shop>,
    around: Around,
    Asked(Linked { token }): Asked<Linked>,
) -> Result<Response, Problem> {
    let is_good = shop.engine().is_link_in_force(Purpose::Reset, &Secret::new(&*token)).await?;
    page::show(&form(&shop, &around, is_good.then_some(token)))
}

fn form(shop: &Shop, around: &Around, token: Option<String>) -> Reset {
    let frame = around.spoken(shop, "password-new-title", Here::Login);
    Reset { frame, token, password: Field::default() }
}

#[derive(Deserialize)]
pub(crate) struct Resetting {
    token: String,
    password: String,
}

pub(crate) async fn reset(
    State(shop): State<Shop>,
    around: Around,
    Posted(Resetting { token, password }): Posted<Resetting>,
) -> Result<Response, Problem> {
    let (link, password) = (Secret::new(&*token), Secret::new(password));
    match shop.engine().reset_password(&link, &password).await {
        Ok(()) => Ok(page::on_to_say(paths::LOGIN, Said::PasswordReset)),
        Err(Error::Refused { slug: "link-over", .. }) => Ok(page::on_to(&paths::reset(&token))),
        Err(error @ Error::Invalid { .. }) => {
            let password = Field::wrong("", around.language().refused(&error));
            page::show_refused(error, &Reset { password, ..form(&shop, &around, Some(token)) })
        }
        Err(error) => Err(error.into()),
    }
}
