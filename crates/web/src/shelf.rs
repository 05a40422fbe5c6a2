//! What the shop shows, as ready bytes and as a window to look through: put together once per
//! change of the catalogue, however many ask. Not for orders: each is decided under the package's
//! own lock.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use bytes::Bytes;
use domain::package::Package;
use engine::Engine;
use tokio::sync::Mutex;

use crate::problem::Problem;
use crate::shop::window::Window;

/// So old an answer may be. A change made in this process shows at once; one made by another
/// process after this.
const FRESH_FOR: Duration = Duration::from_millis(20);
/// So many different answers are kept; whoever asks for more gets theirs put together anew.
const KEPT_MAX: usize = 64;
/// A window that took long to read is kept for so many times as long: what changes all the time is
/// not read all the time.
const TIMES: u32 = 10;

/// One ready answer.
#[derive(Clone, Debug)]
pub(crate) struct Ready {
    pub body: Bytes,
    /// The cursor of the part behind this one.
    pub next: Option<String>,
}

/// What answers depend on. When it changes, all of them are out of date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct State {
    pub catalogue: i64,
    /// Staff have stopped selling.
    pub stopped: bool,
    /// The provider's stock was confirmed lately; otherwise nothing is sold by it.
    pub confirmed: bool,
}

impl State {
    /// A provider that was not heard of lately sells nothing, whatever it last said. Of those whose
    /// servers a person delivers nothing is ever heard.
    pub fn sells(self, package: &Package) -> bool {
        !self.stopped && (self.confirmed || package.is_by_hand())
    }

    async fn look(engine: &Engine) -> Result<State, Problem> {
        Ok(State {
            catalogue: engine.catalogue_version().await?,
            stopped: engine.is_selling_stopped().await?,
            confirmed: engine.is_stock_confirmed().await?,
        })
    }
}

struct Kept {
    state: State,
    looked_at: Instant,
    answers: HashMap<String, Ready>,
}

/// The window, and until when nobody need look whether it is still the present one.
#[derive(Clone)]
struct Open {
    window: Arc<Window>,
    fresh_until: Instant,
}

/// The ready answers of this process, and its window.
pub(crate) struct Shelf {
    kept: RwLock<Option<Arc<Kept>>>,
    /// One looks and puts together at a time; the others wait for it.
    looking: Mutex<()>,
    open: RwLock<Option<Open>>,
    /// One reads the window at a time; the others see the one before, if there is one.
    opening: Mutex<()>,
}

impl Shelf {
    pub fn new() -> Shelf {
        Shelf {
            kept: RwLock::new(None),
            looking: Mutex::new(()),
            open: RwLock::new(None),
            opening: Mutex::new(()),
        }
    }

    /// Forgets everything: somebody in this process has changed the catalogue.
    pub fn clear(&self) {
        *self.kept.write().unwrap_or_else(PoisonError::into_inner) = None;
        *self.open.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// What is for sale, as it was a moment ago.
    pub async fn window(&self, engine: &Engine) -> Result<Arc<Window>, Problem> {
        let seen = self.opened();
        if let Some(open) = seen.as_ref().filter(|open| Instant::now() < open.fresh_until) {
            return Ok(open.window.clone());
        }
        let _alone = match (self.opening.try_lock(), seen) {
            (Ok(alone), _) => alone,
            (Err(_), Some(open)) => return Ok(open.window),
            (Err(_), None) => self.opening.lock().await,
        };
        // Before looking: a change while we look must not count as seen.
        let began = Instant::now();
        let state = State::look(engine).await?;
        let known = self.opened().filter(|open| open.window.state == state);
        let (window, fresh_for) = match known {
            Some(open) => (open.window, FRESH_FOR),
            None => {
                let window = Arc::new(Window::read(engine, state).await?);
                (window, FRESH_FOR.max(began.elapsed() * TIMES))
            }
        };
        let open = Open { window: window.clone(), fresh_until: began + fresh_for };
        *self.open.write().unwrap_or_else(PoisonError::into_inner) = Some(open);
        Ok(window)
    }

    fn opened(&self) -> Option<Open> {
        self.open.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The answer called `name`, put together by `make` if there is none of the present state.
    pub async fn ready(
        &self,
        engine: &Engine,
        name: &str,
        make: impl AsyncFnOnce(State) -> Result<Ready, Problem>,
    ) -> Result<Ready, Problem> {
        self.ready_after(name, async || State::look(engine).await, make).await
    }

    async fn ready_after(
        &self,
        name: &str,
        look: impl AsyncFnOnce() -> Result<State, Problem>,
        make: impl AsyncFnOnce(State) -> Result<Ready, Problem>,
    ) -> Result<Ready, Problem> {
        if let Some(ready) = self.fresh(name) {
            return Ok(ready);
        }
        let _alone = self.looking.lock().await;
        if let Some(ready) = self.fresh(name) {
            return Ok(ready);
        }
        // Before looking: a change while we look must not count as seen.
        let looked_at = Instant::now();
        let state = look().await?;
        let known = self.read().filter(|kept| kept.state == state);
        let mut answers = known.map(|kept| kept.answers.clone()).unwrap_or_default();
        let ready = match answers.get(name) {
            Some(ready) => ready.clone(),
            None => make(state).await?,
        };
        if answers.len() >= KEPT_MAX && !answers.contains_key(name) {
            answers.clear();
        }
        answers.insert(name.to_owned(), ready.clone());
        let kept = Arc::new(Kept { state, looked_at, answers });
        *self.kept.write().unwrap_or_else(PoisonError::into_inner) = Some(kept);
        Ok(ready)
    }

    fn fresh(&self, name: &str) -> Option<Ready> {
        let kept = self.read().filter(|kept| kept.looked_at.elapsed() < FRESH_FOR)?;
        kept.answers.get(name).cloned()
    }

    fn read(&self) -> Option<Arc<Kept>> {
        self.kept.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn state(catalogue: i64) -> State {
        State { catalogue, stopped: false, confirmed: true }
    }

    async fn ask(shelf: &Shelf, catalogue: i64, made: &AtomicUsize) -> Ready {
        let make = async |_| {
            made.fetch_add(1, Ordering::SeqCst);
            Ok(Ready { body: Bytes::from(catalogue.to_string()), next: None })
        };
        shelf.ready_after("all", async || Ok(state(catalogue)), make).await.unwrap()
    }

    #[tokio::test]
    async fn an_answer_is_put_together_once_per_state() {
        let (shelf, made) = (Shelf::new(), AtomicUsize::new(0));
        for _ in 0..10 {
            assert_eq!(ask(&shelf, 1, &made).await.body, "1");
        }
        assert_eq!(made.load(Ordering::SeqCst), 1);
        shelf.clear();
        assert_eq!(ask(&shelf, 2, &made).await.body, "2");
        assert_eq!(made.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn a_look_that_fails_is_told_and_not_kept() {
        let (shelf, made) = (Shelf::new(), AtomicUsize::new(0));
        let never = async |_| unreachable!("there is no state to make it of");
        let failed = shelf.ready_after("all", async || Err(Problem::internal()), never).await;
        assert!(failed.is_err());
        assert_eq!(ask(&shelf, 1, &made).await.body, "1");
    }

    #[tokio::test]
    async fn memory_is_bounded_whatever_is_asked_for() {
        let shelf = Shelf::new();
        for number in 0..200 {
            let make = async |_| Ok(Ready { body: Bytes::new(), next: None });
            let name = number.to_string();
            shelf.ready_after(&name, async || Ok(state(1)), make).await.unwrap();
        }
        assert!(shelf.read().unwrap().answers.len() <= KEPT_MAX);
    }
}
