//! The conversation itself, spoken by hand, and what the mail server makes of what it was told.

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{Catcher, Lie};

const MAIL: &str = "EHLO us\r\nMAIL FROM:<shop@example.org> BODY=8BITMIME\r\n\
     RCPT TO:<ada@example.org>\r\nDATA\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\
     Message-ID: <1@example.org>\r\n\r\nOne\r\n..two\r\n.\r\nQUIT\r\n";

/// Everything that the server says to these words, until it hangs up.
async fn said(catcher: &Catcher, words: &str) -> String {
    let mut stream = tokio::net::TcpStream::connect(catcher.address()).await.unwrap();
    stream.write_all(words.as_bytes()).await.unwrap();
    let mut said = String::new();
    stream.read_to_string(&mut said).await.unwrap();
    said
}

#[tokio::test]
async fn a_mail_is_kept_as_it_was_meant() {
    let catcher = Catcher::start().await.unwrap();
    let said = said(&catcher, MAIL).await;
    assert!(said.ends_with("250 taken\r\n221 goodbye\r\n"), "{said}");
    let mails = catcher.mails_to("Ada@example.org");
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].from, "shop@example.org");
    assert_eq!(mails[0].message_id, "1@example.org");
    assert_eq!(mails[0].subject, "Grüße");
    assert_eq!(mails[0].text, "One\n.two\n");
    assert!(catcher.mails_to("bob@example.org").is_empty());
}

#[tokio::test]
async fn trouble_comes_as_it_was_asked_for_and_passes() {
    let catcher = Catcher::start().await.unwrap();
    for lie in [Lie::Refuse(450), Lie::RefuseText(554), Lie::Drop, Lie::KeepAndDrop] {
        catcher.lie_once(lie);
    }
    assert!(said(&catcher, MAIL).await.contains("450 ada@example.org"));
    assert!(said(&catcher, MAIL).await.contains("554 not this text"));
    assert!(said(&catcher, MAIL).await.ends_with("at its end\r\n"));
    assert_eq!(catcher.mails().len(), 0);
    assert!(said(&catcher, MAIL).await.ends_with("at its end\r\n"));
    assert_eq!(catcher.mails().len(), 1, "kept, and not told");
    assert!(said(&catcher, MAIL).await.contains("250 taken"));
    assert_eq!((catcher.counts().tries, catcher.counts().mails), (5, 2));
}

#[tokio::test]
async fn a_text_belongs_to_a_sender_and_a_receiver() {
    let catcher = Catcher::start().await.unwrap();
    let said = said(&catcher, "RCPT TO:<a@b>\r\nDATA\r\nMAIL who?\r\nSING\r\nQUIT\r\n").await;
    let codes: Vec<&str> = said.lines().filter_map(|line| line.get(..3)).collect();
    assert_eq!(codes, ["220", "503", "503", "501", "502", "221"]);
}
