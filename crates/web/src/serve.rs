//! Requests that change something run to their end, whether or not whoever asked has hung up:
//! half of an order is worse than none, and an answer must be kept for whoever asks again.
//! Not for connections: `door.rs` takes them.

use std::sync::Arc;

use tokio::sync::watch;

/// The requests of this process that are not done yet.
#[derive(Clone, Debug)]
pub struct Unfinished(Arc<watch::Sender<usize>>);

impl Default for Unfinished {
    fn default() -> Unfinished {
        Unfinished(Arc::new(watch::Sender::new(0)))
    }
}

/// Counts one request for as long as it lives.
struct Counted(Arc<watch::Sender<usize>>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}

/// The work broke down; its panic was told to the log by the process itself.
#[derive(Debug)]
pub(crate) struct BrokeDown;

impl Unfinished {
    /// Waits until nothing is unfinished. Ask for it after the last connection was taken.
    pub async fn finished(&self) {
        let mut count = self.0.subscribe();
        // The sender lives in `self`, so that this cannot fail.
        _ = count.wait_for(|count| *count == 0).await;
    }

    /// Does some work that goes on when nobody waits for it any more.
    pub(crate) async fn run<W>(&self, work: W) -> Result<W::Output, BrokeDown>
    where
        W: Future + Send + 'static,
        W::Output: Send + 'static,
    {
        self.0.send_modify(|count| *count += 1);
        let counted = Counted(self.0.clone());
        #[allow(clippy::disallowed_methods, reason = "its end is awaited: see `finished`")]
        let task = tokio::spawn(async move {
            let done = work.await;
            drop(counted);
            done
        });
        task.await.map_err(|_| BrokeDown)
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn work_goes_on_when_nobody_waits_for_it() {
        let unfinished = Unfinished::default();
        let (go, may_go) = oneshot::channel::<()>();
        let (told, done) = oneshot::channel();
        let work = unfinished.run(async move {
            _ = may_go.await;
            _ = told.send("done");
        });
        let hung_up = futures_util::future::select(Box::pin(work), std::future::ready(())).await;
        drop(hung_up);
        go.send(()).unwrap();
        assert_eq!(done.await, Ok("done"));
        unfinished.finished().await;
    }

    #[tokio::test]
    async fn work_that_breaks_down_is_not_unfinished() {
        let unfinished = Unfinished::default();
        let work = unfinished.run(async { panic!("on purpose") });
        assert!(work.await.is_err());
        unfinished.finished().await;
    }
}
