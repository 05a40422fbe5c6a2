//! What staff set shows everywhere, and what cannot be shown is refused.

use crate::database::for_each_database;
use crate::test_engine::TestEngine;

use super::*;

fn coral() -> BrandWish {
    let colour = |text| Colour::parse(text).unwrap();
    let accent = Accent { light: colour("#8a3a1f"), dark: colour("#ff9d80") };
    BrandWish {
        name: " Coral Cloud ".into(),
        support: "Help@Coral.example".into(),
        accent: Some(accent),
    }
}

#[tokio::test]
async fn a_brand_shows_at_once_here_and_a_moment_later_on_other_nodes() {
    for_each_database(async |test| {
        let clock = test.clock.clone();
        let shop = TestEngine::open(test);
        let (engine, other) = (&shop.engine, Engine::new((*shop.engine.parts).clone()));
        assert_eq!(engine.brand().await.unwrap().name(), FIRST_NAME);
        assert_eq!(other.brand().await.unwrap().name(), FIRST_NAME);

        engine.set_brand(&coral(), "acc_1").await.unwrap();
        engine.set_legal_text(Legal::Terms, "en", " Be kind.\r\n", "acc_1").await.unwrap();
        engine.set_legal_text(Legal::Terms, "en", "Be kind.", "acc_1").await.unwrap();
        let shown = engine.brand().await.unwrap();
        assert_eq!(shown.given_name.as_deref(), Some("Coral Cloud"));
        assert_eq!(shown.support.as_deref(), Some("help@coral.example"));
        assert_eq!(shown.accent, coral().accent);
        assert_eq!(shown.pages().collect::<Vec<_>>(), [Legal::Terms]);
        assert_eq!(other.brand().await.unwrap().name(), FIRST_NAME);
        clock.step(FRESH_FOR);
        assert_eq!(*other.brand().await.unwrap(), *shown);

        engine.set_brand(&BrandWish::default(), "acc_2").await.unwrap();
        engine.set_legal_text(Legal::Terms, "en", "", "acc_2").await.unwrap();
        assert_eq!(*engine.brand().await.unwrap(), Brand::default());
        let audit = engine.list_audit(Some(SHOP), None, 50).await.unwrap();
        let told: Vec<_> = audit.iter().map(|row| (&*row.action, &*row.actor)).rev().collect();
        // A text that was there already is no news.
        let all = [
            ("set-brand", "acc_1"),
            ("set-legal-text", "acc_1"),
            ("set-brand", "acc_2"),
            ("set-legal-text", "acc_2"),
        ];
        assert_eq!(told, all);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_shown_is_refused_and_changes_nothing() {
    for_each_database(async |test| {
        let shop = TestEngine::open(test);
        let engine = &shop.engine;
        for wrong in [
            BrandWish { name: "x".repeat(NAME_MAX + 1), ..coral() },
            BrandWish { name: "two\nlines".into(), ..coral() },
            BrandWish { support: "nobody".into(), ..coral() },
        ] {
            let refused = engine.set_brand(&wrong, "acc_1").await;
            assert!(matches!(refused, Err(Error::Invalid { .. })), "{wrong:?}");
        }
        for text in ["a\0b".to_owned(), "x".repeat(TEXT_MAX + 1)] {
            let refused = engine.set_legal_text(Legal::Privacy, "en", &text, "acc_1").await;
            assert!(matches!(refused, Err(Error::Invalid { .. })));
        }
        assert!(engine.set_logo(b"no picture".to_vec(), "acc_1").await.is_err());
        assert_eq!(engine.brand_now().await.unwrap(), Brand::default());
    })
    .await;
}
