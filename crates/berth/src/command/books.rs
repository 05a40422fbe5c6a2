//! `berth books`: whether money and servers add up.

use std::collections::BTreeMap;

use clap::Args;
use engine::books::{Books as Found, Finding, Total};
use serde::Serialize;

use super::{Report, examples, refused};
use crate::config::Settings;
use crate::exit::Exit;
use crate::paint::{Paint, print};
use crate::table::{Cell, Table, Tone};
use crate::wire;

/// Check that every paid unit and every bought server is accounted for
#[derive(Debug, Args)]
#[command(
    before_help = "Every paid unit must be delivered, refunded, credited or owed, and every \
        bought server must have one owner. Prints the rows where that is not so, \
        and ends with code 1."
)]
#[command(after_help = examples(&[("berth books", "code 0: all is accounted for")]))]
pub struct Books {
    #[command(flatten)]
    pub report: Report,
}

/// What programs read.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer<'a> {
    in_order: bool,
    orders: BTreeMap<&'a str, i64>,
    servers: BTreeMap<&'a str, i64>,
    accounts: Vec<AccountAnswer<'a>>,
    rows: Vec<RowAnswer<'a>>,
    /// Kinds of which there are more rows than are told.
    more_of: &'a [&'static str],
}

#[derive(Serialize)]
struct AccountAnswer<'a> {
    account: &'a str,
    /// Debits are positive, credits negative.
    amount: AmountAnswer,
}

#[derive(Serialize)]
struct AmountAnswer {
    amount: i64,
    currency: &'static str,
}

#[derive(Serialize)]
struct RowAnswer<'a> {
    kind: &'a str,
    subject: &'a str,
    text: &'a str,
}

/// Looks into all books and tells what does not add up.
pub async fn run(args: &Books, settings: &Settings) -> anyhow::Result<Exit> {
    let engine = wire::engine(settings, &settings.app_url(settings.server.listen)).await?;
    let found = engine.books().await.map_err(|error| refused(args.report, error))?;
    if args.report.json {
        print(&serde_json::to_string_pretty(&answer(&found))?)?;
    } else {
        print(&for_people(&found, Paint::stdout()))?;
    }
    Ok(if found.are_in_order() { Exit::Done } else { Exit::FoundWrong })
}

fn answer(found: &Found) -> Answer<'_> {
    fn counted(rows: &[(String, i64)]) -> BTreeMap<&str, i64> {
        rows.iter().map(|(state, number)| (state.as_str(), *number)).collect()
    }
    fn account(total: &Total) -> AccountAnswer<'_> {
        let amount = total.amount;
        let amount = AmountAnswer { amount: amount.minor, currency: amount.currency.code() };
        AccountAnswer { account: &total.account, amount }
    }
    fn row(finding: &Finding) -> RowAnswer<'_> {
        let Finding { kind, subject, text } = finding;
        RowAnswer { kind, subject, text }
    }
    Answer {
        in_order: found.are_in_order(),
        orders: counted(&found.orders),
        servers: counted(&found.servers),
        accounts: found.accounts.iter().map(account).collect(),
        rows: found.rows.iter().map(row).collect(),
        more_of: &found.more_of,
    }
}

fn for_people(found: &Found, paint: Paint) -> String {
    let mut text = totals(found, paint);
    if found.are_in_order() {
        let good = "Everything is accounted for: money and servers add up.";
        text.push_str(&format!("\n{}\n", paint.good(good)));
        return text;
    }
    let mut table = Table::default();
    for Finding { kind, subject, text } in &found.rows {
        table.row([Cell::new(Tone::Bad, kind), Cell::plain(subject), Cell::plain(text)]);
    }
    text.push_str(&format!("\n{}", table.text(paint)));
    for kind in &found.more_of {
        text.push_str(&paint.dim(&format!("  … and more rows of the kind {kind}\n")));
    }
    let rows = match found.rows.len() {
        1 => "1 row does not add up.".to_owned(),
        many => format!("{many} rows do not add up."),
    };
    text.push_str(&format!("\n{}\n", paint.bad(&rows)));
    text
}

fn totals(found: &Found, paint: Paint) -> String {
    let mut text = String::new();
    for (title, counts) in [("Orders", &found.orders), ("Servers", &found.servers)] {
        let mut table = Table::default();
        for (state, number) in counts {
            table.row([Cell::plain(state), Cell::plain(number.to_string()).right()]);
        }
        text.push_str(&section(title, &table, paint));
    }
    let mut table = Table::default();
    for Total { account, amount } in &found.accounts {
        let side = match amount.minor {
            0 => "",
            1.. => "debit",
            _ => "credit",
        };
        let unsigned = domain::money::Money::new(amount.minor.saturating_abs(), amount.currency);
        let amount = Cell::plain(unsigned.for_people()).right();
        table.row([Cell::plain(account), amount, Cell::dim(side)]);
    }
    text + &section("Accounts", &table, paint)
}

fn section(title: &str, table: &Table, paint: Paint) -> String {
    match table.is_empty() {
        true => format!("{}  {}\n", paint.bold(title), paint.dim("none yet")),
        false => format!("{}\n{}", paint.bold(title), table.text(paint)),
    }
}

#[cfg(test)]
mod tests {
    use domain::money::{Currency, Money};

    use super::*;

    fn books(rows: Vec<Finding>) -> Found {
        let total = |account: &str, minor| Total {
            account: account.to_owned(),
            amount: Money::new(minor, Currency::INR),
        };
        Found {
            rows,
            more_of: vec![],
            orders: vec![("delivered".to_owned(), 12), ("unpaid".to_owned(), 3)],
            servers: vec![("delivered".to_owned(), 12)],
            accounts: vec![total("bank", 4_217_820), total("revenue", -4_217_820)],
        }
    }

    #[test]
    fn books_in_order_show_their_totals() {
        insta::assert_snapshot!("books", for_people(&books(vec![]), Paint::of(false)));
    }

    #[test]
    fn rows_that_do_not_add_up_stand_last() {
        let row = Finding {
            kind: "delivered-without-server",
            subject: "ord_01J".to_owned(),
            text: "ORD-4CIYNGEQK6 is delivered and its server is nothing".to_owned(),
        };
        let text = for_people(&books(vec![row]), Paint::of(false));
        assert!(text.ends_with("its server is nothing\n\n1 row does not add up.\n"), "{text}");
    }

    #[test]
    fn programs_read_signed_minor_units() {
        let books = books(vec![]);
        let json = serde_json::to_value(answer(&books)).unwrap();
        let revenue = serde_json::json!({"amount": -4_217_820, "currency": "INR"});
        assert_eq!(json["accounts"][1]["amount"], revenue);
        assert_eq!((&json["inOrder"], &json["orders"]["unpaid"]), (&true.into(), &3.into()));
    }
}
