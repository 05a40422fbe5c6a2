//! What something costs a customer: from the shop's own data alone, before it is ordered and when
//! it is. Not for what it costs us: `cost.rs`.

use domain::clock::Timestamp;
use domain::coupon::{self, Coupon};
use domain::id::{AccountId, ProductId};
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
                let coupon = match code_of(asked.coupon.as_deref())? {
                    None => None,
                    Some(code) => {
                        let found = tx.coupon(&code)?;
                        let theirs = found.filter(|coupon| coupon.is_for(asked.account.as_ref()));
                        Some(theirs.ok_or_else(|| unknown(&code))?)
                    }
                };
                if let Some(coupon) = &coupon {
                    let now = tx.now()?;
                    let prices = shown.product.prices.iter().map(|price| price.price);
                    let check = |price| coupon.check(&shown.product.id, price, now);
                    prices.into_iter().try_for_each(check).map_err(no(&coupon.code))?;
                    if let Some(account) = &asked.account {
                        left(tx, coupon, account)?;
                    }
                }
                let tax = engine.tax_for(tx, asked.account.as_ref())?;
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

    /// The coupon of an order that is being made: nobody else counts its uses until it is.
    pub(crate) fn coupon_for_order(
        &self,
        tx: &mut Tx<'_>,
        (code, account): (Option<&str>, &AccountId),
        (product, price): (&ProductId, &Price),
        now: Timestamp,
    ) -> Result<Option<Coupon>> {
        let Some(code) = code_of(code)? else { return Ok(None) };
        let found = tx.lock_coupon(&code)?.filter(|coupon| coupon.is_for(Some(account)));
        let coupon = found.ok_or_else(|| unknown(&code))?;
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

/// The price of a memory size, or which sizes there are.
pub(crate) fn priced(product: &Product, ram: Ram) -> Result<&Price> {
    product.price_for(ram).ok_or_else(|| {
        let offered: Vec<String> = product.prices.iter().map(|p| p.ram.to_string()).collect();
        let (name, offered) = (&product.name, offered.join(", "));
        let text = format!("{name} is not offered with {ram}; choose {offered}");
        Error::invalid("memory-not-offered", text)
    })
}

/// Whether the coupon may be used once more.
fn left(tx: &mut Tx<'_>, coupon: &Coupon, account: &AccountId) -> Result<()> {
    if !coupon.is_limited() {
        return Ok(());
    }
    let uses = tx.coupon_uses(&coupon.code, account)?;
    coupon.check_uses(uses).map_err(no(&coupon.code))
}

fn code_of(sent: Option<&str>) -> Result<Option<String>> {
    match sent.map(str::trim) {
        None | Some("") => Ok(None),
        Some(text) => coupon::code(text).map(Some).ok_or_else(|| unknown(text)),
    }
}

fn unknown(code: &str) -> Error {
    let code: String = code.chars().take(coupon::CODE_MAX).collect();
    Error::invalid(
        "invalid-coupon",
        format!("there is no code {code:?}; leave it out or try another"),
    )
}

fn no(code: &str) -> impl Fn(coupon::NotNow) -> Error + '_ {
    move |why| Error::invalid("invalid-coupon", format!("the code {code} {why}"))
}
