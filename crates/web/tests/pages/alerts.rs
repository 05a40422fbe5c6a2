//! The alerts in the browser: open ones first, by where they stand and of what kind, each with a
//! link to what it is about.

use crate::database::{TestDb, for_each_database};
use crate::house::House;
use crate::{browser_of, page, text};

async fn raise(test: &TestDb, kind: &'static str, subject: String, what: String) {
    test.db.write(move |tx| tx.raise_alert(kind, &subject, &what)).await.unwrap();
}

async fn resolve(test: &TestDb, kind: &'static str, subject: String) {
    test.db.write(move |tx| tx.resolve_alert(kind, &subject)).await.unwrap();
}

#[tokio::test]
async fn open_alerts_come_first_and_lead_to_what_they_are_about() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sam = browser_of(&house, "sam@example.com").await;
        let see = async |query: &str| {
            let path = format!("/admin/alerts?{query}");
            let answer = house.ask(page(&path).with("cookie", &sam)).await;
            assert_eq!(answer.status, 200, "{query}");
            text(&answer)
        };
        let order = house.order(&house.ada).await;
        let (id, number) =
            (order["orderId"].as_str().unwrap(), order["orderNumber"].as_str().unwrap());
        resolve(test, "packages-new", "smartvps".into()).await;
        raise(test, "unheard", id.into(), "no answer came".into()).await;
        raise(test, "brake", "smartvps".into(), "too many are gone".into()).await;
        resolve(test, "brake", "smartvps".into()).await;
        let all = see("").await;
        let at = |what: &str| all.find(what).unwrap_or_else(|| panic!("no {what}: {all}"));
        assert!(at("no answer came") < at("too many are gone"), "what is open comes first");
        assert!(at("too many are gone") < at("new packages"), "then what ended last");
        assert!(all.contains(&format!("<a href=\"/admin/orders/{id}\">{number}</a>")), "{all}");
        assert!(all.contains("Silenced (0)</a>"), "{all}");
        assert!(
            see("kind=unheard").await.contains("Open (1)</a>"),
            "of the kind that is looked at"
        );
        assert!(all.contains(">Unheard (1 open)</option>") && all.contains(">Brake</option>"));
        for (query, unheard, brake) in [
            ("state=open", true, false),
            ("state=resolved", false, true),
            ("state=silenced", false, false),
            ("kind=unheard", true, false),
            ("kind=brake", false, true),
            ("kind=brake&state=open", false, false),
            ("kind=nothing-of-ours", false, false),
            ("state=asleep", true, true),
        ] {
            let shown = see(query).await;
            let found = (shown.contains("no answer came"), shown.contains("too many are gone"));
            assert_eq!(found, (unheard, brake), "{query}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_long_list_of_alerts_goes_on_from_the_open_ones_into_the_others() {
    for_each_database(async |test| {
        let house = House::open(test).await;
        let sam = browser_of(&house, "sam@example.com").await;
        for number in 0..60 {
            raise(test, "stray", format!("srv_{number}"), format!("server {number} of 60")).await;
        }
        for number in 0..30 {
            resolve(test, "stray", format!("srv_{number}")).await;
        }
        let first = text(&house.ask(page("/admin/alerts").with("cookie", &sam)).await);
        let (_, next) = first.split_once("/admin/alerts?after=").expect("there is more");
        let next = format!("/admin/alerts?after={}", next.split('"').next().unwrap());
        let second = text(&house.ask(page(&next).with("cookie", &sam)).await);
        assert!(!second.contains("?after="), "that is all");
        for number in 0..60 {
            let told = format!("server {number} of 60");
            let seen = (first.matches(&told).count(), second.matches(&told).count());
            assert!(seen == (1, 0) || seen == (0, 1), "{told}: {seen:?}");
        }
        assert_eq!(second.matches("over since").count(), 10);
    })
    .await;
}
