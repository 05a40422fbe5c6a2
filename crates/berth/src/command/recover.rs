//! `berth recover`: paid orders that nobody works on, put back on their way.

use clap::Args;
use engine::recover::{Recovered, Run};
use serde::Serialize;

use super::{Report, examples, refused};
use crate::config::Settings;
use crate::exit::Exit;
use crate::paint::{Paint, print};
use crate::table::{Cell, Table, Tone, count};
use crate::wire;

/// Find paid orders without a server and put each back on its way
#[derive(Debug, Args)]
#[command(
    before_help = "Never buys again where a purchase may have happened: those orders wait for \
        a person."
)]
#[command(after_help = examples(&[
    ("berth recover --dry-run", "list them"),
    ("berth recover", "plan them again"),
]))]
pub struct Recover {
    /// List the orders and change nothing.
    #[arg(long)]
    pub dry_run: bool,

    #[command(flatten)]
    pub report: Report,
}

/// What programs read.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer<'a> {
    dry_run: bool,
    orders: Vec<OrderAnswer<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OrderAnswer<'a> {
    order_id: &'a str,
    order_number: &'a str,
    what: &'a str,
    did: &'a str,
}

impl<'a> From<&'a Recovered> for OrderAnswer<'a> {
    fn from(found: &'a Recovered) -> OrderAnswer<'a> {
        let Recovered { order, number, what, did } = found;
        OrderAnswer { order_id: order.as_str(), order_number: number, what, did }
    }
}

/// Puts orders back on their way, or tells which ones need it.
pub async fn run(args: &Recover, settings: &Settings) -> anyhow::Result<Exit> {
    let engine = wire::engine(settings, &settings.app_url(settings.server.listen)).await?;
    let run = if args.dry_run { Run::Dry } else { Run::Real };
    let found = engine.recover(run, "command line").await;
    let found = found.map_err(|error| refused(args.report, error))?;
    if args.report.json {
        print(&serde_json::to_string_pretty(&answer(&found, run))?)?;
    } else {
        print(&for_people(&found, run, Paint::stdout()))?;
    }
    Ok(Exit::Done)
}

fn answer(found: &[Recovered], run: Run) -> Answer<'_> {
    let orders = found.iter().map(OrderAnswer::from).collect();
    Answer { dry_run: run == Run::Dry, orders }
}

fn for_people(found: &[Recovered], run: Run, paint: Paint) -> String {
    if found.is_empty() {
        return paint.good("Somebody works on every paid order: nothing to recover.");
    }
    let mut table = Table::default();
    for Recovered { number, what, did, .. } in found {
        let arrow = if run == Run::Dry { "would be:" } else { "→" };
        table.row([
            Cell::new(Tone::Bold, number),
            Cell::new(Tone::Warn, what),
            Cell::dim(arrow),
            Cell::new(Tone::Good, did),
        ]);
    }
    let orders = count(found.len(), "order", "orders");
    let sentence = match run {
        Run::Dry => format!("{orders} had lost the way. Nothing was changed: this was a dry run."),
        Run::Real => format!("{orders} had lost the way; what was done about each stands above."),
    };
    format!("{}\n{sentence}\n", table.text(paint))
}

#[cfg(test)]
mod tests {
    use domain::clock::Timestamp;
    use domain::id::{Chance, OrderId};

    use super::*;

    struct Zeros;
    impl Chance for Zeros {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(0);
        }
    }

    fn lost(number: &str, what: &str, did: &str) -> Recovered {
        Recovered {
            order: OrderId::mint(Timestamp::from_millis(0), &Zeros),
            number: number.to_owned(),
            what: what.to_owned(),
            did: did.to_owned(),
        }
    }

    #[test]
    fn each_order_stands_with_what_was_wrong_and_what_was_done() {
        let found = [
            lost("ORD-4CIYNGEQK6", "stopped: refused", "planned again"),
            lost("ORD-QM0AXMGPQV", "its purchase had no job", "the purchase goes on"),
        ];
        let plain = Paint::of(false);
        let text = for_people(&found, Run::Real, plain) + &for_people(&found, Run::Dry, plain);
        insta::assert_snapshot!("recover", text);
        assert!(for_people(&[], Run::Real, plain).contains("nothing to recover"));
    }
}
