//! The form of an address for invoices, as it was sent, for both pages that have one.
//! Not for what it decides: the engine reads it.

use engine::party::{Part, PartyWish};
use serde::Deserialize;

use crate::language::Language;
use crate::view::Field;
use crate::view::party::{PartyForm, states};

#[derive(Debug, Deserialize)]
pub(crate) struct PartySent {
    name: String,
    street: String,
    city: String,
    postcode: String,
    /// Empty: abroad.
    state: String,
    country: String,
    gstin: String,
}

impl PartySent {
    pub fn wish(&self) -> PartyWish {
        let country = self.country.trim().to_ascii_uppercase();
        PartyWish {
            name: self.name.clone(),
            street: self.street.clone(),
            city: self.city.clone(),
            postcode: self.postcode.clone(),
            place: if self.state.is_empty() { country } else { self.state.clone() },
            gstin: Some(self.gstin.clone()),
        }
    }

    /// The form again, with what was wrong beside each line.
    pub fn refused(&self, language: Language) -> PartyForm {
        let mut form = PartyForm {
            name: Field::of(&self.name),
            street: Field::of(&self.street),
            city: Field::of(&self.city),
            postcode: Field::of(&self.postcode),
            states: states(&self.state, language),
            country: Field::of(&self.country),
            gstin: Field::of(&self.gstin),
        };
        for (part, error) in self.wish().wrong_parts() {
            let line = || language.fuller("party-wrong-line", &error);
            let (field, text) = match part {
                Part::Name => (&mut form.name, line()),
                Part::Street => (&mut form.street, line()),
                Part::City => (&mut form.city, line()),
                Part::Postcode => (&mut form.postcode, line()),
                Part::Place => (&mut form.country, language.say("party-wrong-place")),
                Part::Gstin => (&mut form.gstin, language.fuller("party-wrong-gstin", &error)),
            };
            field.error = Some(text);
        }
        form
    }
}
