//! People: accounts, sessions, keys, settings, and the audit of it all.

use std::time::Duration;

use domain::clock::Clock;
use domain::id::{AccountId, ApiKeyId, SessionId};
use store::account::Account;
use store::api_key::NewApiKey;
use store::closing::Ties;
use store::db::StoreError;
use store::session::NewSession;
use store::ticket::{NewTicket, Purpose, Ticket};

use super::given::{done, tried};
use crate::support::{TestDb, for_each_database};

const HOUR: Duration = Duration::from_secs(60 * 60);

pub fn person(shop: &TestDb, email: &str) -> Account {
    Account {
        id: AccountId::mint(shop.clock.now(), &shop.chance),
        email: email.into(),
        name: "Ada".into(),
        role: "customer".into(),
        password_hash: "$argon2id$…".into(),
        verified_at: None,
        second_factor_at: None,
        language: None,
        closed_at: None,
        created_at: shop.clock.now(),
    }
}

pub async fn ada(shop: &TestDb) -> Account {
    let account = person(shop, "ada@example.com");
    let row = account.clone();
    assert!(done(shop, move |tx| tx.insert_account(&row)).await);
    account
}

#[tokio::test]
async fn an_email_has_one_account_however_it_is_written() {
    for_each_database(async |shop| {
        let first = person(shop, " Ada@Example.com ");
        let second = person(shop, "ADA@example.COM");
        let (one, two) = (first.clone(), second.clone());
        assert!(done(shop, move |tx| tx.insert_account(&one)).await);
        assert!(!done(shop, move |tx| tx.insert_account(&two)).await);

        let expected = Account { email: "ada@example.com".into(), ..first };
        let found = done(shop, |tx| tx.account_by_email("ada@EXAMPLE.com")).await;
        assert_eq!(found.as_ref(), Some(&expected));
        let id = expected.id.clone();
        assert_eq!(done(shop, move |tx| tx.account(&id)).await, expected);
        assert_eq!(done(shop, |tx| tx.account_by_email("eve@example.com")).await, None);
        let missing = tried(shop, move |tx| tx.account(&second.id)).await;
        assert!(matches!(missing, Err(StoreError::Missing { what: "account", .. })));
    })
    .await;
}

#[tokio::test]
async fn a_role_that_is_none_is_refused_by_the_table() {
    for_each_database(async |shop| {
        let row = Account { role: "owner".into(), ..person(shop, "eve@example.com") };
        let refused = tried(shop, move |tx| tx.insert_account(&row)).await;
        assert!(matches!(refused, Err(StoreError::Refused { .. })), "{refused:?}");
    })
    .await;
}

#[tokio::test]
async fn accounts_are_listed_newest_first_and_page_by_page() {
    for_each_database(async |shop| {
        for number in 0..5 {
            let row = person(shop, &format!("user{number}@example.com"));
            assert!(done(shop, move |tx| tx.insert_account(&row)).await);
        }
        let first = done(shop, |tx| tx.list_accounts(None, 3)).await;
        let after = first[2].id.clone();
        let rest = done(shop, move |tx| tx.list_accounts(Some(&after), 3)).await;
        let told: Vec<&str> = first.iter().chain(&rest).map(|a| &a.email[..5]).collect();
        assert_eq!(told, ["user4", "user3", "user2", "user1", "user0"]);
    })
    .await;
}

