//! Columns for people: the cells of one table line up, on a terminal and in a pipe. What came
//! from outside cannot write over the screen. Not for programs: those read JSON.

use unicode_width::UnicodeWidthStr;

use crate::log::one_line;
use crate::paint::Paint;

/// How a cell looks on a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Plain,
    Good,
    Warn,
    Bad,
    Bold,
    Dim,
}

impl Tone {
    pub fn of(self, text: &str, paint: Paint) -> String {
        match self {
            Tone::Plain => text.to_owned(),
            Tone::Good => paint.good(text),
            Tone::Warn => paint.warn(text),
            Tone::Bad => paint.bad(text),
            Tone::Bold => paint.bold(text),
            Tone::Dim => paint.dim(text),
        }
    }
}

/// One cell. Control characters in it are written out.
#[derive(Debug, Clone)]
pub struct Cell {
    text: String,
    tone: Tone,
    is_right: bool,
}

impl Cell {
    pub fn new(tone: Tone, text: impl AsRef<str>) -> Cell {
        Cell { text: one_line(text.as_ref()), tone, is_right: false }
    }

    pub fn plain(text: impl AsRef<str>) -> Cell {
        Cell::new(Tone::Plain, text)
    }

    pub fn dim(text: impl AsRef<str>) -> Cell {
        Cell::new(Tone::Dim, text)
    }

    /// Moved to the right edge of its column, as numbers are.
    pub fn right(self) -> Cell {
        Cell { is_right: true, ..self }
    }

    fn padded(&self, width: usize, paint: Paint) -> String {
        let gap = " ".repeat(width.saturating_sub(self.text.width()));
        let text = self.tone.of(&self.text, paint);
        if self.is_right { gap + &text } else { text + &gap }
    }
}

/// Rows that line up.
#[derive(Debug, Default)]
pub struct Table(Vec<Vec<Cell>>);

const INDENT: &str = "  ";
const BETWEEN: &str = "  ";

impl Table {
    pub fn row(&mut self, cells: impl IntoIterator<Item = Cell>) {
        self.0.push(cells.into_iter().collect());
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The rows, a line each. A column that is empty in every row takes no room.
    pub fn text(&self, paint: Paint) -> String {
        let columns = self.0.iter().map(Vec::len).max().unwrap_or(0);
        let widest = |at: usize| {
            let cells = self.0.iter().filter_map(|row| row.get(at));
            cells.map(|cell| cell.text.width()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(widest).collect();
        self.0.iter().map(|row| line(row, &widths, paint)).collect()
    }
}

fn line(row: &[Cell], widths: &[usize], paint: Paint) -> String {
    // What is empty to the end needs no blanks either.
    let end = row.iter().rposition(|cell| !cell.text.is_empty()).map_or(0, |at| at + 1);
    let mut cells = Vec::new();
    for (at, (cell, width)) in row[..end].iter().zip(widths).enumerate() {
        let is_last = at + 1 == end && !cell.is_right;
        match (*width, is_last) {
            (0, _) => {}
            (_, true) => cells.push(cell.padded(0, paint)),
            (width, false) => cells.push(cell.padded(width, paint)),
        }
    }
    format!("{INDENT}{}\n", cells.join(BETWEEN))
}

/// `1 order`, `2 orders`.
pub fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_also_beside_wide_letters() {
        let mut table = Table::default();
        table.row([Cell::plain("🌊 103.82.72"), Cell::plain("5").right(), Cell::dim("")]);
        table.row([Cell::plain("x"), Cell::plain("1234").right(), Cell::plain("low")]);
        let right = "  🌊 103.82.72     5\n  x             1234  low\n";
        assert_eq!(table.text(Paint::of(false)), right);
    }

    #[test]
    fn an_empty_column_takes_no_room() {
        let mut table = Table::default();
        table.row([Cell::plain("a"), Cell::plain(""), Cell::plain("b")]);
        assert_eq!(table.text(Paint::of(false)), "  a  b\n");
    }

    #[test]
    fn a_name_from_outside_cannot_write_over_the_screen() {
        let mut table = Table::default();
        table.row([Cell::plain("a\u{1b}[2J\nb")]);
        assert_eq!(table.text(Paint::of(false)), "  a\\u{1b}[2J\\nb\n");
    }
}
