//! Who does what when: the engine's steps by two workers, the upstream, time and people, as a model
//! whose every interleaving is walked. Its rules are the protocol's sentences, written here a
//! second time. Not in it: money, replacements, amendments, verdicts that cannot tell, operations,
//! pauses and the loss budget.

use domain::attempt::State as A;
use domain::server::State as V;
use stateright::{Model, Property};

use super::shop::{Answer, Attempt, News, Order, Request, SERVERS, Shop, Stage, TRIES, Worker};

/// The engine's steps by worker, the world's by order and attempt.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Step {
    News(usize, News),
    Claim(usize, usize),
    ClaimLost(usize),
    Killed(usize),
    LetGo(usize),
    Permit(usize),
    Send(usize),
    NotSent(usize),
    KeepAnswer(usize),
    Sells(usize, usize, bool),
    Refuses(usize, usize),
    TailEnds(usize, usize),
    Classify(usize, usize),
    Look,
}

/// How far a run goes, and which rule of the shop it leaves out.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    pub stock: u8,
    /// Attempts planned beside the first two, claims lost, processes killed.
    pub plans: u8,
    pub losses: u8,
    pub kills: u8,
    /// Whether anybody presses buttons, and whether what they say is always true.
    pub people: bool,
    pub honest: bool,
    pub without: &'static str,
}

pub const UNCLAIMED: &str = "a worker that lost its claim changes nothing";
pub const UNPERMITTED: &str = "a request leaves only while its attempt is permitted";
pub const TWO_REQUESTS: &str = "at most one request leaves per permit";
pub const OVERSOLD: &str = "stock is never oversold";

impl Bounds {
    fn keeps(&self, rule: &str) -> bool {
        !self.without.contains(rule)
    }

    /// What time, money and people may bring to an order now, beside what the tables ask.
    fn news(&self, s: &Shop, o: usize) -> Vec<News> {
        let mut all = match s.orders[o].stage {
            Stage::Planned(_) if s.reading == 0 => vec![News::Stopped],
            Stage::Permitted(a)
                if s.attempt(o, a).answer == Answer::None && self.keeps("deadline") =>
            {
                vec![News::WentUnheard]
            }
            Stage::Unheard(_) if !self.keeps("proof") => {
                s.next(o).map(News::TriedAgain).into_iter().collect()
            }
            Stage::Verifying(v) if s.bought(v) == Some(true) || !self.keeps("verdict") => {
                vec![News::Matched]
            }
            Stage::Verifying(_) => vec![News::Mismatched],
            _ => vec![],
        };
        if self.people {
            all.push(News::RefundAsked);
            all.extend(self.words(s, o));
        }
        all
    }

    /// What staff may say of an order: of an unheard purchase only after its tail.
    fn words(&self, s: &Shop, o: usize) -> Vec<News> {
        let over = |a: usize| s.attempt(o, a).tail_over || !self.keeps("tail");
        let waits = match s.orders[o].stage {
            Stage::Unheard(a) => Some(a),
            _ => None,
        };
        let may_plan = waits.is_none_or(over) && !matches!(s.orders[o].stage, Stage::Planned(_));
        let mut all: Vec<News> =
            s.next(o).filter(|_| may_plan).map(News::Reprovisioned).into_iter().collect();
        for (_, a, at) in s.all().filter(|(of, a, _)| *of == o && over(*a)) {
            let sold = s.bought(o * TRIES + a).is_some();
            let unanswered = matches!(at.state, A::Unheard | A::Parked | A::Denied);
            if !unanswered {
                continue;
            }
            if !sold || !self.honest {
                let next = if waits == Some(a) { s.next(o).map(Some) } else { Some(None) };
                all.extend(next.map(|next| News::NothingBought(a, next)));
            }
            let own = o * TRIES + a;
            let free = |v: &usize| s.servers[*v].is_none() || !self.keeps("live");
            let named = |v: &usize| *v == own || !self.honest && v / TRIES != o;
            let some = (0..SERVERS).filter(|v| s.bought(*v).is_some()).filter(free).filter(named);
            all.extend(some.map(|v| News::Adopted(a, v)));
        }
        all
    }
}

impl Model for Bounds {
    type State = Shop;
    type Action = Step;

