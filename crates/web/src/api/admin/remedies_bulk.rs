//! The same remedy for many orders at once. Each order lives alone: one refusal stops none of
//! the rest.

use axum::Json;
use axum::extract::State;
use domain::id::OrderId;
use domain::order::Remedy;
use engine::read::Viewer;
use engine::remedy::{Many, ORDERS_MAX, Wish};
use engine::{Engine, Error};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::at::find;
use crate::api::shapes::Amount;
use crate::app::Shop;
use crate::auth::Me;
use crate::body::{Key, Sent};
use crate::problem::Problem;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BulkWish {
    kind: Kind,
    /// Ids or numbers.
    orders: Vec<String>,
    /// Of an extension, or how long a code is good.
    days: Option<i64>,
    /// What a code takes off their next order.
    percent: Option<i64>,
    reason: String,
    /// What each customer reads in a mail that apologises; without it their mail only tells what
    /// was done.
    apology: Option<String>,
    /// Tells who would get what, and what it would cost, and changes nothing.
    #[serde(default)]
    preview: bool,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Extend,
    Reprovision,
    Refund,
    Discount,
}

impl Kind {
    fn remedy(&self) -> Remedy {
        match self {
            Kind::Extend => Remedy::Extend,
            Kind::Reprovision => Remedy::Reprovision,
            Kind::Refund => Remedy::Refund,
            Kind::Discount => Remedy::Discount,
        }
    }
}

#[derive(Serialize, ToSchema)]
#[schema(as = BulkDone)]
pub(crate) struct BulkAnswer {
    /// For how many orders it was done, or with `preview` would be.
    done: usize,
    /// What it costs us, where that is known, in each currency.
    goodwill: Vec<Amount>,
    results: Vec<OneAnswer>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = BulkResult)]
struct OneAnswer {
    order_id: String,
    success: bool,
    did: Vec<String>,
    /// Why it was not done for this one.
    error: Option<String>,
}

/// Decide for many orders
#[utoipa::path(
    post,
    path = "/api/admin/remedies",
    tag = "remedies",
    request_body = BulkWish,
    responses((status = 200, body = BulkAnswer))
)]
pub(crate) async fn remedy_many(
    State(shop): State<Shop>,
    State(engine): State<Engine>,
    me: Me,
    Key(key): Key,
    Sent(wish): Sent<BulkWish>,
) -> Result<Json<BulkAnswer>, Problem> {
    let BulkWish { kind, orders, days, percent, reason, apology, preview } = wish;
    if !(1..=ORDERS_MAX).contains(&orders.len()) {
        return Err(Problem::malformed(format!("orders must name 1 to {ORDERS_MAX} orders")));
    }
    if key.is_none() && !preview {
        let why = "deciding for many orders gives value: send an Idempotency-Key".to_owned();
        return Err(Error::NeedsVersion(why).into());
    }
    let mut known: Vec<OrderId> = Vec::with_capacity(orders.len());
    for order in &orders {
        known.push(find(&shop, order, &Viewer::Staff).await?);
    }
    let wish = Wish {
        days,
        percent,
        apologises: apology.is_some(),
        public: apology,
        preview,
        key,
        ..Wish::new(kind.remedy(), &reason)
    };
    let Many { results, goodwill, .. } = engine.remedy_many(&known, &wish, me.actor()).await?;
    let goodwill = goodwill.into_iter().map(Amount::from).collect();
    let results = results.into_iter().map(|(order, done)| match done {
        Ok(done) => answer(&order, done.did, None),
        Err(error) => answer(&order, vec![], Some(Problem::from(error).detail().to_owned())),
    });
    let results: Vec<OneAnswer> = results.collect();
    let done = results.iter().filter(|result| result.success).count();
    Ok(Json(BulkAnswer { done, goodwill, results }))
}

fn answer(order: &OrderId, did: Vec<String>, error: Option<String>) -> OneAnswer {
    OneAnswer { order_id: order.to_string(), success: error.is_none(), did, error }
}
