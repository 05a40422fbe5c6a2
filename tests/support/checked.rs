//! The checker beside a test's shop: it looks at the database, at what the upstream sold and at
//! what the gateway took, whatever a test was about.

use std::sync::atomic::Ordering;

use sim::checker::{self, Evidence, Phase, Rules, Snapshot, Violation};
use sim::{gateway, smartvps};
use store::db::Place;

use super::TestShop;

/// All that the checker looks at, taken from a running shop.
pub struct Checked {
    pub snapshot: Snapshot,
    pub upstream: smartvps::Record,
    pub gateway: gateway::Record,
    pub now_us: i64,
    pub rules: Rules,
}

impl Checked {
    pub fn evidence(&self) -> Evidence<'_> {
        Evidence {
            upstream: Some(&self.upstream),
            gateway: Some(&self.gateway),
            now_us: Some(self.now_us),
            rules: self.rules.clone(),
            ..Evidence::of(&self.snapshot)
        }
    }

    /// The same with nothing on its way.
    pub fn quiet(&self) -> Evidence<'_> {
        Evidence { phase: Phase::Quiet { since_us: self.now_us }, ..self.evidence() }
    }
}

impl TestShop {
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// This test breaks the books itself, or makes rows that no shop makes: the checker would
    /// rightly say so at the end.
    pub fn sabotaged(&self) {
        self.is_sabotaged.store(true, Ordering::Relaxed);
    }

    pub async fn looked_at(&self) -> Checked {
        let upstream = self.upstream.record();
        let snapshot = match &self.place {
            Place::File(path) => Snapshot::read_sqlite(path),
            Place::Url(url) => Snapshot::read_postgres(&url.0, None).await,
        };
        let settings = self.engine.settings();
        let budget = settings.loss_budget.as_ref();
        Checked {
            snapshot: snapshot.unwrap(),
            upstream,
            gateway: self.gateway.record(),
            now_us: self.db.read(|tx| tx.now()).await.unwrap().as_micros(),
            rules: Rules {
                stock_buffer: settings.stock_buffer,
                loss_budget: budget.map(|money| (money.minor, money.currency.code().to_owned())),
                gateway: super::booked_as(self.gateway.tongue()),
                ..Rules::default()
            },
        }
    }

    /// Every invariant holds, with nothing on its way.
    pub async fn invariants_hold(&self) {
        let looked = self.looked_at().await;
        let found = checker::check(&looked.quiet());
        assert!(found.is_empty(), "{}", told(&found));
    }

    /// Every promise ends with a look by the checker, on a thread of its own: a drop cannot wait.
    pub(super) fn check_at_the_end(&self) {
        if std::thread::panicking() || self.is_sabotaged.load(Ordering::Relaxed) {
            return;
        }
        let found = std::thread::scope(|scope| {
            let look = scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                let looked = runtime.unwrap().block_on(self.looked_at());
                checker::check(&looked.evidence())
            });
            look.join().unwrap()
        });
        assert!(found.is_empty(), "{}", told(&found));
    }
}

pub fn told(found: &[Violation]) -> String {
    found.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}
