//! Where mail leaves and where alerts go. Not their words: those are templates.

use post::notice::{Channel, Target};
use secrecy::SecretString;

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
    /// `discord:…`, `telegram:…`, `webhook:…#whsec_…`.
    "BERTH_ALERT_URLS" urls: Vec<AlertTarget>, secret "alerts are shown in the admin area only",
        alert_targets;
}

/// One place that alerts are sent to.
#[derive(Debug, Clone)]
pub enum AlertTarget {
    Mail(String),
    /// A chat or a webhook; its address often is a secret.
    Notice(Target),
}

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
    let wrong = |why: String| {
        format!("has an entry (number {place}) with a wrong address after {scheme}: it {why}")
    };
    if scheme == "mailto" {
        return value::mailbox(address).map(AlertTarget::Mail).map_err(wrong);
    }
    let channel = Channel::parse(scheme).ok_or_else(begins)?;
    let target = Target::parse(channel, address).map_err(wrong)?;
    Ok(AlertTarget::Notice(target))
}

impl Alert {
    /// Whom of the staff mail tells.
    pub fn mails(&self) -> Vec<String> {
        let mail = |target: &AlertTarget| match target {
            AlertTarget::Mail(address) => Some(address.clone()),
            AlertTarget::Notice(_) => None,
        };
        self.urls.iter().flatten().filter_map(mail).collect()
    }

    /// The chats and webhooks, each once.
    pub fn notices(&self) -> Vec<Target> {
        let mut targets: Vec<Target> = Vec::new();
        for target in self.urls.iter().flatten() {
            if let AlertTarget::Notice(target) = target
                && targets.iter().all(|known| known.key() != target.key())
            {
                targets.push(target.clone());
            }
        }
        targets
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

    const SECRET: &str = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3";

    #[test]
    fn alerts_go_to_several_places_and_to_each_once() {
        let text = format!(
            "mailto:ops@example.com, webhook:https://hooks.example.com/x#{SECRET},\
             slack:T0/B0/s3cret,slack:T0/B0/s3cret, telegram:12:s3cret@-100"
        );
        let alert = Alert { urls: Some(alert_targets(&text).unwrap()) };
        assert_eq!(alert.mails(), ["ops@example.com"]);
        let labels: Vec<_> = alert.notices().iter().map(|to| to.label().to_owned()).collect();
        assert_eq!(labels, ["webhook hooks.example.com", "slack", "telegram -100"]);
        assert!(!format!("{alert:?}").contains("s3cret"));
    }

    #[test]
    fn a_wrong_entry_is_named_by_its_place_and_not_by_its_text() {
        for entry in ["slakc:s3cret", "webhook:s3cret", "webhook:https://x.example/s3cret"] {
            let why = alert_targets(&format!("mailto:a@b.example,{entry}")).unwrap_err();
            assert!(why.contains("number 2") && !why.contains("s3cret"), "{why}");
        }
    }

    #[test]
    fn a_webhook_without_a_secret_is_told_how_to_get_one() {
        let why = alert_targets("webhook:https://hooks.example.com/x").unwrap_err();
        assert!(why.contains("#whsec_") && why.contains("openssl rand"), "{why}");
    }
}
