//! What a cart would cost now, and what stands in the way of ordering it. Nothing is locked: the
//! checkout judges everything once more, under its locks, with the same rules.

use std::collections::HashMap;
use std::fmt;

use domain::cart::Choice;
use domain::clock::Timestamp;
use domain::coupon::{Coupon, Uses};
use domain::id::{CartLineId, PackageId, ProductId};
use domain::money::Money;
use domain::quote::Quote;
use domain::tax::Tax;
use store::cart::CartLine;
use store::catalogue::Shown;
use store::db::Tx;
use store::stock::Counted;

use super::Whose;
use crate::price::{no, unknown};
use crate::switches::SELLING_STOPPED;
use crate::{Engine, Error, Result};

/// A cart as it stands now.
#[derive(Clone, Debug, Default)]
pub struct Cart {
    pub lines: Vec<Line>,
    /// What all that can be had costs together; none where that is nothing.
    pub sum: Option<Quote>,
    /// The shop takes no orders at the moment.
    pub is_stopped: bool,
}

/// One line, and what it comes to now.
#[derive(Clone, Debug)]
pub struct Line {
    pub id: CartLineId,
    pub choice: Choice,
    pub quantity: i64,
    pub shown: Shown,
    /// What one costs; with its code, where that counts.
    pub each: Option<Quote>,
    /// Why it cannot be ordered like this now.
    pub trouble: Option<Trouble>,
}

/// What stands in the way of a line. What to do about each, the page knows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Trouble {
    /// Staff took it off for good, or for now.
    Unpublished,
    /// Not with this memory any more.
    NoSuchSize,
    /// On sale, but not at this moment.
    Unavailable,
    SoldOut,
    /// So many are left.
    Fewer(i64),
    /// Its code is worth nothing here, and why.
    Code(String),
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Trouble::Unpublished => f.write_str("it is not sold any more"),
            Trouble::NoSuchSize => f.write_str("it is not offered with this memory any more"),
            Trouble::Unavailable => f.write_str("it is not available at the moment"),
            Trouble::SoldOut => f.write_str("it is sold out"),
            Trouble::Fewer(1) => f.write_str("only one is left"),
            Trouble::Fewer(left) => write!(f, "only {left} are left"),
            Trouble::Code(why) => f.write_str(why),
        }
    }
}

impl Cart {
    /// Whether a checkout would take it, as far as one can tell without its locks.
    pub fn is_orderable(&self) -> bool {
        let is_free = |line: &Line| line.trouble.is_none();
        !self.is_stopped && !self.lines.is_empty() && self.lines.iter().all(is_free)
    }

    /// How many servers are in it.
    pub fn count(&self) -> i64 {
        self.lines.iter().map(|line| line.quantity).sum()
    }
}

/// All that the lines of a cart are judged by, asked for once, however many lines there are.
struct Facts {
    tax: Tax,
    now: Timestamp,
    products: HashMap<ProductId, Shown>,
    stock: HashMap<PackageId, Counted>,
    coupons: HashMap<String, (Coupon, Uses)>,
}

impl Engine {
    /// What is in somebody's cart, and what it would cost them now.
    pub async fn cart(&self, whose: &Whose) -> Result<Cart> {
        let (engine, whose) = (self.clone(), whose.clone());
        self.db().read(move |tx| engine.offer(tx, &whose)).await
    }

    pub(super) fn offer(&self, tx: &mut Tx<'_>, whose: &Whose) -> Result<Cart> {
        let lines = tx.cart_lines(&whose.holder())?;
        if lines.is_empty() {
            return Ok(Cart::default());
        }
        let is_stopped = tx.setting(SELLING_STOPPED)?.is_some();
        let mut facts = self.facts(tx, whose, &lines)?;
        let lines = lines.into_iter().map(|line| self.line_now(line, whose, &mut facts));
        let lines = lines.collect::<Result<Vec<Line>>>()?;
        let had = lines.iter().filter(|line| line.trouble.is_none());
        let sum = Quote::sum(had.filter_map(|line| Some((line.each.as_ref()?, line.quantity))));
        let sum = sum.map_err(|error| Error::Bug(format!("a cart that adds up to {error}")))?;
        Ok(Cart { lines, sum, is_stopped })
    }

