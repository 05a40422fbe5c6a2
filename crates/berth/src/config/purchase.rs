//! How long purchases may take, and what stops them. Not the purchase: the engine does that.

use std::time::Duration;

use domain::money::{Currency, Money};

use super::setting::section;
use super::value;

section! {
    /// Limits on buying from the upstream.
    Purchase = "purchase";

    /// Deadline of one purchase request.
    "BERTH_PURCHASE_TIMEOUT" timeout: Duration, default "180s", value::pause;

    /// How long past the deadline an answer is still waited for.
    "BERTH_PURCHASE_TAIL" tail: Duration, default "10m", value::duration;

    /// When missing credentials reach a person.
    "BERTH_CREDENTIALS_AFTER" credentials_after: Duration, default "15m", value::duration;

    /// When *refund or wait* is offered for a purchase that was never answered.
    "BERTH_OFFER_AFTER" offer_after: Duration, default "30m", value::duration;

    /// Unanswered purchases in a row that pause a provider; `off` for never.
    "BERTH_PAUSE_AFTER_UNHEARD" pause_after_unheard: Limit<u32>, default "5",
        value::count_or_off;

    /// Cost of stray servers in 24 hours, in whole units of the shop's currency, beyond which
    /// purchasing pauses; `off` for never.
    "BERTH_LOSS_BUDGET" loss_budget: Limit<i64>, default "25000", value::amount_or_off;

    /// Time past the upstream's expiry after which a server that it no longer names is gone.
    "BERTH_LAPSE_AFTER" lapse_after: Duration, default "10d", value::duration;
}

/// A limit that a shop may lift.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit<T> {
    At(T),
    Off,
}

impl<T: Copy> Limit<T> {
    /// The number, or nothing where there is no limit.
    pub fn number(self) -> Option<T> {
        match self {
            Limit::At(number) => Some(number),
            Limit::Off => None,
        }
    }
}

impl Purchase {
    /// The loss budget as money; nothing where it is off.
    pub fn loss_budget_in(&self, currency: Currency) -> Option<Money> {
        self.loss_budget.number().map(|units| Money::major(units, currency))
    }
}
