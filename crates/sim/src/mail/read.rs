//! What arrived, taken apart as a mail program takes it apart, by a library that the shop does not
//! use: it must not be read by whoever wrote it.

use mail_parser::MessageParser;
use serde::Serialize;

/// One mail that was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Caught {
    /// As the conversation had them, not as the mail says.
    pub from: String,
    pub to: Vec<String>,
    pub message_id: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    /// Every byte, read as text.
    pub raw: String,
}

impl Caught {
    /// The report of a server that took the mail and could not deliver it, as Postfix writes one:
    /// what went wrong, in fields, and the head of the mail.
    pub fn bounced(&self, status: &str, said: &str) -> String {
        let head = self.raw.split("\r\n\r\n").next().unwrap_or_default();
        let to = self.to.join(", ");
        let report = format!(
            "From: MAILER-DAEMON@mx.example.net (Mail Delivery System)\n\
             To: {from}\n\
             Subject: Undelivered Mail Returned to Sender\n\
             Auto-Submitted: auto-replied\n\
             MIME-Version: 1.0\n\
             Content-Type: multipart/report; report-type=delivery-status;\n boundary=\"=_back\"\n\n\
             --=_back\nContent-Type: text/plain; charset=us-ascii\n\n\
             Your message could not be delivered.\n\n<{to}>: {said}\n\n\
             --=_back\nContent-Type: message/delivery-status\n\n\
             Reporting-MTA: dns; mx.example.net\n\n\
             Final-Recipient: rfc822; {to}\nAction: failed\nStatus: {status}\n\
             Diagnostic-Code: smtp; {said}\n\n\
             --=_back\nContent-Type: text/rfc822-headers\n\n",
            from = self.from
        );
        format!("{}{head}\r\n\r\n--=_back--\r\n", report.replace('\n', "\r\n"))
    }

    pub(super) fn read(from: String, to: Vec<String>, bytes: &[u8]) -> Caught {
        let raw = String::from_utf8_lossy(bytes).into_owned();
        let unread = Caught {
            from,
            to,
            message_id: String::new(),
            subject: String::new(),
            text: String::new(),
            html: String::new(),
            raw,
        };
        let Some(message) = MessageParser::default().parse(bytes) else { return unread };
        let part = |found: Option<std::borrow::Cow<'_, str>>| {
            found.map(|text| text.replace("\r\n", "\n")).unwrap_or_default()
        };
        Caught {
            message_id: message.message_id().unwrap_or_default().to_owned(),
            subject: message.subject().unwrap_or_default().to_owned(),
            text: part(message.body_text(0)),
            html: part(message.body_html(0)),
            ..unread
        }
    }
}