    fn facts(&self, tx: &mut Tx<'_>, whose: &Whose, lines: &[CartLine]) -> Result<Facts> {
        let products: Vec<ProductId> =
            lines.iter().map(|line| line.choice.product.clone()).collect();
        let products: HashMap<_, _> =
            tx.products(&products)?.into_iter().map(|it| (it.product.id.clone(), it)).collect();
        let packages: Vec<PackageId> = products.values().map(|it| it.package.id.clone()).collect();
        let stock = tx.look_at_stock(&packages, self.settings().stock_buffer)?;
        let mut codes: Vec<String> =
            lines.iter().filter_map(|line| line.choice.coupon.clone()).collect();
        codes.sort_unstable();
        codes.dedup();
        let coupons = tx.coupons_with_uses(&codes, whose.account())?;
        Ok(Facts {
            tax: self.tax_for(tx, whose.account())?,
            now: tx.now()?,
            products,
            stock: stock.into_iter().collect(),
            coupons: coupons.into_iter().map(|it| (it.0.code.clone(), it)).collect(),
        })
    }

    /// What a line comes to, of what those before it leave.
    fn line_now(&self, line: CartLine, whose: &Whose, facts: &mut Facts) -> Result<Line> {
        let CartLine { id, choice, quantity } = line;
        let shown = facts.products.get(&choice.product).cloned();
        let shown = shown.ok_or_else(|| Error::Bug(format!("{id} is of no product")))?;
        let Some(price) = shown.product.price_for(choice.ram).cloned() else {
            let trouble = Some(Trouble::NoSuchSize);
            return Ok(Line { id, choice, quantity, shown, each: None, trouble });
        };
        let stock = self.trouble_of_stock(&shown, quantity, facts)?;
        let (coupon, code) = match facts.code(&choice, (whose, price.price), quantity) {
            Ok(coupon) => (coupon, None),
            Err(why) => (None, Some(why)),
        };
        let each = self.quote(&price, coupon.as_ref(), facts.tax)?;
        Ok(Line { id, choice, quantity, shown, each: Some(each), trouble: stock.or(code) })
    }

    fn trouble_of_stock(
        &self,
        shown: &Shown,
        quantity: i64,
        facts: &mut Facts,
    ) -> Result<Option<Trouble>> {
        if !shown.product.published {
            return Ok(Some(Trouble::Unpublished));
        }
        let Some(counted) = facts.stock.get_mut(&shown.package.id) else {
            return Ok(Some(Trouble::Unavailable));
        };
        match self.check_product(shown).and_then(|()| self.check_stock(counted)) {
            Err(Error::Refused { slug: "out-of-stock", .. }) => return Ok(Some(Trouble::SoldOut)),
            Err(Error::Refused { .. }) => return Ok(Some(Trouble::Unavailable)),
            other => other?,
        }
        let left = counted.stock.saleable();
        // Two lines may be bought as one package.
        counted.stock.promised += quantity.min(left);
        Ok((left < quantity).then_some(Trouble::Fewer(left)))
    }
}

impl Facts {
    /// The coupon of a line, where it counts for all of it.
    fn code(
        &mut self,
        choice: &Choice,
        (whose, price): (&Whose, Money),
        quantity: i64,
    ) -> Result<Option<Coupon>, Trouble> {
        let Some(code) = &choice.coupon else { return Ok(None) };
        let told = |error: Error| Trouble::Code(error.to_string());
        let (coupon, uses) = match self.coupons.get_mut(code) {
            Some((coupon, uses)) if coupon.is_for(whose.account()) => (coupon, uses),
            _ => return Err(told(unknown(code))),
        };
        let because = no(code);
        coupon.check(&choice.product, price, self.now).map_err(|why| told(because(why)))?;
        coupon.check_uses(*uses).map_err(|why| told(because(why)))?;
        match coupon.uses_left(*uses) {
            Some(left) if left < quantity => {
                let text =
                    format!("the code {code} counts for {left} more, and not for {quantity}");
                Err(Trouble::Code(text))
            }
            _ => {
                uses.by_all += quantity;
                uses.by_this_customer += quantity;
                Ok(Some(coupon.clone()))
            }
        }
    }
}
