//! The page that asks whether it is still the same person.

use askama::Template;

use crate::language::Language;
use crate::view::{Field, Frame, Here, Sample};

/// In place of an answer that asks for a fresh proof.
#[derive(Clone, Debug, Template)]
#[template(path = "account/prove.html")]
pub struct Prove {
    pub frame: Frame,
    pub proof: Field,
    /// Asked for in place of the password.
    pub by_code: bool,
    /// Where they were about to go, and what they were about to send there.
    pub to: String,
    pub kept: Vec<(String, String)>,
}

impl Sample for Prove {
    fn samples(language: Language) -> Vec<(&'static str, Prove)> {
        let asked = Prove {
            frame: Frame::spoken_sample(language, "prove-title", Here::Elsewhere),
            proof: Field::default(),
            by_code: false,
            to: "/orders/ord_01J9ZQ4V7M8N2K6T3B5C7D9E1F/credentials".into(),
            kept: vec![("version".into(), "7".into())],
        };
        let wrong = Prove { proof: Field::wrong_proof_sample(language), ..asked.clone() };
        let code = Prove { by_code: true, ..asked.clone() };
        vec![("asked", asked), ("wrong", wrong), ("code", code)]
    }
}
