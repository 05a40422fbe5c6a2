//! The catalogue as the shop shows it and as staff keep it: names, prices, ranges, links, holds.
//! What the provider says comes in through `sync.rs`.

use domain::catalogue::Rules;
use domain::id::{PackageId, ProductId};
use domain::package::{Package, Pid};
use store::db::Tx;

use crate::sync::news;
use crate::wording;
use crate::{Engine, Error, Result};

mod dossier;
mod patch;
mod plan;

pub use dossier::{Dossier, Due, HISTORY_DAYS, Shelf};
pub use patch::{ProductPatch, RamMoney};
pub use plan::NewPlan;
pub use store::catalogue::{Namesake, Shown, StockHour, Which};

use patch::Wish;

/// A product as a change left it.
#[derive(Clone, Debug)]
pub struct Changed {
    pub shown: Shown,
    /// What staff should know, and what does not stand in the way.
    pub warnings: Vec<String>,
    /// Where the change says which addresses are promised: other packages that promise some of
    /// the same. They may drain one pool; servers of either pass for servers of the other.
    pub siblings: Vec<Package>,
}

impl Engine {
    /// A page of what the shop shows, by name: published products, on sale or not.
    pub async fn shop(&self, after: Option<ProductId>, limit: i64) -> Result<Vec<Shown>> {
        Ok(self.db().read(move |tx| tx.list_shop(after.as_ref(), limit)).await?)
    }

    /// A page of all products, by name, for staff.
    pub async fn list_products(&self, after: Option<ProductId>, limit: i64) -> Result<Vec<Shown>> {
        Ok(self.db().read(move |tx| tx.list_products(after.as_ref(), limit)).await?)
    }

    /// As `list_products`, of those that staff look for; with the names among them that stand more
    /// than once in the catalogue.
    pub async fn find_products(
        &self,
        (which, text): (Which, &str),
        after: Option<ProductId>,
        limit: i64,
    ) -> Result<(Vec<Shown>, Vec<String>)> {
        let text: String = text.trim().chars().take(patch::NAME_MAX).collect();
        Ok(self
            .db()
            .read(move |tx| {
                let found = tx.find_products(which, &text, after.as_ref(), limit)?;
                let names: Vec<&str> = found.iter().map(|shown| &*shown.product.name).collect();
                let repeated = tx.names_that_repeat(&names)?;
                Ok::<_, store::db::StoreError>((found, repeated))
            })
            .await?)
    }

    pub async fn product(&self, id: &ProductId) -> Result<Shown> {
        let wanted = id.clone();
        let found = self.db().read(move |tx| tx.product(&wanted)).await?;
        found.ok_or_else(|| Error::missing("product", id))
    }

    /// A number that grows with every change of what the shop shows. Cheap to ask for.
    pub async fn catalogue_version(&self) -> Result<i64> {
        Ok(self.db().read(|tx| tx.catalogue_version()).await?)
    }

    /// Whether people are told that few are left.
    pub fn is_low(&self, package: &Package) -> bool {
        let levels = &self.settings().stock_warn_at;
        levels.iter().max().is_some_and(|level| package.left() <= *level)
    }

    /// Changes a product as staff wish, all of it or nothing.
    pub async fn change_product(
        &self,
        id: &ProductId,
        patch: ProductPatch,
        actor: &str,
    ) -> Result<Changed> {
        let wish = Wish::read(patch, self.settings().currency)?;
        let says_ranges = wish.pid.is_some() || wish.cidrs.is_some();
        let (engine, id, actor) = (self.clone(), id.clone(), actor.to_owned());
        let change = move |tx: &mut Tx<'_>| engine.change_within(tx, &id, &wish, &actor);
        let shown = self.db().write(change).await?;
        // Servers on hold may be checked again now.
        self.hub().wake();
        let warnings = news::mismatch(&shown.product, &shown.package).into_iter().collect();
        let siblings = match says_ranges {
            true => self.siblings(&shown).await?,
            false => vec![],
        };
        Ok(Changed { shown, warnings, siblings })
    }

    /// What products are called, in the order of names: to choose one from.
    pub async fn product_names(&self, limit: i64) -> Result<Vec<(ProductId, String)>> {
        Ok(self.db().read(move |tx| tx.product_names(limit)).await?)
    }

    /// What can be bought instead of something else: the packages that products are bought as, each
    /// with its stock.
    pub async fn packages_to_buy(&self, limit: i64) -> Result<Vec<(String, i64)>> {
        let provider = self.parts.provider.id;
        Ok(self.db().read(move |tx| tx.packages_to_buy(provider, limit)).await?)
    }

    /// The package that a product would be bought as, by its number. Nothing is changed.
    pub async fn package_to_link(&self, id: &ProductId, pid: &str) -> Result<Package> {
        let (id, pid) = (id.clone(), patch::pid(pid)?);
        self.db().read(move |tx| package_to_link(tx, &id, &pid)).await
    }

