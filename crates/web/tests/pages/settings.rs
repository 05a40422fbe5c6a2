//! The settings in force on a page: each explained, and of secrets only whether they are set.

use crate::database::for_each_database;
use crate::house::{House, get};
use crate::{browser_of, page, text};

#[tokio::test]
async fn settings_are_explained_and_secrets_never_shown() {
    for_each_database(async |test| {
        let house = House::open(test).await;
        let sue = browser_of(&house, "sue@example.com").await;
        let shown = text(&house.ask(page("/admin/settings").with("cookie", &sue)).await);
        for expected in [
            ">Tail<br><code class=\"soft\">tail</code>",
            "Purchase <code class=\"soft\">[purchase]</code>",
            "data-label=\"Default\" class=\"breaks\"><code>10m</code>",
            "BERTH_PURCHASE_TAIL",
            "<code>15m</code>",
            "the file, line 12",
            "How long past the deadline an answer is still waited for.",
            "Written as a length of time: 500ms, 2s, 15m, 3h or 10d.",
            "the environment</td>",
            "<span class=\"badge good\">set</span>",
            "<span class=\"badge plain\">not set</span>",
            "Not set: only a signed-in admin may trigger a sync.",
            "href=\"/admin/brand\"",
        ] {
            assert!(shown.contains(expected), "{expected}: {shown}");
        }
        let answer = house.ask(get("/api/admin/settings").by(&house.sue)).await.json();
        let of = |env: &str| {
            let all = answer["settings"].as_array().unwrap();
            all.iter().find(|one| one["env"] == env).unwrap().clone()
        };
        let key = of("BERTH_MASTER_KEY");
        assert_eq!((&key["value"], &key["isSet"]), (&().into(), &true.into()));
        assert_eq!(of("BERTH_PURCHASE_TAIL")["line"], 12);
        let sam = browser_of(&house, "sam@example.com").await;
        let refused = house.ask(page("/admin/settings").with("cookie", &sam)).await;
        assert_eq!(refused.status, 403, "they are the admins'");
    })
    .await;
}
