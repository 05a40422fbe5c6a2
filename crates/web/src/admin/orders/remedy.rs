//! What staff do to put an order right. Every deed is shown first with what it would do and cost;
//! the second form does it, once, on the order as it was seen.

use axum::extract::State;
use axum::response::Response;
use domain::money::{Currency, Money};
use domain::order::Remedy;
use engine::Error;
use engine::permission::Act;
use engine::read::{AdminOrder, Mail};
use engine::remedy::{Done, Wish};
use http::StatusCode;
use serde::Deserialize;

use super::evidence::{consequences, live};
use super::mark_paid::read;
use super::outlay::outlay;
use super::show::lines;
use crate::admin::incident::number;
use crate::api::at::Any;
use crate::app::Shop;
use crate::page::{self, Around, Posted, sentence};
use crate::paths;
use crate::problem::Problem;
use crate::view::admin::remedies::{Back, Letter, Preview, title};
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
    percent: String,
    #[serde(default)]
    apologise: String,
    #[serde(default)]
    days: String,
    #[serde(default)]
    address: String,
    #[serde(default)]
    attempt_id: String,
    #[serde(default)]
    give_up: String,
    /// What the provider does not confirm is adopted all the same.
    #[serde(default)]
    anyway: String,
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
        Ok(Wish {
            amount: some(&self.amount).map(|amount| self.money(kind, &amount)).transpose()?,
            percent: number(&self.percent, "invalid-discount", "percent")?,
            public: some(&self.public),
            apologises: self.apologise == "true",
            version: Some(version),
            preview: self.preview == "true",
            days: number(&self.days, "invalid-days", "days")?,
            address: some(&self.address),
            attempt: some(&self.attempt_id),
            give_up: self.give_up == "true",
            consent: some(&self.consent),
            package_name: some(&self.package_name),
            ram: some(&self.ram),
            ..Wish::new(kind, self.reason.trim())
        })
    }

    fn money(&self, kind: Remedy, amount: &str) -> Result<Money, Problem> {
        let currency = Currency::parse(&self.currency)
            .map_err(|error| Problem::new("wrong-currency", error.to_string()))?;
        // Nothing goes back with what is accepted: that too is said.
        if kind == Remedy::Accept && amount == "0" {
            return Ok(Money::zero(currency));
        }
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
            ("percent", &self.percent),
            ("apologise", &self.apologise),
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
    let all = shop.engine().admin_order(&id).await?;
    let order = &all.view;
    let may_give_value = me.must(Act::RemedyValue).is_ok();
    let live = match kind {
        Remedy::Adopt => shop.engine().look_before_adopting(&id, &deed.address).await?,
        _ => None,
    };
    // What the provider does not confirm is done by whoever says so, and shown to all others.
    let is_doubtful = live.as_ref().is_some_and(|live| live.fit.is_doubtful());
    let tick_missing = is_doubtful && deed.preview != "true" && deed.anyway != "true";
    let wish = deed.wish(kind)?;
    let wish = Wish { may_give_value, preview: wish.preview || tick_missing, ..wish };
    let preview = wish.preview;
    let back = Back::to_order(paths::staff_order(&id), order.number.clone());
    let at = (format!("{}/remedies", back.path), back);
    let page = Preview {
        hidden: deed.hidden(),
        reason: deed.reason.clone(),
        ..Preview::new(title(kind), at, around.frame(&shop, title(kind), Here::StaffOrders))
    };
    match shop.engine().remedy(&id, wish, me.actor()).await {
        Ok(done) if preview => {
            let status = match tick_missing {
                true => StatusCode::UNPROCESSABLE_ENTITY,
                false => StatusCode::OK,
            };
            let page = Preview { live: live.map(self::live), tick_missing, ..page };
            page::show_as(status, &shown(&shop, (kind, &all), done, page).await?)
        }
        Ok(_) => Ok(page::on_to_say(&paths::staff_order(&id), Said::Done)),
        Err(error @ (Error::Refused { .. } | Error::Invalid { .. } | Error::Missing { .. })) => {
            let refused = Some(sentence(&error.to_string()));
            page::show_refused(error, &Preview { refused, ..page })
        }
        Err(error) => Err(me.must_to_give(error)),
    }
}

/// The page with what would be done.
async fn shown(
    shop: &Shop,
    (kind, all): (Remedy, &AdminOrder),
    done: Done,
    page: Preview,
) -> Result<Preview, Problem> {
    Ok(Preview {
        consequences: match kind {
            Remedy::NothingBought => consequences(all, &page.frame),
            _ => vec![],
        },
        did: done.did,
        outlay: done.outlay.as_ref().map(outlay),
        ledger: lines(&done.ledger, &page.frame),
        mails: letters(shop, done.mails).await?,
        ..page
    })
}

/// Mails that are not written yet, as they would leave.
pub(in crate::admin) async fn letters(
    shop: &Shop,
    mails: Vec<Mail>,
) -> Result<Vec<Letter>, Problem> {
    let mut letters = Vec::with_capacity(mails.len());
    for mail in mails {
        let view = shop.engine().told_by(mail).await?;
        let words = shop.in_words(&view.told)?;
        letters.push(Letter { to: view.mail.email, subject: words.subject, text: words.text });
    }
    Ok(letters)
}
