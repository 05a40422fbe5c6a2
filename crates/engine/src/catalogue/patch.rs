//! What staff wish for one product: read strictly, then applied as a whole. Every refusal names
//! the field and what to do.

use domain::block::{Block, Cidr, Promise};
use domain::money::{Currency, Money};
use domain::package::{Package, Pid, Ram};
use domain::product::{Held, Price};
use domain::stock::Stock;
use store::catalogue::Shown;

use crate::wording;
use crate::{Error, Result};

pub(super) const NAME_MAX: usize = 120;
const CIDRS_MAX: usize = 64;
const TAGS_MAX: usize = 8;
const TAG_MAX: usize = 24;
const NOTES_MAX: usize = 2_000;
/// No server has more gigabytes than this; a larger number is megabytes, or a slip.
const RAM_MAX_GB: u16 = 1_024;
/// Ten million in a currency with two decimals: more is a slip.
const MINOR_MAX: i64 = 1_000_000_000;

/// Nobody keeps more servers ready to be entered by hand.
const COUNT_MAX: i64 = 1_000_000;

/// A memory size as it was sent, with its money; none takes it off the list.
pub type RamMoney = (String, Option<Money>);

/// What was sent. Absent fields stay as they are.
#[derive(Clone, Debug, Default)]
pub struct ProductPatch {
    pub display_name: Option<String>,
    /// What looks like another block in the display name is not an address.
    pub name_confirmed: Option<bool>,
    pub published: Option<bool>,
    /// Of each memory size; sizes that are not named keep theirs.
    pub prices: Option<Vec<RamMoney>>,
    pub costs: Option<Vec<RamMoney>>,
    /// Paid once, beside the price.
    pub setups: Option<Vec<RamMoney>>,
    /// All ranges; empty for none.
    pub cidrs: Option<Vec<String>>,
    /// All tags; empty for none.
    pub tags: Option<Vec<String>>,
    /// For staff themselves; empty for none.
    pub notes: Option<String>,
    /// The package it is to be bought as from now on.
    pub pid: Option<String>,
    /// How many there are, of what staff deliver by hand.
    pub stock: Option<i64>,
    /// There is no end of them, of what staff deliver by hand.
    pub unlimited: Option<bool>,
    /// Refused when the product has another version by now.
    pub version: Option<i64>,
}

/// A patch that could be read.
#[derive(Debug)]
pub(super) struct Wish {
    display_name: Option<String>,
    name_confirmed: Option<bool>,
    published: Option<bool>,
    prices: Vec<(Ram, Option<Money>)>,
    costs: Vec<(Ram, Option<Money>)>,
    setups: Vec<(Ram, Option<Money>)>,
    pub cidrs: Option<Vec<Cidr>>,
    tags: Option<Vec<String>>,
    notes: Option<String>,
    pub pid: Option<Pid>,
    /// `Stock::NO_END` where there is no end.
    stock: Option<i64>,
    pub version: Option<i64>,
}

pub(super) fn wrong(text: impl Into<String>) -> Error {
    Error::invalid("invalid-product", text)
}

impl Wish {
    pub(super) fn read(patch: ProductPatch, currency: Currency) -> Result<Wish> {
        let name = patch.display_name.map(|name| wording::line(&name, "displayName", NAME_MAX));
        let pid = patch.pid.map(|text| pid(&text));
        Ok(Wish {
            display_name: name.transpose()?,
            name_confirmed: patch.name_confirmed,
            published: patch.published,
            prices: moneys(patch.prices, "prices", 1, currency)?,
            costs: moneys(patch.costs, "costs", 0, currency)?,
            setups: moneys(patch.setups, "setups", 0, currency)?,
            cidrs: patch.cidrs.map(cidrs).transpose()?,
            tags: patch.tags.map(tags).transpose()?,
            notes: patch.notes.map(|text| notes(&text)).transpose()?,
            pid: pid.transpose()?,
            stock: match (patch.unlimited, patch.stock) {
                (Some(true), None) => Some(Stock::NO_END),
                (Some(true), Some(_)) => {
                    return Err(wrong("stock: give a number, or say unlimited; not both"));
                }
                (_, None) => None,
                (_, stock) => Some(count(stock)?),
            },
            version: patch.version,
        })
    }

    /// Applies everything, or says what stands in the way. `target` is the package of `pid`.
    pub(super) fn apply(&self, shown: &mut Shown, target: Option<Package>) -> Result<()> {
        let promised_nothing = is_nothing(shown);
        if let Some(package) = target.filter(|package| package.id != shown.package.id) {
            self.relink(shown, package)?;
        }
        if let Some(name) = self.display_name.as_ref().filter(|name| **name != shown.product.name) {
            shown.product.name.clone_from(name);
            // What was confirmed was another name.
            shown.product.name_confirmed = false;
        }
        if let Some(confirmed) = self.name_confirmed {
            shown.product.name_confirmed = confirmed;
        }
        if let Some(cidrs) = &self.cidrs {
            shown.product.cidrs.clone_from(cidrs);
            // A product that waited for ranges alone is on sale with them, unless staff say no.
            if promised_nothing && !cidrs.is_empty() {
                shown.product.published = true;
            }
        }
        if let Some(tags) = &self.tags {
            shown.product.tags.clone_from(tags);
        }
        if let Some(notes) = &self.notes {
            shown.product.remark.clone_from(notes);
        }
        if let Some(published) = self.published {
            shown.product.published = published;
        }
        if self.decides(shown) {
            shown.product.held = None;
        }
        if let Some(stock) = self.stock {
            recount(shown, stock)?;
        }
        self.reprice(shown)?;
        if shown.product.published {
            promises(shown, if self.cidrs.is_some() { "cidrs" } else { "published" })?;
        }
        Ok(())
    }

