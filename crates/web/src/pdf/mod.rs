//! Sheets as PDF, A4, with their fonts inside. Laid out first and drawn then, so that each page
//! knows how many there are. Not for what a sheet says: `view/paper.rs`.

mod font;
pub use font::has_letter;
mod layout;

use krilla::Document;
use krilla::color::rgb;
use krilla::geom::{PathBuilder, Point};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;

use crate::view::paper::Sheet;

/// Why a sheet cannot be drawn.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotDrawn {
    /// No font of this machine has these letters.
    #[error(
        "no font on this machine has the letter {0:?}; install Noto Sans or Lohit for its script, \
         such as the package fonts-noto-core or fonts-lohit-deva"
    )]
    NoFont(char),
    #[error("the PDF could not be put together: {0}")]
    Failed(String),
}

/// One mark on a page; measures are points, from the upper left corner.
#[derive(Clone, Debug)]
enum Mark {
    Text { x: f32, y: f32, size: f32, shade: Shade, run: font::Run },
    Rule { from: (f32, f32), to: (f32, f32), shade: Shade },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shade {
    Ink,
    Soft,
    Hair,
}

impl Shade {
    fn color(self) -> rgb::Color {
        match self {
            Shade::Ink => rgb::Color::new(17, 29, 34),
            Shade::Soft => rgb::Color::new(92, 107, 112),
            Shade::Hair => rgb::Color::new(201, 211, 211),
        }
    }
}

/// Draws a sheet.
pub fn drawn(sheet: &Sheet) -> Result<Vec<u8>, NotDrawn> {
    let pages = layout::pages(sheet)?;
    let mut document = Document::new();
    let title = format!("{} {}", sheet.title, sheet.number);
    document
        .set_metadata(Metadata::new().title(title).creator("Berth".into()).language("en".into()));
    let failed = |what: &str| NotDrawn::Failed(what.to_owned());
    for marks in &pages {
        let settings = PageSettings::from_wh(layout::WIDTH, layout::HEIGHT);
        let mut page = document.start_page_with(settings.ok_or_else(|| failed("the page"))?);
        let mut surface = page.surface();
        for mark in marks {
            draw(&mut surface, mark).ok_or_else(|| failed("a mark"))?;
        }
        surface.finish();
        page.finish();
    }
    document.finish().map_err(|error| NotDrawn::Failed(format!("{error:?}")))
}

fn draw(surface: &mut Surface<'_>, mark: &Mark) -> Option<()> {
    match mark {
        Mark::Text { x, y, size, shade, run } => {
            surface.set_stroke(None);
            surface.set_fill(Some(Fill { paint: shade.color().into(), ..Fill::default() }));
            let mut x = *x;
            for piece in &run.pieces {
                let at = Point::from_xy(x, *y);
                let font = piece.face.drawn();
                surface.draw_glyphs(at, &piece.glyphs, font, &piece.text, *size, false);
                x += piece.width * size;
            }
        }
        Mark::Rule { from, to, shade } => {
            let mut path = PathBuilder::new();
            path.move_to(from.0, from.1);
            path.line_to(to.0, to.1);
            surface.set_fill(None);
            surface.set_stroke(Some(Stroke {
                paint: shade.color().into(),
                width: 0.6,
                opacity: NormalizedF32::ONE,
                ..Stroke::default()
            }));
            surface.draw_path(&path.finish()?);
        }
    }
    Some(())
}

#[cfg(test)]
mod tests;
