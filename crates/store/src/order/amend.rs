//! Amendments: append-only changes of what was sold; the frozen copy stays as it was.

use domain::id::OrderId;
use domain::money::Money;
use domain::order::Terms;
use domain::os::Os;

use super::read::{cidrs_text, read_currency, read_terms};
use super::{Amendment, Order};
use crate::db::{Part, Result, Row, StoreError, Tx};

pub(crate) const OF_ORDER: Part<'static> = Part {
    columns: "at, actor, reason, consent, product_name, provider, package_id, pid, package_name, \
              cidrs, ram_gb, os, back_minor",
    from: "amendment",
    which: "order_id = $1",
    order: "id",
};

impl Tx<'_> {
    /// What answers, pages and checks use: the frozen copy, or the latest amendment.
    pub fn terms_in_force(&mut self, order: &Order) -> Result<Terms> {
        Ok(self.latest_amendment(order)?.map_or_else(|| order.sold.terms.clone(), |a| a.terms))
    }

    /// What one purchase under these terms costs us, where staff entered it.
    pub fn cost_in_force(&mut self, order: &Order, terms: &Terms) -> Result<Option<Money>> {
        if order.amendments == 0 {
            return Ok(order.sold.cost);
        }
        let row = self.lookup(
            "SELECT c.cost_minor, c.currency FROM price c JOIN product p ON p.id = c.product_id \
             WHERE p.package_id = $1 AND c.ram_gb = $2 AND c.cost_minor IS NOT NULL \
             ORDER BY p.id LIMIT 1",
            args![terms.package.as_str(), i64::from(terms.ram.as_gb())],
        )?;
        row.map(|row| Ok(Money::new(row.int(0)?, read_currency(row.text(1)?)?))).transpose()
    }

    pub fn latest_amendment(&mut self, order: &Order) -> Result<Option<Amendment>> {
        if order.amendments == 0 {
            return Ok(None);
        }
        match self.amendments(&order.id)?.pop() {
            Some(amendment) => Ok(Some(amendment)),
            None => Err(StoreError::Inconsistent {
                what: "order",
                why: format!("{} counts amendments and has none", order.id),
            }),
        }
    }

    /// All amendments of an order, oldest first.
    pub fn amendments(&mut self, order: &OrderId) -> Result<Vec<Amendment>> {
        let rows = self.rows(&OF_ORDER.alone(), args![order.as_str()])?;
        rows.iter().map(read_amendment).collect()
    }

    /// Adds an amendment. The frozen copy stays as it was.
    pub fn amend(&mut self, order: &mut Order, amendment: &Amendment) -> Result<()> {
        let terms = &amendment.terms;
        self.later(
            "INSERT INTO amendment (order_id, at, actor, reason, consent, product_name, provider, \
             package_id, pid, package_name, cidrs, ram_gb, os, back_minor) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
            args![
                order.id.as_str(),
                amendment.at,
                &amendment.actor,
                &amendment.reason,
                amendment.consent.as_deref(),
                &amendment.product_name,
                &terms.provider,
                terms.package.as_str(),
                terms.pid.as_str(),
                &terms.package_name,
                cidrs_text(&terms.cidrs),
                i64::from(terms.ram.as_gb()),
                terms.os.map(Os::code),
                amendment.back_minor,
            ],
        )?;
        order.amendments += 1;
        self.later_one(
            "UPDATE orders SET amendments = amendments + 1, package_now = $2 WHERE id = $1",
            args![order.id.as_str(), terms.package.as_str()],
            "the order",
        )
    }
}

/// The columns of `OF_ORDER`, whatever stands behind them.
pub(crate) fn read_amendment(row: &Row) -> Result<Amendment> {
    Ok(Amendment {
        at: row.time(0)?,
        actor: row.text(1)?.into(),
        reason: row.text(2)?.into(),
        consent: row.opt_text(3)?.map(Into::into),
        product_name: row.text(4)?.into(),
        terms: read_terms(row, 5)?,
        back_minor: row.int(12)?,
    })
}
