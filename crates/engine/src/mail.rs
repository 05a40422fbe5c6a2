//! Mail leaves: each row of the outbox is put into words and handed to whoever carries mail, once,
//! and again under the same id until somebody takes it or never will.
//! Not for deciding who is told of what: the transaction that it tells of has written the row.

pub mod text;
pub mod told;

use std::sync::Arc;
use std::time::Duration;

use post::returned::{self, NotReturned, Returned};
use post::{Carried, Letter, Post};
use store::job::Job;
use store::mail::{Mail, State, Worded};

pub use told::Told;

use crate::worker::After;
use crate::{Engine, Error, Result};

/// The number that a mail has in the books.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MailId(pub i64);

impl MailId {
    pub fn parse(text: &str) -> Option<MailId> {
        text.parse().ok().map(MailId)
    }
}

/// Puts what is told into words.
pub trait Words: Send + Sync {
    /// Fails only by a mistake of ours.
    fn word(&self, told: &Told) -> std::result::Result<Worded, String>;
}

/// How mail leaves this shop.
#[derive(Clone)]
pub struct Mailing {
    pub words: Arc<dyn Words>,
    pub post: Arc<dyn Post>,
}

/// Alert kinds: no mail tells of what is wrong with mail.
pub(crate) const REFUSED: &str = "mail-refused";
const STUCK: &str = "mail-stuck";
/// There is one way that mail leaves by.
const STUCK_SUBJECT: &str = "smtp";
/// After so many tries of one mail staff are told that mail does not leave.
const STUCK_TRIES: i64 = 3;
/// A server that says *later* for so long will not take it.
const GIVEN_UP_AFTER: Duration = Duration::from_secs(3 * 24 * 3_600);
const NOBODY_PAUSE: Duration = Duration::from_secs(15 * 60);
const FIRST_PAUSE: Duration = Duration::from_secs(30);
const PAUSE_MAX: Duration = Duration::from_secs(30 * 60);

impl Engine {
    /// Hands one mail over. A process that dies after it was taken and before that is written hands
    /// it over once more, under the same id.
    pub(crate) async fn send_mail(&self, job: &Job) -> Result<After> {
        let wrong = || Error::Bug(format!("{:?} is no mail's number", job.subject));
        let MailId(id) = MailId::parse(&job.subject).ok_or_else(wrong)?;
        let found = self.db().read(move |tx| tx.lookup_mail(id)).await?;
        let Some(mail) = found.filter(|mail| mail.state == State::Queued) else {
            return self.finish_job(job).await;
        };
        let Some(mailing) = &self.parts.mail else {
            let note = "no mail server is set".to_owned();
            return Ok(After::PutOff { after: NOBODY_PAUSE, note });
        };
        let told = self.what_it_tells(&mail).await?;
        let word = |told: &Told| {
            let words = mailing.words.word(told);
            words.map_err(|why| Error::Bug(format!("{} has no words: {why}", mail.kind)))
        };
        let whole = word(&self.with_its_token(&mail, told.clone())?)?;
        let letter = self.letter(&mail, &whole, told.brand.support.clone());
        // What is kept opens nothing: staff read it.
        let words = word(&told)?;
        self.point("mail-leaves").await;
        let carried = mailing.post.carry(&letter).await;
        self.point("mail-answered").await;
        match carried {
            Carried::Taken => self.mail_taken(job, mail, words).await,
            Carried::Refused { reason } => self.mail_refused(job, mail, reason).await,
            Carried::Later { reason } => self.mail_not_yet(job, mail, reason).await,
        }
    }

    /// Has a mail that was sent, or refused, leave once more.
    pub async fn send_mail_again(&self, MailId(number): MailId, actor: &str) -> Result<()> {
        let actor = actor.to_owned();
        self.db()
            .write(move |tx| {
                let mail = tx.lookup_mail(number)?;
                let mail = mail.ok_or_else(|| Error::missing("mail", number))?;
                if !tx.send_mail_again(number)? {
                    return Err(Error::refused("not-now", "this mail is on its way already"));
                }
                tx.resolve_alert(REFUSED, &number.to_string())?;
                tx.audit(&actor, "send-mail-again", &number.to_string(), &mail.email)?;
                Ok::<_, Error>(())
            })
            .await
    }

