//! The places that staff are told at, as staff see them: what waits for each, what went wrong last,
//! and a test that says what the far side answered. Never where a place is.

use post::notice::{News, Received, Target};
use sha2::{Digest, Sha256};

use super::UNSENT;
use crate::mail::told::TEST;
use crate::{Engine, Error, Result};

/// As many bytes of a digest as tell chats from each other.
const KEY_BYTES: usize = 8;
/// How mail is called beside the chats.
const MAIL: &str = "mail";

/// A place that staff are told at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub key: String,
    pub label: String,
    pub channel: &'static str,
    /// How many notices or mails are on their way there.
    pub waiting: i64,
    /// Why the oldest of them does not arrive, or the last one was given up on.
    pub error: Option<String>,
}

/// What came of a test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tested {
    Taken,
    /// A mail, which leaves with the others.
    OnItsWay,
    /// The far side says no, in these words.
    Refused(String),
    /// The far side is away, or says later.
    NotNow(String),
}

/// One entry of the settings.
enum Way<'a> {
    Chat(&'a Target),
    Mail { key: String, email: &'a str },
}

impl Way<'_> {
    fn key(&self) -> &str {
        match self {
            Way::Chat(target) => target.key(),
            Way::Mail { key, .. } => key,
        }
    }

    fn label(&self) -> String {
        match self {
            Way::Chat(target) => target.label().to_owned(),
            Way::Mail { email, .. } => {
                let host = email.rsplit_once('@').map_or("", |(_, host)| host);
                format!("{MAIL} at {host}")
            }
        }
    }
}

impl Engine {
    fn ways(&self) -> impl Iterator<Item = Way<'_>> {
        let mail = |email| {
            let digest = Sha256::digest(format!("mailto:{email}"));
            Way::Mail { key: hex::encode(&digest[..KEY_BYTES]), email }
        };
        let mails = self.settings().alert_mails.iter().map(String::as_str).map(mail);
        mails.chain(self.notice_targets().iter().map(Way::Chat))
    }

    /// Where alerts go, as the settings of this process say.
    pub async fn alert_targets(&self) -> Result<Vec<Place>> {
        let mut places = Vec::new();
        for way in self.ways() {
            let (key, label) = (way.key().to_owned(), way.label());
            let (channel, (waiting, error)) = match way {
                Way::Chat(target) => {
                    let channel = target.channel().word();
                    let key = key.clone();
                    let waits = self.db().read(move |tx| {
                        let (waiting, error) = tx.notices_waiting(&key)?;
                        let unsent = tx.open_alert(UNSENT, &key)?.map(|alert| alert.text);
                        Ok::<_, Error>((waiting, error.or(unsent)))
                    });
                    (channel, waits.await?)
                }
                Way::Mail { email, .. } => {
                    let email = email.to_owned();
                    let waits = self.db().read(move |tx| tx.staff_mails_waiting(&email));
                    (MAIL, waits.await?)
                }
            };
            places.push(Place { key, label, channel, waiting, error });
        }
        Ok(places)
    }

    /// Sends a test to one of them, now, and tells its label. It goes past what waits there, and is
    /// not tried again.
    pub async fn test_alert_target(&self, key: &str, actor: &str) -> Result<(String, Tested)> {
        let mut ways = self.ways();
        let way = ways.find(|way| way.key() == key);
        let way = way.ok_or_else(|| Error::missing("target of alerts", key))?;
        let tested = match &way {
            Way::Mail { email, .. } => self.mail_test(key, email, actor).await?,
            Way::Chat(target) => {
                let (subject, actor) = (key.to_owned(), actor.to_owned());
                let label = way.label();
                let noted = self.db().write(move |tx| {
                    tx.audit(&actor, "test-alert-target", &subject, &label)?;
                    tx.now()
                });
                let at = noted.await?;
                let id = format!("ntc_test_{}", at.as_micros());
                let notice = self.told_now(id, at, News::Test).await?;
                match self.bring(target, &notice).await? {
                    Received::Taken => Tested::Taken,
                    Received::Refused { reason } => Tested::Refused(reason),
                    Received::Later { reason, .. } => Tested::NotNow(reason),
                }
            }
        };
        Ok((way.label(), tested))
    }

    async fn mail_test(&self, key: &str, email: &str, actor: &str) -> Result<Tested> {
        let (key, email, actor) = (key.to_owned(), email.to_owned(), actor.to_owned());
        let written = self.db().write(move |tx| {
            let cause = format!("{TEST}/{}/{email}", tx.now()?.as_micros());
            tx.tell_staff(&email, TEST, &cause, &[])?;
            tx.audit(&actor, "test-alert-target", &key, MAIL)
        });
        written.await?;
        Ok(Tested::OnItsWay)
    }
}
