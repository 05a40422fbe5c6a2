//! Mail by SMTP to a server that takes, refuses and breaks off: what each is to us.
#![cfg(test)]

use std::sync::Arc;

use domain::clock::Timestamp;
use post::smtp::{CannotBuild, Settings, Smtp};
use post::{Carried, Letter, Post, Trouble};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use sim::mail::{Catcher, Doorway, Guard, Lie};

fn smtp(url: &str) -> Smtp {
    let from = "My Shop <shop@example.org>".to_owned();
    Smtp::new(&Settings { url: url.into(), from, return_path: None }).unwrap()
}

fn letter(number: u32) -> Letter {
    Letter {
        message_id: format!("{number}@example.org"),
        email: "ada@example.org".into(),
        name: "Ada Grüß".into(),
        reply_to: Some("help@example.org".into()),
        subject: format!("₹999 has arrived ({number})"),
        text: "Thank you.\n.\nA dot alone ends nothing.\n".into(),
        html: "<p>Thank you. ₹999</p>".into(),
        at: Timestamp::from_millis(1_790_000_000_000),
    }
}

#[tokio::test]
async fn what_cannot_be_delivered_is_reported_where_the_shop_wants_it() {
    let catcher = Catcher::start().await.unwrap();
    let set = |return_path: &str| Settings {
        url: catcher.smtp_url().into(),
        from: "My Shop <shop@example.org>".into(),
        return_path: Some(return_path.to_owned()),
    };
    let smtp = Smtp::new(&set("bounces@example.org")).unwrap();
    assert_eq!(smtp.carry(&letter(1)).await, Carried::Taken);
    let mail = catcher.mails_to("ada@example.org").remove(0);
    assert_eq!(mail.from, "bounces@example.org");
    assert!(mail.raw.contains("From: \"My Shop\" <shop@example.org>"), "{}", mail.raw);
    let wrong = Smtp::new(&set("nobody")).map(|_| ()).unwrap_err();
    assert_eq!(wrong, CannotBuild::ReturnPath("nobody".into()));
}

#[tokio::test]
async fn a_mail_arrives_as_it_was_written_and_the_same_mail_as_the_same_bytes() {
    let catcher = Catcher::start().await.unwrap();
    let smtp = smtp(&catcher.smtp_url());
    for number in [1, 1, 2] {
        assert_eq!(smtp.carry(&letter(number)).await, Carried::Taken);
    }
    let mails = catcher.mails_to("ada@example.org");
    assert_eq!(mails.len(), 3);
    assert_eq!(
        (mails[0].from.as_str(), &*mails[0].message_id),
        ("shop@example.org", "1@example.org")
    );
    assert_eq!(mails[0].subject, "₹999 has arrived (1)");
    assert_eq!(mails[0].text.trim_end(), letter(1).text.trim_end());
    assert_eq!(mails[0].html.trim_end(), letter(1).html);
    assert!(mails[0].raw.contains("Auto-Submitted: auto-generated"));
    assert!(mails[0].raw.contains("Reply-To: help@example.org"));
    assert_eq!(mails[0].raw, mails[1].raw);
    assert_ne!(mails[0].raw, mails[2].raw);
}

#[tokio::test]
async fn a_certain_no_is_final_and_everything_else_is_worth_another_try() {
    let catcher = Catcher::start().await.unwrap();
    let smtp = smtp(&catcher.smtp_url());
    let refused = |carried: &Carried| matches!(carried, Carried::Refused { .. });
    let later = |carried: &Carried| matches!(carried, Carried::Later { .. });
    for (lie, is) in [
        (Lie::Refuse(550), &refused as &dyn Fn(&Carried) -> bool),
        (Lie::RefuseText(554), &refused),
        (Lie::Refuse(450), &later),
        (Lie::RefuseText(452), &later),
        // It speaks of our account: the mails are as good as they were.
        (Lie::Refuse(530), &later),
        (Lie::Drop, &later),
        (Lie::KeepAndDrop, &later),
    ] {
        catcher.lie_once(lie);
        let carried = smtp.carry(&letter(1)).await;
        assert!(is(&carried), "{lie:?}: {carried:?}");
        // Whatever that talk came to, the next one has nothing of it.
        assert_eq!(smtp.carry(&letter(2)).await, Carried::Taken, "after {lie:?}");
    }
    catcher.doorway(Doorway::Refuse).await;
    assert!(later(&smtp.carry(&letter(3)).await));
    assert!(matches!(smtp.look().await, Err(Trouble::Away(_))));
    catcher.doorway(Doorway::Open).await;
    assert_eq!(smtp.look().await, Ok(()));
    assert_eq!(smtp.carry(&letter(3)).await, Carried::Taken);
}

