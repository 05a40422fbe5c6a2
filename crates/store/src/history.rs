//! What pages show of many orders: each question is asked once, however many orders there are.
//! Not for deciding: a decision reads its one order under a lock.

use std::collections::HashMap;

use domain::clock::Timestamp;
use domain::id::{OrderId, PackageId, ProductId};

use crate::db::{Part, Result, Row, Tx, Value, places};
use crate::order::amend::{self, read_amendment};
use crate::order::{Amendment, COLUMNS, Order, inconsistent, order_id, read};

/// One thing that happened to one of several orders.
#[derive(Clone, Debug)]
pub struct Moment {
    pub order: OrderId,
    pub at: Timestamp,
    pub kind: String,
    pub stage: String,
    pub cause: String,
    pub actor: String,
    /// JSON.
    pub data: String,
}

const MOMENT: &str = "order_id, at, kind, stage, cause, actor, data";
pub(crate) const OF_ORDER: Part<'static> =
    Part { columns: MOMENT, from: "order_event", which: "order_id = $1", order: "seq" };

impl Tx<'_> {
    pub fn orders_of_ids(&mut self, ids: &[OrderId]) -> Result<Vec<Order>> {
        let sql = format!("SELECT {COLUMNS} FROM orders WHERE id IN");
        self.rows_of(&sql, ids, "")?.iter().map(read).collect()
    }

    /// All that happened to some orders, oldest first.
    pub fn moments_of(&mut self, orders: &[OrderId]) -> Result<Vec<Moment>> {
        let sql = format!("SELECT {MOMENT} FROM order_event WHERE order_id IN");
        self.rows_of(&sql, orders, "ORDER BY order_id, seq")?.iter().map(read_moment).collect()
    }

    /// The latest amendment of those orders that have one.
    pub fn latest_amendments_of(
        &mut self,
        orders: &[OrderId],
    ) -> Result<HashMap<OrderId, Amendment>> {
        let sql = format!(
            "SELECT {}, order_id FROM amendment \
             WHERE id IN (SELECT MAX(id) FROM amendment WHERE order_id IN",
            amend::OF_ORDER.columns
        );
        let read = |row: &Row| Ok((order_id(row.text(13)?)?, read_amendment(row)?));
        self.rows_of(&sql, orders, "GROUP BY order_id)")?.iter().map(read).collect()
    }

    /// One product of each package that has any: the first that was made.
    pub fn first_products_of(
        &mut self,
        packages: &[PackageId],
    ) -> Result<HashMap<PackageId, ProductId>> {
        let ids: Vec<Value> = packages.iter().map(|id| id.as_str().into()).collect();
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let sql = format!(
            "SELECT package_id, MIN(id) FROM product WHERE package_id IN {} GROUP BY package_id",
            places(1, ids.len())
        );
        let read = |row: &Row| {
            let package = PackageId::parse(row.text(0)?).map_err(|e| inconsistent("order", e))?;
            let product = ProductId::parse(row.text(1)?).map_err(|e| inconsistent("order", e))?;
            Ok((package, product))
        };
        self.rows(&sql, &ids)?.iter().map(read).collect()
    }

    /// Runs a question about some orders; its text ends where their ids go.
    pub(crate) fn rows_of(
        &mut self,
        sql: &str,
        orders: &[OrderId],
        tail: &str,
    ) -> Result<Vec<Row>> {
        if orders.is_empty() {
            return Ok(Vec::new());
        }
        let mut ids: Vec<Value> = orders.iter().map(|id| id.as_str().into()).collect();
        // Few lengths make few texts, which the database keeps prepared.
        ids.resize(orders.len().next_power_of_two(), ids[0].clone());
        self.rows(&format!("{sql} {} {tail}", places(1, ids.len())), &ids)
    }
}

pub(crate) fn read_moment(row: &Row) -> Result<Moment> {
    Ok(Moment {
        order: order_id(row.text(0)?)?,
        at: row.time(1)?,
        kind: row.text(2)?.into(),
        stage: row.text(3)?.into(),
        cause: row.text(4)?.into(),
        actor: row.text(5)?.into(),
        data: row.text(6)?.into(),
    })
}
