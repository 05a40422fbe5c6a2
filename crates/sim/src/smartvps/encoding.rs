//! The vendor's ways of wrapping a text: plain, in a JSON string, in two, in one too many quotes.

use serde::{Deserialize, Serialize};

/// How a text is wrapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// As it is.
    Plain,
    /// As the content of a JSON string.
    #[default]
    InString,
    /// A JSON string inside a JSON string.
    Triple,
    /// A JSON string in one more pair of quotes, which is no JSON any more.
    Quoted,
}

impl Encoding {
    pub const ALL: [Encoding; 4] =
        [Encoding::Plain, Encoding::InString, Encoding::Triple, Encoding::Quoted];

    pub fn wrap(self, text: &str) -> String {
        let in_string = |text: &str| serde_json::Value::from(text).to_string();
        match self {
            Encoding::Plain => text.to_owned(),
            Encoding::InString => in_string(text),
            Encoding::Triple => in_string(&in_string(text)),
            Encoding::Quoted => format!("\"{}\"", in_string(text)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_wrapped_in_four_ways() {
        let text = r#"{"a":"b"}"#;
        assert_eq!(Encoding::Plain.wrap(text), text);
        assert_eq!(Encoding::InString.wrap(text), r#""{\"a\":\"b\"}""#);
        assert_eq!(Encoding::Triple.wrap(text), r#""\"{\\\"a\\\":\\\"b\\\"}\"""#);
        assert_eq!(Encoding::Quoted.wrap(text), r#"""{\"a\":\"b\"}"""#);
    }
}
