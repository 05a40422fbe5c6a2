//! Licence expressions as packages write them: names, AND, OR, WITH, parentheses.
//! The old way of writing OR as a slash is understood too.

use anyhow::{Result, bail};

/// Whether somebody who accepts only `accepted` may use what stands under `expression`.
pub fn allowed(expression: &str, accepted: &[String]) -> Result<bool> {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut reader = Reader { words: &words, accepted };
    let answer = reader.any()?;
    match reader.words {
        [] => Ok(answer),
        [rest, ..] => bail!("{expression:?} goes on with {rest:?}"),
    }
}

struct Reader<'a> {
    words: &'a [&'a str],
    accepted: &'a [String],
}

impl Reader<'_> {
    /// One alternative is enough, but each must be readable.
    fn any(&mut self) -> Result<bool> {
        let mut answer = self.all()?;
        while self.take("OR") {
            answer |= self.all()?;
        }
        Ok(answer)
    }

    fn all(&mut self) -> Result<bool> {
        let mut answer = self.one()?;
        while self.take("AND") {
            answer &= self.one()?;
        }
        Ok(answer)
    }

    fn one(&mut self) -> Result<bool> {
        if self.take("(") {
            let answer = self.any()?;
            if !self.take(")") {
                bail!("a parenthesis is not closed");
            }
            return Ok(answer);
        }
        let mut name = self.name()?.to_owned();
        if self.take("WITH") {
            name = format!("{name} WITH {}", self.name()?);
        }
        Ok(self.accepted.contains(&name))
    }

    fn name(&mut self) -> Result<&str> {
        match self.words {
            [name, rest @ ..] if !["AND", "OR", "WITH", "(", ")"].contains(name) => {
                self.words = rest;
                Ok(name)
            }
            [other, ..] => bail!("a licence's name was expected, not {other:?}"),
            [] => bail!("it ends where a licence's name was expected"),
        }
    }

    fn take(&mut self, word: &str) -> bool {
        match self.words {
            [first, rest @ ..] if *first == word => {
                self.words = rest;
                true
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(expression: &str) -> Option<bool> {
        let accepted = ["MIT", "Apache-2.0", "Unicode-3.0", "Apache-2.0 WITH LLVM-exception"];
        allowed(expression, &accepted.map(str::to_owned)).ok()
    }

    #[test]
    fn one_accepted_alternative_is_enough() {
        assert_eq!(ask("MIT"), Some(true));
        assert_eq!(ask("GPL-3.0 OR MIT"), Some(true));
        assert_eq!(ask("Unlicense/MIT"), Some(true));
        assert_eq!(ask("GPL-3.0"), Some(false));
    }

    #[test]
    fn every_part_of_a_conjunction_counts() {
        assert_eq!(ask("(MIT OR GPL-3.0) AND Unicode-3.0"), Some(true));
        assert_eq!(ask("MIT AND GPL-3.0"), Some(false));
        assert_eq!(ask("GPL-3.0 OR MIT AND Unicode-3.0"), Some(true));
    }

    #[test]
    fn an_exception_is_part_of_the_name() {
        assert_eq!(ask("Apache-2.0 WITH LLVM-exception"), Some(true));
        assert_eq!(ask("MIT WITH LLVM-exception"), Some(false));
    }

    #[test]
    fn what_cannot_be_read_is_no_answer() {
        for nonsense in ["", "MIT OR", "(MIT", "MIT MIT", "OR MIT", "MIT WITH"] {
            assert_eq!(ask(nonsense), None, "{nonsense}");
        }
    }
}
