//! Every part that pages are put together from, once, in each of its states: to look at, and to be
//! judged. Not a page of the shop: the demo alone shows it.

use askama::Template;

use super::account::wallet::Line;
use super::account::{Badge, Row, Servers};
use super::admin::Alert;
use super::bill::{Bill, BillRow};
use super::block::Block;
use super::build::{Mark, Step};
use super::frame::sample_time;
use super::when::Moment;
use super::{Choice, Field, Frame, Here, Sample, Tone};
use crate::language::Language;

/// `/demo/gallery`
#[derive(Clone, Debug, Template)]
#[template(path = "demo/gallery.html")]
pub struct Gallery {
    pub frame: Frame,
    pub badges: Vec<Badge>,
    pub blocks: Vec<Block>,
    pub at: Moment,
    pub empty: Field,
    pub filled: Field,
    pub wrong: Field,
    pub bill: Bill,
    pub steps: Vec<Step>,
    /// What a lamp can show: its shape and its word.
    pub lamps: [(&'static str, &'static str); 4],
    pub balances: Vec<String>,
    pub lines: Vec<Line>,
    /// Of when figures are that a worker counts, and why newer ones are not there.
    pub as_of: Option<Moment>,
    pub fault: Option<(Moment, String)>,
    /// The wallet's lines are all there are: what leads to more of them is shown once, below.
    pub next: Option<String>,
    pub filters: Vec<Choice>,
    pub rows: Vec<Row>,
    pub troubles: Vec<Alert>,
}

const TONES: [(Tone, &str); 5] = [
    (Tone::Plain, "Over"),
    (Tone::Sea, "Happening"),
    (Tone::Good, "Done"),
    (Tone::Warn, "A person looks"),
    (Tone::Bad, "Went wrong"),
];

impl Gallery {
    pub fn of(frame: Frame) -> Gallery {
        let at = frame.time(sample_time("14:03:00"));
        let step = |(name, mark, sentence): (&'static str, Mark, &str)| {
            let at = (mark == Mark::Done).then(|| at.clone());
            Step { name: name.to_owned(), mark, at, sentence: sentence.to_owned() }
        };
        let steps = [
            ("Done", Mark::Done, "What was done, with its time."),
            ("Happening now", Mark::Now, "What takes how long."),
            ("Held", Mark::Held, "Why, in one honest sentence."),
            ("Still to come", Mark::Later, ""),
            ("Not done", Mark::Off, "It is called off."),
        ];
        let row =
            |label: &str, amount: &str| BillRow { label: label.into(), amount: amount.into() };
        let lists = Servers::samples(frame.language).into_iter();
        Gallery {
            badges: TONES.map(|(tone, text)| Badge::of(tone, text)).to_vec(),
            blocks: ["103.181.91", "103.109.18x", "103.195.160.2"].map(Block::sample).to_vec(),
            empty: Field::default(),
            filled: Field::of("asha@example.com"),
            wrong: Field::wrong("asha", "This is no email address; write it like a@b.in."),
            bill: Bill {
                rows: vec![row("Server", "₹999"), row("IGST 18 %", "₹180")],
                total: "₹1,179".into(),
            },
            steps: steps.map(step).to_vec(),
            lamps: [
                ("running", "Running"),
                ("stopped", "Stopped"),
                ("busy", "Starting"),
                ("unknown", "Nobody knows"),
            ],
            balances: vec!["₹901".into()],
            lines: Line::samples(&frame),
            as_of: Some(at.clone()),
            fault: Some((at.clone(), "the database failed: no space".into())),
            next: None,
            filters: vec![
                Choice { chosen: true, ..Choice::of("/demo/gallery", "All") },
                Choice::of("/demo/gallery", "Ready"),
            ],
            // The first tells of a wrong address, which no customer may see.
            troubles: Alert::samples().split_off(1),
            rows: lists.flat_map(|(_, list)| list.rows).collect(),
            at,
            frame,
        }
    }
}

impl Sample for Gallery {
    fn samples(_: Language) -> Vec<(&'static str, Gallery)> {
        vec![("parts", Gallery::of(Frame::sample("The parts", Here::Demo)))]
    }
}

#[cfg(test)]
mod tests {
    /// What somebody adds to the parts they also show here.
    #[test]
    fn the_gallery_shows_every_part_there_is() {
        let parts = include_str!("../../templates/parts.html");
        let shown = include_str!("../../templates/demo/gallery.html");
        let names: Vec<&str> = parts
            .split("{% macro ")
            .skip(1)
            .map(|rest| rest.split('(').next().unwrap_or_default())
            // One tab of the account's tabs, which are shown whole.
            .filter(|name| *name != "account_tab")
            .collect();
        assert!(names.len() > 10, "{names:?}");
        let used = |name: &&str| {
            let call = format!("parts::{name}");
            shown.contains(&format!("{call}(")) || shown.contains(&format!("call {call}"))
        };
        let missing: Vec<&&str> = names.iter().filter(|name| !used(name)).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }
}
