//! The audit in the browser: looked through by who did it, what it was, what it was done to and
//! when; for those alone who may.

use crate::database::for_each_database;
use crate::house::{House, get};
use crate::{browser_of, form, led_to, page, text};

#[tokio::test]
async fn the_audit_is_looked_through_by_who_what_about_and_day() {
    for_each_database(async |test| {
        let house = House::open(test).await;
        let sam = browser_of(&house, "sam@example.com").await;
        let sue = browser_of(&house, "sue@example.com").await;
        browser_of(&house, "ada@example.com").await;
        let out = format!("/admin/customers/{}/sessions/end", house.ada.id);
        let why = [("reason", "the <phone> was stolen")];
        led_to(&house.ask(form(&out, &why).with("cookie", &sam)).await);
        let find = async |query: &str| {
            let path = format!("/admin/audit?{query}");
            let answer = house.ask(page(&path).with("cookie", &sue)).await;
            assert_eq!(answer.status, 200, "{query}");
            text(&answer)
        };
        let ended = ">End sessions of customer</th>";
        let all = find("").await;
        assert!(all.contains(ended) && all.contains(">Sign in</th>"), "{all}");
        assert!(all.contains("1 sessions: the &#60;phone&#62; was stolen"));
        for (query, is_there) in [
            ("who=SAM%40example.com", true),
            ("who=sue%40example.com", false),
            ("who=nobody%40example.com", false),
            ("what=end-sessions-of-customer", true),
            ("what=sign-in", false),
            ("about=ada%40example.com", true),
            ("about=eve%40example.com", false),
            (&format!("about={}", house.ada.id), true),
            ("from=2126-01-01", false),
            ("to=2126-01-01&what=end-sessions-of-customer&who=sam%40example.com", true),
        ] {
            assert_eq!(find(query).await.contains(ended), is_there, "{query}");
        }
        // Whom it is about is named, and led to.
        let about =
            format!("<a href=\"/admin/customers/{}\" data-row>ada@example.com</a>", house.ada.id);
        assert!(find("what=end-sessions-of-customer").await.contains(&about));
        let by = format!("<a href=\"/admin/customers/{}\">sam@example.com</a>", house.sam.id);
        assert!(find("what=end-sessions-of-customer").await.contains(&by));
        let bad = house.ask(page("/admin/audit?from=monday").with("cookie", &sue)).await;
        assert_eq!(bad.status, 400);
        assert_eq!(house.ask(page("/admin/audit").with("cookie", &sam)).await.status, 403);

        let path = "/api/admin/audit?action=end-sessions-of-customer&actor=sam@example.com";
        let found = house.ask(get(path).by(&house.sue)).await.json();
        assert_eq!(found["items"].as_array().unwrap().len(), 1);
        assert_eq!(found["items"][0]["subject"], house.ada.id.to_string());
        let first = house.ask(get("/api/admin/audit?limit=1").by(&house.sue)).await.json();
        let next = first["next"].as_str().unwrap();
        let second = format!("/api/admin/audit?limit=1&after={next}");
        let second = house.ask(get(&second).by(&house.sue)).await.json();
        assert_ne!(first["items"][0], second["items"][0]);
        assert_eq!(house.ask(get("/api/admin/audit?from=x").by(&house.sue)).await.status, 400);
    })
    .await;
}

#[tokio::test]
async fn the_audit_names_what_it_is_about_and_tells_what_programs_wrote_as_words() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sue = browser_of(&house, "sue@example.com").await;
        let order = house.order(&house.ada).await;
        let (id, number) =
            (order["orderId"].as_str().unwrap(), order["orderNumber"].as_str().unwrap());
        let about = id.to_owned();
        test.db.write(move |tx| tx.audit("worker", "accept", &about, "agreed")).await.unwrap();
        let wrote = r#"{"created": 2, "reEnabled": 0}"#;
        test.db.write(|tx| tx.audit("sync", "approve-sync", "smartvps", wrote)).await.unwrap();
        let shown = text(&house.ask(page("/admin/audit").with("cookie", &sue)).await);
        let link = format!("<a href=\"/admin/orders/{id}\" data-row>{number}</a>");
        assert!(shown.contains(&link), "{shown}");
        assert!(shown.contains("<dt>Created</dt><dd>2</dd>") && !shown.contains("reEnabled"));
        assert!(shown.contains("<a href=\"/admin/ipStock\" data-row>smartvps</a>"));
    })
    .await;
}
