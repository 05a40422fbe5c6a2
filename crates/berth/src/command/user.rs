//! `berth user`: people who may sign in.

use std::io::BufRead;

use clap::{Args, Subcommand, ValueEnum};
use engine::account::NewAccount;
use engine::secret::Secret;
use secrecy::{ExposeSecret, SecretString};

use super::examples;
use crate::config::{Settings, value};
use crate::exit::{Exit, Stop};
use crate::paint::print;
use crate::wire;

/// Create a user
#[derive(Debug, Args)]
pub struct User {
    #[command(subcommand)]
    pub what: What,
}

#[derive(Debug, Subcommand)]
pub enum What {
    Add(Add),
}

/// Create a user; the password is read from standard input
#[derive(Debug, Args)]
#[command(after_help = examples(&[
    ("berth user add --email ada@example.com --role admin --password-stdin < password.txt", ""),
]))]
pub struct Add {
    /// Mail address to sign in with.
    #[arg(long, value_name = "EMAIL", value_parser = value::email)]
    pub email: String,

    /// What the user may do.
    #[arg(long, value_enum)]
    pub role: Role,

    /// Read the password from the first line of standard input.
    #[arg(long, required = true)]
    pub password_stdin: bool,
}

// No `///` on the roles: clap would then spread every option over three lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Role {
    Admin,
    Support,
    Customer,
}

/// The first line of standard input, without its line feed.
pub fn password_from(mut input: impl BufRead) -> anyhow::Result<SecretString> {
    let mut line = String::new();
    input.read_line(&mut line)?;
    let password = line.trim_end_matches(['\r', '\n']);
    if password.is_empty() {
        return Err(Stop::usage("no password came on standard input").into());
    }
    Ok(SecretString::from(password))
}

/// Creates the user and prints its id.
pub async fn run(args: &Add, settings: &Settings) -> anyhow::Result<Exit> {
    let password = password_from(std::io::stdin().lock())?;
    let engine = wire::engine(settings, &settings.app_url(settings.server.listen)).await?;
    let role = match args.role {
        Role::Admin => engine::permission::Role::Admin,
        Role::Support => engine::permission::Role::Support,
        Role::Customer => engine::permission::Role::Customer,
    };
    let new = NewAccount {
        email: args.email.clone(),
        name: String::new(),
        role,
        password: Secret::new(password.expose_secret().to_owned()),
    };
    let id = engine.add_account(new, "command line").await.map_err(wire::stop)?;
    print(&format!("{id}\n"))?;
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exit::code_of;

    #[test]
    fn the_password_is_the_first_line_as_it_stands() {
        let password = password_from(&b" pass word \r\nsecond line\n"[..]).unwrap();
        assert_eq!(password.expose_secret(), " pass word ");
    }

    #[test]
    fn no_password_is_bad_usage() {
        for input in [&b""[..], &b"\n"[..]] {
            assert_eq!(code_of(&password_from(input).unwrap_err()), Exit::BadUsage);
        }
    }
}
