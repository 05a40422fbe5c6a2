//! Letters: which font has each, and how they stand beside each other. Latin and the rupee sign
//! come with the program; a script that they lack is looked for among the machine's fonts.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex, PoisonError};

use krilla::text::{Font, GlyphId, KrillaGlyph};
use rustybuzz::UnicodeBuffer;

use super::NotDrawn;

/// One font: as it is drawn with, and as letters are shaped with.
pub(super) struct Face {
    font: Font,
    shaper: rustybuzz::Face<'static>,
}

/// Fonts are read once and stay.
pub(super) type Kept = &'static Face;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Weight {
    Regular,
    Bold,
}

/// Text in one font, shaped. Widths are parts of the font's size.
#[derive(Clone)]
pub(super) struct Piece {
    pub face: Kept,
    pub text: String,
    pub glyphs: Vec<KrillaGlyph>,
    pub width: f32,
}

/// Text as it stands on a page, in as many fonts as it needs.
#[derive(Clone, Default)]
pub(super) struct Run {
    pub pieces: Vec<Piece>,
    pub width: f32,
}

impl std::fmt::Debug for Run {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.pieces.iter().map(|piece| piece.text.as_str()).collect::<String>())
    }
}

/// Of these two the licence stands in their package; they have Latin, Greek, Cyrillic, and `₹`.
static OURS: LazyLock<Option<[Face; 2]>> =
    LazyLock::new(|| Some([Face::of(notosans::REGULAR_TTF)?, Face::of(notosans::BOLD_TTF)?]));

impl Face {
    fn of(bytes: &'static [u8]) -> Option<Face> {
        let shaper = rustybuzz::Face::from_slice(bytes, 0)?;
        Some(Face { font: Font::new(bytes.into(), 0)?, shaper })
    }

    pub fn drawn(&self) -> Font {
        self.font.clone()
    }

    fn has(&self, letter: char) -> bool {
        self.shaper.glyph_index(letter).is_some()
    }

    fn shaped(&'static self, text: String) -> Piece {
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(&text);
        buffer.guess_segment_properties();
        let shaped = rustybuzz::shape(&self.shaper, &[], buffer);
        let em = self.font.units_per_em();
        let part = |units: i32| units as f32 / em;
        let mut clusters: Vec<usize> =
            shaped.glyph_infos().iter().map(|info| info.cluster as usize).collect();
        let begins = clusters.clone();
        clusters.sort_unstable();
        clusters.push(text.len());
        let end = |begin: usize| clusters.iter().copied().find(|at| *at > begin).unwrap_or(begin);
        let places = shaped.glyph_positions().iter();
        let glyphs: Vec<KrillaGlyph> = shaped
            .glyph_infos()
            .iter()
            .zip(places)
            .zip(&begins)
            .map(|((info, place), begin)| KrillaGlyph {
                glyph_id: GlyphId::new(info.glyph_id),
                text_range: *begin..end(*begin),
                x_advance: part(place.x_advance),
                x_offset: part(place.x_offset),
                y_offset: part(place.y_offset),
                y_advance: part(place.y_advance),
                location: None,
            })
            .collect();
        let width = glyphs.iter().map(|glyph| glyph.x_advance).sum();
        Piece { face: self, text, glyphs, width }
    }
}

/// Shapes a text. What is no letter and in no font, such as a picture, is left out; a letter that
/// is in none is refused, for a name without it is another name.
pub(super) fn shaped(text: &str, weight: Weight) -> Result<Run, NotDrawn> {
    let [regular, bold] =
        OURS.as_ref().ok_or_else(|| NotDrawn::Failed("the fonts cannot be read".into()))?;
    let ours = if weight == Weight::Bold { bold } else { regular };
    let mut parts: Vec<(Kept, String)> = Vec::new();
    for letter in text.chars() {
        let face = match parts.last() {
            // Marks and joiners belong to the letter before them.
            Some((face, _)) if face.has(letter) && !ours.has(letter) => *face,
            _ if ours.has(letter) => ours,
            Some((face, _)) if is_joiner(letter) => *face,
            _ => match elsewhere(letter) {
                Some(face) => face,
                None if letter.is_alphanumeric() => return Err(NotDrawn::NoFont(letter)),
                None => continue,
            },
        };
        match parts.last_mut() {
            Some((last, text)) if std::ptr::eq(*last, face) => text.push(letter),
            _ => parts.push((face, letter.to_string())),
        }
    }
    let pieces: Vec<Piece> = parts.into_iter().map(|(face, text)| face.shaped(text)).collect();
    let width = pieces.iter().map(|piece| piece.width).sum();
    Ok(Run { pieces, width })
}

