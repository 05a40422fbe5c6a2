//! Signing in and up, one's own account, and a customer's own servers.

pub mod keys;
pub mod leave;
pub mod link;
pub mod own;
pub mod prove;
pub mod second_factor;
pub mod wallet;

use askama::Template;

use super::frame::sample_time;
use super::when::Moment;
use super::{Field, Frame, Here, Sample, Tone};
use crate::language::Language;

/// `/login`
#[derive(Clone, Debug, Template)]
#[template(path = "account/login.html")]
pub struct Login {
    pub frame: Frame,
    pub email: Field,
    /// Why it did not work. It never tells whether the account exists.
    pub refused: Option<String>,
    /// Where to go on; empty: the shop.
    pub next: String,
}

/// `/login/code`
#[derive(Clone, Debug, Template)]
#[template(path = "account/code.html")]
pub struct Code {
    pub frame: Frame,
    pub code: Field,
    pub next: String,
}

/// `/signup`
#[derive(Clone, Debug, Template)]
#[template(path = "account/signup.html")]
pub struct SignUp {
    pub frame: Frame,
    pub name: Field,
    pub email: Field,
    pub password: Field,
    pub refused: Option<String>,
    pub next: String,
}

/// `/my-servers`
#[derive(Clone, Debug, Template)]
#[template(path = "account/servers.html")]
pub struct Servers {
    pub frame: Frame,
    pub rows: Vec<Row>,
    pub next: Option<String>,
    pub filters: Vec<Filter>,
    /// What was looked for.
    pub text: String,
    /// The word of the filter; empty: all.
    pub show: String,
}

impl Servers {
    /// Nothing was looked for, and there is nothing.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.text.is_empty() && self.show.is_empty()
    }
}

/// A part of the list that can be asked for.
#[derive(Clone, Debug)]
pub struct Filter {
    pub label: String,
    pub href: String,
    pub is_current: bool,
}

/// One order of a customer, as a line.
#[derive(Clone, Debug)]
pub struct Row {
    pub id: String,
    pub number: String,
    pub name: String,
    pub memory: String,
    /// Only once it was delivered.
    pub address: Option<String>,
    pub status: Badge,
    pub ordered: Moment,
    /// `29 days left`.
    pub left: Option<String>,
    pub amount: String,
    /// A server is there: the line leads to its page, else to the order's.
    pub is_server: bool,
}

/// A state in a word or two, with its colour.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Badge {
    pub tone: Tone,
    pub text: String,
}

impl Badge {
    pub fn of(tone: Tone, text: impl Into<String>) -> Badge {
        Badge { tone, text: text.into() }
    }
}

impl Sample for Login {
    fn samples(language: Language) -> Vec<(&'static str, Login)> {
        let login = Login {
            frame: Frame::spoken_sample(language, "sign-in", Here::Login).for_nobody(),
            email: Field::default(),
            refused: None,
            next: "/products/prd_01?memory=8GB".into(),
        };
        let why = language.refusal("wrong-sign-in", "the email address or the password is wrong");
        let refused = Login {
            email: Field::of("asha@example.com"),
            refused: Some(why),
            next: String::new(),
            ..login.clone()
        };
        vec![("blank", login), ("refused", refused)]
    }
}

impl Sample for Code {
    fn samples(language: Language) -> Vec<(&'static str, Code)> {
        let asked = Code {
            frame: Frame::spoken_sample(language, "code-title", Here::Login).for_nobody(),
            code: Field::default(),
            next: String::new(),
        };
        let code = Field::wrong_code_sample(language);
        vec![("wrong", Code { code, ..asked.clone() }), ("asked", asked)]
    }
}

impl Field {
    /// A code that does not hold, as pages say it.
    pub(in crate::view) fn wrong_code_sample(language: Language) -> Field {
        let why = "this code is wrong, too old, or was used before";
        Field::wrong("", language.refusal("wrong-code", why))
    }

    /// A password that is another one.
    pub(in crate::view) fn wrong_proof_sample(language: Language) -> Field {
        Field::wrong("", language.refusal("wrong-proof", "this is not your password"))
    }

    /// A password that is too short.
    pub(in crate::view) fn short_password_sample(language: Language) -> Field {
        let why = "the password is too short: at least 10 characters";
        Field::wrong("", language.refusal("unacceptable-password", why))
    }

    /// An address that is none.
    pub(in crate::view) fn wrong_email_sample(language: Language) -> Field {
        let why = "the email address needs a domain after the @";
        Field::wrong("asha@example", language.refusal("invalid-email", why))
    }
}

impl Sample for SignUp {
    fn samples(language: Language) -> Vec<(&'static str, SignUp)> {
        let blank = SignUp {
            frame: Frame::spoken_sample(language, "sign-up", Here::SignUp).for_nobody(),
            name: Field::default(),
            email: Field::default(),
            password: Field::default(),
            refused: None,
            next: "/products/prd_01?memory=8GB".into(),
        };
        let wrong = SignUp {
            name: Field::of("Asha Menon"),
            email: Field::wrong_email_sample(language),
            password: Field::short_password_sample(language),
            ..blank.clone()
        };
        vec![("blank", blank), ("wrong", wrong)]
    }
}

impl Row {
    pub(in crate::view) fn sample(
        language: Language,
        name: &str,
        status: Badge,
        address: Option<&str>,
    ) -> Row {
        let frame = Frame { language, ..Frame::sample("", Here::Servers) };
        Row {
            id: "ord_01J9ZQ4V7M8N2K6T3B5C7D9E1F".into(),
            number: "ORD-7KQ2MX4TBN".into(),
            name: name.into(),
            memory: "8 GB".into(),
            address: address.map(Into::into),
            status,
            ordered: frame.time(sample_time("14:01:00")),
            left: address.map(|_| language.say_with("left-days", "count", 30)),
            amount: "₹999".into(),
            is_server: address.is_some(),
        }
    }
}

impl Sample for Servers {
    fn samples(language: Language) -> Vec<(&'static str, Servers)> {
        let say = |key: &str| language.say(key);
        let row = |name: &str, tone, key: &str, address| {
            Row::sample(language, name, Badge::of(tone, language.say(key)), address)
        };
        let rows = vec![
            row("🌊 103.181.91", Tone::Good, "badge-ready", Some("103.181.91.50")),
            row("🌊 103.109.18x", Tone::Sea, "badge-building", None),
            row("🌊 103.82.72", Tone::Warn, "badge-held", None),
            row("🌊 103.195.160.2", Tone::Plain, "badge-refund", None),
            row("🌊 103.184 (Diamond Pro AMD)", Tone::Warn, "badge-to-pay", None),
        ];
        let filter = |(label, is_current)| Filter { label, href: "/my-servers".into(), is_current };
        let filters = [
            (say("filter-all"), true),
            (say("badge-ready"), false),
            (say("badge-building"), false),
            (say("filter-over"), false),
        ];
        let list = Servers {
            frame: Frame::spoken_sample(language, "frame-servers", Here::Servers),
            rows,
            next: Some("/my-servers?after=1".into()),
            filters: filters.map(filter).to_vec(),
            text: String::new(),
            show: String::new(),
        };
        let empty = Servers { rows: vec![], next: None, ..list.clone() };
        let nothing = Servers { text: "103.99".into(), ..empty.clone() };
        vec![("list", list), ("empty", empty), ("nothing-found", nothing)]
    }
}
