//! What staff see and do, for programs. Each action is on record with its reason.

mod accounts;
mod alert_targets;
mod alerts;
mod audit;
mod books;
mod by_hand;
mod coupons;
mod customers;
mod deliver;
mod delivered_audit;
mod disputes;
mod evidence;
mod gateways;
mod mail_texts;
mod mark_paid;
mod needs_attention;
mod order;
mod orders;
mod products;
mod profit;
mod providers;
mod purchasing;
mod quarantine;
mod refund_request;
mod refunds;
mod remedies;
mod remedies_bulk;
mod second_factor;
mod selling;
mod settings;
mod shop;
mod silences;
mod staff;
mod wallets;

pub(crate) use alert_targets::TargetKey;
pub(crate) use providers::ProviderName;

use engine::permission::Act;
use utoipa_axum::routes;

use crate::routes::Routes;
use crate::rule::Rule;

pub(crate) fn routes(routes: Routes) -> Routes {
    let routes = routes
        .api(Rule::may(Act::SeeAllOrders), routes!(orders::find))
        .api(Rule::may(Act::SeeAllOrders), routes!(order::order))
        .api(Rule::may(Act::MarkPaid), routes!(mark_paid::mark_paid))
        .api(Rule::may(Act::DeliverByHand), routes!(deliver::deliver))
        .api(Rule::may(Act::RemedyValue), routes!(refunds::paid_by_hand))
        .api(Rule::may(Act::MarkPaid), routes!(disputes::enter))
        .api(Rule::may(Act::MarkPaid), routes!(disputes::enter_of_top_up))
        // What gives value asks for more, by its kind.
        .api(Rule::may(Act::RemedyNoValue), routes!(remedies::remedy))
        .api(Rule::may(Act::RemedyNoValue), routes!(refund_request::decline))
        .api(Rule::may(Act::RemedyValue).long(), routes!(remedies_bulk::remedy_many))
        .api(Rule::may(Act::SeeWork), routes!(quarantine::list))
        .api(Rule::may(Act::ManageQuarantine), routes!(quarantine::add))
        .api(Rule::may(Act::ManageQuarantine), routes!(quarantine::give_up))
        .api(Rule::may(Act::SeeWork), routes!(needs_attention::list))
        .api(Rule::may(Act::RemedyNoValue), routes!(needs_attention::take_over))
        .api(Rule::may(Act::SeeWork), routes!(alerts::list))
        .api(Rule::may(Act::RemedyNoValue), routes!(alerts::settle))
        .api(Rule::may(Act::SeeWork), routes!(silences::list))
        .api(Rule::may(Act::RemedyNoValue), routes!(silences::set))
        .api(Rule::may(Act::RemedyNoValue), routes!(silences::end))
        .api(Rule::may(Act::SeeWork), routes!(alert_targets::list))
        .api(Rule::may(Act::RemedyNoValue).long(), routes!(alert_targets::test))
        .api(Rule::may(Act::SeeAudit), routes!(audit::list))
        .api(Rule::may(Act::SeeAllOrders), routes!(delivered_audit::show))
        .api(Rule::may(Act::RemedyNoValue), routes!(delivered_audit::start))
        .api(Rule::may(Act::SeeAllOrders), routes!(customers::find))
        .api(Rule::may(Act::SeeAllOrders), routes!(customers::show))
        .api(Rule::may(Act::LookAfterCustomers), routes!(customers::note))
        .api(Rule::may(Act::LookAfterCustomers), routes!(customers::end_sessions))
        .api(Rule::may(Act::SeeAllOrders), routes!(wallets::show))
        .api(Rule::may(Act::SeeAllOrders), routes!(wallets::entries))
        .api(Rule::may(Act::RemedyValue), routes!(wallets::credit));
    switches(catalogue(routes))
        .api(Rule::may(Act::ManageAccounts), routes!(accounts::list))
        .api(Rule::may(Act::ManageAccounts), routes!(accounts::add))
        .api(Rule::may(Act::ManageAccounts), routes!(staff::list))
        .api(Rule::may(Act::ManageAccounts), routes!(staff::invite))
        .api(Rule::may(Act::ManageAccounts), routes!(staff::change))
        .api(Rule::may(Act::ManageAccounts), routes!(second_factor::ask))
        .api(Rule::may(Act::ManageAccounts), routes!(second_factor::stop))
        .api(Rule::may(Act::ManageAccounts), routes!(second_factor::take_off))
}

fn catalogue(routes: Routes) -> Routes {
    routes
        .api(Rule::may(Act::SeeCatalogue), routes!(products::list))
        .api(Rule::may(Act::ManageCatalogue), routes!(products::change))
        .api(Rule::may(Act::ManageCatalogue), routes!(products::lift_hold))
        .api(Rule::may(Act::SeeCatalogue), routes!(by_hand::list))
        .api(Rule::may(Act::ManageCatalogue), routes!(by_hand::add))
        .api(Rule::may(Act::ManageCatalogue), routes!(by_hand::change))
        .api(Rule::may(Act::ManageCatalogue), routes!(by_hand::add_plan))
        .api(Rule::may(Act::SeeProfit), routes!(profit::month))
        .api(Rule::may(Act::SeeProfit), routes!(books::show))
        .api(Rule::may(Act::SeeCoupons), routes!(coupons::list))
        .api(Rule::may(Act::ManageCoupons), routes!(coupons::add))
        .api(Rule::may(Act::ManageCoupons), routes!(coupons::change))
        .api(Rule::may(Act::ManageShop), routes!(mail_texts::list))
        .api(Rule::may(Act::ManageShop), routes!(mail_texts::set))
        .api(Rule::may(Act::ManageShop), routes!(mail_texts::reset))
        .api(Rule::may(Act::SeeSettings), routes!(settings::list))
        .api(Rule::may(Act::SeeCatalogue), routes!(shop::show))
        .api(Rule::may(Act::ManageShop), routes!(shop::set))
}

fn switches(routes: Routes) -> Routes {
    routes
        .api(Rule::may(Act::SeeWork), routes!(providers::list))
        .api(Rule::may(Act::ManageProviders).long(), routes!(providers::test))
        .api(Rule::may(Act::SeeWork), routes!(gateways::list))
        .api(Rule::may(Act::ManageProviders).long(), routes!(gateways::test))
        .api(Rule::may(Act::ManageProviders), routes!(providers::pause))
        .api(Rule::may(Act::ManageProviders), routes!(providers::resume))
        .api(Rule::may(Act::StopSelling), routes!(selling::stop))
        .api(Rule::may(Act::StopSelling), routes!(selling::start))
        .api(Rule::may(Act::ManageProviders), routes!(purchasing::resume))
}
