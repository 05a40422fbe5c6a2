//! What a sync tells: the lines that people search the log for, and the alerts of each change.
//! An alert that is a state (missing, low) ends when the state does; one that is an event
//! (renamed, ambiguous) ends when a person has dealt with the product.

use domain::catalogue::{Action, Line, News, Settled};
use domain::package::Package;
use domain::product::Held;
use store::alert::NewAlert;
use store::catalogue::Shown;
use store::db::Tx;

use crate::Result;

/// Alert kinds that end when staff change the product.
pub(crate) const SETTLED_BY_STAFF: [&str; 3] =
    ["package-new", "package-renamed", "package-ambiguous"];
pub(crate) const MISSING: &str = "package-missing";
pub(crate) const MISMATCH: &str = "product-mismatch";

/// The alerts of one set: what ends first, then what begins.
#[derive(Clone, Debug, Default)]
pub(super) struct Told {
    pub resolve: Vec<(String, String)>,
    pub raise: Vec<NewAlert>,
}

/// Whether each new package is an alert of its own, or all are one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum NewOnes {
    EachAlone,
    Together,
}

impl Told {
    pub(super) fn add(&mut self, settled: &Settled, new_ones: NewOnes) {
        for line in &settled.lines {
            for news in &line.news {
                self.add_news(news, line, &settled.package, new_ones);
            }
            let renamed = |news: &News| {
                matches!(news, News::Renamed { .. } | News::Held(Held::OtherBlock, _))
            };
            if line.news.iter().any(renamed) {
                self.compare_names(line, &settled.package);
            }
        }
    }

    fn add_news(&mut self, news: &News, line: &Line, package: &Package, new_ones: NewOnes) {
        let (subject, what) = (line.product.id.as_str(), described(package));
        match news {
            News::Created if new_ones == NewOnes::Together => {}
            News::Created => self.raise("package-new", subject, new_package(line, package)),
            News::Missing => self.raise(
                MISSING,
                subject,
                format!("{what} is missing from the provider's list: quantity 0, off sale"),
            ),
            News::SeenAgain => self.resolve(MISSING, subject),
            News::Renamed { from, to } => self.anew(
                "package-renamed",
                subject,
                format!("{what} was called {from:?} and is called {to:?} now; same addresses"),
            ),
            News::Held(Held::Brake, _) | News::Released => {}
            News::Held(held, why) => {
                let kind = match held {
                    Held::OtherBlock => "package-renamed",
                    _ => "package-ambiguous",
                };
                let text = format!("{what} is held off sale until a person decides: {why}");
                self.anew(kind, subject, text);
            }
            News::Low { level, stock } => {
                self.raise(&low(*level), subject, few_left(package, *stock, *level));
            }
            News::NoLongerLow { level } => self.resolve(&low(*level), subject),
        }
    }

    /// A display name that names another block than its package is refused at every order.
    fn compare_names(&mut self, line: &Line, package: &Package) {
        let subject = line.product.id.as_str();
        match mismatch(&line.product, package) {
            Some(text) => self.raise(MISMATCH, subject, text),
            None => self.resolve(MISMATCH, subject),
        }
    }

    fn raise(&mut self, kind: &str, subject: &str, text: String) {
        self.raise.push(NewAlert { kind: kind.into(), subject: subject.into(), text });
    }

    fn resolve(&mut self, kind: &str, subject: &str) {
        self.resolve.push((kind.into(), subject.into()));
    }

    /// A new trouble even where the one before is open still.
    pub(super) fn anew(&mut self, kind: &str, subject: &str, text: String) {
        self.resolve(kind, subject);
        self.raise(kind, subject, text);
    }

    pub(super) fn len(&self) -> usize {
        self.resolve.len() + self.raise.len()
    }

    pub(super) fn append(&mut self, mut other: Told) {
        self.resolve.append(&mut other.resolve);
        self.raise.append(&mut other.raise);
    }
}

/// A product is sold as another package now: what was told of the one before is over, and what
/// syncs have told of the new one holds for this product, too.
pub(crate) fn tell_relinked(tx: &mut Tx<'_>, now: &Shown, levels: &[i64]) -> Result<()> {
    let (id, package) = (now.product.id.as_str(), &now.package);
    let stale = levels.iter().map(|level| low(*level)).chain([MISSING.to_owned()]);
    tx.resolve_alerts(&stale.map(|kind| (kind, id.to_owned())).collect::<Vec<_>>())?;
    if let Some(level) = package.warned_at {
        tx.raise_alert(&low(level), id, &few_left(package, package.left(), level))?;
    }
    Ok(())
}

fn few_left(package: &Package, stock: i64, level: i64) -> String {
    format!("{} has only {stock} IPs left (warning level {level})", described(package))
}

/// What staff read when a display name contradicts its package.
pub(crate) fn mismatch(product: &domain::product::Product, package: &Package) -> Option<String> {
    let token = product.contradiction(&package.name)?;
    Some(format!(
        "Display name {:?} names {token}, but its package is {}; rename the product, relink it, \
         or confirm that {token} is not an address",
        product.name,
        described(package)
    ))
}

pub(crate) fn low(level: i64) -> String {
    format!("low-stock-{level}")
}

pub(crate) fn described(package: &Package) -> String {
    format!("{:?} (PID {})", package.name, package.pid)
}

fn new_package(line: &Line, package: &Package) -> String {
    let what = described(package);
    match line.product.published {
        true => format!("New package {what}: sold as {:?} at default prices", line.product.name),
        false => format!(
            "New package {what}: its name promises no block, so it is not on sale until staff \
             give its CIDRs"
        ),
    }
}

/// Writes the log lines of one package, with the words that people search for.
pub(super) fn log(settled: &Settled) {
    let package = &settled.package;
    let (pid, name) = (package.pid.as_str(), package.name.as_str());
    for line in &settled.lines {
        log_action(line, pid, name);
        for news in &line.news {
            match news {
                News::Low { level, stock } => tracing::warn!(
                    pid,
                    name,
                    stock,
                    level,
                    "[SVPS-SYNC] ⚠️ WARNING: Package running low on IPs! {pid}::{name}, \
                     Available IPv4: {stock}"
                ),
                News::Renamed { from, .. } => tracing::warn!(
                    pid,
                    name,
                    "[SVPS-SYNC] SmartVPS renamed package {pid}: {from} → {name}"
                ),
                News::Held(_, why) => {
                    tracing::warn!(pid, name, "[SVPS-SYNC] Package held: {pid}::{name}: {why}");
                }
                _ => {}
            }
        }
    }
}

fn log_action(line: &Line, pid: &str, name: &str) {
    let missing = line.news.contains(&News::Missing);
    match line.action {
        Action::Created => {
            tracing::info!(pid, name, "[SVPS-SYNC] New package, entry created: {pid}::{name}");
        }
        Action::ReEnabled => tracing::info!(
            pid,
            name,
            "[SVPS-SYNC] Package re-enabled (was disabled, now available): {pid}::{name}"
        ),
        Action::Disabled | Action::Held if missing => tracing::warn!(
            pid,
            name,
            "[SVPS-SYNC] Package missing from API, marking unavailable: {pid}::{name}"
        ),
        Action::Disabled => {
            let note = &line.product.note;
            tracing::warn!(pid, name, "[SVPS-SYNC] {note}: {pid}::{name}");
        }
        _ => {}
    }
}
