//! Where notices go, as the owner of the shop wrote it down. A target is known by a digest of that:
//! its address is its secret, and is shown nowhere.

use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use domain::clock::Timestamp;
use http::Request;
use sha2::{Digest, Sha256};
use url::Url;

use super::{CannotAsk, Heard, Notice, Received, discord, slack, telegram, webhook};

/// Who reads what is sent there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    Slack,
    Discord,
    Telegram,
    Webhook,
}

impl Channel {
    pub const ALL: [Channel; 4] =
        [Channel::Slack, Channel::Discord, Channel::Telegram, Channel::Webhook];

    pub fn parse(word: &str) -> Option<Channel> {
        Channel::ALL.into_iter().find(|channel| channel.word() == word)
    }

    pub fn word(self) -> &'static str {
        match self {
            Channel::Slack => "slack",
            Channel::Discord => "discord",
            Channel::Telegram => "telegram",
            Channel::Webhook => "webhook",
        }
    }
}

/// One place that notices are sent to.
#[derive(Clone)]
pub struct Target {
    key: String,
    label: String,
    way: Way,
}

#[derive(Clone)]
enum Way {
    Slack(Url),
    Discord(Url),
    Telegram { url: Url, chat: String },
    Webhook { url: Url, secret: Vec<u8> },
}

/// Never its address.
impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Target({} {})", self.label, self.key)
    }
}

/// So many bytes of the digest are enough to tell targets from each other.
const KEY_BYTES: usize = 8;
/// What Standard Webhooks asks of a secret.
const SECRET_BYTES: std::ops::RangeInclusive<usize> = 24..=64;

impl Target {
    /// Reads what follows the channel's name and a colon. What is wrong is said without repeating
    /// any of it.
    pub fn parse(channel: Channel, address: &str) -> Result<Target, String> {
        let (way, whose) = match channel {
            Channel::Slack => (Way::Slack(slack_url(address)?), None),
            Channel::Discord => (Way::Discord(discord_url(address)?), None),
            Channel::Telegram => {
                let (url, chat) = telegram_chat(address)?;
                (Way::Telegram { url, chat: chat.clone() }, Some(chat))
            }
            Channel::Webhook => {
                let (url, secret) = signed_url(address)?;
                let host = url.host_str().map(ToOwned::to_owned);
                (Way::Webhook { url, secret }, host)
            }
        };
        let word = channel.word();
        let label = whose.map_or(word.to_owned(), |whose| format!("{word} {whose}"));
        let digest = Sha256::digest(format!("{word}:{address}"));
        let key = digest[..KEY_BYTES].iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Target { key, label, way })
    }

    /// What it is known by.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Who reads what is sent there.
    pub fn channel(&self) -> Channel {
        match &self.way {
            Way::Slack(_) => Channel::Slack,
            Way::Discord(_) => Channel::Discord,
            Way::Telegram { .. } => Channel::Telegram,
            Way::Webhook { .. } => Channel::Webhook,
        }
    }

    /// What staff call it: its channel, and a chat's number or a host where that is no secret.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// A look at whether anybody is there. It goes to the front door, and tells nothing.
    pub fn look(&self) -> Result<Request<Vec<u8>>, CannotAsk> {
        let (Way::Slack(url)
        | Way::Discord(url)
        | Way::Telegram { url, .. }
        | Way::Webhook { url, .. }) = &self.way;
        let door = Request::get(url.origin().ascii_serialization()).body(Vec::new());
        door.map_err(|error| CannotAsk(error.to_string()))
    }

    /// What carries a notice there.
    pub fn request(&self, notice: &Notice, now: Timestamp) -> Result<Request<Vec<u8>>, CannotAsk> {
        match &self.way {
            Way::Slack(url) => slack::request(url, notice),
            Way::Discord(url) => discord::request(url, notice),
            Way::Telegram { url, chat } => telegram::request(url, chat, notice),
            Way::Webhook { url, secret } => webhook::request(url, secret, notice, now),
        }
    }

    /// What the answer to it means.
    pub fn received(&self, heard: Heard<'_>) -> Received {
        match &self.way {
            Way::Telegram { .. } => telegram::received(heard),
            Way::Slack(_) | Way::Discord(_) | Way::Webhook { .. } => heard.by_status(),
        }
    }
}

fn slack_url(address: &str) -> Result<Url, String> {
    let wrong = "is not T…/B…/…, nor the whole address of an incoming webhook of Slack";
    whole_or_below("https://hooks.slack.com/services/", address, 3).ok_or(wrong.to_owned())
}

fn discord_url(address: &str) -> Result<Url, String> {
    let wrong = "is not ID/TOKEN, nor the whole address of a webhook of Discord";
    whole_or_below("https://discord.com/api/webhooks/", address, 2).ok_or(wrong.to_owned())
}

/// A whole address, or so many steps below the channel's own.
fn whole_or_below(base: &str, address: &str, steps: usize) -> Option<Url> {
    if address.contains("://") {
        return web_address(address).filter(|url| url.fragment().is_none());
    }
    let allowed = |step: &str| {
        !step.is_empty() && step.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))
    };
    let is_right = address.split('/').count() == steps && address.split('/').all(allowed);
    is_right.then(|| Url::parse(&format!("{base}{address}")).ok()).flatten()
}

fn web_address(address: &str) -> Option<Url> {
    let url = Url::parse(address).ok()?;
    let is_plain = url.username().is_empty() && url.password().is_none();
    (matches!(url.scheme(), "http" | "https") && url.has_host() && is_plain).then_some(url)
}

