//! A look into the books of very many orders: each was really sold, paid, bought, checked and
//! delivered once, and is then copied row by row under other names.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use domain::order::Stage;
use engine::read::Viewer;
use tokio::time::timeout;

use crate::child::{Found, Simulator, Task};
use crate::crowd::CUSTOMERS;
use crate::place::{Ground, connect};
use crate::raw::embedded;
use crate::shop::Shop;
use crate::usage;
use crate::watch::Watch;

/// Each sells one original; its block has room for all copies.
pub const PACKAGES: usize = 32;
/// Settled, numbered and on paper.
const READY_WITHIN: Duration = Duration::from_secs(90);

/// The rows that a delivered order leaves and books are about, and what of them names it. The
/// history and the mails, which nobody asks for here, are not copied.
pub const TABLES: [(&str, &[&str]); 7] = [
    ("orders", &["id", "number", "server_id"]),
    ("capture", &["gateway_payment", "order_id"]),
    ("ledger", &["transaction_id", "cause", "order_id", "account"]),
    ("attempt", &["id", "order_id"]),
    ("answer", &["permit"]),
    ("server", &["id", "order_id", "attempt_id", "address"]),
    ("paper", &["id", "number", "cause", "order_id"]),
];

/// What names one original.
pub struct Original {
    pub nth: usize,
    pub order: String,
    attempt: String,
    server: String,
    customer: String,
    /// Its copies are of many customers.
    pub is_spread: bool,
}

pub async fn look(task: &Task) -> Result<Found> {
    let ground = Ground::new(task.kind, task.postgres.as_deref()).await?;
    let simulator = Simulator::start(PACKAGES, true)?;
    let (watch, db) = (Watch::listening()?, ground.open().await?);
    let shop = Shop::open(db.clone(), &simulator).await?;
    let originals = originals(&shop, &watch).await?;
    let copies = task.size / PACKAGES - 1;
    for original in &originals {
        eprintln!("  copies of order {} of {PACKAGES} ...", original.nth + 1);
        let mut sql = String::new();
        for (table, names) in TABLES {
            sql += &copy(&ground, table, names, (original, copies)).await?;
        }
        ground.fill(&sql).await?;
    }
    let whole = "UPDATE paper_series SET given = (SELECT COUNT(*) FROM paper); ANALYZE;";
    ground.fill(whole).await?;
    usage::forget_most()?;
    let start = Instant::now();
    let books = shop.engine.books().await?;
    let seconds = start.elapsed().as_secs_f64();
    let memory_kib = usage::most_memory_kib()?;
    ensure!(books.are_in_order(), "{:?}", books.rows.first());
    let count = books.orders.iter().map(|(_, count)| count).sum::<i64>();
    ensure!(usize::try_from(count)? == (copies + 1) * PACKAGES, "{:?}", books.orders);
    shop.engine.stop_working();
    db.close();
    ground.remove().await?;
    Ok(Found { count: u64::try_from(count)?, seconds, memory_kib, ..Found::default() })
}

/// One order of each package, with its server and its invoice.
pub async fn originals(shop: &Shop, watch: &Watch) -> Result<Vec<Original>> {
    let tending = shop.engine.clone();
    #[allow(clippy::disallowed_methods, reason = "it ends with the engine")]
    tokio::spawn(async move { tending.tend().await });
    let mut originals = Vec::new();
    for nth in 0..PACKAGES {
        let ordered = shop.order(nth).await?;
        let delivered = watch.delivery_of(ordered.id.as_str());
        let paid = shop.pay(&ordered).await?;
        let Stage::Planned(attempt) = &paid.standing.stage else {
            bail!("{} is {:?} after its payment", paid.number, paid.standing.stage);
        };
        timeout(READY_WITHIN, delivered).await.context("a delivery was not heard of")??;
        let ready = shop.engine.order(&ordered.id).await?.standing.stage;
        let Stage::Delivered(server) = ready else { bail!("{} is {ready:?}", paid.number) };
        let (order, attempt) = (ordered.id.to_string(), attempt.to_string());
        let (server, customer) = (server.to_string(), shop.customer.to_string());
        originals.push(Original { nth, order, attempt, server, customer, is_spread: false });
    }
    // The papers are numbered by a job, a moment after the entries.
    let start = Instant::now();
    while shop.engine.papers(&Viewer::Staff, None, None).await?.items.len() < PACKAGES {
        ensure!(start.elapsed() < READY_WITHIN, "the invoices were not numbered in time");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    Ok(originals)
}

/// The statement that writes all copies of one original's rows in one table.
pub async fn copy(
    ground: &Ground,
    table: &str,
    names: &[&str],
    (original, copies): (&Original, usize),
) -> Result<String> {
    let columns = columns(ground, table).await?;
    let values: Vec<String> = columns
        .iter()
        .map(|column| match names.contains(&column.as_str()) {
            true => renamed(table, column, (original, copies)),
            false => format!("t.{column}"),
        })
        .collect();
    let of_it = match table {
        "orders" => format!("t.id = '{}'", original.order),
        "answer" => format!("t.permit = '{}'", original.attempt),
        _ => format!("t.order_id = '{}'", original.order),
    };
    Ok(format!(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {copies}) \
         INSERT INTO {table} ({}) SELECT {} FROM {table} t, n WHERE {of_it};",
        columns.join(", "),
        values.join(", ")
    ))
}

