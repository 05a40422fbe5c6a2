//! The table: what was measured, what it came to, what was aimed at, and whether that was met.

/// One line of it.
#[derive(Clone, Debug)]
pub struct Row {
    what: String,
    figure: String,
    aim: String,
    met: Option<bool>,
}

#[derive(Default)]
pub struct Table(Vec<Row>);

impl Table {
    /// A figure with an aim.
    pub fn aimed(&mut self, what: &str, figure: String, aim: &str, met: bool) {
        let (what, aim) = (what.to_owned(), aim.to_owned());
        self.add(Row { what, figure, aim, met: Some(met) });
    }

    /// A figure that is only stated.
    pub fn stated(&mut self, what: &str, figure: String) {
        let what = what.to_owned();
        self.add(Row { what, figure, aim: String::new(), met: None });
    }

    /// Tells it at once: a run takes minutes, and may be ended before the table is printed.
    fn add(&mut self, row: Row) {
        eprintln!("  {}: {}", row.what, row.figure);
        self.0.push(row);
    }

    pub fn missed(&self) -> usize {
        self.0.iter().filter(|row| row.met == Some(false)).count()
    }

    pub fn print(&self) {
        let head = ["what", "figure", "aim", "met"].map(str::to_owned);
        let mut lines = vec![head];
        for row in &self.0 {
            let met = match row.met {
                Some(true) => "yes",
                Some(false) => "NO",
                None => "",
            };
            lines.push([row.what.clone(), row.figure.clone(), row.aim.clone(), met.to_owned()]);
        }
        let wide = |at: usize| lines.iter().map(|line| line[at].chars().count()).max().unwrap_or(0);
        let widths = [wide(0), wide(1), wide(2), wide(3)];
        for (nth, line) in lines.iter().enumerate() {
            let cell = |(text, width): (&String, usize)| format!(" {text:<width$} ");
            let cells: Vec<String> = line.iter().zip(widths).map(cell).collect();
            println!("|{}|", cells.join("|"));
            if nth == 0 {
                let rule: Vec<String> = widths.map(|width| "-".repeat(width + 2)).into();
                println!("|{}|", rule.join("|"));
            }
        }
    }
}
