//! What staff see: dense, with everything, wrong addresses included.

pub mod attention;
pub mod audit;
pub mod books;
pub mod by_hand;
pub mod chart;
pub mod costs;
pub mod coupons;
pub mod customers;
pub mod evidence;
pub mod gateways;
pub mod home;
pub mod incident;
pub mod investigation;
pub mod mail_texts;
pub mod mails;
pub mod money;
pub mod orders;
pub mod payments;
pub mod product;
pub mod profit;
pub mod providers;
pub mod quarantine;
pub mod refund;
pub mod remedies;
pub mod settings;
pub mod silence;
pub mod staff;
pub mod stock;
pub mod sync;
pub mod timeline;
pub mod trace;
pub mod wallet;
pub mod words;

use askama::Template;

use self::silence::Silence;
use self::words::in_words;
use super::account::Badge;
use super::frame::sample_time;
use super::when::Moment;
use super::{Choice, Frame, Here, Sample, Tone};
use crate::language::Language;

/// An order that a person must look at.
#[derive(Clone, Debug)]
pub struct Attention {
    pub order: String,
    pub number: String,
    pub why: String,
    pub since: Moment,
    /// How long it has waited.
    pub age: String,
    pub due: Moment,
    /// How long until then, or since.
    pub due_in: String,
    pub overdue: bool,
    pub owner: Option<String>,
}

/// What a row is about: what people call it, and where it is shown, if whoever looks may see that.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct About {
    pub name: String,
    pub url: Option<String>,
}

impl About {
    pub(crate) fn sample(name: &str, url: &str) -> About {
        let url = Some(url.to_owned()).filter(|url| !url.is_empty());
        About { name: name.to_owned(), url }
    }
}

/// A trouble of the shop.
#[derive(Clone, Debug)]
pub struct Alert {
    /// Its kind in words, and as the books have it.
    pub kind: String,
    pub word: String,
    pub text: String,
    pub at: Moment,
    /// How long it has been open, or was.
    pub age: String,
    pub resolved: Option<Moment>,
    pub about: About,
    /// What it is about, where a person says when it is over.
    pub by_hand: Option<String>,
    /// Where it is silenced; nothing where it is over, or quiet already.
    pub silence: Option<String>,
    /// Nobody is told of it until then.
    pub quiet_until: Option<Moment>,
}

/// How many orders stand somewhere.
#[derive(Clone, Debug)]
pub struct Count {
    pub word: String,
    pub label: String,
    pub count: i64,
    pub tone: Tone,
}

/// What staff can switch off and on, and why it is off.
#[derive(Clone, Debug, Default)]
pub struct Switches {
    pub may_switch: bool,
    pub provider: String,
    /// Why the shop takes no orders.
    pub selling_stopped: Option<String>,
    /// Staff must have a second factor; nothing where this one may not say so.
    pub second_factor: Option<bool>,
    /// Why purchases at the provider are paused.
    pub paused: Option<String>,
    /// The loss budget is used up.
    pub over_budget: Option<String>,
    /// Permits and refunds are latched after a restore.
    pub latched: Option<String>,
}

/// `/admin/alerts`
#[derive(Clone, Debug, Template)]
#[template(path = "admin/alerts.html")]
pub struct Alerts {
    pub frame: Frame,
    pub rows: Vec<Alert>,
    /// Where alerts stand, with the word for it as the address has it, and how many are open.
    pub states: Vec<Standing>,
    /// The state that is looked at, where it is not all of them.
    pub state: String,
    pub kinds: Vec<Choice>,
    pub silences: Vec<Silence>,
    pub places: Vec<Place>,
    /// What came of a test.
    pub tested: Option<(Tone, String)>,
    pub next: Option<String>,
}

/// A tab of the alerts.
#[derive(Clone, Debug)]
pub struct Standing {
    pub label: &'static str,
    pub count: Option<i64>,
    pub url: String,
    pub is_here: bool,
}

/// A place that staff are told at.
#[derive(Clone, Debug)]
pub struct Place {
    pub key: String,
    pub channel: &'static str,
    pub label: String,
    pub waiting: i64,
    pub error: Option<String>,
}

/// The stages as staff read them, in the order of an order's life, with their colour.
pub const STAGES: [(&str, &str, Tone); 15] = [
    ("unpaid", "To pay", Tone::Plain),
    ("planned", "Queued", Tone::Sea),
    ("permitted", "Purchasing", Tone::Sea),
    ("unheard", "Unheard", Tone::Bad),
    ("verifying", "Checking", Tone::Sea),
    ("verified", "Handing over", Tone::Sea),
    ("on_hold", "On hold", Tone::Warn),
    ("stopped", "Stopped", Tone::Bad),
    ("delivered", "Delivered", Tone::Good),
    ("unrevived", "Paid too late", Tone::Warn),
    ("refund_pending", "Refund owed", Tone::Warn),
    ("refunded", "Refunded", Tone::Plain),
    ("reservation_over", "Never paid", Tone::Plain),
    ("cancelled", "Cancelled", Tone::Plain),
    ("terminated", "Term over", Tone::Plain),
];

/// A stage by its word, if there is one.
pub fn stage_word(word: &str) -> Option<&'static str> {
    STAGES.iter().find(|(known, ..)| *known == word).map(|(known, ..)| *known)
}

/// A stage as a mark.
pub fn stage_badge(word: &str) -> Badge {
    let found = STAGES.iter().find(|(known, ..)| *known == word);
    found.map_or_else(|| Badge::of(Tone::Plain, word), |(_, label, tone)| Badge::of(*tone, *label))
}

