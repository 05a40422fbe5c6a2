//! The model beside the code: whatever the model's tables say of an order, `step` says too, with
//! the same stage, attempts and servers; what they refuse, it refuses. Not for facts that the
//! engine looks up around `step`: claims, stock, tails.

use std::collections::HashSet;

use domain::id::{AttemptId, ServerId};
use domain::order::event::Again;
use domain::order::stage::Stop;
use domain::order::{Effect, Event, Stage as Real, Standing, step};
use domain::{attempt, server};
use stateright::Model;

use super::shop::{News, SERVERS, Shop, Stage, TOLD, TRIES};
use super::steps::{Bounds, Step};

/// One order as the code knows it, moved by `step` alone.
#[derive(Clone, PartialEq, Debug)]
struct Order {
    stage: Real,
    attempts: [Option<attempt::State>; TRIES],
    servers: [Option<server::State>; SERVERS],
}

fn attempt_id(a: usize) -> AttemptId {
    AttemptId::parse(&format!("att_{a:026}")).unwrap()
}

fn server_id(v: usize) -> ServerId {
    ServerId::parse(&format!("srv_{v:026}")).unwrap()
}

/// The order of the model in the code's words.
fn translated(s: &Shop, o: usize) -> Order {
    let stage = match s.orders[o].stage {
        Stage::Planned(a) => Real::Planned(attempt_id(a)),
        Stage::Permitted(a) => Real::Permitted(attempt_id(a)),
        Stage::Unheard(a) => Real::Unheard(attempt_id(a)),
        Stage::Verifying(v) => Real::Verifying(server_id(v)),
        Stage::OnHold(v) => Real::OnHold(server_id(v)),
        // Why it stopped is for people.
        Stage::Stopped => Real::Stopped(Stop::NoStock),
        Stage::Delivered(v) => Real::Delivered(server_id(v)),
        Stage::RefundPending => Real::RefundPending,
    };
    let attempts = s.orders[o].attempts.map(|at| at.map(|at| at.state));
    let own = |server: Option<(server::State, usize)>| server.filter(|(_, of)| *of == o);
    Order { stage, attempts, servers: s.servers.map(|server| own(server).map(|(state, _)| state)) }
}

/// What the code is told; a check that passes delivers in the same breath.
fn events(news: News) -> Vec<Event> {
    vec![match news {
        News::Stopped => Event::Stopped(Stop::NoStock),
        News::Permitted => Event::Permitted,
        News::WentUnheard => Event::WentUnheard,
        News::Answered(a, v) => Event::Answered { attempt: attempt_id(a), server: server_id(v) },
        News::Rejected => Event::Rejected,
        News::TriedAgain(n) => {
            Event::TriedAgain { attempt: attempt_id(n), because: Again::NotSent }
        }
        News::Matched => return vec![Event::Matched, Event::Delivered],
        News::Mismatched => Event::Mismatched,
        News::Doubted => Event::Doubted,
        News::RefundAsked => Event::RefundAsked,
        News::Reprovisioned(n) => Event::Reprovisioned { attempt: attempt_id(n) },
        News::Adopted(a, v) => {
            Event::Adopted { attempt: Some(attempt_id(a)), server: server_id(v) }
        }
        News::NothingBought(a, n) => {
            Event::NothingBought { attempt: attempt_id(a), next: n.map(attempt_id) }
        }
    }]
}

/// Everything that could be told of an order in this state.
fn vocabulary(s: &Shop, o: usize) -> Vec<News> {
    let mut all = vec![
        News::Stopped,
        News::Permitted,
        News::WentUnheard,
        News::Rejected,
        News::Matched,
        News::Mismatched,
        News::Doubted,
        News::RefundAsked,
    ];
    let next = (0..TRIES).find(|a| s.orders[o].attempts[*a].is_none());
    all.extend(next.map(News::TriedAgain));
    // Buying again what was delivered is a replacement: not in the model.
    let delivered = matches!(s.orders[o].stage, Stage::Delivered(_));
    all.extend(next.filter(|_| !delivered).map(News::Reprovisioned));
    for a in (0..TRIES).filter(|a| s.orders[o].attempts[*a].is_some()) {
        all.push(News::NothingBought(a, None));
        all.extend(next.map(|n| News::NothingBought(a, Some(n))));
        for v in (0..SERVERS).filter(|v| s.servers[*v].is_none()) {
            all.extend([News::Answered(a, v), News::Adopted(a, v)]);
        }
    }
    all
}

impl Order {
    /// Moves it as `record` does: the stage, and every effect by its own table. None: refused.
    fn told(&self, news: News) -> Option<Order> {
        events(news).iter().try_fold(self.clone(), |order, event| order.moved(event))
    }

