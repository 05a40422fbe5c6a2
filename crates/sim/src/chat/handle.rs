//! What the chats have taken, what each was told to do to the next notice, and who waits for news.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use crate::serve::{Doorman, Doorway};
use crate::stand::Simulated;

/// Who is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    Slack,
    Discord,
    Telegram,
    Webhook,
}

impl Channel {
    pub const ALL: [Channel; 4] =
        [Channel::Slack, Channel::Discord, Channel::Telegram, Channel::Webhook];
}

/// Trouble that one notice meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lie {
    /// Come again after so many seconds.
    Busy(u32),
    Broken,
    /// What one says whose channel was taken away.
    Gone,
    /// Reads it, keeps nothing and says nothing.
    Hang,
    /// Keeps it and hangs up without a word.
    KeepAndDrop,
}

/// One notice that was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Told {
    pub channel: Channel,
    /// What a person reads there; of a webhook its whole body.
    pub text: String,
    /// Of a webhook: what it is known by, however often it comes.
    pub id: Option<String>,
}

/// How many notices were taken, and how many came.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    pub told: usize,
    pub tries: usize,
}

/// The chats, as tests and commands reach them. Clones are the same ones.
#[derive(Debug, Clone)]
pub struct Control(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    secret: String,
    key: Vec<u8>,
    office: Mutex<Office>,
    doorman: Doorman,
    counts: watch::Sender<Counts>,
}

#[derive(Debug, Default)]
struct Office {
    told: Vec<Told>,
    next: HashMap<Channel, VecDeque<Lie>>,
    standing: HashMap<Channel, Lie>,
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
    pub(super) fn knowing(secret: &str) -> io::Result<Control> {
        let key = secret.strip_prefix("whsec_").and_then(|key| BASE64_STANDARD.decode(key).ok());
        let key = key.ok_or_else(|| io::Error::other("the secret is not whsec_ and base64"))?;
        let (office, counts) = (Mutex::default(), watch::Sender::new(Counts::default()));
        let secret = secret.to_owned();
        Ok(Control(Arc::new(Inner { secret, key, office, doorman: Doorman::new(), counts })))
    }

    /// What the shop's owner writes down where they stand at this address.
    pub fn target_at(&self, url: &str, channel: Channel) -> String {
        match channel {
            Channel::Slack => format!("slack:{url}/services/T0/B0/xyz"),
            Channel::Discord => format!("discord:{url}/api/webhooks/77/xyz"),
            Channel::Telegram => format!("telegram:{url}/bot12:xyz/sendMessage?chat_id=-100200"),
            Channel::Webhook => format!("webhook:{url}/hook#{}", self.0.secret),
        }
    }

    pub(super) fn key(&self) -> &[u8] {
        &self.0.key
    }

    fn locked(&self) -> MutexGuard<'_, Office> {
        self.0.office.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All that was taken, oldest first.
    pub fn told(&self) -> Vec<Told> {
        self.locked().told.clone()
    }

    /// What was read at one of them, oldest first.
    pub fn told_at(&self, channel: Channel) -> Vec<Told> {
        let mut told = self.told();
        told.retain(|told| told.channel == channel);
        told
    }

    /// The next notice there meets this.
    pub fn lie_once(&self, channel: Channel, lie: Lie) {
        self.locked().next.entry(channel).or_default().push_back(lie);
    }

    /// Every notice there meets this, until somebody says otherwise.
    pub fn keep_lying(&self, channel: Channel, lie: Option<Lie>) {
        let mut office = self.locked();
        match lie {
            Some(lie) => _ = office.standing.insert(channel, lie),
            None => _ = office.standing.remove(&channel),
        }
    }

    pub async fn doorway(&self, word: Doorway) {
        self.0.doorman.tell(word).await;
    }

    pub fn counts(&self) -> Counts {
        *self.0.counts.borrow()
    }

    /// Returns when enough was taken or tried.
    pub async fn wait_until(&self, enough: impl FnMut(&Counts) -> bool) {
        // The sender lives in ourselves, so it cannot be gone.
        drop(self.0.counts.subscribe().wait_for(enough).await.map(|counts| *counts));
    }

    /// What the notice that has come meets.
    pub(super) fn comes(&self, channel: Channel) -> Option<Lie> {
        let mut office = self.locked();
        let next = office.next.get_mut(&channel).and_then(VecDeque::pop_front);
        let lie = next.or_else(|| office.standing.get(&channel).copied());
        drop(office);
        self.0.counts.send_modify(|counts| counts.tries += 1);
        lie
    }

    pub(super) fn keep(&self, told: Told) {
        self.locked().told.push(told);
        self.0.counts.send_modify(|counts| counts.told += 1);
    }
}
