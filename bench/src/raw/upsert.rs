//! The rows of a big catalogue by hand: packages, products and prices, in statements of many rows
//! and transactions of a thousand rows, as the house must write them, too.

use std::path::Path;
use std::time::Instant;

use anyhow::Result;
use domain::clock::Clock;
use domain::id::{PackageId, ProductId};
use store::db::{Value, places};

use super::embedded;
use crate::place::connect;
use berth::machine::Machine;

/// So many packages a transaction.
const SET: usize = 200;
/// So many rows a statement.
const TOGETHER: usize = 100;

const PROVIDER: &str = "INSERT INTO provider (id, unheard_in_row, reading_number, \
     reading_requested_at, reading_stored_at, reading_hash, writing_number, syncing_number, \
     sync_number, catalogue_version) VALUES ('smartvps', 0, 0, 0, 0, '', 0, 0, 0, 0)";
/// Before and after the places of a table's rows.
const TABLES: [(&str, &str); 3] = [
    (
        "INSERT INTO package (id, provider, pid, name, status, active, stock, listed_stock, \
         created_at, changed_at) VALUES ",
        " ON CONFLICT (id) DO UPDATE SET name = excluded.name, stock = excluded.stock, \
         changed_at = excluded.changed_at",
    ),
    (
        "INSERT INTO product (id, package_id, name, published, available, name_confirmed, cidrs, \
         note, version, created_at, changed_at) VALUES ",
        " ON CONFLICT (id) DO UPDATE SET available = excluded.available, \
         changed_at = excluded.changed_at",
    ),
    (
        "INSERT INTO price (product_id, ram_gb, price_minor, currency) VALUES ",
        " ON CONFLICT (product_id, ram_gb) DO UPDATE SET price_minor = excluded.price_minor",
    ),
];

/// A package's rows: of each table, the rows' values.
type Rows = [Vec<Vec<Value>>; 3];

pub fn rows(packages: usize) -> Vec<Rows> {
    (0..packages).map(row).collect()
}

fn row(at: usize) -> Rows {
    let now = Machine.now();
    let (package, product) = (PackageId::mint(now, &Machine), ProductId::mint(now, &Machine));
    let name = format!("{}.{}.{}", 11 + at / 65_536, at / 256 % 256, at % 256);
    let (package, product) = (package.as_str(), product.as_str());
    let pid = (1_000 + at).to_string();
    let shown = format!("🌊 {name}");
    let price = |(ram, minor): (i64, i64)| store::args![product, ram, minor, "INR"].to_vec();
    [
        vec![
            store::args![
                package, "smartvps", pid, name, "active", true, 100_i64, 100_i64, now, now
            ]
            .to_vec(),
        ],
        vec![
            store::args![product, package, shown, true, true, false, "", "", 1_i64, now, now]
                .to_vec(),
        ],
        [(4, 69_900), (8, 99_900), (16, 149_900)].map(price).to_vec(),
    ]
}

/// The statements of one transaction, with their values.
fn statements(set: &[Rows]) -> Vec<(String, Vec<Value>)> {
    let mut all = Vec::new();
    for (table, (before, after)) in TABLES.iter().enumerate() {
        let rows: Vec<&Vec<Value>> = set.iter().flat_map(|rows| &rows[table]).collect();
        for some in rows.chunks(TOGETHER) {
            let columns = some.first().map_or(0, |row| row.len());
            let sql = format!("{before}{}{after}", places(some.len(), columns));
            all.push((sql, some.iter().flat_map(|row| row.iter().cloned()).collect()));
        }
    }
    all
}

pub fn embedded(path: &Path, rows: &[Rows]) -> Result<f64> {
    let connection = embedded::connect(path)?;
    let start = Instant::now();
    connection.execute_batch(PROVIDER)?;
    for set in rows.chunks(SET) {
        connection.execute_batch("BEGIN IMMEDIATE")?;
        for (sql, values) in statements(set) {
            let mut statement = connection.prepare_cached(&sql.replace('$', "?"))?;
            statement.execute(rusqlite::params_from_iter(&values))?;
        }
        connection.execute_batch("COMMIT")?;
    }
    Ok(start.elapsed().as_secs_f64())
}

pub async fn server(url: &str, rows: &[Rows]) -> Result<f64> {
    let client = connect(url).await?;
    let start = Instant::now();
    client.batch_execute(PROVIDER).await?;
    let mut prepared = std::collections::HashMap::new();
    for set in rows.chunks(SET) {
        client.batch_execute("BEGIN").await?;
        for (sql, values) in statements(set) {
            let statement = match prepared.get(&sql) {
                Some(known) => known,
                None => {
                    let new = client.prepare(&sql).await?;
                    &*prepared.entry(sql).or_insert(new)
                }
            };
            client.execute_raw(statement, values.iter()).await?;
        }
        client.batch_execute("COMMIT").await?;
    }
    Ok(start.elapsed().as_secs_f64())
}
