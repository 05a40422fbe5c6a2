//! Who did what, to what, when and why, for those who may see it.

use axum::extract::State;
use axum::response::Response;
use domain::id::AccountId;
use engine::audit::{AuditPage, AuditRow, AuditSought};
use engine::permission::Act;
use serde::Deserialize;

use super::orders::day;
use super::page_of::page_of;
use crate::app::Shop;
use crate::body::Asked;
use crate::page::{self, Around};
use crate::paths;
use crate::problem::Problem;
use crate::view::admin::About;
use crate::view::admin::audit::{Detail, Row, Trail};
use crate::view::admin::words::in_words;
use crate::view::when::Zone;
use crate::view::{Choice, Field, Frame, Here};

/// What is looked for, as the address of the page says it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Which {
    who: String,
    what: String,
    about: String,
    /// The first day, and the last one.
    from: String,
    to: String,
    after: Option<String>,
}

impl Which {
    fn sought(&self, zone: &Zone) -> Result<AuditSought, Problem> {
        Ok(AuditSought {
            who: self.who.clone(),
            what: self.what.clone(),
            about: self.about.clone(),
            from: day(&self.from, zone)?.map(|(begins, _)| begins),
            until: day(&self.to, zone)?.map(|(_, ends)| ends),
        })
    }

    /// What narrows the list, by its names.
    fn given(&self) -> Vec<(&'static str, &str)> {
        let all = [
            ("who", self.who.trim()),
            ("what", self.what.trim()),
            ("about", self.about.trim()),
            ("from", self.from.trim()),
            ("to", self.to.trim()),
        ];
        all.into_iter().filter(|(_, value)| !value.is_empty()).collect()
    }
}

/// `/admin/audit`
pub(crate) async fn list(
    State(shop): State<Shop>,
    around: Around,
    Asked(which): Asked<Which>,
) -> Result<Response, Problem> {
    let frame = around.frame(&shop, "Audit", Here::StaffAudit);
    let sought = which.sought(&frame.zone)?;
    let found = shop.engine().find_audit(&sought, which.after.as_deref(), None).await?;
    let given = which.given();
    let older = |after: &str| {
        let all = given.iter().copied().chain([("after", after)]);
        paths::with_query(paths::STAFF_AUDIT, all)
    };
    let chosen = which.what.trim();
    let deed =
        |word: &String| Choice { chosen: word == chosen, ..Choice::of(word, in_words(word)) };
    let anything = Choice { chosen: chosen.is_empty(), ..Choice::of("", "Anything") };
    page::show(&Trail {
        who: Field::of(which.who.trim()),
        what: std::iter::once(anything).chain(found.actions.iter().map(deed)).collect(),
        about: Field::of(which.about.trim()),
        from: which.from.clone(),
        to: which.to.clone(),
        is_narrowed: !given.is_empty(),
        rows: found.page.items.iter().map(|row| shown(row, &found, &frame)).collect(),
        next: found.page.next.as_deref().map(older),
        frame,
    })
}

fn shown(row: &AuditRow, found: &AuditPage, frame: &Frame) -> Row {
    Row {
        at: frame.time(row.at),
        who: who(row, frame),
        what: in_words(&row.action),
        about: page_of(&row.action, &row.subject, &found.names, frame),
        detail: Detail::of(&row.detail),
    }
}

/// Whoever did it: somebody with an account, or a part that acted by itself.
fn who(row: &AuditRow, frame: &Frame) -> About {
    let account = AccountId::parse(&row.actor).ok().filter(|_| frame.may(Act::SeeAllOrders));
    About {
        name: row.email.clone().unwrap_or_else(|| row.actor.clone()),
        url: account.map(|id| paths::staff_customer(&id)),
    }
}
