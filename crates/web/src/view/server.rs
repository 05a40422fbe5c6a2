//! A delivered server as its customer sees it: how it is, what is being done to it, and what was.
//! What nobody knows is said to be unknown. Its words are `server/words.rs`.

mod sample;
pub mod words;

use askama::Template;
use domain::errand::Wish;
use domain::os::Os;
use domain::power::{Look, Power};
use engine::read::ErrandView;

use super::account::Badge;
use super::build::Step;
use super::when::Moment;
use super::{Choice, Field, Frame, Tone};
use crate::language::Language;

/// `/my-servers/{orderId}`
#[derive(Clone, Debug, Template)]
#[template(path = "server/show.html")]
pub struct Show {
    pub frame: Frame,
    pub number: String,
    pub name: String,
    pub memory: String,
    pub delivered: Moment,
    pub until: Option<Moment>,
    pub left: Option<String>,
    pub receipt: String,
    pub live: Live,
}

/// The part of the page that moves by itself.
#[derive(Clone, Debug)]
pub struct Live {
    /// Of the order.
    pub id: String,
    pub address: String,
    pub system: String,
    pub is_windows: bool,
    pub lamp: Lamp,
    /// What can be done to it now.
    pub buttons: Vec<Button>,
    /// The newest thing that was done to it, for who presses one.
    pub newest: String,
    /// What is being done to it now.
    pub work: Option<Work>,
    /// How the last thing ended, where that is still news.
    pub news: Option<Ended>,
    pub has_sign_in: bool,
    pub may_reinstall: bool,
    /// Why there are no buttons.
    pub hindrance: Option<String>,
    /// Newest first.
    pub history: Vec<Line>,
}

/// The same part alone, as events carry it.
#[derive(Clone, Debug, Template)]
#[template(path = "server/live.html")]
pub struct Moving<'a> {
    pub frame: &'a Frame,
    pub live: &'a Live,
}

/// Whether it runs, as far as anybody knows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lamp {
    /// A word of the style sheet: `running`, `stopped`, `busy`, `unknown`.
    pub mark: &'static str,
    pub text: String,
    /// When its provider was asked.
    pub asked: Option<Moment>,
    pub sentence: String,
}

/// One press.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Button {
    pub wish: &'static str,
    pub label: String,
    /// What it says once it was pressed.
    pub busy: String,
    pub is_main: bool,
}

/// What is being done, step by step.
#[derive(Clone, Debug)]
pub struct Work {
    pub headline: String,
    pub lead: String,
    pub steps: Vec<Step>,
}

/// How something ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ended {
    pub tone: Tone,
    pub title: String,
    pub sentence: String,
}

/// One line of what was done.
#[derive(Clone, Debug)]
pub struct Line {
    pub what: String,
    pub at: Moment,
    pub badge: Badge,
}

/// What the page needs to know of a server.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    /// Of the order.
    pub id: String,
    pub address: String,
    pub os: Option<Os>,
    /// As its provider writes it.
    pub system: Option<&'a str>,
    pub power: Option<Look>,
    /// Its provider is being asked, or is about to be.
    pub asking: bool,
    pub has_sign_in: bool,
    pub operable: bool,
    /// Newest first.
    pub errands: &'a [ErrandView],
}

impl Live {
    pub fn of(facts: &Facts<'_>, frame: &Frame) -> Live {
        let newest = facts.errands.first();
        let under_way = newest.filter(|errand| errand.outcome.is_none());
        let is_free = facts.operable && under_way.is_none();
        let line = |errand: &ErrandView| Line {
            what: words::deed(errand, frame.language),
            at: frame.time(errand.asked_at),
            badge: words::badge(errand.outcome.as_ref(), frame.language),
        };
        Live {
            id: facts.id.clone(),
            address: facts.address.clone(),
            system: system(facts, under_way, frame.language),
            is_windows: facts.os.is_some_and(Os::is_windows),
            lamp: lamp(facts, under_way, frame),
            buttons: if is_free { buttons(facts, frame.language) } else { vec![] },
            newest: newest.map(|errand| errand.id.to_string()).unwrap_or_default(),
            work: under_way.map(|errand| words::work(errand, frame)),
            news: newest.and_then(|errand| words::news(errand, frame.now, frame.language)),
            has_sign_in: facts.has_sign_in,
            may_reinstall: is_free,
            hindrance: (!facts.operable).then(|| frame.say("server-no-buttons")),
            history: facts.errands.iter().map(line).collect(),
        }
    }

