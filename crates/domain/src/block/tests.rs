//! The known names and addresses, and the traps that older shops fell into.

use std::net::Ipv4Addr;

use super::*;

const VECTORS: &str = include_str!("vectors.json");

fn block(name: &str) -> Block {
    Block::of_name(name).unwrap_or_else(|why| panic!("{name:?}: {why}"))
}

fn judge(name: &str, address: &str) -> Verdict {
    Promise::of(name, &[]).judge(address.parse().unwrap())
}

fn ranges(texts: &[&str]) -> Promise {
    let cidrs: Vec<Cidr> = texts.iter().map(|text| Cidr::parse(text).unwrap()).collect();
    Promise::of("103.181.91", &cidrs)
}

fn address(text: &str) -> Ipv4Addr {
    text.parse().unwrap()
}

#[test]
fn every_known_name_and_address_gets_its_verdict() {
    let rows: Vec<serde_json::Value> = serde_json::from_str(VECTORS).unwrap();
    assert_eq!(rows.len(), 78);
    for row in rows {
        let text = |key: &str| row[key].as_str().unwrap();
        let expected = Verdict::parse(text("verdict")).unwrap();
        let promise = Promise::of(text("package"), &[]);
        // What is no address at all never reaches the judge, and is never delivered.
        let found = parse_address(text("address")).map_or(Verdict::Mismatch, |a| promise.judge(a));
        assert_eq!(found, expected, "{row}");
    }
}

#[test]
fn a_text_prefix_is_not_a_block() {
    assert_eq!(judge("103.181.9", "103.181.91.5"), Verdict::Mismatch);
    assert_eq!(judge("103.18", "103.181.91.5"), Verdict::Mismatch);
    assert_eq!(judge("103.109.18x", "103.109.18.6"), Verdict::Mismatch);
    assert_eq!(judge("103.109.1x", "103.109.18.6"), Verdict::Match);
    assert_eq!(judge("103.109.1x", "103.109.180.6"), Verdict::Mismatch);
    assert_eq!(judge("103.109.1x", "103.109.1.6"), Verdict::Mismatch);
}

#[test]
fn emoji_before_a_name_change_nothing() {
    let emoji = [
        "🌊 ",
        "🌊",
        "🏅 ",
        "❤\u{FE0F}",
        "🏷\u{FE0F} ",
        "🇮🇳",
        "1\u{FE0F}\u{20E3} ",
        "1\u{FE0F}\u{20E3}",
        "👨\u{200D}👩\u{200D}👧 ",
        "\u{FEFF}",
        "⚡",
    ];
    for emoji in emoji {
        assert_eq!(block(&format!("{emoji}103.181.91")), block("103.181.91"), "{emoji}");
    }
}

#[test]
fn a_rename_that_keeps_the_block_is_seen_as_the_same_block() {
    for name in ["NEW-103.181.91", "103.181.91.x", "103.181.91.*", "103.181. 91 (AMD 3.1 GHz)"] {
        assert_eq!(block(name), block("103.181.91"), "{name}");
    }
    for name in ["103.181.9", "103.181", "103.181.9x", "103.181.91.1", "103.182.44"] {
        assert_ne!(block(name), block("103.181.91"), "{name}");
    }
}

#[test]
fn a_wildcard_never_means_a_number_above_255() {
    assert_eq!(block("103.109.2xx").to_string(), "103.109.200–255.x");
    assert_eq!(block("103.109.25x").to_string(), "103.109.250–255.x");
    for name in ["103.109.26x", "103.109.3xx", "103.109.99x", "103.109.256", "103.109.0x"] {
        assert_eq!(Block::of_name(name), Err(Unverifiable::NoPattern), "{name}");
    }
}

