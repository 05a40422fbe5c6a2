//! What staff deliver by hand: who sells it, which plans, how many are left, how soon it is due.

use std::time::Duration;

use axum::extract::State;
use axum::response::Response;
use domain::id::ProductId;
use domain::money::Currency;
use domain::package::{Package, Ram};
use domain::provider::ByHand as Provider;
use engine::Error;
use engine::catalogue::{NewPlan, ProductPatch, Shown};
use engine::permission::Act;
use engine::provider::{ByHandPatch, LISTED_AS, NewByHand, Stocked};
use serde::Deserialize;

use super::fault::{place, words};
use super::product::listed;
use super::read_money;
use super::stock::states;
use crate::api::ProviderName;
use crate::app::Shop;
use crate::auth::Me;
use crate::body::At;
use crate::language::Language;
use crate::page::{self, Around, Posted};
use crate::paths;
use crate::problem::Problem;
use crate::view::admin::by_hand::{ByHand, Plan, PlanForm, Seller, SellerForm};
use crate::view::when::span;
use crate::view::{Field, Here, Said};

/// `/admin/byHand`
pub(crate) async fn list(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
) -> Result<Response, Problem> {
    page::show(&shelf(&shop, &around, &me).await?)
}

async fn shelf(shop: &Shop, around: &Around, me: &Me) -> Result<ByHand, Problem> {
    let engine = shop.engine();
    let frame = around.frame(shop, "By hand", Here::StaffByHand);
    let waiting = engine.waiting_by_hand().await?;
    Ok(ByHand {
        sellers: engine.shelves().await?.into_iter().map(seller).collect(),
        waiting: waiting.orders,
        overdue: waiting.overdue,
        next_due: waiting.next_due.map(|at| frame.time(at)),
        waiting_url: paths::staff_attention_of(LISTED_AS),
        may_change: me.may(Act::ManageCatalogue),
        new_seller: SellerForm { within: "seller-".into(), ..SellerForm::default() },
        refused: None,
        frame,
    })
}

fn seller(Stocked { seller: provider, paused, plans }: Stocked) -> Seller {
    Seller {
        due: span(provider.due_within, Language::default()),
        plans: plans.iter().map(plan).collect(),
        form: SellerForm {
            within: format!("edit-{}-", provider.id),
            name: Field::of(&provider.name),
            hours: Field::of(hours(provider.due_within)),
            note: Field::of(&provider.note),
            is_open: false,
        },
        new_plan: PlanForm { within: format!("{}-", provider.id), ..PlanForm::default() },
        id: provider.id,
        name: provider.name,
        note: provider.note,
        paused,
    }
}

fn plan(shown: &Shown) -> Plan {
    let (product, package) = (&shown.product, &shown.package);
    let price =
        |price: &domain::product::Price| format!("{} {}", price.ram, price.price.for_people());
    let ranges: Vec<String> = product.cidrs.iter().map(ToString::to_string).collect();
    Plan {
        id: product.id.to_string(),
        name: product.name.clone(),
        stock: Field::of(left(package)),
        action: format!("{}/stock/{}", paths::STAFF_BY_HAND, product.id),
        days: package.days,
        prices: product.prices.iter().map(price).collect(),
        ranges: if ranges.is_empty() { "any address".into() } else { ranges.join(", ") },
        states: states(shown),
    }
}

/// How many there are, as it is typed: nothing where there is no end.
pub(super) fn left(package: &Package) -> String {
    if package.unlimited { String::new() } else { package.stock.to_string() }
}

#[derive(Debug, Deserialize)]
pub(crate) struct Described {
    name: String,
    hours: String,
    note: String,
}

impl Described {
    /// The form as it was filled in, and what is wrong with it.
    fn back(&self, form: &mut SellerForm, error: &Error) -> Option<String> {
        form.is_open = true;
        form.name = Field::of(&self.name);
        form.hours = Field::of(&self.hours);
        form.note = Field::of(&self.note);
        if error.slug() == "name-taken" {
            form.name.error = Some(words(error));
            return None;
        }
        let (name, hours, note) = (&mut form.name, &mut form.hours, &mut form.note);
        place(error, &mut [("name", name), ("dueMinutes", hours), ("note", note)])
    }
}

