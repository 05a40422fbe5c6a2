//! The cart for programs and scripts: a customer's own, or that of whoever holds the cookie. Each
//! answer is the whole cart as it stands then, with what it would cost now.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::id::{CartLineId, ProductId};
use engine::cart::{Cart, Line, LineChange, Trouble, Whose};
use engine::checkout::cart::Wanted;
use engine::permission::{Act, Visitor};
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::quote::QuoteAnswer;
use crate::app::Shop;
use crate::auth::Anybody;
use crate::body::{At, Sent, id_of};
use crate::cart::{kept, whose};
use crate::problem::Problem;

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Cart)]
pub(crate) struct CartAnswer {
    lines: Vec<LineAnswer>,
    /// How many servers are in it.
    quantity: i64,
    /// What all that can be had costs together; null where that is nothing.
    quote: Option<QuoteAnswer>,
    /// Whether a checkout would take it now.
    orderable: bool,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CartLine)]
struct LineAnswer {
    #[serde(rename = "_id")]
    id: String,
    /// `_id` of `/api/ipstock`.
    ip_stock_id: String,
    #[schema(example = "🌊 103.181.91")]
    name: String,
    #[schema(example = "8GB")]
    memory: String,
    /// Null: whatever comes.
    os: Option<&'static str>,
    promo_code: Option<String>,
    quantity: i64,
    /// What one costs now; null where it is not offered.
    quote: Option<QuoteAnswer>,
    /// Null where it can be ordered like this.
    problem: Option<TroubleAnswer>,
}

/// What stands in the way of a line.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CartProblem)]
struct TroubleAnswer {
    /// `unavailable`, `memory-not-offered`, `out-of-stock` or `invalid-coupon`.
    kind: &'static str,
    detail: String,
    /// How many there are, where that is fewer than wanted.
    left: Option<i64>,
}

impl From<&Trouble> for TroubleAnswer {
    fn from(trouble: &Trouble) -> TroubleAnswer {
        let (kind, left) = match trouble {
            Trouble::Unpublished | Trouble::Unavailable => ("unavailable", None),
            Trouble::NoSuchSize => ("memory-not-offered", None),
            Trouble::SoldOut => ("out-of-stock", Some(0)),
            Trouble::Fewer(left) => ("out-of-stock", Some(*left)),
            Trouble::Code(_) => ("invalid-coupon", None),
        };
        TroubleAnswer { kind, detail: trouble.to_string(), left }
    }
}

impl From<&Line> for LineAnswer {
    fn from(line: &Line) -> LineAnswer {
        let choice = &line.choice;
        LineAnswer {
            id: line.id.to_string(),
            ip_stock_id: choice.product.to_string(),
            name: line.shown.product.name.clone(),
            memory: choice.ram.to_string(),
            os: choice.os.map(|os| os.code()),
            promo_code: choice.coupon.clone(),
            quantity: line.quantity,
            quote: line.each.as_ref().map(QuoteAnswer::from),
            problem: line.trouble.as_ref().map(TroubleAnswer::from),
        }
    }
}

impl From<Cart> for CartAnswer {
    fn from(cart: Cart) -> CartAnswer {
        CartAnswer {
            quantity: cart.count(),
            orderable: cart.is_orderable(),
            quote: cart.sum.as_ref().map(QuoteAnswer::from),
            lines: cart.lines.iter().map(LineAnswer::from).collect(),
        }
    }
}

async fn answer(shop: &Shop, whose: Option<&Whose>) -> Result<Json<CartAnswer>, Problem> {
    let cart = match whose {
        Some(whose) => shop.engine().cart(whose).await?,
        None => Cart::default(),
    };
    Ok(Json(CartAnswer::from(cart)))
}

/// Guests may; an account must be one that may do so, and a key one that reaches so far.
fn may(visitor: &Visitor, act: Act) -> Result<(), Problem> {
    match visitor {
        Visitor::Nobody => Ok(()),
        Visitor::Account(_) => Ok(visitor.may(act).map(drop)?),
    }
}

