//! What staff decide about orders that went wrong: from their list, by a preview, to what the
//! customer's page says then.

use std::time::Instant;

use serde_json::json;

use super::chromium::PATIENCE;
use super::shop::{QUICK_TAIL, READY, Shop, a_newcomer_orders, pay};
use super::tab::Tab;

const WRONG: &str = "103.182.44.18";
const NOT_YET: &str = "Its answer may still come";

/// An order whose server came from another block: its customer, and staff before its page.
fn wrong_block(shop: &Shop) -> (Tab, Tab) {
    shop.provider("lie", &json!({"lie": "the-incident"}));
    went_wrong(shop, "The provider handed out a server from another block")
}

/// Pays an order and waits until it needs a person, who finds it on the list.
fn went_wrong(shop: &Shop, why: &str) -> (Tab, Tab) {
    let mut tab = a_newcomer_orders(shop);
    pay(&mut tab);
    tab.is_headed("A person looks after your order");
    let staff = found(shop, &mut tab, why);
    (tab, staff)
}

/// From the first page of staff to the order's, in two clicks.
fn found(shop: &Shop, tab: &mut Tab, why: &str) -> Tab {
    let mut staff = shop.staff();
    staff.go("/admin");
    staff.press("All, by kind");
    staff.reads(why);
    staff.press("ORD-");
    assert_eq!(staff.path(), format!("/admin{}", tab.path()));
    staff
}

/// Fills in the form of a remedy, and looks at what it would do. While an answer may still come
/// the page says from when on that is possible, and staff look again.
fn previews(staff: &mut Tab, remedy: &str, fields: &[(&str, &str)]) {
    let (order, deadline) = (staff.path(), Instant::now() + PATIENCE);
    while staff.text().contains(NOT_YET) {
        assert!(Instant::now() < deadline, "{remedy}: {}", staff.text());
        staff.go(&order);
    }
    staff.unfold(remedy);
    for (label, text) in fields {
        staff.fill(label, text);
    }
    staff.fill("Reason", "tried in a browser");
    staff.press("Preview");
    staff.reads("What would happen");
}

fn confirms(staff: &mut Tab, remedy: &str) {
    staff.press(&format!("{remedy} now"));
    staff.reads("Done, and written down.");
}

fn address_of(tab: &mut Tab) -> String {
    let shown = tab.until("document.querySelector('#delivered')?.innerText");
    shown.as_str().unwrap().to_owned()
}

#[test]
fn a_server_from_another_block_is_bought_again_by_staff_and_stays_ours() {
    let shop = Shop::open();
    let (mut tab, mut staff) = wrong_block(&shop);
    previews(&mut staff, "Buy again", &[]);
    confirms(&mut staff, "Buy again");
    tab.is_headed(READY);
    assert_ne!(address_of(&mut tab), WRONG);
    staff.go("/admin/quarantine");
    staff.reads(WRONG);
}

#[test]
fn a_server_from_another_block_is_accepted_with_consent_and_its_difference_goes_back() {
    let shop = Shop::open();
    let mut staff = shop.staff();
    staff.go("/admin/ipStock?q=103.182.44");
    staff.press("🌊 103.182.44");
    staff.fill("Price for 8GB", "899");
    staff.press("Save the prices");
    staff.reads("Done, and written down.");

    let (mut tab, mut staff) = wrong_block(&shop);
    let consent = ("The customer's consent", "By telephone: it may be this one.");
    previews(&mut staff, "Accept this server", &[consent]);
    staff.reads("₹100");
    confirms(&mut staff, "Accept this server");
    tab.is_headed(READY);
    assert_eq!(address_of(&mut tab), WRONG);
    staff.reads("Money back");
    staff.reads("The customer agreed: “By telephone: it may be this one.”");
}

#[test]
fn whoever_got_a_server_from_another_block_is_given_the_money_by_staff() {
    let shop = Shop::open();
    let (mut tab, mut staff) = wrong_block(&shop);
    previews(&mut staff, "Refund", &[]);
    staff.reads("You get your money back");
    confirms(&mut staff, "Refund");
    tab.is_headed("Your money is back with you");
    assert!(!tab.text().contains(WRONG));
}

#[test]
fn a_purchase_whose_answer_was_lost_is_adopted_and_checked_before_it_is_delivered() {
    let shop = Shop::open_with(&QUICK_TAIL);
    shop.provider("lie", &json!({"lie": "lost-answer"}));
    let (mut tab, mut staff) = went_wrong(&shop, "Nobody knows whether the purchase bought");
    let sold = shop.sold().pop().unwrap();
    previews(&mut staff, "Adopt an address", &[("Address", "103.182.44.200")]);
    staff.reads("but not from the block that was sold");
    staff.reads("no such server");
    staff.press("Back, change nothing");
    previews(&mut staff, "Adopt an address", &[("Address", &sold)]);
    confirms(&mut staff, "Adopt an address");
    tab.is_headed(READY);
    assert_eq!(address_of(&mut tab), sold);
}

#[test]
fn a_purchase_that_bought_nothing_is_bought_again_once_a_person_has_looked() {
    let shop = Shop::open_with(&QUICK_TAIL);
    shop.provider("lie", &json!({"lie": "unsold-500"}));
    let (mut tab, mut staff) = went_wrong(&shop, "Nobody knows whether the purchase bought");
    previews(&mut staff, "Nothing was bought", &[]);
    confirms(&mut staff, "Nothing was bought");
    tab.is_headed(READY);
    assert_eq!(shop.sold().len(), 1);
}

#[test]
fn money_that_a_gateway_does_not_give_back_is_paid_by_hand_and_booked_once() {
    let shop = Shop::open();
    let (mut tab, mut staff) = wrong_block(&shop);
    shop.gateways_lie("refund-fails");
    previews(&mut staff, "Refund", &[]);
    confirms(&mut staff, "Refund");
    tab.is_headed("Your money goes back to you");
    let mut staff = found(&shop, &mut tab, "Money did not go back to the customer");
    staff.fill("Paid by hand: the bank's number", "UTR 4401");
    staff.press("Book ₹");
    staff.reads("Done, and written down.");
    tab.is_headed("Your money is back with you");
}
