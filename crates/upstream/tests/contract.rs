//! What every adapter promises, over real HTTP, against a provider that can be told to lie.
//! A new adapter implements `Provider` here and passes the same `contract`.

// A panic in a helper is the verdict of its test.
#![allow(clippy::unwrap_used)]

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use domain::os::Os;
use domain::package::Ram;
use sim::smartvps::{Config, Lie, Op, Package, Sim};
use upstream::smartvps::{Settings, SmartVps};
use upstream::{
    Answer, BootClock, Fault, Guard, Meaning, Operation, OperationKind, OperationMeaning, Outcome,
    Power, Purchase, Upstream,
};

/// What becomes of a purchase at the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Honest,
    OtherPackage,
    LostAnswer,
    Truncated,
    Html,
    Garbage,
    Empty,
    SoldButServerError,
    UnsoldAndServerError,
    Redirect,
    NeverAnswered,
    TwoNamed,
    NoneNamed,
    ProvenRefusal,
    UnknownRefusal,
    Unauthorized,
}

/// An adapter, and the hand on the simulated provider behind it.
trait Provider {
    fn adapter(&self) -> &dyn Upstream;
    /// A package with enough to sell.
    fn package(&self) -> &str;
    fn next_purchase_meets(&self, fate: Fate);
    fn next_list_is_unreadable(&self);
    /// Requests of any kind that carried this permit.
    fn requests(&self, permit: &str) -> u64;
    /// Addresses that were sold to us, whatever we were told.
    fn sold(&self) -> Vec<Ipv4Addr>;
}

struct SimulatedSmartVps {
    sim: Sim,
    adapter: SmartVps,
}

impl SimulatedSmartVps {
    const PACKAGE: &str = "103.181.91";

    async fn start() -> SimulatedSmartVps {
        let other = Package::new("8", "103.182.44", 50);
        let packages = vec![Package::new("6", Self::PACKAGE, 200), other];
        let config = Config::with(packages);
        let account = config.credentials.clone().unwrap();
        let sim = Sim::start(config).await.unwrap();
        let url = sim.url().parse().unwrap();
        let settings = Settings::new(url, account.username, account.password);
        SimulatedSmartVps { sim, adapter: SmartVps::new(settings).unwrap() }
    }
}

impl Provider for SimulatedSmartVps {
    fn adapter(&self) -> &dyn Upstream {
        &self.adapter
    }

    fn package(&self) -> &str {
        Self::PACKAGE
    }

    fn next_purchase_meets(&self, fate: Fate) {
        let name = match fate {
            Fate::Honest => return,
            Fate::OtherPackage => "fallback",
            Fate::LostAnswer => "lost-answer",
            Fate::Truncated => "truncated",
            Fate::Html => "html",
            Fate::Garbage => "garbage",
            Fate::Empty => "empty",
            Fate::SoldButServerError => "sold-502",
            Fate::UnsoldAndServerError => "unsold-500",
            Fate::Redirect => "redirect",
            Fate::NeverAnswered => "hang",
            Fate::TwoNamed => "two-addresses",
            Fate::NoneNamed => "no-address",
            Fate::ProvenRefusal => "refusal",
            Fate::UnknownRefusal => "unknown-error",
            Fate::Unauthorized => "unauthorized",
        };
        self.sim.next(Op::Buyvps, Lie::named(name).unwrap());
    }

    fn next_list_is_unreadable(&self) {
        self.sim.next(Op::Ipstock, Lie::named("stock-garbage-row").unwrap());
    }

    fn requests(&self, permit: &str) -> u64 {
        self.sim.requests_per_permit().get(permit).copied().unwrap_or(0)
    }

    fn sold(&self) -> Vec<Ipv4Addr> {
        self.sim.sold().into_iter().map(|sold| sold.address).collect()
    }
}

/// A boot clock that stands still.
struct Still;

impl BootClock for Still {
    fn since_boot(&self) -> Duration {
        Duration::from_secs(1_000)
    }
}

fn guard(age: Duration) -> Guard {
    Guard {
        boot: Arc::new(Still),
        asked_at: Duration::from_secs(1_000) - age,
        patience: Duration::from_secs(5),
        listen_for: Duration::from_secs(20),
    }
}

fn fresh() -> Guard {
    guard(Duration::from_secs(1))
}

async fn buy(provider: &dyn Provider, permit: &str, guard: Guard) -> Outcome {
    let package_name = provider.package().to_owned();
    let purchase = Purchase { permit: permit.to_owned(), package_name, ram: Ram::gb(8) };
    let line = provider.adapter().connect().await.unwrap();
    let outcome = line.buy(&purchase, guard).await;
    let again = provider.adapter().purchase_meaning(&outcome.answer);
    assert_eq!(again, outcome.meaning, "the meaning is a function of the answer");
    outcome
}

/// Everything that an adapter promises.
async fn contract(provider: &dyn Provider) {
    the_list_names_the_package(provider).await;
    silence_costs_nothing(provider).await;
    an_honest_sale_is_heard(provider).await;
    every_other_fate_has_its_meaning(provider).await;
    an_old_permit_buys_nothing(provider).await;
    operations_need_an_explicit_yes(provider).await;
}

