//! What goes back when a customer takes something else than was sold, and it costs less today.
//! The formula is `Quote::difference`; here stand its two prices, and how it is given.

use domain::money::Money;
use domain::order::{Event, Terms, step};
use domain::product::{Price, Product};
use store::db::Tx;
use store::order::{Cause, Extras};

use super::Bench;
use crate::{Error, Result};

impl Bench<'_> {
    /// What goes back with an acceptance. What went back with an earlier one is not given twice.
    pub(super) fn difference_to(
        &self,
        tx: &mut Tx<'_>,
        now: &Terms,
        then: &Terms,
    ) -> Result<Money> {
        let quote = &self.order.sold.quote;
        let nothing = Money::zero(quote.total.currency);
        let same_place = now.promise() == then.promise();
        if quote.total.is_zero() || (same_place && now.ram == then.ram) {
            return self.only_by_price(nothing);
        }
        let held = self.held(tx)?.whole();
        match self.price_today(tx, now, then)? {
            Some(today) => {
                let before: i64 =
                    tx.amendments(&self.order.id)?.iter().map(|agreed| agreed.back_minor).sum();
                let left = (quote.difference(today).minor - before).clamp(0, held);
                self.only_by_price(Money::new(left, nothing.currency))
            }
            None => self.as_entered(then, Money::new(held, nothing.currency)),
        }
    }

    /// What a package costs that names the server, with its memory and for the same time.
    fn price_today(&self, tx: &mut Tx<'_>, now: &Terms, then: &Terms) -> Result<Option<Money>> {
        let is_unknown = now.package == then.package && now.promise() != then.promise();
        let package = tx.package(&then.package)?.filter(|_| !is_unknown);
        if package.is_none_or(|package| package.days != self.order.sold.days) {
            return Ok(None);
        }
        let shown = tx.products_of_package(&then.package)?;
        let mut prices = shown.iter().filter_map(|shown| shown.product.price_for(then.ram));
        let currency = self.order.sold.quote.total.currency;
        let comparable = |price: &&Price| price.price.currency == currency;
        Ok(prices.find(comparable).map(|price| price.price))
    }

    /// An amount that nobody looks at must not seem to have been agreed to.
    fn only_by_price(&self, difference: Money) -> Result<Money> {
        if self.wish.amount.is_none() {
            return Ok(difference);
        }
        let text = "what is accepted has a price, which says what goes back; leave the amount out";
        Err(Error::invalid("invalid-amount", text))
    }

    fn as_entered(&self, then: &Terms, most: Money) -> Result<Money> {
        let wrong = |text| Err(Error::invalid("invalid-amount", text));
        match self.wish.amount {
            None => wrong(format!(
                "{} with {} has no price today: send the amount that goes back, tax included, or 0",
                Product::default_name(&then.package_name),
                then.ram
            )),
            Some(amount) if amount.currency != most.currency || amount.minor > most.minor => {
                wrong(format!("at most {most} can go back"))
            }
            Some(amount) => Ok(amount),
        }
    }

    /// The order stays where it stands, and the money goes on its way.
    pub(super) fn give_difference(&mut self, tx: &mut Tx<'_>, back: Money) -> Result<()> {
        if back.is_zero() {
            self.say("it costs as much as was paid, or more: nothing goes back");
            return Ok(());
        }
        self.insist_on_power(&format!("{back} goes back with it"))?;
        let next = step(&self.order.standing, &Event::RefundPlanned)?;
        let key = format!("{}:difference", self.cause.key);
        let cause = Cause { key, ..self.cause.clone() };
        let moves = [(Event::RefundPlanned, next)];
        tx.record(&mut self.order, &moves, &cause, &Extras::default())?;
        self.say(format!("it costs less than was paid: {back} goes back"));
        self.owe(tx, back.minor)?;
        self.send(tx, back)?;
        self.difference = Some(back);
        Ok(())
    }
}
