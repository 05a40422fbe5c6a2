//! A server that staff deliver by hand: entered on the order's page, and checked before it is the
//! customer's.

use axum::extract::State;
use axum::response::Response;
use domain::clock::Timestamp;
use engine::Error;
use engine::by_hand::Entry;
use serde::Deserialize;

use super::show::put_together;
use crate::admin::fault::{beside, place, words};
use crate::api::at::Any;
use crate::app::Shop;
use crate::page::{self, Around, Posted};
use crate::paths;
use crate::problem::Problem;
use crate::view::admin::orders::Deliver;
use crate::view::{Field, Said};

#[derive(Deserialize)]
pub(crate) struct Entered {
    version: i64,
    address: String,
    username: String,
    password: String,
    /// A day, as browsers send it; empty where it is when the customer's time ends.
    expires: String,
}

pub(crate) async fn deliver(
    State(shop): State<Shop>,
    around: Around,
    Any { id, me }: Any,
    Posted(entered): Posted<Entered>,
) -> Result<Response, Problem> {
    let delivered = async {
        let entry = Entry {
            address: entered.address.clone(),
            username: entered.username.clone(),
            password: entered.password.clone(),
            expires_at: end_of_day(&entered.expires)?,
            version: Some(entered.version),
        };
        shop.engine().deliver_by_hand(&id, entry, me.actor(), None).await
    };
    let error = match delivered.await {
        Ok(_) => return Ok(page::on_to_say(&paths::staff_order(&id), Said::DeliveredByHand)),
        Err(error @ (Error::Invalid { .. } | Error::Refused { .. })) => error,
        Err(error) => return Err(error.into()),
    };
    let all = shop.engine().admin_order(&id).await?;
    let mut page = put_together(&shop, &around, &me, &all).await?;
    // Somebody else may have delivered it meanwhile: then there is no form to go back to.
    match &mut page.deliver {
        Some(form) => refused(form, &entered, &error),
        None => page.error = Some(words(&error)),
    }
    page::show_refused(error, &page)
}

/// The form again as it was filled in, with what was wrong beside its field. The password is the
/// server's: whoever typed it finds it there, in an answer that nobody keeps.
fn refused(form: &mut Deliver, entered: &Entered, error: &Error) {
    form.address = Field::of(&entered.address);
    form.username = Field::of(&entered.username);
    form.password = Field::of(&entered.password);
    form.expires = Field::of(&entered.expires);
    form.is_open = true;
    match error.slug() {
        "invalid-address" | "address-in-use" => form.address.error = Some(beside(error)),
        "invalid-expiry" => form.expires.error = Some(beside(error)),
        _ => {
            form.refused = place(
                error,
                &mut [("username", &mut form.username), ("password", &mut form.password)],
            );
        }
    }
}

/// The last moment of a day: nobody takes a server back at its beginning.
fn end_of_day(day: &str) -> Result<Option<Timestamp>, Error> {
    let day = day.trim();
    if day.is_empty() {
        return Ok(None);
    }
    let end = Timestamp::parse(&format!("{day}T23:59:59Z"));
    let wrong = || Error::invalid("invalid-expiry", "write the day like 2026-12-21");
    end.map(Some).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_to_its_end_and_nothing_is_no_day() {
        let end = end_of_day("2026-12-21").unwrap().unwrap();
        assert_eq!(end.rfc3339(), "2026-12-21T23:59:59Z");
        assert_eq!(end_of_day(" ").unwrap(), None);
        assert!(end_of_day("21.12.2026").is_err());
    }
}
