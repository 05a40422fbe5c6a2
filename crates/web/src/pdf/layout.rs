//! Where everything of a sheet stands: heading, parties, table, sums, words, notes; and where a
//! page ends. The table's head is repeated on every page.

use super::font::{Run, Weight, shaped};
use super::{Mark, NotDrawn, Shade};
use crate::view::paper::{Column, Sheet};

pub(super) const WIDTH: f32 = 595.0;
pub(super) const HEIGHT: f32 = 842.0;
const MARGIN: f32 = 48.0;
const INNER: f32 = WIDTH - 2.0 * MARGIN;
/// Below it only the foot stands.
const BOTTOM: f32 = HEIGHT - 64.0;
const PLAIN: f32 = 9.0;
const SMALL: f32 = 8.0;
const LEAD: f32 = 13.0;
const GAP: f32 = 8.0;

type Drawn<T = ()> = Result<T, NotDrawn>;

struct Paper<'a> {
    sheet: &'a Sheet,
    pages: Vec<Vec<Mark>>,
    /// How far down the page is filled.
    y: f32,
    /// Where each column begins and ends.
    edges: Vec<(f32, f32)>,
}

pub(super) fn pages(sheet: &Sheet) -> Drawn<Vec<Vec<Mark>>> {
    let mut paper =
        Paper { sheet, pages: vec![Vec::new()], y: MARGIN, edges: edges(&sheet.columns) };
    paper.heading()?;
    paper.parties()?;
    paper.table()?;
    paper.sums()?;
    paper.below()?;
    paper.feet()?;
    Ok(paper.pages)
}

fn edges(columns: &[Column]) -> Vec<(f32, f32)> {
    let whole: u16 = columns.iter().map(|column| column.share).sum();
    let mut at = MARGIN;
    let edge = |column: &Column| {
        let width = INNER * f32::from(column.share) / f32::from(whole.max(1));
        let edge = (at, at + width - GAP);
        at += width;
        edge
    };
    let mut edges: Vec<_> = columns.iter().map(edge).collect();
    // Nothing stands behind the last column.
    if let Some(last) = edges.last_mut() {
        last.1 += GAP;
    }
    edges
}

/// Breaks a text into lines that fit; a word that is too long for any line is broken, too.
fn lines(text: &str, weight: Weight, size: f32, width: f32) -> Drawn<Vec<Run>> {
    let fits = |text: &str| Ok::<_, NotDrawn>(shaped(text, weight)?.width * size <= width);
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        // A picture is in no font, and leaves no gap.
        if shaped(word, weight)?.pieces.is_empty() {
            continue;
        }
        let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
        if fits(&longer)? {
            line = longer;
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        for letter in word.chars() {
            line.push(letter);
            if !fits(&line)? && line.chars().count() > 1 {
                line.pop();
                lines.push(std::mem::replace(&mut line, letter.to_string()));
            }
        }
    }
    lines.push(line);
    lines.iter().map(|line| shaped(line, weight)).collect()
}

