//! The model: a small shop around the code's own `step`. Who does what when is written here a
//! second time, from the protocol's sentences; how orders, attempts and servers move is not: see
//! `code.rs`. Not in it: money, replacements, amendments, verdicts that cannot tell, operations,
//! pauses and the loss budget.

use domain::attempt::{self, State as A};
use domain::id::AttemptId;
use domain::order::event::Again;
use domain::order::{Event as E, Stage as S, Standing, Stop};
use domain::server::State as V;
use stateright::{Model, Property};

use super::code::{Attempts, Order, Servers, attempt, moved, number, server};
use super::promises::{self, TWO_REQUESTS, UNCLAIMED, UNPERMITTED};
use super::walk::Bounds;
use Worker::{Claimed, Idle, Listening, Lost, Permitted};

/// What became of a request, as the upstream knows it.
#[derive(Clone, Copy, PartialEq, PartialOrd, Hash, Debug)]
pub enum Request {
    None,
    Refused,
    OnItsWay,
    SoldWrong,
    SoldRight,
}

/// What a worker does for an attempt. Who lost its claim does not know.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Worker {
    Idle,
    Lost,
    Claimed,
    Permitted,
    Listening,
}

/// Requests, and what is known of them, bear the numbers of their attempts.
#[derive(Clone, PartialEq, Hash, Debug)]
pub struct Shop {
    pub orders: [Order; 2],
    pub attempts: Attempts,
    pub servers: Servers,
    pub workers: [(Worker, usize); 2],
    pub requests: [Request; 4],
    /// Whose answer is stored; whose tail is over, before which the upstream acts.
    pub answered: [bool; 4],
    pub tail_over: [bool; 4],
    /// What the newest reading says of the stock, and of which attempts it tells.
    pub reading: usize,
    pub read: [bool; 4],
    /// How many may still come.
    pub faults: u8,
    /// What must never come true.
    pub broken: Option<&'static str>,
}

/// What happens: to an order, to a worker, from `Claim` on to an attempt.
#[derive(Clone, PartialEq, Debug)]
pub enum Step {
    Told(usize, E),
    Fault(usize),
    Permit(usize),
    Send(usize),
    StoreAnswer(usize),
    Claim(usize),
    Acts(usize, Request),
    TailEnds(usize),
    Classify(usize),
    Look,
}

impl Model for Bounds {
    type State = Shop;
    type Action = Step;

    fn init_states(&self) -> Vec<Shop> {
        let unpaid = Shop {
            orders: [Order(S::Unpaid), Order(S::Unpaid)],
            attempts: [None; 4],
            servers: [None; 4],
            workers: [(Idle, 0); 2],
            requests: [Request::None; 4],
            answered: [false; 4],
            tail_over: [false; 4],
            reading: self.stock,
            read: [false; 4],
            faults: self.faults,
            broken: None,
        };
        let paid = |s: Shop, o| self.told(&s, o, &E::Paid { attempt: attempt(o) });
        (0..2).try_fold(unpaid, paid).into_iter().collect()
    }

    fn actions(&self, s: &Shop, actions: &mut Vec<Step>) {
        for i in 0..2 {
            actions.extend(self.news(s, i).into_iter().map(|event| Step::Told(i, event)));
            actions.extend([Step::Fault(i), Step::Permit(i), Step::Send(i), Step::StoreAnswer(i)]);
        }
        for n in 0..4 {
            let outcomes = [Request::Refused, Request::SoldWrong, Request::SoldRight];
            actions.extend(outcomes.map(|outcome| Step::Acts(n, outcome)));
            actions.extend([Step::Claim(n), Step::TailEnds(n), Step::Classify(n)]);
        }
        actions.push(Step::Look);
    }

