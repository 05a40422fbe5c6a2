//! How many tests ran, read from the closing lines of the runners.
//! Only what a runner itself says counts; nothing is assumed.

/// The sum over all runners of one run.
#[derive(Default, Debug, PartialEq, Eq)]
pub struct Tally {
    passed: u64,
    failed: u64,
    skipped: u64,
}

/// Who wrote the lines. Each is asked only for its own closing line: nextest shows the output of
/// a failed test, and in it stands the closing line of the library below.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Runner {
    Nextest,
    Cargo,
}

impl Runner {
    /// The line without colours, if it is one by which this runner closes.
    pub fn closing(self, line: &str) -> Option<String> {
        let line = without_colour(line);
        let line = line.trim();
        let closes = match self {
            Runner::Nextest => line.starts_with("Summary [") && line.contains(" run: "),
            Runner::Cargo => line.starts_with("test result: "),
        };
        closes.then(|| line.to_owned())
    }
}

impl Tally {
    /// Takes in the closing lines of one runner's one call.
    pub fn read(&mut self, runner: Runner, closing: &[String]) {
        match runner {
            Runner::Nextest => closing.last().into_iter().for_each(|line| self.add_nextest(line)),
            Runner::Cargo => closing.iter().for_each(|line| self.add_cargo(line)),
        }
    }

    fn add_cargo(&mut self, line: &str) {
        self.add(before(line, " passed"), before(line, " failed"), before(line, " ignored"));
    }

    /// `Summary [ 1.2s] 8/9 tests run: 5 passed (1 slow), 2 failed, 1 timed out, 3 skipped`.
    fn add_nextest(&mut self, line: &str) {
        let Some((head, rest)) = line.split_once(" run: ") else { return };
        let run = head.rsplit_once(']').map_or(head, |(_, counted)| counted);
        let run = run.trim().split([' ', '/']).next().and_then(|count| count.parse().ok());
        let passed = before(rest, " passed");
        // A test that ran and did not pass has failed, whatever the runner calls it.
        let failed = run.unwrap_or(passed) - passed;
        self.add(passed, failed, before(rest, " skipped"));
    }

    fn add(&mut self, passed: u64, failed: u64, skipped: u64) {
        self.passed += passed;
        self.failed += failed;
        self.skipped += skipped;
    }

    pub fn ran(&self) -> u64 {
        self.passed + self.failed
    }

    /// One plain line, last of all, for people and for machines that read the end of a log.
    pub fn print(&self) {
        if self.ran() > 0 {
            println!("\n{}", self.line());
        }
    }

    fn line(&self) -> String {
        let skipped = match self.skipped {
            0 => String::new(),
            some => format!(", {some} skipped"),
        };
        format!("{} passed, {} failed{skipped}", self.passed, self.failed)
    }
}

/// The number that stands directly before a word; none is zero.
fn before(text: &str, word: &str) -> u64 {
    let head = text.split_once(word).map_or("", |(head, _)| head);
    let digits = head.rsplit(|c: char| !c.is_ascii_digit()).next().unwrap_or("");
    digits.parse().unwrap_or(0)
}

fn without_colour(line: &str) -> String {
    let mut plain = String::new();
    let mut escaped = false;
    for letter in line.chars() {
        match letter {
            '\u{1b}' => escaped = true,
            'm' if escaped => escaped = false,
            _ if escaped => {}
            _ => plain.push(letter),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(calls: &[(Runner, &[&str])]) -> String {
        let mut tally = Tally::default();
        for (runner, lines) in calls {
            let closing: Vec<_> = lines.iter().filter_map(|line| runner.closing(line)).collect();
            tally.read(*runner, &closing);
        }
        tally.line()
    }

    #[test]
    fn all_runners_of_a_run_are_added() {
        let doctests = [
            "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out",
            "test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out",
        ];
        let nextest =
            ["     Summary [   0.012s] 35 tests run: 34 passed (2 slow), 1 failed, 4 skipped"];
        let calls: [(Runner, &[&str]); 2] =
            [(Runner::Cargo, &doctests), (Runner::Nextest, &nextest)];
        assert_eq!(read(&calls), "38 passed, 1 failed, 5 skipped");
    }

    #[test]
    fn a_test_that_timed_out_has_failed() {
        let line = "Summary [  60.2s] 8/9 tests run: 5 passed, 2 failed, 1 timed out, 0 skipped";
        assert_eq!(read(&[(Runner::Nextest, &[line])]), "5 passed, 3 failed");
    }

    #[test]
    fn colours_do_not_hide_the_numbers() {
        let line = "\u{1b}[32;1m     Summary\u{1b}[0m [   1.0s] \u{1b}[1m2\u{1b}[0m tests run: \
                    \u{1b}[1m2\u{1b}[0m \u{1b}[32;1mpassed\u{1b}[0m, \u{1b}[1m0\u{1b}[0m skipped";
        assert_eq!(read(&[(Runner::Nextest, &[line])]), "2 passed, 0 failed");
    }

    #[test]
    fn the_output_of_a_failed_test_is_not_counted() {
        let shown = [
            "test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 7 filtered out",
            "the summary says 5 passed, 0 failed",
            "Summary [   0.1s] 2 tests run: 1 passed, 1 failed, 0 skipped",
        ];
        assert_eq!(read(&[(Runner::Nextest, &shown)]), "1 passed, 1 failed");
    }

    #[test]
    fn without_a_closing_line_nothing_is_claimed() {
        let mut tally = Tally::default();
        tally.read(Runner::Nextest, &[]);
        assert_eq!(tally, Tally::default());
    }
}
