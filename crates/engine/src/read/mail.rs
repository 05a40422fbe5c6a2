//! What staff see of mail: the list with its states, and one mail with what it tells.

use store::mail::{Mail, State};

use super::{Page, number, page_length};
use crate::Engine;
use crate::error::{Error, Result};
use crate::mail::{MailId, Told};

/// One mail with what it tells.
#[derive(Clone, Debug)]
pub struct MailView {
    pub mail: Mail,
    pub told: Told,
}

impl Engine {
    /// Mails, newest first; those in one state, and to one whole address, where they are named.
    pub async fn mails(
        &self,
        state: Option<&str>,
        to: &str,
        after: Option<&str>,
        limit: Option<i64>,
    ) -> Result<Page<Mail>> {
        let read = |word: &str| {
            let wrong = || Error::Malformed(format!("no mail is {word:?}; see the list's filter"));
            State::parse(word).ok_or_else(wrong)
        };
        let state = state.filter(|word| !word.is_empty()).map(read).transpose()?;
        let (after, limit) = (number(after)?, page_length(limit));
        // As addresses are kept.
        let to = to.trim().to_lowercase();
        let found = self.db().read(move |tx| match to.as_str() {
            "" => tx.mails(state, after, limit + 1),
            to => tx.mails_to_address(to, state, after, limit + 1),
        });
        let found = found.await?;
        Ok(Page::of(found, limit, |mail| mail.id.to_string()))
    }

    pub async fn mail(&self, MailId(number): MailId) -> Result<MailView> {
        let found = self.db().read(move |tx| tx.lookup_mail(number)).await?;
        self.told_by(found.ok_or_else(|| Error::missing("mail", number))?).await
    }

    /// What a mail tells; it need not be kept anywhere.
    pub async fn told_by(&self, mail: Mail) -> Result<MailView> {
        let told = self.what_it_tells(&mail).await?;
        Ok(MailView { mail, told })
    }
}
