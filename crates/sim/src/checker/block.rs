//! Which addresses a package name promises, written anew from the vectors and not from the shop's
//! own code, so that a mistake there is not made twice. Not for display names.

use std::net::Ipv4Addr;

/// What a name, or ranges from staff, say of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Inside,
    Outside,
    /// Nothing is promised, or nothing that an address can be held against.
    Unknown,
}

/// Lowest and highest value of each part of an address.
type Ranges = [(u8, u8); 4];

/// Ranges of staff decide alone where there are any.
pub fn place(package_name: &str, cidrs: &str, address: &str) -> Place {
    let Ok(address) = address.parse::<Ipv4Addr>() else { return Place::Outside };
    if cidrs.trim().is_empty() {
        return match promised(package_name) {
            None => Place::Unknown,
            Some(ranges) => side(within(&ranges, address)),
        };
    }
    let mut inside = false;
    for cidr in cidrs.split_whitespace() {
        match in_cidr(cidr, address) {
            None => return Place::Unknown,
            Some(found) => inside |= found,
        }
    }
    side(inside)
}

fn side(inside: bool) -> Place {
    if inside { Place::Inside } else { Place::Outside }
}

fn within(ranges: &Ranges, address: Ipv4Addr) -> bool {
    ranges.iter().zip(address.octets()).all(|((low, high), octet)| *low <= octet && octet <= *high)
}

fn in_cidr(cidr: &str, address: Ipv4Addr) -> Option<bool> {
    let (base, bits) = cidr.split_once('/')?;
    let (base, bits) = (base.parse::<Ipv4Addr>().ok()?, bits.parse::<u32>().ok()?);
    let free = 32_u32.checked_sub(bits)?;
    // Widened, because a shift by 32 is not one.
    let high_part = |address: Ipv4Addr| u64::from(u32::from(address)) >> free;
    Some(high_part(base) == high_part(address))
}

/// The one pattern in a name; nothing where there is none or more than one.
fn promised(name: &str) -> Option<Ranges> {
    let name = name.split('(').next().unwrap_or_default().trim();
    let mut joined = String::new();
    for character in name.chars() {
        let spaced = character.is_whitespace() && joined.ends_with('.');
        // Characters that no eye sees come along when a name is copied from a page.
        let unseen = matches!(character, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}')
            || matches!(character, '\u{fe00}'..='\u{fe0f}' | '\u{feff}');
        if !spaced && !unseen {
            joined.push(character);
        }
    }
    // Whatever touches a letter, a digit or a dot is one piece with it.
    let pieces = joined.split(|c: char| !(c.is_alphanumeric() || c == '.' || c == '*'));
    let mut patterns = pieces.filter_map(pattern);
    match (patterns.next(), patterns.next()) {
        (Some(only), None) => Some(only),
        _ => None,
    }
}

fn pattern(piece: &str) -> Option<Ranges> {
    let parts: Vec<&str> = piece.split('.').collect();
    if parts.len() < 2 || parts.len() > 4 {
        return None;
    }
    let mut ranges: Ranges = [(0, 255); 4];
    let mut wild = false;
    for (at, part) in parts.iter().enumerate() {
        ranges[at] = match plain(part) {
            Some(_) if wild => return None,
            Some(0) | None if at == 0 => return None,
            Some(value) => (value, value),
            None => {
                wild = true;
                wildcard(part)?
            }
        };
    }
    let said = ranges.iter().filter(|range| **range != (0, 255)).count();
    (said >= 2).then_some(ranges)
}

/// 0 to 255 in digits, without a zero before them.
fn plain(part: &str) -> Option<u8> {
    let digits = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let value: u8 = if digits { part.parse().ok()? } else { return None };
    (value.to_string() == part).then_some(value)
}

/// `x`, `xx`, `xxx` and `*` are any value; `18x` is what has three digits and begins with 18.
fn wildcard(part: &str) -> Option<(u8, u8)> {
    let lower = part.to_ascii_lowercase();
    if matches!(lower.as_str(), "x" | "xx" | "xxx" | "*") {
        return Some((0, 255));
    }
    let digits = lower.trim_end_matches('x');
    if digits.is_empty() || digits.len() == lower.len() || lower.len() > 3 {
        return None;
    }
    // By trying every value there is: slow, and hard to get wrong.
    let fits = |value: &u8| {
        let text = value.to_string();
        text.len() == lower.len() && text.starts_with(digits)
    };
    let mut fitting = (0..=255_u8).filter(fits);
    let low = fitting.next()?;
    Some((low, fitting.next_back().unwrap_or(low)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use Place::{Inside, Outside, Unknown};

    #[test]
    fn addresses_are_placed_as_the_vectors_say() {
        for (name, address, expected) in [
            ("103.181.91", "103.181.91.50", Inside),
            ("103.181.91", "103.182.44.18", Outside),
            ("103.181.91", "10.3.181.91", Outside),
            ("103.181.9", "103.181.9.77", Inside),
            ("103.181.9", "103.181.91.5", Outside),
            ("103.18", "103.181.91.5", Outside),
            ("103.184 (Diamond Pro AMD 3.1GHz)", "103.184.12.7", Inside),
            ("103.184 (Diamond Pro AMD 3.1GHz)", "3.1.4.5", Outside),
            ("🌊 103.184 (Diamond Pro AMD 3.1GHz)", "103.184.55.66", Inside),
            ("103.83.X", "103.83.10.10", Inside),
            ("103.183.xx", "103.183.5.6", Inside),
            ("103.73.222.xx", "103.73.221.9", Outside),
            ("103.47. 59.XX", "103.47.59.8", Inside),
            ("103.109.18x", "103.109.180.6", Inside),
            ("103.109.18x", "103.109.189.6", Inside),
            ("103.109.18x", "103.109.18.6", Outside),
            ("103.109.18x", "103.109.190.6", Outside),
            ("103.109.1xx", "103.109.150.6", Inside),
            ("103.109.1xx", "103.109.15.6", Outside),
            ("103.109.XX.X", "103.110.44.5", Outside),
            ("NEW-103.195.160.2", "103.195.160.2", Inside),
            ("Ocean Linux - 103.195.160.2", "103.195.160.20", Outside),
            ("Premium VPS", "103.195.160.2", Unknown),
            ("Essential Linux #1 – IP: 103.73.222.xx", "103.73.222.14", Inside),
            ("103.999", "103.99.9.1", Unknown),
            ("103", "103.181.91.5", Unknown),
            ("103.x", "103.181.91.5", Unknown),
            ("103.181.91", "103.181.91.256", Outside),
            ("103.181.91", "103.181.91", Outside),
            ("103.184", "103.184.12.7:49965", Outside),
            ("103.181 103.182", "103.181.1.1", Unknown),
            ("0.0.0.0", "0.0.0.0", Unknown),
        ] {
            assert_eq!(place(name, "", address), expected, "{name} {address}");
        }
    }

    #[test]
    fn ranges_of_staff_decide_alone() {
        let place = |address| super::place("103.181.91", "103.73.222.0/24 103.74.0.0/15", address);
        assert_eq!(place("103.181.91.5"), Outside);
        assert_eq!(place("103.73.222.9"), Inside);
        assert_eq!(place("103.75.1.1"), Inside);
        assert_eq!(place("103.76.0.0"), Outside);
        assert_eq!(super::place("x", "1.2.3.4/32", "1.2.3.4"), Inside);
        assert_eq!(super::place("103.181.91", "rubbish", "103.181.91.5"), Unknown);
    }
}
