//! How the program ends: four codes, and the error that carries one of them to `main`.

use std::fmt;
use std::process::ExitCode;

use crate::config::Refused;

/// The exit codes that scripts rely on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    Done,
    /// The command worked and found something wrong, or could not finish.
    FoundWrong,
    /// Bad usage or configuration.
    BadUsage,
    /// Something it needs (database, upstream, gateway) could not be reached.
    Unreachable,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(match exit {
            Exit::Done => 0,
            Exit::FoundWrong => 1,
            Exit::BadUsage => 2,
            Exit::Unreachable => 3,
        })
    }
}

/// An error that knows its exit code; others end with `Exit::FoundWrong`.
/// Return it from a command, or lay it over a cause: `.context(Stop::unreachable("…"))`.
#[derive(Debug)]
pub struct Stop {
    pub exit: Exit,
    text: String,
}

impl Stop {
    pub fn usage(text: impl Into<String>) -> Stop {
        Stop { exit: Exit::BadUsage, text: text.into() }
    }

    pub fn unreachable(text: impl Into<String>) -> Stop {
        Stop { exit: Exit::Unreachable, text: text.into() }
    }

    pub fn wrong(text: impl Into<String>) -> Stop {
        Stop { exit: Exit::FoundWrong, text: text.into() }
    }
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Stop {}

/// The code that an error ends the program with.
pub fn code_of(error: &anyhow::Error) -> Exit {
    if let Some(stop) = error.downcast_ref::<Stop>() {
        return stop.exit;
    }
    if error.downcast_ref::<Refused>().is_some() {
        return Exit::BadUsage;
    }
    match error.downcast_ref::<std::io::Error>() {
        Some(fault) if fault.kind() == std::io::ErrorKind::BrokenPipe => Exit::Done,
        Some(_) | None => Exit::FoundWrong,
    }
}

#[cfg(test)]
mod tests {
    use anyhow::Context;

    use super::*;

    #[test]
    fn an_error_keeps_its_code_under_and_over_other_words() {
        let refused = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
        let over = Err::<(), _>(refused).context(Stop::unreachable("no database")).unwrap_err();
        assert_eq!(code_of(&over), Exit::Unreachable);
        let under = Err::<(), _>(Stop::usage("no such role")).context("adding").unwrap_err();
        assert_eq!(code_of(&under), Exit::BadUsage);
        assert_eq!(code_of(&anyhow::anyhow!("odd")), Exit::FoundWrong);
    }

    #[test]
    fn a_reader_that_went_away_is_no_fault() {
        let broken = std::io::Error::from(std::io::ErrorKind::BrokenPipe);
        assert_eq!(code_of(&anyhow::Error::new(broken)), Exit::Done);
    }
}