/// What a copy has where the original has its own name.
fn renamed(table: &str, column: &str, (original, copies): (&Original, usize)) -> String {
    // The first two numbers of an address.
    const BLOCK: &str = "RTRIM(RTRIM(RTRIM(t.address, '0123456789'), '.'), '0123456789')";
    const DIGITS: &str = "SUBSTR(CAST(10000000 + n.i AS TEXT), 2)";
    let (nth, first) = (original.nth, original.nth * copies);
    let stem = &original.customer[..original.customer.len() - 7];
    let customer =
        format!("'{stem}' || SUBSTR(CAST(10000000 + ({first} + n.i) % {CUSTOMERS} AS TEXT), 2)");
    match (table, column) {
        (_, "account_id") => customer,
        ("ledger", "account") if original.is_spread => {
            let of_order = with_other_ids(column, original, DIGITS);
            format!("REPLACE({of_order}, '{}', {customer})", original.customer)
        }
        ("orders", "number") => format!("'{nth}-' || {DIGITS}"),
        ("ledger", "transaction_id") | ("paper", "id") => {
            format!("SUBSTR(t.{column}, 1, LENGTH(t.{column}) - 7) || {DIGITS}")
        }
        ("paper", "number") => format!("{PACKAGES} + {first} + n.i"),
        // Above the addresses that the originals have.
        ("server", "address") => format!(
            "{BLOCK} || CAST(128 + n.i / 250 AS TEXT) || '.' || CAST(1 + n.i % 250 AS TEXT)"
        ),
        _ => with_other_ids(column, original, DIGITS),
    }
}

fn with_other_ids(column: &str, original: &Original, digits: &str) -> String {
    let ids = [&original.order, &original.attempt, &original.server];
    ids.iter().fold(format!("t.{column}"), |text, id| {
        // The time in an id begins with `01` until 2039, and with `00` a generation before: who
        // looks at the purchases of the last hour each minute must not find a million of them.
        let other = id.replacen("att_01", "att_00", 1);
        let stem = &other[..other.len() - 7];
        format!("REPLACE({text}, '{id}', '{stem}' || {digits})")
    })
}

/// Those of a table, without the one that counts by itself.
pub async fn columns(ground: &Ground, table: &str) -> Result<Vec<String>> {
    let all: Vec<String> = match ground {
        Ground::File(folder) => {
            let connection = embedded::connect(&folder.path().join("berth.db"))?;
            let asked = connection.prepare(&format!("SELECT * FROM {table}"))?;
            asked.column_names().map(str::to_owned).collect()
        }
        Ground::Server { .. } => {
            let client = connect(&ground.url()).await?;
            let asked = client.prepare(&format!("SELECT * FROM {table}")).await?;
            asked.columns().iter().map(|column| column.name().to_owned()).collect()
        }
    };
    let counts = |name: &String| table == "ledger" && name == "id";
    ensure!(!all.is_empty(), "{table} has no columns");
    Ok(all.into_iter().filter(|name| !counts(name)).collect())
}
