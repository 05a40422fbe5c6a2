//! A code that takes something off the customer's next order, given with any remedy or by itself.
//! It is a coupon like any other, but theirs alone and good once. Nothing is booked until it is
//! used.

use domain::coupon::{Coupon, Given, Kind};
use domain::id::gift_code;
use domain::order::terms::days;
use domain::order::{Event, Remedy, step};
use store::db::Tx;
use store::order::{Cause, Extras};

use super::Bench;
use crate::{Error, Result};

/// How long a code is good, unless somebody says.
const GOOD_FOR_DAYS: i64 = 90;

impl Bench<'_> {
    pub(super) fn give_code(&mut self, tx: &mut Tx<'_>) -> Result<()> {
        let Some(kind) = self.worth()? else { return Ok(()) };
        self.insist_on_power("a code for their next order")?;
        let count = self.wish.days.filter(|_| self.wish.kind == Remedy::Discount);
        let count = count.unwrap_or(GOOD_FOR_DAYS);
        if !(1..=365).contains(&count) {
            let text = "days must be a whole number from 1 to 365";
            return Err(Error::invalid("invalid-days", text));
        }
        let coupon = Coupon {
            code: gift_code(&*self.engine.parts.chance),
            kind,
            starts_at: None,
            ends_at: Some(tx.now()? + days(count)),
            uses_max: Some(1),
            uses_each_max: Some(1),
            products: vec![],
            stopped: false,
            note: format!("for {}", self.order.number),
            given: Some(Given { to: self.order.account.clone(), order: self.order.id.clone() }),
            version: 1,
        };
        self.note_gift(tx)?;
        if !tx.insert_coupon(&coupon)? {
            return Err(Error::Bug(format!("the code {} was given before", coupon.code)));
        }
        let worth = match kind {
            Kind::Percent(of) => format!("{of} %"),
            Kind::Amount(money) => money.to_string(),
            Kind::Free => "everything".to_owned(),
        };
        // A code that is only looked at is made anew when it is given.
        let code = if self.wish.preview { "a code" } else { &coupon.code };
        let said = format!("{code} takes {worth} off their next order, once, within {count} days");
        self.say(said);
        self.gift = Some(coupon);
        Ok(())
    }

    /// What the code takes off; nothing where none was wished for.
    fn worth(&self) -> Result<Option<Kind>> {
        let wrong = |text: &str| Error::invalid("invalid-discount", text);
        let amount = self.wish.amount.filter(|_| self.wish.kind == Remedy::Discount);
        let kind = match (self.wish.percent, amount) {
            (None, None) if self.wish.kind == Remedy::Discount => {
                return Err(wrong("send percent, or amount and currency"));
            }
            (None, None) => return Ok(None),
            (Some(_), Some(_)) => return Err(wrong("send percent or amount, not both")),
            (Some(of), None) => match u8::try_from(of) {
                Ok(of @ 1..=99) => Kind::Percent(of),
                _ => return Err(wrong("percent must be a whole number from 1 to 99")),
            },
            (None, Some(money)) if money.currency != self.engine.settings().currency => {
                return Err(wrong("amount must be in the shop's currency"));
            }
            (None, Some(money)) => Kind::Amount(money),
        };
        Ok(Some(kind))
    }

    /// It has a place in the order's history beside what it came with.
    fn note_gift(&mut self, tx: &mut Tx<'_>) -> Result<()> {
        let next = step(&self.order.standing, &Event::Discounted)?;
        let alone = self.wish.kind == Remedy::Discount;
        let key = &self.cause.key;
        let key = if alone { key.clone() } else { format!("{key}:code") };
        let cause = Cause { key, ..self.cause.clone() };
        let moves = [(Event::Discounted, next)];
        Ok(tx.record(&mut self.order, &moves, &cause, &Extras::default())?)
    }
}