#[tokio::test]
async fn a_session_is_found_by_its_token_until_it_ends() {
    for_each_database(async |shop| {
        let account = ada(shop).await;
        for token in ["one", "two", "three"] {
            let session = NewSession {
                id: SessionId::mint(shop.clock.now(), &shop.chance),
                token_hash: token.into(),
                account: account.id.clone(),
                agent: "Firefox".into(),
                address: "192.0.2.1".into(),
                lasts: HOUR,
            };
            done(shop, move |tx| tx.insert_session(&session)).await;
        }
        let (session, owner) = done(shop, |tx| tx.session_by_token("one")).await.expect(shop.kind);
        assert_eq!((&owner, &session.account), (&account, &account.id));
        // The server's clock runs on between two looks at it.
        let lasts = session.expires_at.since(session.created_at);
        assert!(lasts >= HOUR && lasts < HOUR + Duration::from_secs(60), "{lasts:?}");
        assert_eq!(session.agent, "Firefox");
        assert_eq!(done(shop, |tx| tx.session_by_token("four")).await, None);
        let strict = async || done(shop, |tx| tx.session_and_setting("one", "strict")).await;
        let (again, whose, is_set) = strict().await.expect(shop.kind);
        assert_eq!((again.id, &whose, is_set), (session.id.clone(), &owner, false));
        done(shop, |tx| tx.set_setting("strict", "yes", "test")).await;
        let (again, _, is_set) = strict().await.expect(shop.kind);
        assert!(again.id == session.id && is_set);
        assert_eq!(done(shop, |tx| tx.session_and_setting("four", "strict")).await, None);

        shop.clock.step(HOUR / 2);
        let (id, ends) = (session.id.clone(), session.expires_at + HOUR);
        done(shop, move |tx| tx.touch_session(&id, ends)).await;
        assert!(done(shop, |tx| tx.delete_session("two")).await);
        assert!(!done(shop, |tx| tx.delete_session("two")).await);

        shop.clock.step(HOUR);
        assert_eq!(done(shop, |tx| tx.session_by_token("three")).await, None);
        let (touched, _) = done(shop, |tx| tx.session_by_token("one")).await.expect(shop.kind);
        assert!(touched.seen_at.since(session.seen_at) >= HOUR / 2);
        assert_eq!(done(shop, |tx| tx.prune_sessions(50)).await, 1);
        assert!(done(shop, |tx| tx.session_by_token("one")).await.is_some());
    })
    .await;
}

#[tokio::test]
async fn people_have_sessions_of_their_own_which_they_prove_and_end() {
    for_each_database(async |shop| {
        let account = ada(shop).await;
        let stranger = person(shop, "eve@example.com");
        let row = stranger.clone();
        assert!(done(shop, move |tx| tx.insert_account(&row)).await);
        let mut begun = Vec::new();
        for (token, owner) in
            [("one", &account), ("two", &account), ("three", &account), ("theirs", &stranger)]
        {
            let session = NewSession {
                id: SessionId::mint(shop.clock.now(), &shop.chance),
                token_hash: token.into(),
                account: owner.id.clone(),
                agent: "Firefox".into(),
                address: "192.0.2.1".into(),
                lasts: HOUR,
            };
            begun.push(session.id.clone());
            done(shop, move |tx| tx.insert_session(&session)).await;
        }
        shop.clock.step(HOUR / 2);
        let first = begun[0].clone();
        done(shop, move |tx| tx.prove_session(&first, "one, proven")).await;
        assert!(done(shop, |tx| tx.session_by_token("one")).await.is_none());
        let mine = account.id.clone();
        let open = done(shop, move |tx| tx.list_sessions(&mine, 50)).await;
        let ids: Vec<_> = open.iter().rev().map(|session| session.id.clone()).collect();
        assert_eq!(ids, begun[..3]);
        assert!(open.iter().all(|session| session.address == "192.0.2.1"));
        // Of all of them the first alone was proven again.
        let proved = |session: &store::session::SessionRow| {
            session.proved_at.since(session.created_at) >= HOUR / 2
        };
        assert_eq!(open.iter().map(proved).collect::<Vec<_>>(), [false, false, true]);

        let (theirs, second) = (stranger.id.clone(), begun[1].clone());
        assert!(!done(shop, move |tx| tx.end_session(&theirs, &second)).await);
        let (mine, second) = (account.id.clone(), begun[1].clone());
        assert!(done(shop, move |tx| tx.end_session(&mine, &second)).await);
        let (mine, first) = (account.id.clone(), begun[0].clone());
        assert_eq!(done(shop, move |tx| tx.end_sessions(&mine, Some(&first))).await, 1);
        assert!(done(shop, |tx| tx.session_by_token("one, proven")).await.is_some());
        let mine = account.id.clone();
        assert_eq!(done(shop, move |tx| tx.end_sessions(&mine, None)).await, 1);
        assert!(done(shop, |tx| tx.session_by_token("theirs")).await.is_some());
    })
    .await;
}

