//! `berth completions`: what a shell needs to complete commands and options.

use clap::Args;
use clap_complete::Shell;

use super::examples;
use crate::exit::Exit;
use crate::paint::print;

/// Print a script that lets the shell complete commands and options
#[derive(Debug, Args)]
#[command(after_help = examples(&[
    ("berth completions bash > /etc/bash_completion.d/berth", ""),
    ("berth completions zsh > ~/.zfunc/_berth", ""),
    ("berth completions fish > ~/.config/fish/completions/berth.fish", ""),
]))]
pub struct Completions {
    pub shell: Shell,
}

pub fn run(args: &Completions) -> anyhow::Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut super::cli(), "berth", &mut script);
    print(&String::from_utf8(script)?)?;
    Ok(Exit::Done)
}
