//! Whoever works for the shop, in the browser of an admin: seen, invited, changed, and never
//! brought to nobody.

use std::time::Duration;

use serde_json::json;

use crate::database::for_each_database;
use crate::house::{House, get, post};
use crate::{browser_of, form, led_to, page, text};

#[tokio::test]
async fn an_admin_sees_staff_and_changes_everybody_but_themselves() {
    for_each_database(async |test| {
        let house = House::open(test).await;
        let sue = browser_of(&house, "sue@example.com").await;
        let sam = browser_of(&house, "sam@example.com").await;
        let staff = async || text(&house.ask(page("/admin/staff").with("cookie", &sue)).await);
        let listed = staff().await;
        assert!(listed.contains("sue@example.com") && listed.contains("sam@example.com"));
        assert!(!listed.contains("ada@example.com") && listed.contains("another admin does"));
        let role = |id: &dyn std::fmt::Display| format!("/admin/staff/{id}/role");
        let change = async |path: &str, role: &str, cookie: &str| {
            house.ask(form(path, &[("role", role)]).with("cookie", cookie)).await
        };
        let own = change(&role(&house.sue.id), "support", &sue).await;
        assert_eq!(own.status, 409);
        assert!(text(&own).contains("Nobody changes their own role"), "{}", text(&own));
        let nonsense = change(&role(&house.sam.id), "owner", &sue).await;
        assert!(nonsense.status == 422 && text(&nonsense).contains("Choose a role"));
        // Support is no admin, and a customer no staff.
        assert_eq!(change(&role(&house.sam.id), "admin", &sam).await.status, 403);
        assert_eq!(house.ask(page("/admin/staff").with("cookie", &sam)).await.status, 403);

        led_to(&change(&role(&house.ada.id), "support", &sue).await);
        assert!(staff().await.contains("ada@example.com"));
        led_to(&change(&role(&house.sam.id), "customer", &sue).await);
        assert!(!staff().await.contains("sam@example.com"));
        let after = house.ask(page("/admin").with("cookie", &sam)).await;
        assert!(led_to(&after).starts_with("/login"));
        let by_program = post(&format!("/api{}", role(&house.sue.id)), json!({"role": "support"}));
        assert_eq!(house.ask(by_program.by(&house.sue)).await.status, 409);
        let told = house.ask(get("/api/admin/staff").by(&house.sue)).await.json();
        let told: Vec<_> =
            told["items"].as_array().unwrap().iter().map(|one| &one["role"]).collect();
        assert_eq!(told, ["admin", "support"]);
        let trail = "/admin/audit?what=change-role&about=sam%40example.com";
        let trail = text(&house.ask(page(trail).with("cookie", &sue)).await);
        assert!(trail.contains("from support to customer"), "{trail}");
    })
    .await;
}

#[tokio::test]
async fn an_invitation_is_a_grave_deed_and_waits_for_its_link() {
    for_each_database(async |test| {
        let house = House::open(test).await;
        let sue = browser_of(&house, "sue@example.com").await;
        let wish = [("email", "new@example.com"), ("name", ""), ("role", "support")];
        led_to(&house.ask(form("/admin/staff", &wish).with("cookie", &sue)).await);
        let listed = text(&house.ask(page("/admin/staff").with("cookie", &sue)).await);
        assert!(listed.contains("new@example.com") && listed.contains("Invite again"));
        let twice = house.ask(form("/admin/staff", &wish).with("cookie", &sue)).await;
        assert_eq!(twice.status, 409);
        assert!(text(&twice).contains("has an account already"));
        let mails = test.db.read(|tx| tx.mails(None, None, 9)).await.unwrap();
        let invited: Vec<_> = mails.iter().filter(|mail| mail.kind == "staff-invited").collect();
        assert_eq!(invited.len(), 1);
        assert_eq!(invited[0].email, "new@example.com");

        house.clock.step(Duration::from_secs(11 * 60));
        for (path, fields) in [
            ("/admin/staff".to_owned(), &wish[..]),
            (format!("/admin/staff/{}/role", house.sam.id), &[("role", "admin")]),
        ] {
            let asked = house.ask(form(&path, fields).with("cookie", &sue)).await;
            assert_eq!(asked.status, 403);
            assert!(text(&asked).contains("Is it still you?"), "{path}");
        }
    })
    .await;
}
