//! Whole traces of the model, replayed by orders that know nothing of it: told what the trace
//! tells, from unpaid to the end, they must stand where the model's orders stand.
//! Not exhaustive: that is `walk.rs`.

use domain::attempt::{self, Event as Own};
use domain::order::{Event, Stage, Standing};
use domain::server::State as V;
use stateright::Model;

use super::code::{Attempts, Order, Servers, attempt, moved};
use super::shop::{Shop, Step};
use super::walk::{Bounds, FALSE_WORDS, FAULTS, PEOPLE};

/// Two orders as the code knows them, with all that goes beside a stage.
#[derive(Clone)]
struct Orders([Standing; 2], Attempts, Servers);

impl Orders {
    /// None: the code refuses it.
    fn told(&self, (o, event): (usize, Event)) -> Option<Orders> {
        let mut then = self.clone();
        then.0[o] = moved(&self.0[o], &event, &mut then.1, &mut then.2)?;
        Some(then)
    }

    /// An answer that its order is not told, or refuses, moves the rows of its attempt alone.
    fn strays(&mut self, n: usize, after: &Shop) {
        let reached = |event| attempt::after(self.1[n]?, event).ok();
        if [Own::Answered, Own::NotSent].map(reached).contains(&after.attempts[n]) {
            self.1[n] = after.attempts[n];
        }
        if after.servers[n] == Some((V::Quarantined, n)) {
            self.2[n].get_or_insert((V::Quarantined, n));
        }
    }
}

/// What a step of the model tells an order, if it tells anything.
fn tells(bounds: &Bounds, s: &Shop, step: &Step, after: &Shop) -> Option<(usize, Event)> {
    match step {
        Step::Told(o, event) => Some((*o, event.clone())),
        Step::Permit(w) if s.attempts != after.attempts => {
            Some((s.workers[*w].1 % 2, Event::Permitted))
        }
        Step::Classify(n) => Some((n % 2, bounds.class(s, *n)?)),
        _ => None,
    }
}

/// One trace to its end, each step chosen by a number.
fn replayed(bounds: &Bounds, number: &mut u64) -> usize {
    let unpaid = [0, 1].map(|_| Standing::new(Stage::Unpaid));
    let paid = |orders: Orders, o| orders.told((o, Event::Paid { attempt: attempt(o) }));
    let mut orders = (0..2).try_fold(Orders(unpaid, [None; 4], [None; 4]), paid).unwrap();
    let (mut s, mut steps) = (bounds.init_states().remove(0), 0);
    loop {
        let mut taken = bounds.next_steps(&s);
        if taken.is_empty() {
            return steps;
        }
        // What the code refuses is no move of the model.
        for (step, after) in taken.iter().filter(|(step, _)| !matches!(step, Step::Classify(_))) {
            let told = tells(bounds, &s, step, after);
            assert!(told.is_none_or(|told| orders.told(told).is_some()), "refused: {step:?}");
        }
        *number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let chosen = usize::try_from(*number >> 33).unwrap() % taken.len();
        let (step, after) = taken.swap_remove(chosen);
        if let Some(told) = tells(bounds, &s, &step, &after) {
            orders = orders.told(told).unwrap_or(orders);
        }
        if let Step::Classify(n) = step {
            orders.strays(n, &after);
        }
        assert_eq!(orders.0.clone().map(|at| Order(at.stage)), after.orders, "{step:?}");
        assert_eq!((orders.1, orders.2), (after.attempts, after.servers), "{step:?}");
        (s, steps) = (after, steps + 1);
    }
}

#[test]
fn long_traces_are_replayed_by_the_code_from_start_to_end() {
    for bounds in [FAULTS, PEOPLE, Bounds { plans: 4, ..FALSE_WORDS }] {
        let mut number = 0x9e37_79b9_7f4a_7c15;
        let steps: usize = (0..2_000).map(|_| replayed(&bounds, &mut number)).sum();
        println!("2000 traces, {steps} steps");
        assert!(steps > 10_000);
    }
}
