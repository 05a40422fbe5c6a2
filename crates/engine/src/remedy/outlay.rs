//! What a purchase that a remedy plans would cost, beside what its order brings: for whoever
//! decides about it. Nothing is booked here: that happens when it has bought.

use domain::attempt::State;
use domain::money::Money;
use store::attempt::Attempt;
use store::db::Tx;

use super::Bench;
use crate::Result;

/// Another purchase of an order, in money.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outlay {
    pub provider: String,
    /// What is bought, in words.
    pub what: String,
    /// What the provider charges; nothing where staff have not entered it.
    pub cost: Option<Money>,
    /// What the customer paid and has not had back, and how much of it is tax.
    pub paid: Money,
    pub tax: Money,
    /// What earlier purchases of the order cost that bought, or may have; nothing where that is not
    /// all known.
    pub before: Option<Money>,
}

impl Outlay {
    /// What is left of what the customer paid once the tax and this purchase are; nothing where
    /// that is not known, or in two currencies.
    pub fn margin(&self) -> Option<Money> {
        let net = Money::new(self.paid.minor - self.tax.minor, self.paid.currency);
        less(net, self.cost?)
    }

    /// As `margin`, and once earlier purchases are, too.
    pub fn margin_of_all(&self) -> Option<Money> {
        less(self.margin()?, self.before?)
    }
}

fn less(from: Money, what: Money) -> Option<Money> {
    let same = from.currency == what.currency || what.is_zero();
    same.then(|| Money::new(from.minor - what.minor, from.currency))
}

/// It has bought, or nobody knows that it has not.
fn may_have_bought(attempt: &Attempt) -> bool {
    match attempt.state {
        State::Permitted | State::Answered | State::Unheard | State::Parked | State::WrittenOff => {
            true
        }
        State::Planned | State::Withdrawn | State::Rejected | State::NotSent | State::Denied => {
            false
        }
    }
}

impl Bench<'_> {
    /// Where a purchase was planned: what it would cost.
    pub(super) fn outlay(&self, tx: &mut Tx<'_>) -> Result<Option<Outlay>> {
        let attempts = tx.attempts(&self.order.id)?;
        let Some(planned) = attempts.iter().find(|attempt| attempt.id == *self.new_attempt) else {
            return Ok(None);
        };
        let currency = self.order.sold.quote.total.currency;
        let held = self.held(tx)?;
        let before = attempts.iter().filter(|attempt| may_have_bought(attempt));
        let before = before
            .map(|attempt| attempt.cost)
            .try_fold(Money::zero(currency), |sum, cost| cost.and_then(|cost| sum.plus(cost).ok()));
        Ok(Some(Outlay {
            provider: planned.provider.clone(),
            what: format!("{} with {}", planned.package_name, planned.ram),
            cost: planned.cost,
            paid: Money::new(held.whole(), currency),
            tax: Money::new(held.tax, currency),
            before,
        }))
    }
}

#[cfg(test)]
mod tests {
    use domain::money::Currency;

    use super::*;

    #[test]
    fn a_margin_is_what_is_left_without_tax_and_is_not_guessed() {
        let rupees = |major| Money::major(major, Currency::INR);
        let outlay = Outlay {
            provider: "smartvps".into(),
            what: "103.181.91 with 8GB".into(),
            cost: Some(rupees(600)),
            paid: rupees(1_180),
            tax: rupees(180),
            before: Some(rupees(600)),
        };
        assert_eq!(
            (outlay.margin(), outlay.margin_of_all()),
            (Some(rupees(400)), Some(rupees(-200)))
        );
        let unknown = Outlay { cost: None, ..outlay.clone() };
        assert_eq!((unknown.margin(), unknown.margin_of_all()), (None, None));
        let earlier = Outlay { before: None, ..outlay.clone() };
        assert_eq!((earlier.margin(), earlier.margin_of_all()), (Some(rupees(400)), None));
        let dollars = Money::major(7, Currency::parse("USD").unwrap());
        assert_eq!(Outlay { cost: Some(dollars), ..outlay }.margin(), None, "two currencies");
    }
}
