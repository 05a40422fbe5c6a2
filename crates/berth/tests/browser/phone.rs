//! Every page in every state on a narrow screen.

use engine::mail::Words as _;
use web::view::mail::Words;
use web::view::when::Zone;

use super::shop::Shop;
use super::tab::Tab;

const WIDTH: u32 = 360;
/// WCAG 2.2, 2.5.8: what is pressed is at least so wide and high, links within text aside.
const LEAST: u32 = 24;

/// What is too small to be pressed with a thumb.
const SMALL: &str = "(least => [...document.querySelectorAll(
        'a.button, .nav a, .groups a, .tabs a, button, input, select, textarea, summary')]
    .filter(one => one.checkVisibility() && one.type !== 'hidden')
    .map(one => [one, (one.closest('label') ?? one).getBoundingClientRect()])
    .filter(([one, box]) => box.width < least || box.height < least)
    .map(([one, box]) => `${one.outerHTML.slice(0, 90)} is ${box.width} by ${box.height}`))";

/// What cannot be pressed, since something else that can be lies over it.
const COVERED: &str = "[...document.querySelectorAll('a, button, input, select, textarea, summary')]
    .filter(one => one.checkVisibility() && one.type !== 'hidden')
    .flatMap(one => {
        one.scrollIntoView({block: 'center', behavior: 'instant'});
        const box = one.getClientRects()[0];
        if (!box || !box.width || !box.height) return [];
        const above = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)
            ?.closest('a, button, input, select, textarea, summary');
        const free = !above || above === one || one.contains(above) || above.contains(one);
        return free ? [] : [`${one.outerHTML.slice(0, 90)} lies under ${above.outerHTML.slice(0, 90)}`];
    })";

/// Looks at every page in every state; a page that is known to be bad must not pass.
fn nothing_is_wrong(tab: &mut Tab, bad: &str, wrong: impl Fn(&mut Tab, &str) -> Vec<String>) {
    assert!(!wrong(tab, bad).is_empty());
    let samples = web::view::every_sample();
    assert!(samples.len() > 100, "{}", samples.len());
    let judged = samples.into_iter().flat_map(|(name, html)| {
        let found = wrong(tab, &html.unwrap());
        found.into_iter().map(move |found| format!("{name}: {found}"))
    });
    let judged: Vec<String> = judged.collect();
    assert!(judged.is_empty(), "{}", judged.join("\n"));
}

/// Every mail as its receiver sees it, and one whose text, fact and word are too long for any line.
fn mails() -> Vec<(String, String)> {
    let words = Words { zone: Zone::default(), app_url: "https://shop.example.com".into() };
    let long = format!("https://shop.example.com/{}", "very-long-".repeat(20));
    let mut mails: Vec<_> = web::view::mail::every_sample()
        .into_iter()
        .map(|sample| (sample.address(), words.word(&sample.told).unwrap().html))
        .collect();
    let (_, paid) = mails.iter().find(|(name, _)| name == "paid").unwrap();
    let mut at = 0;
    let mut stuffed = paid.clone();
    for tag in ["<h1", "<p", "<td align=\"right\""] {
        at += stuffed[at..].find(tag).unwrap();
        at += stuffed[at..].find('>').unwrap() + 1;
        stuffed.insert_str(at, &long);
    }
    mails.push(("paid, with long addresses".into(), stuffed));
    mails
}

#[test]
fn no_mail_scrolls_sideways_on_a_phone() {
    let shop = Shop::open();
    let mut tab = shop.visitor();
    tab.as_wide_as(WIDTH);
    tab.go("/healthz");
    let mails = mails();
    assert!(mails.len() > 20, "{}", mails.len());
    let judged = mails.into_iter().flat_map(|(name, html)| {
        let found = wrong(&mut tab, &html);
        found.into_iter().map(move |found| format!("{name}: {found}"))
    });
    let judged: Vec<String> = judged.collect();
    assert!(judged.is_empty(), "{}", judged.join("\n"));
}

fn told(tab: &mut Tab, expression: &str) -> Vec<String> {
    let found = tab.tells(expression);
    found.as_array().unwrap().iter().map(|one| one.as_str().unwrap().to_owned()).collect()
}

/// What is wrong with a page at this width.
fn wrong(tab: &mut Tab, html: &str) -> Vec<String> {
    tab.show(html);
    let wide = tab.tells("document.documentElement.scrollWidth").as_u64().unwrap();
    let small = told(tab, &format!("{SMALL}({LEAST})"));
    let wide = (wide > WIDTH.into()).then(|| format!("it is {wide} wide"));
    wide.into_iter().chain(small).collect()
}

#[test]
fn no_page_scrolls_sideways_on_a_phone_and_thumbs_find_every_control() {
    let shop = Shop::open();
    let mut tab = shop.visitor();
    tab.as_wide_as(WIDTH);
    tab.go("/healthz");
    let bad = "<!doctype html><title>x</title><p style='width: 999px'>x<button style='all: unset'>";
    assert_eq!(wrong(&mut tab, bad).len(), 2);
    nothing_is_wrong(&mut tab, bad, wrong);
}

#[test]
fn nothing_that_can_be_pressed_lies_under_something_else() {
    let shop = Shop::open();
    let mut tab = shop.visitor();
    tab.go("/healthz");
    let bad = "<!doctype html><title>x</title><button>x</button>\
               <a href='/' style='position: absolute; inset: 0'>x</a>";
    nothing_is_wrong(&mut tab, bad, |tab, html| {
        tab.show(html);
        told(tab, COVERED)
    });
}
