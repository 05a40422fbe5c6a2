//! Named moments of a process at which a test may hold it, kill it, or fail its commit. Every
//! write is one by where it stands in the source; `reach` names those at the network's edge.
//! In a release build they are nothing at all: no field, no branch, no name.
//! Not for what a test does there: that is a `Plan`, kept by whoever tests.

#[cfg(any(debug_assertions, feature = "points"))]
pub(crate) use planned::Spot;
#[cfg(any(debug_assertions, feature = "points"))]
pub use planned::{Fate, Held, Life, Plan, Point, Points, Reached};

#[cfg(not(any(debug_assertions, feature = "points")))]
pub use nothing::Points;
#[cfg(not(any(debug_assertions, feature = "points")))]
pub(crate) use nothing::Spot;

#[cfg(any(debug_assertions, feature = "points"))]
mod planned;

#[cfg(not(any(debug_assertions, feature = "points")))]
mod nothing {
    use std::future::Future;

    /// Where a write stands in the source: of no interest to anybody.
    #[derive(Clone, Copy)]
    pub(crate) struct Spot;

    impl Spot {
        #[inline(always)]
        pub(crate) fn here() -> Spot {
            Spot
        }
    }

    /// The points of a process: none.
    #[derive(Clone, Default)]
    pub struct Points;

    impl Points {
        #[inline(always)]
        pub fn from_environment() -> Points {
            Points
        }

        /// A task has come to a point.
        #[inline(always)]
        pub async fn reach(&self, _name: &'static str) {}

        #[inline(always)]
        pub(crate) async fn write<T>(&self, _: Spot, work: impl Future<Output = T>) -> T {
            work.await
        }

        #[inline(always)]
        pub(crate) async fn read<T>(&self, _: Spot, work: impl Future<Output = T>) -> T {
            work.await
        }

        /// A task as it belongs to this process.
        #[inline(always)]
        pub fn tied<F: Future<Output = ()> + Send + 'static>(&self, work: F) -> F {
            work
        }

        /// Runs work that would keep a thread busy where that holds up nobody.
        pub async fn aside<T: Send + 'static>(
            &self,
            work: impl FnOnce() -> T + Send + 'static,
        ) -> Result<T, tokio::task::JoinError> {
            tokio::task::spawn_blocking(work).await
        }
    }
}
