//! Lines that many write at once, and that are on the disk before anybody goes on: all who wait
//! share one flush. Not for what a line says.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use store::point::Points;

/// Lines that no flush has taken yet, and how many there ever were.
#[derive(Default)]
struct Waiting {
    text: Vec<u8>,
    count: u64,
}

/// How far a line must have come before its writer goes on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Reach {
    Disk,
    /// The file: it outlives this process, and the newest lines may not outlive the machine.
    File,
}

/// One file's lines.
#[derive(Default)]
pub(crate) struct Lines {
    waiting: Mutex<Waiting>,
    /// So many are on the disk. Held while a flush is under way.
    durable: Arc<tokio::sync::Mutex<u64>>,
}

impl Lines {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Appends a line; returns when it is there.
    pub async fn add(
        self: &Arc<Lines>,
        points: &Points,
        path: PathBuf,
        line: &str,
        to: Reach,
    ) -> io::Result<()> {
        let ours = {
            let mut waiting = self.waiting();
            waiting.text.extend_from_slice(line.as_bytes());
            waiting.text.push(b'\n');
            waiting.count += 1;
            waiting.count
        };
        let mut durable = self.durable.clone().lock_owned().await;
        if *durable >= ours {
            return Ok(());
        }
        let lines = self.clone();
        // The lock goes along: though nobody waits any more, the next flush must not overtake.
        let flush = points.aside(move || {
            *durable = lines.flush(&path, to)?;
            Ok(())
        });
        flush.await.unwrap_or_else(|panic| Err(io::Error::other(panic)))
    }

    /// Writes whatever waits; tells how many lines are on the disk then.
    fn flush(&self, path: &Path, to: Reach) -> io::Result<u64> {
        let (text, count) = {
            let mut waiting = self.waiting();
            (std::mem::take(&mut waiting.text), waiting.count)
        };
        let write = || {
            let mut file = OpenOptions::new().create(true).append(true).open(path)?;
            file.write_all(&text)?;
            if to == Reach::Disk { file.sync_data() } else { Ok(()) }
        };
        match write() {
            Ok(()) => Ok(count),
            Err(error) => {
                // Whoever else waits tries once more; a line that stands there twice does no harm.
                let mut waiting = self.waiting();
                let newer = std::mem::replace(&mut waiting.text, text);
                waiting.text.extend(newer);
                Err(error)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::future::join_all;

    use super::*;

    #[tokio::test]
    async fn every_line_is_there_when_its_writer_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("permits");
        let lines = Arc::new(Lines::default());
        let writers = (0..50).map(|number| {
            let (lines, path) = (lines.clone(), path.clone());
            async move {
                let line = format!("att_{number}");
                lines.add(&Points::default(), path.clone(), &line, Reach::Disk).await.unwrap();
                let text = std::fs::read_to_string(path).unwrap();
                assert!(text.lines().any(|there| there == line), "{line} in {text}");
            }
        });
        join_all(writers).await;
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text.lines().count(), 50);
    }

    #[tokio::test]
    async fn a_disk_that_refuses_is_told_to_everybody() {
        let folder = tempfile::tempdir().unwrap();
        let lines = Arc::new(Lines::default());
        let nowhere = folder.path().join("missing").join("permits");
        let writers =
            (0..5).map(|number| {
                let (lines, path) = (lines.clone(), nowhere.clone());
                async move {
                    lines.add(&Points::default(), path, &number.to_string(), Reach::Disk).await
                }
            });
        assert!(join_all(writers).await.iter().all(Result::is_err));
        let path = folder.path().join("permits");
        lines.add(&Points::default(), path.clone(), "later", Reach::File).await.unwrap();
        assert!(std::fs::read_to_string(&path).unwrap().ends_with("later\n"));
    }
}
