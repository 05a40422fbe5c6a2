//! One product as staff see and change it, and what they are warned of.

use crate::database::for_each_database;
use crate::house::{House, SOLD};
use crate::{browser_of, form, hidden, led_to, page, text};

/// The page of a package's product, and its address.
async fn opened(house: &House, browser: &str, package: &str) -> (String, String) {
    let path = format!("/admin/ipStock/{}", house.product(package).await);
    (text(&house.ask(page(&path).with("cookie", browser)).await), path)
}

fn pid_of(house: &House, package: &str) -> String {
    let packages = house.upstream.packages();
    packages.into_iter().find(|known| known.name == package).expect(package).pid
}

#[tokio::test]
async fn a_products_page_tells_how_it_stands_and_support_may_only_look() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sue = browser_of(&house, "sue@example.com").await;
        let sam = browser_of(&house, "sam@example.com").await;
        house.order(&house.ada).await;
        let (shown, path) = opened(&house, &sue, SOLD).await;
        let pid = pid_of(&house, SOLD);
        for expected in [
            &*format!("<dd>{pid}</dd>"),
            "<dt>Promised to customers</dt><dd>1</dd>",
            "Save the prices",
            "cost not known",
            "It has not changed in that time",
            "Nobody has changed it by hand",
        ] {
            assert!(shown.contains(expected), "{expected}: {shown}");
        }
        let (looked, _) = opened(&house, &sam, SOLD).await;
        assert!(looked.contains("How it stands") && !looked.contains("Save the prices"));
        let refused = form(&format!("{path}/details"), &[("version", "1")]).with("cookie", &sam);
        assert_eq!(house.ask(refused).await.status, 403);
    })
    .await;
}

#[tokio::test]
async fn stock_that_changed_is_drawn_and_told_by_the_day() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sue = browser_of(&house, "sue@example.com").await;
        let pid = pid_of(&house, SOLD);
        house.upstream.set_stock(&pid, 2);
        house.engine.sync().await.unwrap();
        let (shown, _) = opened(&house, &sue, SOLD).await;
        assert!(shown.contains("<path class=\"chart-line\" d=\"M0 4H"), "{shown}");
        assert!(shown.contains("at least 2<") && shown.contains("new orders stop"), "{shown}");
        assert!(shown.contains("Auto-disabled: Only 2 IPs left"), "{shown}");
        assert!(!shown.contains("style="), "nothing is styled in the page itself");
    })
    .await;
}

#[tokio::test]
async fn prices_and_costs_are_changed_in_one_table_and_show_their_margin() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sue = browser_of(&house, "sue@example.com").await;
        let (shown, path) = opened(&house, &sue, SOLD).await;
        let version = hidden(&shown, "version");
        let send = async |version: &str, rows: &[[&str; 4]]| {
            let mut fields = vec![("version", version)];
            for [memory, price, setup, cost] in rows {
                fields.push(("memory", memory));
                fields.extend([("price", *price), ("setup", *setup), ("cost", *cost)]);
            }
            house.ask(form(&format!("{path}/prices"), &fields).with("cookie", &sue)).await
        };
        let wrong = send(&version, &[["8GB", "999", "", "cheap"], ["", "", "", ""]]).await;
        assert_eq!(wrong.status, 422);
        let wrong = text(&wrong);
        assert!(wrong.contains("id=\"cost-1-error\"") && wrong.contains("value=\"cheap\""));
        let rows = [
            ["4GB", "", "", ""],
            ["8GB", "1,000", "50", "750.50"],
            ["16GB", "1499", "", "1600"],
            ["32GB", "2600", "", ""],
        ];
        assert_eq!(led_to(&send(&version, &rows).await), format!("{path}?said=done"));
        let (shown, _) = opened(&house, &sue, SOLD).await;
        for expected in ["₹249.50", "24 %", "-6 %", "value=\"2600\"", "value=\"750.50\""] {
            assert!(shown.contains(expected), "{expected}: {shown}");
        }
        assert!(!shown.contains("value=\"4GB\""), "an empty price takes it off the list");
        let list = house.ask(page("/admin/ipStock").with("cookie", &sue)).await;
        for expected in ["₹249.50 <span class=\"badge good\">24 %", "badge bad\">-6 %"] {
            assert!(text(&list).contains(expected), "{expected}: {}", text(&list));
        }
        let late = send(&version, &rows).await;
        assert_eq!(late.status, 409);
        let late = text(&late);
        assert!(late.contains("changed by somebody else") && late.contains("value=\"1,000\""));
        let all_gone = rows.map(|[memory, ..]| [memory, "", "", ""]);
        let none = send(&hidden(&shown, "version"), &all_gone).await;
        assert_eq!(none.status, 422);
        assert!(text(&none).contains("needs one for some memory"));
    })
    .await;
}

