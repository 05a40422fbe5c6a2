//! Another password, for whoever knows the one there is.

use axum::extract::State;
use axum::response::Response;
use engine::Error;
use engine::account::NewPassword;
use engine::secret::Secret;
use serde::Deserialize;

use super::own::whole;
use crate::app::Shop;
use crate::auth::{Caller, Me};
use crate::page::{self, Around, Posted};
use crate::paths;
use crate::problem::Problem;
use crate::view::{Field, Said};

#[derive(Deserialize)]
pub(crate) struct Changing {
    current: String,
    password: String,
}

pub(crate) async fn change(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    Caller { address, .. }: Caller,
    Posted(Changing { current, password }): Posted<Changing>,
) -> Result<Response, Problem> {
    let (current, new) = (Secret::new(current), Secret::new(password));
    let error =
        match shop.engine().change_password(&me.0, NewPassword { current, new, address }).await {
            Ok(()) => return Ok(page::on_to_say(paths::ACCOUNT, Said::PasswordChanged)),
            Err(error) => error,
        };
    let mut page = whole(&shop, &around, &me.0).await?;
    // Passwords are typed anew: they are not sent back.
    let wrong = Field::wrong("", around.language().refused(&error));
    match &error {
        Error::Invalid { slug: "unacceptable-password", .. } => page.password = wrong,
        Error::Invalid { .. } | Error::TooMany { .. } => page.current = wrong,
        _ => return Err(error.into()),
    }
    page::show_refused(error, &page)
}
