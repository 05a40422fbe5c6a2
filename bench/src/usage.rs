//! What processes used of the machine, told by `/proc`: processor time and memory.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result};

/// One line of `/proc/<pid>/stat`.
struct Stat {
    parent: u32,
    /// Of itself.
    own: u64,
    /// Of children that have ended.
    ended: u64,
}

fn stat(pid: u32) -> Result<Stat> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name of the program stands in parentheses and may hold anything.
    let rest = text.rsplit_once(") ").context("no name in stat")?.1;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let number = |at: usize| -> Result<u64> {
        Ok(fields.get(at).context("stat is too short")?.parse::<u64>()?)
    };
    let parent = u32::try_from(number(1)?)?;
    Ok(Stat { parent, own: number(11)? + number(12)?, ended: number(13)? + number(14)? })
}

fn time(ticks: u64) -> Duration {
    let per_second = rustix::param::clock_ticks_per_second();
    Duration::from_micros(ticks * 1_000_000 / per_second.max(1))
}

/// Processor time of this process so far.
pub fn of_this_process() -> Result<Duration> {
    Ok(time(stat(std::process::id())?.own))
}

/// The process that started another.
pub fn parent_of(pid: u32) -> Result<u32> {
    Ok(stat(pid)?.parent)
}

/// Processor time so far of a process and its children, of those that have ended, too.
pub fn of_family(root: u32) -> Result<Duration> {
    loop {
        let first = stat(root)?;
        let mut ticks = first.own + first.ended;
        for entry in fs::read_dir("/proc")?.flatten() {
            let Ok(pid) = entry.file_name().to_string_lossy().parse::<u32>() else { continue };
            // It may have ended meanwhile.
            if let Ok(child) = stat(pid)
                && child.parent == root
            {
                ticks += child.own;
            }
        }
        // A child that ended in between would count twice or not at all.
        if stat(root)?.ended == first.ended {
            return Ok(time(ticks));
        }
    }
}

/// Resident memory of a process in KiB.
pub fn memory_kib(pid: u32) -> Result<u64> {
    of_status(pid, "VmRSS:")
}

/// Begins anew to watch how much memory this process has at most.
pub fn forget_most() -> Result<()> {
    Ok(fs::write("/proc/self/clear_refs", "5")?)
}

/// The most resident memory that this process had since then, in KiB.
pub fn most_memory_kib() -> Result<u64> {
    of_status(std::process::id(), "VmHWM:")
}

fn of_status(pid: u32, name: &str) -> Result<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let number = line.with_context(|| format!("no {name}"))?.trim().trim_end_matches(" kB");
    Ok(number.trim().parse()?)
}
