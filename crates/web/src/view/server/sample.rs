//! Servers to look at: running, stopped, in work, and ended in every way.

use domain::errand::{Outcome, Request, Sent, Wish};
use domain::id::{Chance, ErrandId};
use domain::os::Os;
use domain::power::{Look, Power};
use engine::read::ErrandView;

use super::{Facts, Live, Reinstall, Show};
use crate::language::Language;
use crate::view::frame::sample_time;
use crate::view::{Field, Frame, Here, Said, Sample};

struct Nines;
impl Chance for Nines {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(9);
    }
}

/// Something that was asked for at three minutes past two, and where it stands.
pub(super) fn errand(
    wish: Wish,
    outcome: Option<Outcome>,
    requests: &[(Request, Sent)],
) -> ErrandView {
    let asked_at = sample_time("14:03:10");
    ErrandView {
        id: ErrandId::mint(asked_at, &Nines),
        wish,
        os: wish.wipes().then_some(Os::Ubuntu22),
        ended_at: outcome.as_ref().map(|_| sample_time("14:04:02")),
        outcome,
        asked_at,
        requests: requests.to_vec(),
    }
}

fn looked(power: Power) -> Option<Look> {
    Some(Look { power, asked_at: sample_time("14:04:51") })
}

fn shown(language: Language, power: Option<Look>, errands: &[ErrandView]) -> Show {
    let frame = Frame { language, ..Frame::sample("103.181.91.50", Here::Servers) };
    let facts = Facts {
        id: "ord_01J9ZQ4V7M8N2K6T3B5C7D9E1F".into(),
        address: "103.181.91.50".into(),
        os: Some(Os::Ubuntu22),
        system: Some("Ubuntu 22"),
        power,
        asking: power.is_none(),
        has_sign_in: true,
        operable: true,
        errands,
    };
    Show {
        number: "ORD-7KQ2MX4TBN".into(),
        name: "🌊 103.181.91".into(),
        memory: "8 GB".into(),
        delivered: frame.time(sample_time("13:03:21")),
        until: Some(frame.day(sample_time("14:03:21"))),
        left: Some(language.say_with("left-days", "count", 30)),
        receipt: frame.receipt("🌊 103.181.91", "6"),
        live: Live::of(&facts, &frame),
        frame,
    }
}

impl Sample for Show {
    fn samples(language: Language) -> Vec<(&'static str, Show)> {
        let shown = |power, errands: &[ErrandView]| shown(language, power, errands);
        use Request::{ChangeOs, Format, Stop};
        let restarted = errand(Wish::Restart, Some(Outcome::Done), &[]);
        let unheard = Sent::Unheard { tail_is_over: false };
        let running = shown(looked(Power::Running), std::slice::from_ref(&restarted));
        let said = Frame { said: Some(Said::Busy), ..running.frame.clone() };
        let installing =
            errand(Wish::ChangeOs, None, &[(ChangeOs, Sent::Done), (Format, Sent::Done)]);
        let mut installing = shown(None, &[installing, restarted.clone()]);
        installing.live.has_sign_in = false;
        let restarting = errand(Wish::Restart, None, &[(Stop, unheard)]);
        let lost = Sent::Unheard { tail_is_over: true };
        let unknown = errand(Wish::Restart, Some(Outcome::Unknown), &[(Stop, lost)]);
        let wrong = errand(Wish::Reinstall, Some(Outcome::Wrong("less".into())), &[]);
        let mut wrong = shown(looked(Power::Running), &[wrong]);
        wrong.live.has_sign_in = false;
        let mut by_hand = shown(None, &[]);
        by_hand.live.hindrance = Some(language.say("server-no-buttons"));
        by_hand.live.buttons.clear();
        by_hand.live.may_reinstall = false;
        let mut windows = shown(looked(Power::Stopped), &[]);
        windows.live.is_windows = true;
        windows.live.system = Os::Windows2022.label().to_owned();
        vec![
            ("said", Show { frame: said, ..running.clone() }),
            ("running", running),
            ("windows", windows),
            ("asking", shown(None, &[])),
            ("not-known", shown(looked(Power::Unknown), &[unknown])),
            ("restarting", shown(None, &[restarting, restarted])),
            ("installing", installing),
            ("wrong", wrong),
            ("by-hand", by_hand),
        ]
    }
}

impl Sample for Reinstall {
    fn samples(language: Language) -> Vec<(&'static str, Reinstall)> {
        let blank = Reinstall {
            frame: Frame::spoken_sample(language, "do-install", Here::Servers),
            id: "ord_01J9ZQ4V7M8N2K6T3B5C7D9E1F".into(),
            address: "103.181.91.50".into(),
            system: "Ubuntu 22".into(),
            systems: Reinstall::systems(Some(Os::Ubuntu22), "", language),
            confirm: Field::default(),
            newest: String::new(),
        };
        let wrong = Reinstall {
            systems: Reinstall::systems(Some(Os::Ubuntu22), Os::Windows2022.code(), language),
            confirm: Field::wrong("103.181.91", language.say("refused-not-confirmed")),
            ..blank.clone()
        };
        vec![("blank", blank), ("wrong", wrong)]
    }
}
