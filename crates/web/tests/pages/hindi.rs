//! A customer who reads Hindi: from signing up to the server, and the mails on the way. What a page
//! says is compared by the words of the first language that must not be left in it.

use crate::database::for_each_database;
use crate::filled::Filled;
use crate::house::{Answer, House, PASSWORD, SOLD};
use crate::{browser_of, cookie, form, led_to, page, text};

const ASHA: &str = "asha@example.com";

/// What pages of a customer would say in English: a word or more of each.
const ENGLISH: [&str; 20] = [
    "Your ", "your ", " the ", "We ", "You ", "Sign", "Server<", "Order<", "Total", "Memory",
    "Pay ", "Paid", "Show", "What ", "Nothing", "Account", "Wallet", "Invoices", "Copy", " left",
];

/// What stands between the tags of a page, in its middle.
fn said(answer: &Answer) -> String {
    let html = text(answer);
    assert!(html.contains("<html lang=\"hi\""), "{html}");
    let main = html.split("<main").nth(1).and_then(|rest| rest.split("</main>").next());
    let pieces = main.unwrap_or_default().split('>').skip(1);
    let between = pieces.filter_map(|piece| piece.split('<').next());
    between.map(|text| format!("{text}<")).collect()
}

fn assert_no_english(path: &str, answer: &Answer) {
    let said = said(answer);
    let left: Vec<&&str> = ENGLISH.iter().filter(|words| said.contains(**words)).collect();
    assert!(left.is_empty(), "{path}: {left:?} in {said}");
}

#[tokio::test]
async fn a_server_is_bought_in_hindi_and_its_mails_are_in_hindi() {
    for_each_database(async |test| {
        let house = House::stocked(test).await;
        let fields = [("name", "Asha"), ("email", ASHA), ("password", PASSWORD)];
        let sign_up = form("/signup", &fields).with("accept-language", "hi-IN,hi;q=0.9");
        let asha = cookie(&house.ask(sign_up).await);
        let product = house.product(SOLD).await;
        let fields = [("product", &*product), ("key", "1"), ("memory", "8GB"), ("os", "")];
        let order = led_to(&house.ask(form("/checkout", &fields).with("cookie", &asha)).await);
        // The account keeps the language: another browser shows its pages in it too.
        let other = page(&order).with("cookie", &asha).with("accept-language", "en");
        let shown = house.ask(other).await;
        assert_no_english(&order, &shown);
        assert!(text(&shown).contains("आपके भुगतान का इंतज़ार है"), "{}", text(&shown));
        let mails = test.db.read(|tx| tx.mails(None, None, 100)).await.unwrap();
        let sue = browser_of(&house, "sue@example.com").await;
        for (kind, words) in
            [("verify-address", "क्या यह आपका पता है?"), ("ordered", "आपका ऑर्डर मिल गया")]
        {
            let found = mails.iter().find(|mail| mail.kind == kind && mail.email == ASHA).unwrap();
            let mail = format!("/admin/mails/{}/html", found.id);
            let mail = text(&house.ask(page(&mail).with("cookie", &sue)).await);
            assert!(mail.contains("<html lang=\"hi\"") && mail.contains(words), "{mail}");
        }
    })
    .await;
}

#[tokio::test]
async fn no_page_of_a_customer_who_reads_hindi_has_english_left() {
    for_each_database(async |test| {
        let filled = Filled::open(test).await;
        for route in [
            "/my-servers",
            "/my-servers/{id}",
            "/my-servers/{id}/reinstall",
            "/orders/{id}",
            "/checkouts/{id}",
            "/account",
            "/account/wallet",
            "/account/billing",
            "/account/keys",
            "/account/leave",
            "/account/papers",
            "/cart",
            "/no-such-page",
        ] {
            let path = filled.path(route);
            let ask = page(&path).with("cookie", &filled.ada).with("accept-language", "hi");
            assert_no_english(&path, &filled.house.ask(ask).await);
        }
    })
    .await;
}