    /// Takes a report that a mail could not be delivered after all, as it came; which mail. What it
    /// says is somebody's word: it can only lead to a mail that was sent, and staff read it.
    pub async fn mail_returned(&self, report: &[u8]) -> Result<MailId> {
        let unreadable = |why: NotReturned| Error::Malformed(why.to_string());
        let Returned { message_id, reason } = returned::read(report).map_err(unreadable)?;
        let number = message_id.split('.').next().and_then(MailId::parse);
        let app_url = self.settings().app_url.clone();
        self.db()
            .write(move |tx| {
                let unknown = || Error::missing("mail", &message_id);
                let MailId(id) = number.ok_or_else(unknown)?;
                let mail = tx.lookup_mail(id)?.ok_or_else(unknown)?;
                if self::message_id(&mail, &app_url) != message_id {
                    return Err(unknown());
                }
                if tx.mail_returned(id, mail.again, &reason)? {
                    let text = came_back(&mail, &reason);
                    tracing::warn!("{text}");
                    tx.raise_alert(REFUSED, &id.to_string(), &text)?;
                } else if mail.state != State::Refused {
                    return Err(Error::refused("not-now", "this mail is on its way still"));
                }
                Ok::<_, Error>(MailId(id))
            })
            .await
    }

    fn letter(&self, mail: &Mail, words: &Worded, reply_to: Option<String>) -> Letter {
        let words = words.clone();
        Letter {
            message_id: message_id(mail, &self.settings().app_url),
            email: mail.email.clone(),
            name: mail.name.clone(),
            reply_to,
            subject: words.subject,
            text: words.text,
            html: words.html,
            at: mail.created_at,
        }
    }

    async fn mail_taken(&self, job: &Job, mail: Mail, words: Worded) -> Result<After> {
        let (claim, id) = (job.claim.clone(), mail.id);
        tracing::info!("mail {id} ({}) has left", mail.kind);
        self.db()
            .write(move |tx| {
                tx.mail_sent(id, &words)?;
                tx.resolve_alert(STUCK, STUCK_SUBJECT)?;
                tx.finish_job(&claim)
            })
            .await?;
        Ok(After::Finished)
    }

    /// The last word: staff read it, and may have it sent again.
    async fn mail_refused(&self, job: &Job, mail: Mail, reason: String) -> Result<After> {
        let (claim, id) = (job.claim.clone(), mail.id);
        let text = came_back(&mail, &reason);
        tracing::warn!("{text}");
        self.db()
            .write(move |tx| {
                tx.mail_failed(id, State::Refused, &reason)?;
                tx.raise_alert(REFUSED, &id.to_string(), &text)?;
                tx.finish_job(&claim)
            })
            .await?;
        Ok(After::Finished)
    }

    async fn mail_not_yet(&self, job: &Job, mail: Mail, reason: String) -> Result<After> {
        let (claim, claim_for) = (job.claim.clone(), self.settings().claim_for);
        let (id, tries, why) = (mail.id, job.tries, reason.clone());
        let now = self
            .db()
            .write(move |tx| {
                tx.mail_failed(id, State::Queued, &why)?;
                if tries + 1 >= STUCK_TRIES {
                    let text = format!("mail does not leave, and waits: {why}");
                    tx.raise_alert(STUCK, STUCK_SUBJECT, &text)?;
                }
                tx.fence(&claim, claim_for)?;
                tx.now()
            })
            .await?;
        if now.since(mail.created_at) > GIVEN_UP_AFTER && tries >= STUCK_TRIES {
            let reason = format!("given up after three days: {reason}");
            return self.mail_refused(job, mail, reason).await;
        }
        Ok(After::PutOff { after: pause(tries), note: reason })
    }
}

fn came_back(mail: &Mail, reason: &str) -> String {
    format!("the mail {:?} to {} came back: {reason}", mail.kind, mail.email)
}

/// Growing pauses: half a minute, one, two, four … half an hour.
fn pause(tries: i64) -> Duration {
    FIRST_PAUSE.saturating_mul(1 << tries.clamp(0, 8)).min(PAUSE_MAX)
}

/// The same for every try: whoever receives a mail twice can tell. A mail that staff have sent
/// again is another one, or it would be thrown away as known. Its number leads back to the mail.
fn message_id(mail: &Mail, app_url: &str) -> String {
    let plain = |letter: char| if letter.is_ascii_alphanumeric() { letter } else { '.' };
    let cause: String = mail.cause.chars().map(plain).collect();
    let host = app_url.split("//").nth(1).unwrap_or(app_url);
    let host = host.split(['/', ':']).next().unwrap_or(host);
    format!("{}.{}.{cause}@{host}", mail.id, mail.again)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_from_half_a_minute_to_half_an_hour() {
        let seconds: Vec<u64> = [0, 1, 2, 6, 99].map(|tries| pause(tries).as_secs()).into();
        assert_eq!(seconds, [30, 60, 120, 1_800, 1_800]);
    }
}