async fn the_list_names_the_package(provider: &dyn Provider) {
    let listing = provider.adapter().packages().await.unwrap();
    let named = |name: &str| listing.rows.iter().filter(|row| row.name == name).count();
    assert_eq!(named(provider.package()), 1);
    assert!(!listing.raw.is_empty());
    provider.next_list_is_unreadable();
    let fault = provider.adapter().packages().await.unwrap_err();
    assert!(matches!(fault, Fault::Unreadable { .. }), "{fault:?}");
}

async fn silence_costs_nothing(provider: &dyn Provider) {
    for _ in 0..3 {
        drop(provider.adapter().connect().await.unwrap());
    }
    assert!(provider.sold().is_empty());
}

async fn an_honest_sale_is_heard(provider: &dyn Provider) {
    provider.next_purchase_meets(Fate::Honest);
    let outcome = buy(provider, "honest", fresh()).await;
    let sold = provider.sold();
    assert_eq!(outcome.meaning, Meaning::Sold(sold[0]));
    assert_eq!((sold.len(), provider.requests("honest")), (1, 1));
    let server = provider.adapter().describe(sold[0]).await.unwrap();
    assert_eq!(server.address, Some(sold[0]));
    assert_eq!((server.ram, server.power), (Some(Ram::gb(8)), Power::Running));
    assert!(server.exists && server.password.is_some() && server.expires_at.is_some());
}

/// What the meaning of a fate must be. Only an explicit yes and an explicit no are more than
/// "we do not know".
fn is_right(fate: Fate, meaning: &Meaning) -> bool {
    match fate {
        Fate::Honest | Fate::OtherPackage => matches!(meaning, Meaning::Sold(_)),
        Fate::ProvenRefusal => matches!(meaning, Meaning::Rejected { transient: false, .. }),
        Fate::Unauthorized => matches!(meaning, Meaning::Unauthorized { .. }),
        _ => matches!(meaning, Meaning::Unheard { .. }),
    }
}

async fn every_other_fate_has_its_meaning(provider: &dyn Provider) {
    for fate in [
        Fate::OtherPackage,
        Fate::LostAnswer,
        Fate::Truncated,
        Fate::Html,
        Fate::Garbage,
        Fate::Empty,
        Fate::SoldButServerError,
        Fate::UnsoldAndServerError,
        Fate::Redirect,
        Fate::NeverAnswered,
        Fate::TwoNamed,
        Fate::NoneNamed,
        Fate::ProvenRefusal,
        Fate::UnknownRefusal,
        Fate::Unauthorized,
    ] {
        provider.next_purchase_meets(fate);
        let permit = format!("{fate:?}");
        let patience = match fate {
            Fate::NeverAnswered => Guard { listen_for: Duration::from_millis(200), ..fresh() },
            _ => fresh(),
        };
        let outcome = buy(provider, &permit, patience).await;
        assert!(is_right(fate, &outcome.meaning), "{fate:?}: {outcome:?}");
        assert_eq!(provider.requests(&permit), 1, "{fate:?}");
    }
}

async fn an_old_permit_buys_nothing(provider: &dyn Provider) {
    let before = provider.sold().len();
    let outcome = buy(provider, "old", guard(Duration::from_secs(6))).await;
    assert!(matches!(outcome.answer, Answer::NotSent { .. }), "{outcome:?}");
    assert!(matches!(outcome.meaning, Meaning::NotSent { .. }), "{outcome:?}");
    assert_eq!((provider.sold().len(), provider.requests("old")), (before, 0));
}

async fn operations_need_an_explicit_yes(provider: &dyn Provider) {
    let ours = provider.sold()[0];
    let nobodys = Ipv4Addr::new(203, 0, 113, 7);
    let os = OperationKind::ChangeOs(Os::Ubuntu22);
    let kinds = [OperationKind::Stop, OperationKind::Start, os, OperationKind::Format];
    for (nth, kind) in kinds.into_iter().chain([OperationKind::Renew]).enumerate() {
        for (address, whose) in [(ours, "ours"), (nobodys, "nobodys")] {
            let permit = format!("{whose}-{nth}");
            let operation = Operation { permit: permit.clone(), address, kind };
            let line = provider.adapter().connect().await.unwrap();
            let answer = line.operate(&operation, fresh()).await;
            let done = provider.adapter().operation_meaning(&answer) == OperationMeaning::Done;
            assert_eq!(done, address == ours, "{kind:?}: {answer:?}");
            assert_eq!(provider.requests(&permit), 1);
        }
    }
    let server = provider.adapter().describe(ours).await.unwrap();
    assert_eq!(server.os, Some(Os::Ubuntu22));
    assert!(provider.adapter().describe(nobodys).await.is_err());
}

#[tokio::test]
async fn smartvps_keeps_the_contract() {
    contract(&SimulatedSmartVps::start().await).await;
}

#[tokio::test]
async fn smartvps_keeps_the_contract_in_every_encoding() {
    let provider = SimulatedSmartVps::start().await;
    provider.sim.set(|settings| settings.mixed_encodings = true);
    contract(&provider).await;
}