#[tokio::test]
async fn notes_and_names_are_kept_with_who_wrote_them() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sue = browser_of(&house, "sue@example.com").await;
        let (shown, path) = opened(&house, &sue, SOLD).await;
        let send = async |version: &str, name: &str, cidrs: &str| {
            let fields = [
                ("version", version),
                ("displayName", name),
                ("cidrs", cidrs),
                ("tags", "Mumbai, AMD"),
                ("staffNotes", "Renews on the 5th.\nAsk Bea."),
            ];
            house.ask(form(&format!("{path}/details"), &fields).with("cookie", &sue)).await
        };
        let wrong = send(&hidden(&shown, "version"), "🌊 103.181.91", "103.181.91").await;
        assert_eq!(wrong.status, 422);
        let wrong = text(&wrong);
        assert!(wrong.contains("id=\"cidrs-error\"") && wrong.contains("Renews on the 5th."));
        let done = send(&hidden(&shown, "version"), "🌊 103.182.44 Mumbai", "").await;
        assert_eq!(led_to(&done), format!("{path}?said=done"));
        let (shown, _) = opened(&house, &sue, SOLD).await;
        for expected in [
            "Renews on the 5th.\nAsk Bea.",
            "The name says another block",
            "is no address</span></label>",
            "change-product",
            "sue@example.com",
        ] {
            assert!(shown.contains(expected), "{expected}: {shown}");
        }
        let confirm = [
            ("version", &*hidden(&shown, "version")),
            ("displayName", "🌊 103.182.44 Mumbai"),
            ("asksConfirmation", "true"),
            ("nameConfirmed", "true"),
        ];
        house.ask(form(&format!("{path}/details"), &confirm).with("cookie", &sue)).await;
        let (shown, _) = opened(&house, &sue, SOLD).await;
        assert!(!shown.contains("The name says another block"), "{shown}");
    })
    .await;
}

#[tokio::test]
async fn tags_are_words_in_the_catalogue_and_a_button_there_leads_back_to_its_part() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sue = browser_of(&house, "sue@example.com").await;
        let (shown, path) = opened(&house, &sue, SOLD).await;
        let tags = [("version", &*hidden(&shown, "version")), ("tags", "Mumbai, AMD")];
        house.ask(form(&format!("{path}/details"), &tags).with("cookie", &sue)).await;
        let list = text(&house.ask(page("/admin/ipStock").with("cookie", &sue)).await);
        let chips = "<span class=\"badge\">Mumbai</span> <span class=\"badge\">AMD</span>";
        assert!(list.contains(chips), "{list}");
        let off = [("published", "false"), ("q", SOLD), ("show", "low")];
        let off = house.ask(form(&path, &off).with("cookie", &sue)).await;
        assert_eq!(led_to(&off), format!("/admin/ipStock?show=low&q={SOLD}&said=done"));
        let hidden = page("/admin/ipStock?show=hidden").with("cookie", &sue);
        assert!(text(&house.ask(hidden).await).contains(SOLD));
    })
    .await;
}

