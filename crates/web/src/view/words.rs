//! Words of our own books as people read them: slugs of deeds and of alerts, and details that
//! programs wrote down.

use serde_json::Value;

/// A slug as a label: `order-stopped` is "Order stopped".
pub fn in_words(slug: &str) -> String {
    let mut words = String::with_capacity(slug.len() + 4);
    for (at, letter) in slug.chars().enumerate() {
        match letter {
            '-' | '_' => words.push(' '),
            letter if at == 0 => words.extend(letter.to_uppercase()),
            // Programs write `lastSync` where people write two words.
            letter if letter.is_ascii_uppercase() => {
                words.push(' ');
                words.push(letter.to_ascii_lowercase());
            }
            letter => words.push(letter),
        }
    }
    words
}

/// A detail of the audit: a sentence, or facts each with its name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Detail {
    Text(String),
    Facts(Vec<(String, String)>),
}

impl Detail {
    pub fn of(written: &str) -> Detail {
        match serde_json::from_str(written) {
            Ok(Value::Object(facts)) => {
                let fact = |(name, value): (&String, &Value)| (in_words(name), plain(value));
                Detail::Facts(facts.iter().map(fact).collect())
            }
            _ => Detail::Text(written.to_owned()),
        }
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => "none".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        Value::Array(all) if all.is_empty() => "none".to_owned(),
        Value::Array(all) => all.iter().map(plain).collect::<Vec<_>>().join(", "),
        Value::Object(facts) => {
            let fact = |(name, value): (&String, &Value)| format!("{name} {}", plain(value));
            facts.iter().map(fact).collect::<Vec<_>>().join(", ")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_read_as_words() {
        assert_eq!(in_words("end-sessions-of-customer"), "End sessions of customer");
        assert_eq!(in_words("low-stock-5"), "Low stock 5");
        assert_eq!(in_words("reEnabled"), "Re enabled");
        assert_eq!(in_words("master_key"), "Master key");
        assert_eq!(in_words(""), "");
    }

    #[test]
    fn what_a_program_wrote_down_is_told_as_facts_and_a_sentence_stays_one() {
        let told = Detail::of(r#"{"fetched": 9, "held": [], "gone": ["a", "b"], "dry": false}"#);
        let facts = [("Dry", "no"), ("Fetched", "9"), ("Gone", "a, b"), ("Held", "none")];
        let facts = facts.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(told, Detail::Facts(facts.to_vec()));
        for text in ["the customer agreed", "", "12", "\"quoted\"", "{half"] {
            assert_eq!(Detail::of(text), Detail::Text(text.to_owned()));
        }
    }
}
