//! A text as the square of dark and light that a camera reads, drawn by us as one path: no picture
//! is fetched, and no style of its own is needed.

use std::fmt::Write;

use qrcode::{Color, EcLevel, QrCode};

/// Light around it, without which cameras do not find it.
const MARGIN: usize = 4;

/// A square, ready to be drawn.
#[derive(Clone, Debug)]
pub struct Square {
    /// How many places it is wide, margins and all.
    pub side: usize,
    /// Every dark run as a box one place high.
    pub path: String,
}

impl Square {
    /// None of a text that is too long for any: whoever shows it has the text beside it.
    pub fn of(text: &str) -> Option<Square> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
        let (width, places) = (code.width(), code.to_colors());
        let mut path = String::new();
        for (y, row) in places.chunks(width).enumerate() {
            let mut x = 0;
            for run in row.chunk_by(|a, b| a == b) {
                if run[0] == Color::Dark {
                    let (left, top, long) = (x + MARGIN, y + MARGIN, run.len());
                    _ = write!(path, "M{left} {top}h{long}v1h-{long}z");
                }
                x += run.len();
            }
        }
        Some(Square { side: width + 2 * MARGIN, path })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads the path back into places.
    fn dark(square: &Square) -> Vec<(usize, usize)> {
        let boxes = square.path.split('M').skip(1);
        let places = boxes.flat_map(|drawn| {
            let (place, rest) = drawn.split_once('h').unwrap();
            let (left, top) = place.split_once(' ').unwrap();
            let (left, top): (usize, usize) = (left.parse().unwrap(), top.parse().unwrap());
            let long: usize = rest.split_once('v').unwrap().0.parse().unwrap();
            (left..left + long).map(move |x| (x, top))
        });
        places.collect()
    }

    #[test]
    fn every_dark_place_is_drawn_once_and_the_margin_is_light() {
        let text = "otpauth://totp/shop.example.com:asha@example.com?secret=GEZDGNBVGY3TQOJQ";
        let square = Square::of(text).unwrap();
        let code = QrCode::with_error_correction_level(text, EcLevel::M).unwrap();
        let width = code.width();
        let mut expected = Vec::new();
        for (at, color) in code.to_colors().into_iter().enumerate() {
            if color == Color::Dark {
                expected.push((at % width + MARGIN, at / width + MARGIN));
            }
        }
        assert_eq!(dark(&square), expected);
        assert_eq!(square.side, width + 8);
        // A corner that cameras look for.
        assert!(square.path.starts_with("M4 4h7v1h-7z"), "{}", square.path);
    }

    #[test]
    fn a_text_that_is_too_long_has_no_square() {
        assert!(Square::of(&"x".repeat(4_000)).is_none());
    }
}
