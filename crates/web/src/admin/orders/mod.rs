//! Orders for staff: the list, one with everything, and what can be done to it.

pub(super) mod beside;
mod decline_refund;
mod deliver;
mod diagnosis;
mod evidence;
mod list;
mod mark_paid;
mod outlay;
mod paid_back;
mod remedy;
mod show;
mod timeline;

pub(super) use list::day;
pub(super) use mark_paid::plain as plain_money;
pub(crate) use mark_paid::read as read_money;
pub(super) use remedy::letters;
pub(super) use show::put_together;

use axum::routing::{get, post};
use engine::permission::Act;
use http::Method;

use crate::admin::{attention, investigation};
use crate::routes::Routes;
use crate::rule::Rule;

pub(crate) fn routes(routes: Routes) -> Routes {
    let see = Rule::may(Act::SeeAllOrders);
    let (checks, work) = (Rule::may(Act::Diagnose), Rule::may(Act::SeeWork));
    // What gives value asks for more, by its kind.
    let act = Rule::may(Act::RemedyNoValue);
    let back = Rule::may(Act::RemedyValue);
    let paid = Rule::may(Act::MarkPaid);
    let hand = Rule::may(Act::DeliverByHand);
    routes
        .page(see, Method::GET, "/admin/orders", get(list::list))
        .page(see, Method::GET, "/admin/orders.csv", get(list::table))
        .page(see, Method::GET, "/admin/investigation", get(investigation::show))
        .page(act, Method::POST, "/admin/investigation/audit", post(investigation::audit_now))
        .page(work, Method::GET, "/admin/attention", get(attention::list))
        .page(act, Method::POST, "/admin/attention", post(attention::take))
        .page(see, Method::GET, "/admin/orders/{id}", get(show::show))
        .page(checks, Method::GET, "/admin/orders/{id}/diagnosis", get(diagnosis::show))
        .page(act, Method::POST, "/admin/orders/{id}/remedies", post(remedy::remedy))
        .page(act, Method::POST, "/admin/orders/{id}/decline-refund", post(decline_refund::decline))
        .page(back, Method::POST, "/admin/orders/{id}/paid-back", post(paid_back::paid_back))
        .page(hand, Method::POST, "/admin/orders/{id}/deliver", post(deliver::deliver))
        .page(paid, Method::POST, "/admin/orders/{id}/mark-paid", post(mark_paid::mark_paid))
}
