//! Stopping a request in its tracks until somebody lets it go: what tests use instead of sleeping.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;

/// Where a request is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Point {
    /// Read, but nothing done yet.
    Before,
    /// Done, but not answered yet.
    #[default]
    After,
}

#[derive(Debug)]
struct Wish<O> {
    op: O,
    point: Point,
    /// Nothing: every one until the next release.
    times: Option<u64>,
}

/// What is to be stopped, and what stands stopped.
#[derive(Debug)]
pub struct Holds<O> {
    wishes: Vec<Wish<O>>,
    held: VecDeque<oneshot::Sender<()>>,
}

impl<O> Default for Holds<O> {
    fn default() -> Holds<O> {
        Holds { wishes: Vec::new(), held: VecDeque::new() }
    }
}

impl<O: Copy + PartialEq> Holds<O> {
    pub fn wish(&mut self, op: O, point: Point, times: Option<u64>) {
        self.wishes.push(Wish { op, point, times });
    }

    /// Stops a request that has come to this point, if somebody wished for it.
    pub fn stop(&mut self, op: O, point: Point) -> Option<oneshot::Receiver<()>> {
        let place = self.wishes.iter().position(|wish| wish.op == op && wish.point == point)?;
        if let Some(times) = &mut self.wishes[place].times {
            *times = times.saturating_sub(1);
            if *times == 0 {
                self.wishes.remove(place);
            }
        }
        let (let_go, held) = oneshot::channel();
        self.held.push_back(let_go);
        Some(held)
    }

    /// Lets all go and forgets every wish.
    pub fn release_all(&mut self) -> usize {
        self.wishes.clear();
        std::iter::from_fn(|| self.release_one()).count()
    }

    /// Lets the one go that has stood longest; wishes stay.
    pub fn release_one(&mut self) -> Option<()> {
        self.held.pop_front().map(|let_go| _ = let_go.send(()))
    }
}
