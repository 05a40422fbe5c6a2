//! Who sells and who buys, as invoices name them, and where both are for the tax.

use domain::gst::{Gstin, Place};
use domain::id::AccountId;
use domain::party::Party;

use crate::db::{Result, Row, StoreError, Tx, Value};

/// Whose address it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Whose<'a> {
    Shop,
    Customer(&'a AccountId),
}

impl Whose<'_> {
    /// What the table knows the shop by is no customer's id.
    fn key(&self) -> &str {
        match self {
            Whose::Shop => "shop",
            Whose::Customer(account) => account.as_str(),
        }
    }
}

impl Tx<'_> {
    pub fn party(&mut self, whose: Whose<'_>) -> Result<Option<Party>> {
        let row = self.lookup(
            "SELECT name, street, city, postcode, place, gstin FROM party WHERE id = $1",
            args![whose.key()],
        )?;
        row.map(|row| read(&row)).transpose()
    }

    pub fn set_party(&mut self, whose: Whose<'_>, party: &Party) -> Result<()> {
        self.later(
            "INSERT INTO party (id, name, street, city, postcode, place, gstin, changed_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, {now}) ON CONFLICT (id) DO UPDATE SET \
             name = excluded.name, street = excluded.street, city = excluded.city, \
             postcode = excluded.postcode, place = excluded.place, gstin = excluded.gstin, \
             changed_at = excluded.changed_at",
            args![
                whose.key(),
                &party.name,
                &party.street,
                &party.city,
                &party.postcode,
                party.place.to_string(),
                party.gstin.as_ref().map(Gstin::as_str),
            ],
        )
    }

    /// Where the shop is and where a customer is, as far as either was told.
    pub fn places(
        &mut self,
        customer: Option<&AccountId>,
    ) -> Result<(Option<Place>, Option<Place>)> {
        let customer: Value = customer.map(AccountId::as_str).into();
        let row = self.lookup(
            "SELECT (SELECT place FROM party WHERE id = 'shop'), \
             (SELECT place FROM party WHERE id = $1)",
            &[customer],
        )?;
        let Some(row) = row else { return Ok((None, None)) };
        let read = |text: Option<&str>| text.map(read_place).transpose();
        Ok((read(row.opt_text(0)?)?, read(row.opt_text(1)?)?))
    }
}

fn bad(why: String) -> StoreError {
    StoreError::Inconsistent { what: "party", why }
}

fn read_place(text: &str) -> Result<Place> {
    Place::parse(text).ok_or_else(|| bad(format!("place {text:?}")))
}

/// A party stands in six columns, always in this order, and first.
pub(crate) fn read(row: &Row) -> Result<Party> {
    let gstin = row.opt_text(5)?.map(Gstin::parse).transpose();
    Ok(Party {
        name: row.text(0)?.into(),
        street: row.text(1)?.into(),
        city: row.text(2)?.into(),
        postcode: row.text(3)?.into(),
        place: read_place(row.text(4)?)?,
        gstin: gstin.map_err(|error| bad(error.to_string()))?,
    })
}
