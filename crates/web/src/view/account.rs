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
    pub label: &'static str,
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
    fn samples() -> Vec<(&'static str, Login)> {
        let login = Login {
            frame: Frame::sample("Sign in", Here::Login).for_nobody(),
            email: Field::default(),
            refused: None,
            next: "/products/prd_01?memory=8GB".into(),
        };
        let refused = Login {
            email: Field::of("asha@example.com"),
            refused: Some("The email address or the password is wrong.".into()),
            next: String::new(),
            ..login.clone()
        };
        let hindi = Login { frame: login.frame.clone().sample_in("hi"), ..login.clone() };
        vec![("blank", login), ("hindi", hindi), ("refused", refused)]
    }
}

impl Sample for Code {
    fn samples() -> Vec<(&'static str, Code)> {
        let asked = Code {
            frame: Frame::sample("Your code", Here::Login).for_nobody(),
            code: Field::default(),
            next: String::new(),
        };
        let code = Field::wrong("", "This code is wrong, too old, or was used before.");
        vec![("wrong", Code { code, ..asked.clone() }), ("asked", asked)]
    }
}

impl Sample for SignUp {
    fn samples() -> Vec<(&'static str, SignUp)> {
        let blank = SignUp {
            frame: Frame::sample("Sign up", Here::SignUp).for_nobody(),
            name: Field::default(),
            email: Field::default(),
            password: Field::default(),
            refused: None,
            next: "/products/prd_01?memory=8GB".into(),
        };
        let wrong = SignUp {
            name: Field::of("Asha Menon"),
            email: Field::wrong(
                "asha@example",
                "This is not an email address. Write it like a@b.in.",
            ),
            password: Field::wrong("", "Too short. Use at least 10 characters."),
            ..blank.clone()
        };
        let hindi = SignUp { frame: blank.frame.clone().sample_in("hi"), ..blank.clone() };
        vec![("blank", blank), ("hindi", hindi), ("wrong", wrong)]
    }
}

impl Row {
    pub(in crate::view) fn sample(name: &str, status: Badge, address: Option<&str>) -> Row {
        let frame = Frame::sample("", Here::Servers);
        Row {
            id: "ord_01J9ZQ4V7M8N2K6T3B5C7D9E1F".into(),
            number: "ORD-7KQ2MX4TBN".into(),
            name: name.into(),
            memory: "8 GB".into(),
            address: address.map(Into::into),
            status,
            ordered: frame.time(sample_time("14:01:00")),
            left: address.map(|_| "30 days left".into()),
            amount: "₹999".into(),
            is_server: address.is_some(),
        }
    }
}

impl Sample for Servers {
    fn samples() -> Vec<(&'static str, Servers)> {
        let rows = vec![
            Row::sample("🌊 103.181.91", Badge::of(Tone::Good, "Ready"), Some("103.181.91.50")),
            Row::sample("🌊 103.109.18x", Badge::of(Tone::Sea, "Building"), None),
            Row::sample("🌊 103.82.72", Badge::of(Tone::Warn, "A person looks"), None),
            Row::sample("🌊 103.195.160.2", Badge::of(Tone::Plain, "Money goes back"), None),
            Row::sample("🌊 103.184 (Diamond Pro AMD)", Badge::of(Tone::Warn, "To pay"), None),
        ];
        let filter = |(label, is_current)| Filter { label, href: "/my-servers".into(), is_current };
        let filters = [("All", true), ("Ready", false), ("Being built", false), ("Over", false)];
        let list = Servers {
            frame: Frame::sample("My servers", Here::Servers),
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
