//! What a sync does with every product of the shop: exactly one action each, the first that fits.
//! Pure: the same books and the same reading always give the same decision.

use super::judge::{Reason, Rules};
use super::warn::{Crossed, crossed};
use super::{List, follows};
use crate::block::Block;
use crate::clock::Timestamp;
use crate::id::{Chance, PackageId, ProductId};
use crate::order::Sold;
use crate::package::{Listed, Package};
use crate::product::{Held, Product};

/// A package of our books and the products that are sold from it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Known {
    pub package: Package,
    pub products: Vec<Product>,
}

/// What a sync did with a product.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Action {
    Created,
    Held,
    Disabled,
    ReEnabled,
    /// Its package's stored name had drifted from the provider's.
    Fixed,
    Updated,
    Unchanged,
}

impl Action {
    pub const fn as_str(self) -> &'static str {
        match self {
            Action::Created => "created",
            Action::Held => "held",
            Action::Disabled => "disabled",
            Action::ReEnabled => "re-enabled",
            Action::Fixed => "fixed",
            Action::Updated => "updated",
            Action::Unchanged => "unchanged",
        }
    }
}

/// Something that staff hear of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum News {
    Created,
    Missing,
    SeenAgain,
    /// The new name promises the same addresses, or the display name vouches for it.
    Renamed {
        from: String,
        to: String,
    },
    /// It needs a person, or to be seen again; with what stands in the list.
    Held(Held, String),
    /// Seen again: what the brake held is let go.
    Released,
    Low {
        level: i64,
        stock: i64,
    },
    NoLongerLow {
        level: i64,
    },
}

/// What becomes of a row.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Write {
    Keep,
    Insert,
    Update,
}

/// One product after a sync.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    pub product: Product,
    pub write: Write,
    pub action: Action,
    pub reason: Option<Reason>,
    pub was_available: bool,
    pub news: Vec<News>,
}

/// One package after a sync, with its products.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Settled {
    pub package: Package,
    /// The stored name that the list no longer bears.
    pub renamed_from: Option<String>,
    /// The stock that was shown before; nothing for a package that is new.
    pub listed_before: Option<i64>,
    pub write: Write,
    pub lines: Vec<Line>,
}

impl Settled {
    /// Nothing is to be written and nothing to be told.
    pub fn is_kept(&self) -> bool {
        let kept = |line: &Line| line.write == Write::Keep && line.news.is_empty();
        self.write == Write::Keep && self.lines.iter().all(kept)
    }
}

/// So many of a provider's entries may one sync disable because they are missing; the rest are
/// held. A garbled list that passes for a whole one must not close the shop for good.
pub fn brake_limit(entries: usize) -> usize {
    (entries / 5).max(3)
}

/// One sync: whose list, under which rules, when.
pub struct Run<'a> {
    pub provider: &'a str,
    pub rules: &'a Rules,
    pub now: Timestamp,
    pub chance: &'a dyn Chance,
}

/// What the list says of a package that is in it.
struct Seen {
    /// Which package a purchase would come from is not certain, and why.
    doubt: Option<(Held, String)>,
    /// The stored name that the list no longer bears.
    renamed_from: Option<String>,
    came_back: bool,
    warnings: Crossed,
    stock_changed: bool,
    changed: bool,
}