#[tokio::test]
async fn a_held_product_goes_by_a_decision_and_not_by_a_note() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sue = browser_of(&house, "sue@example.com").await;
        let path = format!("/admin/ipStock/{}", house.product(SOLD).await);
        let look = async || text(&house.ask(page(&path).with("cookie", &sue)).await);
        let ranges = |version: &str, notes: &str| {
            let fields = [
                ("version", version),
                ("displayName", "🌊 103.181.91"),
                ("cidrs", "103.181.91.0/24"),
                ("tags", ""),
                ("staffNotes", notes),
            ];
            form(&format!("{path}/details"), &fields).with("cookie", &sue)
        };
        house.ask(ranges(&hidden(&look().await, "version"), "")).await;
        house.upstream.rename(&pid_of(&house, SOLD), "103.99.7");
        house.engine.sync().await.unwrap();
        let held = look().await;
        assert!(held.contains("Held until a person decides"), "{held}");
        house.ask(ranges(&hidden(&held, "version"), "what is this?")).await;
        let held = look().await;
        assert!(held.contains("Held until a person decides") && held.contains("what is this?"));
        let lift =
            |why: &str| form(&format!("{path}/lift-hold"), &[("reason", why)]).with("cookie", &sue);
        let silent = house.ask(lift(" ")).await;
        assert_eq!(silent.status, 422);
        assert!(text(&silent).contains("Say why"), "{}", text(&silent));
        let long = "We asked them. ".repeat(40);
        let long = house.ask(lift(&long)).await;
        assert_eq!(long.status, 422);
        assert!(text(&long).contains("value=\"We asked them. We asked"), "{}", text(&long));
        assert!(text(&long).contains("id=\"lift-reason-error\""), "{}", text(&long));
        assert_eq!(led_to(&house.ask(lift("Bea called them")).await), format!("{path}?said=done"));
        let free = look().await;
        assert!(!free.contains("Held until a person decides") && free.contains("Bea called them"));
    })
    .await;
}

#[tokio::test]
async fn another_package_is_shown_before_it_is_bought_from() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sue = browser_of(&house, "sue@example.com").await;
        let (shown, path) = opened(&house, &sue, SOLD).await;
        let send = async |fields: &[(&str, &str)]| {
            house.ask(form(&format!("{path}/link"), fields).with("cookie", &sue)).await
        };
        let unknown = send(&[("pid", "999999")]).await;
        assert_eq!(unknown.status, 422);
        assert!(text(&unknown).contains("id=\"pid-error\""));
        let pid = pid_of(&house, "103.82.72");
        let preview = text(&send(&[("pid", &pid)]).await);
        assert!(preview.contains("Would promise") && preview.contains("103.82.72"), "{preview}");
        let (unchanged, _) = opened(&house, &sue, SOLD).await;
        assert_eq!(hidden(&unchanged, "version"), hidden(&shown, "version"));
        let stale = [("pid", &*pid), ("version", "0"), ("sure", "true")];
        assert_eq!(send(&stale).await.status, 409);
        let version = hidden(&preview, "version");
        let sure = [("pid", &*pid), ("version", &*version), ("sure", "true")];
        assert_eq!(led_to(&send(&sure).await), format!("{path}?said=done"));
        let linked = text(&house.ask(page(&path).with("cookie", &sue)).await);
        assert!(linked.contains(&format!("<dd>{pid}</dd>")) && linked.contains("Others like it"));
    })
    .await;
}

#[tokio::test]
async fn the_catalogue_is_looked_through_by_what_is_wrong_and_by_name() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sue = browser_of(&house, "sue@example.com").await;
        let look = async |query: &str| {
            let path = format!("/admin/ipStock{query}");
            text(&house.ask(page(&path).with("cookie", &sue)).await)
        };
        let twin = house.product("103.82.72").await;
        let (shown, _) = opened(&house, &sue, "103.82.72").await;
        let name = [("version", &*hidden(&shown, "version")), ("displayName", "🌊 103.181.91")];
        let rename = form(&format!("/admin/ipStock/{twin}/details"), &name);
        house.ask(rename.with("cookie", &sue)).await;
        let all = look("").await;
        assert!(all.contains("name stands twice") && all.contains("cost not known"));
        for (query, expected) in [
            ("?show=twice", &["103.181.91", "103.82.72"][..]),
            ("?show=names", &["103.82.72"]),
            ("?show=names&q=103.82", &["103.82.72"]),
            ("?q=103.82.72", &["103.82.72"]),
        ] {
            let shown = look(query).await;
            let rows = shown.matches("data-label=\"Display name\"").count();
            assert_eq!(rows, expected.len(), "{query}: {shown}");
            assert!(expected.iter().all(|package| shown.contains(package)), "{query}");
        }
        let none = look("?show=held&q=%3Cb%3E").await;
        assert!(none.contains("No such products") && none.contains("value=\"&#60;b&#62;\""));
        let (twin, _) = opened(&house, &sue, "103.82.72").await;
        assert!(twin.contains("Others like it") && twin.contains("The name stands twice"));
    })
    .await;
}
