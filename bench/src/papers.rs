//! Papers: how long an invoice takes to draw, and the first page of a long statement of account.

use std::time::{Duration, Instant};

use ::web::pdf;
use ::web::view::paper::{Sheet, sample_papers};
use ::web::view::when::Zone;
use anyhow::{Context, Result, ensure};

use crate::child::Simulator;
use crate::orders::at;
use crate::place::{Ground, Kind};
use crate::shop::Shop;

/// Half of the rows of a long statement are payments, half their invoices.
const HALF: usize = 5_000;
const TIMES: usize = 200;

/// The half of all takes, and the slowest of a hundred, in milliseconds.
pub struct Taken {
    pub half: f64,
    pub slow: f64,
}

fn taken(mut each: Vec<Duration>) -> Taken {
    each.sort_unstable();
    let all: Vec<f64> = each.iter().map(|took| took.as_secs_f64() * 1_000.0).collect();
    Taken { half: at(&all, 0.5), slow: at(&all, 0.99) }
}

/// One invoice, again and again.
pub fn invoices() -> Result<Taken> {
    let paper = sample_papers().into_iter().next().context("no sample")?;
    let sheet = Sheet::of(&paper, &Zone::default());
    let mut each = Vec::with_capacity(TIMES);
    for _ in 0..TIMES {
        let start = Instant::now();
        let bytes = pdf::drawn(&sheet)?;
        each.push(start.elapsed());
        ensure!(bytes.starts_with(b"%PDF-"), "no PDF was drawn");
    }
    Ok(taken(each))
}

/// The first page of a customer who has ten thousand rows.
pub async fn statement(kind: Kind, postgres: Option<&str>) -> Result<Taken> {
    let ground = Ground::new(kind, postgres).await?;
    let simulator = Simulator::start(1, false)?;
    let db = ground.open().await?;
    let shop = Shop::open(db.clone(), &simulator).await?;
    shop.order(0).await?;
    ground.fill(&filled()).await?;
    let mut each = Vec::with_capacity(TIMES);
    for _ in 0..TIMES {
        let start = Instant::now();
        let found = shop.engine.statement(&shop.customer, None, None).await?;
        each.push(start.elapsed());
        ensure!(found.rows.items.len() == 50 && found.rows.next.is_some(), "{:?}", found.rows.next);
    }
    shop.engine.stop_working();
    db.close();
    ground.remove().await?;
    Ok(taken(each))
}

/// Payments of the one order, and a paper for each.
fn filled() -> String {
    format!(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {HALF}) \
         INSERT INTO capture (gateway, gateway_payment, share, order_id, amount_minor, currency, \
         at, booked_as, account_id) SELECT 'bank', 'utr-' || i, 0, id, total_minor, currency, \
         created_at + CAST(i AS BIGINT) * 1000000, 'paid', account_id FROM orders, n; \
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {HALF}) \
         INSERT INTO paper (id, kind, series, number, cause, order_id, account_id, at, \
         numbered_at, net_minor, igst_minor, cgst_minor, sgst_minor, rounding_minor, currency, \
         content) SELECT 'ppr_01ABCDEF' || CAST(100000000000000000 + i AS TEXT), 'invoice', \
         'INV/26-27', i, 'capture:bank:utr-' || i, id, account_id, \
         created_at + CAST(i AS BIGINT) * 1000000, 1, total_minor, 0, 0, 0, 0, currency, \
         '{{}}' FROM orders, n; ANALYZE;"
    )
}
