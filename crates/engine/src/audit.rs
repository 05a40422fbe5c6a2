//! Who did what, for those who may see it.

use std::collections::HashMap;

use domain::clock::Timestamp;
use store::audit::Among;
use store::db::Tx;

pub use store::audit::AuditRow;

use crate::Engine;
use crate::error::Result;
use crate::read::{Page, cursor_of, moment_and_id, number, page_length};

/// So much of what is looked for is read.
const TEXT_MAX: usize = 120;
/// So many accounts one address may stand for: its holder, and those who claim it.
const WHOSE_MAX: i64 = 5;

/// What somebody looks for in the audit; what is empty narrows nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditSought {
    /// A mail address, an account's id, or the word of the part that acted by itself.
    pub who: String,
    /// The word for what was done.
    pub what: String,
    /// What it was done to: an id or name, a mail address, the number of an order.
    pub about: String,
    /// Then or later.
    pub from: Option<Timestamp>,
    /// Before that.
    pub until: Option<Timestamp>,
}

/// A part of the audit, and what its rows are about in words.
#[derive(Clone, Debug)]
pub struct AuditPage {
    pub page: Page<AuditRow>,
    /// What people call the accounts, orders, products and servers that were acted on, by id.
    pub names: HashMap<String, String>,
    /// Every word for something that was ever done.
    pub actions: Vec<String>,
}

impl Engine {
    /// Looks through the audit, newest first.
    pub async fn find_audit(
        &self,
        sought: &AuditSought,
        after: Option<&str>,
        limit: Option<i64>,
    ) -> Result<AuditPage> {
        let place = match moment_and_id(after)? {
            None => None,
            Some((at, id)) => number(Some(&id))?.map(|id| (at, id)),
        };
        let (sought, limit) = (sought.clone(), page_length(limit));
        self.db()
            .read(move |tx| {
                let actions = tx.audit_actions()?;
                let rows = match among(tx, &sought)? {
                    Some(among) => tx.find_audit(&among, place, limit + 1)?,
                    None => Vec::new(),
                };
                let page = Page::of(rows, limit, |row| cursor_of(row.at, row.id));
                let names = tx.named(page.items.iter().map(|row| row.subject.as_str()))?;
                Ok(AuditPage { page, names, actions })
            })
            .await
    }

    /// Reads a page of the audit, newest first: the rows before `after`, about one subject or all.
    pub async fn list_audit(
        &self,
        about: Option<&str>,
        after: Option<i64>,
        limit: u32,
    ) -> Result<Vec<AuditRow>> {
        let about = about.map(str::to_owned);
        let read = self.db().read(move |tx| match &about {
            Some(subject) => tx.list_audit_of(subject, after, limit),
            None => tx.list_audit(after, limit),
        });
        Ok(read.await?)
    }
}

/// Among which rows to look; nothing where somebody is named who is nobody.
fn among(tx: &mut Tx<'_>, sought: &AuditSought) -> Result<Option<Among>> {
    let text = |text: &str| text.trim().chars().take(TEXT_MAX).collect::<String>();
    let (who, what, about) = (text(&sought.who), text(&sought.what), text(&sought.about));
    let (actors, subjects) = (meant(tx, &who)?, meant(tx, &about)?);
    if (actors.is_empty() && !who.is_empty()) || (subjects.is_empty() && !about.is_empty()) {
        return Ok(None);
    }
    let action = Some(what).filter(|what| !what.is_empty());
    Ok(Some(Among { actors, action, subjects, from: sought.from, until: sought.until }))
}

/// What a word of people's stands for in the rows.
fn meant(tx: &mut Tx<'_>, word: &str) -> Result<Vec<String>> {
    if word.is_empty() {
        return Ok(Vec::new());
    }
    if word.contains('@') {
        let accounts = tx.accounts_at(word, WHOSE_MAX)?;
        return Ok(accounts.iter().map(ToString::to_string).collect());
    }
    let order = match word.to_uppercase().starts_with("ORD-") {
        true => tx.order_by_number(&word.to_uppercase())?,
        false => None,
    };
    Ok(vec![order.map_or_else(|| word.to_owned(), |order| order.id.to_string())])
}