impl Paper<'_> {
    fn put(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.push(mark);
        }
    }

    fn run(&mut self, (x, y): (f32, f32), size: f32, shade: Shade, run: Run) {
        self.put(Mark::Text { x, y, size, shade, run });
    }

    fn text(&mut self, at: (f32, f32), size: f32, shade: Shade, text: &str) -> Drawn {
        let run = shaped(text, Weight::Regular)?;
        self.run(at, size, shade, run);
        Ok(())
    }

    fn rule(&mut self, shade: Shade) {
        let (from, to) = ((MARGIN, self.y), (WIDTH - MARGIN, self.y));
        self.put(Mark::Rule { from, to, shade });
    }

    /// Begins another page where so much does not fit any more.
    fn make_room(&mut self, height: f32) -> bool {
        if self.y + height <= BOTTOM {
            return false;
        }
        self.pages.push(Vec::new());
        self.y = MARGIN;
        true
    }

    fn heading(&mut self) -> Drawn {
        let sheet = self.sheet;
        let title = shaped(&sheet.title, Weight::Bold)?;
        self.run((MARGIN, self.y + 18.0), 20.0, Shade::Ink, title);
        let number = shaped(&sheet.number, Weight::Bold)?;
        let x = WIDTH - MARGIN - number.width * 12.0;
        self.run((x, self.y + 18.0), 12.0, Shade::Ink, number);
        self.y += 36.0;
        self.rule(Shade::Hair);
        self.y += 20.0;
        Ok(())
    }

    /// Who sells, who buys, and what else is to be known, side by side.
    fn parties(&mut self) -> Drawn {
        let sheet = self.sheet;
        let third = INNER / 3.0;
        let top = self.y;
        let mut lowest = top;
        for (at, (head, party)) in
            [("From", &sheet.seller), ("For", &sheet.buyer)].into_iter().enumerate()
        {
            let x = MARGIN + third * if at == 0 { 0.0 } else { 1.0 };
            self.y = top;
            self.text((x, self.y), SMALL, Shade::Soft, head)?;
            self.y += LEAD;
            for (place, line) in party.iter().enumerate() {
                let weight = if place == 0 { Weight::Bold } else { Weight::Regular };
                for run in lines(line, weight, PLAIN, third - 2.0 * GAP)? {
                    self.run((x, self.y), PLAIN, Shade::Ink, run);
                    self.y += LEAD;
                }
            }
            lowest = lowest.max(self.y);
        }
        let x = MARGIN + 2.0 * third;
        self.y = top;
        for (name, value) in &sheet.facts {
            self.text((x, self.y), SMALL, Shade::Soft, name)?;
            for run in lines(value, Weight::Regular, PLAIN, third - 72.0)? {
                self.run((x + 72.0, self.y), PLAIN, Shade::Ink, run);
                self.y += LEAD;
            }
        }
        self.y = lowest.max(self.y) + 16.0;
        Ok(())
    }

    fn head(&mut self) -> Drawn {
        let sheet = self.sheet;
        let edges = self.edges.clone();
        self.rule(Shade::Ink);
        self.y += LEAD;
        for (column, (left, right)) in sheet.columns.iter().zip(edges) {
            let run = shaped(&column.head, Weight::Bold)?;
            let x = if column.is_amount { right - run.width * SMALL } else { left };
            self.run((x, self.y), SMALL, Shade::Ink, run);
        }
        self.y += 6.0;
        self.rule(Shade::Hair);
        Ok(())
    }

    fn table(&mut self) -> Drawn {
        let sheet = self.sheet;
        self.head()?;
        for row in &sheet.rows {
            let mut cells = Vec::new();
            for (cell, (left, right)) in row.iter().zip(&self.edges) {
                cells.push(lines(cell, Weight::Regular, PLAIN, right - left)?);
            }
            let tall = cells.iter().map(Vec::len).max().unwrap_or(1);
            let height = LEAD * tall as f32 + 7.0;
            if self.make_room(height) {
                self.head()?;
            }
            let edges = self.edges.clone();
            for ((cell, column), (left, right)) in cells.into_iter().zip(&sheet.columns).zip(edges)
            {
                let mut y = self.y + LEAD;
                for run in cell {
                    let x = if column.is_amount { right - run.width * PLAIN } else { left };
                    self.run((x, y), PLAIN, Shade::Ink, run);
                    y += LEAD;
                }
            }
            self.y += height;
            self.rule(Shade::Hair);
        }
        Ok(())
    }

    fn sums(&mut self) -> Drawn {
        let sheet = self.sheet;
        self.make_room(LEAD * (sheet.sums.len() as f32 + 3.0));
        self.y += LEAD;
        let right = WIDTH - MARGIN;
        let left = right - 210.0;
        for (at, (name, amount)) in sheet.sums.iter().enumerate() {
            let counts = at + 1 == sheet.sums.len();
            let (weight, size) =
                if counts { (Weight::Bold, 11.0) } else { (Weight::Regular, PLAIN) };
            if counts && at > 0 {
                // Below the line before it, and clear of the larger one that comes.
                let y = self.y + 6.0;
                self.put(Mark::Rule { from: (left, y), to: (right, y), shade: Shade::Hair });
                self.y += 9.0;
            }
            self.y += LEAD;
            let (name, amount) = (shaped(name, weight)?, shaped(amount, weight)?);
            let x = right - amount.width * size;
            self.run((left, self.y), size, Shade::Ink, name);
            self.run((x, self.y), size, Shade::Ink, amount);
        }
        self.y += 24.0;
        Ok(())
    }

    /// The total in words, and what else is to be said.
    fn below(&mut self) -> Drawn {
        let sheet = self.sheet;
        if let Some(words) = &sheet.words {
            for run in lines(words, Weight::Bold, PLAIN, INNER)? {
                self.make_room(LEAD);
                self.run((MARGIN, self.y), PLAIN, Shade::Ink, run);
                self.y += LEAD;
            }
            self.y += 6.0;
        }
        for note in &sheet.notes {
            for run in lines(note, Weight::Regular, SMALL, INNER)? {
                self.make_room(LEAD);
                self.run((MARGIN, self.y), SMALL, Shade::Soft, run);
                self.y += LEAD;
            }
        }
        Ok(())
    }

    /// Which page of how many, on each.
    fn feet(&mut self) -> Drawn {
        let count = self.pages.len();
        let named = format!("{} {}", self.sheet.title, self.sheet.number);
        let y = HEIGHT - 36.0;
        for (at, page) in self.pages.iter_mut().enumerate() {
            let (size, shade) = (SMALL, Shade::Soft);
            let run = shaped(&named, Weight::Regular)?;
            page.push(Mark::Text { x: MARGIN, y, size, shade, run });
            let run = shaped(&format!("Page {} of {count}", at + 1), Weight::Regular)?;
            let x = WIDTH - MARGIN - run.width * SMALL;
            page.push(Mark::Text { x, y, size, shade, run });
        }
        Ok(())
    }
}