#[test]
fn every_name_without_a_block_says_why() {
    use Unverifiable as U;
    let told = [
        (U::NoPattern, "Premium VPS"),
        (U::NoPattern, ""),
        (U::NoPattern, "103"),
        (U::NoPattern, "Turbo VPS (103.109.XX.X)"),
        (U::NoPattern, "(103.181.91)"),
        (U::NoPattern, "v103.181.91"),
        (U::NoPattern, "103.181.91GHz"),
        (U::NoPattern, "103.181.91."),
        (U::NoPattern, "103..181.91"),
        (U::NoPattern, "103 .181.91"),
        (U::NoPattern, "1.2.3.4.5"),
        (U::NoPattern, "103.081.91"),
        (U::NoPattern, "103.x.91"),
        (U::NoPattern, "103.18x.5"),
        (U::NoPattern, "x.181.91"),
        (U::NoPattern, "103.181.xxxx"),
        (U::NoPattern, "103.181.9*"),
        (U::NoPattern, "103.181.x1"),
        (U::NoPattern, "10３.181.91"),
        (U::NoPattern, "103.181．91"),
        (U::NoPattern, "103.181.9\u{20E3}1\u{20E3}"),
        (U::NoPattern, "0.0.0.0"),
        (U::NoPattern, "0.181.91"),
        (U::NoPattern, "103.181.+91"),
        (U::SeveralPatterns, "103.181.91 103.182.44"),
        (U::SeveralPatterns, "103.181.91/103.182.44"),
        (U::SeveralPatterns, "103.181.91, 103.181.91"),
        (U::SeveralPatterns, "103.181.91 AMD 3.1 GHz"),
        (U::SeveralPatterns, "103.181.91.1-103.181.91.9"),
        (U::TooWide, "103.x"),
        (U::TooWide, "103.xx.x.*"),
        (U::Slashed, "103.181.91.0/25"),
        (U::Slashed, "103.181.91/25"),
        (U::Reserved, "127.0.0"),
        (U::Reserved, "169.254.x"),
        (U::Reserved, "224.1"),
        (U::Reserved, "255.255.255.255"),
    ];
    for (why, name) in told {
        assert_eq!(Block::of_name(name), Err(why), "{name:?}");
        assert_eq!(judge(name, "103.181.91.50"), Verdict::Unobservable, "{name:?}");
    }
}

#[test]
fn an_invisible_character_does_not_shorten_a_block() {
    assert_eq!(block("103.181.9\u{200B}1"), block("103.181.91"));
    assert_eq!(block("103.181.\u{A0}91"), block("103.181.91"));
}

#[test]
fn a_slash_that_is_no_mask_is_only_a_separator() {
    for name in ["VPS/103.181.91", "103.181.91/Linux", "103.181.91/2TB", "103.181.91 / 8 GB"] {
        assert_eq!(block(name), block("103.181.91"), "{name}");
    }
}

#[test]
fn a_name_of_four_octets_holds_its_neighbours_for_a_person() {
    let promise = Promise::of("NEW-103.195.160.2", &[]);
    assert!(promise.pins_one_address());
    assert_eq!(promise.judge(address("103.195.160.2")), Verdict::Match);
    assert_eq!(promise.judge(address("103.195.160.3")), Verdict::Unobservable);
    assert_eq!(promise.judge(address("103.195.16.2")), Verdict::Mismatch);
    for name in ["103.195.160", "103.195.160.x", "103.195.160.1x", "Premium VPS"] {
        assert!(!Promise::of(name, &[]).pins_one_address(), "{name}");
    }
}

#[test]
fn a_reserved_address_never_matches() {
    assert_eq!(judge("169.25x", "169.254.1.1"), Verdict::Mismatch);
    assert_eq!(judge("169.25x", "169.253.1.1"), Verdict::Match);
    assert_eq!(judge("103.181.91", "127.0.0.1"), Verdict::Mismatch);
    assert_eq!(judge("Premium VPS", "127.0.0.1"), Verdict::Unobservable);
}

#[test]
fn a_private_block_may_be_sold_by_name() {
    for (name, inside) in
        [("10.3", "10.3.7.1"), ("172.16", "172.16.0.9"), ("192.168", "192.168.1.1")]
    {
        assert_eq!(judge(name, inside), Verdict::Match, "{name}");
    }
}

