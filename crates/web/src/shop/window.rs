//! Everything that is for sale, kept in memory: searched, filtered and sorted there, however many
//! products there are. Not for orders: each is decided under the package's own lock.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use domain::id::ProductId;
use domain::package::Ram;
use domain::product::Product;
use engine::Engine;
use engine::catalogue::Shown;

use crate::problem::Problem;
use crate::shelf::State;

/// So many products are read at a time.
const TOGETHER: i64 = 2_000;
/// So many tags are offered: those that most bear. The others are found by searching.
const TAGS_MAX: usize = 30;

/// What is for sale in one state of the catalogue, by name.
pub(crate) struct Window {
    pub state: State,
    items: Vec<Item>,
    /// Tags with how many products bear each, by name.
    pub tags: Vec<(String, usize)>,
    /// Each memory size that something is sold with.
    pub sizes: Vec<Ram>,
}

/// One product, and what it is searched by.
pub(crate) struct Item {
    pub shown: Shown,
    /// It can be had now.
    pub on_sale: bool,
    text: String,
    tags: Vec<String>,
}

/// What somebody looks for. The empty wish finds everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wish {
    pub text: String,
    pub memory: Option<Ram>,
    /// At most so much, in minor units, without tax.
    pub most: Option<i64>,
    pub tag: String,
    pub only_on_sale: bool,
    pub order: Sorted,
    /// Those of one group stand together.
    pub grouped: bool,
}

/// What comes first. What cannot be had comes last in any case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Sorted {
    #[default]
    Name,
    Cheapest,
    Dearest,
}

impl Window {
    pub async fn read(engine: &Engine, state: State) -> Result<Window, Problem> {
        let mut shown: Vec<Shown> = Vec::new();
        loop {
            let after: Option<ProductId> = shown.last().map(|last| last.product.id.clone());
            let part = engine.shop(after, TOGETHER).await?;
            let is_last = i64::try_from(part.len()).is_ok_and(|length| length < TOGETHER);
            shown.extend(part);
            if is_last {
                return Ok(Window::of(shown, state));
            }
        }
    }

    fn of(shown: Vec<Shown>, state: State) -> Window {
        let mut tags: BTreeMap<String, (String, usize)> = BTreeMap::new();
        for tag in shown.iter().flat_map(|shown| &shown.product.tags) {
            tags.entry(tag.to_lowercase()).or_insert_with(|| (tag.clone(), 0)).1 += 1;
        }
        let prices = shown.iter().flat_map(|shown| &shown.product.prices);
        let mut sizes: Vec<Ram> = prices.map(|price| price.ram).collect();
        sizes.sort_unstable();
        sizes.dedup();
        let mut tags: Vec<(String, usize)> = tags.into_values().collect();
        if tags.len() > TAGS_MAX {
            tags.sort_by_key(|(_, count)| Reverse(*count));
            tags.truncate(TAGS_MAX);
            tags.sort_unstable();
        }
        let items = shown.into_iter().map(|shown| Item::of(shown, state)).collect();
        Window { state, items, tags, sizes }
    }

    pub fn count(&self) -> usize {
        self.items.len()
    }

    pub fn products(&self) -> impl Iterator<Item = &Product> {
        self.items.iter().map(|item| &item.shown.product)
    }

    /// Everything that fits, in the order that is wanted.
    pub fn find(&self, wish: &Wish) -> Vec<&Item> {
        let mut found: Vec<(&Item, i64)> = self
            .items
            .iter()
            .filter_map(|item| item.price_for(wish).map(|price| (item, price)))
            .filter(|(item, _)| item.fits(wish))
            .collect();
        // Sorting is stable: what is alike stays in the order of names.
        match wish.order {
            Sorted::Name => {}
            Sorted::Cheapest => found.sort_by_key(|(_, price)| *price),
            Sorted::Dearest => found.sort_by_key(|(_, price)| Reverse(*price)),
        }
        found.sort_by_key(|(item, _)| !item.on_sale);
        if wish.grouped {
            // Without a tag comes last.
            found.sort_by(|(one, _), (other, _)| {
                let group = |item: &Item| (item.tags.is_empty(), item.tags.first().cloned());
                group(one).cmp(&group(other))
            });
        }
        found.into_iter().map(|(item, _)| item).collect()
    }
}

impl Item {
    pub fn of(shown: Shown, state: State) -> Item {
        let (product, package) = (&shown.product, &shown.package);
        let promise = product.promise(package).to_string();
        let parts = [&product.name, &package.name, &promise].into_iter().chain(&product.tags);
        let text = parts.map(|part| part.to_lowercase()).collect::<Vec<_>>().join("\n");
        let tags = product.tags.iter().map(|tag| tag.to_lowercase()).collect();
        let on_sale = shown.available && package.left() > 0 && state.sells(package);
        Item { on_sale, text, tags, shown }
    }

    /// What it costs with the size that is wanted, or with its cheapest; none where it is not sold
    /// like that.
    fn price_for(&self, wish: &Wish) -> Option<i64> {
        let prices = self.shown.product.prices.iter();
        let wanted = prices.filter(|price| wish.memory.is_none_or(|ram| price.ram == ram));
        let price = wanted.map(|price| price.price.minor).min()?;
        (wish.most.is_none_or(|most| price <= most)).then_some(price)
    }

    fn fits(&self, wish: &Wish) -> bool {
        let tagged = wish.tag.is_empty() || self.tags.contains(&wish.tag);
        let named = wish.text.split_whitespace().all(|word| self.text.contains(word));
        tagged && named && (self.on_sale || !wish.only_on_sale)
    }
}

#[cfg(test)]
mod tests;
