//! A story of staff's chats: each fails in ways of its own while staff pause the provider, and one
//! stands in the settings of one node only, as when nodes are restarted one by one.

use std::collections::BTreeSet;

use domain::order::Stage;
use sim::chat::{Channel, Lie};

use super::{DELIVERED, Ends, People, Told};
use crate::world::{Given, SOLD};

const LONG_S: u64 = 150;
/// Longer than the pauses of a notice that is not taken four times.
const TOLD_WITHIN_S: u64 = 1_200;
/// Longer than what waits is kept for a chat that nobody knows whom it is given to.
const DROPPED_WITHIN_S: u64 = 2 * 3_600;
const LOOK_S: u64 = 10;

const PAUSED: &str = "provider-paused";
const RESUMED: &str = "provider-paused is over";

pub fn given(given: Given) -> Given {
    let chats = |node| match node {
        0 => &Channel::ALL[..],
        _ => &[Channel::Slack, Channel::Discord, Channel::Webhook][..],
    };
    Given { chats, ..given }
}

pub async fn told(people: People) -> Told<Ends> {
    let order = people.orders(SOLD, None).await?;
    let chats = people.0.chats();
    for (channel, lie) in [
        (Channel::Slack, Lie::Broken),
        (Channel::Slack, Lie::Busy(30)),
        (Channel::Slack, Lie::Hang),
        (Channel::Slack, Lie::KeepAndDrop),
        (Channel::Discord, Lie::Gone),
        (Channel::Telegram, Lie::Busy(20)),
        (Channel::Webhook, Lie::KeepAndDrop),
    ] {
        chats.lie_once(channel, lie);
    }
    people.pauses().await?;
    people.pays(&order).await?;
    people.read_in_chat(PAUSED).await?;
    people.resumes().await?;
    people.until(&order, LONG_S, |stage| matches!(stage, Stage::Delivered(_))).await?;
    people.read_in_chat(RESUMED).await?;
    people.know_one_webhook_for_each().await?;
    people.leave_nothing_waiting().await?;
    Ok(vec![(order, DELIVERED)])
}

impl People {
    /// Whoever does not take it now is told later.
    async fn read_in_chat(&self, what: &str) -> Told<()> {
        for _ in 0..TOLD_WITHIN_S / LOOK_S {
            let told = self.0.chats().told_at(Channel::Slack);
            if told.iter().any(|told| told.text.contains(what)) {
                return Ok(());
            }
            self.0.sleep(LOOK_S).await;
        }
        Err(format!("nobody in the chat reads {what:?}"))
    }

    /// However often one comes, it is known as the same.
    async fn know_one_webhook_for_each(&self) -> Told<()> {
        let mut told = Vec::new();
        for _ in 0..TOLD_WITHIN_S / LOOK_S {
            told = self.0.chats().told_at(Channel::Webhook);
            told.retain(|told| told.text.contains(PAUSED));
            let of = |kind: &str| {
                let of_it = told.iter().filter(|told| told.text.contains(kind));
                of_it.filter_map(|told| told.id.as_deref()).collect::<BTreeSet<_>>().len()
            };
            match (of("\"alert.raised\""), of("\"alert.resolved\"")) {
                (1, 1) => return Ok(()),
                (raised, over) if raised > 1 || over > 1 => break,
                _ => self.0.sleep(LOOK_S).await,
            }
        }
        Err(format!("not one webhook of each: {told:?}"))
    }

    async fn leave_nothing_waiting(&self) -> Told<()> {
        let mut waiting = Vec::new();
        for _ in 0..DROPPED_WITHIN_S / LOOK_S {
            waiting = self.look(|tx| tx.targets_without_job()).await?;
            let jobs = self.look(|tx| tx.waiting_jobs(50)).await?;
            waiting.extend(jobs.into_iter().filter(|job| job.starts_with("job_notice_")));
            if waiting.is_empty() {
                return Ok(());
            }
            self.0.sleep(LOOK_S).await;
        }
        Err(format!("notices wait for {waiting:?}"))
    }
}
