//! Every route, what it asks of whoever comes, and whether programs are told of it.

use std::collections::BTreeSet;
use std::path::Path;

use crate::database::for_each_database;
use crate::house::{Ask, House, get};

#[tokio::test]
async fn the_table_of_routes_and_what_each_asks_is_this_one() {
    for_each_database(async |test| {
        let house = House::open(test).await;
        let mut lines: Vec<String> = house
            .declared
            .iter()
            .map(|route| format!("{:<44} {:<6} {}", route.path, route.method.as_str(), route.asks))
            .collect();
        lines.sort();
        // Named, so that both databases are compared with one table.
        let name = "the_table_of_routes_and_what_each_asks_is_this_one";
        insta::assert_snapshot!(name, lines.join("\n"));
    })
    .await;
}

#[tokio::test]
async fn the_description_names_every_route_for_programs_and_no_other() {
    for_each_database(async |test| {
        let house = House::open(test).await;
        let mut described = BTreeSet::new();
        for (path, item) in house.description["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                assert!(operation["responses"]["default"].is_object() || path.ends_with(".json"));
                assert!(!operation["summary"].as_str().unwrap().is_empty(), "{path}");
                described.insert(format!("{} {path}", method.to_uppercase()));
            }
        }
        let declared = house.declared.iter().filter(|route| route.described);
        let declared = declared.map(|route| format!("{} {}", route.method, route.path));
        assert_eq!(described, declared.collect());
    })
    .await;
}

#[tokio::test]
async fn everything_that_the_description_refers_to_is_in_it() {
    for_each_database(async |test| {
        let house = House::open(test).await;
        let text = house.description.to_string();
        let referred = text
            .match_indices("\"#/components/schemas/")
            .map(|(at, mark)| text[at + mark.len()..].split('"').next().unwrap());
        let schemas = &house.description["components"]["schemas"];
        let missing: BTreeSet<&str> = referred.filter(|name| schemas[*name].is_null()).collect();
        assert_eq!(missing, BTreeSet::new());
        for name in
            ["Order", "CreatedOrder", "IPStock", "SyncReport", "Diagnosis", "AdminOrder", "Money"]
        {
            assert!(schemas[name].is_object(), "{name}");
        }
    })
    .await;
}

#[tokio::test]
async fn every_declared_route_is_there_and_knows_its_method() {
    for_each_database(async |test| {
        let house = House::open(test).await;
        for route in &house.declared {
            let path = route.path.replace("{id}", "x").replace("{slug}", "x");
            let (headers, body) = (vec![], vec![]);
            let ask = Ask { method: route.method.clone(), headers, body, ..get(&path) };
            let answer = house.ask(ask).await;
            assert_ne!(answer.status, 405, "{} {path}", route.method);
            let nowhere = answer.status == 404 && !answer.is_page() && {
                answer.json()["detail"].as_str().unwrap().starts_with("page /")
            };
            assert!(!nowhere, "{} {path}: {answer:?}", route.method);
        }
    })
    .await;
}

#[test]
fn no_route_is_made_beside_the_table() {
    let mut found = Vec::new();
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    look_through(&sources, &mut found);
    assert_eq!(found, ["operations.rs", "routes.rs"], "routes are made by Routes alone");
}

fn look_through(folder: &Path, found: &mut Vec<String>) {
    let mut entries: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            look_through(&path, found);
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        if [".route(", ".nest(", ".nest_service(", ".route_service("]
            .iter()
            .any(|c| text.contains(c))
        {
            found.push(path.file_name().unwrap().to_string_lossy().into_owned());
        }
    }
}
