//! What one seed chooses: the shop, what the outside world lies about, who comes and when, which
//! buttons staff press, and what strikes. Only data: nothing happens here.

use std::time::Duration;

use domain::money::{Currency, Money};
use domain::order::Remedy;
use domain::quote::Round;
use domain::tax::{Mode, Rate};
use engine::Settings;
use engine::coupon::KindWish;
use engine::remedy::Choice;
use sim::chance::Chance;
use sim::gateway::How;
use sim::smartvps::{Answer, Deed, Lie, Op, Package};

use crate::fault::{Fault, Strike};
use crate::map::Map;
use crate::world;

/// The packages that a shop may have: the blocks are different ones.
const PACKAGES: [(&str, &str); 3] = [("1", "103.181.91"), ("2", "103.182.44"), ("3", "45.67.12")];

/// Points that strikes leave alone: nobody comes to them in these worlds.
const NOT_VISITED: &[&str] = &[
    "account/",
    "account::",
    "alert::",
    "api_key::",
    "cart::",
    "catalogue::",
    "idempotency::",
    "master_key::",
    "notice/target::",
    "second_factor::",
    "session/",
    "session::",
    "recover::",
    "refund_request::",
    "reconcile/watch::",
    "mail/text::",
    "report::",
    "seller::",
    "silence::",
    "switches::",
    "sync::sync_as_shown",
    "take_over::",
];

/// One seed's choices.
#[derive(Clone, Debug)]
pub struct Plan {
    pub seed: u64,
    pub nodes: usize,
    pub packages: Vec<Package>,
    pub settings: Settings,
    pub coupons: Vec<Coupon>,
    /// Where the shop is, and where its buyers are, once they have said so: tax depends on it.
    pub shop_place: Option<&'static str>,
    pub buyers_place: Option<&'static str>,
    /// In so many of a thousand requests.
    pub lies: Vec<(Op, u32, Lie)>,
    pub gateway_lies: Vec<(sim::gateway::Op, u32, sim::gateway::Lie)>,
    pub buyers: Vec<Buyer>,
    pub presses: Vec<Press>,
    pub clashes: Vec<Clash>,
    pub shrinks: Vec<Shrink>,
    pub jumps: Vec<Jump>,
    pub strikes: Vec<Strike>,
}

/// What staff made to take something off.
#[derive(Clone, Copy, Debug)]
pub struct Coupon {
    pub code: &'static str,
    pub kind: KindWish,
    pub uses_max: Option<i64>,
}

