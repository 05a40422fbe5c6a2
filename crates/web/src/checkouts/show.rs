//! The page of a checkout: what is to pay, and how each of its servers stands.

use axum::extract::State;
use axum::response::Response;
use domain::id::CheckoutId;
use domain::money::Money;
use domain::order::seen::Paying as Tried;
use engine::permission::AccountRef;
use engine::read::{CheckoutDue, Viewer};

use crate::account::servers::row;
use crate::app::Shop;
use crate::auth::Me;
use crate::body::At;
use crate::order::show::{RELOAD_S, from_wallet, other_ways};
use crate::page::{self, Around};
use crate::problem::Problem;
use crate::view::bill::Bill;
use crate::view::checkouts::{Show, Told};
use crate::view::order::{Pay, Paying};
use crate::view::{Frame, Here};

/// `/checkouts/{id}`
pub(crate) async fn show(
    State(shop): State<Shop>,
    around: Around,
    me: Me,
    At(id): At<CheckoutId>,
) -> Result<Response, Problem> {
    let view = shop.engine().checkout_view(&id, &Viewer::Owner(me.0.id.clone())).await?;
    let frame = around.spoken(&shop, "checkout-title", Here::Servers);
    let is_held = view.due.as_ref().is_some_and(|due| due.held_until > frame.now);
    let told = Told::of(&view, is_held, frame.language);
    let pay = match &view.due {
        Some(due) => Some(to_pay(&shop, (due, is_held), &me.0, &frame).await?),
        None => None,
    };
    let count = i64::try_from(view.orders.len()).unwrap_or(i64::MAX);
    page::show(&Show {
        id: id.to_string(),
        pay,
        rows: view.orders.iter().map(|order| row(order, &frame)).collect(),
        bill: view.quote.as_ref().map(|quote| Bill::of_many(quote, count, frame.language)),
        ordered: frame.time(view.created_at),
        frame: Frame { reload_s: (!told.settled).then_some(RELOAD_S), ..frame },
        told,
    })
}

async fn to_pay(
    shop: &Shop,
    (due, is_held): (&CheckoutDue, bool),
    me: &AccountRef,
    frame: &Frame,
) -> Result<Pay, Problem> {
    let (total, held) = (due.total, due.held);
    let balances = shop.engine().wallet(&me.id).await?;
    let balance = balances.into_iter().find(|balance| balance.currency == total.currency);
    // A page that was opened for a reservation that is over is not led to any more.
    let link = due.link.as_ref().filter(|_| is_held);
    Ok(Pay {
        amount: Money::new(total.minor - held.minor, total.currency).for_people(),
        url: link.map(|link| link.url.clone()),
        held_until: is_held.then(|| frame.time(due.held_until)),
        state: match due.paying {
            _ if shop.engine().gateways().is_empty() => Paying::ByHand,
            Tried::Busy => Paying::Unsure,
            Tried::Failed => Paying::Failed,
            Tried::NotStarted => Paying::Open,
        },
        ways: other_ways(shop, link.map(|link| link.method.as_str()), frame),
        set_aside: (held.minor > 0).then(|| held.for_people()),
        wallet: from_wallet(total, held, balance.unwrap_or(Money::zero(total.currency))),
    })
}
