//! Package names, and the addresses that they promise: the shop's reading beside the checker's,
//! which was written without it. An input is a name and, on a second line, an address or a range.

use std::net::Ipv4Addr;

use domain::block::{Block, Cidr, Promise, Verdict, display_contradicts, parse_address};
use serde_json::Value;
use sim::checker::{Place, place};

pub fn seeds() -> Vec<Vec<u8>> {
    let vectors = include_str!("../../crates/domain/src/block/vectors.json");
    let rows: Vec<Value> = serde_json::from_str(vectors).expect("vectors are JSON");
    let line = |row: &Value| {
        let (name, address) = (row["package"].as_str()?, row["address"].as_str()?);
        Some(format!("{name}\n{address}").into_bytes())
    };
    rows.iter().filter_map(line).chain([b"103.73\n103.73.222.0/24".to_vec()]).collect()
}

pub fn run(told: &[u8]) {
    let Ok(text) = std::str::from_utf8(told) else { return };
    let (name, rest) = text.split_once('\n').unwrap_or((text, ""));
    let second = rest.lines().next().unwrap_or_default();
    if let Ok(cidr) = Cidr::parse(second) {
        assert_eq!(cidr.to_string(), second, "a range reads as it is written");
        let base = second.split('/').next().and_then(parse_address).expect("a base");
        assert!(cidr.contains(base));
    }
    parse_address(second).into_iter().for_each(|address| judge(name, address));
    assert_eq!(Block::of_name(name), Block::of_name(name));
    if let Ok(block) = Block::of_name(name) {
        edges(&block).for_each(|address| judge(name, address));
        assert_eq!(display_contradicts(name, name), None, "{name:?} contradicts itself");
    }
    drop(display_contradicts(second, name));
}

/// Neither reading of one name may call an address right that the other calls wrong.
fn judge(name: &str, address: Ipv4Addr) {
    let promise = Promise::of(name, &[]);
    let verdict = promise.judge(address);
    let other = place(name, "", &address.to_string());
    let reserved = is_reserved(address);
    let agreed = match verdict {
        // Each reads some strange names that the other leaves to people: a slash, an accent.
        Verdict::Match => other != Place::Outside && !reserved,
        Verdict::Mismatch => other != Place::Inside || reserved,
        Verdict::Unobservable => true,
    };
    assert!(agreed, "{name:?} and {address}: the shop says {verdict}, the checker {other:?}");
    assert!(verdict != Verdict::Match || promise.contains(address));
}

/// No server lives there: this network, loopback, link-local, multicast and above.
fn is_reserved(address: Ipv4Addr) -> bool {
    let [first, second, ..] = address.octets();
    matches!(first, 0 | 127 | 224..=255) || (first == 169 && second == 254)
}

/// The corners of a block as people read it, and the addresses right beside them.
fn edges(block: &Block) -> impl Iterator<Item = Ipv4Addr> {
    let shown = block.to_string();
    let ends: Vec<(u8, u8)> = shown.split('.').map(ends).collect();
    let corner = |high: bool| ends.iter().map(|end| if high { end.1 } else { end.0 }).collect();
    let corners: [Vec<u8>; 2] = [corner(false), corner(true)];
    corners.into_iter().flat_map(|corner| {
        let mut near = vec![corner.clone()];
        for at in 0..corner.len() {
            for step in [1, u8::MAX] {
                let mut beside = corner.clone();
                beside[at] = beside[at].wrapping_add(step);
                near.push(beside);
            }
        }
        near.into_iter().filter_map(|o| Some(Ipv4Addr::from(<[u8; 4]>::try_from(o).ok()?)))
    })
}

/// `x`, `91` or `180–189`.
fn ends(part: &str) -> (u8, u8) {
    let number = |text: &str| text.parse().expect("a number of an address");
    match part.split_once('–') {
        Some((low, high)) => (number(low), number(high)),
        None if part == "x" => (0, 255),
        None => (number(part), number(part)),
    }
}