/// Somebody who wants one server, or a cart of several.
#[derive(Clone, Debug)]
pub struct Buyer {
    pub arrives_s: u64,
    pub package: &'static str,
    /// So many of another package besides, and of the first one: a cart.
    pub cart: Option<(i64, &'static str)>,
    /// So much is paid into the wallet before, and that way.
    pub tops_up: Option<(i64, How)>,
    /// At most so much of the wallet, in minor units.
    pub from_wallet: Option<i64>,
    pub os: Option<&'static str>,
    pub coupon: Option<&'static str>,
    pub pays: Pays,
    /// So long after the order.
    pub pays_after_s: u64,
    pub cancels_after_s: Option<u64>,
    pub chooses: Option<Choice>,
}

/// How a buyer's money comes.
#[derive(Clone, Copy, Debug)]
pub enum Pays {
    AtTheGateway(How),
    ByReceipt,
    Never,
}

/// Staff press a button.
#[derive(Clone, Debug)]
pub struct Press {
    pub at_s: u64,
    /// Which of the orders that there are then.
    pub which: usize,
    pub button: Button,
}

#[derive(Clone, Copy, Debug)]
pub enum Button {
    Remedy(Remedy),
    /// Gives back so many thousandths of what an order cost.
    PartBack(i64),
    /// Gives up an unheard purchase and buys again.
    GiveUp,
    PauseFor(u64),
    Sync,
}

/// Two people decide about one unheard purchase at the moment when its tail ends: its late answer
/// may come just then.
#[derive(Clone, Copy, Debug)]
pub struct Clash {
    pub from_s: u64,
    pub one: Button,
    pub other: Button,
}

/// The provider's list loses packages for a while, and the shop is made to look.
#[derive(Clone, Debug)]
pub struct Shrink {
    pub at_s: u64,
    pub for_s: u64,
    pub pids: Vec<String>,
}

/// A machine's clock is set wrong.
#[derive(Clone, Copy, Debug)]
pub struct Jump {
    pub at_s: u64,
    pub node: usize,
    pub ahead_ms: i64,
}

impl Plan {
    pub fn of(seed: u64) -> Plan {
        // Not the world's own chance: what happens must not change what was chosen.
        let mut chance = Chance::seeded(seed ^ 0x5EED_0FA5_4709);
        let (sold, packages) = packages(&mut chance);
        let lasts_s = 600 + 60 * chance.below(60) as u64;
        let coupons = coupons(&mut chance);
        let buyers = crowd(&mut chance);
        let buyers = (0..buyers).map(|_| buyer(&mut chance, (sold, &coupons), lasts_s));
        let buyers = buyers.collect::<Vec<_>>();
        let presses = chance.below(2 * buyers.len());
        let nodes = 1 + chance.below(2);
        Plan {
            seed,
            nodes,
            settings: settings(&mut chance),
            coupons,
            shop_place: one(&mut chance, &[None, Some("IN-27")]),
            buyers_place: one(&mut chance, &[None, Some("IN-27"), Some("IN-29"), Some("US")]),
            lies: lies(&mut chance),
            gateway_lies: gateway_lies(&mut chance),
            presses: (0..presses).map(|_| press(&mut chance, lasts_s)).collect(),
            clashes: some(&mut chance, 4, |chance| clash(chance, lasts_s)),
            shrinks: some(&mut chance, 3, |chance| shrink(chance, lasts_s, &packages)),
            jumps: some(&mut chance, 3, |chance| jump(chance, lasts_s, nodes)),
            strikes: strikes(&mut chance),
            packages,
            buyers,
        }
    }
}

fn one<T: Copy>(chance: &mut Chance, of: &[T]) -> T {
    of[chance.below(of.len())]
}

fn up_to(chance: &mut Chance, most: u64) -> u64 {
    chance.roll() % (most + 1)
}

fn some<T>(chance: &mut Chance, most: usize, make: impl Fn(&mut Chance) -> T) -> Vec<T> {
    (0..chance.below(most + 1)).map(|_| make(chance)).collect()
}

/// A few dozen, and in one world of fifty some hundreds.
fn crowd(chance: &mut Chance) -> usize {
    if chance.happens(20) { 100 + chance.below(201) } else { 5 + chance.below(26) }
}

fn clash(chance: &mut Chance, lasts_s: u64) -> Clash {
    let adopt = Button::Remedy(Remedy::Adopt);
    let nothing = Button::Remedy(Remedy::NothingBought);
    let pairs = [
        (Button::Remedy(Remedy::Refund), adopt),
        (nothing, nothing),
        (nothing, adopt),
        (Button::GiveUp, adopt),
        (Button::GiveUp, nothing),
    ];
    let (one, other) = one(chance, &pairs);
    Clash { from_s: up_to(chance, lasts_s), one, other }
}

fn shrink(chance: &mut Chance, lasts_s: u64, packages: &[Package]) -> Shrink {
    let (at_s, for_s) = (up_to(chance, lasts_s), 20 + up_to(chance, 600));
    let gone = packages.iter().filter(|_| chance.happens(600));
    Shrink { at_s, for_s, pids: gone.map(|package| package.pid.clone()).collect() }
}

fn jump(chance: &mut Chance, lasts_s: u64, nodes: usize) -> Jump {
    let hours = one(chance, &[-2_i64, -1, 1, 48]);
    let ahead_ms = hours * (up_to(chance, 3_600_000) as i64);
    Jump { at_s: up_to(chance, lasts_s), node: chance.below(nodes), ahead_ms }
}

/// How many are bought, and all that there are: in some worlds also such as nobody buys, because
/// only a list of many can shrink by much.
fn packages(chance: &mut Chance) -> (usize, Vec<Package>) {
    let mut packages = sold_packages(chance);
    let sold = packages.len();
    if chance.happens(300) {
        let idle = |at: usize| Package::new((100 + at).to_string(), format!("198.51.{at}"), 5);
        packages.extend((0..12).map(idle));
    }
    (sold, packages)
}

fn sold_packages(chance: &mut Chance) -> Vec<Package> {
    let count = 1 + chance.below(PACKAGES.len());
    let package = |(pid, name): &(&str, &str)| {
        let stock = if chance.happens(400) { 60 } else { 1 + chance.below(12) as i64 };
        Package::new(*pid, *name, stock)
    };
    PACKAGES[..count].iter().map(package).collect()
}

fn settings(chance: &mut Chance) -> Settings {
    let budget = if chance.happens(200) { 2_000 } else { 1_000_000 };
    let rate = Rate::basis_points(one(chance, &[0, 500, 1_800, 1_250]));
    Settings {
        tax_rate: rate.unwrap_or_default(),
        tax_mode: one(chance, &Mode::ALL),
        round_totals: one(chance, &[Round::Minor, Round::Major]),
        reserve_for: Duration::from_secs(60 + up_to(chance, 540)),
        look_every: Duration::from_secs(5),
        loss_budget: Some(Money::major(budget, Currency::INR)),
        ..world::settings()
    }
}

/// Most are used up before all who want them have come.
fn coupons(chance: &mut Chance) -> Vec<Coupon> {
    let percent = KindWish::Percent(1 + chance.below(99) as i64);
    let amount = KindWish::Amount(Money::new(1 + chance.below(120_000) as i64, Currency::INR));
    let all = [("PERCENT", percent), ("AMOUNT", amount), ("FREE", KindWish::Free)];
    let some = all.into_iter().filter(|_| chance.happens(300)).collect::<Vec<_>>();
    let made = some.into_iter().map(|(code, kind)| {
        let most = 1 + chance.below(5) as i64;
        let ends = matches!(kind, KindWish::Free) || chance.happens(700);
        Coupon { code, kind, uses_max: ends.then_some(most) }
    });
    made.collect()
}

/// Half of the worlds are mostly honest, some lie in every second purchase.
fn lies(chance: &mut Chance) -> Vec<(Op, u32, Lie)> {
    let scale = one(chance, &[0, 10, 40, 80]);
    let buying = [
        Lie::answering(Answer::Lost),
        Lie::answering(Answer::Lost).without_the_deed(),
        Lie::answering(Answer::Html),
        Lie::answering(Answer::Truncated),
        Lie::answering(Answer::Hang),
        Lie::slow(5_000 + up_to(chance, 70_000)),
        Lie::slow(58_000 + up_to(chance, 4_000)),
        Lie::of(Deed::Fallback),
        Lie::of(Deed::Refuse),
        Lie::of(Deed::NoAddress),
        Lie::of(Deed::TwoNamed),
        Lie::of(Deed::Replay),
        Lie::status(500),
        Lie::status(502).without_the_deed(),
    ];
    let others = [
        (Op::Ipstock, Lie::status(500)),
        (Op::Ipstock, Lie::of(Deed::Stale)),
        (Op::Ipstock, Lie::of(Deed::GarbageRow)),
        (Op::Ipstock, Lie::of(Deed::Vanished)),
        (Op::Status, Lie::status(500)),
        (Op::Status, Lie::of(Deed::SmallerRam)),
        (Op::Status, Lie::of(Deed::OtherAddress)),
        (Op::Changeos, Lie::answering(Answer::Lost)),
        (Op::Changeos, Lie::slow(30_000)),
    ];
    let buying = buying.into_iter().map(|lie| (Op::Buyvps, lie));
    let mut told = Vec::new();
    for (op, lie) in buying.chain(others) {
        let permille = chance.below(scale + 1) as u32;
        told.push((op, permille, lie));
    }
    told
}

fn gateway_lies(chance: &mut Chance) -> Vec<(sim::gateway::Op, u32, sim::gateway::Lie)> {
    use sim::gateway::{Deed, Lie, Op};
    let scale = one(chance, &[0, 50, 150]);
    let lies = [
        (Op::Create, Lie::answering(Answer::Lost)),
        (Op::Create, Lie::status(500).without_the_deed()),
        (Op::Create, Lie::of(Deed::Refuse)),
        (Op::Poll, Lie::of(Deed::Pending)),
        (Op::Poll, Lie::status(500)),
        (Op::Hook, Lie::of(Deed::Nothing)),
        (Op::Hook, Lie::of(Deed::Twice)),
        (Op::Hook, Lie::of(Deed::Forged)),
        (Op::Hook, Lie::of(Deed::OutOfOrder)),
        (Op::Hook, Lie::slow(10_000)),
        (Op::Refund, Lie::answering(Answer::Lost)),
        (Op::Refund, Lie::status(500).without_the_deed()),
        (Op::Refund, Lie::of(Deed::Refuse)),
        (Op::Refund, Lie::of(Deed::Fails)),
        (Op::Look, Lie::status(500)),
    ];
    lies.into_iter().map(|(op, lie)| (op, chance.below(scale + 1) as u32, lie)).collect()
}

fn buyer(chance: &mut Chance, (packages, coupons): (usize, &[Coupon]), lasts_s: u64) -> Buyer {
    let at_the_gateway = [
        How::Pay,
        How::Pay,
        How::Pay,
        How::PaySilently,
        How::PayTwice,
        How::PayLate,
        How::Fail,
        How::FailThenPay,
    ];
    let pays = match chance.below(10) {
        0 => Pays::Never,
        1..=4 => Pays::ByReceipt,
        _ => Pays::AtTheGateway(one(chance, &at_the_gateway)),
    };
    let hesitates_s = one(chance, &[2, 30, 700]);
    let package = |chance: &mut Chance| PACKAGES[chance.below(packages)].1;
    Buyer {
        arrives_s: up_to(chance, lasts_s),
        package: package(chance),
        cart: chance.happens(200).then(|| (1 + chance.below(3) as i64, package(chance))),
        tops_up: chance
            .happens(200)
            .then(|| (50 + chance.below(2_000) as i64, one(chance, &at_the_gateway))),
        from_wallet: chance.happens(250).then(|| 1 + chance.below(300_000) as i64),
        os: chance.happens(150).then_some("ubuntu"),
        coupon: coupons.get(chance.below(1 + 2 * coupons.len())).map(|coupon| coupon.code),
        pays,
        pays_after_s: up_to(chance, hesitates_s),
        cancels_after_s: chance.happens(150).then(|| up_to(chance, 60)),
        chooses: match chance.below(4) {
            0 => Some(Choice::Refund),
            1 => Some(Choice::Wait),
            _ => None,
        },
    }
}

fn press(chance: &mut Chance, lasts_s: u64) -> Press {
    let buttons = [
        Button::Remedy(Remedy::Refund),
        Button::Remedy(Remedy::Reprovision),
        Button::Remedy(Remedy::Reprovision),
        Button::Remedy(Remedy::Adopt),
        Button::Remedy(Remedy::Adopt),
        Button::Remedy(Remedy::NothingBought),
        Button::Remedy(Remedy::Accept),
        Button::PartBack(1 + chance.below(999) as i64),
        Button::GiveUp,
        Button::PauseFor(20 + up_to(chance, 100)),
        Button::Sync,
    ];
    let which = chance.below(1_000);
    Press { at_s: up_to(chance, lasts_s + 120), which, button: one(chance, &buttons) }
}

fn strikes(chance: &mut Chance) -> Vec<Strike> {
    let left_alone = |name: &str| NOT_VISITED.iter().any(|start| name.starts_with(start));
    let map = Map::of_the_engine();
    let points: Vec<_> = map.points.iter().filter(|(name, _)| !left_alone(name)).collect();
    let count = one(chance, &[0, 3, 10, 25]);
    let mut strikes = Vec::new();
    for _ in 0..count {
        let (point, kind) = points[chance.below(points.len())];
        // Early visits are as likely as all the later ones.
        let most = one(chance, &[2, 8, 40]);
        let visit = 1 + chance.below(most) as u32;
        let fault: Fault = one(chance, Fault::at(*kind));
        strikes.push(Strike { point: (*point).to_owned(), visit, fault });
    }
    strikes
}
