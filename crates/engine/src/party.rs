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

/// One line of an address.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    Name,
    Street,
    City,
    Postcode,
    Place,
    Gstin,
}

fn wrong(text: impl Into<String>) -> Error {
    Error::invalid("invalid-billing-address", text)
}

impl PartyWish {
    fn read(&self) -> Result<Party> {
        let line = |text: &str, what: &str| wording::line(text, what, LINE_MAX);
        let party = Party {
            place: self.read_place()?,
            gstin: self.read_gstin()?,
            name: line(&self.name, "the name")?,
            street: line(&self.street, "the street")?,
            city: line(&self.city, "the city")?,
            postcode: wording::line(&self.postcode, "the postcode", POSTCODE_MAX)?,
        };
        party.check().map_err(|error| wrong(error.to_string()))?;
        Ok(party)
    }

    fn read_place(&self) -> Result<Place> {
        Place::parse(self.place.trim()).ok_or_else(|| {
            wrong("place must be a state such as IN-27, or a country's two letters such as US")
        })
    }

    fn read_gstin(&self) -> Result<Option<Gstin>> {
        let text = self.gstin.as_deref().map(str::trim).filter(|text| !text.is_empty());
        let gstin = text.map(Gstin::parse).transpose();
        gstin.map_err(|error| wrong(error.to_string()))
    }

    /// Every line that is wrong, with what is wrong with it; none, and the whole can be read.
    pub fn wrong_parts(&self) -> Vec<(Part, Error)> {
        let line = |text: &str, what: &str, most| wording::line(text, what, most).err();
        let mut wrong = vec![
            (Part::Name, line(&self.name, "the name", LINE_MAX)),
            (Part::Street, line(&self.street, "the street", LINE_MAX)),
            (Part::City, line(&self.city, "the city", LINE_MAX)),
            (Part::Postcode, line(&self.postcode, "the postcode", POSTCODE_MAX)),
            (Part::Place, self.read_place().err()),
            (Part::Gstin, self.read_gstin().err()),
        ];
        if wrong.iter().all(|(_, error)| error.is_none()) {
            // What is left is a number of another state.
            wrong.push((Part::Gstin, self.read().err()));
        }
        wrong.into_iter().filter_map(|(part, error)| Some((part, error?))).collect()
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
