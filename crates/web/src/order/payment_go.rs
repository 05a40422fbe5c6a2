//! The one page whose form leaves the shop: some gateways want a buyer's browser to post to them.
//! No script: the buyer presses the button. Its own policy lets it post to that gateway alone.

use axum::extract::{Path, State};
use axum::response::Response;
use domain::id::PaymentId;
use engine::read::Viewer;
use http::{HeaderValue, Uri, header};

use crate::app::Shop;
use crate::headers::NO_STORE;
use crate::page::{self, Around};
use crate::problem::Problem;
use crate::view::Here;
use crate::view::order::Go;

/// `/payment/go/{payment}`
pub(crate) async fn go(
    State(shop): State<Shop>,
    around: Around,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    let unknown = || Problem::missing("payment", &name);
    let id = PaymentId::parse(&name).map_err(|_| unknown())?;
    let account = around.looking.account().ok_or_else(unknown)?;
    let order = shop.engine().order_of_payment(&id).await?;
    shop.engine().find_order(order.as_str(), &Viewer::Owner(account.id.clone())).await?;
    let form = shop.engine().payment_form(&id).await?;
    let policy = policy(&form.action).ok_or_else(unknown)?;
    let mut answer = page::show(&Go {
        frame: around.frame(&shop, "Pay", Here::Elsewhere),
        action: form.action,
        fields: form.fields,
    })?;
    answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    answer.headers_mut().insert(header::CACHE_CONTROL, NO_STORE);
    Ok(answer)
}

/// The policy of all pages, but for where the form may go.
fn policy(action: &str) -> Option<HeaderValue> {
    let action: Uri = action.parse().ok()?;
    let origin = format!("{}://{}", action.scheme_str()?, action.authority()?);
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
         font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action {origin}; \
         frame-ancestors 'none'; base-uri 'none'"
    );
    HeaderValue::from_str(&policy).ok()
}
