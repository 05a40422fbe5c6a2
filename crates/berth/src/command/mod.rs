//! The command line: every command, its arguments and the order they are shown in. One file per
//! command; what two commands share lies in the rooms below, not here.

use std::io::IsTerminal;
use std::path::PathBuf;

use clap::builder::StyledStr;
use clap::builder::styling::{AnsiColor, Style, Styles};
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::config;
use crate::exit::{Exit, Stop};
use crate::log::{self, Format, Level};
use crate::{paint, wire};

pub mod demo;
pub mod serve;
pub mod work;

pub mod books;
pub mod bounce;
pub mod diagnose;
pub mod recover;
pub mod sync;
pub mod unlatch;

pub mod api_key;
pub mod user;

pub mod backup;
pub mod restore;

pub mod completions;
pub mod doctor;
#[path = "config.rs"]
pub mod show_config;

/// Sells virtual servers and delivers exactly what was sold.
#[derive(Debug, Parser)]
#[command(name = "berth", version, styles = STYLES, max_term_width = 100)]
#[command(arg_required_else_help = true, disable_help_subcommand = true)]
pub struct Cli {
    #[command(flatten)]
    pub everywhere: Everywhere,
    #[command(subcommand)]
    pub command: Command,
}

/// Options that every command takes.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Options everywhere")]
pub struct Everywhere {
    /// Settings file [else ./berth.toml, then ~/.config/berth/berth.toml].
    #[arg(long, global = true, value_name = "PATH")]
    pub config: Option<PathBuf>,

    /// Log lines on standard error: human or json [else BERTH_LOG_FORMAT].
    #[arg(long, global = true, value_name = "FORMAT", value_enum, hide_possible_values = true)]
    pub log_format: Option<Format>,
}

/// Every command.
#[derive(Debug, Subcommand)]
pub enum Command {
    Demo(demo::Demo),
    Serve(serve::Serve),
    Work(work::Work),
    Sync(sync::Sync),
    Diagnose(diagnose::Diagnose),
    Recover(recover::Recover),
    Books(books::Books),
    Unlatch(unlatch::Unlatch),
    Bounce(bounce::Bounce),
    User(user::User),
    ApiKey(api_key::ApiKey),
    Doctor(doctor::Doctor),
    Backup(backup::Backup),
    Restore(restore::Restore),
    Config(show_config::Config),
    Completions(completions::Completions),
}

/// For commands that report something.
#[derive(Debug, Clone, Copy, Args)]
pub struct Report {
    /// Print JSON, for programs.
    #[arg(long)]
    pub json: bool,
}

/// A use case's refusal: with `--json` the problem document that the API would answer, and the
/// exit code in any case.
fn refused(report: Report, error: engine::Error) -> anyhow::Error {
    if report.json {
        let problem = web::problem::Problem::from(error.clone());
        let told = serde_json::to_string_pretty(&problem).map_err(anyhow::Error::from);
        if let Err(fault) = told.and_then(|text| Ok(paint::print(&text)?)) {
            return fault;
        }
    }
    wire::stop(error)
}

/// The commands as people look for them.
const GROUPS: [(&str, &[&str]); 4] = [
    ("Run a shop", &["demo", "serve", "work"]),
    ("Look after orders", &["sync", "diagnose", "recover", "books", "bounce", "unlatch"]),
    ("Let people and programs in", &["user", "api-key"]),
    ("Look after the program", &["doctor", "backup", "restore", "config", "completions"]),
];

const HEADER: Style = Style::new().bold();
const NAME: Style = AnsiColor::Cyan.on_default();
const STYLES: Styles = Styles::styled()
    .header(HEADER)
    .usage(HEADER)
    .literal(NAME)
    .placeholder(AnsiColor::BrightBlack.on_default())
    .error(AnsiColor::Red.on_default().bold())
    .invalid(AnsiColor::Yellow.on_default())
    .valid(AnsiColor::Green.on_default());

/// The whole command line, with its commands shown in groups.
pub fn cli() -> clap::Command {
    let cli = Cli::command();
    let groups = grouped(&cli);
    let cli = cli.help_template(format!(
        "{{about}}\n\n{{usage-heading}} {{usage}}\n{groups}\n\
         {HEADER}Options:{HEADER:#}\n{{options}}\n\n\
         Try it: {NAME}berth demo{NAME:#} opens a whole shop on this machine.\n\
         More about a command: {NAME}berth <COMMAND> --help{NAME:#}"
    ));
    cli.mut_subcommands(told_first)
}

/// What a command's `before_help` tells stands between its title and its usage.
fn told_first(command: clap::Command) -> clap::Command {
    command
        .help_template("{about}\n\n{before-help}{usage-heading} {usage}\n\n{all-args}{after-help}")
        .mut_subcommands(told_first)
}

fn grouped(cli: &clap::Command) -> String {
    let width = cli.get_subcommands().map(|command| command.get_name().len()).max().unwrap_or(0);
    let mut text = String::new();
    for (title, names) in GROUPS {
        text.push_str(&format!("\n{HEADER}{title}:{HEADER:#}\n"));
        for command in names.iter().filter_map(|name| cli.find_subcommand(name)) {
            let about = command.get_about().map(StyledStr::to_string).unwrap_or_default();
            let name = command.get_name();
            text.push_str(&format!("  {NAME}{name:width$}{NAME:#}  {about}\n"));
        }
    }
    text
}