    fn init_states(&self) -> Vec<Shop> {
        let (stage, attempts) = (Stage::Stopped, [None; TRIES]);
        let mut shop = Shop {
            orders: [Order { stage, attempts, claim: 0, claimed: false }; 2],
            servers: [None; SERVERS],
            workers: [Worker::Idle; 2],
            stock: self.stock,
            reading: self.stock,
            plans_left: self.plans + 2,
            losses: self.losses,
            kills: self.kills,
            broken: None,
        };
        // Both were paid.
        (0..2).for_each(|o| shop.orders[o].stage = shop.plans(o, 0));
        vec![shop]
    }

    fn actions(&self, s: &Shop, actions: &mut Vec<Step>) {
        for o in 0..2 {
            actions.extend(self.news(s, o).into_iter().map(|news| Step::News(o, news)));
            actions.push(Step::ClaimLost(o));
            actions.extend((0..2).flat_map(|w| [Step::Claim(w, o)]));
        }
        for (o, a, _) in s.all() {
            actions.extend([Step::Sells(o, a, true), Step::Sells(o, a, false)]);
            actions.extend([Step::Refuses(o, a), Step::TailEnds(o, a), Step::Classify(o, a)]);
        }
        for w in 0..2 {
            actions.extend([Step::Permit(w), Step::Send(w), Step::NotSent(w), Step::KeepAnswer(w)]);
            actions.extend([Step::LetGo(w), Step::Killed(w)]);
        }
        actions.push(Step::Look);
    }

    fn properties(&self) -> Vec<Property<Bounds>> {
        super::promises::all()
    }

    #[allow(clippy::too_many_lines, reason = "one match is all that can happen")]
    fn next_state(&self, before: &Shop, step: Step) -> Option<Shop> {
        let mut s = *before;
        match step {
            Step::News(o, news) => {
                s = s.moved(o, news)?;
                match (news, s.orders[o].stage) {
                    (News::WentUnheard, Stage::Unheard(a)) => s.at(o, a).due = true,
                    (News::Adopted(a, v), _) => s.at(o, a).adopted = Some(v),
                    _ => {}
                }
                if !self.keeps("parking")
                    && let Stage::Unheard(a) = before.orders[o].stage
                {
                    s.at(o, a).state = A::Unheard;
                }
            }
            Step::Claim(w, o) => {
                let (Stage::Planned(a) | Stage::Permitted(a)) = s.orders[o].stage else {
                    return None;
                };
                let free = s.workers[w] == Worker::Idle && !s.orders[o].claimed;
                (s.orders[o].claim, s.orders[o].claimed) = (s.orders[o].claim + 1, true);
                s.workers[w] = free.then_some(Worker::Claimed(o, a, s.orders[o].claim))?;
            }
            Step::ClaimLost(o) => {
                let held = |a| s.workers.contains(&Worker::Claimed(o, a, s.orders[o].claim));
                // That of a dead process ends by itself; that of a slow one is a fault.
                let dead = matches!(s.orders[o].stage, Stage::Planned(a) if !held(a));
                s.losses = s.losses.checked_sub(u8::from(!dead))?;
                s.orders[o].claimed = s.orders[o].claimed.then_some(false)?;
            }
            Step::Killed(w) => {
                s.kills = s.kills.checked_sub(1).filter(|_| s.workers[w] != Worker::Idle)?;
                s.workers[w] = Worker::Idle;
            }
            Step::LetGo(w) => {
                let Worker::Claimed(o, a, claim) = s.workers[w] else { return None };
                let useful = s.holds(o, a, claim) && s.orders[o].stage == Stage::Planned(a);
                s.workers[w] = (!useful).then_some(Worker::Idle)?;
            }
            Step::Permit(w) => self.permit(&mut s, w)?,
            Step::Send(w) => self.send(&mut s, w)?,
            Step::NotSent(w) => {
                let Worker::Permitted(o, a) = s.workers[w] else { return None };
                s.at(o, a).answer = Answer::NotSent;
                s.workers[w] = Worker::Idle;
            }
            Step::KeepAnswer(w) => {
                let Worker::Listening(o, a) = s.workers[w] else { return None };
                let told =
                    matches!(s.attempt(o, a).request, Request::Sold { .. } | Request::Refused);
                s.at(o, a).answer = told.then_some(Answer::Stored)?;
                s.workers[w] = Worker::Idle;
            }
            Step::Sells(o, a, right) => {
                s.at(o, a).request = on_its_way(before, o, a).then_some(Request::Sold { right })?;
                match s.stock.checked_sub(u8::from(right)) {
                    Some(left) => s.stock = left,
                    None => s.broken = Some(OVERSOLD),
                }
            }
            Step::Refuses(o, a) => {
                s.at(o, a).request = on_its_way(before, o, a).then_some(Request::Refused)?;
            }
            Step::TailEnds(o, a) => {
                let at = s.attempt(o, a);
                let may = at.due && !at.tail_over && at.request != Request::OnItsWay;
                s.at(o, a).tail_over = may.then_some(true)?;
            }
            Step::Classify(o, a) => s = self.classify(s, o, a)?,
            Step::Look => {
                s.reading = s.stock;
                for (o, a, at) in before.all() {
                    s.at(o, a).seen |= at.tail_over || at.state == A::Answered;
                }
            }
        }
        s.forgets();
        (s != *before).then_some(s)
    }
}

