//! The staff's first page, as it looks: what needs a person, the money of the day, and how the shop
//! stands.

use askama::Template;

use super::{Alert, Attention, Count, STAGES, Switches};
use crate::language::Language;
use crate::view::account::Badge;
use crate::view::frame::sample_time;
use crate::view::when::Moment;
use crate::view::{Frame, Here, Sample, Tone};

/// `/admin`
#[derive(Clone, Debug, Template)]
#[template(path = "admin/home.html")]
pub struct Home {
    pub frame: Frame,
    pub attention: Vec<Attention>,
    pub more_attention: i64,
    /// Where whoever looks may know what the shop earns.
    pub money: Option<Money>,
    pub alerts: Vec<Alert>,
    pub more_alerts: i64,
    pub stages: Vec<Count>,
    pub strays: i64,
    pub stray_cost: String,
    /// Each level of low stock, and how many packages fell to it.
    pub low_stock: Vec<(String, i64)>,
    pub health: Vec<Health>,
    pub switches: Switches,
}

/// The money of the day so far.
#[derive(Clone, Debug)]
pub struct Money {
    /// The moment that it is of; nothing while it is counted for the first time.
    pub counted: Option<Moment>,
    /// In each currency.
    pub days: Vec<Day>,
}

#[derive(Clone, Debug)]
pub struct Day {
    pub taken: String,
    pub returned: String,
    /// Now, to customers of orders that wait for it.
    pub owed: String,
    /// It is more than nothing.
    pub owes: bool,
    pub earned: String,
}

/// One thing that the shop stands on.
#[derive(Clone, Debug)]
pub struct Health {
    pub what: String,
    pub state: Badge,
    pub more: String,
}

impl Health {
    fn sample((what, tone, state, more): (&str, Tone, &str, &str)) -> Health {
        Health { what: what.into(), state: Badge::of(tone, state), more: more.into() }
    }

    fn samples(provider: (Tone, &str)) -> Vec<Health> {
        let list = "list heard 22 s ago, last sync 3 min ago";
        let jobs = "4 jobs, what is due waits 0.02 s at most";
        let rows = [
            ("smartvps", provider.0, provider.1, list),
            ("cashfree, upi", Tone::Warn, "2 payments unanswered", "no webhook waits"),
            ("Queue", Tone::Good, "works", jobs),
            ("Mail", Tone::Good, "leaves", "0 to send"),
        ];
        rows.map(Health::sample).into()
    }
}

impl Sample for Home {
    fn samples(_: Language) -> Vec<(&'static str, Home)> {
        let count = |at: usize, count| {
            let (word, label, tone) = STAGES[at];
            Count { word: word.into(), label: label.into(), count, tone }
        };
        let frame = Frame::staff_sample("Staff", Here::Staff);
        let day = Day {
            taken: "₹1,28,430".into(),
            returned: "₹999".into(),
            owed: "₹1,998".into(),
            owes: true,
            earned: "₹31,207.50".into(),
        };
        let paused = "the provider answered 401: our credentials were refused";
        let busy = Home {
            attention: vec![
                Attention::sample("ORD-7KQ2MX4TBN", "wrong-server", true),
                Attention::sample("ORD-4CIYNGEQK6", "unheard", false),
            ],
            more_attention: 4,
            money: Some(Money {
                counted: Some(frame.time(sample_time("14:03:00"))),
                days: vec![day.clone(), Day { owed: "$0".into(), owes: false, ..day }],
            }),
            alerts: Alert::samples(),
            more_alerts: 3,
            stages: vec![count(0, 3), count(2, 1), count(3, 1), count(7, 1)],
            strays: 2,
            stray_cost: "₹1,198".into(),
            low_stock: vec![("5".into(), 2), ("10".into(), 7)],
            health: Health::samples((Tone::Bad, "paused")),
            switches: Switches {
                may_switch: true,
                provider: "smartvps".into(),
                paused: Some(paused.into()),
                ..Switches::default()
            },
            frame,
        };
        let calm = Home {
            attention: vec![],
            more_attention: 0,
            money: None,
            alerts: vec![],
            more_alerts: 0,
            stages: vec![],
            strays: 0,
            stray_cost: String::new(),
            low_stock: vec![],
            health: Health::samples((Tone::Good, "buys")),
            switches: Switches {
                may_switch: true,
                provider: "smartvps".into(),
                ..Switches::default()
            },
            ..busy.clone()
        };
        vec![("busy", busy), ("calm", calm)]
    }
}
