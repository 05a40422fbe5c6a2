//! Setting up a second factor, and the codes for when its device is lost.

use askama::Template;

use crate::language::Language;
use crate::view::square::Square;
use crate::view::{Field, Frame, Here, Sample};

/// In answer to the press that begins it.
#[derive(Clone, Debug, Template)]
#[template(path = "account/second_factor.html")]
pub struct SetUp {
    pub frame: Frame,
    pub square: Option<Square>,
    /// In groups of four letters.
    pub secret: String,
    pub code: Field,
}

/// Recovery codes, shown once.
#[derive(Clone, Debug, Template)]
#[template(path = "account/codes.html")]
pub struct Codes {
    pub frame: Frame,
    pub codes: Vec<String>,
}

impl Sample for SetUp {
    fn samples(language: Language) -> Vec<(&'static str, SetUp)> {
        let uri = "otpauth://totp/shop.example.com:asha@example.com\
             ?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=shop.example.com";
        let fresh = SetUp {
            frame: Frame::spoken_sample(language, "factor-title", Here::Account),
            square: Square::of(uri),
            secret: "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ".into(),
            code: Field::default(),
        };
        let code = Field::wrong_code_sample(language);
        vec![("wrong", SetUp { code, ..fresh.clone() }), ("fresh", fresh)]
    }
}

impl Sample for Codes {
    fn samples(language: Language) -> Vec<(&'static str, Codes)> {
        let frame = Frame::spoken_sample(language, "codes-title", Here::Account);
        let code = |number| format!("GEZD-GNBV-GY3T-QOJ{number}");
        vec![("ten", Codes { frame, codes: (2..8).chain(2..6).map(code).collect() })]
    }
}