/// A provider without an API.
pub(crate) async fn add_seller(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    Posted(new): Posted<Described>,
) -> Result<Response, Problem> {
    let done = async {
        let due_within = due(&new.hours)?;
        let wish = NewByHand { name: new.name.clone(), due_within, note: new.note.clone() };
        shop.engine().add_by_hand(wish, me.actor()).await.map(drop)
    };
    let done = done.await;
    answered((&shop, &around, &me), done, |page, error| new.back(&mut page.new_seller, error)).await
}

/// What a provider is called, when it is due, and the note.
pub(crate) async fn change_seller(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    At(ProviderName(id)): At<ProviderName>,
    Posted(new): Posted<Described>,
) -> Result<Response, Problem> {
    let done = async {
        let patch = ByHandPatch {
            name: Some(new.name.clone()),
            due_within: Some(due(&new.hours)?),
            note: Some(new.note.clone()),
        };
        shop.engine().change_by_hand(&id, patch, me.actor()).await.map(drop)
    };
    let done = done.await;
    answered((&shop, &around, &me), done, |page, error| match of(page, &id) {
        Some(seller) => new.back(&mut seller.form, error),
        None => Some(words(error)),
    })
    .await
}

fn of<'a>(page: &'a mut ByHand, id: &str) -> Option<&'a mut Seller> {
    page.sellers.iter_mut().find(|seller| seller.id == id)
}

#[derive(Debug, Deserialize)]
pub(crate) struct NewOne {
    name: String,
    memory: String,
    price: String,
    days: String,
    stock: String,
    cidrs: String,
}

impl NewOne {
    fn plan(&self, currency: Currency) -> Result<NewPlan, Error> {
        let wrong = |text: &str| Error::invalid("invalid-product", text);
        if Ram::parse(&self.memory).is_none() {
            return Err(wrong("memory: write it like 8GB"));
        }
        let price = read_money(&self.price, currency);
        let price = price.ok_or_else(|| wrong("prices: write an amount like 2240 or 2240.50"))?;
        Ok(NewPlan {
            name: self.name.clone(),
            display_name: None,
            pid: None,
            prices: vec![(self.memory.clone(), Some(price))],
            costs: vec![],
            stock: count(&self.stock)?,
            days: number(&self.days, "days")?,
            cidrs: listed(&self.cidrs, &[',', ' ']),
            published: true,
        })
    }

    /// The form as it was filled in, and what is wrong with it.
    fn back(&self, form: &mut PlanForm, error: &Error) -> Option<String> {
        *form = PlanForm {
            within: std::mem::take(&mut form.within),
            name: Field::of(&self.name),
            memory: Field::of(&self.memory),
            price: Field::of(&self.price),
            days: Field::of(&self.days),
            stock: Field::of(&self.stock),
            cidrs: Field::of(&self.cidrs),
            is_open: true,
        };
        if error.slug() == "name-taken" {
            form.name.error = Some(words(error));
            return None;
        }
        place(
            error,
            &mut [
                ("name", &mut form.name),
                ("memory", &mut form.memory),
                ("prices", &mut form.price),
                ("days", &mut form.days),
                ("stock", &mut form.stock),
                ("cidrs", &mut form.cidrs),
            ],
        )
    }
}

/// A plan of one, with one price; more are given to it as to every product.
pub(crate) async fn add_plan(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    At(ProviderName(provider)): At<ProviderName>,
    Posted(new): Posted<NewOne>,
) -> Result<Response, Problem> {
    let done = async {
        let plan = new.plan(shop.engine().settings().currency)?;
        shop.engine().add_plan(&provider, plan, me.actor()).await.map(drop)
    };
    let done = done.await;
    answered((&shop, &around, &me), done, |page, error| match of(page, &provider) {
        Some(seller) => new.back(&mut seller.new_plan, error),
        None => Some(words(error)),
    })
    .await
}

