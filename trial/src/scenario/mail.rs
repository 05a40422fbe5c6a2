//! A story of mail: every way in which a mail server fails, one after the other, while an order
//! goes its way; and what staff are told.

use std::collections::BTreeSet;

use domain::order::Stage;
use engine::mail::MailId;
use sim::mail::{Caught, Lie};
use store::mail::{Mail, State};

use super::{DELIVERED, Ends, People, Told, settle};
use crate::world::{Given, SOLD};

const LONG_S: u64 = 150;
/// Longer than the pauses of a mail that is refused for now four times.
const ARRIVED_WITHIN_S: u64 = 2_400;
const LOOK_S: u64 = 10;

/// Mail leaves, to staff too, and the package is low.
pub fn given(given: Given) -> Given {
    let mut given = Given { mails: true, ..given };
    given.settings.alert_mails = vec!["ops@example.org".to_owned()];
    for package in &mut given.packages {
        package.stock = 9;
    }
    given
}

pub async fn told(people: People) -> Told<Ends> {
    let mail = people.0.mail();
    for lie in [
        Lie::KeepAndDrop,
        Lie::Refuse(450),
        Lie::Drop,
        Lie::RefuseText(451),
        Lie::Hang,
        Lie::Refuse(550),
        Lie::KeepAndHang,
    ] {
        mail.lie_once(lie);
    }
    let order = people.orders(SOLD, None).await?;
    people.pays(&order).await?;
    let is_there = |stage: &Stage| matches!(stage, Stage::Delivered(_));
    if !people.until(&order, LONG_S, is_there).await? {
        // Its process died with the answer: staff name the server that was bought.
        settle::settle(&people.0).await?;
    }
    people.has_all_arrived().await?;
    people.has_one_come_back().await?;
    people.has_all_arrived().await?;
    Ok(vec![(order, DELIVERED)])
}

impl People {
    async fn mails(&self) -> Told<Vec<Mail>> {
        self.look(|tx| tx.mails(None, None, 500)).await
    }

    /// What arrived last comes back after all. Whoever carries the report brings it until it is
    /// taken.
    async fn has_one_come_back(&self) -> Told<()> {
        let last = self.0.mail().mails().pop().ok_or("no mail arrived")?;
        let report = last.bounced("5.2.2", "552 5.2.2 mailbox full").into_bytes();
        let mut refused = String::new();
        for _ in 0..ARRIVED_WITHIN_S / LOOK_S {
            let report = report.clone();
            let brought = self.ask(move |engine| {
                let report = report.clone();
                async move { engine.mail_returned(&report).await }
            });
            match brought.await? {
                Ok(_) => return Ok(()),
                Err(why) => refused = why.to_string(),
            }
            self.0.sleep(LOOK_S).await;
        }
        Err(format!("nobody takes a report: {refused}"))
    }

    /// Every mail arrives; what came back staff find in their list, and send again.
    async fn has_all_arrived(&self) -> Told<()> {
        for _ in 0..ARRIVED_WITHIN_S / LOOK_S {
            let mails = self.mails().await?;
            let told: BTreeSet<&str> = mails.iter().map(|mail| mail.kind.as_str()).collect();
            let wanted = ["ordered", "paid", "delivered", "low-stock"];
            let is_whole = wanted.iter().all(|kind| told.contains(kind));
            if is_whole && mails.iter().all(|mail| mail.state == State::Sent) {
                return arrived_once(&mails, &self.0.mail().mails());
            }
            for refused in mails.iter().filter(|mail| mail.state == State::Refused) {
                let id = MailId(refused.id);
                let sent = self
                    .ask(move |engine| async move { engine.send_mail_again(id, "staff").await });
                // Whoever pressed and was not told finds it on its way.
                drop(sent.await?);
            }
            self.0.sleep(LOOK_S).await;
        }
        let left = self.mails().await?;
        let left = left.iter().filter(|mail| mail.state != State::Sent);
        let left: Vec<String> =
            left.map(|mail| format!("{} {:?} {:?}", mail.kind, mail.state, mail.error)).collect();
        Err(format!("mail never arrived: {}", left.join(", ")))
    }
}

/// Each mail is there, and as many different ones of it as staff have sent.
fn arrived_once(mails: &[Mail], caught: &[Caught]) -> Told<()> {
    for mail in mails.iter().filter(|mail| mail.order.is_some()) {
        let subject = mail.words.as_ref().map_or("", |words| words.subject.as_str());
        let of_it = caught.iter().filter(|caught| caught.subject == subject);
        let different: BTreeSet<&str> = of_it.map(|caught| caught.message_id.as_str()).collect();
        let allowed = usize::try_from(mail.again + 1).unwrap_or(1);
        if different.is_empty() || different.len() > allowed {
            return Err(format!("{} arrived as {different:?}", mail.cause));
        }
    }
    Ok(())
}
