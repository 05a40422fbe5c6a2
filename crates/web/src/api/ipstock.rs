//! What the shop sells, for everybody: the busiest answer of the house, served as ready bytes.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::id::ProductId;
use domain::product::Price;
use engine::Engine;
use engine::catalogue::Shown;
use http::{HeaderValue, header};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

use crate::app::Shop;
use crate::body::{Asked, id_of};
use crate::headers::{ASK_AGAIN, JSON};
use crate::problem::Problem;
use crate::shelf::{self, Ready};

/// Older programs ask for everything at once, and get it up to here.
const LIMIT: u32 = 1_000;
const PATH: &str = "/api/ipstock";

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = IPStock)]
pub(crate) struct StockAnswer {
    #[serde(rename = "_id")]
    id: String,
    #[schema(example = "🌊 103.181.91")]
    name: String,
    provider: String,
    /// False: published, and not to be had at the moment.
    available: bool,
    /// How many there are; null where there is no end of them.
    quantity: Option<i64>,
    low_stock: bool,
    /// So many days one is sold for.
    days: i64,
    #[schema(value_type = std::collections::BTreeMap<String, OptionAnswer>)]
    memory_options: Options,
}

/// In the order of their sizes.
struct Options(Vec<(String, OptionAnswer)>);

#[derive(Serialize, ToSchema)]
#[schema(as = MemoryOption)]
struct OptionAnswer {
    /// Whole minor units.
    #[schema(example = 69900)]
    price: i64,
    #[schema(example = "INR")]
    currency: &'static str,
    /// A fee that is paid once, beside the price.
    #[serde(skip_serializing_if = "Option::is_none")]
    setup: Option<i64>,
}

impl Serialize for Options {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (memory, option) in &self.0 {
            map.serialize_entry(memory, option)?;
        }
        map.end()
    }
}

fn option(price: &Price) -> (String, OptionAnswer) {
    let (minor, currency) = (price.price.minor, price.price.currency.code());
    let setup = (!price.setup.is_zero()).then_some(price.setup.minor);
    (price.ram.to_string(), OptionAnswer { price: minor, currency, setup })
}

fn answer(engine: &Engine, shown: &Shown, state: shelf::State) -> StockAnswer {
    let (product, package) = (&shown.product, &shown.package);
    StockAnswer {
        id: product.id.to_string(),
        name: product.name.clone(),
        provider: package.provider.clone(),
        available: shown.available && state.sells(package),
        quantity: (!package.unlimited).then_some(package.stock.max(0)),
        low_stock: engine.is_low(package),
        days: package.days,
        memory_options: Options(product.prices.iter().map(option).collect()),
    }
}

#[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// How many at most; 1 to 1000, and 1000 without it.
    limit: Option<u32>,
    /// The `_id` of the last one of the part before; the header `Link` has it ready.
    after: Option<String>,
}

/// What the shop sells
///
/// A plain array; the header `Link` leads to the next part, if there is one.
#[utoipa::path(
    get,
    path = PATH,
    tag = "catalogue",
    params(Which),
    responses((status = 200, body = Vec<StockAnswer>))
)]
pub(crate) async fn list(
    State(shop): State<Shop>,
    Asked(which): Asked<Which>,
) -> Result<Response, Problem> {
    let limit = which.limit.unwrap_or(LIMIT).min(LIMIT);
    if limit == 0 {
        return Err(Problem::malformed("limit must be a whole number from 1 to 1000"));
    }
    let after = which.after.as_deref().map(cursor).transpose()?;
    let name = format!("{limit} {}", which.after.as_deref().unwrap_or_default());
    let make = async |state| put_together(shop.engine(), after, limit, state).await;
    let ready = shop.shelf().ready(shop.engine(), &name, make).await?;
    let mut response = ready.body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, JSON);
    headers.insert(header::CACHE_CONTROL, ASK_AGAIN);
    let link = ready.next.map(|next| format!("<{PATH}?limit={limit}&after={next}>; rel=\"next\""));
    if let Some(link) = link.and_then(|link| HeaderValue::from_str(&link).ok()) {
        headers.insert(header::LINK, link);
    }
    Ok(response)
}

fn cursor(text: &str) -> Result<ProductId, Problem> {
    id_of(text).map_err(|_| Problem::malformed("after must be the `_id` of a product"))
}

async fn put_together(
    engine: &Engine,
    after: Option<ProductId>,
    limit: u32,
    state: shelf::State,
) -> Result<Ready, Problem> {
    let mut shown = engine.shop(after, i64::from(limit) + 1).await?;
    let more = shown.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    shown.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let next = shown.last().filter(|_| more).map(|shown| shown.product.id.to_string());
    let answers: Vec<StockAnswer> =
        shown.iter().map(|shown| answer(engine, shown, state)).collect();
    let body = serde_json::to_vec(&answers).map_err(|error| {
        tracing::error!("the list of products cannot be written: {error}");
        Problem::internal()
    })?;
    Ok(Ready { body: body.into(), next })
}
