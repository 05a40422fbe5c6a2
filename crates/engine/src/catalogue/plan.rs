//! A plan that staff put on the shelf themselves: what a provider without an API sells.
//! Not for changing one: that is `patch.rs`, as for every product.

use domain::block::Cidr;
use domain::id::{PackageId, ProductId};
use domain::money::{Currency, Money};
use domain::package::{Package, Pid, Ram};
use domain::product::{Price, Product};
use domain::stock::Stock;

use super::patch::{self, RamMoney, wrong};
use super::{Rules, Shown, news};
use crate::{Engine, Error, Result, wording};

const DAYS_MAX: i64 = 3_660;

/// What staff enter.
#[derive(Clone, Debug)]
pub struct NewPlan {
    /// What the provider calls it.
    pub name: String,
    /// What customers read; without it they read the name.
    pub display_name: Option<String>,
    /// The provider's own number of it; without one the name stands for it.
    pub pid: Option<String>,
    pub prices: Vec<RamMoney>,
    pub costs: Vec<RamMoney>,
    /// How many there are; nothing where there is no end of them.
    pub stock: Option<i64>,
    /// So many days one is sold for.
    pub days: i64,
    pub cidrs: Vec<String>,
    pub published: bool,
}

/// A plan that could be read.
struct Read {
    name: String,
    display_name: String,
    pid: Pid,
    prices: Vec<Price>,
    stock: i64,
    days: i64,
    cidrs: Vec<Cidr>,
    published: bool,
}

impl Engine {
    /// Puts a plan of a provider without an API on the shelf.
    pub async fn add_plan(&self, provider: &str, plan: NewPlan, actor: &str) -> Result<Shown> {
        let plan = read(plan, self.settings().currency)?;
        let (package, product) = self.on_the_shelf(provider, plan);
        let (provider, actor) = (provider.to_owned(), actor.to_owned());
        self.db()
            .write(move |tx| {
                let seller = tx.lock_by_hand(&provider)?;
                let seller = seller.ok_or_else(|| Error::missing("provider", &provider))?;
                if tx.package_of_pid(&provider, &package.pid)?.is_some() {
                    let text = format!("{} has a plan {} already", seller.name, package.pid);
                    return Err(Error::refused("name-taken", text));
                }
                tx.add_product(&package, &product)?;
                let detail = format!("{} of {}", package.name, seller.name);
                tx.audit(&actor, "add-plan", product.id.as_str(), &detail)?;
                if let Some(text) = news::mismatch(&product, &package) {
                    tx.raise_alert(news::MISMATCH, product.id.as_str(), &text)?;
                }
                let id = product.id.clone();
                tx.product(&id)?.ok_or_else(|| Error::missing("product", id))
            })
            .await
    }

    fn on_the_shelf(&self, provider: &str, plan: Read) -> (Package, Product) {
        let unlimited = plan.stock == Stock::NO_END;
        let stock = if unlimited { 0 } else { plan.stock };
        let package = Package {
            id: PackageId::mint(self.now(), &*self.parts.chance),
            provider: provider.to_owned(),
            pid: plan.pid,
            name: plan.name,
            status: "by hand".into(),
            active: true,
            stock,
            listed_stock: stock,
            warned_at: None,
            missing_since: None,
            unlimited,
            days: plan.days,
        };
        let mut product = Product {
            id: ProductId::mint(self.now(), &*self.parts.chance),
            package: package.id.clone(),
            name: plan.display_name,
            published: plan.published,
            available: true,
            held: None,
            name_confirmed: false,
            prices: plan.prices,
            cidrs: plan.cidrs,
            tags: vec![],
            note: String::new(),
            remark: String::new(),
            version: 1,
        };
        let rules = Rules { warn_at: vec![], disable_at: self.settings().stock_disable_at };
        rules.settle(&mut product, &package, self.now());
        (package, product)
    }
}

fn read(plan: NewPlan, currency: Currency) -> Result<Read> {
    let name = wording::line(&plan.name, "name", patch::NAME_MAX)?;
    let display_name = match &plan.display_name {
        Some(text) => wording::line(text, "displayName", patch::NAME_MAX)?,
        None => name.clone(),
    };
    let pid = plan.pid.as_deref().unwrap_or(&name);
    let pid = Pid::new(pid)
        .ok_or_else(|| wrong(format!("pid: give one of {} letters at most", Pid::LENGTH_MAX)))?;
    if !(1..=DAYS_MAX).contains(&plan.days) {
        return Err(wrong(format!("days: must be a whole number from 1 to {DAYS_MAX}")));
    }
    let prices = patch::moneys(Some(plan.prices), "prices", 1, currency)?;
    let costs = patch::moneys(Some(plan.costs), "costs", 0, currency)?;
    Ok(Read {
        prices: priced(&prices, &costs)?,
        stock: patch::count(plan.stock)?,
        days: plan.days,
        cidrs: patch::cidrs(plan.cidrs)?,
        published: plan.published,
        name,
        display_name,
        pid,
    })
}

type Moneys = [(Ram, Option<Money>)];

fn priced(prices: &Moneys, costs: &Moneys) -> Result<Vec<Price>> {
    let cost_of = |ram: Ram| costs.iter().find(|(known, _)| *known == ram).and_then(|(_, m)| *m);
    let price = |(ram, money): &(Ram, Option<Money>)| {
        let setup = |price: Money| Money::zero(price.currency);
        money.map(|price| Price { ram: *ram, price, setup: setup(price), cost: cost_of(*ram) })
    };
    let mut priced: Vec<Price> = prices.iter().filter_map(price).collect();
    if let Some((ram, _)) = costs.iter().find(|(ram, _)| priced.iter().all(|p| p.ram != *ram)) {
        return Err(wrong(format!("costs.{ram}: the plan has no price for {ram}; add one")));
    }
    if priced.is_empty() {
        return Err(wrong("prices: a plan needs one for some memory"));
    }
    priced.sort_by_key(|price| price.ram);
    Ok(priced)
}