fn on_its_way(s: &Shop, o: usize, a: usize) -> bool {
    s.attempt(o, a).request == Request::OnItsWay
}

impl Bounds {
    /// One transaction: fenced by the claim, from planned, admitted by the stock formula.
    fn permit(&self, s: &mut Shop, w: usize) -> Option<()> {
        let Worker::Claimed(o, a, claim) = s.workers[w] else { return None };
        let (fenced, admitted) = (s.holds(o, a, claim), s.reading > s.taken());
        let planned = s.orders[o].stage == Stage::Planned(a);
        let may = (fenced || !self.keeps("fence"))
            && (planned || !self.keeps("compare-and-set"))
            && (admitted || !self.keeps("stock"));
        s.workers[w] = may.then_some(Worker::Permitted(o, a))?;
        match s.moved(o, News::Permitted).filter(|_| planned) {
            Some(moved) => *s = moved,
            None => s.at(o, a).state = A::Permitted,
        }
        if !fenced {
            s.broken = Some(UNCLAIMED);
        }
        Some(())
    }

    /// Once, by the call that got the permit, while the boot clock says that it is fresh.
    fn send(&self, s: &mut Shop, w: usize) -> Option<()> {
        let (o, a) = match s.workers[w] {
            Worker::Permitted(o, a) => (o, a),
            Worker::Claimed(o, a, _) if !self.keeps("nonce") => (o, a),
            _ => return None,
        };
        let at = s.attempt(o, a);
        let told_to = matches!(s.workers[w], Worker::Permitted(..)) || at.state == A::Permitted;
        let fresh = !at.due || !self.keeps("boot time");
        s.workers[w] = (told_to && fresh).then_some(Worker::Listening(o, a))?;
        match at {
            Attempt { request: Request::None, state: A::Permitted, .. } => {}
            Attempt { request: Request::None, .. } => s.broken = Some(UNPERMITTED),
            _ => s.broken = Some(TWO_REQUESTS),
        }
        s.at(o, a).request = Request::OnItsWay;
        Some(())
    }

    /// What a stored answer does, in time or late.
    fn classify(&self, mut s: Shop, o: usize, a: usize) -> Option<Shop> {
        let (at, v) = (s.attempt(o, a), o * TRIES + a);
        let stored = matches!(at.answer, Answer::NotSent | Answer::Stored);
        s.at(o, a).answer = stored.then_some(Answer::Classified)?;
        let sold = at.answer == Answer::Stored && s.bought(v).is_some();
        match at.state {
            A::Answered => {
                if sold && s.servers[v].is_none() {
                    s.servers[v] = Some((V::Quarantined, o));
                }
                let doubted = at.adopted.filter(|adopted| !sold || *adopted != v);
                let waits = doubted.map(Stage::Verifying) == Some(s.orders[o].stage);
                if waits { s.moved(o, News::Doubted) } else { Some(s) }
            }
            // Live in our books already: a person must look.
            A::Permitted if sold && s.servers[v].is_some() && self.keeps("live") => {
                s.at(o, a).due = true;
                s.moved(o, News::WentUnheard)
            }
            _ if sold && s.servers[v].is_some() && self.keeps("live") => Some(s),
            _ if sold => Some(s.moved(o, News::Answered(a, v)).unwrap_or_else(|| {
                s.at(o, a).state = A::Answered;
                s.servers[v] = Some((V::Quarantined, o));
                s
            })),
            A::Permitted | A::Unheard => match (at.answer, s.next(o)) {
                (Answer::NotSent, Some(next)) => s.moved(o, News::TriedAgain(next)),
                _ => s.moved(o, News::Rejected),
            },
            A::Parked => {
                s.at(o, a).state = A::Denied;
                Some(s)
            }
            _ => Some(s),
        }
    }
}