/// `TOKEN@CHAT`, or a whole address that ends in `sendMessage?chat_id=CHAT`.
fn telegram_chat(address: &str) -> Result<(Url, String), String> {
    let wrong = || "is not TOKEN@CHAT: a bot's token, and the number or @name of a chat".to_owned();
    if address.contains("://") {
        let mut url = web_address(address).ok_or_else(wrong)?;
        let chat = url.query_pairs().find(|(name, _)| name == "chat_id");
        let chat = chat.map(|(_, chat)| chat.into_owned()).filter(|chat| !chat.is_empty());
        let chat = chat.ok_or_else(|| "has no ?chat_id= at its end".to_owned())?;
        url.set_query(None);
        return Ok((url, chat));
    }
    let (token, chat) = address.split_once('@').ok_or_else(wrong)?;
    let is_token = token.split_once(':').is_some_and(|(bot, secret)| {
        let allowed = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
        !bot.is_empty() && bot.chars().all(|c| c.is_ascii_digit()) && secret.chars().all(allowed)
    });
    let named = |c: char| c.is_ascii_alphanumeric() || "-_@".contains(c);
    if !is_token || chat.is_empty() || !chat.chars().all(named) {
        return Err(wrong());
    }
    let url = Url::parse(&format!("https://api.telegram.org/bot{token}/sendMessage"));
    Ok((url.map_err(|_| wrong())?, chat.to_owned()))
}

/// An address with the secret behind its `#`, which never leaves this machine.
fn signed_url(address: &str) -> Result<(Url, Vec<u8>), String> {
    let mut url = web_address(address).ok_or("is no absolute web address")?;
    let secret = url.fragment().and_then(|secret| secret.strip_prefix("whsec_"));
    let how = "end it in #whsec_ and 24 to 64 random bytes in base64, and give the receiver the \
               same (`echo whsec_$(openssl rand -base64 32)` makes one)";
    let Some(secret) = secret else {
        return Err(format!("has no secret to sign with: {how}"));
    };
    let secret =
        BASE64_STANDARD.decode(secret).map_err(|_| format!("has a wrong secret: {how}"))?;
    if !SECRET_BYTES.contains(&secret.len()) {
        return Err(format!("has a secret of {} bytes: {how}", secret.len()));
    }
    url.set_fragment(None);
    Ok((url, secret))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::notice::{News, Troubles};

    pub fn notice(text: &str) -> Notice {
        let (kind, subject) = ("low-stock-5".to_owned(), "prd_1".to_owned());
        Notice {
            id: "ntc_1".into(),
            shop: "Berth".into(),
            link: "https://shop.example/admin/alerts".into(),
            at: Timestamp::from_millis(0),
            news: News::Raised(Troubles::One { kind, subject, text: text.into() }),
        }
    }

    const SECRET: &str = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3";

    fn goes_to(channel: Channel, address: &str) -> String {
        let target = Target::parse(channel, address).unwrap();
        target.request(&notice("low"), Timestamp::from_millis(0)).unwrap().uri().to_string()
    }

    #[test]
    fn short_forms_lead_to_the_channels_own_addresses() {
        let slack = goes_to(Channel::Slack, "T0/B0/s3cret");
        assert_eq!(slack, "https://hooks.slack.com/services/T0/B0/s3cret");
        let discord = goes_to(Channel::Discord, "77/t0k-en_");
        assert_eq!(discord, "https://discord.com/api/webhooks/77/t0k-en_?wait=true");
        let telegram = goes_to(Channel::Telegram, "12:AbC@-100200");
        assert_eq!(telegram, "https://api.telegram.org/bot12:AbC/sendMessage");
        let hook = goes_to(Channel::Webhook, &format!("https://x.example/a?b=c#{SECRET}"));
        assert_eq!(hook, "https://x.example/a?b=c");
        let own = "http://127.0.0.1:8251/bot1:a/sendMessage";
        assert_eq!(goes_to(Channel::Telegram, &format!("{own}?chat_id=7")), own);
    }

    #[test]
    fn what_is_wrong_is_told_without_the_secret() {
        let wrong = [
            (Channel::Slack, "T0/s3cret"),
            (Channel::Slack, "T0/B0/../s3cret"),
            (Channel::Discord, "s3cret"),
            (Channel::Discord, "ftp://x/s3cret"),
            (Channel::Telegram, "12:s3cret"),
            (Channel::Telegram, "12:s3cret/x@1"),
            (Channel::Telegram, "http://x.example/s3cret"),
            (Channel::Webhook, "https://x.example/s3cret"),
            (Channel::Webhook, "https://x.example/s3cret#whsec_s3cret"),
            (Channel::Webhook, "https://me:s3cret@x.example/"),
        ];
        for (channel, address) in wrong {
            let why = Target::parse(channel, address).unwrap_err();
            assert!(!why.contains("s3cret"), "{why}");
        }
        let unsigned = Target::parse(Channel::Webhook, "https://x.example/").unwrap_err();
        assert!(unsigned.contains("end it in #whsec_"), "{unsigned}");
    }

    #[test]
    fn a_target_is_known_by_a_digest_and_shows_no_address() {
        let target = Target::parse(Channel::Slack, "T0/B0/s3cret").unwrap();
        let again = Target::parse(Channel::Slack, "T0/B0/s3cret").unwrap();
        let other = Target::parse(Channel::Slack, "T0/B0/s3cret2").unwrap();
        assert_eq!(target.key(), again.key());
        assert_ne!(target.key(), other.key());
        assert_eq!(format!("{target:?}"), format!("Target(slack {})", target.key()));
        let chat = Target::parse(Channel::Telegram, "12:s3cret@-100200").unwrap();
        assert_eq!(chat.label(), "telegram -100200");
    }
}
