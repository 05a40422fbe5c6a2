//! Mail on the staff's pages: what was told, how it looks, and that it may do nothing there.

use crate::database::for_each_database;
use crate::house::House;
use crate::{browser_of, form, page, text};

#[tokio::test]
async fn staff_read_every_mail_with_what_became_of_it() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sue = browser_of(&house, "sue@example.com").await;
        let order = house.order(&house.ada).await;
        let list = text(&house.ask(page("/admin/mails").with("cookie", &sue)).await);
        assert!(list.contains("Order received") && list.contains("Waiting"), "{list}");
        assert!(list.contains(&format!("/admin/orders/{}", order["orderId"].as_str().unwrap())));
        let sent = text(&house.ask(page("/admin/mails?state=sent").with("cookie", &sue)).await);
        assert!(sent.contains("No such mail"), "{sent}");
        let nonsense = house.ask(page("/admin/mails?state=lost").with("cookie", &sue)).await;
        assert_eq!(nonsense.status, 400);

        let (_, rest) = list.split_once("/admin/mails/").unwrap();
        let (_, rest) = rest.split_once("<th scope=\"row\"").unwrap_or(("", rest));
        let (_, rest) = rest.split_once("href=\"/admin/mails/").unwrap();
        let path = format!("/admin/mails/{}", rest.split('"').next().unwrap());
        let shown = house.ask(page(&path).with("cookie", &sue)).await;
        assert!(shown.header("content-security-policy").unwrap().contains("frame-src 'self'"));
        let shown = text(&shown);
        assert!(shown.contains("We have your order") && shown.contains("You ordered: "), "{shown}");
        let framed = house.ask(page(&format!("{path}/html")).with("cookie", &sue)).await;
        assert!(text(&framed).contains("Pay for it"));
        let policy = framed.header("content-security-policy").unwrap().to_owned();
        assert!(policy.contains("default-src 'none'") && policy.ends_with("sandbox"), "{policy}");
        assert_eq!(framed.header("x-frame-options"), Some("SAMEORIGIN"));
        let again = house.ask(form(&format!("{path}/again"), &[]).with("cookie", &sue)).await;
        assert_eq!(again.status, 409, "it has not left yet: {}", text(&again));

        let ada = browser_of(&house, "ada@example.com").await;
        for path in ["/admin/mails", &path, &format!("{path}/html"), "/admin/mails/templates"] {
            assert_eq!(house.ask(page(path).with("cookie", &ada)).await.status, 403, "{path}");
        }
        let missing = house.ask(page("/admin/mails/999999").with("cookie", &sue)).await;
        assert_eq!(missing.status, 404);
    })
    .await;
}

#[tokio::test]
async fn staff_find_the_mails_to_an_address_in_any_state() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sue = browser_of(&house, "sue@example.com").await;
        let order = house.order(&house.ada).await;
        let number = order["orderId"].as_str().unwrap();
        let found = async |query: &str| {
            let path = format!("/admin/mails?{query}");
            text(&house.ask(page(&path).with("cookie", &sue)).await)
        };
        let hers = found("to=%20Ada%40Example.com").await;
        assert!(hers.contains(number) && hers.contains("value=\"Ada@Example.com\""), "{hers}");
        assert!(hers.contains("/admin/mails?to=Ada%40Example.com&#38;state=sent"), "{hers}");
        let waiting = found("to=ada%40example.com&state=waiting").await;
        assert!(waiting.contains(number), "{waiting}");
        assert!(waiting.contains("name=\"state\" value=\"waiting\""), "a search keeps the state");
        for none in ["to=ada%40example.com&state=sent", "to=ada%40example", "to=eve%40example.com"]
        {
            let none = found(none).await;
            assert!(none.contains("No such mail to that address") && !none.contains(number));
        }
    })
    .await;
}

#[tokio::test]
async fn the_gallery_shows_every_template_as_it_would_arrive() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sue = browser_of(&house, "sue@example.com").await;
        let gallery = text(&house.ask(page("/admin/mails/templates").with("cookie", &sue)).await);
        let samples = web::view::mail::every_sample();
        assert_eq!(gallery.matches("<iframe").count(), samples.len());
        for sample in samples {
            let path = format!("/admin/mails/templates/{}", sample.address());
            assert!(gallery.contains(&format!("src=\"{path}\"")), "{path}");
            let picture = house.ask(page(&path).with("cookie", &sue)).await;
            assert_eq!(picture.status, 200, "{path}");
            assert!(picture.header("content-security-policy").unwrap().ends_with("sandbox"));
        }
        let none = house.ask(page("/admin/mails/templates/spam").with("cookie", &sue)).await;
        assert_eq!(none.status, 404);
    })
    .await;
}