/// Why an order is on the list, in words.
pub fn why_words(why: &str) -> String {
    let words = match why {
        "wrong-server" => "The provider handed out a server from another block",
        "unheard" => "Nobody knows whether the purchase bought",
        "on-hold" => "The server cannot be compared with what was sold",
        "credentials-late" => "The sign-in of the server is late",
        "owed" => "Money is owed to the customer",
        "disputed" => "The payer's bank takes money back",
        "refund-came-back" => "Money did not go back to the customer",
        "replacement-failed" => "The replacement failed; the old server stays",
        "audit-mismatch" => "The delivered server lies outside the terms",
        "by-hand" => "Paid: deliver it by hand",
        "slow" => "Fifteen minutes paid and still not settled",
        "rejected" => "The provider refused to sell",
        "pid-gone" => "The package is no longer in the provider's list",
        "inactive" => "The package is not active",
        "no-stock" => "The provider has none left",
        "at-capacity" => "Only the buffer is left",
        "connect-failed" => "The provider could not be reached three times",
        "ambiguous" => "The package's name stands on several rows",
        "other-block" => "The package promises another block now",
        "plan-missing" => "The product or its package is not in our books",
        "waiting" => "Somebody decided to wait",
        "free-time-ends" => "Kept for nothing, and that ends soon: ask how it goes on",
        "renew-upstream" => "The server must be renewed at the provider",
        other => return in_words(other),
    };
    words.to_owned()
}

impl Attention {
    fn sample(number: &str, why: &str, overdue: bool) -> Attention {
        let frame = Frame::staff_sample("", Here::Staff);
        Attention {
            order: "ord_01J9ZQ4V7M8N2K6T3B5C7D9E1F".into(),
            number: number.into(),
            why: why_words(why),
            since: frame.time(sample_time("13:41:00")),
            age: "22 min".into(),
            due: frame.time(sample_time("14:11:00")),
            due_in: if overdue { "overdue by 8 min" } else { "in 8 min" }.into(),
            overdue,
            owner: (!overdue).then(|| "Ravi Nair".into()),
        }
    }
}

impl Alert {
    pub(crate) fn samples() -> Vec<Alert> {
        let frame = Frame::staff_sample("", Here::Staff);
        let at = frame.time(sample_time("13:58:00"));
        vec![
            Alert {
                kind: "Wrong server".into(),
                word: "wrong-server".into(),
                text: "SmartVPS assigned IP from wrong package! Requested: \"103.181.91\", Got: \
                    \"103.182.44.18\". Package likely ran out of IPs. Please contact support."
                    .into(),
                at: at.clone(),
                age: "7 min".into(),
                resolved: None,
                about: About::sample("ORD-7KQ2MX4TBN", "/admin/orders/ord_1"),
                by_hand: None,
                silence: Some("/admin/alerts/silence?kind=wrong-server".into()),
                quiet_until: None,
            },
            Alert {
                kind: "Packages new".into(),
                word: "packages-new".into(),
                text: "20 new packages are sold at default prices".into(),
                at: at.clone(),
                age: "7 min".into(),
                resolved: None,
                about: About::sample("smartvps", "/admin/ipStock"),
                by_hand: Some("smartvps".into()),
                silence: None,
                quiet_until: Some(at.clone()),
            },
            Alert {
                kind: "Low stock 5".into(),
                word: "low-stock-5".into(),
                text: "103.227.xx (Gold Linux): 4 left".into(),
                at: at.clone(),
                age: "2 h 10 min".into(),
                resolved: Some(at),
                about: About::sample("103.227.xx (Gold Linux)", "/admin/ipStock/prd_1"),
                by_hand: None,
                silence: None,
                quiet_until: None,
            },
        ]
    }
}

impl Sample for Alerts {
    fn samples(_: Language) -> Vec<(&'static str, Alerts)> {
        let frame = Frame::staff_sample("Alerts", Here::StaffAlerts);
        let place = |key: &str, channel, label: &str| Place {
            key: key.into(),
            channel,
            label: label.into(),
            waiting: 0,
            error: None,
        };
        let away = place("1d2c3b4a59687706", "telegram", "telegram -100200");
        let why = "429: Too Many Requests: retry after 30";
        let away = Place { waiting: 3, error: Some(why.into()), ..away };
        let standing =
            |label, count, is_here| Standing { label, count, url: "/admin/alerts".into(), is_here };
        let rows = Alerts {
            rows: Alert::samples(),
            states: vec![
                standing("All", None, true),
                standing("Open", Some(2), false),
                standing("Silenced", Some(1), false),
                standing("Resolved", None, false),
            ],
            state: String::new(),
            kinds: vec![
                Choice::of("", "Every kind"),
                Choice::of("packages-new", "Packages new (1 open)"),
            ],
            silences: Silence::samples(&frame),
            places: vec![place("0f3c9a1b2d4e5f60", "mail", "mail at example.com"), away],
            tested: Some((Tone::Warn, format!("telegram -100200 did not take the test: {why}"))),
            next: Some("/admin/alerts?after=x".into()),
            frame: frame.clone(),
        };
        let empty = Alerts {
            rows: vec![],
            silences: vec![],
            places: vec![],
            tested: None,
            frame,
            next: None,
            ..rows.clone()
        };
        vec![("rows", rows), ("empty", empty)]
    }
}