impl Run<'_> {
    /// Decides for every product of the provider. Packages keep their order; new ones follow.
    pub fn decide(&self, list: &List, known: Vec<Known>) -> Vec<Settled> {
        let entries: usize = known.iter().map(|known| known.products.len()).sum();
        let mut left = brake_limit(entries);
        let mut ours = vec![false; list.rows().len()];
        let mut settled = Vec::with_capacity(list.rows().len().max(known.len()));
        for known in known {
            let places = list.places_of(&known.package.pid);
            settled.push(match *places {
                [] => self.missing(known, &mut left),
                [first, ..] => {
                    ours[first] = true;
                    self.seen(known, places, list)
                }
            });
        }
        for (at, row) in list.rows().iter().enumerate() {
            let places = list.places_of(&row.pid);
            // A PID with several names is made once, at its first row.
            if places.first() == Some(&at) && !ours[at] {
                settled.push(self.new_package(row, places, list));
            }
        }
        settled
    }

    fn missing(&self, known: Known, left: &mut usize) -> Settled {
        let Known { mut package, products } = known;
        let newly = package.missing_since.is_none();
        package.missing_since.get_or_insert(self.now);
        package.stock = 0;
        let listed_before = Some(package.listed_stock);
        let changed = put(&mut package.listed_stock, 0) || newly;
        let line = |product| self.missing_line(product, &package, newly, left);
        let lines = products.into_iter().map(line).collect();
        let write = if changed { Write::Update } else { Write::Keep };
        Settled { package, renamed_from: None, listed_before, write, lines }
    }

    fn missing_line(
        &self,
        mut product: Product,
        package: &Package,
        newly: bool,
        left: &mut usize,
    ) -> Line {
        let was_available = product.available;
        if !newly && !was_available {
            let reason = product.held.map_or(Reason::MissingFromApi, Reason::Held);
            return Line::kept(product, Some(reason));
        }
        let held_before = product.held;
        let mut news = Vec::new();
        let action = match product.held {
            Some(_) => Action::Held,
            None if *left > 0 => {
                *left -= 1;
                Action::Disabled
            }
            None => {
                product.held = Some(Held::Brake);
                Action::Held
            }
        };
        if newly {
            news.push(match product.held {
                Some(Held::Brake) => News::Held(Held::Brake, Held::Brake.words().into()),
                _ => News::Missing,
            });
        }
        let judged = self.rules.judge(&mut product, package, self.now);
        let changed = judged.changed || product.held != held_before;
        let (product, write) = written(changed, product);
        Line { product, write, action, reason: judged.reason, was_available, news }
    }

    fn seen(&self, known: Known, places: &[usize], list: &List) -> Settled {
        let Known { mut package, products } = known;
        let listed_before = Some(package.listed_stock);
        let seen = self.take_over(&mut package, places, list);
        let lines: Vec<Line> = match products.is_empty() {
            true => vec![self.new_product(&package, &seen)],
            false => products.into_iter().map(|p| self.seen_line(p, &package, &seen)).collect(),
        };
        let write = if seen.changed { Write::Update } else { Write::Keep };
        Settled { package, renamed_from: seen.renamed_from, listed_before, write, lines }
    }

    /// Brings a package up to what the list says of it.
    fn take_over(&self, package: &mut Package, places: &[usize], list: &List) -> Seen {
        let facts = Facts::of(places, list, package);
        let warnings = match facts.active {
            true => crossed(&self.rules.warn_at, package.warned_at, facts.stock),
            false => Crossed { begun: None, over: vec![], told: package.warned_at },
        };
        let doubt = facts.doubt(places, list);
        let came_back = package.missing_since.take().is_some();
        // With two names neither is taken over: which of them is right, a person says.
        let renamed = places.len() == 1 && package.name != facts.name;
        let renamed_from = renamed.then(|| std::mem::replace(&mut package.name, facts.name.into()));
        let stock_changed = put(&mut package.stock, facts.stock);
        let mut changed = came_back || renamed;
        changed |= put(&mut package.listed_stock, facts.stock);
        changed |= put(&mut package.active, facts.active);
        changed |= put(&mut package.warned_at, warnings.told);
        if package.status != facts.status {
            package.status = facts.status.into();
            changed = true;
        }
        Seen { doubt, renamed_from, came_back, warnings, stock_changed, changed }
    }

    fn seen_line(&self, mut product: Product, package: &Package, seen: &Seen) -> Line {
        let (was_available, held_before) = (product.available, product.held);
        let drifted = seen.renamed_from.as_ref();
        let other_block = drifted.is_some_and(|from| !follows(&product, from, &package.name));
        let doubt = seen.doubt.as_ref().map(|(held, _)| *held);
        product.held = match product.held {
            _ if other_block => Some(Held::OtherBlock),
            Some(held) if !held.ends_when_seen() => Some(held),
            _ => doubt,
        };
        let newly_held = other_block || (product.held != held_before && product.held.is_some());
        let judged = self.rules.judge(&mut product, package, self.now);
        let changed = judged.changed || product.held != held_before;
        let action = match (was_available, product.available) {
            _ if newly_held => Action::Held,
            (true, false) => Action::Disabled,
            (false, true) => Action::ReEnabled,
            _ if drifted.is_some() => Action::Fixed,
            _ if changed || seen.changed || seen.stock_changed => Action::Updated,
            _ => Action::Unchanged,
        };
        let mut news = seen.news(package);
        if held_before == Some(Held::Brake) && product.held.is_none() {
            news.push(News::Released);
        }
        match (product.held, drifted) {
            (Some(held), _) if newly_held => news.push(News::Held(held, seen.words(held, package))),
            (_, Some(from)) => {
                news.push(News::Renamed { from: from.clone(), to: package.name.clone() });
            }
            _ => {}
        }
        let (product, write) = written(changed, product);
        Line { product, write, action, reason: judged.reason, was_available, news }
    }

    fn new_package(&self, first: &Listed, places: &[usize], list: &List) -> Settled {
        let mut package = Package {
            id: PackageId::mint(self.now, self.chance),
            provider: self.provider.into(),
            pid: first.pid.clone(),
            name: first.name.clone(),
            status: first.status.clone(),
            active: first.active,
            stock: first.stock,
            listed_stock: first.stock,
            warned_at: None,
            missing_since: None,
            unlimited: false,
            days: Sold::DAYS,
        };
        let seen = self.take_over(&mut package, places, list);
        let line = self.new_product(&package, &seen);
        let (write, lines) = (Write::Insert, vec![line]);
        Settled { package, renamed_from: None, listed_before: None, write, lines }
    }

    /// A product for a package that nothing is sold from.
    fn new_product(&self, package: &Package, seen: &Seen) -> Line {
        let mut product = Product {
            id: ProductId::mint(self.now, self.chance),
            name: Product::default_name(&package.name),
            package: package.id.clone(),
            published: Block::of_name(&package.name).is_ok(),
            available: false,
            held: seen.doubt.as_ref().map(|(held, _)| *held),
            name_confirmed: false,
            prices: Product::default_prices(),
            cidrs: vec![],
            tags: vec![],
            note: String::new(),
            remark: String::new(),
            version: 1,
        };
        let judged = self.rules.judge(&mut product, package, self.now);
        let mut news = vec![News::Created];
        news.extend(product.held.map(|held| News::Held(held, seen.words(held, package))));
        news.extend(seen.news(package));
        let (write, action, reason) = (Write::Insert, Action::Created, judged.reason);
        Line { product, write, action, reason, was_available: false, news }
    }
}

