//! What staff do to put one order right. What is possible when, the domain's table says.

use axum::Json;
use axum::extract::State;
use domain::money::{Currency, Money, NotMoney};
use domain::order::Remedy;
use engine::Engine;
use engine::pay::read_amount;
use engine::permission::Act;
use engine::read::{Mail, Viewer};
use engine::remedy::Wish;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::order::{BookedAnswer, booked};
use crate::api::at::Any;
use crate::api::orders::OrderAnswer;
use crate::api::shapes::countable;
use crate::app::Shop;
use crate::body::{Key, Sent};
use crate::problem::Problem;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct RemedyWish {
    /// One of the order's `nextActions`.
    #[schema(example = "reprovision")]
    kind: String,
    /// Why; kept with the order, and never shown to the customer.
    reason: String,
    /// What the customer reads of it in their mail.
    public: Option<String>,
    /// Their mail says that we are sorry; with `public`.
    #[serde(default)]
    apologise: bool,
    /// Of the order as it was looked at; a stale one is refused.
    version: Option<i64>,
    /// Tells what would happen and cost, and changes nothing.
    #[serde(default)]
    preview: bool,
    /// Whole minor units, in `currency`. Of a refund or a credit: a part; without it all goes back,
    /// or all that is owed becomes credit. Of an acceptance: what goes back where what is accepted
    /// has no price. Of a discount: what its code takes off.
    amount: Option<i64>,
    currency: Option<String>,
    /// With it comes a code that takes so much off their next order.
    percent: Option<i64>,
    /// Of an extension; of the free time with `refund-and-keep`, 30 unless said; of a discount, how
    /// long its code is good, 90 unless said.
    days: Option<i64>,
    address: Option<String>,
    attempt_id: Option<String>,
    /// Gives up a purchase that was not heard of.
    #[serde(default)]
    give_up: bool,
    /// What the customer wrote, where they get something else.
    consent: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Done)]
pub(crate) struct DoneAnswer {
    order: OrderAnswer,
    /// In words; with `preview` what would be done.
    did: Vec<String>,
    /// The ledger rows that it wrote.
    ledger: Vec<BookedAnswer>,
    /// With `preview`: the mails that it would write.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    mails: Vec<MailAnswer>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = MailPreview)]
pub(crate) struct MailAnswer {
    to: String,
    subject: String,
    text: String,
}

impl RemedyWish {
    fn wish(self, key: Option<String>) -> Result<Wish, Problem> {
        let kind = kind(&self.kind)?;
        let amount = match (self.amount, self.currency) {
            (None, None) => None,
            (amount, currency) => Some(part_of(kind, amount, currency)?),
        };
        Ok(Wish {
            amount,
            percent: self.percent,
            public: self.public,
            apologises: self.apologise,
            version: self.version,
            preview: self.preview,
            days: self.days,
            address: self.address,
            attempt: self.attempt_id,
            give_up: self.give_up,
            consent: self.consent,
            key,
            ..Wish::new(kind, &self.reason)
        })
    }
}

/// An amount that nobody looks at must not seem to have been agreed to.
fn part_of(kind: Remedy, minor: Option<i64>, currency: Option<String>) -> Result<Money, Problem> {
    if !kind.takes_an_amount() {
        let detail = format!("{} takes no amount: a part of the money is a refund", kind.word());
        return Err(Problem::new("invalid-amount", detail));
    }
    let (Some(minor), Some(currency)) = (minor, currency) else {
        return Err(Problem::new("invalid-amount", "send amount and currency, or neither"));
    };
    // Nothing goes back with what is accepted: that too is said.
    if kind == Remedy::Accept && minor == 0 {
        let currency = Currency::parse(&currency);
        let wrong = |error: NotMoney| Problem::new("wrong-currency", error.to_string());
        return currency.map(Money::zero).map_err(wrong);
    }
    Ok(read_amount(countable(minor)?, &currency)?)
}

pub(super) fn kind(word: &str) -> Result<Remedy, Problem> {
    // Ordering another package has an address of its own.
    let found = Remedy::parse(word).filter(|kind| *kind != Remedy::ManualProvision);
    found.ok_or_else(|| {
        let word: String = word.chars().take(40).collect();
        let all = Remedy::ALL.into_iter().filter(|kind| *kind != Remedy::ManualProvision);
        let all: Vec<&str> = all.map(Remedy::word).collect();
        let detail = format!("there is no remedy {word:?}; there are {}", all.join(", "));
        Problem::new("invalid-kind", detail)
    })
}

/// Put an order right
#[utoipa::path(
    post,
    path = "/api/admin/orders/{id}/remedies",
    tag = "remedies",
    params(("id" = String, Path, description = "Its id or its number")),
    request_body = RemedyWish,
    responses((status = 200, body = DoneAnswer))
)]
pub(crate) async fn remedy(
    State(shop): State<Shop>,
    State(engine): State<Engine>,
    Any { id, me }: Any,
    Key(key): Key,
    Sent(sent): Sent<RemedyWish>,
) -> Result<Json<DoneAnswer>, Problem> {
    let wish = sent.wish(key)?;
    me.must(Act::of_remedy(wish.kind))?;
    let (preview, may_give_value) = (wish.preview, me.must(Act::RemedyValue).is_ok());
    let done = engine.remedy(&id, Wish { may_give_value, ..wish }, me.actor()).await;
    let done = done.map_err(|error| me.must_to_give(error))?;
    let order = engine.order_view(&id, &Viewer::Staff).await?.into();
    let ledger = done.ledger.into_iter().map(booked).collect();
    let mails = if preview { mails_in_words(&shop, done.mails).await? } else { vec![] };
    Ok(Json(DoneAnswer { order, did: done.did, ledger, mails }))
}

/// As each would leave.
pub(crate) async fn mails_in_words(
    shop: &Shop,
    mails: Vec<Mail>,
) -> Result<Vec<MailAnswer>, Problem> {
    let mut told = Vec::with_capacity(mails.len());
    for mail in mails {
        let view = shop.engine().told_by(mail).await?;
        let words = shop.in_words(&view.told)?;
        told.push(MailAnswer { to: view.mail.email, subject: words.subject, text: words.text });
    }
    Ok(told)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_kind_is_told_the_known_ones() {
        for word in ["", "manual-provision", "Refund", "burn"] {
            let problem = kind(word).unwrap_err();
            assert!(problem.detail().contains("nothing-bought"), "{word:?}");
        }
    }
}