#[tokio::test]
async fn a_person_has_another_name_and_password_from_then_on() {
    for_each_database(async |shop| {
        let account = ada(shop).await;
        let id = account.id.clone();
        done(shop, move |tx| {
            tx.rename_account(&id, "Ada Lovelace")?;
            tx.set_password_hash(&id, "another")
        })
        .await;
        let found = done(shop, |tx| tx.account_by_email("ada@example.com")).await;
        let expected =
            Account { name: "Ada Lovelace".into(), password_hash: "another".into(), ..account };
        assert_eq!(found, Some(expected));
        let nobody = person(shop, "eve@example.com").id;
        let stale = tried(shop, move |tx| tx.rename_account(&nobody, "Eve")).await;
        assert!(matches!(stale, Err(StoreError::Stale(_))), "{stale:?}");
    })
    .await;
}

#[tokio::test]
async fn an_address_belongs_to_whoever_has_proven_it() {
    for_each_database(async |shop| {
        let (first, second) = (ada(shop).await, person(shop, "Ada@example.com"));
        let row = second.clone();
        done(shop, move |tx| tx.insert_claimant(&row)).await;
        let email = |id: &AccountId| {
            let id = id.clone();
            done(shop, move |tx| tx.account(&id))
        };
        assert_eq!(email(&second.id).await.email, "ada@example.com");
        let holder = async || done(shop, |tx| tx.account_by_email("ada@example.com")).await;
        let claimant = async || done(shop, |tx| tx.claimant("ADA@example.com")).await;
        assert_eq!(holder().await.map(|row| row.id), Some(first.id.clone()));
        assert_eq!(claimant().await.map(|row| row.id), Some(second.id.clone()));

        let id = second.id.clone();
        assert!(done(shop, move |tx| tx.prove_email(&id, "ada@example.com")).await);
        let now = holder().await.expect(shop.kind);
        assert!(now.id == second.id && now.verified_at.is_some());
        assert_eq!(claimant().await.map(|row| row.id), Some(first.id.clone()));
        let id = first.id.clone();
        assert!(!done(shop, move |tx| tx.prove_email(&id, "ada@example.com")).await);
        let id = first.id.clone();
        assert!(done(shop, move |tx| tx.prove_email(&id, "a@elsewhere.example")).await);
        let moved = email(&first.id).await;
        assert!(moved.email == "a@elsewhere.example" && moved.verified_at.is_some());
        assert_eq!(claimant().await, None);
    })
    .await;
}

#[tokio::test]
async fn a_second_factor_is_asked_for_once_it_is_on_and_no_code_counts_twice() {
    for_each_database(async |shop| {
        let account = ada(shop).await;
        let id = account.id.clone();
        let on = async || {
            let id = id.clone();
            done(shop, move |tx| tx.account(&id)).await.second_factor_at.is_some()
        };
        let mine = id.clone();
        done(shop, move |tx| tx.set_second_factor(&mine, b"first")).await;
        let mine = id.clone();
        assert!(done(shop, move |tx| tx.use_second_factor(&mine, 7)).await);
        // Another device is set up in its place.
        let mine = id.clone();
        done(shop, move |tx| tx.set_second_factor(&mine, b"second")).await;
        assert!(!on().await);
        let mine = id.clone();
        done(shop, move |tx| {
            tx.switch_second_factor_on(&mine)?;
            tx.set_recovery_codes(&mine, &["one".to_owned(), "two".to_owned()])
        })
        .await;
        assert!(on().await);
        let mine = id.clone();
        let secret = done(shop, move |tx| tx.second_factor_secret(&mine)).await;
        assert_eq!(secret.as_deref(), Some(&b"second"[..]));
        for (step, counts) in [(7, true), (7, false), (6, false), (8, true)] {
            let mine = id.clone();
            let used = done(shop, move |tx| tx.use_second_factor(&mine, step)).await;
            assert_eq!(used, counts, "{step}");
        }
        for (code, counts) in [("one", true), ("one", false), ("three", false)] {
            let mine = id.clone();
            let taken = done(shop, move |tx| tx.take_recovery_code(&mine, code)).await;
            assert_eq!(taken, counts, "{code}");
        }
        let mine = id.clone();
        assert_eq!(done(shop, move |tx| tx.count_recovery_codes(&mine)).await, 1);
        let mine = id.clone();
        done(shop, move |tx| tx.delete_second_factor(&mine)).await;
        assert!(!on().await);
        let mine = id.clone();
        let left = done(shop, move |tx| {
            Ok((tx.second_factor_secret(&mine)?, tx.count_recovery_codes(&mine)?))
        });
        assert_eq!(left.await, (None, 0));
    })
    .await;
}

