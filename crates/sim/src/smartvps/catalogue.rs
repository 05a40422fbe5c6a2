//! What the vendor has: packages, their pools, and the list that he shows.
//! The list may differ from what he has: that is the point.

use std::collections::HashMap;
use std::net::Ipv4Addr;

use serde::{Deserialize, Deserializer, Serialize};

use super::pool::{Pool, Source};

/// One package of the vendor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Package {
    pub pid: String,
    pub name: String,
    /// How many servers can still be sold.
    pub stock: i64,
    #[serde(default = "active")]
    pub status: String,
    /// Where addresses come from; without it, from what the name said when it was put here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pool: Option<Source>,
    /// Whether the list shows it.
    #[serde(default = "yes")]
    pub listed: bool,
    /// The number that the list shows, where that is not the stock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reports: Option<i64>,
}

fn active() -> String {
    "active".to_owned()
}

fn yes() -> bool {
    true
}

impl Package {
    /// An active package whose pool is what its name says.
    pub fn new(pid: impl Into<String>, name: impl Into<String>, stock: i64) -> Package {
        Package {
            pid: pid.into(),
            name: name.into(),
            stock,
            status: active(),
            pool: None,
            listed: true,
            reports: None,
        }
    }

    /// The same with addresses from elsewhere than its name says.
    pub fn from_pool(self, pattern: impl Into<String>) -> Package {
        Package { pool: Some(Source::Pattern(pattern.into())), ..self }
    }

    pub fn with_status(self, status: impl Into<String>) -> Package {
        Package { status: status.into(), ..self }
    }

    pub fn is_active(&self) -> bool {
        self.status.eq_ignore_ascii_case("active")
    }
}

/// Changes to a package; what is not named stays.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Change {
    pub name: Option<String>,
    pub stock: Option<i64>,
    pub status: Option<String>,
    pub pool: Option<Source>,
    pub listed: Option<bool>,
    /// `null` makes the list tell the stock again.
    #[serde(deserialize_with = "named")]
    pub reports: Option<Option<i64>>,
}

/// Tells `null` from a field that is not there.
fn named<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Option<i64>>, D::Error> {
    Option::deserialize(from).map(Some)
}

/// One row of the list.
#[derive(Debug, Clone)]
pub struct Row {
    pub id: String,
    pub name: String,
    pub stock: i64,
    pub status: String,
}

/// How ids are written in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ids {
    #[default]
    Number,
    Text,
    /// The one or the other, row by row.
    Mixed,
}

#[derive(Debug, Clone)]
struct Shelf {
    package: Package,
    pool: Pool,
    stock_at_first: i64,
}

/// All packages, findable by PID and by name. Neither need be unique: vendors repeat themselves.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    shelves: Vec<Shelf>,
    by_pid: HashMap<String, Vec<usize>>,
    by_name: HashMap<String, Vec<usize>>,
    /// Grows with every change, so that a written list can be kept until then.
    version: u64,
}

impl Catalogue {
    pub fn of(packages: Vec<Package>) -> Catalogue {
        let mut catalogue = Catalogue::default();
        packages.into_iter().for_each(|package| catalogue.add(package));
        catalogue
    }

    pub fn version(&self) -> u64 {
        self.version
    }

    pub fn packages(&self) -> impl Iterator<Item = &Package> {
        self.shelves.iter().map(|shelf| &shelf.package)
    }

    /// Adds a row, also where PID or name are there already.
    pub fn add(&mut self, package: Package) {
        let place = self.shelves.len();
        self.by_pid.entry(package.pid.clone()).or_default().push(place);
        self.by_name.entry(package.name.clone()).or_default().push(place);
        let pool = Pool::of(package.pool.as_ref(), &package.name);
        self.shelves.push(Shelf { stock_at_first: package.stock, pool, package });
        self.version += 1;
    }

    /// The first package with this PID.
    pub fn by_pid(&self, pid: &str) -> Option<usize> {
        self.by_pid.get(pid).and_then(|places| places.first().copied())
    }

    pub fn by_name(&self, name: &str) -> &[usize] {
        self.by_name.get(name).map_or(&[], Vec::as_slice)
    }

    pub fn at(&self, place: usize) -> &Package {
        &self.shelves[place].package
    }

    pub fn count(&self) -> usize {
        self.shelves.len()
    }

