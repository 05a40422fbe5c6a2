//! How the shop stands at a glance, for staff: what is under way, what is off and why, and orders
//! by stage. Every figure is of what is open, so that it stays cheap however old the shop is.

use domain::clock::Timestamp;
use domain::money::Money;
use store::alert::Named;
use store::glance::Glance;

use crate::Engine;
use crate::error::{Error, Result};
use crate::gateway::DAY;
use crate::switches::Switches;

/// The stages that orders leave again.
pub(crate) const OPEN: [&str; 10] = [
    "unpaid",
    "planned",
    "permitted",
    "unheard",
    "verifying",
    "verified",
    "on_hold",
    "stopped",
    "unrevived",
    "refund_pending",
];

/// All others are on their own page.
const ALERTS_SHOWN: i64 = 8;

#[derive(Clone, Debug)]
pub struct Today {
    /// What is open, counted.
    pub figures: Glance,
    pub quarantine_cost: Money,
    /// The newest troubles that are about no order on the list, each with what people call its
    /// subject; and how many of these there are.
    pub newest_alerts: Vec<Named>,
    pub open_alerts: i64,
    pub provider: &'static str,
    /// Why purchases at the provider are paused.
    pub paused: Option<String>,
    pub over_budget: Option<String>,
    pub latched: Option<String>,
    pub selling_stopped: Option<String>,
    /// Staff must have a second factor.
    pub staff_second_factor: bool,
    pub now: Timestamp,
}

impl Engine {
    pub async fn today(&self) -> Result<Today> {
        let (engine, currency) = (self.clone(), self.settings().currency);
        let gateways = self.gateways_on();
        self.db()
            .read(move |tx| {
                let provider = engine.parts.provider.id;
                let since = tx.now()? - DAY;
                let figures = tx.glance(&OPEN, (&gateways, since))?;
                let (newest_alerts, open_alerts) = tx.open_alerts_beside_the_list(ALERTS_SHOWN)?;
                let switches = Switches::read(tx)?;
                let machine = figures.providers.iter().find(|one| one.id == provider);
                Ok::<_, Error>(Today {
                    quarantine_cost: Money::new(figures.strays.1, currency),
                    paused: machine.and_then(|machine| machine.paused.clone()),
                    figures,
                    newest_alerts,
                    open_alerts,
                    provider,
                    over_budget: engine.over_budget_since(tx, switches.budget_lifted_at)?,
                    latched: switches.latched,
                    selling_stopped: switches.selling_stopped,
                    staff_second_factor: switches.staff_second_factor,
                    now: tx.now()?,
                })
            })
            .await
    }

    /// The provider's name in our books.
    pub fn provider(&self) -> &'static str {
        self.parts.provider.id
    }

    /// When the last sync finished.
    pub async fn synced_at(&self) -> Result<Option<Timestamp>> {
        let provider = self.parts.provider.id;
        let pointers = self.db().read(move |tx| tx.pointers(provider)).await?;
        Ok(pointers.and_then(|pointers| pointers.sync_at))
    }

    /// Whether the provider's stock was told recently enough to sell by it.
    pub async fn is_stock_confirmed(&self) -> Result<bool> {
        let (provider, valid_for) = (self.parts.provider.id, self.settings().reading_valid_for());
        let told =
            self.db().read(move |tx| Ok::<_, Error>((tx.pointers(provider)?, tx.now()?))).await?;
        let (pointers, now) = told;
        Ok(pointers.is_some_and(|pointers| now.since(pointers.reading_stored_at) <= valid_for))
    }
}
