//! How a simulator stands: on loopback with a counter and an office, or inside the caller's own
//! process. Both end when the last clone is dropped.
//! Not for what is said there: that is each simulator's own matter.

use std::io;
use std::net::SocketAddr;
use std::ops::Deref;
use std::sync::Arc;

use axum::Router;

use crate::serve::{self, Counter, Doorman, Entrance};

/// What stands there, as commands reach it.
pub trait Simulated: Clone {
    fn doorman(&self) -> &Doorman;

    /// The end: callers are cut off, held requests let go.
    fn shut(&self);
}

/// A simulator on loopback.
#[derive(Debug, Clone)]
pub struct OnLoopback<C: Simulated> {
    control: C,
    running: Arc<Running<C>>,
}

#[derive(Debug)]
struct Running<C: Simulated> {
    counter: SocketAddr,
    office: SocketAddr,
    office_doorman: Doorman,
    control: C,
}

impl<C: Simulated> OnLoopback<C> {
    /// Opens a counter for callers, and an office for commands.
    pub(crate) async fn open(
        control: C,
        (port, counter): (u16, impl Into<Counter>),
        (control_port, commands): (u16, Router),
    ) -> io::Result<OnLoopback<C>> {
        let counter = serve::open(port, counter, control.doorman()).await?;
        let office_doorman = Doorman::new();
        let office = serve::open(control_port, commands, &office_doorman).await?;
        let running = Running { counter, office, office_doorman, control: control.clone() };
        Ok(OnLoopback { control, running: Arc::new(running) })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.running.counter
    }

    /// Where callers go: `http://127.0.0.1:40123`.
    pub fn url(&self) -> String {
        format!("http://{}", self.running.counter)
    }

    /// Where commands are taken even while the counter's door is shut.
    pub fn control_url(&self) -> String {
        format!("http://{}", self.running.office)
    }

    pub fn control(&self) -> &C {
        &self.control
    }
}

impl<C: Simulated> Deref for OnLoopback<C> {
    type Target = C;

    fn deref(&self) -> &C {
        &self.control
    }
}

impl<C: Simulated> Drop for Running<C> {
    fn drop(&mut self) {
        self.control.shut();
        self.office_doorman.shut();
    }
}

/// A simulator without a network: for worlds that run inside one process.
#[derive(Debug, Clone)]
pub struct InMemory<C: Simulated> {
    control: C,
    counter: Entrance,
    _ends: Arc<Ends<C>>,
}

#[derive(Debug)]
struct Ends<C: Simulated>(C);

impl<C: Simulated> InMemory<C> {
    /// Opens inside the runtime of the caller.
    pub(crate) fn serving(control: C, counter: impl Into<Counter>) -> InMemory<C> {
        let counter = serve::open_in_memory(counter, control.doorman());
        InMemory { _ends: Arc::new(Ends(control.clone())), control, counter }
    }

    /// The caller's end of a new connection.
    pub fn call(&self) -> io::Result<tokio::io::DuplexStream> {
        self.counter.call()
    }
}

impl<C: Simulated> Deref for InMemory<C> {
    type Target = C;

    fn deref(&self) -> &C {
        &self.control
    }
}

impl<C: Simulated> Drop for Ends<C> {
    fn drop(&mut self) {
        self.0.shut();
    }
}
