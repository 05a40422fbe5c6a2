//! One run at a time: whoever comes while it is under way gets its result. A run ends though
//! everybody who waited for it has left.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use store::point::Points;
use tokio::sync::watch;

use crate::{Error, Result};

/// A result that will be there.
type Coming<T> = watch::Receiver<Option<Result<T>>>;

/// A place where at most one run is under way.
pub(crate) struct Flight<T> {
    running: Arc<Mutex<Option<Coming<T>>>>,
}

impl<T> Default for Flight<T> {
    fn default() -> Flight<T> {
        Flight { running: Arc::default() }
    }
}

impl<T: Clone + Send + Sync + 'static> Flight<T> {
    /// Joins the run that is under way, or starts one.
    pub async fn join<F>(&self, points: &Points, start: impl FnOnce() -> F) -> Result<T>
    where
        F: Future<Output = Result<T>> + Send + 'static,
    {
        let mut result = self.running_or(points, start);
        let ended = result.wait_for(Option::is_some).await;
        let lost = || Error::Bug("a run ended without a result".into());
        ended.ok().and_then(|result| result.clone()).unwrap_or_else(|| Err(lost()))
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "a run must not end half-way because the first who asked for it has left; \
                  whoever waits awaits its end"
    )]
    fn running_or<F>(&self, points: &Points, start: impl FnOnce() -> F) -> Coming<T>
    where
        F: Future<Output = Result<T>> + Send + 'static,
    {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        // A run that panicked has left its place without clearing it.
        let under_way = running.as_ref().filter(|result| result.has_changed().is_ok());
        if let Some(result) = under_way {
            return result.clone();
        }
        let (tell, result) = watch::channel(None);
        *running = Some(result.clone());
        let (run, place) = (start(), self.running.clone());
        tokio::spawn(points.tied(async move {
            let ended = run.await;
            // Whoever waits has its own hold on the result; nobody else keeps it.
            drop(place.lock().unwrap_or_else(PoisonError::into_inner).take());
            tell.send_replace(Some(ended));
        }));
        result
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use tokio::sync::Notify;

    use super::*;

    #[tokio::test]
    async fn whoever_comes_meanwhile_gets_the_result_of_the_running_one() {
        let points = Points::default();
        let (flight, count, go) =
            (Flight::default(), Arc::new(AtomicU32::new(0)), Arc::new(Notify::new()));
        let run = || {
            let (count, go) = (count.clone(), go.clone());
            async move {
                go.notified().await;
                Ok(count.fetch_add(1, Ordering::SeqCst) + 1)
            }
        };
        let all = async {
            futures_util::join!(
                flight.join(&points, run),
                flight.join(&points, run),
                flight.join(&points, run)
            )
        };
        let ((a, b, c), ()) = futures_util::join!(all, async { go.notify_one() });
        assert_eq!((a.unwrap(), b.unwrap(), c.unwrap()), (1, 1, 1));
        go.notify_one();
        assert_eq!(flight.join(&points, run).await.unwrap(), 2);
    }

    #[tokio::test]
    async fn a_run_ends_though_its_first_caller_has_left() {
        let points = Points::default();
        let (flight, ended) = (Flight::default(), Arc::new(Notify::new()));
        let go = Arc::new(Notify::new());
        let run = || {
            let (go, ended) = (go.clone(), ended.clone());
            async move {
                go.notified().await;
                ended.notify_one();
                Ok(())
            }
        };
        {
            let first = flight.join(&points, run);
            futures_util::pin_mut!(first);
            assert!(futures_util::poll!(first.as_mut()).is_pending());
        }
        go.notify_one();
        ended.notified().await;
    }

    #[tokio::test]
    async fn a_run_that_panics_is_an_error_and_not_the_end() {
        let (flight, points) = (Flight::<u32>::default(), Points::default());
        let died = flight.join(&points, || async { panic!("as the test wants it") }).await;
        assert!(matches!(died, Err(Error::Bug(_))));
        assert_eq!(flight.join(&points, || async { Ok(7) }).await.unwrap(), 7);
    }
}
