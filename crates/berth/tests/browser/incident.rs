//! An incident from its first look to the last mail: staff see what happened to whom, put it right
//! for each, and know of each other who does it.

use serde_json::json;

use super::shop::{READY, SOLD, Shop, order, pay, sign_up_as};
use super::tab::Tab;

const HELD: &str = "A person looks after your order";
const APOLOGY: &str = "The provider gave you a server of another block.";

/// Somebody whose server comes from another block.
fn hit(shop: &Shop, name: &str, address: &str) -> Tab {
    let lie = json!({"lie": {"deed": "fallback", "address": address}});
    let mut tab = shop.visitor();
    sign_up_as(&mut tab, name, &mail_of(name));
    order(&mut tab);
    shop.provider("lie", &lie);
    pay(&mut tab);
    tab.is_headed(HELD);
    tab
}

fn mail_of(name: &str) -> String {
    format!("{}@example.com", name.to_lowercase())
}

#[test]
fn an_incident_is_laid_out_and_made_good_for_each_of_those_it_hit_with_a_mail() {
    let shop = Shop::open();
    let whom = [("Asha", "103.182.44.18"), ("Bela", "103.182.44.19")];
    let mut tabs = whom.map(|(name, address)| hit(&shop, name, address));
    let mut staff = shop.staff();
    staff.as_wide_as(1280);
    staff.go("/admin");
    staff.press("Investigation");
    staff.is_headed("Investigation");
    let clusters = staff.tells(
        "[...document.querySelectorAll('section[aria-labelledby=groups] tbody tr')]
            .map(row => [...row.children].slice(0, 2).map(cell => cell.innerText))",
    );
    assert_eq!(clusters, json!([[format!("{SOLD} (PID 6)"), "2"]]));
    for (name, address) in whom {
        staff.reads(&mail_of(name));
        staff.reads(address);
    }
    staff.reads(&format!("POST buyvps {{\"ip\":\"{SOLD}\""));
    // What left stands to the left of what came back.
    let beside = staff.tells(
        "[...document.querySelectorAll('.pair')].map(pair => {
            const [left, back] = [...pair.children].map(one => one.getBoundingClientRect());
            return left.top === back.top && left.right <= back.left;
        })",
    );
    assert_eq!(beside, json!([true, true]));
    staff.press("Make good for those that are ticked");
    staff.choose("What each gets", "Buy again");
    staff.fill("Reason, for staff", "bought from another block");
    staff.fill("What each customer reads", APOLOGY);
    staff.press("Preview");
    staff.reads("2 orders would be bought again. Nothing has been given yet.");
    staff.press("Give it now");
    staff.reads("2 orders will be bought again, and each customer is written to.");
    for (tab, (name, address)) in tabs.iter_mut().zip(whom) {
        tab.is_headed(READY);
        assert!(!tab.text().contains(address), "what was wrong stays ours");
        shop.has_mail(&mail_of(name), APOLOGY);
    }
    staff.go("/admin/attention");
    staff.is_headed("Needs a person");
    staff.reads("Nothing waits for you");
}

#[test]
fn whoever_takes_an_order_over_is_seen_by_everyone_who_looks_at_the_list() {
    let shop = Shop::open();
    hit(&shop, "Asha", "103.182.44.18");
    let (mut admin, mut support) = (shop.staff(), shop.signed_in("support"));
    for tab in [&mut admin, &mut support] {
        tab.go("/admin/attention");
        tab.reads("nobody");
    }
    support.choose("To be done within", "4 hours");
    support.press("Take over");
    support.reads("Done, and written down.");
    for path in ["/admin/attention", "/admin"] {
        admin.go(path);
        admin.reads("support@demo.example");
        assert!(!admin.text().contains("nobody"), "{path}");
    }
}
