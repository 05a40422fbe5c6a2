//! Where mail leaves and where alerts go. Not their words: those are templates.

use secrecy::{ExposeSecret, SecretString};

use super::reader::Reader;
use super::setting::section;
use super::value;

section! {
    /// Sending mail.
    Mail = "mail";

    /// Mail server: `smtp://` or `smtps://`, with user and password where it wants them, and `?ca=`
    /// with a file where its certificate (PEM) is signed by an authority of your own.
    "BERTH_SMTP_URL" smtp_url: SecretString,
        address "mail is queued and shown in the admin area, not sent", value::smtp_url;

    /// Sender of mail: `shop@example.com` or `My Shop <shop@example.com>`.
    "BERTH_MAIL_FROM" from: String, unset "nothing is sent", value::mailbox;

    /// Address that reports of what could not be delivered go to, for `berth bounce`.
    "BERTH_MAIL_RETURN_PATH" return_path: String, unset "they go to the sender", value::email;
}

section! {
    /// Telling staff outside the admin area.
    Alert = "alert";

    /// Where alerts go beside the admin area, comma-separated: `mailto:…`, `slack:…`,
    /// `discord:…`, `telegram:…`, `webhook:…`.
    "BERTH_ALERT_URLS" urls: Vec<AlertTarget>, secret "alerts are shown in the admin area only",
        alert_targets;
}

/// One place that alerts are sent to.
#[derive(Debug, Clone)]
pub struct AlertTarget {
    pub channel: AlertChannel,
    /// What follows the colon; often holds a token.
    pub address: SecretString,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlertChannel {
    Mail,
    Slack,
    Discord,
    Telegram,
    Webhook,
}

const CHANNELS: [(&str, AlertChannel); 5] = [
    ("mailto", AlertChannel::Mail),
    ("slack", AlertChannel::Slack),
    ("discord", AlertChannel::Discord),
    ("telegram", AlertChannel::Telegram),
    ("webhook", AlertChannel::Webhook),
];

fn alert_targets(text: &str) -> Result<Vec<AlertTarget>, String> {
    text.split(',')
        .enumerate()
        .map(|(place, entry)| alert_target(place + 1, entry.trim()))
        .collect()
}

/// The entry is named by its place: its text may be secret.
fn alert_target(place: usize, entry: &str) -> Result<AlertTarget, String> {
    let forms = "mailto:, slack:, discord:, telegram: or webhook:";
    let begins = || format!("has an entry (number {place}) that does not begin with {forms}");
    let (scheme, address) = entry.split_once(':').ok_or_else(begins)?;
    let known = CHANNELS.iter().find(|(name, _)| *name == scheme);
    let (_, channel) = *known.ok_or_else(begins)?;
    let right = match channel {
        AlertChannel::Mail => value::mailbox(address).is_ok(),
        AlertChannel::Webhook => value::http_url(address).is_ok(),
        AlertChannel::Slack | AlertChannel::Discord | AlertChannel::Telegram => !address.is_empty(),
    };
    if !right {
        return Err(format!("has an entry (number {place}) with a wrong address after {scheme}:"));
    }
    Ok(AlertTarget { channel, address: SecretString::from(address) })
}

impl Alert {
    /// Whom of the staff mail tells.
    pub fn mails(&self) -> Vec<String> {
        let targets = self.urls.iter().flatten();
        let mails = targets.filter(|target| target.channel == AlertChannel::Mail);
        mails.map(|target| target.address.expose_secret().to_owned()).collect()
    }
}

impl Mail {
    pub(super) fn check(&self, given: &mut Reader) {
        match (&self.smtp_url, &self.from) {
            (Some(_), None) => given.missing("BERTH_MAIL_FROM", "BERTH_SMTP_URL is given"),
            (None, Some(_)) => given.missing("BERTH_SMTP_URL", "BERTH_MAIL_FROM is given"),
            (None, None) if self.return_path.is_some() => {
                given.missing("BERTH_SMTP_URL", "BERTH_MAIL_RETURN_PATH is given");
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alerts_go_to_several_places() {
        let text = "mailto:ops@example.com, webhook:https://hooks.example.com/x,slack:T0/B0/s3cret";
        let urls = alert_targets(text).unwrap();
        let channels: Vec<_> = urls.iter().map(|to| to.channel).collect();
        assert_eq!(channels, [AlertChannel::Mail, AlertChannel::Webhook, AlertChannel::Slack]);
        assert_eq!(Alert { urls: Some(urls) }.mails(), ["ops@example.com"]);
    }

    #[test]
    fn a_wrong_entry_is_named_by_its_place_and_not_by_its_text() {
        for text in ["mailto:a@b.example,slakc:s3cret", "mailto:a@b.example,webhook:s3cret"] {
            let why = alert_targets(text).unwrap_err();
            assert!(why.contains("number 2") && !why.contains("s3cret"), "{why}");
        }
    }
}