    /// Whether staff looked at what holds the product: they say that it is to be sold, which
    /// ranges it has, or name it after the block that its package promises now.
    fn decides(&self, shown: &Shown) -> bool {
        let ranges = self.cidrs.as_ref().is_some_and(|cidrs| !cidrs.is_empty());
        let named = self.display_name.as_ref().is_some_and(|name| {
            let block = Block::of_name(name);
            block.is_ok() && block == Block::of_name(&shown.package.name)
        });
        let vouched = named && shown.product.held == Some(Held::OtherBlock);
        self.published == Some(true) || ranges || vouched
    }

    fn relink(&self, shown: &mut Shown, package: Package) -> Result<()> {
        if package.missing_since.is_some() {
            let text = format!("pid: package {} is missing from the provider's list", package.pid);
            return Err(wrong(text));
        }
        if !shown.product.cidrs.is_empty() && self.cidrs.is_none() {
            return Err(wrong(format!(
                "cidrs: the present ones were given for {}; send those of {}, or [] for none",
                shown.package.name, package.name
            )));
        }
        shown.product.package = package.id.clone();
        // Whatever was doubtful about the old package, a person has decided now.
        shown.product.held = None;
        shown.package = package;
        Ok(())
    }

    fn reprice(&self, shown: &mut Shown) -> Result<()> {
        let prices = &mut shown.product.prices;
        for (ram, money) in &self.prices {
            match (prices.iter_mut().find(|price| price.ram == *ram), money) {
                (Some(price), Some(money)) => price.price = *money,
                (None, Some(money)) => {
                    prices.push(Price {
                        ram: *ram,
                        price: *money,
                        setup: Money::zero(money.currency),
                        cost: None,
                    });
                }
                (_, None) => prices.retain(|price| price.ram != *ram),
            }
        }
        for (ram, money) in &self.costs {
            priced(prices, "costs", *ram)?.cost = *money;
        }
        for (ram, money) in &self.setups {
            let price = priced(prices, "setups", *ram)?;
            price.setup = money.unwrap_or(Money::zero(price.price.currency));
        }
        prices.sort_by_key(|price| price.ram);
        match prices.iter().find(|p| p.cost.is_some_and(|c| c.currency != p.price.currency)) {
            _ if prices.is_empty() => Err(wrong("prices: a product needs one for some memory")),
            Some(price) => Err(wrong(format!(
                "costs.{}: the price is in {}; give both in one currency",
                price.ram, price.price.currency
            ))),
            None => Ok(()),
        }
    }
}

pub(super) fn pid(text: &str) -> Result<Pid> {
    let shown: String = text.chars().take(80).collect();
    Pid::new(text).ok_or_else(|| wrong(format!("pid: {shown:?} is no package's number")))
}

/// The price that a cost or a setup fee stands beside.
fn priced<'a>(prices: &'a mut [Price], field: &str, ram: Ram) -> Result<&'a mut Price> {
    let found = prices.iter_mut().find(|price| price.ram == ram);
    found
        .ok_or_else(|| wrong(format!("{field}.{ram}: the product has no price for {ram}; add one")))
}

/// A published product says which addresses its servers have: without, nobody could check one.
pub(super) fn promises(shown: &Shown, field: &str) -> Result<()> {
    match shown.product.promise(&shown.package) {
        Promise::Nothing(why) if shown.product.published => Err(wrong(format!(
            "{field}: nobody could check a server of {:?} ({why}); give cidrs, or publish it not",
            shown.package.name
        ))),
        _ => Ok(()),
    }
}

/// A number that staff count; nothing is no end.
pub(super) fn count(stock: Option<i64>) -> Result<i64> {
    let Some(stock) = stock else { return Ok(Stock::NO_END) };
    if !(0..=COUNT_MAX).contains(&stock) {
        return Err(wrong(format!("stock: must be a whole number from 0 to {COUNT_MAX}")));
    }
    Ok(stock)
}

fn recount(shown: &mut Shown, stock: i64) -> Result<()> {
    let package = &mut shown.package;
    if !package.is_by_hand() {
        return Err(wrong(format!(
            "stock: {} tells how many there are; only what is delivered by hand is counted here",
            package.provider
        )));
    }
    package.unlimited = stock == Stock::NO_END;
    package.stock = if package.unlimited { 0 } else { stock };
    package.listed_stock = package.stock;
    Ok(())
}

