//! Mail that comes back as mail: what somebody's server reports, later, of a mail of ours that it
//! could not deliver (RFC 3464). Anybody may write such a thing: it names a mail and gives a
//! reason, and nothing else is taken from it. Not for servers that say no at once: `smtp.rs`.

use mailparse::{MailHeader, MailHeaderMap, ParsedMail, parse_headers, parse_mail};

/// A reason is told in so many letters.
const REASON_MAX: usize = 300;
/// A report has one such part, and the mail that came back another one; each may hold others, and
/// whoever reads goes down with them.
const MULTIPARTS_MAX: usize = 16;

/// What a report says of one of our mails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Returned {
    /// Without the angle brackets, as in `Letter`.
    pub message_id: String,
    /// In the words of whoever could not deliver it.
    pub reason: String,
}

/// Why a mail is no report of a mail that came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotReturned {
    #[error("this is no delivery report: it has no part message/delivery-status")]
    NoReport,
    #[error("this report says that the mail is late or was delivered, not that it came back")]
    NotFailed,
    #[error("this report does not say which mail it is about: no Message-ID of it came back")]
    Nameless,
}

/// Reads a report as it came, headers and all.
pub fn read(mail: &[u8]) -> Result<Returned, NotReturned> {
    if multiparts(mail) > MULTIPARTS_MAX {
        return Err(NotReturned::NoReport);
    }
    let mail = parse_mail(mail).map_err(|_| NotReturned::NoReport)?;
    let status = mail.parts().find(|part| is(part, "message/delivery-status"));
    let status = status.and_then(|part| part.get_body_raw().ok()).ok_or(NotReturned::NoReport)?;
    let reason = failed(&String::from_utf8_lossy(&status)).ok_or(NotReturned::NotFailed)?;
    let message_id = mail.parts().find_map(original).ok_or(NotReturned::Nameless)?;
    Ok(Returned { message_id, reason })
}

fn multiparts(mail: &[u8]) -> usize {
    mail.windows(9).filter(|word| word.eq_ignore_ascii_case(b"multipart")).count()
}

fn is(part: &ParsedMail<'_>, kind: &str) -> bool {
    part.ctype.mimetype.eq_ignore_ascii_case(kind)
}

/// The fields are in groups, the first about the report itself, one more for each receiver.
fn failed(status: &str) -> Option<String> {
    let status = status.replace("\r\n", "\n");
    status.split("\n\n").find_map(|group| {
        let (group, _) = parse_headers(group.trim_matches('\n').as_bytes()).ok()?;
        let is_failed = field(&group, "Action")?.eq_ignore_ascii_case("failed");
        is_failed.then(|| reason(&group))
    })
}

/// The code, and what the far server said in its own words, where they came along.
fn reason(group: &[MailHeader<'_>]) -> String {
    let parts = [field(group, "Status"), field(group, "Diagnostic-Code")];
    let parts: Vec<String> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
    match parts.is_empty() {
        true => "its server gave no reason".to_owned(),
        false => parts.join(": "),
    }
}

/// In one line of a bounded length, without what is not shown.
fn field(group: &[MailHeader<'_>], name: &str) -> Option<String> {
    let raw = group.get_first_value(name)?;
    let words: Vec<&str> = raw.split_whitespace().collect();
    Some(words.join(" ").chars().filter(|letter| !letter.is_control()).take(REASON_MAX).collect())
}

/// The id of the mail that came back with the report, whole or only its head.
fn original(part: &ParsedMail<'_>) -> Option<String> {
    if !is(part, "text/rfc822-headers") && !is(part, "message/rfc822") {
        return None;
    }
    let mail = part.get_body_raw().ok()?;
    let (head, _) = parse_headers(&mail).ok()?;
    let id = head.get_first_value("Message-ID")?;
    let id = id.trim().trim_start_matches('<').trim_end_matches('>');
    (!id.is_empty()).then(|| id.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATUS: &str = "Reporting-MTA: dns; mx.example.net\r\n\r\n\
        Final-Recipient: rfc822; ada@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\n\
        Diagnostic-Code: smtp; 550 5.1.1 <ada@example.org>:\r\n  nobody of that name\r\n";
    const HEAD: &str =
        "Message-ID: <7.0.order.1@shop.example>\r\nSubject: Your server is ready\r\n";

    /// As Postfix and Exim write them, and those who only send the head back.
    fn report(status: &str, original: (&str, &str)) -> Vec<u8> {
        let (kind, text) = original;
        format!(
            "From: MAILER-DAEMON@mx.example.net\r\nTo: shop@shop.example\r\nMIME-Version: 1.0\r\n\
             Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n\
             --b\r\nContent-Type: text/plain\r\n\r\nI am sorry.\r\n\
             --b\r\nContent-Type: message/delivery-status\r\n\r\n{status}\r\n\
             --b\r\nContent-Type: {kind}\r\n\r\n{text}\r\n--b--\r\n"
        )
        .into_bytes()
    }

    #[test]
    fn a_report_names_the_mail_and_the_reason_in_one_line() {
        let whole = format!("{HEAD}\r\nThe text.\r\n");
        for original in [("text/rfc822-headers", HEAD), ("message/rfc822", whole.as_str())] {
            let read = read(&report(STATUS, original)).expect(original.0);
            assert_eq!(read.message_id, "7.0.order.1@shop.example", "{}", original.0);
            let reason = "5.1.1: smtp; 550 5.1.1 <ada@example.org>: nobody of that name";
            assert_eq!(read.reason, reason, "{}", original.0);
        }
    }

    #[test]
    fn what_is_late_did_not_come_back() {
        let late = STATUS.replace("failed", "delayed").replace("5.1.1", "4.4.1");
        let read = read(&report(&late, ("text/rfc822-headers", HEAD)));
        assert_eq!(read, Err(NotReturned::NotFailed));
    }

    #[test]
    fn of_several_receivers_the_one_that_failed_counts() {
        let fine =
            "Final-Recipient: rfc822; bo@example.org\r\nAction: relayed\r\nStatus: 2.0.0\r\n";
        let both = STATUS.replacen("\r\n\r\n", &format!("\r\n\r\n{fine}\r\n"), 1);
        let read = read(&report(&both, ("text/rfc822-headers", HEAD))).unwrap();
        assert!(read.reason.starts_with("5.1.1"), "{}", read.reason);
    }

    #[test]
    fn letters_and_reports_of_nothing_are_told_apart() {
        let letter = b"From: ada@example.org\r\nSubject: Hello\r\n\r\nWhere is my server?\r\n";
        assert_eq!(read(letter), Err(NotReturned::NoReport));
        assert_eq!(read(b""), Err(NotReturned::NoReport));
        let nameless = report(STATUS, ("text/rfc822-headers", "Subject: Hello\r\n"));
        assert_eq!(read(&nameless), Err(NotReturned::Nameless));
    }

    #[test]
    fn a_reason_without_end_is_cut() {
        let endless = STATUS.replace("nobody of that name", &"no ".repeat(10_000));
        let read = read(&report(&endless, ("text/rfc822-headers", HEAD))).unwrap();
        assert!(read.reason.len() <= 2 * REASON_MAX + 2, "{}", read.reason.len());
    }
}
