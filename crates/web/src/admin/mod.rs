//! Where staff work: what needs a person, every order with everything, the catalogue, strays,
//! alerts and mail. What each page asks of whoever comes is the same as what the API asks.

mod alerts;
mod attention;
mod audit;
mod books;
mod brand;
pub(crate) mod by_hand;
mod costs;
mod coupons;
mod customers;
mod fault;
mod gateways;
mod health;
mod home;
mod incident;
mod investigation;
pub(crate) mod mail_texts;
pub(crate) mod mails;
mod orders;
mod page_of;
mod payments;
mod product;
mod product_page;
pub(crate) mod profit;
pub(crate) mod providers;
mod quarantine;
mod settings;
mod shop;
mod silence;
mod staff;
mod stock;
mod switches;
mod sync;
mod wallets;

pub(crate) use orders::read_money;

use axum::routing::{get, post};
use engine::permission::Act;
use http::Method;

use crate::account::leave;
use crate::routes::Routes;
use crate::rule::Rule;

pub(crate) fn routes(routes: Routes) -> Routes {
    let (work, catalogue) = (Rule::may(Act::SeeWork), Rule::may(Act::SeeCatalogue));
    let (desk, keep) = (Rule::may(Act::RemedyNoValue), Rule::may(Act::ManageQuarantine));
    let routes = routes
        .page(work, Method::GET, "/admin", get(home::show))
        .page(work, Method::GET, "/admin/quarantine", get(quarantine::list))
        .page(keep, Method::POST, "/admin/quarantine", post(quarantine::add))
        .page(keep, Method::POST, "/admin/quarantine/{id}", post(quarantine::give_up))
        .page(work, Method::GET, "/admin/alerts", get(alerts::list))
        .page(desk, Method::POST, "/admin/alerts", post(alerts::settle))
        .page(desk.long(), Method::POST, "/admin/alerts/targets/{key}/test", post(alerts::test))
        .page(desk, Method::GET, "/admin/alerts/silence", get(silence::show))
        .page(desk, Method::POST, "/admin/alerts/silence", post(silence::set))
        .page(desk, Method::POST, "/admin/alerts/silences/{id}/end", post(silence::end));
    let manage = Rule::may(Act::ManageShop);
    let (see, make) = (Rule::may(Act::SeeCoupons), Rule::may(Act::ManageCoupons));
    let routes = routes
        .page(see, Method::GET, "/admin/coupons", get(coupons::list))
        .page(make, Method::POST, "/admin/coupons", post(coupons::make))
        .page(make, Method::POST, "/admin/coupons/{id}/end", post(coupons::end))
        .page(Rule::may(Act::SeeSettings), Method::GET, "/admin/settings", get(settings::show))
        .page(catalogue, Method::GET, "/admin/shop", get(shop::show))
        .page(manage, Method::POST, "/admin/shop", post(shop::set))
        .page(manage, Method::GET, "/admin/brand", get(brand::show))
        .page(manage, Method::POST, "/admin/brand", post(brand::set))
        .page(manage.large(), Method::POST, "/admin/brand/logo", post(brand::set_logo))
        .page(manage, Method::POST, "/admin/brand/logo/remove", post(brand::remove_logo))
        .page(manage, Method::GET, "/admin/legal/{page}", get(brand::text))
        .page(manage.large(), Method::POST, "/admin/legal/{page}", post(brand::set_text));
    let audit = Rule::may(Act::SeeAudit);
    let routes = staff::routes(customers::routes(routes)).page(
        audit,
        Method::GET,
        "/admin/audit",
        get(audit::list),
    );
    let (wallets, give) = (Rule::may(Act::SeeAllOrders), Rule::may(Act::RemedyValue));
    let routes = routes.page(wallets, Method::GET, "/admin/wallets/{id}", get(wallets::show)).page(
        give,
        Method::POST,
        "/admin/wallets/{id}/credits",
        post(wallets::credit),
    );
    let people = Rule::may(Act::ManageAccounts);
    let routes = routes
        .page(people, Method::GET, "/admin/accounts/{id}/leave", get(leave::show_theirs))
        .page(people, Method::POST, "/admin/accounts/{id}/export", post(leave::export_theirs))
        .page(people, Method::POST, "/admin/accounts/{id}/close", post(leave::close_theirs));
    let routes = routes.page(give, Method::GET, "/admin/incident", get(incident::show)).page(
        give.long(),
        Method::POST,
        "/admin/incident",
        post(incident::give),
    );
    let routes = payments::routes(gateways::routes(providers::routes(earnings(shelves(routes)))));
    switches::routes(orders::routes(letters(routes)))
}

