//! What people call things that rows name by their ids: orders by their numbers, accounts by their
//! mail addresses, products by their names, servers by their addresses.

use std::collections::{BTreeSet, HashMap};

use crate::db::{Result, Tx, Value};

/// The prefix of ids, the table, and what in it is the name.
const TABLES: [(&str, &str, &str); 4] = [
    ("acc_", "account", "COALESCE(claim, email)"),
    ("ord_", "orders", "number"),
    ("prd_", "product", "name"),
    ("srv_", "server", "address"),
];

/// The name of what stands in a column, for a question that reads its rows anyway.
pub(crate) fn name_of(column: &str) -> String {
    let ways = TABLES.map(|(prefix, table, name)| {
        format!(
            "WHEN {column} LIKE '{prefix}%' THEN (SELECT {name} FROM {table} WHERE id = {column})"
        )
    });
    format!("CASE {} END", ways.join(" "))
}

impl Tx<'_> {
    /// The names of a page's ids, in one question. What has none, and what is no id, is left out.
    pub fn named<'a>(
        &mut self,
        ids: impl IntoIterator<Item = &'a str>,
    ) -> Result<HashMap<String, String>> {
        let ids: BTreeSet<&str> = ids.into_iter().collect();
        let mut values: Vec<Value> = Vec::new();
        let mut questions = Vec::new();
        for (prefix, table, name) in TABLES {
            let these = ids.iter().filter(|id| id.starts_with(prefix));
            let marks: Vec<String> = these
                .map(|id| {
                    values.push(Value::from(*id));
                    format!("${}", values.len())
                })
                .collect();
            if !marks.is_empty() {
                let among = marks.join(", ");
                questions.push(format!("SELECT id, {name} FROM {table} WHERE id IN ({among})"));
            }
        }
        if questions.is_empty() {
            return Ok(HashMap::new());
        }
        let rows = self.rows(&questions.join(" UNION ALL "), &values)?;
        rows.iter().map(|row| Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned()))).collect()
    }
}
