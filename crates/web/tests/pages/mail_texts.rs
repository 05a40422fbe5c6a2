//! Staff have mails say it in their own words: checked, read before it holds, kept and reset.

use serde_json::json;

use crate::database::for_each_database;
use crate::house::{Answer, House, get, post};
use crate::{browser_of, form, hidden, led_to, page, text};

const PAID: &str = "/admin/mails/texts/paid";
const OURS: [(&str, &str); 3] = [
    ("subject", "{price} is here"),
    ("heading", "Thank you, {price} is here"),
    ("body", "You get {product} (package {package}).\r\n\r\nNow we buy it."),
];

async fn seen(house: &House, by: &str, path: &str) -> String {
    text(&house.ask(page(path).with("cookie", by)).await)
}

async fn sent(house: &House, by: &str, more: &[(&str, &str)]) -> Answer {
    let shown = seen(house, by, PAID).await;
    let seen = hidden(&shown, "seen");
    let fields = [more, &[("seen", &*seen)]].concat();
    house.ask(form(PAID, &fields).with("cookie", by)).await
}

#[tokio::test]
async fn a_mail_says_what_staff_wrote_and_again_what_was_shipped() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sue = browser_of(&house, "sue@example.com").await;
        let list = seen(&house, &sue, "/admin/mails/texts").await;
        assert!(list.contains("Thank you: {price} has arrived ({number})"), "{list}");
        assert!(!list.contains(">yours<") && list.contains("as shipped"));
        let shipped = seen(&house, &sue, PAID).await;
        assert!(shipped.contains("We buy it now and compare it") && shipped.contains(">needed<"));
        let previewed = sent(&house, &sue, &[&OURS[..], &[("preview", "true")]].concat()).await;
        let previewed = text(&previewed);
        assert!(previewed.contains("As it would read"), "{previewed}");
        assert!(previewed.contains("Thank you, ₹2,643.20 is here"), "{previewed}");
        assert!(seen(&house, &sue, PAID).await.contains("We buy it now and compare it"));
        let done = sent(&house, &sue, &OURS).await;
        assert_eq!(led_to(&done), format!("{PAID}?said=done"));
        let order = house.order(&house.ada).await;
        house.pay(&order).await;
        house.until(&order, "active").await;
        let mails = seen(&house, &sue, "/admin/mails").await;
        let (before, _) = mails.split_once("\">Paid</a>").unwrap();
        let (_, mail) = before.rsplit_once("href=\"").unwrap();
        let waiting = seen(&house, &sue, mail).await;
        assert!(waiting.contains("Thank you, ₹999 is here"), "{waiting}");
        assert!(waiting.contains("Now we buy it.") && !waiting.contains("compare it with"));
        let gallery = seen(&house, &sue, "/admin/mails/templates").await;
        assert!(gallery.contains("₹2,643.20 is here"), "the gallery shows it, too");
        assert!(sent(&house, &sue, &[("reset", "true")]).await.status == 303);
        assert!(seen(&house, &sue, mail).await.contains("compare it with"), "it has not left");
        let versions = seen(&house, &sue, PAID).await;
        assert!(versions.contains("<summary>{price} is here</summary>"), "{versions}");
        assert!(versions.contains("the shipped text</span>"));
        let audit = house.ask(get("/api/admin/audit").by(&house.sue)).await.json();
        let did: Vec<_> =
            audit["items"].as_array().unwrap().iter().map(|row| &row["action"]).collect();
        assert!(format!("{did:?}").contains("set-mail-text"), "{audit}");
    })
    .await;
}

#[tokio::test]
async fn a_text_that_cannot_be_said_is_refused_with_what_to_do() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sue = browser_of(&house, "sue@example.com").await;
        let with = |body: &'static str| [OURS[0], OURS[1], ("body", body)];
        for (body, why) in [
            ("{product}, {package} {prise}", "{prise} stands for nothing here"),
            ("Now we buy {product}.", "must say {package}"),
            ("{product} {package} {", "brace belongs to a placeholder"),
        ] {
            let answer = sent(&house, &sue, &with(body)).await;
            let shown = text(&answer);
            assert_eq!(answer.status, 422, "{shown}");
            assert!(shown.contains(why) && shown.contains("Nothing was changed."), "{shown}");
            assert!(shown.contains(body.split(' ').next().unwrap()), "what was typed stays");
        }
        let empty = sent(&house, &sue, &[("subject", ""), OURS[1], OURS[2]]).await;
        assert_eq!(empty.status, 422);
        assert_eq!(sent(&house, &sue, &OURS).await.status, 303);
        let late = [&OURS[..2], &[("body", "{product} {package} later"), ("seen", "0")]].concat();
        let late = house.ask(form(PAID, &late).with("cookie", &sue)).await;
        assert_eq!(late.status, 409);
        assert!(text(&late).contains("Somebody has changed this text meanwhile"));
        for none in ["/admin/mails/texts/alerts", "/admin/mails/texts/apology"] {
            let missing = house.ask(page(none).with("cookie", &sue)).await;
            assert_eq!(missing.status, 404, "{none} cannot be changed");
        }
        let sam = browser_of(&house, "sam@example.com").await;
        assert_eq!(house.ask(page(PAID).with("cookie", &sam)).await.status, 403);
    })
    .await;
}

#[tokio::test]
async fn programs_change_and_reset_a_text() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let path = "/api/admin/mail-texts/paid.hi";
        let body =
            json!({"subject": "{price}", "heading": "{price}", "text": "{product} {package}"});
        let put = |body| crate::house::Ask { method: http::Method::PUT, ..post(path, body) };
        let done = house.ask(put(body.clone()).by(&house.sue)).await;
        assert_eq!(done.status, 204, "{}", text(&done));
        let of = async || {
            let all = house.ask(get("/api/admin/mail-texts").by(&house.sue)).await.json();
            let all = all.as_array().unwrap().clone();
            all.into_iter().find(|one| one["id"] == "paid.hi").unwrap()
        };
        let own = of().await;
        assert_eq!((&own["isOwn"], &own["subject"]), (&true.into(), &"{price}".into()));
        assert_eq!(own["needed"], json!(["product", "package", "price"]));
        let mut wrong = body;
        wrong["text"] = json!("{password}");
        let refused = house.ask(put(wrong).by(&house.sue)).await;
        assert_eq!(refused.json()["type"], "/problems/invalid-text");
        let delete = crate::house::Ask { method: http::Method::DELETE, ..get(path) };
        assert_eq!(house.ask(delete.by(&house.sue)).await.status, 204);
        assert_eq!(of().await["isOwn"], false);
    })
    .await;
}
