//! What customers read about things done to their server: honest, whole, and with what to do next.

use std::time::Duration;

use domain::clock::Timestamp;
use domain::errand::{Outcome, Request, Sent, Wish};
use engine::read::ErrandView;

use super::{Ended, Work};
use crate::view::account::Badge;
use crate::view::build::{Mark, Step};
use crate::view::{Frame, Tone};

pub const NO_BUTTONS: &str = "This server cannot be started, stopped or installed from here. \
     Write to us, and a person does it.";

/// Good news is told for so long, bad news until something else was done, or for a day.
const GOOD_FOR: Duration = Duration::from_secs(10 * 60);
const BAD_FOR: Duration = Duration::from_secs(24 * 3_600);

/// The button's word, and what it says once it was pressed.
pub fn press(wish: Wish) -> (&'static str, &'static str) {
    match wish {
        Wish::Start => ("Start", "Starting…"),
        Wish::Stop => ("Stop", "Stopping…"),
        Wish::Restart => ("Restart", "Restarting…"),
        Wish::Reinstall | Wish::ChangeOs => ("Install anew", "Installing…"),
    }
}

pub fn doing(wish: Wish) -> &'static str {
    match wish {
        Wish::Start => "Starting",
        Wish::Stop => "Stopping",
        Wish::Restart => "Restarting",
        Wish::Reinstall | Wish::ChangeOs => "Being installed",
    }
}

/// One line of the history.
pub fn deed(errand: &ErrandView) -> String {
    match (errand.wish, errand.os) {
        (Wish::Start, _) => "Start".to_owned(),
        (Wish::Stop, _) => "Stop".to_owned(),
        (Wish::Restart, _) => "Restart".to_owned(),
        (Wish::ChangeOs, Some(os)) => format!("Change to {}", os.label()),
        (Wish::Reinstall, Some(os)) => format!("Installation anew with {}", os.label()),
        (Wish::Reinstall | Wish::ChangeOs, None) => "Installation anew".to_owned(),
    }
}

pub fn badge(outcome: Option<&Outcome>) -> Badge {
    let (tone, text) = match outcome {
        None => (Tone::Sea, "Under way"),
        Some(Outcome::Done) => (Tone::Good, "Done"),
        Some(Outcome::Refused) => (Tone::Plain, "Refused"),
        Some(Outcome::NotSent) => (Tone::Plain, "Not sent"),
        Some(Outcome::Unknown) => (Tone::Warn, "Not known"),
        Some(Outcome::Wrong(_)) => (Tone::Warn, "Not as asked"),
    };
    Badge::of(tone, text)
}

/// What is being done, step by step.
pub fn work(errand: &ErrandView, frame: &Frame) -> Work {
    let asked = frame.time(errand.asked_at).text;
    let headline = match errand.wish {
        Wish::Start => "We are starting your server",
        Wish::Stop => "We are stopping your server",
        Wish::Restart => "We are restarting your server",
        Wish::Reinstall | Wish::ChangeOs => "We are installing your server anew",
    };
    let lead = match errand.wish.wipes() {
        true => format!("Asked for at {asked}. It takes some minutes; you can close this page."),
        false => format!("Asked for at {asked}. It takes a moment; you can close this page."),
    };
    Work { headline, lead, steps: steps(errand) }
}

/// The steps of an errand that is under way.
fn steps(errand: &ErrandView) -> Vec<Step> {
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
        let sentence = if mark == Mark::Now { waiting(*request, sent) } else { "" };
        Step { name: name(*request), mark, at: None, sentence: sentence.to_owned() }
    };
    let mut steps: Vec<Step> = chain.iter().enumerate().map(step).collect();
    if errand.wish.wipes() {
        steps.push(sign_in(installed));
    }
    steps
}

fn first(errand: &ErrandView) -> Option<Request> {
    errand.requests.first().map(|(request, _)| *request)
}

fn name(request: Request) -> &'static str {
    match request {
        Request::Start => "Running",
        Request::Stop => "Stopped",
        Request::ChangeOs => "System chosen",
        Request::Format => "Wiped and installed",
    }
}

/// What is waited for.
fn waiting(request: Request, sent: Option<Sent>) -> &'static str {
    match (request, sent) {
        (_, None) => "Its turn comes in a moment.",
        (_, Some(Sent::UnderWay)) => "We are asking its provider.",
        (Request::ChangeOs, Some(Sent::Unheard { .. })) => {
            "No answer came. It may still come; until then nothing is wiped."
        }
        (_, Some(Sent::Unheard { .. })) => {
            "No answer came. We look at the server itself to find out; nothing is asked twice."
        }
        (_, Some(_)) => "Its provider says that it did it. We look until the server shows it.",
    }
}

/// The last step of an installation.
fn sign_in(installed: bool) -> Step {
    let (mark, sentence) = match installed {
        true => (
            Mark::Now,
            "Its provider makes a new password, which takes some minutes. You are shown it once \
             the server has passed the same check as before its delivery.",
        ),
        false => (Mark::Later, ""),
    };
    Step { name: "New sign-in checked", mark, at: None, sentence: sentence.to_owned() }
}

