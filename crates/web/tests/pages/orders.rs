//! Orders as staff find them: by whatever names one, in lists, and as a table for a spreadsheet.

use serde_json::{Value, json};
use sim::smartvps::{Lie, Op};

use crate::database::for_each_database;
use crate::house::{Answer, House, get, post};
use crate::{browser_of, led_to, page, text};

fn id(order: &Value) -> String {
    order["orderId"].as_str().unwrap().to_owned()
}

fn number(order: &Value) -> String {
    order["orderNumber"].as_str().unwrap().to_owned()
}

async fn says_what_it_did_not_find(house: &House, sam: &str) {
    let find = async |query: &str| {
        let path = format!("/admin/orders?{query}");
        house.ask(page(&path).with("cookie", sam)).await
    };
    let nothing = text(&find("q=ORD-AAAAAAAAAA").await);
    assert!(nothing.contains("No such orders") && nothing.contains("Clear the search"));
    assert!(nothing.contains("Looked for “ORD-AAAAAAAAAA”, and found nothing."), "{nothing}");
    let narrowed = text(&find("q=ada%40exam&stage=stopped&from=2126-01-01").await);
    let told = "Looked for “ada@exam”, the stage “Stopped”, ordered from 2126-01-01 on, and";
    assert!(narrowed.contains(told), "{narrowed}");
}

#[tokio::test]
async fn whatever_names_one_order_leads_to_it_and_the_rest_is_a_list() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sam = browser_of(&house, "sam@example.com").await;
        let bought = house.order(&house.ada).await;
        house.pay(&bought).await;
        let active = house.until(&bought, "active").await;
        let unpaid = house.order(&house.eve).await;
        let find = async |query: &str| {
            let path = format!("/admin/orders?{query}");
            house.ask(page(&path).with("cookie", &sam)).await
        };
        let address = active["provisionedIP"].as_str().unwrap();
        let transfer = format!("utr-{}", id(&bought));
        let bare = number(&bought).trim_start_matches("ORD-").to_lowercase();
        for name in [&number(&bought), &bare, &id(&bought), address, &transfer] {
            assert_eq!(
                led_to(&find(&format!("q={name}")).await),
                format!("/admin/orders/{}", id(&bought))
            );
        }
        let shows = |answer: &Answer| {
            let shown = text(answer);
            assert_eq!(answer.status, 200, "{shown}");
            [&bought, &unpaid].map(|order| shown.contains(&number(order)))
        };
        for (query, expected) in [
            ("", [true, true]),
            ("q=ada%40example.com", [true, false]),
            ("q=EVE%40example.com", [false, true]),
            ("q=103.181.91", [true, true]),
            ("q=PID%206", [true, true]),
            ("q=pid:6", [true, true]),
            ("q=PID%2042", [false, false]),
            ("q=ada%40exam", [true, false]),
            ("q=Ev", [false, true]),
            ("q=103.181.91&stage=delivered", [true, false]),
            ("stage=unpaid", [false, true]),
            ("q=nobody%40example.com", [false, false]),
            ("q=ORD-AAAAAAAAAA", [false, false]),
            ("from=2126-01-01", [false, false]),
            ("to=2126-01-01", [true, true]),
        ] {
            assert_eq!(shows(&find(query).await), expected, "{query}");
        }
        says_what_it_did_not_find(&house, &sam).await;
        assert_eq!(find("from=yesterday").await.status, 400);
        // The filters keep what was looked for.
        let listed = text(&find("q=ada%40example.com").await);
        assert!(listed.contains("/admin/orders?q=ada%40example.com&#38;stage=unpaid"), "{listed}");
        let wanted = "/api/admin/orders?q=ada%40example.com&stage=delivered";
        let found = house.ask(get(wanted).by(&house.sam)).await.json();
        let items = found["items"].as_array().unwrap();
        assert_eq!(items.len(), 1, "{found}");
        assert_eq!(
            [&items[0]["orderNumber"], &items[0]["stage"], &items[0]["email"]],
            [&number(&bought), "delivered", "ada@example.com"]
        );
        assert_eq!(house.ask(get("/api/admin/orders?from=x").by(&house.sam)).await.status, 400);
    })
    .await;
}

