//! What a person may do to an order, and when: the table of remedies.
//! Here stands what is allowed; `step` says what it does.

use super::stage::{Stage, Standing};

/// Something a person can do to put an order right.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Remedy {
    Reprovision,
    ManualProvision,
    Accept,
    Refund,
    RefundAndKeep,
    Credit,
    Extend,
    Discount,
    Adopt,
    NothingBought,
    Wait,
    Cancel,
    WriteOff,
    End,
}

/// What the rules must know beside the stage.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Facts {
    /// The slot's unheard attempt is past the end of its tail.
    pub tail_over: bool,
    /// The order has an attempt that was parked.
    pub has_parked: bool,
    /// The order has a server in quarantine.
    pub has_quarantined: bool,
    /// The delivered server lies outside the terms, as an audit found.
    pub audit_mismatch: bool,
    /// What it is to get now has no API: nobody could be asked about a server.
    pub delivered_by_hand: bool,
    /// Money is owed that is not on its way back.
    pub owed: bool,
    /// Money is owed that only a person can send.
    pub by_hand: bool,
}

impl Remedy {
    pub const ALL: [Remedy; 14] = [
        Remedy::Reprovision,
        Remedy::ManualProvision,
        Remedy::Accept,
        Remedy::Refund,
        Remedy::RefundAndKeep,
        Remedy::Credit,
        Remedy::Extend,
        Remedy::Discount,
        Remedy::Adopt,
        Remedy::NothingBought,
        Remedy::Wait,
        Remedy::Cancel,
        Remedy::WriteOff,
        Remedy::End,
    ];

    /// Whether it gives money, time or a server away, so that doing it twice would cost.
    pub fn gives_value(self) -> bool {
        match self {
            Remedy::Reprovision
            | Remedy::ManualProvision
            | Remedy::Refund
            | Remedy::RefundAndKeep
            | Remedy::Credit
            | Remedy::Extend
            | Remedy::Discount
            | Remedy::Cancel => true,
            Remedy::Accept
            | Remedy::Adopt
            | Remedy::NothingBought
            | Remedy::Wait
            | Remedy::WriteOff
            | Remedy::End => false,
        }
    }

    /// Whether the customer is written to. What is found out behind the scenes they hear of when
    /// it brings them something.
    pub fn is_told(self) -> bool {
        matches!(
            self,
            Remedy::Refund
                | Remedy::RefundAndKeep
                | Remedy::Cancel
                | Remedy::Reprovision
                | Remedy::ManualProvision
                | Remedy::Accept
                | Remedy::Extend
                | Remedy::Discount
        )
    }