fn is_nothing(shown: &Shown) -> bool {
    matches!(shown.product.promise(&shown.package), Promise::Nothing(_))
}

pub(super) fn cidrs(texts: Vec<String>) -> Result<Vec<Cidr>> {
    if texts.len() > CIDRS_MAX {
        return Err(wrong(format!("cidrs: at most {CIDRS_MAX} ranges")));
    }
    let read = |text: &String| Cidr::parse(text.trim()).map_err(|e| wrong(format!("cidrs: {e}")));
    let mut cidrs = texts.iter().map(read).collect::<Result<Vec<Cidr>>>()?;
    cidrs.sort();
    cidrs.dedup();
    Ok(cidrs)
}

/// Each once, whatever its letters' case, in the order in which they were sent.
fn tags(texts: Vec<String>) -> Result<Vec<String>> {
    let mut tags: Vec<String> = Vec::new();
    for text in texts {
        let tag = wording::line(&text, "tags", TAG_MAX)?;
        if tag.contains(',') {
            return Err(wrong(format!("tags: {tag:?} holds a comma; send each by itself")));
        }
        if tags.iter().all(|known| known.to_lowercase() != tag.to_lowercase()) {
            tags.push(tag);
        }
    }
    if tags.len() > TAGS_MAX {
        return Err(wrong(format!("tags: at most {TAGS_MAX}")));
    }
    Ok(tags)
}

/// Any text, of several lines, or none.
fn notes(text: &str) -> Result<String> {
    let text = text.replace("\r\n", "\n");
    let text = text.trim();
    let plain = |letter: char| letter == '\n' || !letter.is_control();
    if text.chars().count() > NOTES_MAX || !text.chars().all(plain) {
        return Err(wrong(format!("staffNotes: at most {NOTES_MAX} letters, and none that steer")));
    }
    Ok(text.to_owned())
}

pub(super) fn moneys(
    sent: Option<Vec<RamMoney>>,
    field: &str,
    minor_min: i64,
    currency: Currency,
) -> Result<Vec<(Ram, Option<Money>)>> {
    let mut read: Vec<(Ram, Option<Money>)> = Vec::new();
    for (text, money) in sent.unwrap_or_default() {
        let size = Ram::parse(&text).filter(|ram| ram.as_gb() <= RAM_MAX_GB);
        let Some(ram) = size else {
            let text: String = text.chars().take(40).collect();
            return Err(wrong(format!("{field}: {text:?} is no memory size; write it like 8GB")));
        };
        if read.iter().any(|(known, _)| *known == ram) {
            return Err(wrong(format!("{field}.{ram}: is there twice")));
        }
        if let Some(money) = money {
            if money.currency != currency {
                return Err(wrong(format!(
                    "{field}.{ram}: {} is not the shop's currency; give {currency}",
                    money.currency
                )));
            }
            if !(minor_min..=MINOR_MAX).contains(&money.minor) {
                return Err(wrong(format!(
                    "{field}.{ram}: {} minor units are not between {minor_min} and {MINOR_MAX}",
                    money.minor
                )));
            }
        }
        read.push((ram, money));
    }
    Ok(read)
}

/// What changed, for the audit.
pub(super) fn differences(before: &Shown, after: &Shown) -> String {
    let (old, new) = (&before.product, &after.product);
    let pair = |field: &str, old: String, new: String| {
        (old != new).then(|| format!("{field}: {old} → {new}"))
    };
    let list = |cidrs: &[Cidr]| {
        let texts: Vec<String> = cidrs.iter().map(Cidr::to_string).collect();
        if texts.is_empty() { "none".to_owned() } else { texts.join(" ") }
    };
    let prices = |prices: &[Price]| {
        let text = |price: &Price| {
            let cost = price.cost.map_or_else(String::new, |cost| format!(" (cost {cost})"));
            let setup = match price.setup.is_zero() {
                true => String::new(),
                false => format!(" and {} for setup", price.setup),
            };
            format!("{} {}{setup}{cost}", price.ram, price.price)
        };
        prices.iter().map(text).collect::<Vec<_>>().join(", ")
    };
    let word = |flag: bool| flag.to_string();
    let left = |package: &Package| match (package.is_by_hand(), package.unlimited) {
        // What a list says is not what staff changed.
        (false, _) => String::new(),
        (true, true) => "no end".to_owned(),
        (true, false) => package.stock.to_string(),
    };
    let changes = [
        pair("displayName", format!("{:?}", old.name), format!("{:?}", new.name)),
        pair("nameConfirmed", word(old.name_confirmed), word(new.name_confirmed)),
        pair("published", word(old.published), word(new.published)),
        pair("pid", before.package.pid.to_string(), after.package.pid.to_string()),
        pair("cidrs", list(&old.cidrs), list(&new.cidrs)),
        pair("tags", old.tags.join(", "), new.tags.join(", ")),
        pair("staffNotes", format!("{:?}", old.remark), format!("{:?}", new.remark)),
        pair("prices", prices(&old.prices), prices(&new.prices)),
        pair("stock", left(&before.package), left(&after.package)),
    ];
    changes.into_iter().flatten().collect::<Vec<_>>().join("; ")
}
