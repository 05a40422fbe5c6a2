//! Servers that are ours and nobody's: the list, a form for one that staff found, and giving one
//! up, which is shown before it is done.

use axum::extract::State;
use axum::response::Response;
use domain::block::Verdict;
use domain::clock::Timestamp;
use domain::id::ServerId;
use domain::order::Remedy;
use engine::Error;
use engine::permission::Act;
use engine::read::Stray as Found;
use engine::stray::{GivingUp, Stray as Entered};
use serde::Deserialize;

use super::fault::words;
use super::read_money;
use crate::app::Shop;
use crate::auth::Me;
use crate::body::{Asked, At};
use crate::page::{self, Around, Behind, Posted, sentence};
use crate::paths;
use crate::problem::Problem;
use crate::view::account::Badge;
use crate::view::admin::quarantine::{New, Quarantine, Stray};
use crate::view::admin::remedies::{Back, Preview, title};
use crate::view::{Field, Frame, Here, Said, Tone};

/// `/admin/quarantine`
pub(crate) async fn list(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    Asked(which): Asked<Behind>,
) -> Result<Response, Problem> {
    page::show(&part(&shop, &around, &me, which.after.as_deref()).await?)
}

async fn part(
    shop: &Shop,
    around: &Around,
    me: &Me,
    after: Option<&str>,
) -> Result<Quarantine, Problem> {
    let part = shop.engine().quarantine(after, None).await?;
    let frame = around.frame(shop, "Quarantine", Here::StaffQuarantine);
    let may_change = me.may(Act::ManageQuarantine);
    let rows = part.items.into_iter().map(|found| stray(found, may_change, &frame)).collect();
    let next = part.next.map(|next| {
        let next: &str = &next;
        paths::with_query(paths::STAFF_QUARANTINE, [("after", next)])
    });
    let new = may_change.then(|| New {
        provider: shop.engine().provider().to_owned(),
        currency: shop.engine().settings().currency.code(),
        ..New::default()
    });
    Ok(Quarantine { frame, rows, new, next })
}

fn stray(found: Found, may_give_up: bool, frame: &Frame) -> Stray {
    let verdict = match found.verdict {
        Some(Verdict::Match) => Badge::of(Tone::Plain, "what was sold"),
        Some(Verdict::Mismatch) => Badge::of(Tone::Bad, "not what was sold"),
        Some(Verdict::Unobservable) => Badge::of(Tone::Warn, "nobody could tell"),
        None => Badge::of(Tone::Plain, "not looked at"),
    };
    Stray {
        id: found.id.to_string(),
        address: found.address.to_string(),
        provider: found.provider,
        order: found.order.map(|(id, number)| (id.to_string(), number)),
        verdict,
        cost: found.cost.map_or_else(|| "not entered".to_owned(), |cost| cost.for_people()),
        since: found.since.map(|at| frame.time(at)),
        expires: found.expires_at.map(|at| frame.day(at)),
        reason: found.reason.unwrap_or_default(),
        may_give_up,
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct Typed {
    address: String,
    reason: String,
    #[serde(default)]
    cost: String,
    #[serde(default)]
    expires: String,
    #[serde(default)]
    attempt: String,
}

impl Typed {
    fn entered(&self, shop: &Shop) -> Result<Entered, Error> {
        let cost = match self.cost.trim() {
            "" => None,
            text => Some(read_money(text, shop.engine().settings().currency).ok_or_else(|| {
                Error::invalid("invalid-amount", "write the cost like 599 or 599.50")
            })?),
        };
        let expires_at = match self.expires.trim() {
            "" => None,
            day => Some(Timestamp::parse(&format!("{day}T23:59:59Z")).ok_or_else(|| {
                Error::invalid("invalid-expiry", "write the day like 2026-12-21")
            })?),
        };
        Ok(Entered {
            provider: shop.engine().provider().to_owned(),
            address: self.address.clone(),
            reason: self.reason.clone(),
            attempt: Some(self.attempt.trim().to_owned()).filter(|text| !text.is_empty()),
            cost,
            expires_at,
        })
    }

    /// The form again, with what was wrong beside its field.
    fn refused(&self, form: New, error: &Error) -> New {
        let mut form = New {
            address: Field::of(&self.address),
            reason: Field::of(&self.reason),
            cost: Field::of(&self.cost),
            expires: Field::of(&self.expires),
            attempt: Field::of(&self.attempt),
            is_open: true,
            ..form
        };
        let text = Some(words(error));
        match error.slug() {
            "invalid-address" | "address-in-use" => form.address.error = text,
            "invalid-reason" => form.reason.error = text,
            "invalid-amount" | "wrong-currency" => form.cost.error = text,
            "invalid-expiry" => form.expires.error = text,
            _ if matches!(error, Error::Missing { .. }) => form.attempt.error = text,
            _ => form.refused = text,
        }
        form
    }
}

/// Enters a server that staff found at the provider.
pub(crate) async fn add(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    Posted(typed): Posted<Typed>,
) -> Result<Response, Problem> {
    let entered = match typed.entered(&shop) {
        Ok(entered) => shop.engine().add_stray(entered, me.actor()).await.map(drop),
        Err(error) => Err(error),
    };
    let error = match entered {
        Ok(()) => return Ok(page::on_to_say(paths::STAFF_QUARANTINE, Said::Done)),
        Err(error @ (Error::Invalid { .. } | Error::Refused { .. } | Error::Missing { .. })) => {
            error
        }
        Err(error) => return Err(error.into()),
    };
    let page = part(&shop, &around, &me, None).await?;
    let new = page.new.map(|form| typed.refused(form, &error));
    page::show_refused(error, &Quarantine { new, ..page })
}

#[derive(Debug, Deserialize)]
pub(crate) struct Deed {
    kind: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    preview: String,
}

/// Shows what giving one up would do; the second form does it.
pub(crate) async fn give_up(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    At(id): At<ServerId>,
    Posted(deed): Posted<Deed>,
) -> Result<Response, Problem> {
    let kind = Remedy::parse(&deed.kind).ok_or_else(|| {
        Problem::new("invalid-kind", "a stray is ended or written off; go back and choose")
    })?;
    let (preview, reason) = (deed.preview == "true", deed.reason.trim().to_owned());
    let way = GivingUp { kind, reason: reason.clone(), preview };
    let at = (paths::staff_stray(&id), Back::to_quarantine());
    let frame = around.frame(&shop, title(kind), Here::StaffQuarantine);
    let page = Preview {
        hidden: vec![("kind".into(), deed.kind.clone()), ("reason".into(), reason.clone())],
        reason,
        ..Preview::new(title(kind), at, frame)
    };
    match shop.engine().give_up_stray(&id, way, me.actor()).await {
        Ok(did) if preview => page::show(&Preview { did, ..page }),
        Ok(_) => Ok(page::on_to_say(paths::STAFF_QUARANTINE, Said::Done)),
        Err(error @ (Error::Refused { .. } | Error::Invalid { .. })) => {
            let refused = Some(sentence(&error.to_string()));
            page::show_refused(error, &Preview { refused, ..page })
        }
        Err(error) => Err(error.into()),
    }
}
