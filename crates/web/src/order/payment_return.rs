//! People come back from paying. Whatever they bring, the gateway itself is asked; then they are
//! led to their order, or told the truth.

use axum::extract::State;
use axum::response::Response;
use domain::id::PaymentId;
use engine::Error;
use engine::pay::Purpose;
use engine::read::Viewer;
use http::StatusCode;

use super::show::RELOAD_S;
use crate::app::Shop;
use crate::body::Asked;
use crate::page::{self, Around, Posted};
use crate::paths;
use crate::problem::Problem;
use crate::view::order::{Outcome, PaidFor, Return};
use crate::view::{Frame, Here, Said};

const ID_MAX: usize = 60;

/// Whatever a gateway puts behind its address, or posts.
type Fields = Vec<(String, String)>;

/// The name under which our own id travels.
const OUR_ID: &str = "client_txn_id";

fn our_id(fields: &Fields) -> &str {
    fields.iter().find(|(name, _)| name == OUR_ID).map_or("", |(_, id)| id)
}

/// A gateway that posts here is another site, and browsers keep the session from it. What it
/// posted is checked now; one step further the browser comes from us, with its session.
pub(crate) async fn back(
    State(shop): State<Shop>,
    Asked(came): Asked<Fields>,
    Posted(mut brought): Posted<Fields>,
) -> Result<Response, Problem> {
    let ours = our_id(&came).to_owned();
    brought.extend(came);
    // What is about another payment leads nowhere.
    let ours = if fits(&shop, &ours, &brought).await? { ours } else { String::new() };
    Ok(page::on_to(&paths::with_query("/payment/return", [(OUR_ID, &*ours)])))
}

async fn fits(shop: &Shop, ours: &str, fields: &Fields) -> Result<bool, Problem> {
    let Ok(id) = PaymentId::parse(ours) else { return Ok(false) };
    match shop.engine().fits_return(&id, fields).await {
        Err(Error::Missing { .. }) => Ok(false),
        fits => Ok(fits?),
    }
}

/// `/payment/return`
pub(crate) async fn look(
    State(shop): State<Shop>,
    around: Around,
    Asked(came): Asked<Fields>,
) -> Result<Response, Problem> {
    let payment = our_id(&came);
    let (outcome, purpose) = match fits(&shop, payment, &came).await? {
        true => told(&shop, payment).await?,
        false => (Outcome::Unknown, None),
    };
    if let Some(account) = around.looking.account() {
        let own = Viewer::Owner(account.id.clone());
        match &purpose {
            Some(Purpose::Order(order))
                if shop.engine().find_order(order.as_str(), &own).await.is_ok() =>
            {
                return Ok(page::on_to(&paths::order(order)));
            }
            Some(Purpose::Checkout(id))
                if shop.engine().is_checkout_of(id, &account.id).await? =>
            {
                return Ok(page::on_to(&paths::checkout_page(id)));
            }
            Some(Purpose::TopUp(owner)) if *owner == account.id => {
                return Ok(match outcome {
                    Outcome::Paid => page::on_to_say(paths::WALLET, Said::ToppedUp),
                    _ => page::on_to(paths::WALLET),
                });
            }
            _ => {}
        }
    }
    let status = match outcome {
        Outcome::Unknown => StatusCode::NOT_FOUND,
        _ => StatusCode::OK,
    };
    let frame = around.spoken(&shop, "return-title", Here::Elsewhere);
    let page = Return {
        frame: Frame { reload_s: (outcome == Outcome::Waiting).then_some(RELOAD_S), ..frame },
        outcome,
        what: purpose.as_ref().map_or(PaidFor::Server, paid_for),
        next: purpose.as_ref().map(page_of),
        payment: payment.chars().take(ID_MAX).collect(),
    };
    page::show_as(status, &page)
}

/// Where whoever paid sees what became of it, once they are signed in.
fn page_of(purpose: &Purpose) -> String {
    match purpose {
        Purpose::Order(order) => paths::order(order),
        Purpose::Checkout(checkout) => paths::checkout_page(checkout),
        Purpose::TopUp(_) => paths::WALLET.to_owned(),
    }
}

fn paid_for(purpose: &Purpose) -> PaidFor {
    match purpose {
        Purpose::Order(_) => PaidFor::Server,
        Purpose::Checkout(_) => PaidFor::Servers,
        Purpose::TopUp(_) => PaidFor::Wallet,
    }
}

/// What the gateway says, and what the payment is for.
async fn told(shop: &Shop, name: &str) -> Result<(Outcome, Option<Purpose>), Problem> {
    let Ok(id) = PaymentId::parse(name) else { return Ok((Outcome::Unknown, None)) };
    match shop.engine().ask_gateway(&id).await {
        Ok(payment) => {
            let outcome = match payment.state.word() {
                "captured" => Outcome::Paid,
                "failed" => Outcome::Failed,
                _ => Outcome::Waiting,
            };
            Ok((outcome, Some(payment.purpose)))
        }
        Err(Error::Missing { .. }) => Ok((Outcome::Unknown, None)),
        // The gateway does not answer just now: it is asked again by itself.
        Err(Error::Outside(_)) => {
            let payment = shop.engine().payment(&id).await?;
            Ok((Outcome::Waiting, Some(payment.purpose)))
        }
        Err(error) => Err(error.into()),
    }
}
