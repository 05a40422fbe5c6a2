//! A button that is pressed twice counts once: forms that make something carry a key of their own,
//! and what they made is remembered by it. Programs send theirs in a header, see `once.rs`.

use std::fmt::Display;

use domain::id::AccountId;
use engine::Error;
use engine::idempotency::{Begin, Reply, Ticket};
use http::StatusCode;
use sha2::{Digest, Sha256};

use crate::app::Shop;
use crate::body::Named;

/// A form as it was sent.
pub(crate) struct Form<'a> {
    /// What it is called among those that count once.
    pub route: &'static str,
    pub key: &'a str,
    /// All that was filled in.
    pub text: String,
}

/// Makes what a form asks for, or tells what it made before. A form without a key is made anew.
pub(crate) async fn once<T: Named + Display>(
    shop: &Shop,
    account: &AccountId,
    form: Form<'_>,
    make: impl AsyncFnOnce(Option<Ticket>) -> Result<T, Error>,
) -> Result<T, Error> {
    if form.key.is_empty() {
        return make(None).await;
    }
    let hash = hex::encode(Sha256::digest(form.text.as_bytes()));
    let engine = shop.engine();
    match engine.idempotent(account, form.route, form.key, &hash).await? {
        Begin::Fresh(ticket) => {
            let done = match ticket.effect().and_then(T::named) {
                // Whoever pressed first was cut off after it was made.
                Some(made) => Ok(made),
                None => make(Some(ticket.clone())).await,
            };
            match &done {
                Ok(made) => keep(shop, ticket, made.to_string()).await?,
                Err(_) => engine.release(ticket).await?,
            }
            done
        }
        Begin::Replay { body, .. } => {
            let made = String::from_utf8_lossy(&body).into_owned();
            T::named(&made).ok_or_else(|| Error::Bug(format!("{made} is no {}", T::WHAT)))
        }
        Begin::InFlight => Err(Error::refused(
            "in-flight",
            "your order is being placed; look at My servers in a moment",
        )),
        // The form was changed after it was sent: that is another wish.
        Begin::OtherBody | Begin::AnsweredSecret => make(None).await,
    }
}

async fn keep(shop: &Shop, ticket: Ticket, made: String) -> Result<(), Error> {
    let reply = Reply {
        status: StatusCode::SEE_OTHER.as_u16(),
        content_type: "text/plain".into(),
        body: made.into_bytes(),
        secret: false,
    };
    shop.engine().finish(ticket, reply).await
}
