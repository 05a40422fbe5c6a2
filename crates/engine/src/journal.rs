//! What must outlive a lost database: answers that could not be stored yet, and the numbers of
//! permits that were sent. Files in the data directory, written with fsync.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use domain::id::{AttemptId, OperationId};
use serde::{Deserialize, Serialize};
use store::attempt::NewAnswer;
use store::db::StoreError;
use store::job::{Job, Kind, NewJob};
use upstream::Answer;

use crate::lines::Reach;
use crate::{Engine, Error, Result};

const RETRY_EVERY: Duration = Duration::from_millis(500);
const PERMITS: &str = "permits";
/// Permits that the database lacked when it was compared last.
const LACKING: &str = "permits.lacking";
/// So many permits are remembered for comparing, at most.
const PERMITS_MAX: usize = 50_000;

/// An answer as it lies in the journal. The body is sealed.
#[derive(Serialize, Deserialize)]
struct Kept {
    permit: String,
    lane: String,
    kind: String,
    status: Option<i64>,
    body: Option<String>,
    reason: Option<String>,
}

impl Engine {
    /// Stores an answer with the job that classifies it; while the database is away it lies in
    /// the journal, and this goes on trying.
    pub(crate) async fn keep_answer(
        &self,
        permit: &str,
        answer: &Answer,
        lane: &str,
        ends: Option<&Job>,
    ) -> Result<()> {
        let kept = self.seal_answer(permit, answer, lane)?;
        let mut error = match self.put_answer(&kept, ends).await {
            Ok(()) => return Ok(()),
            Err(error) => error,
        };
        let mut path = None;
        loop {
            tracing::warn!("the answer of {permit} waits for the database: {error}");
            if path.is_none() {
                // A full disk may refuse both: then it is in memory alone, and tried again.
                path = self.write_kept(&kept).await.unwrap_or_else(|fault| {
                    tracing::error!("the answer of {permit} is nowhere but in memory: {fault}");
                    None
                });
            }
            tokio::time::sleep(RETRY_EVERY).await;
            match self.put_answer(&kept, ends).await {
                Ok(()) => break,
                Err(again) => error = again,
            }
        }
        if let Some(path) = path {
            remove(&path)?;
        }
        Ok(())
    }

    fn seal_answer(&self, permit: &str, answer: &Answer, lane: &str) -> Result<Kept> {
        let kept = |kind: &str, status, body, reason: Option<&String>| Kept {
            permit: permit.to_owned(),
            lane: lane.to_owned(),
            kind: kind.to_owned(),
            status,
            body,
            reason: reason.cloned(),
        };
        Ok(match answer {
            Answer::Http { status, body } => {
                let sealed = self.parts.seal.seal(body, permit, &*self.parts.chance)?;
                kept("http", Some(i64::from(*status)), Some(hex::encode(sealed)), None)
            }
            Answer::NotSent { reason } => kept("not_sent", None, None, Some(reason)),
            Answer::Lost { reason } => kept("lost", None, None, Some(reason)),
        })
    }

    /// One row per permit, and its classify job, claimed by this process where workers run.
    async fn put_answer(&self, kept: &Kept, ends: Option<&Job>) -> Result<()> {
        let body = match &kept.body {
            None => None,
            Some(text) => {
                Some(hex::decode(text).map_err(|error| Error::Bug(format!("journal: {error}")))?)
            }
        };
        let claim = self.own_claim();
        let claimed = claim.is_some();
        let (permit, lane) = (kept.permit.clone(), kept.lane.clone());
        let (kind, status, reason) = (kept.kind.clone(), kept.status, kept.reason.clone());
        let ends = ends.map(|job| (job.kind, job.subject.clone()));
        let fresh = self
            .db()
            .write(move |tx| {
                let fresh = tx.insert_answer(&NewAnswer {
                    permit: &permit,
                    kind: &kind,
                    status,
                    body: body.as_deref(),
                    reason: reason.as_deref(),
                })?;
                if fresh {
                    let run_at = tx.now()?;
                    let job =
                        NewJob { kind: Kind::Classify, subject: &permit, lane: &lane, run_at };
                    tx.put_job(&job, claim.as_ref())?;
                }
                if let Some((kind, subject)) = &ends {
                    tx.drop_job(*kind, subject)?;
                }
                Ok::<_, StoreError>(fresh)
            })
            .await?;
        if fresh {
            self.start_own(Kind::Classify, &kept.permit, kept.lane.clone(), claimed);
        }
        Ok(())
    }

    async fn write_kept(&self, kept: &Kept) -> Result<Option<PathBuf>> {
        let Some(directory) = self.parts.journal.clone() else { return Ok(None) };
        let text = serde_json::to_vec(kept).map_err(|error| Error::Bug(error.to_string()))?;
        let path = directory.join(format!("{}.answer", kept.permit));
        let target = path.clone();
        let written = self.db().points().aside(move || write_durably(&target, &text)).await;
        self.point("answer-journaled").await;
        match written {
            Ok(Ok(())) => Ok(Some(path)),
            Ok(Err(error)) => Err(Error::Bug(format!("the journal cannot be written: {error}"))),
            Err(panic) => Err(Error::Bug(panic.to_string())),
        }
    }

