//! How the shop shows itself, as it is remembered.

use store::brand::{BrandRows, FACTS, LOGO};

use crate::support::for_each_database;

#[tokio::test]
async fn a_brand_is_read_whole_and_its_texts_are_never_lost() {
    for_each_database(async |shop| {
        let db = &shop.db;
        let bare = db.read(|tx| tx.brand()).await.expect(shop.kind);
        assert_eq!(bare, BrandRows::default(), "{}", shop.kind);
        db.write(|tx| {
            tx.set_setting(FACTS, "{}", "acc_1")?;
            tx.set_setting(LOGO, "abc", "acc_1")?;
            tx.set_setting("selling_stopped", "no brand's", "acc_1")?;
            tx.insert_picture("abc", &[1, 2, 3], "acc_1")?;
            tx.insert_picture("abc", &[9], "acc_2")?;
            tx.add_legal_text("terms", "en", "Be kind.", "acc_1")?;
            tx.add_legal_text("terms", "en", "Be fair.", "acc_2")?;
            tx.add_legal_text("terms", "hi", "भले रहें।", "acc_1")?;
            tx.add_legal_text("privacy", "en", "We keep little.", "acc_1")?;
            tx.add_legal_text("privacy", "en", "", "acc_1")
        })
        .await
        .expect(shop.kind);
        let brand = db.read(|tx| tx.brand()).await.expect(shop.kind);
        let legal = [("terms", "en"), ("terms", "hi")].map(|(a, b)| (a.to_owned(), b.to_owned()));
        let (facts, logo) = (Some("{}".to_owned()), Some("abc".to_owned()));
        assert_eq!(brand, BrandRows { facts, logo, legal: legal.into() }, "{}", shop.kind);

        // A picture is what its hash says, whoever brings it again.
        let picture = db.read(|tx| tx.lookup_picture("abc")).await.expect(shop.kind);
        assert_eq!(picture.as_deref(), Some(&[1, 2, 3][..]));
        assert_eq!(db.read(|tx| tx.lookup_picture("other")).await.expect(shop.kind), None);

        let held = db.read(|tx| tx.legal_text("terms", "en")).await.expect(shop.kind).unwrap();
        assert_eq!((held.text.as_str(), held.actor.as_str()), ("Be fair.", "acc_2"));
        for (slug, language) in [("privacy", "en"), ("terms", "de")] {
            let none = db.read(move |tx| tx.legal_text(slug, language)).await.expect(shop.kind);
            assert_eq!(none, None);
        }
    })
    .await;
}
