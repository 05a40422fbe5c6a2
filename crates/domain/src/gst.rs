//! Places of supply as India's goods and services tax counts them, and the numbers that it gives
//! to traders. Not for rates: those are the owner's.

use std::fmt;

/// A state or union territory, by the code of two digits that a GSTIN begins with.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct State(&'static str, &'static str);

/// Codes and names as the tax administration lists them.
const STATES: [(&str, &str); 38] = [
    ("01", "Jammu and Kashmir"),
    ("02", "Himachal Pradesh"),
    ("03", "Punjab"),
    ("04", "Chandigarh"),
    ("05", "Uttarakhand"),
    ("06", "Haryana"),
    ("07", "Delhi"),
    ("08", "Rajasthan"),
    ("09", "Uttar Pradesh"),
    ("10", "Bihar"),
    ("11", "Sikkim"),
    ("12", "Arunachal Pradesh"),
    ("13", "Nagaland"),
    ("14", "Manipur"),
    ("15", "Mizoram"),
    ("16", "Tripura"),
    ("17", "Meghalaya"),
    ("18", "Assam"),
    ("19", "West Bengal"),
    ("20", "Jharkhand"),
    ("21", "Odisha"),
    ("22", "Chhattisgarh"),
    ("23", "Madhya Pradesh"),
    ("24", "Gujarat"),
    ("26", "Dadra and Nagar Haveli and Daman and Diu"),
    ("27", "Maharashtra"),
    ("29", "Karnataka"),
    ("30", "Goa"),
    ("31", "Lakshadweep"),
    ("32", "Kerala"),
    ("33", "Tamil Nadu"),
    ("34", "Puducherry"),
    ("35", "Andaman and Nicobar Islands"),
    ("36", "Telangana"),
    ("37", "Andhra Pradesh"),
    ("38", "Ladakh"),
    ("97", "Other Territory"),
    ("99", "Centre Jurisdiction"),
];

impl State {
    pub fn all() -> impl Iterator<Item = State> {
        STATES.into_iter().map(|(code, name)| State(code, name))
    }

    pub fn parse(code: &str) -> Option<State> {
        State::all().find(|state| state.0 == code)
    }

    pub const fn code(self) -> &'static str {
        self.0
    }

    pub const fn name(self) -> &'static str {
        self.1
    }
}

/// Where something is supplied.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Place {
    /// In India.
    State(State),
    /// Another country, by the two letters of ISO 3166.
    Abroad([u8; 2]),
}

impl Place {
    /// Reads `IN-27` or `US`, as `Display` writes them.
    pub fn parse(text: &str) -> Option<Place> {
        if let Some(code) = text.strip_prefix("IN-") {
            return State::parse(code).map(Place::State);
        }
        match text.as_bytes() {
            [a, b] if text != "IN" && [a, b].iter().all(|byte| byte.is_ascii_uppercase()) => {
                Some(Place::Abroad([*a, *b]))
            }
            _ => None,
        }
    }

    /// As people read it.
    pub fn name(self) -> String {
        match self {
            Place::State(state) => state.name().to_owned(),
            Place::Abroad(_) => self.to_string(),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::State(state) => write!(f, "IN-{}", state.code()),
            Place::Abroad([a, b]) => write!(f, "{}{}", char::from(*a), char::from(*b)),
        }
    }
}

/// A trader's number, whose last sign checks the others.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Gstin(String);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAGstin {
    #[error("a GSTIN has 15 letters and digits, such as 27AAPFU0939F1ZV")]
    Shape,
    #[error("a GSTIN begins with its state's code, and there is no state {0}")]
    State(String),
    #[error("this GSTIN's last sign does not fit the others; look for a slip")]
    Check,
}

impl Gstin {
    pub fn parse(text: &str) -> Result<Gstin, NotAGstin> {
        let text = text.trim().to_ascii_uppercase();
        let values: Vec<u32> = text.chars().filter_map(|sign| sign.to_digit(36)).collect();
        if text.len() != 15 || values.len() != 15 {
            return Err(NotAGstin::Shape);
        }
        if State::parse(&text[..2]).is_none() {
            return Err(NotAGstin::State(text[..2].to_owned()));
        }
        let sum: u32 = values[..14]
            .iter()
            .enumerate()
            .map(|(at, value)| value * if at % 2 == 0 { 1 } else { 2 })
            .map(|product| product / 36 + product % 36)
            .sum();
        if (36 - sum % 36) % 36 != values[14] {
            return Err(NotAGstin::Check);
        }
        Ok(Gstin(text))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The state that it begins with.
    pub fn state(&self) -> Option<State> {
        State::parse(&self.0[..2])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_back_as_it_was_written() {
        for text in ["IN-27", "IN-97", "US", "AE"] {
            assert_eq!(Place::parse(text).map(|place| place.to_string()).as_deref(), Some(text));
        }
        for text in ["IN", "IN-28", "in-27", "USA", ""] {
            assert_eq!(Place::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_slip_in_a_gstin_is_noticed() {
        let good = "27AAPFU0939F1ZV";
        assert_eq!(Gstin::parse(good).unwrap().state().unwrap().name(), "Maharashtra");
        assert_eq!(Gstin::parse(" 27aapfu0939f1zv ").unwrap().as_str(), good);
        assert_eq!(Gstin::parse("27AAPFU0939F1ZW"), Err(NotAGstin::Check));
        assert_eq!(Gstin::parse("27AAPFU0993F1ZV"), Err(NotAGstin::Check));
        assert_eq!(Gstin::parse("00AAPFU0939F1ZV"), Err(NotAGstin::State("00".into())));
        assert_eq!(Gstin::parse("27AAPFU0939F1Z"), Err(NotAGstin::Shape));
        assert_eq!(Gstin::parse("27AAPFU0939F1Z€"), Err(NotAGstin::Shape));
    }

    #[test]
    fn fifteen_signs_with_something_between_them_are_no_gstin() {
        assert_eq!(Gstin::parse("27AAPFU0939F1ZV-"), Err(NotAGstin::Shape));
        assert_eq!(Gstin::parse("27AAPFU-0939F1Z"), Err(NotAGstin::Shape));
    }
}
