//! Mail by SMTP to a server that takes, refuses and breaks off: what each is to us.
#![cfg(test)]

use domain::clock::Timestamp;
use post::smtp::{CannotBuild, Settings, Smtp};
use post::{Carried, Letter, Post, Trouble};
use sim::mail::{Catcher, Doorway, Lie};

fn smtp(url: &str) -> Smtp {
    let from = "My Shop <shop@example.org>".to_owned();
    Smtp::new(&Settings { url: url.into(), from }).unwrap()
}

fn letter(number: u32) -> Letter {
    Letter {
        message_id: format!("{number}@example.org"),
        email: "ada@example.org".into(),
        name: "Ada Grüß".into(),
        subject: format!("₹999 has arrived ({number})"),
        text: "Thank you.\n.\nA dot alone ends nothing.\n".into(),
        html: "<p>Thank you. ₹999</p>".into(),
        at: Timestamp::from_millis(1_790_000_000_000),
    }
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
        Smtp::new(&Settings { url: url.into(), from: from.into() }).map(|_| ()).unwrap_err()
    };
    assert_eq!(made("http://u:s3cret@h", "a@b.example"), CannotBuild::Url);
    assert_eq!(made("smtp:", "a@b.example"), CannotBuild::Url);
    assert_eq!(made("smtp://h", "nobody"), CannotBuild::From("nobody".into()));
    assert!(!made("http://u:s3cret@h", "a@b.example").to_string().contains("s3cret"));
}
