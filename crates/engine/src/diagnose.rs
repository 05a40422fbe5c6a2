//! The diagnosis of one order: what was sold, what is configured, what the provider lists and what
//! was assigned, side by side; by its list of now, or by the newest one that is kept. Staff alone
//! see it; it changes nothing.

use std::net::Ipv4Addr;

use domain::catalogue::List;
use domain::clock::Timestamp;
use domain::diagnosis::{self, Facts};
use domain::id::{OrderId, ProductId};
use domain::order::seen::{Back, Paying};
use domain::order::{Seen, Terms};
use domain::package::{Listed, Pid, Ram};
use store::catalogue::Shown;
use store::db::Tx;

use crate::Engine;
use crate::error::{Error, Result};
use crate::read::AdminOrder;
use crate::read::order::lookup_named;

/// So many rows of the provider's list are laid beside an order.
const LISTED_MAX: usize = 1_000;

#[derive(Clone, Debug)]
pub struct Diagnosis {
    pub order: Diagnosed,
    /// What the order's product is today; nothing when it is gone.
    pub entry: Option<Entry>,
    /// The provider's row of the configured PID; nothing also when it could not be asked.
    pub api_package: Option<Listed>,
    /// Nothing when the provider could not be asked.
    pub api_package_found: Option<bool>,
    pub diagnosis: diagnosis::Diagnosis,
    /// Other entries with the same display name or PID.
    pub duplicates: Vec<Entry>,
    /// Active rows of the provider's list; nothing when it could not be asked.
    pub all_available_packages: Option<Vec<Listed>>,
    /// Why the provider could not be asked.
    pub api_error: Option<String>,
}

/// The order's own side.
#[derive(Clone, Debug)]
pub struct Diagnosed {
    pub id: OrderId,
    pub number: String,
    pub product_name: String,
    /// `ipStockId` outside.
    pub product: ProductId,
    /// The provider's number that was sold, and the addresses, in words.
    pub pid: Pid,
    pub promise: String,
    pub memory: Ram,
    /// The newest server's address, delivered or not.
    pub provisioned_ip: Option<Ipv4Addr>,
    pub seen: Seen,
}

/// An entry of the shop and the package that it is bought as.
#[derive(Clone, Debug)]
pub struct Entry {
    pub id: ProductId,
    pub display_name: String,
    pub provider: String,
    pub available: bool,
    pub pid: Pid,
    pub package_name: String,
}

/// What our books say, as one transaction saw it.
struct Stored {
    order: Diagnosed,
    terms: Terms,
    shown: Option<Shown>,
    duplicates: Vec<Shown>,
}

/// A diagnosis by what is kept, and of when the list is that it looked at.
#[derive(Clone, Debug)]
pub struct Kept {
    pub diagnosis: Diagnosis,
    pub listed_at: Option<Timestamp>,
}

impl Engine {
    /// Compares one order, named by its id or number, with everything that is known of it.
    pub async fn diagnose(&self, name: &str) -> Result<Diagnosis> {
        let wanted = name.trim().to_owned();
        let stored = self.db().read(move |tx| read_stored(tx, &wanted)).await?;
        let (list, api_error) = match stored.terms.is_by_hand() {
            // There is nobody to ask: what staff entered is all that is known.
            true => (None, None),
            false => match self.parts.provider.upstream.packages().await {
                Ok(listing) => (Some(List::of(listing.rows)), None),
                Err(fault) => (None, Some(fault.to_string())),
            },
        };
        let found = put_together(stored, list.as_ref(), api_error);
        let (number, issue) = (&found.order.number, &found.diagnosis.issue);
        tracing::info!("[SMARTVPS] diagnosis of {number}: {issue}");
        Ok(found)
    }

