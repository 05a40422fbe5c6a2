//! Silences: for a time nobody is told of a trouble, by mail or in any chat, by somebody's word
//! that goes on record. What is still open when a silence ends is told then.

use store::silence::NewSilence;
pub use store::silence::Silence;

use crate::{Engine, Error, Result, wording};

/// Seven days.
pub const HOURS_MAX: u32 = 168;
/// So many are shown; nobody has more than a few.
pub(crate) const SHOWN_MAX: i64 = 500;
const KIND_MAX: usize = 100;
const SUBJECT_MAX: usize = 200;

/// The number of a silence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SilenceId(pub i64);

impl SilenceId {
    pub fn parse(text: &str) -> Option<SilenceId> {
        text.parse().ok().map(SilenceId)
    }
}

/// What is to be quiet, for how long, and why.
#[derive(Clone, Debug)]
pub struct SilenceWish {
    pub kind: String,
    /// Nothing: whatever the trouble is about.
    pub subject: Option<String>,
    pub hours: u32,
    pub reason: String,
}

impl Engine {
    /// Has nobody told of a trouble for a time. The newest word on the same trouble counts.
    pub async fn silence_alerts(&self, wish: SilenceWish, actor: &str) -> Result<Silence> {
        let kind = wording::line(&wish.kind, "the kind", KIND_MAX)?;
        let subject = wish.subject.map(|text| wording::line(&text, "the subject", SUBJECT_MAX));
        let (subject, reason) = (subject.transpose()?, wording::reason(&wish.reason)?);
        if !(1..=HOURS_MAX).contains(&wish.hours) {
            let text = format!("a silence lasts from 1 to {HOURS_MAX} hours");
            return Err(Error::invalid("invalid-hours", text));
        }
        let (set_by, hours) = (actor.to_owned(), wish.hours);
        let new = NewSilence { kind, subject, hours, reason, set_by };
        let set = self.db().write(move |tx| {
            let set = tx.set_silence(&new)?;
            let told = format!("{}, until {}: {}", set.kind, set.until.minute(), set.reason);
            tx.audit(&set.set_by, "silence-alerts", about(&set), &told)?;
            Ok::<_, Error>(set)
        });
        set.await
    }

    /// Ends a silence before its time.
    pub async fn end_silence(&self, SilenceId(id): SilenceId, actor: &str) -> Result<()> {
        let actor = actor.to_owned();
        let ended = self.db().write(move |tx| {
            let missing = || Error::missing("silence", id);
            let silence = tx.silence(id)?.ok_or_else(missing)?;
            if !tx.end_silence(id)? {
                return Err(missing());
            }
            tx.audit(&actor, "end-silence", about(&silence), &silence.kind)?;
            Ok(())
        });
        ended.await
    }

    /// What is quiet now, the one that ends first at the head.
    pub async fn silences(&self) -> Result<Vec<Silence>> {
        Ok(self.db().read(|tx| tx.silences(SHOWN_MAX)).await?)
    }
}

/// As the audit names it.
fn about(silence: &Silence) -> &str {
    silence.subject.as_deref().unwrap_or("all of the kind")
}
