//! The demo's panel: make the world outside lie, and see what it really did.
//! Shown only where the world outside is simulated.

use askama::Template;

use super::{Frame, Here, Sample};
use crate::language::Language;

/// `/demo`
#[derive(Clone, Debug, Template)]
#[template(path = "demo/panel.html")]
pub struct Panel {
    pub frame: Frame,
    pub groups: Vec<Group>,
    pub people: Vec<Person>,
    pub links: Vec<Link>,
    pub truth: Truth,
}

/// The part of the panel that moves by itself.
#[derive(Clone, Debug, Template)]
#[template(path = "demo/truth.html")]
pub struct Moving<'a> {
    pub truth: &'a Truth,
}

/// Lies that are told about one thing.
#[derive(Clone, Debug)]
pub struct Group {
    pub title: &'static str,
    pub sentence: &'static str,
    pub lies: Vec<Button>,
    /// Shown at once; the others unfold.
    pub open: bool,
}

/// One lie, as a button.
#[derive(Clone, Debug)]
pub struct Button {
    pub name: String,
    pub sentence: String,
}

/// Somebody to sign in as with one click.
#[derive(Clone, Debug)]
pub struct Person {
    pub email: String,
    pub role: String,
}

#[derive(Clone, Debug)]
pub struct Link {
    pub label: String,
    pub url: String,
}

/// What the simulator knows: the truth, whatever its answers said.
#[derive(Clone, Debug, Default)]
pub struct Truth {
    /// `open`, or how the door is shut.
    pub door: String,
    /// Lies that wait for their request, in words.
    pub waiting: Vec<String>,
    /// Lies that are told every time.
    pub standing: Vec<String>,
    pub permits: u64,
    pub most_per_permit: u64,
    pub sold: u64,
    pub sales: Vec<Sale>,
    /// The simulator does not answer.
    pub silent: bool,
}

/// One server that the simulator really sold.
#[derive(Clone, Debug)]
pub struct Sale {
    pub address: String,
    pub asked_for: String,
    pub from: String,
    pub permit: String,
    pub wrong: bool,
}

impl Sample for Panel {
    fn samples(_: Language) -> Vec<(&'static str, Panel)> {
        let button =
            |name: &str, sentence: &str| Button { name: name.into(), sentence: sentence.into() };
        let buying = Group {
            title: "The next purchase",
            sentence: "Each is told once, by the next purchase.",
            lies: vec![
                button("the-incident", "sell 103.182.44.18, whatever was asked for"),
                button("lost-answer", "sell, then close the connection without a word"),
                button("html", "sell, then answer with an HTML error page"),
                button("slow", "sell, then wait five seconds before answering"),
                button("two-addresses", "sell one server and name two"),
                button("sold-500", "sell, then answer 500"),
                button("refusal", "refuse as out of stock"),
            ],
            open: true,
        };
        let listing = Group {
            title: "The stock list",
            sentence: "Each is told once, by the next look at the list.",
            lies: vec![button("stock-empty", "a list without packages")],
            open: false,
        };
        let sale = |address: &str, wrong| Sale {
            address: address.into(),
            asked_for: "103.181.91".into(),
            from: if wrong { "103.182.44".into() } else { "103.181.91".into() },
            permit: "att_01J9ZQ4V7M8N2K6T3B5C7D9E1F".into(),
            wrong,
        };
        let person = |email: &str, role: &str| Person { email: email.into(), role: role.into() };
        let panel = Panel {
            frame: Frame::sample("The demo's panel", Here::Demo),
            groups: vec![buying, listing],
            people: vec![
                person("customer@demo.example", "customer"),
                person("staff@demo.example", "admin"),
            ],
            links: vec![Link { label: "Mail".into(), url: "http://127.0.0.1:8025".into() }],
            truth: Truth {
                door: "open".into(),
                waiting: vec!["next purchase: sell 103.182.44.18, whatever was asked for".into()],
                standing: vec![],
                permits: 2,
                most_per_permit: 1,
                sold: 2,
                sales: vec![sale("103.182.44.18", true), sale("103.181.91.50", false)],
                silent: false,
            },
        };
        let silent = Panel { truth: Truth { silent: true, ..Truth::default() }, ..panel.clone() };
        vec![("panel", panel), ("silent", silent)]
    }
}
