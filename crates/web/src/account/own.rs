//! One's own account at a glance: who one is, the password, and where one is signed in.

use axum::extract::State;
use axum::response::Response;
use engine::permission::{AccountRef, SecondFactor};
use engine::session::OpenSession;
use serde::Deserialize;

use crate::app::Shop;
use crate::auth::Me;
use crate::page::{self, Around, Posted};
use crate::paths;
use crate::problem::Problem;
use crate::view::account::own::{Own, Session};
use crate::view::device::device_words;
use crate::view::{Field, Frame, Here, Said};

/// `/account`
pub(crate) async fn show(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
) -> Result<Response, Problem> {
    page::show(&whole(&shop, &around, &me.0).await?)
}

pub(crate) fn shown(open: OpenSession, frame: &Frame) -> Session {
    Session {
        id: open.id.to_string(),
        device: device_words(&open.agent, frame.language),
        address: open.address,
        began: frame.time(open.began_at),
        seen: frame.time(open.seen_at),
        is_this_one: open.is_this_one,
    }
}

/// The page as it is before anything was typed.
pub(super) async fn whole(shop: &Shop, around: &Around, me: &AccountRef) -> Result<Own, Problem> {
    let sessions = shop.engine().open_sessions(me).await?;
    let factor = shop.engine().second_factor(me).await?;
    let frame = around.spoken(shop, "account-title", Here::Account);
    Ok(Own {
        name: Field::of(&me.name),
        email: Field::default(),
        factor: factor.is_on.then_some(factor.recovery_codes),
        is_needed: me.second_factor == SecondFactor::Missing,
        code: Field::default(),
        current: Field::default(),
        password: Field::default(),
        sessions: sessions.into_iter().map(|open| shown(open, &frame)).collect(),
        frame,
    })
}

#[derive(Deserialize)]
pub(crate) struct Naming {
    name: String,
}

pub(crate) async fn rename(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    Posted(Naming { name }): Posted<Naming>,
) -> Result<Response, Problem> {
    match shop.engine().rename(&me.0, &name).await {
        Ok(()) => Ok(page::on_to_say(paths::ACCOUNT, Said::Renamed)),
        Err(error @ engine::Error::Invalid { .. }) => {
            let name = Field::wrong(name, around.language().refused(&error));
            let page = Own { name, ..whole(&shop, &around, &me.0).await? };
            page::show_refused(error, &page)
        }
        Err(error) => Err(error.into()),
    }
}
