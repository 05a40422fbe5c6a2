//! Whom invoices name: the shop's own address, and a customer's. It also says which tax there is.

use domain::gst::{Gstin, Place};
use domain::id::AccountId;
use domain::party::Party;
use store::party::Whose;

use crate::{Engine, Error, Result, wording};

const LINE_MAX: usize = 120;
const POSTCODE_MAX: usize = 12;

/// An address as somebody sent it.
#[derive(Clone, Debug, Default)]
pub struct PartyWish {
    pub name: String,
    pub street: String,
    pub city: String,
    pub postcode: String,
    /// `IN-27`, or the two letters of another country.
    pub place: String,
    pub gstin: Option<String>,
}

fn wrong(text: impl Into<String>) -> Error {
    Error::invalid("invalid-billing-address", text)
}

impl PartyWish {
    fn read(&self) -> Result<Party> {
        let line = |text: &str, what: &str| wording::line(text, what, LINE_MAX);
        let place = Place::parse(self.place.trim()).ok_or_else(|| {
            wrong("place must be a state such as IN-27, or a country's two letters such as US")
        })?;
        let gstin = match self.gstin.as_deref().map(str::trim) {
            None | Some("") => None,
            Some(text) => Some(Gstin::parse(text).map_err(|error| wrong(error.to_string()))?),
        };
        let party = Party {
            name: line(&self.name, "the name")?,
            street: line(&self.street, "the street")?,
            city: line(&self.city, "the city")?,
            postcode: wording::line(&self.postcode, "the postcode", POSTCODE_MAX)?,
            place,
            gstin,
        };
        party.check().map_err(|error| wrong(error.to_string()))?;
        Ok(party)
    }
}

impl Engine {
    pub async fn shop_party(&self) -> Result<Option<Party>> {
        Ok(self.db().read(|tx| tx.party(Whose::Shop)).await?)
    }

    /// Sets who sells. Orders that exist keep the tax that they were made with.
    pub async fn set_shop_party(&self, wish: &PartyWish, actor: &str) -> Result<Party> {
        let (party, actor) = (wish.read()?, actor.to_owned());
        self.db()
            .write(move |tx| {
                tx.set_party(Whose::Shop, &party)?;
                tx.audit(
                    &actor,
                    "set-address",
                    "shop",
                    &format!("{}, {}", party.name, party.place),
                )?;
                Ok(party.clone())
            })
            .await
    }

    pub async fn customer_party(&self, account: &AccountId) -> Result<Option<Party>> {
        let account = account.clone();
        Ok(self.db().read(move |tx| tx.party(Whose::Customer(&account))).await?)
    }

    /// Sets whom invoices are for. Orders that exist keep the tax that they were made with.
    pub async fn set_customer_party(&self, account: &AccountId, wish: &PartyWish) -> Result<Party> {
        let (party, account) = (wish.read()?, account.clone());
        self.db()
            .write(move |tx| {
                tx.set_party(Whose::Customer(&account), &party)?;
                Ok(party.clone())
            })
            .await
    }
}
