//! What the shop earns, as staff see it: by month, by provider, by package, and of one order.

use askama::Template;
use domain::money::{Currency, Money};
use domain::profit::Profit;

use crate::language::Language;
use crate::view::when::Moment;
use crate::view::{Frame, Here, Sample};

/// `/admin/profit`
#[derive(Clone, Debug, Template)]
#[template(path = "admin/profit.html")]
pub struct Earnings {
    pub frame: Frame,
    /// The month that is shown, in words and by its name.
    pub month: String,
    pub name: String,
    /// How many servers have no cost yet, in words.
    pub unknown: Option<String>,
    pub as_of: Option<Moment>,
    /// As they were counted last.
    pub figures: Option<Figures>,
    /// A worker counts the month.
    pub is_counting: bool,
    /// When a later count came to nothing, and why.
    pub fault: Option<(Moment, String)>,
    pub months: Vec<Line>,
    /// Months that no worker has come to yet: in words, and where they lead to.
    pub uncounted: Vec<(String, String)>,
}

/// What a month came to.
#[derive(Clone, Debug)]
pub struct Figures {
    pub whole: Vec<Line>,
    pub providers: Vec<Line>,
    /// Those that sold most, and the sum of the others.
    pub packages: Vec<Line>,
}

/// One line of a table: what it is about, and what it came to.
#[derive(Clone, Debug)]
pub struct Line {
    pub what: String,
    /// Where it leads to, for a month.
    pub link: Option<String>,
    pub revenue: String,
    pub cost: String,
    pub goodwill: String,
    pub loss: String,
    pub fees: String,
    pub profit: String,
    pub is_negative: bool,
}

impl Line {
    pub fn of(what: impl Into<String>, profit: &Profit) -> Line {
        let money = |minor| match minor {
            0 => "–".to_owned(),
            minor => Money::new(minor, profit.currency).for_people(),
        };
        let whole = profit.whole();
        Line {
            what: what.into(),
            link: None,
            revenue: money(profit.revenue),
            cost: money(profit.cost),
            goodwill: money(profit.goodwill),
            loss: money(profit.loss),
            fees: money(profit.fees),
            profit: whole.for_people(),
            is_negative: whole.minor < 0,
        }
    }

    pub(super) fn sample(what: &str, revenue: i64, cost: i64, goodwill: i64) -> Line {
        let (revenue, cost) = (revenue * 100, cost * 100);
        let none = Profit::none(Currency::INR);
        Line::of(what, &Profit { revenue, cost, goodwill: goodwill * 100, ..none })
    }
}

impl Sample for Earnings {
    fn samples(_: Language) -> Vec<(&'static str, Earnings)> {
        let linked = |line: Line, to: &str| Line { link: Some(to.into()), ..line };
        let frame = Frame::staff_sample("Profit", Here::StaffProfit);
        let as_of = frame.time(frame.now);
        let figures = Figures {
            whole: vec![Line::sample("November 2026", 128_450, 71_200, 1_240)],
            providers: vec![
                Line::sample("smartvps", 86_570, 49_200, 1_240),
                Line::sample("hand-frankfurt-rack", 41_880, 22_000, 0),
            ],
            packages: vec![
                Line::sample("103.181.91 (PID 123)", 85_900, 47_800, 140),
                Line::sample("G.16GB (PID G.16GB)", 41_880, 22_000, 0),
                Line::sample("103.182.44 (PID 124)", 670, 1_400, 1_100),
            ],
        };
        let months = vec![
            linked(
                Line::sample("November 2026", 128_450, 71_200, 1_240),
                "/admin/profit?month=2026-11",
            ),
            linked(Line::sample("October 2026", 97_020, 58_100, 0), "/admin/profit?month=2026-10"),
        ];
        let page = Earnings {
            frame,
            month: "November 2026".into(),
            name: "2026-11".into(),
            unknown: Some("12 servers".into()),
            as_of: Some(as_of.clone()),
            figures: Some(figures.clone()),
            is_counting: false,
            fault: None,
            months,
            uncounted: vec![],
        };
        let none = Figures { whole: vec![], providers: vec![], packages: vec![] };
        let empty = Earnings { figures: Some(none), unknown: None, months: vec![], ..page.clone() };
        let mut packages = figures.packages.clone();
        packages.push(Line::sample("9900 others, together", 24_300, 14_020, 0));
        let many = Earnings {
            figures: Some(Figures { packages, ..figures }),
            is_counting: true,
            frame: Frame { reload_s: Some(5), ..page.frame.clone() },
            uncounted: vec![("September 2026".into(), "/admin/profit?month=2026-09".into())],
            ..page.clone()
        };
        let first = Earnings { as_of: None, figures: None, months: vec![], ..many.clone() };
        let why = "unexpected: the database failed: no space for temporary files";
        let failed = Earnings { fault: Some((as_of, why.into())), ..page.clone() };
        let never = Earnings { as_of: None, figures: None, months: vec![], ..failed.clone() };
        vec![
            ("month", page),
            ("empty", empty),
            ("many", many),
            ("first", first),
            ("failed", failed),
            ("never", never),
        ]
    }
}
