//! The grammar of package names: where an address pattern starts and ends, and what it means.
//! A name that can be read in two ways, or in none, promises nothing.

use super::{Block, Cidr, Octet};

/// Why a package name promises no block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Unverifiable {
    #[error("the package name holds no address pattern")]
    NoPattern,
    #[error("the package name holds more than one address pattern")]
    SeveralPatterns,
    #[error("the pattern in the package name fixes fewer than two octets")]
    TooWide,
    #[error("the package name gives its range with a slash; enter the range as a CIDR instead")]
    Slashed,
    #[error("the pattern in the package name lies in a reserved range, where no server can live")]
    Reserved,
}

/// Fewer fixed octets than this say too little to check an address against.
const FIXED_OCTETS_MIN: usize = 2;

pub(super) fn promised_by(name: &str) -> Result<Block, Unverifiable> {
    let before_remark = name.split('(').next().unwrap_or_default();
    let text = tidied(before_remark);
    let (narrow, wide): (Vec<Token>, Vec<Token>) =
        tokens(&text).into_iter().partition(|token| token.block.constrained() >= FIXED_OCTETS_MIN);
    match narrow[..] {
        [] if wide.is_empty() => Err(Unverifiable::NoPattern),
        [] => Err(Unverifiable::TooWide),
        [Token { mask: Some(_), .. }] => Err(Unverifiable::Slashed),
        [Token { block, .. }] if block.is_reserved() => Err(Unverifiable::Reserved),
        [Token { block, .. }] => Ok(block),
        _ => Err(Unverifiable::SeveralPatterns),
    }
}

/// Finds what a display name says about addresses that the package does not promise.
///
/// Returns the text of the first such pattern. A display name may say less than the package
/// (`103.195` for `103.195.160.2`), never more and never something else. Two numbers with a dot
/// are taken for an address only when they start with the package's first octet: "Ubuntu 24.10"
/// is none. Here the text in parentheses counts: customers read it, too.
pub fn display_contradicts(display_name: &str, package_name: &str) -> Option<String> {
    let promised = Block::of_name(package_name).ok()?;
    let (shown, own) = (tidied(display_name), tidied(package_name));
    let own = tokens(&own);
    let mut shown = tokens(&shown);
    shown.retain(|token| token.parts > 2 || token.block.0[0] == promised.0[0]);

    // A synced display name repeats the package name with its remark, "(Kernel 5.15.3)". That is
    // no contradiction, as long as the promised block is named as well.
    let named = shown.iter().any(|token| promised.within(&token.addresses()));
    let repeats = |token: &Token| named && own.iter().any(|o| o.addresses() == token.addresses());
    shown
        .iter()
        .find(|token| !promised.within(&token.addresses()) && !repeats(token))
        .map(Token::text)
}

/// Dot-joined parts that form an address pattern.
struct Token<'a> {
    run: &'a str,
    parts: usize,
    block: Block,
    /// What follows after a slash: `24` of `103.181.91.0/24`.
    mask: Option<&'a str>,
}

impl Token<'_> {
    fn text(&self) -> String {
        match self.mask {
            Some(mask) => format!("{}/{mask}", self.run),
            None => self.run.to_owned(),
        }
    }

    fn addresses(&self) -> Block {
        match (self.mask, Cidr::parse(&self.text())) {
            (Some(_), Ok(cidr)) => cidr.block(),
            _ => self.block,
        }
    }
}

/// The name as eyes see it: no invisible characters, no spaces after a dot (`103.47. 59.XX`).
fn tidied(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for c in name.trim().chars().filter(|c| !is_invisible(*c)) {
        if !(c.is_whitespace() && text.ends_with('.')) {
            text.push(c);
        }
    }
    text
}

/// Zero-width characters, which text pasted from a web page carries, and emoji selectors.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}')
}

/// Cuts the text into runs of characters that cling together, and keeps the runs that are
/// patterns as a whole. So a pattern never starts or ends beside a letter, a digit or a dot.
fn tokens(text: &str) -> Vec<Token<'_>> {
    let apart = |c: char| !clings(c);
    let mut pieces = text.split_inclusive(apart).peekable();
    let mut found = Vec::new();
    while let Some(piece) = pieces.next() {
        let run = piece.trim_end_matches(apart);
        let separator = &piece[run.len()..];
        // A keycap makes its last digit part of an emoji.
        if separator == "\u{20E3}" {
            continue;
        }
        let next = pieces.peek().map(|piece| piece.trim_end_matches(apart));
        let mask = next.filter(|bits| separator == "/" && literal(bits).is_some());
        if let Some((block, parts)) = pattern(run) {
            found.push(Token { run, parts, block, mask });
        }
    }
    found
}

/// Letters and digits of every script, dots and what looks like one, accents, and the star.
fn clings(c: char) -> bool {
    let accent = matches!(c, '\u{0300}'..='\u{036F}');
    c.is_alphanumeric() || accent || matches!(c, '.' | '*' | '․' | '。' | '．' | '｡')
}

/// Reads `103.181`, `103.109.18x` or `103.109.XX.X`; says how many parts it had.
fn pattern(run: &str) -> Option<(Block, usize)> {
    let parts: Vec<&str> = run.split('.').collect();
    if !(2..=4).contains(&parts.len()) {
        return None;
    }
    let mut octets = [Octet::ANY; 4];
    octets[0] = Octet::only(literal(parts[0]).filter(|first| *first >= 1)?);
    let mut wild = false;
    for (octet, part) in octets.iter_mut().zip(&parts).skip(1) {
        *octet = match literal(part) {
            // A number after a wildcard is more likely a version than an octet.
            Some(_) if wild => return None,
            Some(value) => Octet::only(value),
            None => {
                wild = true;
                wildcard(part)?
            }
        };
    }
    Some((Block(octets), parts.len()))
}

/// Reads 0 to 255 in plain digits without leading zeros.
pub(super) fn literal(part: &str) -> Option<u8> {
    let plain = part.bytes().all(|byte| byte.is_ascii_digit());
    let padded = part.len() > 1 && part.starts_with('0');
    if plain && !padded { part.parse().ok() } else { None }
}

/// Reads `x`, `xx`, `xxx` and `*` as anything, and `18x` as the numbers that look like it.
fn wildcard(part: &str) -> Option<Octet> {
    let digits = part.trim_end_matches(['x', 'X']);
    let free = part.len() - digits.len();
    if part == "*" || (digits.is_empty() && (1..=3).contains(&free)) {
        return Some(Octet::ANY);
    }
    if part.len() > 3 || free == 0 || digits.starts_with('0') {
        return None;
    }
    let step = if free == 1 { 10 } else { 100 };
    let low = u16::from(literal(digits)?) * step;
    let high = (low + step - 1).min(255);
    Some(Octet { low: u8::try_from(low).ok()?, high: u8::try_from(high).ok()? })
}
