//! What mails say in the words of staff, every version of it. Not for what a text may say, nor for
//! what its placeholders stand for.

use domain::clock::Timestamp;

use crate::db::{Result, Row, StoreError, Tx};

/// The words of one kind of mail, with placeholders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextWords {
    pub subject: String,
    pub heading: String,
    pub body: String,
}

/// One version of what a kind of mail says in a language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailText {
    pub kind: String,
    pub language: String,
    pub number: i64,
    /// Nothing: the words that came with the program.
    pub words: Option<TextWords>,
    pub at: Timestamp,
    pub actor: String,
}

const COLUMNS: &str = "kind, language, number, subject, heading, body, at, actor";

impl Tx<'_> {
    /// The versions of one text, newest first.
    pub fn mail_texts(&mut self, kind: &str, language: &str, limit: i64) -> Result<Vec<MailText>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM mail_text WHERE kind = $1 AND language = $2 \
             ORDER BY number DESC LIMIT $3"
        );
        self.rows(&sql, args![kind, language, limit])?.iter().map(read).collect()
    }

    /// The version of each text that holds, where staff have ever changed it.
    pub fn mail_texts_held(&mut self) -> Result<Vec<MailText>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM mail_text t WHERE number = (SELECT MAX(number) \
             FROM mail_text o WHERE o.kind = t.kind AND o.language = t.language) \
             ORDER BY kind, language"
        );
        self.rows(&sql, &[])?.iter().map(read).collect()
    }

    /// Writes what holds from now on; false, and nothing is written, where `seen` is not the number
    /// of the version before.
    pub fn add_mail_text(
        &mut self,
        (kind, language): (&str, &str),
        seen: i64,
        words: Option<&TextWords>,
        actor: &str,
    ) -> Result<bool> {
        let added = self.run(
            "INSERT INTO mail_text (kind, language, number, subject, heading, body, at, actor) \
             SELECT $1, $2, CAST($3 AS BIGINT) + 1, $4, $5, $6, {now}, $7 \
             WHERE (SELECT COALESCE(MAX(number), 0) FROM mail_text \
               WHERE kind = $1 AND language = $2) = $3",
            args![
                kind,
                language,
                seen,
                words.map(|words| words.subject.as_str()),
                words.map(|words| words.heading.as_str()),
                words.map(|words| words.body.as_str()),
                actor,
            ],
        )?;
        Ok(added == 1)
    }
}

fn read(row: &Row) -> Result<MailText> {
    let text = |at: usize| Ok::<_, StoreError>(row.opt_text(at)?.map(str::to_owned));
    let words = match (text(3)?, text(4)?, text(5)?) {
        (Some(subject), Some(heading), Some(body)) => Some(TextWords { subject, heading, body }),
        (None, None, None) => None,
        _ => {
            let why = format!("{} in {} is half a text", row.text(0)?, row.text(1)?);
            return Err(StoreError::Inconsistent { what: "mail_text", why });
        }
    };
    Ok(MailText {
        kind: row.text(0)?.to_owned(),
        language: row.text(1)?.to_owned(),
        number: row.int(2)?,
        words,
        at: row.time(6)?,
        actor: row.text(7)?.to_owned(),
    })
}
