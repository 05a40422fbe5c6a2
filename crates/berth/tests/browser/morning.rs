//! A morning of staff: what the provider changed over night, and whom an incident hit.

use serde_json::json;

use super::shop::{READY, SOLD, Shop, a_newcomer_orders, order, pay};
use super::tab::Tab;

/// A sync by hand, and the product's page after it.
fn synced(staff: &mut Tab) {
    staff.go("/admin/ipStock");
    staff.press("Sync now");
    staff.go(&format!("/admin/ipStock?q={SOLD}"));
    staff.press(&format!("🌊 {SOLD}"));
}

/// What visitors are offered of it.
fn is_offered(tab: &mut Tab) -> bool {
    tab.go(&format!("/?q={SOLD}"));
    tab.text().contains("Choose")
}

#[test]
fn a_package_that_was_renamed_is_off_sale_until_a_person_has_decided() {
    let shop = Shop::open();
    let (mut tab, mut staff) = (shop.visitor(), shop.staff());
    assert!(is_offered(&mut tab));
    shop.provider("package", &json!({"pid": "6", "name": "103.99.7"}));
    synced(&mut staff);
    staff.reads("Held until a person decides");
    assert!(!is_offered(&mut tab));
    // The provider takes it back, and says so to whoever asks.
    shop.provider("package", &json!({"pid": "6", "name": SOLD}));
    synced(&mut staff);
    staff.reads("Held until a person decides");
    assert!(!is_offered(&mut tab));
    staff.fill("What you found", "They had mistyped it, says their support.");
    staff.press("Let it go");
    staff.reads("They had mistyped it");
    assert!(is_offered(&mut tab));
}

#[test]
fn a_morning_of_low_stock_is_told_stops_sales_in_time_and_ends_by_itself() {
    let shop = Shop::open();
    let (mut tab, mut staff) = (shop.visitor(), shop.staff());
    shop.provider("package", &json!({"pid": "6", "stock": 2}));
    synced(&mut staff);
    staff.reads("Auto-disabled: Only 2 IPs left");
    assert!(!is_offered(&mut tab));
    staff.go("/admin");
    staff.reads("Packages with 5 or fewer left");
    staff.press("Alerts");
    staff.reads(SOLD);
    shop.provider("package", &json!({"pid": "6", "stock": 40}));
    synced(&mut staff);
    assert!(!staff.text().contains("Auto-disabled"));
    assert!(is_offered(&mut tab));
}

#[test]
fn everyone_whom_an_incident_hit_gets_days_and_a_letter_after_one_preview() {
    let shop = Shop::open();
    let mut tab = a_newcomer_orders(&shop);
    pay(&mut tab);
    tab.is_headed(READY);
    order(&mut tab);
    pay(&mut tab);
    tab.is_headed(READY);
    let mut staff = shop.staff();
    staff.go("/admin/orders");
    staff.press("Make good for one");
    staff.fill("Everyone who has a server of the package", SOLD);
    staff.fill("Days that each gets", "7");
    staff.fill("Reason, for staff", "their network was down");
    staff.fill("What each customer reads", "The network was down for a night.");
    staff.press("Preview");
    staff.reads("2 orders would get 7 days. Nothing has been given yet.");
    staff.press("Give it now");
    staff.reads("2 orders got 7 days, and each customer is written to.");
    tab.go("/my-servers");
    tab.reads("37 days");
}
