//! The rows of one complete reading, put in order: which PID has which rows, which names are
//! taken twice.

use std::collections::HashMap;

use crate::package::{Listed, Pid};

/// A complete reading. Rows equal in id and name are one.
#[derive(Clone, Debug)]
pub struct List {
    rows: Vec<Listed>,
    fetched: usize,
    by_pid: HashMap<Pid, Vec<usize>>,
    active_by_name: HashMap<String, usize>,
}

impl List {
    pub fn of(fetched: Vec<Listed>) -> List {
        let mut list = List {
            fetched: fetched.len(),
            rows: Vec::with_capacity(fetched.len()),
            by_pid: HashMap::with_capacity(fetched.len()),
            active_by_name: HashMap::new(),
        };
        for row in fetched {
            list.add(row);
        }
        let mut active: HashMap<String, usize> = HashMap::with_capacity(list.rows.len());
        for row in list.rows.iter().filter(|row| row.active) {
            *active.entry(key(&row.name)).or_default() += 1;
        }
        list.active_by_name = active;
        list
    }

    /// Of rows that are one, the worse half of each counts: what cannot be bought in one of them
    /// may not be there at all.
    fn add(&mut self, row: Listed) {
        let same = self.by_pid.entry(row.pid.clone()).or_default();
        let twin = same.iter().copied().find(|at| self.rows[*at].name == row.name);
        let Some(at) = twin else {
            same.push(self.rows.len());
            self.rows.push(row);
            return;
        };
        let kept = &mut self.rows[at];
        kept.stock = kept.stock.min(row.stock);
        if kept.active && !row.active {
            (kept.active, kept.status) = (false, row.status);
        }
    }

    /// How many rows came, repeated ones included.
    pub fn fetched(&self) -> usize {
        self.fetched
    }

    /// The rows, each once, in the order in which they came.
    pub fn rows(&self) -> &[Listed] {
        &self.rows
    }

    /// The rows of a PID; more than one means that it has several names.
    pub fn of_pid(&self, pid: &Pid) -> Vec<&Listed> {
        let places = self.by_pid.get(pid).map_or(&[][..], Vec::as_slice);
        places.iter().map(|at| &self.rows[*at]).collect()
    }

    /// Free addresses of a PID: of several rows the least, of none nothing.
    pub fn stock_of(&self, pid: &Pid) -> i64 {
        let places = self.by_pid.get(pid).map_or(&[][..], Vec::as_slice);
        places.iter().map(|at| self.rows[*at].stock).min().unwrap_or(0)
    }

    /// On how many active rows a name stands. Letters' case does not make two names: nobody
    /// knows whether it does for the provider.
    pub fn active_rows_named(&self, name: &str) -> usize {
        self.active_by_name.get(&key(name)).copied().unwrap_or(0)
    }
}

fn key(name: &str) -> String {
    name.trim().to_lowercase()
}
