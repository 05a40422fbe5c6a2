//! INV-21: a price follows from the server's own data, and stays what it was.

use std::collections::{HashMap, HashSet};

use super::Report;
use super::look::Look;
use super::permit::CLOCK_SLACK_US;
use super::row::PriceRow;

pub fn check(look: &Look<'_>, report: &mut Report) {
    asked_at_the_frozen_price(look, report);
    as_the_list_says(look, report);
}

/// Every payment of an order is asked for at the price that was agreed.
fn asked_at_the_frozen_price(look: &Look<'_>, report: &mut Report) {
    let draws = look.rows().captures.iter().filter(|capture| capture.gateway == "wallet");
    let drawn: HashSet<&str> = draws.map(|draw| draw.order_id.as_str()).collect();
    for payment in &look.rows().payments {
        let Some(id) = payment.order_id.as_deref() else { continue };
        let Some(order) = look.orders.get(id) else {
            report.say("INV-21", format!("{} is a payment of no order", payment.id));
            continue;
        };
        let asked = (payment.amount_minor, payment.currency.as_str());
        let agreed = (order.total_minor, order.currency.as_str());
        // A wallet that was drawn on may leave less to ask for, and nothing else may.
        let less = asked.0 < agreed.0 && asked.1 == agreed.1 && drawn.contains(id);
        report.unless(asked == agreed || less, "INV-21", || {
            let (id, number) = (&payment.id, &order.number);
            format!("{id} asks for {asked:?} where {number} was sold for {agreed:?}")
        });
    }
}

/// Where the product is for certain what it was when the order was made.
fn as_the_list_says(look: &Look<'_>, report: &mut Report) {
    let prices: HashMap<(&str, i64), &PriceRow> =
        look.rows().prices.iter().map(|row| ((row.product_id.as_str(), row.ram_gb), row)).collect();
    let changed: HashMap<&str, i64> =
        look.rows().products.iter().map(|row| (row.id.as_str(), row.changed_at)).collect();
    for order in &look.rows().orders {
        let since = changed.get(order.product_id.as_str());
        let same = since.is_some_and(|since| *since + CLOCK_SLACK_US < order.created_at);
        if !same && !look.evidence.rules.prices_are_fixed {
            continue;
        }
        let listed = prices.get(&(order.product_id.as_str(), order.ram_gb));
        let listed = listed.map(|row| (row.price_minor, row.setup_minor, row.currency.as_str()));
        let agreed = (order.price_minor, order.setup_minor, order.currency.as_str());
        report.unless(listed == Some(agreed), "INV-21", || {
            let (number, ram) = (&order.number, order.ram_gb);
            format!("{number} ({ram} GB) was sold for {agreed:?}, and the list says {listed:?}")
        });
    }
}
