//! What mails say, for staff who change it: the list of texts, and one with its versions and as the
//! mail would read.

use askama::Template;

use crate::language::Language;
use crate::view::admin::remedies::Letter;
use crate::view::when::Moment;
use crate::view::{Field, Frame, Here, Sample};

/// `/admin/mails/texts`
#[derive(Clone, Debug, Template)]
#[template(path = "admin/mails/texts.html")]
pub struct List {
    pub frame: Frame,
    pub rows: Vec<Row>,
}

#[derive(Clone, Debug)]
pub struct Row {
    pub address: String,
    pub what: String,
    pub language: String,
    pub subject: String,
    /// Staff have it say something of their own.
    pub is_own: bool,
}

/// `/admin/mails/texts/{id}`
#[derive(Clone, Debug, Template)]
#[template(path = "admin/mails/text.html")]
pub struct TextForm {
    pub frame: Frame,
    pub address: String,
    pub what: String,
    pub language: Language,
    pub subject: Field,
    pub heading: Field,
    pub body: Field,
    /// Why it cannot be taken, and what to do.
    pub refused: Option<String>,
    /// The number of the version that was seen.
    pub seen: i64,
    pub is_own: bool,
    /// Each with what the sample has there, and whether a text needs it.
    pub placeholders: Vec<Placeholder>,
    /// What is in the form as the mail would read, and whether it holds already.
    pub letter: Option<Letter>,
    pub is_saved: bool,
    pub versions: Vec<Version>,
}

#[derive(Clone, Debug)]
pub struct Placeholder {
    pub name: &'static str,
    pub example: String,
    pub is_needed: bool,
}

/// What it said from some moment on.
#[derive(Clone, Debug)]
pub struct Version {
    pub at: Moment,
    pub actor: String,
    /// Nothing: what came with the program.
    pub words: Option<(String, String, String)>,
}

impl Sample for List {
    fn samples(_: Language) -> Vec<(&'static str, List)> {
        let row = |address: &str, what: &str, language: &str, subject: &str, is_own| Row {
            address: address.into(),
            what: what.into(),
            language: language.into(),
            subject: subject.into(),
            is_own,
        };
        let rows = vec![
            row("ordered", "An order was made", "English", "We have your order ({number})", false),
            row("paid", "It was paid", "English", "{price} is here, thank you", true),
            row("paid.hi", "It was paid", "हिन्दी", "धन्यवाद: {price} मिल गए", false),
        ];
        let frame = Frame::staff_sample("Mail texts", Here::StaffMailTexts);
        vec![("all", List { frame, rows })]
    }
}

impl Sample for TextForm {
    fn samples(_: Language) -> Vec<(&'static str, TextForm)> {
        let frame = Frame::staff_sample("It was paid", Here::StaffMailTexts);
        let placeholder = |name, example: &str, is_needed| Placeholder {
            name,
            example: example.into(),
            is_needed,
        };
        let at = frame.time(frame.now);
        let said = ("{price} is here".into(), "Thank you".into(), "{price} has arrived.".into());
        let own = TextForm {
            address: "paid".into(),
            what: "It was paid".into(),
            language: Language::default(),
            subject: Field::of("{price} is here, thank you"),
            heading: Field::of("Thank you: {price} has arrived"),
            body: Field::of("You ordered {product} (Package ID: {package}).\n\nWe buy it now."),
            refused: None,
            seen: 2,
            is_own: true,
            placeholders: vec![
                placeholder("price", "₹2,643.20", true),
                placeholder("product", "🌊 103.181.91", true),
                placeholder("number", "ORD-7KQ2MX4TBN", false),
            ],
            letter: Some(Letter {
                to: "Asha Menon".into(),
                subject: "₹2,643.20 is here, thank you".into(),
                text: "Thank you: ₹2,643.20 has arrived\n\nHello Asha Menon,\n".into(),
            }),
            is_saved: true,
            versions: vec![
                Version { at: at.clone(), actor: "sue@example.com".into(), words: Some(said) },
                Version { at, actor: "sue@example.com".into(), words: None },
            ],
            frame,
        };
        let why = "{prise} stands for nothing here: take it out, or use one of the list.";
        let refused =
            TextForm { refused: Some(why.into()), letter: None, is_saved: false, ..own.clone() };
        let preview = TextForm { is_saved: false, ..own.clone() };
        let shipped = TextForm { is_own: false, seen: 0, versions: vec![], ..own.clone() };
        vec![("own", own), ("preview", preview), ("refused", refused), ("shipped", shipped)]
    }
}
