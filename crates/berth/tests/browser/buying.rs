//! From the shop's window to a server in use, by each gateway.

use serde_json::json;

use super::shop::{READY, SOLD, Shop, order, pay, sign_up};
use super::tab::Tab;

#[test]
fn a_newcomer_signs_up_buys_and_pays_without_choosing_twice() {
    let shop = Shop::open();
    let mut tab = shop.visitor();
    tab.go("/");
    tab.fill("Search", SOLD);
    tab.press("Search");
    tab.press("Choose");
    tab.pick("16 GB");
    tab.press("Sign up and order");
    tab.reads("Then we go on with your order.");
    tab.fill("Your name", "Asha");
    tab.fill("Email address", "asha@example.com");
    tab.fill("Password", super::shop::PASSWORD);
    tab.press("Sign up");
    tab.press("Order and pay");
    tab.is_headed("Waiting for your payment");
    tab.reads("16 GB");
    pay(&mut tab);
    tab.is_headed(READY);
}

/// Each brings the buyer back in its own way: by a link, or by a form of its own site.
#[test]
fn each_of_the_five_gateways_takes_the_money_and_brings_the_buyer_back() {
    let shop = Shop::open();
    let mut tab = shop.visitor();
    sign_up(&mut tab);
    for way in ["Simulated", "Razorpay", "Cashfree", "UPI", "Card, by Stripe"] {
        order(&mut tab);
        if way != "Simulated" {
            tab.choose("Another way to pay", way);
            tab.press("Pay this way");
            tab.reads("A payment is being opened.");
        }
        pay(&mut tab);
        tab.is_headed(READY);
    }
    tab.go("/my-servers");
    let rows = tab.tells("document.querySelectorAll('.row').length");
    assert_eq!(rows, 5);
}

#[test]
fn the_page_of_an_order_builds_itself_while_it_is_looked_at() {
    let shop = Shop::open();
    let mut tab = shop.visitor();
    sign_up(&mut tab);
    order(&mut tab);
    shop.provider("hold", &json!({"op": "buyvps"}));
    pay(&mut tab);
    tab.is_headed("We are building your server");
    shop.held_at_provider(1);
    // Whatever loads the page anew loses this.
    tab.tells("void (window.stays = 'here')");
    shop.provider("release", &json!({}));
    tab.is_headed(READY);
    assert_eq!(tab.tells("window.stays"), "here");
    assert_eq!(tab.tells("document.querySelectorAll('.build .done').length"), 6);
    let delivered = tab.tells("document.querySelector('#delivered').innerText");
    assert!(delivered.as_str().unwrap().starts_with(SOLD), "{delivered}");
    // Whoever cannot see it is told the headline.
    assert_eq!(tab.tells("document.querySelector('[data-said]').textContent"), READY);
}

#[test]
fn a_server_is_signed_in_to_wiped_by_typing_its_address_and_given_back() {
    let shop = Shop::open();
    let mut tab = shop.visitor();
    sign_up(&mut tab);
    order(&mut tab);
    pay(&mut tab);
    tab.is_headed(READY);
    let bought = tab.path();
    let address = tab.tells("document.querySelector('#delivered').innerText");
    let address = address.as_str().unwrap().to_owned();
    tab.press("Show the sign-in");
    tab.is_headed("Sign-in of your server");
    let password = tab.tells("document.querySelector('#password').innerText");
    assert!(!password.as_str().unwrap().is_empty());
    // A page with a secret is not kept: going back and forth asks again.
    tab.press("Done");
    tab.is_headed(&address);
    assert!(!tab.text().contains(password.as_str().unwrap()));

    tab.press("Install anew…");
    tab.is_headed("Install anew");
    tab.fill("Type the server's address", "103.181.91.999");
    tab.press("Wipe and install");
    tab.until("!!document.querySelector('#confirm-error')");
    tab.fill("Type the server's address", &address);
    tab.press("Wipe and install");
    tab.is_headed(&address);
    tab.reads("Your server is installed anew");
    tab.press("Show user and password");
    tab.is_headed("Sign-in of your server");
    assert_ne!(tab.tells("document.querySelector('#password').innerText"), password);
    gets_the_money_back(&shop, &mut tab, &bought);
}

/// The customer of this order asks for their money, a person gives it, and the page says so.
fn gets_the_money_back(shop: &Shop, tab: &mut Tab, order: &str) {
    tab.go(order);
    tab.press("Ask for your money back");
    tab.is_headed("Your money back");
    tab.fill("Why would you like it back?", "It stood still.");
    tab.press("Ask for my money back");
    tab.reads("You asked for your money back");
    assert!(!tab.text().contains("Ask for your money back"));

    let mut staff = shop.staff();
    staff.go("/admin");
    staff.reads("It stood still.");
    staff.go(&format!("/admin{order}"));
    staff.reads("The customer asks for their money back");
    staff.reads("It stood still.");
    staff.fill("Reason", "they asked");
    staff.press("Preview");
    staff.reads("it answers what the customer asked for");
    staff.press("Refund now");
    staff.reads("Done, and written down.");
    assert_eq!(staff.tells("document.querySelector('#asked')"), json!(null));

    tab.go(order);
    tab.is_headed("Your money is back with you");
    assert!(!tab.text().contains("Show the sign-in"));
    assert!(!tab.text().contains("You asked for your money back"));
}

#[test]
fn whoever_is_refused_their_money_reads_why_without_scripts() {
    let shop = Shop::open();
    let mut tab = shop.visitor();
    sign_up(&mut tab);
    order(&mut tab);
    pay(&mut tab);
    tab.is_headed(READY);
    let bought = tab.path();
    tab.without_scripts();
    tab.go(&format!("{bought}/refund-request"));
    tab.fill("Why would you like it back?", "I changed my mind.");
    tab.press("Ask for my money back");
    tab.reads("You asked for your money back");
    let mut staff = shop.staff();
    staff.go(&format!("/admin{bought}"));
    staff.fill("Or why not, as the customer reads it", "It ran for 29 of 30 days.");
    staff.press("Decline, and write to the customer");
    staff.reads("Declined. The customer reads why");
    tab.go(&bought);
    tab.reads("No money goes back");
    tab.reads("It ran for 29 of 30 days.");
    tab.reads("Ask for your money back");
}
