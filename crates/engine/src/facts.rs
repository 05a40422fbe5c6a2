//! What the table of remedies must know of an order beside its stage, put together in one place.
//! Not for deciding: `domain::order::remedy` decides.

use domain::attempt::State as AttemptState;
use domain::clock::Timestamp;
use domain::money::Money;
use domain::order::step::Why;
use domain::order::{Facts, Stage, Terms};
use domain::refund::State as RefundState;
use domain::server::State as ServerState;
use store::attempt::Attempt;
use store::attention::Attention;
use store::order::Order;
use store::refund::Refund;
use store::server::Server;

/// What of an order's money is not back yet.
pub(crate) struct Unsettled<'a> {
    /// Not on its way.
    pub owed: &'a [Money],
    pub refunds: &'a [Refund],
}

/// Reads the facts from the rows of one order, with its terms in force. `now` is the database's
/// clock.
pub(crate) fn remedy_facts(
    (order, terms): (&Order, &Terms),
    attempts: &[Attempt],
    servers: &[Server],
    attention: &[Attention],
    (money, now): (Unsettled<'_>, Timestamp),
) -> Facts {
    let waited_for = match &order.standing.stage {
        Stage::Unheard(id) => attempts.iter().find(|attempt| attempt.id == *id),
        _ => None,
    };
    let tail_ends_at = waited_for.and_then(|attempt| attempt.tail_ends_at);
    Facts {
        tail_over: tail_ends_at.is_some_and(|end| end <= now),
        has_parked: attempts.iter().any(|attempt| attempt.state == AttemptState::Parked),
        has_quarantined: servers.iter().any(|server| server.state == ServerState::Quarantined),
        audit_mismatch: attention.iter().any(|row| row.why == Why::AuditMismatch.word()),
        delivered_by_hand: terms.is_by_hand(),
        owed: !money.owed.is_empty(),
        by_hand: money.refunds.iter().any(|refund| refund.state == RefundState::ByHand),
    }
}