    /// Changes every package with this PID; false when there is none.
    pub fn change(&mut self, pid: &str, change: &Change) -> bool {
        let places = self.by_pid.get(pid).cloned().unwrap_or_default();
        for place in &places {
            let shelf = &mut self.shelves[*place];
            let package = &mut shelf.package;
            if let Some(name) = &change.name {
                let old = std::mem::replace(&mut package.name, name.clone());
                self.by_name.entry(old).or_default().retain(|other| other != place);
                self.by_name.entry(name.clone()).or_default().push(*place);
            }
            if let Some(pool) = &change.pool {
                package.pool = Some(pool.clone());
                shelf.pool = Pool::of(Some(pool), "");
            }
            package.stock = change.stock.unwrap_or(package.stock);
            package.status = change.status.clone().unwrap_or_else(|| package.status.clone());
            package.listed = change.listed.unwrap_or(package.listed);
            package.reports = change.reports.unwrap_or(package.reports);
        }
        self.version += 1;
        !places.is_empty()
    }

    /// How many servers of all packages with this PID can still be sold.
    pub fn stock_of(&self, pid: &str) -> i64 {
        let places = self.by_pid.get(pid).map_or(&[][..], Vec::as_slice);
        places.iter().map(|place| self.at(*place).stock).sum()
    }

    /// Takes one server off a shelf; nothing when stock or pool are used up.
    pub fn take(&mut self, place: usize, taken: impl Fn(Ipv4Addr) -> bool) -> Option<Ipv4Addr> {
        let shelf = &mut self.shelves[place];
        if shelf.package.stock <= 0 {
            return None;
        }
        let address = shelf.pool.take(taken)?;
        shelf.package.stock -= 1;
        self.version += 1;
        Some(address)
    }

    /// Counts one server less without choosing its address.
    pub fn count_down(&mut self, place: usize) {
        self.shelves[place].package.stock = (self.shelves[place].package.stock - 1).max(0);
        self.version += 1;
    }

    pub fn give_back(&mut self, place: usize, address: Ipv4Addr) {
        self.shelves[place].package.stock += 1;
        self.shelves[place].pool.give_back(address);
        self.version += 1;
    }

    /// What the list shows.
    pub fn rows(&self) -> Vec<Row> {
        let listed = self.shelves.iter().filter(|shelf| shelf.package.listed);
        listed
            .map(|Shelf { package, .. }| Row {
                id: package.pid.clone(),
                name: package.name.clone(),
                stock: package.reports.unwrap_or(package.stock),
                status: package.status.clone(),
            })
            .collect()
    }

    /// What the list showed before anything was sold.
    pub fn stale_rows(&self) -> Vec<Row> {
        let listed = self.shelves.iter().filter(|shelf| shelf.package.listed);
        let firsts = listed.map(|shelf| shelf.stock_at_first);
        self.rows().into_iter().zip(firsts).map(|(row, stock)| Row { stock, ..row }).collect()
    }
}

/// Writes the list as JSON. A hundred thousand rows are written in one go.
pub fn write_list(rows: &[Row], ids: Ids) -> String {
    let mut out = String::with_capacity(rows.len() * 80 + 16);
    out.push_str("{\"packages\":[");
    for (place, row) in rows.iter().enumerate() {
        let as_number = match ids {
            Ids::Number => true,
            Ids::Text => false,
            Ids::Mixed => place % 2 == 0,
        };
        let separator = if place == 0 { "" } else { "," };
        out.push_str(separator);
        out.push_str("{\"id\":");
        match row.id.parse::<u64>() {
            Ok(number) if as_number && number.to_string() == row.id => out.push_str(&row.id),
            _ => out.push_str(&quoted(&row.id)),
        }
        out.push_str(",\"name\":");
        out.push_str(&quoted(&row.name));
        out.push_str(&format!(",\"ipv4\":{},\"status\":", row.stock));
        out.push_str(&quoted(&row.status));
        out.push('}');
    }
    out.push_str("]}");
    out
}

/// A text as a JSON string.
pub fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_found_under_its_new_name_only() {
        let mut catalogue = Catalogue::of(vec![Package::new("6", "103.181.91", 12)]);
        let change = Change { name: Some("103.182.44".to_owned()), ..Change::default() };
        assert!(catalogue.change("6", &change));
        assert!(catalogue.by_name("103.181.91").is_empty());
        assert_eq!(catalogue.by_name("103.182.44"), [0]);
        assert!(!catalogue.change("7", &change));
    }

    #[test]
    fn the_last_server_can_be_sold_once() {
        let mut catalogue = Catalogue::of(vec![Package::new("6", "103.181.91", 1)]);
        assert!(catalogue.take(0, |_| false).is_some());
        assert_eq!(catalogue.take(0, |_| false), None);
    }

    #[test]
    fn ids_are_written_as_numbers_or_as_text() {
        let rows = Catalogue::of(vec![Package::new("007", "a", 1), Package::new("8", "b", 2)]);
        let rows = rows.rows();
        assert!(write_list(&rows, Ids::Number).contains(r#"{"id":"007","name":"a","ipv4":1"#));
        assert!(write_list(&rows, Ids::Number).contains(r#"{"id":8,"#));
        assert!(write_list(&rows, Ids::Text).contains(r#"{"id":"8","#));
    }
}
