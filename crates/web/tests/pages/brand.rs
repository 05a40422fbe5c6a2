//! The shop's own face: staff set it, and customers see it on pages and in mails, safely.

use super::{browser_of, form, led_to, page, text};
use crate::database::for_each_database;
use crate::house::{Ask, House};

/// One point after another, as a PNG of sixteen by sixteen.
pub fn picture() -> Vec<u8> {
    let hex = [
        "89504e470d0a1a0a0000000d49484452000000100000001008020000009091683600000016494441",
        "5478da63e04a2d2009318c6a18d5307c350000290bdf014c3e76340000000049454e44ae426082",
    ];
    hex::decode(hex.concat()).unwrap()
}

fn upload(cookie: &str, bytes: &[u8]) -> Ask {
    let mut body = b"--limit\r\nContent-Disposition: form-data; name=\"logo\"; filename=\"x.svg\"\
                     \r\nContent-Type: image/svg+xml\r\n\r\n"
        .to_vec();
    body.extend_from_slice(bytes);
    body.extend_from_slice(b"\r\n--limit--\r\n");
    let mut ask = form("/admin/brand/logo", &[]).with("cookie", cookie);
    ask.headers.retain(|(name, _)| name != "content-type");
    Ask { body, ..ask }.with("content-type", "multipart/form-data; boundary=limit")
}

/// The address of ours that stands behind these words.
fn address(html: &str, before: &str) -> String {
    let (_, rest) = html.split_once(&format!("{before}/brand/")).expect(before);
    format!("/brand/{}", rest.split('"').next().unwrap())
}

#[tokio::test]
async fn what_staff_set_shows_on_every_page_and_nothing_of_it_runs() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sue = browser_of(&house, "sue@example.com").await;
        let before = text(&house.ask(page("/")).await);
        assert!(before.contains("Berth</a>") && !before.contains("/brand/"));

        let face = [
            ("name", "Coral <Cloud>"),
            ("support", "help@coral.example"),
            ("light", "#8a3a1f"),
            ("dark", ""),
        ];
        let saved = house.ask(form("/admin/brand", &face).with("cookie", &sue)).await;
        assert_eq!(led_to(&saved), "/admin/brand?said=brand-saved");
        let terms =
            [("language", "en"), ("text", "# Fair\n\n<script>x()</script> [b](javascript:x)")];
        led_to(&house.ask(form("/admin/legal/terms", &terms).with("cookie", &sue)).await);
        led_to(&house.ask(upload(&sue, &picture())).await);

        let html = text(&house.ask(page("/")).await);
        assert!(html.contains("Coral &#60;Cloud&#62;</a>") && !html.contains("<Cloud>"), "{html}");
        assert!(html.contains("mailto:help@coral.example"));
        assert!(html.contains("<a href=\"/legal/terms\">Terms</a>"));

        let colours = house.ask(page(&address(&html, "rel=\"stylesheet\" href=\""))).await;
        assert_eq!(colours.header("content-type"), Some("text/css; charset=utf-8"));
        assert!(text(&colours).contains("--sea:#8a3a1f") && text(&colours).contains("dark"));
        let logo = house.ask(page(&address(&html, "<img src=\""))).await;
        assert_eq!(logo.header("content-type"), Some("image/png"));
        assert_eq!(logo.header("x-content-type-options"), Some("nosniff"));
        assert!(logo.header("cache-control").unwrap().contains("immutable"));
        assert!(logo.body.starts_with(b"\x89PNG"));

        let legal = text(&house.ask(page("/legal/terms")).await);
        let article = legal.split("<article").nth(1).unwrap().split("</article>").next().unwrap();
        assert!(
            article.contains("<h2>Fair</h2>") && article.contains("&lt;script&gt;"),
            "{article}"
        );
        assert!(!article.contains("<script") && !article.contains("href"), "{article}");
        assert_eq!(house.ask(page("/legal/privacy")).await.status, 404);
        assert_eq!(house.ask(page("/legal/other")).await.status, 404);
        // In another language the frame changes, and the text says what it is in.
        let hindi = house.ask(page("/legal/terms").with("cookie", "berth_language=hi")).await;
        let hindi = text(&hindi);
        assert!(hindi.contains("<html lang=\"hi\"") && hindi.contains("prose sheet\" lang=\"en\""));
        let product = format!("/products/{}", house.product(crate::house::SOLD).await);
        assert!(text(&house.ask(page(&product)).await).contains("Before you order and pay:"));

        led_to(&house.ask(form("/admin/brand/logo/remove", &[]).with("cookie", &sue)).await);
        led_to(&house.ask(form("/admin/brand", &[]).with("cookie", &sue)).await);
        let empty = [("language", "en"), ("text", "")];
        led_to(&house.ask(form("/admin/legal/terms", &empty).with("cookie", &sue)).await);
        let after = text(&house.ask(page("/")).await);
        assert!(after.contains("Berth</a>") && !after.contains("/brand/"));
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_read_or_shown_is_refused_beside_its_field() {
    for_each_database(async |test| {
        let house = House::open(test).await;
        let sue = browser_of(&house, "sue@example.com").await;
        for (light, dark, told) in [
            ("#ff9900", "", "Too pale for light pages"),
            ("#0a6570", "#0a6570", "Too dark for dark pages"),
            ("red", "", "six digits"),
            ("", "#5ccbd1", "light pages too"),
        ] {
            let fields = [("name", "Coral"), ("light", light), ("dark", dark)];
            let answer = house.ask(form("/admin/brand", &fields).with("cookie", &sue)).await;
            assert_eq!(answer.status, 422, "{light} {dark}");
            let html = text(&answer);
            assert!(html.contains(told) && html.contains("value=\"Coral\""), "{html}");
        }
        for (bytes, told) in [
            (b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>".to_vec(), "no PNG, JPEG or WebP"),
            (vec![], "choose a picture"),
            (vec![1; 600 * 1024], "512 KiB"),
        ] {
            let answer = house.ask(upload(&sue, &bytes)).await;
            assert_eq!(answer.status, 422, "{told}");
            assert!(text(&answer).to_lowercase().contains(&told.to_lowercase()), "{told}");
        }
        assert_eq!(house.engine.brand_now().await.unwrap(), Default::default());
        // It is the admin's alone.
        for email in ["sam@example.com", "ada@example.com"] {
            let browser = browser_of(&house, email).await;
            for path in ["/admin/brand", "/admin/legal/terms"] {
                assert_eq!(house.ask(page(path).with("cookie", &browser)).await.status, 403);
                let sent = house.ask(form(path, &[("name", "x")]).with("cookie", &browser)).await;
                assert_eq!(sent.status, 403, "{email} {path}");
            }
        }
    })
    .await;
}
