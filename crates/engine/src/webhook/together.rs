//! Webhooks that come at the same time are written together, so that a busy gateway costs the
//! database few transactions. Not for what a webhook means.

use std::collections::{BTreeSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use store::webhook::NewWebhook;
use tokio::sync::oneshot;

use crate::pay::pay_lane;
use crate::{Engine, Error, Result};

/// So many go into one transaction.
const TOGETHER_MAX: usize = 500;

/// A webhook, and whoever waits until it is durable.
type Waiting = (NewWebhook, oneshot::Sender<Result<()>>);

/// What is to be written next. While one transaction is on its way to the disk, the next fills.
#[derive(Default)]
pub(crate) struct Together(Mutex<Queue>);

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Waiting>,
    /// Somebody writes until nothing waits.
    is_written: bool,
}

impl Together {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether nobody writes yet; whoever is told so does.
    fn add(&self, new: Waiting) -> bool {
        let mut queue = self.queue();
        queue.waiting.push_back(new);
        !std::mem::replace(&mut queue.is_written, true)
    }

    /// The next to be written; nothing, and the writing has ended, where nothing waits.
    fn take(&self) -> Vec<Waiting> {
        let mut queue = self.queue();
        let some = queue.waiting.len().min(TOGETHER_MAX);
        queue.is_written = some > 0;
        queue.waiting.drain(..some).collect()
    }
}

/// Ends the writing of whoever is cut off: those who wait are told that nobody knows.
struct Writing<'a> {
    together: &'a Together,
    is_over: bool,
}

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        if !self.is_over {
            *self.together.queue() = Queue::default();
        }
    }
}

impl Engine {
    /// Records a webhook about a payment, as news that its gateway is to be asked about. Returns
    /// when it is durable.
    #[expect(
        clippy::disallowed_methods,
        reason = "whoever came first may hang up, and others wait for what is written with theirs"
    )]
    pub(super) async fn take_in(&self, new: NewWebhook) -> Result<()> {
        let (tell, told) = oneshot::channel();
        if self.webhooks.add((new, tell)) {
            let engine = self.clone();
            let writing = async move { engine.write_what_waits().await };
            tokio::spawn(self.db().points().tied(writing));
        }
        let lost = |_| Err(Error::Unavailable("nobody said whether it was kept".into()));
        told.await.unwrap_or_else(lost)
    }

    async fn write_what_waits(&self) {
        let mut writing = Writing { together: &self.webhooks, is_over: false };
        let mut written = Vec::new();
        loop {
            let next = self.webhooks.take();
            // From here on somebody else may begin.
            writing.is_over = next.is_empty();
            // The next ones are on their way before those before them are answered: answering keeps
            // the machine busy while the disk is at work.
            (written, _) = tokio::join!(self.write_together(next), tell(written));
            if writing.is_over {
                return;
            }
        }
    }

    /// Each with what became of it.
    async fn write_together(&self, waiting: Vec<Waiting>) -> Vec<Written> {
        let (hooks, waiting): (Vec<_>, Vec<_>) = waiting.into_iter().unzip();
        if hooks.is_empty() {
            return Vec::new();
        }
        let all = self.write_webhooks(hooks.clone()).await;
        let mut written = Vec::with_capacity(hooks.len());
        for (hook, waits) in hooks.into_iter().zip(waiting) {
            let one = match &all {
                // One that the database refuses must not keep the others out.
                Err(Error::Bug(_)) => self.write_webhooks(vec![hook]).await,
                all => all.clone(),
            };
            written.push((waits, one));
        }
        written
    }

    async fn write_webhooks(&self, mut hooks: Vec<NewWebhook>) -> Result<()> {
        // In one order, so that two nodes that are told the same do not wait for each other.
        hooks.sort();
        let gateways: BTreeSet<String> = hooks.iter().map(|hook| hook.gateway.clone()).collect();
        self.db().write(move |tx| Ok::<_, Error>(tx.take_webhooks(&hooks)?)).await?;
        self.hub().there_is_news();
        for gateway in gateways {
            self.hub().wake_for(&pay_lane(&gateway));
        }
        Ok(())
    }
}

/// Who waits, and what they are told.
type Written = (oneshot::Sender<Result<()>>, Result<()>);

async fn tell(written: Vec<Written>) {
    for (waits, one) in written {
        // Nobody waits any more where the sender has hung up.
        drop(waits.send(one));
    }
}
