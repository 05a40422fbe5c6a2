//! Reads Rust just well enough for the rules: which characters are code, comment or string,
//! and which lines belong to tests. It never fails; broken code is the compiler's business.

/// One line, in three lights. In each, what is left out is replaced by spaces.
#[derive(Default)]
pub struct Line {
    pub number: usize,
    pub text: String,
    /// Neither comments nor what stands inside strings.
    pub code: String,
    /// Strings, but no comments.
    pub uncommented: String,
    /// Only comments.
    pub comment: String,
    /// Inside something marked `#[cfg(test)]`, or in a file of tests.
    pub test: bool,
    /// Inside `#[cfg(test)] mod … { }`, whose length a file is not blamed for.
    pub test_module: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Code,
    Comment,
    Text,
}

pub fn read(source: &str) -> Vec<Line> {
    let letters: Vec<char> = source.chars().collect();
    let kinds = Lexer { letters: &letters, kinds: Vec::new() }.run();
    let mut lines = Vec::new();
    let mut line = Line::default();
    for (&letter, &kind) in letters.iter().zip(&kinds) {
        if letter == '\n' {
            lines.push(std::mem::take(&mut line));
            continue;
        }
        let only = |wanted: bool| if wanted { letter } else { ' ' };
        line.text.push(letter);
        line.code.push(only(kind == Kind::Code));
        line.uncommented.push(only(kind != Kind::Comment));
        line.comment.push(only(kind == Kind::Comment));
    }
    if !line.text.is_empty() {
        lines.push(line);
    }
    lines.iter_mut().enumerate().for_each(|(index, line)| line.number = index + 1);
    mark_tests(&mut lines);
    lines
}

/// Marks every item below `#[cfg(test)]`, from the attribute to its closing brace.
fn mark_tests(lines: &mut [Line]) {
    let mut index = 0;
    while index < lines.len() {
        let start = index;
        index += 1;
        if !lines[start].code.contains("#[cfg(test)]") {
            continue;
        }
        let Some(end) = end_of_item(lines, start) else { continue };
        let is_module = lines[start..=end]
            .iter()
            .take(3)
            .any(|line| line.code.trim_start().starts_with("mod "));
        for line in &mut lines[start..=end] {
            line.test = true;
            line.test_module = is_module && end > start + 1;
        }
        index = end + 1;
    }
}

/// The line on which the item that begins at `start` ends: at its `;`, or where its braces close.
fn end_of_item(lines: &[Line], start: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (offset, line) in lines[start..].iter().enumerate() {
        for letter in line.code.chars() {
            match letter {
                '{' => depth += 1,
                '}' if depth <= 1 => return Some(start + offset),
                '}' => depth -= 1,
                ';' if depth == 0 => return Some(start + offset),
                _ => {}
            }
        }
    }
    None
}

/// The body of the first block that opens at or after `start`, as line indexes with both ends.
pub fn block(lines: &[Line], start: usize) -> Option<(usize, usize)> {
    let open = (start..lines.len()).find(|&index| lines[index].code.contains('{'))?;
    end_of_item(lines, open).map(|end| (open, end))
}

struct Lexer<'a> {
    letters: &'a [char],
    /// One per letter that has been read.
    kinds: Vec<Kind>,
}

