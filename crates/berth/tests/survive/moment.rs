//! The moments of a purchase at which its process is killed or frozen, and how to bring it there.

use std::path::PathBuf;

use sim::smartvps::{Op, Point};

use super::desk::Desk;
use super::serve::Serve;
use super::shop::{Keys, SOLD, Shop};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Moment {
    BeforePermit,
    PermitCommitted,
    /// The request has arrived, and the upstream has done nothing yet.
    CallBegun,
    /// The upstream has sold, and not answered yet.
    Sold,
    AnswerRead,
    AnswerStored,
    VerdictCommitted,
    BeforeDelivery,
}

/// What becomes of an order whose process never comes back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rest {
    /// Another process brings it to its end.
    Delivered,
    /// Nobody knows what became of the purchase; nothing was sent.
    UnheardUnsent,
    /// Nobody knows what became of the purchase; a server was bought.
    UnheardSold,
}

impl Moment {
    /// The calls first: while these are set up, no other purchase may reach the upstream.
    pub const CALLS: [Moment; 2] = [Moment::CallBegun, Moment::Sold];
    pub const POINTS: [Moment; 6] = [
        Moment::BeforePermit,
        Moment::PermitCommitted,
        Moment::AnswerRead,
        Moment::AnswerStored,
        Moment::VerdictCommitted,
        Moment::BeforeDelivery,
    ];

    pub fn all() -> impl Iterator<Item = Moment> {
        Moment::CALLS.into_iter().chain(Moment::POINTS)
    }

    /// The program's own name of the point; a call is stopped at the upstream.
    fn point(self) -> Option<&'static str> {
        match self {
            Moment::BeforePermit => Some("before-permit"),
            Moment::PermitCommitted => Some("permit-committed"),
            Moment::CallBegun | Moment::Sold => None,
            Moment::AnswerRead => Some("answer-read"),
            Moment::AnswerStored => Some("answer-stored"),
            Moment::VerdictCommitted => Some("verdict-committed"),
            Moment::BeforeDelivery => Some("before-delivery"),
        }
    }

    pub fn rest(self) -> Rest {
        match self {
            Moment::BeforePermit
            | Moment::AnswerStored
            | Moment::VerdictCommitted
            | Moment::BeforeDelivery => Rest::Delivered,
            Moment::PermitCommitted => Rest::UnheardUnsent,
            Moment::CallBegun | Moment::Sold | Moment::AnswerRead => Rest::UnheardSold,
        }
    }
}

/// A process with one order of its own, which has come to its moment.
pub struct Victim {
    pub moment: Moment,
    pub serve: Serve,
    pub order: String,
    hold: Option<PathBuf>,
}

impl Victim {
    /// Starts a process that will stop at this moment.
    pub async fn start(
        shop: &Shop,
        node: &str,
        moment: Moment,
    ) -> (Moment, Serve, Option<PathBuf>) {
        match moment.point() {
            Some(point) => {
                let (serve, hold) = shop.serve_held(node, point).await;
                (moment, serve, Some(hold))
            }
            None => (moment, shop.serve(node).await, None),
        }
    }

    /// Lets a customer buy there, and waits until the purchase is where it is wanted.
    pub async fn brought_there(
        (moment, serve, hold): (Moment, Serve, Option<PathBuf>),
        shop: &Shop,
        keys: &Keys,
    ) -> Victim {
        let desk = Desk::at(&serve, keys);
        let order = match moment.point() {
            Some(point) => {
                let order = desk.buy(SOLD).await;
                serve.line(&format!("held at {point}")).await;
                order
            }
            None => {
                let at = if moment == Moment::Sold { Point::After } else { Point::Before };
                let held = shop.upstream.counts().held;
                shop.upstream.hold(Op::Buyvps, at, Some(1));
                let order = desk.buy(SOLD).await;
                shop.upstream.wait_for_held(held + 1).await;
                order
            }
        };
        Victim { moment, serve, order, hold }
    }

    /// From now on nothing holds it but a signal.
    pub fn let_go(&self) {
        if let Some(hold) = &self.hold {
            std::fs::remove_file(hold).unwrap();
        }
    }
}
