//! Customers for staff: the list, one with what stands around them, notes, and signing them out.

use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use domain::id::AccountId;
use engine::Error;
use engine::account::Account;
use engine::permission::{Act, Role};
use engine::read::{CustomersOrder, Note as Written};
use http::{Method, header};
use serde::Deserialize;

use super::fault::beside;
use super::orders::beside as rows;
use super::switches::Because;
use crate::account::own;
use crate::app::Shop;
use crate::auth::{self, Me};
use crate::body::{Asked, At};
use crate::language::Language;
use crate::page::{self, Around, Posted, sentence};
use crate::paths;
use crate::problem::Problem;
use crate::routes::Routes;
use crate::rule::Rule;
use crate::view::account::Badge;
use crate::view::admin::customers::{List, Note, OrderLine, Row, Show};
use crate::view::admin::stage_badge;
use crate::view::{Field, Frame, Here, Said, Tone};

pub(super) fn routes(routes: Routes) -> Routes {
    let (see, care) = (Rule::may(Act::SeeAllOrders), Rule::may(Act::LookAfterCustomers));
    let (act, stop) = (Rule::may(Act::SignInAsCustomers), Rule::signed_in().while_acting());
    routes
        .page(see, Method::GET, "/admin/customers", get(list))
        .page(see, Method::GET, "/admin/customers/{id}", get(show))
        .page(care, Method::POST, "/admin/customers/{id}/notes", post(note))
        .page(care, Method::POST, "/admin/customers/{id}/sessions/end", post(end_sessions))
        .page(act, Method::POST, "/admin/customers/{id}/act", post(act_for))
        .page(stop, Method::POST, "/acting/end", post(stop_acting))
}

#[derive(Debug, Deserialize)]
pub(crate) struct Which {
    #[serde(default)]
    q: String,
    after: Option<String>,
}

/// `/admin/customers`
async fn list(
    State(shop): State<Shop>,
    around: Around,
    Asked(Which { q, after }): Asked<Which>,
) -> Result<Response, Problem> {
    let part = shop.engine().customers(&q, after.as_deref(), None).await?;
    let frame = around.frame(&shop, "Customers", Here::StaffCustomers);
    let address = |after: &str| {
        let all = [("q", q.trim()), ("after", after)];
        let given = all.into_iter().filter(|(_, value)| !value.is_empty());
        paths::with_query(paths::STAFF_CUSTOMERS, given)
    };
    page::show(&List {
        search: Field::of(q.trim()),
        rows: part.items.iter().map(|account| row(account, &frame)).collect(),
        next: part.next.as_deref().map(address),
        frame,
    })
}

fn row(account: &Account, frame: &Frame) -> Row {
    Row {
        url: paths::staff_customer(&account.id),
        name: account.name.clone(),
        email: account.email.clone(),
        marks: marks(account),
        since: frame.day(account.created_at),
    }
}

/// What is not as it is with most of them.
fn marks(account: &Account) -> Vec<Badge> {
    let role =
        (account.role != Role::Customer).then(|| Badge::of(Tone::Sea, account.role.as_str()));
    let state = match (account.closed_at, account.verified_at) {
        (Some(_), _) => Some(Badge::of(Tone::Plain, "closed")),
        (None, None) => Some(Badge::of(Tone::Warn, "not verified")),
        (None, Some(_)) => None,
    };
    role.into_iter().chain(state).collect()
}

/// `/admin/customers/{id}`
async fn show(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    At(id): At<AccountId>,
) -> Result<Response, Problem> {
    page::show(&whole(&shop, &around, &me, &id).await?)
}

