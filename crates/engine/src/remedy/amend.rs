//! Amendments: what staff and customer agreed on instead of what was sold.

use domain::block::Cidr;
use domain::block::Verdict;
use domain::check;
use domain::order::{Event, Stage, Terms};
use domain::package::{Package, Ram};
use domain::product::Product;
use domain::server::State;
use store::db::Tx;
use store::order::{Amendment, Extras};
use store::server::Server;

use super::Bench;
use crate::{Error, Result};

/// The one package that a provider calls by this name now.
pub(super) fn package_named(tx: &mut Tx<'_>, provider: &str, name: &str) -> Result<Package> {
    let mut found = tx.packages_named(provider, name.trim())?;
    found.retain(|package| package.missing_since.is_none());
    match found.len() {
        0 => Err(Error::missing("package", name)),
        1 => Ok(found.remove(0)),
        many => Err(Error::refused(
            "ambiguous-package",
            format!(
                "{many} packages are called {name:?}; purchases go by name, so none can be bought"
            ),
        )),
    }
}

impl Bench<'_> {
    /// An amendment and a new purchase in one.
    pub(super) fn manual_provision(&mut self, tx: &mut Tx<'_>) -> Result<()> {
        let now = tx.terms_in_force(&self.order)?;
        let provider = self.engine.parts.provider.id;
        let package = match &self.wish.package_name {
            Some(name) => package_named(tx, provider, name)?,
            None => return Err(Error::invalid("invalid-package", "packageName is missing")),
        };
        let ram = match &self.wish.ram {
            None => now.ram,
            Some(text) => Ram::parse(text).ok_or_else(|| {
                Error::invalid("invalid-memory", format!("ram {text:?} is not a size; use 8"))
            })?,
        };
        let shown = tx.products_of_package(&package.id)?;
        let mut products = shown.iter().map(|shown| &shown.product);
        let product = products.find(|product| product.price_for(ram).is_some());
        let product = product.ok_or_else(|| {
            Error::invalid(
                "memory-not-offered",
                format!("{} is not offered with {ram}", package.name),
            )
        })?;
        let cost = product.price_for(ram).and_then(|price| price.cost);
        let terms = Terms {
            provider: package.provider.clone(),
            package: package.id.clone(),
            pid: package.pid.clone(),
            package_name: package.name.clone(),
            cidrs: product.cidrs.clone(),
            ram,
            os: now.os,
        };
        self.insist_on_consent(&now, &terms)?;
        let name = if package.id == now.package { None } else { Some(product.name.clone()) };
        self.amend(tx, (terms, name), 0)?;
        self.reprovision(tx, Extras { cost: Some(cost), ..Extras::default() })
    }

    /// The server at hand becomes what was sold, and is checked anew as that.
    pub(super) fn accept(&mut self, tx: &mut Tx<'_>) -> Result<()> {
        let server = self.server_to_accept()?;
        let now = tx.terms_in_force(&self.order)?;
        let terms = self.terms_of(tx, &now, &server)?;
        self.insist_on_consent(&now, &terms)?;
        let back = self.difference_to(tx, &now, &terms)?;
        let renamed = terms.package != now.package;
        let name = renamed.then(|| Product::default_name(&terms.package_name));
        if server.state == State::Quarantined {
            self.engine.book_salvage(tx, &server)?;
        }
        tx.want_os(&server.id, terms.os)?;
        self.amend(tx, (terms, name), back.minor)?;
        let delivered = matches!(self.order.standing.stage, Stage::Delivered(_));
        let extras = Extras { error: Some(None), ..Extras::default() };
        self.record(tx, Event::Accepted { server: server.id.clone() }, &extras)?;
        if delivered {
            tx.resolve_alert("audit-mismatch", self.order.id.as_str())?;
            self.say(format!(
                "the order now says what {} is; the customer keeps it",
                server.address
            ));
        } else {
            self.say(format!("{} is checked again under the new terms", server.address));
        }
        self.give_difference(tx, back)
    }

    fn server_to_accept(&self) -> Result<Server> {
        let candidates: Vec<&Server> = match &self.order.standing.stage {
            Stage::OnHold(id) | Stage::Delivered(id) => {
                self.servers.iter().filter(|server| server.id == *id).collect()
            }
            _ => self.servers.iter().filter(|server| server.state == State::Quarantined).collect(),
        };
        let named = self.wish.address.as_deref().map(str::trim);
        let fitting: Vec<&Server> = candidates
            .into_iter()
            .filter(|server| named.is_none_or(|named| named == server.address.to_string()))
            .collect();
        match fitting[..] {
            [one] => Ok(one.clone()),
            [] => Err(Error::refused("not-now", "the order has no such server to accept")),
            _ => Err(Error::invalid(
                "invalid-address",
                "name the address: there are several servers",
            )),
        }
    }

    /// What the server is, in terms of today's packages; where none names it, its own address.
    fn terms_of(&self, tx: &mut Tx<'_>, now: &Terms, server: &Server) -> Result<Terms> {
        let ram = server.ram.map_or(now.ram, |ram| ram.min(now.ram));
        // Only where nothing else is wrong is its system what the customer agrees to.
        let same_place = check::address(now, server.address) == Verdict::Match;
        let other_os = same_place && ram == now.ram && server.verdict == Some(Verdict::Mismatch);
        let os = if other_os { None } else { now.os };
        let keep = Terms { ram, os, ..now.clone() };
        if same_place {
            return Ok(keep);
        }
        let mut naming: Vec<Package> = tx
            .load_catalogue(&server.provider)?
            .into_iter()
            .map(|known| known.package)
            .filter(|p| {
                domain::block::Promise::of(&p.name, &[]).judge(server.address) == Verdict::Match
            })
            .collect();
        if naming.len() == 1 {
            let package = naming.remove(0);
            return Ok(Terms {
                package: package.id,
                pid: package.pid,
                package_name: package.name,
                cidrs: vec![],
                ..keep
            });
        }
        let exact = Cidr::parse(&format!("{}/32", server.address))
            .map_err(|error| Error::invalid("invalid-address", error.to_string()))?;
        Ok(Terms { cidrs: vec![exact], ..keep })
    }

    /// Where the customer gets something else, the customer must have agreed.
    fn insist_on_consent(&self, now: &Terms, then: &Terms) -> Result<()> {
        let same_block = now.promise() == then.promise();
        let less = then.ram < now.ram || (now.os.is_some() && then.os != now.os);
        let consent = self.wish.consent.as_deref().map(str::trim).unwrap_or_default();
        if (same_block && !less) || !consent.is_empty() {
            return Ok(());
        }
        Err(Error::invalid(
            "consent-needed",
            format!(
                "the customer would get {} {} instead of {} {}: send the customer's consent",
                then.package_name, then.ram, now.package_name, now.ram
            ),
        ))
    }

    fn amend(
        &mut self,
        tx: &mut Tx<'_>,
        (terms, name): (Terms, Option<String>),
        back_minor: i64,
    ) -> Result<()> {
        let before = tx.latest_amendment(&self.order)?;
        let known = before.map_or_else(|| self.order.sold.product_name.clone(), |a| a.product_name);
        let amendment = Amendment {
            at: tx.now()?,
            actor: self.actor.to_owned(),
            reason: self.wish.reason.clone(),
            consent: self.wish.consent.clone(),
            product_name: name.unwrap_or(known),
            terms,
            back_minor,
        };
        tx.amend(&mut self.order, &amendment)?;
        self.say(format!(
            "amended: {} ({}), originally {}",
            amendment.product_name, amendment.terms.package_name, self.order.sold.product_name
        ));
        Ok(())
    }
}
