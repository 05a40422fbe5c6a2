//! What an order would cost, and of what that is made. Nothing of what is sent sets a price.

use axum::Json;
use axum::extract::State;
use domain::id::ProductId;
use domain::quote::Quote;
use engine::Engine;
use engine::price::Asked;
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::shapes::Amount;
use crate::auth;
use crate::body::{Sent, id_of};
use crate::problem::Problem;

/// Of what an amount is made: price + setup − discount, its tax, and rounding.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Quote)]
pub(crate) struct QuoteAnswer {
    price: Amount,
    /// Once, with the first term.
    setup: Amount,
    discount: Amount,
    coupon: Option<String>,
    tax: TaxAnswer,
    /// What rounding the total added, or took.
    rounding: Amount,
    total: Amount,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Tax)]
pub(crate) struct TaxAnswer {
    /// `none`, `igst`, or `cgst_sgst` in two equal halves.
    kind: &'static str,
    #[schema(example = "18 %")]
    rate: String,
    /// `exclusive`: on top of the price. `inclusive`: part of it.
    mode: &'static str,
    /// Where it is supplied: `IN-27`, or a country.
    place: Option<String>,
    amount: Amount,
}

impl From<&Quote> for QuoteAnswer {
    fn from(quote: &Quote) -> QuoteAnswer {
        QuoteAnswer {
            price: quote.price.into(),
            setup: quote.setup.into(),
            discount: quote.discount.into(),
            coupon: quote.coupon.clone(),
            tax: TaxAnswer {
                kind: quote.tax.kind.as_str(),
                rate: quote.tax.rate.to_string(),
                mode: quote.tax.mode.as_str(),
                place: quote.tax.place.map(|place| place.to_string()),
                amount: quote.taxes.into(),
            },
            rounding: quote.rounding.into(),
            total: quote.total.into(),
        }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct QuoteWish {
    /// `_id` of `/api/ipstock`.
    ip_stock_id: String,
    #[schema(example = "8GB")]
    memory: String,
    /// A coupon's code.
    promo_code: Option<String>,
}

/// What would it cost?
///
/// For whoever asks: who is signed in, or sends an API key, is taxed by their own address.
#[utoipa::path(
    post,
    path = "/api/quote",
    tag = "shop",
    request_body = QuoteWish,
    responses((status = 200, body = QuoteAnswer))
)]
pub(crate) async fn quote(
    State(engine): State<Engine>,
    headers: HeaderMap,
    Sent(wish): Sent<QuoteWish>,
) -> Result<Json<QuoteAnswer>, Problem> {
    let visitor = auth::visitor(&engine, &headers).await?;
    let asked = Asked {
        product: id_of::<ProductId>(&wish.ip_stock_id)?,
        coupon: wish.promo_code,
        account: visitor.account().map(|account| account.id.clone()),
    };
    let quoted = engine.quote_for(asked, &wish.memory).await?;
    Ok(Json(QuoteAnswer::from(&quoted.quote)))
}
