//! One's own account.

use askama::Template;

use crate::language::Language;
use crate::view::frame::sample_time;
use crate::view::when::Moment;
use crate::view::{Field, Frame, Here, Sample};

/// `/account`
#[derive(Clone, Debug, Template)]
#[template(path = "account/own.html")]
pub struct Own {
    pub frame: Frame,
    pub name: Field,
    /// Another address.
    pub email: Field,
    /// The password there is, and the one to come.
    pub current: Field,
    pub password: Field,
    /// How many recovery codes are left; none: there is no second factor.
    pub factor: Option<i64>,
    /// The shop asks staff for one, and this one has none.
    pub is_needed: bool,
    pub code: Field,
    pub sessions: Vec<Session>,
}

/// One browser that is signed in.
#[derive(Clone, Debug)]
pub struct Session {
    pub id: String,
    pub device: String,
    pub address: String,
    pub began: Moment,
    pub seen: Moment,
    pub is_this_one: bool,
}

impl Sample for Own {
    fn samples(language: Language) -> Vec<(&'static str, Own)> {
        let frame = Frame::spoken_sample(language, "account-title", Here::Account);
        let session = |id: &str, device: &str, address: &str, is_this_one| Session {
            id: id.into(),
            device: device.into(),
            address: address.into(),
            began: frame.time(sample_time("09:12:00")),
            seen: frame.time(sample_time("14:01:00")),
            is_this_one,
        };
        let sessions = vec![
            session("ses_1", "Firefox, Linux", "203.0.113.7", true),
            session("ses_2", "Safari, iPhone", "2001:db8:12:34::1", false),
        ];
        let whole = Own {
            name: Field::of("Asha Menon"),
            email: Field::default(),
            current: Field::default(),
            password: Field::default(),
            factor: None,
            is_needed: false,
            code: Field::default(),
            sessions: sessions.clone(),
            frame,
        };
        let wrong = Own {
            frame: whole.frame.clone().unverified(),
            name: Field::wrong("", language.refusal("invalid-text", "the name is missing")),
            email: Field::wrong_email_sample(language),
            current: Field::wrong_proof_sample(language),
            password: Field::short_password_sample(language),
            factor: Some(2),
            is_needed: false,
            code: Field::wrong_code_sample(language),
            sessions: sessions.into_iter().take(1).collect(),
        };
        let needed = Own { is_needed: true, ..whole.clone() };
        let acting = Own { frame: whole.frame.clone().acting(), ..whole.clone() };
        vec![("whole", whole), ("wrong", wrong), ("needed", needed), ("acting", acting)]
    }
}