    fn next_state(&self, before: &Shop, step: Step) -> Option<Shop> {
        let mut s = before.clone();
        match step {
            Step::Told(o, event) => s = self.told(&s, o, &event)?,
            Step::Fault(w) => {
                s.faults = s.faults.checked_sub(1)?;
                s.workers[w] = match s.workers[w] {
                    (Claimed, n) => (Lost, n),
                    (Permitted | Listening, _) => (Idle, 0),
                    _ => return None,
                };
            }
            Step::Permit(w) => s = self.permit(s, w)?,
            Step::Send(w) => self.send(&mut s, w)?,
            Step::StoreAnswer(w) => {
                // Of a request that never left: our own refusal to send it.
                let (Permitted | Listening, n) = s.workers[w] else { return None };
                s.answered[n] = (s.requests[n] != Request::OnItsWay).then_some(true)?;
                s.workers[w] = (Idle, 0);
            }
            Step::Claim(n) => {
                let free = s.workers[0] == (Idle, 0) && s.workers[1] != (Claimed, n);
                s.workers[0] = (free && s.has_job(n)).then_some((Claimed, n))?;
            }
            Step::Acts(n, outcome) if s.requests[n] == Request::OnItsWay => s.requests[n] = outcome,
            Step::Acts(..) => return None,
            Step::TailEnds(n) => s.tail_over[n] = s.requests[n] != Request::OnItsWay,
            Step::Classify(n) => s = self.classify(s, n)?,
            Step::Look => {
                (s.reading, s.read) = (self.stock.saturating_sub(s.bought()), [true; 4]);
            }
        }
        // Workers are alike, and what nobody will ask again is the same in all states.
        s.workers.sort();
        for n in 0..4 {
            s.tail_over[n] &= s.is_unheard(n);
            s.read[n] &= s.tail_over[n] || s.attempts[n] == Some(A::Answered);
        }
        (s != *before).then_some(s)
    }

    fn properties(&self) -> Vec<Property<Bounds>> {
        promises::all()
    }
}

impl Shop {
    fn has_job(&self, n: usize) -> bool {
        matches!(self.attempts[n], Some(A::Planned | A::Permitted))
    }

    /// Its deadline is past, and it may have bought.
    fn is_unheard(&self, n: usize) -> bool {
        matches!(self.attempts[n], Some(A::Unheard | A::Parked | A::Denied))
    }

    fn sold(&self, n: usize) -> bool {
        self.requests[n] >= Request::SoldWrong
    }

    pub fn bought(&self) -> usize {
        self.requests.iter().filter(|request| **request == Request::SoldRight).count()
    }
}

impl Bounds {
    fn keeps(&self, rule: &str) -> bool {
        !self.without.contains(rule)
    }

    /// An attempt that may still be planned.
    fn next(&self, s: &Shop, o: usize) -> Option<AttemptId> {
        let more = s.attempts.iter().flatten().count() < self.plans;
        (more && s.attempts[o + 2].is_none()).then(|| attempt(o + 2))
    }

    /// What an event makes of an order. None: refused.
    fn told(&self, s: &Shop, o: usize, event: &E) -> Option<Shop> {
        let mut s = s.clone();
        let at = Standing::new(s.orders[o].0.clone());
        s.orders[o] = Order(moved(&at, event, &mut s.attempts, &mut s.servers)?.stage);
        if let (S::Unheard(id), false) = (at.stage, self.keeps("parking")) {
            s.attempts[number(&id)] = Some(A::Unheard);
        }
        Some(s)
    }

    /// What time, the check and people may tell an order; some of it `step` refuses.
    fn news(&self, s: &Shop, o: usize) -> Vec<E> {
        let (stage, next) = (&s.orders[o].0, self.next(s, o));
        let right = |id| s.requests[number(id)] == Request::SoldRight || !self.keeps("verdict");
        let over = |n: usize| s.tail_over[n] || !self.keeps("tail");
        let silent = |id| !s.answered[number(id)] && self.keeps("deadline");
        let mut all = match stage {
            S::Planned(_) if s.reading == 0 => vec![E::Stopped(Stop::NoStock)],
            S::Permitted(id) if silent(id) => vec![E::WentUnheard],
            S::Unheard(_) if !self.keeps("proof") => vec![E::Rejected],
            S::Verifying(id) => vec![if right(id) { E::Matched } else { E::Mismatched }],
            S::Verified(_) => vec![E::Delivered],
            _ => vec![],
        };
        if !self.people {
            return all;
        }
        all.push(E::RefundAsked);
        let waits = match stage {
            S::Unheard(id) => over(number(id)),
            _ => matches!(stage, S::OnHold(_) | S::Stopped(_)),
        };
        all.extend(next.clone().filter(|_| waits).map(|attempt| E::Reprovisioned { attempt }));
        for n in [o, o + 2].into_iter().filter(|n| s.is_unheard(*n) && over(*n)) {
            let nothing = |next| E::NothingBought { attempt: attempt(n), next };
            let words = [None, next.clone()].map(nothing);
            all.extend(words.into_iter().filter(|_| !self.honest || !s.sold(n)));
            let free = |v: &usize| s.servers[*v].is_none() || !self.keeps("live");
            let named = (0..4).filter(|v| s.sold(*v) && (*v == n || !self.honest)).filter(free);
            let adopted = |v| E::Adopted { attempt: Some(attempt(n)), server: server(v) };
            all.extend(named.map(adopted));
        }
        all
    }