#[tokio::test]
async fn a_table_has_every_order_that_the_list_means_and_no_formulas() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sam = browser_of(&house, "sam@example.com").await;
        let [first, second] = [house.order(&house.ada).await, house.order(&house.eve).await];
        let table = async |query: &str| {
            let path = format!("/admin/orders.csv?{query}");
            house.ask(page(&path).with("cookie", &sam)).await
        };
        let all = table("").await;
        assert_eq!(all.header("content-disposition"), Some("attachment; filename=\"orders.csv\""));
        let lines: Vec<String> = text(&all).lines().map(str::to_owned).collect();
        assert_eq!(lines.len(), 3, "{lines:?}");
        assert!(lines[0].starts_with("Number,Id,Ordered,Stage,"));
        assert!(lines[1].starts_with(&number(&second)) && lines[2].starts_with(&number(&first)));
        assert!(lines[2].contains(",unpaid,") && lines[2].contains(",999.00,INR,"), "{lines:?}");
        let adas = text(&table("q=ada%40example.com").await);
        assert!(adas.contains(&number(&first)) && !adas.contains(&number(&second)));
        assert_eq!(text(&table("stage=delivered").await).lines().count(), 1);
        assert_eq!(table("from=x").await.status, 400);
    })
    .await;
}

async fn compares_with_the_provider_now(house: &House, sam: &str, (path, address): (&str, &str)) {
    let checks = text(&house.ask(page(&format!("{path}/diagnosis")).with("cookie", sam)).await);
    assert!(checks.contains("Perfect match"), "{checks}");
    assert!(checks.contains(address));
    assert!(checks.contains("listed by the provider") && !checks.contains("does not fit"));
    // Whatever the provider says later, the page says what it says now.
    house.upstream.next(Op::Ipstock, Lie::status(500));
    let away = text(&house.ask(page(&format!("{path}/diagnosis")).with("cookie", sam)).await);
    assert!(away.contains("could not be asked") && away.contains("not known"), "{away}");
}

#[tokio::test]
async fn the_page_of_an_order_explains_what_was_bought_and_hides_its_password() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sam = browser_of(&house, "sam@example.com").await;
        let bought = house.order(&house.ada).await;
        house.pay(&bought).await;
        let active = house.until(&bought, "active").await;
        let path = format!("/admin/orders/{}", id(&bought));
        let shown = text(&house.ask(page(&path).with("cookie", &sam)).await);
        for expected in [
            "POST buyvps {&#34;ip&#34;:&#34;103.181.91&#34;,&#34;ram&#34;:&#34;8&#34;}",
            "HTTP 200 success|Congratulations",
            &format!("utr-{}", id(&bought)),
            "paid this order",
            "Order received",
            "/admin/mails/",
            "q=ada%40example.com",
        ] {
            assert!(shown.contains(expected), "{expected}: {shown}");
        }
        let everything = house.ask(get(&format!("/api{path}")).by(&house.sam)).await;
        let attempt = &everything.json()["attempts"][0];
        assert!(attempt["request"].as_str().unwrap().starts_with("POST buyvps"), "{attempt}");
        assert!(attempt["answer"]["shown"].as_str().unwrap().starts_with("HTTP 200"), "{attempt}");
        let reveal = format!("/api/orders/{}/credentials", id(&bought));
        let sign_in = house.ask(post(&reveal, json!({})).by(&house.ada)).await.json();
        let password = sign_in["password"].as_str().unwrap();
        assert!(!shown.contains(password) && !everything.body.is_empty());
        assert!(!String::from_utf8_lossy(&everything.body).contains(password));
        let asked = house.upstream.counts().arrived(Op::Ipstock);
        let shown = text(&house.ask(page(&path).with("cookie", &sam)).await);
        assert_eq!(house.upstream.counts().arrived(Op::Ipstock), asked, "nobody was asked");
        let (_, checks) = shown.split_once("<h2 id=\"checks\">Five checks").unwrap();
        let (checks, _) = checks.split_once("</section>").unwrap();
        let address = active["provisionedIP"].as_str().unwrap();
        for told in [
            "Perfect match",
            "sold PID 6, configured PID 6",
            "one PID all the way",
            "stored 103.181.91",
            "listed 103.181.91",
            &format!("assigned {address}"),
            "inside what was sold",
            "the only one of its kind",
            "By the provider's list of",
            &format!("href=\"{path}/diagnosis\">Ask the provider now"),
        ] {
            assert!(checks.contains(told), "{told}: {checks}");
        }
        assert_eq!(checks.matches("<span class=\"badge good\">fits</span>").count(), 5);
        // People by their names, and nothing as programs write it.
        let (_, story) = shown.split_once("<h2 id=\"timeline\">").unwrap();
        let (story, _) = story.split_once("</section>").unwrap();
        for told in ["ada@example.com (customer)", ">Berth<", "left then", " ms<"] {
            assert!(story.contains(told), "{told}: {story}");
        }
        assert!(!story.contains("&#34;") && !story.contains("acc_"), "{story}");
        compares_with_the_provider_now(&house, &sam, (&path, address)).await;
    })
    .await;
}
