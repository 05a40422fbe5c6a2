//! What staff write about somebody for each other. No customer ever reads it.

use domain::id::AccountId;

use crate::Engine;
use crate::error::{Error, Result};

const NOTE_MAX: usize = 2_000;

impl Engine {
    /// Writes a note about somebody. The audit says that one was written, and not what.
    pub async fn add_account_note(&self, id: &AccountId, text: &str, actor: &str) -> Result<()> {
        let (id, text, actor) = (id.clone(), note(text)?, actor.to_owned());
        self.db()
            .write(move |tx| {
                // A note about somebody who has left would be all that is known of them.
                if tx.account(&id)?.closed_at.is_some() {
                    return Err(Error::refused("not-now", "this account is closed"));
                }
                tx.insert_account_note(&id, &actor, &text)?;
                tx.audit(&actor, "note-customer", id.as_str(), "")?;
                Ok(())
            })
            .await
    }
}

/// Several lines, and no other control characters.
fn note(text: &str) -> Result<String> {
    let text = text.trim().replace("\r\n", "\n");
    let wrong = |why: &str| Err(Error::invalid("invalid-text", why.to_owned()));
    if text.is_empty() {
        return wrong("the note is missing");
    }
    if text.chars().count() > NOTE_MAX {
        return wrong("the note is too long: at most 2000 characters");
    }
    if text.chars().any(|letter| letter.is_control() && letter != '\n') {
        return wrong("the note must be plain text");
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::for_each_database;
    use crate::permission::Role;
    use crate::test_engine::TestEngine;

    #[tokio::test]
    async fn notes_are_read_newest_first_and_go_when_their_person_does() {
        for_each_database(async |test| {
            let shop = TestEngine::open(test);
            let ada = shop.account("ada@example.com", Role::Customer).await;
            let sue = shop.account("sue@example.com", Role::Admin).await;
            for text in ["asks for invoices by post", " two\r\nlines "] {
                shop.engine.add_account_note(&ada, text, sue.as_str()).await.unwrap();
            }
            for wrong in ["", " \n ", "bell\u{7}", &"x".repeat(2_001)] {
                let refused = shop.engine.add_account_note(&ada, wrong, sue.as_str()).await;
                assert!(matches!(refused, Err(Error::Invalid { .. })), "{wrong:?}");
            }
            let notes = shop.engine.customer(&ada).await.unwrap().notes;
            let told: Vec<_> =
                notes.iter().map(|note| (note.email.as_deref(), &*note.text)).collect();
            let by = Some("sue@example.com");
            assert_eq!(told, [(by, "two\nlines"), (by, "asks for invoices by post")]);
            let audit = shop.engine.list_audit(Some(ada.as_str()), None, 9).await.unwrap();
            assert!(audit.iter().all(|row| !row.detail.contains("invoices")), "{audit:?}");

            let sure = crate::account::closing::Confirmed {
                email: "ada@example.com".into(),
                given_up: String::new(),
            };
            shop.engine.close_account(&ada, &sure, ada.as_str()).await.unwrap();
            let after = shop.engine.customer(&ada).await.unwrap();
            assert!(after.notes.is_empty() && after.account.closed_at.is_some());
            let late = shop.engine.add_account_note(&ada, "gone", sue.as_str()).await;
            assert!(matches!(late, Err(Error::Refused { slug: "not-now", .. })));
        })
        .await;
    }
}
