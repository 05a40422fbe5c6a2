//! What a customer is told of a decision: by mail, written with the decision itself.
//! The staff's own reason is not for them; what is stands in `public`.

use domain::order::{Remedy, Stage};
use store::db::Tx;
use store::mail::{Deed, OrderFacts};

use super::{Bench, Wish};
use crate::mail::told::{APOLOGY, REMEDY};
use crate::{Result, wording};

/// A mail is no place for more.
const PUBLIC_MAX: usize = 2_000;

impl Bench<'_> {
    /// Writes the mail, where the decision is something to the customer.
    pub(super) fn tell_customer(&self, tx: &mut Tx<'_>) -> Result<()> {
        let by_themselves = self.actor == self.order.account.as_str();
        let public = public_of(self.wish)?;
        if public.is_none() && (!self.wish.kind.is_told() || self.was_unpaid || by_themselves) {
            return Ok(());
        }
        let mut facts = OrderFacts::of(&self.order);
        if let Some(amendment) = tx.latest_amendment(&self.order)? {
            facts = facts.with_terms(amendment.product_name, &amendment.terms);
        }
        if let Some(amount) = self.wish.amount {
            facts = facts.with_amount(amount);
        }
        let apologises = self.wish.apologises && public.is_some();
        let days = self.wish.days.filter(|_| self.wish.kind == Remedy::Extend);
        facts.deed = Some(Deed { remedy: self.wish.kind.word().to_owned(), days, public });
        let kind = if apologises { APOLOGY } else { REMEDY };
        let cause = format!("{}/{}/{kind}", self.order.id, self.order.version);
        Ok(tx.tell_customer(&self.order, kind, &cause, &facts)?)
    }
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
