//! What the model knows: two orders with their attempts, servers and workers, and the tables of
//! states, written a second time from the protocol's sentences; `beside.rs` lays them beside the
//! code's own. Not who does what when: that is `steps.rs`.

use std::cell::Cell;
use std::hash::{Hash, Hasher};

use domain::attempt::State as A;
use domain::server::State as V;

/// Attempts that one order can have, and servers that can be bought in all.
pub const TRIES: usize = 2;
pub const SERVERS: usize = 2 * TRIES;

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Stage {
    Planned(usize),
    Permitted(usize),
    Unheard(usize),
    Verifying(usize),
    OnHold(usize),
    Stopped,
    Delivered(usize),
    RefundPending,
}

impl Stage {
    pub fn waits(self) -> bool {
        use Stage as S;
        matches!(
            self,
            S::Planned(_) | S::Permitted(_) | S::Unheard(_) | S::Verifying(_) | S::OnHold(_)
        )
    }
}

thread_local! {
    /// What an order was told last, for whoever follows a trace.
    pub static TOLD: Cell<Option<(usize, News)>> = const { Cell::new(None) };
}

/// What became of an attempt's request, as the upstream knows it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Request {
    None,
    OnItsWay,
    Sold { right: bool },
    Refused,
}

/// The row of an attempt's answer.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Answer {
    None,
    NotSent,
    Stored,
    Classified,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Attempt {
    pub state: A,
    pub request: Request,
    pub answer: Answer,
    /// The deadline is past; and then the tail, before whose end the upstream acts on a request.
    pub due: bool,
    pub tail_over: bool,
    /// A reading was requested since the stock tells of its outcome.
    pub seen: bool,
    /// The server that a person named as bought by it.
    pub adopted: Option<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Order {
    pub stage: Stage,
    pub attempts: [Option<Attempt>; TRIES],
    /// The newest claim on the purchase job, and whether it lives.
    pub claim: u8,
    pub claimed: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Worker {
    Idle,
    /// Order, attempt, and the claim's number.
    Claimed(usize, usize, u8),
    /// It alone knows the nonce.
    Permitted(usize, usize),
    Listening(usize, usize),
}

/// A server bears the number of the attempt that bought it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Shop {
    pub orders: [Order; 2],
    pub servers: [Option<(V, usize)>; SERVERS],
    pub workers: [Worker; 2],
    /// What the upstream has, and what the newest reading says.
    pub stock: u8,
    pub reading: u8,
    /// How much may still happen: attempts planned, claims lost, processes killed.
    pub plans_left: u8,
    pub losses: u8,
    pub kills: u8,
    /// What must never come true.
    pub broken: Option<&'static str>,
}

/// What happens to an order: the names of `domain::order::Event`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum News {
    Stopped,
    Permitted,
    WentUnheard,
    Answered(usize, usize),
    Rejected,
    TriedAgain(usize),
    Matched,
    Mismatched,
    Doubted,
    RefundAsked,
    Reprovisioned(usize),
    Adopted(usize, usize),
    NothingBought(usize, Option<usize>),
}

impl Shop {
    pub fn attempt(&self, o: usize, a: usize) -> Attempt {
        self.orders[o].attempts[a].expect("an attempt that was planned")
    }

    pub fn at(&mut self, o: usize, a: usize) -> &mut Attempt {
        self.orders[o].attempts[a].as_mut().expect("an attempt that was planned")
    }

    /// The number of an attempt that may still be planned.
    pub fn next(&self, o: usize) -> Option<usize> {
        let free = self.orders[o].attempts.iter().position(Option::is_none);
        free.filter(|_| self.plans_left > 0)
    }

    /// Whether a claim on the order's purchase job still counts.
    pub fn holds(&self, o: usize, a: usize, claim: u8) -> bool {
        let order = &self.orders[o];
        let job = order.stage == Stage::Planned(a) || order.stage == Stage::Permitted(a);
        job && order.claimed && order.claim == claim
    }

    /// What was bought as the server of this number, and whether it is what was sold.
    pub fn bought(&self, v: usize) -> Option<bool> {
        match self.orders[v / TRIES].attempts[v % TRIES]?.request {
            Request::Sold { right } => Some(right),
            _ => None,
        }
    }

