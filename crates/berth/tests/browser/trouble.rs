//! What customers see when the world outside lies: the truth, calmly, and never another's server.

use serde_json::json;

use super::shop::{IMPATIENT, Shop, order, pay, sign_up};
use super::tab::Tab;

#[test]
fn a_payment_whose_news_is_lost_is_found_and_the_page_tells_it_by_itself() {
    let shop = Shop::open();
    let mut tab = shop.visitor();
    sign_up(&mut tab);
    order(&mut tab);
    let page = tab.path();
    shop.gateways_lie("hook-never");
    tab.press("Pay ₹");
    tab.press("Pay, then close the tab");
    tab.reads("The tab is closed");
    tab.go(&page);
    tab.is_headed("Your server is ready");
}

#[test]
fn a_server_from_another_block_is_never_shown_and_the_page_says_so() {
    let shop = Shop::open();
    let mut tab = shop.visitor();
    sign_up(&mut tab);
    tab.go("/demo");
    tab.press("Sell 103.182.44.18");
    tab.reads("The next one that it fits will be lied to.");
    order(&mut tab);
    pay(&mut tab);
    tab.is_headed("A person looks after your order");
    tab.reads("103.181.91.x");
    let html = tab.tells("document.documentElement.outerHTML");
    assert!(!html.as_str().unwrap().contains("103.182.44"), "{html}");
    assert_eq!(tab.tells("document.querySelectorAll('.build .held').length"), 1);
    assert_eq!(tab.tells("document.querySelector('#delivered')"), json!(null));
}

/// A purchase that is never answered, until its customer may choose.
fn unheard(shop: &Shop) -> Tab {
    let mut tab = shop.visitor();
    sign_up(&mut tab);
    order(&mut tab);
    shop.provider("lie", &json!({"lie": "hang"}));
    pay(&mut tab);
    tab.reads("You can choose");
    tab
}

#[test]
fn whoever_waits_for_an_unheard_purchase_can_still_have_the_money_back() {
    let shop = Shop::open_with(&IMPATIENT);
    let mut tab = unheard(&shop);
    tab.press("I'll wait");
    tab.reads("Noted: we keep looking.");
    tab.is_headed("A person looks after your order");
    tab.press("Refund me now");
    tab.reads("Noted: your money goes back to you.");
    tab.is_headed("Your money is back with you");
}

#[test]
fn whoever_wants_the_money_of_an_unheard_purchase_has_it_back_at_once() {
    let shop = Shop::open_with(&IMPATIENT);
    let mut tab = unheard(&shop);
    tab.press("Refund me now");
    tab.is_headed("Your money is back with you");
    assert!(!tab.text().contains("Show the sign-in"));
}