#[test]
fn ranges_from_staff_decide_alone() {
    let promise = ranges(&["103.73.222.0/24", "103.73.223.8/29"]);
    assert_eq!(promise.judge(address("103.73.222.9")), Verdict::Match);
    assert_eq!(promise.judge(address("103.73.223.15")), Verdict::Match);
    assert_eq!(promise.judge(address("103.73.223.16")), Verdict::Mismatch);
    assert_eq!(promise.judge(address("103.181.91.50")), Verdict::Mismatch);

    let one = ranges(&["103.73.222.7/32"]);
    assert!(!one.pins_one_address());
    assert_eq!(one.judge(address("103.73.222.7")), Verdict::Match);
    assert_eq!(one.judge(address("103.73.222.8")), Verdict::Mismatch);
    assert_eq!(Promise::Cidrs(vec![]).judge(address("103.73.222.7")), Verdict::Unobservable);
}

#[test]
fn the_order_in_which_staff_typed_the_ranges_does_not_matter() {
    let one = ranges(&["103.73.223.0/24", "103.73.222.0/24"]);
    assert_eq!(one, ranges(&["103.73.222.0/24", "103.73.223.0/24", "103.73.222.0/24"]));
}

#[test]
fn a_wrong_range_says_what_to_write_instead() {
    let said = |text: &str| Cidr::parse(text).unwrap_err().to_string();
    assert_eq!(
        said("103.73.222.5/24"),
        "\"103.73.222.5/24\" starts inside its range; write 103.73.222.0/24"
    );
    assert_eq!(said("0.0.0.0/0"), "0.0.0.0/0 is too wide to promise anything; use /8 or narrower");
    assert_eq!(said("127.0.0.0/8"), "no server can live in 127.0.0.0/8: the range is reserved");
    let misshapen = [
        "",
        "/",
        "103.73.222.0",
        "103.73.222/24",
        "103.73.222.0/",
        "103.73.222.0/33",
        "103.73.222.0/024",
        "103.73.222.0/+24",
        "103.73.222.0/24 ",
        " 103.73.222.0/24",
        "103.73.0222.0/24",
        "103.73.222.0/24/1",
        "103.73.222.0/255.255.255.0",
        "2001:db8::/32",
    ];
    for text in misshapen {
        assert_eq!(Cidr::parse(text), Err(NotCidr::Shape(text.to_owned())));
    }
}

#[test]
fn overlapping_promises_are_found() {
    let name = |name: &str| Promise::of(name, &[]);
    assert!(name("103.181").overlaps(&name("103.181.91")));
    assert!(name("103.195.160.2").overlaps(&name("103.195")));
    assert!(name("103.109.18x").overlaps(&name("103.109.1xx")));
    assert!(!name("103.181.9").overlaps(&name("103.181.91")));
    assert!(!name("103.181").overlaps(&name("Premium VPS")));
    assert!(ranges(&["103.181.88.0/22"]).overlaps(&name("103.181.9x")));
    assert!(!ranges(&["103.181.92.0/22"]).overlaps(&name("103.181.91")));
    assert!(!name("Premium VPS").overlaps(&name("Premium VPS")));
}

#[test]
fn a_promise_reads_well_to_customers() {
    assert_eq!(Promise::of("103.181.91", &[]).to_string(), "103.181.91.x");
    assert_eq!(Promise::of("103.109.18x", &[]).to_string(), "103.109.180–189.x");
    assert_eq!(Promise::of("103.18x", &[]).to_string(), "103.180–189.x.x");
    assert_eq!(Promise::of("NEW-103.195.160.2", &[]).to_string(), "103.195.160.2");
    let two = ranges(&["103.73.222.0/24", "103.73.223.0/24"]);
    assert_eq!(two.to_string(), "103.73.222.0/24, 103.73.223.0/24");
    assert_eq!(Promise::of("Premium VPS", &[]).to_string(), "no particular block");
    assert_eq!(Promise::Any.to_string(), "no particular block");
}

