//! How orders, attempts and servers move, in the model and in the replay of its traces: by the
//! code's own tables. Here are only the names that the code wants, and the effects carried out.

use std::array::from_fn;
use std::hash::{Hash, Hasher};
use std::sync::LazyLock;

use domain::id::{AttemptId, ServerId};
use domain::order::{Effect, Event, Stage, Standing, step};
use domain::{attempt, server};

pub type Attempts = [Option<attempt::State>; 4];
/// Each with the attempt that it counts for.
pub type Servers = [Option<(server::State, usize)>; 4];

/// Each order can have two attempts: `n % 2` is the order.
pub fn attempt(n: usize) -> AttemptId {
    static IDS: LazyLock<[AttemptId; 4]> =
        LazyLock::new(|| from_fn(|n| AttemptId::parse(&format!("att_{n:026}")).unwrap()));
    IDS[n].clone()
}

/// A server bears the number of the attempt that bought it.
pub fn server(n: usize) -> ServerId {
    static IDS: LazyLock<[ServerId; 4]> =
        LazyLock::new(|| from_fn(|n| ServerId::parse(&format!("srv_{n:026}")).unwrap()));
    IDS[n].clone()
}

pub fn number(id: &impl ToString) -> usize {
    id.to_string()[29..].parse().unwrap()
}

/// Where an order stands, in the code's own words.
#[derive(Clone, PartialEq, Debug)]
pub struct Order(pub Stage);

impl Hash for Order {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        format!("{:?}", self.0).hash(hasher);
    }
}

/// What an event makes of an order and its rows. None: one of the tables refuses it.
pub fn moved(
    at: &Standing,
    event: &Event,
    attempts: &mut Attempts,
    servers: &mut Servers,
) -> Option<Standing> {
    // The server that an answer or a person names comes into the books with it.
    if let Event::Answered { attempt, server } | Event::Adopted { attempt: Some(attempt), server } =
        event
    {
        servers[number(server)] = Some((server::State::Verifying, number(attempt)));
    }
    let moved = step(at, event).ok()?;
    for effect in moved.effects {
        match effect {
            Effect::Plan(id) => attempts[number(&id)] = Some(attempt::State::Planned),
            Effect::Attempt(id, event) => {
                let state = attempts[number(&id)].as_mut()?;
                *state = attempt::after(*state, event).ok()?;
            }
            Effect::Server(id, event) => {
                let (state, _) = servers[number(&id)].as_mut()?;
                *state = server::after(*state, event).ok()?;
            }
            Effect::Verify(_) | Effect::List(_) | Effect::Unlist(_) | Effect::Settle => {}
        }
    }
    Some(moved.next)
}