/// How the last thing ended, while that is news.
pub fn news(errand: &ErrandView, now: Timestamp) -> Option<Ended> {
    let (outcome, ended_at) = (errand.outcome.as_ref()?, errand.ended_at?);
    let is_good = *outcome == Outcome::Done;
    let lasts = if is_good { GOOD_FOR } else { BAD_FOR };
    if now.since(ended_at) >= lasts {
        return None;
    }
    let (title, sentence) = match outcome {
        Outcome::Done => done(errand),
        Outcome::Refused => refused(errand),
        Outcome::NotSent => not_sent(errand),
        Outcome::Unknown => unknown(errand),
        Outcome::Wrong(_) => (
            "It is not what you asked for",
            "It was installed, but something is not as it was asked for, so you are not shown its \
             sign-in. Our staff know. You can also have it installed once more."
                .to_owned(),
        ),
    };
    let tone = if is_good { Tone::Good } else { Tone::Warn };
    Some(Ended { tone, title, sentence })
}

fn done(errand: &ErrandView) -> (&'static str, String) {
    let sentence = match errand.wish {
        Wish::Start => "We have seen it running.".to_owned(),
        Wish::Stop => "We have seen it stopped. It stays yours, and so does what is on it.".into(),
        Wish::Restart => "We have seen it stopped, and running again.".into(),
        Wish::Reinstall | Wish::ChangeOs => {
            let system = errand.os.map_or("It", |os| os.label());
            format!("{system} is installed and checked. The old sign-in opens nothing any more.")
        }
    };
    let title = match errand.wish {
        Wish::Start => "Your server is started",
        Wish::Stop => "Your server is stopped",
        Wish::Restart => "Your server is restarted",
        Wish::Reinstall | Wish::ChangeOs => "Your server is installed anew",
    };
    (title, sentence)
}

/// The request that it ended at, and whether one before it was done.
fn last(errand: &ErrandView) -> (Option<Request>, bool) {
    let last = errand.requests.last().map(|(request, _)| *request);
    (last, errand.requests.len() > 1)
}

fn refused(errand: &ErrandView) -> (&'static str, String) {
    let sentence = match last(errand) {
        (Some(Request::Start), true) => {
            "It is stopped, and its provider refused to start it again. Press Start to try once more."
        }
        (Some(Request::Format), true) => {
            "The system was chosen, and its provider refused to install it. Nothing was wiped."
        }
        _ => "Nothing was changed. Try again in some minutes, or write to us.",
    };
    ("Its provider refused", sentence.to_owned())
}

fn not_sent(errand: &ErrandView) -> (&'static str, String) {
    let sentence = match last(errand) {
        (Some(Request::Start), true) => {
            "It is stopped, and its provider could not be reached to start it. Press Start to try \
             once more."
        }
        (Some(Request::Format), true) => {
            "The system was chosen, and its provider could not be reached to install it. Nothing \
             was wiped."
        }
        _ => "Its provider could not be reached. Nothing was changed; try again in some minutes.",
    };
    ("It was not sent", sentence.to_owned())
}

fn unknown(errand: &ErrandView) -> (&'static str, String) {
    let claimed = matches!(errand.requests.last(), Some((_, Sent::Done)));
    let sentence = match (last(errand).0, claimed) {
        (Some(Request::ChangeOs), _) => {
            "No answer came whether the system was chosen. Nothing was wiped. You can try again."
        }
        (Some(Request::Format), true) => {
            "Its provider says that it was installed, and tells no new sign-in. Our staff know. \
             You can also have it installed once more."
        }
        (Some(Request::Format), false) => {
            "No answer came, and the sign-in is still the old one: most likely nothing was wiped. \
             Our staff know."
        }
        (_, true) => {
            "Its provider says that it did it, and the server does not show it. Our staff know. \
             You can also try again."
        }
        (_, false) => {
            "No answer came, and the server does not show that it was done. Our staff know. You \
             can also try again."
        }
    };
    ("Nobody knows whether it was done", sentence.to_owned())
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
                let Ended { tone, title, sentence } = news(&ended, now).expect("it is news");
                told.push_str(&format!("{wish} {word}: {tone}: {title}. {sentence}\n"));
            }
        }
        insta::assert_snapshot!(told);
    }

    #[test]
    fn good_news_grows_old_before_bad_news() {
        let done = errand(Wish::Start, Some(Outcome::Done), &[]);
        let lost = errand(Wish::Start, Some(Outcome::Unknown), &[]);
        let ended = done.ended_at.expect("it has ended");
        let later = ended + Duration::from_secs(3_600);
        assert!(news(&done, ended).is_some() && news(&done, later).is_none());
        assert!(news(&lost, later).is_some());
        assert!(news(&lost, ended + Duration::from_secs(90_000)).is_none());
    }

    #[test]
    fn steps_stand_where_the_requests_do() {
        let marks = |wish, requests: &[(Request, Sent)]| {
            let steps = steps(&errand(wish, None, requests));
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
