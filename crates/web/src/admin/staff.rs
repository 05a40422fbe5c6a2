//! Whoever works for the shop: seeing them, inviting somebody, and changing what they may do.

use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use domain::id::AccountId;
use engine::Error;
use engine::account::Member;
use engine::permission::{Act, Role};
use http::Method;
use serde::Deserialize;

use crate::app::Shop;
use crate::auth::Me;
use crate::body::At;
use crate::page::{self, Around, Posted, sentence};
use crate::paths;
use crate::problem::Problem;
use crate::routes::Routes;
use crate::rule::Rule;
use crate::view::account::Badge;
use crate::view::admin::staff::{Row, Staff};
use crate::view::{Choice, Field, Frame, Here, Said, Tone};

pub(super) fn routes(routes: Routes) -> Routes {
    let people = Rule::may(Act::ManageAccounts);
    routes
        .page(people, Method::GET, "/admin/staff", get(list))
        .page(people, Method::POST, "/admin/staff", post(invite))
        .page(people, Method::POST, "/admin/staff/{id}/invite", post(invite_again))
        .page(people, Method::POST, "/admin/staff/{id}/role", post(change))
}

/// `/admin/staff`
async fn list(State(shop): State<Shop>, around: Around, me: Me) -> Result<Response, Problem> {
    page::show(&whole(&shop, &around, &me).await?)
}

async fn whole(shop: &Shop, around: &Around, me: &Me) -> Result<Staff, Problem> {
    let staff = shop.engine().staff().await?;
    let frame = around.frame(shop, "Staff", Here::StaffPeople);
    Ok(Staff {
        rows: staff.iter().map(|member| row(member, me, &frame)).collect(),
        carries_mail: shop.engine().carries_mail(),
        email: Field::default(),
        name: Field::default(),
        roles: vec![Choice::of("support", "Support"), Choice::of("admin", "Admin")],
        refused: None,
        frame,
    })
}

fn row(member: &Member, me: &Me, frame: &Frame) -> Row {
    let account = &member.account;
    let tone = if account.role == Role::Admin { Tone::Sea } else { Tone::Plain };
    Row {
        id: account.id.to_string(),
        name: account.name.clone(),
        email: account.email.clone(),
        role: Badge::of(tone, account.role.as_str()),
        factor: match account.has_second_factor {
            true => Badge::of(Tone::Good, "second factor"),
            false => Badge::of(Tone::Warn, "no second factor"),
        },
        seen: member.seen_at.map(|at| frame.time(at)),
        keys: member.keys,
        is_invited: member.is_invited(),
        is_me: account.id == me.0.id,
        others: others(account.role),
        audit: paths::staff_audit_by(&account.email),
    }
}

/// What somebody may be made who is something already.
pub(super) fn others(role: Role) -> Vec<Choice> {
    let words = |role| match role {
        Role::Admin => "Make an admin",
        Role::Support => "Make support",
        Role::Customer => "Take out of staff",
    };
    let others = [Role::Admin, Role::Support, Role::Customer].into_iter();
    others.filter(|other| *other != role).map(|r| Choice::of(r.as_str(), words(r))).collect()
}

#[derive(Debug, Deserialize)]
pub(crate) struct Invitation {
    email: String,
    #[serde(default)]
    name: String,
    role: String,
}

async fn invite(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    Posted(sent): Posted<Invitation>,
) -> Result<Response, Problem> {
    let Invitation { email, name, role } = sent;
    let invited = match role_of(&role) {
        Ok(role) => shop.engine().invite_staff((&email, &name, role), &me.0.id).await,
        Err(why) => Err(why),
    };
    match invited {
        Ok(_) => Ok(page::on_to_say(paths::STAFF_PEOPLE, Said::Done)),
        Err(why) => {
            let page = whole(&shop, &around, &me).await?;
            refused(why, Staff { email: Field::of(email), name: Field::of(name), ..page })
        }
    }
}

async fn invite_again(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    At(id): At<AccountId>,
) -> Result<Response, Problem> {
    match shop.engine().invite_staff_again(&id, &me.0.id).await {
        Ok(()) => Ok(page::on_to_say(paths::STAFF_PEOPLE, Said::Done)),
        Err(why) => refused(why, whole(&shop, &around, &me).await?),
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct Change {
    role: String,
}

async fn change(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    At(id): At<AccountId>,
    Posted(Change { role }): Posted<Change>,
) -> Result<Response, Problem> {
    let changed = match role_of(&role) {
        Ok(role) => shop.engine().change_role(&id, role, &me.0.id).await,
        Err(why) => Err(why),
    };
    match changed {
        Ok(()) => Ok(page::on_to_say(paths::STAFF_PEOPLE, Said::Done)),
        Err(why) => refused(why, whole(&shop, &around, &me).await?),
    }
}

fn role_of(text: &str) -> Result<Role, Error> {
    Role::parse(text).ok_or_else(|| Error::invalid("unknown-role", "choose a role"))
}

fn refused(why: Error, page: Staff) -> Result<Response, Problem> {
    match why {
        Error::Invalid { .. } | Error::Refused { .. } => {
            let refused = Some(sentence(&why.to_string()));
            page::show_refused(why, &Staff { refused, ..page })
        }
        why => Err(why.into()),
    }
}
