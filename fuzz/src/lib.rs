//! Any bytes at all, for whatever reads bytes that others wrote: answers, webhooks, settings,
//! names, API bodies. Each target says what must hold of what was read, not only that nothing
//! breaks. Not for what single answers mean: their fixtures say that.

#![forbid(unsafe_code)]

use std::path::{Path, PathBuf};

pub mod mutate;

mod body;
mod gateway;
mod name;
mod purchase;
mod returned;
mod sealed;
mod settings;
mod talk;
mod webhook;

/// One thing that reads foreign bytes.
#[derive(Clone, Copy)]
pub struct Target {
    pub name: &'static str,
    /// Bytes to begin with: what really comes, from the fixtures of the house.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// Panics where something does not hold.
    pub run: fn(&[u8]),
}

pub const ALL: &[Target] = &[
    Target { name: "purchase", seeds: purchase::seeds, run: purchase::run },
    Target { name: "talk", seeds: talk::seeds, run: talk::run },
    Target { name: "razorpay", seeds: gateway::razorpay_seeds, run: gateway::razorpay },
    Target { name: "cashfree", seeds: gateway::cashfree_seeds, run: gateway::cashfree },
    Target { name: "stripe", seeds: gateway::stripe_seeds, run: gateway::stripe },
    Target { name: "upi", seeds: gateway::upi_seeds, run: gateway::upi },
    Target { name: "simulated", seeds: gateway::simulated_seeds, run: gateway::simulated },
    Target { name: "webhook", seeds: webhook::seeds, run: webhook::run },
    Target { name: "settings", seeds: settings::seeds, run: settings::run },
    Target { name: "name", seeds: name::seeds, run: name::run },
    Target { name: "sealed", seeds: sealed::seeds, run: sealed::run },
    Target { name: "returned", seeds: returned::seeds, run: returned::run },
    Target { name: "body", seeds: body::seeds, run: body::run },
];

pub fn named(name: &str) -> Option<&'static Target> {
    ALL.iter().find(|target| target.name == name)
}

/// The folder of what was found: every file there is tried again in each test run.
pub fn cases(target: &str) -> PathBuf {
    house().join("fuzz/cases").join(target)
}

/// Every file of a folder, in the order of their names; none where there is no such folder.
pub fn files(folder: &Path) -> Vec<Vec<u8>> {
    named_files(folder).into_iter().map(|(_, bytes)| bytes).collect()
}

fn house() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// The fixtures of an adapter, with their names.
fn fixtures(adapter: &str) -> Vec<(String, Vec<u8>)> {
    let found = named_files(&house().join(format!("crates/{adapter}/fixtures")));
    assert!(!found.is_empty(), "{adapter} has no fixtures");
    found
}

fn named_files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let read = |entry: std::fs::DirEntry| {
        let name = entry.file_name().to_string_lossy().into_owned();
        Some((name, std::fs::read(entry.path()).ok()?))
    };
    let mut found: Vec<_> = entries.filter_map(read).collect();
    found.sort();
    found
}
