//! The catalogue by hand: names, prices, costs, ranges, links, and lifting a hold.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use domain::id::ProductId;
use domain::money::Money;
use engine::Engine;
use engine::catalogue::{ProductPatch, Shown};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::shapes::{Amount, Because, List};
use crate::app::Shop;
use crate::auth::Me;
use crate::body::{Asked, At, Part, Sent};
use crate::problem::Problem;

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Product)]
pub(crate) struct ProductAnswer {
    #[serde(rename = "_id")]
    id: String,
    display_name: String,
    name_confirmed: bool,
    provider: String,
    pid: String,
    package_name: String,
    /// The provider's own word.
    status: String,
    /// The promised addresses, in words.
    promise: String,
    cidrs: Vec<String>,
    /// What customers find it by beside its name; the first is its group.
    tags: Vec<String>,
    /// What staff note about it, for themselves.
    staff_notes: String,
    published: bool,
    available: bool,
    /// Why it is off sale until it is seen again, or until a person decides.
    held: Option<&'static str>,
    note: String,
    /// Free addresses by the newest reading, whoever asked for it; of what is delivered by hand,
    /// how many staff count. Null: there is no end of them.
    quantity: Option<i64>,
    /// The last sync's number, compared with the limit for new orders.
    listed_quantity: i64,
    low_stock: bool,
    /// So many days one is sold for.
    days: i64,
    missing_since: Option<String>,
    prices: BTreeMap<String, Amount>,
    costs: BTreeMap<String, Amount>,
    /// Paid once, beside the price; where there is a fee.
    setups: BTreeMap<String, Amount>,
    version: i64,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ChangedProduct)]
pub(crate) struct ChangedAnswer {
    #[serde(flatten)]
    product: ProductAnswer,
    /// What staff should know, and what does not stand in the way.
    warnings: Vec<String>,
    /// Other packages that promise some of the same addresses.
    siblings: Vec<SiblingAnswer>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Sibling)]
struct SiblingAnswer {
    pid: String,
    name: String,
}

pub(crate) fn answer(engine: &Engine, shown: &Shown) -> ProductAnswer {
    let (product, package) = (&shown.product, &shown.package);
    let prices = product.prices.iter().map(|p| (p.ram.to_string(), p.price.into()));
    let costs = product.prices.iter().filter_map(|p| Some((p.ram.to_string(), p.cost?.into())));
    let with_fee = product.prices.iter().filter(|price| !price.setup.is_zero());
    let setups = with_fee.map(|price| (price.ram.to_string(), price.setup.into()));
    ProductAnswer {
        id: product.id.to_string(),
        display_name: product.name.clone(),
        name_confirmed: product.name_confirmed,
        provider: package.provider.clone(),
        pid: package.pid.to_string(),
        package_name: package.name.clone(),
        status: package.status.clone(),
        promise: product.promise(package).to_string(),
        cidrs: product.cidrs.iter().map(ToString::to_string).collect(),
        tags: product.tags.clone(),
        staff_notes: product.remark.clone(),
        published: product.published,
        available: shown.available,
        held: product.held.map(domain::product::Held::words),
        note: product.note.clone(),
        quantity: (!package.unlimited).then_some(package.stock),
        listed_quantity: package.listed_stock,
        low_stock: engine.is_low(package),
        days: package.days,
        missing_since: package.missing_since.map(|at| at.rfc3339()),
        prices: prices.collect(),
        costs: costs.collect(),
        setups: setups.collect(),
        version: product.version,
    }
}