/// What is in my cart?
///
/// Of whoever is signed in or sends an API key, and of a guest who sends the cookie.
#[utoipa::path(get, path = "/api/cart", tag = "cart", responses((status = 200, body = CartAnswer)))]
pub(crate) async fn show(
    State(shop): State<Shop>,
    Anybody(visitor): Anybody,
    headers: HeaderMap,
) -> Result<Json<CartAnswer>, Problem> {
    may(&visitor, Act::SeeOwnOrders)?;
    answer(&shop, whose(&visitor, &headers).as_ref()).await
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = CartLineWish)]
pub(crate) struct LineWish {
    /// `_id` of `/api/ipstock`.
    ip_stock_id: String,
    #[schema(example = "8GB")]
    memory: String,
    /// Nothing, or `any`: whatever comes.
    os: Option<String>,
    /// A coupon's code.
    promo_code: Option<String>,
    /// 1 to 10, of which each becomes an order; one without it.
    quantity: Option<i64>,
}

impl LineWish {
    pub(super) fn read(self) -> Result<Wanted, Problem> {
        Ok(Wanted {
            product: id_of::<ProductId>(&self.ip_stock_id)?,
            memory: self.memory,
            os: self.os,
            coupon: self.promo_code,
            quantity: self.quantity.unwrap_or(1),
        })
    }
}

/// Put something into my cart
///
/// The same choice joins the line that is there. A guest gets a cookie.
#[utoipa::path(
    post,
    path = "/api/cart/lines",
    tag = "cart",
    request_body = LineWish,
    responses((status = 201, body = CartAnswer))
)]
pub(crate) async fn add(
    State(shop): State<Shop>,
    Anybody(visitor): Anybody,
    headers: HeaderMap,
    Sent(wish): Sent<LineWish>,
) -> Result<Response, Problem> {
    may(&visitor, Act::CreateOrder)?;
    let own = whose(&visitor, &headers);
    let put = shop.engine().put_in_cart(own.clone(), wish.read()?).await?;
    let own = put.token.clone().map(Whose::Visitor).or(own);
    let answer = (StatusCode::CREATED, answer(&shop, own.as_ref()).await?).into_response();
    Ok(kept(answer, &shop, put.token.as_ref()))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct LineChangeWish {
    /// 1 to 10.
    quantity: Option<i64>,
    /// An empty one takes the code off.
    promo_code: Option<String>,
}

/// Change a line of my cart
#[utoipa::path(
    patch,
    path = "/api/cart/lines/{id}",
    tag = "cart",
    params(("id" = String, Path, description = "The line's `_id`")),
    request_body = LineChangeWish,
    responses((status = 200, body = CartAnswer))
)]
pub(crate) async fn change(
    State(shop): State<Shop>,
    Anybody(visitor): Anybody,
    headers: HeaderMap,
    At(line): At<CartLineId>,
    Sent(wish): Sent<LineChangeWish>,
) -> Result<Json<CartAnswer>, Problem> {
    may(&visitor, Act::CreateOrder)?;
    let whose = own(&visitor, &headers, &line)?;
    let change = LineChange { quantity: wish.quantity, coupon: wish.promo_code };
    shop.engine().change_in_cart(&whose, &line, change).await?;
    answer(&shop, Some(&whose)).await
}

/// Take a line out of my cart
#[utoipa::path(
    delete,
    path = "/api/cart/lines/{id}",
    tag = "cart",
    params(("id" = String, Path, description = "The line's `_id`")),
    responses((status = 200, body = CartAnswer))
)]
pub(crate) async fn remove(
    State(shop): State<Shop>,
    Anybody(visitor): Anybody,
    headers: HeaderMap,
    At(line): At<CartLineId>,
) -> Result<Json<CartAnswer>, Problem> {
    may(&visitor, Act::CreateOrder)?;
    let whose = own(&visitor, &headers, &line)?;
    shop.engine().take_out_of_cart(&whose, &line).await?;
    answer(&shop, Some(&whose)).await
}

/// Whoever has no cart has no lines either.
fn own(visitor: &Visitor, headers: &HeaderMap, line: &CartLineId) -> Result<Whose, Problem> {
    whose(visitor, headers).ok_or_else(|| Problem::missing("cart line", line.as_str()))
}