    /// As `diagnose`, by what is kept: nobody is asked for anything.
    pub async fn diagnose_kept(&self, all: &AdminOrder) -> Result<Kept> {
        let view = &all.view;
        let product = view.product.clone();
        let (shown, duplicates) = self.db().read(move |tx| tx.product_and_likes(&product)).await?;
        let terms = all.amendments.last().map_or(&all.frozen.terms, |agreed| &agreed.terms);
        let newest = all.newest_list.as_ref().filter(|_| !all.is_by_hand);
        let list = match newest {
            Some(newest) => self.kept_list(newest).await?,
            None => None,
        };
        let order = Diagnosed {
            id: view.id.clone(),
            number: view.number.clone(),
            product_name: view.product_name.clone(),
            product: view.product.clone(),
            pid: view.pid.clone(),
            promise: view.promise.clone(),
            memory: view.memory,
            provisioned_ip: all.servers.last().map(|server| server.address),
            seen: view.seen,
        };
        let stored = Stored { order, terms: terms.clone(), shown, duplicates };
        Ok(Kept {
            listed_at: list.as_ref().and(newest).map(|newest| newest.stored_at),
            diagnosis: put_together(stored, list.as_deref(), None),
        })
    }
}

fn read_stored(tx: &mut Tx<'_>, name: &str) -> Result<Stored> {
    let order = lookup_named(tx, name)?.ok_or_else(|| Error::missing("order", name))?;
    let amendment = tx.latest_amendment(&order)?;
    let (terms, product_name) = match amendment {
        Some(amendment) => (amendment.terms, amendment.product_name),
        None => (order.sold.terms.clone(), order.sold.product_name.clone()),
    };
    // An amendment names a package; the product is then one that is bought as it.
    let moved = terms.package != order.sold.terms.package;
    let shown = match tx.products_of_package(&terms.package)? {
        mut others if moved && !others.is_empty() => Some(others.remove(0)),
        _ => tx.product(&order.sold.product)?,
    };
    let duplicates = match &shown {
        Some(shown) => tx.products_like(&shown.product)?,
        None => Vec::new(),
    };
    let product = shown.as_ref().map_or(&order.sold.product, |shown| &shown.product.id).clone();
    let address = tx.servers(&order.id)?.pop().map(|server| server.address);
    let order = Diagnosed {
        // Payments do not matter to what is compared here.
        seen: Seen::of(&order.standing, Paying::NotStarted, Back::Nothing),
        id: order.id,
        number: order.number,
        product_name,
        product,
        pid: terms.pid.clone(),
        promise: terms.promise().to_string(),
        memory: terms.ram,
        provisioned_ip: address,
    };
    Ok(Stored { order, terms, shown, duplicates })
}

fn put_together(stored: Stored, list: Option<&List>, api_error: Option<String>) -> Diagnosis {
    let Stored { order, terms, shown, duplicates } = stored;
    let diagnosis = diagnosis::diagnose(&Facts {
        terms: &terms,
        product_name: &order.product_name,
        product: shown.as_ref().map(|shown| (&shown.product, &shown.package)),
        list,
        address: order.provisioned_ip,
    });
    let pid = shown.as_ref().map_or(&terms.pid, |shown| &shown.package.pid);
    let rows = list.map(|list| list.of_pid(pid));
    let available = |list: &List| {
        let active = list.rows().iter().filter(|row| row.active);
        active.take(LISTED_MAX).cloned().collect()
    };
    Diagnosis {
        api_package_found: rows.as_ref().map(|rows| !rows.is_empty()),
        api_package: rows.and_then(|rows| rows.first().map(|row| (*row).clone())),
        diagnosis,
        entry: shown.map(entry),
        duplicates: duplicates.into_iter().map(entry).collect(),
        all_available_packages: list.map(available),
        api_error,
        order,
    }
}

fn entry(shown: Shown) -> Entry {
    Entry {
        id: shown.product.id,
        display_name: shown.product.name,
        provider: shown.package.provider,
        available: shown.available,
        pid: shown.package.pid,
        package_name: shown.package.name,
    }
}