    /// Notes a permit before its request leaves, so that a database that went back in time is
    /// noticed. A database of several machines may lose its newest commits with one of them, so
    /// its permits wait for the disk; an embedded one can only be exchanged by hand, and a line
    /// that a power cut swallows is one of the last seconds before it.
    pub(crate) async fn journal_permit(&self, permit: &str) -> Result<()> {
        let Some(directory) = self.parts.journal.clone() else { return Ok(()) };
        let to = if self.db().is_shared_by_nodes() { Reach::Disk } else { Reach::File };
        let page = directory.join(PERMITS);
        let noted = self.permits.add(self.db().points(), page, permit, to).await;
        self.point("permit-journaled").await;
        noted.map_err(|error| Error::Bug(format!("the journal cannot be written: {error}")))
    }

    /// At start: stores what lies in the journal, and latches when the database lacks a permit
    /// that this node has sent.
    pub async fn replay_journal(&self) -> Result<usize> {
        let Some(directory) = self.parts.journal.clone() else { return Ok(0) };
        fs::create_dir_all(&directory).map_err(|error| cannot_read(&directory, &error))?;
        let mut stored = 0;
        for path in answers_in(&directory)? {
            let text = fs::read(&path).map_err(|error| cannot_read(&path, &error))?;
            let kept: Kept = serde_json::from_slice(&text)
                .map_err(|error| Error::Bug(format!("{} is broken: {error}", path.display())))?;
            self.put_answer(&kept, None).await?;
            remove(&path)?;
            stored += 1;
        }
        shorten(&directory.join(PERMITS))?;
        self.compare_permits(&directory).await?;
        Ok(stored)
    }

    /// After a restore: what this machine has sent and the copy does not know.
    pub async fn compare_journal(&self) -> Result<()> {
        match self.parts.journal.clone() {
            Some(directory) => self.compare_permits(&directory).await,
            None => Ok(()),
        }
    }

    /// Compares the permits that this node has sent with what the database knows of them.
    pub(crate) async fn compare_permits(&self, directory: &Path) -> Result<()> {
        let path = directory.join(PERMITS);
        let permits = match fs::read(&path) {
            Ok(text) => whole_lines(&text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(cannot_read(&path, &error)),
        };
        let asked = permits.clone();
        let lacking = self.db().read(move |tx| tx.permits_lacking(&asked)).await?;
        let Some(first) = lacking.first() else { return Ok(()) };
        let why = format!(
            "the database lacks {} permits that this node has sent, {first} first: it went back in \
             time",
            lacking.len(),
        );
        tracing::error!("{why}");
        self.latch(&why).await?;
        // The latch is durable now; what it was about is kept beside, and told once.
        let apart = lacking.join("\n") + "\n";
        let kept: Vec<&str> = permits
            .iter()
            .map(String::as_str)
            .filter(|p| !lacking.iter().any(|l| l == p))
            .collect();
        let written = write_durably(&directory.join(LACKING), apart.as_bytes())
            .and_then(|()| write_durably(&path, (kept.join("\n") + "\n").as_bytes()));
        written.map_err(|error| Error::Bug(format!("the journal cannot be written: {error}")))
    }
}

/// A line that a power cut tore is nobody's permit.
fn whole_lines(text: &[u8]) -> Vec<String> {
    let is_permit =
        |line: &&str| AttemptId::parse(line).is_ok() || OperationId::parse(line).is_ok();
    String::from_utf8_lossy(text).lines().filter(is_permit).map(str::to_owned).collect()
}

/// A failover loses seconds, a restored copy days: older permits need no comparing. The newest
/// part of the file is kept when it grows.
fn shorten(path: &Path) -> Result<()> {
    let Ok(text) = fs::read_to_string(path) else { return Ok(()) };
    let lines: Vec<&str> = text.lines().collect();
    if lines.len() <= PERMITS_MAX {
        return Ok(());
    }
    let kept = lines[lines.len() - PERMITS_MAX / 2..].join("\n") + "\n";
    write_durably(path, kept.as_bytes())
        .map_err(|error| Error::Bug(format!("the journal cannot be written: {error}")))
}

fn answers_in(directory: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(directory).map_err(|error| cannot_read(directory, &error))?;
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| cannot_read(directory, &error))?.path();
        if path.extension().is_some_and(|extension| extension == "answer") {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

fn cannot_read(path: &Path, error: &std::io::Error) -> Error {
    Error::Bug(format!("cannot read {}: {error}", path.display()))
}

fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Error::Bug(format!("cannot remove {}: {error}", path.display())))
        }
        _ => Ok(()),
    }
}

/// The file is there whole or not at all, also after a power cut.
fn write_durably(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let unfinished = path.with_extension("unfinished");
    let mut file = File::create(&unfinished)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&unfinished, path)?;
    match path.parent() {
        Some(directory) => File::open(directory)?.sync_all(),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_torn_line_is_no_permit() {
        let whole = format!("att_{:026}", 7);
        let torn = format!("{whole}\natt_0000\n\0\0\n{whole}{whole}\nop");
        assert_eq!(whole_lines(torn.as_bytes()), [whole]);
    }

    #[test]
    fn a_journaled_file_is_whole_or_absent() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("att_1.answer");
        write_durably(&path, b"whole").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"whole");
        assert_eq!(answers_in(directory.path()).unwrap(), std::slice::from_ref(&path));
        remove(&path).unwrap();
        remove(&path).unwrap();
        assert!(answers_in(directory.path()).unwrap().is_empty());
    }
}
