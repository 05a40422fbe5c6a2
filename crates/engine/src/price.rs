//! What something costs a customer: from the shop's own data alone, before it is ordered and when
//! it is. Not for what it costs us: `cost.rs`.

use domain::clock::Timestamp;
use domain::coupon::{self, Coupon};
use domain::id::{AccountId, ProductId};
use domain::os::Os;
use domain::package::Ram;
use domain::product::{Price, Product};
use domain::quote::Quote;
use domain::tax::Tax;
use store::db::Tx;

use crate::{Engine, Error, Result};

/// What somebody wants to know the prices of. Nothing of it sets one.
#[derive(Clone, Debug)]
pub struct Asked {
    pub product: ProductId,
    pub coupon: Option<String>,
    pub account: Option<AccountId>,
}

/// What a product costs with one memory size.
#[derive(Clone, Debug)]
pub struct Quoted {
    pub ram: Ram,
    pub quote: Quote,
}

impl Engine {
    /// What an order would cost now, with each memory size.
    pub async fn quotes(&self, asked: Asked) -> Result<Vec<Quoted>> {
        let engine = self.clone();
        self.db()
            .read(move |tx| {
                let shown = engine.product_to_sell(tx, &asked.product)?;
                let (code, account) = (asked.coupon.as_deref(), asked.account.as_ref());
                let prices = (&shown.product.id, &*shown.product.prices);
                let coupon = engine.coupon_to_show(tx, (code, account), prices)?;
                let tax = engine.tax_for(tx, account)?;
                let quoted = |price: &Price| {
                    let quote = engine.quote(price, coupon.as_ref(), tax)?;
                    Ok(Quoted { ram: price.ram, quote })
                };
                shown.product.prices.iter().map(quoted).collect()
            })
            .await
    }

    /// What an order of this customer's would cost now, with one memory size.
    pub async fn quote_for(&self, asked: Asked, memory_size: &str) -> Result<Quoted> {
        let (ram, product) = (memory(memory_size)?, asked.product.clone());
        let quoted = self.quotes(asked).await?;
        match quoted.into_iter().find(|quoted| quoted.ram == ram) {
            Some(quoted) => Ok(quoted),
            None => {
                let shown = self.product(&product).await?;
                Err(priced(&shown.product, ram)
                    .err()
                    .unwrap_or_else(|| Error::missing("price", ram)))
            }
        }
    }

    /// Puts a price, a coupon that counts and the tax together.
    pub(crate) fn quote(&self, price: &Price, coupon: Option<&Coupon>, tax: Tax) -> Result<Quote> {
        let quote =
            Quote::of((price.price, price.setup), coupon, tax, self.settings().round_totals);
        quote.map_err(|error| Error::Bug(format!("a price that adds up to nothing: {error}")))
    }

    /// How an order of this customer's is taxed now.
    pub(crate) fn tax_for(&self, tx: &mut Tx<'_>, account: Option<&AccountId>) -> Result<Tax> {
        let settings = self.settings();
        if settings.tax_rate.is_zero() {
            return Ok(Tax::default());
        }
        let (seller, buyer) = tx.places(account)?;
        Ok(Tax::of(settings.tax_rate, settings.tax_mode, seller, buyer))
    }

    /// The coupon that would count for one more.
    fn coupon_to_show(
        &self,
        tx: &mut Tx<'_>,
        (code, account): (Option<&str>, Option<&AccountId>),
        (product, prices): (&ProductId, &[Price]),
    ) -> Result<Option<Coupon>> {
        let Some(code) = code_of(code)? else { return Ok(None) };
        let coupon = theirs(&code, tx.coupon(&code)?, account)?;
        let now = tx.now()?;
        let check = |price: &Price| coupon.check(product, price.price, now);
        prices.iter().try_for_each(check).map_err(no(&code))?;
        if let Some(account) = account {
            left(tx, &coupon, account)?;
        }
        Ok(Some(coupon))
    }

    /// The coupon of an order that is being made: nobody else counts its uses until it is.
    pub(crate) fn coupon_for_order(
        &self,
        tx: &mut Tx<'_>,
        (code, account): (Option<&str>, &AccountId),
        (product, price): (&ProductId, &Price),
        now: Timestamp,
    ) -> Result<Option<Coupon>> {
        let Some(code) = code_of(code)? else { return Ok(None) };
        let coupon = theirs(&code, tx.lock_coupon(&code)?, Some(account))?;
        coupon.check(product, price.price, now).map_err(no(&code))?;
        left(tx, &coupon, account)?;
        Ok(Some(coupon))
    }
}

/// Reads a memory size that somebody sent.
pub(crate) fn memory(text: &str) -> Result<Ram> {
    let size = Ram::parse(text);
    size.ok_or_else(|| {
        Error::invalid("invalid-memory", format!("memory {text:?} is not a size; use 8GB"))
    })
}

/// Reads a system that somebody chose; none, where any will do.
pub(crate) fn system(text: Option<&str>) -> Result<Option<Os>> {
    match text {
        None | Some("" | "any") => Ok(None),
        Some(text) => {
            let read = Os::read(text);
            read.map(Some).map_err(|error| Error::invalid("invalid-os", error.to_string()))
        }
    }
}

/// The price of a memory size, or which sizes there are.
pub(crate) fn priced(product: &Product, ram: Ram) -> Result<&Price> {
    product.price_for(ram).ok_or_else(|| {
        let offered: Vec<String> = product.prices.iter().map(|p| p.ram.to_string()).collect();
        let (name, offered) = (&product.name, offered.join(", "));
        let text = format!("{name} is not offered with {ram}; choose {offered}");
        Error::invalid("memory-not-offered", text)
    })
}

/// A coupon that this customer may use.
fn theirs(code: &str, found: Option<Coupon>, account: Option<&AccountId>) -> Result<Coupon> {
    found.filter(|coupon| coupon.is_for(account)).ok_or_else(|| unknown(code))
}

/// Whether the coupon may be used once more.
fn left(tx: &mut Tx<'_>, coupon: &Coupon, account: &AccountId) -> Result<()> {
    if !coupon.is_limited() {
        return Ok(());
    }
    let uses = tx.coupon_uses(&coupon.code, account)?;
    coupon.check_uses(uses).map_err(no(&coupon.code))
}

/// Reads a code that somebody typed; none, where the field was left empty.
pub(crate) fn code_of(sent: Option<&str>) -> Result<Option<String>> {
    match sent.map(str::trim) {
        None | Some("") => Ok(None),
        Some(text) => coupon::code(text).map(Some).ok_or_else(|| unknown(text)),
    }
}

pub(crate) fn unknown(code: &str) -> Error {
    let code: String = code.chars().take(coupon::CODE_MAX).collect();
    Error::invalid(
        "invalid-coupon",
        format!("there is no code {code:?}; leave it out or try another"),
    )
}

pub(crate) fn no(code: &str) -> impl Fn(coupon::NotNow) -> Error + '_ {
    move |why| Error::invalid("invalid-coupon", format!("the code {code} {why}"))
}