/// Examples under a command's help: what to type, and what it does.
fn examples(lines: &[(&str, &str)]) -> String {
    let width = lines.iter().map(|(typed, _)| typed.len()).max().unwrap_or(0);
    let mut text = format!("{HEADER}Examples:{HEADER:#}");
    for (typed, does) in lines {
        let line = format!("\n  {NAME}{typed:width$}{NAME:#}  {does}");
        text.push_str(line.trim_end());
    }
    text
}

/// Reads the command line. Ends the program at `--help` and, with code 2, at bad usage.
pub fn parse() -> Cli {
    let matches = cli().get_matches();
    Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
}

/// Runs one command with the settings of this process.
pub fn run(cli: Cli) -> anyhow::Result<Exit> {
    let Cli { everywhere, command } = cli;
    if let Command::Completions(args) = &command {
        return completions::run(args);
    }
    if let Command::Config(args) = &command
        && args.example
    {
        return show_config::example();
    }
    if let Command::Demo(args) = &command {
        return runtime()?.block_on(demo::run(args, everywhere.log_format));
    }
    // It tells what is wrong with the settings, too.
    if let Command::Doctor(args) = &command {
        return runtime()?.block_on(doctor::run(args, &everywhere));
    }
    let settled = config::load(everywhere.config.as_deref())?;
    let log = &settled.settings.log;
    let format = everywhere.log_format.unwrap_or(log.format);
    let level = log.level.clone().unwrap_or_else(|| command.usual_level());
    let _traces = log::start(format, level, log.traces_to.as_deref())?;
    if let Command::Config(args) = &command {
        return show_config::run(args, &settled);
    }
    if let Command::Serve(_) = &command {
        return runtime()?.block_on(serve::run(&settled));
    }
    runtime()?.block_on(run_joined(command, &settled.settings))
}

fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}

/// Commands that need the engine.
async fn run_joined(command: Command, settings: &config::Settings) -> anyhow::Result<Exit> {
    match &command {
        Command::Work(_) => work::run(settings).await,
        Command::Sync(args) => sync::run(args, settings).await,
        Command::Diagnose(args) => diagnose::run(args, settings).await,
        Command::Recover(args) => recover::run(args, settings).await,
        Command::Books(args) => books::run(args, settings).await,
        Command::Unlatch(args) => unlatch::run(args, settings).await,
        Command::Bounce(_) => bounce::run(settings).await,
        Command::Backup(args) => backup::run(args, settings).await,
        Command::Restore(args) => restore::run(args, settings).await,
        Command::User(user) => {
            let user::What::Add(args) = &user.what;
            user::run(args, settings).await
        }
        Command::ApiKey(key) => {
            let api_key::What::Create(args) = &key.what;
            api_key::run(args, settings).await
        }
        Command::Serve(_)
        | Command::Demo(_)
        | Command::Doctor(_)
        | Command::Config(_)
        | Command::Completions(_) => {
            Err(Stop::wrong("this command runs before the settings are joined").into())
        }
    }
}

impl Command {
    fn usual_level(&self) -> Level {
        match self {
            Command::Demo(_) | Command::Serve(_) | Command::Work(_) => Level::info(),
            // Kept lines are searched later; a person reads the report instead.
            Command::Sync(_) if !std::io::stderr().is_terminal() => Level::info(),
            Command::Sync(_) | Command::Diagnose(_) => Level::error(),
            _ => Level::warn(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Cli, clap::Error> {
        let matches = cli().try_get_matches_from(line.split_whitespace())?;
        Cli::from_arg_matches(&matches)
    }

    #[test]
    fn the_command_line_is_well_formed() {
        cli().debug_assert();
    }

    #[test]
    fn every_command_stands_in_exactly_one_group() {
        let mut shown: Vec<&str> = GROUPS.iter().flat_map(|(_, names)| *names).copied().collect();
        let cli = cli();
        let mut there: Vec<&str> = cli.get_subcommands().map(clap::Command::get_name).collect();
        shown.sort_unstable();
        there.sort_unstable();
        assert_eq!(shown, there);
    }

    #[test]
    fn commands_are_read_as_their_contract_writes_them() {
        for line in [
            "berth demo --listen 127.0.0.1:0 --data-dir /tmp/d --json --no-wait",
            "berth serve --log-format json --config /etc/berth.toml",
            "berth --log-format human work",
            "berth sync --dry-run",
            "berth diagnose ORD-4CIYNGEQK6 --json",
            "berth recover --dry-run",
            "berth books",
            "berth user add --email a@b.example --role support --password-stdin",
            "berth api-key create --email a@b.example --scope orders --scope stock",
            "berth doctor --json",
            "berth config --json",
            "berth unlatch --reason compared",
            "berth backup /backup/today",
            "berth restore /backup/today --replace",
            "berth completions zsh",
        ] {
            assert!(read(line).is_ok(), "{line}");
        }
    }

    #[test]
    fn bad_usage_ends_with_code_two() {
        for line in [
            "berth",
            "berth serv",
            "berth diagnose",
            "berth demo --listen 8080",
            "berth user add --email a@b.example --role boss --password-stdin",
            "berth user add --email nobody --role admin --password-stdin",
            "berth user add --email a@b.example --role admin",
            "berth unlatch",
            "berth serve --log-format xml",
        ] {
            assert_eq!(read(line).unwrap_err().exit_code(), 2, "{line}");
        }
    }

    #[test]
    fn help_reads_like_this() {
        let mut cli = cli().term_width(100);
        let mut text = cli.render_help().to_string();
        cli.build();
        for command in cli.get_subcommands_mut() {
            text.push_str(&format!("\n\n======== {}\n\n", command.get_name()));
            text.push_str(&command.render_help().to_string());
        }
        insta::assert_snapshot!("help", text);
    }
}
