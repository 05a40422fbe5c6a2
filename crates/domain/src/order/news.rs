//! What a customer is told by mail when something happens to their order. Pure, and one table.
//! Not for words: those are templates. What staff decided is told by the decision itself.

use super::event::Event;
use super::stage::{Stage, Standing};

/// What a customer is told.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum News {
    /// With the receipt in words.
    Ordered,
    Paid,
    /// Money came after the end, and is owed.
    PaidTooLate,
    /// It waits for a person.
    Held,
    /// They may choose between money back and waiting.
    Choice,
    Delivered,
    /// What was delivered before is replaced.
    Replaced,
    /// The gateway, or our bank, has sent money back.
    MoneyBack,
}

impl News {
    pub const ALL: [News; 8] = [
        News::Ordered,
        News::Paid,
        News::PaidTooLate,
        News::Held,
        News::Choice,
        News::Delivered,
        News::Replaced,
        News::MoneyBack,
    ];

    /// The word that the database keeps.
    pub fn word(self) -> &'static str {
        match self {
            News::Ordered => "ordered",
            News::Paid => "paid",
            News::PaidTooLate => "paid-too-late",
            News::Held => "held",
            News::Choice => "choice",
            News::Delivered => "delivered",
            News::Replaced => "replaced",
            News::MoneyBack => "money-back",
        }
    }

    /// What this move is to the customer; most are nothing to them.
    pub fn of(before: &Standing, event: &Event, after: &Standing) -> Option<News> {
        match event {
            Event::Paid { .. } => Some(News::Paid),
            Event::PaidTooLate => Some(News::PaidTooLate),
            Event::Offered => Some(News::Choice),
            Event::Delivered if before.replaces.is_some() => Some(News::Replaced),
            Event::Delivered => Some(News::Delivered),
            Event::RefundDone { .. } => Some(News::MoneyBack),
            Event::CredentialsLate => Some(News::Held),
            _ if waits(&after.stage) && !waits(&before.stage) => Some(News::Held),
            _ => None,
        }
    }
}

/// Whether only a person can move it on. An unheard purchase is none: most of them are heard of
/// within minutes, and who then still waits is told of the choice.
fn waits(stage: &Stage) -> bool {
    matches!(stage, Stage::OnHold(_) | Stage::Stopped(_))
}