/// What the rows of one PID say together. With several names the worst of each counts.
struct Facts<'a> {
    name: &'a str,
    status: &'a str,
    active: bool,
    stock: i64,
}

impl<'a> Facts<'a> {
    fn of(places: &[usize], list: &'a List, package: &Package) -> Facts<'a> {
        let rows = || places.iter().map(|at| &list.rows()[*at]);
        let first = &list.rows()[places[0]];
        let named = rows().find(|row| row.name == package.name);
        let inactive = rows().find(|row| !row.active);
        Facts {
            name: &named.unwrap_or(first).name,
            status: &inactive.or(named).unwrap_or(first).status,
            active: inactive.is_none(),
            stock: rows().map(|row| row.stock).min().unwrap_or(0),
        }
    }

    fn doubt(&self, places: &[usize], list: &List) -> Option<(Held, String)> {
        if places.len() > 1 {
            let names = places.iter().map(|at| format!("{:?}", list.rows()[*at].name));
            let names = names.collect::<Vec<_>>().join(" and ");
            return Some((Held::TwoNames, format!("it stands beside {names}")));
        }
        let count = list.crowd_at(self.name).filter(|_| self.active)?;
        Some((Held::TwoRows, format!("the name {:?} stands on {count} active rows", self.name)))
    }
}

impl Seen {
    /// What is news of the package itself.
    fn news(&self, package: &Package) -> Vec<News> {
        let stock = package.listed_stock;
        let back = self.came_back.then_some(News::SeenAgain).into_iter();
        let begun = self.warnings.begun.iter().map(|level| News::Low { level: *level, stock });
        let over = self.warnings.over.iter().map(|level| News::NoLongerLow { level: *level });
        back.chain(begun).chain(over).collect()
    }

    fn words(&self, held: Held, package: &Package) -> String {
        match (held, &self.doubt, &self.renamed_from) {
            (Held::OtherBlock, _, Some(from)) => {
                format!("it was called {from:?} and is called {:?} now", package.name)
            }
            (_, Some((_, why)), _) => why.clone(),
            _ => held.words().into(),
        }
    }
}

impl Line {
    fn kept(product: Product, reason: Option<Reason>) -> Line {
        let (write, action) = (Write::Keep, Action::Unchanged);
        let was_available = product.available;
        Line { product, write, action, reason, was_available, news: vec![] }
    }
}

fn put<T: PartialEq>(slot: &mut T, value: T) -> bool {
    let changed = *slot != value;
    *slot = value;
    changed
}

fn written(changed: bool, mut product: Product) -> (Product, Write) {
    product.version += i64::from(changed);
    (product, if changed { Write::Update } else { Write::Keep })
}
