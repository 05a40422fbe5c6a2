//! Every page in every state on a narrow screen.

use super::shop::Shop;
use super::tab::Tab;

const WIDTH: u32 = 360;
/// WCAG 2.2, 2.5.8: what is pressed is at least so wide and high, links within text aside.
const LEAST: u32 = 24;

/// What is too small to be pressed with a thumb.
const SMALL: &str = "(least => [...document.querySelectorAll(
        'a.button, .nav a, .tabs a, button, input, select, textarea, summary')]
    .filter(one => one.checkVisibility() && one.type !== 'hidden')
    .map(one => [one, (one.closest('label') ?? one).getBoundingClientRect()])
    .filter(([one, box]) => box.width < least || box.height < least)
    .map(([one, box]) => `${one.outerHTML.slice(0, 90)} is ${box.width} by ${box.height}`))";

/// What is wrong with a page at this width.
fn wrong(tab: &mut Tab, html: &str) -> Vec<String> {
    tab.show(html);
    let wide = tab.tells("document.documentElement.scrollWidth").as_u64().unwrap();
    let small = tab.tells(&format!("{SMALL}({LEAST})"));
    let small = small.as_array().unwrap().iter().map(|one| one.as_str().unwrap().to_owned());
    let wide = (wide > WIDTH.into()).then(|| format!("it is {wide} wide"));
    wide.into_iter().chain(small).collect()
}

#[test]
fn no_page_scrolls_sideways_on_a_phone_and_thumbs_find_every_control() {
    let shop = Shop::open();
    let mut tab = shop.visitor();
    tab.as_wide_as(WIDTH);
    tab.go("/healthz");
    // A judge that finds nothing here would find nothing anywhere.
    let bad = "<!doctype html><title>x</title><p style='width: 999px'>x<button style='all: unset'>";
    assert_eq!(wrong(&mut tab, bad).len(), 2);
    let samples = web::view::every_sample();
    assert!(samples.len() > 100, "{}", samples.len());
    let judged = samples.into_iter().flat_map(|(name, html)| {
        let found = wrong(&mut tab, &html.unwrap());
        found.into_iter().map(move |found| format!("{name}: {found}"))
    });
    let judged: Vec<String> = judged.collect();
    assert!(judged.is_empty(), "{}", judged.join("\n"));
}
