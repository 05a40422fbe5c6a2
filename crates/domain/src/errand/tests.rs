//! The chain of requests, told as tables and as rules.

use super::*;

const SENT: [Sent; 6] = [
    Sent::UnderWay,
    Sent::Done,
    Sent::Refused,
    Sent::NotSent,
    Sent::Unheard { tail_is_over: false },
    Sent::Unheard { tail_is_over: true },
];

fn looks() -> [(&'static str, Option<Seen>); 6] {
    let seen = |power, sign_in| Some(Seen { power, sign_in });
    [
        ("unseen", None),
        ("running", seen(Power::Running, SignIn::NotTold)),
        ("stopped", seen(Power::Stopped, SignIn::NotTold)),
        ("old sign-in", seen(Power::Unknown, SignIn::AsBefore)),
        ("new sign-in", seen(Power::Running, SignIn::New)),
        ("wrong", seen(Power::Running, SignIn::Wrong("less".into()))),
    ]
}

/// Requests that can be a wish's last one.
fn chains(wish: Wish) -> Vec<Vec<Request>> {
    use Request::{ChangeOs, Format, Start, Stop};
    match wish {
        Wish::Start => vec![vec![Start]],
        Wish::Stop => vec![vec![Stop]],
        Wish::Restart => vec![vec![Stop], vec![Stop, Start]],
        Wish::Reinstall => vec![vec![Format]],
        Wish::ChangeOs => vec![vec![ChangeOs], vec![ChangeOs, Format]],
    }
}

fn stood(chain: &[Request], last: Sent) -> Vec<(Request, Sent)> {
    let (end, before) = chain.split_last().expect("a chain has a link");
    let before = before.iter().map(|request| (*request, Sent::Done));
    before.chain([(*end, last)]).collect()
}

fn next(wish: Wish, requests: &[(Request, Sent)], seen: Option<Seen>, waited: Duration) -> Next {
    Stands { wish, chooses_os: false, requests, waited, seen }.next()
}

#[test]
fn the_table_of_errands_is_this_one() {
    let mut table = String::new();
    for wish in Wish::ALL {
        for chain in chains(wish) {
            for sent in SENT {
                let requests = stood(&chain, sent);
                let cells: Vec<String> = looks()
                    .into_iter()
                    .map(|(name, seen)| {
                        format!("{name}: {:?}", next(wish, &requests, seen, Duration::ZERO))
                    })
                    .collect();
                let alike = cells.iter().all(|cell| {
                    let told = |cell: &str| cell.split_once(": ").map(|(_, told)| told.to_owned());
                    told(cell) == told(&cells[0])
                });
                let told = if alike {
                    cells[0].replace("unseen", "whatever is seen")
                } else {
                    cells.join("; ")
                };
                table.push_str(&format!("{wish} after {:?} {sent:?}: {told}\n", chain.last()));
            }
        }
    }
    insta::assert_snapshot!(table);
}

#[test]
fn no_request_is_ever_sent_a_second_time() {
    for wish in Wish::ALL {
        for chain in chains(wish) {
            for sent in SENT {
                let requests = stood(&chain, sent);
                for (name, seen) in looks() {
                    for waited in [Duration::ZERO, INSTALLED_WITHIN] {
                        let Next::Ask(again) = next(wish, &requests, seen.clone(), waited) else {
                            continue;
                        };
                        assert!(!chain.contains(&again), "{wish} {sent:?} {name}: {again:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn nothing_is_wiped_while_the_choice_of_a_system_is_in_doubt() {
    for sent in SENT.into_iter().filter(|sent| *sent != Sent::Done) {
        for (_, seen) in looks() {
            let told = next(Wish::ChangeOs, &[(Request::ChangeOs, sent)], seen, Duration::ZERO);
            assert_ne!(told, Next::Ask(Request::Format), "{sent:?}");
        }
    }
}

#[test]
fn what_the_provider_says_it_did_is_done_only_once_it_is_seen() {
    for wish in Wish::ALL {
        let chain = chains(wish).pop().expect("every wish has a chain");
        let told = next(wish, &stood(&chain, Sent::Done), None, Duration::from_secs(7_200));
        assert_eq!(told, Next::Look, "{wish}");
    }
}

#[test]
fn what_never_shows_ends_as_unknown_and_not_as_done() {
    let unseen = || Some(Seen { power: Power::Unknown, sign_in: SignIn::AsBefore });
    for wish in Wish::ALL {
        let chain = chains(wish).pop().expect("every wish has a chain");
        let requests = stood(&chain, Sent::Done);
        assert_eq!(next(wish, &requests, unseen(), Duration::ZERO), Next::Look, "{wish}");
        let late = next(wish, &requests, unseen(), INSTALLED_WITHIN);
        assert_eq!(late, Next::End(Outcome::Unknown), "{wish}");
    }
}

#[test]
fn a_reinstallation_chooses_its_system_where_another_may_be_chosen() {
    let stands = |chooses_os| Stands {
        wish: Wish::Reinstall,
        chooses_os,
        requests: &[],
        waited: Duration::ZERO,
        seen: None,
    };
    assert_eq!(stands(true).next(), Next::Ask(Request::ChangeOs));
    assert_eq!(stands(false).next(), Next::Ask(Request::Format));
}

#[test]
fn words_of_errands_read_back() {
    assert_eq!(Wish::ALL.map(|wish| Wish::parse(wish.word())), Wish::ALL.map(Some));
    assert_eq!(Request::ALL.map(|one| Request::parse(one.word())), Request::ALL.map(Some));
    assert!(Wish::parse("format").is_none() && Request::parse("restart").is_none());
}
