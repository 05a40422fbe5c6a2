//! Waiting for what a shop does by itself: for an event or its quiet, never for a length of time.

use std::time::Duration;

use domain::order::Stage;
use engine::Engine;
use store::order::Order;

use super::TestShop;

impl TestShop {
    /// Until nothing is under way on any node and nothing is due.
    pub async fn quiet(&self) {
        let quiet = async {
            let mut before = self.each_quiet().await;
            while before.len() > 1 {
                let after = self.each_quiet().await;
                if before == after {
                    return;
                }
                before = after;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), quiet).await.expect("quiet");
    }

    /// Each node has been quiet, one after the other; how many jobs each had started by then. Two
    /// rounds with the same figures: nobody worked between.
    async fn each_quiet(&self) -> Vec<usize> {
        let nodes: Vec<Engine> = self.nodes.lock().unwrap().values().cloned().collect();
        let mut started = Vec::new();
        for node in nodes {
            started.push(node.until_quiet().await.unwrap());
        }
        started
    }

    /// Looks again and again, woken by the clock of the house, until something holds.
    pub async fn until(&self, holds: impl AsyncFn() -> bool) {
        // Between two looks the house has the processor.
        let mut next_look = tokio::time::interval(Duration::from_millis(10));
        let looking = async {
            while !holds().await {
                next_look.tick().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), looking).await.expect("it never held");
    }

    pub async fn until_stage(&self, order: &Order, is: impl Fn(&Stage) -> bool) {
        self.until(async || is(&self.order(&order.id).await.standing.stage)).await;
    }

    /// A round of tending, and whatever it sets off.
    pub async fn tended(&self) {
        self.engine.sweep().await.unwrap();
        self.quiet().await;
    }
}
