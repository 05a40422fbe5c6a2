//! What is read beside the rows of orders, for all of them at once: brief for lists, and with their
//! histories, which are most of it, for whoever tells what happened. Not for how it is shown: that
//! is `order.rs`.

use std::collections::HashMap;

use domain::id::{OrderId, ProductId};
use domain::order::seen::Back;
use domain::order::{Seen, Stage, Terms};
use store::db::{Result, Tx};
use store::dossier::Dossier;
use store::history::Moment;
use store::order::{Amendment, Order};
use store::payment::Payment;
use store::refund::Returned;
use store::server::Server;

use super::order::paying;

/// As much as a list tells.
pub(super) struct Brief {
    amendments: HashMap<OrderId, Amendment>,
    servers: HashMap<OrderId, Vec<Server>>,
    payments: HashMap<OrderId, Vec<Payment>>,
    /// Of orders of which money is back.
    returned: HashMap<OrderId, Returned>,
    /// Of orders whose terms now name another package: a product of that package.
    products: HashMap<OrderId, ProductId>,
}

/// All of it.
pub(super) struct Beside {
    pub brief: Brief,
    moments: HashMap<OrderId, Vec<Moment>>,
}

impl Beside {
    pub fn of(tx: &mut Tx<'_>, orders: &[Order]) -> Result<Beside> {
        let ids: Vec<OrderId> = orders.iter().map(|order| order.id.clone()).collect();
        let moments = by_order(tx.moments_of(&ids)?, |moment| Some(&moment.order));
        Ok(Beside { brief: Brief::of(tx, orders)?, moments })
    }

    /// Of one order of which everything is known already.
    pub fn known(tx: &mut Tx<'_>, all: &Dossier) -> Result<Beside> {
        let id = || all.order.id.clone();
        let amendments =
            all.amendments.last().map(|last| (id(), last.clone())).into_iter().collect();
        let own = all.payments.iter().filter(|payment| payment.purpose.order().is_some());
        let brief = Brief {
            products: products_of_moved(tx, std::slice::from_ref(&all.order), &amendments)?,
            amendments,
            returned: all.returned.iter().map(|one| (id(), one.clone())).collect(),
            servers: HashMap::from([(id(), all.servers.clone())]),
            payments: HashMap::from([(id(), own.cloned().collect())]),
        };
        Ok(Beside { brief, moments: HashMap::from([(id(), all.moments.clone())]) })
    }

    pub fn moments(&self, order: &Order) -> &[Moment] {
        self.moments.get(&order.id).map_or(&[], Vec::as_slice)
    }
}

impl Brief {
    pub fn of(tx: &mut Tx<'_>, orders: &[Order]) -> Result<Brief> {
        let with = |has: fn(&Order) -> bool| {
            let some = orders.iter().filter(|order| has(order)).map(|order| order.id.clone());
            some.collect::<Vec<OrderId>>()
        };
        let amendments = tx.latest_amendments_of(&with(|order| order.amendments > 0))?;
        let products = products_of_moved(tx, orders, &amendments)?;
        let unpaid = with(|order| order.standing.stage == Stage::Unpaid);
        let bought = with(|order| order.paid_at.is_some());
        let returned = tx.returned_of(&bought)?.into_iter();
        Ok(Brief {
            returned: returned.map(|one| (one.order.clone(), one)).collect(),
            products,
            amendments,
            servers: by_order(tx.servers_of(&bought)?, |server| server.order.as_ref()),
            payments: by_order(tx.payments_of(&unpaid)?, |payment| payment.purpose.order()),
        })
    }

    pub fn terms<'a>(&'a self, order: &'a Order) -> &'a Terms {
        self.amendments.get(&order.id).map_or(&order.sold.terms, |amendment| &amendment.terms)
    }

    pub fn product(&self, order: &Order) -> ProductId {
        self.products.get(&order.id).unwrap_or(&order.sold.product).clone()
    }

    pub fn product_name<'a>(&'a self, order: &'a Order) -> &'a str {
        let amended = self.amendments.get(&order.id);
        amended.map_or(&order.sold.product_name, |amendment| &amendment.product_name)
    }

    pub fn servers(&self, order: &Order) -> &[Server] {
        self.servers.get(&order.id).map_or(&[], Vec::as_slice)
    }

    pub fn payments(&self, order: &Order) -> &[Payment] {
        self.payments.get(&order.id).map_or(&[], Vec::as_slice)
    }

    pub fn seen(&self, order: &Order) -> Seen {
        Seen::of(&order.standing, paying(self.payments(order)), self.back(order))
    }

    fn back(&self, order: &Order) -> Back {
        self.returned.get(&order.id).map_or(Back::Nothing, |sums| {
            Back::of(sums.captured_minor, sums.returned_minor, order.sold.quote.total.minor)
        })
    }
}

/// A product of what each order's terms name now, where that is another package than it was.
fn products_of_moved(
    tx: &mut Tx<'_>,
    orders: &[Order],
    amendments: &HashMap<OrderId, Amendment>,
) -> Result<HashMap<OrderId, ProductId>> {
    let moved: Vec<(&Order, &Terms)> = orders
        .iter()
        .filter_map(|order| Some((order, &amendments.get(&order.id)?.terms)))
        .filter(|(order, terms)| terms.package != order.sold.terms.package)
        .collect();
    let packages: Vec<_> = moved.iter().map(|(_, terms)| terms.package.clone()).collect();
    let first = tx.first_products_of(&packages)?;
    let product = |(order, terms): &(&Order, &Terms)| {
        Some((order.id.clone(), first.get(&terms.package)?.clone()))
    };
    Ok(moved.iter().filter_map(product).collect())
}

fn by_order<T>(rows: Vec<T>, of: impl Fn(&T) -> Option<&OrderId>) -> HashMap<OrderId, Vec<T>> {
    let mut grouped = HashMap::<OrderId, Vec<T>>::new();
    for row in rows {
        if let Some(order) = of(&row).cloned() {
            grouped.entry(order).or_default().push(row);
        }
    }
    grouped
}
