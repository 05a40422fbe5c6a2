//! The rules of package names a second time, slow and by other means: octets are texts, and a
//! pattern is the list of the texts it allows. Shares no code with what it checks.

use std::net::Ipv4Addr;
use std::sync::LazyLock;

use proptest::prelude::*;

use super::{Block, Cidr, Promise, Unverifiable, Verdict, display_contradicts};

/// For each of four octets the decimal texts that are allowed there.
type Allowed = [Vec<&'static str>; 4];

static OCTETS: LazyLock<Vec<String>> = LazyLock::new(|| (0..=255).map(|n| n.to_string()).collect());

fn octets_where(keep: impl Fn(&str) -> bool) -> Vec<&'static str> {
    OCTETS.iter().map(String::as_str).filter(|text| keep(text)).collect()
}

fn fits(part: &str, text: &str) -> bool {
    if ["x", "xx", "xxx", "*"].contains(&part) {
        return true;
    }
    part.len() == text.len()
        && !part.starts_with('x')
        && part.chars().zip(text.chars()).all(|(p, t)| p == t || p == 'x')
        && !part.trim_end_matches('x').contains('x')
}

/// What the pattern allows, or nothing where it is no pattern.
fn allowed(pattern: &str) -> Option<Allowed> {
    let lower = pattern.to_lowercase();
    let parts: Vec<&str> = lower.split('.').collect();
    if parts.len() < 2 || parts.len() > 4 {
        return None;
    }
    let mut sets: Vec<Vec<&'static str>> = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        let set = octets_where(|text| fits(part, text));
        let literal = set.len() == 1;
        let wild_before = parts[..at].iter().any(|p| p.contains(['x', '*']));
        if set.is_empty() || (literal && wild_before) {
            return None;
        }
        sets.push(set);
    }
    if sets[0].len() != 1 || sets[0][0] == "0" {
        return None;
    }
    sets.resize(4, octets_where(|_| true));
    sets.try_into().ok()
}

fn reserved(address: &str) -> bool {
    let first: u32 = address.split('.').next().unwrap().parse().unwrap();
    [0, 127].contains(&first) || first > 223 || address.starts_with("169.254.")
}

/// The judgement of a name that is one pattern and nothing else.
fn judged(pattern: &str, address: Ipv4Addr) -> Verdict {
    let address = address.to_string();
    let texts: Vec<&str> = address.split('.').collect();
    let Some(allowed) = allowed(pattern) else { return Verdict::Unobservable };
    let firm = allowed.iter().filter(|set| set.len() < 256).count();
    let everything_reserved = {
        let sample = |second: &&str| format!("{}.{second}.1.1", allowed[0][0]);
        allowed[1].iter().all(|second| reserved(&sample(second)))
    };
    if firm < 2 || everything_reserved {
        return Verdict::Unobservable;
    }
    let fitting = allowed.iter().zip(&texts).take_while(|(set, text)| set.contains(text)).count();
    match fitting {
        4 if reserved(&address) => Verdict::Mismatch,
        4 => Verdict::Match,
        3 if allowed.iter().all(|set| set.len() == 1) => Verdict::Unobservable,
        _ => Verdict::Mismatch,
    }
}

fn binary(address: Ipv4Addr) -> String {
    address.octets().map(|octet| format!("{octet:08b}")).concat()
}

fn in_cidr(cidr: &str, address: Ipv4Addr) -> bool {
    let (base, bits) = cidr.split_once('/').unwrap();
    let (base, bits): (Ipv4Addr, usize) = (base.parse().unwrap(), bits.parse().unwrap());
    binary(address).starts_with(&binary(base)[..bits])
}

/// The values each octet takes inside the range, by trying all of them.
fn cidr_octets(cidr: &str) -> Allowed {
    let base: Ipv4Addr = cidr.split_once('/').unwrap().0.parse().unwrap();
    std::array::from_fn(|at| {
        octets_where(|text| {
            let mut octets = base.octets();
            octets[at] = text.parse().unwrap();
            in_cidr(cidr, Ipv4Addr::from(octets))
        })
    })
}