    pub fn all(&self) -> impl Iterator<Item = (usize, usize, Attempt)> + '_ {
        let of = move |o: usize| {
            (0..TRIES).filter_map(move |a| Some((o, a, self.orders[o].attempts[a]?)))
        };
        (0..2).flat_map(of)
    }

    pub fn taken(&self) -> u8 {
        let counts = |at: &Attempt| match at.state {
            A::Permitted => true,
            A::Answered | A::Unheard | A::Parked | A::Denied => !at.seen,
            _ => false,
        };
        self.all().filter(|(_, _, at)| counts(at)).count() as u8
    }

    fn ends(&mut self, o: usize, a: usize, state: A, then: Stage) -> Stage {
        self.at(o, a).state = state;
        then
    }

    fn serves(&mut self, o: usize, v: usize, state: V, then: Stage) -> Stage {
        self.servers[v] = Some((state, o));
        then
    }

    fn checks(&mut self, o: usize, a: usize, v: usize) -> Stage {
        self.at(o, a).state = A::Answered;
        self.serves(o, v, V::Verifying, Stage::Verifying(v))
    }

    pub fn plans(&mut self, o: usize, a: usize) -> Stage {
        self.orders[o].attempts[a] = Some(Attempt {
            state: A::Planned,
            request: Request::None,
            answer: Answer::None,
            due: false,
            tail_over: false,
            seen: false,
            adopted: None,
        });
        self.plans_left = self.plans_left.saturating_sub(1);
        (self.orders[o].claim, self.orders[o].claimed) = (0, false);
        Stage::Planned(a)
    }

    /// What the slot held is let go: the order no longer waits for it.
    fn lets_go(&mut self, o: usize, then: Stage) -> Stage {
        match self.orders[o].stage {
            Stage::Planned(a) => self.ends(o, a, A::Withdrawn, then),
            Stage::Unheard(a) => self.ends(o, a, A::Parked, then),
            Stage::Verifying(v) | Stage::OnHold(v) | Stage::Delivered(v) => {
                self.serves(o, v, V::Quarantined, then)
            }
            _ => then,
        }
    }

    /// Workers are alike, and what nobody will ask again is the same in all states.
    pub fn forgets(&mut self) {
        self.workers.sort();
        for (o, order) in self.orders.iter_mut().enumerate() {
            if !matches!(order.stage, Stage::Planned(_) | Stage::Permitted(_)) {
                (order.claim, order.claimed) = (0, false);
            }
            for (a, at) in order.attempts.iter_mut().enumerate() {
                let Some(at) = at else { continue };
                if matches!(at.state, A::Withdrawn | A::Rejected | A::NotSent | A::Answered) {
                    (at.due, at.tail_over) = (true, true);
                    at.seen &= at.state == A::Answered;
                }
                let stray = matches!(self.servers[o * TRIES + a], Some((V::Quarantined, _)));
                if stray && at.state == A::Answered {
                    at.request = Request::Sold { right: true };
                }
            }
        }
    }

    /// The same with the orders the other way round.
    pub fn mirrored(&self) -> Shop {
        let other = |v: usize| (v + TRIES) % SERVERS;
        let mut s = *self;
        s.orders.swap(0, 1);
        for order in &mut s.orders {
            order.stage = match order.stage {
                Stage::Verifying(v) => Stage::Verifying(other(v)),
                Stage::OnHold(v) => Stage::OnHold(other(v)),
                Stage::Delivered(v) => Stage::Delivered(other(v)),
                stage => stage,
            };
            for at in order.attempts.iter_mut().flatten() {
                at.adopted = at.adopted.map(other);
            }
        }
        for v in 0..SERVERS {
            s.servers[v] = self.servers[other(v)].map(|(state, o)| (state, 1 - o));
        }
        for worker in &mut s.workers {
            *worker = match *worker {
                Worker::Idle => Worker::Idle,
                Worker::Claimed(o, a, claim) => Worker::Claimed(1 - o, a, claim),
                Worker::Permitted(o, a) => Worker::Permitted(1 - o, a),
                Worker::Listening(o, a) => Worker::Listening(1 - o, a),
            };
        }
        s.workers.sort();
        s
    }

    /// Of two that differ in the names of their orders alone, always the same one.
    pub fn representative(&self) -> Shop {
        let number = |s: &Shop| {
            let mut hasher = std::hash::DefaultHasher::new();
            s.hash(&mut hasher);
            hasher.finish()
        };
        let mirrored = self.mirrored();
        if number(&mirrored) < number(self) { mirrored } else { *self }
    }

    /// The tables of states: what news makes of an order. None: refused.
    pub fn moved(mut self, o: usize, news: News) -> Option<Shop> {
        use {News as N, Stage as S};
        let now = self.orders[o].stage;
        let given_up = |a: usize| matches!(self.attempt(o, a).state, A::Parked | A::Denied);
        self.orders[o].stage = match (now, news) {
            (S::Planned(_), N::Stopped) => self.lets_go(o, S::Stopped),
            (S::Planned(a), N::Permitted) => self.ends(o, a, A::Permitted, S::Permitted(a)),
            (S::Permitted(a), N::WentUnheard) => self.ends(o, a, A::Unheard, S::Unheard(a)),
            (S::Permitted(a) | S::Unheard(a), N::Answered(b, v)) if a == b => self.checks(o, a, v),
            (S::Planned(_), N::Answered(b, v)) if given_up(b) => {
                self.lets_go(o, S::Stopped);
                self.checks(o, b, v)
            }
            (S::Permitted(a) | S::Unheard(a), N::Rejected) => {
                self.ends(o, a, A::Rejected, S::Stopped)
            }
            (S::Permitted(a) | S::Unheard(a), N::TriedAgain(n)) => {
                self.ends(o, a, A::NotSent, now);
                self.plans(o, n)
            }
            (S::Verifying(v), N::Matched) => self.serves(o, v, V::Delivered, S::Delivered(v)),
            (S::Verifying(_), N::Mismatched) => self.lets_go(o, S::Stopped),
            (S::Verifying(v), N::Doubted) => self.serves(o, v, V::OnHold, S::OnHold(v)),
            (S::Permitted(_) | S::RefundPending, N::RefundAsked) => return None,
            (_, N::RefundAsked) => self.lets_go(o, S::RefundPending),
            (S::Planned(_) | S::Unheard(_) | S::OnHold(_) | S::Stopped, N::Reprovisioned(n)) => {
                self.lets_go(o, now);
                self.plans(o, n)
            }
            (S::Unheard(a), N::Adopted(b, v)) if a == b => self.checks(o, a, v),
            (S::Stopped, N::Adopted(b, v)) if given_up(b) => self.checks(o, b, v),
            (S::Unheard(a), N::NothingBought(b, Some(n))) if a == b => {
                self.ends(o, a, A::Denied, now);
                self.plans(o, n)
            }
            (S::Stopped | S::Delivered(_) | S::RefundPending, N::NothingBought(b, None))
                if self.attempt(o, b).state == A::Parked =>
            {
                self.ends(o, b, A::Denied, now)
            }
            _ => return None,
        };
        TOLD.set(Some((o, news)));
        Some(self)
    }
}
