//! The one page whose form leaves the shop: some gateways want a buyer's browser to post to them.
//! No script: the buyer presses the button. Its own policy lets it post to that gateway alone.

use axum::extract::{Path, State};
use axum::response::Response;
use domain::id::PaymentId;
use engine::pay::Purpose;
use engine::read::Viewer;
use http::{Uri, header};

use crate::app::Shop;
use crate::headers::policy_with_form_to;
use crate::page::{self, Around};
use crate::paths;
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
    let payment = shop.engine().payment(&id).await?;
    let (back, what) = match payment.purpose {
        Purpose::Order(order) => {
            let own = Viewer::Owner(account.id.clone());
            let order = shop.engine().order_view(&order, &own).await?;
            (paths::order(&order.id), format!("{}, {}", order.number, order.product_name))
        }
        Purpose::TopUp(owner) if owner == account.id => {
            (paths::WALLET.to_owned(), around.language().say("tab-wallet"))
        }
        Purpose::Checkout(checkout)
            if shop.engine().is_checkout_of(&checkout, &account.id).await? =>
        {
            (paths::checkout_page(&checkout), around.language().say("checkout-title"))
        }
        Purpose::TopUp(_) | Purpose::Checkout(_) => return Err(unknown()),
    };
    let form = shop.engine().payment_form(&id).await?;
    let policy = origin(&form.action).and_then(|origin| policy_with_form_to(&origin));
    let policy = policy.ok_or_else(|| {
        tracing::error!("a gateway's form would go to {:?}, which is no address", form.action);
        Problem::internal()
    })?;
    let mut answer = page::show(&Go {
        frame: around.spoken(&shop, "go-title", Here::Elsewhere),
        back,
        what,
        amount: payment.amount.for_people(),
        action: form.action,
        fields: form.fields,
    })?;
    answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    Ok(answer)
}

fn origin(action: &str) -> Option<String> {
    let action: Uri = action.parse().ok()?;
    Some(format!("{}://{}", action.scheme_str()?, action.authority()?))
}
