//! The processes of the shop. Each keeps its address and its data directory however often it dies,
//! as a machine with a supervisor does.

// tidy: sleep allowed because a supervisor waits a moment before it starts a process again.

use std::time::{Duration, Instant};

use super::super::serve::{PATIENCE, Serve};
use super::super::shop::Shop;

/// So long a supervisor waits before the next try.
const AGAIN_AFTER: Duration = Duration::from_millis(200);

pub struct Node {
    name: &'static str,
    address: String,
    serve: Serve,
    /// What the processes before said.
    said: Vec<String>,
}

impl Node {
    pub async fn open(shop: &Shop, name: &'static str) -> Node {
        let serve = shop.serve(name).await;
        let address = serve.address().to_owned();
        Node { name, address, serve, said: Vec::new() }
    }

    pub fn is(&self, name: &str) -> bool {
        self.name == name
    }

    pub fn serve(&self) -> &Serve {
        &self.serve
    }

    /// By what name its claims are known; nothing where it has none yet.
    pub fn id(&self) -> Option<String> {
        let log = self.serve.log();
        let (_, id) = log.split_once("working as ")?;
        id.split_whitespace().next().map(str::to_owned)
    }

    pub fn kill(&mut self) {
        self.serve.kill();
    }

    pub fn freeze(&self) {
        self.serve.freeze();
    }

    pub fn thaw(&self) {
        self.serve.thaw();
    }

    /// Starts it again, and again where it ends because its database is away.
    pub async fn open_again(&mut self, shop: &Shop) {
        let began = Instant::now();
        loop {
            let started = shop.try_to_serve(self.name, &self.address).await;
            let serves = started.is_ok();
            let serve = started.unwrap_or_else(|ended| ended);
            self.said.push(std::mem::replace(&mut self.serve, serve).log());
            if serves {
                return;
            }
            let log = self.serve.log();
            assert!(began.elapsed() < PATIENCE, "{} does not open again:\n{log}", self.name);
            tokio::time::sleep(AGAIN_AFTER).await;
        }
    }

    /// All that its processes ever said.
    pub fn log(&self) -> String {
        self.said.iter().cloned().chain([self.serve.log()]).collect::<Vec<_>>().join("\n--\n")
    }

    pub fn is_running(&mut self) -> bool {
        self.serve.is_running()
    }
}
