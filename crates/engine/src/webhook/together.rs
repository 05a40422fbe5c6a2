//! Webhooks that come at the same time are written together, so that a busy gateway costs the
//! database few transactions. Not for what a webhook means.

use std::collections::{BTreeSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use store::webhook::NewWebhook;
use tokio::sync::oneshot;

use super::ask_for_payments;
use crate::pay::pay_lane;
use crate::{Engine, Error, Result};

/// So many go into one transaction.
const TOGETHER_MAX: usize = 500;

/// A webhook, and whoever waits until it is durable.
type Waiting = (NewWebhook, oneshot::Sender<Result<()>>);

/// What is to be written next. While one transaction is on its way to the disk, the next fills.
#[derive(Default)]
pub(crate) struct Together {
    waiting: Mutex<VecDeque<Waiting>>,
    turn: tokio::sync::Mutex<()>,
}

impl Together {
    fn waiting(&self) -> MutexGuard<'_, VecDeque<Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) -> Vec<Waiting> {
        let mut waiting = self.waiting();
        let some = waiting.len().min(TOGETHER_MAX);
        waiting.drain(..some).collect()
    }
}

impl Engine {
    /// Records a webhook about a payment, and that its gateway is to be asked. Returns when both
    /// are durable.
    pub(super) async fn take_in(&self, new: NewWebhook) -> Result<()> {
        let (tell, told) = oneshot::channel();
        self.webhooks.waiting().push_back((new, tell));
        let turn = self.webhooks.turn.lock().await;
        // Whoever comes first writes for all who came meanwhile.
        while told.is_empty() && self.write_waiting().await {}
        drop(turn);
        // Whoever wrote this one may have been cut off before the database answered.
        let lost = |_| Err(Error::Unavailable("nobody said whether it was kept".into()));
        told.await.unwrap_or_else(lost)
    }

    /// False when nothing waits.
    async fn write_waiting(&self) -> bool {
        let (hooks, waiting): (Vec<_>, Vec<_>) = self.webhooks.take().into_iter().unzip();
        if hooks.is_empty() {
            return false;
        }
        let all = self.write_webhooks(hooks.clone()).await;
        for (hook, waits) in hooks.into_iter().zip(waiting) {
            let one = match &all {
                // One that the database refuses must not keep the others out.
                Err(Error::Bug(_)) => self.write_webhooks(vec![hook]).await,
                all => all.clone(),
            };
            // Nobody waits any more where the sender has hung up.
            drop(waits.send(one));
        }
        true
    }

    async fn write_webhooks(&self, mut hooks: Vec<NewWebhook>) -> Result<()> {
        // In one order, so that two nodes that are told the same do not wait for each other.
        hooks.sort();
        let news = self.db().write(move |tx| {
            let mut paid = tx.insert_webhooks(&hooks)?;
            paid.sort();
            paid.dedup();
            ask_for_payments(tx, &paid)?;
            Ok::<_, Error>(paid)
        });
        let gateways: BTreeSet<String> =
            news.await?.into_iter().map(|(gateway, _)| gateway).collect();
        for gateway in gateways {
            self.hub().wake_for(&pay_lane(&gateway));
        }
        Ok(())
    }
}
