//! Taking one's data along and closing the account, in the browser: by oneself, and by staff.

use serde_json::Value;

use super::{browser_of, form, led_to, page, text};
use crate::database::for_each_database;
use crate::house::House;

async fn file(house: &House, path: &str, cookie: &str) -> Value {
    let answer = house.ask(form(path, &[]).with("cookie", cookie)).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(answer.header("content-disposition").unwrap().starts_with("attachment"));
    answer.json()
}

#[tokio::test]
async fn somebody_takes_their_data_along_and_leaves_once_nothing_is_open() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let ada = browser_of(&house, "ada@example.com").await;
        let order = house.order(&house.ada).await;
        let data = file(&house, "/account/export", &ada).await;
        assert_eq!(data["account"]["email"], "ada@example.com");
        assert_eq!(data["orders"]["items"][0]["_id"], order["orderId"]);
        assert_eq!(data["sessions"].as_array().unwrap().len(), 1);

        let tied = text(&house.ask(page("/account/leave").with("cookie", &ada)).await);
        assert!(tied.contains("1 order is not at its end") && !tied.contains("for good</button>"));
        let sure = [("email", "ada@example.com")];
        let refused = house.ask(form("/account/close", &sure).with("cookie", &ada)).await;
        assert_eq!(refused.status, 409);
        assert!(text(&refused).contains("Nothing was changed."));

        let cancel = format!("/orders/{}/cancel", order["orderId"].as_str().unwrap());
        led_to(&house.ask(form(&cancel, &[]).with("cookie", &ada)).await);
        // The gateway has not yet said that nobody pays.
        let tied = text(&house.ask(page("/account/leave").with("cookie", &ada)).await);
        assert!(tied.contains("payment is being looked up"), "{tied}");
    })
    .await;
}

#[tokio::test]
async fn whoever_leaves_is_signed_out_and_staff_do_the_same_at_a_customers_request() {
    for_each_database(async |test| {
        let house = House::open(test).await;
        let ada = browser_of(&house, "ada@example.com").await;
        let typed = [("email", "eve@example.com")];
        let wrong = house.ask(form("/account/close", &typed).with("cookie", &ada)).await;
        assert_eq!(wrong.status, 422);
        let sure = [("email", "ada@example.com")];
        let left = house.ask(form("/account/close", &sure).with("cookie", &ada)).await;
        assert_eq!(led_to(&left), "/?said=account-closed");
        let after = house.ask(page("/account").with("cookie", &ada)).await;
        assert!(led_to(&after).starts_with("/login"));

        let sue = browser_of(&house, "sue@example.com").await;
        let theirs = format!("/admin/accounts/{}", house.eve.id);
        let data = file(&house, &format!("{theirs}/export"), &sue).await;
        assert_eq!(data["account"]["email"], "eve@example.com");
        let close = form(&format!("{theirs}/close"), &[("email", "eve@example.com")]);
        led_to(&house.ask(close.with("cookie", &sue)).await);
        let told = house.ask(page(&format!("{theirs}/leave")).with("cookie", &sue)).await;
        assert!(text(&told).contains("It is closed already"));
        let audit = house.engine.list_audit(Some(house.eve.id.as_str()), None, 9).await.unwrap();
        let closed = audit.iter().find(|row| row.action == "close-account").unwrap();
        assert_eq!(closed.actor, house.sue.id.as_str());
        // Support looks after orders, and not after who people are.
        let sam = browser_of(&house, "sam@example.com").await;
        for path in ["export", "close"] {
            let path = format!("/admin/accounts/{}/{path}", house.ada.id);
            assert_eq!(house.ask(form(&path, &[]).with("cookie", &sam)).await.status, 403);
        }
    })
    .await;
}

#[tokio::test]
async fn an_old_session_proves_again_before_data_leave_the_house() {
    for_each_database(async |test| {
        let house = House::open(test).await;
        let ada = browser_of(&house, "ada@example.com").await;
        house.clock.step(std::time::Duration::from_secs(11 * 60));
        for path in ["/account/export", "/account/close"] {
            let asked = house.ask(form(path, &[]).with("cookie", &ada)).await;
            assert_eq!(asked.status, 403);
            assert!(text(&asked).contains("Is it still you?"), "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_chosen_language_is_kept_with_the_account_on_every_device() {
    for_each_database(async |test| {
        let house = House::open(test).await;
        let phone = browser_of(&house, "ada@example.com").await;
        let chosen = [("language", "hi"), ("next", "/cart")];
        led_to(&house.ask(form("/language", &chosen).with("cookie", &phone)).await);
        let laptop = browser_of(&house, "ada@example.com").await;
        for cookie in [laptop.clone(), format!("{laptop}; berth_language=en")] {
            let cart = text(&house.ask(page("/cart").with("cookie", &cookie)).await);
            assert!(cart.contains("<html lang=\"hi\""));
        }
        let visitor = text(&house.ask(page("/cart")).await);
        assert!(visitor.contains("<html lang=\"en\""));
    })
    .await;
}
