//! What a sync would do, before somebody approves of it; and what it did.

use askama::Template;

use crate::language::Language;
use crate::view::account::Badge;
use crate::view::{Frame, Here, Sample, Tone};

/// The answer to `/admin/ipStock/sync`
#[derive(Clone, Debug, Template)]
#[template(path = "admin/sync.html")]
pub struct SyncPage {
    pub frame: Frame,
    pub provider: String,
    /// Nothing where the provider's list could not be used.
    pub diff: Option<Diff>,
    /// Those whose shelf staff fill: they have no list.
    pub by_hand: Vec<String>,
    pub refused: Option<String>,
}

#[derive(Clone, Debug)]
pub struct Diff {
    /// What somebody approves of with one press; nothing once it was done.
    pub approve: Option<String>,
    pub fetched: usize,
    pub took_ms: u64,
    /// How many entries got which action.
    pub counts: Vec<(String, u64)>,
    /// What keeps a sync from doing more, in words.
    pub guards: Vec<String>,
    /// Entries that change; unchanged ones are only counted.
    pub rows: Vec<Change>,
    /// More than are shown.
    pub more: usize,
}

#[derive(Clone, Debug)]
pub struct Change {
    pub action: Badge,
    /// Where the product is shown; nothing while it is not made.
    pub url: Option<String>,
    pub name: String,
    pub was_name: Option<String>,
    pub pid: String,
    pub stock: i64,
    pub was_stock: Option<i64>,
    /// Whether it turns up in the shop or goes from it.
    pub turns: Option<&'static str>,
    pub why: String,
}

/// An action's word with its colour.
pub fn action_badge(action: &str) -> Badge {
    let tone = match action {
        "created" | "re-enabled" => Tone::Good,
        "updated" | "fixed" => Tone::Sea,
        "disabled" => Tone::Warn,
        "held" => Tone::Bad,
        _ => Tone::Plain,
    };
    Badge::of(tone, action)
}

impl Change {
    fn sample(action: &str, name: &str, why: &str) -> Change {
        Change {
            action: action_badge(action),
            url: Some("/admin/ipStock/prd_01J9ZQ4V7M8N2K6T3B5C7D9E1F".into()),
            name: name.into(),
            was_name: None,
            pid: "6".into(),
            stock: 12,
            was_stock: None,
            turns: None,
            why: why.into(),
        }
    }
}

impl Diff {
    fn sample() -> Diff {
        let new = Change { url: None, ..Change::sample("created", "103.83.x", "") };
        let renamed = Change {
            was_name: Some("103.195".into()),
            ..Change::sample("fixed", "103.195 (Gold)", "")
        };
        let gone = Change {
            stock: 0,
            was_stock: Some(30),
            turns: Some("off sale"),
            ..Change::sample("disabled", "103.15.xx", "not in the list any more")
        };
        let held = Change {
            turns: Some("off sale"),
            ..Change::sample(
                "held",
                "103.47. 59.XX",
                "missing from the provider's list together with too many others",
            )
        };
        Diff {
            approve: Some("3b7f".into()),
            fetched: 20,
            took_ms: 84,
            counts: vec![("created".into(), 1), ("disabled".into(), 1), ("unchanged".into(), 18)],
            guards: vec![
                "New entries are sold at ₹699 for 4GB until staff change that.".into(),
                "6 of 24 entries are missing from the list.".into(),
            ],
            rows: vec![new, renamed, gone, held],
            more: 7,
        }
    }
}

impl Sample for SyncPage {
    fn samples(_: Language) -> Vec<(&'static str, SyncPage)> {
        let look = SyncPage {
            frame: Frame::staff_sample("Sync", Here::StaffStock),
            provider: "smartvps".into(),
            diff: Some(Diff::sample()),
            by_hand: vec!["Frankfurt rack".into()],
            refused: None,
        };
        let with = |diff: Diff| SyncPage { diff: Some(diff), ..look.clone() };
        let done = with(Diff { approve: None, more: 0, ..Diff::sample() });
        let why = "A sync would do something else by now than you were shown.";
        let refused = SyncPage { refused: Some(why.into()), ..look.clone() };
        let nothing = with(Diff {
            rows: vec![],
            counts: vec![("unchanged".into(), 20)],
            guards: vec![],
            more: 0,
            ..Diff::sample()
        });
        let why = "Could not reach smartvps: connection refused.";
        let failed = SyncPage { diff: None, refused: Some(why.into()), ..look.clone() };
        vec![
            ("look", look),
            ("done", done),
            ("refused", refused),
            ("nothing", nothing),
            ("failed", failed),
        ]
    }
}
