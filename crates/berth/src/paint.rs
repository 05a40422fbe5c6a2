//! Colour for people at a terminal, and printing that survives a closed pipe.
//! Nothing is coloured when piped, or where `NO_COLOR` is set.

use std::io::{IsTerminal, Write};

use owo_colors::OwoColorize;

/// Knows whether colour is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paint {
    coloured: bool,
}

impl Paint {
    /// For results on standard output.
    pub fn stdout() -> Paint {
        Paint::of(std::io::stdout().is_terminal())
    }

    pub fn stderr() -> Paint {
        Paint::of(std::io::stderr().is_terminal())
    }

    /// `NO_COLOR` (no-color.org) and a dumb terminal win over everything.
    pub fn of(terminal: bool) -> Paint {
        let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|value| value == "dumb");
        Paint { coloured: terminal && !refused && !dumb }
    }

    pub fn good(&self, text: &str) -> String {
        if self.coloured { text.green().to_string() } else { text.to_owned() }
    }

    pub fn warn(&self, text: &str) -> String {
        if self.coloured { text.yellow().to_string() } else { text.to_owned() }
    }

    pub fn bad(&self, text: &str) -> String {
        if self.coloured { text.red().to_string() } else { text.to_owned() }
    }

    pub fn bold(&self, text: &str) -> String {
        if self.coloured { text.bold().to_string() } else { text.to_owned() }
    }

    pub fn dim(&self, text: &str) -> String {
        if self.coloured { text.dimmed().to_string() } else { text.to_owned() }
    }
}

/// Writes a result to standard output, line feed included. A reader that went away
/// (`| head`) comes back as `BrokenPipe`, which `main` takes for done.
pub fn print(text: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    if !text.ends_with('\n') {
        out.write_all(b"\n")?;
    }
    out.flush()
}

/// Says on standard error what is being waited for, where a person watches.
pub fn tell(what: &str) {
    if std::io::stderr().is_terminal() {
        // Nobody is left to be told when this fails.
        let _ = writeln!(std::io::stderr().lock(), "{}", Paint::stderr().dim(what));
    }
}