impl Lexer<'_> {
    fn run(mut self) -> Vec<Kind> {
        while let Some(letter) = self.at(0) {
            match (letter, self.at(1)) {
                ('/', Some('/')) => self.line_comment(),
                ('/', Some('*')) => self.block_comment(),
                ('"', _) => self.string(),
                ('\'', _) => self.quote(),
                _ if letter.is_alphabetic() || letter == '_' => self.word(),
                _ => self.take(1, Kind::Code),
            }
        }
        self.kinds
    }

    fn at(&self, ahead: usize) -> Option<char> {
        self.letters.get(self.kinds.len() + ahead).copied()
    }

    fn take(&mut self, count: usize, kind: Kind) {
        let left = self.letters.len() - self.kinds.len();
        self.kinds.extend(std::iter::repeat_n(kind, count.min(left)));
    }

    fn line_comment(&mut self) {
        while self.at(0).is_some_and(|letter| letter != '\n') {
            self.take(1, Kind::Comment);
        }
    }

    /// Block comments nest.
    fn block_comment(&mut self) {
        let mut depth = 0_usize;
        loop {
            match (self.at(0), self.at(1)) {
                (Some('/'), Some('*')) => depth += 1,
                (Some('*'), Some('/')) => depth -= 1,
                (Some(_), _) => {
                    self.take(1, Kind::Comment);
                    continue;
                }
                (None, _) => return,
            }
            self.take(2, Kind::Comment);
            if depth == 0 {
                return;
            }
        }
    }

    fn string(&mut self) {
        self.take(1, Kind::Text);
        while let Some(letter) = self.at(0) {
            self.take(if letter == '\\' { 2 } else { 1 }, Kind::Text);
            if letter == '"' {
                return;
            }
        }
    }

    /// A character, or else the name of a lifetime, which is code.
    fn quote(&mut self) {
        if self.at(1) == Some('\\') {
            self.take(3, Kind::Text);
            while let Some(letter) = self.at(0) {
                self.take(1, Kind::Text);
                if letter == '\'' {
                    return;
                }
            }
        } else if self.at(2) == Some('\'') {
            self.take(3, Kind::Text);
        } else {
            self.take(1, Kind::Code);
        }
    }

    /// A word, which may be the prefix of a raw string.
    fn word(&mut self) {
        let mut word = String::new();
        while let Some(letter) = self.at(0).filter(|&l| l.is_alphanumeric() || l == '_') {
            word.push(letter);
            self.take(1, Kind::Code);
        }
        if ["r", "br", "cr"].contains(&word.as_str()) {
            let hashes = (0..).take_while(|&ahead| self.at(ahead) == Some('#')).count();
            if self.at(hashes) == Some('"') {
                self.raw_string(hashes);
            }
        }
    }

    fn raw_string(&mut self, hashes: usize) {
        self.take(hashes + 1, Kind::Text);
        while let Some(letter) = self.at(0) {
            let closed = letter == '"' && (1..=hashes).all(|ahead| self.at(ahead) == Some('#'));
            self.take(if closed { hashes + 1 } else { 1 }, Kind::Text);
            if closed {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(source: &str) -> String {
        read(source)
            .iter()
            .map(|line| line.code.trim_end().to_owned())
            .collect::<Vec<_>>()
            .join("|")
    }

    #[test]
    fn comments_and_strings_are_not_code() {
        assert_eq!(code("let a = 1; // b"), "let a = 1;");
        assert_eq!(code("f(\"/* no */\", g)"), "f(          , g)");
        assert_eq!(code("/* a /* b */ c */ d"), "                  d");
        assert_eq!(code(r#"x("a\"b", y)"#), "x(      , y)");
    }

    #[test]
    fn raw_strings_end_at_their_own_hashes() {
        assert_eq!(code("r#\"a \" b\"# + c"), "r          + c");
        assert_eq!(code("r#type + c"), "r#type + c");
    }

    #[test]
    fn a_lifetime_does_not_open_a_string() {
        assert_eq!(code("fn f<'a>(x: &'a str)"), "fn f<'a>(x: &'a str)");
        assert_eq!(code("'\"' + '\\'' + a"), "    +      + a");
    }

    #[test]
    fn comments_and_strings_are_kept_apart() {
        let lines = read("let a = \"b\"; // c");
        assert_eq!(lines[0].uncommented.trim_end(), "let a = \"b\";");
        assert_eq!(lines[0].comment.trim(), "// c");
    }

    #[test]
    fn the_lines_below_a_test_attribute_are_marked() {
        let source = "fn a() {}\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\nfn c() {}\n";
        let marked: Vec<_> = read(source).iter().map(|line| line.test).collect();
        assert_eq!(marked, [false, true, true, true, true, false]);
        let modules: Vec<_> = read(source).iter().map(|line| line.test_module).collect();
        assert_eq!(modules, marked);
    }

    #[test]
    fn a_test_module_in_its_own_file_marks_only_its_line() {
        let marked: Vec<_> =
            read("#[cfg(test)]\nmod tests;\nfn c() {}\n").iter().map(|line| line.test).collect();
        assert_eq!(marked, [true, true, false]);
    }
}