    /// One transaction: fenced by the claim, from planned, admitted by the stock formula.
    fn permit(&self, mut s: Shop, w: usize) -> Option<Shop> {
        let (worker @ (Lost | Claimed), n) = s.workers[w] else { return None };
        let fenced = worker == Claimed && s.has_job(n);
        if !fenced && self.keeps("fence") {
            s.workers[w] = (Idle, 0);
            return Some(s);
        }
        let at = |n: usize, state| s.attempts[n] == Some(state);
        let unread = |n: usize| !s.read[n] && (s.is_unheard(n) || at(n, A::Answered));
        let taken = (0..4).filter(|n| at(*n, A::Permitted) || unread(*n)).count();
        let may = (at(n, A::Planned) || !self.keeps("compare-and-set"))
            && (s.reading > taken || !self.keeps("stock"));
        s = may.then(|| self.told(&s, n % 2, &E::Permitted).unwrap_or(s))?;
        (s.attempts[n], s.workers[w]) = (Some(A::Permitted), (Permitted, n));
        s.broken = s.broken.or((!fenced).then_some(UNCLAIMED));
        Some(s)
    }

    /// Once, by the call that got the permit; past the deadline the boot clock forbids it.
    fn send(&self, s: &mut Shop, w: usize) -> Option<()> {
        let (worker @ (Claimed | Permitted), n) = s.workers[w] else { return None };
        let permitted = s.attempts[n] == Some(A::Permitted);
        let knows = worker == Permitted || permitted && !self.keeps("nonce");
        let fresh = !s.is_unheard(n) && s.attempts[n] != Some(A::Answered);
        let may = knows && (fresh || !self.keeps("boot time"));
        s.workers[w] = may.then_some((Listening, n))?;
        s.broken = match s.requests[n] {
            Request::None if permitted => s.broken,
            Request::None => Some(UNPERMITTED),
            _ => Some(TWO_REQUESTS),
        };
        s.requests[n] = Request::OnItsWay;
        Some(())
    }

    /// What a stored answer tells its order, in time or late. None: nothing.
    pub fn class(&self, s: &Shop, n: usize) -> Option<E> {
        let live = s.servers[n].is_some() && self.keeps("live");
        let again = self.next(s, n % 2).filter(|_| s.requests[n] == Request::None);
        let again = again.map(|attempt| E::TriedAgain { attempt, because: Again::NotSent });
        match s.attempts[n]? {
            // A person named another.
            A::Answered => {
                let v = number(s.orders[n % 2].0.awaited_server()?);
                (v != n && s.servers[v]?.1 == n).then_some(E::Doubted)
            }
            // Live in our books already: a person must look.
            state if s.sold(n) && live => (state == A::Permitted).then_some(E::WentUnheard),
            _ if s.sold(n) => Some(E::Answered { attempt: attempt(n), server: server(n) }),
            A::Permitted | A::Unheard => again.or(Some(E::Rejected)),
            _ => None,
        }
    }

    /// An answer that the order does not wait for moves its attempt alone, and leaves a stray.
    fn classify(&self, mut s: Shop, n: usize) -> Option<Shop> {
        let state = s.attempts[n].filter(|_| s.answered[n])?;
        let own = if s.sold(n) { attempt::Event::Answered } else { attempt::Event::Rejected };
        match self.class(&s, n).and_then(|event| self.told(&s, n % 2, &event)) {
            Some(told) => s = told,
            None if s.sold(n) && s.servers[n].is_some() => return None,
            None => s.attempts[n] = Some(attempt::after(state, own).unwrap_or(state)),
        }
        if s.sold(n) {
            s.servers[n].get_or_insert((V::Quarantined, n));
        }
        Some(s)
    }
}
