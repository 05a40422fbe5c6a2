//! What a sync did, entry by entry and in sum.

use std::collections::HashMap;

use domain::catalogue::{Action, Line, Settled};
use domain::product::Held;

/// What a sync did with everything.
#[derive(Clone, Debug)]
pub struct SyncReport {
    pub summary: SyncSummary,
    /// One per product of the provider.
    pub results: Vec<SyncResult>,
}

/// How many entries had each action; every entry counts once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SyncSummary {
    pub created: usize,
    pub updated: usize,
    pub disabled: usize,
    pub re_enabled: usize,
    pub fixed: usize,
    pub held: usize,
    pub unchanged: usize,
    pub took_ms: u64,
    /// Rows of the list, those equal in id and name counted once.
    pub total_packages: usize,
    /// Entries after the run.
    pub total_entries: usize,
}

/// What a sync did with one product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncResult {
    pub action: Action,
    /// The product's id.
    pub id: String,
    pub pid: String,
    /// The package's name.
    pub name: String,
    /// The stored name that the provider no longer uses.
    pub was_name: Option<String>,
    pub qty: i64,
    /// Nothing for a package that is new.
    pub was_qty: Option<i64>,
    pub available: bool,
    /// The provider's own word.
    pub status: String,
    /// Why it is not on sale.
    pub reason: Option<&'static str>,
    pub was_available: bool,
}

impl SyncResult {
    fn of(settled: &Settled, line: &Line) -> SyncResult {
        SyncResult {
            action: line.action,
            id: line.product.id.as_str().to_owned(),
            pid: settled.package.pid.as_str().to_owned(),
            name: settled.package.name.clone(),
            was_name: settled.renamed_from.clone(),
            qty: settled.package.listed_stock,
            was_qty: settled.listed_before,
            available: line.product.available,
            status: settled.package.status.clone(),
            reason: line.reason.map(|reason| reason.as_str()),
            was_available: line.was_available,
        }
    }

    /// Why it is not on sale, in words.
    pub fn why(&self) -> Option<String> {
        let words = match self.reason? {
            "missing_from_api" => "not in the list any more",
            "inactive" => return Some(format!("the provider says {:?}", self.status)),
            "sold_out" => "sold out",
            "low_stock" => "too few left to sell",
            "no_block" => "its name promises no addresses: staff give ranges first",
            other => Held::parse(other).map_or(other, Held::words),
        };
        Some(words.to_owned())
    }
}

impl SyncReport {
    /// Puts together what was decided, and gives back what is to be written. Where staff were in
    /// the way of some of it, it was decided twice: what the first round did still counts.
    pub(super) fn of(
        settled: Vec<Settled>,
        packages: usize,
        earlier: Option<SyncReport>,
    ) -> (SyncReport, Vec<Settled>) {
        let mut results = Vec::with_capacity(settled.len());
        let mut changed = Vec::new();
        for settled in settled {
            results.extend(settled.lines.iter().map(|line| SyncResult::of(&settled, line)));
            if !settled.is_kept() {
                changed.push(settled);
            }
        }
        if let Some(earlier) = earlier {
            count_done(&mut results, earlier);
        }
        let summary = SyncSummary::of(&results, packages);
        (SyncReport { summary, results }, changed)
    }
}

impl SyncReport {
    /// Alike for two runs that decide the same about the same entries: which are new, renamed,
    /// held, taken off sale or put on it, and why. Figures of stock alone move by the minute and
    /// decide nothing; and a product that is not made yet has another id each time.
    pub fn fingerprint(&self) -> String {
        let decides = |result: &&SyncResult| {
            !matches!(result.action, Action::Unchanged | Action::Updated)
                || result.available != result.was_available
        };
        let line = |result: &SyncResult| {
            let id = if result.action == Action::Created { "new" } else { &*result.id };
            let SyncResult { action, pid, name, was_name, available, reason, .. } = result;
            format!("{:?}\n", (action.as_str(), id, pid, name, was_name, available, reason))
        };
        let mut lines: Vec<String> = self.results.iter().filter(decides).map(line).collect();
        lines.sort_unstable();
        store::reading::hash_of(lines.concat().as_bytes())
    }
}

fn count_done(results: &mut [SyncResult], earlier: SyncReport) {
    let done = earlier.results.into_iter().filter(|result| result.action != Action::Unchanged);
    let done: HashMap<String, SyncResult> =
        done.map(|result| (result.id.clone(), result)).collect();
    for result in results.iter_mut().filter(|result| result.action == Action::Unchanged) {
        if let Some(first) = done.get(&result.id) {
            (result.action, result.was_available) = (first.action, first.was_available);
        }
    }
}

impl SyncSummary {
    fn of(results: &[SyncResult], total_packages: usize) -> SyncSummary {
        let mut summary =
            SyncSummary { total_packages, total_entries: results.len(), ..Default::default() };
        for result in results {
            *summary.count(result.action) += 1;
        }
        summary
    }

    fn count(&mut self, action: Action) -> &mut usize {
        match action {
            Action::Created => &mut self.created,
            Action::Updated => &mut self.updated,
            Action::Disabled => &mut self.disabled,
            Action::ReEnabled => &mut self.re_enabled,
            Action::Fixed => &mut self.fixed,
            Action::Held => &mut self.held,
            Action::Unchanged => &mut self.unchanged,
        }
    }

    /// What the reading's own row keeps.
    pub(super) fn json(&self) -> String {
        serde_json::json!({
            "created": self.created, "updated": self.updated, "disabled": self.disabled,
            "reEnabled": self.re_enabled, "fixed": self.fixed, "held": self.held,
            "unchanged": self.unchanged, "tookMs": self.took_ms,
            "packages": self.total_packages, "entries": self.total_entries,
        })
        .to_string()
    }
}
