//! Those we buy from, as staff see them: how each stands, how far it is to be trusted, and what it
//! said when somebody asked.

use askama::Template;

use crate::language::Language;
use crate::view::account::Badge;
use crate::view::frame::sample_time;
use crate::view::when::Moment;
use crate::view::{Frame, Here, Sample, Tone};

/// `/admin/providers`
#[derive(Clone, Debug, Template)]
#[template(path = "admin/providers.html")]
pub struct ProvidersPage {
    pub frame: Frame,
    pub providers: Vec<ProviderSheet>,
    pub may_switch: bool,
    /// Why purchases stop for what strays cost.
    pub over_budget: Option<String>,
    /// When the figures of trust were counted; nothing while they are counted for the first time.
    pub counted: Option<Moment>,
    pub tried: Option<TestResult>,
    pub refused: Option<String>,
}

#[derive(Clone, Debug)]
pub struct ProviderSheet {
    pub id: String,
    pub name: String,
    pub by_hand: bool,
    pub state: Badge,
    /// Since when it is paused, and why.
    pub paused: Option<(Moment, String)>,
    /// Why its list could not be read.
    pub failing: Option<String>,
    pub facts: Vec<(&'static str, String)>,
    pub read_at: Option<Moment>,
    pub sync_at: Option<Moment>,
    /// Figures of trust; none where nothing was bought.
    pub trust: Vec<Figure>,
}

/// One figure of how far a provider is to be trusted.
#[derive(Clone, Debug)]
pub struct Figure {
    pub label: &'static str,
    pub count: String,
    pub share: Option<Badge>,
}

/// What the far side said when somebody asked.
#[derive(Clone, Debug)]
pub struct TestResult {
    pub whom: String,
    pub tone: Tone,
    pub text: String,
}

impl ProviderSheet {
    fn sample(frame: &Frame) -> ProviderSheet {
        let figure = |label, count: &str, share: Option<(Tone, &str)>| Figure {
            label,
            count: count.into(),
            share: share.map(|(tone, text)| Badge::of(tone, text)),
        };
        ProviderSheet {
            id: "smartvps".into(),
            name: "smartvps".into(),
            by_hand: false,
            state: Badge::of(Tone::Good, "buys"),
            paused: None,
            failing: None,
            facts: vec![
                ("Packages", "20".into()),
                ("Unheard in a row", "1 of 5".into()),
                ("Strays of 24 hours", "₹999 of ₹25,000".into()),
            ],
            read_at: Some(frame.time(sample_time("14:04:10"))),
            sync_at: Some(frame.time(sample_time("14:03:00"))),
            trust: vec![
                figure("Purchases", "412", None),
                figure("Verified", "401", None),
                figure("Another than sold", "6", Some((Tone::Bad, "1.4 %"))),
                figure("Unheard", "5", Some((Tone::Warn, "1.2 %"))),
                figure("Refused", "0", None),
                figure("Half answered within", "1.2 s", None),
                figure("95 % answered within", "8.4 s", None),
            ],
        }
    }
}

impl Sample for ProvidersPage {
    fn samples(_: Language) -> Vec<(&'static str, ProvidersPage)> {
        let frame = Frame::staff_sample("Providers", Here::StaffProviders);
        let at = |clock| frame.time(sample_time(clock));
        let machine = ProviderSheet::sample(&frame);
        let paused = ProviderSheet {
            state: Badge::of(Tone::Bad, "paused"),
            paused: Some((at("13:58:00"), "5 purchases in a row had no usable answer".into())),
            failing: Some("could not reach smartvps: connection refused".into()),
            trust: vec![],
            ..machine.clone()
        };
        let rack = ProviderSheet {
            id: "hand-frankfurt-rack".into(),
            name: "Frankfurt rack".into(),
            by_hand: true,
            state: Badge::of(Tone::Good, "on the shelf"),
            facts: vec![("Plans", "2".into()), ("Due within", "4 hours".into())],
            read_at: None,
            sync_at: None,
            trust: vec![],
            ..machine.clone()
        };
        let page = ProvidersPage {
            providers: vec![machine, rack.clone()],
            may_switch: true,
            over_budget: None,
            counted: Some(at("14:04:00")),
            tried: Some(TestResult {
                whom: "smartvps".into(),
                tone: Tone::Good,
                text: "Answered in 214 ms: it lists 20 packages.".into(),
            }),
            refused: None,
            frame,
        };
        let stopped = ProvidersPage {
            providers: vec![paused, rack],
            over_budget: Some("The loss budget of INR 25000.00 for 24 hours is used up".into()),
            refused: Some("Say why: the reason is missing.".into()),
            counted: None,
            tried: None,
            ..page.clone()
        };
        let looked = ProvidersPage { may_switch: false, tried: None, ..page.clone() };
        vec![("tried", page), ("paused", stopped), ("support", looked)]
    }
}