async fn whole(shop: &Shop, around: &Around, me: &Me, id: &AccountId) -> Result<Show, Problem> {
    let all = shop.engine().customer(id).await?;
    let frame = around.frame(shop, all.account.name.clone(), Here::StaffCustomers);
    let account = &all.account;
    let is_customer = account.role == Role::Customer && account.closed_at.is_none();
    Ok(Show {
        id: id.to_string(),
        name: account.name.clone(),
        email: account.email.clone(),
        marks: marks(account),
        since: frame.time(account.created_at),
        verified: account.verified_at.map(|at| frame.time(at)),
        has_second_factor: account.has_second_factor,
        language: account.language.as_deref().and_then(Language::of).map(Language::name),
        balances: all.wallet.iter().map(|money| money.for_people()).collect(),
        all_orders: paths::staff_orders_of(&account.email),
        stages: all.stages.iter().map(|(word, count)| (stage_badge(word), *count)).collect(),
        orders: all.orders.iter().map(|order| line(order, &frame)).collect(),
        payments: rows::payments(&all.payments, &frame),
        mails: rows::mails(&all.mails, &frame),
        notes: all.notes.into_iter().map(|written| shown(written, &frame)).collect(),
        sessions: all.sessions.into_iter().map(|open| own::shown(open, &frame)).collect(),
        audit: me.may(Act::SeeAudit).then(|| paths::staff_audit_about(id.as_str())),
        may_manage: is_customer && me.may(Act::ManageAccounts),
        is_in_use: is_customer,
        may_act: is_customer && me.may(Act::SignInAsCustomers),
        acting: Field::default(),
        note: Field::default(),
        reason: Field::default(),
        refused: None,
        frame,
    })
}

fn line(order: &CustomersOrder, frame: &Frame) -> OrderLine {
    OrderLine {
        id: order.id.to_string(),
        number: order.number.clone(),
        product: order.product_name.clone(),
        stage: stage_badge(order.stage),
        amount: order.amount.for_people(),
        ordered: frame.time(order.created_at),
    }
}

fn shown(written: Written, frame: &Frame) -> Note {
    let by = written.email.unwrap_or(written.actor);
    Note { at: frame.time(written.at), by, text: written.text }
}

#[derive(Debug, Deserialize)]
pub(crate) struct NewNote {
    text: String,
}

async fn note(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    At(id): At<AccountId>,
    Posted(NewNote { text }): Posted<NewNote>,
) -> Result<Response, Problem> {
    match shop.engine().add_account_note(&id, &text, me.actor()).await {
        Ok(()) => Ok(page::on_to_say(&paths::staff_customer(&id), Said::Done)),
        Err(why) => {
            let page = Show { note: Field::of(text), ..whole(&shop, &around, &me, &id).await? };
            refused(why, page, |page| &mut page.note)
        }
    }
}

async fn end_sessions(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    At(id): At<AccountId>,
    Posted(Because { reason }): Posted<Because>,
) -> Result<Response, Problem> {
    match shop.engine().end_sessions_of(&id, &reason, me.actor()).await {
        Ok(_) => Ok(page::on_to_say(&paths::staff_customer(&id), Said::Done)),
        Err(why) => {
            let reason = Field::of(reason);
            let page = Show { reason, ..whole(&shop, &around, &me, &id).await? };
            refused(why, page, |page| &mut page.reason)
        }
    }
}

/// From here on the shop looks to whoever sits there as it does to the customer.
async fn act_for(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    At(id): At<AccountId>,
    Posted(Because { reason }): Posted<Because>,
) -> Result<Response, Problem> {
    match shop.engine().act_for_customer(&me.0, &id, &reason).await {
        Ok(token) => {
            let mut response = page::on_to(paths::MY_SERVERS);
            if let Some(cookie) = auth::renewed_cookie(&token, shop.is_secure()) {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            Ok(response)
        }
        Err(why) => {
            let acting = Field::of(reason);
            let page = Show { acting, ..whole(&shop, &around, &me, &id).await? };
            refused(why, page, |page| &mut page.acting)
        }
    }
}

/// `/acting/end`
async fn stop_acting(State(shop): State<Shop>, me: Me) -> Result<Response, Problem> {
    let whom = shop.engine().stop_acting(&me.0).await?;
    Ok(page::on_to_say(&paths::staff_customer(&whom), Said::Done))
}

/// What is wrong with what was typed stands at its field; what is not possible now, above all.
fn refused(
    why: Error,
    mut page: Show,
    typed: fn(&mut Show) -> &mut Field,
) -> Result<Response, Problem> {
    match why {
        Error::Invalid { .. } => typed(&mut page).error = Some(beside(&why)),
        Error::Refused { .. } => page.refused = Some(sentence(&why.to_string())),
        why => return Err(why.into()),
    }
    page::show_refused(why, &page)
}
