//! What pages of staff offer: nothing that whoever looks would be refused.

use engine::permission::Role;
use http::Method;
use web::routes::Declared;
use web::rule::Asks;

use crate::database::for_each_database;
use crate::filled::Filled;
use crate::{page, text};

/// Whether a role comes with what a route asks.
fn may(role: Role, asks: Asks) -> bool {
    match asks {
        Asks::Nothing | Asks::Anybody | Asks::Account => true,
        Asks::Act(act) => role.may(act),
        Asks::TokenOr(_) | Asks::Watcher => false,
    }
}

/// The tags of a page, each as it is written.
fn tags(html: &str) -> impl Iterator<Item = &str> {
    html.split('<').skip(1).filter_map(|rest| rest.split('>').next())
}

fn value<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    rest.split('"').next()
}

fn method(tag: &str, name: &str) -> Method {
    match value(tag, name) {
        Some("post") => Method::POST,
        _ => Method::GET,
    }
}

/// Every link, form and button of a page that leads into the shop.
fn offers(html: &str) -> Vec<(Method, String)> {
    let mut found = Vec::new();
    for tag in tags(html) {
        let offer = match tag.split(' ').next() {
            Some("a") => value(tag, "href").map(|to| (Method::GET, to)),
            Some("form") => value(tag, "action").map(|to| (method(tag, "method"), to)),
            Some("button") => value(tag, "formaction").map(|to| (method(tag, "formmethod"), to)),
            _ => None,
        };
        let own = offer.filter(|(_, to)| to.starts_with('/'));
        found.extend(own.map(|(method, to)| {
            let path = to.split(['?', '#', '&']).next().unwrap_or_default();
            (method, path.to_owned())
        }));
    }
    found
}

/// The route that answers at an address: of several, the one that names most of it.
fn route<'a>(declared: &'a [Declared], (method, path): &(Method, String)) -> Option<&'a Declared> {
    let parts: Vec<&str> = path.split('/').collect();
    let fits = |route: &&Declared| {
        let known: Vec<&str> = route.path.split('/').collect();
        let same = |(known, part): (&&str, &&str)| known.starts_with('{') || known == part;
        route.method == *method && known.len() == parts.len() && known.iter().zip(&parts).all(same)
    };
    declared.iter().filter(fits).min_by_key(|route| route.path.matches('{').count())
}

#[tokio::test]
async fn support_is_offered_nothing_that_would_be_refused() {
    for_each_database(async |test| {
        let filled = Filled::open(test).await;
        let declared = &filled.house.declared;
        let (mut refused, mut walked) = (Vec::new(), 0);
        let is_office = |route: &&Declared| {
            let is_page = route.path.starts_with("/admin") && route.method == Method::GET;
            is_page && may(Role::Support, route.asks)
        };
        for office in declared.iter().filter(is_office) {
            let path = filled.path(&office.path);
            let answer = filled.house.ask(page(&path).with("cookie", &filled.sam)).await;
            assert_eq!(answer.status, 200, "{path}");
            if !answer.is_page() {
                continue;
            }
            for offer in offers(&text(&answer)) {
                let Some(found) = route(declared, &offer) else {
                    // Our own files, mail to the shop and the like.
                    assert!(!offer.1.starts_with("/admin"), "{path} leads nowhere: {offer:?}");
                    continue;
                };
                walked += 1;
                if !may(Role::Support, found.asks) {
                    refused.push(format!("{} offers {} {}", office.path, offer.0, offer.1));
                }
            }
        }
        refused.sort();
        refused.dedup();
        assert!(refused.is_empty(), "{}", refused.join("\n"));
        assert!(walked > 300, "{walked}");
    })
    .await;
}

#[tokio::test]
async fn an_admin_reaches_every_page_of_staff_that_has_a_tab_in_two_clicks() {
    for_each_database(async |test| {
        let filled = Filled::open(test).await;
        let see = async |path: &str| {
            let answer = filled.house.ask(page(path).with("cookie", &filled.sue)).await;
            assert_eq!(answer.status, 200, "{path}");
            let shown = text(&answer);
            let (_, rest) = shown.split_once("<nav class=\"staff\"").expect(path);
            let nav = rest.split("</nav>").next().unwrap();
            offers(nav).into_iter().map(|(_, to)| to).collect::<Vec<String>>()
        };
        let mut reached: Vec<String> = Vec::new();
        for first in see("/admin").await {
            reached.extend(see(&first).await);
        }
        for path in filled.house.declared.iter().filter(|route| {
            let is_list = route.path.starts_with("/admin/") && route.path.matches('/').count() == 2;
            is_list && route.method == Method::GET
        }) {
            // What is decided for several orders at once is led to from their lists.
            let is_of_lists = ["/admin/incident", "/admin/orders.csv"].contains(&&*path.path);
            assert!(is_of_lists || reached.contains(&path.path), "{}", path.path);
        }
    })
    .await;
}
