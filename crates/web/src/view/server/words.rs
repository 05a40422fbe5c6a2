//! What customers read about things done to their server: honest, whole, and with what to do next.

use std::time::Duration;

use domain::clock::Timestamp;
use domain::errand::{Outcome, Request, Sent, Wish};
use engine::read::ErrandView;

use super::{Ended, Work};
use crate::language::Language;
use crate::view::account::Badge;
use crate::view::build::{Mark, Step};
use crate::view::{Frame, Tone};

/// Good news is told for so long, bad news until something else was done, or for a day.
const GOOD_FOR: Duration = Duration::from_secs(10 * 60);
const BAD_FOR: Duration = Duration::from_secs(24 * 3_600);

/// The button's word, and what it says once it was pressed.
pub fn press(wish: Wish, language: Language) -> (String, String) {
    let say = |key: &str| language.say(key);
    match wish {
        Wish::Start => (say("do-start"), say("busy-starting")),
        Wish::Stop => (say("do-stop"), say("busy-stopping")),
        Wish::Restart => (say("do-restart"), say("busy-restarting")),
        Wish::Reinstall | Wish::ChangeOs => (say("do-install"), say("busy-installing")),
    }
}

pub fn doing(wish: Wish, language: Language) -> String {
    match wish {
        Wish::Start => language.say("lamp-starting"),
        Wish::Stop => language.say("lamp-stopping"),
        Wish::Restart => language.say("lamp-restarting"),
        Wish::Reinstall | Wish::ChangeOs => language.say("lamp-installing"),
    }
}

/// One line of the history.
pub fn deed(errand: &ErrandView, language: Language) -> String {
    match (errand.wish, errand.os) {
        (Wish::Start, _) => language.say("deed-start"),
        (Wish::Stop, _) => language.say("deed-stop"),
        (Wish::Restart, _) => language.say("deed-restart"),
        (Wish::ChangeOs, Some(os)) => language.say_with("deed-change", "system", os.label()),
        (Wish::Reinstall, Some(os)) => language.say_with("deed-install", "system", os.label()),
        (Wish::Reinstall | Wish::ChangeOs, None) => language.say("deed-install-any"),
    }
}

pub fn badge(outcome: Option<&Outcome>, language: Language) -> Badge {
    let (tone, text) = match outcome {
        None => (Tone::Sea, language.say("ended-not-yet")),
        Some(Outcome::Done) => (Tone::Good, language.say("mark-done")),
        Some(Outcome::Refused) => (Tone::Plain, language.say("ended-refused")),
        Some(Outcome::NotSent) => (Tone::Plain, language.say("ended-not-sent")),
        Some(Outcome::Unknown) => (Tone::Warn, language.say("not-known")),
        Some(Outcome::Wrong(_)) => (Tone::Warn, language.say("ended-wrong")),
    };
    Badge::of(tone, text)
}

/// What is being done, step by step.
pub fn work(errand: &ErrandView, frame: &Frame) -> Work {
    let asked = frame.time(errand.asked_at).text;
    let headline = match errand.wish {
        Wish::Start => frame.say("work-start"),
        Wish::Stop => frame.say("work-stop"),
        Wish::Restart => frame.say("work-restart"),
        Wish::Reinstall | Wish::ChangeOs => frame.say("work-install"),
    };
    let lead = match errand.wish.wipes() {
        true => frame.say_with("work-minutes", "asked", asked),
        false => frame.say_with("work-moment", "asked", asked),
    };
    Work { headline, lead, steps: steps(errand, frame.language) }
}

