//! What staff deliver by hand: who sells it, which plans, how many are left, how soon it is due.

use std::time::Duration;

use axum::extract::State;
use axum::response::Response;
use domain::id::ProductId;
use domain::provider::ByHand as Provider;
use engine::Error;
use engine::catalogue::{NewPlan, ProductPatch, Shown};
use engine::permission::Act;
use engine::provider::NewByHand;
use serde::Deserialize;

use super::read_money;
use super::stock::states;
use crate::api::ProviderName;
use crate::app::Shop;
use crate::auth::Me;
use crate::body::At;
use crate::language::Language;
use crate::page::{self, Around, Posted, sentence};
use crate::paths;
use crate::problem::Problem;
use crate::view::admin::by_hand::{ByHand, Plan, Seller};
use crate::view::when::span;
use crate::view::{Here, Said};

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
    let mut sellers = Vec::new();
    for (provider, paused) in engine.all_by_hand().await? {
        let plans = engine.plans_of(&provider.id).await?;
        sellers.push(seller(provider, paused, &plans));
    }
    Ok(ByHand {
        sellers,
        waiting: waiting.orders,
        overdue: waiting.overdue,
        next_due: waiting.next_due.map(|at| frame.time(at)),
        may_change: me.may(Act::ManageCatalogue),
        refused: None,
        frame,
    })
}

fn seller(provider: Provider, paused: Option<String>, plans: &[Shown]) -> Seller {
    Seller {
        due: span(provider.due_within, Language::default()),
        plans: plans.iter().map(plan).collect(),
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
        stock: if package.unlimited { String::new() } else { package.stock.to_string() },
        days: package.days,
        prices: product.prices.iter().map(price).collect(),
        ranges: if ranges.is_empty() { "any address".into() } else { ranges.join(", ") },
        states: states(shown),
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct NewSeller {
    name: String,
    hours: String,
    note: String,
}

/// A provider without an API.
pub(crate) async fn add_seller(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    Posted(new): Posted<NewSeller>,
) -> Result<Response, Problem> {
    let done = async {
        let hours = number(&new.hours, "hours")?;
        let due_within = Duration::from_secs(hours.unsigned_abs().saturating_mul(3_600));
        let wish = NewByHand { name: new.name.clone(), due_within, note: new.note.clone() };
        shop.engine().add_by_hand(wish, me.actor()).await.map(drop)
    };
    answered(&shop, &around, &me, done.await).await
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

/// A plan of one, with one price; more are given to it as to every product.
pub(crate) async fn add_plan(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    At(ProviderName(provider)): At<ProviderName>,
    Posted(new): Posted<NewOne>,
) -> Result<Response, Problem> {
    let done = async {
        let price = read_money(&new.price, shop.engine().settings().currency);
        let price = price.ok_or_else(|| {
            Error::invalid("invalid-product", "write the price like 2240 or 2240.50")
        })?;
        let plan = NewPlan {
            name: new.name.clone(),
            display_name: None,
            pid: None,
            prices: vec![(new.memory.clone(), Some(price))],
            costs: vec![],
            stock: count(&new.stock)?,
            days: number(&new.days, "days")?,
            cidrs: new
                .cidrs
                .split([',', ' '])
                .filter(|s| !s.is_empty())
                .map(str::to_owned)
                .collect(),
            published: true,
        };
        shop.engine().add_plan(&provider, plan, me.actor()).await.map(drop)
    };
    answered(&shop, &around, &me, done.await).await
}

#[derive(Debug, Deserialize)]
pub(crate) struct Left {
    stock: String,
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
        let stock = count(&left.stock)?;
        let unlimited = stock.is_none().then_some(true);
        let patch = ProductPatch { stock, unlimited, ..ProductPatch::default() };
        shop.engine().change_product(&id, patch, me.actor()).await.map(drop)
    };
    answered(&shop, &around, &me, done.await).await
}

/// On to the page, or the page with what was refused.
async fn answered(
    shop: &Shop,
    around: &Around,
    me: &Me,
    done: Result<(), Error>,
) -> Result<Response, Problem> {
    let error = match done {
        Ok(()) => {
            shop.shelf().clear();
            return Ok(page::on_to_say(paths::STAFF_BY_HAND, Said::Done));
        }
        Err(error @ (Error::Invalid { .. } | Error::Refused { .. })) => error,
        Err(error) => return Err(error.into()),
    };
    let refused = Some(format!("{}.", sentence(&error.to_string())));
    page::show_refused(error, &ByHand { refused, ..shelf(shop, around, me).await? })
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
}