    fn moved(mut self, event: &Event) -> Option<Order> {
        // The server that an answer or a person names comes into the books with it.
        if let Event::Answered { server, .. } | Event::Adopted { server, .. } = event {
            self.servers[self.number(server)] = Some(server::State::Verifying);
        }
        let moved = step(&Standing::new(self.stage.clone()), event).ok()?;
        for effect in &moved.effects {
            match effect {
                Effect::Plan(id) => {
                    let a = (0..TRIES).find(|a| attempt_id(*a) == *id).unwrap();
                    self.attempts[a] = Some(attempt::State::Planned);
                }
                Effect::Attempt(id, event) => {
                    let a = (0..TRIES).find(|a| attempt_id(*a) == *id).unwrap();
                    self.attempts[a] =
                        Some(attempt::after(self.attempts[a].unwrap(), *event).ok()?);
                }
                Effect::Server(id, event) => {
                    let v = self.number(id);
                    self.servers[v] = Some(server::after(self.servers[v].unwrap(), *event).ok()?);
                }
                Effect::Verify(id) => {
                    assert_eq!(self.servers[self.number(id)], Some(server::State::Verifying));
                }
                Effect::List(_) | Effect::Unlist(_) | Effect::Settle => {}
            }
        }
        let stopped = matches!(moved.next.stage, Real::Stopped(_));
        self.stage = if stopped { Real::Stopped(Stop::NoStock) } else { moved.next.stage };
        Some(self)
    }

    fn number(&self, id: &ServerId) -> usize {
        (0..SERVERS).find(|v| server_id(*v) == *id).unwrap()
    }

    /// An answer that the order does not wait for moves its attempt, and finds a stray.
    fn strayed(&self, after: &Order) -> Order {
        let mut order = self.clone();
        for (ours, theirs) in order.attempts.iter_mut().zip(&after.attempts) {
            let reached = |from: attempt::State, to: attempt::State| {
                let all = [attempt::Event::Answered, attempt::Event::NotSent];
                all.into_iter().any(|event| attempt::after(from, event) == Ok(to))
            };
            if let (Some(from), Some(to)) = (&ours, theirs)
                && reached(*from, *to)
            {
                *ours = *theirs;
            }
        }
        for (ours, theirs) in order.servers.iter_mut().zip(&after.servers) {
            if ours.is_none() && *theirs == Some(server::State::Quarantined) {
                *ours = *theirs;
            }
        }
        order
    }
}

/// What one step of the model makes of the code's two orders.
fn beside(
    orders: &[Order; 2],
    bounds: &Bounds,
    s: &Shop,
    taken: Step,
) -> Option<(Shop, [Order; 2])> {
    TOLD.take();
    let after = bounds.next_state(s, taken)?;
    let told = TOLD.take();
    let mut real = orders.clone();
    for (o, order) in real.iter_mut().enumerate() {
        if let Some((_, news)) = told.filter(|(of, _)| *of == o) {
            let moved = order.told(news);
            *order = moved.unwrap_or_else(|| panic!("the code refuses {news:?} of {order:?}"));
        }
        let wanted = translated(&after, o);
        *order = order.strayed(&wanted);
        assert_eq!(*order, wanted, "{taken:?}: {told:?}");
    }
    Some((after, real))
}

fn start(bounds: &Bounds) -> (Shop, [Order; 2]) {
    let s = bounds.init_states()[0];
    (s, [0, 1].map(|o| translated(&s, o)))
}

/// Walks all states. Since what the code stands at is a function of what the model stands at, as
/// every single step shows, each trace of the model is one of the code.
pub fn every_trace_is_the_codes(bounds: &Bounds) -> (usize, usize, usize) {
    let (first, _) = start(bounds);
    let mut seen = HashSet::from([first]);
    let mut orders = HashSet::new();
    let (mut steps, mut refused, mut waiting) = (0, 0, vec![first]);
    while let Some(s) = waiting.pop() {
        let real = [0, 1].map(|o| translated(&s, o));
        for o in (0..2).filter(|o| orders.insert((*o, s.orders[*o], s.servers))) {
            refused += what_is_refused_here_is_refused_there(&s, o, &real[o]);
        }
        let mut taken = Vec::new();
        bounds.actions(&s, &mut taken);
        for (after, _) in taken.into_iter().filter_map(|taken| beside(&real, bounds, &s, taken)) {
            steps += 1;
            let after = after.representative();
            if seen.insert(after) {
                waiting.push(after);
            }
        }
    }
    (seen.len(), steps, refused)
}

fn what_is_refused_here_is_refused_there(s: &Shop, o: usize, real: &Order) -> usize {
    let mut refused = 0;
    for news in vocabulary(s, o) {
        let (here, there) = (s.moved(o, news).map(|s| translated(&s, o)), real.told(news));
        assert_eq!(here, there, "{news:?} of {real:?}");
        refused += usize::from(here.is_none());
    }
    refused
}

/// Whole traces from the first state to the last, each step chosen by a number.
pub fn traces_are_replayed(bounds: &Bounds, traces: u64) -> usize {
    let (mut steps, mut number) = (0, 0x9e37_79b9_7f4a_7c15_u64);
    for _ in 0..traces {
        let (mut s, mut real) = start(bounds);
        loop {
            let mut taken = Vec::new();
            bounds.actions(&s, &mut taken);
            taken.retain(|step| bounds.next_state(&s, *step).is_some());
            if taken.is_empty() {
                break;
            }
            number ^= number << 13;
            number ^= number >> 7;
            number ^= number << 17;
            let chosen = taken[usize::try_from(number % taken.len() as u64).unwrap()];
            (s, real) = beside(&real, bounds, &s, chosen).unwrap();
            steps += 1;
        }
    }
    steps
}
