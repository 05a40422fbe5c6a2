//! A customer's wish for one server: what was sold, and where it stands.
//! `stage` says where an order can stand, `event` what can happen, `step` what follows from it.

pub mod event;
pub mod news;
pub mod refund_request;
pub mod remedy;
pub mod seen;
pub mod stage;
pub mod step;
pub mod terms;

#[cfg(test)]
mod tests;

pub use event::Event;
pub use news::News;
pub use remedy::{Facts, Remedy};
pub use seen::{PaymentStatus, ProvisioningStatus, Seen, Status};
pub use stage::{Closed, Stage, Standing, Stop};
pub use step::{Effect, Refused, Step, step};
pub use terms::{Sold, Terms};
