//! One movement of money back to a buyer, the ways it can go, and how an amount is laid on what
//! came in. Not for the order's own life: that is `order/step.rs`.

use std::fmt;

/// Where a refund stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum State {
    /// Nobody was asked yet.
    Planned,
    /// The right to ask is committed: its gateway may have it.
    Requested,
    /// The gateway has it, and it may still fail.
    Pending,
    /// No gateway can do it: staff pay, and enter the reference of their payment.
    ByHand,
    /// The gateway says that the money is back; or it is in the customer's wallet.
    Done,
    /// Staff paid it themselves.
    PaidByHand,
    /// Nothing went back, and nothing will under this id.
    Failed,
}

/// What happens to a refund.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Event {
    Requested,
    Taken,
    Done,
    Failed,
    PaidByHand,
    /// The customer has it in their wallet instead.
    Credited,
}

impl State {
    pub const ALL: [State; 7] = [
        State::Planned,
        State::Requested,
        State::Pending,
        State::ByHand,
        State::Done,
        State::PaidByHand,
        State::Failed,
    ];

    /// The word that the database, the API and pages use.
    pub fn as_str(self) -> &'static str {
        match self {
            State::Planned => "planned",
            State::Requested => "requested",
            State::Pending => "pending",
            State::ByHand => "by_hand",
            State::Done => "done",
            State::PaidByHand => "paid_by_hand",
            State::Failed => "failed",
        }
    }

    pub fn parse(word: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.as_str() == word)
    }

    /// The customer has the money.
    pub fn is_back(self) -> bool {
        matches!(self, State::Done | State::PaidByHand)
    }

    /// On its way: the money is owed, and must not be sent a second time.
    pub fn is_open(self) -> bool {
        matches!(self, State::Planned | State::Requested | State::Pending | State::ByHand)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Event {
    pub const ALL: [Event; 6] = [
        Event::Requested,
        Event::Taken,
        Event::Done,
        Event::Failed,
        Event::PaidByHand,
        Event::Credited,
    ];

    /// From where this may happen. Anything else is refused.
    pub fn from(self) -> &'static [State] {
        use State as S;
        match self {
            // Asked again under the same id, where the gateway does not know it.
            Event::Requested => &[S::Planned, S::Requested],
            // A copy that was put back knows a refund as planned that its gateway has long since.
            Event::Taken => &[S::Planned, S::Requested],
            Event::Done => &[S::Planned, S::Requested, S::Pending],
            // Also after it was done: the buyer's bank may send it back.
            Event::Failed => &[S::Planned, S::Requested, S::Pending, S::Done],
            Event::PaidByHand => &[S::ByHand, S::Failed],
            // Of one that was just planned for it, or that nobody has paid yet.
            Event::Credited => &[S::Planned, S::ByHand, S::Failed],
        }
    }
}

/// The two sides of a move that the rules do not know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a refund that is {from} cannot be moved by {event:?}")]
pub struct Refused {
    pub from: State,
    pub event: Event,
}

/// Where a refund stands after an event.
pub fn after(from: State, event: Event) -> Result<State, Refused> {
    if !event.from().contains(&from) {
        return Err(Refused { from, event });
    }
    Ok(match event {
        Event::Requested => State::Requested,
        Event::Taken => State::Pending,
        Event::Done | Event::Credited => State::Done,
        Event::Failed => State::Failed,
        Event::PaidByHand => State::PaidByHand,
    })
}

/// Lays an amount on what is left of each movement that came in, in their order; nothing where
/// they do not hold that much.
pub fn split(amount: i64, left: &[i64]) -> Option<Vec<i64>> {
    let mut rest = amount;
    let parts = left.iter().map(|left| {
        let part = rest.clamp(0, (*left).max(0));
        rest -= part;
        part
    });
    let parts = parts.collect();
    (rest == 0).then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_refunds_is_this_one() {
        let mut table = String::new();
        for from in State::ALL {
            for event in Event::ALL {
                if let Ok(to) = after(from, event) {
                    table.push_str(&format!("{from} --{event:?}--> {to}\n"));
                }
            }
        }
        insta::assert_snapshot!(table);
    }

    #[test]
    fn what_staff_paid_themselves_stays_paid() {
        for event in Event::ALL {
            assert!(after(State::PaidByHand, event).is_err(), "{event:?}");
        }
    }

    #[test]
    fn a_refund_is_open_or_back_or_failed() {
        for state in State::ALL {
            let kinds = [state.is_open(), state.is_back(), state == State::Failed];
            assert_eq!(kinds.iter().filter(|kind| **kind).count(), 1, "{state}");
        }
    }

    #[test]
    fn every_word_reads_back() {
        for state in State::ALL {
            assert_eq!(State::parse(state.as_str()), Some(state));
        }
    }

    proptest::proptest! {
        /// Whatever is given back is the amount, and never more than is left of any movement.
        #[test]
        fn a_split_is_exact_and_takes_no_more_than_is_left(
            amount in 0i64..10_000,
            left in proptest::collection::vec(-500i64..5_000, 0..6),
        ) {
            let held: i64 = left.iter().map(|left| (*left).max(0)).sum();
            match split(amount, &left) {
                None => proptest::prop_assert!(held < amount),
                Some(parts) => {
                    proptest::prop_assert_eq!(parts.iter().sum::<i64>(), amount);
                    let fits = parts.iter().zip(&left).all(|(part, left)| *part <= (*left).max(0));
                    proptest::prop_assert!(fits);
                }
            }
        }
    }
}