#[test]
fn a_display_name_that_names_another_block_contradicts() {
    let wrong = [
        ("🌊 103.181.91", "103.182.44", "103.181.91"),
        ("🌊 103.181.91", "103.181.9", "103.181.91"),
        ("🌊 103.181.91.7", "103.181.91", "103.181.91.7"),
        ("🏅 103.184 Premium", "103.195.160.2", "103.184"),
        ("🌊 103.181. 91", "103.182.44", "103.181.91"),
        ("Turbo VPS (103.109.XX.X)", "103.182.44", "103.109.XX.X"),
        ("104.x.x", "103.182.44", "104.x.x"),
        ("103.182.44 was 103.181.91", "103.182.44", "103.181.91"),
        ("🌊 103.181.91", "103.182.44 (was 103.181.91)", "103.181.91"),
        ("🌊 103.181.92.0/22", "103.181.91", "103.181.92.0/22"),
    ];
    for (display, package, token) in wrong {
        let said = display_contradicts(display, package);
        assert_eq!(said.as_deref(), Some(token), "{display} / {package}");
    }
}

#[test]
fn a_display_name_that_promises_no_more_than_the_package_is_fine() {
    let fine = [
        ("🌊 103.181.91", "103.181.91"),
        ("🌊 103.181.91", "NEW-103.181.91.x (Gold Linux)"),
        ("🏅 103.195 Premium", "103.195.160.2"),
        ("🌊 103.195.160.x", "103.195.160.2"),
        ("🌊 103.181.88.0/22", "103.181.91"),
        ("103.x", "103.181.91"),
        ("Super VPS", "103.181.91"),
        ("Super VPS, Ubuntu 24.10", "103.181.91"),
        ("🌊 103.184 (Diamond Pro AMD 3.1GHz)", "103.184"),
        ("🌊 103.184 (Kernel 5.15.3)", "103.184 (Kernel 5.15.3)"),
        ("Essential Linux #1 – IP: 103.73.222.xx", "103.73.222"),
        ("🌊 103.181.91", "Premium VPS"),
    ];
    for (display, package) in fine {
        assert_eq!(display_contradicts(display, package), None, "{display} / {package}");
    }
}

#[test]
fn only_a_bare_address_is_an_address() {
    assert_eq!(parse_address("103.184.12.7"), Some(Ipv4Addr::new(103, 184, 12, 7)));
    let not = [
        "103.184.12.7:49965",
        "103.184.12.07",
        " 103.184.12.7",
        "103.184.12.7.",
        "103.184.12",
        "103.184.12.256",
        "999.181.91.5",
        "1738017799",
        "0x67.0xb8.0xc.0x7",
        "::1",
        "",
    ];
    for text in not {
        assert_eq!(parse_address(text), None, "{text:?}");
    }
}

#[test]
fn every_verdict_reads_back() {
    for verdict in Verdict::ALL {
        assert_eq!(Verdict::parse(verdict.as_str()), Some(verdict));
    }
    assert_eq!(Verdict::parse("Match"), None);
}

#[test]
fn a_person_may_deliver_any_address_where_a_server_can_live() {
    let by_hand = |cidrs: &[Cidr]| Promise::of_package("hand-rack", "103.181.91", cidrs);
    let judge = |promise: &Promise, address: &str| promise.judge(address.parse().unwrap());
    let any = by_hand(&[]);
    for address in ["103.181.91.5", "8.8.8.8", "10.0.0.7"] {
        assert_eq!(judge(&any, address), Verdict::Match, "{address}");
    }
    for address in ["127.0.0.1", "0.0.0.0", "169.254.1.1", "224.0.0.1", "255.255.255.255"] {
        assert_eq!(judge(&any, address), Verdict::Mismatch, "{address}");
    }
    assert!(!any.pins_one_address() && !any.overlaps(&any));
    let ranged = by_hand(&[Cidr::parse("203.0.113.0/24").unwrap()]);
    assert_eq!(judge(&ranged, "203.0.113.9"), Verdict::Match);
    assert_eq!(judge(&ranged, "103.181.91.5"), Verdict::Mismatch);
    assert_eq!(
        Promise::of_package("smartvps", "Premium VPS", &[])
            .judge(std::net::Ipv4Addr::new(8, 8, 8, 8)),
        Verdict::Unobservable
    );
}
