//! Whether one process runs, stands still, or is over.

use std::future::poll_fn;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

pub use store::point::Life as State;

pub struct Life(Mutex<Inner>);

struct Inner {
    state: State,
    waiting: Vec<Waker>,
}

impl Default for Life {
    fn default() -> Life {
        Life(Mutex::new(Inner { state: State::Runs, waiting: Vec::new() }))
    }
}

impl Life {
    fn locked(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn state(&self) -> State {
        self.locked().state
    }

    /// What a task may do; one that stands, or wants to hear of the end, is woken by a change.
    pub fn asked(&self, waker: &Waker) -> State {
        let mut inner = self.locked();
        if inner.state != State::Over && !inner.waiting.iter().any(|w| w.will_wake(waker)) {
            inner.waiting.push(waker.clone());
        }
        inner.state
    }

    /// Changes the state; the end is for good.
    pub fn turn(&self, state: State) {
        let woken = {
            let mut inner = self.locked();
            if inner.state == State::Over {
                return;
            }
            inner.state = state;
            std::mem::take(&mut inner.waiting)
        };
        woken.into_iter().for_each(Waker::wake);
    }

    /// Returns when the process does not stand still.
    pub async fn moves(&self) {
        poll_fn(|cx| match self.asked(cx.waker()) {
            State::Stands => Poll::Pending,
            _ => Poll::Ready(()),
        })
        .await;
    }

    pub async fn ends(&self) {
        poll_fn(|cx| match self.asked(cx.waker()) {
            State::Over => Poll::Ready(()),
            _ => Poll::Pending,
        })
        .await;
    }
}
