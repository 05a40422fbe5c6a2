//! What a customer is told of a decision: by mail, written with the decision itself.
//! The staff's own reason is not for them; what is stands in `public`.

use domain::coupon::{Coupon, Kind};
use domain::money::Money;
use domain::order::{Remedy, Stage};
use store::db::Tx;
use store::mail::{Deed, GiftFacts, OrderFacts};

use super::{Bench, Wish};
use crate::mail::told::{APOLOGY, REMEDY};
use crate::{Result, wording};

/// A mail is no place for more.
const PUBLIC_MAX: usize = 2_000;
/// What stands for a code that is not made yet.
const UNMADE: &str = "THANKS-…";

impl Bench<'_> {
    /// Writes the mail, where the decision is something to the customer.
    pub(super) fn tell_customer(&self, tx: &mut Tx<'_>) -> Result<()> {
        let by_themselves = self.actor == self.order.account.as_str();
        let public = public_of(self.wish)?;
        if public.is_none()
            && self.gift.is_none()
            && (!self.wish.kind.is_told() || self.was_unpaid || by_themselves)
        {
            return Ok(());
        }
        let mut facts = OrderFacts::of(&self.order);
        if let Some(amendment) = tx.latest_amendment(&self.order)? {
            facts = facts.with_terms(amendment.product_name, &amendment.terms);
        }
        if let Some(amount) = self.amount() {
            facts = facts.with_amount(amount);
        }
        let apologises = self.wish.apologises && public.is_some();
        let days = self.wish.days.filter(|_| self.wish.kind == Remedy::Extend);
        let mut gift = self.gift.as_ref().and_then(gift_facts);
        // A code that is only looked at is made anew when it is given.
        let looked_at = gift.as_mut().filter(|_| self.wish.preview);
        looked_at.into_iter().for_each(|gift| gift.code = UNMADE.to_owned());
        facts.deed = Some(Deed { remedy: self.wish.kind.word().to_owned(), days, public, gift });
        let kind = if apologises { APOLOGY } else { REMEDY };
        let cause = format!("{}/{}/{kind}", self.order.id, self.order.version);
        Ok(tx.tell_customer(&self.order, kind, &cause, &facts)?)
    }

    /// Of the money that goes back.
    fn amount(&self) -> Option<Money> {
        self.difference.or(self.wish.amount.filter(|_| self.wish.kind == Remedy::Refund))
    }
}

/// What a code takes off, as a mail keeps it.
fn gift_facts(coupon: &Coupon) -> Option<GiftFacts> {
    let (percent, amount_minor) = match coupon.kind {
        Kind::Percent(of) => (Some(of), None),
        Kind::Amount(money) => (None, Some(money.minor)),
        Kind::Free => return None,
    };
    let (code, until) = (coupon.code.clone(), coupon.ends_at?.as_micros());
    Some(GiftFacts { code, percent, amount_minor, until })
}

/// Nothing was paid: there is nothing to write about.
pub(super) fn is_unpaid(stage: &Stage) -> bool {
    matches!(stage, Stage::Unpaid | Stage::Closed(_))
}

/// What the customer is to read, as staff wrote it.
pub(super) fn public_of(wish: &Wish) -> Result<Option<String>> {
    let public = wish.public.as_deref().filter(|text| !text.trim().is_empty());
    public.map(|text| wording::line(text, "what the customer reads", PUBLIC_MAX)).transpose()
}
