//! The window, looked through; the page of one product; what search engines are told; and the
//! language that all of it is in.

use crate::database::for_each_database;
use crate::house::{House, SOLD};
use crate::{browser_of, cookie, form, led_to, page, text};

async fn seen(house: &House, path: &str) -> String {
    text(&house.ask(page(path)).await)
}

/// The names on the cards of a page, in their order.
fn cards(page: &str) -> Vec<&str> {
    let cards = page.split("class=\"card-top\"").skip(1);
    let names = cards.filter_map(|card| card.split("\">").nth(1)?.split('<').next());
    names.map(|name| name.trim_start_matches("🌊 ")).collect()
}

#[tokio::test]
async fn what_is_wanted_stands_in_the_address_and_finds_only_that() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sue = browser_of(&house, "sue@example.com").await;
        let product = house.product(SOLD).await;
        let path = format!("/admin/ipStock/{product}");
        let tags = [("version", "1"), ("tags", "Mumbai, <b>AMD</b>, mumbai")];
        let tagged = form(&format!("{path}/details"), &tags).with("cookie", &sue);
        assert_eq!(house.ask(tagged).await.status, 303);
        let all = seen(&house, "/").await;
        // Staff wrote it, and it is text.
        assert!(all.contains("&#60;b&#62;AMD&#60;/b&#62;") && !all.contains("<b>AMD"), "{all}");
        assert!(all.contains("href=\"/?tag=Mumbai\""), "{all}");
        assert_eq!(cards(&seen(&house, "/?tag=mumbai").await), [SOLD]);
        let grouped = seen(&house, "/?group=tag&stock=yes").await;
        assert!(grouped.contains("<h2 class=\"group\">Mumbai</h2>"), "{grouped}");
        assert_eq!(cards(&grouped)[0], SOLD);
        assert!(!grouped.contains("Back soon") && all.contains("Back soon"));
        let dear = seen(&house, "/?memory=16GB&most=1000").await;
        assert!(dear.contains("Nothing like that is here") && dear.contains("Show all servers"));
        let cheap = seen(&house, "/?memory=4GB&most=700&order=dearest").await;
        assert!(cheap.contains("value=\"4GB\" checked") && cheap.contains("value=\"700\""));
        // What nobody can read shows the shop.
        let bent = seen(&house, "/?memory=much&most=-1&page=99&order=x&stock=1").await;
        assert_eq!(cards(&bent), cards(&all));
    })
    .await;
}

#[tokio::test]
async fn a_product_has_a_page_that_programs_can_read() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let product = house.product(SOLD).await;
        let named = format!("/products/{product}/103-181-91");
        assert!(seen(&house, "/").await.contains(&format!("href=\"{named}\"")));
        let shown = seen(&house, &named).await;
        let app_url = house.engine.settings().app_url.clone();
        for expected in [
            &*format!("<link rel=\"canonical\" href=\"{app_url}{named}\">"),
            "itemtype=\"https://schema.org/Product\"",
            "itemprop=\"price\" content=\"999.00\"",
            "itemprop=\"availability\" content=\"InStock\"",
            "The address must lie in 103.181.91.x",
            "<meta name=\"description\" content=\"Your address starts with 103.181.91. 4 to 16 GB",
        ] {
            assert!(shown.contains(expected), "{expected}: {shown}");
        }
        // The id alone finds it, and so do links of before; what was chosen comes along.
        assert_eq!(house.ask(page(&format!("/products/{product}"))).await.status, 200);
        let before = format!("/checkout?product={product}&memory=16GB&os=debian");
        let now = format!("/products/{product}?memory=16GB&os=debian");
        assert_eq!(led_to(&house.ask(page(&before)).await), now);
        for wrong in ["/products/prd_01J9ZQ4V7M8N2K6T3B5C7D9E1F", "/products/x/y", "/products/%FF"]
        {
            assert_eq!(house.ask(page(wrong)).await.status, 404, "{wrong}");
        }
        let map = seen(&house, "/sitemap.xml").await;
        assert!(map.contains(&format!("<loc>{app_url}{named}</loc>")), "{map}");
        assert!(!map.contains(&house.product("Premium VPS").await));
        let robots = seen(&house, "/robots.txt").await;
        assert!(robots.contains(&format!("Sitemap: {app_url}/sitemap.xml")), "{robots}");
        assert!(seen(&house, "/cart").await.contains("content=\"noindex\""));
    })
    .await;
}

#[tokio::test]
async fn a_change_of_staff_shows_in_the_window_at_once() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let sue = browser_of(&house, "sue@example.com").await;
        assert!(cards(&seen(&house, "/").await).contains(&SOLD));
        let path = format!("/admin/ipStock/{}", house.product(SOLD).await);
        house.ask(form(&path, &[("published", "false")]).with("cookie", &sue)).await;
        assert!(!cards(&seen(&house, "/").await).contains(&SOLD));
    })
    .await;
}

#[tokio::test]
async fn pages_speak_the_language_that_was_chosen_or_that_a_browser_likes() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let liked = page("/").with("accept-language", "hi-IN,hi;q=0.9,en;q=0.8");
        let hindi = text(&house.ask(liked).await);
        assert!(hindi.contains("<html lang=\"hi\">") && hindi.contains("ब्लॉक चुनिए।"), "{hindi}");
        assert!(seen(&house, "/?q=103").await.contains("name=\"next\" value=\"/?q=103\""));
        let fields = [("language", "hi"), ("next", "/?q=103")];
        let chosen = house.ask(form("/language", &fields)).await;
        assert_eq!(led_to(&chosen), "/?q=103");
        let kept = cookie(&chosen);
        let english = page("/").with("accept-language", "en").with("cookie", &kept);
        assert!(text(&house.ask(english).await).contains("<html lang=\"hi\">"));
        // Nobody is led away, and no language is made up.
        let away = [("language", "en"), ("next", "https://evil.example/")];
        assert_eq!(led_to(&house.ask(form("/language", &away)).await), "/");
        let unknown = house.ask(form("/language", &[("language", "tlh"), ("next", "/")])).await;
        assert_eq!(unknown.status, 400);
        let bent = page("/").with("cookie", "berth_language=../../etc");
        assert!(text(&house.ask(bent).await).contains("<html lang=\"en\">"));
        // What staff read is whole in one language.
        let sue = browser_of(&house, "sue@example.com").await;
        let both = page("/admin").with("cookie", &format!("{sue}; {kept}"));
        assert!(text(&house.ask(both).await).contains("<html lang=\"en\">"));
    })
    .await;
}
