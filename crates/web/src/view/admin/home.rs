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
    pub so_far: Option<SoFar>,
    pub alerts: Vec<Alert>,
    pub more_alerts: i64,
    /// Those about orders that wait for a person: they are listed once.
    pub listed_alerts: i64,
    pub stages: Vec<Count>,
    pub strays: i64,
    pub stray_cost: String,
    /// The lowest level first.
    pub low_stock: Vec<LowStock>,
    pub health: Vec<Health>,
    pub switches: Switches,
}

/// What the day has brought.
#[derive(Clone, Debug)]
pub struct SoFar {
    /// The moment that it is of; nothing while it is counted for the first time.
    pub counted: Option<Moment>,
    pub delivered: Option<i64>,
    /// In each currency; nothing where whoever looks may not know it.
    pub money: Vec<Day>,
}

/// How many packages have no more left than a level.
#[derive(Clone, Debug)]
pub struct LowStock {
    pub level: i64,
    pub count: i64,
    /// How many of them have no more than a lower level.
    pub of_them: Option<(i64, i64)>,
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

impl Day {
    fn sample() -> Day {
        Day {
            taken: "₹1,28,430".into(),
            returned: "₹999".into(),
            owed: "₹1,998".into(),
            owes: true,
            earned: "₹31,207.50".into(),
        }
    }
}

/// One thing that the shop stands on.
#[derive(Clone, Debug)]
pub struct Health {
    pub what: String,
    /// Where more is said of it.
    pub url: Option<String>,
    pub state: Badge,
    pub more: String,
    /// Payments that are open there, and where they are counted.
    pub open: Option<(String, String)>,
}

impl Health {
    fn sample((what, tone, state, more): (&str, Tone, &str, &str)) -> Health {
        let state = Badge::of(tone, state);
        Health { what: what.into(), url: None, state, more: more.into(), open: None }
    }

    fn gateway_sample(what: &str, open: &str, (tone, state): (Tone, &str), more: &str) -> Health {
        let url = format!("/admin/gateways#at-{what}");
        let open = Some((open.to_owned(), url.clone()));
        Health { url: Some(url), open, ..Health::sample((what, tone, state, more)) }
    }

    fn samples(provider: (Tone, &str)) -> Vec<Health> {
        let list = "list heard 22 s ago, last sync 3 min ago";
        let jobs = "4 jobs, what is due waits 0.02 s at most";
        let silent = (Tone::Warn, "silent: sends no webhooks");
        let takes = (Tone::Good, "takes payments");
        vec![
            Health::sample(("smartvps", provider.0, provider.1, list)),
            Health::sample(("Frankfurt rack", Tone::Good, "by hand", "staff deliver")),
            Health::gateway_sample("cashfree", "3 open payments", takes, "last webhook 40 s ago"),
            Health::gateway_sample("upi", "1 open payment", silent, "no webhook yet"),
            Health::sample(("Queue", Tone::Good, "works", jobs)),
            Health::sample(("Mail", Tone::Good, "leaves", "0 to send")),
        ]
    }
}

impl Sample for Home {
    fn samples(_: Language) -> Vec<(&'static str, Home)> {
        let count = |at: usize, count| {
            let (word, label, tone) = STAGES[at];
            Count { word: word.into(), label: label.into(), count, tone }
        };
        let frame = Frame::staff_sample("Staff", Here::Staff);
        let day = Day::sample();
        let paused = "the provider answered 401: our credentials were refused";
        let busy = Home {
            attention: vec![
                Attention::sample("ORD-7KQ2MX4TBN", "wrong-server", true),
                Attention::sample("ORD-4CIYNGEQK6", "unheard", false),
            ],
            more_attention: 4,
            so_far: Some(SoFar {
                counted: Some(frame.time(sample_time("14:03:00"))),
                delivered: Some(31),
                money: vec![day.clone(), Day { owed: "$0".into(), owes: false, ..day }],
            }),
            alerts: Alert::samples(),
            more_alerts: 3,
            listed_alerts: 2,
            stages: vec![count(0, 3), count(2, 1), count(3, 1), count(7, 1)],
            strays: 2,
            stray_cost: "₹1,198".into(),
            low_stock: vec![
                LowStock { level: 5, count: 2, of_them: None },
                LowStock { level: 10, count: 7, of_them: Some((2, 5)) },
            ],
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
            so_far: Some(SoFar { counted: None, delivered: None, money: vec![] }),
            alerts: vec![],
            more_alerts: 0,
            listed_alerts: 0,
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