/// The steps of an errand that is under way.
fn steps(errand: &ErrandView, language: Language) -> Vec<Step> {
    let chain: &[Request] = match errand.wish {
        Wish::Start => &[Request::Start],
        Wish::Stop => &[Request::Stop],
        Wish::Restart => &[Request::Stop, Request::Start],
        Wish::Reinstall if first(errand) == Some(Request::ChangeOs) => {
            &[Request::ChangeOs, Request::Format]
        }
        Wish::Reinstall => &[Request::Format],
        Wish::ChangeOs => &[Request::ChangeOs, Request::Format],
    };
    let asked = errand.requests.len();
    let installed = errand.requests.last() == Some(&(Request::Format, Sent::Done));
    let step = |(at, request): (usize, &Request)| {
        let mark = match at {
            at if at + 1 < asked || (at + 1 == asked && installed) => Mark::Done,
            at if at + 1 == asked || (at == 0 && asked == 0) => Mark::Now,
            _ => Mark::Later,
        };
        let sent = errand.requests.get(at).map(|(_, sent)| *sent);
        let is_now = mark == Mark::Now;
        let sentence = if is_now { waiting(*request, sent, language) } else { String::new() };
        Step { name: name(*request, language), mark, at: None, sentence }
    };
    let mut steps: Vec<Step> = chain.iter().enumerate().map(step).collect();
    if errand.wish.wipes() {
        steps.push(sign_in(installed, language));
    }
    steps
}

fn first(errand: &ErrandView) -> Option<Request> {
    errand.requests.first().map(|(request, _)| *request)
}

fn name(request: Request, language: Language) -> String {
    match request {
        Request::Start => language.say("lamp-running"),
        Request::Stop => language.say("lamp-stopped"),
        Request::ChangeOs => language.say("errand-chosen"),
        Request::Format => language.say("errand-wiped"),
    }
}

/// What is waited for.
fn waiting(request: Request, sent: Option<Sent>, language: Language) -> String {
    match (request, sent) {
        (_, None) => language.say("errand-turn"),
        (_, Some(Sent::UnderWay)) => language.say("lamp-asking-more"),
        (Request::ChangeOs, Some(Sent::Unheard { .. })) => language.say("errand-unheard-choice"),
        (_, Some(Sent::Unheard { .. })) => language.say("errand-unheard"),
        (_, Some(_)) => language.say("errand-told"),
    }
}

/// The last step of an installation.
fn sign_in(installed: bool, language: Language) -> Step {
    let (mark, sentence) = match installed {
        true => (Mark::Now, language.say("errand-sign-in-more")),
        false => (Mark::Later, String::new()),
    };
    Step { name: language.say("errand-sign-in"), mark, at: None, sentence }
}

/// How the last thing ended, while that is news.
pub fn news(errand: &ErrandView, now: Timestamp, language: Language) -> Option<Ended> {
    let (outcome, ended_at) = (errand.outcome.as_ref()?, errand.ended_at?);
    let is_good = *outcome == Outcome::Done;
    let lasts = if is_good { GOOD_FOR } else { BAD_FOR };
    if now.since(ended_at) >= lasts {
        return None;
    }
    let (title, sentence) = match outcome {
        Outcome::Done => done(errand, language),
        Outcome::Refused => (language.say("news-refused"), refused(errand, language)),
        Outcome::NotSent => (language.say("news-not-sent"), not_sent(errand, language)),
        Outcome::Unknown => (language.say("news-unknown"), unknown(errand, language)),
        Outcome::Wrong(_) => (language.say("news-wrong"), language.say("news-wrong-more")),
    };
    let tone = if is_good { Tone::Good } else { Tone::Warn };
    Some(Ended { tone, title, sentence })
}

fn done(errand: &ErrandView, language: Language) -> (String, String) {
    let say = |key: &str| language.say(key);
    match (errand.wish, errand.os) {
        (Wish::Start, _) => (say("news-started"), say("news-started-more")),
        (Wish::Stop, _) => (say("news-stopped"), say("news-stopped-more")),
        (Wish::Restart, _) => (say("news-restarted"), say("news-restarted-more")),
        (Wish::Reinstall | Wish::ChangeOs, Some(os)) => {
            (say("news-installed"), language.say_with("news-installed-more", "system", os.label()))
        }
        (Wish::Reinstall | Wish::ChangeOs, None) => {
            (say("news-installed"), say("news-installed-any"))
        }
    }
}

/// The request that it ended at, and whether one before it was done.
fn last(errand: &ErrandView) -> (Option<Request>, bool) {
    let last = errand.requests.last().map(|(request, _)| *request);
    (last, errand.requests.len() > 1)
}

fn refused(errand: &ErrandView, language: Language) -> String {
    match last(errand) {
        (Some(Request::Start), true) => language.say("refused-at-start"),
        (Some(Request::Format), true) => language.say("refused-at-install"),
        _ => language.say("refused-at-once"),
    }
}

