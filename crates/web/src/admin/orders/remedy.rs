//! What staff do to put an order right. Every deed is shown first with what it would do and cost;
//! the second form does it, once, on the order as it was seen.

use axum::extract::State;
use axum::response::Response;
use domain::money::{Currency, Money};
use domain::order::Remedy;
use engine::Error;
use engine::permission::Act;
use engine::remedy::{Done, Wish};
use serde::Deserialize;

use super::mark_paid::read;
use super::show::lines;
use crate::api::at::Any;
use crate::app::Shop;
use crate::page::{self, Around, Posted, sentence};
use crate::paths;
use crate::problem::Problem;
use crate::view::admin::orders::{Preview, title};
use crate::view::{Here, Said};

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Deed {
    kind: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    public: String,
    #[serde(default)]
    version: String,
    #[serde(default)]
    preview: String,
    #[serde(default)]
    amount: String,
    #[serde(default)]
    currency: String,
    #[serde(default)]
    days: String,
    #[serde(default)]
    address: String,
    #[serde(default)]
    attempt_id: String,
    #[serde(default)]
    give_up: String,
    #[serde(default)]
    consent: String,
    #[serde(default)]
    package_name: String,
    #[serde(default)]
    ram: String,
}

impl Deed {
    fn wish(&self, kind: Remedy) -> Result<Wish, Problem> {
        let some = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let version = self.version.parse().map_err(|_| {
            Problem::malformed("the form does not say which version of the order it saw")
        })?;
        let days = some(&self.days).map(|days| {
            let wrong = || Problem::new("invalid-days", "days must be a whole number");
            days.parse::<i64>().map_err(|_| wrong())
        });
        Ok(Wish {
            amount: some(&self.amount).map(|amount| self.money(&amount)).transpose()?,
            public: some(&self.public),
            version: Some(version),
            preview: self.preview == "true",
            days: days.transpose()?,
            address: some(&self.address),
            attempt: some(&self.attempt_id),
            give_up: self.give_up == "true",
            consent: some(&self.consent),
            package_name: some(&self.package_name),
            ram: some(&self.ram),
            ..Wish::new(kind, self.reason.trim())
        })
    }

    fn money(&self, amount: &str) -> Result<Money, Problem> {
        let currency = Currency::parse(&self.currency)
            .map_err(|error| Problem::new("wrong-currency", error.to_string()))?;
        read(amount, currency)
            .ok_or_else(|| Problem::new("invalid-amount", "write the amount like 999 or 999.50"))
    }

    /// The same deed, without the preview.
    fn hidden(&self) -> Vec<(String, String)> {
        let all = [
            ("kind", &self.kind),
            ("reason", &self.reason),
            ("public", &self.public),
            ("version", &self.version),
            ("amount", &self.amount),
            ("currency", &self.currency),
            ("days", &self.days),
            ("address", &self.address),
            ("attemptId", &self.attempt_id),
            ("giveUp", &self.give_up),
            ("consent", &self.consent),
            ("packageName", &self.package_name),
            ("ram", &self.ram),
        ];
        let sent = all.into_iter().filter(|(_, value)| !value.is_empty());
        sent.map(|(name, value)| (name.to_owned(), value.clone())).collect()
    }
}

pub(crate) async fn remedy(
    State(shop): State<Shop>,
    around: Around,
    Any { id, me }: Any,
    Posted(deed): Posted<Deed>,
) -> Result<Response, Problem> {
    let kind = Remedy::parse(&deed.kind).ok_or_else(|| {
        Problem::new("invalid-kind", "there is no such remedy; go back and choose")
    })?;
    me.must(Act::of_remedy(kind))?;
    let order = shop.engine().order(&id).await?;
    let wish = deed.wish(kind)?;
    let preview = wish.preview;
    let page = |done: Result<Done, String>| {
        let frame = around.frame(&shop, title(kind), Here::StaffOrders);
        let (done, refused) = match done {
            Ok(done) => (Some(done), None),
            Err(text) => (None, Some(text)),
        };
        Preview {
            id: id.to_string(),
            number: order.number.clone(),
            title: title(kind).to_owned(),
            did: done.as_ref().map_or(vec![], |done| done.did.clone()),
            ledger: done.as_ref().map_or(vec![], |done| lines(&done.ledger, &frame)),
            refused,
            hidden: deed.hidden(),
            reason: deed.reason.clone(),
            frame,
        }
    };
    match shop.engine().remedy(&id, wish, me.actor()).await {
        Ok(done) if preview => page::show(&page(Ok(done))),
        Ok(_) => Ok(page::on_to_say(&paths::staff_order(&id), Said::Done)),
        Err(error @ (Error::Refused { .. } | Error::Invalid { .. } | Error::Missing { .. })) => {
            let text = sentence(&error.to_string());
            page::show_refused(error, &page(Err(text)))
        }
        Err(error) => Err(error.into()),
    }
}
