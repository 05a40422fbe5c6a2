//! Silences, as staff see them: what is quiet, until when and why; and the form that asks for one.

use askama::Template;

use crate::language::Language;
use crate::view::admin::About;
use crate::view::frame::sample_time;
use crate::view::when::Moment;
use crate::view::{Choice, Field, Frame, Here, Sample};

/// One that lasts.
#[derive(Clone, Debug)]
pub struct Silence {
    pub id: i64,
    pub kind: String,
    /// Nothing: all of the kind.
    pub about: Option<About>,
    pub until: Moment,
    pub reason: String,
    pub set_by: String,
    pub set_at: Moment,
    /// How many open alerts are told to nobody.
    pub open: i64,
}

/// `/admin/alerts/silence`
#[derive(Clone, Debug, Template)]
#[template(path = "admin/silence.html")]
pub struct Ask {
    pub frame: Frame,
    /// The kind in words.
    pub title: String,
    pub kind: String,
    pub subject: String,
    /// This one, or all of its kind.
    pub which: Vec<Choice>,
    pub hours: Vec<Choice>,
    pub reason: Field,
    pub refused: Option<String>,
}

impl Silence {
    pub(super) fn samples(frame: &Frame) -> Vec<Silence> {
        let one = Silence {
            id: 3,
            kind: "Packages new".into(),
            about: Some(About::sample("smartvps", "/admin/ipStock")),
            until: frame.time(sample_time("18:00:00")),
            reason: "the provider renames its packages this afternoon".into(),
            set_by: "sue@example.com".into(),
            set_at: frame.time(sample_time("13:58:00")),
            open: 1,
        };
        let all =
            Silence { id: 4, kind: "Low stock 10".into(), about: None, open: 0, ..one.clone() };
        vec![one, all]
    }
}

impl Sample for Ask {
    fn samples(_: Language) -> Vec<(&'static str, Ask)> {
        let ask = Ask {
            frame: Frame::staff_sample("Silence an alert", Here::StaffAlerts),
            title: "Sync failing".into(),
            kind: "sync-failing".into(),
            subject: "smartvps".into(),
            which: vec![
                Choice::of("this", "only that of smartvps"),
                Choice::of("all", "all of this kind"),
            ],
            hours: vec![Choice::of("1", "1 hour"), Choice::of("24", "1 day")],
            reason: Field::default(),
            refused: None,
        };
        let refused = Ask { refused: Some("Say why: the reason is missing".into()), ..ask.clone() };
        vec![("blank", ask), ("refused", refused)]
    }
}