fn not_sent(errand: &ErrandView, language: Language) -> String {
    match last(errand) {
        (Some(Request::Start), true) => language.say("not-sent-at-start"),
        (Some(Request::Format), true) => language.say("not-sent-at-install"),
        _ => language.say("not-sent-at-once"),
    }
}

fn unknown(errand: &ErrandView, language: Language) -> String {
    let claimed = matches!(errand.requests.last(), Some((_, Sent::Done)));
    match (last(errand).0, claimed) {
        (Some(Request::ChangeOs), _) => language.say("unknown-choice"),
        (Some(Request::Format), true) => language.say("unknown-installed"),
        (Some(Request::Format), false) => language.say("unknown-wiped"),
        (_, true) => language.say("unknown-told"),
        (_, false) => language.say("unknown-unheard"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::server::sample::errand;

    /// How the last request stands where an errand ends so.
    fn sent(outcome: &Outcome) -> Sent {
        match outcome {
            Outcome::Done | Outcome::Wrong(_) => Sent::Done,
            Outcome::Refused => Sent::Refused,
            Outcome::NotSent => Sent::NotSent,
            Outcome::Unknown => Sent::Unheard { tail_is_over: true },
        }
    }

    fn chain(wish: Wish, last: Sent) -> Vec<(Request, Sent)> {
        match wish {
            Wish::Start => vec![(Request::Start, last)],
            Wish::Stop => vec![(Request::Stop, last)],
            Wish::Restart => vec![(Request::Stop, Sent::Done), (Request::Start, last)],
            Wish::Reinstall => vec![(Request::Format, last)],
            Wish::ChangeOs => vec![(Request::ChangeOs, Sent::Done), (Request::Format, last)],
        }
    }

    #[test]
    fn every_way_that_something_can_end_has_words_of_its_own() {
        let mut told = String::new();
        for wish in Wish::ALL {
            for outcome in [
                Outcome::Done,
                Outcome::Refused,
                Outcome::NotSent,
                Outcome::Unknown,
                Outcome::Wrong("x".into()),
            ] {
                let (word, sent) = (outcome.word(), sent(&outcome));
                let ended = errand(wish, Some(outcome), &chain(wish, sent));
                let now = ended.ended_at.expect("it has ended");
                let Ended { tone, title, sentence } =
                    news(&ended, now, Language::default()).expect("it is news");
                told.push_str(&format!("{wish} {word}: {tone}: {title}. {sentence}\n"));
            }
        }
        insta::assert_snapshot!(told);
    }

    #[test]
    fn good_news_grows_old_before_bad_news() {
        let done = errand(Wish::Start, Some(Outcome::Done), &[]);
        let lost = errand(Wish::Start, Some(Outcome::Unknown), &[]);
        let english = Language::default();
        let ended = done.ended_at.expect("it has ended");
        let later = ended + Duration::from_secs(3_600);
        assert!(news(&done, ended, english).is_some() && news(&done, later, english).is_none());
        assert!(news(&lost, later, english).is_some());
        assert!(news(&lost, ended + Duration::from_secs(90_000), english).is_none());
    }

    #[test]
    fn steps_stand_where_the_requests_do() {
        let marks = |wish, requests: &[(Request, Sent)]| {
            let steps = steps(&errand(wish, None, requests), Language::default());
            steps.iter().map(|step| step.mark.word()).collect::<Vec<_>>().join(" ")
        };
        use Request::{ChangeOs, Format, Start, Stop};
        assert_eq!(marks(Wish::Restart, &[]), "now later");
        assert_eq!(marks(Wish::Restart, &[(Stop, Sent::UnderWay)]), "now later");
        assert_eq!(marks(Wish::Restart, &[(Stop, Sent::Done), (Start, Sent::Done)]), "done now");
        assert_eq!(marks(Wish::Reinstall, &[(Format, Sent::UnderWay)]), "now later");
        assert_eq!(marks(Wish::Reinstall, &[(Format, Sent::Done)]), "done now");
        let unheard = (Format, Sent::Unheard { tail_is_over: false });
        assert_eq!(marks(Wish::ChangeOs, &[(ChangeOs, Sent::Done), unheard]), "done now later");
    }
}
