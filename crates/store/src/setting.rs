//! Single facts about the shop that people or the program set while it runs, by name.
//! Not for what the owner configures: that is read from the environment at every start.

use std::collections::HashMap;

use domain::clock::Timestamp;

use crate::db::{Result, Row, Tx, Value, places};

/// One fact, who set it and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    pub value: String,
    pub at: Timestamp,
    pub actor: String,
}

impl Tx<'_> {
    pub fn setting(&mut self, name: &str) -> Result<Option<Setting>> {
        let row =
            self.lookup("SELECT value, at, actor FROM setting WHERE name = $1", args![name])?;
        row.map(|row| read(&row)).transpose()
    }

    /// Those of some facts that are set, by their names.
    pub fn settings(&mut self, names: &[&str]) -> Result<HashMap<String, Setting>> {
        let sql = format!(
            "SELECT value, at, actor, name FROM setting WHERE name IN {}",
            places(1, names.len())
        );
        let names: Vec<Value> = names.iter().map(|name| Value::from(*name)).collect();
        let rows = self.rows(&sql, &names)?;
        rows.iter().map(|row| Ok((row.text(3)?.to_owned(), read(row)?))).collect()
    }

    /// Sets a fact, whatever it was.
    pub fn set_setting(&mut self, name: &str, value: &str, actor: &str) -> Result<()> {
        self.later(
            "INSERT INTO setting (name, value, at, actor) VALUES ($1, $2, {now}, $3) \
             ON CONFLICT (name) DO UPDATE \
             SET value = excluded.value, at = excluded.at, actor = excluded.actor",
            args![name, value, actor],
        )
    }

    /// Sets a fact unless it is set; false when it was. Of several nodes one wins.
    pub fn insert_setting(&mut self, name: &str, value: &str, actor: &str) -> Result<bool> {
        let added = self.run(
            "INSERT INTO setting (name, value, at, actor) VALUES ($1, $2, {now}, $3) \
             ON CONFLICT (name) DO NOTHING",
            args![name, value, actor],
        )?;
        Ok(added == 1)
    }

    /// Removes a fact; false when it was not set.
    pub fn delete_setting(&mut self, name: &str) -> Result<bool> {
        let gone = self.run("DELETE FROM setting WHERE name = $1", args![name])?;
        Ok(gone == 1)
    }
}

fn read(row: &Row) -> Result<Setting> {
    let (value, actor) = (row.text(0)?.to_owned(), row.text(2)?.to_owned());
    Ok(Setting { value, at: row.time(1)?, actor })
}
