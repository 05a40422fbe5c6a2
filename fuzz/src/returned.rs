//! Reports of mail that came back, which anybody may write: what is read of one names one mail and
//! gives a reason that fits into a line of a page.

use post::returned;

pub fn seeds() -> Vec<Vec<u8>> {
    let report = |status: &str, original: &str| {
        format!(
            "From: MAILER-DAEMON@mx.example.net\r\nMIME-Version: 1.0\r\n\
             Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n\
             --b\r\nContent-Type: message/delivery-status\r\n\r\n\
             Reporting-MTA: dns; mx.example.net\r\n\r\n{status}\r\n\
             --b\r\nContent-Type: {original}\r\n\r\nMessage-ID: <7.0.a.1@shop.example>\r\n\
             Subject: Your server\r\n\r\nThe text.\r\n--b--\r\n"
        )
        .into_bytes()
    };
    let failed = "Final-Recipient: rfc822; ada@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\n\
         Diagnostic-Code: smtp; 550 5.1.1\r\n nobody of that name\r\n";
    let late = failed.replace("failed", "delayed").replace("5.1.1", "4.4.1");
    vec![
        report(failed, "text/rfc822-headers"),
        report(failed, "message/rfc822"),
        report(&late, "text/rfc822-headers"),
        report(&format!("{late}\r\n{failed}"), "message/rfc822"),
        b"From: ada@example.org\r\nSubject: Hello\r\n\r\nWhere is my server?\r\n".to_vec(),
    ]
}

pub fn run(told: &[u8]) {
    let read = returned::read(told);
    assert_eq!(read, returned::read(told), "the same bytes mean the same");
    let Ok(read) = read else { return };
    assert!(!read.message_id.is_empty());
    assert!(!read.reason.is_empty() && read.reason.chars().count() <= 602, "{:?}", read.reason);
    assert!(!read.reason.chars().any(char::is_control), "{:?}", read.reason);
}
