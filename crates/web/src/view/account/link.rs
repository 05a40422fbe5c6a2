//! Pages that links in mails lead to, and the one that asks for such a mail.

use askama::Template;

use crate::language::Language;
use crate::view::{Field, Frame, Here, Sample};

/// `/verify`
#[derive(Clone, Debug, Template)]
#[template(path = "account/verify.html")]
pub struct Verify {
    pub frame: Frame,
    /// None: the link was used, or is too old.
    pub token: Option<String>,
}

/// `/forgot`
#[derive(Clone, Debug, Template)]
#[template(path = "account/forgot.html")]
pub struct Forgot {
    pub frame: Frame,
    pub email: Field,
    /// Without a mail server no link leaves.
    pub carries_mail: bool,
}

/// `/reset`
#[derive(Clone, Debug, Template)]
#[template(path = "account/reset.html")]
pub struct Reset {
    pub frame: Frame,
    /// None: the link was used, or is too old.
    pub token: Option<String>,
    pub password: Field,
}

impl Sample for Verify {
    fn samples(language: Language) -> Vec<(&'static str, Verify)> {
        let frame = Frame::spoken_sample(language, "verify-title", Here::Login).for_nobody();
        let good = Verify { frame, token: Some("8c1f".into()) };
        vec![("over", Verify { token: None, ..good.clone() }), ("good", good)]
    }
}

impl Sample for Forgot {
    fn samples(language: Language) -> Vec<(&'static str, Forgot)> {
        let frame = Frame::spoken_sample(language, "password-new-title", Here::Login).for_nobody();
        let blank = Forgot { frame, email: Field::default(), carries_mail: true };
        let email = Field::wrong_email_sample(language);
        let wrong = Forgot { email, carries_mail: false, ..blank.clone() };
        vec![("blank", blank), ("wrong", wrong)]
    }
}

impl Sample for Reset {
    fn samples(language: Language) -> Vec<(&'static str, Reset)> {
        let frame = Frame::spoken_sample(language, "password-new-title", Here::Login).for_nobody();
        let good = Reset { frame, token: Some("8c1f".into()), password: Field::default() };
        let wrong = Reset { password: Field::short_password_sample(language), ..good.clone() };
        vec![("over", Reset { token: None, ..good.clone() }), ("wrong", wrong), ("good", good)]
    }
}