/// All products, by name
#[utoipa::path(
    get,
    path = "/api/admin/products",
    tag = "catalogue",
    params(Part),
    responses((status = 200, body = List<ProductAnswer>))
)]
pub(crate) async fn list(
    State(engine): State<Engine>,
    Asked(part): Asked<Part>,
) -> Result<Json<List<ProductAnswer>>, Problem> {
    let (limit, after) = (part.limit()?, part.after(|text| ProductId::parse(text).ok())?);
    let shown = engine.list_products(after, i64::from(limit) + 1).await?;
    let cursor = |shown: &Shown| shown.product.id.to_string();
    Ok(Json(List::cut(shown, limit, cursor, |shown| answer(&engine, &shown))))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ProductWish {
    display_name: Option<String>,
    /// What looks like another block in the name is not an address.
    name_confirmed: Option<bool>,
    published: Option<bool>,
    /// By memory; null takes one off the list, those not named stay.
    #[schema(value_type = Option<BTreeMap<String, Amount>>)]
    prices: Option<BTreeMap<String, Option<Amount>>>,
    #[schema(value_type = Option<BTreeMap<String, Amount>>)]
    costs: Option<BTreeMap<String, Option<Amount>>>,
    /// Fees that are paid once, beside the price; null takes one away.
    #[schema(value_type = Option<BTreeMap<String, Amount>>)]
    setups: Option<BTreeMap<String, Option<Amount>>>,
    /// All ranges of its servers; empty for none.
    cidrs: Option<Vec<String>>,
    /// All of its tags; empty for none.
    tags: Option<Vec<String>>,
    /// For staff themselves; empty for none.
    staff_notes: Option<String>,
    /// The package that it is bought as from now on.
    pid: Option<String>,
    /// How many there are, of what is delivered by hand.
    stock: Option<i64>,
    /// There is no end of them, of what is delivered by hand.
    unlimited: Option<bool>,
    /// Refused when the product has another version by now.
    version: Option<i64>,
}

type Moneys = Vec<(String, Option<Money>)>;

fn moneys(sent: Option<BTreeMap<String, Option<Amount>>>) -> Result<Option<Moneys>, Problem> {
    let money = |(memory, amount): (String, Option<Amount>)| {
        let money = amount.map(|amount| amount.money()).transpose()?;
        Ok((memory, money))
    };
    sent.map(|sent| sent.into_iter().map(money).collect()).transpose()
}

/// Change a product
#[utoipa::path(
    patch,
    path = "/api/admin/products/{id}",
    tag = "catalogue",
    params(("id" = String, Path, description = "The `_id` of `/api/ipstock`")),
    request_body = ProductWish,
    responses((status = 200, body = ChangedAnswer))
)]
pub(crate) async fn change(
    State(shop): State<Shop>,
    me: Me,
    At(id): At<ProductId>,
    Sent(wish): Sent<ProductWish>,
) -> Result<Json<ChangedAnswer>, Problem> {
    let patch = ProductPatch {
        display_name: wish.display_name,
        name_confirmed: wish.name_confirmed,
        published: wish.published,
        prices: moneys(wish.prices)?,
        costs: moneys(wish.costs)?,
        setups: moneys(wish.setups)?,
        cidrs: wish.cidrs,
        tags: wish.tags,
        notes: wish.staff_notes,
        pid: wish.pid,
        stock: wish.stock,
        unlimited: wish.unlimited,
        version: wish.version,
    };
    let changed = shop.engine().change_product(&id, patch, me.actor()).await?;
    shop.shelf().clear();
    let product = answer(shop.engine(), &changed.shown);
    let siblings = changed.siblings.into_iter();
    let siblings = siblings.map(|p| SiblingAnswer { pid: p.pid.to_string(), name: p.name });
    let (warnings, siblings) = (changed.warnings, siblings.collect());
    Ok(Json(ChangedAnswer { product, warnings, siblings }))
}

/// Let a held product go
///
/// A person has looked. What is still doubtful is held again by the next sync.
#[utoipa::path(
    post,
    path = "/api/admin/products/{id}/lift-hold",
    tag = "catalogue",
    params(("id" = String, Path, description = "The `_id` of `/api/ipstock`")),
    request_body = Because,
    responses((status = 200, body = ProductAnswer))
)]
pub(crate) async fn lift_hold(
    State(shop): State<Shop>,
    me: Me,
    At(id): At<ProductId>,
    Sent(because): Sent<Because>,
) -> Result<Json<ProductAnswer>, Problem> {
    let reason = because.or("a person has looked");
    let shown = shop.engine().lift_hold(&id, &reason, me.actor()).await?;
    shop.shelf().clear();
    Ok(Json(answer(shop.engine(), &shown)))
}