fn meet(a: &Allowed, b: &Allowed) -> bool {
    a.iter().zip(b).all(|(a, b)| a.iter().any(|text| b.contains(text)))
}

fn part() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => (0_u16..=260).prop_map(|n| n.to_string()),
        4 => "[0-9]{0,2}[xX]{1,3}",
        1 => Just("*".to_owned()),
        1 => "[0-9xX*]{0,4}",
    ]
}

fn first_part() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => (1_u8..=223).prop_map(|n| n.to_string()),
        1 => Just("169".to_owned()),
        1 => Just("127".to_owned()),
        1 => part(),
    ]
}

fn pattern() -> impl Strategy<Value = String> {
    let second = prop_oneof![6 => part(), 1 => Just("254".to_owned())];
    (first_part(), second, prop::collection::vec(part(), 0..=3))
        .prop_map(|(first, second, rest)| [vec![first, second], rest].concat().join("."))
}

/// A pattern that promises a block, most of the time.
fn clear_pattern() -> impl Strategy<Value = String> {
    let tail = prop::sample::select(vec!["", ".x", ".XX.*", ".1x", ".25X", ".2xx", ".0", ".7.x"]);
    (1_u8..=223, any::<u8>(), tail).prop_map(|(a, b, tail)| format!("{a}.{b}{tail}"))
}

/// A pattern with an address that often fits it, or fits it in all octets but one.
fn with_address(
    pattern: impl Strategy<Value = String>,
) -> impl Strategy<Value = (String, Ipv4Addr)> {
    let chance = prop::array::uniform4((any::<prop::sample::Index>(), 0_u8..12));
    (pattern, chance, any::<u32>()).prop_map(|(pattern, chance, noise)| {
        let mut octets = Ipv4Addr::from(noise).octets();
        if let Some(allowed) = allowed(&pattern) {
            for (at, (index, stray)) in chance.iter().enumerate() {
                if *stray > 0 {
                    octets[at] = index.get(&allowed[at]).parse().unwrap();
                }
            }
        }
        (pattern, Ipv4Addr::from(octets))
    })
}

fn cidr() -> impl Strategy<Value = String> {
    ((1_u32..223).prop_filter("usable", |first| *first != 127), any::<u32>(), 8_u32..=32)
        .prop_map(|(first, rest, bits)| {
            let inside = first << 24 | rest & 0x00FF_FFFF;
            format!("{}/{bits}", Ipv4Addr::from(inside & (u32::MAX << (32 - bits))))
        })
        .prop_filter("not link-local", |text| !text.starts_with("169.254."))
}

static CONFIG: LazyLock<ProptestConfig> = LazyLock::new(|| ProptestConfig {
    cases: 500,
    failure_persistence: None,
    ..ProptestConfig::default()
});