#[tokio::test]
async fn a_ticket_is_good_once_for_one_purpose_and_not_for_ever() {
    for_each_database(async |shop| {
        let account = ada(shop).await;
        let give = async |token: &str, purpose| {
            let ticket = NewTicket {
                token_hash: token.into(),
                purpose,
                account: account.id.clone(),
                email: account.email.clone(),
                lasts: HOUR,
            };
            done(shop, move |tx| tx.insert_ticket(&ticket)).await;
        };
        let take =
            |token: &'static str, purpose| done(shop, move |tx| tx.take_ticket(purpose, token));
        give("one", Purpose::Verify).await;
        give("two", Purpose::Reset).await;
        give("three", Purpose::Reset).await;
        give("four", Purpose::Verify).await;
        let expected = Ticket { account: account.id.clone(), email: account.email.clone() };
        assert_eq!(take("one", Purpose::Reset).await, None);
        let look = done(shop, |tx| tx.lookup_ticket(Purpose::Verify, "one")).await;
        assert_eq!(look.as_ref(), Some(&expected));
        assert_eq!(take("one", Purpose::Verify).await, Some(expected));
        assert_eq!(take("one", Purpose::Verify).await, None);
        let id = account.id.clone();
        done(shop, move |tx| tx.delete_tickets(&id, Purpose::Reset)).await;
        assert_eq!(take("two", Purpose::Reset).await, None);
        shop.clock.step(HOUR);
        assert_eq!(take("four", Purpose::Verify).await, None);
        assert_eq!(done(shop, |tx| tx.prune_tickets(50)).await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_key_is_found_by_its_hash_until_it_is_revoked() {
    for_each_database(async |shop| {
        let account = ada(shop).await;
        let mut keys = Vec::new();
        for hash in ["one", "two", "three"] {
            let key = NewApiKey {
                id: ApiKeyId::mint(shop.clock.now(), &shop.chance),
                account: account.id.clone(),
                key_hash: hash.into(),
                hint: "bk_12345".into(),
                scopes: "orders:read".into(),
            };
            keys.push(key.id.clone());
            done(shop, move |tx| tx.insert_api_key(&key)).await;
        }
        let (key, owner) = done(shop, |tx| tx.api_key_by_hash("one")).await.expect(shop.kind);
        assert_eq!((&owner, &key.id, key.used_at), (&account, &keys[0], None));
        assert_eq!((key.hint.as_str(), key.scopes.as_str()), ("bk_12345", "orders:read"));

        let id = key.id.clone();
        done(shop, move |tx| tx.touch_api_key(&id)).await;
        let (key, _) = done(shop, |tx| tx.api_key_by_hash("one")).await.expect(shop.kind);
        assert!(key.used_at.is_some());

        let (mine, id) = (account.id.clone(), key.id.clone());
        let stranger = person(shop, "eve@example.com").id;
        let theirs = id.clone();
        assert!(!done(shop, move |tx| tx.revoke_api_key(&stranger, &theirs)).await);
        assert!(done(shop, move |tx| tx.revoke_api_key(&mine, &id)).await);
        assert_eq!(done(shop, |tx| tx.api_key_by_hash("one")).await, None);

        let mine = account.id.clone();
        let first = done(shop, move |tx| tx.list_api_keys(&mine, None, 2)).await;
        let (mine, after) = (account.id.clone(), first[1].id.clone());
        let rest = done(shop, move |tx| tx.list_api_keys(&mine, Some(&after), 2)).await;
        let listed: Vec<_> = first.iter().chain(&rest).map(|key| key.id.clone()).collect();
        keys.reverse();
        assert_eq!(listed, keys);
        assert!(rest[0].revoked_at.is_some() && first[0].revoked_at.is_none());
        let mine = account.id.clone();
        done(shop, move |tx| tx.revoke_api_keys(&mine)).await;
        assert_eq!(done(shop, |tx| tx.api_key_by_hash("two")).await, None);
    })
    .await;
}

#[tokio::test]
async fn a_setting_tells_who_set_it_last() {
    for_each_database(async |shop| {
        assert_eq!(done(shop, |tx| tx.setting("latch")).await, None);
        done(shop, |tx| tx.set_setting("latch", "a copy", "acc_1")).await;
        shop.clock.step(HOUR);
        done(shop, |tx| tx.set_setting("latch", "another", "acc_2")).await;
        let found = done(shop, |tx| tx.setting("latch")).await.expect(shop.kind);
        assert_eq!((found.value.as_str(), found.actor.as_str()), ("another", "acc_2"));
        let set = done(shop, |tx| tx.settings(&["latch", "selling_stopped"])).await;
        assert_eq!(set.into_iter().collect::<Vec<_>>(), [("latch".to_owned(), found.clone())]);
        assert!(shop.now().await.since(found.at) < HOUR / 2);

        assert!(!done(shop, |tx| tx.insert_setting("latch", "third", "acc_3")).await);
        assert!(done(shop, |tx| tx.delete_setting("latch")).await);
        assert!(!done(shop, |tx| tx.delete_setting("latch")).await);
        assert!(done(shop, |tx| tx.insert_setting("latch", "third", "acc_3")).await);
    })
    .await;
}

#[tokio::test]
async fn the_audit_reads_newest_first_in_pages() {
    for_each_database(async |shop| {
        done(shop, |tx| {
            for number in 0..5 {
                let subject = if number % 2 == 0 { "ord_even" } else { "ord_odd" };
                tx.audit("acc_1", "accept", subject, &format!("reason {number}"))?;
            }
            Ok(())
        })
        .await;
        let undone = tried(shop, |tx| {
            tx.audit("acc_1", "accept", "ord_none", "never happened")?;
            Err::<(), _>(StoreError::Stale("something"))
        });
        assert!(undone.await.is_err());

        let first = done(shop, |tx| tx.list_audit(None, 3)).await;
        let after = first[2].id;
        let rest = done(shop, move |tx| tx.list_audit(Some(after), 3)).await;
        let told: Vec<&str> = first.iter().chain(&rest).map(|row| &row.detail[7..]).collect();
        assert_eq!(told, ["4", "3", "2", "1", "0"]);

        let even = done(shop, |tx| tx.list_audit_of("ord_even", None, 2)).await;
        let after = even[1].id;
        assert_eq!((even[0].detail.as_str(), even[1].detail.as_str()), ("reason 4", "reason 2"));
        let rest = done(shop, move |tx| tx.list_audit_of("ord_even", Some(after), 2)).await;
        assert_eq!(rest.len(), 1);
        assert_eq!((rest[0].actor.as_str(), rest[0].action.as_str()), ("acc_1", "accept"));
    })
    .await;
}

#[tokio::test]
async fn whoever_leaves_is_gone_but_for_what_the_books_need() {
    for_each_database(async |shop| {
        let ada = person(shop, "ada@example.com");
        let (row, id) = (ada.clone(), ada.id.clone());
        done(shop, move |tx| {
            tx.insert_account(&row)?;
            tx.set_account_language(&row.id, "hi")?;
            tx.audit("acc_1", "rename", row.id.as_str(), "Ada")
        })
        .await;
        let chosen = id.clone();
        let read = done(shop, move |tx| tx.account(&chosen)).await;
        assert_eq!((read.language.as_deref(), read.closed_at), (Some("hi"), None));
        let of = id.clone();
        assert_eq!(done(shop, move |tx| tx.ties(&of)).await, Ties::default());
        let of = id.clone();
        assert_eq!(done(shop, move |tx| tx.mails_to(&of, "ada@example.com", 9)).await, []);

        let of = id.clone();
        done(shop, move |tx| tx.close_account(&of, "ada@example.com", "Closed")).await;
        let of = id.clone();
        let read = done(shop, move |tx| tx.account(&of)).await;
        assert_eq!((read.email.as_str(), read.name.as_str()), (id.as_str(), "Closed"));
        assert!(read.closed_at.is_some() && read.language.is_none());
        let of = id.clone();
        let audit = done(shop, move |tx| tx.list_audit_of(of.as_str(), None, 9)).await;
        assert_eq!((audit[0].action.as_str(), audit[0].detail.as_str()), ("rename", ""));
        assert_eq!(done(shop, |tx| tx.account_by_email("ada@example.com")).await, None);
        // Nobody leaves twice.
        let of = id.clone();
        let again = tried(shop, move |tx| tx.close_account(&of, "x@example.com", "Closed")).await;
        assert!(again.is_err());
    })
    .await;
}
