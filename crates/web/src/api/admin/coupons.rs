//! Coupons: the list with their uses, a new one, and changing one.

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use domain::clock::Timestamp;
use domain::coupon::{Coupon, Kind};
use domain::id::ProductId;
use engine::Engine;
use engine::coupon::{CouponWish, KindWish};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::shapes::{Amount, List, maybe_time};
use crate::auth::Me;
use crate::body::{Asked, Part, Sent, id_of};
use crate::problem::Problem;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = CouponWish)]
pub(crate) struct Wished {
    /// Letters, digits and hyphens. Small and capital letters are alike.
    #[schema(example = "DIWALI-10")]
    code: String,
    /// Whole per cent off the price, from 1 to 99. One of `percent`, `amount` and `free`.
    percent: Option<i64>,
    /// An amount off the price.
    amount: Option<Amount>,
    /// Nothing is to pay.
    #[serde(default)]
    free: bool,
    /// RFC 3339.
    starts_at: Option<String>,
    ends_at: Option<String>,
    /// By all customers together.
    uses_max: Option<i64>,
    /// By one customer.
    uses_each_max: Option<i64>,
    /// Those it is for; none: all.
    #[serde(default)]
    products: Vec<String>,
    /// It counts no more.
    #[serde(default)]
    stopped: bool,
    /// For staff.
    #[serde(default)]
    note: String,
    /// Of the coupon that is changed.
    version: Option<i64>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Coupon)]
pub(crate) struct CouponAnswer {
    code: String,
    percent: Option<u8>,
    amount: Option<Amount>,
    free: bool,
    starts_at: Option<String>,
    ends_at: Option<String>,
    uses_max: Option<i64>,
    uses_each_max: Option<i64>,
    products: Vec<String>,
    stopped: bool,
    note: String,
    version: i64,
    /// How often it was used. Orders that were never paid and hold nothing do not count.
    #[serde(skip_serializing_if = "Option::is_none")]
    uses: Option<i64>,
}

fn answer(coupon: Coupon, uses: Option<i64>) -> CouponAnswer {
    let (percent, amount) = match coupon.kind {
        Kind::Percent(of) => (Some(of), None),
        Kind::Amount(money) => (None, Some(money.into())),
        Kind::Free => (None, None),
    };
    CouponAnswer {
        code: coupon.code,
        percent,
        amount,
        free: coupon.kind == Kind::Free,
        starts_at: maybe_time(coupon.starts_at),
        ends_at: maybe_time(coupon.ends_at),
        uses_max: coupon.uses_max,
        uses_each_max: coupon.uses_each_max,
        products: coupon.products.iter().map(ToString::to_string).collect(),
        stopped: coupon.stopped,
        note: coupon.note,
        version: coupon.version,
        uses,
    }
}

fn wish(sent: Wished) -> Result<CouponWish, Problem> {
    let wrong = |text: &str| Problem::new("invalid-coupon", text.to_owned());
    let kind = match (sent.percent, &sent.amount, sent.free) {
        (Some(of), None, false) => KindWish::Percent(of),
        (None, Some(amount), false) => KindWish::Amount(amount.money()?),
        (None, None, true) => KindWish::Free,
        _ => return Err(wrong("give one of percent, amount and free")),
    };
    let moment = |text: Option<String>| match text {
        None => Ok(None),
        Some(text) => Timestamp::parse(&text)
            .map(Some)
            .ok_or_else(|| wrong("startsAt and endsAt are written like 2026-11-21T00:00:00Z")),
    };
    Ok(CouponWish {
        code: sent.code,
        kind,
        starts_at: moment(sent.starts_at)?,
        ends_at: moment(sent.ends_at)?,
        uses_max: sent.uses_max,
        uses_each_max: sent.uses_each_max,
        products: sent
            .products
            .iter()
            .map(|id| id_of::<ProductId>(id))
            .collect::<Result<_, _>>()?,
        stopped: sent.stopped,
        note: sent.note,
    })
}

/// Coupons
#[utoipa::path(
    get,
    path = "/api/admin/coupons",
    tag = "staff",
    params(Part),
    responses((status = 200, body = List<CouponAnswer>))
)]
pub(crate) async fn list(
    State(engine): State<Engine>,
    Asked(part): Asked<Part>,
) -> Result<Json<List<CouponAnswer>>, Problem> {
    let after = part.after.as_deref().unwrap_or_default();
    let page = engine.coupons(after, part.limit()?.into()).await?;
    Ok(Json(List::of(page, |(coupon, uses)| answer(coupon, Some(uses)))))
}

/// Make a coupon
#[utoipa::path(
    post,
    path = "/api/admin/coupons",
    tag = "staff",
    request_body = Wished,
    responses((status = 201, body = CouponAnswer))
)]
pub(crate) async fn add(
    State(engine): State<Engine>,
    me: Me,
    Sent(sent): Sent<Wished>,
) -> Result<impl IntoResponse, Problem> {
    let made = engine.make_coupon(wish(sent)?, me.actor()).await?;
    Ok((StatusCode::CREATED, Json(answer(made, None))))
}

/// Change a coupon as a whole, or stop it
///
/// Orders that were made with it keep their price.
#[utoipa::path(
    put,
    path = "/api/admin/coupons",
    tag = "staff",
    request_body = Wished,
    responses((status = 200, body = CouponAnswer))
)]
pub(crate) async fn change(
    State(engine): State<Engine>,
    me: Me,
    Sent(sent): Sent<Wished>,
) -> Result<Json<CouponAnswer>, Problem> {
    let version = sent.version.ok_or_else(|| {
        Problem::new(
            "needs-version",
            "send the version of the coupon that you looked at".to_owned(),
        )
    })?;
    let changed = engine.change_coupon(wish(sent)?, version, me.actor()).await?;
    Ok(Json(answer(changed, None)))
}
