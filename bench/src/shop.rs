//! A whole engine over one database and the simulated upstream, joined as the program joins it.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use domain::clock::Clock;
use domain::id::{AccountId, NodeId, ProductId};
use engine::account::NewAccount;
use engine::checkout::NewOrder;
use engine::pay::Receipt;
use engine::permission::Role;
use engine::secret::Secret;
use engine::{Engine, Parts, Provider, Settings};
use store::db::Db;
use store::order::Order;
use upstream::smartvps::SmartVps;

use crate::child::Simulator;
use berth::machine::Machine;

/// The one customer, and the password of everybody.
pub const CUSTOMER: &str = "ada@example.org";
pub const PASSWORD: &str = "correct horse battery";

pub struct Shop {
    pub engine: Engine,
    pub customer: AccountId,
    pub products: Vec<ProductId>,
    _journal: tempfile::TempDir,
}

/// The engine alone, before it has read any catalogue.
pub fn engine(db: Arc<Db>, simulator: &Simulator) -> Result<(Engine, tempfile::TempDir)> {
    let journal = tempfile::tempdir()?;
    let url = url::Url::parse(&simulator.url)?;
    let account = upstream::smartvps::Settings::new(url, "berth".into(), "simulated".into());
    let parts = Parts {
        db,
        seal: store::seal::Seal::new([7; 32]),
        clock: Arc::new(Machine),
        boot: Arc::new(Machine),
        chance: Arc::new(Machine),
        provider: Provider { id: "smartvps", upstream: Arc::new(SmartVps::new(account)?) },
        gateways: vec![],
        mail: None,
        notices: None,
        host: None,
        settings: Settings { reserve_max: 1_000_000, ..Settings::defaults() },
        node: NodeId::mint(Machine.now(), &Machine),
        journal: Some(journal.path().to_owned()),
    };
    Ok((Engine::new(parts), journal))
}

impl Shop {
    /// Opens with a catalogue and one customer; workers run.
    pub async fn open(db: Arc<Db>, simulator: &Simulator) -> Result<Shop> {
        let (engine, journal) = engine(db, simulator)?;
        engine.sync().await?;
        let new = NewAccount {
            email: CUSTOMER.into(),
            name: "Ada".into(),
            role: Role::Customer,
            password: Secret::new(PASSWORD.to_owned()),
        };
        let customer = engine.add_account(new, "bench").await?;
        let products: Vec<ProductId> =
            engine.shop(None, 1_000).await?.into_iter().map(|shown| shown.product.id).collect();
        let workers = engine.clone();
        #[allow(clippy::disallowed_methods, reason = "it runs until the process ends")]
        tokio::spawn(async move { workers.work().await });
        // Its first tick must not count as somebody's order.
        tokio::time::sleep(Duration::from_millis(100)).await;
        Ok(Shop { engine, customer, products, _journal: journal })
    }

    pub async fn order(&self, nth: usize) -> Result<Order> {
        let product = self.products.get(nth % self.products.len().max(1)).context("no product")?;
        let wish = NewOrder {
            account: self.customer.clone(),
            product: product.clone(),
            memory: "8GB".into(),
            os: None,
            coupon: None,
            payment_method: None,
            from_wallet: None,
        };
        Ok(self.engine.create_order(wish).await?.0)
    }

    pub async fn pay(&self, order: &Order) -> Result<Order> {
        let receipt =
            Receipt { amount: order.sold.quote.total, reference: format!("utr-{}", order.id) };
        Ok(self.engine.mark_paid(&order.id, receipt, "bench").await?)
    }
}