    /// The word that programs use.
    pub fn word(self) -> &'static str {
        match self {
            Remedy::Reprovision => "reprovision",
            Remedy::ManualProvision => "manual-provision",
            Remedy::Accept => "accept",
            Remedy::Refund => "refund",
            Remedy::RefundAndKeep => "refund-and-keep",
            Remedy::Credit => "credit",
            Remedy::Extend => "extend",
            Remedy::Discount => "discount",
            Remedy::Adopt => "adopt",
            Remedy::NothingBought => "nothing-bought",
            Remedy::Wait => "wait",
            Remedy::Cancel => "cancel",
            Remedy::WriteOff => "write-off",
            Remedy::End => "end",
        }
    }

    pub fn parse(word: &str) -> Option<Remedy> {
        Remedy::ALL.into_iter().find(|remedy| remedy.word() == word)
    }

    /// Whether it can be of an amount.
    pub fn takes_an_amount(self) -> bool {
        matches!(self, Remedy::Refund | Remedy::Credit | Remedy::Accept | Remedy::Discount)
    }

    /// Money that did not pay the order may have to go back all the same.
    fn suits_unpaid(self, facts: Facts) -> bool {
        match self {
            Remedy::Cancel => true,
            Remedy::Refund => facts.owed,
            Remedy::Credit => facts.owed || facts.by_hand,
            _ => false,
        }
    }

    /// Whether it is allowed now; if not, what stands in the way.
    pub fn allowed(self, at: &Standing, facts: Facts) -> Result<(), &'static str> {
        let stage = &at.stage;
        match stage {
            Stage::Permitted(_)
                if !matches!(self, Remedy::WriteOff | Remedy::End | Remedy::Wait) =>
            {
                return Err("a purchase is under way; its answer or its deadline comes first");
            }
            Stage::Unrevived if !matches!(self, Remedy::Refund | Remedy::Credit) => {
                return Err("the money came too late and can only go back");
            }
            Stage::Unpaid | Stage::Closed(_) if !self.suits_unpaid(facts) => {
                return Err("nothing was paid for this order");
            }
            _ => {}
        }
        match self {
            Remedy::Reprovision => reprovision(at, facts, false),
            Remedy::ManualProvision => reprovision(at, facts, true),
            Remedy::Accept => accept(stage, facts),
            Remedy::Adopt => adopt(stage, facts),
            Remedy::NothingBought => nothing_bought(stage, facts),
            Remedy::Wait => match stage {
                Stage::Delivered(_)
                | Stage::RefundPending
                | Stage::Refunded
                | Stage::Terminated => Err("there is nothing to wait for"),
                _ => Ok(()),
            },
            Remedy::Extend | Remedy::RefundAndKeep => match stage {
                Stage::Delivered(_) => Ok(()),
                _ => Err("only a delivered server can be extended or kept"),
            },
            // Whatever the stage: money that came too much, twice or too late goes back.
            Remedy::Refund if facts.owed => Ok(()),
            Remedy::Credit if facts.owed || facts.by_hand => Ok(()),
            Remedy::Refund => match stage {
                Stage::RefundPending | Stage::Refunded => {
                    Err("the money is on its way back already")
                }
                Stage::Terminated => Err("the sold time is over"),
                _ => Ok(()),
            },
            Remedy::Credit | Remedy::Discount => match stage {
                Stage::RefundPending | Stage::Refunded => {
                    Err("the money is on its way back already")
                }
                _ => Ok(()),
            },
            Remedy::Cancel => match stage {
                Stage::Closed(_) => Err("the order is cancelled already"),
                Stage::Delivered(_) => Err("the server was delivered; refund it instead"),
                Stage::Unrevived | Stage::RefundPending | Stage::Refunded | Stage::Terminated => {
                    Err("the order is finished")
                }
                _ => Ok(()),
            },
            Remedy::WriteOff | Remedy::End => {
                let stray = facts.has_quarantined || (self == Remedy::WriteOff && facts.has_parked);
                if stray { Ok(()) } else { Err("the order has no stray purchase or server") }
            }
        }
    }
}

const BY_HAND: &str = "it is delivered by hand; reprovision it, and enter its server";
const TAIL: &str = "its answer may still come; wait for the end of its tail";

fn reprovision(at: &Standing, facts: Facts, amends: bool) -> Result<(), &'static str> {
    match &at.stage {
        Stage::Planned(_) if amends => Ok(()),
        Stage::Planned(_) => Err("a purchase is planned already"),
        Stage::Unheard(_) if facts.tail_over => Ok(()),
        Stage::Unheard(_) => Err(TAIL),
        Stage::Verifying(_) if at.late && !amends => Ok(()),
        Stage::Verifying(_) | Stage::Verified(_) => Err("a server is being checked"),
        Stage::OnHold(_) | Stage::Stopped(_) | Stage::Delivered(_) => Ok(()),
        _ => Err("the order is finished"),
    }
}

fn accept(stage: &Stage, facts: Facts) -> Result<(), &'static str> {
    match stage {
        Stage::OnHold(_) | Stage::Stopped(_) if facts.delivered_by_hand => Err(BY_HAND),
        Stage::OnHold(_) => Ok(()),
        Stage::Stopped(_) if facts.has_quarantined => Ok(()),
        Stage::Stopped(_) => Err("the order has no server in quarantine"),
        Stage::Delivered(_) if facts.audit_mismatch => Ok(()),
        Stage::Delivered(_) => Err("the delivered server is what was sold"),
        _ => Err("there is no server to accept"),
    }
}

fn adopt(stage: &Stage, facts: Facts) -> Result<(), &'static str> {
    match stage {
        Stage::Unheard(_) if facts.tail_over => Ok(()),
        Stage::Unheard(_) => Err(TAIL),
        Stage::Stopped(_) if facts.delivered_by_hand => Err(BY_HAND),
        Stage::Stopped(_) => Ok(()),
        _ => Err("the order does not wait for an address"),
    }
}

fn nothing_bought(stage: &Stage, facts: Facts) -> Result<(), &'static str> {
    match stage {
        Stage::Unheard(_) if facts.tail_over => Ok(()),
        Stage::Unheard(_) => Err(TAIL),
        Stage::Stopped(_)
        | Stage::Delivered(_)
        | Stage::RefundPending
        | Stage::Refunded
        | Stage::Terminated
            if facts.has_parked =>
        {
            Ok(())
        }
        _ => Err("the order has no purchase without an answer"),
    }
}