    /// Lets a held product go, because a person has looked. What is still doubtful in the
    /// provider's list is held again by the next sync.
    pub async fn lift_hold(&self, id: &ProductId, reason: &str, actor: &str) -> Result<Shown> {
        let (engine, id, actor) = (self.clone(), id.clone(), actor.to_owned());
        let reason = wording::reason(reason)?;
        let lift = move |tx: &mut Tx<'_>| {
            let mut shown = locked(tx, &id, &[])?;
            let Some(held) = shown.product.held.take() else {
                let text = format!("{} is not held", shown.product.name);
                return Err(Error::refused("not-now", text));
            };
            patch::promises(&shown, "the hold")?;
            let why = format!("{}: {reason}", held.as_str());
            engine.write_product(tx, &mut shown, (&actor, "lift-hold", &why))?;
            Ok(shown)
        };
        self.db().write(lift).await
    }

    fn change_within(
        &self,
        tx: &mut Tx<'_>,
        id: &ProductId,
        wish: &Wish,
        actor: &str,
    ) -> Result<Shown> {
        let target = match &wish.pid {
            None => None,
            Some(pid) => Some(package_to_link(tx, id, pid)?),
        };
        let target_id: Vec<PackageId> = target.iter().map(|package| package.id.clone()).collect();
        let mut shown = locked(tx, id, &target_id)?;
        if wish.version.is_some_and(|version| version != shown.product.version) {
            let text = "the product was changed by somebody else meanwhile; look again";
            return Err(Error::refused("stale-version", text));
        }
        // Read again under the lock: a sync may have found it sold out meanwhile.
        let target = target.map_or(Ok(None), |package| tx.package(&package.id))?;
        let before = shown.clone();
        wish.apply(&mut shown, target)?;
        if shown == before {
            return Ok(shown);
        }
        let prices_changed = shown.product.prices != before.product.prices;
        let detail = patch::differences(&before, &shown);
        if shown.product.cidrs != before.product.cidrs {
            self.amend_open_orders(tx, &shown, actor)?;
        }
        self.write_product(tx, &mut shown, (actor, "change-product", &detail))?;
        if shown.package.id != before.package.id {
            news::tell_relinked(tx, &shown, &self.settings().stock_warn_at)?;
        }
        if prices_changed {
            tx.change_prices(&shown.product)?;
        }
        if shown.package.left() != before.package.left() && shown.package.id == before.package.id {
            tx.set_count(&shown.package.id, shown.package.left())?;
        }
        Ok(shown)
    }

    /// Writes a product back as a person left it: judged anew, told and noted down.
    fn write_product(
        &self,
        tx: &mut Tx<'_>,
        shown: &mut Shown,
        deed: (&str, &str, &str),
    ) -> Result<()> {
        let settings = self.settings();
        let rules = Rules {
            warn_at: settings.stock_warn_at.clone(),
            disable_at: settings.stock_disable_at,
        };
        let now = tx.now()?;
        rules.settle(&mut shown.product, &shown.package, now);
        shown.available = shown.product.available && !shown.package.is_sold_out();
        let (actor, action, detail) = deed;
        let id = shown.product.id.to_string();
        tx.audit(actor, action, &id, detail)?;
        if shown.product.held.is_none() {
            let settled = news::SETTLED_BY_STAFF.map(|kind| (kind.to_owned(), id.clone()));
            tx.resolve_alerts(&settled)?;
        }
        match news::mismatch(&shown.product, &shown.package) {
            Some(text) => tx.raise_alert(news::MISMATCH, &id, &text)?,
            None => tx.resolve_alert(news::MISMATCH, &id)?,
        }
        tx.change_product(&shown.product, &shown.package.provider)?;
        shown.product.version += 1;
        Ok(())
    }

    /// Other packages that promise some of the addresses that this product promises.
    async fn siblings(&self, shown: &Shown) -> Result<Vec<Package>> {
        let promise = shown.product.promise(&shown.package);
        let (provider, own) = (shown.package.provider.clone(), shown.package.id.clone());
        let known = self.db().read(move |tx| tx.load_catalogue(&provider)).await?;
        let overlaps = |known: &domain::catalogue::Known| {
            let package = &known.package;
            let others = known.products.iter().map(|product| product.promise(package));
            package.id != own && others.into_iter().any(|other| promise.overlaps(&other))
        };
        Ok(known.into_iter().filter(overlaps).map(|known| known.package).collect())
    }
}

/// The package with this number of whoever sells the product now.
fn package_to_link(tx: &mut Tx<'_>, id: &ProductId, pid: &Pid) -> Result<Package> {
    let shown = tx.product(id)?.ok_or_else(|| Error::missing("product", id))?;
    let provider = &shown.package.provider;
    tx.package_of_pid(provider, pid)?.ok_or_else(|| {
        let what = if shown.package.is_by_hand() { "add it" } else { "sync" };
        patch::wrong(format!("pid: {provider} lists no package {pid}; {what} first"))
    })
}

/// A product under the lock of its package and of others, so that no sync and no order is
/// between reading and writing it. Packages come first, as in every transaction.
fn locked(tx: &mut Tx<'_>, id: &ProductId, others: &[PackageId]) -> Result<Shown> {
    let missing = || Error::missing("product", id);
    let package = tx.product(id)?.ok_or_else(missing)?.package.id;
    let mut packages = others.to_vec();
    packages.push(package.clone());
    tx.lock_packages(&packages)?;
    let shown = tx.lock_product(id)?.ok_or_else(missing)?;
    if shown.package.id != package {
        let text = "the product was relinked by somebody else meanwhile; look again";
        return Err(Error::refused("stale-version", text));
    }
    Ok(shown)
}
