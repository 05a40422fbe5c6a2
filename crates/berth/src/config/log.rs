//! How much the program says about its work, and in which form.

use super::setting::section;
use super::value;
use crate::log::{Format, Level};

section! {
    /// What is written to standard error.
    Log = "log";

    /// `human` for people, `json` for machines.
    "BERTH_LOG_FORMAT" format: Format, default "human", Format::parse;

    /// Least level that is written, also per part: `info`, or `warn,engine=debug`.
    "BERTH_LOG" level: Level,
        unset "info for serve, work and a sync whose log is kept; else only what is wrong",
        Level::parse;

    /// A collector of traces that speaks OpenTelemetry by HTTP (`http://127.0.0.1:4318`):
    /// requests, jobs, and calls to providers, gateways and mail servers.
    "BERTH_TRACES_TO" traces_to: String, unset "no traces are made", value::http_url;
}