proptest! {
    #![proptest_config(CONFIG.clone())]

    #[test]
    fn the_slow_oracle_judges_alike(
        (pattern, address) in with_address(prop_oneof![pattern(), clear_pattern()]),
    ) {
        let judgement = Promise::of(&pattern, &[]).judge(address);
        prop_assert_eq!(judgement, judged(&pattern, address), "{} {}", pattern, address);
    }

    #[test]
    fn labels_around_a_pattern_change_nothing(
        pattern in pattern(),
        before in prop::sample::select(vec![
            "", "🌊 ", "🌊", "NEW-", "Ocean Linux - ", "#1 – IP: ", "  ", "7 ",
        ]),
        after in prop::sample::select(vec!["", " ", " (Diamond 3.1GHz)", " (10.0.0.1)", " Gold"]),
    ) {
        prop_assume!(!pattern.ends_with('.'));
        let dressed = format!("{before}{pattern}{after}");
        prop_assert_eq!(Block::of_name(&dressed), Block::of_name(&pattern), "{}", dressed);
    }

    #[test]
    fn a_pattern_that_touches_a_letter_or_a_dot_is_none(
        pattern in pattern(),
        touch in prop::sample::select(vec!["v", "k", ".", "é", "e\u{301}", "٣", "x.x.x.x."]),
    ) {
        let before = format!("{touch}{pattern}");
        prop_assert!(Block::of_name(&before).is_err(), "{}", before);
        let after = format!("{pattern}{touch}");
        prop_assert!(touch.starts_with('x') || Block::of_name(&after).is_err(), "{}", after);
    }

    #[test]
    fn two_patterns_promise_nothing(one in clear_pattern(), two in clear_pattern()) {
        let clear = |name: &str| Block::of_name(name).is_ok();
        prop_assume!(clear(&one) && clear(&two));
        let both = Block::of_name(&format!("{one} {two}"));
        prop_assert_eq!(both, Err(Unverifiable::SeveralPatterns));
    }

    #[test]
    fn a_range_holds_what_its_bits_say(
        cidr in cidr(), noise in any::<u32>(), keep in 0_u32..=32,
    ) {
        let range = Cidr::parse(&cidr).unwrap();
        prop_assert_eq!(range.to_string(), cidr.clone());
        let base: Ipv4Addr = cidr.split_once('/').unwrap().0.parse().unwrap();
        let address = Ipv4Addr::from(u32::from(base) ^ noise.checked_shr(keep).unwrap_or(0));
        prop_assert_eq!(range.contains(address), in_cidr(&cidr, address), "{} {}", cidr, address);
        let verdict = Promise::of("103.181.91", &[range]).judge(address);
        let good = in_cidr(&cidr, address) && !reserved(&address.to_string());
        prop_assert_eq!(verdict, if good { Verdict::Match } else { Verdict::Mismatch });
    }

    #[test]
    fn promises_overlap_when_they_share_values_in_every_octet(
        one in prop_oneof![pattern(), clear_pattern()],
        two in clear_pattern(),
        cidr in cidr(),
        same_start in any::<bool>(),
    ) {
        let two = match (same_start, one.split_once('.'), two.split_once('.')) {
            (true, Some((first, _)), Some((_, rest))) => format!("{first}.{rest}"),
            _ => two,
        };
        let range = [Cidr::parse(&cidr).unwrap()];
        let promises = [Promise::of(&one, &[]), Promise::of(&two, &[]), Promise::of("", &range)];
        let sets = [allowed(&one), allowed(&two), Some(cidr_octets(&cidr))];
        for (a, left) in promises.iter().zip(&sets) {
            for (b, right) in promises.iter().zip(&sets) {
                let clear = ![a, b].iter().any(|p| matches!(p, Promise::Nothing(_)));
                let shared = left.iter().zip(right).any(|(left, right)| meet(left, right));
                prop_assert_eq!(a.overlaps(b), clear && shared, "{:?} {:?}", a, b);
            }
        }
    }

    #[test]
    fn a_display_name_may_say_less_but_never_more(
        (package, inside) in with_address(clear_pattern()),
        other in prop_oneof![pattern(), clear_pattern()],
        parts in 2_usize..=4,
    ) {
        prop_assume!(Block::of_name(&package).is_ok());
        let shortened = inside.to_string().split('.').take(parts).collect::<Vec<_>>().join(".");
        let promised = allowed(&package).unwrap();
        for shown in [shortened, other] {
            let names = allowed(&shown).filter(|named| {
                shown.split('.').count() > 2 || named[0] == promised[0]
            });
            let holds_all = |named: Allowed| {
                promised.iter().zip(&named).all(|(p, n)| p.iter().all(|text| n.contains(text)))
            };
            let wrong = names.is_some_and(|named| !holds_all(named));
            let said = display_contradicts(&format!("🌊 {shown} Premium"), &package);
            prop_assert_eq!(said, wrong.then_some(shown), "{}", package);
        }
    }

    #[test]
    fn no_text_makes_the_reader_panic(
        name in "\\PC*", shown in "[0-9xX*./ (\u{20E3}🌊v-]{0,40}",
    ) {
        let _ = Block::of_name(&name);
        let _ = Block::of_name(&shown);
        let _ = Cidr::parse(&name);
        let _ = Cidr::parse(&shown);
        let _ = display_contradicts(&shown, "103.181.91");
        let _ = display_contradicts("103.181.91", &shown);
    }
}