    /// Whether something is about to change, so that a page without scripts comes again.
    pub fn is_moving(&self) -> bool {
        self.work.is_some() || self.lamp.mark == "asking"
    }
}

/// What is installed, or is to be.
fn system(facts: &Facts<'_>, under_way: Option<&ErrandView>, language: Language) -> String {
    let wanted = under_way.filter(|errand| errand.wish.wipes()).and_then(|errand| errand.os);
    if let Some(os) = wanted {
        return language.say_with("system-wanted", "system", os.label());
    }
    match (facts.os, facts.system) {
        (Some(os), _) => os.label().to_owned(),
        (None, Some(told)) => told.to_owned(),
        (None, None) => language.say("system-not-told"),
    }
}

fn lamp(facts: &Facts<'_>, under_way: Option<&ErrandView>, frame: &Frame) -> Lamp {
    let asked = facts.power.map(|look| frame.time(look.asked_at));
    let (say, none) = (|key: &str| frame.say(key), String::new);
    let (mark, text, sentence) = match (under_way, facts.power.map(|look| look.power)) {
        (Some(errand), _) => ("busy", words::doing(errand.wish, frame.language), none()),
        (None, Some(Power::Running)) => ("running", say("lamp-running"), none()),
        (None, Some(Power::Stopped)) => ("stopped", say("lamp-stopped"), none()),
        (None, Some(Power::Busy)) => ("busy", say("lamp-busy"), say("lamp-busy-more")),
        (None, Some(Power::Unknown)) => ("unknown", say("not-known"), say("lamp-unknown-more")),
        (None, None) if facts.asking => ("asking", say("lamp-asking"), say("lamp-asking-more")),
        (None, None) => ("unknown", say("not-known"), say("lamp-cannot-ask")),
    };
    // While something is done, what was told before says nothing.
    let asked = if under_way.is_some() { None } else { asked };
    Lamp { mark, text, asked, sentence }
}

fn buttons(facts: &Facts<'_>, language: Language) -> Vec<Button> {
    let button = |wish: Wish, is_main| {
        let (label, busy) = words::press(wish, language);
        Button { wish: wish.word(), label, busy, is_main }
    };
    match facts.power.map(|look| look.power) {
        // In a moment it is known which of them fit.
        None if facts.asking => vec![],
        Some(Power::Running) => vec![button(Wish::Restart, false), button(Wish::Stop, false)],
        Some(Power::Stopped) => vec![button(Wish::Start, true)],
        // What it is nobody knows: whoever does may press what fits.
        _ => [Wish::Start, Wish::Restart, Wish::Stop].map(|wish| button(wish, false)).to_vec(),
    }
}

/// `/my-servers/{orderId}/reinstall`
#[derive(Clone, Debug, Template)]
#[template(path = "server/reinstall.html")]
pub struct Reinstall {
    pub frame: Frame,
    pub id: String,
    pub address: String,
    /// What is installed now.
    pub system: String,
    /// The same one first, with no value.
    pub systems: Vec<Choice>,
    pub confirm: Field,
    pub newest: String,
}

impl Reinstall {
    /// The systems to choose from, the one that is there first.
    pub fn systems(installed: Option<Os>, chosen: &str, language: Language) -> Vec<Choice> {
        let same = match installed {
            Some(os) => language.say_with("reinstall-same", "system", os.label()),
            None => language.say("reinstall-same-any"),
        };
        let others = Os::ALL.into_iter().filter(|os| Some(*os) != installed);
        let others = others.map(|os| Choice::of(os.code(), os.label()));
        let all = std::iter::once(Choice::of("", same)).chain(others);
        all.map(|choice| Choice { chosen: choice.value == chosen, ..choice }).collect()
    }
}
