//! Shapes that many answers share: money, moments, lists.

use domain::clock::Timestamp;
use domain::money::{Currency, Money};
use engine::read::Page;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::problem::Problem;

/// The largest amount that every program can count exactly.
const MINOR_MAX: i64 = 9_007_199_254_740_991;

/// An amount of money: whole minor units (paise for INR).
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Money)]
pub(crate) struct Amount {
    #[schema(example = 69900)]
    pub amount: i64,
    #[schema(example = "INR")]
    pub currency: String,
}

impl From<Money> for Amount {
    fn from(money: Money) -> Amount {
        Amount { amount: money.minor, currency: money.currency.code().to_owned() }
    }
}

impl Amount {
    pub fn money(&self) -> Result<Money, Problem> {
        let currency = Currency::parse(&self.currency)
            .map_err(|error| Problem::new("wrong-currency", error.to_string()))?;
        Ok(Money::new(countable(self.amount)?, currency))
    }
}

/// Refuses what some program on the way could not count exactly.
pub(crate) fn countable(minor: i64) -> Result<i64, Problem> {
    if (-MINOR_MAX..=MINOR_MAX).contains(&minor) {
        return Ok(minor);
    }
    let detail = format!("amount may be at most {MINOR_MAX}, a whole number of minor units");
    Err(Problem::new("invalid-amount", detail))
}

/// A moment that a parameter names.
pub(crate) fn moment(text: Option<&str>, name: &str) -> Result<Option<Timestamp>, Problem> {
    let wrong = || Problem::malformed(format!("{name} is a moment such as 2026-11-21T00:00:00Z"));
    text.map(|text| Timestamp::parse(text).ok_or_else(wrong)).transpose()
}

/// A part of a list. `next` asked for as `after` gives the part behind it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct List<T> {
    pub items: Vec<T>,
    pub next: Option<String>,
}

impl<T> List<T> {
    pub fn of<U>(page: Page<U>, shape: impl Fn(U) -> T) -> List<T> {
        List { items: page.items.into_iter().map(shape).collect(), next: page.next }
    }

    /// Of rows asked for as one more than `limit`: that row only tells that there is more.
    pub fn cut<U>(
        rows: Vec<U>,
        limit: u32,
        cursor: impl Fn(&U) -> String,
        shape: impl Fn(U) -> T,
    ) -> List<T> {
        List::of(Page::of(rows, limit.into(), cursor), shape)
    }
}

/// `2026-11-21T14:03:00Z`.
pub(crate) fn time(at: Timestamp) -> String {
    at.rfc3339()
}

pub(crate) fn maybe_time(at: Option<Timestamp>) -> Option<String> {
    at.map(time)
}

/// Why staff do something; where nobody says so, `otherwise`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Because {
    reason: Option<String>,
}

impl Because {
    pub fn or(self, otherwise: &str) -> String {
        self.reason.unwrap_or_else(|| otherwise.to_owned())
    }
}
