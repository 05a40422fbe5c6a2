//! The address that invoices name, as programs read and write it: the shop's, or a customer's.

use domain::gst::Gstin;
use domain::party::Party;
use engine::party::PartyWish;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = BillingAddress)]
pub(crate) struct PartyShape {
    name: String,
    street: String,
    city: String,
    postcode: String,
    /// A state of India by its code for the tax, or a country's two letters.
    #[schema(example = "IN-27")]
    place: String,
    #[schema(example = "27AAPFU0939F1ZV")]
    gstin: Option<String>,
}

impl From<Party> for PartyShape {
    fn from(party: Party) -> PartyShape {
        PartyShape {
            gstin: party.gstin.as_ref().map(Gstin::as_str).map(str::to_owned),
            place: party.place.to_string(),
            name: party.name,
            street: party.street,
            city: party.city,
            postcode: party.postcode,
        }
    }
}

impl From<PartyShape> for PartyWish {
    fn from(sent: PartyShape) -> PartyWish {
        let PartyShape { name, street, city, postcode, place, gstin } = sent;
        PartyWish { name, street, city, postcode, place, gstin }
    }
}
