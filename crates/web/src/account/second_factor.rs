//! A second factor: setting it up, new recovery codes, and switching it off. The secret and the
//! recovery codes are shown in the answer to a press, and in no page that can be fetched again.

use axum::extract::State;
use axum::response::Response;
use engine::Error;
use engine::second_factor::Setup;
use engine::secret::Secret;
use serde::Deserialize;

use super::own::whole;
use crate::app::Shop;
use crate::auth::Me;
use crate::page::{self, Around, Posted};
use crate::paths;
use crate::problem::Problem;
use crate::view::account::own::Own;
use crate::view::account::second_factor::{Codes, SetUp};
use crate::view::square::Square;
use crate::view::{Field, Here, Said};

/// `/account/second-factor`
pub(crate) async fn begin(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
) -> Result<Response, Problem> {
    let setup = shop.engine().begin_second_factor(&me.0).await?;
    page::show(&set_up(&shop, &around, &setup, Field::default()))
}

fn set_up(shop: &Shop, around: &Around, setup: &Setup, code: Field) -> SetUp {
    let letters = setup.secret.expose().as_bytes().chunks(4);
    let groups: Vec<_> = letters.map(String::from_utf8_lossy).collect();
    SetUp {
        frame: around.spoken(shop, "factor-title", Here::Account),
        square: Square::of(setup.uri.expose()),
        secret: groups.join(" "),
        code,
    }
}

#[derive(Deserialize)]
pub(crate) struct Shown {
    code: String,
}

pub(crate) async fn confirm(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    Posted(Shown { code }): Posted<Shown>,
) -> Result<Response, Problem> {
    match shop.engine().confirm_second_factor(&me.0, &Secret::new(code)).await {
        Ok(codes) => codes_page(&shop, &around, &codes),
        Err(error @ (Error::Invalid { .. } | Error::TooMany { .. })) => {
            let code = Field::wrong("", around.language().refused(&error));
            let setup = shop.engine().pending_second_factor(&me.0).await?;
            page::show_refused(error, &set_up(&shop, &around, &setup, code))
        }
        Err(error) => Err(error.into()),
    }
}

fn codes_page(shop: &Shop, around: &Around, codes: &[Secret]) -> Result<Response, Problem> {
    let codes = codes.iter().map(|code| code.expose().to_owned()).collect();
    page::show(&Codes { frame: around.spoken(shop, "codes-title", Here::Account), codes })
}

pub(crate) async fn renew(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    Posted(Shown { code }): Posted<Shown>,
) -> Result<Response, Problem> {
    match shop.engine().renew_recovery_codes(&me.0, &Secret::new(code)).await {
        Ok(codes) => codes_page(&shop, &around, &codes),
        Err(error) => wrong(&shop, &around, &me, error).await,
    }
}

pub(crate) async fn end(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    Posted(Shown { code }): Posted<Shown>,
) -> Result<Response, Problem> {
    match shop.engine().end_second_factor(&me.0, &Secret::new(code)).await {
        Ok(()) => Ok(page::on_to_say(paths::ACCOUNT, Said::SecondFactorOff)),
        Err(error) => wrong(&shop, &around, &me, error).await,
    }
}

/// What was wrong with a code, beside its field.
async fn wrong(shop: &Shop, around: &Around, me: &Me, error: Error) -> Result<Response, Problem> {
    if !matches!(error, Error::Invalid { .. } | Error::TooMany { .. }) {
        return Err(error.into());
    }
    let code = Field::wrong("", around.language().refused(&error));
    page::show_refused(error, &Own { code, ..whole(shop, around, &me.0).await? })
}