#[tokio::test]
async fn an_address_that_is_none_is_refused_before_anybody_is_asked() {
    let catcher = Catcher::start().await.unwrap();
    let wrong = Letter { email: "ada@@example.org".into(), ..letter(1) };
    let carried = smtp(&catcher.smtp_url()).carry(&wrong).await;
    assert!(matches!(carried, Carried::Refused { .. }), "{carried:?}");
    assert_eq!(catcher.counts().tries, 0);
}

#[test]
fn what_cannot_be_a_mail_server_or_a_sender_is_told_without_its_secret() {
    let made = |url: &str, from: &str| {
        Smtp::new(&Settings { url: url.into(), from: from.into(), return_path: None })
            .map(|_| ())
            .unwrap_err()
    };
    assert_eq!(made("http://u:s3cret@h", "a@b.example"), CannotBuild::Url);
    assert_eq!(made("smtp:", "a@b.example"), CannotBuild::Url);
    assert_eq!(made("smtp://h", "nobody"), CannotBuild::From("nobody".into()));
    assert!(!made("http://u:s3cret@h", "a@b.example").to_string().contains("s3cret"));
}

/// A mail server that asks for TLS and a password, and the file that it can be trusted by.
async fn guarded(from_the_start: bool) -> (Catcher, tempfile::NamedTempFile) {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), made.cert.pem()).unwrap();
    let guard = Guard {
        tls: Arc::new(config).into(),
        from_the_start,
        user: "shop@example.org".into(),
        password: "100 % secret".into(),
    };
    (Catcher::guarded(guard).await.unwrap(), file)
}

#[tokio::test]
async fn a_server_that_asks_for_tls_and_a_password_gets_both() {
    for (scheme, from_the_start) in [("smtps", true), ("smtp", false)] {
        let (catcher, ca) = guarded(from_the_start).await;
        let there = catcher.smtp_url();
        let there = there.trim_start_matches("smtp://");
        let url = |password: &str, ca: &str| {
            format!("{scheme}://shop%40example.org:{password}@{there}{ca}")
        };
        let ca = format!("?ca={}", ca.path().display());
        let right = smtp(&url("100%20%25%20secret", &ca));
        assert_eq!(right.look().await, Ok(()), "{scheme}");
        for number in [1, 2] {
            assert_eq!(right.carry(&letter(number)).await, Carried::Taken, "{scheme}");
        }
        assert_eq!(catcher.mails().len(), 2);
        let wrong = smtp(&url("another", &ca)).look().await;
        assert!(matches!(wrong, Err(Trouble::Unusable(_))), "{scheme}: {wrong:?}");
        let stranger = smtp(&url("100%20%25%20secret", "")).look().await;
        let Err(Trouble::Away(why)) = stranger else { panic!("{scheme}: {stranger:?}") };
        assert!(why.contains("certificate"), "{why}");
        assert!(matches!(
            smtp(&url("another", &ca)).carry(&letter(3)).await,
            Carried::Later { .. }
        ));
        assert_eq!(catcher.mails().len(), 2, "nobody else handed anything in");
    }
}

#[test]
fn a_certificate_that_cannot_be_read_is_told_at_the_start() {
    let url = "smtps://mail.example.org?ca=/nowhere/ca.pem";
    let told = Smtp::new(&Settings {
        url: url.into(),
        from: "shop@example.org".into(),
        return_path: None,
    });
    let Err(CannotBuild::Ca { path, .. }) = told.map(|_| ()) else { panic!("it was taken") };
    assert_eq!(path, "/nowhere/ca.pem");
}
