//! `berth bounce`: a mail that came back, as a mail server pipes it in.

use std::io::Read;

use anyhow::Context;
use clap::Args;
use engine::mail::MailId;

use super::examples;
use crate::config::Settings;
use crate::exit::{Exit, Stop};
use crate::paint::print;
use crate::wire;

/// Nobody reports in more bytes; what is longer is another kind of mail.
const REPORT_MAX: u64 = 4 * 1024 * 1024;

/// Take in the report of a mail that could not be delivered
#[derive(Debug, Args)]
#[command(
    before_help = "Reads one mail, as it came, from standard input: a delivery report as of \
        RFC 3464. The mail that it names is then shown as refused, with the far server's words, \
        and staff are told. Let your mail server pipe what comes to BERTH_MAIL_RETURN_PATH here."
)]
#[command(after_help = examples(&[
    ("berth bounce < report.eml", "one report by hand"),
    ("bounces: \"|/usr/local/bin/berth bounce\"", "a line of /etc/aliases"),
]))]
pub struct Bounce {}

/// Reads the report and writes down what it tells.
pub async fn run(settings: &Settings) -> anyhow::Result<Exit> {
    let mut report = Vec::new();
    let read = std::io::stdin().take(REPORT_MAX + 1).read_to_end(&mut report);
    read.context("standard input cannot be read")?;
    if report.len() as u64 > REPORT_MAX {
        return Err(Stop::usage(format!("a report has at most {REPORT_MAX} bytes")).into());
    }
    let engine = wire::engine(settings, &settings.app_url(settings.server.listen)).await?;
    let MailId(id) = engine.mail_returned(&report).await.map_err(wire::stop)?;
    print(&format!("mail {id} came back: /admin/mails/{id} tells why\n"))?;
    Ok(Exit::Done)
}
