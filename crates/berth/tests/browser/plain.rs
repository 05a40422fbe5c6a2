//! The whole way to a server by forms alone.

use super::shop::{Shop, order, pay, sign_up};

#[test]
fn a_server_is_bought_from_start_to_end_without_any_script() {
    let shop = Shop::open();
    let mut tab = shop.visitor();
    tab.without_scripts();
    sign_up(&mut tab);
    order(&mut tab);
    pay(&mut tab);
    // The page fetches itself again until there is no more to tell.
    tab.is_headed("Your server is ready");
    tab.press("Show the sign-in");
    tab.is_headed("Sign-in of your server");
    tab.reads("How to connect");
    assert!(!tab.text().contains("Copy"), "a button that needs a script is not shown");
}
