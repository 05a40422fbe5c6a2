//! What mails say in the words of staff: kept by kind and language, with every version before. Not
//! for placeholders: whoever puts mails into words knows what each stands for, and checks a text
//! before it comes here.

use std::collections::HashMap;

use domain::order::{News as Happened, Remedy};
pub use store::mail::text::{MailText, TextWords};

use super::told::{About, News};
use crate::{Engine, Error, Result};

/// What mails are written in where nobody says otherwise.
pub const FIRST_LANGUAGE: &str = "en";
const LINE_MAX: usize = 200;
const BODY_MAX: usize = 4_000;
/// So many versions of a text are shown.
const VERSIONS: i64 = 20;

/// All texts of staff that hold, by kind and language.
pub type OwnTexts = HashMap<(String, String), TextWords>;

impl About {
    /// Which text it is told by; nothing where staff cannot change it.
    pub fn text_kind(&self) -> Option<&'static str> {
        Some(match self {
            About::Order(News::Happened(news), order) => match news {
                Happened::Ordered => "ordered",
                Happened::Paid => "paid",
                Happened::PaidTooLate => "paid-too-late",
                Happened::Held => "held",
                Happened::Choice => "choice",
                Happened::Delivered => "delivered",
                Happened::Replaced => "replaced",
                Happened::MoneyBack if order.to_wallet => "credited",
                Happened::MoneyBack => "money-back",
            },
            About::Order(News::RefundDeclined, _) => "refund-declined",
            About::Order(News::Remedy, order) => {
                match (order.deed.as_ref()?.remedy, order.amount) {
                    (Remedy::Refund | Remedy::Cancel, Some(_)) => "remedy-refund-part",
                    (Remedy::Refund | Remedy::Cancel, None) => "remedy-refund",
                    (Remedy::Reprovision | Remedy::ManualProvision, _) => "remedy-again",
                    (Remedy::Accept, None) => "remedy-accept",
                    (Remedy::Accept, Some(_)) => "remedy-less",
                    (Remedy::RefundAndKeep, _) => "remedy-free-month",
                    (Remedy::Discount, _) => "remedy-discount",
                    (Remedy::Extend, _) => "remedy-extend",
                    _ => return None,
                }
            }
            About::Account(news, _) => news.word(),
            // An apology says what was decided, in the words of that.
            About::Order(News::Apology, _)
            | About::LowStock(_)
            | About::Day(_)
            | About::Alerts(_)
            | About::Test => return None,
        })
    }
}

impl Engine {
    /// The words of staff for one kind of mail, where they hold.
    pub(super) async fn own_text(
        &self,
        about: &About,
        language: &str,
    ) -> Result<Option<TextWords>> {
        let Some(kind) = about.text_kind() else { return Ok(None) };
        let newest = self.mail_texts_of((kind, language), 1).await?;
        Ok(newest.into_iter().next().and_then(|text| text.words))
    }

    /// All texts of staff that hold.
    pub async fn own_texts(&self) -> Result<OwnTexts> {
        let held = self.db().read(|tx| tx.mail_texts_held()).await?;
        let own = held.into_iter().filter_map(|text| {
            let key = (text.kind, text.language);
            text.words.map(|words| (key, words))
        });
        Ok(own.collect())
    }

    /// The versions of one text, newest first.
    pub async fn mail_text(&self, kind: &str, language: &str) -> Result<Vec<MailText>> {
        self.mail_texts_of((kind, language), VERSIONS).await
    }

    async fn mail_texts_of(&self, at: (&str, &str), limit: i64) -> Result<Vec<MailText>> {
        let (kind, language) = (at.0.to_owned(), at.1.to_owned());
        Ok(self.db().read(move |tx| tx.mail_texts(&kind, &language, limit)).await?)
    }

    /// Has a mail say this from now on, or without words what came with the program. Mails that
    /// wait say it, too; those that have left are kept as they were.
    pub async fn set_mail_text(
        &self,
        (kind, language): (&str, &str),
        seen: i64,
        words: Option<TextWords>,
        actor: &str,
    ) -> Result<()> {
        let words = words.map(read).transpose()?;
        let (kind, language) = (kind.to_owned(), language.to_owned());
        let actor = actor.to_owned();
        self.db()
            .write(move |tx| {
                let newest = tx.mail_texts(&kind, &language, 1)?.into_iter().next();
                let number = newest.as_ref().map_or(0, |text| text.number);
                if number == seen && newest.and_then(|text| text.words) == words {
                    return Ok(());
                }
                if !tx.add_mail_text((&kind, &language), seen, words.as_ref(), &actor)? {
                    return Err(Error::refused(
                        "stale-version",
                        "somebody has changed this text meanwhile; look again before you save",
                    ));
                }
                let deed = if words.is_some() { "set-mail-text" } else { "reset-mail-text" };
                let detail = match &words {
                    Some(words) => format!("in {language}: {}", words.subject),
                    None => format!("in {language}"),
                };
                Ok::<_, Error>(tx.audit(&actor, deed, &kind, &detail)?)
            })
            .await
    }
}

/// Words as they were typed, with the ends of their lines as ours are.
fn read(words: TextWords) -> Result<TextWords> {
    let line = |what: &str, text: &str| {
        let text = text.trim();
        let is_shown = !text.is_empty() && !text.chars().any(char::is_control);
        if !is_shown || text.chars().count() > LINE_MAX {
            let why = format!("the {what} is one line of 1 to {LINE_MAX} characters");
            return Err(Error::invalid("invalid-text", why));
        }
        Ok(text.to_owned())
    };
    let body = words.body.replace("\r\n", "\n").trim().to_owned();
    let is_odd = |letter: char| letter.is_control() && letter != '\n';
    if body.is_empty() || body.chars().count() > BODY_MAX || body.chars().any(is_odd) {
        let why = format!("the text has 1 to {BODY_MAX} characters, pasted as plain text");
        return Err(Error::invalid("invalid-text", why));
    }
    Ok(TextWords {
        subject: line("subject", &words.subject)?,
        heading: line("heading", &words.heading)?,
        body,
    })
}
