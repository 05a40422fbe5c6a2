//! The rows of one complete reading, put in order: which PID has which rows, which names are
//! taken twice.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::package::{Listed, Pid};

/// A complete reading. Rows equal in id and name are one.
#[derive(Clone, Debug)]
pub struct List {
    rows: Vec<Listed>,
    fetched: usize,
    by_pid: HashMap<Pid, Places>,
    /// Only names that stand on several active rows: of a hundred thousand hardly one does.
    crowded: HashMap<String, usize>,
}

/// Where the rows of a PID are. Nearly every PID has one, which needs no room of its own.
#[derive(Clone, Debug)]
enum Places {
    One(usize),
    Several(Vec<usize>),
}

impl Places {
    fn all(&self) -> &[usize] {
        match self {
            Places::One(at) => std::slice::from_ref(at),
            Places::Several(places) => places,
        }
    }

    fn add(&mut self, at: usize) {
        match self {
            Places::One(first) => *self = Places::Several(vec![*first, at]),
            Places::Several(places) => places.push(at),
        }
    }
}

impl List {
    pub fn of(fetched: Vec<Listed>) -> List {
        let mut list = List {
            fetched: fetched.len(),
            rows: Vec::with_capacity(fetched.len()),
            by_pid: HashMap::with_capacity(fetched.len()),
            crowded: HashMap::new(),
        };
        for row in fetched {
            list.add(row);
        }
        let mut active: HashMap<Cow<'_, str>, usize> = HashMap::with_capacity(list.rows.len());
        for row in list.rows.iter().filter(|row| row.active) {
            *active.entry(key(&row.name)).or_default() += 1;
        }
        let crowded = active.into_iter().filter(|(_, count)| *count > 1);
        list.crowded = crowded.map(|(name, count)| (name.into_owned(), count)).collect();
        list
    }

    /// Of rows that are one, the worse half of each counts: what cannot be bought in one of them
    /// may not be there at all.
    fn add(&mut self, row: Listed) {
        let at = self.rows.len();
        let Some(places) = self.by_pid.get_mut(&row.pid) else {
            self.by_pid.insert(row.pid.clone(), Places::One(at));
            return self.rows.push(row);
        };
        let twin = places.all().iter().copied().find(|at| self.rows[*at].name == row.name);
        let Some(twin) = twin else {
            places.add(at);
            return self.rows.push(row);
        };
        let kept = &mut self.rows[twin];
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

    /// Where in `rows` a PID stands; more than one place means that it has several names.
    pub(super) fn places_of(&self, pid: &Pid) -> &[usize] {
        self.by_pid.get(pid).map_or(&[], Places::all)
    }

    /// The rows of a PID, each with another name.
    pub fn of_pid(&self, pid: &Pid) -> Vec<&Listed> {
        self.places_of(pid).iter().map(|at| &self.rows[*at]).collect()
    }

    /// Free addresses of a PID: of several rows the least, of none nothing.
    pub fn stock_of(&self, pid: &Pid) -> i64 {
        self.places_of(pid).iter().map(|at| self.rows[*at].stock).min().unwrap_or(0)
    }

    /// On how many active rows a name stands, where that is more than one. Letters' case does not
    /// make two names: nobody knows whether it does for the provider.
    pub fn crowd_at(&self, name: &str) -> Option<usize> {
        if self.crowded.is_empty() {
            return None;
        }
        self.crowded.get(&*key(name)).copied()
    }
}

fn key(name: &str) -> Cow<'_, str> {
    let name = name.trim();
    if name.chars().any(|c| c.is_uppercase() || !c.is_ascii()) {
        return Cow::Owned(name.to_lowercase());
    }
    Cow::Borrowed(name)
}
