//! A customer asks for their money back: when they may, and how what they asked for stands.
//! Not for giving it: that is a remedy, and a person decides.

use super::seen::PaymentStatus;
use super::stage::Stage;

/// What the rule must know beside the stage.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Asking {
    pub payment: PaymentStatus,
    /// The price was not nothing.
    pub cost_money: bool,
    /// They have asked, and nobody has answered.
    pub is_asked: bool,
    /// A person looks after the order.
    pub is_listed: bool,
    /// They may choose between money back and waiting, and need not ask.
    pub may_choose: bool,
    /// Money is owed to them that has not arrived.
    pub is_owed: bool,
}

/// Whether money back can be asked for now; if not, what stands in the way.
pub fn may_ask(stage: &Stage, facts: Asking) -> Result<(), &'static str> {
    match stage {
        Stage::Unpaid | Stage::Closed(_) => Err("nothing was paid for this order"),
        Stage::Unrevived | Stage::RefundPending | Stage::Refunded => {
            Err("the money is on its way back already")
        }
        Stage::Terminated => Err("the time that was sold is over"),
        _ if facts.is_owed => Err("money is owed to you for this order; that comes first"),
        _ if facts.payment == PaymentStatus::Refunded => Err("the money is back already"),
        _ if facts.is_asked => Err("it was asked for already, and a person answers"),
        _ if !facts.cost_money => Err("this order cost nothing"),
        _ if facts.may_choose => Err("choose money back on the order's page: nobody need decide"),
        Stage::Permitted(_) => Err("the server is being bought; ask when that has ended"),
        Stage::Delivered(_) | Stage::OnHold(_) | Stage::Stopped(_) => Ok(()),
        Stage::Planned(_) | Stage::Unheard(_) | Stage::Verifying(_) | Stage::Verified(_) => {
            match facts.is_listed {
                true => Ok(()),
                false => Err("the server is being made; ask when that has ended"),
            }
        }
    }
}

/// How what was asked for stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum State {
    Open,
    /// Money back was decided, all of it or a part.
    Given,
    /// A person said why not.
    Declined,
}

impl State {
    pub fn word(self) -> &'static str {
        match self {
            State::Open => "open",
            State::Given => "given",
            State::Declined => "declined",
        }
    }

    /// How it stands after an event, by the event's word. Whatever sends money back answers.
    pub fn after(before: Option<State>, event: &str) -> Option<State> {
        match (before, event) {
            (_, "refund_wanted") => Some(State::Open),
            (Some(State::Open), "refund_declined") => Some(State::Declined),
            (Some(_), "refund_asked" | "refund_planned" | "cancelled") => Some(State::Given),
            (before, _) => before,
        }
    }
}