/// Mails that were written, how each kind looks, and what it says.
fn letters(routes: Routes) -> Routes {
    let (work, desk) = (Rule::may(Act::SeeWork), Rule::may(Act::RemedyNoValue));
    let manage = Rule::may(Act::ManageShop);
    routes
        .page(work, Method::GET, "/admin/mails", get(mails::list))
        .page(work, Method::GET, "/admin/mails/{id}", get(mails::show))
        .page(work, Method::GET, "/admin/mails/{id}/html", get(mails::html))
        .page(desk, Method::POST, "/admin/mails/{id}/again", post(mails::again))
        .page(work, Method::GET, "/admin/mails/templates", get(mails::gallery))
        .page(work, Method::GET, "/admin/mails/templates/{id}", get(mails::picture))
        .page(manage, Method::GET, "/admin/mails/texts", get(mail_texts::list))
        .page(manage, Method::GET, "/admin/mails/texts/{id}", get(mail_texts::show))
        .page(manage, Method::POST, "/admin/mails/texts/{id}", post(mail_texts::set))
}

/// What is sold as what, and what is delivered by hand.
fn shelves(routes: Routes) -> Routes {
    let (catalogue, change) = (Rule::may(Act::SeeCatalogue), Rule::may(Act::ManageCatalogue));
    let sync = Rule::may(Act::Sync).long();
    routes
        .page(catalogue, Method::GET, "/admin/ipStock", get(stock::list))
        .page(sync, Method::POST, "/admin/ipStock/sync", post(sync::sync))
        .page(change, Method::POST, "/admin/ipStock/{id}", post(stock::change))
        .page(catalogue, Method::GET, "/admin/ipStock/{id}", get(product::show))
        .page(change, Method::POST, "/admin/ipStock/{id}/details", post(product::change))
        .page(change, Method::POST, "/admin/ipStock/{id}/prices", post(product::price))
        .page(change, Method::POST, "/admin/ipStock/{id}/link", post(product::link))
        .page(change, Method::POST, "/admin/ipStock/{id}/lift-hold", post(product::lift_hold))
        .page(catalogue, Method::GET, "/admin/byHand", get(by_hand::list))
        .page(change, Method::POST, "/admin/byHand", post(by_hand::add_seller))
        .page(change, Method::POST, "/admin/byHand/{id}", post(by_hand::change_seller))
        .page(change, Method::POST, "/admin/byHand/{id}/plans", post(by_hand::add_plan))
        .page(change, Method::POST, "/admin/byHand/stock/{id}", post(by_hand::set_stock))
}

/// What servers cost, and what is earned with them.
fn earnings(routes: Routes) -> Routes {
    let (profit, catalogue) = (Rule::may(Act::SeeProfit), Rule::may(Act::SeeCatalogue));
    let change = Rule::may(Act::ManageCatalogue);
    routes
        .page(profit, Method::GET, "/admin/profit", get(profit::show))
        .page(profit, Method::POST, "/admin/profit", post(profit::count))
        .page(profit, Method::GET, "/admin/profit/packages.csv", get(profit::table))
        .page(profit, Method::GET, "/admin/books", get(books::show))
        .page(profit, Method::POST, "/admin/books", post(books::count))
        .page(catalogue, Method::GET, "/admin/costs", get(costs::list))
        .page(change, Method::POST, "/admin/costs/{id}", post(costs::set))
}
