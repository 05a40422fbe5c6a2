//! `cargo xtask chaos` and `cargo xtask overload`: tests of the real program, optimised, and for as
//! long as is asked. What they do and judge stands in `crates/berth/tests/survive/`.

use std::hash::{BuildHasher, RandomState};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::house::{cargo, succeed};

const CHAOS: &[&str] = &["survive::chaos"];
const OVERLOAD: &[&str] = &["survive::overload", "survive::abuse"];

struct Asked {
    orders: u64,
    minutes: u64,
    seed: u64,
}

impl Asked {
    fn read(options: &[String]) -> Result<Asked> {
        let seed = RandomState::new().hash_one(0) % 1_000_000;
        let mut asked = Asked { orders: 5_000, minutes: 8, seed };
        let mut words = options.iter();
        while let Some(word) = words.next() {
            let place = match word.as_str() {
                "--orders" => &mut asked.orders,
                "--minutes" => &mut asked.minutes,
                "--seed" => &mut asked.seed,
                _ => bail!("usage: cargo xtask chaos [--orders N] [--minutes M] [--seed S]"),
            };
            let value = words.next().with_context(|| format!("{word} needs a number"))?;
            *place = value.parse().with_context(|| format!("{value:?} is no number"))?;
        }
        Ok(asked)
    }
}

pub fn chaos(options: &[String]) -> Result<()> {
    let asked = Asked::read(options)?;
    println!("seed {}: {} orders in {} minutes", asked.seed, asked.orders, asked.minutes);
    let mut command = real(CHAOS);
    command
        .env("CHAOS_ORDERS", asked.orders.to_string())
        .env("CHAOS_SECONDS", (asked.minutes * 60).to_string())
        .env("CHAOS_SEED", asked.seed.to_string());
    succeed(&mut command)
}

/// `cargo xtask overload [--seconds N]`
pub fn overload(options: &[String]) -> Result<()> {
    let seconds = match options.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => "60",
        ["--seconds", seconds] => seconds,
        _ => bail!("usage: cargo xtask overload [--seconds N]"),
    };
    succeed(real(OVERLOAD).env("OVERLOAD_SECONDS", seconds))
}

/// These tests of the real program, one after the other, with all that they print.
fn real(tests: &[&str]) -> Command {
    let mut command = cargo(&["test", "--quiet", "--profile", "trial", "--package", "berth"]);
    command.args(["--test", "survive", "--", "--nocapture", "--test-threads=1"]).args(tests);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &[&str]) -> Result<Asked> {
        Asked::read(&words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn what_is_asked_for_replaces_what_is_usual() {
        let asked = read(&["--seed", "7", "--orders", "9"]).unwrap();
        assert_eq!((asked.orders, asked.minutes, asked.seed), (9, 8, 7));
        assert!(read(&["--seed"]).is_err());
        assert!(read(&["--nodes", "5"]).is_err());
    }
}
