//! What the mail server has taken, what it was told to do to the next mail, and who waits for news.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use super::guard::Guard;
use super::read::Caught;
use crate::serve::{Doorman, Doorway};
use crate::stand::Simulated;

/// Trouble that one mail meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lie {
    /// At the recipient, with this code.
    Refuse(u16),
    /// After the text, with this code; nothing is kept.
    RefuseText(u16),
    /// Reads the text, keeps nothing and says nothing.
    Hang,
    /// Reads the text, keeps nothing and hangs up.
    Drop,
    /// Keeps the mail and hangs up without a word.
    KeepAndDrop,
    /// Keeps the mail and says nothing.
    KeepAndHang,
}

/// How many mails were kept, and how many were handed in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    pub mails: usize,
    pub tries: usize,
}

/// The mail server, as tests and commands reach it. Clones are the same one.
#[derive(Debug, Clone)]
pub struct Control(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    guard: Option<Guard>,
    office: Mutex<Office>,
    doorman: Doorman,
    counts: watch::Sender<Counts>,
}

#[derive(Debug, Default)]
struct Office {
    mails: Vec<Caught>,
    next: VecDeque<Lie>,
    standing: Option<Lie>,
}

impl Default for Control {
    fn default() -> Control {
        Control::guarded(None)
    }
}

impl Simulated for Control {
    fn doorman(&self) -> &Doorman {
        &self.0.doorman
    }

    fn shut(&self) {
        self.0.doorman.shut();
    }
}

impl Control {
    pub(super) fn guarded(guard: Option<Guard>) -> Control {
        let (office, counts) = (Mutex::default(), watch::Sender::new(Counts::default()));
        Control(Arc::new(Inner { guard, office, doorman: Doorman::new(), counts }))
    }

    pub(super) fn guard(&self) -> Option<Guard> {
        self.0.guard.clone()
    }

    fn office(&self) -> MutexGuard<'_, Office> {
        self.0.office.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All that was kept, oldest first.
    pub fn mails(&self) -> Vec<Caught> {
        self.office().mails.clone()
    }

    pub fn mails_to(&self, email: &str) -> Vec<Caught> {
        let mut mails = self.mails();
        mails.retain(|mail| mail.to.iter().any(|to| to.eq_ignore_ascii_case(email)));
        mails
    }

    /// The next mail meets this.
    pub fn lie_once(&self, lie: Lie) {
        self.office().next.push_back(lie);
    }

    /// Every mail meets this, until somebody says otherwise.
    pub fn keep_lying(&self, lie: Option<Lie>) {
        self.office().standing = lie;
    }

    pub async fn honest_again(&self) {
        {
            let mut office = self.office();
            office.next.clear();
            office.standing = None;
        }
        self.doorway(Doorway::Open).await;
    }

    pub async fn doorway(&self, word: Doorway) {
        self.0.doorman.tell(word).await;
    }

    pub fn counts(&self) -> Counts {
        *self.0.counts.borrow()
    }

    /// Returns when enough was kept or tried.
    pub async fn wait_until(&self, enough: impl FnMut(&Counts) -> bool) {
        // The sender lives in ourselves, so it cannot be gone.
        drop(self.0.counts.subscribe().wait_for(enough).await.map(|counts| *counts));
    }

    /// What the mail that begins now meets.
    pub(super) fn begins(&self) -> Option<Lie> {
        let mut office = self.office();
        let lie = office.next.pop_front().or(office.standing);
        drop(office);
        self.0.counts.send_modify(|counts| counts.tries += 1);
        lie
    }

    pub(super) fn keep(&self, mail: Caught) {
        self.office().mails.push(mail);
        self.0.counts.send_modify(|counts| counts.mails += 1);
    }
}
