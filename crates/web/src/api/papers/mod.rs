//! Invoices, credit notes and statements for programs.

mod admin;
mod answer;
mod list;
mod statement;

pub(crate) use answer::PaperAnswer;
pub(crate) use statement::movement;

use engine::permission::Act;
use utoipa_axum::routes;

use crate::routes::Routes;
use crate::rule::Rule;

pub(crate) fn routes(routes: Routes) -> Routes {
    let (own, all) = (Rule::may(Act::SeeOwnOrders), Rule::may(Act::SeeAllOrders));
    routes
        .api(own, routes!(list::list))
        .api(own, routes!(list::one))
        .api(own, routes!(list::of_order))
        .api(own, routes!(statement::own))
        .api(all, routes!(admin::list))
        .api(all, routes!(statement::of))
        .api(Rule::may(Act::ExportBooks).long(), routes!(admin::tax_return))
}
