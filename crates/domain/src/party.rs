//! Who an invoice is from, or for.

use crate::gst::{Gstin, Place};

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Party {
    pub name: String,
    pub street: String,
    pub city: String,
    pub postcode: String,
    /// A state of India, or another country.
    pub place: Place,
    pub gstin: Option<Gstin>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the GSTIN {gstin} belongs to {state}, and the address is in {place}")]
pub struct OtherState {
    gstin: String,
    state: String,
    place: String,
}

impl Party {
    /// A trader's number begins with the state that it trades in.
    pub fn check(&self) -> Result<(), OtherState> {
        let Some(gstin) = &self.gstin else { return Ok(()) };
        let state = gstin.state().map(Place::State);
        if state == Some(self.place) {
            return Ok(());
        }
        Err(OtherState {
            gstin: gstin.as_str().to_owned(),
            state: state.map_or_else(|| "no state".to_owned(), Place::name),
            place: self.place.name(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gstin_of_another_state_is_noticed() {
        let in_state = |place: &str| Party {
            name: "Ada Traders".into(),
            street: "1 Marine Drive".into(),
            city: "Mumbai".into(),
            postcode: "400001".into(),
            place: Place::parse(place).unwrap(),
            gstin: Gstin::parse("27AAPFU0939F1ZV").ok(),
        };
        assert_eq!(in_state("IN-27").check(), Ok(()));
        let text = in_state("IN-29").check().unwrap_err().to_string();
        assert_eq!(
            text,
            "the GSTIN 27AAPFU0939F1ZV belongs to Maharashtra, and the address is in Karnataka"
        );
    }
}