/// Whether a name with this letter can stand on a paper.
pub fn has_letter(letter: char) -> bool {
    OURS.as_ref().is_some_and(|[regular, _]| regular.has(letter)) || elsewhere(letter).is_some()
}

fn is_joiner(letter: char) -> bool {
    matches!(letter, '\u{200c}' | '\u{200d}')
}

/// What was found for each 128 letters, so that the machine is searched once for them.
static FOUND: LazyLock<Mutex<HashMap<u32, Option<Kept>>>> = LazyLock::new(Mutex::default);

fn elsewhere(letter: char) -> Option<Kept> {
    let mut found = FOUND.lock().unwrap_or_else(PoisonError::into_inner);
    let block = found.entry(u32::from(letter) >> 7).or_insert_with(|| search(letter));
    block.filter(|face| face.has(letter))
}

/// Reads one font after the other until one has the letter. That one stays for good.
fn search(letter: char) -> Option<Kept> {
    let has = |path: &PathBuf| {
        let bytes = std::fs::read(path).ok()?;
        let fits = rustybuzz::Face::from_slice(&bytes, 0)?.glyph_index(letter).is_some();
        let face = fits.then(|| Face::of(Vec::leak(bytes)))??;
        let kept: Kept = Box::leak(Box::new(face));
        Some(kept)
    };
    candidates().iter().find_map(has)
}

/// Where machines keep fonts.
const PLACES: [&str; 4] =
    ["/usr/share/fonts", "/usr/local/share/fonts", "/Library/Fonts", "/System/Library/Fonts"];
const DEEP_MAX: usize = 4;

/// Plain fonts of the two families that are drawn for nearly every script, in the order of their
/// names: every node takes the same.
fn candidates() -> Vec<PathBuf> {
    let mut found = Vec::new();
    PLACES.iter().for_each(|place| gather(Path::new(place), DEEP_MAX, &mut found));
    found.sort();
    found
}

fn gather(folder: &Path, deep: usize, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() && deep > 0 {
            gather(&path, deep - 1, found);
        } else if path.file_name().is_some_and(|name| is_wanted(&name.to_string_lossy())) {
            found.push(path);
        }
    }
}

fn is_wanted(name: &str) -> bool {
    let is_font = name.ends_with(".ttf") || name.ends_with(".otf");
    let noto = name.starts_with("NotoSans") && (name.contains("-Regular.") || name.contains('['));
    is_font && (noto || name.starts_with("Lohit-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rupee_sign_and_names_of_europe_are_in_our_own_font() {
        for weight in [Weight::Regular, Weight::Bold] {
            let run = shaped("₹1,179.00 – Zoë Łukasz", weight).unwrap();
            assert_eq!(run.pieces.len(), 1);
            assert!(run.pieces[0].glyphs.iter().all(|glyph| glyph.glyph_id.to_u32() != 0));
        }
    }

    #[test]
    fn a_picture_is_left_out_and_a_letter_that_nobody_has_is_refused() {
        assert_eq!(
            format!("{:?}", shaped("🌊 103.181.91", Weight::Regular).unwrap()),
            " 103.181.91"
        );
        // A letter of a script that no font of these families has.
        assert_eq!(
            shaped("\u{16b63}", Weight::Regular).map(drop),
            search('\u{16b63}').map(drop).ok_or(NotDrawn::NoFont('\u{16b63}'))
        );
    }

    #[test]
    fn a_longer_text_is_wider_and_bold_is_wider_than_plain() {
        let width = |text: &str, weight| shaped(text, weight).unwrap().width;
        assert!(width("Invoice", Weight::Regular) < width("Tax invoice", Weight::Regular));
        assert!(width("Invoice", Weight::Regular) < width("Invoice", Weight::Bold));
    }

    #[test]
    fn only_plain_fonts_of_known_families_are_read() {
        assert!(is_wanted("NotoSansDevanagari-Regular.ttf") && is_wanted("Lohit-Devanagari.ttf"));
        assert!(is_wanted("NotoSansDevanagari[wdth,wght].ttf"));
        assert!(!is_wanted("NotoSansDevanagari-Bold.ttf") && !is_wanted("NotoSerif-Regular.ttf"));
    }
}
