//! `berth api-key`: credentials of programs.

use clap::{Args, Subcommand};
use engine::permission::Scope;

use super::examples;
use crate::config::{Settings, value};
use crate::exit::Exit;
use crate::paint::print;
use crate::wire;

/// Create an API key
#[derive(Debug, Args)]
pub struct ApiKey {
    #[command(subcommand)]
    pub what: What,
}

#[derive(Debug, Subcommand)]
pub enum What {
    Create(Create),
}

/// Create an API key and print it, alone and only this once
#[derive(Debug, Args)]
#[command(after_help = examples(&[
    ("berth api-key create --email ada@example.com", "all powers of that user"),
    ("KEY=$(berth api-key create --email ada@example.com)", "keep it for a script"),
]))]
pub struct Create {
    /// Mail address of the user that the key acts for.
    #[arg(long, value_name = "EMAIL", value_parser = value::email)]
    pub email: String,

    /// Narrow the key to this; may be repeated [else all powers of the user].
    #[arg(long = "scope", value_name = "SCOPE")]
    pub scopes: Vec<String>,
}

/// Creates the key and prints it, alone and only this once.
pub async fn run(args: &Create, settings: &Settings) -> anyhow::Result<Exit> {
    let engine = wire::engine(settings, &settings.app_url(settings.server.listen)).await?;
    let mut scopes = Vec::new();
    for scope in &args.scopes {
        scopes.push(Scope::parse(scope).map_err(wire::stop)?);
    }
    let account = engine.account_by_email(&args.email).await.map_err(wire::stop)?;
    let made =
        engine.create_api_key(&account.id, &scopes, "command line").await.map_err(wire::stop)?;
    print(&format!("{}\n", made.key.expose()))?;
    Ok(Exit::Done)
}