#[derive(Debug, Deserialize)]
pub(crate) struct Left {
    stock: String,
}

/// What is to change of a plan once somebody has counted.
pub(super) fn counted(stock: &str) -> Result<ProductPatch, Error> {
    let stock = count(stock)?;
    let unlimited = stock.is_none().then_some(true);
    Ok(ProductPatch { stock, unlimited, ..ProductPatch::default() })
}

/// How many of a plan there are from now on.
pub(crate) async fn set_stock(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    At(id): At<ProductId>,
    Posted(left): Posted<Left>,
) -> Result<Response, Problem> {
    let done = async {
        let patch = counted(&left.stock)?;
        shop.engine().change_product(&id, patch, me.actor()).await.map(drop)
    };
    let done = done.await;
    answered((&shop, &around, &me), done, |page, error| {
        let mut plans = page.sellers.iter_mut().flat_map(|seller| &mut seller.plans);
        let Some(plan) = plans.find(|plan| plan.id == id.to_string()) else {
            return Some(words(error));
        };
        plan.stock = Field::of(&left.stock);
        place(error, &mut [("stock", &mut plan.stock)])
    })
    .await
}

/// On to the page, or the page as it was filled in, with what was refused.
async fn answered(
    (shop, around, me): (&Shop, &Around, &Me),
    done: Result<(), Error>,
    typed: impl FnOnce(&mut ByHand, &Error) -> Option<String>,
) -> Result<Response, Problem> {
    let error = match done {
        Ok(()) => {
            shop.shelf().clear();
            return Ok(page::on_to_say(paths::STAFF_BY_HAND, Said::Done));
        }
        Err(error @ (Error::Invalid { .. } | Error::Refused { .. })) => error,
        Err(error) => return Err(error.into()),
    };
    let mut page = shelf(shop, around, me).await?;
    page.refused = typed(&mut page, &error);
    page::show_refused(error, &page)
}

/// Hours as they are typed: `4`, or `4:30` with the minutes.
fn due(text: &str) -> Result<Duration, Error> {
    let text = text.trim();
    let (hours, minutes) = text.split_once(':').unwrap_or((text, "0"));
    let read = |text: &str, most: u64| text.parse::<u64>().ok().filter(|number| *number <= most);
    let both = read(hours, 720).zip(read(minutes, 59));
    let due = both.map(|(hours, minutes)| Duration::from_secs(hours * 3_600 + minutes * 60));
    due.filter(|due| (Provider::DUE_MIN..=Provider::DUE_MAX).contains(due)).ok_or_else(|| {
        let text = "dueMinutes: write the hours like 4, or 4:30 with the minutes; at most 720";
        Error::invalid("invalid-provider", text)
    })
}

fn hours(due: Duration) -> String {
    let minutes = due.as_secs() / 60;
    match minutes % 60 {
        0 => (minutes / 60).to_string(),
        rest => format!("{}:{rest:02}", minutes / 60),
    }
}

/// Nothing typed is no end.
fn count(text: &str) -> Result<Option<i64>, Error> {
    match text.trim() {
        "" => Ok(None),
        text => number(text, "stock").map(Some),
    }
}

fn number(text: &str, what: &str) -> Result<i64, Error> {
    let wrong = |_| Error::invalid("invalid-product", format!("{what} must be a whole number"));
    text.trim().parse().map_err(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_typed_has_no_end_and_nonsense_is_refused() {
        assert_eq!(count(" ").unwrap(), None);
        assert_eq!(count("7").unwrap(), Some(7));
        assert!(count("seven").is_err());
    }

    #[test]
    fn hours_that_are_offered_read_back_and_nonsense_is_refused() {
        for (text, minutes) in [("4", 240), ("0:50", 50), ("4:30", 270), ("720", 43_200)] {
            let read = due(text).unwrap();
            assert_eq!((read.as_secs() / 60, hours(read).as_str()), (minutes, text));
        }
        for wrong in ["", "0", "soon", "4:60", "4:", "-1", "721", "1.5"] {
            assert!(due(wrong).is_err(), "{wrong}");
        }
    }
}
