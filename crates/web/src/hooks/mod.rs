//! Gateways call here. A message is checked and recorded, and workers act on it: nothing that it
//! says is believed.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use engine::{Engine, Error};
use http::HeaderMap;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::problem::Problem;
use crate::routes::Routes;
use crate::rule::Rule;

/// What a gateway sends, it sends from anywhere, and often.
const RULE: Rule = Rule::open().large().from_anywhere();

pub(crate) fn routes(routes: Routes) -> Routes {
    routes
        .api(RULE, routes!(simulated))
        .api(RULE, routes!(razorpay))
        .api(RULE, routes!(cashfree))
        .api(RULE, routes!(stripe))
        .api(RULE, routes!(upi))
}

#[derive(Serialize, ToSchema)]
struct Stored {
    stored: bool,
}

/// One way in per gateway: each has an address of its own, and all do the same.
macro_rules! hook {
    ($name:ident, $path:literal, $body:ty, $($words:literal),+) => {
        $(#[doc = $words])+
        #[utoipa::path(
            post,
            path = $path,
            tag = "gateways",
            request_body = $body,
            responses((status = 200, body = Stored))
        )]
        async fn $name(
            State(engine): State<Engine>,
            headers: HeaderMap,
            body: Bytes,
        ) -> Result<Json<Stored>, Problem> {
            record(&engine, stringify!($name), &headers, &body).await
        }
    };
}

hook!(
    simulated,
    "/api/payment/simulated-webhook",
    serde_json::Value,
    "A message of the simulated gateway"
);
hook!(cashfree, "/api/payment/webhook", serde_json::Value, "A message of Cashfree");
hook!(razorpay, "/api/payment/razorpay-webhook", serde_json::Value, "A message of Razorpay");
hook!(stripe, "/api/payment/stripe-webhook", serde_json::Value, "A message of Stripe");
hook!(
    upi,
    "/api/payment/upi-webhook",
    String,
    "A message of UPIGateway",
    "",
    "Nobody signs it: it makes the shop ask, once per payment and outcome."
);

async fn record(
    engine: &Engine,
    gateway: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Json<Stored>, Problem> {
    match engine.record_webhook(gateway, headers, body).await {
        Ok(()) => Ok(Json(Stored { stored: true })),
        Err(Error::Unauthenticated) => {
            Err(Problem::new("unauthenticated", "the signature does not fit the body"))
        }
        Err(Error::Invalid { .. }) => Err(Problem::missing("gateway", gateway)),
        Err(error) => Err(error.into()),
    }
}
